//! Daily files of portals, as the tools of an engineer read them: the day they are of, and what of them was not understood.
//!
//! It promises that no line is lost in silence: each that is not understood is counted, and the first is told with its number and with
//! what helps. It deliberately guesses no day: not from the name of a file, nor from the moment it was written.

use std::path::Path;

use firmware_protocols::Fault;
use firmware_protocols::portal::daily::{FileDay, tells_time_only};
use jiff::civil::Date;
use jiff::tz::Offset;

/// A day and the offset of its clock, as XML writes a date: `2016-06-01-07:00`, or `2016-06-01Z`.
pub fn day(text: &str) -> Result<FileDay, String> {
    let wrong = || format!("{text:?}: a day and its offset from UTC, such as {EXAMPLE}");
    let (date, zone) = text.split_at_checked("2016-06-01".len()).ok_or_else(wrong)?;
    let date: Date = date.parse().map_err(|_| wrong())?;
    let offset = if zone == "Z" { Offset::UTC } else { offset(zone).map_err(|_| wrong())? };
    Ok(FileDay { date, offset })
}

/// An offset from UTC, such as `+05:00`.
pub fn offset(text: &str) -> Result<Offset, String> {
    let wrong = || format!("{text:?}: an offset such as +05:00");
    let (sign, rest) = text.split_at_checked(1).ok_or_else(wrong)?;
    let (hours, minutes) = rest.split_once(':').ok_or_else(wrong)?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|_| digits)
    };
    let (Some(hours), Some(minutes)) = (number(hours), number(minutes).filter(|m| *m < 60)) else {
        return Err(wrong());
    };
    let seconds = hours * 3600 + minutes * 60;
    let signed = match sign {
        "+" => seconds,
        "-" => -seconds,
        _ => return Err(wrong()),
    };
    Offset::from_seconds(signed).map_err(|_| wrong())
}

/// Lines of a daily file that were not understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misread {
    /// How many.
    pub lines: usize,
    /// The first: its number in the file, from 1, and what is wrong with it.
    pub first: Option<(usize, Fault)>,
    /// How many of them would be read if the day of the file were known.
    pub need_day: usize,
}

impl Misread {
    /// Counts a line, without terminator, that could not be read because of this.
    pub fn add(&mut self, number: usize, line: &[u8], day: Option<FileDay>, fault: &Fault) {
        self.lines += 1;
        self.need_day += usize::from(day.is_none() && tells_time_only(line));
        self.first.get_or_insert_with(|| (number, fault.clone()));
    }

    /// What a person is told of them and what to do, if there are any.
    pub fn told(&self, file: &Path) -> Option<String> {
        let (number, fault) = self.first.as_ref()?;
        let file = file.display();
        let lines = if self.lines == 1 { "line is" } else { "lines are" };
        let mut told = format!(
            "{file}: {} {lines} not understood; the first is line {number}: {fault}",
            self.lines
        );
        if self.need_day > 0 {
            told += &format!("; give --day, such as --day {EXAMPLE}");
        }
        Some(told)
    }
}

const EXAMPLE: &str = "2016-06-01-07:00";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_a_date_and_an_offset() {
        let read = |text| day(text).map(|day| format!("{} {}", day.date, day.offset)).ok();
        for (text, expected) in [
            ("2016-06-01-07:00", Some("2016-06-01 -07")),
            ("2026-05-21+05:00", Some("2026-05-21 +05")),
            ("2026-05-21+05:30", Some("2026-05-21 +05:30")),
            ("2026-05-21Z", Some("2026-05-21 +00")),
            ("2026-05-21", None),
            ("2026-02-30+05:00", None),
            ("2026-05-21+5", None),
            ("2026-05-21+05:60", None),
            ("2026-05-21 +05:00", None),
            ("21.05.2026+05:00", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
