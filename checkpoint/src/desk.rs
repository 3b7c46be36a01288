//! A lawyer's desk: questions about the law, asked in text and answered in text, without a checkpoint running.
//!
//! What if a clock had started then ([`clocks`]); what a file of the law holds ([`holdings`]). Text and values in, a report out: no file,
//! no clock of the machine, no law of its own. The answers are those of the production rules, because it is those that are asked.

pub mod clocks;
pub mod holdings;
pub mod unnamed;

mod table;
