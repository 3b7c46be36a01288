//! `edge-agent law`: a lawyer's desk. What is asked is answered by the production rules; nothing runs and nothing is recorded.

mod asked;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use checkpoint::desk::clocks::{ClockAnswers, Fault, Question, clocks};
use checkpoint::desk::{holdings, unnamed};
use checkpoint::law::term::{Body, Stated, Trigger};
use checkpoint::law::{BUILT_IN_EDITION, Calendar, Edition, LawError, Timetable};
use checkpoint::site::Mode;
use clap::{Args, Subcommand, ValueEnum};
use jiff::tz::TimeZone;
use serde::Serialize;

#[derive(Subcommand)]
pub(super) enum Law {
    /// When does a term end? The due instant, the last day, the article and every step of the computation.
    #[command(after_help = CLOCKS_EXAMPLES)]
    Clocks(Clocks),
    /// What is missing in a notice? The rows that the law asks for and nobody answered, in the law's order.
    #[command(after_help = NOTICE_EXAMPLES)]
    Notice(asked::Notice),
    /// Tells a story of dated facts: after each fact every clock, state, task and flag, and what holds the exit.
    #[command(after_help = STORY_EXAMPLES)]
    Story(asked::Told),
    /// Looks into an edition of the law.
    #[command(subcommand)]
    Edition(EditionFile),
    /// Looks into a calendar of days off.
    #[command(subcommand)]
    Calendar(CalendarFile),
    /// Looks into a timetable of working hours.
    #[command(subcommand)]
    Timetable(TimetableFile),
}

const CLOCKS_EXAMPLES: &str = "Examples:
  edge-agent law clocks --mode road --rule ARR-1 --trigger 2025-03-12T10:00:00+05:00
  edge-agent law clocks --mode rail --rule ARR-2 --trigger 2025-04-18T17:59:00+05:00 \\
      --timetable config/timetables/five-days.toml --calendar config/calendars/kz-assumed.toml
  edge-agent law clocks --mode water --trigger 2026-05-21T10:00:00+05:00 --json

Without --rule every clock of the mode is shown in a table. Without --calendar there are no
days off, and without --timetable the body works round the clock.

Exit codes: 0 answered, 1 a file is not as it should be, 2 the question lacks something.";

const NOTICE_EXAMPLES: &str = "Examples:
  edge-agent law notice --mode road tests/scenarios/law/notice-road.toml
  edge-agent law notice --departure tests/scenarios/law/notice-road.toml

Of goods that leave other rows are asked (art. 255).

