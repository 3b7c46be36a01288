//! Dialect `json`: our own contract for seals, plates and weighings whose systems can speak JSON, over MQTT, HTTP or a line.
//!
//! ```json
//! {"v":1,"seal":"KZ00012345","msg":"e-7","ts":"2026-05-21T11:00:00Z","event":"01",
//!  "state":{"locked":false,"housing":"ok","battery_pct":41},"pos":{"lat":44.1234,"lon":80.4321,"valid":true}}
//! {"v":1,"plate":"123ABC02","msg":"p-1","ts":"2026-05-21T11:00:00Z","country":"KZ","confidence_pct":98}
//! {"v":1,"weight":{"value":"40000","unit":"kg","kind":"gross","stable":true}}
//! {"v":1,"passage":{"class":"12","axles":[{"load":"6200","valid":true},{"load":"9800","spacing_m":"3.6","valid":true}]}}
//! ```
//!
//! Over MQTT and HTTP a document is a message of its own ([`Decoder::document`]); over a line it is one line. `v` is 1. Exactly one of
//! `seal`, `plate`, `weight` and `passage` is there. A mass is a string, because a JSON number becomes a float on its way. Unknown keys are passed over,
//! so that a newer sender can be read; a key that comes twice is refused.
//!
//! The whole contract, key by key, is `docs/protocols/json.md`.
//!
//! Assumed: the contract; weighings without a unit are in kg (`scale.unit_if_silent`).

mod passage;
mod text;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use units::{MassUnit, Microdegrees, Percent};

use self::passage::{Passed, decimal};
pub(crate) use self::text::Text;
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::lines::Lines;
use crate::plate::{CameraMessage, Country, Iso2, Plate, Sighting};
use crate::seal::{Housing, Message, Position, SealEvent, Trip};
use crate::weighbridge::{Display, Flags, Kind, Stability, Weighing};

/// The version of the contract.
const VERSION: u32 = 1;

/// Decodes the documents of one sender.
#[derive(Debug)]
pub struct Decoder {
    lines: Lines,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { lines: Lines::new(limits::DOCUMENT_BYTES) }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.lines.push(bytes, |line| out.push(line.and_then(decode)));
    }

    fn cut(&mut self) -> Option<Fault> {
        self.lines.cut()
    }

    /// A whole message is one document, line ends inside it or not.
    fn document(&mut self, message: &[u8], out: &mut Vec<Item>) {
        out.push(decode(message));
    }
}

/// Every key of the contract.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Envelope<'a> {
    v: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    seal: Option<String>,
    /// `null` is a vehicle whose plate was not read.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    plate: Option<Option<String>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    weight: Option<Weight<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    passage: Option<Passed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recv: Option<Timestamp>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    event: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<State>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pos: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trip: Option<Trip>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Iso2>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence_pct: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    char_confidence_pct: Vec<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lane: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vehicle_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dangerous_goods: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    retransmitted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    camera: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    #[serde(skip_serializing_if = "Option::is_none")]
    locked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    housing: Option<Housing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    battery_pct: Option<u8>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Place {
    lat: f64,
    lon: f64,
    valid: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Weight<'a> {
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    value: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<MassUnit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stable: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
    #[serde(default, skip_serializing_if = "Flags::is_empty")]
    flags: Flags,
}

/// Why a display shows no number.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Condition {
    Overload,
    Underload,
    OutOfRange,
    Blank,
    Withheld,
}

/// Tells a key that is `null` from a key that is not there.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn is_false(switch: &bool) -> bool {
    !switch
}

/// Reads one document.
pub fn decode(document: &[u8]) -> Result<Reading, Fault> {
    read(document).map_err(|(kind, detail)| Fault::new(kind, detail, document))
}

