//! Dialect `xray`: the result of an inspection by X-rays, handed over by the system that made it, over HTTP, MQTT or a line.
//!
//! ```json
//! {"v":1,"scan":"X-000123","scanner":"XR-1","started":"2026-05-21T11:00:00Z","ended":"2026-05-21T11:01:10Z","vehicle":"123ABC02",
//!  "containers":["CSQU3054383"],"file":{"kind":"uff3","sha256":"9f86…0a08","bytes":48211333,"uri":"https://xr-1.example/scans/000123.uff"},
//!  "conclusion":{"code":"suspicious","by":"operator","who":"op-7","at":"2026-05-21T11:03:00Z","text":"dense block behind the cab",
//!   "regions":[{"left":120,"top":300,"width":80,"height":90,"remark":"block"}]}}
//! ```
//!
//! The file is opaque: a kind, a digest, a size, a place. It is never fetched and never parsed; who wants to look at it takes the program of its maker.
//! Regions are in thousandths of the picture's width and height, whole numbers. A later document of the same `scan` adds to an earlier one.
//! Unknown keys are passed over, a key that comes twice is refused.
//!
//! The conclusion words are assumed (no public list of codes exists). The contract, and the DICOS tags from which an adapter would fill it: `docs/protocols/xray.md`.
//!
//! Assumed: the contract, and the words of a conclusion.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Scan;
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::json::is_too_deep;
use crate::limits;
use crate::lines::Lines;

/// The version of the contract.
const VERSION: u32 = 1;

/// One inspection, as far as its system has told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// What tells this inspection from others, at this scanner.
    pub scan: String,
    /// The scanner, as it calls itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scanner: Option<String>,
    /// Who ran it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub operator: Option<String>,
    /// When it began, by the scanner's clock.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub started: Option<Timestamp>,
    /// When it ended, by the scanner's clock.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ended: Option<Timestamp>,
    /// The direction, in the scanner's word.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub direction: Option<String>,
    /// The vehicle, as it was told to the scanner.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub vehicle: Option<String>,
    /// The containers, as they were told to the scanner.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub containers: Vec<String>,
    /// The image.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<ImageFile>,
    /// What somebody made of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub conclusion: Option<Conclusion>,
}

/// An image, which is not ours to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFile {
    /// What kind of file.
    pub kind: ImageKind,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Where it lies. Never fetched.
    pub uri: String,
}

/// Kinds of image files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageKind {
    /// The Unified File Format of the World Customs Organization, 2.0.
    Uff2,
    /// The same, 3.0.
    Uff3,
    /// DICOS (NEMA IIC 1).
    Dicos,
    /// A maker's own.
    Vendor,
    /// A picture for people.
    Jpeg,
}

/// What somebody, or something, made of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    /// In a word.
    pub code: ConclusionCode,
    /// Who judged.
    pub by: Judge,
    /// The operator, if one judged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub who: Option<String>,
    /// When, by the scanner's clock.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at: Option<Timestamp>,
    /// In more words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    /// What it is about.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub regions: Vec<Region>,
}

/// The conclusion in a word (assumed).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConclusionCode {
    /// Nothing was found.
    Clear,
    /// Something is to be looked at.
    Suspicious,
    /// The system rang by itself.
    Alarm,
    /// The image cannot be judged.
    NotInspectable,
    /// The image has to be taken again.
    Rescan,
}

/// Who judged an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// The system.
    Auto,
    /// A person.
    Operator,
}

/// A part of an image, in thousandths of its width and height, from its upper left corner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// From the left edge.
    pub left: u16,
    /// From the upper edge.
    pub top: u16,
    /// To the right.
    pub width: u16,
    /// Downwards.
    pub height: u16,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remark: Option<String>,
}

/// Decodes the documents of one scanner.
#[derive(Debug)]
pub struct Decoder {
    lines: Lines,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { lines: Lines::new(limits::DOCUMENT_BYTES) }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.lines.push(bytes, |line| out.push(line.and_then(decode).map(reading)));
    }

    fn cut(&mut self) -> Option<Fault> {
        self.lines.cut()
    }

    /// A whole message is one document, line ends inside it or not.
    fn document(&mut self, message: &[u8], out: &mut Vec<Item>) {
        out.push(decode(message).map(reading));
    }
}