The file is a notice as JSON or TOML:

  mode = \"road\"
  [answers]
  vehicle_docs = [\"KZ-TP-001\"]
  carrier_name = \"Dostyk Trans LLP\"
  commercial_docs_held = false
  prohibited_restricted_goods = { as = \"nil\" }
  [[consignments]]
  [consignments.answers]
  gross_weight_kg = 22000
  [[consignments.goods]]
  goods_name = \"potassium chloride\"
  hs_code = \"3104\"

Exit codes: 0 checked, complete or not; 1 the file is not as it should be; 2 the question lacks
something.";

const STORY_EXAMPLES: &str = "Example:
  edge-agent law story tests/scenarios/law/refusal-and-restoration.txt

A story is a text:

  checkpoint road, Asia/Almaty, timetable day.toml
  vehicle 123ABC02 arrives 2025-03-12 18:10
  at 18:20 notice complete, 2 consignments
  at 18:30 goods presented
  at 19:00 consignment 1: storage papers filed
  expect ARR-1 of consignment 2 running until 21:30

docs/law-stories.md has all its words. Files that it names lie beside it.

Exit codes: 0 told, and all went as expected; 1 the story cannot be told, or something went
otherwise; 2 not understood.";

#[derive(Args)]
pub(super) struct Clocks {
    /// How the goods move.
    #[arg(long)]
    mode: ModeName,
    /// The clock, as the edition names it, such as ARR-1; all of the mode if not given.
    #[arg(long)]
    rule: Option<String>,
    /// What started it: an instant with its offset, such as 2025-03-12T10:00:00+05:00.
    #[arg(long, value_parser = trigger)]
    trigger: Trigger,
    /// The end that was stated with the trigger, for terms that the law leaves to be set: a day, or an instant with its offset.
    #[arg(long, value_parser = stated)]
    until: Option<Stated>,
    /// How far the goods go, in kilometres, for the cap of transit.
    #[arg(long)]
    distance_km: Option<u32>,
    /// Until when the term was prolonged: a day, or an instant with its offset.
    #[arg(long, value_parser = stated)]
    prolong: Option<Stated>,
    /// The body's zone.
    #[arg(long, default_value = "Asia/Almaty", value_parser = zone)]
    zone: TimeZone,
    /// Days off; none if not given.
    #[arg(long)]
    calendar: Option<PathBuf>,
    /// Working hours of the body; round the clock if not given.
    #[arg(long)]
    timetable: Option<PathBuf>,
    /// The edition of the law; the one that is built in if not given.
    #[arg(long)]
    edition: Option<PathBuf>,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
pub(super) enum EditionFile {
    /// Says what an edition holds, or what is wrong with it: file:line: key: problem.
    #[command(after_help = "Example:\n  edge-agent law edition check config/law/kz-2010.toml")]
    Check {
        /// The edition; the one that is built in if not given.
        file: Option<PathBuf>,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub(super) enum CalendarFile {
    /// Says what a calendar holds, or what is wrong with it: file:line: key: problem.
    #[command(
        after_help = "Example:\n  edge-agent law calendar check config/calendars/kz-assumed.toml"
    )]
    Check {
        /// The calendar.
        file: PathBuf,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub(super) enum TimetableFile {
    /// Says what a timetable holds, or what is wrong with it: file:line: key: problem.
    #[command(after_help = "Example:\n  edge-agent law timetable check config/timetables/day.toml")]
    Check {
        /// The timetable.
        file: PathBuf,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeName {
    Road,
    Rail,
    Water,
    Air,
}

impl ModeName {
    fn mode(self) -> Mode {
        match self {
            ModeName::Road => Mode::Road,
            ModeName::Rail => Mode::Rail,
            ModeName::Water => Mode::Water,
            ModeName::Air => Mode::Air,
        }
    }
}

fn trigger(text: &str) -> Result<Trigger, String> {
    Trigger::parse(text).map_err(|error| error.to_string())
}

fn stated(text: &str) -> Result<Stated, String> {
    Stated::parse(text).map_err(|error| error.to_string())
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name)
        .map_err(|_| format!("{name:?} is no time zone: use an IANA name such as Asia/Almaty"))
}

impl Law {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        match self {
            Law::Clocks(clocks) => clocks.done(),
            Law::Notice(notice) => notice.done(),
            Law::Story(story) => story.done(),
            Law::Edition(EditionFile::Check { file, json }) => {
                held(edition(file.as_deref()), json, |edition| holdings::edition(&edition))
            }
            Law::Calendar(CalendarFile::Check { file, json }) => {
                let calendar =
                    read(&file).and_then(|text| Ok(Calendar::parse(&text, &name(&file))?));
                held(calendar, json, |calendar| holdings::calendar(&calendar))
            }
            Law::Timetable(TimetableFile::Check { file, json }) => {
                let timetable =
                    read(&file).and_then(|text| Ok(Timetable::parse(&text, &name(&file))?));
                held(timetable, json, |timetable| holdings::timetable(&timetable))
            }
        }
    }
}

impl Clocks {
    fn done(self) -> anyhow::Result<ExitCode> {
        let law = self.law();
        let (edition, calendar, timetable) = match law {
            Ok(law) => law,
            Err(error) => return wrong_file(&error, self.json),
        };
        let mut trigger = self.trigger;
        trigger.stated = self.until;
        trigger.distance_km = self.distance_km;
        let question = Question {
            mode: self.mode.mode(),
            rule: self.rule.clone(),
            trigger,
            prolonged: self.prolong,
        };
        let body = Body { zone: &self.zone, timetable: &timetable, calendar: &calendar };
        let answers = match clocks(&edition, body, &question) {
            Ok(answers) => answers,
            Err(error) => return misasked(&error.to_string()),
        };
        print(&answers, self.json)?;
        code_of(&answers)
    }

    fn law(&self) -> Result<(Edition, Calendar, Timetable), FileError> {
        let edition = edition(self.edition.as_deref())?;
        let calendar = match &self.calendar {
            Some(file) => Calendar::parse(&read(file)?, &name(file))?,
            None => unnamed::no_days_off(),
        };
        let timetable = match &self.timetable {
            Some(file) => Timetable::parse(&read(file)?, &name(file))?,
            None => unnamed::round_the_clock()?,
        };
        Ok((edition, calendar, timetable))
    }
}

/// A table answers what can be answered; a clock that was asked for by name must have an end, unless the law sets none.
fn code_of(answers: &ClockAnswers) -> anyhow::Result<ExitCode> {
    let [one] = answers.clocks.as_slice() else { return Ok(ExitCode::SUCCESS) };
    let why = one.not_computed.as_deref().or(one.not_prolonged.as_deref());
    match (one.fault, why) {
        (Some(Fault::Law), _) | (None, None) => Ok(ExitCode::SUCCESS),
        (Some(Fault::File), Some(why)) => {
            writeln!(io::stderr(), "edge-agent: {}: {why}", one.rule)?;
            Ok(ExitCode::FAILURE)
        }
        (_, why) => misasked(&format!("{}: {}", one.rule, why.unwrap_or_default())),
    }
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error("{0}:1: -: {1}")]
    Unread(String, io::Error),
    #[error("{file}:{line}: {key}: {problem}")]
    Notice { file: String, line: usize, key: String, problem: String },
    #[error(transparent)]
    Law(#[from] LawError),
}

#[derive(Serialize)]
struct WrongFile<'a> {
    file: &'a str,
    line: Option<usize>,
    key: Option<&'a str>,
    problem: String,
}

fn edition(file: Option<&Path>) -> Result<Edition, FileError> {
    match file {
        Some(file) => Ok(Edition::parse(&read(file)?, &name(file))?),
        None => Ok(Edition::parse(BUILT_IN_EDITION.1, BUILT_IN_EDITION.0)?),
    }
}

fn read(file: &Path) -> Result<String, FileError> {
    std::fs::read_to_string(file).map_err(|error| FileError::Unread(name(file), error))
}

fn name(file: &Path) -> String {
    file.display().to_string()
}

/// Prints what a file holds, or what is wrong with it.
fn held<T, H: Serialize + std::fmt::Display>(
    read: Result<T, FileError>,
    json: bool,
    holdings: impl Fn(T) -> H,
) -> anyhow::Result<ExitCode> {
    match read {
        Ok(read) => {
            print(&holdings(read), json)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => wrong_file(&error, json),
    }
}

fn wrong_file(error: &FileError, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        let wrong = match error {
            FileError::Unread(file, error) => {
                WrongFile { file, line: None, key: None, problem: error.to_string() }
            }
            FileError::Notice { file, line, key, problem } => {
                WrongFile { file, line: Some(*line), key: Some(key), problem: problem.clone() }
            }
            FileError::Law(error) => WrongFile {
                file: &error.file,
                line: Some(error.line),
                key: Some(&error.key),
                problem: error.problem.clone(),
            },
        };
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &wrong)?;
        writeln!(out)?;
    }
    writeln!(io::stderr(), "{error}")?;
    Ok(ExitCode::FAILURE)
}

fn misasked(what: &str) -> anyhow::Result<ExitCode> {
    writeln!(io::stderr(), "edge-agent: {what}")?;
    Ok(ExitCode::from(2))
}

fn print<T: Serialize + std::fmt::Display>(answer: &T, json: bool) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if json {
        serde_json::to_writer_pretty(&mut out, answer)?;
        writeln!(out)?;
    } else {
        write!(out, "{answer}")?;
    }
    out.flush()?;
    Ok(())
}
