//! The occupancy of portals that tell their whole state at once.
//!
//! ```text
//!           sensor sees a vehicle, or an alarm rises            sensor sees none and no alarm
//!  VACANT ───────────────────────────────────────▶ OCCUPIED ─────────────────────────────────▶ VACANT
//!    │  ▲                                           │    │ another object number ───────────▶ (the next vehicle)
//!    └──┘ no vehicle: background                    │    │ no sensor: 10 s without alarm ───▶ (quiet)
//!                                                   └────┘ 10 s without a state ────────────▶ (timeout)
//! ```
//!
//! An alarm while the sensor sees nothing opens an occupancy of its own: a flag of the device is never without one. Two questions a second
//! can miss a fast vehicle; the object number tells it.
//!
//! Our own evaluation is made where counts and background are both rates. Where the device does not tell over what time it counts there is none.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use jiff::{SignedDuration, Timestamp};
use units::{MilliCountsPerSecond, MilliSigma};

use super::current::{agreement, first_sign};
use super::{later, thousandths};
use crate::portal::evaluation::{self, Verdict};
use crate::portal::event::{
    Agreement, AlarmSeen, EndedBy, Given, GivenChannel, Measure, Occupancy, PortalEvent, Presence,
    Quality, SeenBy, Shown,
};
use crate::portal::record::Level;
use crate::portal::settings::{PortalSettings, SettingsOrigin};
use crate::portal::snapshot::{Channel, Measured, Snapshot};

/// An alarm of a device without a sensor is over when it was not told for so long (a public driver of the RS-350 does the same).
const EPISODE: SignedDuration = SignedDuration::from_secs(10);
/// An occupancy in which nothing was heard for so long is over. Assumed: five periods of the slowest device.
const SILENCE: SignedDuration = SignedDuration::from_secs(10);
/// While the lane is vacant the background is told this often, as line portals do.
const BACKGROUND_EVERY: SignedDuration = SignedDuration::from_secs(5);
/// More object numbers than this are not vehicles that were missed, but a counter that began anew. Assumed.
const MISSED: u16 = 1000;
/// More faults, speeds or names than any device tells of one vehicle.
const KEPT: usize = 16;

/// What is known of a portal that tells its state, between its states.
#[derive(Debug, Default)]
pub(super) struct States {
    /// The last object number that is done with.
    object: Option<u16>,
    gamma_background: Option<Measured>,
    neutron_background: Option<Measured>,
    gamma_level: Level,
    neutron_level: Level,
    tamper: Option<bool>,
    /// Whether the last states flagged an alarm: gamma, neutron.
    alarms: [bool; 2],
    told_background: Option<(Timestamp, Level, Level)>,
    current: Option<Box<Vehicle>>,
}

/// The vehicle, or the alarm that stands for one.
#[derive(Debug)]
struct Vehicle {
    last_state: Timestamp,
    last_alarm: Timestamp,
    missed: u16,
    gamma_verdict: Verdict,
    told: Occupancy,
    given: Given,
}

/// What is to be told of the background of a vacant lane.
pub(super) struct Vacant {
    pub(super) gamma: Option<Measured>,
    pub(super) gamma_level: Level,
    pub(super) neutron: Option<Measured>,
    pub(super) neutron_level: Level,
}

impl States {
    /// Whether there is a vehicle, or an alarm that stands for one.
    pub(super) fn is_occupied(&self) -> bool {
        self.current.is_some()
    }

