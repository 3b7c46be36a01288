//! The loop: one owner of what the checkpoint knows, one place that decides, one hand that writes.
//!
//! ```text
//!   inbox --Told--> run (waits, reads the clock) --> step(now, input) --decide--> events --> entries
//!                                                       |  alarms ring at once          |
//!                                                       |                               v
//!                                                       +-- folds at once          journal (groups)
//!   answers, acknowledgements <--- when the entry is durable <------------------------+
//! ```
//!
//! It promises: what follows from one input is kept together or not at all; nobody hears of an entry before it is durable, but for an
//! alarm, which rings the moment it is decided; and after a failure to record nothing is decided any more.
//!
//! `step` is what tests call. The loop runs ahead of the disk by what the journal's queue holds, and no further.

mod inbox;
mod opening;
mod publisher;
mod run;

use std::collections::VecDeque;
use std::sync::Arc;

use checkpoint::Checkpoint;
use checkpoint::decide::{Refusal, Rules, decide};
use checkpoint::event::{Entry, Event};
use checkpoint::input::{ClockQuality, Input};
use jiff::Timestamp;
use tokio::sync::oneshot;
use wire::chain::{Epoch, Head};

pub use inbox::{Ended, Inbox, OrderAnswer, OrderError, Told};
pub(crate) use opening::save_state;
pub use opening::{OpenError, Opened, STATE_FORMAT, fold_all, load_state, open};
pub(crate) use publisher::Audience;
pub use publisher::{Durable, Publisher, numbers_of};
pub use run::{Loop, LoopError, Timing};

use crate::journal::{self, JournalError, Urgency, Writer};
use crate::terminal::live::Live;
use crate::terminal::messages::{AlarmRinging, RefusalView};

/// What the checkpoint knows, and the hand that writes.
pub struct Agent {
    checkpoint: Checkpoint,
    rules: Arc<Rules>,
    epoch: Epoch,
    head: Head,
    writer: Writer,
    live: Live,
    waiting: VecDeque<Waiting>,
}

/// Somebody who waits until an entry is durable.
struct Waiting {
    seq: u64,
    answer: Answer,
}

enum Answer {
    Kept(oneshot::Sender<()>),
    Order { answer: oneshot::Sender<OrderAnswer>, first: u64 },
}

/// What came of one input.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Nothing that is worth an entry.
    Nothing,
    /// Entries, from the first to the last.
    Entries {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
    /// The same button press had its effect before: its first entry.
    Already(u64),
    /// The order was not followed.
    Refused(Refusal),
}

impl Agent {
    /// An agent that goes on where `checkpoint` and the journal stand.
    pub fn new(checkpoint: Checkpoint, rules: Arc<Rules>, writer: Writer, live: Live) -> Agent {
        let head = writer.head();
        Agent { checkpoint, rules, epoch: head.epoch, head, writer, live, waiting: VecDeque::new() }
    }

