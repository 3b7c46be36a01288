//! What may go from a journal (Code of the Republic of Kazakhstan on customs affairs (2010), art. 187.5, 188).
//!
//! A chain can be shortened at its beginning only, in whole days. Nothing here removes anything: that is the shell's.

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::event::Event;

/// Entries that are about to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purge {
    /// The last that goes.
    pub through_seq: u64,
    /// Its hash, in hexadecimal.
    pub through_hash: String,
    /// The first day of which entries stay.
    pub kept_from: civil::Date,
    /// The rule whose term is over.
    pub rule: String,
    /// The article.
    pub article: String,
    /// The edition.
    pub edition: String,
}

impl Purge {
    /// The fact.
    pub(crate) fn event(&self) -> Event {
        let Purge { through_seq, through_hash, kept_from, rule, article, edition } = self.clone();
        Event::JournalPurged { through_seq, through_hash, kept_from, rule, article, edition }
    }
}
