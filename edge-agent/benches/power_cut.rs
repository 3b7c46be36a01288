//! A power cut on a real file system: what the journal keeps, and what sled would have kept in its place.
//!
//! A child appends to a store on a freshly made ext4 and prints every number that the store called durable. At a random
//! moment it is stopped and the image of the disk is copied as it is then: that is what a disk holds when the power goes,
//! since what is still in the page cache has not reached the image. The copy is mounted, as after a power cut, and
//! everything that was acknowledged is looked for.
//!
//! It needs the right to mount, and says so and ends without it. `BEKET_CUTS` says how often the plug is pulled for each
//! store (3), `BEKET_SEED` repeats a run. The table is kept in `docs/reports/power-cut.md`.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(clippy::expect_used, reason = "a bench that cannot be set up should stop")]

use std::{
    env,
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use edge_agent::journal::{Entry, Grouping, Journal, Reader, Urgency, verify};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use wire::{
    Class,
    chain::{Epoch, Head, Link},
};

/// A store under test.
#[derive(Clone, Copy)]
enum Store {
    /// The journal as it is shipped.
    Journal,
    /// sled with its plain defaults: it flushes in the background as well.
    Sled,
    /// sled that flushes only when it is asked to, as it is before every acknowledgement here.
    SledWithoutTimer,
}

/// What was found after a cut.
enum Outcome {
    /// Everything that was acknowledged.
    Kept,
    /// So many acknowledged entries were gone or changed.
    Lost(u64),
    /// The store could not be opened, for this reason.
    Shut(String),
}

fn main() {
    if let (Some(store), Some(folder)) =
        (env::var_os("BEKET_CUT_STORE"), env::var_os("BEKET_CUT_FOLDER"))
    {
        let store = Store::all().into_iter().find(|known| *known.name() == *store);
        return store.expect("a known store").append_until_cut(Path::new(&folder));
    }
    if !can_mount() {
        println!(
            "skipped: an ext4 image cannot be made and mounted here; this needs root, mkfs.ext4 and loop devices"
        );
        return;
    }
    let cuts = number("BEKET_CUTS", 3);
    let seed = number("BEKET_SEED", u64::from(std::process::id()));
    println!(
        "{cuts} power cuts for each store on ext4, 16 entries of 300 bytes per commit, BEKET_SEED={seed}"
    );
    println!();
    println!(
        "| store | acknowledged entries | cuts | all there | acknowledged entries lost | would not open | lost in all | worst |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    for store in Store::all() {
        let mut rng = StdRng::seed_from_u64(seed);
        let (mut all, mut kept, mut lost, mut shut) = (0, 0, Vec::new(), 0);
        for _ in 0..cuts {
            let (acknowledged, outcome) =
                cut(store, Duration::from_millis(rng.random_range(400..4000)));
            all += acknowledged;
            match outcome {
                Outcome::Kept => kept += 1,
                Outcome::Lost(entries) => lost.push(entries),
                Outcome::Shut(why) => {
                    shut += 1;
                    println!("<!-- {}: {why} -->", store.name());
                }
            }
        }
        let (sum, worst): (u64, u64) = (lost.iter().sum(), lost.iter().copied().max().unwrap_or(0));
        println!(
            "| {} | {all} | {cuts} | {kept} | {} | {shut} | {sum} | {worst} |",
            store.name(),
            lost.len()
        );
    }
}

/// Lets a child write for `life`, pulls the plug, and looks at what is left; answers how much was acknowledged.
fn cut(store: Store, life: Duration) -> (u64, Outcome) {
    let desk = tempfile::tempdir().expect("a folder to work in");
    let image = desk.path().join("disk.img");
    make_file_system(&image);
    let disk = Mounted::mount(&image, desk.path().join("disk"));
    let (mut child, acknowledged) = start_child(store, &disk.at);
    thread::sleep(life);
    run(Command::new("kill").arg("-STOP").arg(child.id().to_string()));
    // What the child had printed by now is counted; the page cache is not pushed by waiting.
    thread::sleep(Duration::from_millis(20));
    let acknowledged = acknowledged.load(Ordering::Acquire);
    let left = desk.path().join("after.img");
    run(Command::new("cp").arg("--sparse=always").arg(&image).arg(&left));
    child.kill().and_then(|()| child.wait()).expect("the child ends");
    drop(disk);
    let disk = Mounted::mount(&left, desk.path().join("after"));
    (acknowledged, store.look(&disk.at, acknowledged))
}

fn start_child(store: Store, folder: &Path) -> (Child, Arc<AtomicU64>) {
    let mut child = Command::new(env::current_exe().expect("our own name"))
        .env("BEKET_CUT_STORE", store.name())
        .env("BEKET_CUT_FOLDER", folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child");
    let output = BufReader::new(child.stdout.take().expect("the child's output"));
    let last = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&last);
    thread::spawn(move || {
        for seq in output.lines().map_while(Result::ok).filter_map(|line| line.parse().ok()) {
            told.store(seq, Ordering::Release);
        }
    });
    (child, last)
}

impl Store {
    fn all() -> [Store; 3] {
        [Store::Journal, Store::Sled, Store::SledWithoutTimer]
    }

    fn name(self) -> &'static str {
        match self {
            Store::Journal => "the journal (SQLite)",
            Store::Sled => "sled 0.34.7",
            Store::SledWithoutTimer => "sled 0.34.7, timer off",
        }
    }

    /// What the child does until it is stopped.
    fn append_until_cut(self, folder: &Path) {
        match self {
            Store::Journal => {
                let (journal, _) = open(folder).expect("a new journal");
                let (mut writer, _errands) = journal
                    .start(Grouping::default(), Box::new(|_| {}))
                    .expect("the journal starts");
                loop {
                    let entries = sixteen(writer.head());
                    let pending =
                        writer.append(entries, Urgency::AtOnce).expect("the journal takes them");
                    println!("{}", pending.wait().expect("they are kept").seq);
                }
            }
            Store::Sled | Store::SledWithoutTimer => {
                let db = self.open_sled(folder).expect("a new tree");
                let mut head = Head::genesis(EPOCH);
                loop {
                    let mut batch = sled::Batch::default();
                    for entry in sixteen(head) {
                        batch.insert(&entry.seq().to_be_bytes(), entry.body());
                        head = entry.head();
                    }
                    db.apply_batch(batch).expect("the tree takes them");
                    db.flush().expect("the tree flushes");
                    println!("{}", head.seq);
                }
            }
        }
    }

    /// Looks for everything up to `acknowledged` after the cut.
    fn look(self, folder: &Path, acknowledged: u64) -> Outcome {
        match self {
            Store::Journal => look_into_journal(folder, acknowledged),
            // sled panics on some damage; a thread keeps that away from the others.
            Store::Sled | Store::SledWithoutTimer => {
                let folder = folder.to_owned();
                let looked =
                    thread::spawn(move || self.look_into_sled(&folder, acknowledged)).join();
                looked.unwrap_or_else(|_| Outcome::Shut("it panicked".to_owned()))
            }
        }
    }

    fn open_sled(self, folder: &Path) -> Result<sled::Db, sled::Error> {
        let config = sled::Config::new().path(folder.join("tree"));
        match self {
            Store::SledWithoutTimer => config.flush_every_ms(None).open(),
            Store::Sled | Store::Journal => config.open(),
        }
    }

    fn look_into_sled(self, folder: &Path, acknowledged: u64) -> Outcome {
        let db = match self.open_sled(folder) {
            Ok(db) => db,
            Err(error) => return Outcome::Shut(error.to_string()),
        };
        let mut head = Head::genesis(EPOCH);
        for seq in 1..=acknowledged {
            let expected = entry(&head);
            match db.get(seq.to_be_bytes()) {
                Ok(Some(body)) if *body == *expected.body() => head = expected.head(),
                Ok(_) | Err(_) => return Outcome::Lost(acknowledged - seq + 1),
            }
        }
        Outcome::Kept
    }
}