    /// What is known after everything that was decided, durable or not.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The last entry that was decided.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Takes in one input.
    pub fn step(
        &mut self,
        now: Timestamp,
        clock: ClockQuality,
        input: &Input,
    ) -> Result<Outcome, JournalError> {
        let decision = decide(&self.checkpoint, &self.rules, input, now);
        if let Some(seq) = decision.already {
            return Ok(Outcome::Already(seq));
        }
        if let Some(refusal) = decision.refusal {
            return Ok(Outcome::Refused(refusal));
        }
        if decision.events.is_empty() {
            return Ok(Outcome::Nothing);
        }
        let first = self.head.seq.saturating_add(1);
        let at = self.checkpoint.at().map_or(now, |last| last.max(now));
        let mut urgency = Urgency::MayWait;
        let mut kept = Vec::with_capacity(decision.events.len());
        for event in decision.events {
            let raised =
                if let Event::AlarmRaised { alarm, .. } = &event { Some(*alarm) } else { None };
            let seq = self.head.seq.saturating_add(1);
            let class = wire::class(&event);
            let entry = Entry { seq, at, clock, author: input.author(), event };
            let body = wire::entry::encode(&entry, self.epoch, self.head.hash);
            let keep = journal::Entry::after(&self.head, class, body);
            #[expect(
                clippy::expect_used,
                reason = "the number, the epoch and the hash were taken from the head itself"
            )]
            let keep = keep.expect("an entry made from the head follows the head");
            self.head = keep.head();
            kept.push(keep);
            self.checkpoint.follow(&entry);
            if let Some(alarm) = raised.and_then(|alarm| self.checkpoint.alarm(alarm)) {
                urgency = Urgency::AtOnce;
                // Before the journal hears of it: a person must not wait for the disk.
                let ringing = AlarmRinging {
                    alarm: checkpoint::view::AlarmView { being_recorded: true, ..alarm },
                    ts_ms: now.as_millisecond(),
                };
                self.live.ring(seq, &ringing);
            }
        }
        // Whoever waits for these entries waits for their number, and hears of a failure through the journal's follower.
        drop(self.writer.append(kept, urgency)?);
        Ok(Outcome::Entries { first, last: self.head.seq })
    }

    /// Keeps an answer until what came of its input is durable.
    fn answer_kept(&mut self, outcome: &Outcome, durable: u64, kept: oneshot::Sender<()>) {
        match outcome {
            Outcome::Entries { last, .. } => self.wait(*last, durable, Answer::Kept(kept)),
            // A device repeats itself: what it said may be a copy of what is not durable yet.
            Outcome::Nothing | Outcome::Already(_) | Outcome::Refused(_) => {
                self.wait(self.head.seq, durable, Answer::Kept(kept));
            }
        }
    }

    fn answer_order(
        &mut self,
        outcome: Outcome,
        durable: u64,
        answer: oneshot::Sender<OrderAnswer>,
    ) {
        match outcome {
            Outcome::Entries { first, last } => {
                self.wait(last, durable, Answer::Order { answer, first });
            }
            Outcome::Already(first) => self.wait(first, durable, Answer::Order { answer, first }),
            Outcome::Nothing => {
                let first = self.head.seq;
                self.wait(first, durable, Answer::Order { answer, first });
            }
            Outcome::Refused(Refusal { code, message, holds, fields }) => {
                let refusal = RefusalView { code, message, holds, fields };
                let _ = answer.send(Err(OrderError::Refused(refusal)));
            }
        }
    }

    fn wait(&mut self, seq: u64, durable: u64, answer: Answer) {
        if seq <= durable {
            answer.give();
        } else {
            // Entries are decided in order, so whoever waits for less came earlier, but for repeated orders.
            let place = self.waiting.partition_point(|waiting| waiting.seq <= seq);
            self.waiting.insert(place, Waiting { seq, answer });
        }
    }

    /// Everything up to here is durable.
    fn durable(&mut self, seq: u64) {
        while let Some(waiting) = self.waiting.pop_front() {
            if waiting.seq > seq {
                self.waiting.push_front(waiting);
                return;
            }
            waiting.answer.give();
        }
    }

    /// Nothing more becomes durable.
    fn recording_failed(&mut self) {
        for Waiting { answer, .. } in self.waiting.drain(..) {
            match answer {
                // A device that is not told sends again.
                Answer::Kept(_) => {}
                Answer::Order { answer, .. } => {
                    let _ = answer.send(Err(OrderError::RecordingFailed));
                }
            }
        }
    }

    /// Writes what was given to the journal and closes it.
    pub(crate) fn close(self) -> Result<Head, JournalError> {
        self.writer.close()
    }
}

impl Answer {
    fn give(self) {
        // Whoever asked may be gone.
        match self {
            Answer::Kept(kept) => {
                let _ = kept.send(());
            }
            Answer::Order { answer, first } => {
                let _ = answer.send(Ok(first));
            }
        }
    }
}
