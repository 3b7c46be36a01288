//! Why a term cannot be computed. Each sentence says what would be right; nothing is guessed instead.

use jiff::Timestamp;
use jiff::civil::Date;

/// A term that cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// The trigger's text has no offset and names no zone, so it is no instant.
    #[error(
        "{text:?} does not say where on the earth it is so late: write an offset, such as 2025-03-12T10:00:00+05:00, or the zone as well, such as 2025-03-12T10:00:00+05:00[Asia/Almaty]"
    )]
    NoOffset {
        /// What was written.
        text: String,
    },
    /// The trigger's text is no instant at all.
    #[error("{text:?} is no instant ({why}): write one such as 2025-03-12T10:00:00+05:00")]
    NoInstant {
        /// What was written.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// The trigger lies outside the years for which terms are computed.
    #[error("the trigger {at} is not between {from} and {through}: look at its year")]
    TriggerOutOfRange {
        /// The trigger.
        at: Timestamp,
        /// The first day of which terms are computed.
        from: Date,
        /// The last.
        through: Date,
    },
    /// The trigger lies before the day on which the edition applies.
    #[error(
        "the trigger is of {day}, and edition {edition} applies from {applies_from}: take the edition of that day"
    )]
    BeforeEdition {
        /// The trigger's day at the body.
        day: Date,
        /// The edition.
        edition: String,
        /// Its first day.
        applies_from: Date,
    },
    /// The end lies beyond the dates that can be written.
    #[error("the term of {what} from {from} ends beyond the year 9999")]
    OutOfRange {
        /// Such as `5 years`.
        what: String,
        /// The day from which it was counted.
        from: Date,
    },
    /// The body never opens, as its timetable says.
    #[error(
        "timetable {timetable} names no working time in the {days} days after {after}: correct the timetable"
    )]
    NeverOpen {
        /// Version of the timetable.
        timetable: String,
        /// The day after which was searched.
        after: Date,
        /// How many days were searched.
        days: u32,
    },
    /// The country never works, as its calendar says.
    #[error(
        "calendar {calendar} names no working day in the {days} days after {after}: correct the calendar"
    )]
    NeverWorks {
        /// Version of the calendar.
        calendar: String,
        /// The day after which was searched.
        after: Date,
        /// How many days were searched.
        days: u32,
    },
    /// The law leaves the term to somebody, and nobody has stated it.
    #[error("the law leaves this term to be set: state an instant or a day with the trigger")]
    NotStated,
    /// What was stated lies before the trigger.
    #[error("the stated end {stated} lies before the trigger {trigger}")]
    StatedBeforeTrigger {
        /// What was stated.
        stated: String,
        /// The trigger.
        trigger: Timestamp,
    },
    /// The cap of transit needs the distance.
    #[error(
        "the cap of transit depends on the distance: state it with the trigger, in kilometres, at least 1"
    )]
    NoDistance,
    /// The law sets no term, so there is nothing to compute.
    #[error("the law sets no term here")]
    NoTerm,
}
