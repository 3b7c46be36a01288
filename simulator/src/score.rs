//! A story and its cast, as one timeline: which bytes come from which device, and when.
//!
//! The timeline is deterministic: the same story, cast and seed give the same bytes at the same times. Whoever plays it decides what time
//! is: the tests jump from one happening to the next, the live player waits.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use crate::apparatus::Start;
use crate::cast::Cast;
use crate::expected::{Certain, Expectation};
use crate::node::NodeAct;
use crate::player::{Player, Unable};
use crate::recording::Recording;
use crate::story::{Act, Step, Story, StoryOrder, Trouble, What};

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// A device sends these bytes.
    Bytes {
        /// Which.
        device: String,
        /// What.
        bytes: Vec<u8>,
    },
    /// A device's line is cut, or whole again.
    Line {
        /// Which device.
        device: String,
        /// Whether it is whole.
        up: bool,
    },
    /// Something befalls a node of Sparkplug.
    Node {
        /// A device behind it.
        device: String,
        /// What.
        act: NodeAct,
    },
    /// What a device posts goes slowly.
    Slow {
        /// Which device.
        device: String,
        /// For how long.
        time: Duration,
    },
    /// An officer gives an order.
    Order {
        /// The line of the story.
        line: usize,
        /// Who.
        officer: String,
        /// What.
        order: StoryOrder,
        /// The code of the refusal that is expected, if one is.
        refused: Option<String>,
    },
    /// The hub is away from now, or back.
    Hub {
        /// Whether it is there.
        up: bool,
    },
    /// The broker is restarted.
    BrokerRestarts,
    /// The agent is killed and started again.
    AgentKilled,
    /// What must be true now.
    Expect {
        /// The line of the story.
        line: usize,
        /// The words after `expect`.
        words: String,
    },
}

/// Why a story cannot be played with this cast.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// A device of the story is not in the configuration.
    #[error("line {line}: no device {device:?} in the configuration; there are: {known}")]
    NoDevice {
        /// The line of the story.
        line: usize,
        /// The name.
        device: String,
        /// What there is.
        known: String,
    },
    /// A device cannot do what the story wants.
    #[error("line {line}: {source}")]
    Unable {
        /// The line of the story.
        line: usize,
        /// What, and what would be right.
        source: Unable,
    },
    /// A recording is there and cannot be read.
    #[error("line {line}: {source}")]
    Recording {
        /// The line of the story.
        line: usize,
        /// Why.
        source: crate::recording::RecordingError,
    },
}

/// Why a line that is given by hand has no effect.
#[derive(Debug, thiserror::Error)]
pub enum HandError {
    /// It is not understood.
    #[error("line {line}: {what}")]
    Words {
        /// Which.
        line: usize,
        /// What would be right.
        what: String,
    },
    /// It cannot happen to these devices.
    #[error(transparent)]
    Impossible(#[from] ScoreError),
}

/// The timeline.
#[derive(Debug)]
pub struct Score {
    steps: std::vec::IntoIter<Step>,
    next_step: Option<Step>,
    players: BTreeMap<String, Player>,
    /// Happenings that follow from steps at a later time: a line is whole again, the hub is back.
    later: Vec<(Duration, Happening)>,
    notes: Vec<String>,
    expected: Vec<Expectation>,
}

impl Score {
    /// Puts the story and its cast together. `recordings` is the folder in which recordings are looked for; `began` is what the devices'
    /// own clocks show as the story begins.
    pub fn new(
        story: Story,
        cast: &Cast,
        recordings: &Path,
        began: Timestamp,
        seed: u64,
    ) -> Result<Score, ScoreError> {
        let mut players = BTreeMap::new();
        for (index, device) in cast.devices.iter().enumerate() {
            let start = Start { began, seed: seed.wrapping_add(index as u64 + 1) };
            players.insert(device.id.clone(), Player::new(device, start));
        }
        for step in &story.steps {
            possible(&players, step)?;
        }
        let mut notes = Vec::new();
        for step in &story.steps {
            let What::Device { device, act: Act::Recording { file, from } } = &step.what else {
                continue;
            };
            let path = recordings.join(file);
            if !path.exists() {
                notes.push(format!("{file} is not at hand: {device} is simulated instead"));
                continue;
            }
            let recording = Recording::read(&path)
                .map_err(|source| ScoreError::Recording { line: step.line, source })?;
            notes.push(format!("{device} plays {file}, recorded {}", recording.began));
            let lines: Vec<(Duration, Vec<u8>)> =
                recording.since(*from).map(|(at, line)| (step.at + at, line.to_vec())).collect();
            if let Some(player) = players.get_mut(device) {
                player.plays(lines);
            }
        }
        let mut steps = story.steps.into_iter();
        let next_step = steps.next();
        Ok(Score { steps, next_step, players, later: Vec::new(), notes, expected: Vec::new() })
    }

