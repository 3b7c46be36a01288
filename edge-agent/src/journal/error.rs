//! What can go wrong with a journal: always which file, at which step, and why.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use wire::chain::Break;

/// The journal could not do what was asked. After a failure to write, nothing may be decided any more.
#[derive(Clone, Debug, thiserror::Error)]
#[error("failed to {step} the journal {}", path.display())]
pub struct JournalError {
    step: &'static str,
    path: PathBuf,
    #[source]
    cause: Arc<Cause>,
}

impl JournalError {
    pub(super) fn new(step: &'static str, path: &Path, cause: impl Into<Cause>) -> JournalError {
        JournalError { step, path: path.to_owned(), cause: Arc::new(cause.into()) }
    }

    /// Why: callers who can do something about it look here.
    pub fn cause(&self) -> &Cause {
        &self.cause
    }
}

/// Why a journal could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The database refused: the disk is full, a page cannot be read, ...
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    /// The file system refused.
    #[error(transparent)]
    File(#[from] io::Error),
    /// Another agent has it open.
    #[error(
        "it is in use by the process {process}: one journal has one agent; stop that one first"
    )]
    InUse {
        /// What the lock file says of the other process; may be empty.
        process: String,
    },
    /// The file is there, but no agent of this kind wrote it.
    #[error(
        "the file is not a journal of this program (application id {found:#x}): it was left alone"
    )]
    NotAJournal {
        /// The application id in the file's header.
        found: i64,
    },
    /// A newer program wrote it.
    #[error(
        "its schema is {found}, and this program reads up to {known}: a newer version wrote it"
    )]
    Newer {
        /// The schema in the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// The database's file is gone, but the log that belongs to it is still there.
    #[error("the file is missing while its log {} is there: put the file back, or move the log away", log.display())]
    FileMissing {
        /// The log.
        log: PathBuf,
    },
    /// An entry is not the next one of the chain.
    #[error("the chain breaks at entry {seq}")]
    Broken {
        /// The number that should have followed.
        seq: u64,
        /// How it breaks.
        source: Break,
    },
    /// An entry's body or its index was changed.
    #[error("entry {seq} is damaged: {what}")]
    Damaged {
        /// The entry's number.
        seq: u64,
        /// What does not fit.
        what: &'static str,
    },
    /// Entries before `first` were given up by retention, and no snapshot can stand in for them.
    #[error(
        "no snapshot is readable and the entries before {first} are gone: the state cannot be rebuilt"
    )]
    NoState {
        /// The first entry that is there.
        first: u64,
    },
    /// An entry's time lies before its predecessor's.
    #[error("entry {seq} happened at {at_us} us, before its predecessor at {last_us} us")]
    TimeWentBack {
        /// The entry's number.
        seq: u64,
        /// Its time, in microseconds since 1970-01-01T00:00:00Z.
        at_us: i64,
        /// Its predecessor's time.
        last_us: i64,
    },
    /// A body is larger than any event can be.
    #[error("entry {seq} has {bytes} bytes, and {limit} are allowed")]
    TooLarge {
        /// The entry's number.
        seq: u64,
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A position was named that the journal has not reached.
    #[error("position {seq} lies beyond the last entry, {head}")]
    BeyondHead {
        /// The position.
        seq: u64,
        /// The last durable entry.
        head: u64,
    },
    /// Retention asked for entries that are still needed.
    #[error("entries before {before} were to go, but those after {needed} are needed: {why}")]
    StillNeeded {
        /// The first entry to be kept, as asked.
        before: u64,
        /// Entries up to this one are not needed any more.
        needed: u64,
        /// What the others are needed for.
        why: &'static str,
    },
    /// The writer's thread has ended.
    #[error("it was closed")]
    Closed,
}
