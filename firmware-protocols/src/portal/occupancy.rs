//! The occupancy: from the lines of a portal to one vehicle between its pillars.
//!
//! ```text
//!           NS NA GS GA                      GX
//!  VACANT ───────────────▶ OCCUPIED ───────────────────▶ VACANT
//!    │  ▲                   │   │ GB NB GH GL NH  ─────▶ (end implied: GX was lost)
//!    └──┘ GB NB GH GL NH    │   │ 3 s without a line ──▶ (timeout)
//!    SP: kept for the next  └───┘ link lost ───────────▶ (link lost)
//!                           TT TC SP SG SN, all others: stay
//! ```
//!
//! The first gamma lines of an occupancy come in one burst; five of them are from the second before. A burst that follows another
//! occupancy at once repeats intervals that were already sent, so nothing is ever added up across occupancies. `SP` can come before
//! the last background and therefore opens nothing.
//!
//! Promises: an alarm flag of the device becomes [`PortalEvent::AlarmSeen`] with the very line that carries it; every occupancy that
//! began ends exactly once; memory is bounded whatever arrives.
//!
//! Deliberately absent: a clock. Arrival times come in with the lines, and [`Occupancies::deadline`] says when to ask again.

mod current;
mod spectroscopic;
mod states;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond, MilliCountsPerSecond};

use self::current::Current;
use self::spectroscopic::Collected;
use self::states::{States, Vacant};
use super::evaluation::{self, NeutronConstants};
use super::event::{Background, BackgroundLevel, EndedBy, PortalEvent, Quality};
use super::record::{Level, Record, Speed};
use super::settings::{PortalSettings, SettingsOrigin};
use super::snapshot::Snapshot;

/// An occupancy without a line for so long is over: live lines come every 0.2 s.
const SILENCE: SignedDuration = SignedDuration::from_secs(3);
/// A speed told before the first scan line belongs to the next vehicle for so long. Assumed; 0.2 s was seen.
const SPEED_KEPT: SignedDuration = SignedDuration::from_secs(5);
/// The background is compared with its median over this time.
const MEDIAN_OVER: SignedDuration = SignedDuration::from_mins(5);
/// The fewest background lines that make a median, and the most that are kept: one every 5 s.
const MEDIAN_LINES: core::ops::RangeInclusive<usize> = 6..=64;
/// A background below this share of its median is depressed.
const DEPRESSED_PERCENT: u64 = 85;

/// Turns the records of one portal into occupancies, alarms and backgrounds.
#[derive(Debug)]
pub struct Occupancies {
    settings: PortalSettings,
    setup: Setup,
    gamma_background: Option<([CountsPerSecond; 4], Level)>,
    depressed: bool,
    history: VecDeque<(Timestamp, u32)>,
    neutron_background: Option<([CountsPerSecond; 4], Level)>,
    neutrons: Neutrons,
    counter: Counter,
    tamper: bool,
    speed: Option<(Timestamp, Speed)>,
    current: Option<Box<Current>>,
    /// Of portals that tell their whole state at once.
    states: States,
    /// Of files of spectroscopic portals.
    collected: Collected,
}

/// Which lines of the setup block were seen.
#[derive(Debug, Default)]
struct Setup {
    gamma_test: bool,
    algorithm: bool,
    /// A setup line came and has not been told yet.
    untold: Option<Timestamp>,
}

/// What is known about the neutron test outside an occupancy.
#[derive(Debug, Default)]
struct Neutrons {
    /// λ0: the sum of `NB1`, or of the last `GX` where the firmware sends no `NB1`.
    background: Option<Decimal>,
    fine: bool,
    test: Option<(Decimal, Decimal)>,
    limits: Option<(Decimal, Decimal)>,
}

/// The device's occupancy counter.
#[derive(Debug, Default)]
struct Counter {
    last: Option<u32>,
    /// A setup block came since the last end: the counter may have begun anew.
    restarted: bool,
    /// Occupancies that ended here without a counter.
    uncounted: u32,
    /// Occupancies that were never heard and not told yet.
    missed: u32,
}

