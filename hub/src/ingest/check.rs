//! What of a batch follows, what is known already, and what is refused. Pure: hashes in, verdict out.

use std::collections::BTreeMap;

use wire::chain::{Break, Epoch, Hash, Head, Link, SignedHead, VerifyingKey};
use wire::sync::refusal::Reason;

use crate::fold::Copies;
use crate::store::chains::{ChainState, StoredEntry};

/// Why the hub takes no more on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The reason as the protocol names it.
    pub reason: Reason,
    /// What it says about the chain; none if it says nothing.
    pub chain: Option<ChainState>,
    /// The entry it is about.
    pub at_seq: Option<u64>,
    /// For the technician.
    pub detail: String,
    /// The body that was refused and must be kept.
    pub evidence: Option<Vec<u8>>,
}

/// What the hub holds where a batch falls.
#[derive(Debug)]
pub struct Held<'a> {
    /// The end of the stored chain.
    pub head: Head,
    /// Hashes of stored entries, at least of those whose numbers are in the batch.
    pub stored: &'a BTreeMap<u64, Hash>,
    /// Express copies beyond the head.
    pub express: &'a Copies,
}

/// A batch, sorted out.
#[derive(Debug, PartialEq, Eq)]
pub struct Sorted {
    /// Entries to store, in order.
    pub fresh: Vec<StoredEntry>,
    /// The head after them.
    pub head: Head,
    /// Entries that were there already.
    pub repeated: usize,
    /// What ended the batch early. What stands before it is good.
    pub objection: Option<Objection>,
}

/// Sorts out a bulk batch: each entry must follow the one before it, or be stored already with the same bytes.
pub fn bulk(held: &Held<'_>, bodies: Vec<Vec<u8>>, now_us: i64) -> Sorted {
    let mut sorted = Sorted {
        fresh: Vec::with_capacity(bodies.len()),
        head: held.head,
        repeated: 0,
        objection: None,
    };
    for body in bodies {
        let hash = Hash::of(&body);
        match sorted.head.follow(&body) {
            Ok(next) => match held.express.get(&next.seq) {
                Some(copy) if copy.hash != hash => {
                    sorted.objection = Some(fork(next.seq, copy.hash, hash, body));
                    return sorted;
                }
                copy => {
                    // An entry that came ahead has been here since then.
                    let received_us = copy.map_or(now_us, |copy| copy.received_us);
                    let at_us = Link::read(&body).map_or(0, |link| link.at_us);
                    let express = copy.is_some();
                    sorted.fresh.push(StoredEntry {
                        seq: next.seq,
                        hash,
                        at_us,
                        received_us,
                        express,
                        body,
                    });
                    sorted.head = next;
                }
            },
            Err(Break::Repeated { .. }) => sorted.repeated += 1,
            Err(Break::Behind { found, .. }) => {
                let known = held.stored.get(&found).copied().or_else(|| {
                    sorted.fresh.iter().find(|entry| entry.seq == found).map(|entry| entry.hash)
                });
                match known {
                    Some(known) if known == hash => sorted.repeated += 1,
                    known => {
                        sorted.objection =
                            Some(fork(found, known.unwrap_or(Hash([0; 32])), hash, body));
                        return sorted;
                    }
                }
            }
            Err(broken) => {
                sorted.objection = Some(refused(broken, body));
                return sorted;
            }
        }
    }
    sorted
}

/// Sorts out an express batch: entries of this epoch, in any distance beyond the head. They are stored as copies.
pub fn express(held: &Held<'_>, epoch: Epoch, bodies: Vec<Vec<u8>>, now_us: i64) -> Sorted {
    let mut sorted = Sorted { fresh: Vec::new(), head: held.head, repeated: 0, objection: None };
    let mut new: BTreeMap<u64, Hash> = BTreeMap::new();
    for body in bodies {
        let hash = Hash::of(&body);
        let link = match Link::read(&body) {
            Ok(link) if link.epoch == epoch && link.seq > MOST_ENTRIES => {
                sorted.objection = Some(beyond(link.seq));
                return sorted;
            }
            Ok(link) if link.epoch == epoch => link,
            Ok(link) => {
                let other = Break::OtherEpoch { seq: link.seq, expected: epoch, found: link.epoch };
                sorted.objection = Some(refused(other, body));
                return sorted;
            }
            Err(broken) => {
                sorted.objection = Some(refused(broken, body));
                return sorted;
            }
        };
        let known = held
            .stored
            .get(&link.seq)
            .copied()
            .or_else(|| held.express.get(&link.seq).map(|copy| copy.hash))
            .or_else(|| new.get(&link.seq).copied());
        match known {
            Some(known) if known == hash => sorted.repeated += 1,
            Some(known) => {
                sorted.objection = Some(fork(link.seq, known, hash, body));
                return sorted;
            }
            None => {
                new.insert(link.seq, hash);
                sorted.fresh.push(StoredEntry {
                    seq: link.seq,
                    hash,
                    at_us: link.at_us,
                    received_us: now_us,
                    express: true,
                    body,
                });
            }
        }
    }
    sorted
}

