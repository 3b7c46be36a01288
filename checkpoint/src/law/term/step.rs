//! What was done to compute a term, step by step, so that a lawyer can follow it with a finger on the calendar.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One step of a computation. Instants are the body's local time with its offset, such as `2025-03-12T10:00:00+05:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// The trigger.
    Triggered {
        /// When.
        at: String,
    },
    /// Hours run from the instant (5.2, AMB-01).
    CountedFrom {
        /// From when.
        at: String,
    },
    /// Days begin on this day (5.3).
    FirstDay {
        /// Which.
        day: Date,
    },
    /// So many hours were added.
    HoursAdded {
        /// How many.
        hours: u32,
        /// The result.
        at: String,
    },
    /// The body was closed, or closes too soon: counted from its next opening.
    CarriedToOpening {
        /// When it opens.
        at: String,
    },
    /// A working day was counted.
    Counted {
        /// Which.
        day: Date,
        /// Its number, from 1.
        number: u32,
    },
    /// A day was not counted.
    Skipped {
        /// Which.
        day: Date,
        /// Why.
        why: String,
    },
    /// The month has no such day: its last one was taken (5.5, AMB-04).
    ClippedToMonthEnd {
        /// The day number that it lacks.
        wanted: u8,
        /// The day that was taken.
        day: Date,
    },
    /// The last day before it moves on.
    NominalDay {
        /// Which.
        day: Date,
    },
    /// The last day does not work: the next one was taken (5.6).
    RolledOver {
        /// The day that does not work.
        day: Date,
        /// Why.
        why: String,
    },
    /// The last day stays where it is, although it does not work.
    NotRolled {
        /// The day.
        day: Date,
        /// Why.
        why: String,
    },
    /// The last day.
    LastDay {
        /// Which.
        day: Date,
    },
    /// The hour at which the body stops such operations (5.7/2, AMB-08).
    ClosingTaken {
        /// When.
        at: String,
    },
    /// 24:00 of the last day: the first moment of the next (5.7/1).
    MidnightTaken {
        /// When.
        at: String,
    },
    /// What was stated with the trigger.
    StatedTaken {
        /// As it was stated.
        stated: String,
    },
    /// What was stated is later than the law allows.
    StatedTooLate {
        /// As it was stated.
        stated: String,
    },
    /// The distance gave so many months and days (323.2, AMB-14).
    DistanceGave {
        /// Kilometres.
        km: u32,
        /// Whole months.
        months: u32,
        /// Days for the rest.
        days: u32,
    },
    /// The end was moved by a reading other than the recommended one.
    MovedByReading {
        /// The ambiguity, such as `AMB-02`.
        reading: String,
        /// The new end.
        at: String,
    },
    /// No more than information: so many hours have passed then (AMB-09).
    Mark {
        /// How many hours.
        hours: u32,
        /// When.
        at: String,
    },
    /// The law says "immediately" and no number (AMB-21).
    Immediately,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Triggered { at } => write!(f, "triggered at {at}"),
            Step::CountedFrom { at } => write!(f, "hours are counted from {at}"),
            Step::FirstDay { day } => write!(f, "the first day is {day}"),
            Step::HoursAdded { hours, at } => write!(f, "{hours} h later it is {at}"),
            Step::CarriedToOpening { at } => write!(f, "counted from the next opening, {at}"),
            Step::Counted { day, number } => write!(f, "{day} is working day {number}"),
            Step::Skipped { day, why } => write!(f, "{day} is not counted: {why}"),
            Step::ClippedToMonthEnd { wanted, day } => {
                write!(f, "the month has no day {wanted}: its last is {day}")
            }
            Step::NominalDay { day } => write!(f, "the last day falls on {day}"),
            Step::RolledOver { day, why } => write!(f, "{day} does not work ({why}): the next day"),
            Step::NotRolled { day, why } => write!(f, "{day} does not move on: {why}"),
            Step::LastDay { day } => write!(f, "the last day is {day}"),
            Step::ClosingTaken { at } => write!(f, "the body closes at {at}"),
            Step::MidnightTaken { at } => write!(f, "24:00 of the last day is {at}"),
            Step::StatedTaken { stated } => write!(f, "{stated} was stated"),
            Step::StatedTooLate { stated } => write!(f, "{stated} was stated, later than allowed"),
            Step::DistanceGave { km, months, days } => {
                write!(f, "{km} km give {months} months and {days} days")
            }
            Step::MovedByReading { reading, at } => write!(f, "read by {reading}: {at}"),
            Step::Mark { hours, at } => write!(f, "for information: {hours} h are over at {at}"),
            Step::Immediately => write!(f, "the law says immediately, and no number"),
        }
    }
}
