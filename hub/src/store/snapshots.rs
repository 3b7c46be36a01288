//! The folded state as of one entry. It makes a restart fast and holds nothing that the entries do not.

use wire::chain::Epoch;

use super::{Store, StoreError, on, signed, unsigned};

/// A folded state that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptState {
    /// The epoch whose entries were folded.
    pub epoch: Epoch,
    /// The last entry in it.
    pub seq: u64,
    /// Which program folded it: another one folds again.
    pub made_by: String,
    /// The state as that program wrote it.
    pub state: Vec<u8>,
}

impl Store {
    /// Keeps the state of a checkpoint in place of the one before.
    pub async fn keep_state(
        &self,
        checkpoint: &str,
        kept: &KeptState,
        now_us: i64,
    ) -> Result<(), StoreError> {
        const TEXT: &str = "INSERT INTO snapshots (checkpoint, epoch, seq, made_us, made_by, state)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (checkpoint) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq,
             made_us = excluded.made_us, made_by = excluded.made_by, state = excluded.state";
        on!(&self.write, pool => sqlx::query(TEXT)
            .bind(checkpoint)
            .bind(kept.epoch.0.as_slice())
            .bind(signed(kept.seq))
            .bind(now_us)
            .bind(&kept.made_by)
            .bind(&kept.state)
            .execute(pool).await.map(drop))
        .map_err(|cause| self.failed("keep a folded state", cause))
    }

    /// The kept state of a checkpoint, if there is one that can be read.
    pub async fn kept_state(&self, checkpoint: &str) -> Result<Option<KeptState>, StoreError> {
        const TEXT: &str = "SELECT epoch, seq, made_by, state FROM snapshots WHERE checkpoint = $1";
        let row: Option<(Vec<u8>, i64, String, Vec<u8>)> = on!(&self.read, pool =>
            sqlx::query_as(TEXT).bind(checkpoint).fetch_optional(pool).await)
        .map_err(|cause| self.failed("read a folded state", cause))?;
        Ok(row.and_then(|(epoch, seq, made_by, state)| {
            let epoch = Epoch(epoch.try_into().ok()?);
            Some(KeptState { epoch, seq: unsigned(seq), made_by, state })
        }))
    }
}
