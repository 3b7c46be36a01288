//! How each device says what its model means, in the dialect that it is configured with.

use firmware_protocols::plate::{CameraMessage, Country, Iso2, Plate, Sighting, hikvision};
use firmware_protocols::portal::{Record, tsa};
use firmware_protocols::seal::egts::record::{self, Place, Subrecord, TELEDATA_SERVICE};
use firmware_protocols::seal::egts::{self, Packet, PacketType};
use firmware_protocols::seal::{Housing, Message, Position, SealEvent, jointech};
use firmware_protocols::weighbridge::{Display, Kind, Stability, comma, xk3190};
use firmware_protocols::{Dialect, Reading, json};
use jiff::Timestamp;
use units::{MassUnit, Percent};

use crate::cast::Device;
use crate::indicator::Shown;
use crate::story::{Act, SealState};

/// A device that cannot say what a story wants it to say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{device} speaks {dialect} and cannot do this; {instead}")]
pub struct Voiceless {
    device: String,
    dialect: &'static str,
    instead: &'static str,
}

/// Whether a device can do what a story wants.
pub(crate) fn can(device: &Device, act: &Act) -> Result<(), Voiceless> {
    let refuse = |instead| {
        Err(Voiceless { device: device.id.clone(), dialect: device.dialect.name(), instead })
    };
    match (act, device.dialect) {
        (Act::Silent { .. } | Act::Cut { .. } | Act::Garbage { .. }, _)
        | (
            Act::Vehicle(_) | Act::Recording { .. } | Act::Sags { .. } | Act::Tamper { .. },
            Dialect::Tsa,
        )
        | (Act::Load { .. }, Dialect::Xk3190 | Dialect::Cas)
        | (Act::Reads { .. }, Dialect::HikvisionAnpr | Dialect::Json)
        | (Act::Reports { .. }, Dialect::Json)
        | (
            Act::Reports { state: SealState::Intact, .. },
            Dialect::JointechText | Dialect::Jointech,
        ) => Ok(()),
        (
            Act::Reports { seal, state: SealState::Intact | SealState::HousingOpened },
            Dialect::Egts,
        ) => {
            if seal.parse::<u32>().is_ok() {
                Ok(())
            } else {
                refuse("an EGTS terminal has a number of digits, up to 4294967295")
            }
        }
        (Act::Reports { .. }, Dialect::Egts) => {
            refuse("which of its loops is the seal is the site's to say: let its housing be opened")
        }
        (Act::Reports { .. }, Dialect::JointechText | Dialect::Jointech) => {
            refuse("what its event numbers mean is not known: let a json seal be opened")
        }
        (Act::Vehicle(_) | Act::Recording { .. } | Act::Sags { .. } | Act::Tamper { .. }, _) => {
            refuse("a portal does")
        }
        (Act::Load { .. }, _) => refuse("a scale does"),
        (Act::Reads { .. }, _) => refuse("a plate camera does"),
        (Act::Reports { .. }, _) => refuse("a seal does"),
    }
}

/// A portal's line.
pub(crate) fn portal(record: &Record) -> Vec<u8> {
    tsa::encode(record).map(String::into_bytes).unwrap_or_default()
}

/// An indicator's frame; none where the dialect has no way to show it.
pub(crate) fn weight(device: &Device, shown: Shown) -> Vec<u8> {
    let frame = match (device.dialect, shown) {
        (Dialect::Cas, Shown::Mass { kg, stable }) => {
            let stability = if stable { Stability::Stable } else { Stability::Moving };
            comma::encode(
                comma::Flavour::Cas,
                Display::Value(kg),
                Kind::Gross,
                stability,
                MassUnit::Kilogram,
            )
        }
        (Dialect::Cas, Shown::Overload) => comma::encode(
            comma::Flavour::Cas,
            Display::Overload,
            Kind::Gross,
            Stability::Moving,
            MassUnit::Kilogram,
        ),
        (_, Shown::Mass { kg, .. }) => xk3190::encode(kg),
        (_, Shown::Overload) => None, // the continuous frame has no sign for it
    };
    frame.unwrap_or_default()
}

