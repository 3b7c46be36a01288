//! When a body works (art. 13). Each body has its own; terms that end with its working day are computed from it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::source::{LawError, Source};

/// A body's working hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timetable {
    /// Named in every term that was computed with it.
    pub version: String,
    /// For people.
    pub title: String,
    /// When it was issued: of two, the later one holds.
    pub issued: Date,
    /// Intervals by weekday, Monday first.
    weekly: [Vec<Hours>; 7],
    /// Whether it is closed on the calendar's holidays.
    closed_on_holidays: bool,
    /// Days with hours of their own.
    exceptions: BTreeMap<Date, Vec<Hours>>,
    /// The file, as it was written.
    text: String,
}

/// Kept and sent as the text that was written: its words are the evidence.
impl TryFrom<String> for Timetable {
    type Error = LawError;
    fn try_from(text: String) -> Result<Timetable, LawError> {
        Timetable::parse(&text, "timetable")
    }
}

impl From<Timetable> for String {
    fn from(timetable: Timetable) -> String {
        timetable.text
    }
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
    issued: Date,
    closed_on_holidays: bool,
    weekly: BTreeMap<toml::Spanned<String>, Vec<[toml::Spanned<String>; 2]>>,
    #[serde(default)]
    exceptions: BTreeMap<toml::Spanned<String>, Vec<[toml::Spanned<String>; 2]>>,
}

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
            issued: file.issued,
            weekly,
            closed_on_holidays: file.closed_on_holidays,
            exceptions,
            text: text.to_owned(),
        })
    }

    /// The file, as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// When the body works on this day, as instants. A shift over midnight belongs to the day on which it starts (AMB-07). Where a clock that is
    /// set back shows an hour twice, the body opens at the first and closes at the last: nobody's time is cut short.
    pub fn intervals(
        &self,
        date: Date,
        calendar: &Calendar,
        zone: &TimeZone,
    ) -> Vec<(Timestamp, Timestamp)> {
        let instant = |hours: &Hours| {
            let opens = zone.to_ambiguous_timestamp(date.to_datetime(hours.opens));
            let day = if hours.closes > hours.opens { date } else { date.tomorrow().ok()? };
            let closes = zone.to_ambiguous_timestamp(day.to_datetime(hours.closes));
            Some((opens.compatible().ok()?, closes.later().ok()?))
        };
        self.hours(date, calendar).iter().filter_map(instant).collect()
    }

    /// Whether this day has hours of its own, whatever the week and the calendar say.
    pub fn has_own_hours(&self, date: Date) -> bool {
        self.exceptions.contains_key(&date)
    }

    /// Whether the body has any working time on this day.
    pub fn opens_on(&self, date: Date, calendar: &Calendar) -> bool {
        !self.hours(date, calendar).is_empty()
    }

    /// Whether a day off of the calendar closes the body, unless it has hours of its own then.
    pub fn is_closed_on_holidays(&self) -> bool {
        self.closed_on_holidays
    }

    /// Whether working hours are set for any kind of non-working day, holidays or weekends (5.8/2).
    pub fn works_on_non_working_days(&self) -> bool {
        let [_, _, _, _, _, saturday, sunday] = &self.weekly;
        !self.closed_on_holidays || !saturday.is_empty() || !sunday.is_empty()
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

fn hours(rows: &[[toml::Spanned<String>; 2]], source: &Source<'_>) -> Result<Vec<Hours>, LawError> {
    let time = |text: &toml::Spanned<String>, end: bool| {
        if end && text.get_ref() == "24:00" {
            return Ok(Time::midnight());
        }
        text.get_ref().parse::<Time>().map_err(|error| {
            source.error(text.span(), format!("{error}; write a time such as \"08:00\""))
        })
    };
    let mut all: Vec<Hours> = Vec::new();
    for [opens, closes] in rows {
        let row = Hours { opens: time(opens, false)?, closes: time(closes, true)? };
        let overlaps = |before: &Hours| before.closes <= before.opens || row.opens < before.closes;
        if all.last().is_some_and(overlaps) {
            let problem = "begins before the hours before it end: write them in order, apart";
            return Err(source.error(opens.span(), problem));
        }
        all.push(row);
    }
    Ok(all)
}

fn weekday(name: &str) -> Option<usize> {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|day| *day == name)
}

fn day_place(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}
