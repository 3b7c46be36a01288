//! One reader that is no dialect, fed with anything. The name of the binary is the name of the reader.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../readers.rs"]
mod readers;

fuzz_target!(|input: &[u8]| readers::read(env!("CARGO_BIN_NAME"), input));
