//! The journal: what happened at this checkpoint, in order, durable, and chained so that nobody can rewrite it unseen.
//!
//! One SQLite file holds the entries, the positions of those who follow them, and snapshots of the state, so that they
//! change in one transaction (why SQLite: `docs/decisions/0001-the-journal-is-sqlite.md`). One file is one epoch.
//!
//! ```text
//!   the loop --append--> queue --+                      +--> follower: screens, sync, index, in order
//!   errands: acknowledge, -------+--> writer's thread --+--> whoever waits on a `Pending`
//!   snapshot, trim, sign                    |
//!                                  one transaction, one sync, up to 5 ms or 100 entries
//! ```
//!
//! It promises:
//! - What [`Pending`] or the follower told of is on the disk, and is there after a power cut.
//! - What is appended together is kept together or not at all.
//! - An urgent group is committed at once, with all that stands before it in the queue; it waits for no batch, and at
//!   most for the one commit or the one small housekeeping step that is under way.
//! - Numbers follow one another, each entry names the hash of the one before it, and time never goes back.
//! - The first failure to write is the last thing that it does: from then on everything is refused with that error,
//!   because a sync that failed once may claim success the next time without having written anything.
//! - A second agent on the same file is refused.
//!
//! It deliberately does not know what an entry means: bodies are opaque but for the place that [`wire::chain`] reads
//! from them. It reads no clock and retries nothing.

mod error;
mod queue;
mod reader;
mod recovery;
mod store;
mod verify;
mod writer;

use std::{ops::RangeInclusive, path::Path, sync::Arc, time::Duration};

use wire::{
    Class,
    chain::{Break, Epoch, Hash, Head, Link},
};

pub use self::{
    error::{Cause, JournalError},
    queue::Pending,
    reader::{Reader, SCAN_LIMIT_BYTES, Stats},
    verify::{DAMAGE_LIMIT, Damage, Verified, verify},
    writer::{Errands, Follower, Writer},
};
use self::{recovery::Recovery, store::Store};

/// One entry as it is kept: its body, byte for byte, and what the journal needs to know of it.
///
/// It exists only as a body whose place and hash were read from its own bytes. A copy is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    link: Link,
    hash: Hash,
    class: Class,
    body: Arc<[u8]>,
}

impl Entry {
    /// The entry with this body, which must be the very next one after `head`.
    pub fn after(head: &Head, class: Class, body: Vec<u8>) -> Result<Entry, Break> {
        let hash = head.follow(&body)?.hash;
        Ok(Entry { link: Link::read(&body)?, hash, class, body: body.into() })
    }

    /// The entry's number; the first of an epoch is 1.
    pub fn seq(&self) -> u64 {
        self.link.seq
    }

    /// When it happened, in microseconds since 1970-01-01T00:00:00Z.
    pub fn at_us(&self) -> i64 {
        self.link.at_us
    }

    /// How it travels to the hub.
    pub fn class(&self) -> Class {
        self.class
    }

    /// The hash of the body.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The body, as it was first written.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The head of a journal that ends with this entry.
    pub fn head(&self) -> Head {
        Head { epoch: self.link.epoch, seq: self.link.seq, hash: self.hash }
    }
}

/// Whether a group may wait for others to share its sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Up to [`Grouping::wait`].
    MayWait,
    /// Not at all: an alarm.
    AtOnce,
}

/// A position in the journal that somebody else holds; it never moves back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// Every entry up to here is durable at the hub. Retention never passes it.
    Hub,
    /// Every express entry up to here is durable at the hub.
    Express,
}

/// How many entries share one sync, and how many may wait.
#[derive(Clone, Copy, Debug)]
pub struct Grouping {
    /// How long the first entry of a group waits for others.
    pub wait: Duration,
    /// With so many entries a group waits no longer.
    pub entries: usize,
    /// With so many bytes of bodies a group waits no longer.
    pub bytes: usize,
    /// With so many entries in the queue, [`Writer::append`] waits for room; an urgent group may use as many again.
    pub queue_entries: usize,
}

impl Default for Grouping {
    fn default() -> Grouping {
        Grouping {
            wait: Duration::from_millis(5),
            entries: 100,
            bytes: 256 * 1024,
            queue_entries: 4096,
        }
    }
}

/// The state of the checkpoint after an entry, as the loop encoded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last entry that the state includes; 0 before the first.
    pub seq: u64,
    /// The format of `state`; its numbers are the loop's.
    pub format: u32,
    /// The encoded state.
    pub state: Vec<u8>,
}

/// What was found when a journal was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Whether the journal was begun just now, with the epoch that the caller offered.
    pub begun: bool,
    /// The last entry, or the epoch's genesis.
    pub head: Head,
    /// The last entry's time, in microseconds since 1970-01-01T00:00:00Z; nothing may be appended with an earlier one.
    pub last_at_us: Option<i64>,
    /// The newest state that is whole and readable; the entries after it are verified and must be folded onto it.
    /// Without one, the fold begins at entry 1.
    pub snapshot: Option<Snapshot>,
    /// How many entries stand after the snapshot.
    pub tail: u64,
    /// What the hub has acknowledged: in order, and express.
    pub acknowledged: Acknowledged,
}

/// The two positions of the hub; 0 means nothing yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acknowledged {
    /// [`Cursor::Hub`].
    pub hub: u64,
    /// [`Cursor::Express`].
    pub express: u64,
}

/// A journal that was opened and recovered, before anybody writes to it.
#[derive(Debug)]
pub struct Journal {
    store: Store,
    recovery: Recovery,
}

impl Journal {
    /// Opens the journal in the file `path`, or begins one with the epoch `fresh` if there is none.
    ///
    /// Recovery reads only what comes after the newest whole snapshot whose format is in `formats`, and checks its
    /// chain; [`verify`] reads everything.
    pub fn open(
        path: &Path,
        fresh: Epoch,
        formats: RangeInclusive<u32>,
    ) -> Result<(Journal, Opened), JournalError> {
        let (store, begun) = Store::open(path, fresh)?;
        let recovery = Recovery::of(&store, &formats)?;
        let opened = Opened {
            begun,
            head: recovery.head,
            last_at_us: recovery.last_at_us,
            snapshot: recovery.snapshot.clone(),
            tail: recovery.tail,
            acknowledged: recovery.acknowledged,
        };
        Ok((Journal { store, recovery }, opened))
    }

    /// A view of its own on what is durable; reading never delays writing.
    pub fn reader(&self) -> Result<Reader, JournalError> {
        Reader::open(self.store.path())
    }

    /// Starts the writer's thread. `follower` is told of every durable entry, in order, and of the failure that ends
    /// the journal; it runs on the writer's thread and must not block.
    pub fn start(
        self,
        grouping: Grouping,
        follower: Follower,
    ) -> Result<(Writer, Errands), JournalError> {
        writer::start(self.store, &self.recovery, grouping, follower)
    }
}

/// No body may be larger: what is larger is not an event.
pub const BODY_LIMIT_BYTES: usize = wire::sync::BODY_LIMIT_BYTES;

#[cfg(test)]
mod tests;
