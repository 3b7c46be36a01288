//! What a checkpoint knows and decides.
//!
//! Inputs come in with their time, events come out, and the state is the fold of all events: `decide` chooses, `after` follows, and both
//! are pure. The law is data that this crate interprets. Deliberately absent: files, sockets, clocks, threads, vendors, `async`,
//! protobuf. Read in this order.

pub mod event;
pub mod ids;
pub mod input;
pub mod site;

pub mod identifiers;
pub mod law;

pub mod state;
pub use state::Checkpoint;

pub mod decide;
pub use decide::{Decision, Refusal, Rules, decide};

pub mod view;

pub mod desk;

pub mod retention;
