//! Dialect `openalpr`: the JSON documents of OpenALPR and its descendants, posted over HTTP or published over MQTT.
//!
//! ```json
//! {"version":2,"data_type":"alpr_results","epoch_time":1779361206000,"uuid":"u-1","camera_id":7,
//!  "results":[{"plate":"123ABC02","confidence":94.3,"matches_template":1,"region":"kz","candidates":[]}]}
//! {"version":2,"data_type":"alpr_group","epoch_start":1779361206000,"best_uuid":"u-1","camera_id":7,
//!  "best_plate":{"plate":"123ABC02","confidence":94.3},"best_region":"kz","vehicle":{"body_type":[{"name":"truck","confidence":88}]}}
//! ```
//!
//! `alpr_results` is one picture, in which there may be several plates or none; `alpr_group` is one vehicle, seen in several pictures. Every other kind
//! (`heartbeat`) shows that the camera is there. A confidence is cut to a whole percent.
//!
//! Deliberately absent: candidates (the camera chose already), coordinates, pictures. Sources and trust: `docs/protocols/openalpr.md`.
//!
//! Assumed: several plates of one picture get `/0`, `/1` behind its id; the country is the first two letters of the region.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use units::Percent;

use super::{CameraMessage, Country, Iso2, Plate, Sighting};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::json::is_too_deep;
use crate::limits;
use crate::lines::Lines;

