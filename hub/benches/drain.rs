//! How fast a backlog drains into the hub, as a share of what its store can take at all.
//!
//! Both rates are measured in one run on one machine: entries through the real client, the stream, the chain, the commit and the fold,
//! against the same rows through `Store::append` alone in batches of the same size. On PostgreSQL too when `BEKET_POSTGRES` names an
//! empty database that may be filled, such as `postgres://beket@127.0.0.1:5432/bench`.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures, prints, and stops when it cannot"
)]

#[path = "../tests/edge.rs"]
#[expect(dead_code, reason = "the stories use all of it")]
mod edge;

use std::path::Path;
use std::time::{Duration, Instant};

use edge::{Journal, Stream, vehicle};
use hub::config::Config;
use hub::serve::Hub;
use hub::store::chains::{Appended, ChainState, StoredChain, StoredEntry};
use hub::store::{Database, Store};
use wire::chain::{Epoch, Hash, Head};
use wire::sync::{BATCHES_IN_FLIGHT, Class};

const ENTRIES: u64 = 20_000;
/// What the edge puts in a batch at most.
const BATCH: usize = 500;
const ROUNDS: usize = 3;

fn main() {
    let mut journal = Journal::begin(1);
    for seq in 1..=ENTRIES {
        // Mostly the same few vehicles, so that the fold stays as small as a real day's.
        journal.write(vehicle(seq % 200 + 1));
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    runtime.block_on(compare("SQLite", &journal, |round| {
        Database::File(folder.path().join(format!("{round}.db")))
    }));
    match std::env::var("BEKET_POSTGRES") {
        Ok(url) => {
            runtime.block_on(compare("PostgreSQL", &journal, |_| Database::Postgres(url.clone())));
        }
        Err(_) => println!("PostgreSQL: BEKET_POSTGRES names no database, left out"),
    }
}

async fn compare(engine: &str, journal: &Journal, database: impl Fn(usize) -> Database) {
    let mut shares = Vec::new();
    for round in 0..ROUNDS {
        let database = database(round);
        let name = |what: &str| format!("{what}-{}-{round}", std::process::id());
        let raw = append(journal, &database, &name("raw")).await;
        let drained = drain(journal, &database, &name("drain")).await;
        let rate = |took: Duration| ENTRIES as f64 / took.as_secs_f64();
        shares.push(rate(drained) / rate(raw));
        println!(
            "{engine}, round {round}: store alone {:.0}/s, drained {:.0}/s, share {:.2}",
            rate(raw),
            rate(drained),
            shares[round]
        );
    }
    shares.sort_by(f64::total_cmp);
    println!(
        "{engine}: a backlog drains at {:.2} of the rate of the store alone (median of {ROUNDS})",
        shares[ROUNDS / 2]
    );
}

/// The rows alone.
async fn append(journal: &Journal, database: &Database, checkpoint: &str) -> Duration {
    let store = Store::open(database).await.expect("the store opens");
    let mut head = Head::genesis(Epoch([9; 16]));
    let chain = StoredChain {
        head,
        place: 1,
        began_us: 0,
        state: ChainState::Whole,
        detail: String::new(),
    };
    store.begin_chain(checkpoint, &chain).await.expect("a chain begins");
    let rows: Vec<StoredEntry> = (1..=ENTRIES)
        .map(|seq| {
            let body = journal.body(seq);
            StoredEntry {
                seq,
                hash: Hash::of(&body),
                at_us: 0,
                received_us: 0,
                express: false,
                body,
            }
        })
        .collect();
    let began = Instant::now();
    for batch in rows.chunks(BATCH) {
        let last = batch.last().expect("a batch has rows");
        let to = Head { epoch: head.epoch, seq: last.seq, hash: last.hash };
        let appended = store.append(checkpoint, &head, batch, &to).await.expect("rows go in");
        assert_eq!(appended, Appended::Committed);
        head = to;
    }
    let took = began.elapsed();
    store.close().await;
    took
}

/// The same entries as an edge sends them, four batches ahead of the answers.
async fn drain(journal: &Journal, database: &Database, checkpoint: &str) -> Duration {
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        ingest: ([127, 0, 0, 1], 0).into(),
        database: database.clone(),
        ..Config::shipped(Path::new(""))
    };
    let hub = Hub::start(&config).await.expect("the hub starts");
    let mut stream = Stream::open(hub.ingest, checkpoint, journal).await;
    stream.answer().await;
    let mut batches = Vec::new();
    for first in (1..=ENTRIES).step_by(BATCH) {
        let last = (first + BATCH as u64 - 1).min(ENTRIES);
        batches.push((first..=last).map(|seq| journal.body(seq)).collect::<Vec<_>>());
    }
    let (mut sent, mut answered) = (0, 0);
    let began = Instant::now();
    while answered < batches.len() {
        while sent < batches.len() && sent - answered < BATCHES_IN_FLIGHT {
            stream.send(Class::Bulk, std::mem::take(&mut batches[sent])).await;
            sent += 1;
        }
        let answer = stream.answer().await;
        answered += 1;
        let through = (answered as u64 * BATCH as u64).min(ENTRIES);
        assert_eq!(answer, format!("stored through {through}"));
    }
    let took = began.elapsed();
    hub.stop().await;
    took
}
