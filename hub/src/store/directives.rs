//! What the hub directs, and what checkpoints answered.

use super::{Store, StoreError, on, signed, unsigned};

/// A directive as it is kept and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDirective {
    /// Its number at its checkpoint: 1, 2, …
    pub number: u64,
    /// What it is about, such as `calendar`.
    pub subject: String,
    /// The file, as it was written.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal.
    pub digest: String,
    /// The Ed25519 signature, 64 bytes.
    pub signature: Vec<u8>,
    /// The key that made it, 32 bytes.
    pub public_key: Vec<u8>,
    /// When it was given, in microseconds since 1970.
    pub made_us: i64,
}

/// What a checkpoint did with a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds there.
    Applied,
    /// It was not followed for what it says.
    Refused,
    /// It bears no signature that is trusted there.
    Distrusted,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Outcome::Applied => "applied",
            Outcome::Refused => "refused",
            Outcome::Distrusted => "distrusted",
        }
    }

    fn read(word: &str) -> Outcome {
        match word {
            "applied" => Outcome::Applied,
            "distrusted" => Outcome::Distrusted,
            _ => Outcome::Refused,
        }
    }
}

/// An answer as its entry says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// To which number.
    pub number: u64,
    /// SHA-256 of the text that was answered, in hexadecimal.
    pub digest: String,
    /// What was done.
    pub outcome: Outcome,
    /// Why not, in words; empty if it was followed.
    pub words: String,
    /// When, by the edge's clock, in microseconds since 1970.
    pub at_us: i64,
}

/// Directives of one checkpoint that are listed; older ones have long been answered.
const LISTED: i64 = 100;

type Row = (i64, String, String, String, Vec<u8>, Vec<u8>, i64);

fn directive(
    (number, subject, text, digest, signature, public_key, made_us): Row,
) -> StoredDirective {
    let number = unsigned(number);
    StoredDirective { number, subject, text, digest, signature, public_key, made_us }
}

