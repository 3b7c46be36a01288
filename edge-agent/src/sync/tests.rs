//! Stories between a client with a real journal and a hub that does what the story says, over a real socket.

use std::net::SocketAddr;
use std::time::Duration;

use checkpoint::input::Condition;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::transport::{Endpoint, Server};
use tonic::{Request, Response, Status, Streaming};
use wire::chain::{Epoch, Hash, Head, Link};
use wire::sync::refusal::Reason;
use wire::sync::sync_server::{Sync, SyncServer};
use wire::sync::{
    Ack, BATCH_LIMIT_BYTES, BATCHES_IN_FLIGHT, Batch, Class, EdgeMessage, Hello, HubHeartbeat,
    HubMessage, PROTOCOL, Refusal, Welcome, edge_message, hub_message,
};

use super::*;
use crate::journal::{Entry, Grouping, Journal, Urgency, Writer};

const EPOCH: Epoch = Epoch([0xab; 16]);

/// Entries after `head`; every hundredth is express.
pub(super) fn chain(mut head: Head, count: u64) -> Vec<Entry> {
    let mut next = || {
        let seq = head.seq + 1;
        let class = if seq.is_multiple_of(100) { wire::Class::Express } else { wire::Class::Bulk };
        let entry = entry(&head, class);
        head = entry.head();
        entry
    };
    (0..count).map(|_| next()).collect()
}

fn entry(head: &Head, class: wire::Class) -> Entry {
    let seq = head.seq + 1;
    let at_us = 1_790_000_000_000_000 + i64::try_from(seq).unwrap() * 1_000_000;
    let mut body = Link { epoch: head.epoch, seq, prev: head.hash, at_us }.encode();
    body.extend_from_slice(&[0x7a, 0xc8, 0x01]); // field 15, two hundred bytes: a middling event
    body.extend_from_slice(&[b'x'; 200]);
    Entry::after(head, class, body).unwrap()
}

/// The agent of a story: a journal, and a client that sends it.
struct Edge {
    folder: tempfile::TempDir,
    writer: Writer,
    reader: Reader,
    line: watch::Receiver<Line>,
    conditions: mpsc::Receiver<Condition>,
    client: JoinHandle<()>,
}

impl Edge {
    /// An agent whose journal has `count` entries already.
    async fn with(count: u64, hub: &Hub, timing: Timing) -> Edge {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let (journal, opened) = Journal::open(&path, EPOCH, 1..=1).unwrap();
        let (tell_durable, durable) = watch::channel(opened.head);
        let follower = Box::new(move |entries: Result<&[Entry], &JournalError>| {
            if let Ok([.., last]) = entries {
                tell_durable.send_replace(last.head());
            }
        });
        let (mut writer, errands) = journal.start(Grouping::default(), follower).unwrap();
        if count > 0 {
            writer.append(chain(opened.head, count), Urgency::AtOnce).unwrap().await.unwrap();
        }
        let (tell_line, line) = watch::channel(Line::default());
        let (tell_condition, conditions) = mpsc::channel(100);
        let reporter = Reporter {
            checkpoint: "nur-zholy".parse().unwrap(),
            title: "Нұр жолы".into(),
            version: "0.1.0".into(),
        };
        let client = Client::new(
            reporter,
            timing,
            &Endpoint::from_shared(format!("http://{}", hub.address)).unwrap(),
            Reader::open(&path).unwrap(),
            errands,
            durable,
            Clock::new(None),
            tell_condition,
            tell_line,
        );
        let reader = Reader::open(&path).unwrap();
        Edge {
            folder,
            writer,
            reader,
            line,
            conditions,
            client: tokio::spawn(client.unwrap().run()),
        }
    }

    async fn append(&mut self, class: wire::Class) -> Head {
        let entry = entry(&self.writer.head(), class);
        self.writer.append(vec![entry], Urgency::AtOnce).unwrap().await.unwrap()
    }

