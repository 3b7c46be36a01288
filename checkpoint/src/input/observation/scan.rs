//! What scanners read and hand over, in the checkpoint's words: codes, travel documents, inspections by X-rays.
//!
//! Everything here is a claim, with what was checked of it: a barcode can be printed by anybody, and an image was judged by somebody else.
//! Of a travel document this holds what an officer writes down of a driver, its kind, number, last day and the name, and nothing else that
//! its zone tells: no birth, no sex, no personal number. Images are opaque: a reference and a digest.

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

/// What a scanner read or handed over: a claim, with what was checked of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanReading {
    /// What it is taken to be.
    pub what: ScanKind,
    /// The number or text; of an inspection its id at the scanner.
    pub value: String,
    /// What was checked of it.
    pub checked: ScanChecked,
    /// What was read, if the value is a repair of it and only suggested.
    pub read_as: Option<String>,
    /// What somebody made of the image of an inspection.
    pub conclusion: Option<ScanConclusion>,
    /// The operator who did, if it was not the system by itself.
    pub judged_by: Option<String>,
    /// In the operator's words.
    pub remark: Option<String>,
    /// SHA-256 of the image, in hexadecimal.
    pub image_sha256: Option<String>,
    /// Where the image lies. Never fetched.
    pub image_uri: Option<String>,
    /// What else the same code could be, or holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<ScanClaim>,
    /// The whole text of the code, where the value is not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The elements of a GS1 code, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<ScanElement>,
    /// The travel document, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Box<ScanDocument>>,
    /// The rest of an inspection, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection: Option<Box<ScanInspection>>,
}

impl ScanReading {
    /// A number or text of which nothing else is known.
    pub fn new(what: ScanKind, value: String, checked: ScanChecked) -> ScanReading {
        ScanReading {
            what,
            value,
            checked,
            read_as: None,
            conclusion: None,
            judged_by: None,
            remark: None,
            image_sha256: None,
            image_uri: None,
            also: Vec::new(),
            text: None,
            elements: Vec::new(),
            document: None,
            inspection: None,
        }
    }

    /// What this document of an inspection says, with what an earlier one of the same inspection said and this one leaves out.
    #[must_use]
    pub fn with_earlier(mut self, earlier: &ScanReading) -> ScanReading {
        fn fill<T: Clone>(here: &mut Option<T>, there: &Option<T>) {
            if here.is_none() {
                here.clone_from(there);
            }
        }
        fill(&mut self.image_sha256, &earlier.image_sha256);
        fill(&mut self.image_uri, &earlier.image_uri);
        if self.conclusion.is_none() {
            self.conclusion = earlier.conclusion;
            self.judged_by.clone_from(&earlier.judged_by);
            self.remark.clone_from(&earlier.remark);
        }
        let Some(before) = &earlier.inspection else { return self };
        let Some(now) = &mut self.inspection else {
            self.inspection = Some(before.clone());
            return self;
        };
        fill(&mut now.scanner, &before.scanner);
        fill(&mut now.operator, &before.operator);
        fill(&mut now.started, &before.started);
        fill(&mut now.ended, &before.ended);
        fill(&mut now.direction, &before.direction);
        fill(&mut now.vehicle, &before.vehicle);
        fill(&mut now.image, &before.image);
        fill(&mut now.image_bytes, &before.image_bytes);
        if now.containers.is_empty() {
            now.containers.clone_from(&before.containers);
        }
        if now.judge.is_none() {
            now.judge = before.judge;
            now.judged_at = before.judged_at;
            now.regions.clone_from(&before.regions);
        }
        self
    }
}

/// One more thing that a code could be, or holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScanClaim {
    /// What it is taken to be.
    pub what: ScanKind,
    /// The number or text.
    pub value: String,
    /// What was checked of it.
    pub checked: ScanChecked,
    /// What was read, if the value is a repair of it and only suggested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_as: Option<String>,
}

/// One element of a GS1 code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScanElement {
    /// Its application identifier, such as `01` for an article or `00` for a logistic unit.
    pub ai: String,
    /// Its value.
    pub value: String,
}

/// A passport, visa or card: what is written down of it, and no more; whom it names belongs to its holder and not into a journal of readings.
/// All its check digits fit, else it is no reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// Who issued it: three letters of ICAO 9303, or fewer.
    pub issuer: String,
    /// Its number.
    pub number: String,
    /// The last day on which it is valid, if it is wholly known.
    pub expires: Option<civil::Date>,
}

/// What a travel document is, by the first letter of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// `P`.
    Passport,
    /// `V`.
    Visa,
    /// `I`, `A` or `C`.
    Card,
    /// Another letter.
    Other,
}

/// What the system of an X-ray scanner told of an inspection beside its id, its image and the conclusion.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanInspection {
    /// The scanner, as it calls itself.
    pub scanner: Option<String>,
    /// Who ran it.
    pub operator: Option<String>,
    /// When it began, by the scanner's clock.
    pub started: Option<Timestamp>,
    /// When it ended, by the scanner's clock.
    pub ended: Option<Timestamp>,
    /// The direction, in the scanner's word.
    pub direction: Option<String>,
    /// The vehicle, as it was told to the scanner.
    pub vehicle: Option<String>,
    /// The containers, as they were told to the scanner.
    pub containers: Vec<String>,
    /// What kind of file the image is.
    pub image: Option<ScanImage>,
    /// Its size, in bytes.
    pub image_bytes: Option<u64>,
    /// Who concluded.
    pub judge: Option<ScanJudge>,
    /// When, by the scanner's clock.
    pub judged_at: Option<Timestamp>,
    /// What of the image the conclusion is about.
    pub regions: Vec<ScanRegion>,
}

/// Kinds of image files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScanImage {
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

/// Who concluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScanJudge {
    /// The system, by itself.
    System,
    /// A person.
    Operator,
}

/// A part of an image, in thousandths of its width and height, from its upper left corner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScanRegion {
    /// From the left edge.
    pub left: u16,
    /// From the upper edge.
    pub top: u16,
    /// To the right.
    pub width: u16,
    /// Downwards.
    pub height: u16,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// What a scan is taken to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScanKind {
    /// A text that is nothing of the below.
    Code,
    /// Registration number of a declaration.
    Declaration,
    /// Number of a container.
    Container,
    /// A plate.
    Plate,
    /// Number of a seal.
    Seal,
    /// A key of GS1.
    Gs1,
    /// An address in a network.
    Url,
    /// Number of a passport, card or visa.
    TravelDocument,
    /// An inspection by X-rays or other non-intrusive means.
    Inspection,
}

/// What was checked of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScanChecked {
    /// Nothing.
    Nothing,
    /// Its check digits fit.
    CheckDigit,
    /// Its shape, and that a date in it is a day.
    Date,
    /// Its shape.
    Shape,
    /// Its check digit, which does not fit: it was misread, or is written wrong.
    WrongDigit,
}

/// What somebody, or a system, made of the image of an inspection (assumed words).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScanConclusion {
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

impl ScanConclusion {
    /// The code that serde gives it.
    pub fn name(self) -> &'static str {
        match self {
            ScanConclusion::Clear => "clear",
            ScanConclusion::Suspicious => "suspicious",
            ScanConclusion::Alarm => "alarm",
            ScanConclusion::NotInspectable => "not_inspectable",
            ScanConclusion::Rescan => "rescan",
        }
    }
}
