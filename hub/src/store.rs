//! The hub's store: one SQL text on two engines.
//!
//! Embedded SQLite (one file, WAL, `synchronous=FULL`) for a trial, a small country, a laptop; PostgreSQL by URL for several hubs over
//! one store. Placeholders are `$1`, times are microseconds in a BIGINT, hashes are bytes: there is no second text to keep in step,
//! and a test runs every query on both.
//!
//! It promises: what [`Store::append`] returned `Appended::Committed` for is on the disk; an entry is never changed and never removed;
//! two writers of one chain cannot both succeed. It does not check hashes: what comes in was checked by `ingest`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};

pub mod chains;
pub mod checkpoints;
pub mod directives;
pub mod keys;
pub mod snapshots;

/// Where the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// One file of SQLite; it is made if it is not there.
    File(PathBuf),
    /// A PostgreSQL server, `postgres://user@host:port/database`.
    Postgres(String),
}

impl FromStr for Database {
    type Err = NoDatabase;

    fn from_str(text: &str) -> Result<Database, NoDatabase> {
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Database::Postgres(text.to_owned())),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Database::File(path.into())),
            Some(_) => Err(NoDatabase { text: text.to_owned() }),
            None if text.is_empty() => Err(NoDatabase { text: text.to_owned() }),
            None => Ok(Database::File(text.into())),
        }
    }
}

/// Without the password, which belongs on no screen and in no log.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::File(path) => write!(f, "{}", path.display()),
            Database::Postgres(url) => match url
                .split_once("://")
                .and_then(|(scheme, rest)| rest.rsplit_once('@').map(|(_, place)| (scheme, place)))
            {
                Some((scheme, place)) => write!(f, "{scheme}://{place}"),
                None => f.write_str(url),
            },
        }
    }
}

/// A text that names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no database: write the path of a file, or `postgres://user@host:port/database`"
)]
pub struct NoDatabase {
    text: String,
}

/// The store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("failed to {step} in the store {database}")]
pub struct StoreError {
    step: &'static str,
    database: Database,
    #[source]
    cause: Box<dyn std::error::Error + Send + Sync>,
}

/// A pool of either engine. SQLite has one writer and says so: its writing pool holds one connection.
#[derive(Debug, Clone)]
enum Pool {
    Embedded(SqlitePool),
    Server(PgPool),
}

/// Runs the same text on whichever engine it is.
macro_rules! on {
    ($pool:expr, $connection:ident => $body:expr) => {
        match $pool {
            crate::store::Pool::Embedded($connection) => $body,
            crate::store::Pool::Server($connection) => $body,
        }
    };
}
use on;

/// An open store. Cloning it gives another handle on the same one.
#[derive(Debug, Clone)]
pub struct Store {
    read: Pool,
    write: Pool,
    database: Database,
    hub_epoch: [u8; 16],
}

impl Store {
    /// Opens the store and brings its tables up to date.
    pub async fn open(database: &Database) -> Result<Store, StoreError> {
        let failed = |step, cause: Box<dyn std::error::Error + Send + Sync>| StoreError {
            step,
            database: database.clone(),
            cause,
        };
        let (read, write) = match database {
            Database::File(path) => {
                embedded(path).await.map_err(|cause| failed("open the tables", cause))?
            }
            Database::Postgres(url) => {
                server(url).await.map_err(|cause| failed("open the tables", cause))?
            }
        };
        let migrated = match &write {
            Pool::Embedded(pool) => SQLITE.migrator().run(pool).await,
            Pool::Server(pool) => POSTGRES.migrator().run(pool).await,
        };
        migrated.map_err(|cause| failed("bring the tables up to date", cause.into()))?;
        let epoch: (Vec<u8>,) =
            on!(&read, pool => sqlx::query_as("SELECT hub_epoch FROM hub").fetch_one(pool).await)
                .map_err(|cause| failed("read which hub this is", cause.into()))?;
        let hub_epoch = epoch.0.try_into().map_err(|bytes: Vec<u8>| {
            let reason = format!("the hub's epoch has {} bytes, not 16", bytes.len());
            failed("read which hub this is", reason.into())
        })?;
        Ok(Store { read, write, database: database.clone(), hub_epoch })
    }

