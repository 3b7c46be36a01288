//! One vehicle between the pillars as a document.
//!
//! ```text
//! background line   -> RadMeasurement Background, PT1S: the value is a rate
//! gamma line        -> RadMeasurement Foreground, PT0.2S, one GrossCounts for each detector
//! neutron line      -> RadMeasurement Foreground, PT1S, with the neutron detectors, of its own
//! five lines before -> OccupancyIndicator false
//! speed             -> RadItemState / StateVector / SpeedValue, metres per second
//! counter           -> RadMeasurementGroup OCC-n
//! flags, quality    -> AnalysisResults: RadAlarm, Fault
//! ```
//!
//! A [`super::Recorder`] keeps the lines of the occupancy that is going on; where they are gone (the journal keeps what they amount to) the document says
//! so in a remark, and has the sums alone.
//!
//! Deliberately absent: a random UUID and a clock. The same occupancy gives the same document.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use units::{CountsPerSecond, MilliCountsPerSecond, MillimetresPerSecond};

use super::document::{
    Alarm, Analysis, Category, Class, CountRates, Detector, Document, DoseRate, Fault, GrossCounts,
    Group, Instrument, Measurement, Severity, Spectrum, Stamp,
};
use super::recorder::Lines;
use crate::portal::{Agreement, Channel, EndedBy, Measured, Occupancy, Quality};

/// One gamma interval.
const GAMMA_INTERVAL: SignedDuration = SignedDuration::from_millis(200);
/// One neutron interval.
const NEUTRON_INTERVAL: SignedDuration = SignedDuration::from_secs(1);
/// The gamma lines of a burst that are from before the vehicle.
const LINES_BEFORE: usize = 5;
/// The id of the vehicle in its document.
const ITEM: &str = "ITEM";
/// Channels of a spectrum that a reader of spectra takes at all.
const CHANNELS: usize = 8;
/// The energy calibration of such a spectrum: 375 keV a channel, which says nothing about the counts.
const CALIBRATION: &str = "CAL-GROSS";

/// What a document says about the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// The instrument. Its id is that of the device.
    pub instrument: Instrument,
    /// Gamma detectors 1 to 4, or one that stands for all.
    pub gamma: Vec<Detector>,
    /// Neutron detectors 1 to 4, or one that stands for all.
    pub neutron: Vec<Detector>,
    /// The offset from UTC in which times are written.
    pub offset: Offset,
    /// The program that writes.
    pub creator: String,
    /// Whether gamma counts are repeated as a spectrum of eight channels, for readers that pass over counts without one.
    pub spectra: bool,
}

impl Portal {
    /// A portal of four detectors for each radiation, two in each pillar: plastic for gamma, helium for neutrons, unless the site says otherwise.
    pub fn of_four(instrument: Instrument, offset: Offset, creator: &str) -> Portal {
        let detectors = |suffix: &str, category, kind: &str| {
            let places = ["Aa1", "Aa2", "Ba1", "Ba2"];
            places
                .iter()
                .enumerate()
                .map(|(index, place)| Detector {
                    id: format!("{place}{suffix}"),
                    name: Some(format!("detector {}", index + 1)),
                    category,
                    kind: kind.to_owned(),
                    description: None,
                })
                .collect()
        };
        Portal {
            instrument,
            gamma: detectors("", Category::Gamma, "PVT"),
            neutron: detectors("N", Category::Neutron, "He3"),
            offset,
            creator: creator.to_owned(),
            spectra: false,
        }
    }

    /// A portal that tells all detectors of a radiation in one number, and not what they are.
    pub fn of_sums(instrument: Instrument, offset: Offset, creator: &str) -> Portal {
        let all = |id: &str, category| {
            vec![Detector {
                id: id.to_owned(),
                name: None,
                category,
                kind: "Other".to_owned(),
                description: Some("all detectors together; their kind is not told".to_owned()),
            }]
        };
        Portal {
            instrument,
            gamma: all("GAMMA", Category::Gamma),
            neutron: all("NEUTRON", Category::Neutron),
            offset,
            creator: creator.to_owned(),
            spectra: false,
        }
    }

