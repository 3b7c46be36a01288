//! The part of the contract by which a weigh-in-motion station hands over a vehicle that drove by.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{Kilograms, MassUnit};

use crate::excerpt::Raw;
use crate::limits;
use crate::weighbridge::{Passage, PassedAxle};

/// The keys below `passage`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Passed {
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<MassUnit>,
    axles: Vec<PassedOn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gross: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed_kmh: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length_m: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
}

/// The keys of one axle.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct PassedOn {
    #[serde(skip_serializing_if = "Option::is_none")]
    load: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spacing_m: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed_kmh: Option<String>,
    valid: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
}

/// A number of the contract: a string, because a JSON number becomes a float on its way.
pub(super) fn decimal(key: &str, text: &str) -> Result<Decimal, String> {
    let shape = text.len() <= 20
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    shape
        .then(|| Decimal::from_str_exact(text).ok())
        .flatten()
        .ok_or_else(|| format!("`{key}` is a decimal number in a string, such as \"40000.5\""))
}

/// A number that is not negative.
fn size(key: &str, text: Option<&String>) -> Result<Option<Decimal>, String> {
    let Some(text) = text else { return Ok(None) };
    let size = decimal(key, text)?;
    if size.is_sign_negative() { Err(format!("`{key}` is not negative")) } else { Ok(Some(size)) }
}

fn remarks(remarks: Vec<String>) -> Result<Vec<String>, String> {
    let too_long = |text: &String| text.chars().count() > limits::TEXT_CHARS;
    if remarks.len() > limits::REMARKS || remarks.iter().any(too_long) {
        let (most, chars) = (limits::REMARKS, limits::TEXT_CHARS);
        return Err(format!("`remarks` are at most {most} texts of at most {chars} characters"));
    }
    Ok(remarks)
}

/// Reads what a station hands over.
pub(super) fn passage(
    passed: Passed,
    id: Option<String>,
    device_time: Option<Timestamp>,
    lane: Option<u16>,
    document: &[u8],
) -> Result<Passage, String> {
    if passed.axles.is_empty() || passed.axles.len() > limits::AXLES {
        let most = limits::AXLES;
        return Err(format!("`passage.axles` has {}; 1 to {most} expected", passed.axles.len()));
    }
    for (key, text) in [("passage.class", &passed.class), ("passage.plate", &passed.plate)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > limits::TEXT_CHARS) {
            return Err(format!("`{key}` has more than {} characters", limits::TEXT_CHARS));
        }
    }
    let unit = passed.unit.unwrap_or(MassUnit::Kilogram);
    let mass = |key: &str, text: Option<&String>| match size(key, text)? {
        None => Ok(None),
        Some(number) => Kilograms::from_unit(number, unit)
            .map(Some)
            .ok_or_else(|| format!("`{key}` is no mass of a vehicle")),
    };
    let mut axles = Vec::with_capacity(passed.axles.len());
    for axle in passed.axles {
        let load_kg = mass("passage.axles.load", axle.load.as_ref())?;
        if axle.valid && load_kg.is_none() {
            return Err("an axle that is `valid` has a `load`".to_owned());
        }
        axles.push(PassedAxle {
            load_kg,
            spacing_m: size("passage.axles.spacing_m", axle.spacing_m.as_ref())?,
            speed_kmh: size("passage.axles.speed_kmh", axle.speed_kmh.as_ref())?,
            valid: axle.valid,
            remarks: remarks(axle.remarks)?,
        });
    }
    Ok(Passage {
        id,
        device_time,
        lane,
        class: passed.class,
        plate: passed.plate,
        axles,
        gross_kg: mass("passage.gross", passed.gross.as_ref())?,
        speed_kmh: size("passage.speed_kmh", passed.speed_kmh.as_ref())?,
        length_m: size("passage.length_m", passed.length_m.as_ref())?,
        remarks: remarks(passed.remarks)?,
        raw: Raw(document.to_vec()),
    })
}

/// The keys of a passage, in kilograms.
pub(super) fn passed(passage: &Passage) -> Passed {
    let mass = |mass: &Option<Kilograms>| mass.map(|mass| mass.0.to_string());
    let size = |size: &Option<Decimal>| size.map(|size| size.to_string());
    Passed {
        class: passage.class.clone(),
        plate: passage.plate.clone(),
        unit: Some(MassUnit::Kilogram),
        axles: passage
            .axles
            .iter()
            .map(|axle| PassedOn {
                load: mass(&axle.load_kg),
                spacing_m: size(&axle.spacing_m),
                speed_kmh: size(&axle.speed_kmh),
                valid: axle.valid,
                remarks: axle.remarks.clone(),
            })
            .collect(),
        gross: mass(&passage.gross_kg),
        speed_kmh: size(&passage.speed_kmh),
        length_m: size(&passage.length_m),
        remarks: passage.remarks.clone(),
    }
}
