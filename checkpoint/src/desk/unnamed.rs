//! The body that a question means where it names none.

use crate::law::{Calendar, LawError, Timetable};

/// A calendar that knows no day off.
pub fn no_days_off() -> Calendar {
    let mut calendar = Calendar::default();
    "none".clone_into(&mut calendar.version);
    calendar
}

/// A body that never closes.
pub fn round_the_clock() -> Result<Timetable, LawError> {
    const TEXT: &str = include_str!("../../../config/timetables/round-the-clock.toml");
    Timetable::parse(TEXT, "timetables/round-the-clock.toml")
}
