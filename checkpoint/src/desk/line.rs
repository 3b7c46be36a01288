//! Words and times of a story's line. Commas part a line, quotation marks make several words one, `#` begins a comment.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// A word, and whether it stood in quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) quoted: bool,
}

/// A line without its comment.
pub(super) fn without_comment(line: &str) -> &str {
    match outside_quotes(line).find(|(_, c)| *c == '#') {
        Some((at, _)) => line.get(..at).unwrap_or(line),
        None => line,
    }
}

/// What stands before the first colon that is followed by white space, and what after it.
pub(super) fn split_target(text: &str) -> Option<(&str, &str)> {
    let (at, _) = outside_quotes(text).find(|(at, c)| {
        *c == ':' && text.get(at + 1..).is_some_and(|rest| rest.starts_with([' ', '\t']))
    })?;
    Some((text.get(..at)?, text.get(at + 1..)?.trim()))
}

fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quoted = false;
    text.char_indices().filter(move |(_, c)| {
        if *c == '"' {
            quoted = !quoted;
        }
        !quoted
    })
}

/// The words between the commas.
pub(super) fn parts(text: &str) -> Result<Vec<Vec<Word>>, String> {
    let mut parts = vec![Vec::new()];
    let mut word = String::new();
    let mut quoted = false;
    let push = |parts: &mut Vec<Vec<Word>>, text: String, quoted: bool| {
        if let Some(part) = parts.last_mut() {
            part.push(Word { text, quoted });
        }
    };
    for c in text.chars() {
        match c {
            '"' => {
                if quoted || !word.is_empty() {
                    push(&mut parts, std::mem::take(&mut word), quoted);
                }
                quoted = !quoted;
            }
            c if quoted => word.push(c),
            c if c.is_whitespace() || c == ',' => {
                if !word.is_empty() {
                    push(&mut parts, std::mem::take(&mut word), false);
                }
                if c == ',' {
                    parts.push(Vec::new());
                }
            }
            c => word.push(c),
        }
    }
    if quoted {
        return Err("a quotation mark is missing".to_owned());
    }
    if !word.is_empty() {
        push(&mut parts, word, false);
    }
    if parts.iter().any(Vec::is_empty) {
        return Err("nothing stands between two commas, or after the last".to_owned());
    }
    Ok(parts)
}

/// The words as text, to match on.
pub(super) fn texts(part: &[Word]) -> Vec<&str> {
    part.iter().map(|word| word.text.as_str()).collect()
}

/// A day such as `2025-03-12`.
pub(super) fn date(word: &str) -> Result<Date, String> {
    let is_shaped = word.len() == 10
        && word.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !is_shaped {
        return Err(format!("{word:?} is no date: write year, month and day, such as 2025-03-12"));
    }
    word.parse::<Date>().map_err(|_| match word.get(..7) {
        Some(month) if format!("{month}-01").parse::<Date>().is_ok() => {
            format!("there is no day {word}: that month has fewer days")
        }
        Some(_) | None => format!("there is no day {word}: months are 01 to 12, days 01 to 31"),
    })
}

/// The instant at which it was so late at the checkpoint: `18:10`, `18:10:30`, `24:00`, and `22:30+06:00` where a clock that was set back shows an hour twice.
pub(super) fn instant(date: Date, word: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let no_time =
        || format!("{word:?} is no time: write hours and minutes, such as 18:10, or 18:10+05:00");
    let sign = word.find(['+', '-', 'Z']);
    let (clock, offset) = match sign {
        Some(at) => (word.get(..at).unwrap_or_default(), word.get(at..)),
        None => (word, None),
    };
    let (day, time) = if clock == "24:00" {
        (date.tomorrow().map_err(|_| no_time())?, Time::midnight())
    } else {
        (date, time(clock).ok_or_else(no_time)?)
    };
    let local = day.to_datetime(time);
    if let Some(offset) = offset {
        let offset = self::offset(offset).ok_or_else(no_time)?;
        let at = offset.to_timestamp(local).map_err(|_| no_time())?;
        if zone.to_offset(at) != offset {
            return Err(format!(
                "{clock}{} is not the time of the checkpoint: its offset was {} then",
                sign_of(offset),
                sign_of(zone.to_offset(at))
            ));
        }
        return Ok(at);
    }
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => ambiguous.unambiguous().map_err(|_| no_time()),
        AmbiguousOffset::Fold { before, after } => Err(format!(
            "{day} {clock} came twice, because the clocks were set back: write {clock}{} for the first or {clock}{} for the second",
            sign_of(before),
            sign_of(after)
        )),
        AmbiguousOffset::Gap { .. } => {
            Err(format!("{day} {clock} never was: the clocks were set forward over it"))
        }
    }
}

fn time(clock: &str) -> Option<Time> {
    let is_shaped = matches!(clock.len(), 5 | 8)
        && clock.bytes().enumerate().all(|(place, byte)| match place {
            2 | 5 => byte == b':',
            _ => byte.is_ascii_digit(),
        });
    if !is_shaped {
        return None;
    }
    clock.parse().ok()
}

fn offset(text: &str) -> Option<Offset> {
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let (sign, rest) = (text.get(..1)?, text.get(1..)?);
    let (hours, minutes) = rest.split_once(':')?;
    let digits = |text: &str| (text.len() == 2).then(|| text.parse::<i32>().ok()).flatten();
    let seconds = digits(hours)? * 3600 + digits(minutes).filter(|minutes| *minutes < 60)? * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

/// An offset as people write it: `+05:00`.
pub(super) fn sign_of(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}
