//! A camera that pushes documents of ISAPI, alone or with the pictures behind them.

use std::collections::VecDeque;
use std::time::Duration;

use firmware_protocols::plate::{CameraMessage, Picture, Sighting, hikvision};

use super::super::spells::{Kind, Spells};
use super::super::{Apparatus, Instead, Saying, Start};
use super::Eye;
use crate::cast::Device;
use crate::story::Act;

/// What firmware of these cameras is known to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    /// Pictures come with each event, in a body of several parts.
    Pictures,
    /// An event comes in two: at once, and again with its pictures (`hasMoreData`).
    TwoStages,
    /// It had no network: what it saw comes afterwards, as a replay.
    Buffers,
    /// Elements have a prefix.
    Prefix,
    /// Other events stand between.
    OtherEvents,
    /// The body comes slowly.
    SlowBody,
}

impl Kind for Quirk {
    const ALL: &'static [(Quirk, &'static str)] = &[
        (Quirk::Pictures, "pictures"),
        (Quirk::TwoStages, "two-stages"),
        (Quirk::Buffers, "buffers"),
        (Quirk::Prefix, "prefix"),
        (Quirk::OtherEvents, "other-events"),
        (Quirk::SlowBody, "slow-body"),
    ];
}

/// One camera.
#[derive(Debug)]
pub(in crate::apparatus) struct Hikvision {
    start: Start,
    eye: Eye,
    spells: Spells<Quirk>,
    /// By the time at which they are said.
    later: VecDeque<Saying>,
    next_other: Duration,
    /// Of these times, nothing was said yet.
    first_other: bool,
}

/// Between an event and its second stage.
const SECOND_STAGE: Duration = Duration::from_millis(800);
/// Between two other events.
const OTHER: Duration = Duration::from_secs(5);
/// What stands between the parts of a body.
const BOUNDARY: &str = "boundary";
/// How many bytes of noise stand for a picture: enough that it does not come at once over a slow line.
const PICTURE_BYTES: usize = 24 * 1024;

impl Hikvision {
    pub(in crate::apparatus) fn new(device: &Device, start: Start) -> Hikvision {
        Hikvision {
            start,
            eye: Eye::new(device, start),
            spells: Spells::none(),
            later: VecDeque::new(),
            next_other: Duration::ZERO,
            first_other: true,
        }
    }

    fn later(&mut self, at: Duration, bytes: Vec<u8>) {
        let place = self.later.partition_point(|(known, _)| *known <= at);
        self.later.insert(place, (at, bytes));
    }

    fn body(&self, at: Duration, sighting: &Sighting) -> Vec<u8> {
        let message = CameraMessage::Sighting(sighting.clone());
        let document = self.document(at, &message);
        if sighting.pictures.is_empty() {
            document.into_bytes()
        } else {
            parts(&document, sighting)
        }
    }

    fn document(&self, at: Duration, message: &CameraMessage) -> String {
        let document = hikvision::encode(message);
        if self.spells.last(Quirk::Prefix, at) { prefixed(&document) } else { document }
    }
}

impl Apparatus for Hikvision {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if Quirk::has(act) || matches!(act, Act::Reads { .. }) {
            Ok(())
        } else {
            Err(
                "a plate camera reads plates; it misbehaves: pictures, two-stages, buffers, prefix, other-events, slow-body",
            )
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        if self.spells.befalls(at, act) == Some(Quirk::OtherEvents) {
            self.next_other = at;
            self.first_other = true;
        }
        let Some(mut sighting) = self.eye.sees(at, act) else { return };
        let pictures = vec![picture("licensePlatePicture.jpg"), picture("detectionPicture.jpg")];
        let with_pictures =
            self.spells.last(Quirk::Pictures, at) || self.spells.last(Quirk::SlowBody, at);
        let kept = self.spells.until(Quirk::Buffers, at);
        sighting.retransmitted = kept.is_some();
        let at_once = kept.unwrap_or(at);
        if self.spells.last(Quirk::TwoStages, at) {
            let first = Sighting { more_follows: true, ..sighting.clone() };
            let body = self.body(at, &first);
            self.later(at_once, body);
            sighting.pictures = pictures;
            let body = self.body(at, &sighting);
            self.later(at_once + SECOND_STAGE, body);
        } else {
            if with_pictures {
                sighting.pictures = pictures;
            }
            let body = self.body(at, &sighting);
            self.later(at_once, body);
        }
        out.extend(std::iter::from_fn(|| self.says(at)));
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        let first = self.later.front().map_or(horizon, |(at, _)| horizon.min(*at));
        let at = self.next_other;
        if at <= first && self.spells.last(Quirk::OtherEvents, at) {
            self.next_other = at + OTHER;
            let first = std::mem::take(&mut self.first_other);
            let other = CameraMessage::Other {
                event_type: "videoloss".to_owned(),
                // The first says that the picture is gone; the others, as firmware does for a heartbeat, that it is not.
                active: first,
                device_time: Some(self.start.clock(at)),
            };
            return Some((at, self.document(at, &other).into_bytes()));
        }
        self.later.pop_front_if(|(at, _)| *at <= horizon)
    }
}

fn picture(file_name: &str) -> Picture {
    let kind = file_name.trim_end_matches(".jpg").to_owned();
    Picture { id: Some(kind.clone()), kind, file_name: file_name.to_owned(), sent: None }
}

/// The document, and a picture for each that it names. A picture is noise between the marks of a JPEG, and `<` is in it.
fn parts(document: &str, sighting: &Sighting) -> Vec<u8> {
    let mut body = Vec::new();
    let mut part = |name: &str, file: &str, kind: &str, bytes: &[u8]| {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            bytes.len()
        );
        body.extend(head.as_bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    };
    part("anpr.xml", "anpr.xml", "text/xml", document.as_bytes());
    for picture in &sighting.pictures {
        part(&picture.kind, &picture.file_name, "image/jpeg", &noise());
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

fn noise() -> Vec<u8> {
    let noise = (0_u32..).map(|place| place.wrapping_mul(2_654_435_761).to_be_bytes()[0]);
    let mut picture = vec![0xff, 0xd8, 0xff, 0xe0];
    picture.extend(noise.take(PICTURE_BYTES));
    picture.extend([0xff, 0xd9]);
    picture
}

/// The same document, with every element in a name space that has a prefix.
fn prefixed(document: &str) -> String {
    let mut prefixed = String::with_capacity(document.len() * 2);
    let mut rest = document;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        prefixed.push_str(before);
        let open = if tag.starts_with("</") { "</" } else { "<" };
        let name = tag.get(open.len()..).unwrap_or_default();
        prefixed.push_str(open);
        if !name.starts_with(['?', '!']) {
            prefixed.push_str("hik:");
        }
        rest = name;
    }
    prefixed.push_str(rest);
    prefixed.replace(" xmlns=", " xmlns:hik=")
}
