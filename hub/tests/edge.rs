//! An edge that does what a story tells it: a journal in memory and the real client of the protocol.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use checkpoint::event::{AlarmCause, AlarmFacts, Author, Entry, Event, Priority};
use checkpoint::ids::{AlarmId, VisitId};
use checkpoint::input::ClockQuality;
use checkpoint::site::{Direction, Mode};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Endpoint;
use wire::chain::{Epoch, Head, SignedHead, SigningKey};
use wire::directive::Statement;
use wire::sync::sync_client::SyncClient;
use wire::sync::{
    Batch, Class, EdgeHeartbeat, EdgeMessage, Hello, HubMessage, PROTOCOL, Record, edge_message,
    hub_message,
};

/// 2026-11-21T12:00:00Z in seconds; entry n is recorded n seconds later.
const NOON_S: i64 = 1_795_262_400;
/// An answer that takes longer than this will not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A journal in memory.
#[derive(Clone)]
pub(crate) struct Journal {
    pub(crate) head: Head,
    bodies: Vec<Vec<u8>>,
    /// The key with which its head is signed; none if it is not.
    pub(crate) key: Option<u8>,
}

impl Journal {
    pub(crate) fn begin(epoch: u8) -> Journal {
        Journal { head: Head::genesis(Epoch([epoch; 16])), bodies: Vec::new(), key: None }
    }

    /// Writes one more entry.
    pub(crate) fn write(&mut self, event: Event) {
        self.write_body(|seq, head| {
            let entry = Entry {
                seq,
                at: Timestamp::from_second(NOON_S + i64::try_from(seq).unwrap()).unwrap(),
                clock: ClockQuality::Synchronised,
                author: Author::Agent,
                event,
            };
            wire::entry::encode(&entry, head.epoch, head.hash)
        });
    }

    /// Writes an entry whose event has a number that no release knows yet.
    pub(crate) fn write_from_the_future(&mut self) {
        self.write_body(|seq, head| {
            let at = Timestamp::from_second(NOON_S).unwrap();
            let event = Event::HubLinkChanged { up: true };
            let (clock, author) = (ClockQuality::Synchronised, Author::Agent);
            let entry = Entry { seq, at, clock, author, event };
            let mut body = wire::entry::encode(&entry, head.epoch, head.hash);
            // The event is the last field: key 192 2 (field 24, bytes), length, content. Field 1000 takes its place.
            let place = body.windows(2).rposition(|pair| pair == [0xc2, 0x01]).unwrap();
            body.splice(place..place + 2, [0xc2, 0x3e]);
            body
        });
    }

    fn write_body(&mut self, body: impl FnOnce(u64, &Head) -> Vec<u8>) {
        let body = body(self.head.seq + 1, &self.head);
        self.head = self.head.follow(&body).unwrap();
        self.bodies.push(body);
    }

    /// The journal as it was after entry `seq`.
    pub(crate) fn as_of(&self, seq: u64) -> Journal {
        let head = Head::genesis(self.head.epoch);
        let mut journal = Journal { head, bodies: Vec::new(), key: self.key };
        for body in &self.bodies[..usize::try_from(seq).unwrap()] {
            journal.write_body(|_, _| body.clone());
        }
        journal
    }

    /// An entry of this epoch that claims a number out of all reason.
    pub(crate) fn body_far_beyond(&self, seq: u64) -> Vec<u8> {
        wire::chain::Link { epoch: self.head.epoch, seq, prev: self.head.hash, at_us: 0 }.encode()
    }

    fn signed_head(&self) -> Option<wire::sync::SignedHead> {
        let key = SigningKey::from_bytes(&[self.key?; 32]);
        let signed = SignedHead::sign(self.head, NOON_S * 1_000_000, &key);
        Some(wire::sync::SignedHead {
            seq: signed.head.seq,
            hash: signed.head.hash.0.to_vec(),
            at_us: signed.at_us,
            signature: signed.signature.to_vec(),
            public_key: key.verifying_key().to_bytes().to_vec(),
        })
    }

    pub(crate) fn body(&self, seq: u64) -> Vec<u8> {
        self.bodies[usize::try_from(seq).unwrap() - 1].clone()
    }
}

pub(crate) fn vehicle(number: u64) -> Event {
    Event::VisitOpened {
        visit: VisitId(number),
        number: format!("50101-26-{number:06}"),
        lane: "lane-1".parse().unwrap(),
        mode: Mode::Road,
        direction: Direction::Inbound,
    }
}

pub(crate) fn alarm(number: u64) -> Event {
    let facts = AlarmFacts {
        cause: AlarmCause::Tamper,
        priority: Priority::P2,
        since: Timestamp::from_second(NOON_S).unwrap(),
        lane: Some("lane-1".parse().unwrap()),
        device: Some("portal-1".parse().unwrap()),
        visit: None,
        plate: None,
        basis: "192.4".to_owned(),
        must_be_decided: false,
        holds_exit: false,
        numbers: BTreeMap::new(),
    };
    Event::AlarmRaised { alarm: AlarmId(number), facts: Box::new(facts) }
}

