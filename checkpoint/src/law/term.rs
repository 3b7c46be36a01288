//! When a term ends: article 5 of the Code of the Republic of Kazakhstan on customs affairs (2010), and the readings of `docs/law.md`.
//!
//! A rule of the edition, a trigger, a body and the readings go in; the end comes out, with everything that a lawyer needs to follow it
//! and the versions of the calendar and the timetable that were used. Nothing is guessed: what cannot be computed is an error with a
//! sentence, and what is doubtful is a flag. The machine's own zone plays no part; hours are counted on the UTC line and days in the
//! body's zone. Who started a clock, and what follows when it runs out, is not known here.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::{Disambiguation, TimeZone};
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::readings::Readings;
use super::timetable::Timetable;

mod body;
mod days;
mod error;
mod hours;
mod rule;
mod step;

pub use error::TermError;
pub use rule::{FirstDay, TermRule};
pub use step::Step;

/// An hour term ends while the body is closed (AMB-02): literally all the same.
pub const OUTSIDE_WORKING_TIME: &str = "outside_working_time";
/// The last day does not work, and stays where it is all the same.
pub const NON_WORKING_DAY: &str = "non_working_day";
/// The body has no working time on the last day: 24:00 was taken.
pub const NO_WORKING_TIME_ON_LAST_DAY: &str = "no_working_time_on_last_day";
/// The calendar ends before the term does: later days off are not known.
pub const CALENDAR_ENDS_BEFORE_TERM: &str = "calendar_ends_before_term";
/// The calendar begins after days that were asked of it: earlier days off are not known.
pub const CALENDAR_BEGINS_LATER: &str = "calendar_begins_later";
/// The law says "immediately": the end is the trigger, and nothing runs out.
pub const IMMEDIATELY: &str = "immediately";
/// The end cannot be computed, as with a timetable that never opens: the clock stands at its trigger and nothing runs out until it can.
pub const NOT_COMPUTED: &str = "not_computed";
/// What was stated is later than the law allows: the law's end was taken.
pub const STATED_TOO_LATE: &str = "stated_too_late";
/// Nobody stated a limit: the law's own was taken.
pub const NOTHING_STATED: &str = "nothing_stated";
/// A measure of the body's pace, not a duty towards anybody (art. 453.2): shown after the clocks that bind.
pub const PERFORMANCE_ONLY: &str = "performance_only";

/// The first day of which terms are computed, in UTC: a trigger before it is a slip of the pen.
pub const EARLIEST: Date = jiff::civil::date(1992, 1, 1);
/// The last one.
pub const LATEST: Date = jiff::civil::date(2200, 12, 31);

/// What a term is computed with: the body's zone, hours and calendar.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a> {
    /// The zone (AMB-23).
    pub zone: &'a TimeZone,
    /// Working hours.
    pub timetable: &'a Timetable,
    /// Days off.
    pub calendar: &'a Calendar,
}

/// What starts a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// When it happened.
    pub at: Timestamp,
    /// The end that somebody stated, where the law leaves it to them.
    pub stated: Option<Stated>,
    /// How far the goods go, in kilometres, where the term depends on it (323.2).
    pub distance_km: Option<u32>,
}

/// An end that somebody stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stated {
    /// To the moment.
    Instant(Timestamp),
    /// A whole day.
    Day(Date),
}

impl Stated {
    /// Reads a day, such as `2025-03-12`, or an instant as [`Trigger::parse`] does.
    pub fn parse(text: &str) -> Result<Stated, TermError> {
        match text.parse::<Date>() {
            Ok(day) if text.len() == "2025-03-12".len() => Ok(Stated::Day(day)),
            Ok(_) | Err(_) => Trigger::parse(text).map(|trigger| Stated::Instant(trigger.at)),
        }
    }
}

impl std::fmt::Display for Stated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Stated::Instant(at) => write!(f, "{at}"),
            Stated::Day(day) => write!(f, "{day}"),
        }
    }
}

impl Trigger {
    /// This instant, and nothing stated.
    pub fn at(at: Timestamp) -> Trigger {
        Trigger { at, stated: None, distance_km: None }
    }

    /// Reads an instant: RFC 3339 with an offset, or RFC 9557 with a zone. A local time alone is refused, because it is no instant; so is one that
    /// came twice or never in its zone, and an offset that the zone did not have.
    pub fn parse(text: &str) -> Result<Trigger, TermError> {
        let no_instant = |error: jiff::Error| TermError::NoInstant {
            text: text.to_owned(),
            why: error.to_string(),
        };
        if text.contains('[') {
            let strict = DateTimeParser::new().disambiguation(Disambiguation::Reject);
            let zoned = strict.parse_zoned(text).map_err(no_instant)?;
            return Ok(Trigger::at(zoned.timestamp()));
        }
        match text.parse::<Timestamp>() {
            Ok(at) => Ok(Trigger::at(at)),
            Err(_) if text.parse::<DateTime>().is_ok() => {
                Err(TermError::NoOffset { text: text.to_owned() })
            }
            Err(error) => Err(no_instant(error)),
        }
    }

    /// The same with an end that somebody stated.
    #[must_use]
    pub fn stated(self, stated: Stated) -> Trigger {
        Trigger { stated: Some(stated), ..self }
    }

    /// The same with a distance.
    #[must_use]
    pub fn distance(self, km: u32) -> Trigger {
        Trigger { distance_km: Some(km), ..self }
    }
}

