//! Chains: their heads, their entries, and what was refused of them.

use sqlx::QueryBuilder;
use wire::chain::{Epoch, Hash, Head};

use super::{Store, StoreError, on, signed, unsigned};

/// Columns of `entries`; the widest table into which many rows go at once.
const COLUMNS: usize = 8;
/// Rows in one statement. SQLite takes 32766 bound values, PostgreSQL 65535; beyond 500 rows neither gets faster.
const ROWS: usize = 500;
const _: () =
    assert!(ROWS * COLUMNS <= 32_766, "a statement would have more bound values than SQLite takes");
/// Bodies kept in quarantine of one checkpoint. Who repeats a fork for ever must not fill the disk; the first ones tell the story.
const QUARANTINE: i64 = 1000;

/// What the hub thinks of a chain.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ChainState {
    /// Every entry follows the one before it.
    Whole,
    /// The edge sent an entry and not the ones before it; it was refused, and the chain ends before the gap.
    Gap,
    /// Two different entries bear one number. Both are kept, one is believed.
    Fork,
    /// The edge holds another history than the one that it sent before.
    Rewritten,
}

impl ChainState {
    fn word(self) -> &'static str {
        match self {
            ChainState::Whole => "whole",
            ChainState::Gap => "gap",
            ChainState::Fork => "fork",
            ChainState::Rewritten => "rewritten",
        }
    }

    fn read(word: &str) -> ChainState {
        match word {
            "gap" => ChainState::Gap,
            "fork" => ChainState::Fork,
            "rewritten" => ChainState::Rewritten,
            _ => ChainState::Whole,
        }
    }
}

/// One epoch of a checkpoint, as far as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChain {
    /// The last stored entry.
    pub head: Head,
    /// 1 for the first epoch that came from this checkpoint, 2 for the next, …
    pub place: u32,
    /// When it was first heard of, in microseconds since 1970.
    pub began_us: i64,
    /// What the hub thinks of it.
    pub state: ChainState,
    /// Why, in a sentence; empty while there is nothing to say.
    pub detail: String,
}

/// An entry with its place, its hash and its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its number.
    pub seq: u64,
    /// The hash of its body.
    pub hash: Hash,
    /// When it was recorded at the edge, in microseconds since 1970.
    pub at_us: i64,
    /// When it first came to the hub, in microseconds since 1970.
    pub received_us: i64,
    /// True if it came ahead of the backlog.
    pub express: bool,
    /// The bytes.
    pub body: Vec<u8>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is on the disk.
    Committed,
    /// Somebody else has moved the head since it was read; nothing was written.
    HeadMoved,
}

type EntryRow = (i64, Vec<u8>, i64, i64, String, Vec<u8>);

fn entry((seq, hash, at_us, received_us, class, body): EntryRow) -> StoredEntry {
    // A hash of another length cannot have come from here; zeros make verification name the entry.
    let hash = Hash(hash.try_into().unwrap_or_default());
    StoredEntry { seq: unsigned(seq), hash, at_us, received_us, express: class == "express", body }
}

impl Store {
    /// The epochs of a checkpoint in the order in which they came; the last is the one in force.
    pub async fn chains(&self, checkpoint: &str) -> Result<Vec<StoredChain>, StoreError> {
        type Row = (Vec<u8>, i64, i64, Vec<u8>, i64, String, String);
        const TEXT: &str =
            "SELECT epoch, place, stored_through, hash, began_us, chain, chain_detail
             FROM heads WHERE checkpoint = $1 ORDER BY place";
        let rows: Vec<Row> =
            on!(&self.read, pool => sqlx::query_as(TEXT).bind(checkpoint).fetch_all(pool).await)
                .map_err(|cause| self.failed("read the heads of a checkpoint", cause))?;
        Ok(rows
            .into_iter()
            .map(|(epoch, place, seq, hash, began_us, chain, detail)| StoredChain {
                head: Head {
                    epoch: Epoch(epoch.try_into().unwrap_or_default()),
                    seq: unsigned(seq),
                    hash: Hash(hash.try_into().unwrap_or_default()),
                },
                place: u32::try_from(place).unwrap_or(u32::MAX),
                began_us,
                state: ChainState::read(&chain),
                detail,
            })
            .collect())
    }

