//! How a report writes times and columns for people.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::event::MissingRow;
use crate::site::Mode;

/// A mode as files write it.
pub(super) fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Road => "road",
        Mode::Water => "water",
        Mode::Air => "air",
        Mode::Rail => "rail",
    }
}

/// Local time with its offset, such as `2025-03-12T13:00:00+05:00`.
pub(super) fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%FT%T%.f%:z").to_string()
}

/// `2025-03-12T18:10:00+05:00` for people: `Wed 2025-03-12 18:10 +05:00`. The first moment after the last day is its 24:00.
pub(super) fn day_time(local: &str, last_day: Option<&str>) -> String {
    let parsed = local.get(..19).and_then(|text| text.parse::<DateTime>().ok());
    let Some(at) = parsed else { return local.to_owned() };
    let offset = local.rfind(['+', '-', 'Z']).filter(|place| *place >= 19);
    let offset = offset.and_then(|place| local.get(place..)).unwrap_or_default();
    let yesterday = at.date().yesterday().ok().filter(|day| {
        let is_midnight = at.hour() == 0 && at.minute() == 0 && at.second() == 0;
        is_midnight && last_day == Some(day.to_string().as_str())
    });
    let (day, clock): (Date, String) = match yesterday {
        Some(day) => (day, "24:00".to_owned()),
        None if at.second() == 0 => (at.date(), at.strftime("%H:%M").to_string()),
        None => (at.date(), at.strftime("%H:%M:%S").to_string()),
    };
    format!("{} {day} {clock} {offset}", day.strftime("%a"))
}

/// Columns, as wide as their widest cell.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(head: &[&str]) -> Table {
        Table { rows: vec![head.iter().map(|cell| (*cell).to_owned()).collect()] }
    }

    pub(super) fn row(&mut self, cells: impl Into<Vec<String>>) {
        self.rows.push(cells.into());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}", width = *width))
                .collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

/// A missing row for people: `consignee_address (art. 251.1(1)) of consignment 2`.
pub(super) fn row(row: &MissingRow) -> String {
    let of = row.consignment.map(|no| format!(" of consignment {no}")).unwrap_or_default();
    let item = row.item.map(|item| format!(", goods {item}")).unwrap_or_default();
    format!("{} (art. {}){of}{item}", row.field, row.article)
}
