//! Dialect `hikvision-anpr`: the event documents of Hikvision cameras (ISAPI), pushed by HTTP or pulled from `alertStream`.
//!
//! ```text
//! --boundary CR LF headers CR LF CR LF            multipart, or the document alone
//! <EventNotificationAlert ..> .. <ANPR> .. </ANPR> .. </EventNotificationAlert>
//! --boundary CR LF headers CR LF CR LF  <JPEG bytes>
//! ```
//!
//! The decoder looks for the root element, whatever its namespace or prefix, and passes over everything between documents: in a multipart
//! body that is headers and pictures. So one code reads a plain body, a multipart body and the endless stream. Elements are matched by
//! local name, because firmware differs in namespaces. No DTD, no entities of its own, bounded depth, nodes and size.
//!
//! A whole body that is multipart is taken apart instead: its pictures are told with the sighting, as names, sizes and digests.
//!
//! Deliberately absent: pictures of the endless stream, and bytes outside documents as faults of a stream (a whole body without a document is one,
//! see [`Codec::document`]). Sources: `docs/protocols/hikvision-anpr.md`.
//!
//! Assumed: that an event whose state is `inactive` is a sign of life; with what confidence a plate identifies a vehicle is the site's (`limits.plate_confidence`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sha2::{Digest, Sha256};
use units::Percent;

use super::parts::{self, Part};
use super::{CameraMessage, Country, Picture, Plate, SentPicture, Sighting};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::xml::{Bounds, Element, Layout};

const ROOT: &[u8] = b"EventNotificationAlert";
/// The longest tag name that is looked at: the root with any reasonable prefix.
const TAG_NAME_BYTES: usize = 80;

/// Decodes the documents of one camera.
#[derive(Debug, Default)]
pub struct Decoder {
    /// A document from `<`, or a tag that may begin one, or nothing.
    held: Vec<u8>,
    /// Where in `held` the tag that is being read begins.
    tag: Option<usize>,
    inside: bool,
    layout: Layout,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder::default()
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let mut rest = bytes;
        while let [byte, behind @ ..] = self.pass(rest) {
            rest = behind;
            if let Some(result) = self.byte(*byte) {
                out.push(result.map(Reading::Plate));
            }
        }
    }

    fn cut(&mut self) -> Option<Fault> {
        let fault = self
            .inside
            .then(|| Fault::new(FaultKind::CutOff, "the body ended inside a document", &self.held));
        self.forget();
        fault
    }

    /// Documents are not continued in the next body, and a body without any is a fault. Pictures beside a document are told with it.
    fn document(&mut self, body: &[u8], out: &mut Vec<Item>) {
        let before = out.len();
        match parts::of(body) {
            None => {
                self.push(body, out);
                out.extend(self.cut().map(Err));
            }
            Some((parts, faults)) => {
                let (pictures, documents): (Vec<&Part<'_>>, Vec<&Part<'_>>) =
                    parts.iter().partition(|part| is_picture(part));
                for document in documents {
                    self.push(document.data, out);
                    out.extend(self.cut().map(Err));
                }
                let said = out.get_mut(before..).unwrap_or_default();
                for picture in pictures {
                    attach(picture, said);
                }
                out.extend(faults.into_iter().map(Err));
            }
        }
        if out.len() == before {
            let detail = "no EventNotificationAlert in this body";
            out.push(Err(Fault::new(FaultKind::Malformed, detail, body)));
        }
    }
}

/// Anything that is neither a document nor text: no camera sends other things.
fn is_picture(part: &Part<'_>) -> bool {
    match &part.media_type {
        Some(media_type) => {
            let media_type = media_type.to_ascii_lowercase();
            !(media_type.contains("xml") || media_type.starts_with("text/"))
        }
        None => !part.data.trim_ascii_start().starts_with(b"<"),
    }
}

/// Adds a picture to the sighting that lists it, by its file's name or its id; else to the first, under the name of its part.
fn attach(part: &Part<'_>, said: &mut [Item]) {
    if part.data.is_empty() {
        return;
    }
    let sent = SentPicture {
        media_type: part.media_type.clone(),
        bytes: u32::try_from(part.data.len()).unwrap_or(u32::MAX),
        sha256: format!("{:x}", Sha256::digest(part.data)),
    };
    let names = [&part.file_name, &part.name, &part.id];
    let is_listed = |picture: &&mut Picture| {
        let is = |name: &String| *name == picture.file_name || Some(name) == picture.id.as_ref();
        picture.sent.is_none() && names.into_iter().flatten().any(is)
    };
    let mut sightings = said.iter_mut().filter_map(|item| match item {
        Ok(Reading::Plate(CameraMessage::Sighting(sighting))) => Some(sighting),
        Ok(_) | Err(_) => None,
    });
    let Some(first) = sightings.next() else { return };
    if let Some(listed) = first.pictures.iter_mut().find(is_listed) {
        listed.sent = Some(sent);
        return;
    }
    for other in sightings {
        if let Some(listed) = other.pictures.iter_mut().find(is_listed) {
            listed.sent = Some(sent);
            return;
        }
    }
    if first.pictures.len() < limits::PICTURES {
        let name = part.file_name.clone().or_else(|| part.name.clone());
        let kind = part.name.clone().unwrap_or_default();
        let file_name = name.unwrap_or_default();
        first.pictures.push(Picture { file_name, kind, id: part.id.clone(), sent: Some(sent) });
    }
}

