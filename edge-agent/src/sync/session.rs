//! One stream, from Hello to its end.

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use wire::chain::Head;
use wire::sync::refusal::Reason;
use wire::sync::{
    Ack, Batch, Class, ClockQuality, EdgeHeartbeat, EdgeMessage, Hello, HubMessage, PROTOCOL,
    Record, Refusal, SignedHead, Welcome, edge_message, hub_message,
};

use super::Client;
use super::directives::Desk;
use super::line::CONNECT_LIMIT;
use super::window::Window;
use crate::journal::{Entry, JournalError};

/// How a stream ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) end: End,
    /// Whether the hub had answered more than the greeting: then the next try need not wait long.
    pub(super) settled: bool,
}

/// Why a stream ended.
#[derive(Debug)]
pub(super) enum End {
    /// The line or the hub went away, or asks us to begin anew.
    Cut(String),
    /// The hub and we do not agree about the history: a person has to look.
    Refused(String),
    /// There is nothing more to send, for ever.
    JournalClosed,
}

/// Ends the stream, or ends the client.
enum Stop {
    Stream(End),
    Client(JournalError),
}

impl From<JournalError> for Stop {
    fn from(error: JournalError) -> Stop {
        Stop::Client(error)
    }
}

struct Session<'a> {
    client: &'a mut Client,
    to_hub: mpsc::Sender<EdgeMessage>,
    /// None until the hub has welcomed us.
    window: Option<Window>,
    silent: Duration,
    settled: bool,
}

/// Opens a stream and serves it until it ends.
pub(super) async fn run(client: &mut Client) -> Result<Ended, JournalError> {
    let (to_hub, from_us) = mpsc::channel(OUTBOX);
    let mut session =
        Session { client, to_hub, window: None, silent: Duration::ZERO, settled: false };
    match session.serve(from_us).await {
        Ok(never) => match never {},
        Err(Stop::Stream(end)) => Ok(Ended { end, settled: session.settled }),
        Err(Stop::Client(error)) => Err(error),
    }
}

