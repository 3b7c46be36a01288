//! Documents: what a camera, an X-ray system or our own contract says is read, its words are replaced, and the same codec says it again.
//!
//! So what the codec does not read cannot pass: keys that are not known, pictures, remarks in a maker's own elements.

use firmware_protocols::plate::{CameraMessage, Country, Plate, Sighting};
use firmware_protocols::scanner::Scan;
use firmware_protocols::scanner::xray::Inspection;
use firmware_protocols::seal::{Message, Position};
use firmware_protocols::weighbridge::Passage;
use firmware_protocols::{Reading, json, plate, scanner};
use serde_json::{Value, json as object};

use super::substitutes::{Substitutes, What};

/// Documents of Hikvision cameras.
pub(super) fn hikvision(readings: &[Reading], with: &mut Substitutes) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for reading in readings {
        let Reading::Plate(message) = reading else { return None };
        bytes.extend(plate::hikvision::encode(&camera_message(message, with)?).into_bytes());
    }
    Some(bytes)
}

/// A document of OpenALPR: all that it says of one picture, in one document.
pub(super) fn openalpr(readings: &[Reading], with: &mut Substitutes) -> Option<Vec<u8>> {
    let mut sightings = Vec::new();
    for reading in readings {
        let Reading::Plate(message) = reading else { return None };
        match camera_message(message, with)? {
            CameraMessage::Sighting(sighting) => sightings.push(sighting),
            CameraMessage::Other { event_type, device_time, .. } => {
                let ms = device_time.map(|time| time.as_millisecond());
                return Some(line(
                    &object!({ "version": 2, "data_type": event_type, "epoch_time": ms }),
                ));
            }
        }
    }
    let first = sightings.first()?;
    // Of several plates in a picture each has the picture's name, and its own place behind it.
    let id = first.id.as_deref().map(|id| match sightings.len() {
        1 => id,
        _ => id.rsplit_once('/').map_or(id, |(id, _)| id),
    });
    let results: Vec<Value> = sightings.iter().map(found).collect();
    Some(line(&object!({
        "version": 2,
        "data_type": "alpr_results",
        "epoch_time": first.device_time.map(|time| time.as_millisecond()),
        "uuid": id,
        "camera_id": first.camera,
        "results": results,
        "vehicle": first.vehicle_type.as_ref().map(|name| object!({ "body_type": [{ "name": name }] })),
    })))
}

fn found(sighting: &Sighting) -> Value {
    let region = match sighting.country {
        Country::Known(letters) => Some(letters.to_string().to_ascii_lowercase()),
        Country::NotRecognised | Country::Index(_) => None,
    };
    match &sighting.plate {
        Plate::NotRead => object!({ "plate": "", "region": region }),
        Plate::Read { text, confidence_percent, .. } => {
            let confidence = confidence_percent.map(|percent| percent.0);
            object!({ "plate": text, "confidence": confidence, "region": region })
        }
    }
}

/// A document of our own contract.
pub(super) fn own(readings: &[Reading], with: &mut Substitutes) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for reading in readings {
        let said = match reading {
            Reading::Seal(message) => Reading::Seal(seal_message(message, with)?),
            Reading::Plate(message) => Reading::Plate(camera_message(message, with)?),
            Reading::Passage(passage) => Reading::Passage(passed(passage, with)?),
            Reading::Weight(weighing) => Reading::Weight(weighing.clone()),
            Reading::Portal(_) | Reading::SealReader(_) | Reading::Scan(_) => return None,
        };
        bytes.extend(json::encode(&said)?.into_bytes());
        bytes.push(b'\n');
    }
    Some(bytes)
}

/// A document of an X-ray system.
pub(super) fn xray(readings: &[Reading], with: &mut Substitutes) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for reading in readings {
        let Reading::Scan(Scan::Inspection(inspection)) = reading else { return None };
        bytes.extend(scanner::xray::encode(&inspected(inspection, with)?)?.into_bytes());
        bytes.push(b'\n');
    }
    Some(bytes)
}

fn line(document: &Value) -> Vec<u8> {
    let mut document = document.clone();
    if let Some(keys) = document.as_object_mut() {
        keys.retain(|_, value| !value.is_null());
    }
    (document.to_string() + "\n").into_bytes()
}

fn camera_message(message: &CameraMessage, with: &mut Substitutes) -> Option<CameraMessage> {
    Some(match message {
        CameraMessage::Sighting(sighting) => CameraMessage::Sighting(seen(sighting, with)?),
        CameraMessage::Other { event_type, active, device_time } => CameraMessage::Other {
            event_type: word(event_type, with)?,
            active: *active,
            device_time: *device_time,
        },
    })
}

