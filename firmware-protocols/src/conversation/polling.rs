//! Question and answer: the machine under every device that speaks only when it is asked.
//!
//! ```text
//! Idle --period over--> Waiting --answer, refusal--> Idle
//! Waiting --no answer in time, or a broken one and then silence--> asked again, the same bytes --tries used up--> given up, Idle for a while
//! after a question that was put more often than it was answered: Draining, in which what still comes is dropped
//! ```
//!
//! On a line whose answers do not name their question, an answer is known by nothing but its place in time. So it is counted how many answers
//! are owed: one more with each time that the question is put, one less with each whole answer, none less for a broken one, which may have
//! been noise. A new question is put when nothing is owed any more, or when what is owed can be held to be lost: [`Timing::latest`] after the
//! question was put last, that is as long as a question is waited for in all. This holds after an answer, after a give-up, and when the link
//! was opened anew, for whoever is in between may keep what was said for the next caller.
//!
//! Promised is thereby: of a device that answers each question at most once and in the order in which it is asked, an answer that comes within
//! [`Timing::latest`] of its question is never paired with a later one, whatever else is lost or broken. One that comes later still may be.
//! Dialects whose answers carry the number of their question promise it without a limit, and need no draining.
//!
//! A broken answer is asked for again when the line has been silent for [`SILENCE`], because the rest of it may still be coming.

use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use super::{Conversation, Moment};
use crate::codec::{Item, Settings};
use crate::fault::{Fault, FaultKind};

/// What a device is asked, and what its answers look like.
pub trait Questions: core::fmt::Debug + Send {
    /// The link is opened anew: it may be another device, or the same one set otherwise.
    fn opened(&mut self) {}

    /// Writes the next question into `request`, which is empty.
    fn ask(&mut self, request: &mut Vec<u8>);

    /// Takes in bytes while a question waits. Whatever is not the answer to the last question is a fault in `out`, or is passed over.
    ///
    /// A question that was put again is answered again: what is so heard is counted, and what it says is dropped.
    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard;

    /// Takes in bytes while nothing was asked. Usually nothing is expected; some devices speak by themselves too.
    fn overhear(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let detail = "an answer to a question that was not asked, or is no longer";
        out.push(Err(Fault::new(FaultKind::Unasked, detail, bytes)));
    }

    /// Forgets what is half received and tells it.
    fn cut(&mut self) -> Option<Fault>;

    /// The question was given up: the next one may be another.
    fn unanswered(&mut self) {}

    /// Whether an answer names its question, so that a late one is told from the awaited one.
    fn answers_name_their_question(&self) -> bool {
        false
    }
}

/// What bytes meant for the question that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It waits on.
    NotYet,
    /// It is answered, or refused by the device in a way that asking again does not change. The next one comes after the period.
    Answered,
    /// It is answered, and leads to another one at once.
    AskNext,
    /// The answer came broken: it is asked again.
    Broken,
}

/// How patiently a device is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// From one question to the next.
    pub period: Duration,
    /// Within this time an answer has to come.
    pub answer_within: Duration,
    /// How often a question is put.
    pub tries: u8,
    /// A device that gave no answer is asked again after this time.
    pub again_after: Duration,
}

/// So long nothing comes when a broken answer is over. Three and a half characters, by which Modbus ends a frame, last 32 ms at 1200 baud, and
/// adapters hold bytes back for 16 ms.
pub const SILENCE: Duration = Duration::from_millis(50);

impl Timing {
    /// So long after a question its answer is waited for in all, and held to be lost afterwards.
    #[must_use]
    pub fn latest(self) -> Duration {
        self.answer_within.saturating_mul(self.tries.into())
    }

    /// With what the site says in the place of what is usual.
    #[must_use]
    pub fn set_by(self, settings: &Settings) -> Timing {
        let or = |key: Option<u32>, usual: Duration| {
            key.map_or(usual, |ms| Duration::from_millis(ms.into()))
        };
        Timing {
            period: or(settings.poll_ms, self.period),
            answer_within: or(settings.answer_ms, self.answer_within),
            tries: settings.tries.unwrap_or(self.tries).max(1),
            again_after: or(settings.again_ms, self.again_after),
        }
    }
}

/// Asks a device, again and again.
#[derive(Debug)]
pub struct Polling<Q> {
    questions: Q,
    timing: Timing,
    state: State,
    request: Vec<u8>,
    /// How often the last question was put, less the answers to it that came whole.
    owed: u8,
    /// When it was put last.
    put_at: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No link.
    Closed,
    /// The next question is put at this moment.
    Idle { ask_at: Moment },
    /// The request is to be handed out.
    Asking { put: u8 },
    /// Put so many times, and waited for until then; after a broken answer until the line is silent, which it is at `silent_at`.
    Waiting { put: u8, until: Moment, silent_at: Option<Moment> },
    /// Answered less often than it was put: what still comes until then is dropped. The next question is put at `ask_at`, or later.
    Draining { until: Moment, ask_at: Moment },
}

impl<Q: Questions> Polling<Q> {
    /// A machine that waits for its link.
    pub fn new(questions: Q, timing: Timing) -> Polling<Q> {
        Polling {
            questions,
            timing,
            state: State::Closed,
            request: Vec::new(),
            owed: 0,
            put_at: Moment::ZERO,
        }
    }

