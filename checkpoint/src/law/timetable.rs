//! When a body works (art. 13). Each body has its own; terms that end with its working day are computed from it.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::Deserialize;

use super::calendar::Calendar;
use super::source::{LawError, Source};

/// A body's working hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    /// Named in every term that was computed with it.
    pub version: String,
    /// For people.
    pub title: String,
    /// Intervals by weekday, Monday first.
    weekly: [Vec<Hours>; 7],
    /// Whether it is closed on the calendar's holidays.
    closed_on_holidays: bool,
    /// Days with hours of their own.
    exceptions: BTreeMap<Date, Vec<Hours>>,
}

/// From and to; an end that is not after the start is on the next day, and 24:00 is its first moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hours {
    opens: Time,
    closes: Time,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    title: String,
    closed_on_holidays: bool,
    weekly: BTreeMap<toml::Spanned<String>, Vec<[toml::Spanned<String>; 2]>>,
    #[serde(default)]
    exceptions: BTreeMap<toml::Spanned<String>, Vec<[toml::Spanned<String>; 2]>>,
}

/// Days that are searched for the next working day: a body that is closed longer has a wrong timetable.
const SEARCHED_DAYS: usize = 60;

impl Timetable {
    /// Reads a timetable. Errors name file, line and key.
    pub fn parse(text: &str, file_name: &str) -> Result<Timetable, LawError> {
        let source = Source { text, file: file_name };
        let file: File = source.read()?;
        let mut weekly: [Vec<Hours>; 7] = Default::default();
        for (day, rows) in &file.weekly {
            let Some(place) = weekday(day.get_ref()) else {
                let problem =
                    format!("{:?} is no day: use mon, tue, wed, thu, fri, sat, sun", day.get_ref());
                return Err(source.error(day.span(), problem));
            };
            weekly[place] = hours(rows, &source)?;
        }
        let mut exceptions = BTreeMap::new();
        for (day, rows) in &file.exceptions {
            let date: Date = day.get_ref().parse().map_err(|error| {
                source.error(day.span(), format!("{error}; write a date such as \"2025-03-21\""))
            })?;
            exceptions.insert(date, hours(rows, &source)?);
        }
        Ok(Timetable {
            version: file.version,
            title: file.title,
            weekly,
            closed_on_holidays: file.closed_on_holidays,
            exceptions,
        })
    }

    /// When the body closes on this day; none if it does not open. 24:00 is the first moment of the next day. A shift over midnight belongs to
    /// the day on which it starts (AMB-07).
    pub fn closes(&self, date: Date, calendar: &Calendar) -> Option<DateTime> {
        self.hours(date, calendar).iter().map(|hours| hours.end(date)).max()
    }

    /// The first day after this one on which the body opens, and when it closes then.
    pub fn next_working_day(&self, date: Date, calendar: &Calendar) -> Option<(Date, DateTime)> {
        let days = date.series(jiff::Span::new().days(1)).skip(1).take(SEARCHED_DAYS);
        days.into_iter().find_map(|day| Some((day, self.closes(day, calendar)?)))
    }

    /// Whether the body works at this moment.
    pub fn is_open(&self, at: DateTime, calendar: &Calendar) -> bool {
        let on = |date: Date| {
            self.hours(date, calendar)
                .iter()
                .any(|hours| date.to_datetime(hours.opens) <= at && at <= hours.end(date))
        };
        on(at.date()) || at.date().yesterday().is_ok_and(on)
    }

    fn hours(&self, date: Date, calendar: &Calendar) -> &[Hours] {
        if let Some(exception) = self.exceptions.get(&date) {
            return exception;
        }
        if self.closed_on_holidays && calendar.is_holiday(date) {
            return &[];
        }
        &self.weekly[day_place(date.weekday())]
    }
}

impl Hours {
    fn end(self, date: Date) -> DateTime {
        let day = if self.closes > self.opens { date } else { date.tomorrow().unwrap_or(date) };
        day.to_datetime(self.closes)
    }
}

fn hours(rows: &[[toml::Spanned<String>; 2]], source: &Source<'_>) -> Result<Vec<Hours>, LawError> {
    let time = |text: &toml::Spanned<String>, end: bool| {
        if end && text.get_ref() == "24:00" {
            return Ok(Time::midnight());
        }
        text.get_ref().parse::<Time>().map_err(|error| {
            source.error(text.span(), format!("{error}; write a time such as \"08:00\""))
        })
    };
    rows.iter()
        .map(|[opens, closes]| {
            Ok(Hours { opens: time(opens, false)?, closes: time(closes, true)? })
        })
        .collect()
}

fn weekday(name: &str) -> Option<usize> {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|day| *day == name)
}

fn day_place(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}
