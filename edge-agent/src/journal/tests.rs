//! Stories about one journal: appended, followed, read, acknowledged, trimmed, refused; damage has a file of its own.

use std::{
    fs,
    io::{Seek, SeekFrom, Write},
    path::PathBuf,
    sync::{Arc, Mutex, mpsc},
};

use expect_test::{Expect, expect};

use super::*;

mod damage;

const EPOCH: Epoch = Epoch([0xab; 16]);

/// A folder with a journal in it, and the hand that writes it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    fn open(&self) -> Result<(Journal, Opened), JournalError> {
        Journal::open(&self.path(), EPOCH, 1..=1)
    }

    fn start(&self) -> (Writer, Errands) {
        self.open().unwrap().0.start(Grouping::default(), Box::new(|_| {})).unwrap()
    }

    /// Appends `count` entries one by one and waits until they are durable.
    fn write(&self, count: u64) {
        let (mut writer, _) = self.start();
        append(&mut writer, count);
        writer.close().unwrap();
    }

    fn damage(&self, position: u64, bytes: &[u8]) {
        let mut file = fs::OpenOptions::new().write(true).open(self.path()).unwrap();
        file.seek(SeekFrom::Start(position)).unwrap();
        file.write_all(bytes).unwrap();
    }

    /// Where in the file the event of an entry stands.
    fn position_of_event(&self, seq: u64) -> u64 {
        let file = fs::read(self.path()).unwrap();
        let event = event(seq);
        let found = file.windows(event.len()).position(|window| window == event);
        u64::try_from(found.expect("the event is in the file")).unwrap()
    }
}

