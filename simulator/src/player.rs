//! One device of a story and its line: an apparatus, and what a bad line does to what it says.

use std::collections::VecDeque;
use std::time::Duration;

use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::apparatus::{self, Apparatus, Recorded, Saying, Start};
use crate::cast::{Device, Line};
use crate::expected::{Certain, Prophet};
use crate::node::NodeAct;
use crate::speed;
use crate::story::{Act, Garbling, Trouble};

/// A device that cannot do what a story wants it to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{device} speaks {dialect} and cannot do this: {instead}")]
pub struct Unable {
    device: String,
    dialect: &'static str,
    instead: &'static str,
}

/// A device and its line.
#[derive(Debug)]
pub(crate) struct Player {
    name: String,
    dialect: &'static str,
    apparatus: Box<dyn Apparatus>,
    /// It is behind a node of Sparkplug, which has habits of its own.
    behind_node: bool,
    /// It posts what it says.
    posts: bool,
    rng: ChaCha8Rng,
    /// What it says, as it arrives at the other end, by time.
    arriving: VecDeque<Saying>,
    /// Nothing is said or heard before this.
    silent_until: Duration,
    garbled: Option<(Garbling, Duration)>,
    late: Option<(Duration, Duration)>,
    /// Of a serial line.
    speeds: Option<Speeds>,
    prophet: Prophet,
}

/// How fast the ends of a serial line run, in bits per second.
#[derive(Debug, Clone, Copy)]
struct Speeds {
    device: u32,
    other_end: u32,
}

impl Player {
    pub(crate) fn new(device: &Device, start: Start) -> Player {
        Player {
            name: device.id.clone(),
            dialect: device.dialect.name(),
            apparatus: apparatus::of(device, start),
            posts: device.line == Line::HttpPush,
            behind_node: matches!(device.line, Line::Sparkplug(_)),
            rng: ChaCha8Rng::seed_from_u64(start.seed),
            arriving: VecDeque::new(),
            silent_until: Duration::ZERO,
            garbled: None,
            late: None,
            prophet: Prophet::new(device),
            speeds: match device.line {
                Line::Serial { baud, .. } => Some(Speeds { device: baud, other_end: baud }),
                Line::Tcp(_)
                | Line::Listen(_)
                | Line::Udp(_)
                | Line::Mqtt(_)
                | Line::Sparkplug(_)
                | Line::HttpPush => None,
            },
        }
    }

    /// From now on it says what a real device said.
    pub(crate) fn plays(&mut self, lines: Vec<Saying>) {
        self.apparatus = Box::new(Recorded::new(lines));
    }

    /// What befalls the node before it with this act; nothing if the act is none of a node.
    pub(crate) fn befalls_node(&self, act: &Act) -> Option<NodeAct> {
        NodeAct::of(act).filter(|_| self.behind_node)
    }

    /// How long what it posts goes slowly, if this act makes it so.
    pub(crate) fn slows(&self, act: &Act) -> Option<Duration> {
        let Act::Misbehaves { how, time } = act else { return None };
        (self.posts && how == "slow-body").then_some(*time)
    }

    pub(crate) fn can(&self, act: &Act) -> Result<(), Unable> {
        if self.befalls_node(act).is_some() {
            return Ok(());
        }
        self.apparatus.can(act).map_err(|instead| self.unable(instead))
    }

    fn unable(&self, instead: &'static str) -> Unable {
        Unable { device: self.name.clone(), dialect: self.dialect, instead }
    }

    /// Whether this can befall its line.
    pub(crate) fn bears(&self, trouble: &Trouble) -> Result<(), Unable> {
        if matches!(trouble, Trouble::Speed { .. }) && self.speeds.is_none() {
            return Err(self.unable("only a serial line has a speed"));
        }
        Ok(())
    }

    /// What an agent should record when this befalls the device now. To be asked once, before it does.
    pub(crate) fn foretells(&mut self, at: Duration, act: &Act) -> Certain {
        let certain = self.prophet.befalls(at, act);
        let garbled = self.garbled.is_some_and(|(_, until)| at < until);
        if at < self.silent_until {
            return Err("the line is cut, or the device is silent");
        }
        if garbled || self.speeds.is_some_and(|speeds| speeds.device != speeds.other_end) {
            return Err("the line is bad");
        }
        certain
    }

    /// As [`Player::foretells`], of its line.
    pub(crate) fn foretells_of_line(&mut self, trouble: &Trouble) -> Certain {
        self.prophet.troubled(trouble)
    }

    pub(crate) fn befalls(&mut self, at: Duration, act: &Act) {
        let mut said = Vec::new();
        self.apparatus.befalls(at, act, &mut said);
        self.say(said);
    }

