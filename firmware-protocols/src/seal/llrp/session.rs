//! A session with a reader: from the moment it serves us to the moment its link is given up.
//!
//! ```text
//! Closed --link--> Greeted? --served--> Asking 1, 2, .. --all answered--> Hearing --3 keepalives missed--> GivenUp
//!                      \--another client owns the reader--> GivenUp, for longer
//! ```
//!
//! Every request waits for its answer, which has its number, so that a late one is told from the awaited one. A request that is not answered, and bytes
//! that are no LLRP, end the session: over TCP nothing is lost and found again.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use super::reader::{ConnectionAttempt, Notification, events, status};
use super::request::{Refused, Request, all};
use super::{Decoder, Message, decode, encode, kind, look, readings};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Conversation, HangUp, Moment};
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::seal::sightings::Sighted;
use crate::seal::tag::TamperWord;

/// We speak 1.0.1: every reader of 1.1 is bound to understand it until another version is agreed.
const VERSION: u8 = 1;
/// A reader says that it lives once in this time, where a site says nothing else.
const USUAL_KEEPALIVE_MS: u32 = 2000;
/// The shortest that is asked for: each is a message and its answer.
const SHORTEST_KEEPALIVE_MS: u32 = 100;
/// So many times it may miss to.
const MISSED: u32 = 3;
/// A request is answered within this time, where a site says nothing else. Readers need seconds to stop what another client began.
const USUAL_ANSWER: Duration = Duration::from_secs(5);
/// A reader that another client owns is left alone for so long: it is not fought over.
const OWNED: Duration = Duration::from_secs(60);
/// A reader that refuses its set-up, or its client, is tried again after so long.
const REFUSED: Duration = Duration::from_secs(15);

/// A session whose tags are told when they come, change and go.
pub type Reader = Sighted<Session>;

impl Reader {
    /// Waits for its link.
    pub fn new(settings: &Settings) -> Reader {
        Sighted::over(Session::new(settings), settings)
    }
}

/// A session that tells every sighting.
#[derive(Debug)]
pub struct Session {
    decoder: Decoder,
    tamper: Option<TamperWord>,
    keepalive_ms: u32,
    answer_within: Duration,
    state: State,
    to_ask: VecDeque<Request>,
    /// What is to be sent, in order.
    outbox: VecDeque<Vec<u8>>,
    next_id: u32,
}

#[derive(Debug)]
enum State {
    Closed,
    /// The reader has not said yet whom it serves.
    Greeting {
        until: Moment,
    },
    /// A request waits for its answer.
    Asking {
        request: Request,
        id: u32,
        until: Moment,
    },
    /// Tags are reported. `events` is the number of the one request that has no answer, but that some readers refuse.
    Hearing {
        until: Moment,
        events: u32,
    },
    GivenUp(HangUp),
}

impl Session {
    /// Waits for its link.
    pub fn new(settings: &Settings) -> Session {
        let tamper = settings.tamper_chip.map(crate::seal::tag::TamperChip::word);
        let answer_ms = settings.answer_ms.map(|ms| Duration::from_millis(ms.into()));
        Session {
            decoder: Decoder::new(settings),
            tamper,
            keepalive_ms: settings
                .keepalive_ms
                .unwrap_or(USUAL_KEEPALIVE_MS)
                .max(SHORTEST_KEEPALIVE_MS),
            answer_within: answer_ms.unwrap_or(USUAL_ANSWER),
            state: State::Closed,
            to_ask: VecDeque::new(),
            outbox: VecDeque::new(),
            next_id: 1,
        }
    }

