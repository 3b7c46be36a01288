//! Devices that have to be spoken to: who says what, and when, without a line and without a clock.
//!
//! A [`Conversation`] is a machine that is told what came and what time it is, and tells what to send and when to look again. It promises
//! that at most one question is under way on a line, and that every question ends (by its answer, by a refusal, or given up after so many
//! tries).
//!
//! An answer that comes too late is not taken for the answer to a later question: never, where answers name their question; elsewhere, if it comes
//! within [`Timing::latest`] of its own. Nothing more can be promised of a line that does not say what it answers: see `polling.rs`.
//!
//! Devices that speak unasked and wait for no answer have no conversation: a [`crate::Decoder`] hears them, and nothing is ever sent to them, because a wrong byte
//! can tare or zero a scale.

mod answering;
mod polling;

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::codec::Item;
use crate::fault::Fault;

pub use answering::{Answered, Answering};
pub use polling::{Heard, Polling, Questions, SILENCE, Timing};

/// A moment on the caller's monotonic clock: the time since any fixed moment of it. The wall clock may jump; this may not.
pub type Moment = Duration;

/// Why a link is to be closed, and how long it is to stay so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HangUp {
    /// The reason, in words.
    pub reason: &'static str,
    /// The link is not to be opened again before this time has passed: longer than a caller's own patience where another is being served.
    pub wait: Duration,
}

/// One side of a conversation with a device.
pub trait Conversation: fmt::Debug + Send {
    /// The link is open. What was under way on the one before is forgotten, and what was half received is told.
    fn opened(&mut self, now: Moment) -> Option<Fault>;

    /// Takes in bytes and appends what they complete, in order.
    fn decode(&mut self, now: Moment, bytes: &[u8], out: &mut Vec<Item>);

    /// What to send now, if anything. To be called until it answers `None`, after each of the other calls.
    fn poll_transmit(&mut self, now: Moment) -> Option<Vec<u8>>;

    /// When [`Conversation::time_passed`] is to be called at the latest. `None` if nothing is due before bytes come, or the link is opened.
    fn next_timeout(&self) -> Option<Moment>;

    /// Time has passed; appends what was given up.
    fn time_passed(&mut self, now: Moment, out: &mut Vec<Item>);

    /// Whether the link is of no more use and is to be closed and opened anew. To be asked after each of the other calls, when what is to be sent
    /// is sent.
    fn hang_up(&self) -> Option<HangUp> {
        None
    }

    /// The caller is about to close the link by itself: what to send before, if anything. Afterwards nothing is due until the link is opened.
    fn farewell(&mut self) -> Option<Vec<u8>> {
        None
    }
}
