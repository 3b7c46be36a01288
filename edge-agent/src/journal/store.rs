//! The file on the disk: its schema, its settings, its lock, and how it comes to be there.
//!
//! A new journal is made under another name and renamed when it is whole, so a file under the journal's name was
//! whole once: an empty one is damage and never "a new journal". The lock stands in a file of its own because closing
//! any second handle on a database's file would release the locks that SQLite holds on it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use wire::chain::Epoch;

use super::{Cause, JournalError};

/// The one connection that writes, with the lock that makes it the one.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) connection: Connection,
    path: PathBuf,
    _lock: File,
}

impl Store {
    /// Opens the file, or begins it with the epoch `fresh`; tells whether it was begun.
    pub(super) fn open(path: &Path, fresh: Epoch) -> Result<(Store, bool), JournalError> {
        let lock = lock(path)?;
        let begun = !path.try_exists().map_err(|e| JournalError::new("look for", path, e))?;
        if begun {
            begin(path, fresh)?;
        }
        let fail = |step| move |source: rusqlite::Error| JournalError::new(step, path, source);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(fail("open"))?;
        check_schema(&connection, path)?;
        configure(&connection).map_err(fail("configure"))?;
        Ok((Store { connection, path: path.to_owned(), _lock: lock }, begun))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Opens a connection that can only read, beside the one that writes.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, JournalError> {
    let fail = |source: rusqlite::Error| JournalError::new("open", path, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
    connection.busy_timeout(BUSY).map_err(fail)?;
    connection.pragma_update(None, "cache_size", -4096).map_err(fail)?;
    check_schema(&connection, path)?;
    Ok(connection)
}

/// Refuses what is not a journal, or comes from a newer program, before anything is written to it.
fn check_schema(connection: &Connection, path: &Path) -> Result<(), JournalError> {
    let number =
        |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let fail = |source: rusqlite::Error| JournalError::new("read the header of", path, source);
    let found = number("application_id").map_err(fail)?;
    if found != APPLICATION_ID {
        return Err(JournalError::new("open", path, Cause::NotAJournal { found }));
    }
    let found = number("user_version").map_err(fail)?;
    if found > SCHEMA_VERSION {
        return Err(JournalError::new("open", path, Cause::Newer { found, known: SCHEMA_VERSION }));
    }
    Ok(())
}

/// The settings under which nothing acknowledged was lost in any test: see `docs/reports/power-cut.md`.
fn configure(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -16384)?;
    // The writer moves the log into the file itself, when nobody waits for a commit.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // After a failed sync nothing may be written any more, not even on the way out.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Makes a new, empty journal: whole under another name first, then renamed.
fn begin(path: &Path, epoch: Epoch) -> Result<(), JournalError> {
    let fail = |source: rusqlite::Error| JournalError::new("begin", path, source);
    let log = beside(path, "-wal");
    if log.exists() {
        return Err(JournalError::new("open", path, Cause::FileMissing { log }));
    }
    let draft = beside(path, ".new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(JournalError::new("clear the unfinished draft of", path, error));
        }
        _ => {}
    }
    let connection = Connection::open(&draft).map_err(fail)?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(fail)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(fail)?;
    connection.pragma_update(None, "user_version", SCHEMA_VERSION).map_err(fail)?;
    connection.execute_batch(SCHEMA).map_err(fail)?;
    connection.execute("INSERT INTO epoch (epoch) VALUES (?1)", [epoch.0]).map_err(fail)?;
    connection.close().map_err(|(_, source)| fail(source))?;
    File::open(&draft)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&draft, path))
        .and_then(|()| File::open(folder(path))?.sync_all())
        .map_err(|source| JournalError::new("begin", path, source))
}

/// Takes the lock, or says who has it.
fn lock(path: &Path) -> Result<File, JournalError> {
    let fail = |source| JournalError::new("lock", path, source);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(beside(path, ".lock"))
        .map_err(fail)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(source)) => return Err(fail(source)),
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            // Who it is helps, but that it is somebody is enough.
            let _ = (&file).take(20).read_to_string(&mut process);
            return Err(JournalError::new("lock", path, Cause::InUse { process }));
        }
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| write!(file, "{}", std::process::id()))
        .map_err(fail)?;
    Ok(file)
}

/// The file whose name is the journal's and `suffix`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// An entry's number as SQLite's signed integer; no journal reaches the last one.
pub(super) fn row(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

const BUSY: Duration = Duration::from_secs(5);
/// `BEKT`; `file journal.db` shows it.
const APPLICATION_ID: i64 = 0x4245_4b54;
const SCHEMA_VERSION: i64 = 1;

/// Written to be read in ten years by somebody who has this file and nothing else.
const SCHEMA: &str = "
    CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO about VALUES
        ('what', 'Journal of a border checkpoint, written by Beket'),
        ('schema', '1'),
        ('entries.body', 'protobuf message Entry: 1 seq, 2 epoch, 3 prev (hash of the entry before), 4 at (microseconds since 1970, zigzag), then the event'),
        ('entries.hash', 'SHA-256 of body; the first entry names SHA-256 of \"beket epoch v1\", a zero byte and the epoch as its predecessor'),
        ('entries.class', '0 bulk, 1 express'),
        ('trimmed', 'the last entry that retention removed: the chain continues from its hash'),
        ('signed_heads.signature', 'Ed25519 over \"beket head v1\", three zero bytes, epoch, seq, hash, at_us; numbers big-endian, eight bytes');
    CREATE TABLE epoch (only INTEGER PRIMARY KEY DEFAULT 1 CHECK (only = 1), epoch BLOB NOT NULL CHECK (length(epoch) = 16)) STRICT;
    CREATE TABLE entries (
        seq INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        class INTEGER NOT NULL,
        hash BLOB NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX express ON entries (seq) WHERE class = 1;
    CREATE TABLE trimmed (only INTEGER PRIMARY KEY DEFAULT 1 CHECK (only = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
    CREATE TABLE cursors (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE snapshots (
        seq INTEGER PRIMARY KEY,
        entry_hash BLOB NOT NULL,
        format INTEGER NOT NULL,
        state_hash BLOB NOT NULL,
        state BLOB NOT NULL
    ) STRICT;
    CREATE TABLE signed_heads (
        seq INTEGER PRIMARY KEY,
        hash BLOB NOT NULL,
        at_us INTEGER NOT NULL,
        signature BLOB NOT NULL
    ) STRICT;
";
