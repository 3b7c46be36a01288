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

mod words;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use units::Percent;

use self::words::{Best, Guesses, Name, Plates};
use super::{CameraMessage, Country, Iso2, Plate, Sighting};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::json::{Text, is_too_deep};
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
    let before = out.len();
    let read = read(document, |message| out.push(Ok(Reading::Plate(message))));
    if let Err((kind, detail)) = read {
        // A document is taken whole or not at all.
        out.truncate(before);
        out.push(Err(Fault::new(kind, detail, document)));
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Document<'a> {
    version: Option<u32>,
    #[serde(borrow)]
    data_type: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch_start: Option<i64>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    uuid: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    best_uuid: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    camera_id: Option<Name<'a>>,
    #[serde(borrow)]
    results: Plates<'a>,
    #[serde(borrow, skip_serializing)]
    best_plate: Option<Best<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_confidence: Option<f64>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    best_region: Option<Text<'a>>,
    #[serde(borrow, skip_serializing)]
    vehicle: Option<Vehicle<'a>>,
}

/// A plate in a picture.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Found<'a> {
    #[serde(borrow)]
    plate: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    region: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Vehicle<'a> {
    #[serde(borrow)]
    body_type: Guesses<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Guess<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

/// Reads one document: a message for each plate in it, or one that says there was none.
pub fn decode(document: &[u8]) -> Result<Vec<CameraMessage>, Fault> {
    let mut messages = Vec::new();
    read(document, |message| messages.push(message))
        .map_err(|(kind, detail)| Fault::new(kind, detail, document))?;
    Ok(messages)
}

fn read(document: &[u8], tell: impl FnMut(CameraMessage)) -> Result<(), (FaultKind, String)> {
    if document.len() > limits::DOCUMENT_BYTES {
        let detail = format!("a document has at most {} bytes", limits::DOCUMENT_BYTES);
        return Err((FaultKind::TooLong, detail));
    }
    if is_too_deep(document) {
        let detail = format!("values are nested deeper than {}", limits::DOCUMENT_DEPTH);
        return Err((FaultKind::Malformed, detail));
    }
    let document: Document<'_> = serde_json::from_slice(document)
        .map_err(|error| (FaultKind::Malformed, error.to_string()))?;
    if let Some(version) = document.version.filter(|version| *version != 2) {
        return Err((FaultKind::NotDecoded, format!("version {version}; 2 expected")));
    }
    messages(document, tell).map_err(|detail| (FaultKind::BadField, detail))
}

fn messages(document: Document<'_>, mut tell: impl FnMut(CameraMessage)) -> Result<(), String> {
    let ms = document.epoch_time.or(document.epoch_start);
    let device_time = ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let plates = match &*document.data_type {
        "" => return Err("`data_type` is missing".to_owned()),
        "alpr_results" => document.results,
        "alpr_group" => match document.best_plate {
            Some(Best::Found(found)) => Plates::one(found),
            Some(Best::Text(plate)) => {
                Plates::one(Found { plate, confidence: document.best_confidence, region: None })
            }
            None => Plates::default(),
        },
        _ => Plates::default(),
    };
    if plates.count() > limits::PLATES {
        return Err(format!("more than {} plates in one picture", limits::PLATES));
    }
    if plates.count() == 0 {
        // A picture without plates is no event.
        let active = !matches!(&*document.data_type, "alpr_results" | "alpr_group");
        let event_type = limited("data_type", document.data_type)?;
        tell(CameraMessage::Other { event_type, active, device_time });
        return Ok(());
    }
    let id = document.best_uuid.or(document.uuid).map(|id| checked("uuid", id)).transpose()?;
    let camera = document.camera_id.map(|name| match name {
        Name::Number(number) => Ok(number.to_string()),
        Name::Text(text) => limited("camera_id", text),
    });
    let mut camera = camera.transpose()?;
    let vehicle_type =
        document.vehicle.and_then(|vehicle| vehicle.body_type.first).map(|guess| guess.name);
    let vehicle_type = vehicle_type.map(|name| checked("vehicle.body_type", name)).transpose()?;
    let several = plates.count() > 1;
    for (place, found) in plates.into_iter().enumerate() {
        let region = found.region.as_deref().or(document.best_region.as_deref());
        tell(CameraMessage::Sighting(Sighting {
            // Plates of one picture are vehicles of their own.
            id: id.as_deref().map(
                |id| {
                    if several { format!("{id}/{place}") } else { id.to_owned() }
                },
            ),
            device_time,
            country: region.map_or(Country::NotRecognised, country),
            plate: plate(found)?,
            lane: None,
            direction: None,
            vehicle_type: vehicle_type.as_deref().map(ToOwned::to_owned),
            dangerous_goods: None,
            container: None,
            more_follows: false,
            retransmitted: false,
            pictures: Vec::new(),
            camera: if several { camera.clone() } else { camera.take() },
        }));
    }
    Ok(())
}

fn plate(found: Found<'_>) -> Result<Plate, String> {
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
    let letters = region.split('-').next().unwrap_or_default().as_bytes();
    let letters: Option<[u8; 2]> = letters.try_into().ok();
    letters
        .map(|letters| letters.map(|letter| letter.to_ascii_uppercase()))
        .and_then(|letters| Iso2::parse(core::str::from_utf8(&letters).ok()?))
        .map_or(Country::NotRecognised, Country::Known)
}

fn checked<'a>(key: &str, text: Text<'a>) -> Result<Text<'a>, String> {
    // No character has less than a byte.
    if text.len() > limits::TEXT_CHARS && text.chars().count() > limits::TEXT_CHARS {
        return Err(format!("`{key}` has more than {} characters", limits::TEXT_CHARS));
    }
    Ok(text)
}

fn limited(key: &str, text: Text<'_>) -> Result<String, String> {
    checked(key, text).map(String::from)
}

/// The document of a camera that saw one vehicle, without a line end.
pub fn encode(sighting: &Sighting) -> Option<String> {
    let (plate, confidence) = match &sighting.plate {
        Plate::NotRead => ("", None),
        Plate::Read { text, confidence_percent, .. } => {
            (text.as_str(), confidence_percent.map(|percent| f64::from(percent.0)))
        }
    };
    let region = match sighting.country {
        Country::Known(letters) => Some(letters.to_string().to_ascii_lowercase().into()),
        Country::NotRecognised | Country::Index(_) => None,
    };
    serde_json::to_string(&Document {
        version: Some(2),
        data_type: "alpr_results".into(),
        epoch_time: sighting.device_time.map(Timestamp::as_millisecond),
        uuid: sighting.id.as_deref().map(Text::from),
        camera_id: sighting.camera.as_deref().map(|camera| Name::Text(camera.into())),
        results: Plates::one(Found { plate: plate.into(), confidence, region }),
        ..Document::default()
    })
    .ok()
}
