//! Reading what is durable, on a connection of its own: for the fold at start, for sync, export and the index.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OptionalExtension as _, Row};
use wire::{
    Class,
    chain::{Hash, Head, Link},
};

use super::{
    Acknowledged, Cause, Cursor, Entry, JournalError, Snapshot,
    recovery::{cursor, origin},
    store::{beside, open_to_read, row},
};

/// A view on the durable part of a journal. It may be opened while an agent writes, and on a copy of the file.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    path: PathBuf,
}

/// The size and the ends of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    /// What the journal ends with.
    pub head: Head,
    /// The first entry that retention has left; one past the head if there is none.
    pub first_seq: u64,
    /// What the hub has acknowledged.
    pub acknowledged: Acknowledged,
    /// The file's size in bytes, free pages included.
    pub file_bytes: u64,
    /// Bytes in free pages, which new entries will use first.
    pub free_bytes: u64,
    /// The log's size in bytes.
    pub log_bytes: u64,
}

impl Reader {
    /// Opens the file `path` for reading.
    pub fn open(path: &Path) -> Result<Reader, JournalError> {
        Ok(Reader { connection: open_to_read(path)?, path: path.to_owned() })
    }

    /// Up to `limit` entries in order, the first with the number `from` or the next there is; ends early once
    /// [`SCAN_LIMIT_BYTES`] are exceeded, but never without an entry if there is one.
    pub fn scan(&self, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.entries(
            "SELECT class, hash, body FROM entries WHERE seq >= ?1 ORDER BY seq LIMIT ?2",
            from,
            limit,
        )
    }

    /// The same of express entries alone.
    pub fn scan_express(&self, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.entries(
            "SELECT class, hash, body FROM entries WHERE class = 1 AND seq >= ?1 ORDER BY seq LIMIT ?2",
            from,
            limit,
        )
    }

    /// The last `count` entries, in order.
    pub fn tail(&self, count: u64) -> Result<Vec<Entry>, JournalError> {
        let head = self.stats()?.head;
        let from = head.seq.saturating_sub(count).saturating_add(1);
        self.scan(from, usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Writes the bodies from `from` to `to`, both included, as a stream of length-delimited protobuf messages: each
    /// body behind its length as a varint, as `parseDelimitedFrom` and `decode_length_delimited` read it. Answers how
    /// many there were.
    pub fn export(&self, from: u64, to: u64, out: &mut dyn Write) -> Result<u64, JournalError> {
        let fail = |source: std::io::Error| JournalError::new("export", &self.path, source);
        let mut next = from;
        let mut exported = 0;
        loop {
            let entries = self.scan(next, EXPORT_STEP)?;
            let Some(last) = entries.last() else { break };
            next = last.seq().saturating_add(1);
            for entry in entries.iter().take_while(|entry| entry.seq() <= to) {
                let mut length = Vec::with_capacity(10);
                prost::encoding::encode_varint(entry.body().len() as u64, &mut length);
                out.write_all(&length).and_then(|()| out.write_all(entry.body())).map_err(fail)?;
                exported += 1;
            }
            if next > to {
                break;
            }
        }
        out.flush().map_err(fail)?;
        Ok(exported)
    }

    /// The ends and the size.
    pub fn stats(&self) -> Result<Stats, JournalError> {
        self.read_stats().map_err(|cause| JournalError::new("measure", &self.path, cause))
    }

    /// Where the journal begins, the entry before its first, and the state there if it was kept: what stays is folded onto it.
    pub fn beginning(&self) -> Result<(Head, Option<Snapshot>), JournalError> {
        self.read_beginning()
            .map_err(|cause| JournalError::new("read the beginning of", &self.path, cause))
    }

    fn read_beginning(&self) -> Result<(Head, Option<Snapshot>), Cause> {
        let view = self.connection.unchecked_transaction()?;
        let origin = origin(&view)?;
        let kept = view
            .query_row(
                "SELECT seq, format, state_hash, state FROM snapshots WHERE seq = ?1 AND entry_hash = ?2",
                (row(origin.seq), origin.hash.0),
                |row| {
                    let snapshot = Snapshot { seq: row.get(0)?, format: row.get(1)?, state: row.get(3)? };
                    Ok((snapshot, Hash(row.get(2)?)))
                },
            )
            .optional()?;
        // A damaged one is no state: it is a copy of what the entries said.
        let whole = kept.filter(|(snapshot, hash)| Hash::of(&snapshot.state) == *hash);
        Ok((origin, whole.map(|(snapshot, _)| snapshot)))
    }

    fn read_stats(&self) -> Result<Stats, Cause> {
        // One transaction: its figures belong together although an agent may be writing.
        let view = self.connection.unchecked_transaction()?;
        let origin = origin(&view)?;
        let head = view
            .query_row("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1", [], |row| {
                Ok(Head { epoch: origin.epoch, seq: row.get(0)?, hash: Hash(row.get(1)?) })
            })
            .optional()?
            .unwrap_or(origin);
        let number =
            |pragma: &str| view.pragma_query_value(None, pragma, |row| row.get::<_, u64>(0));
        let page_bytes = number("page_size")?;
        let log_bytes = fs::metadata(beside(&self.path, "-wal")).map_or(0, |log| log.len());
        Ok(Stats {
            head,
            first_seq: origin.seq.saturating_add(1),
            acknowledged: Acknowledged {
                hub: cursor(&view, Cursor::Hub)?,
                express: cursor(&view, Cursor::Express)?,
            },
            file_bytes: number("page_count")? * page_bytes,
            free_bytes: number("freelist_count")? * page_bytes,
            log_bytes,
        })
    }

    fn entries(&self, sql: &str, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.read_entries(sql, from, limit)
            .map_err(|cause| JournalError::new("read entries of", &self.path, cause))
    }

    fn read_entries(&self, sql: &str, from: u64, limit: usize) -> Result<Vec<Entry>, Cause> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = statement.query([row(from), limit])?;
        let mut entries = Vec::new();
        let mut bytes = 0;
        while bytes <= SCAN_LIMIT_BYTES
            && let Some(row) = rows.next()?
        {
            let entry = read_entry(row, from)?;
            bytes += entry.body().len();
            entries.push(entry);
        }
        Ok(entries)
    }
}

fn read_entry(row: &Row<'_>, from: u64) -> Result<Entry, Cause> {
    let body = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
    // Without a readable place, the number that was asked for is the nearest to a name that it has.
    let link = Link::read(body).map_err(|source| Cause::Broken { seq: from, source })?;
    let hash = Hash(row.get(1)?);
    if Hash::of(body) != hash {
        return Err(Cause::Damaged { seq: link.seq, what: "its body does not have its hash" });
    }
    let class = match row.get::<_, i64>(0)? {
        0 => Class::Bulk,
        _ => Class::Express,
    };
    Ok(Entry { link, hash, class, body: body.into() })
}

/// What one scan may hold in memory.
pub const SCAN_LIMIT_BYTES: usize = 4 * 1024 * 1024;
const EXPORT_STEP: usize = 1000;