impl Occupancies {
    /// A portal of which nothing is known but its configured settings, which hold until the device tells its own.
    pub fn new(settings: PortalSettings) -> Occupancies {
        Occupancies {
            settings: PortalSettings { origin: SettingsOrigin::Assumed, ..settings },
            setup: Setup::default(),
            gamma_background: None,
            depressed: false,
            history: VecDeque::new(),
            neutron_background: None,
            neutrons: Neutrons::default(),
            counter: Counter::default(),
            tamper: false,
            speed: None,
            current: None,
            states: States::default(),
            collected: Collected::default(),
        }
    }

    /// The settings that hold now.
    pub fn settings(&self) -> &PortalSettings {
        &self.settings
    }

    /// Whether a vehicle is between the pillars.
    pub fn is_occupied(&self) -> bool {
        self.current.is_some() || self.states.is_occupied()
    }

    /// When to call [`Occupancies::time_passed`] at the latest, if nothing arrives before.
    pub fn deadline(&self) -> Option<Timestamp> {
        let line = self.current.as_ref().map(|current| later(current.last_line, SILENCE));
        line.into_iter().chain(self.states.deadline()).min()
    }

    /// Ends an occupancy whose deadline has passed.
    pub fn time_passed(&mut self, now: Timestamp) -> Vec<PortalEvent> {
        let mut events = Vec::new();
        self.silence(now, &mut events);
        events
    }

    /// The link was lost or opened anew: an occupancy ends, and what the device said before it holds no longer, its setup excepted.
    pub fn link_lost(&mut self, now: Timestamp) -> Vec<PortalEvent> {
        let mut events = Vec::new();
        self.end(now, EndedBy::LinkLost, &mut events);
        self.states.link_lost(now, &mut events);
        self.gamma_background = None;
        self.neutron_background = None;
        self.depressed = false;
        self.neutrons = Neutrons::default();
        self.collected = Collected::default();
        self.speed = None;
        events
    }

    /// A line, an answer or a document arrived that could not be read. An occupancy remembers it; one of lines goes on, for its portal still speaks.
    pub fn unreadable_line(&mut self, at: Timestamp) -> Vec<PortalEvent> {
        let events = self.time_passed(at);
        if let Some(current) = &mut self.current {
            current.last_line = at;
            current.unreadable = true;
        }
        self.states.missing();
        events
    }

    /// A portal that is asked gave no answer, or refused. An occupancy remembers it.
    pub fn unanswered(&mut self, at: Timestamp) -> Vec<PortalEvent> {
        let events = self.time_passed(at);
        self.states.missing();
        events
    }