    fn stamp(&self, at: Timestamp) -> Stamp {
        Stamp { at, offset: self.offset }
    }
}

/// The document of one occupancy. `lines` is empty where they are gone; then the document has the sums alone, and says so.
pub fn document(portal: &Portal, occupancy: &Occupancy, lines: &Lines) -> Document {
    let group = group_id(occupancy);
    let seed = format!("{} {} {group}", portal.instrument.id, occupancy.began);
    let mut detectors = portal.gamma.clone();
    detectors.extend(portal.neutron.iter().cloned());
    let mut writer = Writer { portal, group: group.clone(), measurements: Vec::new() };
    writer.background(occupancy, lines);
    writer.gamma(occupancy, lines);
    writer.neutron(lines);
    writer.states(lines);
    if lines.is_empty() {
        writer.whole(occupancy);
    }
    let spectra = writer.measurements.iter().any(|one| !one.spectra.is_empty());
    let calibration =
        (CALIBRATION.to_owned(), vec![Decimal::ZERO, Decimal::from(375), Decimal::ZERO]);
    Document {
        uuid: Some(uuid(&seed)),
        written: Some(portal.stamp(occupancy.ended)),
        remarks: remarks(occupancy, lines, spectra),
        creator: Some(portal.creator.clone()),
        instrument: portal.instrument.clone(),
        detectors,
        items: vec![ITEM.to_owned()],
        windows: Vec::new(),
        calibrations: if spectra { vec![calibration] } else { Vec::new() },
        groups: vec![Group { uuid: Some(uuid(&format!("{seed} group"))), id: group.clone() }],
        measurements: writer.measurements,
        derived: false,
        analyses: vec![analysis(portal, occupancy, lines, group)],
    }
}

/// `OCC-594` by the device's counter, or by the moment of its beginning if the device told none.
fn group_id(occupancy: &Occupancy) -> String {
    match occupancy.device_counter {
        Some(counter) => format!("OCC-{counter}"),
        None => format!("OCC-T{}", occupancy.began.as_millisecond()),
    }
}

fn remarks(occupancy: &Occupancy, lines: &Lines, spectra: bool) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut say = |remark: &str| remarks.push(remark.to_owned());
    if lines.is_empty() {
        say(
            "The counts of the single intervals are not in the source of this document: it has what they amount to.",
        );
    }
    if lines.cut {
        say("There were more intervals than are kept: the last ones are missing.");
    }
    if occupancy.quality.interval_unknown {
        say(
            "The instrument does not tell over what time it counts: counts of its states are left out, for each needs a live time.",
        );
    }
    if occupancy.quality.no_presence {
        say("The instrument saw no vehicle: the occupancy is the time in which it alarmed.");
    }
    if spectra {
        say("Spectra are no spectra: the first of eight channels repeats the gross counts.");
    }
    if occupancy.missed_before > 0 {
        remarks.push(format!(
            "By the counter of the instrument {} occupancies before this one were never heard.",
            occupancy.missed_before
        ));
    }
    remarks
}

struct Writer<'a> {
    portal: &'a Portal,
    group: String,
    measurements: Vec<Measurement>,
}

