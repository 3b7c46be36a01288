//! Locks: what is latched in them, where they are, and when they have something to say.
//!
//! A lock that was opened stays so until it is armed anew, whatever it is asked to report. Armed, it says where it is once a period. What it
//! could not say for want of a network it keeps, and says later with the time at which it was.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use firmware_protocols::seal::{Position, SealEvent, Trip};
use rust_decimal::Decimal;
use units::Percent;

use super::super::spells::{Kind, Spells};
use crate::story::{Act, Place, SealAct, SealState};

/// Messages that a lock keeps; the oldest goes.
const MOST_KEPT: usize = 1024;
/// At or below this it says that its battery is low: class 05 of the Eurasian Economic Commission is "below 15 %".
const LOW: Percent = Percent(14);
/// A clock that is wrong is so by a day.
const AHEAD: Duration = Duration::from_secs(24 * 3600);

/// What navigation seals are known to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::apparatus) enum Quirk {
    /// It has no fix.
    NoFix,
    /// Its clock is a day ahead.
    FutureClock,
    /// It has no network: it keeps what it has to say and says it afterwards.
    Buffers,
    /// It says everything twice.
    SaysTwice,
}

impl Kind for Quirk {
    const ALL: &'static [(Quirk, &'static str)] = &[
        (Quirk::NoFix, "no-fix"),
        (Quirk::FutureClock, "future-clock"),
        (Quirk::Buffers, "buffers"),
        (Quirk::SaysTwice, "says-twice"),
    ];
}

/// One lock.
#[derive(Debug, Clone)]
pub(in crate::apparatus) struct Lock {
    /// Closed by whoever armed it, or since ever.
    closed: bool,
    opened: bool,
    pub(in crate::apparatus) housing_opened: bool,
    pub(in crate::apparatus) battery: Percent,
    place: Option<Place>,
    /// How often it says where it is, and when next.
    every: Option<(Duration, Duration)>,
    pub(in crate::apparatus) trip: Option<Trip>,
}

impl Default for Lock {
    fn default() -> Lock {
        Lock {
            closed: true,
            opened: false,
            housing_opened: false,
            battery: Percent(87),
            place: None,
            every: None,
            trip: None,
        }
    }
}

impl Lock {
    pub(in crate::apparatus) fn locked(&self) -> bool {
        self.closed && !self.opened
    }

    pub(in crate::apparatus) fn opened(&self) -> bool {
        self.opened
    }

    /// What befalls it, and the event that this is.
    fn befalls(&mut self, at: Duration, act: &SealAct) -> Option<SealEvent> {
        match act {
            SealAct::Reports(state) => {
                self.opened |= *state == SealState::Opened;
                self.housing_opened |= *state == SealState::HousingOpened;
                if *state == SealState::LowBattery {
                    self.battery = self.battery.min(LOW);
                }
                event_of(*state)
            }
            SealAct::Arms { every, trip } => {
                let (battery, place) = (self.battery, self.place);
                let every = every.map(|every| (every, at + every));
                *self = Lock { battery, place, every, trip: trip.clone(), ..Lock::default() };
                None
            }
            SealAct::Disarms => {
                self.closed = false;
                self.every = None;
                None
            }
            SealAct::Moves(place) => {
                self.place = *place;
                None
            }
            SealAct::Battery(charge) => {
                let was_low = self.battery <= LOW;
                self.battery = *charge;
                (!was_low && *charge <= LOW).then_some(SealEvent::LowBattery)
            }
        }
    }

    /// Where it is; it stands.
    pub(in crate::apparatus) fn position(&self) -> Position {
        self.place.map_or(Position::NoFix, |place| Position::Fix {
            latitude_microdeg: place.latitude,
            longitude_microdeg: place.longitude,
            speed_raw: Some(Decimal::ZERO),
            course_deg: Some(0),
        })
    }
}