    /// Takes in one record and the moment it arrived.
    pub fn record(&mut self, record: &Record, at: Timestamp) -> Vec<PortalEvent> {
        let mut events = Vec::new();
        self.silence(at, &mut events);
        if !self.take_setup(record, at) {
            self.tell_setup(&mut events);
        }
        if let Some(current) = &mut self.current {
            current.last_line = at;
        }
        match record {
            Record::GammaBackground { level, cps } => {
                self.end(at, EndedBy::Implied, &mut events);
                self.background(*cps, *level, at, &mut events);
            }
            Record::NeutronBackground { level, cps } => {
                self.end(at, EndedBy::Implied, &mut events);
                self.neutron_background = Some((*cps, *level));
            }
            Record::GammaScan { alarm, counts } => {
                self.gamma_line(*counts, *alarm, at, &mut events);
            }
            Record::NeutronScan { alarm, counts } => {
                self.neutron_line(*counts, *alarm, at, &mut events);
            }
            Record::OccupancyEnd { counter, neutron_background, reserved: _ } => {
                self.device_end(*counter, *neutron_background, at, &mut events);
            }
            Record::Speed(speed) => match &mut self.current {
                Some(current) => current.speed(speed),
                None => self.speed = Some((at, *speed)),
            },
            Record::TamperFault => self.tamper(true, at, &mut events),
            Record::TamperCleared => self.tamper(false, at, &mut events),
            Record::NeutronBackgroundFine(cps) => {
                self.neutrons.background =
                    Some(cps.iter().fold(Decimal::ZERO, |sum, rate| sum.saturating_add(*rate)));
                self.neutrons.fine = true;
            }
            Record::NeutronTest { per_second, per_count } => {
                self.neutrons.test = Some((*per_second, *per_count));
            }
            Record::NeutronLimits { upper, lower } => self.neutrons.limits = Some((*upper, *lower)),
            Record::SetupGamma1(_)
            | Record::SetupGamma2(_)
            | Record::SetupGamma3(_)
            | Record::SetupNeutron1(_)
            | Record::NeutronState { .. }
            | Record::WindowBackground(_)
            | Record::WindowShares(_)
            | Record::WindowRatios(_)
            | Record::WindowCounts(_)
            | Record::WindowWorking(_)
            | Record::WindowDeviations(_)
            | Record::AdvancedAlarm(_)
            | Record::Reserved(_)
            | Record::Environment(_)
            | Record::Unknown { .. } => {}
            Record::SetupNeutron2(_) => self.tell_setup(&mut events),
            Record::Snapshot(state) => self.state(state, at, &mut events),
            Record::Spectroscopic(line) => {
                self.collected.line(line, &self.settings, at, &mut events);
            }
        }
        events
    }

    fn silence(&mut self, now: Timestamp, events: &mut Vec<PortalEvent>) {
        self.states.time_passed(now, events);
        if let Some(current) = &self.current
            && let deadline = later(current.last_line, SILENCE)
            && now >= deadline
        {
            self.end(deadline, EndedBy::Timeout, events);
        }
    }

    /// Takes over a setup line. `false` for any other record.
    fn take_setup(&mut self, record: &Record, at: Timestamp) -> bool {
        match record {
            Record::SetupGamma1(setup) => {
                self.settings.n_sigma_milli = setup.threshold();
                self.settings.intervals = setup.intervals;
                self.settings.hold_in_intervals = setup.hold_in;
                self.setup.gamma_test = true;
                self.counter.restarted = true;
            }
            Record::SetupGamma2(setup) => {
                self.settings.algorithm = setup.algorithm;
                self.setup.algorithm = true;
            }
            Record::SetupGamma3(setup) => self.settings.background_time_s = setup.background_time_s,
            Record::SetupNeutron1(setup) => {
                self.settings.neutron_max_intervals = setup.max_intervals;
            }
            Record::SetupNeutron2(_) => {}
            Record::GammaBackground { .. }
            | Record::NeutronBackground { .. }
            | Record::GammaScan { .. }
            | Record::NeutronScan { .. }
            | Record::OccupancyEnd { .. }
            | Record::Speed(_)
            | Record::TamperFault
            | Record::TamperCleared
            | Record::NeutronBackgroundFine(_)
            | Record::NeutronTest { .. }
            | Record::NeutronLimits { .. }
            | Record::NeutronState { .. }
            | Record::WindowBackground(_)
            | Record::WindowShares(_)
            | Record::WindowRatios(_)
            | Record::WindowCounts(_)
            | Record::WindowWorking(_)
            | Record::WindowDeviations(_)
            | Record::AdvancedAlarm(_)
            | Record::Reserved(_)
            | Record::Snapshot(_)
            | Record::Spectroscopic(_)
            | Record::Environment(_)
            | Record::Unknown { .. } => return false,
        }
        if self.setup.gamma_test && self.setup.algorithm {
            self.settings.origin = SettingsOrigin::Device;
        }
        self.setup.untold = Some(at);
        true
    }

