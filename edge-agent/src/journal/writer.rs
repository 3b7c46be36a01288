//! The writer: the one thread that changes the file, and the two handles that give it work.

use std::{
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    sync::Arc,
    thread::{self, JoinHandle},
};

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior};
use wire::{
    Class,
    chain::{Break, Hash, Head, SignedHead},
};

use super::{
    BODY_LIMIT_BYTES, Cause, Cursor, Entry, Grouping, JournalError, Pending, Snapshot, Urgency,
    queue::{Chore, Queue, Trim, Turn, Work},
    recovery::{Recovery, cursor, cursor_name, origin},
    store::{Store, row},
};

/// Hears of every durable entry, in order, and of the failure that ends the journal, after which it hears nothing.
pub type Follower = Box<dyn FnMut(Result<&[Entry], &JournalError>) + Send>;

/// The one handle that appends. Letting go of it writes what was given and ends the thread.
#[derive(Debug)]
pub struct Writer {
    errands: Errands,
    head: Head,
    last_at_us: Option<i64>,
    thread: Option<JoinHandle<()>>,
}

/// Everything that changes the journal and is no entry. Any number of parts may hold it.
#[derive(Clone)]
pub struct Errands {
    queue: Arc<Queue>,
    path: PathBuf,
}

pub(super) fn start(
    store: Store,
    recovery: &Recovery,
    grouping: Grouping,
    follower: Follower,
) -> Result<(Writer, Errands), JournalError> {
    let path = store.path().to_owned();
    let queue = Arc::new(Queue::new(&path, grouping));
    let errands = Errands { queue: Arc::clone(&queue), path: path.clone() };
    let pen = Pen { store, queue, head: recovery.head, follower, log_bytes: 0 };
    let thread = thread::Builder::new()
        .name("journal".to_owned())
        .spawn(move || pen.run())
        .map_err(|source| JournalError::new("start the thread of", &path, source))?;
    let writer = Writer {
        errands: errands.clone(),
        head: recovery.head,
        last_at_us: recovery.last_at_us,
        thread: Some(thread),
    };
    Ok((writer, errands))
}

impl Writer {
    /// The last entry that was given to the journal; it need not be durable yet.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The failure that ended the journal, if one did.
    pub fn failure(&self) -> Option<JournalError> {
        self.errands.queue.failure()
    }

    /// Gives the journal the entries that follow from one input: they are kept together or not at all.
    ///
    /// Waits while the queue is full, that is, while the disk is slower than the checkpoint. Entries that do not
    /// continue the journal are refused here and change nothing.
    pub fn append(
        &mut self,
        entries: Vec<Entry>,
        urgency: Urgency,
    ) -> Result<Pending<Head>, JournalError> {
        let mut head = self.head;
        let mut last_at_us = self.last_at_us;
        for entry in &entries {
            head = follows(&head, last_at_us, entry)
                .map_err(|cause| JournalError::new("append to", &self.errands.path, cause))?;
            last_at_us = Some(entry.at_us());
        }
        let (done, pending) = self.errands.queue.pending();
        self.errands.queue.push(Work::Append { entries, done }, urgency)?;
        self.head = head;
        self.last_at_us = last_at_us;
        Ok(pending)
    }

    /// Writes what was given, moves the log into the file, and ends the thread.
    pub fn close(mut self) -> Result<Head, JournalError> {
        self.end();
        match self.failure() {
            Some(error) => Err(error),
            None => Ok(self.head),
        }
    }

    fn end(&mut self) {
        self.errands.queue.close();
        if let Some(thread) = self.thread.take() {
            // What went wrong in there, the queue knows.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.end();
    }
}

/// The head after `entry`, if it is the next one. Its hash was computed when the entry was made.
fn follows(head: &Head, last_at_us: Option<i64>, entry: &Entry) -> Result<Head, Cause> {
    let (seq, at_us, bytes) = (entry.seq(), entry.at_us(), entry.body().len());
    let next = head.seq.saturating_add(1);
    let broken = |source| Err(Cause::Broken { seq: next, source });
    if entry.link.epoch != head.epoch {
        return broken(Break::OtherEpoch { seq, expected: head.epoch, found: entry.link.epoch });
    }
    if seq != next {
        return broken(Break::Gap { expected: next, found: seq });
    }
    if entry.link.prev != head.hash {
        return broken(Break::WrongPrevious { seq, expected: head.hash, found: entry.link.prev });
    }
    if bytes > BODY_LIMIT_BYTES {
        return Err(Cause::TooLarge { seq, bytes, limit: BODY_LIMIT_BYTES });
    }
    match last_at_us {
        Some(last_us) if at_us < last_us => Err(Cause::TimeWentBack { seq, at_us, last_us }),
        _ => Ok(entry.head()),
    }
}

impl Errands {
    /// Moves a cursor forward; answers where it stands. A position behind it changes nothing.
    pub fn acknowledge(&self, cursor: Cursor, seq: u64) -> Result<Pending<u64>, JournalError> {
        let (done, pending) = self.queue.pending();
        self.queue.push(Work::Acknowledge { cursor, seq, done }, Urgency::MayWait)?;
        Ok(pending)
    }

