//! Which metric of a node means what: the site says so, and the metrics become readings of a family.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use units::{MassUnit, Percent};

use super::payload::Value;
use crate::dialect::{Family, Reading};
use crate::plate::{CameraMessage, Country, Iso2, Plate, Sighting};
use crate::seal::{Housing, Message, Position};
use crate::weighbridge::{Display, Kind, Stability, Weighing};

/// The names of the metrics that count, as the birth of the device tells them. Exactly one of `weight`, `seal` and `plate`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// The number that a scale shows.
    pub weight: Option<String>,
    /// Its unit: Sparkplug has none.
    pub unit: Option<MassUnit>,
    /// What it is the mass of; gross if nothing is said.
    pub kind: Option<Kind>,
    /// A switch: the number stands still.
    pub stable: Option<String>,
    /// A switch: there is more on the scale than it may weigh.
    pub overload: Option<String>,
    /// The number of a seal that was read.
    pub seal: Option<String>,
    /// A switch: the lock of that seal is closed.
    pub locked: Option<String>,
    /// A switch: its housing is closed.
    pub housing_ok: Option<String>,
    /// Charge of its battery, in percent.
    pub battery_pct: Option<String>,
    /// A plate that was read.
    pub plate: Option<String>,
    /// Two letters of its country.
    pub country: Option<String>,
    /// How sure the camera is, in percent.
    pub confidence_pct: Option<String>,
}

/// The values of a device's metrics, by name.
pub type Side = BTreeMap<String, Value>;

impl Metrics {
    /// The family that the metrics describe, or what is wrong with them.
    pub fn family(&self) -> Result<Family, String> {
        let (family, known): (Family, &[&Option<String>]) =
            match (&self.weight, &self.seal, &self.plate) {
                (Some(_), None, None) => {
                    (Family::Weighbridge, &[&self.weight, &self.stable, &self.overload])
                }
                (None, Some(_), None) => {
                    (Family::Seal, &[&self.seal, &self.locked, &self.housing_ok, &self.battery_pct])
                }
                (None, None, Some(_)) => {
                    (Family::Plate, &[&self.plate, &self.country, &self.confidence_pct])
                }
                _ => return Err("exactly one of weight, seal and plate is named".to_owned()),
            };
        let named = self.names().count();
        if named != known.iter().filter(|name| name.is_some()).count() {
            return Err(format!("metrics of another family stand beside those of a {family}"));
        }
        if family == Family::Weighbridge && self.unit.is_none() {
            return Err("the unit of the weight is not said, and Sparkplug has none".to_owned());
        }
        if family != Family::Weighbridge && (self.unit.is_some() || self.kind.is_some()) {
            return Err("unit and kind belong to a weight".to_owned());
        }
        Ok(family)
    }