impl Decoder {
    /// Passes over bytes that change nothing but what is held: between tags up to the next one, in a document's tag up to where its name may end.
    fn pass<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        // The byte that is one too many is told by itself.
        let room = limits::DOCUMENT_BYTES.saturating_sub(self.held.len());
        let room = if self.inside { room } else { bytes.len() };
        let near = bytes.get(..room).unwrap_or(bytes);
        let changes = match (self.tag, self.inside) {
            (None, _) => near.iter().position(|byte| *byte == b'<'),
            (Some(_), true) => near
                .iter()
                .position(|byte| matches!(*byte, b'<' | b'>' | b'/') || byte.is_ascii_whitespace()),
            (Some(_), false) => Some(0),
        };
        let length = changes.unwrap_or(near.len());
        let (plain, behind) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
        if self.inside {
            self.held.extend_from_slice(plain);
        }
        behind
    }

    fn byte(&mut self, byte: u8) -> Option<Result<CameraMessage, Fault>> {
        if byte == b'<' {
            if !self.inside {
                self.held.clear();
            }
            self.tag = Some(self.held.len());
            self.held.push(byte);
            return self.too_long();
        }
        if !self.inside && self.tag.is_none() {
            return None;
        }
        self.held.push(byte);
        if let Some(at) = self.tag {
            let tag = self.held.get(at + 1..self.held.len() - 1).unwrap_or_default();
            let ends_name = byte == b'>' || byte == b'/' || byte.is_ascii_whitespace();
            let is_root = ends_name && local_name(tag) == ROOT;
            if !self.inside {
                if is_root {
                    self.inside = true;
                } else if ends_name || tag.len() > TAG_NAME_BYTES {
                    self.forget();
                    return None;
                }
            } else if is_root && at > 0 {
                let detail = "a document began before the last one ended";
                let fault =
                    Fault::new(FaultKind::CutOff, detail, self.held.get(..at).unwrap_or_default());
                self.held.drain(..at);
                self.tag = Some(0);
                if byte == b'>' {
                    self.tag = None;
                }
                return Some(Err(fault));
            }
            if byte == b'>' {
                let ended = match self.held.get(at + 1..self.held.len() - 1).unwrap_or_default() {
                    [b'/', name @ ..] => local_name(name.trim_ascii_end()) == ROOT,
                    [.., b'/'] => at == 0,
                    _ => false,
                };
                self.tag = None;
                if ended {
                    let result = decode_in(&mut self.layout, &self.held);
                    self.forget();
                    return Some(result);
                }
            }
        }
        self.too_long()
    }

    fn too_long(&mut self) -> Option<Result<CameraMessage, Fault>> {
        if self.held.len() <= limits::DOCUMENT_BYTES {
            return None;
        }
        let detail = format!("a document has at most {} bytes", limits::DOCUMENT_BYTES);
        let fault = Fault::new(FaultKind::TooLong, detail, &self.held);
        self.forget();
        Some(Err(fault))
    }

    fn forget(&mut self) {
        self.held.clear();
        self.tag = None;
        self.inside = false;
    }
}

/// The name behind the prefix; empty if this is not a name.
fn local_name(tag: &[u8]) -> &[u8] {
    let is_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':');
    if !tag.iter().all(is_name) {
        return b"";
    }
    tag.rsplit(|&byte| byte == b':').next().unwrap_or_default()
}

/// Reads one document, from its root's `<` to its root's `>`.
pub fn decode(document: &[u8]) -> Result<CameraMessage, Fault> {
    decode_in(&mut Layout::default(), document)
}

/// The same, in room that is kept.
fn decode_in(layout: &mut Layout, document: &[u8]) -> Result<CameraMessage, Fault> {
    read(layout, document).map_err(|(kind, detail)| Fault::new(kind, detail, document))
}

fn read(layout: &mut Layout, document: &[u8]) -> Result<CameraMessage, (FaultKind, String)> {
    let text = core::str::from_utf8(document)
        .map_err(|_| (FaultKind::NotText, "the document is not UTF-8".to_owned()))?;
    let bounds = Bounds { nodes: limits::DOCUMENT_NODES, depth: limits::DOCUMENT_DEPTH };
    let read = layout.read(text, bounds).map_err(|error| (FaultKind::Malformed, error.detail))?;
    message(read.root()).map_err(|detail| (FaultKind::BadField, detail))
}

