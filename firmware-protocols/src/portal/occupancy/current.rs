//! The occupancy that is going on: what its lines add up to so far, and where an alarm shows for the first time.
//!
//! It keeps the settings and the background with which it began, so that a setup block in the middle does not change the measure of
//! one vehicle.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond, MilliCountsPerSecond};

use super::{milli, thousandths};
use crate::portal::evaluation::{
    self, Distance, GammaResult, NeutronConstants, NeutronResult, NeutronTest, Verdict,
};
use crate::portal::event::{
    Agreement, AlarmSeen, EndedBy, Measure, Occupancy, PortalEvent, Quality, Sample, SeenBy,
};
use crate::portal::record::Speed;
use crate::portal::settings::PortalSettings;

/// One gamma interval.
const INTERVAL_MS: i128 = 200;
/// The gamma lines of a burst that are from before the vehicle.
const LINES_BEFORE: u32 = 5;
/// If the fifth gamma line comes later than this after the first, there was no burst: the beginning was not heard.
const BURST: SignedDuration = SignedDuration::from_millis(500);
/// More speeds than any recorded occupancy told (6).
const SPEEDS: usize = 16;

#[derive(Debug)]
pub(super) struct Current {
    pub(super) last_line: Timestamp,
    gamma_background: Option<[CountsPerSecond; 4]>,
    first_gamma: Option<Timestamp>,
    last_gamma: Timestamp,
    window: VecDeque<[Counts; 4]>,
    neutron_test: NeutronTest,
    last_neutrons: Option<Counts>,
    gamma_verdict: Verdict,
    neutron_verdict: Verdict,
    burst: bool,
    pub(super) unreadable: bool,
    pub(super) told: Occupancy,
}

impl Current {
    /// An occupancy that begins now.
    pub(super) fn new(
        at: Timestamp,
        settings: PortalSettings,
        gamma_background: Option<[CountsPerSecond; 4]>,
        quality: Quality,
    ) -> Current {
        Current {
            last_line: at,
            gamma_background,
            first_gamma: None,
            last_gamma: at,
            window: VecDeque::new(),
            neutron_test: NeutronTest::default(),
            last_neutrons: None,
            gamma_verdict: Verdict::Quiet,
            neutron_verdict: Verdict::Quiet,
            burst: false,
            unreadable: false,
            told: Occupancy {
                began: at,
                ended: at,
                ended_by: EndedBy::Device,
                device_counter: None,
                missed_before: 0,
                gamma_lines: 0,
                gamma_alarm_lines: 0,
                first_gamma_alarm: None,
                neutron_lines: 0,
                neutron_alarm_lines: 0,
                gamma_background: gamma_background.map(|cps| cps.to_vec()),
                neutron_background: None,
                max_window_sum: None,
                max_distance: None,
                max_neutrons: None,
                gamma: Agreement::None,
                neutron: Agreement::None,
                speeds: Vec::new(),
                settings,
                quality,
                given: None,
            },
        }
    }

    pub(super) fn speed(&mut self, speed: &Speed) {
        match speed.measured() {
            Some(speed) if self.told.speeds.len() < SPEEDS => self.told.speeds.push(speed),
            Some(_) => {}
            None => self.told.quality.speed_saturated = true,
        }
    }

    pub(super) fn gamma_line(
        &mut self,
        counts: [Counts; 4],
        alarm: bool,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) {
        let index = self.told.gamma_lines;
        let first = *self.first_gamma.get_or_insert(at);
        self.last_gamma = at;
        self.told.gamma_lines = index.saturating_add(1);
        if index + 1 == LINES_BEFORE {
            self.burst = at.duration_since(first) <= BURST;
        }
        self.window.push_back(counts);
        while self.window.len() > usize::from(self.told.settings.intervals) {
            self.window.pop_front();
        }
        let result = self
            .gamma_background
            .and_then(|cps| evaluation::gamma(&self.told.settings, &cps, self.window.iter()));
        let window_sum =
            (self.window.len() == usize::from(self.told.settings.intervals)).then(|| {
                Counts(
                    self.window
                        .iter()
                        .fold(0, |sum: u32, line| sum.saturating_add(Counts::sum(line).0)),
                )
            });
        self.told.max_window_sum = self.told.max_window_sum.max(window_sum);
        if let Some(GammaResult { distance, .. }) = result {
            self.told.max_distance =
                Some(self.told.max_distance.map_or(distance, |max: Distance| max.max(distance)));
        }
        let verdict = result.map_or(Verdict::Quiet, |result| result.verdict);
        if let Some(by) =
            first_sign(alarm, self.told.gamma_alarm_lines > 0, verdict, self.gamma_verdict)
        {
            let measure = Measure::Gamma {
                index,
                window_sum,
                background: self.gamma_background.map(|cps| CountsPerSecond::sum(&cps)),
                distance: result.and_then(|result| result.distance.largest()),
                n_sigma: self.told.settings.n_sigma_milli,
            };
            events.push(PortalEvent::AlarmSeen(AlarmSeen { at, by, measure }));
        }
        self.gamma_verdict = self.gamma_verdict.max(verdict);
        if alarm {
            self.told.gamma_alarm_lines = self.told.gamma_alarm_lines.saturating_add(1);
            self.told.first_gamma_alarm.get_or_insert(index);
        }
        events.push(PortalEvent::Sample(Sample {
            at,
            index,
            before_occupancy: index < LINES_BEFORE,
            counts,
            window_sum,
            alarm_above: result.map(|result| result.alarm_above),
            distance: result.map(|result| result.distance),
            n_sigma: self.told.settings.n_sigma_milli,
            device_alarm: alarm,
            neutrons: self.last_neutrons,
        }));
    }

