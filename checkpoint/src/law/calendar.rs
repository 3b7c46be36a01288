//! Days on which the country does not work (art. 5.8). Data that the hub pushes; versioned, because each computed term names the version it used.
//!
//! A calendar says for which years it holds: a term that ends later is computed as if nobody had a day off then, and says so.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::readings::{DaysOffBesideHolidays, Readings, WeekendsDeclaredWorking};
use super::source::{LawError, Source};

/// A calendar. The default one knows no day off and holds for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Calendar {
    /// Named in every term that was computed with it.
    pub version: String,
    /// Where the days come from.
    pub source: String,
    /// When it was issued: of two, the later one holds.
    pub issued: Date,
    /// The days for which it holds.
    pub covers: Covers,
    /// Days off, and why.
    pub holidays: BTreeMap<Date, Holiday>,
    /// Saturdays and Sundays that the Government declared working (AMB-16).
    pub working_days: BTreeMap<Date, WorkingDay>,
    /// The file, as it was written.
    text: String,
}

/// Kept and sent as the text that was written: its words are the evidence.
impl TryFrom<String> for Calendar {
    type Error = LawError;
    fn try_from(text: String) -> Result<Calendar, LawError> {
        Calendar::parse(&text, "calendar")
    }
}

impl From<Calendar> for String {
    fn from(calendar: Calendar) -> String {
        calendar.text
    }
}

/// From a day through a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Covers {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub through: Date,
}

/// A day off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// What kind of day off.
    pub kind: HolidayKind,
    /// For people, such as `Nauryz`.
    pub name: String,
}

/// Kinds of days off. Only a holiday is left out by the letter of 5.8/1 (AMB-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    /// A holiday by the holiday law.
    Holiday,
    /// The working day after a holiday that fell on a weekend.
    Substitute,
    /// A day off that the holiday law does not call a holiday: 7 January, the first day of Kurban Ait.
    DayOff,
    /// A day off in exchange for a working weekend, declared by the Government.
    Moved,
}

/// A Saturday or Sunday that was declared working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingDay {
    /// For people: the act, and the day that it replaces.
    pub name: String,
    /// Whether it counts as a working day of 5.8/1.
    pub counts: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    source: String,
    issued: Date,
    covers: toml::Spanned<Covers>,
    #[serde(default)]
    holiday: Vec<HolidayRow>,
    #[serde(default)]
    working_day: Vec<WorkingDayRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayRow {
    date: toml::Spanned<String>,
    kind: HolidayKind,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkingDayRow {
    date: toml::Spanned<String>,
    name: String,
    counts: bool,
}

impl Default for Calendar {
    fn default() -> Self {
        Calendar {
            version: String::new(),
            source: String::new(),
            issued: Date::MIN,
            covers: Covers { from: Date::MIN, through: Date::MAX },
            holidays: BTreeMap::new(),
            working_days: BTreeMap::new(),
            text: NOTHING_OFF.to_owned(),
        }
    }
}

impl Calendar {
    /// Reads a calendar. Errors name file, line and key.
    pub fn parse(text: &str, file_name: &str) -> Result<Calendar, LawError> {
        let source = Source { text, file: file_name };
        let file: File = source.read()?;
        let covers = *file.covers.get_ref();
        if covers.from > covers.through {
            let problem = format!("{} is after {}", covers.from, covers.through);
            return Err(source.error(file.covers.span(), problem));
        }
        let day = |text: &toml::Spanned<String>| {
            let date: Date = text.get_ref().parse().map_err(|error| {
                let problem = format!("{error}; write a date such as \"2025-03-21\"");
                source.error(text.span(), problem)
            })?;
            if (covers.from..=covers.through).contains(&date) {
                Ok(date)
            } else {
                let problem =
                    format!("{date} is not between {} and {}", covers.from, covers.through);
                Err(source.error(text.span(), problem))
            }
        };
        let mut holidays = BTreeMap::new();
        for row in file.holiday {
            let date = day(&row.date)?;
            if holidays.insert(date, Holiday { kind: row.kind, name: row.name }).is_some() {
                return Err(source.error(row.date.span(), format!("{date} is there twice")));
            }
        }
        let mut working_days = BTreeMap::new();
        for row in file.working_day {
            let date = day(&row.date)?;
            let problem = if !is_weekend(date) {
                Some(format!("{date} is no Saturday or Sunday: it works anyway"))
            } else if holidays.contains_key(&date) {
                Some(format!("{date} is a day off too: it cannot be both"))
            } else {
                let row = WorkingDay { name: row.name, counts: row.counts };
                working_days.insert(date, row).map(|_| format!("{date} is there twice"))
            };
            if let Some(problem) = problem {
                return Err(source.error(row.date.span(), problem));
            }
        }
        Ok(Calendar {
            version: file.version,
            source: file.source,
            issued: file.issued,
            covers,
            holidays,
            working_days,
            text: text.to_owned(),
        })
    }

    /// The file, as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the country does not work on this day, weekends aside.
    pub fn is_holiday(&self, date: Date) -> bool {
        self.holidays.contains_key(&date)
    }

    /// Why this is no working day (5.8/1); none if it is one.
    pub fn why_not_working(&self, date: Date, readings: &Readings) -> Option<String> {
        if let Some(holiday) = self.holidays.get(&date) {
            let counts_as_off = match (holiday.kind, readings.days_off_beside_holidays) {
                (HolidayKind::Holiday | HolidayKind::Substitute, _)
                | (
                    HolidayKind::DayOff | HolidayKind::Moved,
                    DaysOffBesideHolidays::AreNonWorking,
                ) => true,
                (HolidayKind::DayOff | HolidayKind::Moved, DaysOffBesideHolidays::AreWorking) => {
                    false
                }
            };
            if counts_as_off {
                return Some(holiday.name.clone());
            }
        }
        if !is_weekend(date) {
            return None;
        }
        let works = self.working_days.get(&date).is_some_and(|day| {
            match readings.weekends_declared_working {
                WeekendsDeclaredWorking::AsTheCalendarSays => day.counts,
                WeekendsDeclaredWorking::Never => false,
                WeekendsDeclaredWorking::Always => true,
            }
        });
        let name = if date.weekday() == Weekday::Saturday { "Saturday" } else { "Sunday" };
        (!works).then(|| name.to_owned())
    }
}

/// The default calendar as a file.
const NOTHING_OFF: &str = "version = \"\"\nsource = \"\"\nissued = \"-9999-01-01\"\n\
    covers = { from = \"-9999-01-01\", through = \"9999-12-31\" }\n";

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