    /// When the occupancy is over if nothing comes.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.current.as_ref().map(|vehicle| vehicle.over_at().0)
    }

    /// Ends an occupancy whose time is over.
    pub(super) fn time_passed(&mut self, now: Timestamp, events: &mut Vec<PortalEvent>) {
        if let Some(vehicle) = &self.current {
            let (at, by) = vehicle.over_at();
            if now >= at {
                self.end(at, by, events);
                // An alarm that is still there when the device speaks again is an alarm again.
                self.alarms = [false; 2];
            }
        }
    }

    /// The link was lost: what the device said before it holds no longer.
    pub(super) fn link_lost(&mut self, now: Timestamp, events: &mut Vec<PortalEvent>) {
        self.end(now, EndedBy::LinkLost, events);
        *self = States { object: self.object, tamper: self.tamper, ..States::default() };
    }

    /// A state is missing: it could not be read, or was not given. The vehicle is not known to be there because of it, so that a device that says nothing of
    /// use ends the occupancy as one that says nothing does.
    pub(super) fn missing(&mut self) {
        if let Some(vehicle) = &mut self.current {
            vehicle.told.quality.interval_missing = true;
        }
    }

    /// Takes in one state. Tells the background of a vacant lane when it is due.
    pub(super) fn state(
        &mut self,
        state: &Snapshot,
        settings: &PortalSettings,
        depressed: bool,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) -> Option<Vacant> {
        self.time_passed(at, events);
        self.doors(state, at, events);
        self.levels(state);
        let alarms = [&state.gamma, &state.neutron].map(|channel| channel.alarm);
        let risen =
            alarms.iter().zip(self.alarms).any(|(now, before)| *now == Some(true) && !before);
        for (before, now) in self.alarms.iter_mut().zip(alarms) {
            *before = now.unwrap_or(*before);
        }
        self.other_object(state, at, events);
        let alarming = self.alarms.contains(&true);
        let known = self.current.as_ref().map(|vehicle| vehicle.given.presence);
        let occupied = match (state.present, known) {
            (Some(true), _) => true,
            (Some(false), Some(Presence::Alarm)) => alarming,
            (Some(false), Some(Presence::Sensor) | None) => risen,
            (None, Some(_)) => true,
            (None, None) => risen,
        };
        if known.is_some() && !occupied {
            self.end(at, EndedBy::Device, events);
        }
        if occupied && self.current.is_none() {
            self.begin(state, settings, depressed, at, events);
        }
        let mut distance = None;
        if let Some(vehicle) = &mut self.current {
            distance = vehicle.take(state, alarms, at, events);
        }
        self.backgrounds(state);
        if state.gamma.counts.is_some() || state.neutron.counts.is_some() {
            events.push(PortalEvent::Shown(Shown {
                at,
                occupied: self.current.is_some(),
                gamma: state.gamma.counts,
                background: self.gamma_background.and_then(|background| background.rate()),
                distance,
                neutron: state.neutron.counts,
                device_alarm: alarms.contains(&Some(true)),
            }));
        }
        if self.current.is_some() {
            return None;
        }
        self.object = state.object.or(self.object);
        self.background_due(state, at)
    }

    fn doors(&mut self, state: &Snapshot, at: Timestamp, events: &mut Vec<PortalEvent>) {
        let Some(open) = state.tamper else { return };
        // That the cabinet was closed all the time is nothing to tell.
        if self.tamper.unwrap_or(false) != open {
            events.push(PortalEvent::Tamper { at, present: open });
        }
        self.tamper = Some(open);
    }

    fn levels(&mut self, state: &Snapshot) {
        self.gamma_level = state.gamma.level.unwrap_or(self.gamma_level);
        self.neutron_level = state.neutron.level.unwrap_or(self.neutron_level);
    }

    /// The background that a state tells is of the time before it: it holds from the next one on, and for the next vehicle.
    fn backgrounds(&mut self, state: &Snapshot) {
        if state.present == Some(true) && self.gamma_background.is_some() {
            return;
        }
        self.gamma_background = state.gamma.background.or(self.gamma_background);
        self.neutron_background = state.neutron.background.or(self.neutron_background);
    }

    /// Another object number while a vehicle is there is another vehicle, unless the number that it began with was done with before: then the
    /// sensor was faster than the counter, and the number is its own.
    fn other_object(&mut self, state: &Snapshot, at: Timestamp, events: &mut Vec<PortalEvent>) {
        let (Some(vehicle), Some(object)) = (&mut self.current, state.object) else { return };
        match vehicle.given.object {
            Some(before) if before == object => {}
            Some(before)
                if self.object == Some(before)
                    && vehicle.given.presence == Presence::Sensor
                    && state.present == Some(true) =>
            {
                vehicle.given.object = Some(object);
                vehicle.missed = missed_between(before, object);
                vehicle.told.quality.missed_occupancy = vehicle.missed > 0;
            }
            Some(_) => self.end(at, EndedBy::Device, events),
            None => vehicle.given.object = Some(object),
        }
    }

    fn begin(
        &mut self,
        state: &Snapshot,
        settings: &PortalSettings,
        depressed: bool,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) {
        let presence = if state.present == Some(true) { Presence::Sensor } else { Presence::Alarm };
        // Without a background from before, the one that comes with the first state is better than none.
        let gamma_background = self.gamma_background.or(state.gamma.background);
        let neutron_background = self.neutron_background.or(state.neutron.background);
        let missed = match (state.object, self.object) {
            (Some(now), Some(before)) => missed_between(before, now),
            (Some(_) | None, _) => 0,
        };
        let faulty = self.gamma_level != Level::Normal || self.neutron_level != Level::Normal;
        let rate = gamma_background.and_then(|background| background.whole_rate());
        let told = Occupancy {
            began: at,
            ended: at,
            ended_by: EndedBy::Device,
            device_counter: None,
            missed_before: missed.into(),
            gamma_lines: 0,
            gamma_alarm_lines: 0,
            first_gamma_alarm: None,
            neutron_lines: 0,
            neutron_alarm_lines: 0,
            gamma_background: rate.map(|rate| vec![rate]),
            neutron_background: neutron_background.and_then(|background| background.rate()),
            max_window_sum: None,
            max_distance: None,
            max_neutrons: None,
            gamma: Agreement::None,
            neutron: Agreement::None,
            speeds: Vec::new(),
            settings: settings.clone(),
            quality: Quality {
                missed_occupancy: missed > 0,
                no_background: gamma_background.is_none(),
                background_depressed: depressed,
                background_fault: faulty,
                tamper_during: self.tamper == Some(true),
                assumed_config: settings.origin == SettingsOrigin::Assumed,
                no_presence: presence == Presence::Alarm,
                ..Quality::default()
            },
            given: None,
        };
        let channel = |background| GivenChannel { background, ..GivenChannel::default() };
        let given = Given {
            presence,
            object: state.object,
            gamma: channel(gamma_background),
            neutron: channel(neutron_background),
            ..Given::default()
        };
        events.push(PortalEvent::Began {
            at,
            counts_since: at,
            gamma_background: told.gamma_background.clone(),
        });
        self.current = Some(Box::new(Vehicle {
            last_state: at,
            last_alarm: at,
            missed,
            gamma_verdict: Verdict::Quiet,
            told,
            given,
        }));
    }

    fn end(&mut self, at: Timestamp, by: EndedBy, events: &mut Vec<PortalEvent>) {
        let Some(vehicle) = self.current.take() else { return };
        self.object = vehicle.given.object.or(self.object);
        events.push(PortalEvent::Ended(Box::new(vehicle.ended(at, by))));
    }

    /// The background of a vacant lane, every five seconds and when the device's judgement of it changes.
    fn background_due(&mut self, state: &Snapshot, at: Timestamp) -> Option<Vacant> {
        let told = state.gamma.background.is_some() || state.gamma.level.is_some();
        let levels = (self.gamma_level, self.neutron_level);
        let due = self.told_background.is_none_or(|(then, gamma, neutron)| {
            at.duration_since(then).abs() >= BACKGROUND_EVERY || (gamma, neutron) != levels
        });
        if !told || !due {
            return None;
        }
        self.told_background = Some((at, levels.0, levels.1));
        Some(Vacant {
            gamma: self.gamma_background,
            gamma_level: levels.0,
            neutron: self.neutron_background,
            neutron_level: levels.1,
        })
    }
}

