//! The agent's client and the real hub, with a journal on one side and a store on the other: whatever happens to the line or the
//! hub, each entry is there once.

use std::path::Path;
use std::time::Duration;

use checkpoint::event::{Author, Entry, Event};
use checkpoint::input::ClockQuality;
use edge_agent::clock::Clock;
use edge_agent::journal::{
    self, Errands, Grouping, Journal, JournalError, Reader, Snapshot, Urgency, Writer,
};
use edge_agent::sync::{Client, Line, LineState, Reporter, Timing};
use hub::config::Config;
use hub::serve::Hub;
use hub::store::Store;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tonic::transport::Endpoint;
use wire::chain::Epoch;

const EPOCH: Epoch = Epoch([0xbe; 16]);

/// Appends `count` entries at once and waits until they are durable.
async fn append(writer: &mut Writer, count: u64) {
    let mut head = writer.head();
    let mut entries = Vec::new();
    for _ in 0..count {
        let seq = head.seq + 1;
        let event = Event::HubLinkChanged { up: seq.is_multiple_of(2) };
        let (class, author) = (wire::class(&event), Author::Agent);
        let at = Timestamp::from_second(1_795_262_400 + i64::try_from(seq).unwrap()).unwrap();
        let entry = Entry { seq, at, clock: ClockQuality::Synchronised, author, event };
        let body = wire::entry::encode(&entry, head.epoch, head.hash);
        let entry = journal::Entry::after(&head, class, body).unwrap();
        head = entry.head();
        entries.push(entry);
    }
    writer.append(entries, Urgency::AtOnce).unwrap().await.unwrap();
}

async fn start_hub(folder: &Path, ingest: Option<std::net::SocketAddr>) -> Hub {
    let anywhere = "127.0.0.1:0".parse().unwrap();
    let config =
        Config { listen: anywhere, ingest: ingest.unwrap_or(anywhere), ..Config::shipped(folder) };
    Hub::start(&config).await.unwrap()
}

/// What a test holds in hand of an edge: the writer and the errands of its journal, and its client.
struct Edge {
    writer: Writer,
    errands: Errands,
    reader: Reader,
    client: JoinHandle<()>,
}

fn connect(journal: &Path, hub: std::net::SocketAddr) -> Edge {
    let (journal, opened) = Journal::open(journal, EPOCH, 1..=1).unwrap();
    let (reader, of_client) = (journal.reader().unwrap(), journal.reader().unwrap());
    let (tell_durable, durable) = watch::channel(opened.head);
    let follower = Box::new(move |entries: Result<&[journal::Entry], &JournalError>| {
        if let Ok([.., last]) = entries {
            tell_durable.send_replace(last.head());
        }
    });
    let (writer, errands) = journal.start(Grouping::default(), follower).unwrap();
    let (tell_line, _line) = watch::channel(Line::default());
    let (conditions, mut told) = mpsc::channel(1000);
    let client = Client::new(
        Reporter {
            checkpoint: "nur-zholy".parse().unwrap(),
            title: "Нұр жолы".into(),
            version: "0.1.0".into(),
        },
        Timing {
            first_wait: Duration::from_millis(20),
            longest_wait: Duration::from_millis(100),
            ..Timing::default()
        },
        &Endpoint::from_shared(format!("http://{hub}")).unwrap(),
        of_client,
        errands.clone(),
        durable,
        Clock::new(None),
        conditions,
        tell_line,
    );
    let client = client.unwrap();
    let client = tokio::spawn(async move {
        // Nobody listens to what the line says of itself; it must not wait for that.
        let listener = tokio::spawn(async move { while told.recv().await.is_some() {} });
        client.run().await;
        listener.abort();
    });
    Edge { writer, errands, reader, client }
}