    /// What the caller should tell people before it begins: which recordings are played, and which are not at hand.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether the story itself has nothing more to tell; devices speak on for ever.
    pub fn told(&self) -> bool {
        self.next_step.is_none() && self.later.is_empty()
    }

    /// A line of a story, without its time, takes effect now. What happens at once is given; the rest comes from [`Score::next`].
    pub fn hand(
        &mut self,
        at: Duration,
        line: usize,
        words: &str,
    ) -> Result<Option<(Duration, Happening)>, HandError> {
        let what = What::parse(words).map_err(|what| HandError::Words { line, what })?;
        if matches!(what, What::Device { act: Act::Recording { .. }, .. }) {
            let what = "a recording is played by simulator capture".to_owned();
            return Err(HandError::Words { line, what });
        }
        let step = Step { at, line, what, words: words.to_owned() };
        possible(&self.players, &step)?;
        Ok(self.take(step))
    }

    /// What an agent should record of what has befallen devices since this was asked last.
    pub fn expected(&mut self) -> Vec<Expectation> {
        std::mem::take(&mut self.expected)
    }

    /// The other end has opened the line to a device.
    pub fn opened(&mut self, at: Duration, device: &str) {
        if let Some(player) = self.players.get_mut(device) {
            player.opened(at);
        }
    }

    /// The other end says something to a device; what it answers happens from then on.
    pub fn hears(&mut self, at: Duration, device: &str, bytes: &[u8]) {
        if let Some(player) = self.players.get_mut(device) {
            player.hears(at, bytes);
        }
    }

    /// The other end of a device's serial line runs at this speed now, in bits per second.
    pub fn heard_at(&mut self, device: &str, baud: u32) {
        if let Some(player) = self.players.get_mut(device) {
            player.heard_at(baud);
        }
    }

    /// The next happening not later than `until`, and when.
    pub fn next(&mut self, until: Duration) -> Option<(Duration, Happening)> {
        loop {
            let step_at = self.next_step.as_ref().map(|step| step.at);
            let later_at = self.later.iter().map(|(at, _)| *at).min();
            let horizon =
                [step_at, later_at].into_iter().flatten().min().map_or(until, |at| at.min(until));
            if let Some(spoken) =
                self.speaks_before(horizon, step_at.is_some_and(|at| at <= horizon))
            {
                return Some(spoken);
            }
            if later_at.is_some_and(|at| at <= until && step_at.is_none_or(|step| at <= step)) {
                let index = self.later.iter().position(|(at, _)| Some(*at) == later_at)?;
                return Some(self.later.swap_remove(index));
            }
            if step_at.is_none_or(|at| at > until) {
                return None;
            }
            let step = self.next_step.take()?;
            self.next_step = self.steps.next();
            if let Some(happening) = self.take(step) {
                return Some(happening);
            }
        }
    }