fn message(root: Element<'_>) -> Result<CameraMessage, String> {
    if root.name().as_bytes() != ROOT {
        return Err(format!("the root is `{}` and not EventNotificationAlert", root.name()));
    }
    let event_type = text(root, "eventType")?.ok_or_else(|| "eventType is missing".to_owned())?;
    let device_time = text(root, "dateTime")?.and_then(|time| time.parse().ok());
    if !event_type.eq_ignore_ascii_case("ANPR") {
        let over =
            text(root, "eventState")?.is_some_and(|state| state.eq_ignore_ascii_case("inactive"));
        let event_type = event_type.to_owned();
        return Ok(CameraMessage::Other { event_type, active: !over, device_time });
    }
    let anpr = root
        .child("ANPR")
        .ok_or_else(|| "eventType is ANPR, and there is no ANPR element".to_owned())?;
    Ok(CameraMessage::Sighting(Sighting {
        id: text(root, "UUID")?.map(ToOwned::to_owned),
        device_time,
        plate: plate(anpr)?,
        country: country(anpr)?,
        lane: number(anpr, "line")?.and_then(|lane| u16::try_from(lane).ok()),
        direction: text(anpr, "direction")?.map(ToOwned::to_owned),
        vehicle_type: text(anpr, "vehicleType")?.map(ToOwned::to_owned),
        dangerous_goods: text(anpr, "ADRNo")?.map(ToOwned::to_owned),
        container: text(anpr, "ISO-CR")?.map(ToOwned::to_owned),
        more_follows: switch(root, anpr, "hasMoreData")?,
        retransmitted: switch(root, anpr, "isDataRetransmission")?,
        pictures: pictures(anpr)?,
        camera: camera(root)?,
    }))
}

fn plate(anpr: Element<'_>) -> Result<Plate, String> {
    let Some(read) =
        text(anpr, "licensePlate")?.filter(|plate| !plate.eq_ignore_ascii_case("unknown"))
    else {
        return Ok(Plate::NotRead);
    };
    let original = text(anpr, "originalLicensePlate")?.filter(|original| *original != read);
    Ok(Plate::Read {
        text: read.to_owned(),
        original: original.map(ToOwned::to_owned),
        confidence_percent: match text(anpr, "confidenceLevel")? {
            Some(level) => Some(
                percent(level)
                    .ok_or_else(|| format!("confidenceLevel `{level}` is not 0 to 100"))?,
            ),
            None => None,
        },
        character_confidence_percent: characters(
            text(anpr, "plateCharBelieve")?.unwrap_or_default(),
        )?,
    })
}

/// `99,99,61`.
fn characters(believed: &str) -> Result<Vec<Percent>, String> {
    let levels = || believed.split(',').map(str::trim).filter(|level| !level.is_empty());
    let mut characters = Vec::with_capacity(levels().count());
    for level in levels() {
        characters.push(
            percent(level).ok_or_else(|| {
                format!("plateCharBelieve `{believed}` is not a list of 0 to 100")
            })?,
        );
    }
    Ok(characters)
}

/// Whole or with decimals, as firmware differs; decimals are cut off.
fn percent(text: &str) -> Option<Percent> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    Percent::new(whole.parse().ok()?)
}

/// `country`, or `CRIndex` where `country` refers to it or is missing.
fn country(anpr: Element<'_>) -> Result<Country, String> {
    let index = match number(anpr, "country")? {
        Some(253) | None => number(anpr, "CRIndex")?,
        index => index,
    };
    Ok(index
        .and_then(|index| u16::try_from(index).ok())
        .map_or(Country::NotRecognised, Country::from_index))
}

fn pictures(anpr: Element<'_>) -> Result<Vec<Picture>, String> {
    let Some(list) = anpr.child("pictureInfoList") else { return Ok(Vec::new()) };
    let entries = || list.named("pictureInfo");
    let count = entries().count();
    if count > limits::PICTURES {
        return Err(format!("more than {} pictures", limits::PICTURES));
    }
    let mut pictures = Vec::with_capacity(count);
    for entry in entries() {
        let said = |name| text(entry, name).map(|text| text.map(ToOwned::to_owned));
        pictures.push(Picture {
            file_name: said("fileName")?.unwrap_or_default(),
            kind: said("type")?.unwrap_or_default(),
            id: said("pId")?,
            sent: None,
        });
    }
    Ok(pictures)
}

fn camera(root: Element<'_>) -> Result<Option<String>, String> {
    let (address, channel) = (text(root, "ipAddress")?, text(root, "channelID")?);
    Ok(match (address, channel) {
        (Some(address), Some(channel)) => Some([address, "/", channel].concat()),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    })
}

