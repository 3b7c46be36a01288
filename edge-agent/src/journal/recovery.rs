//! Recovery: from a file to a head that can be trusted, by reading no more than the newest snapshot and what follows it.

use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, Row};
use wire::chain::{Break, Epoch, Hash, Head, Link};

use super::{
    Acknowledged, Cause, Cursor, JournalError, Snapshot,
    store::{Store, row},
};

/// What recovery found.
#[derive(Debug)]
pub(super) struct Recovery {
    pub(super) head: Head,
    pub(super) last_at_us: Option<i64>,
    pub(super) snapshot: Option<Snapshot>,
    pub(super) tail: u64,
    pub(super) acknowledged: Acknowledged,
}

impl Recovery {
    pub(super) fn of(
        store: &Store,
        formats: &RangeInclusive<u32>,
    ) -> Result<Recovery, JournalError> {
        Recovery::read(&store.connection, formats)
            .map_err(|cause| JournalError::new("recover", store.path(), cause))
    }

    fn read(connection: &Connection, formats: &RangeInclusive<u32>) -> Result<Recovery, Cause> {
        let origin = origin(connection)?;
        let snapshot = newest_snapshot(connection, &origin, formats)?;
        if snapshot.is_none() && origin.seq > 0 {
            return Err(Cause::NoState { first: origin.seq.saturating_add(1) });
        }
        let (start, snapshot) = match snapshot {
            Some((head, snapshot)) => (head, Some(snapshot)),
            None => (origin, None),
        };
        let mut head = start;
        let mut last_at_us = at_us(connection, start.seq)?;
        let mut statement = connection
            .prepare("SELECT seq, at_us, hash, body FROM entries WHERE seq > ?1 ORDER BY seq")?;
        let mut rows = statement.query([row(start.seq)])?;
        while let Some(found) = rows.next()? {
            let kept = Kept::read(found)?;
            head = kept.check(&head, last_at_us)?;
            last_at_us = Some(kept.at_us);
        }
        let acknowledged = Acknowledged {
            hub: cursor(connection, Cursor::Hub)?,
            express: cursor(connection, Cursor::Express)?,
        };
        let tail = head.seq.saturating_sub(start.seq);
        Ok(Recovery { head, last_at_us, snapshot, tail, acknowledged })
    }
}

/// One row of the entries, before anybody has believed it.
pub(super) struct Kept {
    pub(super) seq: u64,
    pub(super) at_us: i64,
    pub(super) hash: Option<Hash>,
    pub(super) body: Vec<u8>,
}

impl Kept {
    /// Reads `seq, at_us, hash, body`.
    pub(super) fn read(row: &Row<'_>) -> Result<Kept, rusqlite::Error> {
        let hash = row.get_ref(2)?.as_blob()?.try_into().ok().map(Hash);
        Ok(Kept { seq: row.get(0)?, at_us: row.get(1)?, hash, body: row.get(3)? })
    }

    /// The head after this entry, if body, index and chain agree.
    pub(super) fn check(&self, head: &Head, last_at_us: Option<i64>) -> Result<Head, Cause> {
        // The number that the database gives it comes first: it names the entry even when the body is garbage.
        let next = head.seq.saturating_add(1);
        if self.seq != next {
            let source = Break::Gap { expected: next, found: self.seq };
            return Err(Cause::Broken { seq: next, source });
        }
        if self.hash != Some(Hash::of(&self.body)) {
            return Err(Cause::Damaged { seq: self.seq, what: "its body does not have its hash" });
        }
        let after =
            head.follow(&self.body).map_err(|source| Cause::Broken { seq: next, source })?;
        let link = Link::read(&self.body).map_err(|source| Cause::Broken { seq: next, source })?;
        if link.at_us != self.at_us {
            return Err(Cause::Damaged {
                seq: self.seq,
                what: "its column `at_us` is not its body's time",
            });
        }
        match last_at_us {
            Some(last_us) if self.at_us < last_us => {
                Err(Cause::TimeWentBack { seq: self.seq, at_us: self.at_us, last_us })
            }
            _ => Ok(after),
        }
    }
}

/// Where the chain in this file begins: the last entry that retention removed, or the epoch's genesis.
pub(super) fn origin(connection: &Connection) -> Result<Head, Cause> {
    let epoch = connection.query_row("SELECT epoch FROM epoch", [], |row| row.get(0)).map(Epoch)?;
    let trimmed = connection
        .query_row("SELECT seq, hash FROM trimmed", [], |row| Ok((row.get(0)?, Hash(row.get(1)?))))
        .optional()?;
    Ok(trimmed.map_or(Head::genesis(epoch), |(seq, hash)| Head { epoch, seq, hash }))
}

/// How far a cursor has come; 0 if it never moved.
pub(super) fn cursor(connection: &Connection, cursor: Cursor) -> Result<u64, rusqlite::Error> {
    let name = cursor_name(cursor);
    connection
        .prepare_cached("SELECT seq FROM cursors WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
        .map(Option::unwrap_or_default)
}

pub(super) fn cursor_name(cursor: Cursor) -> &'static str {
    match cursor {
        Cursor::Hub => "hub",
        Cursor::Express => "express",
    }
}

/// The newest snapshot that is whole, readable, and stands on an entry of this chain.
///
/// A damaged snapshot is passed over and not an error: it is a copy of what the entries say.
fn newest_snapshot(
    connection: &Connection,
    origin: &Head,
    formats: &RangeInclusive<u32>,
) -> Result<Option<(Head, Snapshot)>, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT s.seq, s.entry_hash, s.format, s.state_hash, s.state, e.hash
         FROM snapshots s LEFT JOIN entries e ON e.seq = s.seq ORDER BY s.seq DESC",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let snapshot = Snapshot { seq: row.get(0)?, format: row.get(2)?, state: row.get(4)? };
        let head = Head { epoch: origin.epoch, seq: snapshot.seq, hash: Hash(row.get(1)?) };
        let entry = row.get::<_, Option<[u8; 32]>>(5)?.map(Hash);
        let stands =
            if head.seq == origin.seq { head == *origin } else { entry == Some(head.hash) };
        let whole = Hash::of(&snapshot.state) == Hash(row.get(3)?);
        if stands && whole && formats.contains(&snapshot.format) {
            return Ok(Some((head, snapshot)));
        }
    }
    Ok(None)
}

fn at_us(connection: &Connection, seq: u64) -> Result<Option<i64>, rusqlite::Error> {
    connection
        .query_row("SELECT at_us FROM entries WHERE seq = ?1", [row(seq)], |row| row.get(0))
        .optional()
}