fn look_into_journal(folder: &Path, acknowledged: u64) -> Outcome {
    let opened = match open(folder) {
        Ok((_, opened)) => opened,
        Err(error) => return Outcome::Shut(format!("{error}: {}", error.cause())),
    };
    let path = folder.join("journal.db");
    let verified = verify(&path, None, &mut |_| {}).expect("the journal is verified");
    if let Some(damage) = verified.damage.first() {
        return Outcome::Lost(acknowledged.saturating_sub(damage.seq) + 1);
    }
    let last = Reader::open(&path).and_then(|reader| reader.tail(1)).expect("the journal is read");
    let last = last.last().map_or(0, Entry::seq);
    assert_eq!(last, opened.head.seq, "the head is the last entry");
    match acknowledged.checked_sub(last) {
        None | Some(0) => Outcome::Kept,
        Some(lost) => Outcome::Lost(lost),
    }
}

type Opening = (Journal, edge_agent::journal::Opened);

fn open(folder: &Path) -> Result<Opening, edge_agent::journal::JournalError> {
    Journal::open(&folder.join("journal.db"), EPOCH, 1..=1)
}

fn sixteen(mut head: Head) -> Vec<Entry> {
    (0..16)
        .map(|_| {
            let entry = entry(&head);
            head = entry.head();
            entry
        })
        .collect()
}

/// A body of about 300 bytes; its event is a field that no schema has.
fn entry(head: &Head) -> Entry {
    let seq = head.seq + 1;
    let link = Link { epoch: head.epoch, seq, prev: head.hash, at_us: seq.cast_signed() };
    let mut body = link.encode();
    let event = vec![seq.to_le_bytes()[0]; 230];
    prost::encoding::bytes::encode(15, &event, &mut body);
    Entry::after(head, Class::Bulk, body).expect("the entry follows")
}

/// A file system in a file, mounted until this is let go.
struct Mounted {
    at: PathBuf,
}

impl Mounted {
    fn mount(image: &Path, at: PathBuf) -> Mounted {
        fs::create_dir_all(&at).expect("a place to mount");
        run(Command::new("mount").args(["-o", "loop"]).arg(image).arg(&at));
        Mounted { at }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A store's threads may hold files open for a moment.
        for _ in 0..50 {
            let status = Command::new("umount").arg(&self.at).stderr(Stdio::null()).status();
            if status.is_ok_and(|status| status.success()) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        println!("<!-- {} is still mounted -->", self.at.display());
    }
}

fn make_file_system(image: &Path) {
    File::create(image).and_then(|file| file.set_len(IMAGE_BYTES)).expect("an image");
    run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(image));
}

fn can_mount() -> bool {
    let Ok(desk) = tempfile::tempdir() else { return false };
    let image = desk.path().join("disk.img");
    let made = File::create(&image).and_then(|file| file.set_len(16 * 1024 * 1024)).is_ok();
    let quietly = |command: &mut Command| {
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let mounted = made
        && quietly(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))
        && quietly(Command::new("mount").args(["-o", "loop"]).arg(&image).arg(desk.path()));
    mounted && quietly(Command::new("umount").arg(desk.path()))
}

fn run(command: &mut Command) {
    let status = command.status().expect("the command starts");
    assert!(status.success(), "{command:?}: {status}");
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

const EPOCH: Epoch = Epoch([0xc0; 16]);
const IMAGE_BYTES: u64 = 2 * 1024 * 1024 * 1024;