/// Decodes the documents of one camera.
#[derive(Debug)]
pub struct Decoder {
    lines: Lines,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { lines: Lines::new(limits::DOCUMENT_BYTES) }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.lines.push(bytes, |line| match line {
            Ok(line) => tell(line, out),
            Err(fault) => out.push(Err(fault)),
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.lines.cut()
    }

    /// A whole message is one document, line ends inside it or not.
    fn document(&mut self, message: &[u8], out: &mut Vec<Item>) {
        tell(message, out);
    }
}

fn tell(document: &[u8], out: &mut Vec<Item>) {
    match decode(document) {
        Ok(messages) => out.extend(messages.into_iter().map(|message| Ok(Reading::Plate(message)))),
        Err(fault) => out.push(Err(fault)),
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Document {
    version: Option<u32>,
    data_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch_start: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_uuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    camera_id: Option<Name>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    results: Vec<Found>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_plate: Option<Best>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_confidence: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vehicle: Option<Vehicle>,
}

/// A plate in a picture.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Found {
    plate: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
}

/// The plate of a group: an object, or the text alone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Best {
    Found(Found),
    Text(String),
}

/// The name of a camera: a number, or a text.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Name {
    Number(u64),
    Text(String),
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Vehicle {
    body_type: Vec<Guess>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Guess {
    name: String,
}

/// Reads one document: a message for each plate in it, or one that says there was none.
pub fn decode(document: &[u8]) -> Result<Vec<CameraMessage>, Fault> {
    read(document).map_err(|(kind, detail)| Fault::new(kind, detail, document))
}

fn read(document: &[u8]) -> Result<Vec<CameraMessage>, (FaultKind, String)> {
    if document.len() > limits::DOCUMENT_BYTES {
        let detail = format!("a document has at most {} bytes", limits::DOCUMENT_BYTES);
        return Err((FaultKind::TooLong, detail));
    }
    if is_too_deep(document) {
        let detail = format!("values are nested deeper than {}", limits::DOCUMENT_DEPTH);
        return Err((FaultKind::Malformed, detail));
    }
    let document: Document = serde_json::from_slice(document)
        .map_err(|error| (FaultKind::Malformed, error.to_string()))?;
    if let Some(version) = document.version.filter(|version| *version != 2) {
        return Err((FaultKind::NotDecoded, format!("version {version}; 2 expected")));
    }
    messages(document).map_err(|detail| (FaultKind::BadField, detail))
}

fn messages(document: Document) -> Result<Vec<CameraMessage>, String> {
    let ms = document.epoch_time.or(document.epoch_start);
    let device_time = ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let other = |event_type: String| CameraMessage::Other { event_type, device_time };
    let found: Vec<Found> = match document.data_type.as_str() {
        "" => return Err("`data_type` is missing".to_owned()),
        "alpr_results" => document.results,
        "alpr_group" => match document.best_plate {
            Some(Best::Found(found)) => [found].into(),
            Some(Best::Text(plate)) => {
                [Found { plate, confidence: document.best_confidence, region: None }].into()
            }
            None => Vec::new(),
        },
        _ => return Ok([other(limited("data_type", document.data_type)?)].into()),
    };
    if found.len() > limits::PLATES {
        return Err(format!("more than {} plates in one picture", limits::PLATES));
    }
    if found.is_empty() {
        return Ok([other(document.data_type)].into());
    }
    let id = document.best_uuid.or(document.uuid).map(|id| limited("uuid", id)).transpose()?;
    let camera = match document.camera_id {
        Some(Name::Number(number)) => Some(number.to_string()),
        Some(Name::Text(text)) => Some(limited("camera_id", text)?),
        None => None,
    };
    let bodies = document.vehicle.unwrap_or_default().body_type.into_iter();
    let vehicle_type = bodies.map(|guess| guess.name).next();
    let vehicle_type = vehicle_type.map(|name| limited("vehicle.body_type", name)).transpose()?;
    let several = found.len() > 1;
    let sighting = |(place, found): (usize, Found)| -> Result<CameraMessage, String> {
        let region = found.region.as_ref().or(document.best_region.as_ref());
        Ok(CameraMessage::Sighting(Sighting {
            // Plates of one picture are vehicles of their own.
            id: id.as_ref().map(|id| if several { format!("{id}/{place}") } else { id.clone() }),
            device_time,
            country: region.map_or(Country::NotRecognised, |region| country(region)),
            plate: plate(found)?,
            lane: None,
            direction: None,
            vehicle_type: vehicle_type.clone(),
            dangerous_goods: None,
            container: None,
            more_follows: false,
            retransmitted: false,
            pictures: Vec::new(),
            camera: camera.clone(),
        }))
    };
    found.into_iter().enumerate().map(sighting).collect()
}

fn plate(found: Found) -> Result<Plate, String> {
    if found.plate.is_empty() || found.plate.eq_ignore_ascii_case("unknown") {
        return Ok(Plate::NotRead);
    }
    let confidence_percent = match found.confidence {
        Some(confidence) if (0.0..=100.0).contains(&confidence) => Percent::new(confidence as u8),
        Some(confidence) => return Err(format!("`confidence` is 0 to 100, not {confidence}")),
        None => None,
    };
    Ok(Plate::Read {
        text: limited("plate", found.plate)?,
        original: None,
        confidence_percent,
        character_confidence_percent: Vec::new(),
    })
}

/// `kz`, or a country with a part of it such as `us-ca`.
fn country(region: &str) -> Country {
    let letters = region.split('-').next().unwrap_or_default().to_ascii_uppercase();
    Iso2::parse(&letters).map_or(Country::NotRecognised, Country::Known)
}

fn limited(key: &str, text: String) -> Result<String, String> {
    if text.chars().count() > limits::TEXT_CHARS {
        return Err(format!("`{key}` has more than {} characters", limits::TEXT_CHARS));
    }
    Ok(text)
}

/// The document of a camera that saw one vehicle, without a line end.
pub fn encode(sighting: &Sighting) -> Option<String> {
    let (plate, confidence) = match &sighting.plate {
        Plate::NotRead => (String::new(), None),
        Plate::Read { text, confidence_percent, .. } => {
            (text.clone(), confidence_percent.map(|percent| f64::from(percent.0)))
        }
    };
    let region = match sighting.country {
        Country::Known(letters) => Some(letters.to_string().to_ascii_lowercase()),
        Country::NotRecognised | Country::Index(_) => None,
    };
    serde_json::to_string(&Document {
        version: Some(2),
        data_type: "alpr_results".to_owned(),
        epoch_time: sighting.device_time.map(Timestamp::as_millisecond),
        uuid: sighting.id.clone(),
        camera_id: sighting.camera.clone().map(Name::Text),
        results: [Found { plate, confidence, region }].into(),
        ..Document::default()
    })
    .ok()
}
