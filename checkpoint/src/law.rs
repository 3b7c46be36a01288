//! The law as data, and what interprets it.
//!
//! An edition (`config/law/*.toml`) holds the rows of the arrival notice, the clocks, the alarms, the reasons that hold an exit and
//! the grounds of detention, each with its article. Nothing here knows a number of the law: another edition is another file.

pub mod accounting;
pub mod act;
pub mod calendar;
pub mod course;
pub mod edition;
pub mod notice;
pub mod prolongation;
pub mod readings;
pub mod source;
pub mod term;
pub mod timetable;
pub mod words;

pub use calendar::Calendar;
pub use edition::Edition;
pub use readings::Readings;
pub use source::LawError;
pub use timetable::Timetable;

/// The longest text of a calendar or a timetable that can be applied, in bytes: it stands in an entry, and in an order to the terminal.
/// The holidays of a generation fit.
pub const LONGEST_TEXT: usize = 32 * 1024;

/// The edition that is built in, for a site that names no other.
pub const BUILT_IN_EDITION: (&str, &str) =
    ("law/kz-2010.toml", include_str!("../../config/law/kz-2010.toml"));