/// The last number that the store can keep apart from the next one. No journal comes near it.
const MOST_ENTRIES: u64 = i64::MAX.unsigned_abs();

fn beyond(seq: u64) -> Objection {
    Objection {
        reason: Reason::BadChain,
        chain: None,
        at_seq: Some(seq),
        detail: format!("no journal has an entry {seq}: {MOST_ENTRIES} is the last number"),
        evidence: None,
    }
}

fn fork(seq: u64, ours: Hash, theirs: Hash, body: Vec<u8>) -> Objection {
    refused(Break::Fork { seq, ours, theirs }, body)
}

fn refused(broken: Break, body: Vec<u8>) -> Objection {
    let detail = broken.to_string();
    let (reason, chain, at_seq, keep) = match &broken {
        Break::Gap { expected, .. } => (Reason::Gap, Some(ChainState::Gap), Some(*expected), false),
        Break::Fork { seq, .. } => (Reason::Fork, Some(ChainState::Fork), Some(*seq), true),
        Break::WrongPrevious { seq, .. } => {
            (Reason::Rewritten, Some(ChainState::Rewritten), Some(*seq), true)
        }
        Break::OtherEpoch { seq, .. } => (Reason::BadChain, None, Some(*seq), false),
        Break::Unreadable { .. } => (Reason::BadChain, None, None, false),
        Break::Behind { found, .. } => (Reason::Fork, Some(ChainState::Fork), Some(*found), true),
        Break::Repeated { seq } => (Reason::BadChain, None, Some(*seq), false),
    };
    Objection { reason, chain, at_seq, detail, evidence: keep.then_some(body) }
}

/// A signed head, and the key that is said to have signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// The head.
    pub head: SignedHead,
    /// The key, 32 bytes.
    pub key: [u8; 32],
}

/// What a chain's detail begins with while the key is in doubt.
pub const KEY_IN_DOUBT: &str = "the key is in doubt: ";

/// Whether an edge whose journal ends with `theirs` signs with the key that this checkpoint is known by, if it is known by one.
pub fn signature(
    known: Option<[u8; 32]>,
    theirs: &Head,
    signed: Option<&Signed>,
) -> Result<(), Objection> {
    let doubt = |what: String| {
        Err(Objection {
            reason: Reason::WrongKey,
            chain: Some(ChainState::Fork),
            at_seq: Some(theirs.seq),
            detail: format!(
                "{KEY_IN_DOUBT}{what}. Somebody else uses the checkpoint's name, or the agent's data folder is another: \
                 `hub forget-key` if that is meant"
            ),
            evidence: None,
        })
    };
    let Some(signed) = signed else {
        return match known {
            Some(_) => {
                doubt("this checkpoint signs its heads, and who came now does not".to_owned())
            }
            None => Ok(()),
        };
    };
    if let Some(known) = known.filter(|known| *known != signed.key) {
        let (known, came) = (Hash(known), Hash(signed.key));
        return doubt(format!("{came} signs now, and this checkpoint is known by {known}"));
    }
    let fits =
        VerifyingKey::from_bytes(&signed.key).is_ok_and(|key| signed.head.verify(&key).is_ok());
    if !fits {
        return doubt(format!("the signature of head {} does not fit", signed.head.head.seq));
    }
    // An older head says nothing that the chain does not say itself.
    if signed.head.head.seq >= theirs.seq && signed.head.head != *theirs {
        return doubt(format!(
            "entry {} was signed, and the journal ends with entry {} or another one of this number",
            signed.head.head.seq, theirs.seq
        ));
    }
    Ok(())
}

/// Whether an edge that says `theirs` in its Hello has the history that is stored, as far as the hub can tell from one hash.
///
/// `stored_there` is the hash of the stored entry with the edge's number, if there is one.
pub fn hello(ours: &Head, theirs: &Head, stored_there: Option<Hash>) -> Result<(), Objection> {
    if theirs.seq > ours.seq {
        return Ok(()); // the chain decides, entry by entry
    }
    let there = if theirs.seq == ours.seq { Some(ours.hash) } else { stored_there };
    let at_seq = Some(theirs.seq);
    if there != Some(theirs.hash) {
        let chain = if theirs.seq == ours.seq { ChainState::Fork } else { ChainState::Rewritten };
        let detail = format!(
            "the journal says that its entry {} is {}; the hub has {} under this number",
            theirs.seq,
            theirs.hash,
            there.map_or_else(|| "nothing".to_owned(), |hash| hash.to_string())
        );
        return Err(Objection {
            reason: Reason::Fork,
            chain: Some(chain),
            at_seq,
            detail,
            evidence: None,
        });
    }
    if theirs.seq < ours.seq {
        let detail = format!(
            "the journal ends with entry {}, and the hub has acknowledged {}: the disk holds an older copy. Begin a new epoch there; \
             nothing is lost here",
            theirs.seq, ours.seq
        );
        let chain = Some(ChainState::Rewritten);
        return Err(Objection { reason: Reason::Rewritten, chain, at_seq, detail, evidence: None });
    }
    Ok(())
}