    /// Begins a chain that has no entry yet. False if somebody else has begun one in this place.
    pub async fn begin_chain(
        &self,
        checkpoint: &str,
        chain: &StoredChain,
    ) -> Result<bool, StoreError> {
        const TEXT: &str =
            "INSERT INTO heads (checkpoint, epoch, place, stored_through, hash, began_us, chain, chain_detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        on!(&self.write, pool => sqlx::query(TEXT)
            .bind(checkpoint)
            .bind(chain.head.epoch.0.as_slice())
            .bind(i64::from(chain.place))
            .bind(signed(chain.head.seq))
            .bind(chain.head.hash.0.as_slice())
            .bind(chain.began_us)
            .bind(chain.state.word())
            .bind(&chain.detail)
            .execute(pool).await.map(|done| done.rows_affected() == 1))
        .map_err(|cause| self.failed("begin a chain", cause))
    }

    /// Notes what the hub thinks of a chain.
    pub async fn judge_chain(
        &self,
        checkpoint: &str,
        epoch: Epoch,
        state: ChainState,
        detail: &str,
    ) -> Result<(), StoreError> {
        const TEXT: &str =
            "UPDATE heads SET chain = $3, chain_detail = $4 WHERE checkpoint = $1 AND epoch = $2";
        on!(&self.write, pool => sqlx::query(TEXT)
            .bind(checkpoint)
            .bind(epoch.0.as_slice())
            .bind(state.word())
            .bind(detail)
            .execute(pool).await.map(drop))
        .map_err(|cause| self.failed("note the state of a chain", cause))
    }

    /// Appends entries that were checked to follow `from` and to end in `to`, in one transaction.
    ///
    /// The head moves first: its row is the lock, so of two writers one waits and then finds the head moved.
    pub async fn append(
        &self,
        checkpoint: &str,
        from: &Head,
        entries: &[StoredEntry],
        to: &Head,
    ) -> Result<Appended, StoreError> {
        const MOVE: &str = "UPDATE heads SET stored_through = $4, hash = $5
             WHERE checkpoint = $1 AND epoch = $2 AND stored_through = $3 AND hash = $6";
        const LINK: &str = "DELETE FROM express WHERE checkpoint = $1 AND epoch = $2 AND seq <= $3";
        const INSERT: &str =
            "INSERT INTO entries (checkpoint, epoch, seq, hash, at_us, received_us, class, body) ";
        let appended: Result<Appended, sqlx::Error> = on!(&self.write, pool => async {
            let mut transaction = pool.begin().await?;
            let moved = sqlx::query(MOVE)
                .bind(checkpoint)
                .bind(from.epoch.0.as_slice())
                .bind(signed(from.seq))
                .bind(signed(to.seq))
                .bind(to.hash.0.as_slice())
                .bind(from.hash.0.as_slice())
                .execute(&mut *transaction)
                .await?;
            if moved.rows_affected() != 1 {
                transaction.rollback().await?;
                return Ok(Appended::HeadMoved);
            }
            for rows in entries.chunks(ROWS) {
                QueryBuilder::new(INSERT)
                    .push_values(rows, |mut row, entry| {
                        row.push_bind(checkpoint)
                            .push_bind(from.epoch.0.as_slice())
                            .push_bind(signed(entry.seq))
                            .push_bind(entry.hash.0.as_slice())
                            .push_bind(entry.at_us)
                            .push_bind(entry.received_us)
                            .push_bind(if entry.express { "express" } else { "bulk" })
                            .push_bind(entry.body.as_slice());
                    })
                    .build()
                    .execute(&mut *transaction)
                    .await?;
            }
            sqlx::query(LINK)
                .bind(checkpoint)
                .bind(from.epoch.0.as_slice())
                .bind(signed(to.seq))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(Appended::Committed)
        }.await);
        appended.map_err(|cause| self.failed("append entries", cause))
    }

    /// Stored entries from a number on, at most `limit`.
    pub async fn entries(
        &self,
        checkpoint: &str,
        epoch: Epoch,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        const TEXT: &str = "SELECT seq, hash, at_us, received_us, class, body FROM entries
             WHERE checkpoint = $1 AND epoch = $2 AND seq >= $3 ORDER BY seq LIMIT $4";
        let rows: Vec<EntryRow> = on!(&self.read, pool => sqlx::query_as(TEXT)
            .bind(checkpoint)
            .bind(epoch.0.as_slice())
            .bind(signed(from))
            .bind(i64::from(limit))
            .fetch_all(pool).await)
        .map_err(|cause| self.failed("read entries", cause))?;
        Ok(rows.into_iter().map(entry).collect())
    }

    /// The hashes of stored entries `from ..= through`.
    pub async fn hashes(
        &self,
        checkpoint: &str,
        epoch: Epoch,
        from: u64,
        through: u64,
    ) -> Result<Vec<(u64, Hash)>, StoreError> {
        const TEXT: &str = "SELECT seq, hash FROM entries
             WHERE checkpoint = $1 AND epoch = $2 AND seq >= $3 AND seq <= $4 ORDER BY seq";
        let rows: Vec<(i64, Vec<u8>)> = on!(&self.read, pool => sqlx::query_as(TEXT)
            .bind(checkpoint)
            .bind(epoch.0.as_slice())
            .bind(signed(from))
            .bind(signed(through))
            .fetch_all(pool).await)
        .map_err(|cause| self.failed("read hashes", cause))?;
        Ok(rows
            .into_iter()
            .map(|(seq, hash)| (unsigned(seq), Hash(hash.try_into().unwrap_or_default())))
            .collect())
    }

    /// Entries that came ahead of the backlog and are not linked yet, by number.
    pub async fn express(
        &self,
        checkpoint: &str,
        epoch: Epoch,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        type Row = (i64, Vec<u8>, i64, i64, Vec<u8>);
        const TEXT: &str = "SELECT seq, hash, at_us, received_us, body FROM express
             WHERE checkpoint = $1 AND epoch = $2 ORDER BY seq";
        let rows: Vec<Row> = on!(&self.read, pool => sqlx::query_as(TEXT)
            .bind(checkpoint).bind(epoch.0.as_slice()).fetch_all(pool).await)
        .map_err(|cause| self.failed("read express copies", cause))?;
        Ok(rows
            .into_iter()
            .map(|(seq, hash, at_us, received_us, body)| {
                entry((seq, hash, at_us, received_us, "express".to_owned(), body))
            })
            .collect())
    }

    /// Keeps entries that came ahead of the backlog.
    pub async fn keep_express(
        &self,
        checkpoint: &str,
        epoch: Epoch,
        copies: &[StoredEntry],
    ) -> Result<(), StoreError> {
        const INSERT: &str =
            "INSERT INTO express (checkpoint, epoch, seq, hash, at_us, received_us, body) ";
        let kept: Result<(), sqlx::Error> = on!(&self.write, pool => async {
            let mut transaction = pool.begin().await?;
            for rows in copies.chunks(ROWS) {
                QueryBuilder::new(INSERT)
                    .push_values(rows, |mut row, copy| {
                        row.push_bind(checkpoint)
                            .push_bind(epoch.0.as_slice())
                            .push_bind(signed(copy.seq))
                            .push_bind(copy.hash.0.as_slice())
                            .push_bind(copy.at_us)
                            .push_bind(copy.received_us)
                            .push_bind(copy.body.as_slice());
                    })
                    .push(" ON CONFLICT DO NOTHING")
                    .build()
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await
        }.await);
        kept.map_err(|cause| self.failed("keep express copies", cause))
    }

    /// Keeps a refused body beside the one that is believed. Nothing is overwritten.
    pub async fn quarantine(
        &self,
        checkpoint: &str,
        epoch: Epoch,
        seq: u64,
        body: &[u8],
        reason: &str,
        now_us: i64,
    ) -> Result<(), StoreError> {
        const TEXT: &str =
            "INSERT INTO quarantine (checkpoint, epoch, seq, hash, reason, received_us, body)
             SELECT $1, $2, $3, $4, $5, $6, $7
             WHERE (SELECT count(*) FROM quarantine WHERE checkpoint = $1) < $8
             ON CONFLICT DO NOTHING";
        on!(&self.write, pool => sqlx::query(TEXT)
            .bind(checkpoint)
            .bind(epoch.0.as_slice())
            .bind(signed(seq))
            .bind(Hash::of(body).0.as_slice())
            .bind(reason)
            .bind(now_us)
            .bind(body)
            .bind(QUARANTINE)
            .execute(pool).await.map(drop))
        .map_err(|cause| self.failed("keep a refused entry", cause))
    }

    /// The bodies in quarantine of one epoch: number, reason, body.
    pub async fn quarantined(
        &self,
        checkpoint: &str,
        epoch: Epoch,
    ) -> Result<Vec<(u64, String, Vec<u8>)>, StoreError> {
        const TEXT: &str = "SELECT seq, reason, body FROM quarantine
             WHERE checkpoint = $1 AND epoch = $2 ORDER BY seq, received_us";
        let rows: Vec<(i64, String, Vec<u8>)> = on!(&self.read, pool => sqlx::query_as(TEXT)
            .bind(checkpoint).bind(epoch.0.as_slice()).fetch_all(pool).await)
        .map_err(|cause| self.failed("read refused entries", cause))?;
        Ok(rows.into_iter().map(|(seq, reason, body)| (unsigned(seq), reason, body)).collect())
    }

    /// Notes a refusal; the same one again is counted.
    pub async fn note_refusal(
        &self,
        checkpoint: &str,
        epoch: Epoch,
        reason: &str,
        at_seq: u64,
        detail: &str,
        now_us: i64,
    ) -> Result<(), StoreError> {
        const TEXT: &str =
            "INSERT INTO refusals (checkpoint, epoch, reason, at_seq, first_us, last_us, times, detail)
             VALUES ($1, $2, $3, $4, $5, $5, 1, $6)
             ON CONFLICT (checkpoint, epoch, reason, at_seq)
             DO UPDATE SET last_us = excluded.last_us, times = refusals.times + 1, detail = excluded.detail";
        on!(&self.write, pool => sqlx::query(TEXT)
            .bind(checkpoint)
            .bind(epoch.0.as_slice())
            .bind(reason)
            .bind(signed(at_seq))
            .bind(now_us)
            .bind(detail)
            .execute(pool).await.map(drop))
        .map_err(|cause| self.failed("note a refusal", cause))
    }

    /// The refusals of a checkpoint, last first: reason, number, how often, detail.
    pub async fn refusals(
        &self,
        checkpoint: &str,
    ) -> Result<Vec<(String, u64, u64, String)>, StoreError> {
        const TEXT: &str = "SELECT reason, at_seq, times, detail FROM refusals
             WHERE checkpoint = $1 ORDER BY last_us DESC, reason LIMIT 100";
        let rows: Vec<(String, i64, i64, String)> =
            on!(&self.read, pool => sqlx::query_as(TEXT).bind(checkpoint).fetch_all(pool).await)
                .map_err(|cause| self.failed("read refusals", cause))?;
        Ok(rows
            .into_iter()
            .map(|(reason, seq, times, detail)| (reason, unsigned(seq), unsigned(times), detail))
            .collect())
    }
}