    /// Which store this is: 16 bytes drawn when it was begun.
    pub fn hub_epoch(&self) -> [u8; 16] {
        self.hub_epoch
    }

    /// Where it is.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Answers when the store answers: for health checks.
    pub async fn answers(&self) -> Result<(), StoreError> {
        on!(&self.read, pool => sqlx::query("SELECT hub_epoch FROM hub").execute(pool).await.map(drop))
            .map_err(|cause| self.failed("read which hub this is", cause))
    }

    /// Waits for what is running and closes every connection.
    pub async fn close(&self) {
        on!(&self.read, pool => pool.close().await);
        on!(&self.write, pool => pool.close().await);
    }

    fn failed(&self, step: &'static str, cause: sqlx::Error) -> StoreError {
        StoreError { step, database: self.database.clone(), cause: cause.into() }
    }
}

/// Connections that read: screens and verification must not wait for each other.
const READERS: u32 = 4;
/// Connections that write to a server. Each chain is written by one task; this bounds how many commit at once.
const SERVER_WRITERS: u32 = 8;
/// How long to wait for a lock or a free connection before it is an error that the edge hears of.
const PATIENCE: Duration = Duration::from_secs(10);

async fn embedded(path: &Path) -> Result<(Pool, Pool), Box<dyn std::error::Error + Send + Sync>> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        tokio::fs::create_dir_all(folder).await?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        // 16 MiB of pages: keys of the last weeks stay in memory while a backlog comes in.
        .pragma("cache_size", "-16384");
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .connect_with(options.clone())
        .await?;
    let read = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await?;
    Ok((Pool::Embedded(read), Pool::Embedded(write)))
}

async fn server(url: &str) -> Result<(Pool, Pool), Box<dyn std::error::Error + Send + Sync>> {
    let options: PgConnectOptions = url.parse()?;
    let pool = |most| PgPoolOptions::new().max_connections(most).acquire_timeout(PATIENCE);
    let write = pool(SERVER_WRITERS).connect_with(options.clone()).await?;
    let read = pool(READERS).connect_with(options).await?;
    Ok((Pool::Server(read), Pool::Server(write)))
}

/// The steps by which the tables came to be, oldest first. A step that has been released is never edited.
struct Steps(&'static [(i64, &'static str, &'static str)]);

const SQLITE: Steps = Steps(&[
    (1, "entries", include_str!("../migrations/sqlite/0001_entries.sql")),
    (2, "keys", include_str!("../migrations/sqlite/0002_keys.sql")),
    (3, "directives", include_str!("../migrations/sqlite/0003_directives.sql")),
]);
const POSTGRES: Steps = Steps(&[
    (1, "entries", include_str!("../migrations/postgres/0001_entries.sql")),
    (2, "keys", include_str!("../migrations/postgres/0002_keys.sql")),
    (3, "directives", include_str!("../migrations/postgres/0003_directives.sql")),
]);

impl Steps {
    fn migrator(&self) -> Migrator {
        let steps = self.0.iter().map(|(version, name, sql)| {
            Migration::new(
                *version,
                (*name).into(),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        });
        Migrator::with_migrations(steps.collect())
    }
}

/// A number as the store keeps it. Numbers beyond `i64::MAX` are refused where entries come in.
fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// A number as it was kept.
fn unsigned(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_or_a_postgres_url_names_a_database_and_nothing_else_does() {
        let file = |path: &str| Ok(Database::File(path.into()));
        let cases = [
            ("hub.db", file("hub.db")),
            ("/var/lib/beket/hub/hub.db", file("/var/lib/beket/hub/hub.db")),
            ("sqlite://hub.db", file("hub.db")),
            ("postgres://hub@db/beket", Ok(Database::Postgres("postgres://hub@db/beket".into()))),
            ("mysql://hub@db/beket", Err(NoDatabase { text: "mysql://hub@db/beket".into() })),
            ("", Err(NoDatabase { text: String::new() })),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Database>(), expected, "{text}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let database: Database = "postgres://hub:secret@db:5432/beket".parse().unwrap();
        assert_eq!(database.to_string(), "postgres://db:5432/beket");
    }
}
