//! What became of the hub's directives, so that the same one again changes nothing.

use jiff::Timestamp;
use rpds::RedBlackTreeMapSync;
use serde::{Deserialize, Serialize};

/// Answers that are kept; the journal keeps all. Of older ones the number is enough: it is lower than the last.
pub const KEPT_ANSWERS: usize = 100;
/// Directives that nobody trusted and that are recognised when they come again.
pub const KEPT_DISTRUSTED: usize = 100;

/// What became of the hub's directives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Directives {
    /// The last number that was answered; 0 before the first.
    pub last: u64,
    /// The key that is trusted, as 64 hexadecimal digits: the first that was met, or the one that the configuration names.
    pub key: Option<String>,
    /// By number.
    pub answers: RedBlackTreeMapSync<u64, Answered>,
    /// Those that nobody trusted, by the entry that said so.
    pub distrusted: RedBlackTreeMapSync<u64, Distrusted>,
}

/// A directive that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What it was, such as `calendar`.
    pub subject: String,
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
    /// Why it was not followed; none if it was.
    pub refused: Option<String>,
}

/// A directive that nobody trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distrusted {
    /// The number that it bore.
    pub number: u64,
    /// When it came.
    pub at: Timestamp,
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
    /// Whose signature it bore, for people.
    pub found: String,
}

impl Directives {
    /// Remembers an answer, and the key behind it.
    pub(super) fn answered(&mut self, number: u64, signer: &str, answer: Answered) {
        self.last = self.last.max(number);
        self.key = Some(signer.to_owned());
        self.answers.insert_mut(number, answer);
        while self.answers.size() > KEPT_ANSWERS {
            let Some(oldest) = self.answers.first().map(|(number, _)| *number) else { return };
            self.answers.remove_mut(&oldest);
        }
    }

    /// Remembers one that nobody trusts.
    pub(super) fn distrust(&mut self, seq: u64, directive: Distrusted) {
        self.distrusted.insert_mut(seq, directive);
        while self.distrusted.size() > KEPT_DISTRUSTED {
            let Some(oldest) = self.distrusted.first().map(|(seq, _)| *seq) else { return };
            self.distrusted.remove_mut(&oldest);
        }
    }

    /// Whether this one was distrusted before for the same.
    pub(crate) fn is_distrusted(&self, digest: &str, found: &str) -> bool {
        self.distrusted.values().any(|one| one.digest == digest && one.found == found)
    }
}