/// The vehicles whose numbers lie between these two. The numbers begin anew after 65535.
fn missed_between(before: u16, now: u16) -> u16 {
    let counted = now.wrapping_sub(before).saturating_sub(1);
    if counted > MISSED { 0 } else { counted }
}

impl Vehicle {
    /// When it is over if nothing comes, and by what.
    fn over_at(&self) -> (Timestamp, EndedBy) {
        let silent = later(self.last_state, SILENCE);
        let quiet = later(self.last_alarm, EPISODE);
        if self.given.presence == Presence::Alarm && quiet < silent {
            (quiet, EndedBy::Quiet)
        } else {
            (silent, EndedBy::Timeout)
        }
    }

    /// Takes in one state of it. Tells how far the gamma counts stand from their background.
    fn take(
        &mut self,
        state: &Snapshot,
        alarms: [Option<bool>; 2],
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) -> Option<MilliSigma> {
        self.last_state = at;
        if alarms.contains(&Some(true)) {
            self.last_alarm = at;
        }
        if state.present == Some(true) {
            self.given.presence = Presence::Sensor;
            self.told.quality.no_presence = false;
        }
        self.told.quality.tamper_during |= state.tamper == Some(true);
        self.told.quality.device_fault |= !state.faults.is_empty()
            || [&state.gamma, &state.neutron].iter().any(|c| c.ready == Some(false));
        if let Some(speed) = state.speed
            && self.told.speeds.last() != Some(&speed)
            && self.told.speeds.len() < KEPT
        {
            self.told.speeds.push(speed);
        }
        self.given.direction = state.direction.or(self.given.direction);
        keep(&mut self.given.faults, &state.faults);
        keep(&mut self.given.identified, &state.identified);
        self.given.max_dose_rate_nsv_h = self.given.max_dose_rate_nsv_h.max(state.dose_rate_nsv_h);
        let distance = self.gamma(&state.gamma, at, events);
        self.neutron(&state.neutron, at, events);
        distance
    }

