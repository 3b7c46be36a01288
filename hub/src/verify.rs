//! Walks stored chains, entry by entry, and says where they break.
//!
//! It trusts nothing but the bodies: hashes are computed again, predecessors are read from the bodies, and the end must be the head
//! that was acknowledged. Columns that say something else than the body are found as well.

use wire::chain::{Hash, Head, Link};

use crate::store::chains::{StoredChain, StoredEntry};
use crate::store::{Store, StoreError};

/// Entries read at once.
const PAGE: u32 = 2000;

/// What was found in one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that were walked.
    pub walked: u64,
    /// Where it breaks, in a sentence; none if it is whole.
    pub broken: Option<String>,
}

/// Walks one chain; `progress` hears how many entries are done.
pub async fn walk(
    store: &Store,
    checkpoint: &str,
    chain: &StoredChain,
    mut progress: impl FnMut(u64),
) -> Result<Verdict, StoreError> {
    let mut head = Head::genesis(chain.head.epoch);
    let broken = |walked, sentence| Ok(Verdict { walked, broken: Some(sentence) });
    loop {
        let page = store.entries(checkpoint, chain.head.epoch, head.seq + 1, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for entry in &page {
            match follow(&head, entry) {
                Ok(next) => head = next,
                Err(sentence) => return broken(head.seq, sentence),
            }
        }
        progress(head.seq);
    }
    if head != chain.head {
        return broken(
            head.seq,
            format!(
                "the chain ends with entry {} ({}), and entry {} ({}) was acknowledged: its end is missing or was replaced",
                head.seq, head.hash, chain.head.seq, chain.head.hash
            ),
        );
    }
    Ok(Verdict { walked: head.seq, broken: None })
}

fn follow(head: &Head, entry: &StoredEntry) -> Result<Head, String> {
    let next = head.follow(&entry.body).map_err(|broken| broken.to_string())?;
    if entry.seq != next.seq {
        return Err(format!("the row of entry {} holds the body of entry {}", entry.seq, next.seq));
    }
    if entry.hash != Hash::of(&entry.body) {
        return Err(format!("entry {}: the stored hash is not that of its body", entry.seq));
    }
    if Link::read(&entry.body).map(|link| link.at_us) != Ok(entry.at_us) {
        return Err(format!("entry {}: the stored time is not that of its body", entry.seq));
    }
    Ok(next)
}
