//! What a computation asks of the body: its days, its hours, its calendar. Each question is remembered, so that the result names what it
//! was computed with.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{CALENDAR_BEGINS_LATER, CALENDAR_ENDS_BEFORE_TERM, Counting, TermError};

/// Days that are searched for a working day or an opening: a year, whatever its length.
pub(super) const SEARCHED_DAYS: u32 = 366;

/// Hours on the UTC line.
pub(super) fn add_hours(at: Timestamp, hours: u32) -> Result<Timestamp, TermError> {
    at.checked_add(SignedDuration::from_hours(i64::from(hours)))
        .map_err(|_| TermError::OutOfRange { what: format!("{hours} hours"), from: super::LATEST })
}

pub(super) fn next_day(day: Date) -> Result<Date, TermError> {
    day.tomorrow().map_err(|_| TermError::OutOfRange { what: "1 day".to_owned(), from: day })
}

impl Counting<'_> {
    /// Why the country does not work on this day; none if it does (5.8/1).
    pub(super) fn why_not_working(&mut self, day: Date) -> Option<String> {
        self.calendar_asked = true;
        let covers = self.body.calendar.covers;
        if day > covers.through {
            self.flag(CALENDAR_ENDS_BEFORE_TERM);
        } else if day < covers.from {
            self.flag(CALENDAR_BEGINS_LATER);
        }
        self.body.calendar.why_not_working(day, self.readings)
    }

    /// When the body works on this day, where the end depends on it.
    pub(super) fn intervals(&mut self, day: Date) -> Vec<(Timestamp, Timestamp)> {
        let covers = self.body.calendar.covers;
        if self.body.timetable.is_closed_on_holidays() {
            if day > covers.through {
                self.flag(CALENDAR_ENDS_BEFORE_TERM);
            } else if day < covers.from {
                self.flag(CALENDAR_BEGINS_LATER);
            }
        }
        self.calendar_asked = true;
        self.look_up(day)
    }

    /// The same for a remark alone: its end does not depend on the calendar.
    fn look_up(&mut self, day: Date) -> Vec<(Timestamp, Timestamp)> {
        self.timetable_asked = true;
        self.body.timetable.intervals(day, self.body.calendar, self.body.zone)
    }

    pub(super) fn opens_on(&mut self, day: Date) -> bool {
        !self.intervals(day).is_empty()
    }

    /// From the first opening to the last closing.
    pub(super) fn span(&mut self, day: Date) -> Option<(Timestamp, Timestamp)> {
        let intervals = self.intervals(day);
        let opens = intervals.iter().map(|(opens, _)| *opens).min()?;
        let closes = intervals.iter().map(|(_, closes)| *closes).max()?;
        Some((opens, closes))
    }

    pub(super) fn closes(&mut self, day: Date) -> Option<Timestamp> {
        self.span(day).map(|(_, closes)| closes)
    }

    /// 24:00 of this day: the first moment of the next.
    pub(super) fn midnight_after(&self, day: Date) -> Result<Timestamp, TermError> {
        self.first_moment(next_day(day)?)
    }

    pub(super) fn first_moment(&self, day: Date) -> Result<Timestamp, TermError> {
        let out_of_range = |_| TermError::OutOfRange { what: "1 day".to_owned(), from: day };
        self.body.zone.to_timestamp(day.at(0, 0, 0, 0)).map_err(out_of_range)
    }

    pub(super) fn day_of(&self, at: Timestamp) -> Date {
        self.body.zone.to_datetime(at).date()
    }

    /// Days whose hours can hold this moment: a shift may have begun the day before.
    fn around(&self, at: Timestamp) -> impl Iterator<Item = Date> + use<> {
        let day = self.day_of(at);
        day.yesterday().into_iter().chain([day])
    }

    /// Whether this is working time: from the opening until just before the closing.
    pub(super) fn is_working_time(&mut self, at: Timestamp) -> bool {
        let mut days = self.around(at);
        days.any(|day| {
            self.intervals(day).iter().any(|(opens, closes)| *opens <= at && at < *closes)
        })
    }

    /// Whether something can still be done at this moment; the closing hour itself is in time.
    pub(super) fn is_open_until(&mut self, at: Timestamp) -> bool {
        let mut days = self.around(at);
        days.any(|day| {
            self.look_up(day).iter().any(|(opens, closes)| *opens <= at && at <= *closes)
        })
    }

    /// When the body opens next, this moment included.
    pub(super) fn next_opening(&mut self, at: Timestamp) -> Result<Timestamp, TermError> {
        self.search_days(self.day_of(at), |counting, day| {
            let opens = counting.intervals(day).into_iter().map(|(opens, _)| opens);
            opens.filter(|opens| *opens >= at).min()
        })
    }

    /// When the body's next working day begins, this moment included.
    pub(super) fn next_beginning(&mut self, at: Timestamp) -> Result<Timestamp, TermError> {
        self.search_days(self.day_of(at), |counting, day| {
            counting.span(day).map(|(opens, _)| opens).filter(|opens| *opens >= at)
        })
    }

    /// When the body closed last before this moment, if that was after the trigger.
    pub(super) fn last_closing(&mut self, until: Timestamp) -> Option<Timestamp> {
        let mut day = self.day_of(until);
        let first = self.date.yesterday().unwrap_or(self.date);
        while day >= first {
            let closings = self.intervals(day).into_iter().map(|(_, closes)| closes);
            let within = |closes: &Timestamp| self.trigger.at < *closes && *closes <= until;
            if let Some(found) = closings.filter(within).max() {
                return Some(found);
            }
            day = day.yesterday().ok()?;
        }
        None
    }

    /// The first of the days from this one for which something is found.
    pub(super) fn search_days<T>(
        &mut self,
        from: Date,
        mut find: impl FnMut(&mut Self, Date) -> Option<T>,
    ) -> Result<T, TermError> {
        let mut day = from;
        for _ in 0..=SEARCHED_DAYS {
            if let Some(found) = find(self, day) {
                return Ok(found);
            }
            day = next_day(day)?;
        }
        let timetable = self.body.timetable.version.clone();
        Err(TermError::NeverOpen { timetable, after: from, days: SEARCHED_DAYS })
    }
}
