//! Terms in days, months and years: where they begin, on which day they fall, whether it moves on, and at what hour it ends.

use jiff::civil::{Date, date};
use jiff::{Span, Timestamp};

use super::body::{SEARCHED_DAYS, add_hours, next_day};
use super::{Counting, End, FirstDay, Step, TermError};
use super::{NO_WORKING_TIME_ON_LAST_DAY, NON_WORKING_DAY, STATED_TOO_LATE, Stated};
use crate::law::readings::{
    BodyCounts, BodyWorkingDayEnds, Ceilings, DetentionDays, FromTheDayOf, LastDayEnds,
    MonthTermsEndOn, NonWorkingLastDay, PassYear, TransitCapRest, YearsFromLeapDay,
};

/// Hours of a day that is counted by the hour (AMB-09).
const DAY_H: u32 = 24;

impl Counting<'_> {
    /// Calendar days (5.3, 5.6).
    pub(super) fn days(&mut self, amount: u32, from: FirstDay) -> Result<End, TermError> {
        if from == FirstDay::DayOfDetention {
            let hours = amount.saturating_mul(DAY_H);
            if self.readings.detention_days == DetentionDays::ByTheHour {
                return self.hours(hours);
            }
            let at = self.local(add_hours(self.trigger.at, hours)?);
            self.steps.push(Step::Mark { hours, at });
        }
        let first = self.first_day(from)?;
        let last = self.later(first, Span::new().days(i64::from(amount) - 1), "days", amount)?;
        self.end_of_term(last)
    }

    /// Working days of the body that acts itself (5.8/2, AMB-06, AMB-22).
    pub(super) fn body_working_days(
        &mut self,
        amount: u32,
        from: FirstDay,
    ) -> Result<End, TermError> {
        let first = self.first_day(from)?;
        let counts_all = self.readings.body_counts == BodyCounts::AllNonWorkingDays
            && self.body.timetable.works_on_non_working_days();
        let last = self.count(first, amount, |counting, day| {
            let why = counting.why_not_working(day)?;
            (!counts_all && !counting.opens_on(day)).then_some(why)
        })?;
        self.steps.push(Step::LastDay { day: last });
        match self.readings.body_working_day_ends {
            BodyWorkingDayEnds::AtClosingHour => self.end_of_working_day(last),
            BodyWorkingDayEnds::AtMidnight => {
                let midnight = self.midnight(last)?;
                Ok(End { days: Some((last, last)), ..End::at(midnight) })
            }
        }
    }

    /// Working days of persons (5.8/1).
    pub(super) fn working_days(&mut self, amount: u32, from: FirstDay) -> Result<End, TermError> {
        let first = self.first_day(from)?;
        let last = self.count(first, amount, Self::why_not_working)?;
        self.end_of_term(last)
    }

    /// Months (5.5, AMB-03).
    pub(super) fn months(&mut self, amount: u32) -> Result<End, TermError> {
        let last = self.months_later(amount)?;
        self.end_of_term(last)
    }

    /// Years (5.4, AMB-04).
    pub(super) fn years(&mut self, amount: u32) -> Result<End, TermError> {
        let last = self.years_later(amount)?;
        self.end_of_term(last)
    }

    /// Years after the calendar year of the trigger (187.5/2).
    pub(super) fn years_after_year_end(&mut self, amount: u32) -> Result<End, TermError> {
        let end_of_year = date(self.date.year(), 12, 31);
        self.steps.push(Step::FirstDay { day: next_day(end_of_year)? });
        let last = self.later(end_of_year, Span::new().years(amount), "years", amount)?;
        self.end_of_term(last)
    }

    /// A pass for one calendar year: never longer than that, and until 24:00 of its last day, unless an earlier end is stated (AMB-15).
    pub(super) fn calendar_year(&mut self) -> Result<End, TermError> {
        let longest = match self.readings.pass_year {
            PassYear::TwelveMonths => {
                let last = self.later(self.date, Span::new().months(12), "months", 12)?;
                let wanted = self.date.day().unsigned_abs();
                if last.day() == self.date.day() { last } else { self.clipped(last, wanted) }
            }
            PassYear::EndOfTheYear => date(self.date.year(), 12, 31),
        };
        let latest_at = self.midnight_after(longest)?;
        let mut last = longest;
        if let Some(stated) = self.trigger.stated {
            self.not_before_trigger(stated)?;
            let text = stated.to_string();
            let is_later = match stated {
                Stated::Instant(at) => at > latest_at,
                Stated::Day(day) => day > longest,
            };
            if is_later {
                self.flag(STATED_TOO_LATE);
                self.steps.push(Step::StatedTooLate { stated: text });
            } else {
                self.steps.push(Step::StatedTaken { stated: text });
                match stated {
                    Stated::Instant(at) => return Ok(End::at(at)),
                    Stated::Day(day) => last = day,
                }
            }
        }
        self.steps.push(Step::LastDay { day: last });
        let midnight = self.midnight(last)?;
        Ok(End { days: Some((last, last)), ..End::at(midnight) })
    }

    /// A day of the next month (298.1(2)).
    pub(super) fn day_of_next_month(&mut self, day: u8) -> Result<End, TermError> {
        let first = self.later(self.date.first_of_month(), Span::new().months(1), "months", 1)?;
        let wanted = i8::try_from(day).unwrap_or(i8::MAX);
        let last = match date_of(first, wanted) {
            Some(last) => last,
            None => self.clipped(first.last_of_month(), day),
        };
        self.end_of_term(last)
    }

    /// What somebody stated: an instant as it is, a day as a calendar date (5.1).
    pub(super) fn stated(&mut self) -> Result<End, TermError> {
        let stated = self.trigger.stated.ok_or(TermError::NotStated)?;
        self.not_before_trigger(stated)?;
        self.steps.push(Step::StatedTaken { stated: stated.to_string() });
        match stated {
            Stated::Instant(at) => Ok(End::at(at)),
            Stated::Day(day) => self.end_of_term(day),
        }
    }

    /// The most that transit may take (323.2, AMB-14).
    pub(super) fn transit_cap(
        &mut self,
        km: u32,
        months: u32,
        rest_days: u32,
    ) -> Result<End, TermError> {
        let distance = self.trigger.distance_km.filter(|km| *km > 0);
        let distance = distance.ok_or(TermError::NoDistance)?;
        let (whole, rest) = (distance / km, distance % km);
        let days = u64::from(rest) * u64::from(rest_days);
        let days = u32::try_from(days.div_ceil(u64::from(km))).unwrap_or(rest_days);
        let (whole, days) = match self.readings.transit_cap_rest {
            TransitCapRest::InProportion => (whole, days),
            TransitCapRest::AsAWhole => (whole + u32::from(rest > 0), 0),
            TransitCapRest::Nothing => (whole.max(1), 0),
        };
        let months = whole.saturating_mul(months);
        self.steps.push(Step::DistanceGave { km: distance, months, days });
        let last = if months > 0 { self.months_later(months)? } else { self.date };
        let last = self.later(last, Span::new().days(days), "days", days)?;
        self.end_of_term(last)
    }

    /// The day on which a term in days begins, and thus the first that is counted (5.3, AMB-09, AMB-25).
    fn first_day(&mut self, from: FirstDay) -> Result<Date, TermError> {
        let begins_that_day = match from {
            FirstDay::DayAfter => false,
            FirstDay::DayOf => self.readings.from_the_day_of == FromTheDayOf::BeginsThatDay,
            FirstDay::DayOfDetention => self.readings.detention_days == DetentionDays::BeginThatDay,
        };
        let day = if begins_that_day { self.date } else { next_day(self.date)? };
        self.steps.push(Step::FirstDay { day });
        Ok(day)
    }

    /// The last of so many counted days; `why_not` tells why a day is not counted.
    fn count(
        &mut self,
        first: Date,
        amount: u32,
        mut why_not: impl FnMut(&mut Self, Date) -> Option<String>,
    ) -> Result<Date, TermError> {
        let mut day = first;
        let mut counted = 0;
        let mut skipped = 0;
        loop {
            if let Some(why) = why_not(self, day) {
                self.skip(day, why);
                skipped += 1;
                if skipped > SEARCHED_DAYS {
                    return Err(self.never_works(first));
                }
            } else {
                (counted, skipped) = (counted + 1, 0);
                self.steps.push(Step::Counted { day, number: counted });
                if counted == amount {
                    return Ok(day);
                }
            }
            day = next_day(day)?;
        }
    }

    pub(super) fn skip(&mut self, day: Date, why: String) {
        self.steps.push(Step::Skipped { day, why });
    }

    /// The first day from this one on which the country works (5.8/1).
    pub(super) fn next_statutory(&mut self, from: Date) -> Result<Date, TermError> {
        self.count(from, 1, Self::why_not_working)
    }

    fn never_works(&self, after: Date) -> TermError {
        let calendar = self.body.calendar.version.clone();
        TermError::NeverWorks { calendar, after, days: SEARCHED_DAYS }
    }

    fn months_later(&mut self, amount: u32) -> Result<Date, TermError> {
        let base = match self.readings.month_terms_end_on {
            MonthTermsEndOn::TriggerDate => self.date,
            MonthTermsEndOn::FirstCountedDay => next_day(self.date)?,
        };
        self.steps.push(Step::FirstDay { day: next_day(self.date)? });
        let last = self.later(base, Span::new().months(amount), "months", amount)?;
        let wanted = base.day().unsigned_abs();
        Ok(if last.day() == base.day() { last } else { self.clipped(last, wanted) })
    }

    fn years_later(&mut self, amount: u32) -> Result<Date, TermError> {
        self.steps.push(Step::FirstDay { day: next_day(self.date)? });
        let last = self.later(self.date, Span::new().years(amount), "years", amount)?;
        if last.day() == self.date.day() {
            return Ok(last);
        }
        match self.readings.years_from_leap_day {
            YearsFromLeapDay::LastOfFebruary => Ok(self.clipped(last, 29)),
            YearsFromLeapDay::FirstOfMarch => next_day(last),
        }
    }

    fn clipped(&mut self, day: Date, wanted: u8) -> Date {
        self.steps.push(Step::ClippedToMonthEnd { wanted, day });
        day
    }

    fn later(&self, from: Date, span: Span, unit: &str, amount: u32) -> Result<Date, TermError> {
        let out_of_range = |_| TermError::OutOfRange { what: format!("{amount} {unit}"), from };
        from.checked_add(span).map_err(out_of_range)
    }

    /// A term whose last day is this one: it moves on to a working day (5.6), and ends at an hour (5.7).
    fn end_of_term(&mut self, nominal: Date) -> Result<End, TermError> {
        self.steps.push(Step::NominalDay { day: nominal });
        let last = self.rolled(nominal)?;
        let end = self.end_of_day(last)?;
        Ok(End { days: Some((nominal, last)), ..end })
    }

    fn rolled(&mut self, nominal: Date) -> Result<Date, TermError> {
        let mut day = nominal;
        for _ in 0..=SEARCHED_DAYS {
            let Some(why) = self.why_not_working(day) else {
                self.steps.push(Step::LastDay { day });
                return Ok(day);
            };
            let stays_hard = self.is_ceiling && self.readings.ceilings == Ceilings::StayHard;
            let stays_open = self.readings.non_working_last_day
                == NonWorkingLastDay::StaysIfBodyIsOpen
                && self.opens_on(day);
            if stays_hard || stays_open {
                let why = if stays_hard { "a ceiling does not move on" } else { "the body works" };
                self.steps.push(Step::NotRolled { day, why: why.to_owned() });
                self.flag(NON_WORKING_DAY);
                return Ok(day);
            }
            self.steps.push(Step::RolledOver { day, why });
            day = next_day(day)?;
        }
        Err(self.never_works(nominal))
    }

    /// The body's closing hour, but not after 24:00; and 24:00 (5.7, AMB-08).
    pub(super) fn end_of_day(&mut self, day: Date) -> Result<End, TermError> {
        let closes = match self.readings.last_day_ends {
            LastDayEnds::AtClosingHour => self.closing(day),
            LastDayEnds::AtMidnight => None,
        };
        let latest_at = self.midnight(day)?;
        let due_at = closes.map_or(latest_at, |closes| closes.min(latest_at));
        Ok(End { due_at, latest_at, days: None })
    }

    /// The end of the body's own working day; a shift over midnight ends on the next day (AMB-07). The law names this hour itself (252.4/2), or means the
    /// body's own act (AMB-22): nothing goes on to 24:00.
    pub(super) fn end_of_working_day(&mut self, day: Date) -> Result<End, TermError> {
        let due_at = match self.closing(day) {
            Some(closes) => closes,
            None => self.midnight(day)?,
        };
        Ok(End { days: Some((day, day)), ..End::at(due_at) })
    }

    fn closing(&mut self, day: Date) -> Option<Timestamp> {
        let closes = self.closes(day);
        match closes {
            Some(closes) => {
                let at = self.local(closes);
                self.steps.push(Step::ClosingTaken { at });
            }
            None => self.flag(NO_WORKING_TIME_ON_LAST_DAY),
        }
        closes
    }

    fn midnight(&mut self, day: Date) -> Result<Timestamp, TermError> {
        let midnight = self.midnight_after(day)?;
        let at = self.local(midnight);
        self.steps.push(Step::MidnightTaken { at });
        Ok(midnight)
    }
}

/// This day of the month of that day, if the month has it.
fn date_of(month: Date, day: i8) -> Option<Date> {
    Date::new(month.year(), month.month(), day).ok()
}
