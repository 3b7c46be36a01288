//! Running terms that are being computed again, step by step, because other days off or other working hours hold.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Reached;

/// How far it has come, while terms are left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recomputing {
    /// When it came there.
    pub(crate) at: Timestamp,
    /// Where.
    pub(crate) reached: Reached,
}