    /// Whether tags are reported by now.
    pub fn hears(&self) -> bool {
        matches!(self.state, State::Hearing { .. })
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.keepalive_ms.into()).saturating_mul(MISSED)
    }

    fn send(&mut self, kind: u16, id: u32, body: &[u8]) {
        if self.outbox.len() < limits::SEAL_ANSWERS {
            self.outbox.push_back(encode(VERSION, kind, id, body));
        }
    }

    fn number(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id = id.checked_add(1).unwrap_or(1);
        id
    }

    fn give_up(&mut self, reason: &'static str, wait: Duration) {
        self.outbox.clear();
        self.state = State::GivenUp(HangUp { reason, wait });
    }

    fn ask_next(&mut self, now: Moment) {
        let id = self.number();
        match self.to_ask.pop_front() {
            Some(request) => {
                self.send(request.kind, id, &request.body);
                let until = now.saturating_add(self.answer_within);
                self.state = State::Asking { request, id, until };
            }
            None => {
                // Only a reader that was told to hold its reports until now waits for it; no reader answers it, except those that do not know it.
                self.send(kind::ENABLE_EVENTS_AND_REPORTS, id, &[]);
                self.state =
                    State::Hearing { until: now.saturating_add(self.patience()), events: id };
            }
        }
    }

    fn message(&mut self, now: Moment, message: Message<'_>, out: &mut Vec<Item>) {
        if let State::Hearing { until, .. } = &mut self.state {
            *until = now.saturating_add(
                Duration::from_millis(self.keepalive_ms.into()).saturating_mul(MISSED),
            );
        }
        match message.kind {
            kind::KEEPALIVE => {
                self.send(kind::KEEPALIVE_ACK, message.id, &[]);
                readings(message, self.tamper, out);
            }
            kind::READER_EVENT_NOTIFICATION => {
                readings(message, self.tamper, out);
                if events(message.body).all(|event| event.is_ok()) {
                    events(message.body).flatten().for_each(|event| self.notified(now, &event));
                }
            }
            _ if self.is_answer(message) => self.answered(now, message, out),
            _ => readings(message, self.tamper, out),
        }
    }

    fn notified(&mut self, now: Moment, notification: &Notification) {
        match (notification, &self.state) {
            (Notification::Connection(ConnectionAttempt::Success), State::Greeting { .. }) => {
                self.to_ask = all(self.keepalive_ms, self.tamper).into();
                self.ask_next(now);
            }
            (
                Notification::Connection(
                    attempt @ (ConnectionAttempt::ReaderConnectionExists
                    | ConnectionAttempt::ClientConnectionExists),
                ),
                _,
            ) => self.give_up(attempt.words(), OWNED),
            (Notification::Connection(attempt @ ConnectionAttempt::Other(_)), _) => {
                self.give_up(attempt.words(), REFUSED);
            }
            (Notification::Closed, _) => {
                self.give_up("the reader closed the connection", Duration::ZERO);
            }
            (
                Notification::Connection(
                    ConnectionAttempt::AnotherAttempted | ConnectionAttempt::Success,
                )
                | Notification::Antenna { .. }
                | Notification::Exception(_),
                _,
            ) => {}
        }
    }

    fn is_answer(&self, message: Message<'_>) -> bool {
        match &self.state {
            State::Asking { request, id, .. } => {
                let kinds = [kind::answer_to(request.kind), kind::ERROR_MESSAGE];
                message.id == *id && kinds.contains(&message.kind)
            }
            State::Hearing { events, .. } => {
                message.id == *events && message.kind == kind::ERROR_MESSAGE
            }
            State::Closed | State::Greeting { .. } | State::GivenUp(_) => false,
        }
    }

    fn answered(&mut self, now: Moment, message: Message<'_>, out: &mut Vec<Item>) {
        let State::Asking { request, .. } = &self.state else {
            // The request that has no answer was refused by a reader that does not know it, and needs not.
            return;
        };
        let status = status(message.body);
        let fine = message.kind != kind::ERROR_MESSAGE
            && status.as_ref().is_none_or(|status| status.code == 0);
        if fine || request.refused == Refused::Accepted {
            // The answer shows that the reader lives.
            out.push(Ok(crate::dialect::Reading::SealReader(crate::seal::ReaderMessage::alive(
                kind::name(request.kind),
            ))));
            self.ask_next(now);
            return;
        }
        let words = status.map_or_else(|| "without a status".into(), |status| status.words());
        let name = kind::name(request.kind);
        match request.refused {
            Refused::WithoutLoops => {
                let detail = format!("{name}: {words}; loops of seals are not read");
                out.push(Err(Fault::new(FaultKind::Refused, detail, message.body)));
                self.to_ask.retain(|request| request.refused != Refused::WithoutLoops);
                self.ask_next(now);
            }
            Refused::Fatal | Refused::Accepted => {
                let detail = format!("{name}: {words}");
                out.push(Err(Fault::new(FaultKind::Refused, detail, message.body)));
                self.give_up("the reader refuses its set-up", REFUSED);
            }
        }
    }
}