    pub(super) fn neutron_line(
        &mut self,
        counts: Counts,
        alarm: bool,
        constants: Option<&NeutronConstants>,
        background: Option<Decimal>,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) {
        let index = self.told.neutron_lines;
        self.told.neutron_lines = index.saturating_add(1);
        self.last_neutrons = Some(counts);
        self.told.max_neutrons = self.told.max_neutrons.max(Some(counts));
        let max_intervals = self.told.settings.neutron_max_intervals;
        let result: Option<NeutronResult> =
            constants.map(|constants| self.neutron_test.second(counts, constants, max_intervals));
        let verdict = result.map_or(Verdict::Quiet, |result| result.verdict);
        if let Some(by) =
            first_sign(alarm, self.told.neutron_alarm_lines > 0, verdict, self.neutron_verdict)
        {
            let upper =
                constants.map_or(self.told.settings.neutron_upper, |constants| constants.upper);
            let measure = Measure::Neutron {
                index,
                counts: Some(counts),
                background: background.and_then(milli),
                likelihood_milli: result.map(|result| thousandths(result.sum)),
                upper_milli: thousandths(upper),
            };
            events.push(PortalEvent::AlarmSeen(AlarmSeen { at, by, measure }));
        }
        self.neutron_verdict = self.neutron_verdict.max(verdict);
        if alarm {
            self.told.neutron_alarm_lines = self.told.neutron_alarm_lines.saturating_add(1);
        }
    }

    pub(super) fn ended(
        self: Box<Current>,
        at: Timestamp,
        by: EndedBy,
        missed: u32,
        neutron_background: Option<MilliCountsPerSecond>,
    ) -> Occupancy {
        let before = if self.burst { LINES_BEFORE } else { 0 };
        let live = i128::from(self.told.gamma_lines.saturating_sub(before + 1));
        let lasted =
            self.first_gamma.map_or(0, |first| self.last_gamma.duration_since(first).as_millis());
        let mut told = self.told;
        told.ended = at;
        told.ended_by = by;
        told.missed_before = missed;
        told.neutron_background = told.neutron_background.or(neutron_background);
        told.gamma = agreement(told.gamma_alarm_lines > 0, self.gamma_verdict);
        told.neutron = agreement(told.neutron_alarm_lines > 0, self.neutron_verdict);
        told.quality.start_truncated = !self.burst;
        told.quality.missed_occupancy = missed > 0;
        told.quality.interval_missing = self.unreadable || lasted >= (live + 2) * INTERVAL_MS;
        told
    }
}

/// Who shows an alarm for the first time with this line, if anybody.
pub(super) fn first_sign(
    device: bool,
    device_before: bool,
    own: Verdict,
    own_before: Verdict,
) -> Option<SeenBy> {
    match (device && !device_before, own) {
        (true, Verdict::Alarm | Verdict::Near) => Some(SeenBy::Both),
        (true, Verdict::Quiet) => Some(SeenBy::Device),
        (false, Verdict::Alarm) if !device_before && own_before != Verdict::Alarm => {
            Some(SeenBy::Own)
        }
        (false, _) => None,
    }
}

pub(super) fn agreement(device: bool, own: Verdict) -> Agreement {
    match (device, own) {
        (true, Verdict::Alarm | Verdict::Near) => Agreement::Agree,
        (true, Verdict::Quiet) => Agreement::DeviceOnly,
        (false, Verdict::Alarm) => Agreement::OwnOnly,
        (false, Verdict::Near | Verdict::Quiet) => Agreement::None,
    }
}