    /// The earliest bytes of any device not later than `horizon`; strictly before it if a step waits there.
    fn speaks_before(
        &mut self,
        horizon: Duration,
        strictly: bool,
    ) -> Option<(Duration, Happening)> {
        let mut earliest: Option<(Duration, String)> = None;
        for (id, player) in &mut self.players {
            if let Some(at) = player.speaks_at(horizon) {
                let in_time = if strictly { at < horizon } else { at <= horizon };
                if in_time && earliest.as_ref().is_none_or(|(best, _)| at < *best) {
                    earliest = Some((at, id.clone()));
                }
            }
        }
        let (_, id) = earliest?;
        let (at, bytes) = self.players.get_mut(&id)?.speaks()?;
        Some((at, Happening::Bytes { device: id, bytes }))
    }

    /// Lets a step take effect. Gives what happens at once, if anything does.
    fn take(&mut self, step: Step) -> Option<(Duration, Happening)> {
        let at = step.at;
        self.foretell(&step);
        match step.what {
            What::Device { device, act } => {
                let player = self.players.get_mut(&device)?;
                if let Some(act) = player.befalls_node(&act) {
                    return Some((at, Happening::Node { device, act }));
                }
                player.befalls(at, &act);
                let time = player.slows(&act)?;
                Some((at, Happening::Slow { device, time }))
            }
            What::Line { device, trouble } => self.troubles(at, device, &trouble),
            What::Officer { officer, order, refused } => {
                Some((at, Happening::Order { line: step.line, officer, order, refused }))
            }
            What::HubAway { time } => {
                self.later.push((at + time, Happening::Hub { up: true }));
                Some((at, Happening::Hub { up: false }))
            }
            What::BrokerRestarts => Some((at, Happening::BrokerRestarts)),
            What::AgentKilled => Some((at, Happening::AgentKilled)),
            What::Expect { words } => Some((at, Happening::Expect { line: step.line, words })),
        }
    }

    /// What follows from a step, before it does.
    fn foretell(&mut self, step: &Step) {
        let (What::Device { device, .. } | What::Line { device, .. }) = &step.what else { return };
        let Some(player) = self.players.get_mut(device) else { return };
        let certain: Certain = match &step.what {
            What::Device { act, .. } => player.foretells(step.at, act),
            What::Line { trouble, .. } => player.foretells_of_line(trouble),
            What::Officer { .. }
            | What::HubAway { .. }
            | What::BrokerRestarts
            | What::AgentKilled
            | What::Expect { .. } => return,
        };
        let (entries, uncertain) = match certain {
            Ok(entries) => (entries, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        let story = step.words.strip_prefix(device.as_str()).unwrap_or(&step.words).trim();
        self.expected.push(Expectation {
            line: step.line,
            device: device.clone(),
            story: story.to_owned(),
            entries,
            uncertain,
        });
    }

    fn troubles(
        &mut self,
        at: Duration,
        id: String,
        trouble: &Trouble,
    ) -> Option<(Duration, Happening)> {
        self.players.get_mut(&id)?.troubled(at, trouble);
        let Trouble::Cut { time } = trouble else { return None };
        self.later.push((at + *time, Happening::Line { device: id.clone(), up: true }));
        Some((at, Happening::Line { device: id, up: false }))
    }
}

/// Whether a step can happen to these devices.
fn possible(players: &BTreeMap<String, Player>, step: &Step) -> Result<(), ScoreError> {
    let (What::Device { device, .. } | What::Line { device, .. }) = &step.what else {
        return Ok(());
    };
    let Some(player) = players.get(device) else {
        let known: Vec<&str> = players.keys().map(String::as_str).collect();
        let known = known.join(", ");
        return Err(ScoreError::NoDevice { line: step.line, device: device.clone(), known });
    };
    if let What::Line { trouble, .. } = &step.what {
        player.bears(trouble).map_err(|source| ScoreError::Unable { line: step.line, source })?;
    }
    if let What::Device { act, .. } = &step.what {
        player.can(act).map_err(|source| ScoreError::Unable { line: step.line, source })?;
    }
    Ok(())
}
