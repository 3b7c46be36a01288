//! What may go from a journal, and what stands in the way (Code of the Republic of Kazakhstan on customs affairs (2010), art. 187.5, 188).
//!
//! A chain can be shortened at its beginning only, so the question is always one about a prefix: may everything that it tells of go? It
//! may if each entry is older than the keeping term, and nothing in it belongs to a visit that is here or whose goods are, as far as
//! anybody told, still under customs control; to an alarm that waits for an officer; to a term that runs; to an act that is valid; or to
//! proceedings that are open. [`Walker`] is told every entry in order and keeps only what the oldest days tell of.
//!
//! Promises: nothing is freed on a guess. What cannot be read, or computed, stays. A prefix ends with a whole day of the checkpoint.
//! It deliberately removes nothing and does not know what the hub has: both are the shell's.

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

use crate::Checkpoint;
use crate::decide::{Hours, Rules};
use crate::ids::ConsignmentNo;
use crate::law::term::{TermError, Trigger};
use crate::site::Mode;

mod subjects;
mod walker;

pub use walker::Walker;

/// The act by which proceedings begin to hold what is kept; its answers name the visit by its number.
pub const PROCEEDINGS_OPENED: &str = "proceedings_opened";
/// The act that tells the end of control of goods that are on the books here (art. 185.2).
pub const CONTROL_ENDED: &str = "control_ended";
/// The same for goods whose vehicle left so long ago that the checkpoint has forgotten it; its answers name the visit by its number.
pub const CONTROL_END_REPORTED: &str = "control_end_reported";
/// The field in which acts about the checkpoint name a visit.
pub const VISIT_NUMBER: &str = "visit_number";
/// The field in which they name a consignment; all if it is not answered.
pub const CONSIGNMENT_NUMBER: &str = "consignment_number";

/// Who keeps the papers: the law sets different terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeper {
    /// A customs body (187.5/1, 188).
    #[default]
    Body,
    /// A registered customs business: a representative, a carrier, the owner of a warehouse (187.5/2 as well).
    Business,
}

/// What is taken for the end of control of goods of which nobody told it: those that left under transit, or another procedure that
/// control outlasts. The law counts from the end and does not say what holds while it is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownEnd {
    /// Nothing: their entries stay until an act tells the end.
    #[default]
    Stay,
    /// The moment at which they left the checkpoint.
    CountFromExit,
}

/// How long entries are kept here.
#[derive(Debug, Clone)]
pub struct Keeping {
    rules: Rules,
    hours: Hours,
    ids: Vec<String>,
    unknown_end: UnknownEnd,
}

/// Until when something is kept, and the rule behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepUntil {
    /// The first moment at which it may go.
    pub at: Timestamp,
    /// Id of the rule, such as `REC-1`.
    pub rule: String,
    /// The article.
    pub article: String,
}

/// Why nothing can be said about a journal.
#[derive(Debug, thiserror::Error)]
pub enum KeepingError {
    /// The edition sets no term.
    #[error("the edition {edition} has no clock {rule}: nothing says how long papers are kept")]
    NoRule {
        /// The edition.
        edition: String,
        /// The rule that is missing.
        rule: String,
    },
    /// The term cannot be computed.
    #[error("how long papers are kept cannot be computed")]
    Term(#[from] TermError),
}

impl Keeping {
    /// The terms of the edition for this keeper, with the days off and the hours that are in force. Fails if the edition has none.
    ///
    /// # Errors
    ///
    /// [`KeepingError::NoRule`].
    pub fn new(
        rules: Rules,
        in_force: &Checkpoint,
        keeper: Keeper,
        unknown_end: UnknownEnd,
    ) -> Result<Keeping, KeepingError> {
        let ids: &[&str] = match keeper {
            Keeper::Body => &["REC-1", "REC-3"],
            Keeper::Business => &["REC-1", "REC-2"],
        };
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        if let Some(rule) = ids.iter().find(|id| rules.edition.clock(id).is_none()) {
            let edition = rules.edition.id.clone();
            return Err(KeepingError::NoRule { edition, rule: rule.clone() });
        }
        let hours = Hours {
            calendar: in_force.calendar.clone().unwrap_or_else(|| rules.calendar.clone()),
            timetable: in_force.timetable.clone().unwrap_or_else(|| rules.timetable.clone()),
        };
        Ok(Keeping { rules, hours, ids, unknown_end })
    }