    fn gamma(
        &mut self,
        channel: &Channel,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) -> Option<MilliSigma> {
        if says_nothing(channel) {
            return None;
        }
        let index = self.told.gamma_lines;
        self.told.gamma_lines = index.saturating_add(1);
        let alarm = channel.alarm == Some(true);
        let n_sigma = self.told.settings.n_sigma_milli;
        let evaluated = self.given.gamma.evaluate(channel, n_sigma);
        let verdict = evaluated.map_or(Verdict::Quiet, |(_, verdict)| verdict);
        let distance = evaluated.map(|(distance, _)| distance);
        let window_sum = channel.counts.and_then(|counts| counts.of_a_second());
        self.told.quality.interval_unknown |=
            channel.counts.is_some_and(|counts| counts.interval_ms.is_none());
        self.told.max_window_sum = self.told.max_window_sum.max(window_sum);
        if let Some(distance) = distance {
            let largest = self.told.max_distance.get_or_insert_default();
            largest.sum = largest.sum.max(Some(distance));
        }
        let before = self.told.gamma_alarm_lines > 0;
        if let Some(by) = first_sign(alarm, before, verdict, self.gamma_verdict) {
            let background = self.given.gamma.background.and_then(|rate| rate.whole_rate());
            let measure = Measure::Gamma { index, window_sum, background, distance, n_sigma };
            events.push(PortalEvent::AlarmSeen(AlarmSeen { at, by, measure }));
        }
        self.gamma_verdict = self.gamma_verdict.max(verdict);
        if alarm {
            self.told.gamma_alarm_lines = self.told.gamma_alarm_lines.saturating_add(1);
            self.told.first_gamma_alarm.get_or_insert(index);
        }
        distance
    }

    /// Neutrons are not evaluated: the test of line portals was found in their recordings, and no other device's is known.
    fn neutron(&mut self, channel: &Channel, at: Timestamp, events: &mut Vec<PortalEvent>) {
        if says_nothing(channel) {
            return;
        }
        let index = self.told.neutron_lines;
        self.told.neutron_lines = index.saturating_add(1);
        self.given.neutron.keep_largest(channel);
        let of_a_second = channel.counts.and_then(|counts| counts.of_a_second());
        self.told.max_neutrons = self.told.max_neutrons.max(of_a_second);
        if channel.alarm != Some(true) {
            return;
        }
        if self.told.neutron_alarm_lines == 0 {
            let upper = self.told.settings.neutron_upper;
            let measure = Measure::Neutron {
                index,
                counts: of_a_second,
                background: self.told.neutron_background,
                likelihood_milli: None,
                upper_milli: thousandths(upper),
            };
            events.push(PortalEvent::AlarmSeen(AlarmSeen { at, by: SeenBy::Device, measure }));
        }
        self.told.neutron_alarm_lines = self.told.neutron_alarm_lines.saturating_add(1);
    }

    fn ended(self: Box<Vehicle>, at: Timestamp, by: EndedBy) -> Occupancy {
        let Vehicle { missed, gamma_verdict, mut told, given, .. } = *self;
        told.ended = at;
        told.ended_by = by;
        told.missed_before = missed.into();
        told.device_counter = given.object.map(u32::from);
        told.gamma = agreement(told.gamma_alarm_lines > 0, gamma_verdict);
        told.neutron = agreement(told.neutron_alarm_lines > 0, Verdict::Quiet);
        told.given = Some(Box::new(given));
        told
    }
}

/// Whether a state gives nothing of this radiation that could be called a measurement: neither counts nor an alarm. That a device does not alarm is none: a
/// passage of which nothing else is known has not been measured.
fn says_nothing(channel: &Channel) -> bool {
    channel.counts.is_none() && channel.alarm != Some(true)
}

impl GivenChannel {
    fn keep_largest(&mut self, channel: &Channel) {
        let Some(counts) = channel.counts else { return };
        let larger = self.max.is_none_or(|max| match (max.rate(), counts.rate()) {
            (Some(before), Some(now)) => now > before,
            (_, _) => counts.counts > max.counts,
        });
        if larger {
            self.max = Some(counts);
        }
    }

    fn evaluate(
        &mut self,
        channel: &Channel,
        n_sigma: MilliSigma,
    ) -> Option<(MilliSigma, Verdict)> {
        self.keep_largest(channel);
        let background: MilliCountsPerSecond = self.background?.rate()?;
        let counts = channel.counts?;
        let result =
            evaluation::k_sigma(n_sigma, counts.whole()?, counts.interval_ms?, background)?;
        self.evaluated = true;
        Some(result)
    }
}

fn keep(kept: &mut Vec<String>, told: &[String]) {
    for one in told {
        if kept.len() < KEPT && !kept.contains(one) {
            kept.push(one.clone());
        }
    }
}