    fn hash_of(&self, seq: u64) -> Hash {
        self.reader.scan(seq, 1).unwrap()[0].hash()
    }

    async fn line_is(&mut self, wanted: impl Fn(&Line) -> bool) -> Line {
        self.line.wait_for(wanted).await.unwrap().clone()
    }

    /// The cursor in the journal, once it stands where it should.
    async fn cursor_is(&self, seq: u64) {
        while self.reader.stats().unwrap().acknowledged.hub != seq {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn close(self) {
        self.writer.close().unwrap();
        self.client.await.unwrap();
    }
}

/// The hub of a story: it does nothing that the story does not tell.
struct Hub {
    address: SocketAddr,
    streams: mpsc::Receiver<Stream>,
    _stop: oneshot::Sender<()>,
}

/// One stream at the hub.
struct Stream {
    from_edge: Streaming<EdgeMessage>,
    to_edge: mpsc::Sender<Result<HubMessage, Status>>,
}

struct Door(mpsc::Sender<Stream>);

#[tonic::async_trait]
impl Sync for Door {
    type ConnectStream = ReceiverStream<Result<HubMessage, Status>>;

    async fn connect(
        &self,
        request: Request<Streaming<EdgeMessage>>,
    ) -> Result<Response<Self::ConnectStream>, Status> {
        let (to_edge, answers) = mpsc::channel(100);
        let stream = Stream { from_edge: request.into_inner(), to_edge };
        self.0.send(stream).await.map_err(|_| Status::unavailable("the story is over"))?;
        Ok(Response::new(ReceiverStream::new(answers)))
    }
}

impl Hub {
    async fn open() -> Hub {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (door, streams) = mpsc::channel(10);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = Server::builder().add_service(SyncServer::new(Door(door)));
        tokio::spawn(server.serve_with_incoming_shutdown(
            TcpListenerStream::new(listener),
            async {
                let _ = stopped.await;
            },
        ));
        Hub { address, streams, _stop: stop }
    }

    async fn stream(&mut self) -> (Stream, Hello) {
        let mut stream = self.streams.recv().await.unwrap();
        let first = stream.next().await;
        let edge_message::Message::Hello(hello) = first else {
            panic!("a stream begins with {first:?}")
        };
        (stream, hello)
    }

    /// A stream on which the hub wants `next` next.
    async fn welcome(&mut self, next: u64) -> Stream {
        let (stream, _) = self.stream().await;
        stream.welcome(next, 0).await;
        stream
    }
}

impl Stream {
    async fn next(&mut self) -> edge_message::Message {
        self.from_edge.message().await.unwrap().unwrap().message.unwrap()
    }

    /// The next batch; heartbeats between are passed over.
    async fn batch(&mut self) -> (Class, Vec<Link>) {
        loop {
            if let edge_message::Message::Batch(batch) = self.next().await {
                return (batch.class(), links(&batch));
            }
        }
    }

    async fn say(&self, message: hub_message::Message) {
        self.to_edge.send(Ok(HubMessage { message: Some(message) })).await.unwrap();
    }

    async fn welcome(&self, next_bulk: u64, next_express_after: u64) {
        let welcome =
            Welcome { hub_epoch: vec![1; 16], next_bulk, next_express_after, protocol: PROTOCOL };
        self.say(hub_message::Message::Welcome(welcome)).await;
    }

    async fn ack(&self, stored_through: u64, hash: Hash, express_seqs: &[u64]) {
        let (head_hash, express_seqs) = (hash.0.to_vec(), express_seqs.to_vec());
        self.say(hub_message::Message::Ack(Ack { stored_through, head_hash, express_seqs })).await;
    }

    async fn refuse(&self, reason: Reason, at_seq: u64) {
        let detail = "as the story wants".to_owned();
        let refusal = Refusal { reason: reason.into(), detail, at_seq: Some(at_seq) };
        self.say(hub_message::Message::Refusal(refusal)).await;
    }
}

fn links(batch: &Batch) -> Vec<Link> {
    let bytes: usize = batch.records.iter().map(|record| record.body.len()).sum();
    assert!(bytes <= BATCH_LIMIT_BYTES, "a batch of {bytes} bytes");
    batch.records.iter().map(|record| Link::read(&record.body).unwrap()).collect()
}

/// A store that keeps the chain as the hub does: each entry once and in order.
struct Store(Head);

impl Store {
    fn empty() -> Store {
        Store(Head::genesis(EPOCH))
    }

    /// Takes batches and acknowledges each until it has `seq`.
    async fn take_until(&mut self, seq: u64, stream: &mut Stream) {
        while self.0.seq < seq {
            if let edge_message::Message::Batch(batch) = stream.next().await
                && batch.class() == Class::Bulk
            {
                for record in &batch.records {
                    self.0 = self.0.follow(&record.body).unwrap();
                }
                stream.ack(self.0.seq, self.0.hash, &[]).await;
            }
        }
    }
}

fn quick() -> Timing {
    Timing {
        heartbeat_every: Duration::from_millis(20),
        first_wait: Duration::from_millis(10),
        longest_wait: Duration::from_millis(50),
        wait_after_refusal: Duration::from_millis(200),
        ..Timing::default()
    }
}

#[tokio::test]
async fn every_entry_arrives_once_and_in_order_and_is_noted() {
    let mut hub = Hub::open().await;
    let mut edge = Edge::with(3000, &hub, quick()).await;
    let (mut stream, hello) = hub.stream().await;
    assert_eq!((hello.checkpoint.as_str(), hello.head_seq), ("nur-zholy", 3000));
    assert_eq!(hello.head_hash, edge.hash_of(3000).0);
    stream.welcome(1, 3000).await;
    let mut store = Store::empty();
    store.take_until(3000, &mut stream).await;
    edge.line_is(|line| {
        line.state == LineState::Up && line.waiting == 0 && line.oldest_us.is_none()
    })
    .await;
    edge.append(wire::Class::Bulk).await;
    store.take_until(3001, &mut stream).await;
    edge.cursor_is(3001).await;
    assert_eq!(edge.conditions.recv().await, Some(Condition::HubLink { up: true }));
    edge.close().await;
}

#[tokio::test]
async fn no_more_than_the_window_flies_while_the_hub_is_silent() {
    let mut hub = Hub::open().await;
    let edge = Edge::with(3000, &hub, quick()).await;
    let mut stream = hub.welcome(1).await;
    let mut bulk = Vec::new();
    let mut heartbeats = 0;
    while heartbeats < 5 {
        match stream.next().await {
            edge_message::Message::Batch(batch) if batch.class() == Class::Bulk => {
                bulk.push(links(&batch));
            }
            edge_message::Message::Batch(_) | edge_message::Message::Hello(_) => {}
            edge_message::Message::Heartbeat(beat) => {
                heartbeats += u32::from(bulk.len() == BATCHES_IN_FLIGHT);
                assert_eq!((beat.head_seq, beat.waiting), (3000, 3000));
                assert!(beat.oldest_at_us.is_some());
            }
        }
    }
    assert_eq!(bulk.len(), BATCHES_IN_FLIGHT);
    let numbers: Vec<u64> = bulk.iter().flatten().map(|link| link.seq).collect();
    let expected: Vec<u64> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, expected);
    edge.close().await;
}

#[tokio::test]
async fn a_fresh_alarm_goes_ahead_of_the_backlog() {
    let mut hub = Hub::open().await;
    let mut edge = Edge::with(3000, &hub, quick()).await;
    let (mut stream, _) = hub.stream().await;
    stream.welcome(1, 3000).await; // what was express before is here already
    for _ in 0..BATCHES_IN_FLIGHT {
        assert_eq!(stream.batch().await.0, Class::Bulk);
    }
    // The window is full, nothing is acknowledged, and more than two thousand entries wait.
    let alarm = edge.append(wire::Class::Express).await;
    let (class, links) = stream.batch().await;
    assert_eq!((class, links.len(), links[0].seq), (Class::Express, 1, alarm.seq));
    // The next one waits for the answer to the first, and comes with it.
    let next = edge.append(wire::Class::Express).await;
    stream.ack(0, Hash([0; 32]), &[alarm.seq]).await;
    let (class, links) = stream.batch().await;
    assert_eq!((class, links[0].seq), (Class::Express, next.seq));
    edge.close().await;
}

#[tokio::test]
async fn alarms_that_the_hub_missed_go_ahead_when_the_line_comes_back() {
    let mut hub = Hub::open().await;
    let edge = Edge::with(3000, &hub, quick()).await;
    let (mut stream, _) = hub.stream().await;
    stream.welcome(1, 2750).await;
    let (class, links) = stream.batch().await;
    let numbers: Vec<u64> = links.iter().map(|link| link.seq).collect();
    assert_eq!((class, numbers), (Class::Express, vec![2800, 2900, 3000]));
    assert_eq!(stream.batch().await.0, Class::Bulk);
    edge.close().await;
}

#[tokio::test]
async fn a_hub_with_too_many_copies_gets_all_in_order_and_then_alarms_ahead_again() {
    let mut hub = Hub::open().await;
    let mut edge = Edge::with(3000, &hub, quick()).await;
    let (mut stream, _) = hub.stream().await;
    stream.welcome(1, 0).await;
    assert_eq!(stream.batch().await.0, Class::Express);
    stream.to_edge.send(Err(Status::resource_exhausted("too many"))).await.unwrap();
    drop(stream); // the hub listens no more: what it said before counts
    let mut stream = hub.welcome(1).await;
    let mut seen = 0;
    while seen < 3000 {
        let (class, links) = stream.batch().await;
        assert_eq!((class, links[0].seq), (Class::Bulk, seen + 1));
        seen = links.last().unwrap().seq;
        stream.ack(seen, edge.hash_of(seen), &[]).await;
    }
    edge.cursor_is(3000).await;
    // The line is full again, and nothing is acknowledged.
    for _ in 0..BATCHES_IN_FLIGHT {
        edge.append(wire::Class::Bulk).await;
        assert_eq!(stream.batch().await.0, Class::Bulk);
    }
    edge.append(wire::Class::Express).await;
    assert_eq!(stream.batch().await.0, Class::Express);
    edge.close().await;
}

#[tokio::test]
async fn a_line_that_is_cut_in_the_middle_loses_nothing() {
    let mut hub = Hub::open().await;
    let mut edge = Edge::with(2000, &hub, quick()).await;
    let mut store = Store::empty();
    // Cut again and again: before the greeting, after it, with batches under way, with answers under way.
    drop(hub.stream().await);
    drop(hub.welcome(1).await);
    for seq in [100, 101, 700, 1300] {
        let mut stream = hub.welcome(store.0.seq + 1).await;
        store.take_until(seq, &mut stream).await;
    }
    let mut stream = hub.welcome(store.0.seq + 1).await;
    store.take_until(2000, &mut stream).await;
    edge.cursor_is(2000).await;
    edge.line_is(|line| line.state == LineState::Up && line.waiting == 0).await;
    let mut told = Vec::new();
    while let Ok(Condition::HubLink { up }) = edge.conditions.try_recv() {
        told.push(up);
    }
    assert!(told.windows(2).all(|two| two[0] != two[1]), "the same twice: {told:?}");
    assert_eq!(told.last(), Some(&true));
    edge.close().await;
}

#[tokio::test]
async fn an_answer_that_comes_late_or_twice_does_no_harm() {
    let mut hub = Hub::open().await;
    let edge = Edge::with(2000, &hub, quick()).await;
    let mut stream = hub.welcome(1).await;
    let mut last = 0;
    for _ in 0..2 {
        let (class, links) = stream.batch().await;
        if class == Class::Bulk {
            last = links.last().unwrap().seq;
        }
    }
    for seq in [last, last, 1, 1, last] {
        stream.ack(seq, edge.hash_of(seq), &[]).await;
    }
    let mut seen = last;
    while seen < 2000 {
        let (class, links) = stream.batch().await;
        if class == Class::Bulk {
            assert_eq!(links[0].seq, seen + 1);
            seen = links.last().unwrap().seq;
            stream.ack(seen, edge.hash_of(seen), &[]).await;
        }
    }
    edge.cursor_is(2000).await;
    edge.close().await;
}

#[tokio::test]
async fn a_hub_that_came_back_from_an_older_backup_gets_all_again() {
    let mut hub = Hub::open().await;
    let mut edge = Edge::with(500, &hub, quick()).await;
    let mut stream = hub.welcome(1).await;
    Store::empty().take_until(500, &mut stream).await;
    edge.cursor_is(500).await;
    drop(stream);
    // The backup ends with entry 120.
    let mut stream = hub.welcome(121).await;
    assert_eq!(edge.line_is(|line| line.waiting == 380).await.waiting, 380);
    let backup = edge.reader.scan(120, 1).unwrap()[0].head();
    Store(backup).take_until(500, &mut stream).await;
    edge.line_is(|line| line.waiting == 0).await;
    edge.cursor_is(500).await;
    edge.close().await;
}

/// What the edge says of the line after the hub has said `say`; nothing is sent until the hub welcomes it again.
async fn check_refused(say: impl AsyncFn(&mut Stream, &Edge), expected: &str) {
    let mut hub = Hub::open().await;
    let mut edge = Edge::with(300, &hub, quick()).await;
    let (mut stream, _) = hub.stream().await;
    say(&mut stream, &edge).await;
    drop(stream);
    let line = edge.line_is(|line| matches!(line.state, LineState::Refused { .. })).await;
    let LineState::Refused { why } = line.state else { panic!("{line:?}") };
    assert_eq!(why, expected);
    // Work goes on, what waits grows, and when the hub takes us again, all of it comes.
    edge.append(wire::Class::Bulk).await;
    let held = edge.reader.stats().unwrap().acknowledged.hub;
    let mut stream = hub.welcome(held + 1).await;
    let from =
        if held == 0 { Head::genesis(EPOCH) } else { edge.reader.scan(held, 1).unwrap()[0].head() };
    Store(from).take_until(301, &mut stream).await;
    edge.line_is(|line| line.state == LineState::Up).await;
    edge.close().await;
}

#[tokio::test]
async fn a_fork_stops_the_sending() {
    let refuse = async |stream: &mut Stream, _: &Edge| stream.refuse(Reason::Fork, 7).await;
    check_refused(refuse, "fork at entry 7: as the story wants").await;
}

#[tokio::test]
async fn rewritten_history_stops_the_sending() {
    let refuse = async |stream: &mut Stream, _: &Edge| {
        stream.welcome(1, 0).await;
        stream.refuse(Reason::Rewritten, 9).await;
    };
    check_refused(refuse, "rewritten at entry 9: as the story wants").await;
}

#[tokio::test]
async fn a_hub_with_another_hash_stops_the_sending() {
    let other = async |stream: &mut Stream, _: &Edge| {
        stream.welcome(1, 0).await;
        let (_, links) = stream.batch().await;
        stream.ack(links.last().unwrap().seq.min(10), Hash([3; 32]), &[]).await;
    };
    check_refused(other, "the hub has another entry 10 than this journal").await;
}

#[tokio::test]
async fn a_hub_that_acknowledges_what_was_not_sent_is_not_believed() {
    let beyond = async |stream: &mut Stream, edge: &Edge| {
        stream.welcome(1, 0).await;
        stream.ack(301, edge.hash_of(300), &[]).await;
    };
    check_refused(beyond, "the hub acknowledges entry 301, which was not sent").await;
}

#[tokio::test]
async fn a_hub_that_knows_more_than_the_journal_is_told_apart() {
    let ahead = async |stream: &mut Stream, _: &Edge| stream.welcome(302, 0).await;
    check_refused(
        ahead,
        "the hub has entries of this epoch up to 301, and this journal ends with 300: it was restored from an older copy",
    )
    .await;
}

#[tokio::test]
async fn a_gap_makes_the_edge_begin_anew_where_the_hub_says() {
    let mut hub = Hub::open().await;
    let edge = Edge::with(300, &hub, quick()).await;
    let stream = hub.welcome(1).await;
    stream.refuse(Reason::Gap, 42).await;
    let mut stream = hub.welcome(1).await;
    Store::empty().take_until(300, &mut stream).await;
    edge.cursor_is(300).await;
    edge.close().await;
}

#[tokio::test]
async fn a_hub_that_says_nothing_is_taken_for_dead() {
    let mut hub = Hub::open().await;
    let timing = Timing { silence_limit: Duration::from_millis(100), ..quick() };
    let mut edge = Edge::with(10, &hub, timing).await;
    let dead = hub.welcome(1).await;
    edge.line_is(|line| line.state == LineState::Up).await;
    let line = edge.line_is(|line| matches!(line.state, LineState::Down { .. })).await;
    assert_eq!(
        line.state,
        LineState::Down { why: "nothing was heard of the hub for too long".into() }
    );
    assert_eq!(line.waiting, 10);
    // A hub that lives is kept, however little there is to say.
    let mut stream = hub.welcome(1).await;
    Store::empty().take_until(10, &mut stream).await;
    for _ in 0..20 {
        let beat = HubHeartbeat { at_us: 0 };
        stream.say(hub_message::Message::Heartbeat(beat)).await;
        while !matches!(stream.next().await, edge_message::Message::Heartbeat(_)) {}
    }
    assert_eq!(edge.line.borrow().state, LineState::Up);
    drop(dead);
    edge.close().await;
}

#[tokio::test]
async fn without_a_hub_the_loop_is_told_once_and_the_line_counts_what_waits() {
    let hub = Hub {
        address: ([127, 0, 0, 1], 9).into(),
        streams: mpsc::channel(1).1,
        _stop: oneshot::channel().0,
    };
    let mut edge = Edge::with(3, &hub, quick()).await;
    assert_eq!(edge.conditions.recv().await, Some(Condition::HubLink { up: false }));
    edge.append(wire::Class::Bulk).await;
    let line = edge.line_is(|line| line.waiting == 4).await;
    assert_eq!((line.state, line.since), (LineState::Never, None));
    assert_eq!(line.oldest_us, Some(1_790_000_001_000_000));
    assert!(edge.conditions.try_recv().is_err(), "it is told once");
    edge.close().await;
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_for_a_while_is_sent_when_it_can() {
    let mut hub = Hub::open().await;
    let mut edge = Edge::with(300, &hub, quick()).await;
    let journal = rusqlite::Connection::open(edge.folder.path().join("journal.db")).unwrap();
    let toggle = "UPDATE entries SET hash = CAST(substr(hash, 17) || substr(hash, 1, 16) AS BLOB) WHERE seq = 7";
    journal.execute_batch(toggle).unwrap();
    let stream = hub.welcome(1).await;
    let line = edge.line_is(|line| matches!(line.state, LineState::Down { .. })).await;
    let LineState::Down { why } = line.state else { panic!("{line:?}") };
    assert!(why.contains("entry 7 is damaged"), "{why}");
    drop(stream);
    journal.execute_batch(toggle).unwrap();
    let mut stream = hub.welcome(1).await;
    Store::empty().take_until(300, &mut stream).await;
    edge.line_is(|line| line.state == LineState::Up && line.waiting == 0).await;
    drop(journal);
    edge.close().await;
}