    /// Until when papers are kept if control ended at this moment: the latest of the terms, and the first of them where they are equal.
    ///
    /// # Errors
    ///
    /// [`KeepingError::Term`] for a moment that no term can be counted from.
    pub fn until(&self, ended: Timestamp) -> Result<KeepUntil, KeepingError> {
        let edition = &self.rules.edition;
        let mut latest: Option<KeepUntil> = None;
        for rule in self.ids.iter().filter_map(|id| edition.clock(id)) {
            // How long papers are kept does not depend on how the goods moved.
            let body = self.rules.body(&self.hours);
            let end = edition.compute(rule, Mode::Road, &Trigger::at(ended), body)?;
            if latest.as_ref().is_none_or(|latest| latest.at < end.latest_at) {
                let (rule, article) = (rule.id.clone(), rule.article.clone());
                latest = Some(KeepUntil { at: end.latest_at, rule, article });
            }
        }
        latest.ok_or_else(|| KeepingError::NoRule {
            edition: edition.id.clone(),
            rule: self.ids.join(", "),
        })
    }

    /// The day at the checkpoint.
    fn day(&self, at: Timestamp) -> civil::Date {
        self.rules.zone().to_datetime(at).date()
    }

    /// The first moment of a day at the checkpoint; none if there is none in all of time.
    pub fn day_begins(&self, day: civil::Date) -> Option<Timestamp> {
        Some(day.to_zoned(self.rules.zone().clone()).ok()?.timestamp())
    }
}

/// What a journal's beginning looks like to retention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The longest prefix of whole days that may go; none if none may.
    pub free: Option<Free>,
    /// What stands in the way of more, in the order of the journal; at most [`MOST_OBSTACLES`].
    pub obstacles: Vec<Obstacle>,
    /// How many more obstacles there are.
    pub more: usize,
    /// The first entry whose own term is not over, or that was not asked about; none if there is none.
    pub young: Option<Young>,
}

/// A prefix that may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Free {
    /// Its last entry.
    pub through_seq: u64,
    /// The first day of which entries stay.
    pub kept_from: civil::Date,
    /// The rule whose term is over, such as `REC-1`.
    pub rule: String,
    /// The article.
    pub article: String,
}

/// The first entry that stays on account of its own age alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Young {
    /// Which.
    pub seq: u64,
    /// Until when it is kept; none if it was only not asked about.
    pub until: Option<KeepUntil>,
}

/// Something in a prefix that may not go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obstacle {
    /// The first entry that tells of it.
    pub seq: u64,
    /// What it is.
    pub why: Why,
    /// The number of the visit, as people write it.
    pub visit: Option<String>,
    /// Which consignment.
    pub consignment: Option<ConsignmentNo>,
    /// What else names it: an alarm's or an act's number, the id of a term.
    pub name: Option<String>,
    /// The article.
    pub article: String,
    /// Until when it stands in the way; none if nobody knows.
    pub until: Option<Timestamp>,
}

/// Why something may not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The vehicle is here.
    VisitHere,
    /// Nobody told the end of control of the goods.
    ControlNotEnded,
    /// The keeping term runs.
    Kept,
    /// An alarm waits for an officer.
    AlarmOpen,
    /// A term runs.
    TermRuns,
    /// An act is valid.
    ActValid,
    /// Proceedings are open.
    ProceedingsOpen,
    /// An entry of a newer release: what it tells of is not known here.
    Unreadable,
}

impl Why {
    /// The code that serde gives it.
    pub fn name(self) -> &'static str {
        match self {
            Why::VisitHere => "visit_here",
            Why::ControlNotEnded => "control_not_ended",
            Why::Kept => "kept",
            Why::AlarmOpen => "alarm_open",
            Why::TermRuns => "term_runs",
            Why::ActValid => "act_valid",
            Why::ProceedingsOpen => "proceedings_open",
            Why::Unreadable => "unreadable",
        }
    }
}

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

/// Obstacles that are named; the others are counted.
pub const MOST_OBSTACLES: usize = 100;
