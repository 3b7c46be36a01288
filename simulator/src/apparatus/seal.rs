//! Navigation seals: what a lock does is the same in all of them, how they say it is not.
//!
//! A seal of Jointech and a terminal of EGTS say a message again until it is answered, whole and rightly.

mod egts;
mod jointech;
mod lock;
mod unanswered;

pub(super) use egts::Terminal;
pub(super) use jointech::{Form, Jointech};
pub(super) use lock::{Locks, Quirk, Report};

/// Words for whoever wants a seal to do something else.
const WHAT_SEALS_DO: &str = "a seal reports, is armed and disarmed, moves, and has a battery; it misbehaves: no-fix, future-clock, buffers, says-twice";
