//! Files of ANSI N42.42-2006: the same facts under other names.
//!
//! `N42InstrumentData` holds `Measurement`s with one `InstrumentInformation` and either one `Spectrum` and dose records, or a `DetectorData`
//! for each slice of time (portals). Each slice becomes one measurement. Nothing is taken but what the document of 2012 has a place for.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::document::{
    Category, Class, Detector, Document, GrossCounts, Instrument, Measurement, Spectrum,
};
use super::fields::{
    Numbers, Passed, Refused, number, number_in, seconds, seconds_in, stamp_in, text,
};
use super::parts::category;
use super::read::{attribute, expand, owned, remarks};
use crate::limits;
use crate::xml::Element;

pub(super) fn document(root: Element<'_>, passed: &mut Passed) -> Result<Document, Refused> {
    let mut document = Document::default();
    for part in root.named("Measurement") {
        if let Some(node) = part.child("InstrumentInformation") {
            document.instrument = instrument(node);
        }
        let slices: Vec<Element<'_>> = part.named("DetectorData").collect();
        if slices.is_empty() {
            slice(part, &mut document, passed)?;
        }
        for one in slices {
            slice(one, &mut document, passed)?;
        }
    }
    if document.measurements.is_empty() {
        return Err("there is no Measurement".to_owned());
    }
    Ok(document)
}

fn instrument(node: Element<'_>) -> Instrument {
    let version = owned(node, "InstrumentVersion");
    Instrument {
        id: owned(node, "InstrumentID").unwrap_or_default(),
        manufacturer: owned(node, "Manufacturer").unwrap_or_default(),
        identifier: owned(node, "InstrumentID"),
        model: owned(node, "InstrumentModel").unwrap_or_default(),
        description: None,
        class: owned(node, "InstrumentType").unwrap_or_default(),
        versions: version.into_iter().map(|version| ("Software".to_owned(), version)).collect(),
    }
}

fn slice(node: Element<'_>, document: &mut Document, passed: &mut Passed) -> Result<(), Refused> {
    let number_of = document.measurements.len() + 1;
    let mut measurement = Measurement {
        id: format!("M-{number_of}"),
        groups: Vec::new(),
        items: Vec::new(),
        remarks: remarks(node),
        class: Class::NotSpecified,
        start: start(node, passed)?,
        real_time_s: real_time(node)?,
        spectra: Vec::new(),
        counts: Vec::new(),
        dose_rates: Vec::new(),
        faults: Vec::new(),
        speed_m_s: number_in(node, "Speed")?.and_then(|value| {
            let unit = node.child("Speed").and_then(|speed| speed.attribute("Units"));
            metres_per_second(value, unit, passed)
        }),
        occupied: match text(node, "Occupied") {
            Some("1" | "true") => Some(true),
            Some("0" | "false") => Some(false),
            Some(_) | None => None,
        },
    };
    for found in node.descendants() {
        match found.name() {
            "Spectrum" => {
                if measurement.class == Class::NotSpecified {
                    measurement.class = class(found);
                }
                if measurement.start.is_none() {
                    measurement.start = start(found, passed)?;
                }
                measurement.real_time_s = match measurement.real_time_s {
                    None => real_time(found)?,
                    known => known,
                };
                let compressed = found
                    .child("ChannelData")
                    .and_then(|data| data.attribute("Compression"))
                    .is_some_and(|code| code.eq_ignore_ascii_case("CountedZeroes"));
                let values = Numbers::of(found, "ChannelData").all()?;
                let name = detector(found, document);
                measurement.spectra.push(Spectrum {
                    id: format!("M-{number_of}-S-{}", measurement.spectra.len() + 1),
                    detector: Some(name),
                    calibration: None,
                    live_time_s: seconds_in(found, "LiveTime")?,
                    channels: if compressed { expand(&values, passed) } else { values },
                });
            }
            "CountDoseData" | "GrossCounts" => {
                let total = ["TotalCounts", "Counts", "CountRate"]
                    .into_iter()
                    .find_map(|name| Some((name, text(found, name)?)));
                let Some((name, value)) = total else { continue };
                let live = text(found, "LiveTime").or_else(|| text(found, "SampleRealTime"));
                let detector = detector(found, document);
                measurement.counts.push(GrossCounts {
                    id: format!("M-{number_of}-C-{}", measurement.counts.len() + 1),
                    detector,
                    windows: None,
                    live_time_s: match (name, live) {
                        // A rate is counts of one second.
                        ("CountRate", _) => Some(Decimal::ONE),
                        (_, Some(live)) => Some(seconds("LiveTime", live)?),
                        (_, None) => None,
                    },
                    counts: alloc::vec![number(name, value)?],
                });
            }
            _ => {}
        }
    }
    document.measurements.push(measurement);
    if document.measurements.len() > limits::N42_MEASUREMENTS {
        return Err(format!("there are more than {} measurements", limits::N42_MEASUREMENTS));
    }
    Ok(())
}

fn class(spectrum: Element<'_>) -> Class {
    match text(spectrum, "SourceType").unwrap_or_default() {
        "Background" => Class::Background,
        "Calibration" => Class::Calibration,
        "Item" | "Foreground" => Class::Foreground,
        _ => Class::NotSpecified,
    }
}

/// The id of the detector that a record names, itself or by an element around it; added to the document when it is new.
fn detector(record: Element<'_>, document: &mut Document) -> String {
    let named = |key: &str| record.ancestors().take(4).find_map(|node| attribute(node, key));
    let id = named("Detector").or_else(|| named("DetectorID")).unwrap_or_else(|| "D".to_owned());
    let kind = named("DetectorType");
    let category = match kind.as_deref() {
        // A spectrum without a word is a spectrum of photons.
        None => Category::Gamma,
        Some(_) => category(kind.as_deref()),
    };
    if !document.detectors.iter().any(|known| known.id == id) {
        document.detectors.push(Detector {
            id: id.clone(),
            name: None,
            category,
            kind: String::from("Other"),
            description: kind,
        });
    }
    id
}

fn start(
    node: Element<'_>,
    passed: &mut Passed,
) -> Result<Option<super::document::Stamp>, Refused> {
    stamp_in(node, "StartTime", passed)
}

fn real_time(node: Element<'_>) -> Result<Option<Decimal>, Refused> {
    let value = text(node, "SampleRealTime").or_else(|| text(node, "RealTime"));
    value.map(|value| seconds("RealTime", value)).transpose()
}

fn metres_per_second(value: Decimal, unit: Option<&str>, passed: &mut Passed) -> Option<Decimal> {
    let factor = match unit {
        None | Some("m/s") => Decimal::ONE,
        Some("mph") => Decimal::new(44_704, 5),
        Some("km/h" | "kph") => Decimal::ONE.checked_div(Decimal::new(36, 1))?,
        Some(other) => {
            passed.over(format_args!("a speed in `{other}` is left out"));
            return None;
        }
    };
    value.checked_mul(factor).map(|speed| speed.round_dp(4))
}
