//! What an agent should record of a story: for each line about a device, the entries of the journal that should follow from it.
//!
//! Told from the story alone, and not from the bytes: what comes of it can be held against what a decoder makes of the bytes. An entry is named as
//! in the journal (`edge-agent journal export`, `edge-agent replay`), with those of its words that follow from the story.
//!
//! Where nothing can be told for certain (a device that misbehaves, a line that garbles, a load near the threshold), that is said instead. What an
//! agent tells besides is no contradiction: visits, comparisons, the weight of an empty scale.

use std::collections::BTreeMap;
use std::time::Duration;

use firmware_protocols::Dialect;
use firmware_protocols::weighbridge::Display;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::cast::{Device, Line};
use crate::indicator::Scale;
use crate::story::{Act, Scanned, SealAct, SealState, Trouble, Vehicle};

/// What follows from one line of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The line of the story, from 1.
    pub line: usize,
    /// The device.
    pub device: String,
    /// What befalls it, in the words of the story.
    pub story: String,
    /// What an agent should record, in this order.
    pub entries: Vec<Entry>,
    /// Why more cannot be told, if it cannot.
    pub uncertain: Option<&'static str>,
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its kind, such as `plate_read`.
    pub kind: &'static str,
    /// Words of it by their names.
    pub with: BTreeMap<&'static str, String>,
    /// It follows from the line and not from bytes: a recording of what the device said does not show it.
    pub of_line: bool,
}

impl Entry {
    fn of<const N: usize>(kind: &'static str, with: [(&'static str, String); N]) -> Entry {
        Entry { kind, with: BTreeMap::from(with), of_line: false }
    }
}

/// What is certain, or why nothing is.
pub(crate) type Certain = Result<Vec<Entry>, &'static str>;

/// A scale settles within so long after a vehicle drives on, and an agent has to see that it stands.
const SETTLES: Duration = Duration::from_secs(8);
/// A load of so many times the background, over this share of the vehicle, is beyond any threshold that sites set; less may be.
const LOUD_TIMES: f64 = 2.0;
const LOUD_WIDTH_PERCENT: u8 = 10;

/// What one device's agent should record. It remembers what befell the device before.
#[derive(Debug)]
pub(crate) struct Prophet {
    dialect: Dialect,
    line: Line,
    has_status: bool,
    /// Until then the device misbehaves, and its background is another.
    doubtful_until: Duration,
    /// Something has changed what a scale shows of a load.
    scale_was_touched: bool,
    /// A vehicle stands on it until then.
    loaded_until: Duration,
}

const MISBEHAVES: &str = "the device misbehaves";
const NOT_SAID: &str = "what an agent records of this depends on how it is set";

impl Prophet {
    pub(crate) fn new(device: &Device) -> Prophet {
        Prophet {
            dialect: device.dialect,
            line: device.line.clone(),
            has_status: device.status_topic.is_some(),
            doubtful_until: Duration::ZERO,
            scale_was_touched: false,
            loaded_until: Duration::ZERO,
        }
    }

    /// What follows when this befalls the device.
    pub(crate) fn befalls(&mut self, at: Duration, act: &Act) -> Certain {
        if let Act::Misbehaves { time, .. } | Act::Sags { time, .. } = act {
            self.doubtful_until = self.doubtful_until.max(at + *time);
            return Err(MISBEHAVES);
        }
        if at < self.doubtful_until {
            return Err(MISBEHAVES);
        }
        match act {
            Act::Reads { plate: None, .. } => Ok(Vec::new()),
            Act::Reads { plate: Some(plate), .. } => Ok(vec![plate_read(plate)]),
            Act::Vehicle(vehicle) => self.screened(vehicle),
            Act::Load { gross_kg, time } => self.weighed(at, *gross_kg, *time),
            Act::Drifts { .. } | Act::Shakes { .. } | Act::Presses(_) | Act::Restarts => {
                self.scale_was_touched = true;
                Err(NOT_SAID)
            }
            Act::Axles { .. }
            | Act::SetTo { .. }
            | Act::Addressed { .. }
            | Act::Recording { .. } => Err(NOT_SAID),
            Act::Tamper { open } => {
                Ok(vec![Entry::of("tamper_changed", [("open", open.to_string())])])
            }
            Act::Seal { seal, act: SealAct::Reports(state) } => Ok(vec![self.seal(seal, *state)]),
            Act::Seal { .. } => Err(NOT_SAID),
            Act::Tags { tags, .. } => Ok(tags
                .iter()
                .map(|tag| {
                    let epc = tag.epc.iter().map(|byte| format!("{byte:02X}")).collect();
                    Entry::of("seal_read", [("seal", epc)])
                })
                .collect()),
            Act::Antenna { connected: true, .. } => Ok(Vec::new()),
            Act::Antenna { connected: false, .. } => {
                let fault = ("fault", "antenna-lost".to_owned());
                Ok(vec![Entry::of("device_faulted", [fault])])
            }
            Act::Scans(scanned) => Ok(vec![scan(scanned)]),
            Act::Misbehaves { .. } | Act::Sags { .. } => Err(MISBEHAVES),
        }
    }

