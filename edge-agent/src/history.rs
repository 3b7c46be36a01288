//! A journal folded again from its first entry that is there: for questions about the past, and for what may go from it.
//!
//! It reads beside an agent that runs, and changes nothing.

use std::ops::ControlFlow;

use checkpoint::Checkpoint;
use checkpoint::event::Entry;
use wire::chain::Head;
use wire::entry::{Decoded, EntryError};

use crate::agent::load_state;
use crate::journal::{self, JournalError, Reader};

/// A journal of which the past cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
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
    /// Nothing says what was known when the journal began.
    #[error(
        "the entries before {first} are gone, and the state in which they ended cannot be read: ask the hub, which has them all"
    )]
    NoBeginning {
        /// The first entry that is there.
        first: u64,
    },
}

/// What was known before the first entry that is there, and the entry before it.
///
/// # Errors
///
/// [`HistoryError`] if the journal was shortened and the state was not kept.
pub fn beginning(reader: &Reader) -> Result<(Checkpoint, Head), HistoryError> {
    let (origin, kept) = reader.beginning()?;
    if origin.seq == 0 {
        return Ok((Checkpoint::default(), origin));
    }
    let state = kept.and_then(|snapshot| load_state(&snapshot.state));
    match state {
        Some(state) => Ok((state, origin)),
        None => Err(HistoryError::NoBeginning { first: origin.seq.saturating_add(1) }),
    }
}

/// Reads every entry after `after` in order, until `told` has had enough; entries of a newer release come without their meaning.
///
/// # Errors
///
/// [`HistoryError`] if one cannot be read.
pub fn each(
    reader: &Reader,
    after: u64,
    mut told: impl FnMut(&journal::Entry, Option<&Entry>) -> ControlFlow<()>,
) -> Result<(), HistoryError> {
    let mut last = after;
    loop {
        let entries = reader.scan(last.saturating_add(1), SCAN)?;
        if entries.is_empty() {
            return Ok(());
        }
        for kept in &entries {
            last = kept.seq();
            let flow = match wire::entry::decode(kept.body()) {
                Ok(Decoded::Entry(entry)) => told(kept, Some(&entry)),
                Ok(Decoded::Newer { .. }) => told(kept, None),
                Err(source) => return Err(HistoryError::Entry { seq: last, source }),
            };
            if flow.is_break() {
                return Ok(());
            }
        }
    }
}

/// Entries that are read at once.
const SCAN: usize = 1000;