    /// Every metric that is named.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let all = [
            &self.weight,
            &self.stable,
            &self.overload,
            &self.seal,
            &self.locked,
            &self.housing_ok,
            &self.battery_pct,
            &self.plate,
            &self.country,
            &self.confidence_pct,
        ];
        all.into_iter().flatten().map(String::as_str)
    }

    /// The metric that the others are about.
    pub(super) fn main(&self) -> Option<&str> {
        self.weight.as_deref().or(self.seal.as_deref()).or(self.plate.as_deref())
    }

    /// Whether the last value is what is so now, so that it is told again when a metric beside it changes and at a birth. A plate or a seal was read at a
    /// moment, and is told once.
    pub(super) fn is_state(&self) -> bool {
        self.weight.is_some()
    }

    /// What the metrics say together. `None` if the main one says nothing.
    pub(super) fn reading(
        &self,
        values: &Side,
        at: Option<Timestamp>,
        historical: bool,
        raw: &[u8],
    ) -> Result<Option<Reading>, String> {
        let Some(main) = self.main().and_then(|name| Some((name, values.get(name)?))) else {
            return Ok(None);
        };
        if self.weight.is_some() {
            return self
                .weighing(main, values, raw)
                .map(|weighing| Some(Reading::Weight(weighing)));
        }
        let (name, value) = main;
        let text = match value {
            Value::Text(text) if text.chars().count() > crate::limits::TEXT_CHARS => {
                return Err(format!(
                    "{name} is longer than {} characters",
                    crate::limits::TEXT_CHARS
                ));
            }
            Value::Text(text) if !text.is_empty() => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Text(_) | Value::Null => return Ok(None),
            Value::Boolean(_) | Value::Other => return Err(format!("{name} is no text")),
        };
        if self.seal.is_some() {
            let message = self.seal_message(text, values, at)?;
            return Ok(Some(Reading::Seal(Message { retransmitted: historical, ..message })));
        }
        let plate = Plate::Read {
            text,
            original: None,
            confidence_percent: self.percent(self.confidence_pct.as_deref(), values)?,
            character_confidence_percent: Vec::new(),
        };
        let country = match self.country.as_ref().and_then(|name| values.get(name)) {
            Some(Value::Text(letters)) => {
                Iso2::parse(letters).map_or(Country::NotRecognised, Country::Known)
            }
            _ => Country::NotRecognised,
        };
        Ok(Some(Reading::Plate(CameraMessage::Sighting(Sighting {
            id: None,
            device_time: at,
            plate,
            country,
            lane: None,
            direction: None,
            vehicle_type: None,
            dangerous_goods: None,
            container: None,
            more_follows: false,
            retransmitted: historical,
            pictures: Vec::new(),
            camera: None,
        }))))
    }

    fn weighing(
        &self,
        (name, value): (&str, &Value),
        values: &Side,
        raw: &[u8],
    ) -> Result<Weighing, String> {
        let display = match (switch(self.overload.as_deref(), values)?, value) {
            (Switch::On, _) => Display::Overload,
            (Switch::NotKnown, _) => Display::Withheld,
            (Switch::Off | Switch::NotNamed, value) => match value {
                Value::Number(number) => Display::Value(*number),
                Value::Null => Display::Blank,
                Value::Boolean(_) | Value::Text(_) | Value::Other => {
                    return Err(format!("{name} is no number"));
                }
            },
        };
        Ok(Weighing {
            kind: self.kind.unwrap_or(Kind::Gross),
            stability: match switch(self.stable.as_deref(), values)? {
                Switch::On => Stability::Stable,
                Switch::Off | Switch::NotKnown => Stability::Moving,
                Switch::NotNamed => Stability::Unknown,
            },
            unit: self.unit,
            ..Weighing::shown(display, raw)
        })
    }

    fn seal_message(
        &self,
        seal: String,
        values: &Side,
        at: Option<Timestamp>,
    ) -> Result<Message, String> {
        Ok(Message {
            seal,
            command: "sparkplug".to_owned(),
            message_id: None,
            device_time: at,
            retransmitted: false,
            relayed_at: None,
            event: None,
            locked: switch(self.locked.as_deref(), values)?.known(),
            housing: switch(self.housing_ok.as_deref(), values)?
                .known()
                .map(|ok| if ok { Housing::Ok } else { Housing::Open }),
            battery_percent: self.percent(self.battery_pct.as_deref(), values)?,
            position: Position::NotSent,
            card: None,
            trip: None,
            tag: None,
            fields: Vec::new(),
        })
    }

    fn percent(&self, name: Option<&str>, values: &Side) -> Result<Option<Percent>, String> {
        let Some((name, value)) = name.and_then(|name| Some((name, values.get(name)?))) else {
            return Ok(None);
        };
        match value {
            Value::Null => Ok(None),
            Value::Number(number) => {
                let whole = number.trunc().to_u8().and_then(Percent::new);
                whole.map(Some).ok_or_else(|| format!("{name} is 0 to 100, not {number}"))
            }
            Value::Boolean(_) | Value::Text(_) | Value::Other => {
                Err(format!("{name} is no number"))
            }
        }
    }
}

/// What a switch says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Switch {
    /// The site names no such metric.
    NotNamed,
    /// The site names it, and it is null or was never told. It permits nothing.
    NotKnown,
    On,
    Off,
}

impl Switch {
    fn known(self) -> Option<bool> {
        match self {
            Switch::On => Some(true),
            Switch::Off => Some(false),
            Switch::NotNamed | Switch::NotKnown => None,
        }
    }
}

fn switch(name: Option<&str>, values: &Side) -> Result<Switch, String> {
    let Some(name) = name else { return Ok(Switch::NotNamed) };
    match values.get(name).unwrap_or(&Value::Null) {
        Value::Boolean(true) => Ok(Switch::On),
        Value::Boolean(false) => Ok(Switch::Off),
        Value::Null => Ok(Switch::NotKnown),
        // Controllers without switches send 0 and 1.
        Value::Number(number) if number.is_zero() => Ok(Switch::Off),
        Value::Number(number) if number.to_u8() == Some(1) => Ok(Switch::On),
        Value::Number(_) | Value::Text(_) | Value::Other => Err(format!("{name} is no switch")),
    }
}
