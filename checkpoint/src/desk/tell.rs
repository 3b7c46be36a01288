//! Tells a story: its facts become orders, the production rules decide them at the story's own time, and terms that end between two facts
//! run out at their moment. Nothing here knows the law.
//!
//! A fact that falls on the last instant of a term is in time (5.7): what is due then is answered only by what comes later.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use units::Kilograms;

use super::Shelf;
use super::expect::Expectation;
use super::fact::Fact;
use super::orders::{Prepared, prepare};
use super::report::{Happened, Moment, Picture, Refused, Report, Surprise};
use super::story::{BUILT_IN, Line, Problem, Story, StoryError, What};
use super::table::local;
use super::unnamed::{no_days_off, round_the_clock};
use crate::Checkpoint;
use crate::decide::{Refusal, Rules, decide};
use crate::event::{AlarmCause, Entry, Event};
use crate::ids::{LaneId, OfficerId, RequestId};
use crate::input::{ClockQuality, Condition, Input, Order, OrderKind};
use crate::law::{Calendar, Edition, LawError, Timetable};
use crate::site::{Lane, Limit, Limits, Site, WeightTolerance};
use crate::view::JournalLine;

/// How much a report holds; a story that runs on for years, or of too many goods, stops there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Facts, and ends of terms between them.
    pub moments: usize,
    /// Lines of all their pictures together: goods, clocks, tasks, acts.
    pub lines: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { moments: 20_000, lines: 2_000_000 }
    }
}

/// Tells a story under the law that its heading names. Fails if the heading or a fact names what is not there, and if the report would be
/// larger than its bounds.
pub fn tell(story: &Story, shelf: &dyn Shelf, bounds: Bounds) -> Result<Report, StoryError> {
    let rules = rules(story, shelf).map_err(|what| problem(story, story.place.line, what))?;
    let mut prepared = Vec::new();
    let mut problems = Vec::new();
    for line in &story.lines {
        let What::Fact(fact) = &line.what else {
            prepared.push(None);
            continue;
        };
        match prepare(fact, line, &rules.edition, &story.place, &story.zone, shelf) {
            Ok(fact) => prepared.push(Some(fact)),
            Err(what) => problems.push(Problem { line: line.number, what }),
        }
    }
    if !problems.is_empty() {
        return Err(StoryError { file: story.file.clone(), problems });
    }
    let began = story.lines.first().map(|line| line.at).unwrap_or_default();
    let mut telling = Telling::new(story, rules, bounds, began);
    for (line, prepared) in story.lines.iter().zip(prepared) {
        match (&line.what, prepared) {
            (What::Fact(fact), Some(prepared)) => {
                telling
                    .fact(line, fact, prepared)
                    .map_err(|what| problem(story, line.number, what))?;
            }
            (What::Expect(expectation), _) => telling.expect(line, expectation),
            (What::Fact(_), None) => {}
        }
    }
    Ok(telling.report)
}

fn problem(story: &Story, line: usize, what: String) -> StoryError {
    StoryError { file: story.file.clone(), problems: vec![Problem { line, what }] }
}

fn rules(story: &Story, shelf: &dyn Shelf) -> Result<Rules, String> {
    let place = &story.place;
    let law = |error: LawError| error.to_string();
    let here = shelf.in_force();
    let edition = match (place.edition.as_deref(), here) {
        (None, Some(here)) => here.edition.clone(),
        (None | Some(BUILT_IN), _) => Edition::built_in().map_err(law)?,
        (Some(file), _) => Edition::parse(&shelf.text(file)?, file).map_err(law)?,
    };
    let calendar = match (&place.calendar, here) {
        (Some(file), _) => Calendar::parse(&shelf.text(file)?, file).map_err(law)?,
        (None, Some(here)) => here.calendar.clone(),
        (None, None) => no_days_off(),
    };
    let timetable = match (&place.timetable, here) {
        (Some(file), _) => Timetable::parse(&shelf.text(file)?, file).map_err(law)?,
        (None, Some(here)) => here.timetable.clone(),
        (None, None) => round_the_clock().map_err(law)?,
    };
    let lane =
        Lane { id: lane()?, title: "1".to_owned(), direction: place.direction, mode: place.mode };
    let site = Site {
        checkpoint: "story".parse().map_err(|_| "the checkpoint has no name".to_owned())?,
        title: story.title.clone(),
        office_code: place.office.clone(),
        zone: place.zone.clone(),
        lanes: vec![lane],
        devices: Vec::new(),
    };
    Rules::new(site, limits(), edition, calendar, timetable).map_err(|error| error.to_string())
}

