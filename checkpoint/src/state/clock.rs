//! A legal term, from its trigger to what ends it.
//!
//! ```text
//!  started: RUNNING ── filed ──▶ PROVISIONAL ── registered ──▶ STOPPED (as of filing, AMB-11)
//!              │ ▲                    │
//!              │ └───── refused ──────┘     (as if never filed, art. 288.6)
//!              ▼ due
//!           EXPIRED ── filed ──▶ PROVISIONAL   late, and the journal says so
//! ```

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::ClockFacts;
use crate::law::term::{IMMEDIATELY, NOT_COMPUTED};

/// A clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// How it was computed.
    pub facts: Arc<ClockFacts>,
    /// Where it stands.
    pub stand: Stand,
    /// Whether its term ran out before anything stopped it.
    pub expired: bool,
    /// The shortest warning that was given, in minutes.
    pub warned: Option<u32>,
    /// Why it does not apply any more, if it does not.
    #[serde(default)]
    pub withdrawn: Option<String>,
}

/// Where a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// It runs.
    Running,
    /// Filed, not registered.
    Provisional {
        /// When it was filed.
        as_of: Timestamp,
    },
    /// Stopped for good.
    Stopped {
        /// As of when.
        as_of: Timestamp,
    },
    /// Run out, and nothing has stopped it.
    Expired,
    /// It does not apply any more: neither kept nor missed.
    Withdrawn {
        /// Since when.
        at: Timestamp,
    },
}

impl Clock {
    /// Whether no moment comes at which it runs out: the law says "immediately" (AMB-21), or its end could not be computed.
    pub fn has_no_end(&self) -> bool {
        self.facts.flags.iter().any(|flag| flag == IMMEDIATELY || flag == NOT_COMPUTED)
    }

    /// Whether the law wants it done immediately: a task, and not a term with an end (AMB-21).
    pub fn is_immediate(&self) -> bool {
        self.facts.flags.iter().any(|flag| flag == IMMEDIATELY)
    }

    /// Whether its term would be over at this moment.
    pub fn is_over(&self, at: Timestamp) -> bool {
        !self.has_no_end() && self.facts.due_at < at
    }

    /// Whether something still has to be done.
    pub fn is_open(&self) -> bool {
        match self.stand {
            Stand::Running | Stand::Provisional { .. } | Stand::Expired => true,
            Stand::Stopped { .. } | Stand::Withdrawn { .. } => false,
        }
    }
}