impl Conversation for Session {
    fn opened(&mut self, now: Moment) -> Option<Fault> {
        self.to_ask.clear();
        self.outbox.clear();
        self.state = State::Greeting { until: now.saturating_add(self.answer_within) };
        self.decoder.cut()
    }

    fn decode(&mut self, now: Moment, bytes: &[u8], out: &mut Vec<Item>) {
        // The frames are taken out of the session meanwhile: what they lead to changes it.
        let mut frames = core::mem::take(&mut self.decoder.frames);
        frames.push(bytes, look, |frame| {
            if matches!(self.state, State::Closed | State::GivenUp(_)) {
                return;
            }
            match frame.and_then(decode) {
                Ok(message) => self.message(now, message, out),
                Err(fault) => {
                    out.push(Err(fault));
                    self.give_up("what comes is not LLRP", REFUSED);
                }
            }
        });
        self.decoder.frames = frames;
    }

    fn poll_transmit(&mut self, _: Moment) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    fn next_timeout(&self) -> Option<Moment> {
        match self.state {
            State::Closed | State::GivenUp(_) => None,
            State::Greeting { until }
            | State::Asking { until, .. }
            | State::Hearing { until, .. } => Some(until),
        }
    }

    fn time_passed(&mut self, now: Moment, out: &mut Vec<Item>) {
        let no_answer = |detail: &str| Err(Fault::new(FaultKind::NoAnswer, detail, &[]));
        match &self.state {
            State::Greeting { until } if *until <= now => {
                out.push(no_answer("the reader did not say whom it serves"));
                self.give_up("the reader did not say whom it serves", REFUSED);
            }
            State::Asking { request, until, .. } if *until <= now => {
                let detail = format!(
                    "{}: no answer within {} ms",
                    kind::name(request.kind),
                    self.answer_within.as_millis()
                );
                out.push(Err(Fault::new(FaultKind::NoAnswer, detail, &request.body)));
                self.give_up("a request was not answered", REFUSED);
            }
            State::Hearing { until, .. } if *until <= now => {
                out.push(no_answer("the reader missed three keepalives"));
                self.give_up("the reader missed three keepalives", Duration::ZERO);
            }
            State::Closed
            | State::Greeting { .. }
            | State::Asking { .. }
            | State::Hearing { .. }
            | State::GivenUp(_) => {}
        }
    }

    fn hang_up(&self) -> Option<HangUp> {
        match self.state {
            State::GivenUp(hang_up) => Some(hang_up),
            State::Closed
            | State::Greeting { .. }
            | State::Asking { .. }
            | State::Hearing { .. } => None,
        }
    }

    /// A reader that is told keeps no connection that nobody hears.
    fn farewell(&mut self) -> Option<Vec<u8>> {
        let served = matches!(self.state, State::Asking { .. } | State::Hearing { .. });
        self.state = State::Closed;
        served.then(|| {
            let id = self.number();
            encode(VERSION, kind::CLOSE_CONNECTION, id, &[])
        })
    }
}