    fn tell_setup(&mut self, events: &mut Vec<PortalEvent>) {
        if let Some(at) = self.setup.untold.take() {
            events.push(PortalEvent::Setup { at, settings: self.settings.clone() });
        }
    }

    fn state(&mut self, state: &Snapshot, at: Timestamp, events: &mut Vec<PortalEvent>) {
        let vacant = self.states.state(state, &self.settings, self.depressed, at, events);
        let Some(Vacant { gamma, gamma_level, neutron, neutron_level }) = vacant else { return };
        let rate = gamma.and_then(|measured| measured.whole_rate());
        let depression = rate.map_or(BackgroundLevel::Unknown, |rate| self.compare(rate, at));
        let one = |rate| alloc::vec![rate];
        events.push(PortalEvent::Background(Background {
            at,
            gamma: rate.map(one).unwrap_or_default(),
            gamma_level,
            depression,
            neutron: neutron.and_then(|measured| measured.whole_rate()).map(one),
            neutron_level,
        }));
    }

    fn background(
        &mut self,
        cps: [CountsPerSecond; 4],
        level: Level,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) {
        let depression = self.compare(CountsPerSecond::sum(&cps), at);
        self.gamma_background = Some((cps, level));
        let (neutron, neutron_level) = self
            .neutron_background
            .map_or((None, Level::Normal), |(cps, level)| (Some(cps.to_vec()), level));
        events.push(PortalEvent::Background(Background {
            at,
            gamma: cps.to_vec(),
            gamma_level: level,
            depression,
            neutron,
            neutron_level,
        }));
    }

    /// Compares a background with those of the last five minutes, and keeps it.
    fn compare(&mut self, sum: CountsPerSecond, at: Timestamp) -> BackgroundLevel {
        // A clock that was set leaves entries from the future; they go as well.
        self.history.retain(|(then, _)| at.duration_since(*then).abs() <= MEDIAN_OVER);
        if self.history.len() >= *MEDIAN_LINES.end() {
            self.history.pop_front();
        }
        self.history.push_back((at, sum.0));
        let depression = self.depression(sum);
        self.depressed = matches!(depression, BackgroundLevel::Depressed { .. });
        depression
    }

    fn depression(&self, sum: CountsPerSecond) -> BackgroundLevel {
        if self.history.len() < *MEDIAN_LINES.start() {
            return BackgroundLevel::Unknown;
        }
        let mut sums: Vec<u32> = self.history.iter().map(|(_, sum)| *sum).collect();
        sums.sort_unstable();
        let median = CountsPerSecond(sums.get(sums.len() / 2).copied().unwrap_or_default());
        if u64::from(sum.0) * 100 < u64::from(median.0) * DEPRESSED_PERCENT {
            BackgroundLevel::Depressed { median }
        } else {
            BackgroundLevel::Usual { median }
        }
    }

    fn tamper(&mut self, present: bool, at: Timestamp, events: &mut Vec<PortalEvent>) {
        self.tamper = present;
        if let Some(current) = &mut self.current {
            current.told.quality.tamper_during |= present;
        }
        events.push(PortalEvent::Tamper { at, present });
    }

    /// The occupancy that is going on, or the one that begins with this line.
    fn occupied(&mut self, at: Timestamp, events: &mut Vec<PortalEvent>) -> &mut Current {
        let current = match self.current.take() {
            Some(current) => current,
            None => {
                let current = self.begin(at);
                events.push(PortalEvent::Began {
                    at,
                    counts_since: later(at, SignedDuration::from_secs(-1)),
                    gamma_background: current.told.gamma_background.clone(),
                });
                current
            }
        };
        self.current.insert(current)
    }

