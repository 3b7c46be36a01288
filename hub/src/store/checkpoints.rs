//! What each edge last said about itself.

use super::{Store, StoreError, on, signed, unsigned};

/// A checkpoint that has reported at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCheckpoint {
    /// Its name.
    pub checkpoint: String,
    /// The name that people read.
    pub title: String,
    /// Version of its agent.
    pub agent_version: String,
    /// When it was last heard, in microseconds since 1970 by the hub's clock.
    pub last_seen_us: i64,
    /// Entries that wait at the edge, as it last said.
    pub waiting: u64,
    /// When the oldest of them was recorded, in microseconds since 1970 by the edge's clock.
    pub oldest_at_us: Option<i64>,
    /// How sure the edge's clock is, as it last said: `synchronised`, `unsynchronised`, `unknown`.
    pub clock_quality: String,
}

impl Store {
    /// Every checkpoint that has reported, by name.
    pub async fn checkpoints(&self) -> Result<Vec<KnownCheckpoint>, StoreError> {
        type Row = (String, String, String, i64, i64, Option<i64>, String);
        const TEXT: &str = "SELECT checkpoint, title, agent_version, last_seen_us, waiting, oldest_at_us, clock_quality
             FROM checkpoints ORDER BY checkpoint";
        let rows: Vec<Row> = on!(&self.read, pool => sqlx::query_as(TEXT).fetch_all(pool).await)
            .map_err(|cause| self.failed("list the checkpoints", cause))?;
        Ok(rows
            .into_iter()
            .map(
                |(checkpoint, title, agent_version, last_seen_us, waiting, oldest_at_us, clock)| {
                    KnownCheckpoint {
                        checkpoint,
                        title,
                        agent_version,
                        last_seen_us,
                        waiting: unsigned(waiting),
                        oldest_at_us,
                        clock_quality: clock,
                    }
                },
            )
            .collect())
    }

    /// Keeps what an edge says about itself.
    pub async fn keep_checkpoint(&self, known: &KnownCheckpoint) -> Result<(), StoreError> {
        const TEXT: &str = "INSERT INTO checkpoints
             (checkpoint, title, agent_version, first_seen_us, last_seen_us, waiting, oldest_at_us, clock_quality)
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7)
             ON CONFLICT (checkpoint) DO UPDATE SET title = excluded.title, agent_version = excluded.agent_version,
             last_seen_us = excluded.last_seen_us, waiting = excluded.waiting, oldest_at_us = excluded.oldest_at_us,
             clock_quality = excluded.clock_quality";
        on!(&self.write, pool => sqlx::query(TEXT)
            .bind(&known.checkpoint)
            .bind(&known.title)
            .bind(&known.agent_version)
            .bind(known.last_seen_us)
            .bind(signed(known.waiting))
            .bind(known.oldest_at_us)
            .bind(&known.clock_quality)
            .execute(pool).await.map(drop))
        .map_err(|cause| self.failed("keep what a checkpoint says of itself", cause))
    }
}