pub(crate) fn alarm_ended(number: u64) -> Event {
    Event::AlarmEnded { alarm: AlarmId(number) }
}

/// A stream to the hub.
pub(crate) struct Stream {
    name: String,
    /// What the agent says that it has answered.
    pub(crate) answered: Option<u64>,
    to_hub: mpsc::Sender<EdgeMessage>,
    from_hub: Streaming<HubMessage>,
}

impl Stream {
    /// Connects and says Hello.
    pub(crate) async fn open(hub: SocketAddr, name: &str, journal: &Journal) -> Stream {
        Stream::answering(hub, name, journal, None).await
    }

    /// The same for an agent that knows directives, and has answered those up to `answered`.
    pub(crate) async fn answering(
        hub: SocketAddr,
        name: &str,
        journal: &Journal,
        answered: Option<u64>,
    ) -> Stream {
        let line = Endpoint::from_shared(format!("http://{hub}")).unwrap().connect().await.unwrap();
        let mut client = SyncClient::new(line);
        let (to_hub, outgoing) = mpsc::channel(16);
        let hello = Hello {
            checkpoint: name.to_owned(),
            title: name.to_uppercase(),
            epoch: journal.head.epoch.0.to_vec(),
            head_seq: journal.head.seq,
            head_hash: journal.head.hash.0.to_vec(),
            agent_version: "0.1.0".to_owned(),
            protocol: PROTOCOL,
            signed_head: journal.signed_head(),
            answered_directive: answered,
        };
        to_hub.send(said(edge_message::Message::Hello(hello))).await.unwrap();
        let from_hub = client.connect(ReceiverStream::new(outgoing)).await.unwrap().into_inner();
        Stream { name: name.to_owned(), answered, to_hub, from_hub }
    }

    pub(crate) async fn send(&self, class: Class, bodies: Vec<Vec<u8>>) {
        let records = bodies.into_iter().map(|body| Record { body }).collect();
        let batch = Batch { class: class.into(), records };
        // A stream that the hub has ended tells so in its answer.
        let _ = self.to_hub.send(said(edge_message::Message::Batch(batch))).await;
    }

    pub(crate) async fn beat(&self, waiting: u64) {
        let beat = EdgeHeartbeat {
            head_seq: 0,
            waiting,
            oldest_at_us: Some(NOON_S * 1_000_000),
            clock_quality: wire::sync::ClockQuality::Synchronised.into(),
            at_us: NOON_S * 1_000_000,
            answered_directive: self.answered,
        };
        let _ = self.to_hub.send(said(edge_message::Message::Heartbeat(beat))).await;
    }

    /// The hub's next answer in words, beats left out.
    pub(crate) async fn answer(&mut self) -> String {
        loop {
            let message =
                timeout(PATIENCE, self.from_hub.message()).await.expect("the hub answers");
            let message = match message {
                Ok(Some(message)) => message.message.unwrap(),
                Ok(None) => return "end of the stream".to_owned(),
                Err(status) => return format!("{:?}: {}", status.code(), status.message()),
            };
            return match message {
                hub_message::Message::Heartbeat(_) => continue,
                hub_message::Message::Welcome(welcome) => format!(
                    "welcome, next is {}, express after {}",
                    welcome.next_bulk, welcome.next_express_after
                ),
                hub_message::Message::Ack(ack) => match ack.express_seqs.as_slice() {
                    [] => format!("stored through {}", ack.stored_through),
                    express => {
                        format!("stored through {}, express {express:?}", ack.stored_through)
                    }
                },
                hub_message::Message::Directive(directive) => {
                    let signed = Statement {
                        checkpoint: &self.name,
                        number: directive.number,
                        subject: &directive.subject,
                        text: &directive.text,
                    };
                    let signed = signed.signed_by(&directive.signature, &directive.public_key);
                    let words = if signed.is_ok() { "signed" } else { "not signed" };
                    format!("directive {}, {}, {words}", directive.number, directive.subject)
                }
                hub_message::Message::Refusal(refusal) => {
                    let reason = refusal.reason().as_str_name().trim_start_matches("REASON_");
                    format!("refused, {reason} at {:?}: {}", refusal.at_seq, short(&refusal.detail))
                }
            };
        }
    }
}

fn said(message: edge_message::Message) -> EdgeMessage {
    EdgeMessage { message: Some(message) }
}

/// Hashes and epochs by their first eight digits.
pub(crate) fn short(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let digits = word.trim_end_matches([',', ':', ';']);
        if digits.len() >= 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            format!("{}..{}", &digits[..8], &word[digits.len()..])
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
