//! A checkpoint in virtual time.
#![expect(clippy::wildcard_enum_match_arm, reason = "what is told counts three kinds of events")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use checkpoint::event::{AlarmCause, Author, Entry, Event};
use checkpoint::ids::{OfficerId, RequestId};
use checkpoint::input::observation::Agreement;
use checkpoint::input::{ClockQuality, Condition, Input, Order};
use checkpoint::{Checkpoint, Rules, decide};
use edge_agent::clock::Moment;
use edge_agent::config::{Config, Connect};
use edge_agent::ingest::observe::{Heard, Pipeline};
use jiff::{SignedDuration, Timestamp};
use simulator::cast::Cast;
use simulator::score::{Happening, Score};
use simulator::story::{Snapshot, Story, StoryOrder};

use crate::expect::{self, Surprise};

/// Why a story could not be told.
pub type WorldError = anyhow::Error;

/// A checkpoint, its devices, and all that happened.
pub struct World {
    rules: Rules,
    checkpoint: Checkpoint,
    lines: BTreeMap<String, Line>,
    entries: Vec<Entry>,
    began: Timestamp,
    presses: u64,
}

/// What a world has to tell about radiation.
#[derive(Debug, Default)]
pub struct Told {
    /// Vehicles that were screened.
    pub screened: u32,
    /// Radiation alarms that were raised.
    pub radiation_alarms: u32,
    /// Bytes that made no sense.
    pub device_faults: u32,
    /// Occupancies on which the portal and the agent do not agree.
    pub disagreements: Vec<(Option<u32>, Agreement)>,
}

struct Line {
    pipeline: Pipeline,
    /// Messages arrive whole, over MQTT and HTTP.
    whole: bool,
}

/// When every story begins: a Thursday morning, 10:00 in Almaty.
const BEGAN: &str = "2026-05-21T05:00:00Z";

impl World {
    /// The checkpoint of this configuration, a moment after its agent began.
    pub fn new(config: &Path) -> Result<World, WorldError> {
        let config = Config::load(config)?;
        let rules = edge_agent::rules::rules(&config)?;
        let lines = config.lines.iter().map(|line| {
            let whole =
                !matches!(line.connect, Connect::Tcp(_) | Connect::Listen(_) | Connect::Serial(_));
            (line.device.id.as_str().to_owned(), Line { pipeline: Pipeline::new(line), whole })
        });
        let began: Timestamp = BEGAN.parse().context("the beginning of every story")?;
        let mut world = World {
            rules,
            checkpoint: Checkpoint::default(),
            lines: lines.collect(),
            entries: Vec::new(),
            began,
            presses: 0,
        };
        world.step(
            Input::Noticed(Condition::Started {
                version: "story".to_owned(),
                config_digest: config.digest,
            }),
            began,
        );
        Ok(world)
    }

    /// Tells a story, and gives all that went otherwise.
    pub fn tell(&mut self, story: &Path, config: &Path) -> Result<Vec<Surprise>, WorldError> {
        let text = std::fs::read_to_string(story)
            .with_context(|| format!("failed to read {}", story.display()))?;
        let text = simulator::demo::in_round(&text, 1);
        let story = Story::parse(&story.display().to_string(), &text)?;
        let until = story.length();
        let mut score = Score::new(story, &Cast::read(config)?, &nowhere(), self.began, 1)?;
        let mut surprises = Vec::new();
        let lines: Vec<String> = self.lines.keys().cloned().collect();
        for line in lines {
            self.line(&line, self.began, true);
            score.opened(Duration::ZERO, &line);
        }
        self.say(&mut score, Duration::ZERO);
        loop {
            let horizon = self.next_due().map_or(until, |due| due.min(until));
            let Some((at, happening)) = score.next(horizon) else {
                if horizon >= until {
                    return Ok(surprises);
                }
                self.time_passes(self.instant(horizon)?);
                self.say(&mut score, horizon);
                continue;
            };
            let now = self.instant(at)?;
            self.time_passes(now);
            match happening {
                Happening::Bytes { device, bytes } => self.bytes(&device, now, &bytes),
                Happening::Line { device, up } => {
                    self.line(&device, now, up);
                    if up {
                        score.opened(at, &device);
                    }
                }
                Happening::Order { line, officer, order, refused } => {
                    let came = self.order(&officer, &order, now)?;
                    if came != refused {
                        surprises.push(Surprise::new(
                            line,
                            format!("{officer} {order}"),
                            refused,
                            came,
                        ));
                    }
                }
                Happening::Hub { up } => self.step(Input::Noticed(Condition::HubLink { up }), now),
                Happening::Expect { line, words } => {
                    surprises.extend(expect::met(self, line, &words, now)?);
                }
                // A journal has no broker and no nodes, and an agent that is killed forgets nothing: both are told with real processes.
                Happening::BrokerRestarts
                | Happening::AgentKilled
                | Happening::Node { .. }
                | Happening::Slow { .. } => {}
            }
            self.say(&mut score, at);
        }
    }

    /// All that happened.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The checkpoint as it is now.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// What its rules compare with.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// When the story began.
    pub fn began(&self) -> Timestamp {
        self.began
    }

    /// A device sends bytes at this moment, after everything that was due before it.
    pub fn hears(&mut self, device: &str, at: Timestamp, bytes: &[u8]) {
        self.time_passes(at);
        self.bytes(device, at, bytes);
    }