impl Session<'_> {
    async fn serve(&mut self, from_us: mpsc::Receiver<EdgeMessage>) -> Result<Infallible, Stop> {
        self.client.refresh().await?;
        self.greet()?;
        let mut hub = self.client.hub.clone();
        let mut from_hub = timeout(CONNECT_LIMIT, hub.connect(ReceiverStream::new(from_us)))
            .await
            .map_err(|_| cut("the hub does not answer"))?
            .map_err(|status| self.cut_by(&status))?
            .into_inner();
        let mut durable = self.client.durable.clone();
        let mut beat = interval(self.client.timing.heartbeat_every);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                heard = from_hub.message() => {
                    let message = heard.map_err(|status| self.cut_by(&status))?;
                    self.silent = Duration::ZERO;
                    self.hear(message.ok_or_else(|| cut("the hub closed the stream"))?).await?;
                }
                changed = durable.changed() => {
                    changed.map_err(|_| Stop::Stream(End::JournalClosed))?;
                }
                _ = beat.tick() => self.beat().await?,
            }
            self.send_what_fits().await?;
        }
    }

    fn greet(&mut self) -> Result<(), Stop> {
        let head = *self.client.durable.borrow();
        let signed_head = self.sign(head)?;
        let reporter = &self.client.reporter;
        self.say(edge_message::Message::Hello(Hello {
            checkpoint: reporter.checkpoint.to_string(),
            title: reporter.title.clone(),
            epoch: head.epoch.0.to_vec(),
            head_seq: head.seq,
            head_hash: head.hash.0.to_vec(),
            agent_version: reporter.version.clone(),
            protocol: PROTOCOL,
            signed_head,
            answered_directive: self.client.desk.as_ref().map(Desk::answered),
        }))
    }

    /// Signs the head that the hub is greeted with, and keeps what was signed.
    fn sign(&self, head: Head) -> Result<Option<SignedHead>, JournalError> {
        let Some(key) = &self.client.key else { return Ok(None) };
        let signed = key.sign(head, self.client.clock.now());
        if head.seq > 0 {
            // Nobody waits for it: the next greeting is signed again.
            drop(self.client.errands.keep_signed_head(signed)?);
        }
        Ok(Some(SignedHead {
            seq: head.seq,
            hash: head.hash.0.to_vec(),
            at_us: signed.at_us,
            signature: signed.signature.to_vec(),
            public_key: key.public().to_bytes().to_vec(),
        }))
    }

    async fn hear(&mut self, message: HubMessage) -> Result<(), Stop> {
        match message.message {
            Some(hub_message::Message::Welcome(welcome)) => self.welcomed(welcome).await,
            Some(hub_message::Message::Ack(ack)) => self.acknowledged(&ack).await,
            Some(hub_message::Message::Refusal(refusal)) => Err(refused(&refusal)),
            Some(hub_message::Message::Heartbeat(_)) => {
                self.settled |= self.window.is_some();
                Ok(())
            }
            Some(hub_message::Message::Directive(directive)) => {
                if let Some(desk) = &self.client.desk {
                    desk.take(&self.client.reporter.checkpoint, directive);
                }
                Ok(())
            }
            // A kind of message that a newer hub knows.
            None => Ok(()),
        }
    }

    async fn welcomed(&mut self, welcome: Welcome) -> Result<(), Stop> {
        let Welcome { next_bulk, next_express_after, protocol, hub_epoch: _ } = welcome;
        let head = *self.client.durable.borrow();
        if self.window.is_some() {
            return Err(cut("the hub welcomed us twice"));
        }
        if protocol != PROTOCOL {
            return Err(refuse(format!(
                "the hub speaks protocol {protocol}, and this agent {PROTOCOL}"
            )));
        }
        if next_bulk == 0 {
            return Err(refuse("the hub asks for entry 0, and the first is 1".to_owned()));
        }
        if next_bulk > head.seq.saturating_add(1) {
            return Err(refuse(format!(
                "the hub has entries of this epoch up to {}, and this journal ends with {}: it was restored from an older copy",
                next_bulk - 1,
                head.seq
            )));
        }
        self.window = Some(Window::new(next_bulk, next_express_after));
        self.client.held = next_bulk - 1;
        self.client.up().await;
        tracing::info!(next = next_bulk, waiting = head.seq - self.client.held, "the hub answers");
        self.client.refresh().await?;
        Ok(())
    }

    async fn acknowledged(&mut self, ack: &Ack) -> Result<(), Stop> {
        let Some(window) = &mut self.window else {
            return Err(cut("the hub acknowledged before it welcomed us"));
        };
        let through = ack.stored_through;
        if !window.has_sent(through) {
            return Err(refuse(format!(
                "the hub acknowledges entry {through}, which was not sent"
            )));
        }
        if through > self.client.held {
            let ours = match window.hash_of(through) {
                Some(hash) => Some(hash),
                None => self.client.shelf.scan(through, 1).await?.first().map(Entry::hash),
            };
            if ours.is_none_or(|ours| ours.0[..] != ack.head_hash) {
                return Err(refuse(format!(
                    "the hub has another entry {through} than this journal"
                )));
            }
        }
        window.acknowledged(through, &ack.express_seqs, self.client.clock.moment().since_start);
        self.settled = true;
        if through > self.client.held {
            self.client.hub_holds(through)?;
            self.client.refresh().await?;
        }
        Ok(())
    }

    /// Says that we live, and gives the line up if the hub has not for too long.
    async fn beat(&mut self) -> Result<(), Stop> {
        let timing = self.client.timing;
        if self.silent >= timing.silence_limit {
            return Err(cut("nothing was heard of the hub for too long"));
        }
        self.silent += timing.heartbeat_every;
        self.client.refresh().await?;
        let (waiting, oldest_at_us) = {
            let line = self.client.line.borrow();
            (line.waiting, line.oldest_us)
        };
        self.say(edge_message::Message::Heartbeat(EdgeHeartbeat {
            head_seq: self.client.durable.borrow().seq,
            waiting,
            oldest_at_us,
            clock_quality: quality(self.client.clock.quality()).into(),
            at_us: self.client.clock.now().as_microsecond(),
            answered_directive: self.client.desk.as_ref().map(Desk::answered),
        }))
    }

    /// Fills the window: express entries first.
    async fn send_what_fits(&mut self) -> Result<(), Stop> {
        while let Some(window) = &mut self.window {
            let durable = self.client.durable.borrow().seq;
            if !window.waits(durable) {
                self.client.in_order_only = false;
            }
            if !self.client.in_order_only
                && let Some(from) = window.express_from(durable)
            {
                let limit = wire::sync::BATCH_LIMIT_RECORDS;
                let mut entries = self.client.shelf.scan_express(from, limit).await?;
                entries.truncate(window.fit_express(&entries));
                window.sent_express(&entries, durable);
                if !entries.is_empty() {
                    self.say(batch(Class::Express, &entries))?;
                }
                continue;
            }
            let Some(room) = window.room(durable) else { break };
            let mut entries = self.client.shelf.scan(room.from, room.records).await?;
            entries.truncate(window.fit(&entries));
            match entries.first() {
                Some(first) if first.seq() == room.from => {}
                Some(first) => {
                    return Err(refuse(format!(
                        "the hub asks for entry {}, and the oldest that is kept here is {}",
                        room.from,
                        first.seq()
                    )));
                }
                None => break,
            }
            window.sent(&entries, durable, self.client.clock.moment().since_start);
            self.say(batch(Class::Bulk, &entries))?;
        }
        Ok(())
    }

    fn cut_by(&mut self, status: &tonic::Status) -> Stop {
        // The hub keeps only so many copies of express entries. Everything comes in order too, so nothing is lost.
        self.client.in_order_only |= status.code() == Code::ResourceExhausted;
        let mut why = status.message().to_owned();
        let mut cause = Error::source(status);
        while let Some(error) = cause {
            why = format!("{why}: {error}");
            cause = error.source();
        }
        Stop::Stream(End::Cut(why))
    }

    /// Never waits: the window keeps batches few, and a line that takes no heartbeats any more is dead.
    fn say(&self, message: edge_message::Message) -> Result<(), Stop> {
        match self.to_hub.try_send(EdgeMessage { message: Some(message) }) {
            // A hub that listens no more has said why, or is about to: that is read first.
            Ok(()) | Err(TrySendError::Closed(_)) => Ok(()),
            Err(TrySendError::Full(_)) => Err(cut("the line takes nothing more")),
        }
    }
}

