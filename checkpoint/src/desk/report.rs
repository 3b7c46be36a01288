//! What a story tells back: after each fact what happened, and where everything stands then.
//!
//! A report is data (`serde`), and a text for people by its `Display`. Instants are written in the checkpoint's zone with their offset.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::table::{Table, day_time, mode_name, row};
use crate::event::MissingRow;
use crate::ids::ConsignmentNo;
use crate::site::{Direction, Mode};
use crate::view::Hold;

/// A story told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = StoryReport))]
pub struct Report {
    /// The story's title.
    pub story: String,
    /// The edition.
    pub edition: String,
    /// How goods move.
    pub mode: Mode,
    /// Which way.
    pub direction: Direction,
    /// IANA name of the zone.
    pub zone: String,
    /// Version of the calendar with which it began.
    pub calendar: String,
    /// Version of the timetable with which it began.
    pub timetable: String,
    /// What happened, in order.
    pub moments: Vec<Moment>,
    /// What went otherwise than the story expects.
    pub surprises: Vec<Surprise>,
}

/// A fact of the story, or a term that ran out between two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = StoryMoment))]
pub struct Moment {
    /// When, such as `2025-03-12T18:10:00+05:00`.
    pub at: String,
    /// The story's line; none where only time passed.
    pub line: Option<usize>,
    /// The fact as it was written.
    pub fact: Option<String>,
    /// What followed, in order.
    pub happened: Vec<Happened>,
    /// Why it could not be.
    pub refused: Option<Refused>,
    /// Where everything stands then.
    pub picture: Picture,
}

/// An entry of the journal, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = StoryHappened))]
pub struct Happened {
    /// The event's kind, such as `clock_started`.
    pub kind: String,
    /// Its words and numbers by name.
    pub with: BTreeMap<String, String>,
}

/// Why a fact could not be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = StoryRefused))]
pub struct Refused {
    /// The reason by name.
    pub code: String,
    /// In English.
    pub message: String,
    /// Whether the story expects it.
    pub expected: bool,
}

/// An expectation that was not met, or a fact that was refused without the story expecting it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = StorySurprise))]
pub struct Surprise {
    /// The story's line.
    pub line: usize,
    /// What it is about.
    pub about: String,
    /// What was expected and what came.
    pub what: String,
}

/// Where everything stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = StoryPicture))]
pub struct Picture {
    /// Where the visit stands.
    pub stage: String,
    /// What is true of the vehicle.
    pub flags: Vec<String>,
    /// Rows missing in the notice; none if there is no notice.
    pub missing: Option<Vec<MissingRow>>,
    /// What was told before the vehicle came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prior: Vec<PriorStands>,
    /// Its goods.
    pub consignments: Vec<GoodsStand>,
    /// Terms that were ever started, in the order in which they were, tasks aside.
    pub clocks: Vec<ClockStands>,
    /// What the law wants immediately, and without a number.
    pub tasks: Vec<ClockStands>,
    /// Forms of control that are open, by name.
    pub controls: Vec<String>,
    /// Acts that were recorded.
    pub acts: Vec<ActStands>,
    /// What holds the exit permission; empty if nothing does.
    pub holds: Vec<Hold>,
    /// Whether the exit was permitted.
    pub exit_permitted: bool,
    /// IANA name of the zone.
    #[serde(skip)]
    pub(super) zone_name: String,
}

/// Prior information.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriorStands {
    /// Its number here.
    pub prior: u64,
    /// `expected`, `linked`, `withdrawn`.
    pub standing: String,
    /// Rows in which the notice differs, each once; none while there is nothing to compare.
    pub differs_in: Option<Vec<String>>,
}

impl PriorStands {
    fn stand(&self) -> String {
        match &self.differs_in {
            None => self.standing.clone(),
            Some(fields) if fields.is_empty() => {
                format!("{}, and the notice says the same", self.standing)
            }
            Some(fields) => {
                format!("{}; the notice differs in {}", self.standing, fields.join(", "))
            }
        }
    }
}

/// A consignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GoodsStand {
    /// Its number.
    pub number: ConsignmentNo,
    /// Where it stands in the eyes of the law, by name.
    pub state: String,
    /// What is true of it.
    pub flags: Vec<String>,
}

/// A clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockStands {
    /// Its number.
    pub clock: u64,
    /// Its rule.
    pub rule: String,
    /// The article.
    pub article: String,
    /// The consignment; none for the vehicle's.
    pub consignment: Option<ConsignmentNo>,
    /// Whom it binds.
    pub obliged: String,
    /// What started it.
    pub trigger: String,
    /// When.
    pub triggered_at: String,
    /// When it must be done.
    pub due_at: String,
    /// The last moment for an electronic filing.
    pub latest_at: String,
    /// The last day before it moved on, for terms in days.
    pub nominal_day: Option<String>,
    /// `running`, `provisional`, `stopped`, `expired`, `withdrawn`.
    pub state: String,
    /// As of when it was stopped.
    pub stopped_at: Option<String>,
    /// Remarks by name.
    pub flags: Vec<String>,
    /// Version of the calendar, if it was asked.
    pub calendar: Option<String>,
    /// Version of the timetable, if it was asked.
    pub timetable: Option<String>,
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActStands {
    /// Its number here.
    pub act: u64,
    /// Which act of the edition.
    pub kind: String,
    /// The article.
    pub article: String,
    /// The number of its paper, if one is drawn up.
    pub number: Option<String>,
    /// Until when it holds, if it ends by itself.
    pub valid_until: Option<String>,
    /// Whether it was put right or ended.
    pub stands: bool,
}

