//! What the hub promises, from outside.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot be set up should stop, and say what it leaves out"
)]

mod directives;
mod document;
mod edge;
mod interface;
mod postgres;
mod store;
mod stories;
