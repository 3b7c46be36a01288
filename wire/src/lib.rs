//! What is kept and sent.
//!
//! An entry is written once, as protobuf, and from then on its bytes are the entry: on the checkpoint's disk, on the line,
//! and in the hub's store. They are hashed as they stand and never encoded again.
//!
//! - [`entry`]: an event becomes a body, and a body an event. `proto/entry.proto` is its documentation.
//! - [`chain`]: bodies hold one another by their hashes.
//! - [`sync`]: the stream between a checkpoint and the hub. `proto/sync.proto` is its documentation.
//! - [`directive`]: what the hub signs when it directs.
//! - [`class`]: which entries go ahead of the others.
//!
//! Deliberately absent: files, sockets, clocks, and any opinion about what an event means.

pub mod chain;
mod class;
pub mod directive;
pub mod entry;
mod generated;
pub mod sync;

pub use class::{Class, class};