    /// What was told about radiation so far.
    pub fn told(&self) -> Told {
        let mut told = Told::default();
        for entry in &self.entries {
            match &entry.event {
                Event::VehicleScreened { screening, .. } => {
                    told.screened += 1;
                    if !matches!(screening.gamma, Agreement::Agree | Agreement::Neither) {
                        told.disagreements.push((screening.device_counter, screening.gamma));
                    }
                }
                Event::AlarmRaised { facts, .. }
                    if matches!(facts.cause, AlarmCause::Radiation { .. }) =>
                {
                    told.radiation_alarms += 1;
                }
                Event::DeviceFaulted { count, .. } => told.device_faults += count,
                _ => {}
            }
        }
        told
    }

    fn instant(&self, at: Duration) -> Result<Timestamp, WorldError> {
        Ok(self.began.checked_add(SignedDuration::try_from(at)?)?)
    }

    /// Lets every moment come that somebody waits for, in order, up to `now`.
    fn time_passes(&mut self, now: Timestamp) {
        loop {
            let line = self
                .lines
                .iter()
                .filter_map(|(id, line)| Some((self.due(line)?, id.clone())))
                .min();
            let rules = self.checkpoint.next_deadline();
            match (line, rules) {
                (Some((at, id)), rules) if at <= now && rules.is_none_or(|rules| at <= rules) => {
                    let moment = self.moment(at);
                    let Some(line) = self.lines.get_mut(&id) else { return };
                    let heard = line.pipeline.time_passed(moment);
                    let waits_on = line.pipeline.asks_at() != Some(moment.since_start);
                    self.heard(&id, at, heard);
                    if !waits_on {
                        return; // it has something to say first
                    }
                }
                (_, Some(at)) if at <= now => {
                    self.step(Input::TimePassed, at);
                    assert!(
                        self.checkpoint.next_deadline() != Some(at),
                        "a deadline that passes is answered: {at}"
                    );
                }
                _ => return,
            }
        }
    }

    fn bytes(&mut self, id: &str, now: Timestamp, bytes: &[u8]) {
        let moment = self.moment(now);
        let Some(line) = self.lines.get_mut(id) else { return };
        let heard = if line.whole {
            line.pipeline.document(moment, bytes)
        } else {
            line.pipeline.bytes(moment, bytes)
        };
        self.heard(id, now, heard);
    }

    fn line(&mut self, id: &str, now: Timestamp, up: bool) {
        let moment = self.moment(now);
        let Some(line) = self.lines.get_mut(id) else { return };
        let heard = if up { line.pipeline.opened(moment) } else { line.pipeline.reopened(now) };
        self.heard(id, now, heard);
    }

    /// Devices that are asked and answered are told what the agent says to them.
    fn say(&mut self, score: &mut Score, at: Duration) {
        let Ok(now) = self.instant(at) else { return };
        let moment = self.moment(now);
        for (id, line) in &mut self.lines {
            while let Some(bytes) = line.pipeline.to_send(moment) {
                score.hears(at, id, &bytes);
            }
        }
    }

    /// When somebody waits for time to pass, after the story began.
    fn next_due(&self) -> Option<Duration> {
        let line = self.lines.values().filter_map(|line| self.due(line)).min();
        let due = [line, self.checkpoint.next_deadline()].into_iter().flatten().min()?;
        Some(self.moment(due).since_start)
    }

    /// When a line waits for time to pass.
    fn due(&self, line: &Line) -> Option<Timestamp> {
        let asks = line.pipeline.asks_at().and_then(|at| self.instant(at).ok());
        [line.pipeline.deadline(), asks].into_iter().flatten().min()
    }

    /// A moment of the story: its clocks agree.
    fn moment(&self, at: Timestamp) -> Moment {
        let since_start = Duration::try_from(at.duration_since(self.began)).unwrap_or_default();
        Moment { at, since_start }
    }

    fn heard(&mut self, id: &str, at: Timestamp, heard: Heard) {
        for said in heard.said {
            if let Some(line) = self.lines.get(id) {
                let observation = line.pipeline.observation(at, said);
                self.step(Input::Observed(observation), at);
            }
        }
    }

    /// Gives an order. The code of its refusal, if it is refused.
    fn order(
        &mut self,
        officer: &str,
        order: &StoryOrder,
        now: Timestamp,
    ) -> Result<Option<String>, WorldError> {
        let snapshot = serde_json::to_value(self.checkpoint.snapshot(&self.rules.edition))?;
        let kind = serde_json::from_value(order.to_json(&Snapshot(snapshot))?)?;
        self.presses += 1;
        let request: RequestId = format!("story-{:04}", self.presses).parse()?;
        let officer: OfficerId = officer.parse()?;
        let input = Input::Ordered(Order { officer, workplace: "story".to_owned(), request, kind });
        let decision = decide(&self.checkpoint, &self.rules, &input, now);
        let refused = decision.refusal.map(|refusal| refusal.code);
        self.record(&input.author(), decision.events, now);
        Ok(refused)
    }

    fn step(&mut self, input: Input, now: Timestamp) {
        let decision = decide(&self.checkpoint, &self.rules, &input, now);
        self.record(&input.author(), decision.events, now);
    }

    fn record(&mut self, author: &Author, events: Vec<Event>, now: Timestamp) {
        for event in events {
            let at = self.checkpoint.at().map_or(now, |last| last.max(now));
            let entry = Entry {
                seq: self.checkpoint.seq() + 1,
                at,
                clock: ClockQuality::Synchronised,
                author: author.clone(),
                event,
            };
            self.checkpoint = self.checkpoint.after(&entry);
            self.entries.push(entry);
        }
    }
}

/// In virtual time portals are simulated: a folder without recordings.
fn nowhere() -> PathBuf {
    PathBuf::from("/nonexistent")
}
