//! Sends the journal to the hub: in order, each entry until the hub has it, and alarms ahead of the backlog.
//!
//! ```text
//!   journal --durable head--> +--------+ --Hello, batches, heartbeats--> hub
//!           <--read entries-- | stream |
//!           <--acknowledge--- +--------+ <--Welcome, Ack, Refusal-------
//!                                 |  cut? wait 1, 2, 4 .. 30 s (each with chance in it), and again
//!                                 +--> HubLink up or down to the loop, and the state of the line to the terminal
//! ```
//!
//! It promises:
//! - It reads entries from the journal alone: what is not durable here is never sent.
//! - What the hub has acknowledged, with the hash that we have too, is noted in the journal; nothing else is.
//! - It starts where the hub says, also when that was acknowledged before: a hub may come back from an older backup.
//! - An alarm goes ahead of everything that waits, and behind little that is under way: on a slow line batches are small.
//! - It holds no more in memory than what is under way: at most [`wire::sync::BATCHES_IN_FLIGHT`] batches and one express batch.
//! - When the hub refuses our history, nothing more is sent, the status says why, and everything local goes on.
//!
//! - A directive of the hub goes to the loop with the key that signed it; whether that is the hub's key, the loop decides.
//!
//! It deliberately decides nothing and delays nothing: the loop does not know that it exists.

mod back_off;
mod directives;
mod line;
mod session;
mod shelf;
mod window;

use std::sync::Arc;
use std::time::Duration;

use checkpoint::ids::CheckpointId;
use checkpoint::input::Condition;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tonic::transport::{Channel, Endpoint};
use wire::chain::Head;
use wire::sync::sync_client::SyncClient;
use wire::sync::{HEARTBEAT_EVERY, MESSAGE_LIMIT_BYTES, SILENCE_LIMIT};

pub use self::directives::Desk;
pub use self::line::{AddressError, endpoint};
pub(crate) use self::shelf::Shelf;
use self::{
    back_off::BackOff,
    session::{End, Ended},
};
use crate::attest::SiteKey;
use crate::clock::Clock;
use crate::journal::{Cause, Cursor, Errands, JournalError, Reader};

/// How the line to the hub is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether the hub answers.
    pub state: LineState,
    /// Since when; none as long as it never has answered.
    pub since: Option<Timestamp>,
    /// How many entries the hub has not acknowledged.
    pub waiting: u64,
    /// When the oldest of them happened, in microseconds since 1970-01-01T00:00:00Z.
    pub oldest_us: Option<i64>,
}

/// Whether the hub answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineState {
    /// It has not answered since the agent began.
    Never,
    /// It answers.
    Up,
    /// It answered before.
    Down {
        /// What ended the last stream, in words for the technician.
        why: String,
    },
    /// It answers, and does not take our entries: a person has to look.
    Refused {
        /// Why, in words for the technician.
        why: String,
    },
}

impl Default for Line {
    fn default() -> Line {
        Line { state: LineState::Never, since: None, waiting: 0, oldest_us: None }
    }
}

/// Who reports.
#[derive(Debug, Clone)]
pub struct Reporter {
    /// The checkpoint's name.
    pub checkpoint: CheckpointId,
    /// The name that people read.
    pub title: String,
    /// Version of the program.
    pub version: String,
}

/// How long the client waits for what.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Both sides say that they live once in this time.
    pub heartbeat_every: Duration,
    /// After so long without a word the line is taken for dead.
    pub silence_limit: Duration,
    /// The first wait after a cut; each next one is twice as long.
    pub first_wait: Duration,
    /// No wait after a cut is longer.
    pub longest_wait: Duration,
    /// The wait after a refusal: what has to be done first, a person does.
    pub wait_after_refusal: Duration,
}

impl Default for Timing {
    fn default() -> Timing {
        Timing {
            heartbeat_every: HEARTBEAT_EVERY,
            silence_limit: SILENCE_LIMIT,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(10),
            wait_after_refusal: Duration::from_secs(300),
        }
    }
}

/// The client with all that it needs.
#[derive(Debug)]
pub struct Client {
    reporter: Reporter,
    timing: Timing,
    hub: SyncClient<Channel>,
    shelf: Shelf,
    errands: Errands,
    durable: watch::Receiver<Head>,
    clock: Clock,
    conditions: mpsc::Sender<Condition>,
    line: watch::Sender<Line>,
    /// The hub has every entry up to here, as it said last.
    held: u64,
    /// What the loop was told last.
    told_up: Option<bool>,
    /// The hub has more express copies than it keeps: nothing goes ahead until the backlog is sent.
    in_order_only: bool,
    /// With what the head of each greeting is signed.
    key: Option<Arc<SiteKey>>,
    /// Where the hub's directives go.
    desk: Option<Desk>,
}

