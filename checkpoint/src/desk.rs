//! A lawyer's desk: questions about the law, asked in text and answered in text, without a checkpoint running.
//!
//! What if a clock had started then ([`clocks`]); what is missing in a notice ([`draft`]); what the law does with a vehicle of which a few
//! facts are told ([`story`], [`tell()`]); what a file of the law holds ([`holdings`]). Text and values in, a report out: no file, no clock
//! of the machine, no law of its own. The answers are those of the production rules, because it is those that are asked.

use crate::input::order::NoticeDraft;
use crate::law::{Calendar, Edition, Timetable};

pub mod clocks;
pub mod draft;
pub mod holdings;
pub mod report;
pub mod story;
pub mod unnamed;

mod answers;
mod complete;
mod expect;
mod fact;
mod line;
mod orders;
mod picture;
mod prior;
mod table;
mod tell;

pub use report::Report;
pub use story::{Place, Problem, Story, StoryError};
pub use tell::{Bounds, tell};

/// Where the files are that a story names. The shell reads them; a test has them in memory.
pub trait Shelf {
    /// The text of a calendar, a timetable or an edition, or in one sentence why it cannot be had.
    fn text(&self, name: &str) -> Result<String, String>;
    /// A notice, or in one sentence why it cannot be had.
    fn notice(&self, name: &str) -> Result<NoticeDraft, String>;
    /// What is in force where the story is told, and taken where its heading names nothing else. Nothing is in force on a desk of its own.
    fn in_force(&self) -> Option<InForce<'_>> {
        None
    }
}

/// The law of a place.
#[derive(Debug, Clone, Copy)]
pub struct InForce<'a> {
    /// The edition.
    pub edition: &'a Edition,
    /// Its days off.
    pub calendar: &'a Calendar,
    /// Its working hours.
    pub timetable: &'a Timetable,
    /// IANA name of its zone.
    pub zone: &'a str,
    /// Five digits of the customs office.
    pub office: &'a str,
}
