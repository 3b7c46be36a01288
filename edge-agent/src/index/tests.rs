//! The index finds what the journal has, whatever was done to its files.

use std::{fs, path::Path};

use wire::{
    Class,
    chain::{Epoch, Head, Link},
};

use super::*;
use crate::journal::{Cursor, Entry, Grouping, Journal, Snapshot, Urgency, Writer};

/// A post with a journal and an index folder. An event here is `kind text visit` in plain words, behind a field number
/// that no schema has.
struct Post {
    folder: tempfile::TempDir,
}

impl Post {
    fn new() -> Post {
        Post { folder: tempfile::tempdir().unwrap() }
    }

    fn journal(&self) -> (Journal, Head) {
        let path = self.folder.path().join("journal.db");
        let (journal, opened) = Journal::open(&path, Epoch([9; 16]), 1..=1).unwrap();
        (journal, opened.head)
    }

    fn index_folder(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    fn write(&self, facts: &[&str]) {
        let (journal, _) = self.journal();
        let (mut writer, _) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
        facts.iter().for_each(|fact| append(&mut writer, fact));
        writer.close().unwrap();
    }

    fn index(&self) -> Index {
        let journal = Reader::open(&self.folder.path().join("journal.db")).unwrap();
        Index::open(self.index_folder(), 1 << 20, journal, Box::new(numbers_of)).unwrap()
    }

    /// What an index over the whole journal finds.
    #[track_caller]
    fn check(&self, text: &str, expected: &[&str]) {
        let index = self.index();
        let (_, head) = self.journal();
        assert!(index.wait_for(head.seq), "{:?}", index.progress());
        check(&index, text, expected);
    }

    fn rebuilt(&self) -> Option<String> {
        let index = self.index();
        let (_, head) = self.journal();
        assert!(index.wait_for(head.seq), "{:?}", index.progress());
        index.progress().rebuilt
    }
}

fn append(writer: &mut Writer, fact: &str) {
    let head = writer.head();
    let seq = head.seq + 1;
    let mut body = Link { epoch: head.epoch, seq, prev: head.hash, at_us: 0 }.encode();
    body.extend([15 << 3 | 2, u8::try_from(fact.len()).unwrap()]);
    body.extend(fact.as_bytes());
    let entry = Entry::after(&head, Class::Bulk, body).unwrap();
    writer.append(vec![entry], Urgency::AtOnce).unwrap().wait().unwrap();
}

fn numbers_of(body: &[u8]) -> Vec<Number> {
    let start = body.iter().rposition(|byte| *byte == 15 << 3 | 2).unwrap() + 2;
    let fact = std::str::from_utf8(&body[start..]).unwrap();
    let [kind, text, visit] = fact.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let kind = match kind {
        "plate" => Kind::Plate,
        "seal" => Kind::Seal,
        _ => Kind::Document,
    };
    vec![Number { kind, text: text.to_owned(), visit: VisitId(visit.parse().unwrap()) }]
}

#[track_caller]
fn check(index: &Index, text: &str, expected: &[&str]) {
    let found: Vec<_> = index
        .find(None, text, 10)
        .numbers
        .into_iter()
        .map(|number| format!("{:?} {} {}", number.kind, number.text, number.visit.0))
        .collect();
    assert_eq!(found, expected, "{text}");
}

const FACTS: [&str; 6] = [
    "plate 123АВС02 1",
    "seal 123AB 1",
    "plate 123ABC02 7",
    "plate 123ABC021 3",
    "document 50704/120326/0001234 3",
    "plate KZ777 4",
];

#[test]
fn a_number_is_found_however_it_was_typed_newest_visit_first() {
    let post = Post::new();
    post.write(&FACTS);
    let plates = ["Plate 123ABC02 7", "Plate 123ABC02 1", "Plate 123ABC021 3"];
    post.check("123abc02", &plates);
    post.check("123 авс-02", &plates);
    post.check("123A", &[&plates[..], &["Seal 123AB 1"]].concat());
    post.check("50704-120326", &["Document 507041203260001234 3"]);
    post.check("9", &[]);
    post.check("", &[]);
    post.check("--", &[]);
    let index = post.index();
    assert!(index.wait_for(6));
    let of_kind = index.find(Some(Kind::Seal), "123", 10).numbers;
    assert_eq!(of_kind.len(), 1);
    assert_eq!(index.find(None, "123", 2).numbers.len(), 2);
}

#[test]
fn what_is_appended_while_it_is_open_is_found() {
    let post = Post::new();
    let (journal, _) = post.journal();
    let (mut writer, _) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
    let index = post.index();
    for visit in 1..=3 {
        append(&mut writer, &format!("plate AA{visit} {visit}"));
        assert!(index.wait_for(visit));
        check(&index, &format!("aa{visit}"), &[&format!("Plate AA{visit} {visit}")]);
    }
}

#[test]
fn an_index_that_was_closed_in_order_is_taken_as_it_is() {
    let post = Post::new();
    post.write(&FACTS);
    assert_eq!(post.rebuilt(), None);
    assert_eq!(post.rebuilt(), None);
    post.write(&["plate KZ778 5"]);
    assert_eq!(post.rebuilt(), None);
    post.check("kz77", &["Plate KZ777 4", "Plate KZ778 5"]);
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            files.extend(files_of(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn mistreat(name: &str, act: impl Fn(&Path)) {
    let post = Post::new();
    let facts: Vec<_> = (0..200).map(|n| format!("plate {n:03}ABC02 {n}")).collect();
    post.write(&facts.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(post.rebuilt(), None, "{name}");
    let files = files_of(&post.index_folder());
    assert!(!files.is_empty(), "{name}");
    for file in files {
        println!("{name}: {}", file.display());
        act(&file);
        let index = post.index();
        assert!(index.wait_for(200), "{name}: {:?}", index.progress());
        for n in [0, 57, 199] {
            check(&index, &format!("{n:03}abc"), &[&format!("Plate {n:03}ABC02 {n}")]);
        }
    }
}

#[test]
fn files_that_were_deleted_truncated_or_overwritten_are_rebuilt() {
    mistreat("deleted", |file| fs::remove_file(file).unwrap_or_default());
    mistreat("emptied", |file| fs::write(file, b"").unwrap());
    mistreat("cut in half", |file| {
        let Ok(bytes) = fs::read(file) else { return };
        fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    });
    mistreat("garbage", |file| {
        let Ok(bytes) = fs::read(file) else { return };
        let garbage: Vec<_> = (0..bytes.len()).map(|n| (n * 7919 % 251) as u8).collect();
        fs::write(file, garbage).unwrap();
    });
    mistreat("garbage in the middle", |file| {
        let Ok(mut bytes) = fs::read(file) else { return };
        let length = bytes.len();
        bytes[length / 3..length / 2].fill(0xa5);
        fs::write(file, bytes).unwrap();
    });
}

#[test]
fn an_index_that_was_not_closed_in_order_is_rebuilt() {
    let post = Post::new();
    post.write(&FACTS);
    let index = post.index();
    assert!(index.wait_for(6));
    // What a kill leaves: the files as they are while the index is open.
    let copy = tempfile::tempdir().unwrap();
    for file in files_of(&post.index_folder()) {
        let to = copy.path().join(file.strip_prefix(post.index_folder()).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(file, to).unwrap();
    }
    drop(index);
    fs::remove_dir_all(post.index_folder()).unwrap();
    fs::rename(copy.path(), post.index_folder()).unwrap();
    assert_eq!(post.rebuilt().as_deref(), Some("it was not closed in order"));
    post.check("kz", &["Plate KZ777 4"]);
}

/// As often as retention moves on: it is no damage, and an agent runs for years.
#[test]
fn what_a_purge_took_away_is_not_named_while_the_index_is_open() {
    let post = Post::new();
    post.write(&FACTS);
    let index = post.index();
    let (journal, opened) = post.journal();
    let head = opened.seq;
    assert!(index.wait_for(head));
    let (writer, errands) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
    errands.acknowledge(Cursor::Hub, head).unwrap().wait().unwrap();
    for first in 2..=6 {
        // Two states that are younger than what goes, as an agent keeps them.
        for seq in [head - 1, head] {
            let kept = Snapshot { seq, format: 1, state: vec![] };
            errands.save_snapshot(kept).unwrap().wait().unwrap();
        }
        let seq = first - 1;
        let base = Snapshot { seq, format: 1, state: vec![] };
        assert_eq!(errands.trim(first, Some(base)).unwrap().wait().unwrap(), 1);
        index.nudge();
        // An empty text finds nothing; every number of the facts begins with one of these.
        let found = |text| index.find(None, text, FIND_LIMIT).numbers.len();
        let named = || ["1", "5", "k"].into_iter().map(found).sum::<usize>();
        let left = FACTS.len() + 1 - usize::try_from(first).unwrap();
        while named() > left || !index.wait_for(head) {
            thread::yield_now();
        }
    }
    drop(writer);
    check(&index, "kz", &["Plate KZ777 4"]);
    check(&index, "123", &[]);
    let progress = index.progress();
    assert_eq!(progress.rebuilt.as_deref(), Some("retention has moved on since it was made"));
    assert_eq!(progress.failed, None);
}

#[test]
fn an_index_of_another_journal_or_of_trimmed_entries_is_rebuilt() {
    let post = Post::new();
    post.write(&FACTS);
    assert_eq!(post.rebuilt(), None);
    let other = Post::new();
    let path = other.folder.path().join("journal.db");
    drop(Journal::open(&path, Epoch([1; 16]), 1..=1).unwrap());
    other.write(&["plate ZZ1 1"]);
    fs::rename(post.index_folder(), other.index_folder()).unwrap();
    assert_eq!(other.rebuilt().as_deref(), Some("it belongs to another journal"));
    other.check("kz", &[]);

    assert_eq!(post.rebuilt(), None);
    let (journal, _) = post.journal();
    let (writer, errands) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
    errands.acknowledge(Cursor::Hub, 6).unwrap().wait().unwrap();
    errands.save_snapshot(Snapshot { seq: 5, format: 1, state: vec![] }).unwrap().wait().unwrap();
    assert_eq!(errands.trim(6, None).unwrap().wait().unwrap(), 5);
    drop(writer);
    assert_eq!(post.rebuilt().as_deref(), Some("retention has moved on since it was made"));
    post.check("kz", &["Plate KZ777 4"]);
    post.check("123", &[]);
}
