//! A lawyer's desk: questions about the law, asked in text and answered in text, without a checkpoint running.
//!
//! What if a clock had started then ([`clocks`]); what is missing in a notice ([`draft`]); what the law does with a vehicle of which a few
//! facts are told ([`story`], [`tell()`]); what a file of the law holds ([`holdings`]). Text and values in, a report out: no file, no clock
//! of the machine, no law of its own. The answers are those of the production rules, because it is those that are asked.

use crate::input::order::NoticeDraft;

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
pub use story::{Story, StoryError};
pub use tell::tell;

/// Where the files are that a story names. The shell reads them; a test has them in memory.
pub trait Shelf {
    /// The text of a calendar, a timetable or an edition, or in one sentence why it cannot be had.
    fn text(&self, name: &str) -> Result<String, String>;
    /// A notice, or in one sentence why it cannot be had.
    fn notice(&self, name: &str) -> Result<NoticeDraft, String>;
}