impl Writer<'_> {
    fn measurement(
        &self,
        id: String,
        class: Class,
        start: Timestamp,
        length: Decimal,
    ) -> Measurement {
        Measurement {
            id,
            groups: vec![self.group.clone()],
            items: if class == Class::Foreground { vec![ITEM.to_owned()] } else { Vec::new() },
            remarks: Vec::new(),
            class,
            start: Some(self.portal.stamp(start)),
            real_time_s: Some(length),
            spectra: Vec::new(),
            counts: Vec::new(),
            dose_rates: Vec::new(),
            faults: Vec::new(),
            speed_m_s: None,
            occupied: Some(class == Class::Foreground),
        }
    }

    /// One number for each detector that there is a number for.
    fn counts(
        &self,
        to: &mut Measurement,
        detectors: &[Detector],
        numbers: &[Decimal],
        length: Decimal,
    ) {
        for (detector, number) in detectors.iter().zip(numbers) {
            let id = format!("{}-{}", to.id, detector.id);
            if self.portal.spectra && detector.category == Category::Gamma {
                let mut channels = vec![Decimal::ZERO; CHANNELS];
                if let Some(first) = channels.first_mut() {
                    *first = *number;
                }
                to.spectra.push(Spectrum {
                    id: format!("{id}-S"),
                    detector: Some(detector.id.clone()),
                    calibration: Some(CALIBRATION.to_owned()),
                    live_time_s: Some(length),
                    channels,
                });
            }
            to.counts.push(GrossCounts {
                id,
                detector: detector.id.clone(),
                windows: None,
                live_time_s: Some(length),
                counts: vec![*number],
            });
        }
    }

    fn background(&mut self, occupancy: &Occupancy, lines: &Lines) {
        let second = Decimal::ONE;
        let start = lines.gamma_background.map_or(occupancy.began, |(at, _)| at);
        let mut background = self.measurement(
            "BG".to_owned(),
            Class::Background,
            before(start, NEUTRON_INTERVAL),
            second,
        );
        let gamma: Vec<Decimal> =
            occupancy.gamma_background.iter().flatten().map(|rate| Decimal::from(rate.0)).collect();
        let sum = |rate: MilliCountsPerSecond| vec![Decimal::new(rate.0.into(), 3)];
        let neutron = match (lines.neutron_background, occupancy.neutron_background) {
            (Some(four), _) if self.portal.neutron.len() > 1 => four.to_vec(),
            (_, Some(rate)) if self.portal.neutron.len() == 1 => sum(rate),
            (Some(_) | None, _) => Vec::new(),
        };
        self.counts(&mut background, &self.portal.gamma, &gamma, second);
        self.counts(&mut background, &self.portal.neutron, &neutron, second);
        if lines.gamma_background.is_none() && !background.counts.is_empty() {
            let remark = "When this background was told is not in the source: the second before the occupancy stands here.";
            background.remarks.push(remark.to_owned());
        }
        if !background.counts.is_empty() {
            self.measurements.push(background);
        }
    }

    fn gamma(&mut self, occupancy: &Occupancy, lines: &Lines) {
        let length = Decimal::new(2, 1);
        let burst = !occupancy.quality.start_truncated;
        let instant = lines.gamma.first().map(|(at, _)| *at);
        // Lines of the burst came at one instant: each is 0.2 s older than the one behind it.
        let at_once = lines
            .gamma
            .iter()
            .take_while(|(at, _)| {
                instant.is_some_and(|first| at.duration_since(first) < GAMMA_INTERVAL / 2)
            })
            .count();
        let mut speeds = lines.speeds.iter().peekable();
        for (index, (at, counts)) in lines.gamma.iter().enumerate() {
            let behind = i32::try_from(at_once.saturating_sub(index)).unwrap_or(0).max(1);
            let start = before(*at, GAMMA_INTERVAL.checked_mul(behind).unwrap_or(GAMMA_INTERVAL));
            let id = format!("FG-{}", index + 1);
            let mut one = self.measurement(id, Class::Foreground, start, length);
            one.occupied = Some(!(burst && index < LINES_BEFORE));
            let last = index + 1 == lines.gamma.len();
            while let Some((_, speed)) =
                speeds.next_if(|(told, _)| one.occupied == Some(true) && (told <= at || last))
            {
                one.speed_m_s = Some(Decimal::new(speed.0.into(), 3));
            }
            let numbers = counts.map(|count| Decimal::from(count.0));
            self.counts(&mut one, &self.portal.gamma, &numbers, length);
            self.measurements.push(one);
        }
    }

    fn neutron(&mut self, lines: &Lines) {
        for (index, (at, counts)) in lines.neutron.iter().enumerate() {
            let id = format!("FN-{}", index + 1);
            let start = before(*at, NEUTRON_INTERVAL);
            let mut one = self.measurement(id, Class::Foreground, start, Decimal::ONE);
            // The first one covers the second before the vehicle.
            one.occupied = Some(index > 0);
            let numbers = counts.map(|count| Decimal::from(count.0));
            self.counts(&mut one, &self.portal.neutron, &numbers, Decimal::ONE);
            self.measurements.push(one);
        }
    }

    /// States: gamma and neutrons of each in measurements of their own, for their live times differ.
    fn states(&mut self, lines: &Lines) {
        for (index, (at, state)) in lines.states.iter().enumerate() {
            let channels: [(&str, &Channel, &[Detector]); 2] = [
                ("FG", &state.gamma, &self.portal.gamma),
                ("FN", &state.neutron, &self.portal.neutron),
            ];
            for (prefix, channel, detectors) in channels {
                let Some(Measured { counts, interval_ms: Some(ms) }) = channel.counts else {
                    continue;
                };
                let length = Decimal::new(ms.into(), 3);
                let start = before(*at, SignedDuration::from_millis(ms.into()));
                let id = format!("{prefix}-{}", index + 1);
                let mut one = self.measurement(id, Class::Foreground, start, length);
                one.occupied = state.present;
                self.counts(&mut one, detectors, &[counts], length);
                if prefix == "FG" {
                    one.speed_m_s = state.speed.map(|speed| Decimal::new(speed.0.into(), 3));
                    if let (Some(dose), Some(detector)) = (state.dose_rate_nsv_h, detectors.first())
                    {
                        one.dose_rates.push(DoseRate {
                            id: format!("{}-D", one.id),
                            detector: detector.id.clone(),
                            usv_h: Decimal::new(dose.into(), 3),
                        });
                    }
                }
                self.measurements.push(one);
            }
        }
    }

    /// The whole occupancy as one measurement without counts.
    fn whole(&mut self, occupancy: &Occupancy) {
        let lasted = occupancy.ended.duration_since(occupancy.began).as_millis();
        let length = Decimal::new(i64::try_from(lasted).unwrap_or(0).max(0), 3);
        let mut whole =
            self.measurement("FG".to_owned(), Class::Foreground, occupancy.began, length);
        whole.speed_m_s = mean(&occupancy.speeds).map(|speed| Decimal::new(speed.into(), 3));
        self.measurements.push(whole);
    }
}