/// A camera's event.
pub(crate) fn plate(
    device: &Device,
    count: u64,
    at: Timestamp,
    text: &str,
    country: Option<&str>,
    confidence_percent: u8,
) -> Vec<u8> {
    let sighting = CameraMessage::Sighting(Sighting {
        id: Some(message_id(device, count, at)),
        device_time: Some(at),
        plate: Plate::Read {
            text: text.to_owned(),
            original: None,
            confidence_percent: Percent::new(confidence_percent),
            character_confidence_percent: Vec::new(),
        },
        country: country.and_then(Iso2::parse).map_or(Country::NotRecognised, Country::Known),
        lane: Some(1),
        direction: Some("forward".to_owned()),
        vehicle_type: Some("truck".to_owned()),
        dangerous_goods: None,
        container: None,
        more_follows: false,
        retransmitted: false,
        pictures: Vec::new(),
        camera: Some(device.id.clone()),
    });
    if device.dialect == Dialect::HikvisionAnpr {
        hikvision::encode(&sighting).into_bytes()
    } else {
        document(&Reading::Plate(sighting))
    }
}

/// A seal's message.
pub(crate) fn seal(
    device: &Device,
    count: u64,
    at: Timestamp,
    number: &str,
    state: SealState,
) -> Vec<u8> {
    let mut message = Message {
        seal: number.to_owned(),
        command: String::new(),
        message_id: Some(message_id(device, count, at)),
        device_time: Some(at),
        relayed_at: None,
        event: None,
        locked: None,
        housing: None,
        battery_percent: Percent::new(87),
        position: Position::NoFix,
        card: None,
        trip: None,
        tag: None,
        fields: Vec::new(),
    };
    if device.dialect == Dialect::Egts {
        return terminal(count, at, number, state);
    }
    if matches!(device.dialect, Dialect::JointechText | Dialect::Jointech) {
        "P45".clone_into(&mut message.command);
        message.message_id =
            Some(jointech::message_id(Some(at), u32::try_from(count).unwrap_or_default()));
        message.event = Some(SealEvent::Maker(0));
        return jointech::encode_event(&message).unwrap_or_default();
    }
    "json".clone_into(&mut message.command);
    message.locked = Some(state != SealState::Opened);
    message.housing =
        Some(if state == SealState::HousingOpened { Housing::Open } else { Housing::Ok });
    message.event = match state {
        SealState::Intact => None,
        SealState::Opened => Some(SealEvent::ElementViolated),
        SealState::HousingOpened => Some(SealEvent::HousingViolated),
    };
    document(&Reading::Seal(message))
}

/// A terminal's packet: that it has no fix, and whether the sensor of its housing has moved it to say so.
fn terminal(count: u64, at: Timestamp, number: &str, state: SealState) -> Vec<u8> {
    let Ok(object) = number.parse() else { return Vec::new() };
    // Both numbers begin anew after 65 535, as a terminal's do.
    let running = u16::try_from(count % 65_536).unwrap_or_default();
    let place = Place {
        at,
        position: Position::NoFix,
        from_memory: false,
        odometer_hm: 0,
        inputs: 0,
        source: if state == SealState::HousingOpened { 10 } else { 0 },
        source_data: None,
    };
    let record = record::Record {
        object: Some(object),
        parts: vec![Subrecord::Place(place)],
        ..record::Record::of(running, TELEDATA_SERVICE)
    };
    let packet =
        Packet { id: running, kind: PacketType::Data, answers: None, records: vec![record] };
    egts::encode(&packet).unwrap_or_default()
}

/// A message has its own number, in this run and in any other.
fn message_id(device: &Device, count: u64, at: Timestamp) -> String {
    format!("{}-{}-{count}", device.id, at.as_second())
}

/// A JSON document, with a line end for those that speak over a line.
fn document(reading: &Reading) -> Vec<u8> {
    json::encode(reading)
        .map(|mut text| {
            text.push('\n');
            text.into_bytes()
        })
        .unwrap_or_default()
}
