//! A vehicle weighed axle by axle on a scale that is shorter than it: one session, a list of axles, a sum.
//!
//! ```text
//! Waiting --something on the scale--> Weighing { axle on the scale } --it comes to rest--> counted
//!                                     Weighing { scale empty }       --the next axle--> ..
//! Weighing --an officer ends it, or nothing on the scale for so long--> Ended, with its sum
//! ```
//!
//! Any indicator will do: standing still is judged by [`Settling`], of which there is one inside. An axle that drove off before it stood still is
//! counted as missed, and a session that missed one, or was interrupted, is not whole: its sum is a number to look at and no weight of the
//! vehicle. After an officer ended a session, the scale has to become empty before the next one begins.
//!
//! An axle that came to rest twice without an empty scale in between (an axle group that is driven on one after the other) is marked: which of
//! the two is the load, only a person can say.

use alloc::vec::Vec;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use units::Kilograms;

use super::{Display, Settled, Settling, SettlingEvent, SettlingSettings, Weighing};
use crate::limits;

/// How a scale for axles is set, as agreed at commissioning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AxleSettings {
    /// After so long with nothing on the scale the vehicle is taken to have gone.
    pub no_weight_ms: u32,
    /// How the scale itself is set. It counts as empty below less than the lightest axle.
    pub scale: SettlingSettings,
}

impl Default for AxleSettings {
    /// Twenty seconds, longer than a driver needs from one axle to the next, and 200 kg for an empty scale. Assumed, until commissioning
    /// says otherwise.
    fn default() -> AxleSettings {
        AxleSettings { no_weight_ms: 20_000, scale: SettlingSettings::default() }
    }
}

/// What happens while a vehicle is weighed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxleEvent {
    /// The first axle is on the scale.
    Began {
        /// Arrival of the reading.
        at: Timestamp,
    },
    /// An axle stands still.
    Weighed(Axle),
    /// The axle that was counted last came to rest at another weight before the scale was empty: that weight counts.
    Changed {
        /// What it weighed before.
        was_kg: Kilograms,
        /// What counts now.
        now: Axle,
    },
    /// An axle drove off before it stood still, or before the indicator showed a number for it.
    Missed {
        /// When the scale was empty, or the session ended.
        at: Timestamp,
    },
    /// The indicator cannot say what is on the scale: overload, underload, a number that is no record, no gross weight.
    NoNumber(SettlingEvent),
    /// The vehicle has gone.
    Ended(AxleSession),
}

/// One axle, or one group of axles that stood on the scale together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axle {
    /// From 1, in the order in which they came.
    pub number: u8,
    /// Its weight, with its moment and the frame of the indicator.
    pub settled: Settled,
    /// Whether it came to rest more than once.
    pub came_to_rest_again: bool,
}

/// A vehicle, weighed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxleSession {
    /// When the first axle was on the scale.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// Who ended it.
    pub ended_by: EndedBy,
    /// In the order in which they came.
    pub axles: Vec<Axle>,
    /// The sum of them.
    pub sum_kg: Kilograms,
    /// Axles that were on the scale and were not weighed.
    pub missed: u8,
    /// How often the line to the indicator was lost in between.
    pub interruptions: u8,
}

/// Who ended a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// An officer.
    Operator,
    /// Nothing was on the scale for so long.
    NoWeight,
    /// More axles than a vehicle has.
    TooManyAxles,
}

impl AxleSession {
    /// Whether the sum is the weight of the vehicle: every axle that was on the scale was weighed once, and the line was never lost. A vehicle of
    /// one axle is one that backed off.
    pub fn is_whole(&self) -> bool {
        self.axles.len() >= LEAST_AXLES
            && self.missed == 0
            && self.interruptions == 0
            && self.ended_by != EndedBy::TooManyAxles
            && self.axles.iter().all(|axle| !axle.came_to_rest_again)
    }
}

/// No vehicle stands on fewer.
const LEAST_AXLES: usize = 2;

/// Watches one scale.
#[derive(Debug)]
pub struct Axles {
    no_weight: SignedDuration,
    settling: Settling,
    state: State,
}

#[derive(Debug)]
enum State {
    /// No vehicle.
    Waiting,
    /// A session was ended while something was on the scale, which belongs to no session.
    Clearing,
    /// A vehicle.
    Weighing(Session),
}

#[derive(Debug)]
struct Session {
    began: Timestamp,
    axles: Vec<Axle>,
    missed: u8,
    interruptions: u8,
    /// Whether the scale was heard since the link was lost last.
    heard: bool,
    on: On,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// An axle that has not been weighed.
    Moving,
    /// An axle that has.
    Counted,
    /// Nothing, since then.
    Nothing { since: Timestamp },
}

impl Axles {
    /// A scale of which nothing is known yet.
    pub fn new(settings: &AxleSettings) -> Axles {
        Axles {
            no_weight: SignedDuration::from_millis(settings.no_weight_ms.into()),
            settling: Settling::new(settings.scale.clone()),
            state: State::Waiting,
        }
    }

