//! An entry: a fact with its place in the journal, its moment, and who is behind it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Event;
use crate::ids::{DeviceId, OfficerId, RequestId};
use crate::input::ClockQuality;

/// A fact with its place in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Place in the journal of this epoch; 1, 2, …
    pub seq: u64,
    /// When it was decided; never before the entry in front of it.
    pub at: Timestamp,
    /// How sure that time is.
    pub clock: ClockQuality,
    /// Whose input it followed from.
    pub author: Author,
    /// What happened.
    pub event: Event,
}

/// Whose input an event followed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    /// The agent by itself: time passed, or it noticed something.
    Agent,
    /// A device.
    Device {
        /// Which.
        device: DeviceId,
    },
    /// An officer.
    Officer {
        /// Who.
        officer: OfficerId,
        /// Where.
        workplace: String,
        /// The button press.
        request: RequestId,
    },
}
