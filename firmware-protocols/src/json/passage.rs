//! The part of the contract by which a weigh-in-motion station hands over a vehicle that drove by.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use units::{Kilograms, MassUnit};

use super::Text;
use crate::excerpt::Raw;
use crate::limits;
use crate::weighbridge::{Passage, PassedAxle};

/// The keys below `passage`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Passed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<MassUnit>,
    axles: Axles,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    gross: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    speed_kmh: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    length_m: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
}

/// The keys of one axle.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct PassedOn<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    load: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    spacing_m: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    speed_kmh: Option<Text<'a>>,
    valid: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
}

/// The axles, in the list that the reading keeps. As long as the unit is not known, which may stand behind them, a load is the number of the document.
#[derive(Debug, Default)]
struct Axles {
    /// At most [`limits::AXLES`].
    kept: Vec<PassedAxle>,
    count: usize,
    /// What is wrong with the first that is.
    complaint: Option<String>,
}

/// Most vehicles have no more.
const USUAL_AXLES: usize = 8;

impl<'de> Deserialize<'de> for Axles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Axles, D::Error> {
        struct EachAxle;

        impl<'de> Visitor<'de> for EachAxle {
            type Value = Axles;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut axles: A) -> Result<Axles, A::Error> {
                let mut all = Axles { kept: Vec::with_capacity(USUAL_AXLES), ..Axles::default() };
                while let Some(axle) = axles.next_element::<PassedOn<'de>>()? {
                    all.count += 1;
                    match axle.read() {
                        Ok(axle) if all.count <= limits::AXLES => all.kept.push(axle),
                        Ok(_) => {}
                        Err(complaint) => {
                            all.complaint.get_or_insert(complaint);
                        }
                    }
                }
                Ok(all)
            }
        }

        deserializer.deserialize_seq(EachAxle)
    }
}

impl Serialize for Axles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.kept.iter().map(PassedOn::of))
    }
}

impl PassedOn<'_> {
    fn read(self) -> Result<PassedAxle, String> {
        let load = size("passage.axles.load", self.load)?;
        if self.valid && load.is_none() {
            return Err("an axle that is `valid` has a `load`".to_owned());
        }
        Ok(PassedAxle {
            load_kg: load.map(Kilograms),
            spacing_m: size("passage.axles.spacing_m", self.spacing_m)?,
            speed_kmh: size("passage.axles.speed_kmh", self.speed_kmh)?,
            valid: self.valid,
            remarks: remarks(self.remarks)?,
        })
    }

    fn of(axle: &PassedAxle) -> PassedOn<'static> {
        let said = |size: Option<Decimal>| size.map(|size| size.to_string().into());
        PassedOn {
            load: said(axle.load_kg.map(|load| load.0)),
            spacing_m: said(axle.spacing_m),
            speed_kmh: said(axle.speed_kmh),
            valid: axle.valid,
            remarks: axle.remarks.clone(),
        }
    }
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
fn size(key: &str, text: Option<Text<'_>>) -> Result<Option<Decimal>, String> {
    let Some(text) = text else { return Ok(None) };
    let size = decimal(key, &text)?;
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
    passed: Passed<'_>,
    id: Option<String>,
    device_time: Option<Timestamp>,
    lane: Option<u16>,
    document: &[u8],
) -> Result<Passage, String> {
    let Axles { kept: mut axles, count, complaint } = passed.axles;
    if count == 0 || count > limits::AXLES {
        let most = limits::AXLES;
        return Err(format!("`passage.axles` has {count}; 1 to {most} expected"));
    }
    for (key, text) in [("passage.class", &passed.class), ("passage.plate", &passed.plate)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > limits::TEXT_CHARS) {
            return Err(format!("`{key}` has more than {} characters", limits::TEXT_CHARS));
        }
    }
    if let Some(complaint) = complaint {
        return Err(complaint);
    }
    let unit = passed.unit.unwrap_or(MassUnit::Kilogram);
    let mass = |key: &str, number: Option<Decimal>| match number {
        None => Ok(None),
        Some(number) => Kilograms::from_unit(number, unit)
            .map(Some)
            .ok_or_else(|| format!("`{key}` is no mass of a vehicle")),
    };
    for axle in &mut axles {
        axle.load_kg = mass("passage.axles.load", axle.load_kg.map(|load| load.0))?;
    }
    Ok(Passage {
        id,
        device_time,
        lane,
        class: passed.class,
        plate: passed.plate,
        axles,
        gross_kg: mass("passage.gross", size("passage.gross", passed.gross)?)?,
        speed_kmh: size("passage.speed_kmh", passed.speed_kmh)?,
        length_m: size("passage.length_m", passed.length_m)?,
        remarks: remarks(passed.remarks)?,
        raw: Raw(document.to_vec()),
    })
}

/// The keys of a passage, in kilograms.
pub(super) fn passed(passage: &Passage) -> Passed<'static> {
    let said = |size: Option<Decimal>| size.map(|size| size.to_string().into());
    Passed {
        class: passage.class.clone(),
        plate: passage.plate.clone(),
        unit: Some(MassUnit::Kilogram),
        axles: Axles { kept: passage.axles.clone(), ..Axles::default() },
        gross: said(passage.gross_kg.map(|gross| gross.0)),
        speed_kmh: said(passage.speed_kmh),
        length_m: said(passage.length_m),
        remarks: passage.remarks.clone(),
    }
}
