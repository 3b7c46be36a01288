//! The store under the index: one sled tree with the keys, and what the tree says of itself.
//!
//! sled's flush is no durability (spacejam/sled #1452), and a damaged file can make it panic instead of answering with
//! an error. So the tree is believed only if the words *closed in order* are in it, which are taken out when it is
//! opened and put back as the last thing; the callers stand ready to catch panics.

use std::path::Path;

use wire::chain::Epoch;

use super::{Number, key::Key};

/// An open tree.
pub(super) struct Tree {
    db: sled::Db,
}

/// What a tree covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coverage {
    /// The journal's epoch.
    pub(super) epoch: Epoch,
    /// The first entry that was still in the journal when the tree was begun.
    pub(super) first_seq: u64,
    /// The last entry that is in the tree.
    pub(super) last_seq: u64,
}

impl Tree {
    pub(super) fn open(folder: &Path, cache_bytes: u64) -> Result<Tree, sled::Error> {
        let db = sled::Config::new().path(folder).cache_capacity(cache_bytes).open()?;
        Ok(Tree { db })
    }

    /// Takes the words *closed in order* out; tells what the tree covers if they were there.
    pub(super) fn begin(&self) -> Result<Option<Coverage>, sled::Error> {
        let closed = self.db.remove(CLOSED_IN_ORDER)?;
        self.db.flush()?;
        Ok(closed.and_then(|bytes| Coverage::read(&bytes)))
    }

    /// Puts the words back, after everything else has been handed to the disk.
    pub(super) fn end(&self, coverage: &Coverage) -> Result<(), sled::Error> {
        self.db.flush()?;
        self.db.insert(CLOSED_IN_ORDER, coverage.write())?;
        self.db.flush().map(drop)
    }

    pub(super) fn put(&self, numbers: &[Number]) -> Result<(), sled::Error> {
        let mut batch = sled::Batch::default();
        for key in numbers.iter().filter_map(Key::of) {
            batch.insert(key.0, &[]);
        }
        self.db.apply_batch(batch)
    }

    pub(super) fn find(&self, prefixes: &[Key], limit: usize) -> Result<Vec<Number>, sled::Error> {
        let mut numbers = Vec::new();
        for Key(prefix) in prefixes {
            for item in self.db.scan_prefix(prefix).take(limit - numbers.len()) {
                let (key, _) = item?;
                numbers.extend(Key::read(&key));
            }
        }
        Ok(numbers)
    }
}

impl Coverage {
    fn write(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend_from_slice(&self.epoch.0);
        bytes.extend_from_slice(&self.first_seq.to_be_bytes());
        bytes.extend_from_slice(&self.last_seq.to_be_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Coverage> {
        let (epoch, rest) = bytes.strip_prefix(&[FORMAT])?.split_first_chunk()?;
        let (first_seq, rest) = rest.split_first_chunk()?;
        let last_seq = rest.try_into().ok()?;
        Some(Coverage {
            epoch: Epoch(*epoch),
            first_seq: u64::from_be_bytes(*first_seq),
            last_seq: u64::from_be_bytes(last_seq),
        })
    }
}

/// Begins with a byte that no kind has.
const CLOSED_IN_ORDER: &[u8] = b"\0closed in order";
/// Changes when keys are written differently: a tree of another format is rebuilt.
const FORMAT: u8 = 1;
