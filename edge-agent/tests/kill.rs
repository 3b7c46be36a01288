//! An agent's journal under `kill -9`: what was acknowledged is there, byte for byte, in order, chained.
//!
//! A child appends and prints each number that was acknowledged; it is killed at a random moment; the journal is opened
//! again. `BEKET_KILLS` says how often (20 if unset); `BEKET_SEED` repeats a run. A kill proves little about power: the
//! page cache survives it. `benches/power_cut.rs` pulls the plug.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a story that cannot go on should stop"
)]
#![expect(clippy::print_stdout, reason = "the child tells its parent, and the test its seed")]

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use edge_agent::journal::{Cursor, Entry, Grouping, Journal, Reader, Snapshot, Urgency, verify};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use wire::{
    Class,
    chain::{Epoch, Head, Link},
};

/// The entry after `head`; its event is a field that no schema has, with bytes that follow from its number.
fn entry(head: &Head) -> Entry {
    let seq = head.seq + 1;
    let at_us = i64::try_from(seq).unwrap();
    let mut body = Link { epoch: head.epoch, seq, prev: head.hash, at_us }.encode();
    let event: Vec<u8> = (0..100 + seq % 400).map(|n| (n * 31 + seq * 7) as u8).collect();
    prost::encoding::bytes::encode(15, &event, &mut body);
    let class = if seq.is_multiple_of(50) { Class::Express } else { Class::Bulk };
    Entry::after(head, class, body).unwrap()
}

fn open(path: &Path) -> (Journal, edge_agent::journal::Opened) {
    Journal::open(path, Epoch([0x5a; 16]), 1..=1).unwrap()
}

/// What the child does: appends groups of 1 to 16, saves snapshots, has the hub acknowledge, trims; until it dies.
fn append_until_killed(path: &Path) {
    let (journal, opened) = open(path);
    let (mut writer, errands) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
    let mut rng = StdRng::seed_from_u64(opened.head.seq);
    loop {
        let mut head = writer.head();
        let mut entries = Vec::new();
        for _ in 0..rng.random_range(1..=16) {
            let entry = entry(&head);
            head = entry.head();
            entries.push(entry);
        }
        let urgency = if rng.random_bool(0.5) { Urgency::AtOnce } else { Urgency::MayWait };
        let seq = writer.append(entries, urgency).unwrap().wait().unwrap().seq;
        println!("\nacknowledged {seq}");
        if rng.random_bool(0.05) {
            errands
                .save_snapshot(Snapshot { seq, format: 1, state: vec![1; 5000] })
                .unwrap()
                .wait()
                .unwrap();
            errands.acknowledge(Cursor::Hub, seq).unwrap().wait().unwrap();
            drop(errands.trim(seq.saturating_sub(1500), None).unwrap());
        }
    }
}

/// The child's side of the test: nothing, unless its parent says which journal.
#[test]
fn child_appends_until_it_is_killed() {
    if let Some(path) = env::var_os("BEKET_KILL_CHILD") {
        append_until_killed(Path::new(&path));
    }
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// Kills a child after `life`; answers the last number that it was told of.
fn one_life(path: &Path, life: Duration) -> u64 {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "child_appends_until_it_is_killed", "--nocapture"])
        .env("BEKET_KILL_CHILD", path)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let listening = std::thread::spawn(move || {
        let numbers = output
            .lines()
            .filter_map(|line| line.ok()?.strip_prefix("acknowledged ")?.parse().ok());
        numbers.last().unwrap_or(0)
    });
    std::thread::sleep(life);
    child.kill().unwrap();
    child.wait().unwrap();
    listening.join().unwrap()
}

#[test]
fn nothing_acknowledged_is_lost_to_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let seed = number("BEKET_SEED", u64::from(std::process::id()));
    let kills = number("BEKET_KILLS", 20);
    println!("{kills} kills, BEKET_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut acknowledged = 0;
    for round in 0..kills {
        let life = Duration::from_millis(rng.random_range(5..250));
        acknowledged = one_life(&path, life).max(acknowledged);
        let (_, opened) = open(&path);
        let found = opened.head.seq;
        assert!(
            found >= acknowledged,
            "round {round}: {acknowledged} was acknowledged, {found} is the last one there"
        );
        let entries = Reader::open(&path).unwrap().scan(1, usize::MAX).unwrap();
        for pair in entries.windows(2) {
            assert_eq!(pair[1], entry(&pair[0].head()), "round {round}");
        }
        let verified = verify(&path, None, &mut |_| {}).unwrap();
        assert_eq!((verified.head, verified.damage), (opened.head, vec![]), "round {round}");
    }
    assert!(
        acknowledged > kills,
        "the children hardly wrote: {acknowledged} entries in {kills} lives"
    );
    println!("{acknowledged} entries acknowledged, none lost");
}