fn mean(speeds: &[MillimetresPerSecond]) -> Option<u32> {
    let sum: u64 = speeds.iter().map(|speed| u64::from(speed.0)).sum();
    sum.checked_div(speeds.len() as u64).and_then(|mean| u32::try_from(mean).ok())
}

fn analysis(portal: &Portal, occupancy: &Occupancy, lines: &Lines, group: String) -> Analysis {
    let settings = &occupancy.settings;
    let n_sigma = Decimal::new(settings.n_sigma_milli.0.into(), 3).normalize();
    let evaluated = occupancy.max_distance.is_some();
    let mut alarms = Vec::new();
    let sides = [
        (occupancy.gamma, Category::Gamma, &portal.gamma, lines.flagged[0]),
        (occupancy.neutron, Category::Neutron, &portal.neutron, lines.flagged[1]),
    ];
    for (agreement, category, detectors, at) in sides {
        let Some(description) = who(agreement) else { continue };
        alarms.push(Alarm {
            detectors: detectors.iter().map(|detector| detector.id.clone()).collect(),
            at: at.map(|at| portal.stamp(at)),
            category,
            description: Some(description.to_owned()),
        });
    }
    let maximum = occupancy.max_window_sum.map(|sum| Decimal::from(sum.0));
    let background = occupancy
        .gamma_background
        .as_ref()
        .map(|rates| Decimal::from(CountsPerSecond::sum(rates).0));
    let rates =
        (maximum.is_some() || background.is_some()).then_some(CountRates { maximum, background });
    Analysis {
        groups: vec![group],
        remarks: Vec::new(),
        algorithm: Some("gross counts of one second against the background before".to_owned()),
        versions: vec![("agent".to_owned(), "1".to_owned())],
        settings: vec![
            ["NSigma".to_owned(), n_sigma.to_string(), "unit-less".to_owned()],
            ["Intervals".to_owned(), settings.intervals.to_string(), "unit-less".to_owned()],
        ],
        description: Some(format!(
            "gamma: {}; neutron: {}; {}; ended by {}",
            told(occupancy.gamma),
            told(occupancy.neutron),
            if evaluated { "own evaluation made" } else { "own evaluation not made" },
            ended_by(occupancy.ended_by),
        )),
        alarms,
        rates,
        faults: faults(occupancy),
    }
}

