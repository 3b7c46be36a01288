//! Full verification: every entry of a journal, from its first to its last, and every signature.
//!
//! It goes on after a finding, so that one damaged entry does not hide the state of a million others: an entry whose
//! body was changed still has its hash in the next entry's body, and the chain is picked up from there.

use std::path::Path;

use rusqlite::Connection;
use wire::chain::{Break, Hash, Head, Link, SignedHead, VerifyingKey};

use super::{
    Cause, Cursor, JournalError,
    recovery::{Kept, cursor, origin},
    store::open_to_read,
};

/// What a full verification read and found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Where the chain in the file begins: the genesis, or the last entry that retention removed.
    pub origin: Head,
    /// Where it ends. A chain does not protect its last line: compare this with what the hub has.
    pub head: Head,
    /// How many entries were read.
    pub entries: u64,
    /// How many signed heads were compared with their entries.
    pub signed_heads: u64,
    /// What does not fit, in order; the first [`DAMAGE_LIMIT`] findings.
    pub damage: Vec<Damage>,
}

/// Something that does not fit, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The entry.
    pub seq: u64,
    /// What is wrong with it, in words.
    pub what: String,
}

/// Reads the whole journal in the file `path` and checks it; signatures only if `key` is given.
///
/// `progress` is told now and then how many entries have been read. An agent may be writing meanwhile: what it adds
/// after the start is not read.
pub fn verify(
    path: &Path,
    key: Option<&VerifyingKey>,
    progress: &mut dyn FnMut(u64),
) -> Result<Verified, JournalError> {
    let connection = open_to_read(path)?;
    read(&connection, key, progress).map_err(|cause| JournalError::new("verify", path, cause))
}

fn read(
    connection: &Connection,
    key: Option<&VerifyingKey>,
    progress: &mut dyn FnMut(u64),
) -> Result<Verified, Cause> {
    let view = connection.unchecked_transaction()?;
    let origin = origin(&view)?;
    let mut verified =
        Verified { origin, head: origin, entries: 0, signed_heads: 0, damage: Vec::new() };
    read_entries(&view, &mut verified, progress)?;
    read_signatures(&view, &mut verified, key)?;
    let held = cursor(&view, Cursor::Hub)?;
    if held > verified.head.seq {
        let end = verified.head.seq;
        verified.note(
            held,
            format!("the hub has acknowledged it, and the journal ends with entry {end}"),
        );
    }
    verified.damage.sort_by_key(|damage| damage.seq);
    Ok(verified)
}

fn read_entries(
    view: &Connection,
    verified: &mut Verified,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Cause> {
    let mut last_at_us = None;
    let mut statement = view.prepare("SELECT seq, at_us, hash, body FROM entries ORDER BY seq")?;
    let mut rows = statement.query([])?;
    loop {
        let kept = match rows.next() {
            Ok(None) => return Ok(()),
            Ok(Some(row)) => Kept::read(row)?,
            Err(error) => {
                // The tree of pages itself is damaged: nothing behind this place can be reached in order.
                let seq = verified.head.seq.saturating_add(1);
                verified.note(seq, format!("it and what follows cannot be read: {error}"));
                return Ok(());
            }
        };
        verified.head = match kept.check(&verified.head, last_at_us) {
            Ok(head) => head,
            Err(cause) => {
                verified.note(kept.seq, in_words(&cause));
                Head { epoch: verified.head.epoch, seq: kept.seq, hash: promised(&kept) }
            }
        };
        last_at_us = Some(kept.at_us.max(last_at_us.unwrap_or(i64::MIN)));
        verified.entries += 1;
        if verified.entries.is_multiple_of(PROGRESS_STEP) {
            progress(verified.entries);
        }
    }
}

/// The hash that the next entry should name: the stored one if there is one, since a body is what gets damaged.
fn promised(kept: &Kept) -> Hash {
    kept.hash.unwrap_or_else(|| Hash::of(&kept.body))
}

fn in_words(cause: &Cause) -> String {
    if let Cause::Broken { source: Break::Gap { expected, found }, .. } = cause {
        return format!("entries from {expected} up to it, which is {found}, are missing");
    }
    if let Cause::Broken { source, .. } = cause {
        return source.to_string();
    }
    cause.to_string()
}

fn read_signatures(
    view: &Connection,
    verified: &mut Verified,
    key: Option<&VerifyingKey>,
) -> Result<(), Cause> {
    let mut statement = view.prepare(
        "SELECT s.seq, s.hash, s.at_us, s.signature, e.body
         FROM signed_heads s LEFT JOIN entries e ON e.seq = s.seq ORDER BY s.seq",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let head = Head { epoch: verified.origin.epoch, seq: row.get(0)?, hash: Hash(row.get(1)?) };
        let signed = SignedHead { head, at_us: row.get(2)?, signature: row.get(3)? };
        let body: Option<Vec<u8>> = row.get(4)?;
        match body {
            None => verified.note(head.seq, "its head was signed, and it is missing".to_owned()),
            Some(body) if Hash::of(&body) != head.hash => {
                verified.note(head.seq, "its head was signed when its body was another".to_owned());
            }
            Some(body) if Link::read(&body).map(|link| link.seq) != Ok(head.seq) => {
                verified.note(head.seq, "its head was signed for another place".to_owned());
            }
            Some(_) => {}
        }
        if let Some(key) = key
            && let Err(forged) = signed.verify(key)
        {
            verified.note(head.seq, forged.to_string());
        }
        verified.signed_heads += 1;
    }
    Ok(())
}

impl Verified {
    fn note(&mut self, seq: u64, what: String) {
        if self.damage.len() < DAMAGE_LIMIT {
            self.damage.push(Damage { seq, what });
        }
    }
}

/// Findings that are kept; a journal with so many is not going to be repaired entry by entry.
pub const DAMAGE_LIMIT: usize = 1000;
const PROGRESS_STEP: u64 = 10_000;
