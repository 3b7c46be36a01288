//! Starting is recovery: the newest snapshot, the entries after it, and the checkpoint is known again.

use std::io::{Read, Write};
use std::path::Path;

use checkpoint::Checkpoint;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rand::RngCore;
use wire::chain::{Epoch, Head};
use wire::entry::{Decoded, EntryError};

use crate::journal::{self, Journal, JournalError, Reader};

/// The format of snapshots that this program writes: gzip of JSON of [`Checkpoint`]. Older ones are folded anew.
pub const STATE_FORMAT: u32 = 1;

/// A journal and what it says.
pub struct Opened {
    /// The journal, before anybody writes to it.
    pub journal: Journal,
    /// What is known.
    pub checkpoint: Checkpoint,
    /// The last entry.
    pub head: Head,
    /// Whether the journal was begun just now.
    pub begun: bool,
    /// How many entries were folded.
    pub folded: u64,
}

/// A journal that cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The journal itself.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An entry that this program cannot read and that no newer one wrote.
    #[error("entry {seq} of the journal cannot be read")]
    Entry {
        /// Which.
        seq: u64,
        /// Why.
        source: EntryError,
    },
    /// The snapshot is not readable, and the entries before it are gone.
    #[error("the snapshot at entry {seq} cannot be read, and the entries before {first} are gone")]
    State {
        /// Which snapshot.
        seq: u64,
        /// The first entry that is there.
        first: u64,
    },
}

/// Opens the journal in `path`, or begins one, and folds what it says.
pub fn open(path: &Path) -> Result<Opened, OpenError> {
    let mut fresh = [0; 16];
    rand::rng().fill_bytes(&mut fresh);
    let (journal, opened) = Journal::open(path, Epoch(fresh), STATE_FORMAT..=STATE_FORMAT)?;
    let reader = journal.reader()?;
    let snapshot =
        opened.snapshot.as_ref().map(|snapshot| (snapshot.seq, load_state(&snapshot.state)));
    let (after, state) = match snapshot {
        None => (0, Checkpoint::default()),
        Some((seq, Some(state))) => (seq, state),
        Some((seq, None)) => {
            let first = reader.stats()?.first_seq;
            if first > 1 {
                return Err(OpenError::State { seq, first });
            }
            tracing::warn!(seq, "the snapshot cannot be read; everything is folded anew");
            (0, Checkpoint::default())
        }
    };
    let (checkpoint, folded) = fold_all(&reader, after, state)?;
    Ok(Opened { journal, checkpoint, head: opened.head, begun: opened.begun, folded })
}

/// Folds every entry after `after` onto `state`; answers how many there were. Entries of a newer release are passed over.
pub fn fold_all(
    reader: &Reader,
    after: u64,
    state: Checkpoint,
) -> Result<(Checkpoint, u64), OpenError> {
    let (mut checkpoint, mut last, mut folded) = (state, after, 0);
    loop {
        let entries = reader.scan(last.saturating_add(1), SCAN)?;
        if entries.is_empty() {
            return Ok((checkpoint, folded));
        }
        for entry in &entries {
            last = entry.seq();
            folded += 1;
            if let Some(entry) = read(entry)? {
                checkpoint.follow(&entry);
            }
        }
    }
}

/// What an entry says; nothing if a newer release wrote it.
pub(super) fn read(entry: &journal::Entry) -> Result<Option<checkpoint::event::Entry>, OpenError> {
    match wire::entry::decode(entry.body()) {
        Ok(Decoded::Entry(entry)) => Ok(Some(*entry)),
        Ok(Decoded::Newer { seq, unknown, .. }) => {
            tracing::warn!(seq, unknown, "an entry of a newer release is passed over");
            Ok(None)
        }
        Err(source) => Err(OpenError::Entry { seq: entry.seq(), source }),
    }
}

/// A state as a snapshot keeps it.
pub(crate) fn save_state(checkpoint: &Checkpoint) -> std::io::Result<Vec<u8>> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    serde_json::to_writer(&mut out, checkpoint)?;
    out.flush()?;
    out.finish()
}

/// A state out of a snapshot, if it can be read.
pub fn load_state(bytes: &[u8]) -> Option<Checkpoint> {
    let mut json = Vec::new();
    GzDecoder::new(bytes).take(STATE_LIMIT_BYTES).read_to_end(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}

/// Entries that are read at once.
const SCAN: usize = 1000;
/// A larger state is none: it would not fit the machine.
const STATE_LIMIT_BYTES: u64 = 1024 * 1024 * 1024;