/// The end of a term, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computation {
    /// When it must be done: for days, when the body closes on the last one.
    pub due_at: Timestamp,
    /// The last moment for an electronic filing: 24:00 of the last day (art. 5.7, AMB-08), or `due_at` where the law itself names the hour
    /// (252.4/2), hours are counted, or the body acts (AMB-22). Never before `due_at`.
    pub latest_at: Timestamp,
    /// The last day before it moved on, for terms in days.
    pub nominal_day: Option<Date>,
    /// The last day, for terms in days.
    pub last_day: Option<Date>,
    /// Version of the calendar, if it was asked.
    pub calendar: Option<String>,
    /// Version of the timetable, if it was asked.
    pub timetable: Option<String>,
    /// Remarks by name.
    pub flags: Vec<String>,
    /// What was done, in order.
    pub steps: Vec<Step>,
}

impl Computation {
    /// A term whose end cannot be computed: it is shown as open since its trigger, and no end is guessed.
    pub fn impossible(trigger: &Trigger) -> Computation {
        Computation {
            due_at: trigger.at,
            latest_at: trigger.at,
            nominal_day: None,
            last_day: None,
            calendar: None,
            timetable: None,
            flags: vec![NOT_COMPUTED.to_owned()],
            steps: Vec::new(),
        }
    }
}

/// The end of a term.
pub fn compute(
    rule: &TermRule,
    trigger: &Trigger,
    body: Body<'_>,
    readings: &Readings,
) -> Result<Computation, TermError> {
    Counting::new(*trigger, body, readings)?.end_of(*rule)
}

/// The most to which a term may be prolonged: a term itself, whose last day moves on only if it is read so (AMB-24).
pub fn compute_ceiling(
    rule: &TermRule,
    trigger: &Trigger,
    body: Body<'_>,
    readings: &Readings,
) -> Result<Computation, TermError> {
    let mut counting = Counting::new(*trigger, body, readings)?;
    counting.is_ceiling = true;
    counting.end_of(*rule)
}

/// When a term ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    due_at: Timestamp,
    latest_at: Timestamp,
    /// Before and after the move to a working day.
    days: Option<(Date, Date)>,
}

impl End {
    fn at(at: Timestamp) -> End {
        End { due_at: at, latest_at: at, days: None }
    }
}

/// A computation while it is being made.
struct Counting<'a> {
    trigger: Trigger,
    /// The trigger's day at the body.
    date: Date,
    body: Body<'a>,
    readings: &'a Readings,
    is_ceiling: bool,
    calendar_asked: bool,
    timetable_asked: bool,
    flags: Vec<String>,
    steps: Vec<Step>,
}

impl<'a> Counting<'a> {
    fn new(trigger: Trigger, body: Body<'a>, readings: &'a Readings) -> Result<Self, TermError> {
        let utc = TimeZone::UTC.to_datetime(trigger.at).date();
        if !(EARLIEST..=LATEST).contains(&utc) {
            let (from, through) = (EARLIEST, LATEST);
            return Err(TermError::TriggerOutOfRange { at: trigger.at, from, through });
        }
        let mut counting = Counting {
            trigger,
            date: body.zone.to_datetime(trigger.at).date(),
            body,
            readings,
            is_ceiling: false,
            calendar_asked: false,
            timetable_asked: false,
            flags: Vec::new(),
            steps: Vec::new(),
        };
        let at = counting.local(trigger.at);
        counting.steps.push(Step::Triggered { at });
        Ok(counting)
    }

    fn end_of(mut self, rule: TermRule) -> Result<Computation, TermError> {
        let end = match rule {
            TermRule::Hours { amount } => self.hours(amount),
            TermRule::HoursInWorkingTime { amount, from_opening } => {
                self.hours_in_working_time(amount, from_opening)
            }
            TermRule::HoursBeforeClosing { amount } => self.hours_before_closing(amount),
            TermRule::NextWorkingDayEnd => self.next_working_day_end(),
            TermRule::Days { amount, from } => self.days(amount, from),
            TermRule::BodyWorkingDays { amount, from } => self.body_working_days(amount, from),
            TermRule::WorkingDays { amount, from } => self.working_days(amount, from),
            TermRule::Months { amount } => self.months(amount),
            TermRule::Years { amount } => self.years(amount),
            TermRule::YearsAfterYearEnd { amount } => self.years_after_year_end(amount),
            TermRule::CalendarYear => self.calendar_year(),
            TermRule::DayOfNextMonth { day } => self.day_of_next_month(day),
            TermRule::Immediately => self.immediately(),
            TermRule::Stated => self.stated(),
            TermRule::StatedOrNextWorkingDayEnd => self.stated_or_next_working_day_end(),
            TermRule::TransitCap { km, months, rest_days } => {
                self.transit_cap(km, months, rest_days)
            }
            TermRule::None => Err(TermError::NoTerm),
        }?;
        Ok(Computation {
            due_at: end.due_at,
            latest_at: end.latest_at,
            nominal_day: end.days.map(|(nominal, _)| nominal),
            last_day: end.days.map(|(_, last)| last),
            calendar: self.calendar_asked.then(|| self.body.calendar.version.clone()),
            timetable: self.timetable_asked.then(|| self.body.timetable.version.clone()),
            flags: self.flags,
            steps: self.steps,
        })
    }

    fn flag(&mut self, name: &str) {
        if !self.flags.iter().any(|known| known == name) {
            self.flags.push(name.to_owned());
        }
    }

    /// The body's local time, for people.
    fn local(&self, at: Timestamp) -> String {
        at.to_zoned(self.body.zone.clone()).strftime("%FT%T%.f%:z").to_string()
    }
}