fn seen(sighting: &Sighting, with: &mut Substitutes) -> Option<Sighting> {
    Some(Sighting {
        id: each(sighting.id.as_ref(), |id| with.text(What::Name, id))?,
        plate: match &sighting.plate {
            Plate::NotRead => Plate::NotRead,
            Plate::Read { text, original, confidence_percent, character_confidence_percent } => {
                Plate::Read {
                    text: with.text(What::Plate, text)?,
                    original: each(original.as_ref(), |text| with.text(What::Plate, text))?,
                    confidence_percent: *confidence_percent,
                    character_confidence_percent: character_confidence_percent.clone(),
                }
            }
        },
        direction: each(sighting.direction.as_ref(), |text| word(text, with))?,
        vehicle_type: each(sighting.vehicle_type.as_ref(), |text| word(text, with))?,
        container: each(sighting.container.as_ref(), |text| with.text(What::Container, text))?,
        camera: each(sighting.camera.as_ref(), |text| with.text(What::Name, text))?,
        // They are not there any more.
        pictures: Vec::new(),
        device_time: sighting.device_time,
        country: sighting.country,
        lane: sighting.lane,
        dangerous_goods: sighting.dangerous_goods.clone(),
        more_follows: sighting.more_follows,
        retransmitted: sighting.retransmitted,
    })
}

fn seal_message(message: &Message, with: &mut Substitutes) -> Option<Message> {
    let mut said = message.clone();
    said.seal = with.text(What::Seal, &message.seal)?;
    said.message_id = each(message.message_id.as_ref(), |id| with.text(What::Name, id))?;
    said.card = each(message.card.as_ref(), |card| with.text(What::Card, card))?;
    said.position = position(message.position, with);
    if let Some(trip) = &mut said.trip {
        for (what, text) in [
            (What::Declaration, &mut trip.declaration),
            (What::Plate, &mut trip.vehicle),
            (What::Container, &mut trip.container),
        ] {
            *text = each(text.as_ref(), |text| with.text(what, text))?;
        }
    }
    Some(said)
}

fn passed(passage: &Passage, with: &mut Substitutes) -> Option<Passage> {
    let mut said = passage.clone();
    said.id = each(passage.id.as_ref(), |id| with.text(What::Name, id))?;
    said.plate = each(passage.plate.as_ref(), |plate| with.text(What::Plate, plate))?;
    let remarks = said.axles.iter_mut().flat_map(|axle| &mut axle.remarks);
    for remark in said.remarks.iter_mut().chain(remarks) {
        *remark = word(remark, with)?;
    }
    Some(said)
}

fn inspected(inspection: &Inspection, with: &mut Substitutes) -> Option<Inspection> {
    let mut said = inspection.clone();
    said.scan = with.text(What::Name, &inspection.scan)?;
    said.vehicle = each(inspection.vehicle.as_ref(), |plate| with.text(What::Plate, plate))?;
    for container in &mut said.containers {
        *container = with.text(What::Container, container)?;
    }
    for name in [&mut said.scanner, &mut said.operator] {
        *name = each(name.as_ref(), |name| with.text(What::Name, name))?;
    }
    said.direction = each(inspection.direction.as_ref(), |text| word(text, with))?;
    if let Some(file) = &mut said.file {
        // A digest finds its file.
        file.sha256 = with
            .bytes(What::Name, &super::substitutes::unhex(&file.sha256)?)?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let (scheme, rest) = file.uri.split_once(':')?;
        file.uri = format!("{scheme}:{}", with.text(What::Name, rest)?);
    }
    if let Some(conclusion) = &mut said.conclusion {
        let remarks = conclusion.regions.iter_mut().map(|region| &mut region.remark);
        for text in [&mut conclusion.who, &mut conclusion.text].into_iter().chain(remarks) {
            *text = each(text.as_ref(), |text| with.text(What::Name, text))?;
        }
    }
    Some(said)
}

fn position(position: Position, with: &mut Substitutes) -> Position {
    match position {
        Position::NotSent | Position::NoFix => position,
        Position::Fix { latitude_microdeg, longitude_microdeg, speed_raw, course_deg } => {
            let (latitude_microdeg, longitude_microdeg) =
                with.place(latitude_microdeg, longitude_microdeg);
            Position::Fix { latitude_microdeg, longitude_microdeg, speed_raw, course_deg }
        }
    }
}

/// A word of the device's own, such as `forward`, stays; anything longer, or with a digit, is replaced.
fn word(text: &str, with: &mut Substitutes) -> Option<String> {
    let is_word = text.len() <= WORD_BYTES
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
    if is_word { Some(text.to_owned()) } else { with.text(What::Name, text) }
}

/// What is there is replaced; `None` if it cannot be.
fn each(
    text: Option<&String>,
    mut replace: impl FnMut(&str) -> Option<String>,
) -> Option<Option<String>> {
    match text {
        Some(text) => replace(text).map(Some),
        None => Some(None),
    }
}

/// The longest word that is one of a device's own.
const WORD_BYTES: usize = 24;