    /// What it asks.
    pub fn questions(&self) -> &Q {
        &self.questions
    }

    /// Until when an answer may still come that would be taken for the answer to another question; none if nothing is owed.
    fn owed_until(&self) -> Option<Moment> {
        let owed = self.owed > 0 && !self.questions.answers_name_their_question();
        owed.then(|| self.put_at.saturating_add(self.timing.latest()))
    }

    fn answered(&mut self, ask_at: Moment) {
        self.owed = self.owed.saturating_sub(1);
        self.state = match self.owed_until() {
            Some(until) => State::Draining { until, ask_at },
            None => State::Idle { ask_at },
        };
    }

    /// The next question, at this moment or as soon as it can be told from the last one.
    fn ask_from(&mut self, moment: Moment) {
        let ask_at = self.owed_until().map_or(moment, |until| until.max(moment));
        self.state = State::Idle { ask_at };
    }

    /// Counts the answers to a question that is answered already.
    fn drain(&mut self, bytes: &[u8], until: Moment, ask_at: Moment, out: &mut Vec<Item>) {
        let mut dropped = Vec::new();
        let heard = self.questions.hear(bytes, &mut dropped);
        out.extend(dropped.into_iter().filter(Result::is_err));
        if matches!(heard, Heard::Answered | Heard::AskNext) {
            let detail = "another answer to a question that was put again";
            out.push(Err(Fault::new(FaultKind::Unasked, detail, bytes)));
            self.answered(ask_at);
        } else {
            self.state = State::Draining { until, ask_at };
        }
    }

    fn again_or_give_up(&mut self, now: Moment, put: u8, out: &mut Vec<Item>) {
        out.extend(self.questions.cut().map(Err));
        if put < self.timing.tries {
            self.state = State::Asking { put };
            return;
        }
        let Timing { answer_within, again_after, .. } = self.timing;
        let detail = format!(
            "asked {put} times, no answer within {} ms; asked again in {} ms",
            answer_within.as_millis(),
            again_after.as_millis()
        );
        out.push(Err(Fault::new(FaultKind::NoAnswer, detail, &self.request)));
        self.questions.unanswered();
        self.ask_from(now.saturating_add(again_after));
    }
}

impl<Q: Questions> Conversation for Polling<Q> {
    fn opened(&mut self, now: Moment) -> Option<Fault> {
        self.ask_from(now);
        self.questions.opened();
        self.questions.cut()
    }

    fn decode(&mut self, now: Moment, bytes: &[u8], out: &mut Vec<Item>) {
        match self.state {
            State::Waiting { put, until, silent_at } => {
                let broken = match self.questions.hear(bytes, out) {
                    Heard::NotYet => silent_at.is_some(),
                    Heard::Broken => true,
                    Heard::Answered => {
                        return self.answered(now.saturating_add(self.timing.period));
                    }
                    Heard::AskNext => return self.answered(now),
                };
                let silent_at = broken.then(|| now.saturating_add(SILENCE));
                self.state = State::Waiting { put, until, silent_at };
            }
            State::Draining { until, ask_at } => self.drain(bytes, until, ask_at, out),
            State::Closed | State::Idle { .. } | State::Asking { .. } => {
                self.questions.overhear(bytes, out);
            }
        }
    }

    fn poll_transmit(&mut self, now: Moment) -> Option<Vec<u8>> {
        let put = match self.state {
            State::Idle { ask_at } if ask_at <= now => {
                self.request.clear();
                self.questions.ask(&mut self.request);
                self.owed = 0;
                0
            }
            State::Asking { put } => put,
            State::Closed | State::Idle { .. } | State::Waiting { .. } | State::Draining { .. } => {
                return None;
            }
        };
        self.owed = self.owed.saturating_add(1);
        self.put_at = now;
        let until = now.saturating_add(self.timing.answer_within);
        self.state = State::Waiting { put: put.saturating_add(1), until, silent_at: None };
        Some(self.request.clone())
    }

    fn next_timeout(&self) -> Option<Moment> {
        match self.state {
            State::Closed => None,
            State::Idle { ask_at } => Some(ask_at),
            State::Asking { .. } => Some(Moment::ZERO),
            State::Waiting { until, silent_at, .. } => Some(first(until, silent_at)),
            State::Draining { until, .. } => Some(until),
        }
    }

    fn time_passed(&mut self, now: Moment, out: &mut Vec<Item>) {
        match self.state {
            State::Waiting { put, until, silent_at } if first(until, silent_at) <= now => {
                self.again_or_give_up(now, put, out);
            }
            State::Draining { until, ask_at } if until <= now => {
                out.extend(self.questions.cut().map(Err));
                self.state = State::Idle { ask_at };
            }
            State::Closed
            | State::Idle { .. }
            | State::Asking { .. }
            | State::Waiting { .. }
            | State::Draining { .. } => {}
        }
    }
}

/// A line that is never silent is asked again when the time for an answer is over.
fn first(until: Moment, silent_at: Option<Moment>) -> Moment {
    silent_at.map_or(until, |silent_at| silent_at.min(until))
}