    /// Keeps a snapshot, and gives up all but the newest two.
    pub fn save_snapshot(&self, snapshot: Snapshot) -> Result<Pending<()>, JournalError> {
        let (done, pending) = self.queue.pending();
        self.queue.push(Work::Snapshot { snapshot, done }, Urgency::MayWait)?;
        Ok(pending)
    }

    /// Keeps a signature of a head.
    pub fn keep_signed_head(&self, head: SignedHead) -> Result<Pending<()>, JournalError> {
        let (done, pending) = self.queue.pending();
        self.queue.push(Work::Sign { head, done }, Urgency::MayWait)?;
        Ok(pending)
    }

    /// Removes the entries before `before`, in small steps between commits; answers how many there were.
    ///
    /// Refused if the hub has not acknowledged them, or if no snapshot stands in for them. `base` is the state after the last of them; it
    /// stays for as long as the journal begins there, so that what is left can be folded anew.
    pub fn trim(&self, before: u64, base: Option<Snapshot>) -> Result<Pending<u64>, JournalError> {
        let (done, pending) = self.queue.pending();
        self.queue.push_chore(Chore::Trim(Trim { before, base, removed: 0, done }))?;
        Ok(pending)
    }

    /// Gives free pages back to the file system, in small steps; answers when there are none left. Every trimming asks for it by itself.
    pub fn shrink(&self) -> Result<Pending<()>, JournalError> {
        let (done, pending) = self.queue.pending();
        self.queue.push_chore(Chore::Vacuum { done: Some(done) })?;
        Ok(pending)
    }
}

impl std::fmt::Debug for Errands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Errands").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What the thread owns.
struct Pen {
    store: Store,
    queue: Arc<Queue>,
    /// The last durable entry.
    head: Head,
    follower: Follower,
    /// About how many bytes were written to the log since it was last moved into the file.
    log_bytes: usize,
}

impl Pen {
    fn run(mut self) {
        // A follower that panics is a bug, and the loop must hear of it: nobody would be told of entries any more.
        let ended = panic::catch_unwind(AssertUnwindSafe(|| self.work()));
        let error = match ended {
            Ok(Ok(())) => return self.queue.finish(),
            Ok(Err(error)) => error,
            Err(_) => {
                self.error("follow", Cause::File(std::io::Error::other("the follower panicked")))
            }
        };
        self.queue.fail(&error);
        let _ = panic::catch_unwind(AssertUnwindSafe(|| (self.follower)(Err(&error))));
    }

    fn work(&mut self) -> Result<(), JournalError> {
        let mut after_commit = false;
        loop {
            let turn = self.queue.next(after_commit);
            after_commit = matches!(turn, Turn::Commit(_));
            match turn {
                Turn::Commit(work) => self.commit(work)?,
                Turn::Chore(chore) => self.step(chore)?,
                Turn::End => return self.checkpoint("TRUNCATE"),
            }
            if self.log_bytes > LOG_LIMIT_BYTES {
                self.log_bytes = 0;
                self.queue.put_back(Chore::Checkpoint);
            }
        }
    }

    /// One transaction, one sync; then everybody is told.
    fn commit(&mut self, work: Vec<Work>) -> Result<(), JournalError> {
        match self.write(&work) {
            Ok(written) => {
                self.head = written.head;
                self.log_bytes += written.bytes;
                if !written.entries.is_empty() {
                    (self.follower)(Ok(&written.entries));
                }
                answer(work, written.outcomes);
                Ok(())
            }
            Err(cause) => {
                let error = self.error("write to", cause);
                for work in work {
                    work.refuse(&error);
                }
                Err(error)
            }
        }
    }

