//! What the journal costs, as ratios within one run: durable entries per second against a bare `fdatasync` loop over a
//! plain file with the same grouping, the time to open a journal of a million entries, and the time to fill the lookup
//! index from it.
//!
//! `BEKET_BENCH_FOLDER` says on which disk (the system's temporary folder if unset), `BEKET_BENCH_ENTRIES` how large
//! the journal is for the restart (1,000,000). Absolute figures are those of the disk; the ratio is ours.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(clippy::expect_used, reason = "a bench that cannot be set up should stop")]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench measures spans; no time of a checkpoint is involved"
)]

use std::{
    env,
    fs::File,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use checkpoint::ids::VisitId;
use edge_agent::{
    index::{Index, Kind, Number},
    journal::{Entry, Grouping, Journal, Opened, Reader, Snapshot, Urgency, Writer, verify},
};
use wire::{
    Class,
    chain::{Epoch, Head, Link},
};

fn main() {
    let folder = match env::var_os("BEKET_BENCH_FOLDER") {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    }
    .expect("a folder to write in");
    accept_rate(folder.path());
    restart(folder.path());
}

fn accept_rate(folder: &Path) {
    println!(
        "durable accept, 300-byte entries, groups acknowledged one after the other; median of {ROUNDS} rounds"
    );
    println!();
    println!(
        "| entries per group | journal, entries/s | bare fdatasync, entries/s | ratio | journal p50 / p99, ms | bare p50 / p99, ms |"
    );
    println!("|---:|---:|---:|---:|---:|---:|");
    let (journal, _) = open(&folder.join("accept.db"));
    let (mut writer, _errands) =
        journal.start(Grouping::default(), Box::new(|_| {})).expect("the journal starts");
    let mut file = File::create(folder.join("bare")).expect("a plain file");
    for size in [1, 10, 100] {
        let mut journal = Vec::new();
        let mut bare = Vec::new();
        // In turns, so that a neighbour on this disk disturbs both alike.
        for _ in 0..ROUNDS {
            journal.push(for_a_while(|| append(&mut writer, size)));
            bare.push(for_a_while(|| {
                let bytes = vec![0x42; 300 * size];
                file.write_all(&bytes)
                    .and_then(|()| file.sync_data())
                    .expect("the plain file is written");
            }));
        }
        let (journal, bare) = (median(journal), median(bare));
        let rate = |round: &Round| (round.per_second * size as f64).round();
        println!(
            "| {size} | {} | {} | {:.2} | {:.2} / {:.2} | {:.2} / {:.2} |",
            rate(&journal),
            rate(&bare),
            journal.per_second / bare.per_second,
            journal.p50_ms,
            journal.p99_ms,
            bare.p50_ms,
            bare.p99_ms
        );
    }
    println!();
}

fn restart(folder: &Path) {
    let entries = env::var("BEKET_BENCH_ENTRIES")
        .map_or(1_000_000, |text| text.parse().expect("BEKET_BENCH_ENTRIES is a number"));
    let path = folder.join("large.db");
    let (journal, _) = open(&path);
    let (mut writer, errands) =
        journal.start(Grouping::default(), Box::new(|_| {})).expect("the journal starts");
    let begun = Instant::now();
    while writer.head().seq < entries {
        append(&mut writer, 1000);
        if writer.head().seq == entries / 1000 * 990 {
            let snapshot = Snapshot { seq: writer.head().seq, format: 1, state: vec![7; 200_000] };
            errands
                .save_snapshot(snapshot)
                .and_then(|kept| kept.wait())
                .expect("the snapshot is kept");
        }
    }
    let filled = begun.elapsed();
    // Not closed: a restart finds the log as a kill leaves it.
    std::mem::forget(writer);
    let copy = folder.join("killed.db");
    for suffix in ["", "-wal"] {
        let from = folder.join(format!("large.db{suffix}"));
        std::fs::copy(from, folder.join(format!("killed.db{suffix}")))
            .expect("the files are copied");
    }
    println!("restart with {entries} entries ({:.1} s to fill)", filled.as_secs_f64());
    println!();
    println!("| what | seconds |");
    println!("|---|---:|");
    let ((_, opened), seconds) = timed(|| open(&copy));
    println!("| open after a kill: snapshot and {} entries checked | {seconds:.3} |", opened.tail);
    let ((_, opened), seconds) = timed(|| {
        Journal::open(&copy, Epoch([0; 16]), 2..=2).expect("the journal opens without its snapshot")
    });
    println!("| open with no readable snapshot: {} entries checked | {seconds:.3} |", opened.tail);
    let (verified, seconds) =
        timed(|| verify(&copy, None, &mut |_| {}).expect("the journal is verified"));
    println!("| full verification of {} entries | {seconds:.3} |", verified.entries);
    assert!(verified.damage.is_empty(), "{:?}", verified.damage);
    let (index, seconds) = timed(|| {
        let journal = Reader::open(&copy).expect("the journal is read");
        let index = Index::open(folder.join("index"), 16 << 20, journal, Box::new(plate_of));
        let index = index.expect("the index opens");
        assert!(index.wait_for(entries), "{:?}", index.progress());
        index
    });
    println!("| lookup index filled from {entries} entries, a plate in each | {seconds:.1} |");
    let (found, seconds) = timed(|| index.find(None, "777", 50).numbers.len());
    println!("| lookup of half a plate: {found} lines | {seconds:.4} |");
}

/// A plate for each entry, taken from its number.
fn plate_of(body: &[u8]) -> Vec<Number> {
    let seq = Link::read(body).expect("the body has a place").seq;
    let text = format!("{:03}ABC{:02}", seq % 1000, seq / 1000 % 20);
    vec![Number { kind: Kind::Plate, text, visit: VisitId(seq) }]
}

fn open(path: &Path) -> (Journal, Opened) {
    Journal::open(path, Epoch([1; 16]), 1..=1).expect("the journal opens")
}

fn append(writer: &mut Writer, count: usize) {
    let mut head = writer.head();
    let entries = (0..count)
        .map(|_| {
            let entry = entry(&head);
            head = entry.head();
            entry
        })
        .collect();
    writer
        .append(entries, Urgency::AtOnce)
        .and_then(|pending| pending.wait())
        .expect("the entries are kept");
}

/// A body of 300 bytes; its event is a field that no schema has.
fn entry(head: &Head) -> Entry {
    let seq = head.seq + 1;
    let link = Link { epoch: head.epoch, seq, prev: head.hash, at_us: seq.cast_signed() };
    let mut body = link.encode();
    let event = vec![0x42; 297_usize.saturating_sub(body.len())];
    prost::encoding::bytes::encode(15, &event, &mut body);
    Entry::after(head, Class::Bulk, body).expect("the entry follows")
}

struct Round {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

fn for_a_while(mut act: impl FnMut()) -> Round {
    let begun = Instant::now();
    let mut spans = Vec::new();
    while begun.elapsed() < ROUND {
        spans.push(timed(&mut act).1 * 1000.0);
    }
    let per_second = spans.len() as f64 / begun.elapsed().as_secs_f64();
    spans.sort_by(f64::total_cmp);
    let at = |share: f64| spans[((spans.len() - 1) as f64 * share) as usize];
    Round { per_second, p50_ms: at(0.5), p99_ms: at(0.99) }
}

fn median(mut rounds: Vec<Round>) -> Round {
    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    rounds.swap_remove(rounds.len() / 2)
}

fn timed<T>(act: impl FnOnce() -> T) -> (T, f64) {
    let begun = Instant::now();
    let done = act();
    (done, begun.elapsed().as_secs_f64())
}

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(1);
