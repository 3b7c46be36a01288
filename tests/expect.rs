//! What a story expects, held against what the screens would show.
#![expect(clippy::wildcard_enum_match_arm, reason = "a story asks about one kind of event")]

use std::fmt;

use anyhow::{Context, bail};
use checkpoint::event::{AlarmCause, Event};
use checkpoint::ids::VisitId;
use checkpoint::input::observation::{Agreement, Radiation};
use checkpoint::view::{AlarmView, ClockState, ClockView, VisitView};
use jiff::Timestamp;

use crate::world::{World, WorldError};

/// Something went otherwise than the story tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surprise {
    line: usize,
    about: String,
    expected: String,
    came: String,
}

impl Surprise {
    /// An order was refused, or was not, against the story.
    pub(crate) fn new(
        line: usize,
        about: String,
        expected: Option<String>,
        came: Option<String>,
    ) -> Surprise {
        let words = |code: Option<String>| {
            code.map_or("carried out".to_owned(), |code| format!("refused {code}"))
        };
        Surprise { line, about, expected: words(expected), came: words(came) }
    }
}

impl fmt::Display for Surprise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}: {}: expected {}, came {}",
            self.line, self.about, self.expected, self.came
        )
    }
}

/// Holds one expectation against the world. The words are: a subject, a colon, what it must be.
pub(crate) fn met(
    world: &World,
    line: usize,
    words: &str,
    now: Timestamp,
) -> Result<Option<Surprise>, WorldError> {
    let (subject, expected) = words
        .split_once(':')
        .with_context(|| format!("line {line}: an expectation needs a colon"))?;
    let (subject, expected) = (subject.trim(), expected.trim());
    let (what, plate) = subject
        .rsplit_once(" of ")
        .or_else(|| subject.rsplit_once(" on "))
        .with_context(|| format!("line {line}: an expectation is of a plate"))?;
    let came = match visit(world, plate) {
        None => "no such vehicle".to_owned(),
        Some(visit) => {
            let what: Vec<&str> = what.split_whitespace().collect();
            answer(world, &visit, &what, now).with_context(|| format!("line {line}"))?
        }
    };
    Ok((came != expected).then(|| Surprise {
        line,
        about: subject.to_owned(),
        expected: expected.to_owned(),
        came,
    }))
}

fn visit(world: &World, plate: &str) -> Option<VisitView> {
    let edition = &world.rules().edition;
    let snapshot = world.checkpoint().snapshot(edition);
    let row = snapshot
        .visits
        .iter()
        .filter(|row| row.plate.as_deref() == Some(plate))
        .max_by_key(|row| row.id)?;
    world.checkpoint().visit(row.id, edition)
}

fn answer(
    world: &World,
    visit: &VisitView,
    what: &[&str],
    now: Timestamp,
) -> Result<String, WorldError> {
    Ok(match what {
        ["stage"] => word(&visit.row.stage)?,
        ["holds"] => listed(visit.holds.iter().map(|hold| hold.reason.clone())),
        ["missing"] => visit.notice.as_ref().map_or("no notice".to_owned(), |notice| {
            listed(notice.missing.iter().map(|row| row.field.clone()))
        }),
        ["open", "alarms"] => {
            let open = visit.alarms.iter().filter(|alarm| !alarm.closed);
            listed(open.map(|alarm| kind(&alarm.cause)))
        }
        ["weight"] => visit
            .row
            .weight
            .as_ref()
            .map_or("not weighed".to_owned(), |weight| format!("{} kg", weight.gross_kg)),
        ["comparison"] => {
            visit.comparison.as_ref().map_or("not compared".to_owned(), |comparison| {
                format!(
                    "{} kg {}",
                    comparison.difference_kg,
                    if comparison.beyond { "beyond" } else { "within" }
                )
            })
        }
        ["seal", number] => match visit.seals.iter().find(|seal| seal.number == *number) {
            None => "unknown".to_owned(),
            Some(seal) => seal.verdict.as_ref().map_or(Ok("not judged".to_owned()), word)?,
        },
        ["alarm", wanted] => match visit
            .alarms
            .iter()
            .filter(|alarm| kind(&alarm.cause) == *wanted)
            .max_by_key(|alarm| alarm.id)
        {
            None => "none".to_owned(),
            Some(alarm) => alarm_words(alarm),
        },
        ["clock", rule] => match visit
            .clocks
            .iter()
            .filter(|clock| clock.rule == *rule)
            .max_by_key(|clock| clock.id)
        {
            None => "none".to_owned(),
            Some(clock) => clock_words(world, clock, now)?,
        },
        ["said", event] => listed(said(world, visit.row.id, event)),
        other => bail!("{:?} is nothing that can be expected", other.join(" ")),
    })
}