    fn write(&mut self, work: &[Work]) -> Result<Written, Cause> {
        let path = self.store.path().to_owned();
        let transaction =
            self.store.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut written = Written {
            head: self.head,
            entries: Vec::new(),
            outcomes: Vec::new(),
            bytes: COMMIT_BYTES,
        };
        for work in work {
            let head_seq = written.head.seq;
            let beyond = |seq| Cause::BeyondHead { seq, head: head_seq };
            let outcome = match work {
                Work::Append { entries, .. } => {
                    insert(&transaction, entries)?;
                    written.bytes +=
                        entries.iter().map(|entry| entry.body().len() + 128).sum::<usize>();
                    written.entries.extend_from_slice(entries);
                    written.head = entries.last().map_or(written.head, Entry::head);
                    Ok(Outcome::Appended(written.head))
                }
                Work::Acknowledge { cursor, seq, .. } if *seq <= written.head.seq => {
                    Ok(Outcome::Acknowledged(acknowledge(&transaction, *cursor, *seq)?))
                }
                Work::Acknowledge { seq, .. } => Err(beyond(*seq)),
                Work::Snapshot { snapshot, .. } => {
                    written.bytes += snapshot.state.len();
                    match keep_snapshot(&transaction, snapshot, &written.head)? {
                        true => Ok(Outcome::Kept),
                        false => Err(beyond(snapshot.seq)),
                    }
                }
                Work::Sign { head, .. } => {
                    keep_signature(&transaction, head)?;
                    Ok(Outcome::Kept)
                }
            };
            written
                .outcomes
                .push(outcome.map_err(|cause| JournalError::new("write to", &path, cause)));
        }
        transaction.commit()?;
        Ok(written)
    }

    /// One small step of a chore; what is left goes back to the queue.
    fn step(&mut self, chore: Chore) -> Result<(), JournalError> {
        match chore {
            Chore::Trim(trim) => self.trim(trim),
            Chore::Vacuum { done } => {
                let left = self.vacuum().map_err(|cause| self.error("shrink", cause))?;
                self.log_bytes += VACUUM_PAGES * PAGE_BYTES;
                if left > 0 {
                    self.queue.put_back(Chore::Vacuum { done });
                } else if let Some(done) = done {
                    let _ = done.send(Ok(()));
                }
                Ok(())
            }
            Chore::Checkpoint => self.checkpoint("PASSIVE"),
        }
    }

    fn trim(&mut self, mut trim: Trim) -> Result<(), JournalError> {
        match self.remove_some(trim.before, trim.base.as_ref()) {
            Ok(Trimmed::Refused(cause)) => {
                let _ = trim.done.send(Err(self.error("trim", cause)));
                Ok(())
            }
            Ok(Trimmed::Removed(0)) => {
                let _ = trim.done.send(Ok(trim.removed));
                self.queue.put_back(Chore::Vacuum { done: None });
                Ok(())
            }
            Ok(Trimmed::Removed(entries)) => {
                self.log_bytes += COMMIT_BYTES * 4;
                trim.removed += entries;
                self.queue.put_back(Chore::Trim(trim));
                Ok(())
            }
            Err(cause) => {
                let error = self.error("trim", cause);
                let _ = trim.done.send(Err(error.clone()));
                Err(error)
            }
        }
    }

    fn remove_some(&mut self, before: u64, base: Option<&Snapshot>) -> Result<Trimmed, Cause> {
        let transaction =
            self.store.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let snapshot: u64 = transaction
            .query_row(
                "SELECT min(seq) FROM (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT 2)",
                [],
                |row| row.get::<_, Option<u64>>(0),
            )?
            .unwrap_or(0);
        let bounds = [
            (cursor(&transaction, Cursor::Hub)?, "the hub has not acknowledged them"),
            (snapshot, "no older snapshot stands in for them"),
        ];
        for (needed, why) in bounds {
            if before > needed.saturating_add(1) {
                return Ok(Trimmed::Refused(Cause::StillNeeded { before, needed, why }));
            }
        }
        let from = origin(&transaction)?.seq;
        let last = before.saturating_sub(1).min(from.saturating_add(TRIM_STEP));
        if last <= from {
            return Ok(Trimmed::Removed(0));
        }
        let hash = transaction
            .query_row("SELECT hash FROM entries WHERE seq = ?1", [row(last)], |row| {
                row.get::<_, [u8; 32]>(0)
            })
            .optional()?
            .ok_or(Cause::Damaged { seq: last, what: "it is missing" })?;
        transaction.execute(
            "INSERT INTO trimmed (only, seq, hash) VALUES (1, ?1, ?2)
             ON CONFLICT (only) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
            (row(last), hash),
        )?;
        let removed = transaction.execute("DELETE FROM entries WHERE seq <= ?1", [row(last)])?;
        transaction.execute("DELETE FROM signed_heads WHERE seq <= ?1", [row(last)])?;
        transaction.execute("DELETE FROM snapshots WHERE seq < ?1", [row(last)])?;
        if let Some(base) = base.filter(|base| base.seq == last) {
            insert_snapshot(&transaction, base, Hash(hash))?;
        }
        transaction.commit()?;
        Ok(Trimmed::Removed(u64::try_from(removed).unwrap_or(u64::MAX)))
    }

    /// Gives some free pages back; answers how many are left.
    fn vacuum(&mut self) -> Result<u64, Cause> {
        let connection = &self.store.connection;
        // The statement frees a page each time it is stepped, so it has to be stepped to its end.
        let mut statement =
            connection.prepare(&format!("PRAGMA incremental_vacuum({VACUUM_PAGES})"))?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        Ok(connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?)
    }

