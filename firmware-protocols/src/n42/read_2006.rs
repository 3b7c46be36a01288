//! Files of ANSI N42.42-2006: the same facts under other names.
//!
//! `N42InstrumentData` holds `Measurement`s with one `InstrumentInformation` and either one `Spectrum` and dose records, or a `DetectorData`
//! for each slice of time (portals). Each slice becomes one measurement. Nothing is taken but what the document of 2012 has a place for.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use roxmltree::Node;
use rust_decimal::Decimal;

use super::document::{
    Category, Class, Detector, Document, GrossCounts, Instrument, Measurement, Spectrum,
};
use super::read::{
    Passed, Refused, attribute, category, child, children, expand, number, numbers, own_text,
    seconds, stamp, text,
};
use crate::limits;

pub(super) fn document(root: Node<'_, '_>, passed: &mut Passed) -> Result<Document, Refused> {
    let mut document = Document::default();
    for part in children(root, "Measurement") {
        if let Some(node) = child(part, "InstrumentInformation") {
            document.instrument = instrument(node);
        }
        let slices: Vec<Node<'_, '_>> = children(part, "DetectorData").collect();
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

fn instrument(node: Node<'_, '_>) -> Instrument {
    let version = text(node, "InstrumentVersion");
    Instrument {
        id: text(node, "InstrumentID").unwrap_or_default(),
        manufacturer: text(node, "Manufacturer").unwrap_or_default(),
        identifier: text(node, "InstrumentID"),
        model: text(node, "InstrumentModel").unwrap_or_default(),
        description: None,
        class: text(node, "InstrumentType").unwrap_or_default(),
        versions: version.into_iter().map(|version| ("Software".to_owned(), version)).collect(),
    }
}

fn slice(node: Node<'_, '_>, document: &mut Document, passed: &mut Passed) -> Result<(), Refused> {
    let number_of = document.measurements.len() + 1;
    let mut measurement = Measurement {
        id: format!("M-{number_of}"),
        groups: Vec::new(),
        items: Vec::new(),
        remarks: children(node, "Remark").filter_map(own_text).collect(),
        class: Class::NotSpecified,
        start: start(node, passed)?,
        real_time_s: real_time(node)?,
        spectra: Vec::new(),
        counts: Vec::new(),
        dose_rates: Vec::new(),
        faults: Vec::new(),
        speed_m_s: text(node, "Speed").map(|value| number("Speed", &value)).transpose()?.and_then(
            |value| {
                let unit = child(node, "Speed").and_then(|speed| speed.attribute("Units"));
                metres_per_second(value, unit, passed)
            },
        ),
        occupied: match text(node, "Occupied").as_deref() {
            Some("1" | "true") => Some(true),
            Some("0" | "false") => Some(false),
            Some(_) | None => None,
        },
    };
    for found in node.descendants().filter(Node::is_element) {
        match found.tag_name().name() {
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
                let compressed = child(found, "ChannelData")
                    .and_then(|data| data.attribute("Compression"))
                    .is_some_and(|code| code.eq_ignore_ascii_case("CountedZeroes"));
                let values = numbers(found, "ChannelData")?;
                let name = detector(found, document);
                measurement.spectra.push(Spectrum {
                    id: format!("M-{number_of}-S-{}", measurement.spectra.len() + 1),
                    detector: Some(name),
                    calibration: None,
                    live_time_s: text(found, "LiveTime")
                        .map(|value| seconds("LiveTime", &value))
                        .transpose()?,
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
                        (_, Some(live)) => Some(seconds("LiveTime", &live)?),
                        (_, None) => None,
                    },
                    counts: alloc::vec![number(name, &value)?],
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

fn class(spectrum: Node<'_, '_>) -> Class {
    let kind = text(spectrum, "SourceType").unwrap_or_default();
    match kind.as_str() {
        "Background" => Class::Background,
        "Calibration" => Class::Calibration,
        "Item" | "Foreground" => Class::Foreground,
        _ => Class::NotSpecified,
    }
}

/// The id of the detector that a record names, itself or by an element around it; added to the document when it is new.
fn detector(record: Node<'_, '_>, document: &mut Document) -> String {
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
    node: Node<'_, '_>,
    passed: &mut Passed,
) -> Result<Option<super::document::Stamp>, Refused> {
    text(node, "StartTime").map(|value| stamp("StartTime", &value, passed)).transpose()
}

fn real_time(node: Node<'_, '_>) -> Result<Option<Decimal>, Refused> {
    let value = text(node, "SampleRealTime").or_else(|| text(node, "RealTime"));
    value.map(|value| seconds("RealTime", &value)).transpose()
}

fn metres_per_second(value: Decimal, unit: Option<&str>, passed: &mut Passed) -> Option<Decimal> {
    let factor = match unit {
        None | Some("m/s") => Decimal::ONE,
        Some("mph") => Decimal::new(44_704, 5),
        Some("km/h" | "kph") => Decimal::ONE.checked_div(Decimal::new(36, 1))?,
        Some(other) => {
            passed.over(format!("a speed in `{other}` is left out"));
            return None;
        }
    };
    value.checked_mul(factor).map(|speed| speed.round_dp(4))
}
