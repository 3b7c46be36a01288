//! A dialect, or something else that reads bytes, fed with anything: the name under which the program runs says which.
//!
//! Each target has a binary of its own for `cargo fuzz run`; they are one program, so that `scripts/fuzz-the-decoders` builds it once.
#![no_main]

#[path = "../dialects.rs"]
mod dialects;
#[path = "../readers.rs"]
mod readers;

use std::path::Path;
use std::sync::LazyLock;

use firmware_protocols::Dialect;
use libfuzzer_sys::fuzz_target;

static NAME: LazyLock<String> = LazyLock::new(|| {
    let path = std::env::args().next().expect("a program has a name");
    Path::new(&path).file_name().and_then(|name| name.to_str()).expect("a name").to_owned()
});

fuzz_target!(|input: &[u8]| match NAME.parse::<Dialect>() {
    Ok(dialect) => dialects::read(dialect, input),
    Err(_) => readers::read(&NAME, input),
});