    pub(crate) fn opened(&mut self, at: Duration) {
        let mut said = Vec::new();
        self.apparatus.opened(at, &mut said);
        self.say(said);
    }

    pub(crate) fn hears(&mut self, at: Duration, bytes: &[u8]) {
        if at < self.silent_until {
            return;
        }
        let mut said = Vec::new();
        match self.speeds {
            Some(Speeds { device, other_end }) => {
                let heard = speed::heard_at(bytes, other_end, device);
                self.apparatus.hears(at, &heard, &mut said);
            }
            None => self.apparatus.hears(at, bytes, &mut said),
        }
        // What it was asked is answered at the speed at which it was asked.
        self.say(said);
        if let (Some(speeds), Some(baud)) = (&mut self.speeds, self.apparatus.new_speed()) {
            speeds.device = baud;
        }
    }

    /// The other end of the line runs at this speed now, in bits per second.
    pub(crate) fn heard_at(&mut self, baud: u32) {
        if let Some(speeds) = &mut self.speeds {
            speeds.other_end = baud;
        }
    }

    pub(crate) fn troubled(&mut self, at: Duration, trouble: &Trouble) {
        match trouble {
            Trouble::Silent { time } | Trouble::Cut { time } => {
                self.silent_until = at + *time;
                // What was on its way is lost.
                self.arriving.retain(|(when, _)| *when < at);
            }
            Trouble::Garbage { bytes } => {
                let garbage = (0..*bytes).map(|_| self.rng.random()).collect();
                self.arrive(at, garbage);
            }
            Trouble::Garbled { how, time } => self.garbled = Some((*how, at + *time)),
            Trouble::Late { by, time } => self.late = Some((*by, at + *time)),
            Trouble::Speed { baud } => {
                if let Some(speeds) = &mut self.speeds {
                    speeds.device = *baud;
                }
            }
        }
    }

    /// When something of it arrives next, if not after `horizon`.
    pub(crate) fn speaks_at(&mut self, horizon: Duration) -> Option<Duration> {
        // No further than the first that is on its way: what the other end answers to it may change what is said next.
        loop {
            let first = self.arriving.front().map_or(horizon, |(at, _)| horizon.min(*at));
            let Some(saying) = self.apparatus.says(first) else { break };
            self.say(vec![saying]);
        }
        self.arriving.front().map(|(at, _)| *at).filter(|at| *at <= horizon)
    }

    /// What arrives next, and when.
    pub(crate) fn speaks(&mut self) -> Option<Saying> {
        self.arriving.pop_front()
    }

    /// The line takes in what the device says.
    fn say(&mut self, said: Vec<Saying>) {
        for (at, bytes) in said {
            if at < self.silent_until || bytes.is_empty() {
                continue;
            }
            let late =
                self.late.filter(|(_, until)| at < *until).map_or(Duration::ZERO, |(by, _)| by);
            let garbling = self.garbled.filter(|(_, until)| at < *until).map(|(how, _)| how);
            let bytes = match self.speeds {
                Some(Speeds { device, other_end }) => speed::heard_at(&bytes, device, other_end),
                None => bytes,
            };
            if !bytes.is_empty() {
                self.garble(at + late, bytes, garbling);
            }
        }
    }

    fn garble(&mut self, at: Duration, mut bytes: Vec<u8>, garbling: Option<Garbling>) {
        let place = self.rng.random_range(0..bytes.len());
        match garbling {
            None => {}
            Some(Garbling::Noise) => {
                let noise: Vec<u8> =
                    (0..self.rng.random_range(0..4)).map(|_| self.rng.random()).collect();
                bytes.splice(place..place, noise);
            }
            Some(Garbling::LostBytes) => {
                bytes.remove(place);
            }
            Some(Garbling::FlippedBits) => {
                if let Some(byte) = bytes.get_mut(place) {
                    *byte ^= 1 << self.rng.random_range(0..8);
                }
            }
            Some(Garbling::WrongSpeed) => {
                bytes = speed::heard_at(&bytes, 1, 2); // the other end samples twice as fast
            }
            Some(Garbling::Torn) => {
                let rest = bytes.split_off(place);
                self.arrive(at, bytes);
                self.arrive(at + PAUSE, rest);
                return;
            }
            Some(Garbling::Repeated) => self.arrive(at, bytes.clone()),
        }
        self.arrive(at, bytes);
    }

    fn arrive(&mut self, at: Duration, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let place = self.arriving.partition_point(|(when, _)| *when <= at);
            self.arriving.insert(place, (at, bytes));
        }
    }
}

/// Between the pieces of what is torn: longer than the silence that ends a frame of Modbus RTU at 9600 baud, 4 ms.
const PAUSE: Duration = Duration::from_millis(20);
