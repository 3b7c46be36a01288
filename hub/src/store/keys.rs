//! The keys with which checkpoints sign the heads of their journals.

use super::{Store, StoreError, on};

impl Store {
    /// The key of a checkpoint, 32 bytes; none if it has never signed, or was forgotten.
    pub async fn site_key(&self, checkpoint: &str) -> Result<Option<[u8; 32]>, StoreError> {
        const TEXT: &str = "SELECT public_key FROM site_keys WHERE checkpoint = $1";
        let row: Option<(Vec<u8>,)> = on!(&self.read, pool =>
            sqlx::query_as(TEXT).bind(checkpoint).fetch_optional(pool).await)
        .map_err(|cause| self.failed("read the key of a checkpoint", cause))?;
        // A key of another length cannot have come from here; zeros are a key that signs nothing.
        Ok(row.map(|(key,)| key.try_into().unwrap_or_default()))
    }

    /// Keeps the key that came first. Answers the key that holds now: somebody else may have been earlier.
    pub async fn pin_key(
        &self,
        checkpoint: &str,
        key: [u8; 32],
        now_us: i64,
    ) -> Result<[u8; 32], StoreError> {
        const TEXT: &str =
            "INSERT INTO site_keys (checkpoint, public_key, met_us) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING";
        on!(&self.write, pool => sqlx::query(TEXT)
            .bind(checkpoint)
            .bind(key.as_slice())
            .bind(now_us)
            .execute(pool).await.map(drop))
        .map_err(|cause| self.failed("keep the key of a checkpoint", cause))?;
        Ok(self.site_key(checkpoint).await?.unwrap_or(key))
    }

    /// Forgets the key of a checkpoint: the next one that comes holds. False if there was none.
    pub async fn forget_key(&self, checkpoint: &str) -> Result<bool, StoreError> {
        const TEXT: &str = "DELETE FROM site_keys WHERE checkpoint = $1";
        on!(&self.write, pool => sqlx::query(TEXT)
            .bind(checkpoint).execute(pool).await.map(|done| done.rows_affected() == 1))
        .map_err(|cause| self.failed("forget the key of a checkpoint", cause))
    }
}
