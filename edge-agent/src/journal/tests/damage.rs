//! What was cut, flipped, rewritten or filled up: found, named, and never taken for something whole.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
};

use expect_test::{Expect, expect};
use wire::chain::{SignedHead, SigningKey};

use super::*;

#[test]
fn a_flipped_byte_is_found_and_named_and_the_rest_is_still_checked() {
    let desk = Desk::new();
    desk.write(300);
    desk.damage(desk.position_of_event(123) + 10, b"X");
    desk.damage(desk.position_of_event(200) + 10, b"X");
    let verified = verify(&desk.path(), None, &mut |_| {}).unwrap();
    assert_eq!(verified.entries, 300);
    let found: Vec<_> =
        verified.damage.iter().map(|damage| format!("{}: {}", damage.seq, damage.what)).collect();
    expect![[r#"
        123: entry 123 is damaged: its body does not have its hash
        200: entry 200 is damaged: its body does not have its hash"#]]
    .assert_eq(&found.join("\n"));
    check_refused(
        desk.open().map(drop),
        expect![
            "failed to recover the journal journal.db: entry 123 is damaged: its body does not have its hash"
        ],
    );
}

#[test]
fn an_entry_that_was_rewritten_with_care_is_still_found() {
    let desk = Desk::new();
    let key = SigningKey::from_bytes(&[5; 32]);
    let (mut writer, errands) = desk.start();
    let head = append(&mut writer, 10);
    let signed = SignedHead::sign(head, 10_000_000, &key);
    errands.keep_signed_head(signed).unwrap().wait().unwrap();
    append(&mut writer, 5);
    writer.close().unwrap();
    let found = |sql: &str| {
        let connection = rusqlite::Connection::open(desk.path()).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let verified = verify(&desk.path(), Some(&key.verifying_key()), &mut |_| {}).unwrap();
        let found: Vec<_> = verified
            .damage
            .iter()
            .map(|damage| format!("{}: {}", damage.seq, damage.what))
            .collect();
        found.join("\n")
    };
    assert_eq!(found(""), "");
    let cut = "INSERT INTO cursors VALUES ('hub', 20); ";
    expect!["20: the hub has acknowledged it, and the journal ends with entry 15"]
        .assert_eq(&found(cut));
    assert_eq!(found("DELETE FROM cursors"), "");
    expect!["10: the signature of head 10 of epoch abababababababababababababababab does not fit the key"].assert_eq(&found("UPDATE signed_heads SET at_us = at_us + 1"));
    expect![[r#"
        9: entries from 7 up to it, which is 9, are missing
        10: the signature of head 10 of epoch abababababababababababababababab does not fit the key"#]].assert_eq(&found("DELETE FROM entries WHERE seq IN (7, 8)"));
    expect![[r#"
        9: entries from 7 up to it, which is 9, are missing
        10: its head was signed, and it is missing
        10: the signature of head 10 of epoch abababababababababababababababab does not fit the key
        11: entries from 10 up to it, which is 11, are missing"#]]
    .assert_eq(&found("DELETE FROM entries WHERE seq = 10"));
    // The last lines can be cut off unseen: only the hub's copy of the head shows it.
    expect![[r#"
        9: entries from 7 up to it, which is 9, are missing
        10: its head was signed, and it is missing
        10: the signature of head 10 of epoch abababababababababababababababab does not fit the key
        11: entries from 10 up to it, which is 11, are missing"#]]
    .assert_eq(&found("DELETE FROM entries WHERE seq > 12"));
}

#[test]
fn a_torn_log_loses_nothing_that_was_acknowledged_before_the_torn_write() {
    let desk = Desk::new();
    let (mut writer, errands) = desk.start();
    for _ in 0..50 {
        append(&mut writer, 1);
    }
    // What a power cut leaves: the files as they are now, and the write that was under way cut at every kind of place.
    let log = fs::read(store::beside(&desk.path(), "-wal")).unwrap();
    let file = fs::read(desk.path()).unwrap();
    let whole = log.len();
    drop((writer, errands));
    let frame = 4096 + 24;
    for (name, log, at_least) in [
        ("whole", log.clone(), 50),
        ("garbage behind it", [log.clone(), vec![0x5a; 3000]].concat(), 50),
        ("the last frame cut by a byte", log[..whole - 1].to_vec(), 48),
        ("the last frame cut by half", log[..whole - frame / 2].to_vec(), 48),
        ("ten frames gone", log[..whole - 10 * frame].to_vec(), 39),
    ] {
        let desk = Desk::new();
        fs::write(desk.path(), &file).unwrap();
        fs::write(store::beside(&desk.path(), "-wal"), log).unwrap();
        let (journal, opened) = desk.open().unwrap();
        assert!(opened.head.seq >= at_least, "{name}: {} entries are left", opened.head.seq);
        let entries = journal.reader().unwrap().scan(1, 100).unwrap();
        assert_eq!(entries, group(Head::genesis(EPOCH), opened.head.seq), "{name}");
        let (mut writer, _) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
        append(&mut writer, 1);
    }
}

#[test]
fn a_truncated_file_is_refused_and_never_taken_for_a_new_journal() {
    let desk = Desk::new();
    desk.write(2000);
    let bytes = fs::read(desk.path()).unwrap();
    let check = |length: usize, expected: Expect| {
        fs::write(desk.path(), &bytes[..length]).unwrap();
        check_refused(desk.open().map(drop), expected);
    };
    check(
        bytes.len() / 2,
        expect![
            "failed to read the header of the journal journal.db: database disk image is malformed: Error code 11: database disk image is malformed"
        ],
    );
    check(
        4096,
        expect![
            "failed to read the header of the journal journal.db: database disk image is malformed: Error code 11: database disk image is malformed"
        ],
    );
    check(
        100,
        expect![
            "failed to read the header of the journal journal.db: database disk image is malformed: Error code 11: database disk image is malformed"
        ],
    );
    check(
        0,
        expect![
            "failed to open the journal journal.db: the file is not a journal of this program (application id 0x0): it was left alone"
        ],
    );
    fs::remove_file(desk.path()).unwrap();
    fs::write(store::beside(&desk.path(), "-wal"), b"log").unwrap();
    check_refused(
        desk.open().map(drop),
        expect![
            "failed to open the journal journal.db: the file is missing while its log journal.db-wal is there: put the file back, or move the log away"
        ],
    );
}

#[test]
fn a_journal_of_a_newer_program_is_left_alone() {
    let desk = Desk::new();
    desk.write(1);
    let connection = rusqlite::Connection::open(desk.path()).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);
    check_refused(
        desk.open().map(drop),
        expect![
            "failed to open the journal journal.db: its schema is 2, and this program reads up to 1: a newer version wrote it"
        ],
    );
}

#[test]
fn a_draft_that_a_power_cut_left_behind_is_begun_again() {
    let desk = Desk::new();
    fs::write(store::beside(&desk.path(), ".new"), b"half a journal").unwrap();
    assert!(desk.open().unwrap().1.begun);
}

/// A file system of one megabyte, if this process may mount one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(SmallDisk(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn resize(&self, size: &str) {
        let remount = format!("remount,{size}");
        let status =
            Command::new("mount").args(["-o", &remount]).arg(self.path()).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_told_and_everything_after_it_refused() {
    let Some(disk) = SmallDisk::mount() else {
        println!("skipped: a small tmpfs cannot be mounted here, so the disk cannot be filled");
        return;
    };
    let path = disk.path().join("journal.db");
    let (journal, _) = Journal::open(&path, EPOCH, 1..=1).unwrap();
    let (tell, told_failure) = mpsc::channel();
    let follower = move |told: Result<&[Entry], &JournalError>| {
        if let Err(error) = told {
            tell.send(error.clone()).unwrap();
        }
    };
    let (mut writer, errands) = journal.start(Grouping::default(), Box::new(follower)).unwrap();
    let mut acknowledged = 0;
    let error = loop {
        match writer.append(group(writer.head(), 50), Urgency::AtOnce).unwrap().wait() {
            Ok(head) => acknowledged = head.seq,
            Err(error) => break error,
        }
    };
    assert!(acknowledged > 0);
    expect!["failed to write to the journal journal.db: database or disk is full: Error code 13: database or disk is full"]
        .assert_eq(&told(&error));
    assert_eq!(told_failure.recv().unwrap().to_string(), error.to_string());
    // Room does not help: nobody knows any more what the failed write left behind.
    disk.resize("size=8m");
    check_refused(
        writer.append(group(writer.head(), 1), Urgency::AtOnce).and_then(Pending::wait),
        expect![
            "failed to write to the journal journal.db: database or disk is full: Error code 13: database or disk is full"
        ],
    );
    assert!(errands.acknowledge(Cursor::Hub, 1).is_err());
    drop((writer, errands));

    let (journal, opened) = Journal::open(&path, EPOCH, 1..=1).unwrap();
    assert_eq!(opened.head.seq, acknowledged);
    drop(journal);
}