    /// What follows when this befalls its line.
    pub(crate) fn troubled(&mut self, trouble: &Trouble) -> Certain {
        match trouble {
            Trouble::Cut { .. } => {}
            Trouble::Silent { .. } => return Err(NOT_SAID),
            Trouble::Garbage { .. }
            | Trouble::Garbled { .. }
            | Trouble::Speed { .. }
            | Trouble::Late { .. } => return Err("the line is bad"),
        }
        let told = match &self.line {
            Line::Tcp(_) | Line::Listen(_) | Line::Serial { .. } | Line::Sparkplug(_) => true,
            Line::Mqtt(_) => self.has_status,
            Line::Udp(_) | Line::HttpPush => false,
        };
        let becomes = |health: &str| Entry {
            of_line: true,
            ..Entry::of("device_health_changed", [("health", health.to_owned())])
        };
        if !told {
            return Ok(Vec::new());
        }
        // Who speaks seldom is back when it speaks.
        Ok(vec![becomes("offline")])
    }

    fn screened(&self, vehicle: &Vehicle) -> Certain {
        let quiet = vehicle.gamma_times == 0.0 && vehicle.neutron_cps == 0.0;
        let loud =
            vehicle.gamma_times >= LOUD_TIMES && vehicle.gamma_width_percent >= LOUD_WIDTH_PERCENT;
        let verdict = |word: &str| Entry::of("vehicle_screened", [("verdict", word.to_owned())]);
        // Backpacks and detectors see no vehicles, only what they radiate.
        let blind = matches!(self.dialect, Dialect::Rs350 | Dialect::KromekD5);
        match (loud, quiet) {
            (true, _) => Ok(vec![
                Entry::of("alarm_raised", [("cause", "radiation_gamma".to_owned())]),
                verdict("above_background"),
            ]),
            (_, true) if blind => Ok(Vec::new()),
            (_, true) => Ok(vec![verdict("within_background")]),
            _ if blind => Err("a load near the threshold"),
            _ => Ok(vec![Entry::of("vehicle_screened", [])]),
        }
    }

    fn weighed(&mut self, at: Duration, gross_kg: Decimal, time: Duration) -> Certain {
        let alone = self.loaded_until <= at;
        self.loaded_until = self.loaded_until.max(at + time);
        if self.scale_was_touched || !alone {
            return Err("the zero or the tare of the scale is not that of an empty one");
        }
        match Scale::default().shows(gross_kg) {
            Display::Value(kg) if time >= SETTLES => {
                Ok(vec![Entry::of("vehicle_weighed", [("gross_kg", kg.normalize().to_string())])])
            }
            Display::Value(_) => Err("the vehicle may be gone before the scale stands still"),
            Display::Overload
            | Display::Underload
            | Display::OutOfRange
            | Display::Blank
            | Display::Withheld => Ok(Vec::new()),
        }
    }

    fn seal(&self, seal: &str, state: SealState) -> Entry {
        let mut read = Entry::of("seal_read", [("seal", seal.to_owned())]);
        // Other dialects have no word for some states, and what was opened before stays opened.
        if self.dialect == Dialect::Json && state == SealState::Opened {
            read.with.insert("condition", "opened".to_owned());
        }
        read
    }
}

/// The journal has a plate without separators; look-alike letters of other alphabets are its business.
fn plate_read(plate: &str) -> Entry {
    let mut read = Entry::of("plate_read", []);
    if plate.is_ascii() {
        let letters = plate.chars().filter(char::is_ascii_alphanumeric);
        read.with.insert("plate", letters.collect::<String>().to_ascii_uppercase());
    }
    read
}

fn scan(scanned: &Scanned) -> Entry {
    match scanned {
        Scanned::Code { .. } | Scanned::Document(_) => Entry::of("scanned", []),
        Scanned::Inspection { vehicle, .. } => {
            Entry::of("scanned", [("names_vehicle", vehicle.clone())])
        }
    }
}
