//! A backpack RS-350 in the place of a portal: a document a second, background about every 30 s (docs/protocols/rs350.md).
//!
//! It sees no vehicles: an alarm is in every document as long as it lasts.

use std::time::Duration;

use firmware_protocols::n42::{
    Alarm, Analysis, Category, Class, Detector, Document, DoseRate, GrossCounts, Group, Instrument,
    Measurement, Spectrum, Stamp,
};
use firmware_protocols::portal::rs350;
use jiff::tz::Offset;
use rust_decimal::Decimal;

use super::super::manner::Misbehaviour;
use super::super::{Apparatus, Instead, Saying, Start};
use super::Spell;
use super::watch::{Measured, Watch};
use crate::story::Act;

/// A backpack.
#[derive(Debug)]
pub(in crate::apparatus) struct Backpack {
    name: String,
    start: Start,
    watch: Watch,
    spell: Spell,
}

const KNOWN: &[Misbehaviour] = &[Misbehaviour::CutAnswers];
const GAMMA_CPS: f64 = 420.0;
const NEUTRON_CPS: f64 = 1.2;
const SECOND: Duration = Duration::from_secs(1);
const BACKGROUND_EVERY_S: u64 = 30;
/// Almaty, as every story.
const ZONE_HOURS: i8 = 5;

impl Backpack {
    pub(in crate::apparatus) fn new(name: &str, start: Start) -> Backpack {
        Backpack {
            name: name.to_owned(),
            start,
            watch: Watch::new(start.seed, GAMMA_CPS, NEUTRON_CPS, SECOND),
            spell: Spell::default(),
        }
    }

    fn stamp(&self, at: Duration) -> Stamp {
        Stamp { at: self.start.clock(at), offset: Offset::constant(ZONE_HOURS) }
    }

    fn document(&self, measured: &Measured) -> Document {
        let group = "GRP-1";
        let second = measured.at.as_secs();
        let counted = (measured.gamma.into(), measured.neutron.into());
        let mut measurements =
            vec![self.measurement("Foreground", Class::Foreground, measured.at, counted, group)];
        if second % BACKGROUND_EVERY_S == 1 {
            let whole = |usual: f64| Decimal::from_f64_retain(usual).unwrap_or_default().round();
            let usual = (whole(measured.gamma_background), whole(measured.neutron_background));
            measurements.push(self.measurement(
                "Background",
                Class::Background,
                measured.at,
                usual,
                group,
            ));
        }
        let alarms: Vec<Alarm> = [
            (measured.gamma_alarm, Category::Gamma, "Gamma"),
            (measured.neutron_alarm, Category::Neutron, "Neutron"),
        ]
        .into_iter()
        .filter(|(alarm, ..)| *alarm)
        .map(|(_, category, detector)| Alarm {
            detectors: vec![detector.to_owned()],
            at: Some(self.stamp(measured.at)),
            category,
            description: None,
        })
        .collect();
        let alarming = !alarms.is_empty();
        let analysis = Analysis { groups: vec![group.to_owned()], alarms, ..Analysis::default() };
        Document {
            uuid: Some(uuid(self.start.seed, second)),
            written: Some(self.stamp(measured.at)),
            instrument: Instrument {
                id: "RS350".to_owned(),
                manufacturer: "Radiation Solutions Inc.".to_owned(),
                identifier: Some(self.name.clone()),
                model: "RS-350".to_owned(),
                class: "Backpack".to_owned(),
                versions: vec![("Software".to_owned(), "3.0".to_owned())],
                ..Instrument::default()
            },
            detectors: vec![
                detector("Gamma", Category::Gamma, "NaI"),
                detector("Neutron", Category::Neutron, "He3"),
            ],
            calibrations: vec![
                ("LinEnCal".to_owned(), [0, 3, 0].map(Decimal::from).to_vec()),
                ("CmpEnCal".to_owned(), [0, 192, 0].map(Decimal::from).to_vec()),
            ],
            groups: vec![Group { id: group.to_owned(), uuid: None }],
            measurements,
            derived: alarming,
            analyses: if alarming { vec![analysis] } else { Vec::new() },
            ..Document::default()
        }
    }

    fn measurement(
        &self,
        id: &str,
        class: Class,
        at: Duration,
        (gamma, neutron): (Decimal, Decimal),
        group: &str,
    ) -> Measurement {
        let one = Some(Decimal::ONE);
        let counts = |detector: &str, counts| GrossCounts {
            id: format!("{id}-{detector}"),
            detector: detector.to_owned(),
            windows: None,
            live_time_s: one,
            counts: vec![counts],
        };
        let spectrum = |calibration: &str, channels: usize| {
            let mut spread = vec![Decimal::ZERO; channels];
            if let Some(first) = spread.first_mut() {
                *first = gamma;
            }
            Spectrum {
                id: format!("{id}-{calibration}"),
                detector: Some("Gamma".to_owned()),
                calibration: Some(calibration.to_owned()),
                live_time_s: one,
                channels: spread,
            }
        };
        let usual = Decimal::from_f64_retain(GAMMA_CPS).unwrap_or(Decimal::ONE);
        Measurement {
            id: id.to_owned(),
            groups: vec![group.to_owned()],
            items: Vec::new(),
            remarks: Vec::new(),
            class,
            start: Some(self.stamp(at.saturating_sub(SECOND))),
            real_time_s: one,
            spectra: vec![spectrum("LinEnCal", 1024), spectrum("CmpEnCal", 16)],
            counts: vec![counts("Gamma", gamma), counts("Neutron", neutron)],
            dose_rates: vec![DoseRate {
                id: format!("{id}-Dose"),
                detector: "Gamma".to_owned(),
                // A tenth of a microsievert an hour for the background.
                usv_h: (gamma / usual / Decimal::TEN).round_dp(4),
            }],
            faults: Vec::new(),
            speed_m_s: None,
            occupied: None,
        }
    }
}

fn detector(id: &str, category: Category, kind: &str) -> Detector {
    Detector { id: id.to_owned(), name: None, category, kind: kind.to_owned(), description: None }
}

/// An identity that is the same whenever the story is told.
fn uuid(seed: u64, second: u64) -> String {
    format!("{:08x}-0000-4000-8000-{second:012x}", seed & 0xffff_ffff)
}

impl Apparatus for Backpack {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        super::can_befall_a_portal(act, KNOWN)
    }

    fn befalls(&mut self, at: Duration, act: &Act, _: &mut Vec<Saying>) {
        self.watch.befalls(at, act);
        self.spell.befalls(at, act, KNOWN);
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        let measured = self.watch.next(horizon)?;
        let mut document = rs350::encode(&self.document(&measured));
        if self.spell.does(Misbehaviour::CutAnswers, measured.at) {
            document.truncate(document.len() / 2);
        }
        Some((measured.at, document))
    }
}
