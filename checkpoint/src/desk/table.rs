//! How a report writes times and columns for people.

use std::fmt;

use jiff::civil::{Date, DateTime};

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
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(head: &[&str]) -> Table {
        Table { rows: vec![head.iter().map(|cell| (*cell).to_owned()).collect()] }
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
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