fn reading(inspection: Inspection) -> Reading {
    Reading::Scan(Scan::Inspection(inspection.into()))
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    v: u32,
    #[serde(flatten)]
    inspection: Inspection,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// Reads one document.
pub fn decode(document: &[u8]) -> Result<Inspection, Fault> {
    read(document).map_err(|(kind, detail)| Fault::new(kind, detail, document))
}

fn read(document: &[u8]) -> Result<Inspection, (FaultKind, String)> {
    if document.len() > limits::DOCUMENT_BYTES {
        let detail = format!("a document has at most {} bytes", limits::DOCUMENT_BYTES);
        return Err((FaultKind::TooLong, detail));
    }
    if is_too_deep(document) {
        let detail = format!("values are nested deeper than {}", limits::DOCUMENT_DEPTH);
        return Err((FaultKind::Malformed, detail));
    }
    let malformed = |error: serde_json::Error| (FaultKind::Malformed, error.to_string());
    let Version { v } = serde_json::from_slice(document).map_err(malformed)?;
    if v != VERSION {
        let detail = format!("version {v} of the contract; `\"v\":{VERSION}` expected");
        return Err((FaultKind::NotDecoded, detail));
    }
    let inspection: Inspection = serde_json::from_slice(document).map_err(malformed)?;
    checked(inspection).map_err(|detail| (FaultKind::BadField, detail))
}

fn checked(mut inspection: Inspection) -> Result<Inspection, String> {
    if inspection.scan.is_empty() {
        return Err("`scan` is empty".to_owned());
    }
    let conclusion = inspection.conclusion.as_ref();
    let remarks = conclusion.into_iter().flat_map(|conclusion| &conclusion.regions);
    let texts = [
        Some(&inspection.scan),
        inspection.scanner.as_ref(),
        inspection.operator.as_ref(),
        inspection.direction.as_ref(),
        inspection.vehicle.as_ref(),
        conclusion.and_then(|conclusion| conclusion.who.as_ref()),
        conclusion.and_then(|conclusion| conclusion.text.as_ref()),
    ];
    let too_long = texts
        .into_iter()
        .flatten()
        .chain(&inspection.containers)
        .chain(remarks.filter_map(|region| region.remark.as_ref()))
        .any(|text| text.chars().count() > limits::TEXT_CHARS);
    if too_long {
        return Err(format!("a text has more than {} characters", limits::TEXT_CHARS));
    }
    if inspection.containers.len() > limits::CLAIMS {
        return Err(format!("more than {} containers", limits::CLAIMS));
    }
    if let (Some(started), Some(ended)) = (inspection.started, inspection.ended)
        && ended < started
    {
        return Err("`ended` is before `started`".to_owned());
    }
    if let Some(file) = &mut inspection.file {
        let digits =
            file.sha256.len() == 64 && file.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits {
            return Err("`file.sha256` is 64 hexadecimal digits".to_owned());
        }
        file.sha256.make_ascii_lowercase();
        check_uri(&file.uri)?;
    }
    if let Some(conclusion) = &inspection.conclusion {
        if conclusion.by == Judge::Operator && conclusion.who.as_ref().is_none_or(String::is_empty)
        {
            return Err("`conclusion.who` tells which operator judged".to_owned());
        }
        if conclusion.regions.len() > limits::REGIONS {
            return Err(format!("more than {} regions", limits::REGIONS));
        }
        let inside = |region: &Region| {
            let end = |from: u16, size: u16| size > 0 && u32::from(from) + u32::from(size) <= 1000;
            end(region.left, region.width) && end(region.top, region.height)
        };
        if !conclusion.regions.iter().all(inside) {
            return Err("a region lies inside 0 to 1000 thousandths of the picture".to_owned());
        }
    }
    Ok(inspection)
}

fn check_uri(uri: &str) -> Result<(), String> {
    if uri.chars().count() > limits::URI_CHARS {
        return Err(format!("`file.uri` has more than {} characters", limits::URI_CHARS));
    }
    let (_, rest) = uri
        .split_once(':')
        .filter(|(scheme, _)| {
            !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
        .ok_or("`file.uri` begins with a scheme, such as https:")?;
    let authority =
        rest.strip_prefix("//").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if authority.contains('@') {
        return Err(
            "`file.uri` names a user: a name and a password have no place in a journal".to_owned()
        );
    }
    Ok(())
}

/// The document of a system that says `inspection`, without a line end.
pub fn encode(inspection: &Inspection) -> Option<String> {
    serde_json::to_string(&Envelope { v: VERSION, inspection: inspection.clone() }).ok()
}