pub(super) fn lane() -> Result<LaneId, String> {
    "1".parse().map_err(|_| "the lane has no name".to_owned())
}

/// A story has no devices: of its limits none is ever reached, and no clock is announced before its end.
fn limits() -> Limits {
    fn limit<T>(value: T) -> Limit<T> {
        Limit {
            value,
            author: "story".to_owned(),
            approval: "none: nothing is measured".to_owned(),
        }
    }
    let never = SignedDuration::from_hours(24 * 366 * 200);
    Limits {
        version: "story".to_owned(),
        weight: limit(WeightTolerance {
            percent: Decimal::ONE_HUNDRED,
            at_least: Kilograms(Decimal::ONE_THOUSAND),
            instrument_error: Kilograms(Decimal::ZERO),
        }),
        background_depressed_below: limit(Decimal::ZERO),
        vehicle_gap: limit(never),
        escalation_after: limit(never),
        hub_away_after: limit(never),
        plate_confidence_percent: limit(Decimal::ZERO),
        clock_warnings: limit(Vec::new()),
        clock_leads: None,
        scans: None,
        immediately_open: None,
        vehicle_mass: None,
    }
}

struct Telling<'a> {
    story: &'a Story,
    rules: Rules,
    state: Checkpoint,
    presses: u32,
    refused: Option<Refusal>,
    bounds: Bounds,
    lines: usize,
    report: Report,
}

