//! A customs body as the reference sees it: days off, hours by weekday, days with hours of their own, and a zone that is asked what the clock shows.
//! It knows no readings of the law and counts no terms.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::days::{DAY_S, Day};

pub(super) const ZONES: [&str; 7] = [
    "Asia/Almaty",
    "Asia/Aqtau",
    "Asia/Qostanay",
    "UTC",
    "Asia/Kolkata",     // half an hour off, no changes
    "Asia/Tehran",      // half an hour off; until 2022 spring began with a day without midnight
    "America/St_Johns", // half an hour off, in the west, changes in the small hours
];

/// Minutes of a day; an end that is not after the beginning is on the next day.
pub(super) type Hours = (i64, i64);

/// Kinds of days off, as the calendar's file writes them.
pub(super) const KINDS: [&str; 4] = ["holiday", "substitute", "day_off", "moved"];

#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) zone_name: &'static str,
    pub(super) zone: TimeZone,
    pub(super) weekly: [Vec<Hours>; 7],
    pub(super) closed_on_holidays: bool,
    pub(super) exceptions: BTreeMap<Day, Vec<Hours>>,
    /// Days off, with their kind.
    pub(super) days_off: BTreeMap<Day, &'static str>,
    /// Saturdays and Sundays that were declared working, and whether they count.
    pub(super) working_weekends: BTreeMap<Day, bool>,
    /// The last day of which the calendar knows.
    pub(super) through: Day,
}

impl Body {
    pub(super) fn hours(&self, day: Day) -> &[Hours] {
        match self.exceptions.get(&day) {
            Some(own) => own,
            None if self.closed_on_holidays && self.days_off.contains_key(&day) => &[],
            None => &self.weekly[day.weekday()],
        }
    }

    pub(super) fn opens_on(&self, day: Day) -> bool {
        !self.hours(day).is_empty()
    }

    /// What the clock on the wall shows: the day and the second of it.
    fn shown(&self, at: i64) -> (Day, i64) {
        let offset = self.zone.to_offset(Timestamp::from_second(at).unwrap());
        Day::of_local(at + i64::from(offset.seconds()))
    }

    pub(super) fn day(&self, at: i64) -> Day {
        self.shown(at).0
    }

    fn local_s(&self, at: i64) -> i64 {
        let (day, second) = self.shown(at);
        day.local_s() + second
    }

    /// The moments at which the clock on the wall shows this: none in an hour that is left out, two in an hour that comes twice.
    fn moments(&self, local_s: i64) -> BTreeSet<i64> {
        let guess = |asked: i64| local_s - (self.local_s(asked) - asked);
        let guesses = [guess(local_s - DAY_S), guess(local_s), guess(local_s + DAY_S)];
        guesses.into_iter().filter(|at| self.local_s(*at) == local_s).collect()
    }

    /// The first moment at which the clock on the wall shows this day: 24:00 of the day before.
    pub(super) fn begins(&self, day: Day) -> i64 {
        if let Some(midnight) = self.moments(day.local_s()).first() {
            return *midnight;
        }
        // A day without midnight: no clock is further than fifteen hours from Greenwich, and all have been changed by whole minutes.
        let mut at = day.local_s() - 15 * 3600;
        while self.day(at) < day {
            at += 60;
        }
        at
    }

    pub(super) fn ends(&self, day: Day) -> i64 {
        self.begins(day.next())
    }

    /// The moments of this minute of the day, which may be one of the next day.
    fn minute(&self, day: Day, minute: i64) -> BTreeSet<i64> {
        match minute {
            0 => BTreeSet::from([self.begins(day)]),
            1440 => BTreeSet::from([self.ends(day)]),
            1441.. => self.minute(day.next(), minute - 1440),
            _ => {
                let moments = self.moments(day.local_s() + minute * 60);
                if !moments.is_empty() {
                    return moments;
                }
                // Left out: as if the clock had not been put forward yet.
                BTreeSet::from([self.begins(day) + minute * 60])
            }
        }
    }

    /// The shifts that begin on this day, as moments. In an hour that comes twice the body opens the first time and closes the second.
    pub(super) fn shifts(&self, day: Day) -> Vec<(i64, i64)> {
        let shift = |(opens, closes): &Hours| {
            let closes = if closes > opens { *closes } else { closes + 1440 };
            let begins = *self.minute(day, *opens).first().unwrap();
            (begins, *self.minute(day, closes).last().unwrap())
        };
        self.hours(day).iter().map(shift).collect()
    }

    /// The working day: from its first opening to its last closing. A shift over midnight belongs to the day on which it begins.
    pub(super) fn working_day(&self, day: Day) -> Option<(i64, i64)> {
        let shifts = self.shifts(day);
        let opens = shifts.iter().map(|(begins, _)| *begins).min()?;
        Some((opens, shifts.iter().map(|(_, ends)| *ends).max()?))
    }

    /// Shifts that can hold a moment of this day.
    fn shifts_near(&self, day: Day) -> Vec<(i64, i64)> {
        [day.before(), day, day.next()].into_iter().flat_map(|day| self.shifts(day)).collect()
    }

    /// From the opening until just before the closing.
    pub(super) fn is_working(&self, at: i64) -> bool {
        self.shifts_near(self.day(at)).iter().any(|(begins, ends)| *begins <= at && at < *ends)
    }

    /// The closing hour itself is in time.
    pub(super) fn is_in_time(&self, at: i64) -> bool {
        self.shifts_near(self.day(at)).iter().any(|(begins, ends)| *begins <= at && at <= *ends)
    }

    /// The next beginning of a shift, or of a working day, in the year from this moment on.
    pub(super) fn opens_next(&self, at: i64, whole_days: bool) -> Option<i64> {
        let mut day = self.day(at).before();
        for _ in 0..368 {
            let mut openings =
                self.shifts(day).into_iter().map(|(begins, _)| begins).collect::<Vec<_>>();
            if whole_days {
                openings = self.working_day(day).map(|(begins, _)| begins).into_iter().collect();
            }
            if let Some(first) = openings.into_iter().filter(|begins| *begins >= at).min() {
                return Some(first);
            }
            day = day.next();
        }
        None
    }

    /// The last closing between two moments.
    pub(super) fn closed_last(&self, from: i64, until: i64) -> Option<i64> {
        let mut day = self.day(from).before().before();
        let mut last = None;
        while day <= self.day(until) {
            let closings = self.shifts(day).into_iter().map(|(_, ends)| ends);
            last = last.max(closings.filter(|ends| from < *ends && *ends <= until).max());
            day = day.next();
        }
        last
    }
}