/// Field 15 with a text, as an event of the future would be.
fn event(seq: u64) -> Vec<u8> {
    let text = format!("lorry {seq:06} was weighed");
    let mut bytes = vec![15 << 3 | 2, u8::try_from(text.len()).unwrap()];
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

fn entry_at(head: &Head, at_us: i64, class: Class) -> Entry {
    let seq = head.seq + 1;
    let mut body = Link { epoch: head.epoch, seq, prev: head.hash, at_us }.encode();
    body.extend(event(seq));
    Entry::after(head, class, body).unwrap()
}

/// The next entry; every tenth is express, and each happens a second after the one before.
fn entry(head: &Head) -> Entry {
    let seq = head.seq + 1;
    let class = if seq.is_multiple_of(10) { Class::Express } else { Class::Bulk };
    entry_at(head, i64::try_from(seq).unwrap() * 1_000_000, class)
}

fn group(mut head: Head, count: u64) -> Vec<Entry> {
    (0..count)
        .map(|_| {
            let entry = entry(&head);
            head = entry.head();
            entry
        })
        .collect()
}

fn append(writer: &mut Writer, count: u64) -> Head {
    writer.append(group(writer.head(), count), Urgency::AtOnce).unwrap().wait().unwrap()
}

/// An error with all its causes on one line, without the folder's name, which is another each time.
fn told(error: &JournalError) -> String {
    let mut text = error.to_string();
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        let source_text = source.to_string();
        if !text.ends_with(&source_text) {
            text = format!("{text}: {source_text}");
        }
        cause = source;
    }
    text.split(' ')
        .map(|word| match word.rfind("/journal.db") {
            Some(at) => &word[at + 1..],
            None => word,
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn check_refused<T: std::fmt::Debug>(result: Result<T, JournalError>, expected: Expect) {
    expected.assert_eq(&told(&result.expect_err("this should have been refused")));
}

#[test]
fn what_was_appended_is_there_after_a_restart_in_order() {
    let desk = Desk::new();
    desk.write(25);
    let (journal, opened) = desk.open().unwrap();
    assert!(!opened.begun);
    assert_eq!((opened.head.seq, opened.tail, opened.snapshot), (25, 25, None));
    assert_eq!(opened.last_at_us, Some(25_000_000));
    let reader = journal.reader().unwrap();
    assert_eq!(reader.scan(1, 100).unwrap(), group(Head::genesis(EPOCH), 25));
    let express: Vec<_> = reader.scan_express(1, 100).unwrap().iter().map(Entry::seq).collect();
    assert_eq!(express, [10, 20]);
    let tail: Vec<_> = reader.tail(2).unwrap().iter().map(Entry::seq).collect();
    assert_eq!(tail, [24, 25]);
}

#[test]
fn followers_hear_of_each_entry_once_in_order_and_only_when_it_is_durable() {
    let desk = Desk::new();
    let (journal, _) = desk.open().unwrap();
    let reader = journal.reader().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let follower = {
        let heard = Arc::clone(&heard);
        move |told: Result<&[Entry], &JournalError>| {
            for entry in told.unwrap() {
                let durable = reader.scan(entry.seq(), 1).unwrap();
                assert_eq!(durable[0], *entry);
                heard.lock().unwrap().push(entry.seq());
            }
        }
    };
    let (mut writer, _) = journal.start(Grouping::default(), Box::new(follower)).unwrap();
    for size in [1, 3, 120, 1, 7] {
        let entries = group(writer.head(), size);
        drop(writer.append(entries, Urgency::MayWait).unwrap());
    }
    writer.close().unwrap();
    assert_eq!(*heard.lock().unwrap(), (1..=132).collect::<Vec<u64>>());
}

#[test]
fn an_urgent_group_takes_everything_before_it_along_and_waits_for_nothing() {
    let desk = Desk::new();
    let (journal, _) = desk.open().unwrap();
    // Nothing but urgency would end this wait within the life of the test.
    let patient = Grouping { wait: Duration::from_secs(3600), ..Grouping::default() };
    let (commits, committed) = mpsc::channel();
    let follower = move |told: Result<&[Entry], &JournalError>| {
        let seqs: Vec<_> = told.unwrap().iter().map(Entry::seq).collect();
        commits.send(seqs).unwrap();
    };
    let (mut writer, _) = journal.start(patient, Box::new(follower)).unwrap();
    for _ in 0..3 {
        let entries = group(writer.head(), 1);
        drop(writer.append(entries, Urgency::MayWait).unwrap());
    }
    append(&mut writer, 2);
    assert_eq!(committed.recv().unwrap(), [1, 2, 3, 4, 5]);
}

#[test]
fn entries_that_do_not_continue_the_journal_are_refused_and_change_nothing() {
    let desk = Desk::new();
    let (mut writer, _) = desk.start();
    append(&mut writer, 2);
    let head = writer.head();
    let other = Head { hash: Hash([1; 32]), ..head };
    let far = Head { seq: 7, ..head };
    let elsewhere = Head { epoch: Epoch([1; 16]), ..head };
    let cases = [
        (
            entry(&other),
            expect![
                "failed to append to the journal journal.db: the chain breaks at entry 3: entry 3 follows 0101010101010101010101010101010101010101010101010101010101010101, and not dedbc621a5838dc6267df1e1777b75b1138dc7b33293fbb0580b204421519bdc: what lies before it was rewritten"
            ],
        ),
        (
            entry(&far),
            expect![
                "failed to append to the journal journal.db: the chain breaks at entry 3: entry 3 is missing: entry 8 came instead"
            ],
        ),
        (
            entry(&elsewhere),
            expect![
                "failed to append to the journal journal.db: the chain breaks at entry 3: entry 3 belongs to epoch 01010101010101010101010101010101, the chain to epoch abababababababababababababababab"
            ],
        ),
        (
            entry_at(&head, 1_999_999, Class::Bulk),
            expect![
                "failed to append to the journal journal.db: entry 3 happened at 1999999 us, before its predecessor at 2000000 us"
            ],
        ),
    ];
    for (entry, expected) in cases {
        check_refused(writer.append(vec![entry], Urgency::AtOnce), expected);
    }
    let same_time = entry_at(&head, 2_000_000, Class::Bulk);
    let head = writer.append(vec![same_time], Urgency::AtOnce).unwrap().wait().unwrap();
    assert_eq!(head.seq, 3);
}

#[test]
fn a_second_agent_on_the_same_journal_is_refused() {
    let desk = Desk::new();
    let first = desk.start();
    let refused = desk.open().map(drop).unwrap_err();
    assert!(
        matches!(refused.cause(), Cause::InUse { process } if *process == std::process::id().to_string())
    );
    let text = told(&refused).replace(&std::process::id().to_string(), "(its number)");
    expect!["failed to lock the journal journal.db: it is in use by the process (its number): one journal has one agent; stop that one first"]
        .assert_eq(&text);
    drop(first);
    desk.open().unwrap();
}

#[test]
fn the_newest_whole_snapshot_is_found_and_a_damaged_one_passed_over() {
    let desk = Desk::new();
    let (mut writer, errands) = desk.start();
    for seq in [4_u64, 8, 12] {
        append(&mut writer, 4);
        let state = format!("state after {seq}").into_bytes();
        errands.save_snapshot(Snapshot { seq, format: 1, state }).unwrap().wait().unwrap();
    }
    check_refused(
        errands.save_snapshot(Snapshot { seq: 13, format: 1, state: vec![] }).unwrap().wait(),
        expect![
            "failed to write to the journal journal.db: position 13 lies beyond the last entry, 12"
        ],
    );
    append(&mut writer, 1);
    writer.close().unwrap();

    let found = |desk: &Desk| {
        let (_, opened) = desk.open().unwrap();
        opened.snapshot.map(|snapshot| (snapshot.seq, opened.tail))
    };
    assert_eq!(found(&desk), Some((12, 1)));
    let text = fs::read(desk.path()).unwrap();
    let place = text.windows(14).position(|window| window == b"state after 12").unwrap();
    desk.damage(u64::try_from(place).unwrap(), b"STATE");
    assert_eq!(found(&desk), Some((8, 5)));
    // The third-newest was given up, and a program that reads another format folds from the start.
    let (_, opened) = Journal::open(&desk.path(), EPOCH, 2..=2).unwrap();
    assert_eq!((opened.snapshot, opened.tail), (None, 13));
}

#[test]
fn cursors_move_forward_only_and_survive() {
    let desk = Desk::new();
    let (mut writer, errands) = desk.start();
    append(&mut writer, 20);
    let acknowledge = |cursor, seq| errands.acknowledge(cursor, seq).unwrap().wait();
    assert_eq!(acknowledge(Cursor::Hub, 5).unwrap(), 5);
    assert_eq!(acknowledge(Cursor::Express, 20).unwrap(), 20);
    assert_eq!(acknowledge(Cursor::Hub, 3).unwrap(), 5);
    check_refused(
        acknowledge(Cursor::Hub, 21),
        expect![
            "failed to write to the journal journal.db: position 21 lies beyond the last entry, 20"
        ],
    );
    writer.close().unwrap();
    assert_eq!(desk.open().unwrap().1.acknowledged, Acknowledged { hub: 5, express: 20 });
}

#[test]
fn retention_takes_only_what_the_hub_has_and_a_snapshot_covers() {
    let desk = Desk::new();
    let (mut writer, errands) = desk.start();
    append(&mut writer, 5000);
    let trim = |before| errands.trim(before, None).unwrap().wait();
    check_refused(
        trim(3001),
        expect![
            "failed to trim the journal journal.db: entries before 3001 were to go, but those after 0 are needed: the hub has not acknowledged them"
        ],
    );
    errands.acknowledge(Cursor::Hub, 4000).unwrap().wait().unwrap();
    check_refused(
        trim(3001),
        expect![
            "failed to trim the journal journal.db: entries before 3001 were to go, but those after 0 are needed: no older snapshot stands in for them"
        ],
    );
    errands
        .save_snapshot(Snapshot { seq: 3500, format: 1, state: vec![7] })
        .unwrap()
        .wait()
        .unwrap();
    assert_eq!(trim(3001).unwrap(), 3000);
    assert_eq!(trim(3001).unwrap(), 0);
    append(&mut writer, 1);
    writer.close().unwrap();

    let (journal, opened) = desk.open().unwrap();
    assert_eq!((opened.head.seq, opened.tail), (5001, 1501));
    let reader = journal.reader().unwrap();
    assert_eq!(reader.stats().unwrap().first_seq, 3001);
    assert_eq!(reader.scan(1, 1).unwrap()[0].seq(), 3001);
    let verified = verify(&desk.path(), None, &mut |_| {}).unwrap();
    assert_eq!((verified.origin.seq, verified.entries, verified.damage), (3000, 2001, vec![]));

    drop(journal);
    check_refused(
        Journal::open(&desk.path(), EPOCH, 2..=2).map(drop),
        expect![
            "failed to recover the journal journal.db: no snapshot is readable and the entries before 3001 are gone: the state cannot be rebuilt"
        ],
    );
}

#[test]
fn the_state_on_which_a_trimmed_journal_begins_stays_until_it_is_trimmed_again() {
    let desk = Desk::new();
    let (mut writer, errands) = desk.start();
    let snapshot = |seq| Snapshot { seq, format: 1, state: seq.to_string().into_bytes() };
    let keep = |seq| errands.save_snapshot(snapshot(seq)).unwrap().wait().unwrap();
    let beginning = || Reader::open(&desk.path()).unwrap().beginning().unwrap();
    append(&mut writer, 3000);
    errands.acknowledge(Cursor::Hub, 3000).unwrap().wait().unwrap();
    keep(2900);
    keep(3000);
    assert_eq!(beginning(), (Head::genesis(EPOCH), None));
    assert_eq!(errands.trim(2501, Some(snapshot(2500))).unwrap().wait().unwrap(), 2500);
    let (origin, kept) = beginning();
    assert_eq!((origin.seq, kept), (2500, Some(snapshot(2500))));
    // Newer ones come and go; it stays, and nothing else.
    append(&mut writer, 3000);
    errands.acknowledge(Cursor::Hub, 6000).unwrap().wait().unwrap();
    for seq in [4000, 5000, 6000] {
        keep(seq);
    }
    assert_eq!(beginning().1, Some(snapshot(2500)));
    // With both newer ones gone the state is still found, and the chain is folded from its first entry.
    rusqlite::Connection::open(desk.path())
        .unwrap()
        .execute_batch("UPDATE snapshots SET state = x'00' WHERE seq > 2500")
        .unwrap();
    drop(errands);
    writer.close().unwrap();
    let (journal, opened) = desk.open().unwrap();
    assert_eq!((opened.snapshot, opened.tail), (Some(snapshot(2500)), 3500));
    // The next trimming takes its place.
    let (mut writer, errands) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
    append(&mut writer, 2);
    for seq in [6001, 6002] {
        errands.save_snapshot(snapshot(seq)).unwrap().wait().unwrap();
    }
    errands.acknowledge(Cursor::Hub, 6002).unwrap().wait().unwrap();
    errands.trim(5001, Some(snapshot(5000))).unwrap().wait().unwrap();
    errands.shrink().unwrap().wait().unwrap();
    let (origin, kept) = beginning();
    assert_eq!((origin.seq, kept), (5000, Some(snapshot(5000))));
    let reader = Reader::open(&desk.path()).unwrap();
    assert_eq!(reader.stats().unwrap().free_bytes, 0);
    let verified = verify(&desk.path(), None, &mut |_| {}).unwrap();
    assert_eq!((verified.origin.seq, verified.entries, verified.damage), (5000, 1002, vec![]));
}

#[test]
fn the_disk_gets_its_pages_back_after_retention() {
    let desk = Desk::new();
    let (mut writer, errands) = desk.start();
    for _ in 0..20 {
        append(&mut writer, 1000);
    }
    errands.acknowledge(Cursor::Hub, 20_000).unwrap().wait().unwrap();
    errands
        .save_snapshot(Snapshot { seq: 20_000, format: 1, state: vec![7] })
        .unwrap()
        .wait()
        .unwrap();
    errands.trim(18_001, None).unwrap().wait().unwrap();
    let reader = Reader::open(&desk.path()).unwrap();
    let before = reader.stats().unwrap();
    while reader.stats().unwrap().free_bytes > 0 {
        std::thread::yield_now();
    }
    let after = reader.stats().unwrap();
    assert!(after.file_bytes < before.file_bytes / 4, "{before:?} became {after:?}");
}

#[test]
fn a_follower_that_panics_ends_the_journal() {
    let desk = Desk::new();
    let (journal, _) = desk.open().unwrap();
    let (mut writer, _) =
        journal.start(Grouping::default(), Box::new(|_| panic!("a bug in the follower"))).unwrap();
    assert!(writer.append(group(writer.head(), 1), Urgency::AtOnce).unwrap().wait().is_err());
    check_refused(
        writer.append(group(writer.head(), 1), Urgency::AtOnce).and_then(Pending::wait),
        expect!["failed to follow the journal journal.db: the follower panicked"],
    );
}

#[test]
fn exported_bodies_can_be_read_and_chained_by_a_stranger() {
    let desk = Desk::new();
    desk.write(2500);
    let mut stream = Vec::new();
    let count = Reader::open(&desk.path()).unwrap().export(1, 2400, &mut stream).unwrap();
    assert_eq!(count, 2400);
    let mut rest = stream.as_slice();
    let mut head = Head::genesis(EPOCH);
    while !rest.is_empty() {
        let length = usize::try_from(prost::encoding::decode_varint(&mut rest).unwrap()).unwrap();
        let (body, after) = rest.split_at(length);
        head = head.follow(body).unwrap();
        rest = after;
    }
    assert_eq!(head.seq, 2400);
}
