//! Question and answer: the machine under every device that speaks only when it is asked.
//!
//! ```text
//! Idle --period over--> Waiting --answer, refusal--> Idle
//! Waiting --broken answer, or no answer in time--> asked again, the same bytes --tries used up--> GivenUp --a while--> Idle
//! after a question that was put twice: Draining, in which what still comes is dropped
//! ```
//!
//! The last line is what makes late answers harmless: a question that was put twice can be answered twice, and the second answer must
//! not meet the next question. Dialects whose answers carry the number of their question need no draining.

use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use super::{Conversation, Moment};
use crate::codec::{Item, Settings};
use crate::fault::{Fault, FaultKind};

/// What a device is asked, and what its answers look like.
pub trait Questions: core::fmt::Debug + Send {
    /// Writes the next question into `request`, which is empty.
    fn ask(&mut self, request: &mut Vec<u8>);

    /// Takes in bytes while a question waits. Whatever is not the answer to the last question is a fault in `out`, or is passed over.
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

impl Timing {
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No link.
    Closed,
    /// The next question is put at this moment.
    Idle { ask_at: Moment },
    /// The request is to be handed out.
    Asking { put: u8 },
    /// Put so many times, and waited for until then.
    Waiting { put: u8, until: Moment },
    /// Answered after it was put more than once: what still comes until then is dropped.
    Draining { until: Moment },
}

impl<Q: Questions> Polling<Q> {
    /// A machine that waits for its link.
    pub fn new(questions: Q, timing: Timing) -> Polling<Q> {
        Polling { questions, timing, state: State::Closed, request: Vec::new() }
    }

    /// What it asks.
    pub fn questions(&self) -> &Q {
        &self.questions
    }

    fn answered(&mut self, now: Moment, put: u8, wait: Duration) {
        self.state = if put > 1 && !self.questions.answers_name_their_question() {
            State::Draining { until: now.saturating_add(wait.max(self.timing.answer_within)) }
        } else {
            State::Idle { ask_at: now.saturating_add(wait) }
        };
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
        self.state = State::Idle { ask_at: now.saturating_add(again_after) };
    }
}

impl<Q: Questions> Conversation for Polling<Q> {
    fn opened(&mut self, now: Moment) -> Option<Fault> {
        self.state = State::Idle { ask_at: now };
        self.questions.cut()
    }

    fn decode(&mut self, now: Moment, bytes: &[u8], out: &mut Vec<Item>) {
        match self.state {
            State::Waiting { put, .. } => match self.questions.hear(bytes, out) {
                Heard::NotYet => {}
                Heard::Answered => self.answered(now, put, self.timing.period),
                Heard::AskNext => self.answered(now, put, Duration::ZERO),
                Heard::Broken => self.again_or_give_up(now, put, out),
            },
            State::Draining { .. } => {
                let detail = "a second answer to a question that was put again";
                out.push(Err(Fault::new(FaultKind::Unasked, detail, bytes)));
            }
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
                0
            }
            State::Asking { put } => put,
            State::Draining { until } if until <= now => {
                self.state = State::Idle { ask_at: now };
                return self.poll_transmit(now);
            }
            State::Closed | State::Idle { .. } | State::Waiting { .. } | State::Draining { .. } => {
                return None;
            }
        };
        let until = now.saturating_add(self.timing.answer_within);
        self.state = State::Waiting { put: put.saturating_add(1), until };
        Some(self.request.clone())
    }

    fn next_timeout(&self) -> Option<Moment> {
        match self.state {
            State::Closed => None,
            State::Idle { ask_at } => Some(ask_at),
            State::Asking { .. } => Some(Moment::ZERO),
            State::Waiting { until, .. } | State::Draining { until } => Some(until),
        }
    }

    fn time_passed(&mut self, now: Moment, out: &mut Vec<Item>) {
        if let State::Waiting { put, until } = self.state
            && until <= now
        {
            self.again_or_give_up(now, put, out);
        }
    }
}