fn who(agreement: Agreement) -> Option<&'static str> {
    match agreement {
        Agreement::None => None,
        Agreement::Agree => Some("flagged by the instrument; the agent's own evaluation agrees"),
        Agreement::DeviceOnly => Some(
            "flagged by the instrument; the agent's own evaluation does not alarm or was not made",
        ),
        Agreement::OwnOnly => Some("the agent's own evaluation alone; the instrument did not flag"),
    }
}

fn told(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::None => "no alarm",
        Agreement::Agree => "instrument and agent alarm",
        Agreement::DeviceOnly => "the instrument alarms",
        Agreement::OwnOnly => "the agent alone alarms",
    }
}

fn ended_by(by: EndedBy) -> &'static str {
    match by {
        EndedBy::Device => "the instrument",
        EndedBy::Implied => "the next background",
        EndedBy::Quiet => "ten seconds without an alarm",
        EndedBy::Timeout => "silence",
        EndedBy::LinkLost => "the loss of the link",
    }
}

/// What is to be said against the measurement, as faults of the instrument: code, sentence, severity.
fn faults(occupancy: &Occupancy) -> Vec<Fault> {
    let Quality {
        start_truncated,
        missed_occupancy,
        interval_missing,
        no_background,
        background_depressed,
        background_fault,
        tamper_during,
        speed_saturated,
        assumed_config,
        interval_unknown,
        no_presence,
        device_fault,
    } = occupancy.quality;
    let flags = [
        (start_truncated, "start_truncated", "its beginning was not heard", Severity::Warning),
        (
            missed_occupancy,
            "missed_occupancy",
            "an occupancy before it was never heard",
            Severity::Warning,
        ),
        (interval_missing, "interval_missing", "intervals are missing", Severity::Warning),
        (no_background, "no_background", "no background is known", Severity::Error),
        (
            background_depressed,
            "background_depressed",
            "the background was low: a return to normal may alarm",
            Severity::Warning,
        ),
        (
            background_fault,
            "background_fault",
            "the background was beyond the limits of the instrument",
            Severity::Error,
        ),
        (tamper_during, "tamper_during", "the cabinet was open", Severity::Error),
        (speed_saturated, "speed_saturated", "a speed was too high to measure", Severity::Warning),
        (assumed_config, "assumed_config", "the settings are assumed", Severity::Warning),
        (
            interval_unknown,
            "interval_unknown",
            "over what time the instrument counts is not known",
            Severity::Warning,
        ),
        (no_presence, "no_presence", "the instrument saw no vehicle", Severity::Warning),
        (
            device_fault,
            "device_fault",
            "the instrument reported a fault of its own",
            Severity::Error,
        ),
    ];
    let mut faults: Vec<Fault> = flags
        .into_iter()
        .filter(|(set, ..)| *set)
        .map(|(_, code, description, severity)| Fault {
            code: code.to_owned(),
            description: description.to_owned(),
            severity,
        })
        .collect();
    for told in occupancy.given.iter().flat_map(|given| &given.faults) {
        faults.push(Fault {
            code: told.clone(),
            description: "as the instrument reported it".to_owned(),
            severity: Severity::Error,
        });
    }
    faults
}

fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(at)
}

/// A UUID of version 8 (RFC 9562) made of a text: the same text, the same UUID.
fn uuid(of: &str) -> String {
    // FNV-1a of 128 bits: it tells documents apart, and protects nothing.
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in of.bytes() {
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
    }
    let hash = (hash & !(0xf << 76) & !(0x3 << 62)) | (0x8 << 76) | (0x2 << 62);
    let hex = format!("{hash:032x}");
    let parts =
        [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default());
    parts.join("-")
}