fn listed(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(" ") }
}

fn word(value: &impl serde::Serialize) -> Result<String, WorldError> {
    let value = serde_json::to_value(value)?;
    Ok(value.as_str().context("a word")?.to_owned())
}

/// The kind of an alarm as stories call it.
fn kind(cause: &AlarmCause) -> String {
    match cause {
        AlarmCause::Radiation { radiation: Radiation::Gamma } => "gamma",
        AlarmCause::Radiation { radiation: Radiation::Neutron } => "neutron",
        AlarmCause::Background => "background",
        AlarmCause::Tamper => "tamper",
        AlarmCause::Weight => "weight",
        AlarmCause::Seal { .. } => "seal",
        AlarmCause::TermNear { .. } => "term-near",
        AlarmCause::TermOver { .. } => "term-over",
        AlarmCause::DeviceSilent => "device-silent",
        AlarmCause::LaneUnguarded => "lane-unguarded",
        AlarmCause::HubAway => "hub-away",
        AlarmCause::ClockDoubtful => "clock-doubtful",
        AlarmCause::Scan { .. } => "scan",
        AlarmCause::RecordingSlow => "recording-slow",
    }
    .to_owned()
}

fn alarm_words(alarm: &AlarmView) -> String {
    let mut words = vec![if alarm.active { "active" } else { "ended" }];
    words.push(match (&alarm.decided, &alarm.acknowledged) {
        (Some(_), _) => "decided",
        (None, Some(_)) => "acknowledged",
        (None, None) => "unacknowledged",
    });
    words.extend(alarm.agreement.map(|agreement| match agreement {
        Agreement::Neither => "neither",
        Agreement::Agree => "agree",
        Agreement::DeviceOnly => "device-only",
        Agreement::OwnOnly => "own-only",
    }));
    words.join(" ")
}

fn clock_words(world: &World, clock: &ClockView, now: Timestamp) -> Result<String, WorldError> {
    let since_began = |ms: i64| -> Result<String, WorldError> {
        let seconds = (ms - world.began().as_millisecond()) / 1000;
        Ok(format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
    };
    Ok(match clock.state {
        ClockState::Running => {
            assert!(clock.due_ms > now.as_millisecond(), "a clock that is due does not run on");
            format!("running until {}", since_began(clock.due_ms)?)
        }
        ClockState::Provisional => "provisional".to_owned(),
        ClockState::Stopped => format!(
            "stopped as of {}",
            clock.stopped_ms.map_or(Ok("never".to_owned()), since_began)?
        ),
        ClockState::Expired => "expired".to_owned(),
        ClockState::Withdrawn => "withdrawn".to_owned(),
    })
}

/// What was said by events of this kind about the visit's clocks under ARR-1.
fn said(world: &World, visit: VisitId, event: &str) -> impl Iterator<Item = String> {
    let mine = world
        .checkpoint()
        .clock_states()
        .filter(move |(_, clock)| clock.facts.visit == visit && clock.facts.rule == "ARR-1")
        .map(|(id, _)| id)
        .collect::<Vec<_>>();
    let nearing = event == "clock_nearing";
    world.entries().iter().filter_map(move |entry| match &entry.event {
        Event::ClockNearing { clock, minutes_left } if nearing && mine.contains(clock) => {
            Some(minutes_left.to_string())
        }
        _ => None,
    })
}
