//! Days on which the country does not work (art. 5.8). Data that the hub pushes; versioned, because each computed term names the version it used.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::source::{LawError, Source};

/// A calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Named in every term that was computed with it.
    pub version: String,
    /// Where the days come from.
    pub source: String,
    /// Days off, and why.
    pub holidays: BTreeMap<Date, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    source: String,
    holiday: Vec<Holiday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    date: toml::Spanned<String>,
    kind: String,
}

impl Calendar {
    /// Reads a calendar. Errors name file, line and key.
    pub fn parse(text: &str, file_name: &str) -> Result<Calendar, LawError> {
        let source = Source { text, file: file_name };
        let file: File = source.read()?;
        let mut holidays = BTreeMap::new();
        for holiday in file.holiday {
            let date: Date = holiday.date.get_ref().parse().map_err(|error| {
                source.error(
                    holiday.date.span(),
                    format!("{error}; write a date such as \"2025-03-21\""),
                )
            })?;
            if holidays.insert(date, holiday.kind).is_some() {
                return Err(source.error(holiday.date.span(), format!("{date} is there twice")));
            }
        }
        Ok(Calendar { version: file.version, source: file.source, holidays })
    }

    /// Whether the country does not work on this day, weekends aside.
    pub fn is_holiday(&self, date: Date) -> bool {
        self.holidays.contains_key(&date)
    }
}