    /// Takes in one weighing and the moment it arrived.
    pub fn weighing(&mut self, weighing: &Weighing, at: Timestamp) -> Vec<AxleEvent> {
        if let State::Weighing(session) = &mut self.state {
            session.heard = true;
        }
        let mut told = self.time_passed(at);
        // The number is kept back while it moves: within a session that is an axle.
        if weighing.display == Display::Withheld && matches!(self.state, State::Weighing(_)) {
            self.session(at, &mut told);
        }
        for event in self.settling.weighing(weighing, at) {
            self.event(event, &mut told);
        }
        told
    }

    /// When the session that runs began.
    pub fn began(&self) -> Option<Timestamp> {
        match &self.state {
            State::Weighing(session) => Some(session.began),
            State::Waiting | State::Clearing => None,
        }
    }

    /// An officer ends the session. Says nothing if there is none.
    pub fn end(&mut self, at: Timestamp) -> Vec<AxleEvent> {
        self.ended(at, EndedBy::Operator)
    }

    /// The link was lost or opened anew: an axle that is on the scale has to come to rest again. Until the scale is heard again it is one loss,
    /// however often it was tried to open the link.
    pub fn link_lost(&mut self) {
        self.settling.interrupted();
        if let State::Weighing(session) = &mut self.state {
            let lost = u8::from(core::mem::take(&mut session.heard));
            session.interruptions = session.interruptions.saturating_add(lost);
        }
    }

    /// When [`Axles::time_passed`] ends the session, if nothing arrives before.
    pub fn deadline(&self) -> Option<Timestamp> {
        match &self.state {
            State::Weighing(Session { on: On::Nothing { since }, .. }) => {
                since.checked_add(self.no_weight).ok()
            }
            State::Weighing(_) | State::Waiting | State::Clearing => None,
        }
    }

    /// Time has passed.
    pub fn time_passed(&mut self, now: Timestamp) -> Vec<AxleEvent> {
        match self.deadline() {
            Some(deadline) if deadline <= now => self.ended(deadline, EndedBy::NoWeight),
            Some(_) | None => Vec::new(),
        }
    }

    fn event(&mut self, event: SettlingEvent, told: &mut Vec<AxleEvent>) {
        match event {
            SettlingEvent::ScaleEmpty { at } => self.empty(at, told),
            SettlingEvent::Moving { at, .. } => {
                self.session(at, told);
            }
            SettlingEvent::Settled(settled) => {
                let at = settled.at;
                let Some(session) = self.session(at, told) else { return };
                if session.axles.len() >= limits::AXLES {
                    told.extend(self.ended(at, EndedBy::TooManyAxles));
                    return;
                }
                session.on = On::Counted;
                let number = u8::try_from(session.axles.len() + 1).unwrap_or(u8::MAX);
                let axle = Axle { number, settled, came_to_rest_again: false };
                session.axles.push(axle.clone());
                told.push(AxleEvent::Weighed(axle));
            }
            SettlingEvent::Changed { was_kg, now } => {
                let Some(session) = self.session(now.at, told) else { return };
                if let Some(last) = session.axles.last_mut() {
                    last.settled = now;
                    last.came_to_rest_again = true;
                    told.push(AxleEvent::Changed { was_kg, now: last.clone() });
                }
            }
            SettlingEvent::Overload { at, .. } | SettlingEvent::NotFit { at, .. } => {
                self.session(at, told);
                told.push(AxleEvent::NoNumber(event));
            }
            SettlingEvent::Underload { .. } | SettlingEvent::NotGross { .. } => {
                told.push(AxleEvent::NoNumber(event));
            }
        }
    }

    /// Something is on the scale: the session that it belongs to, if it belongs to one.
    fn session(&mut self, at: Timestamp, told: &mut Vec<AxleEvent>) -> Option<&mut Session> {
        if matches!(self.state, State::Waiting) {
            told.push(AxleEvent::Began { at });
            self.state = State::Weighing(Session {
                began: at,
                axles: Vec::new(),
                missed: 0,
                interruptions: 0,
                heard: true,
                on: On::Moving,
            });
        }
        let State::Weighing(session) = &mut self.state else { return None };
        if matches!(session.on, On::Nothing { .. }) {
            session.on = On::Moving;
        }
        Some(session)
    }

    fn empty(&mut self, at: Timestamp, told: &mut Vec<AxleEvent>) {
        match &mut self.state {
            State::Waiting => {}
            State::Clearing => self.state = State::Waiting,
            State::Weighing(session) => {
                if session.on == On::Moving {
                    session.missed = session.missed.saturating_add(1);
                    told.push(AxleEvent::Missed { at });
                }
                session.on = On::Nothing { since: at };
            }
        }
    }

    fn ended(&mut self, at: Timestamp, ended_by: EndedBy) -> Vec<AxleEvent> {
        let mut told = Vec::new();
        let State::Weighing(session) = &mut self.state else { return told };
        let Session { began, ref mut axles, mut missed, interruptions, heard: _, on } = *session;
        let axles = core::mem::take(axles);
        if on == On::Moving {
            missed = missed.saturating_add(1);
            told.push(AxleEvent::Missed { at });
        }
        self.state =
            if matches!(on, On::Nothing { .. }) { State::Waiting } else { State::Clearing };
        let sum_kg = axles.iter().map(|axle| axle.settled.gross_kg).sum();
        told.push(AxleEvent::Ended(AxleSession {
            began,
            ended: at,
            ended_by,
            axles,
            sum_kg,
            missed,
            interruptions,
        }));
        told
    }
}