fn batch(class: Class, entries: &[Entry]) -> edge_message::Message {
    let records = entries.iter().map(|entry| Record { body: entry.body().to_vec() }).collect();
    edge_message::Message::Batch(Batch { class: class.into(), records })
}

fn quality(quality: checkpoint::input::ClockQuality) -> ClockQuality {
    match quality {
        checkpoint::input::ClockQuality::Synchronised => ClockQuality::Synchronised,
        checkpoint::input::ClockQuality::Unsynchronised => ClockQuality::Unsynchronised,
        checkpoint::input::ClockQuality::Unknown => ClockQuality::Unknown,
    }
}

fn cut(why: &str) -> Stop {
    Stop::Stream(End::Cut(why.to_owned()))
}

fn refuse(why: String) -> Stop {
    Stop::Stream(End::Refused(why))
}

fn refused(refusal: &Refusal) -> Stop {
    let at = refusal.at_seq.map(|seq| format!(" at entry {seq}")).unwrap_or_default();
    let why = |what: &str| format!("{what}{at}: {}", refusal.detail);
    match refusal.reason() {
        Reason::Gap => Stop::Stream(End::Cut(why("the hub misses entries"))),
        Reason::Fork => refuse(why("fork")),
        Reason::Rewritten => refuse(why("rewritten")),
        Reason::UnknownEpoch => refuse(why("the hub takes no new epoch by itself")),
        Reason::BadChain => refuse(why("the hub cannot read what was sent")),
        Reason::WrongKey => refuse(why("the hub knows this checkpoint by another key")),
        Reason::TooOld => refuse(why("this agent is too old for the hub")),
        Reason::Unspecified => {
            refuse(why("the hub refuses for a reason that this agent does not know"))
        }
    }
}

/// All that the window lets fly, the greeting, and the heartbeats of a dying line.
const OUTBOX: usize = 16;