    fn begin(&mut self, at: Timestamp) -> Box<Current> {
        let settings = self.settings.clone();
        let neutron_level = self.neutron_background.map_or(Level::Normal, |(_, level)| level);
        let gamma_level = self.gamma_background.map_or(Level::Normal, |(_, level)| level);
        let quality = Quality {
            no_background: self.gamma_background.is_none(),
            background_depressed: self.depressed,
            background_fault: gamma_level != Level::Normal || neutron_level != Level::Normal,
            tamper_during: self.tamper,
            assumed_config: settings.origin == SettingsOrigin::Assumed,
            ..Quality::default()
        };
        let gamma_background = self.gamma_background.map(|(cps, _)| cps);
        let mut current = Box::new(Current::new(at, settings, gamma_background, quality));
        if let Some((then, speed)) = self.speed.take()
            && at.duration_since(then) <= SPEED_KEPT
        {
            current.speed(&speed);
        }
        current
    }

    fn gamma_line(
        &mut self,
        counts: [Counts; 4],
        alarm: bool,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) {
        self.occupied(at, events).gamma_line(counts, alarm, at, events);
    }

    fn neutron_line(
        &mut self,
        counts: [Counts; 4],
        alarm: bool,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) {
        let constants = self.neutron_constants();
        let background = self.neutrons.background;
        self.occupied(at, events).neutron_line(
            Counts::sum(&counts),
            alarm,
            constants.as_ref(),
            background,
            at,
            events,
        );
    }

    /// The constants on the wire, or those observed for the last known background.
    fn neutron_constants(&self) -> Option<NeutronConstants> {
        let observed = || self.neutrons.background.and_then(evaluation::observed_neutron_test);
        let (per_second, per_count) = self.neutrons.test.or_else(observed)?;
        let (upper, lower) = self
            .neutrons
            .limits
            .unwrap_or((self.settings.neutron_upper, self.settings.neutron_lower));
        Some(NeutronConstants { per_second, per_count, upper, lower })
    }

    fn device_end(
        &mut self,
        counter: u32,
        neutron_background: MilliCountsPerSecond,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) {
        if !self.neutrons.fine {
            self.neutrons.background = Some(Decimal::new(i64::from(neutron_background.0), 3));
        }
        let heard = self.current.is_some();
        self.counter.count(counter, heard);
        if let Some(current) = &mut self.current {
            current.told.device_counter = Some(counter);
            current.told.neutron_background = Some(neutron_background);
            self.end(at, EndedBy::Device, events);
        }
    }

    /// Ends the occupancy, if there is one.
    fn end(&mut self, at: Timestamp, by: EndedBy, events: &mut Vec<PortalEvent>) {
        let Some(current) = self.current.take() else { return };
        if by != EndedBy::Device {
            self.counter.uncounted = self.counter.uncounted.saturating_add(1);
        }
        let known = self.neutrons.background.and_then(milli);
        let missed = core::mem::take(&mut self.counter.missed);
        events.push(PortalEvent::Ended(Box::new(current.ended(at, by, missed, known))));
    }
}

impl Counter {
    /// Takes in the counter of an end; `heard` tells whether the occupancy was.
    fn count(&mut self, counter: u32, heard: bool) {
        let restarted = core::mem::take(&mut self.restarted);
        let uncounted = core::mem::take(&mut self.uncounted);
        let told = match self.last {
            Some(last) if counter > last => counter - last,
            // Begun anew after the setup block: all up to this one are new.
            Some(_) if restarted => counter,
            // Begun anew for an unknown reason, or frozen: no statement about others.
            Some(_) | None => 1,
        };
        self.last = Some(counter);
        self.missed = self
            .missed
            .saturating_add(told.saturating_sub(u32::from(heard)).saturating_sub(uncounted));
    }
}

/// `at` moved by `by`; at the ends of the calendar it stays.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}

fn thousandths(value: Decimal) -> i32 {
    let scaled = value.saturating_mul(Decimal::ONE_THOUSAND).round();
    i32::try_from(scaled).unwrap_or(if value.is_sign_negative() { i32::MIN } else { i32::MAX })
}

fn milli(rate: Decimal) -> Option<MilliCountsPerSecond> {
    u32::try_from(thousandths(rate)).ok().map(MilliCountsPerSecond)
}