    fn checkpoint(&mut self, mode: &str) -> Result<(), JournalError> {
        self.store
            .connection
            .query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()))
            .map_err(|cause| self.error("move the log into", cause.into()))
    }

    fn error(&self, step: &'static str, cause: Cause) -> JournalError {
        JournalError::new(step, self.store.path(), cause)
    }
}

struct Written {
    head: Head,
    entries: Vec<Entry>,
    outcomes: Vec<Result<Outcome, JournalError>>,
    bytes: usize,
}

enum Outcome {
    Appended(Head),
    Acknowledged(u64),
    Kept,
}

enum Trimmed {
    Removed(u64),
    Refused(Cause),
}

/// Gives each piece of work its outcome. Whoever waited may have gone, which is fine.
fn answer(work: Vec<Work>, outcomes: Vec<Result<Outcome, JournalError>>) {
    for (work, outcome) in work.into_iter().zip(outcomes) {
        match (work, outcome) {
            (work, Err(error)) => work.refuse(&error),
            (Work::Append { done, .. }, Ok(Outcome::Appended(head))) => drop(done.send(Ok(head))),
            (Work::Acknowledge { done, .. }, Ok(Outcome::Acknowledged(seq))) => {
                drop(done.send(Ok(seq)));
            }
            (Work::Snapshot { done, .. } | Work::Sign { done, .. }, Ok(_)) => {
                drop(done.send(Ok(())));
            }
            (Work::Append { .. } | Work::Acknowledge { .. }, Ok(_)) => {}
        }
    }
}

fn insert(transaction: &Transaction<'_>, entries: &[Entry]) -> Result<(), rusqlite::Error> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO entries (seq, at_us, class, hash, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for entry in entries {
        let class = class_number(entry.class());
        statement.execute((
            row(entry.seq()),
            entry.at_us(),
            class,
            entry.hash().0,
            entry.body(),
        ))?;
    }
    Ok(())
}

fn acknowledge(
    transaction: &Transaction<'_>,
    which: Cursor,
    seq: u64,
) -> Result<u64, rusqlite::Error> {
    transaction
        .prepare_cached(
            "INSERT INTO cursors (name, seq) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET seq = max(seq, excluded.seq)",
        )?
        .execute((cursor_name(which), row(seq)))?;
    cursor(transaction, which)
}

/// Keeps a snapshot beside the hash of its entry, and gives up all but the newest two and the one that the journal begins on; `false` if
/// there is no such entry.
fn keep_snapshot(
    transaction: &Transaction<'_>,
    snapshot: &Snapshot,
    head: &Head,
) -> Result<bool, Cause> {
    let entry_hash = if snapshot.seq == head.seq {
        Some(head.hash)
    } else {
        transaction
            .query_row("SELECT hash FROM entries WHERE seq = ?1", [row(snapshot.seq)], |row| {
                row.get(0).map(Hash)
            })
            .optional()?
    };
    let Some(entry_hash) = entry_hash else { return Ok(false) };
    insert_snapshot(transaction, snapshot, entry_hash)?;
    transaction.execute(
        "DELETE FROM snapshots WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT 2)
         AND seq NOT IN (SELECT seq FROM trimmed)",
        [],
    )?;
    Ok(true)
}

fn insert_snapshot(
    transaction: &Transaction<'_>,
    snapshot: &Snapshot,
    entry_hash: Hash,
) -> Result<(), rusqlite::Error> {
    let state_hash = Hash::of(&snapshot.state).0;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO snapshots (seq, entry_hash, format, state_hash, state)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((row(snapshot.seq), entry_hash.0, snapshot.format, state_hash, &snapshot.state))
        .map(drop)
}

fn keep_signature(
    transaction: &Transaction<'_>,
    signed: &SignedHead,
) -> Result<(), rusqlite::Error> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO signed_heads (seq, hash, at_us, signature) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((row(signed.head.seq), signed.head.hash.0, signed.at_us, signed.signature))
        .map(drop)
}

/// The number that stands for a class in the file.
pub(super) fn class_number(class: Class) -> i64 {
    match class {
        Class::Bulk => 0,
        Class::Express => 1,
    }
}

const PAGE_BYTES: usize = 4096;
/// A commit writes at least the pages of the table's and the cursors' ends.
const COMMIT_BYTES: usize = 2 * PAGE_BYTES;
/// With so many bytes in the log it is moved into the file.
const LOG_LIMIT_BYTES: usize = 4 * 1024 * 1024;
/// Entries that one step of retention removes: a few milliseconds, so that an alarm hardly waits.
const TRIM_STEP: u64 = 1000;
/// Pages that one step gives back.
const VACUUM_PAGES: usize = 128;
