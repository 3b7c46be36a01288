//! Where a calendar or a timetable came from.

use serde::{Deserialize, Serialize};

/// Where a file of the law came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// The configuration of the site names it.
    Configuration,
    /// The hub directed it.
    Directive {
        /// The hub's number for it.
        number: u64,
    },
    /// An officer gave it: the author of the entry.
    Officer,
}
