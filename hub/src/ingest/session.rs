//! One stream of one edge, from its Hello to its end.

use std::time::Duration;

use checkpoint::ids::CheckpointId;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tonic::{Status, Streaming};
use wire::chain::{Epoch, Hash, Head, SignedHead};
use wire::sync::refusal::Reason;
use wire::sync::{
    Ack, BATCH_LIMIT_BYTES, BATCH_LIMIT_RECORDS, Batch, Class, Directive, EdgeMessage,
    HEARTBEAT_EVERY, Hello, HubHeartbeat, HubMessage, PROTOCOL, Refusal, SILENCE_LIMIT,
    edge_message, hub_message,
};

use super::bearer::Bearer;
use super::check::Signed;
use super::desk::{Declined, Greeting};
use super::{Ingest, store_failed};
use crate::moment::now_us;

/// The longest title and version that are taken, in bytes.
const LONGEST_WORDS: usize = 200;
/// How long a message may wait for the edge's line before the stream is given up.
const SLOWEST_EDGE: Duration = Duration::from_secs(30);

/// A directive that was not answered is sent again after so long.
const SEND_AGAIN: Duration = Duration::from_secs(30);

type Outbox = mpsc::Sender<Result<HubMessage, Status>>;

/// Serves the stream until it ends. An error goes to the edge as the stream's status.
pub(super) async fn run(
    ingest: &Ingest,
    mut from_edge: Streaming<EdgeMessage>,
    to_edge: &Outbox,
    bearer: Option<&Bearer>,
) -> Result<(), Status> {
    let Some(hello) = first(&mut from_edge).await? else { return Ok(()) };
    if let Some(bearer) = bearer {
        bearer.may_report_as(&hello.checkpoint)?;
    }
    let desk = ingest.desk(&hello.checkpoint).await?;
    let id = desk.lock().await.id().clone();
    if hello.protocol < PROTOCOL {
        let detail = format!("the edge speaks protocol {}, the hub {PROTOCOL}", hello.protocol);
        return say(to_edge, refusal(Reason::TooOld, detail, None)).await;
    }
    let mut directing = Directing::new(hello.answered_directive);
    let greeting = greeting(hello)?;
    let declined = |declined: Declined| match declined {
        Declined::Objected(objection) => {
            Ok(refusal(objection.reason, objection.detail, objection.at_seq))
        }
        Declined::Replaced => Err(Status::aborted("a newer stream of this checkpoint has come")),
        Declined::TooManyExpress => {
            Err(Status::resource_exhausted("too many express entries ahead of the backlog"))
        }
        Declined::Store(error) => Err(store_failed(&id, &error)),
    };

    let greeted = desk.lock().await.greet(greeting, now_us()).await;
    let (number, mut streams, welcome) = match greeted {
        Ok(greeted) => greeted,
        Err(reason) => return say(to_edge, declined(reason)?).await,
    };
    tracing::info!(checkpoint = %id, next = welcome.next_bulk, "connected");
    say(to_edge, hub_message::Message::Welcome(welcome)).await?;

    let mut stopping = ingest.stopping.clone();
    let mut given = ingest.given.clone();
    directing.send_next(ingest, &id, to_edge).await?;
    let mut beat = interval(HEARTBEAT_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut silent = Duration::ZERO;
    loop {
        let message = tokio::select! {
            message = from_edge.message() => match message? {
                Some(message) => message,
                None => {
                    tracing::info!(checkpoint = %id, "the edge has gone");
                    return Ok(());
                }
            },
            _ = beat.tick() => {
                if silent >= SILENCE_LIMIT {
                    tracing::info!(checkpoint = %id, "silent for {} s", silent.as_secs());
                    return Err(Status::deadline_exceeded("nothing was heard for 15 s"));
                }
                silent += HEARTBEAT_EVERY;
                say(to_edge, hub_message::Message::Heartbeat(HubHeartbeat { at_us: now_us() })).await?;
                continue;
            }
            Ok(()) = given.changed() => {
                directing.none_after = None;
                directing.send_next(ingest, &id, to_edge).await?;
                continue;
            }
            _ = streams.changed() => {
                return Err(Status::aborted("a newer stream of this checkpoint has come"));
            }
            _ = stopping.changed() => return Err(Status::unavailable("the hub is stopping")),
        };
        silent = Duration::ZERO;
        let mut desk = desk.lock().await;
        let answer: Result<Option<Ack>, Declined> = match message.message {
            Some(edge_message::Message::Batch(batch)) => {
                let (class, bodies) = within_limits(batch)?;
                match class {
                    Class::Bulk => desk.take_bulk(number, bodies, now_us()).await.map(Some),
                    Class::Express => desk.take_express(number, bodies, now_us()).await.map(Some),
                    Class::Unspecified => {
                        return Err(Status::invalid_argument("a batch of no class"));
                    }
                }
            }
            Some(edge_message::Message::Heartbeat(beat)) => {
                directing.answered = beat.answered_directive;
                desk.take_heartbeat(number, &beat, now_us()).await.map(|()| None)
            }
            Some(edge_message::Message::Hello(_)) => {
                return Err(Status::invalid_argument("a second Hello on one stream"));
            }
            // A kind of message that a newer edge knows.
            None => Ok(None),
        };
        drop(desk);
        directing.send_next(ingest, &id, to_edge).await?;
        match answer {
            Ok(Some(ack)) => say(to_edge, hub_message::Message::Ack(ack)).await?,
            Ok(None) => {}
            Err(reason) => return say(to_edge, declined(reason)?).await,
        }
    }
}

/// What of the hub's directives this edge has, and what was sent last.
struct Directing {
    /// The last that it has answered; none if its program knows no directives.
    answered: Option<u64>,
    /// What was sent last, and when.
    sent: Option<(u64, tokio::time::Instant)>,
    /// There was none after this number: the store is not asked at every batch.
    none_after: Option<u64>,
}

impl Directing {
    fn new(answered: Option<u64>) -> Directing {
        Directing { answered, sent: None, none_after: None }
    }

    /// Sends the first directive that was not answered, unless that was done a moment ago.
    async fn send_next(
        &mut self,
        ingest: &Ingest,
        id: &CheckpointId,
        to_edge: &Outbox,
    ) -> Result<(), Status> {
        let Some(answered) = self.answered else { return Ok(()) };
        let now = crate::moment::instant();
        let under_way =
            self.sent.is_some_and(|(number, at)| number > answered && now - at < SEND_AGAIN);
        if under_way || self.none_after == Some(answered) {
            return Ok(());
        }
        let next = ingest
            .store
            .directive_after(id.as_str(), answered)
            .await
            .map_err(|error| store_failed(id, &error))?;
        let Some(directive) = next else {
            self.none_after = Some(answered);
            return Ok(());
        };
        tracing::info!(checkpoint = %id, number = directive.number, subject = directive.subject, "directed");
        self.sent = Some((directive.number, now));
        let message = hub_message::Message::Directive(Directive {
            number: directive.number,
            subject: directive.subject,
            text: directive.text,
            signature: directive.signature,
            public_key: directive.public_key,
        });
        say(to_edge, message).await
    }
}

async fn first(from_edge: &mut Streaming<EdgeMessage>) -> Result<Option<Hello>, Status> {
    let message = timeout(SILENCE_LIMIT, from_edge.message())
        .await
        .map_err(|_| Status::deadline_exceeded("no Hello came within 15 s"))??;
    match message.map(|message| message.message) {
        None => Ok(None),
        Some(Some(edge_message::Message::Hello(hello))) => Ok(Some(hello)),
        Some(_) => Err(Status::invalid_argument("the first message must be Hello")),
    }
}

fn greeting(hello: Hello) -> Result<Greeting, Status> {
    for (what, words) in [("title", &hello.title), ("agent_version", &hello.agent_version)] {
        if words.len() > LONGEST_WORDS {
            return Err(bad(what, words.len()));
        }
    }
    let epoch = Epoch(exactly("epoch", &hello.epoch)?);
    let hash = Hash(exactly("head_hash", &hello.head_hash)?);
    let signed = match hello.signed_head {
        None => None,
        Some(signed) => Some(Signed {
            head: SignedHead {
                head: Head {
                    epoch,
                    seq: signed.seq,
                    hash: Hash(exactly("signed_head.hash", &signed.hash)?),
                },
                at_us: signed.at_us,
                signature: exactly("signed_head.signature", &signed.signature)?,
            },
            key: exactly("signed_head.public_key", &signed.public_key)?,
        }),
    };
    Ok(Greeting {
        title: hello.title,
        head: Head { epoch, seq: hello.head_seq, hash },
        agent_version: hello.agent_version,
        signed,
    })
}

fn exactly<const N: usize>(what: &str, bytes: &[u8]) -> Result<[u8; N], Status> {
    bytes.try_into().map_err(|_| bad(what, bytes.len()))
}

fn bad(what: &str, bytes: usize) -> Status {
    Status::invalid_argument(format!("Hello.{what} has {bytes} bytes"))
}

/// The limits of protocol 1; whoever sends more ends the stream.
fn within_limits(batch: Batch) -> Result<(Class, Vec<Vec<u8>>), Status> {
    let class = batch.class();
    let bodies: Vec<Vec<u8>> = batch.records.into_iter().map(|record| record.body).collect();
    let bytes: usize = bodies.iter().map(Vec::len).sum();
    if bodies.len() > BATCH_LIMIT_RECORDS || (bodies.len() > 1 && bytes > BATCH_LIMIT_BYTES) {
        return Err(Status::resource_exhausted(format!(
            "a batch of {} records and {bytes} bytes; {BATCH_LIMIT_RECORDS} records or {BATCH_LIMIT_BYTES} bytes are the most",
            bodies.len()
        )));
    }
    Ok((class, bodies))
}

fn refusal(reason: Reason, detail: String, at_seq: Option<u64>) -> hub_message::Message {
    hub_message::Message::Refusal(Refusal { reason: reason.into(), detail, at_seq })
}

async fn say(to_edge: &Outbox, message: hub_message::Message) -> Result<(), Status> {
    let message = HubMessage { message: Some(message) };
    match timeout(SLOWEST_EDGE, to_edge.send(Ok(message))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Status::cancelled("the edge has gone")),
        Err(_) => Err(Status::deadline_exceeded("the edge does not read")),
    }
}