impl Picture {
    /// How many lines it has about goods, clocks, tasks and acts.
    pub(super) fn lines(&self) -> usize {
        self.prior.len()
            + self.consignments.len()
            + self.clocks.len()
            + self.tasks.len()
            + self.acts.len()
    }

    pub(super) fn zone(&self) -> TimeZone {
        crate::decide::zone(&self.zone_name).unwrap_or(TimeZone::UTC)
    }

    /// The last clock of this rule; of the vehicle or of any consignment, if none is named.
    pub(super) fn last_clock(
        &self,
        rule: &str,
        goods: Option<ConsignmentNo>,
    ) -> Option<&ClockStands> {
        self.clocks
            .iter()
            .chain(&self.tasks)
            .filter(|clock| clock.rule == rule && (goods.is_none() || clock.consignment == goods))
            .max_by_key(|clock| clock.clock)
    }

    pub(super) fn flags_of(&self, goods: Option<ConsignmentNo>) -> Vec<String> {
        match goods {
            None => self.flags.clone(),
            Some(number) => {
                let found = self.consignments.iter().find(|one| one.number == number);
                found.map(|one| one.flags.clone()).unwrap_or_default()
            }
        }
    }
}

impl ClockStands {
    pub(super) fn is_running(&self) -> bool {
        self.state == "running"
    }

    pub(super) fn due_at(&self) -> Option<Timestamp> {
        self.due_at.parse().ok()
    }

    pub(super) fn stopped_at(&self) -> Option<Timestamp> {
        self.stopped_at.as_ref()?.parse().ok()
    }

    /// How it stands, as an expectation words it.
    pub(super) fn words(&self, zone: &TimeZone) -> String {
        let local = |at: Option<Timestamp>| at.map(|at| minute(at, zone)).unwrap_or_default();
        match self.state.as_str() {
            "running" => format!("running until {}", local(self.due_at())),
            "stopped" => format!("stopped as of {}", local(self.stopped_at())),
            state => state.to_owned(),
        }
    }

    fn last_day(&self) -> Option<String> {
        // 24:00 of the last day is the first moment of the next.
        let latest: DateTime = self.latest_at.get(..19)?.parse().ok()?;
        self.nominal_day.as_ref()?;
        Some(latest.date().yesterday().ok()?.to_string())
    }
}

/// Local time to the minute, as stories write it: `2025-03-12 18:10`.
pub(super) fn minute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%F %H:%M").to_string()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = if self.story.is_empty() { "A story" } else { &self.story };
        writeln!(f, "{title}")?;
        writeln!(
            f,
            "{}; {} {}; {}; calendar {}, timetable {}",
            self.edition,
            mode_name(self.mode),
            match self.direction {
                Direction::Inbound => "inbound",
                Direction::Outbound => "outbound",
            },
            self.zone,
            self.calendar,
            self.timetable
        )?;
        for moment in &self.moments {
            write!(f, "\n{moment}")?;
        }
        if !self.surprises.is_empty() {
            writeln!(f)?;
        }
        for surprise in &self.surprises {
            writeln!(f, "! line {}: {}: {}", surprise.line, surprise.about, surprise.what)?;
        }
        Ok(())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fact {
            Some(fact) => writeln!(f, "{}  {fact}", day_time(&self.at, None))?,
            None => writeln!(f, "{}  {}", day_time(&self.at, None), self.ran_out())?,
        }
        for happened in &self.happened {
            writeln!(f, "  - {}", happened.sentence(&self.picture))?;
        }
        if let Some(refused) = &self.refused {
            let expected = if refused.expected { ", as expected" } else { "" };
            writeln!(f, "  ! refused{expected}, {}: {}", refused.code, refused.message)?;
        }
        write!(f, "{}", self.picture)
    }
}

impl Moment {
    /// What happened while nobody did anything.
    fn ran_out(&self) -> String {
        let over = self.happened.iter().filter(|happened| happened.kind == "clock_expired");
        let clocks: Vec<String> =
            over.filter_map(|happened| Some(happened.clock(&self.picture)?.name())).collect();
        if clocks.is_empty() {
            "time passed".to_owned()
        } else {
            format!("{} ran out", clocks.join(", "))
        }
    }
}