/// The text of a child element; `None` if there is no such element or it is empty.
fn text<'a>(parent: Element<'a>, name: &str) -> Result<Option<&'a str>, String> {
    let Some(text) = parent.child(name).and_then(Element::text) else { return Ok(None) };
    let text = text.trim();
    if text.chars().count() > limits::TEXT_CHARS {
        return Err(format!("{name} has more than {} characters", limits::TEXT_CHARS));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn number(parent: Element<'_>, name: &str) -> Result<Option<u32>, String> {
    let Some(text) = text(parent, name)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| format!("{name} `{text}` is not a whole number"))
}

/// Firmware puts these beside `ANPR` or into it.
fn switch(root: Element<'_>, anpr: Element<'_>, name: &str) -> Result<bool, String> {
    let found = text(root, name)?.or(text(anpr, name)?);
    match found {
        Some("true" | "1") => Ok(true),
        Some("false" | "0") | None => Ok(false),
        Some(other) => Err(format!("{name} `{other}` is neither true nor false")),
    }
}

/// The document of a camera that says `message`, without pictures.
pub fn encode(message: &CameraMessage) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EventNotificationAlert version=\"2.0\" xmlns=\"http://www.hikvision.com/ver20/XMLSchema\">\n",
    );
    match message {
        CameraMessage::Sighting(sighting) => encode_sighting(&mut xml, sighting),
        CameraMessage::Other { event_type, active, device_time } => {
            element(&mut xml, "dateTime", device_time.map(|time| time.to_string()).as_deref());
            element(&mut xml, "eventType", Some(event_type));
            element(&mut xml, "eventState", Some(if *active { "active" } else { "inactive" }));
        }
    }
    xml.push_str("</EventNotificationAlert>\n");
    xml
}

fn encode_sighting(xml: &mut String, sighting: &Sighting) {
    let (address, channel) = match sighting
        .camera
        .as_deref()
        .map(|camera| camera.split_once('/').unwrap_or((camera, "")))
    {
        Some((address, channel)) => {
            (Some(address), Some(channel).filter(|channel| !channel.is_empty()))
        }
        None => (None, None),
    };
    element(xml, "ipAddress", address);
    element(xml, "channelID", channel);
    element(xml, "dateTime", sighting.device_time.map(|time| time.to_string()).as_deref());
    element(xml, "eventType", Some("ANPR"));
    element(xml, "eventState", Some("active"));
    xml.push_str("<ANPR>\n");
    element(xml, "country", Some(&sighting.country.index().to_string()));
    match &sighting.plate {
        Plate::NotRead => element(xml, "licensePlate", Some("unknown")),
        Plate::Read { text, original, confidence_percent, character_confidence_percent } => {
            element(xml, "licensePlate", Some(text));
            element(
                xml,
                "confidenceLevel",
                confidence_percent.map(|level| level.0.to_string()).as_deref(),
            );
            let characters: Vec<String> =
                character_confidence_percent.iter().map(|level| level.0.to_string()).collect();
            element(
                xml,
                "plateCharBelieve",
                Some(&characters.join(",")).filter(|list| !list.is_empty()).map(String::as_str),
            );
            element(xml, "originalLicensePlate", original.as_deref());
        }
    }
    element(xml, "line", sighting.lane.map(|lane| lane.to_string()).as_deref());
    element(xml, "direction", sighting.direction.as_deref());
    element(xml, "vehicleType", sighting.vehicle_type.as_deref());
    element(xml, "ADRNo", sighting.dangerous_goods.as_deref());
    element(xml, "ISO-CR", sighting.container.as_deref());
    if !sighting.pictures.is_empty() {
        xml.push_str("<pictureInfoList>\n");
        for picture in &sighting.pictures {
            xml.push_str("<pictureInfo>\n");
            element(xml, "fileName", Some(&picture.file_name));
            element(xml, "type", Some(&picture.kind));
            element(xml, "pId", picture.id.as_deref());
            xml.push_str("</pictureInfo>\n");
        }
        xml.push_str("</pictureInfoList>\n");
    }
    xml.push_str("</ANPR>\n");
    element(xml, "UUID", sighting.id.as_deref());
    element(xml, "hasMoreData", sighting.more_follows.then_some("true"));
    element(xml, "isDataRetransmission", sighting.retransmitted.then_some("true"));
}

fn element(xml: &mut String, name: &str, text: Option<&str>) {
    let Some(text) = text else { return };
    xml.push_str(&format!("<{name}>"));
    for character in text.chars() {
        match character {
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '&' => xml.push_str("&amp;"),
            other => xml.push(other),
        }
    }
    xml.push_str(&format!("</{name}>\n"));
}
