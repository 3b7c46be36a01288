//! What the checkpoint is told: everything that can happen enters through this one closed set.
//!
//! A device's words become an [`Observation`] in the shell; an officer's button an [`Order`]; what the hub sends down a [`Directive`];
//! what the shell knows of itself a [`Condition`]; and time passes. Readings that decide nothing (every fifth of a second of a portal) never get here.

use serde::{Deserialize, Serialize};

pub mod directive;
pub mod observation;
pub mod order;

pub use directive::Directive;
pub use observation::Observation;
pub use order::{Order, OrderKind};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A device said something that may matter.
    Observed(Observation),
    /// An officer gave an order.
    Ordered(Order),
    /// The hub gave a directive.
    Directed(Directive),
    /// The agent noticed something about itself.
    Noticed(Condition),
    /// The moment came that [`crate::Checkpoint::next_deadline`] had named.
    TimePassed,
}

/// What the agent notices about itself and its machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Condition {
    /// The process began; from here on the configuration is this one.
    Started {
        /// Version of the program.
        version: String,
        /// SHA-256 of the configuration as read, in hexadecimal.
        config_digest: String,
    },
    /// The line to the hub came or went.
    HubLink {
        /// Whether the hub answers.
        up: bool,
    },
    /// The wall clock moved against the monotonic one.
    ClockStepped {
        /// How far, in milliseconds; positive is forward.
        by_ms: i64,
    },
    /// The machine's clock is, or is no longer, synchronised.
    ClockSync {
        /// Whether it is.
        synchronised: bool,
    },
    /// Old entries are about to go from this machine. Who notices it has asked [`crate::retention`] whether they may.
    JournalPurge(crate::retention::Purge),
    /// The disk took a worrying time, or is well again.
    RecordingSlow {
        /// Whether it is slow now.
        slow: bool,
        /// The longest wait, in milliseconds.
        worst_ms: u64,
    },
}

/// How sure the time of an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockQuality {
    /// The operating system says the clock is synchronised.
    Synchronised,
    /// The clock runs free.
    Unsynchronised,
    /// Nobody could tell.
    Unknown,
}
