//! What devices say: bytes to readings, and readings to bytes.
//!
//! A [`Decoder`] is fed the bytes of one device, in whatever pieces they arrive, and yields readings in the words of the device's
//! family. It promises three things. It cannot fail: what is not understood is a [`Fault`] among the readings, and the next frame
//! is read. It is bounded: every line, frame, document and buffer has a limit in [`limits`]. And cutting the input elsewhere does not
//! change the output. Above the codecs stand two small machines that give readings their meaning in time:
//! [`portal::Occupancies`] (one vehicle between the pillars) and [`weighbridge::Settling`] (one vehicle on the scale).
//!
//! A device that has to be asked is spoken to by a [`Conversation`], a machine without a line: it is told what came and what time it is, and
//! tells what to send and when to look again.
//!
//! Deliberately absent: sockets, ports, files, threads, clocks (an instant comes in with the bytes where one is needed), the checkpoint,
//! the law. The crate builds without `std`.
//!
//! Each dialect has a page in `docs/protocols/` that draws its bytes and says how every fact is known.
#![no_std]

extern crate alloc;

pub mod codec;
pub mod conversation;
mod dialect;
mod excerpt;
mod fault;
mod few;
mod frames;
pub mod json;
pub mod limits;
mod lines;
pub mod modbus;
pub mod n42;
pub mod plate;
pub mod portal;
pub mod recognise;
pub mod scanner;
pub mod seal;
pub mod sparkplug;
pub mod weighbridge;
mod xml;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use codec::{Codec, Item, Settings};
pub use conversation::Conversation;
pub use dialect::{Decoder, Dialect, Family, Reading, UnknownDialect};
pub use excerpt::{NotEscaped, Raw};
pub use fault::{Fault, FaultKind};
pub use recognise::recognise;
