//! The reference: every term of the law counted on fingers, day by day along the row of days. It answers what the specification says, in another way
//! than the code under test, which it neither calls nor imitates. The readings of doubtful places are looked up by their words in the edition.

use super::body::Body;
use super::days::Day;
use super::question::{Answer, First, Found, Readings, Rule, Stated, Trigger};

const HOUR_S: i64 = 3600;
const YEAR: usize = 366;

pub(super) struct Walk<'a> {
    pub(super) body: &'a Body,
    pub(super) readings: &'a Readings,
    /// Whether this is the most to which a term may be prolonged.
    pub(super) is_ceiling: bool,
}

impl Walk<'_> {
    fn reads(&self, key: &str, word: &str) -> bool {
        self.readings.get(key) == Some(&word)
    }

    pub(super) fn answer(&self, rule: Rule, trigger: Trigger) -> Found {
        let today = self.body.day(trigger.at);
        match rule {
            Rule::Hours(hours) => self.hours(hours, trigger.at),
            Rule::HoursInWorkingTime(hours, from_opening) => {
                self.hours_in_working_time(hours, from_opening, trigger.at)
            }
            Rule::HoursBeforeClosing(hours) => self.hours_before_closing(hours, trigger.at),
            Rule::NextWorkingDayEnd => self.next_working_day_end(today),
            Rule::Days(days, First::OfDetention) if self.reads("detention_days", "by_the_hour") => {
                self.hours(days * 24, trigger.at)
            }
            Rule::Days(days, first) => {
                self.count_days(today, days, first, |_| true).and_then(|day| self.moved(day))
            }
            Rule::WorkingDays(days, first) => {
                let last = self.count_days(today, days, first, |day| self.is_statutory(day))?;
                Some(self.by_calendar(self.day_ends(last, last)))
            }
            Rule::BodyWorkingDays(days, first) => {
                let last = self.count_days(today, days, first, |day| self.counts_for_body(day))?;
                Some(self.by_calendar(self.body_acts_until(last)))
            }
            Rule::Months(months) => self.moved(self.months_later(today, months)),
            Rule::Years(years) => self.moved(self.years_later(today, years)),
            Rule::YearsAfterYearEnd(years) => {
                let year = today.year() + i16::try_from(years).unwrap() + 1;
                let mut day = today;
                while day.next().year() < year {
                    day = day.next();
                }
                self.moved(day)
            }
            Rule::CalendarYear => self.calendar_year(today, trigger),
            Rule::DayOfNextMonth(number) => {
                let mut day = today.next();
                while day.number() != 1 {
                    day = day.next();
                }
                self.moved(until_number(day, number))
            }
            Rule::Immediately if self.reads("immediately", "until_end_of_day") => {
                Some(self.with_days(Answer::at(self.body.ends(today)), today, today))
            }
            Rule::Immediately => Some(Answer::at(trigger.at).flagged("immediately")),
            Rule::Stated => self.stated(trigger),
            Rule::StatedOrNextWorkingDayEnd => {
                let most = self.next_working_day_end(today)?;
                let Some(_) = trigger.stated else {
                    return Some(most.flagged("nothing_stated"));
                };
                let mut answer = self.stated(trigger)?;
                if answer.due > most.due {
                    return Some(most.flagged("stated_too_late"));
                }
                // What is stated for a day ends with it only if the law's end is not earlier.
                answer.latest = answer.latest.min(most.latest);
                Some(answer)
            }
            Rule::TransitCap { km, months, rest_days } => {
                self.transit_cap(today, trigger.km?, km, months, rest_days)
            }
        }
    }

    fn hours(&self, hours: i64, trigger: i64) -> Found {
        let begins = if self.reads("hour_terms_begin", "next_day") {
            self.body.ends(self.body.day(trigger))
        } else {
            trigger
        };
        let due = begins + hours * HOUR_S;
        if self.body.is_in_time(due) {
            return Some(Answer::at(due));
        }
        if self.reads("hour_term_ends_while_closed", "shift_to_opening") {
            return self.body.opens_next(due, false).map(Answer::at);
        }
        if self.reads("hour_term_ends_while_closed", "clip_to_closing")
            && let Some(closed) = self.body.closed_last(trigger, due)
        {
            return Some(Answer::at(closed));
        }
        Some(self.remarked(due))
    }

    /// An instant, with the remark if the body is closed then.
    fn remarked(&self, due: i64) -> Answer {
        let answer = Answer::at(due);
        if self.body.is_in_time(due) { answer } else { answer.flagged("outside_working_time") }
    }

    fn hours_in_working_time(&self, hours: i64, from_opening: i64, trigger: i64) -> Found {
        let after_opening =
            |at| Some(self.remarked(self.body.opens_next(at, false)? + from_opening * HOUR_S));
        if !self.body.is_working(trigger) {
            return after_opening(trigger);
        }
        let literal = self.remarked(trigger + hours * HOUR_S);
        if literal.flags.is_empty() {
            return Some(literal);
        }
        let closed = self.body.closed_last(trigger, literal.due)?;
        if self.reads("transit_papers_after_closing", "clip_to_closing") {
            return Some(Answer::at(closed));
        }
        if self.reads("transit_papers_after_closing", "from_next_opening") {
            return after_opening(closed);
        }
        Some(literal)
    }

    fn hours_before_closing(&self, hours: i64, trigger: i64) -> Found {
        // Working days that touch each other are one stretch of work: what never closes has no end of working time.
        let mut today = self.body.day(trigger).before();
        let mut closes = None;
        for _ in 0..4 {
            if let Some((begins, ends)) = self.body.working_day(today) {
                let holds = begins <= trigger && trigger < ends;
                let goes_on = closes.is_some_and(|closes| begins <= closes);
                if holds || goes_on {
                    closes = closes.max(Some(ends));
                }
            }
            today = today.next();
        }
        match closes {
            Some(closes) if closes - trigger >= hours * HOUR_S => {
                Some(self.remarked(trigger + hours * HOUR_S))
            }
            closes => {
                let opens = self.body.opens_next(closes.unwrap_or(trigger), true)?;
                Some(self.remarked(opens + hours * HOUR_S))
            }
        }
    }

    /// "Not later than the end of the next working day of the body": the hour is said by the law itself, so nothing goes on to 24:00.
    fn next_working_day_end(&self, today: Day) -> Found {
        let of_the_statute = self.reads("next_working_day", "of_the_statute");
        let mut day = today.next();
        for _ in 0..YEAR {
            if if of_the_statute { self.is_statutory(day) } else { self.body.opens_on(day) } {
                let answer = self.end_of_work(day);
                let asked = of_the_statute || self.body.closed_on_holidays;
                return Some(if asked { self.by_calendar(answer) } else { answer });
            }
            day = day.next();
        }
        None
    }

    /// The end of this working day, 24:00 if it has none.
    fn end_of_work(&self, day: Day) -> Answer {
        let answer = match self.body.working_day(day) {
            Some((_, ends)) => Answer::at(ends),
            None => Answer::at(self.body.ends(day)).flagged("no_working_time_on_last_day"),
        };
        self.with_days(answer, day, day)
    }

    fn body_acts_until(&self, last: Day) -> Answer {
        if self.reads("body_working_day_ends", "at_midnight") {
            return self.with_days(Answer::at(self.body.ends(last)), last, last);
        }
        self.end_of_work(last)
    }

    /// The day that ends a count, from the day that is counted first.
    fn count_days(
        &self,
        today: Day,
        days: i64,
        first: First,
        counts: impl Fn(Day) -> bool,
    ) -> Option<Day> {
        let begins_today = match first {
            First::TheDayAfter => false,
            First::ThatDay => self.reads("from_the_day_of", "begins_that_day"),
            First::OfDetention => self.reads("detention_days", "begin_that_day"),
        };
        let mut day = if begins_today { today } else { today.next() };
        let (mut left, mut idle) = (days, 0);
        loop {
            if counts(day) {
                left -= 1;
                idle = 0;
            } else {
                idle += 1;
            }
            if left == 0 {
                return Some(day);
            }
            if idle > YEAR {
                return None;
            }
            day = day.next();
        }
    }

    fn counts_for_body(&self, day: Day) -> bool {
        if self.is_statutory(day) || self.body.opens_on(day) {
            return true;
        }
        let weekends = !self.body.weekly[5].is_empty() || !self.body.weekly[6].is_empty();
        self.reads("body_counts", "all_non_working_days")
            && (weekends || !self.body.closed_on_holidays)
    }

    /// Article 5.8, first part.
    fn is_statutory(&self, day: Day) -> bool {
        if day.is_weekend() {
            return match self.body.working_weekends.get(&day) {
                None => false,
                Some(_) if self.reads("weekends_declared_working", "always") => true,
                Some(_) if self.reads("weekends_declared_working", "never") => false,
                Some(counts) => *counts,
            };
        }
        match self.body.days_off.get(&day) {
            None => true,
            Some(&("day_off" | "moved")) => self.reads("days_off_beside_holidays", "are_working"),
            Some(_) => false,
        }
    }

    fn months_later(&self, today: Day, months: i64) -> Day {
        let from = if self.reads("month_terms_end_on", "first_counted_day") {
            today.next()
        } else {
            today
        };
        months_from(from, months)
    }

    fn years_later(&self, today: Day, years: i64) -> Day {
        let year = today.year() + i16::try_from(years).unwrap();
        let mut day = today;
        while (day.year(), day.month()) < (year, today.month()) {
            day = day.next();
        }
        let found = until_number(day, today.number());
        if found.number() < today.number() && self.reads("years_from_leap_day", "first_of_march") {
            return found.next();
        }
        found
    }

    /// Article 5.6: a last day that does not work moves on to one that does.
    fn moved(&self, nominal: Day) -> Found {
        let stays = self.is_ceiling && self.reads("ceilings", "stay_hard");
        let stays_if_open = self.reads("non_working_last_day", "stays_if_body_is_open");
        let mut day = nominal;
        for _ in 0..=YEAR {
            let works = self.is_statutory(day);
            if works || stays || (stays_if_open && self.body.opens_on(day)) {
                let answer = self.by_calendar(self.day_ends(nominal, day));
                return Some(if works { answer } else { answer.flagged("non_working_day") });
            }
            day = day.next();
        }
        None
    }

    /// Article 5.7: until 24:00, and in an organisation until it stops. The night after the last day is not the last day.
    fn day_ends(&self, nominal: Day, last: Day) -> Answer {
        let midnight = self.body.ends(last);
        let mut answer = Answer::at(midnight);
        if !self.reads("last_day_ends", "at_midnight") {
            match self.body.working_day(last) {
                Some((_, ends)) => answer.due = ends.min(midnight),
                None => answer = answer.flagged("no_working_time_on_last_day"),
            }
        }
        self.with_days(answer, nominal, last)
    }

    fn with_days(&self, mut answer: Answer, nominal: Day, last: Day) -> Answer {
        (answer.nominal, answer.last) = (Some(nominal), Some(last));
        answer
    }

    /// An end that was found by asking for days off, with the remark if the calendar does not know them any more.
    fn by_calendar(&self, answer: Answer) -> Answer {
        if answer.last > Some(self.body.through) {
            return answer.flagged("calendar_ends_before_term");
        }
        answer
    }

    fn calendar_year(&self, today: Day, trigger: Trigger) -> Found {
        let mut most = months_from(today, 12);
        if self.reads("pass_year", "end_of_the_year") {
            most = today;
            while most.next().year() == today.year() {
                most = most.next();
            }
        }
        let until = |day| self.with_days(Answer::at(self.body.ends(day)), day, day);
        match trigger.stated {
            None => Some(until(most)),
            Some(Stated::Instant(at)) if at < trigger.at => None,
            Some(Stated::Day(day)) if day < today => None,
            Some(Stated::Instant(at)) if at <= self.body.ends(most) => Some(Answer::at(at)),
            Some(Stated::Day(day)) if day <= most => Some(until(day)),
            Some(_) => Some(until(most).flagged("stated_too_late")),
        }
    }

    fn stated(&self, trigger: Trigger) -> Found {
        match trigger.stated? {
            Stated::Instant(at) if at < trigger.at => None,
            Stated::Instant(at) => Some(Answer::at(at)),
            Stated::Day(day) if day < self.body.day(trigger.at) => None,
            Stated::Day(day) => self.moved(day),
        }
    }

    fn transit_cap(
        &self,
        today: Day,
        distance: i64,
        km: i64,
        months: i64,
        rest_days: i64,
    ) -> Found {
        let (mut whole, mut left, mut days) = (0, distance, 0);
        while left >= km {
            whole += 1;
            left -= km;
        }
        if left > 0 {
            if self.reads("transit_cap_rest", "as_a_whole") {
                whole += 1;
            } else if self.reads("transit_cap_rest", "nothing") {
                whole = whole.max(1);
            } else {
                while days * km < left * rest_days {
                    days += 1;
                }
            }
        }
        let mut day = if whole > 0 { self.months_later(today, whole * months) } else { today };
        for _ in 0..days {
            day = day.next();
        }
        self.moved(day)
    }
}

/// The same number so many months later, or the last day of a month that lacks it.
fn months_from(from: Day, months: i64) -> Day {
    let (mut day, mut left) = (from, months);
    while left > 0 {
        day = day.next();
        if day.number() == 1 {
            left -= 1;
        }
    }
    until_number(day, from.number())
}

/// From the first of a month on to this number, or to the day before the next first.
fn until_number(first: Day, number: i8) -> Day {
    let mut day = first;
    while day.number() < number && day.next().number() != 1 {
        day = day.next();
    }
    day
}