impl Store {
    /// The number of the next directive to a checkpoint: above all that were given, and above all that it has answered.
    pub async fn next_directive(&self, checkpoint: &str) -> Result<u64, StoreError> {
        const TEXT: &str = "SELECT COALESCE(MAX(number), 0) FROM (
                SELECT number FROM directives WHERE checkpoint = $1
                UNION ALL
                SELECT number FROM directive_answers WHERE checkpoint = $1 AND outcome <> 'distrusted'
            ) AS numbers";
        let (last,): (i64,) =
            on!(&self.read, pool => sqlx::query_as(TEXT).bind(checkpoint).fetch_one(pool).await)
                .map_err(|cause| self.failed("number a directive", cause))?;
        Ok(unsigned(last).saturating_add(1))
    }

    /// Keeps a directive. False if somebody else has taken its number.
    pub async fn keep_directive(
        &self,
        checkpoint: &str,
        directive: &StoredDirective,
    ) -> Result<bool, StoreError> {
        const TEXT: &str =
            "INSERT INTO directives (checkpoint, number, subject, text, digest, signature, public_key, made_us)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        on!(&self.write, pool => sqlx::query(TEXT)
            .bind(checkpoint)
            .bind(signed(directive.number))
            .bind(&directive.subject)
            .bind(&directive.text)
            .bind(&directive.digest)
            .bind(directive.signature.as_slice())
            .bind(directive.public_key.as_slice())
            .bind(directive.made_us)
            .execute(pool).await.map(|done| done.rows_affected() == 1))
        .map_err(|cause| self.failed("keep a directive", cause))
    }

    /// The first directive to a checkpoint after the one with this number.
    pub async fn directive_after(
        &self,
        checkpoint: &str,
        number: u64,
    ) -> Result<Option<StoredDirective>, StoreError> {
        const TEXT: &str =
            "SELECT number, subject, text, digest, signature, public_key, made_us FROM directives
             WHERE checkpoint = $1 AND number > $2 ORDER BY number LIMIT 1";
        let row: Option<Row> = on!(&self.read, pool => sqlx::query_as(TEXT)
            .bind(checkpoint).bind(signed(number)).fetch_optional(pool).await)
        .map_err(|cause| self.failed("read a directive", cause))?;
        Ok(row.map(directive))
    }

    /// The last directives to a checkpoint, the newest first.
    pub async fn directives(&self, checkpoint: &str) -> Result<Vec<StoredDirective>, StoreError> {
        const TEXT: &str =
            "SELECT number, subject, text, digest, signature, public_key, made_us FROM directives
             WHERE checkpoint = $1 ORDER BY number DESC LIMIT $2";
        let rows: Vec<Row> = on!(&self.read, pool => sqlx::query_as(TEXT)
            .bind(checkpoint).bind(LISTED).fetch_all(pool).await)
        .map_err(|cause| self.failed("read directives", cause))?;
        Ok(rows.into_iter().map(directive).collect())
    }

    /// The checkpoints to which anything was ever directed.
    pub async fn directed_checkpoints(&self) -> Result<Vec<String>, StoreError> {
        const TEXT: &str = "SELECT DISTINCT checkpoint FROM directives ORDER BY checkpoint";
        let rows: Vec<(String,)> =
            on!(&self.read, pool => sqlx::query_as(TEXT).fetch_all(pool).await)
                .map_err(|cause| self.failed("read who was directed", cause))?;
        Ok(rows.into_iter().map(|(checkpoint,)| checkpoint).collect())
    }

    /// How many directives there are: more than before means that somebody gave one.
    pub async fn count_directives(&self) -> Result<i64, StoreError> {
        let (count,): (i64,) = on!(&self.read, pool =>
            sqlx::query_as("SELECT COUNT(*) FROM directives").fetch_one(pool).await)
        .map_err(|cause| self.failed("count directives", cause))?;
        Ok(count)
    }

    /// Keeps what a checkpoint answered. A later answer to the same number stands in the place of an earlier one: a journal that
    /// was begun anew answers again.
    pub async fn keep_answer(
        &self,
        checkpoint: &str,
        answer: &StoredAnswer,
    ) -> Result<(), StoreError> {
        const TEXT: &str =
            "INSERT INTO directive_answers (checkpoint, number, digest, outcome, words, at_us)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (checkpoint, number) DO UPDATE
             SET digest = excluded.digest, outcome = excluded.outcome, words = excluded.words, at_us = excluded.at_us
             WHERE directive_answers.at_us <= excluded.at_us";
        on!(&self.write, pool => sqlx::query(TEXT)
            .bind(checkpoint)
            .bind(signed(answer.number))
            .bind(&answer.digest)
            .bind(answer.outcome.word())
            .bind(&answer.words)
            .bind(answer.at_us)
            .execute(pool).await.map(drop))
        .map_err(|cause| self.failed("keep an answer to a directive", cause))
    }

    /// What a checkpoint answered last, the highest number first.
    pub async fn directive_answers(
        &self,
        checkpoint: &str,
    ) -> Result<Vec<StoredAnswer>, StoreError> {
        type Row = (i64, String, String, String, i64);
        const TEXT: &str = "SELECT number, digest, outcome, words, at_us FROM directive_answers
             WHERE checkpoint = $1 ORDER BY number DESC LIMIT $2";
        let rows: Vec<Row> = on!(&self.read, pool => sqlx::query_as(TEXT)
            .bind(checkpoint).bind(LISTED).fetch_all(pool).await)
        .map_err(|cause| self.failed("read answers to directives", cause))?;
        Ok(rows
            .into_iter()
            .map(|(number, digest, outcome, words, at_us)| StoredAnswer {
                number: unsigned(number),
                digest,
                outcome: Outcome::read(&outcome),
                words,
                at_us,
            })
            .collect())
    }
}
