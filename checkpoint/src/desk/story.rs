//! The text of a story: a heading that says where and under which law, then facts and what is expected of them.
//!
//! The grammar is `docs/law-stories.md`. A line that is not understood is refused with its number and with what would be right, and all
//! such lines are named at once. Nothing is decided here: [`super::tell`] puts the facts to the rules.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::expect::Expectation;
use super::fact::Fact;
use super::line::{Word, date, instant, parts, texts, without_comment};
use crate::site::{Direction, Mode};

/// A story as it was written.
#[derive(Debug, Clone)]
pub struct Story {
    /// The file, for errors.
    pub file: String,
    /// What it is called.
    pub title: String,
    /// Where it happens.
    pub place: Place,
    pub(super) zone: TimeZone,
    pub(super) lines: Vec<Line>,
}

/// Where a story happens, and under which law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `kz-2010`, which is built in, or a file; that of the place, or the one that is built in, if none is named.
    pub edition: Option<String>,
    /// How goods move.
    pub mode: Mode,
    /// Which way.
    pub direction: Direction,
    /// IANA name of the zone.
    pub zone: String,
    /// Five digits of the customs office.
    pub office: String,
    /// A file; that of the place, or round the clock, if none is named.
    pub timetable: Option<String>,
    /// A file; that of the place, or no days off, if none is named.
    pub calendar: Option<String>,
    /// The line that says so.
    pub(super) line: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) at: Timestamp,
    pub(super) text: String,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Fact(Fact),
    Expect(Expectation),
}

/// A line that cannot be understood: what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub what: String,
}

/// A story that cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryError {
    /// The file as it was named.
    pub file: String,
    /// Its lines that are not understood, at least one.
    pub problems: Vec<Problem>,
}

impl std::error::Error for StoryError {}

impl fmt::Display for StoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            let end = if number + 1 < self.problems.len() { "\n" } else { "" };
            write!(f, "{}:{}: {}{end}", self.file, problem.line, problem.what)?;
        }
        Ok(())
    }
}

/// The longest story that is read, in lines.
const MOST_LINES: usize = 5_000;

/// The edition that is built in, as a story's heading names it.
pub(super) const BUILT_IN: &str = "kz-2010";

impl Story {
    /// Reads a story. `file` is its name, for errors.
    pub fn parse(file: &str, text: &str) -> Result<Story, StoryError> {
        Story::parse_at(file, text, "Asia/Almaty", "55302")
    }

    /// Reads a story that is told at a place: its zone and its office are taken where the heading names none.
    pub fn parse_at(file: &str, text: &str, zone: &str, office: &str) -> Result<Story, StoryError> {
        let here = (zone.to_owned(), office.to_owned());
        let mut reading = Reading { here, ..Reading::default() };
        let mut problems = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            if number > MOST_LINES {
                let what = format!("a story has at most {MOST_LINES} lines");
                problems.push(Problem { line: number, what });
                break;
            }
            let content = without_comment(line).trim();
            if content.is_empty() {
                continue;
            }
            if let Err(what) = reading.line(number, content) {
                let is_nowhere = what == PLACE_FIRST;
                problems.push(Problem { line: number, what });
                if is_nowhere {
                    break;
                }
            }
        }
        if problems.is_empty() && reading.lines.is_empty() {
            let what = "a story tells at least one fact, such as: vehicle 123ABC02 arrives 2025-03-12 18:10";
            problems.push(Problem { line: text.lines().count().max(1), what: what.to_owned() });
        }
        match (problems.is_empty(), reading.place) {
            (true, Some((place, zone))) => {
                let file = file.to_owned();
                Ok(Story { file, title: reading.title, place, zone, lines: reading.lines })
            }
            (_, _) => Err(StoryError { file: file.to_owned(), problems }),
        }
    }
}

#[derive(Default)]
struct Reading {
    /// Zone and office, if the heading names none.
    here: (String, String),
    title: String,
    edition: Option<String>,
    place: Option<(Place, TimeZone)>,
    day: Option<Date>,
    at: Option<Timestamp>,
    lines: Vec<Line>,
}

impl Reading {
    fn line(&mut self, number: usize, content: &str) -> Result<(), String> {
        if let Some(title) = content.strip_prefix("story:") {
            title.trim().clone_into(&mut self.title);
            return Ok(());
        }
        let (first, rest) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
        match first {
            "edition" => self.edition(rest.trim()),
            "checkpoint" => self.checkpoint(number, rest.trim()),
            "expect" => self.expectation(number, content, rest.trim()),
            _ => self.fact(number, content),
        }
    }

    fn edition(&mut self, name: &str) -> Result<(), String> {
        if !self.lines.is_empty() {
            return Err(
                "the edition stands before the first fact: one law for the whole story".to_owned()
            );
        }
        if name.is_empty() {
            return Err(format!("which edition? `edition {BUILT_IN}`, or a file"));
        }
        let name = name.trim_matches('"').to_owned();
        if let Some((place, _)) = &mut self.place {
            place.edition = Some(name.clone());
        }
        self.edition = Some(name);
        Ok(())
    }

