//! When a term ends (Code of the Republic of Kazakhstan on customs affairs (2010), art. 5; readings AMB-01, -02, -07, -08 of `docs/law.md`).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::calendar::Calendar;
use super::edition::ClockRule;
use super::timetable::Timetable;
use super::words::Count;
use crate::site::Mode;

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

/// The end of a term, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// When it must be done.
    pub due_at: Timestamp,
    /// The last moment for an electronic filing (art. 5.7, AMB-08).
    pub latest_at: Timestamp,
    /// The last day, for terms in days.
    pub nominal_day: Option<Date>,
    /// Whether calendar and timetable were used.
    pub by_timetable: bool,
    /// Remarks by name.
    pub flags: Vec<String>,
}

/// Hour terms that end while the body is closed (AMB-02): literal all the same.
pub const OUTSIDE_WORKING_TIME: &str = "outside_working_time";
/// A measure of the body's pace, not a duty towards anybody (art. 453.2): shown after the clocks that bind.
pub const PERFORMANCE_ONLY: &str = "performance_only";
/// The timetable names no working day within two months; the end of the next day was taken.
pub const NO_WORKING_DAY: &str = "no_working_day";

/// The end of the term of this rule for this mode; none if the rule does not say how many hours.
pub fn term(rule: &ClockRule, mode: Mode, trigger: Timestamp, body: Body<'_>) -> Option<Term> {
    match rule.count {
        Count::ElapsedHours => {
            let hours = SignedDuration::from_hours(i64::from(*rule.hours.get(&mode)?));
            let due_at = trigger.checked_add(hours).ok()?;
            let local = body.zone.to_datetime(due_at);
            let outside = !body.timetable.is_open(local, body.calendar);
            let flags = outside.then(|| OUTSIDE_WORKING_TIME.to_owned()).into_iter().collect();
            Some(Term { due_at, latest_at: due_at, nominal_day: None, by_timetable: false, flags })
        }
        Count::BodyNextWorkingDayEnd => {
            let today = body.zone.to_datetime(trigger).date();
            let found = body.timetable.next_working_day(today, body.calendar);
            let flags = found.is_none().then(|| NO_WORKING_DAY.to_owned()).into_iter().collect();
            let tomorrow = today.tomorrow().ok()?;
            let midnight_after = |day: Date| Some(day.tomorrow().ok()?.at(0, 0, 0, 0));
            let (day, closes) = match found {
                Some(found) => found,
                None => (tomorrow, midnight_after(tomorrow)?),
            };
            let due_at = body.zone.to_timestamp(closes).ok()?;
            let latest_at = body.zone.to_timestamp(midnight_after(day)?).ok()?.max(due_at);
            Some(Term { due_at, latest_at, nominal_day: Some(day), by_timetable: true, flags })
        }
    }
}
