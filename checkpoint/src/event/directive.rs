//! What became of a directive of the hub.

use serde::{Deserialize, Serialize};

/// The answer to a directive: it was followed, or refused for what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectiveAnswer {
    /// The hub's number for it.
    pub number: u64,
    /// What it was, such as `calendar`.
    pub subject: String,
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
    /// The key that signed it, in hexadecimal: from now on the one that is trusted.
    pub signer: String,
    /// Why it was not followed; none if it was.
    pub refused: Option<String>,
}

/// A directive that the hub's key did not sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DistrustedDirective {
    /// The number that it bore.
    pub number: u64,
    /// What it was said to be.
    pub subject: String,
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
    /// Whose signature it bore, for people.
    pub found: String,
}