fn read(document: &[u8]) -> Result<Reading, (FaultKind, String)> {
    if document.len() > limits::DOCUMENT_BYTES {
        return Err((
            FaultKind::TooLong,
            format!("a document has at most {} bytes", limits::DOCUMENT_BYTES),
        ));
    }
    if is_too_deep(document) {
        return Err((
            FaultKind::Malformed,
            format!("values are nested deeper than {}", limits::DOCUMENT_DEPTH),
        ));
    }
    let envelope: Envelope = serde_json::from_slice(document)
        .map_err(|error| (FaultKind::Malformed, error.to_string()))?;
    if envelope.v != VERSION {
        let detail = format!("version {} of the contract; `\"v\":{VERSION}` expected", envelope.v);
        return Err((FaultKind::NotDecoded, detail));
    }
    reading(envelope, document).map_err(|detail| (FaultKind::BadField, detail))
}

pub(crate) fn is_too_deep(document: &[u8]) -> bool {
    // Most documents have not even as many beginnings of values.
    let begins = |byte: &&u8| matches!(**byte, b'{' | b'[');
    if document.iter().filter(begins).count() <= limits::DOCUMENT_DEPTH {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in document {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > limits::DOCUMENT_DEPTH {
                    return true;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn reading(mut envelope: Envelope<'_>, document: &[u8]) -> Result<Reading, String> {
    check_text(&envelope)?;
    let Envelope { seal, plate, weight, passage, .. } = &mut envelope;
    match (seal.take(), plate.take(), weight.take(), passage.take()) {
        (Some(seal), None, None, None) => seal_message(seal, envelope).map(Reading::Seal),
        (None, Some(plate), None, None) => {
            sighting(plate, envelope).map(CameraMessage::Sighting).map(Reading::Plate)
        }
        (None, None, Some(weight), None) => weighing(&weight, document).map(Reading::Weight),
        (None, None, None, Some(passed)) => {
            let Envelope { msg, ts, lane, .. } = envelope;
            passage::passage(passed, msg, ts, lane, document).map(Reading::Passage)
        }
        _ => Err("exactly one of `seal`, `plate`, `weight` and `passage` expected".to_owned()),
    }
}

fn check_text(envelope: &Envelope<'_>) -> Result<(), String> {
    let texts = [
        ("seal", envelope.seal.as_ref()),
        ("plate", envelope.plate.as_ref().and_then(Option::as_ref)),
        ("msg", envelope.msg.as_ref()),
        ("card", envelope.card.as_ref()),
        ("original", envelope.original.as_ref()),
        ("direction", envelope.direction.as_ref()),
        ("vehicle_type", envelope.vehicle_type.as_ref()),
        ("dangerous_goods", envelope.dangerous_goods.as_ref()),
        ("container", envelope.container.as_ref()),
        ("camera", envelope.camera.as_ref()),
        ("trip.declaration", envelope.trip.as_ref().and_then(|trip| trip.declaration.as_ref())),
        ("trip.vehicle", envelope.trip.as_ref().and_then(|trip| trip.vehicle.as_ref())),
        ("trip.container", envelope.trip.as_ref().and_then(|trip| trip.container.as_ref())),
    ];
    let too_long =
        |text: Option<&String>| text.is_some_and(|text| text.chars().count() > limits::TEXT_CHARS);
    match texts.into_iter().find(|(_, text)| too_long(*text)) {
        Some((key, _)) => Err(format!("`{key}` has more than {} characters", limits::TEXT_CHARS)),
        None => Ok(()),
    }
}

fn seal_message(seal: String, envelope: Envelope<'_>) -> Result<Message, String> {
    if seal.is_empty() {
        return Err("`seal` is empty".to_owned());
    }
    let event = match envelope.event.as_deref() {
        None => None,
        Some(code)
            if (1..=4).contains(&code.len())
                && code.bytes().all(|digit| digit.is_ascii_digit()) =>
        {
            code.parse().ok().map(SealEvent::from_class)
        }
        Some(code) => return Err(format!("`event` is a class such as \"01\", not `{code}`")),
    };
    let state = envelope.state.unwrap_or_default();
    Ok(Message {
        seal,
        command: "json".to_owned(),
        message_id: envelope.msg,
        device_time: envelope.ts,
        retransmitted: envelope.retransmitted,
        relayed_at: envelope.recv,
        event,
        locked: state.locked,
        housing: state.housing,
        battery_percent: state
            .battery_pct
            .map(|charge| percent("state.battery_pct", charge))
            .transpose()?,
        position: envelope.pos.map_or(Ok(Position::NotSent), |place| position(&place))?,
        card: envelope.card,
        trip: envelope.trip,
        tag: None,
        fields: Vec::new(),
    })
}

fn position(place: &Place) -> Result<Position, String> {
    if !place.valid {
        return Ok(Position::NoFix);
    }
    let on_globe = (-90.0..=90.0).contains(&place.lat) && (-180.0..=180.0).contains(&place.lon);
    if !on_globe {
        return Err("`pos` is not on the globe".to_owned());
    }
    let (latitude_microdeg, longitude_microdeg) =
        (microdegrees(place.lat), microdegrees(place.lon));
    if latitude_microdeg.0 == 0 && longitude_microdeg.0 == 0 {
        return Ok(Position::NoFix);
    }
    Ok(Position::Fix { latitude_microdeg, longitude_microdeg, speed_raw: None, course_deg: None })
}

/// To the nearest millionth; a cast cuts towards zero, so half of one is added on the outer side.
fn microdegrees(degrees: f64) -> Microdegrees {
    let half = if degrees < 0.0 { -0.5 } else { 0.5 };
    Microdegrees((degrees * 1_000_000.0 + half) as i32)
}

fn sighting(plate: Option<String>, envelope: Envelope<'_>) -> Result<Sighting, String> {
    let plate = match plate.filter(|plate| !plate.is_empty()) {
        None => Plate::NotRead,
        Some(text) => Plate::Read {
            text,
            original: envelope.original,
            confidence_percent: envelope
                .confidence_pct
                .map(|level| percent("confidence_pct", level))
                .transpose()?,
            character_confidence_percent: envelope
                .char_confidence_pct
                .into_iter()
                .map(|level| percent("char_confidence_pct", level))
                .collect::<Result<_, _>>()?,
        },
    };
    Ok(Sighting {
        id: envelope.msg,
        device_time: envelope.ts,
        plate,
        country: envelope.country.map_or(Country::NotRecognised, Country::Known),
        lane: envelope.lane,
        direction: envelope.direction,
        vehicle_type: envelope.vehicle_type,
        dangerous_goods: envelope.dangerous_goods,
        container: envelope.container,
        more_follows: false,
        retransmitted: envelope.retransmitted,
        pictures: Vec::new(),
        camera: envelope.camera,
    })
}

fn percent(key: &str, number: u8) -> Result<Percent, String> {
    Percent::new(number).ok_or_else(|| format!("`{key}` is 0 to 100, not {number}"))
}

fn weighing(weight: &Weight<'_>, document: &[u8]) -> Result<Weighing, String> {
    let display = match (&weight.value, weight.condition) {
        (Some(value), None) => Display::Value(decimal("weight.value", value)?),
        (None, Some(Condition::Overload)) => Display::Overload,
        (None, Some(Condition::Underload)) => Display::Underload,
        (None, Some(Condition::OutOfRange)) => Display::OutOfRange,
        (None, Some(Condition::Blank)) => Display::Blank,
        (None, Some(Condition::Withheld)) => Display::Withheld,
        (Some(_), Some(_)) | (None, None) => {
            return Err("exactly one of `weight.value` and `weight.condition` expected".to_owned());
        }
    };
    Ok(Weighing {
        display,
        kind: weight.kind.unwrap_or(Kind::Unknown),
        stability: match weight.stable {
            Some(true) => Stability::Stable,
            Some(false) => Stability::Moving,
            None => Stability::Unknown,
        },
        unit: weight.unit,
        flags: weight.flags,
        ..Weighing::shown(display, document)
    })
}

/// The document of a sender that says `reading`, without a line end. `None` for readings that the contract has no words for: portal
/// records, scans, events of a camera other than sightings, readers of seals about themselves, and makers' own event numbers.
pub fn encode(reading: &Reading) -> Option<String> {
    let envelope = match reading {
        Reading::Portal(_)
        | Reading::SealReader(_)
        | Reading::Scan(_)
        | Reading::Plate(CameraMessage::Other { .. }) => return None,
        Reading::Seal(message) => seal_envelope(message)?,
        Reading::Plate(CameraMessage::Sighting(sighting)) => sighting_envelope(sighting)?,
        Reading::Weight(weighing) => weight_envelope(weighing),
        Reading::Passage(passage) => Envelope {
            v: VERSION,
            passage: Some(passage::passed(passage)),
            msg: passage.id.clone(),
            ts: passage.device_time,
            lane: passage.lane,
            ..Envelope::default()
        },
    };
    serde_json::to_string(&envelope).ok()
}

fn seal_envelope(message: &Message) -> Option<Envelope<'_>> {
    let event = match message.event {
        Some(event) => Some(format!("{:02}", event.class()?).into()),
        None => None,
    };
    let degrees = |angle: Microdegrees| f64::from(angle.0) / 1_000_000.0;
    let state = State {
        locked: message.locked,
        housing: message.housing,
        battery_pct: message.battery_percent.map(|charge| charge.0),
    };
    Some(Envelope {
        v: VERSION,
        seal: Some(message.seal.clone()),
        msg: message.message_id.clone(),
        ts: message.device_time,
        retransmitted: message.retransmitted,
        recv: message.relayed_at,
        event,
        state: Some(state).filter(|state| {
            state.locked.is_some() || state.housing.is_some() || state.battery_pct.is_some()
        }),
        pos: match message.position {
            Position::NotSent => None,
            Position::NoFix => Some(Place { lat: 0.0, lon: 0.0, valid: false }),
            Position::Fix {
                latitude_microdeg,
                longitude_microdeg,
                speed_raw: _,
                course_deg: _,
            } => Some(Place {
                lat: degrees(latitude_microdeg),
                lon: degrees(longitude_microdeg),
                valid: true,
            }),
        },
        card: message.card.clone(),
        trip: message.trip.clone(),
        ..Envelope::default()
    })
}

fn sighting_envelope(sighting: &Sighting) -> Option<Envelope<'_>> {
    let country = match sighting.country {
        Country::Known(letters) => Some(letters),
        Country::NotRecognised => None,
        Country::Index(_) => return None,
    };
    let mut envelope = Envelope {
        v: VERSION,
        plate: Some(None),
        msg: sighting.id.clone(),
        ts: sighting.device_time,
        country,
        lane: sighting.lane,
        direction: sighting.direction.clone(),
        vehicle_type: sighting.vehicle_type.clone(),
        dangerous_goods: sighting.dangerous_goods.clone(),
        container: sighting.container.clone(),
        retransmitted: sighting.retransmitted,
        camera: sighting.camera.clone(),
        ..Envelope::default()
    };
    if let Plate::Read { text, original, confidence_percent, character_confidence_percent } =
        &sighting.plate
    {
        envelope.plate = Some(Some(text.clone()));
        envelope.original.clone_from(original);
        envelope.confidence_pct = confidence_percent.map(|level| level.0);
        envelope.char_confidence_pct =
            character_confidence_percent.iter().map(|level| level.0).collect();
    }
    Some(envelope)
}

fn weight_envelope(weighing: &Weighing) -> Envelope<'_> {
    let (value, condition) = match weighing.display {
        Display::Value(value) => (Some(value.to_string().into()), None),
        Display::Overload => (None, Some(Condition::Overload)),
        Display::Underload => (None, Some(Condition::Underload)),
        Display::OutOfRange => (None, Some(Condition::OutOfRange)),
        Display::Blank => (None, Some(Condition::Blank)),
        Display::Withheld => (None, Some(Condition::Withheld)),
    };
    let weight = Weight {
        value,
        unit: weighing.unit,
        kind: Some(weighing.kind),
        stable: match weighing.stability {
            Stability::Stable => Some(true),
            Stability::Moving => Some(false),
            Stability::Unknown => None,
        },
        condition,
        flags: weighing.flags,
    };
    Envelope { v: VERSION, weight: Some(weight), ..Envelope::default() }
}