impl Happened {
    fn clock<'a>(&self, picture: &'a Picture) -> Option<&'a ClockStands> {
        let number: u64 = self.with.get("clock")?.parse().ok()?;
        picture.clocks.iter().chain(&picture.tasks).find(|clock| clock.clock == number)
    }

    /// The kind in words, the clock by its name, then the rest.
    fn sentence(&self, picture: &Picture) -> String {
        let mut words = vec![self.kind.replace('_', " ")];
        let clock = self.clock(picture);
        if let Some(clock) = clock {
            words.push(clock.name());
        }
        let is_told = |key: &str| {
            let of_clock = ["clock", "rule", "article", "due_ms", "latest_ms", "consignment"];
            clock.is_some() && of_clock.contains(&key)
        };
        let rest = self.with.iter().filter(|(key, value)| !is_told(key) && !value.is_empty());
        let zone = picture.zone();
        let rest: Vec<String> = rest
            .map(|(key, value)| {
                let at = key.strip_suffix("_ms").and_then(|key| {
                    let at = Timestamp::from_millisecond(value.parse().ok()?).ok()?;
                    Some(format!("{} {}", key.replace('_', " "), minute(at, &zone)))
                });
                at.unwrap_or_else(|| format!("{} {value}", key.replace('_', " ")))
            })
            .collect();
        let head = words.join(" ");
        if rest.is_empty() { head } else { format!("{head}: {}", rest.join(", ")) }
    }
}

impl ClockStands {
    fn name(&self) -> String {
        match self.consignment {
            Some(number) => format!("{} of consignment {number}", self.rule),
            None => self.rule.clone(),
        }
    }

    fn stand(&self) -> String {
        let last = self.last_day();
        let due = day_time(&self.due_at, last.as_deref());
        let latest = (self.latest_at != self.due_at)
            .then(|| format!(", electronically {}", day_time(&self.latest_at, last.as_deref())));
        let latest = latest.unwrap_or_default();
        let stopped = self.stopped_at.as_ref().map(|at| day_time(at, None)).unwrap_or_default();
        match self.state.as_str() {
            "running" => format!("runs until {due}{latest}"),
            "provisional" => format!("stopped provisionally as of {stopped}; due {due}"),
            "stopped" => format!("stopped as of {stopped}"),
            "expired" => format!("ran out {due}"),
            state => state.to_owned(),
        }
    }
}

fn clock_ended(task: &ClockStands) -> String {
    task.stopped_at.as_ref().map(|at| day_time(at, None)).unwrap_or_default()
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = |flags: &[String]| {
            if flags.is_empty() { String::new() } else { format!("[{}]", flags.join(", ")) }
        };
        let stage = if self.exit_permitted && self.stage != "left" {
            format!("{}, may leave", self.stage)
        } else {
            self.stage.clone()
        };
        let mut goods = Table::default();
        goods.row(["  vehicle".to_owned(), stage, flags(&self.flags)]);
        for one in &self.consignments {
            let name = format!("  consignment {}", one.number);
            goods.row([name, one.state.clone(), flags(&one.flags)]);
        }
        write!(f, "{goods}")?;
        for one in &self.prior {
            writeln!(f, "  prior information {}: {}", one.prior, one.stand())?;
        }
        let mut table = Table::default();
        for clock in &self.clocks {
            let article = format!("art. {}", clock.article);
            table.row([format!("  {}", clock.name()), article, clock.stand(), flags(&clock.flags)]);
        }
        for task in &self.tasks {
            let article = format!("art. {}", task.article);
            let stand = match task.state.as_str() {
                "running" => format!("to be done immediately by {}", task.obliged),
                "stopped" => format!("ended {}", clock_ended(task)),
                state => state.to_owned(),
            };
            table.row([format!("  {}", task.name()), article, stand, flags(&task.flags)]);
        }
        for act in &self.acts {
            let until = act.valid_until.as_ref().map(|at| format!("until {}", day_time(at, None)));
            let words = [Some(act.kind.clone()), act.number.clone(), until];
            let words: Vec<String> = words.into_iter().flatten().collect();
            let over = if act.stands { "" } else { "[put right or ended]" };
            let article = format!("art. {}", act.article);
            table.row([format!("  act {}", act.act), article, words.join(" "), over.to_owned()]);
        }
        write!(f, "{table}")?;
        if let Some(missing) = self.missing.as_ref().filter(|missing| !missing.is_empty()) {
            let rows: Vec<String> = missing.iter().map(row).collect();
            writeln!(f, "  missing in the notice: {}", rows.join(", "))?;
        }
        if !self.controls.is_empty() {
            writeln!(f, "  control is open: {}", self.controls.join(", "))?;
        }
        if self.stage == "left" {
            return Ok(());
        }
        if self.holds.is_empty() {
            return writeln!(f, "  nothing holds the exit");
        }
        let holds: Vec<String> = self
            .holds
            .iter()
            .map(|hold| {
                let of = hold.consignment.map(|no| format!(" of consignment {no}"));
                format!("{}{} (art. {})", hold.reason, of.unwrap_or_default(), hold.article)
            })
            .collect();
        writeln!(f, "  the exit is held by {}", holds.join(", "))
    }
}
