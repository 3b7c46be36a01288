//! What is asked of a term and what is answered, in words of the reference's own.

use std::collections::{BTreeMap, BTreeSet};

use super::days::Day;

/// A way to count, with its numbers, as in an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Hours(i64),
    HoursInWorkingTime(i64, i64),
    HoursBeforeClosing(i64),
    NextWorkingDayEnd,
    Days(i64, First),
    BodyWorkingDays(i64, First),
    WorkingDays(i64, First),
    Months(i64),
    Years(i64),
    YearsAfterYearEnd(i64),
    CalendarYear,
    DayOfNextMonth(i8),
    Immediately,
    Stated,
    StatedOrNextWorkingDayEnd,
    TransitCap { km: i64, months: i64, rest_days: i64 },
}

/// On which day days begin to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    TheDayAfter,
    ThatDay,
    OfDetention,
}

/// An end that somebody stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stated {
    Instant(i64),
    Day(Day),
}

/// What starts a term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trigger {
    pub(super) at: i64,
    pub(super) stated: Option<Stated>,
    pub(super) km: Option<i64>,
}

/// Readings other than the recommended ones: key and word.
pub(super) type Readings = BTreeMap<&'static str, &'static str>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) due: i64,
    pub(super) latest: i64,
    pub(super) nominal: Option<Day>,
    pub(super) last: Option<Day>,
    pub(super) flags: BTreeSet<&'static str>,
}

/// None: the term cannot be computed, and must be refused.
pub(super) type Found = Option<Answer>;

impl Answer {
    pub(super) fn at(due: i64) -> Answer {
        Answer { due, latest: due, nominal: None, last: None, flags: BTreeSet::new() }
    }

    pub(super) fn flagged(mut self, flag: &'static str) -> Answer {
        self.flags.insert(flag);
        self
    }
}