/// What a lock has to say.
#[derive(Debug, Clone)]
pub(in crate::apparatus) struct Report {
    pub(in crate::apparatus) seal: String,
    /// When it was so.
    pub(in crate::apparatus) at: Duration,
    /// When it is so by the lock's own clock, after the beginning.
    pub(in crate::apparatus) clock: Duration,
    /// When it is said.
    pub(in crate::apparatus) said_at: Duration,
    /// What happened; nothing if it only says how it is.
    pub(in crate::apparatus) event: Option<SealEvent>,
    /// It was asked for, as by the hand that holds a key to it; otherwise it says where it is.
    pub(in crate::apparatus) asked: bool,
    pub(in crate::apparatus) twice: bool,
    pub(in crate::apparatus) lock: Lock,
}

impl Report {
    /// Whether it was kept for want of a network.
    pub(in crate::apparatus) fn is_late(&self) -> bool {
        self.at != self.said_at
    }
}

/// Every lock behind one line.
#[derive(Debug)]
pub(in crate::apparatus) struct Locks {
    locks: BTreeMap<String, Lock>,
    /// By the time at which they are said.
    reports: VecDeque<Report>,
    spells: Spells<Quirk>,
}

impl Locks {
    pub(in crate::apparatus) fn new() -> Locks {
        Locks { locks: BTreeMap::new(), reports: VecDeque::new(), spells: Spells::none() }
    }

    pub(in crate::apparatus) fn befalls(&mut self, at: Duration, act: &Act) {
        self.spells.befalls(at, act);
        let Act::Seal { seal, act } = act else { return };
        let lock = self.locks.entry(seal.clone()).or_default();
        let event = lock.befalls(at, act);
        let asked = matches!(act, SealAct::Reports(_) | SealAct::Arms { .. } | SealAct::Disarms);
        self.report(at, seal.clone(), event, asked);
        if *act == SealAct::Disarms
            && let Some(lock) = self.locks.get_mut(seal)
        {
            lock.trip = None;
        }
    }

    fn report(&mut self, at: Duration, seal: String, event: Option<SealEvent>, asked: bool) {
        let Some(lock) = self.locks.get(&seal) else { return };
        let mut lock = lock.clone();
        if self.spells.last(Quirk::NoFix, at) {
            lock.place = None;
        }
        let ahead = if self.spells.last(Quirk::FutureClock, at) { AHEAD } else { Duration::ZERO };
        let said_at = self.spells.until(Quirk::Buffers, at).unwrap_or(at);
        let twice = self.spells.last(Quirk::SaysTwice, at);
        let report = Report { seal, at, clock: at + ahead, said_at, event, asked, twice, lock };
        if self.reports.len() >= MOST_KEPT {
            self.reports.pop_front();
        }
        let place = self.reports.partition_point(|known| known.said_at <= said_at);
        self.reports.insert(place, report);
    }

    /// The next report that is said not later than `horizon`.
    pub(in crate::apparatus) fn says(&mut self, horizon: Duration) -> Option<Report> {
        loop {
            let first = self.reports.front().map_or(horizon, |report| report.said_at.min(horizon));
            let due = self
                .locks
                .iter()
                .filter_map(|(seal, lock)| Some((lock.every?.1, seal.clone())))
                .min()
                .filter(|(next, _)| *next <= first);
            let Some((next, seal)) = due else { break };
            if let Some(lock) = self.locks.get_mut(&seal) {
                lock.every = lock.every.map(|(every, next)| (every, next + every));
            }
            self.report(next, seal, None, false);
        }
        self.reports.pop_front_if(|report| report.said_at <= horizon)
    }
}

fn event_of(state: SealState) -> Option<SealEvent> {
    match state {
        SealState::Intact => None,
        SealState::Opened => Some(SealEvent::ElementViolated),
        SealState::HousingOpened => Some(SealEvent::HousingViolated),
        SealState::OffRoute => Some(SealEvent::OffRoute),
        SealState::Malfunction => Some(SealEvent::Malfunction),
        SealState::LowBattery => Some(SealEvent::LowBattery),
        SealState::Silent => Some(SealEvent::Silent),
        SealState::Unauthorised => Some(SealEvent::Unauthorised),
    }
}