impl Edge {
    /// Waits until the hub has said that it keeps everything.
    async fn is_kept(&self) {
        let head = self.writer.head().seq;
        while self.reader.stats().unwrap().acknowledged.hub < head {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// The beginning of the journal goes once the hub has it: before and after, with the line up and anew, the hub takes every entry.
#[tokio::test]
async fn a_journal_that_was_shortened_goes_on_and_the_hub_loses_nothing() {
    let (edge_folder, hub_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = edge_folder.path().join("journal.db");
    let hub = start_hub(hub_folder.path(), None).await;
    let address = hub.ingest;
    let mut edge = connect(&path, address);
    append(&mut edge.writer, 500).await;
    edge.is_kept().await;

    for (through, state) in [(200, 500), (450, 700)] {
        let latest = Snapshot { seq: edge.writer.head().seq, format: 1, state: vec![] };
        edge.errands.save_snapshot(latest).unwrap().await.unwrap();
        let base = Snapshot { seq: through, format: 1, state: vec![] };
        assert!(edge.errands.trim(through + 1, Some(base)).unwrap().await.unwrap() > 0);
        assert_eq!(edge.reader.stats().unwrap().first_seq, through + 1);
        append(&mut edge.writer, 100).await;
        edge.is_kept().await;
        // The agent is started anew on what is left.
        edge.writer.close().unwrap();
        edge.client.await.unwrap();
        edge = connect(&path, address);
        append(&mut edge.writer, 100).await;
        edge.is_kept().await;
        assert_eq!(edge.writer.head().seq, state + 200);
    }
    let head = edge.writer.head();
    hub.stop().await;
    edge.writer.close().unwrap();
    edge.client.await.unwrap();

    let store = Store::open(&Config::shipped(hub_folder.path()).database).await.unwrap();
    let chains = store.chains("nur-zholy").await.unwrap();
    assert_eq!(chains.iter().map(|chain| chain.head).collect::<Vec<_>>(), [head]);
    let stored = store.entries("nur-zholy", EPOCH, 1, 5000).await.unwrap();
    let numbers: Vec<u64> = stored.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=900).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_hub_that_goes_and_comes_has_every_entry_once() {
    let (edge_folder, hub_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = edge_folder.path().join("journal.db");
    let (journal, opened) = Journal::open(&path, EPOCH, 1..=1).unwrap();
    let reader = journal.reader().unwrap();
    let (tell_durable, durable) = watch::channel(opened.head);
    let follower = Box::new(move |entries: Result<&[journal::Entry], &JournalError>| {
        if let Ok([.., last]) = entries {
            tell_durable.send_replace(last.head());
        }
    });
    let (mut writer, errands) = journal.start(Grouping::default(), follower).unwrap();
    append(&mut writer, 2000).await;

    let hub = start_hub(hub_folder.path(), None).await;
    let address = hub.ingest;
    let (tell_line, mut line) = watch::channel(Line::default());
    let (conditions, _told) = mpsc::channel(1000);
    let client = Client::new(
        Reporter {
            checkpoint: "nur-zholy".parse().unwrap(),
            title: "Нұр жолы".into(),
            version: "0.1.0".into(),
        },
        Timing {
            first_wait: Duration::from_millis(20),
            longest_wait: Duration::from_millis(100),
            ..Timing::default()
        },
        &Endpoint::from_shared(format!("http://{address}")).unwrap(),
        reader,
        errands,
        durable,
        Clock::new(None),
        conditions,
        tell_line,
    );
    let client = tokio::spawn(client.unwrap().run());

    line.wait_for(|line| line.state == LineState::Up && line.waiting < 2000).await.unwrap();
    drop(hub); // as a kill would, with batches under way
    line.wait_for(|line| matches!(line.state, LineState::Down { .. })).await.unwrap();
    append(&mut writer, 1000).await;

    let hub = start_hub(hub_folder.path(), Some(address)).await;
    line.wait_for(|line| line.state == LineState::Up).await.unwrap();
    let head = writer.head();
    line.wait_for(|line| line.state == LineState::Up && line.waiting == 0).await.unwrap();
    hub.stop().await;
    writer.close().unwrap();
    client.await.unwrap();

    let store = Store::open(&Config::shipped(hub_folder.path()).database).await.unwrap();
    let chains = store.chains("nur-zholy").await.unwrap();
    assert_eq!(chains.iter().map(|chain| chain.head).collect::<Vec<_>>(), [head]);
    let stored = store.entries("nur-zholy", EPOCH, 1, 5000).await.unwrap();
    let numbers: Vec<u64> = stored.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=3000).collect::<Vec<u64>>());
}
