//! The lines of the occupancy that is going on, kept until it is over.

use alloc::boxed::Box;
use alloc::vec::Vec;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond, MillimetresPerSecond};

use crate::limits;
use crate::portal::{Occupancies, Occupancy, PortalEvent, PortalSettings, Record, Snapshot};

/// A speed told before the first line belongs to the next vehicle for so long, as [`Occupancies`] has it.
const SPEED_KEPT: SignedDuration = SignedDuration::from_secs(5);

/// The lines of one occupancy, as far as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    /// Gamma counts of 0.2 s, and their arrival.
    pub gamma: Vec<(Timestamp, [Counts; 4])>,
    /// Neutron counts of 1 s, and their arrival.
    pub neutron: Vec<(Timestamp, [Counts; 4])>,
    /// Speeds, and their arrival.
    pub speeds: Vec<(Timestamp, MillimetresPerSecond)>,
    /// Whole states, of portals that send no lines.
    pub states: Vec<(Timestamp, Snapshot)>,
    /// The last gamma background before it, and its arrival.
    pub gamma_background: Option<(Timestamp, [CountsPerSecond; 4])>,
    /// The last neutron background before it.
    pub neutron_background: Option<[Decimal; 4]>,
    /// The first line of each kind on which the device flagged: gamma, neutron.
    pub flagged: [Option<Timestamp>; 2],
    /// More lines came than are kept.
    pub cut: bool,
}

impl Lines {
    /// Whether nothing was kept of what was counted.
    pub fn is_empty(&self) -> bool {
        self.gamma.is_empty() && self.neutron.is_empty() && self.states.is_empty()
    }
}

/// Occupancies together with their lines.
#[derive(Debug)]
pub struct Recorder {
    occupancies: Occupancies,
    lines: Lines,
    speed: Option<(Timestamp, MillimetresPerSecond)>,
}

impl Recorder {
    /// Of a portal of which nothing was heard.
    pub fn new(settings: PortalSettings) -> Recorder {
        Recorder { occupancies: Occupancies::new(settings), lines: Lines::default(), speed: None }
    }

    /// Takes in a record and its arrival; tells what ended with it.
    pub fn record(&mut self, record: &Record, at: Timestamp) -> Vec<(Box<Occupancy>, Lines)> {
        let events = self.occupancies.record(record, at);
        let ended = self.ended(events);
        // Kept after the lines of what ended were taken: a line can end one occupancy and begin the next.
        self.keep(record, at);
        ended
    }

    /// Nothing came until now.
    pub fn time_passed(&mut self, now: Timestamp) -> Vec<(Box<Occupancy>, Lines)> {
        let events = self.occupancies.time_passed(now);
        self.ended(events)
    }

    /// When to call [`Recorder::time_passed`] at the latest, if nothing arrives before.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.occupancies.deadline()
    }

    /// A line arrived that could not be read; tells what ended with it.
    pub fn unreadable_line(&mut self, at: Timestamp) -> Vec<(Box<Occupancy>, Lines)> {
        let events = self.occupancies.unreadable_line(at);
        self.ended(events)
    }

    /// The file ended, or the link was lost.
    pub fn link_lost(&mut self, now: Timestamp) -> Vec<(Box<Occupancy>, Lines)> {
        let events = self.occupancies.link_lost(now);
        self.ended(events)
    }

    fn ended(&mut self, events: Vec<PortalEvent>) -> Vec<(Box<Occupancy>, Lines)> {
        let mut ended = Vec::new();
        for event in events {
            if let PortalEvent::Ended(occupancy) = event {
                let fresh = Lines {
                    gamma_background: self.lines.gamma_background,
                    neutron_background: self.lines.neutron_background,
                    ..Lines::default()
                };
                ended.push((occupancy, core::mem::replace(&mut self.lines, fresh)));
            }
        }
        ended
    }

    fn keep(&mut self, record: &Record, at: Timestamp) {
        let lines = &mut self.lines;
        let full = |length: usize| length >= limits::OCCUPANCY_LINES;
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "an export keeps counts and speeds; everything else is in the occupancy"
        )]
        match record {
            Record::GammaBackground { cps, .. } => lines.gamma_background = Some((at, *cps)),
            Record::NeutronBackground { cps, .. } => {
                lines.neutron_background = Some(cps.map(|rate| Decimal::from(rate.0)));
            }
            Record::NeutronBackgroundFine(cps) => lines.neutron_background = Some(*cps),
            Record::GammaScan { counts, alarm } => {
                if *alarm {
                    lines.flagged[0].get_or_insert(at);
                }
                if full(lines.gamma.len()) {
                    lines.cut = true;
                } else {
                    lines.gamma.push((at, *counts));
                }
            }
            Record::NeutronScan { counts, alarm } => {
                if *alarm {
                    lines.flagged[1].get_or_insert(at);
                }
                if full(lines.neutron.len()) {
                    lines.cut = true;
                } else {
                    lines.neutron.push((at, *counts));
                }
            }
            Record::Speed(speed) => {
                let speed = speed.measured().map(|speed| (at, speed));
                if self.occupancies.is_occupied() && !full(lines.speeds.len()) {
                    lines.speeds.extend(speed);
                } else {
                    self.speed = speed;
                }
            }
            Record::Snapshot(state) if self.occupancies.is_occupied() => {
                for (flag, channel) in lines.flagged.iter_mut().zip([&state.gamma, &state.neutron])
                {
                    if channel.alarm == Some(true) {
                        flag.get_or_insert(at);
                    }
                }
                if full(lines.states.len()) {
                    lines.cut = true;
                } else {
                    lines.states.push((at, (**state).clone()));
                }
            }
            _ => {}
        }
        // A speed told just before the first line belongs to this vehicle.
        if self.occupancies.is_occupied()
            && let Some((then, speed)) = self.speed.take()
            && at.duration_since(then) <= SPEED_KEPT
        {
            lines.speeds.push((then, speed));
        }
    }
}