impl<'a> Telling<'a> {
    fn new(story: &'a Story, rules: Rules, bounds: Bounds, began: Timestamp) -> Telling<'a> {
        let report = Report {
            story: story.title.clone(),
            edition: rules.edition.id.clone(),
            mode: story.place.mode,
            direction: story.place.direction,
            zone: story.place.zone.clone(),
            calendar: rules.calendar.version.clone(),
            timetable: rules.timetable.version.clone(),
            moments: Vec::new(),
            surprises: Vec::new(),
        };
        let state = Checkpoint::default();
        let mut telling =
            Telling { story, rules, state, presses: 0, refused: None, bounds, lines: 0, report };
        let started =
            Condition::Started { version: "story".to_owned(), config_digest: String::new() };
        telling.put(&Input::Noticed(started), began);
        telling
    }

    fn fact(&mut self, line: &Line, fact: &Fact, prepared: Prepared) -> Result<(), String> {
        let passes = *fact == Fact::TimePasses;
        self.pass_time(line.at, passes)?;
        let mut happened = Vec::new();
        let mut refused: Option<Refusal> = None;
        let orders = prepared.orders(&self.state)?;
        for kind in orders {
            if refused.is_none() {
                let (events, refusal) = self.order(kind, line.at);
                happened.extend(events);
                refused = refusal;
            }
        }
        self.keep_refusal(line, refused.as_ref());
        self.moment(line.at, Some(line), happened, refused.as_ref())
    }

    /// A fact that cannot be recorded is a surprise, unless the next line expects that.
    fn keep_refusal(&mut self, line: &Line, refused: Option<&Refusal>) {
        self.refused = refused.cloned();
        if let Some(refusal) = refused.filter(|refusal| !self.is_expected(line, &refusal.code)) {
            let what = format!("refused, {}: {}", refusal.code, refusal.message);
            self.report.surprises.push(Surprise {
                line: line.number,
                about: line.text.clone(),
                what,
            });
        }
    }

    fn is_expected(&self, line: &Line, code: &str) -> bool {
        let after = self.story.lines.iter().filter(|later| later.number > line.number);
        after
            .take_while(|later| matches!(later.what, What::Expect(_)))
            .any(|later| matches!(&later.what, What::Expect(Expectation::Refused { code: known }) if known == code))
    }

    fn expect(&mut self, line: &Line, expectation: &Expectation) {
        if let Expectation::Refused { code } = expectation {
            let came = self.refused.as_ref().map(|refusal| refusal.code.clone());
            if came.as_ref() != Some(code) {
                let came = came.map_or("recorded".to_owned(), |came| format!("refused {came}"));
                let what = format!("expected refused {code}, came {came}");
                self.surprise(line, "the fact above", what);
            }
            return;
        }
        let picture = self.picture();
        if let Some((about, what)) = expectation.met(&picture) {
            self.surprise(line, &about, what);
        }
    }

    fn surprise(&mut self, line: &Line, about: &str, what: String) {
        self.report.surprises.push(Surprise { line: line.number, about: about.to_owned(), what });
    }

    /// Answers what is due before this moment, and at it if nothing else happens then.
    fn pass_time(&mut self, until: Timestamp, inclusive: bool) -> Result<(), String> {
        while let Some(due) = self.state.next_deadline() {
            if due > until || (due == until && !inclusive) {
                break;
            }
            let (happened, _) = self.put(&Input::TimePassed, due);
            if self.state.next_deadline() == Some(due) && happened.is_empty() {
                return Err(format!("what was due at {due} was not answered"));
            }
            if !happened.is_empty() {
                self.moment(due, None, happened, None)?;
            }
        }
        Ok(())
    }

    fn order(&mut self, kind: OrderKind, at: Timestamp) -> (Vec<Happened>, Option<Refusal>) {
        self.presses = self.presses.saturating_add(1);
        let refusal = |message: &str| (Vec::new(), Some(Refusal::new("no_order", message)));
        let Ok(officer) = "lawyer".parse::<OfficerId>() else { return refusal("nobody gives it") };
        let Ok(request) = format!("story-{:06}", self.presses).parse::<RequestId>() else {
            return refusal("it has no number");
        };
        let order = Order { officer, workplace: "desk".to_owned(), request, kind };
        self.put(&Input::Ordered(order), at)
    }

    fn put(&mut self, input: &Input, at: Timestamp) -> (Vec<Happened>, Option<Refusal>) {
        let decision = decide(&self.state, &self.rules, input, at);
        let mut happened = Vec::new();
        for event in decision.events {
            let entry = Entry {
                seq: self.state.seq().saturating_add(1),
                at: self.state.at().map_or(at, |last| last.max(at)),
                clock: ClockQuality::Synchronised,
                author: input.author(),
                event,
            };
            self.state.follow(&entry);
            let line = JournalLine::of(&entry);
            if is_told(&entry.event, &line.kind) {
                happened.push(Happened { kind: line.kind, with: line.with });
            }
        }
        (happened, decision.refusal)
    }

    fn moment(
        &mut self,
        at: Timestamp,
        line: Option<&Line>,
        happened: Vec<Happened>,
        refused: Option<&Refusal>,
    ) -> Result<(), String> {
        let picture = self.picture();
        self.lines += picture.lines();
        let Bounds { moments, lines } = self.bounds;
        if self.report.moments.len() >= moments {
            return Err(format!("a report holds at most {moments} moments: tell a shorter story"));
        }
        if self.lines > lines {
            return Err(format!(
                "a report holds at most {lines} lines about goods and clocks: tell a story of fewer"
            ));
        }
        let refused = refused.map(|refusal| Refused {
            code: refusal.code.clone(),
            message: refusal.message.clone(),
            expected: line.is_some_and(|line| self.is_expected(line, &refusal.code)),
        });
        self.report.moments.push(Moment {
            at: local(at, &self.story.zone),
            line: line.map(|line| line.number),
            fact: line.map(|line| line.text.clone()),
            happened,
            refused,
            picture,
        });
        Ok(())
    }

    fn picture(&self) -> Picture {
        let edition: &Arc<Edition> = &self.rules.edition;
        Picture::of(&self.state, edition, &self.story.zone, &self.story.place.zone)
    }
}

/// What is worth telling: not what the agent says of itself, nor the alarm that a clock rings beside the clock.
fn is_told(event: &Event, kind: &str) -> bool {
    let rings_by_clock = matches!(event, Event::AlarmRaised { facts, .. }
        if matches!(facts.cause, AlarmCause::TermOver { .. } | AlarmCause::TermNear { .. }));
    !rings_by_clock && !OF_THE_AGENT.contains(&kind)
}

const OF_THE_AGENT: [&str; 5] =
    ["agent_started", "site_described", "limits_set", "lane_left", "alarm_ended"];
