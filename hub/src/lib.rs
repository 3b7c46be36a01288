//! Hears every checkpoint: takes their entries, keeps them, folds them, and shows what officers saw.
//!
//! ```text
//!   edge ==> ingest::session -> ingest::desk --commit--> store
//!                                    |                     |
//!                                  fold (Checkpoint::after)| entries, heads, quarantine
//!                                    v                     v
//!                                  board --> compose --> api --> screens
//! ```
//!
//! It promises: an entry is acknowledged after it is durable here, and once is enough for ever; what does not fit the chain is refused,
//! kept and shown; what a screen shows of a checkpoint is the fold that its own terminal shows. Deliberately absent: devices and their
//! protocols, decisions, and anything that a lane would wait for. Read in this order.

pub mod config;
pub mod moment;

pub mod store;

pub mod directing;

pub mod fold;
pub mod ingest;

pub mod board;
pub mod compose;
pub mod overview;

pub mod api;

pub mod serve;
pub mod verify;
