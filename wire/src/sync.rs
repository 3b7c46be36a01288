//! The stream between a checkpoint and the hub: its messages, both of its ends, and its limits.
//!
//! `proto/sync.proto` tells how they talk. Whoever sends keeps the limits, whoever receives checks them. Deliberately
//! absent: retries, queues and stores, which belong to the ends.

pub use crate::generated::sync::{
    Ack, Batch, Class, Directive, EdgeHeartbeat, EdgeMessage, Hello, HubHeartbeat, HubMessage,
    Record, Refusal, SignedHead, Welcome, edge_message, hub_message, refusal, sync_client,
    sync_server,
};
use std::time::Duration;

pub use crate::generated::entry::ClockQuality;

/// The version of the protocol that this crate speaks.
pub const PROTOCOL: u32 = 1;

/// No message of either side is larger, in bytes.
pub const MESSAGE_LIMIT_BYTES: usize = 1024 * 1024;

/// The bodies of a batch together are no larger, in bytes, unless the batch is a single record.
pub const BATCH_LIMIT_BYTES: usize = 256 * 1024;

/// No batch has more records.
pub const BATCH_LIMIT_RECORDS: usize = 500;

/// No single body is larger, in bytes: with its frame it fits a message.
pub const BODY_LIMIT_BYTES: usize = MESSAGE_LIMIT_BYTES - 1024;

/// So many bulk batches may be without an acknowledgement.
pub const BATCHES_IN_FLIGHT: usize = 4;

/// Both sides say that they live once in this time.
pub const HEARTBEAT_EVERY: Duration = Duration::from_secs(5);

/// A side that has heard nothing for this long takes the line for dead.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(15);