impl Client {
    /// A client that sends what `reader` reads to the hub at `endpoint`.
    ///
    /// `durable` tells the last entry on the disk; the client ends when its sender is gone. `conditions` hears of
    /// [`Condition::HubLink`], and `line` is kept current.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is another part of the agent, and they are put together in one place"
    )]
    pub fn new(
        reporter: Reporter,
        timing: Timing,
        endpoint: &Endpoint,
        reader: Reader,
        errands: Errands,
        durable: watch::Receiver<Head>,
        clock: Clock,
        conditions: mpsc::Sender<Condition>,
        line: watch::Sender<Line>,
    ) -> Result<Client, JournalError> {
        let held = reader.stats()?.acknowledged.hub;
        let hub = SyncClient::new(endpoint.connect_lazy())
            .max_decoding_message_size(MESSAGE_LIMIT_BYTES)
            .max_encoding_message_size(MESSAGE_LIMIT_BYTES);
        let shelf = Shelf::new(reader);
        Ok(Client {
            reporter,
            timing,
            hub,
            shelf,
            errands,
            durable,
            clock,
            conditions,
            line,
            held,
            told_up: None,
            in_order_only: false,
            key: None,
            desk: None,
        })
    }

    /// The same client, which signs the head of each greeting: a hub that has met the key takes no other.
    pub fn signing(self, key: Arc<SiteKey>) -> Client {
        Client { key: Some(key), ..self }
    }

    /// The same client, which takes directives; without a desk they are passed over, and the hub is told so.
    pub fn directed(self, desk: Desk) -> Client {
        Client { desk: Some(desk), ..self }
    }

    /// Sends for as long as there is a journal. Letting go of the future ends it at once and loses nothing.
    ///
    /// A journal that cannot be read for now is a line that is down: it is tried again, because nobody would start a client anew.
    pub async fn run(mut self) {
        let mut back_off = BackOff::new(self.timing.first_wait, self.timing.longest_wait);
        while self.durable.has_changed().is_ok() {
            let ended = match session::run(&mut self).await {
                Ok(ended) => ended,
                Err(error) if matches!(error.cause(), Cause::Closed) => return,
                Err(error) => {
                    tracing::error!(error = ?error, "the journal cannot be sent");
                    Ended { end: End::Cut(format!("{error}: {}", error.cause())), settled: false }
                }
            };
            if ended.settled {
                back_off.reset();
            }
            let wait = match ended.end {
                End::JournalClosed => return,
                End::Cut(why) => {
                    tracing::info!(why, "the line to the hub is down");
                    self.down(why).await;
                    back_off.next()
                }
                End::Refused(why) => {
                    tracing::warn!(why, "the hub takes nothing more until a person has looked");
                    self.refused(why).await;
                    self.timing.wait_after_refusal
                }
            };
            self.wait(wait).await;
        }
    }

    /// Waits, and keeps telling how much waits with it; less long if the journal is closed.
    async fn wait(&mut self, wait: Duration) {
        let over = sleep(wait);
        tokio::pin!(over);
        let mut durable = self.durable.clone();
        let mut beat = interval(self.timing.heartbeat_every);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = &mut over => return,
                changed = durable.changed() => if changed.is_err() { return },
                _ = beat.tick() => if let Err(error) = self.refresh().await {
                    tracing::warn!(%error, "what waits cannot be counted");
                },
            }
        }
    }

    async fn up(&mut self) {
        self.set_state(LineState::Up).await;
    }

    async fn down(&mut self, why: String) {
        let never = self.line.borrow().state == LineState::Never;
        if never {
            self.tell(false).await; // it may have been up in the agent's last life
        } else {
            self.set_state(LineState::Down { why }).await;
        }
    }

    async fn refused(&mut self, why: String) {
        self.set_state(LineState::Refused { why }).await;
    }

    async fn set_state(&mut self, state: LineState) {
        let now = self.clock.now();
        self.line.send_modify(|line| {
            if std::mem::discriminant(&line.state) != std::mem::discriminant(&state) {
                line.since = Some(now);
            }
            line.state = state;
        });
        let up = self.line.borrow().state == LineState::Up;
        self.tell(up).await;
    }

    /// Tells the loop, once for each change.
    async fn tell(&mut self, up: bool) {
        if self.told_up != Some(up) {
            self.told_up = Some(up);
            // A loop that has ended needs no telling.
            let _ = self.conditions.send(Condition::HubLink { up }).await;
        }
    }

    /// The hub has every entry up to `seq`, and ours and its are the same.
    fn hub_holds(&mut self, seq: u64) -> Result<(), JournalError> {
        self.held = seq;
        // Nobody waits for it: what the cursor forgets in a power cut, the hub says again.
        self.errands.acknowledge(Cursor::Hub, seq).map(drop)
    }

    /// Counts what waits.
    async fn refresh(&mut self) -> Result<(), JournalError> {
        let waiting = self.durable.borrow().seq.saturating_sub(self.held);
        let oldest_us = match waiting {
            0 => None,
            _ => self
                .shelf
                .scan(self.held.saturating_add(1), 1)
                .await?
                .first()
                .map(|entry| entry.at_us()),
        };
        self.line.send_if_modified(|line| {
            let changes = (line.waiting, line.oldest_us) != (waiting, oldest_us);
            (line.waiting, line.oldest_us) = (waiting, oldest_us);
            changes
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