    fn checkpoint(&mut self, number: usize, text: &str) -> Result<(), String> {
        if self.place.is_some() {
            return Err("the checkpoint was named above: a story happens at one".to_owned());
        }
        let parts = parts(text)?;
        let mut parts = parts.iter();
        let (mode, direction) = way(&texts(parts.next().map(Vec::as_slice).unwrap_or_default()))?;
        let mut place = Place {
            edition: self.edition.clone(),
            mode,
            direction,
            zone: self.here.0.clone(),
            office: self.here.1.clone(),
            timetable: None,
            calendar: None,
            line: number,
        };
        for part in parts {
            match texts(part).as_slice() {
                ["timetable", file] => place.timetable = Some((*file).to_owned()),
                ["calendar", file] => place.calendar = Some((*file).to_owned()),
                ["office", code] if code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()) => {
                    (*code).clone_into(&mut place.office);
                }
                ["office", code] => {
                    return Err(format!("{code:?} is no office: five digits, such as 55302"));
                }
                [zone] if zone.contains('/') || *zone == "UTC" => {
                    (*zone).clone_into(&mut place.zone);
                }
                other => {
                    return Err(format!(
                        "{:?} says nothing about a checkpoint: a zone such as Asia/Almaty, timetable FILE, calendar FILE, office 55302",
                        other.join(" ")
                    ));
                }
            }
        }
        let zone = crate::decide::zone(&place.zone).ok_or_else(|| {
            format!("{:?} is no time zone: use an IANA name such as Asia/Almaty", place.zone)
        })?;
        self.place = Some((place, zone));
        Ok(())
    }

    fn expectation(&mut self, number: usize, content: &str, rest: &str) -> Result<(), String> {
        let (_, zone) = self.place.as_ref().ok_or(PLACE_FIRST)?;
        let at = self.at.ok_or("an expectation stands after the fact of which it speaks")?;
        let day = zone.to_datetime(at).date();
        let expectation = Expectation::parse(rest, day, zone)?;
        let what = What::Expect(expectation);
        self.lines.push(Line { number, at, text: content.to_owned(), what });
        Ok(())
    }

    /// `[on DATE] [at TIME] FACT`, or `vehicle PLATE arrives DATE TIME`.
    fn fact(&mut self, number: usize, content: &str) -> Result<(), String> {
        let (_, zone) = self.place.as_ref().ok_or(PLACE_FIRST)?;
        let (day, clock, rest) = moment(content)?;
        let (rest, arrived) = arrival(rest);
        let day = match (day, &arrived) {
            (Some(day), _) => Some(date(day)?),
            (None, Some((day, _))) => Some(date(day)?),
            (None, None) => None,
        };
        let clock = clock.or(arrived.map(|(_, clock)| clock));
        let at = match (day, clock, self.at) {
            (Some(day), Some(clock), _) => {
                self.day = Some(day);
                instant(day, clock, zone)?
            }
            (None, Some(clock), _) => {
                let day =
                    self.day.ok_or("the first fact names its day: on 2025-03-12 at 18:10 …")?;
                instant(day, clock, zone)?
            }
            (Some(_), None, _) => {
                return Err("a day needs a time: on 2025-03-12 at 18:10 …".to_owned());
            }
            (None, None, Some(at)) => at,
            (None, None, None) => {
                return Err(
                    "the first fact names its day and time: on 2025-03-12 at 18:10 …".to_owned()
                );
            }
        };
        if self.at.is_some_and(|before| at < before) {
            return Err("this is before the fact above: a story goes forward (a fact that is learnt late has `since`)".to_owned());
        }
        let today = zone.to_datetime(at).date();
        let fact = Fact::parse(rest, today, zone)?;
        self.day = self.day.or(Some(today));
        self.at = Some(at);
        let what = What::Fact(fact);
        self.lines.push(Line { number, at, text: rest.to_owned(), what });
        Ok(())
    }
}

const PLACE_FIRST: &str = "the checkpoint is named first: checkpoint road, Asia/Almaty";

/// What stands before a fact: its day, its time; then the fact.
fn moment(content: &str) -> Result<(Option<&str>, Option<&str>, &str), String> {
    let mut rest = content;
    let (mut day, mut clock) = (None, None);
    for (word, place) in [("on", &mut day), ("at", &mut clock)] {
        let after = rest.strip_prefix(word).filter(|after| after.starts_with(char::is_whitespace));
        if let Some(after) = after {
            let after = after.trim_start();
            let (value, more) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
            *place = Some(value);
            rest = more.trim_start();
        }
    }
    if rest.is_empty() {
        return Err("what happened then? `time passes`, if only that".to_owned());
    }
    Ok((day, clock, rest))
}

/// `vehicle 123ABC02 arrives 2025-03-12 18:10` names its moment at the end.
fn arrival(rest: &str) -> (&str, Option<(&str, &str)>) {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let ([.., "arrives", day, clock] | [.., "comes", day, clock]) = words.as_slice() else {
        return (rest, None);
    };
    match rest.find(day) {
        Some(at) => (rest.get(..at).unwrap_or(rest).trim_end(), Some((day, clock))),
        None => (rest, None),
    }
}

fn way(words: &[&str]) -> Result<(Mode, Direction), String> {
    let (mode, rest) = words.split_first().unwrap_or((&"", &[]));
    let mode = match *mode {
        "road" => Mode::Road,
        "rail" => Mode::Rail,
        "water" => Mode::Water,
        "air" => Mode::Air,
        other => return Err(format!("{other:?} is no mode: road, rail, water, air")),
    };
    match rest {
        [] | ["inbound"] => Ok((mode, Direction::Inbound)),
        ["outbound"] => Ok((mode, Direction::Outbound)),
        other => Err(format!("{:?} is no direction: inbound, outbound", other.join(" "))),
    }
}

/// Words as a person would write them again, for messages.
pub(super) fn written(words: &[Word]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| if word.quoted { format!("\"{}\"", word.text) } else { word.text.clone() })
        .collect();
    words.join(" ")
}
