//! What a carrier submits: the notice, its originals, and who submits them.
//!
//! Field ids are those of the edition of the law; what the edition has no row for is kept like the rest. Originals stay where they are: a notice holds their names and
//! hashes, so that nobody can exchange a paper later.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::site::{Direction, Mode};

/// What a carrier submitted, complete or not. Field ids are those of the edition of the law.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticeDraft {
    /// By which mode the goods came.
    pub mode: Mode,
    /// Whether the goods arrive (art. 251) or leave (art. 255); by the lane of the visit if nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Who submitted it (art. 250.1/2, 255.3).
    #[serde(default)]
    pub filed_by: FiledBy,
    /// The mandate of anybody but the carrier.
    #[serde(default)]
    pub authority: String,
    /// Answers that hold for the whole vehicle.
    #[serde(default)]
    pub answers: BTreeMap<String, Answer>,
    /// One for each consignment.
    #[serde(default)]
    pub consignments: Vec<ConsignmentDraft>,
    /// Electronic originals of its papers (art. 250.3, 255.2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub originals: Vec<Original>,
}

/// Which way the goods of a notice go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Into the territory, art. 251.
    Arrival,
    /// Out of it, art. 255.
    Departure,
}

impl Purpose {
    /// What a lane of this direction is for.
    pub fn of(direction: Direction) -> Purpose {
        match direction {
            Direction::Inbound => Purpose::Arrival,
            Direction::Outbound => Purpose::Departure,
        }
    }
}

/// Who submits papers: the carrier, or in its name a customs representative or another person on its instruction (art. 250.1/2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FiledBy {
    /// The carrier.
    #[default]
    Carrier,
    /// A customs representative.
    CustomsRepresentative,
    /// Another person on the carrier's instruction.
    Other,
}

/// What was submitted about one consignment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsignmentDraft {
    /// Answers that hold for the consignment.
    #[serde(default)]
    pub answers: BTreeMap<String, Answer>,
    /// One map for each goods item.
    #[serde(default)]
    pub goods: Vec<BTreeMap<String, Answer>>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "as", content = "value", rename_all = "snake_case")]
pub enum Answer {
    /// Words.
    Text(String),
    /// A number; its unit is in the field's id.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    Number(Decimal),
    /// An explicit yes or no.
    Flag(bool),
    /// Papers, by reference; an empty list is no answer.
    Papers(Vec<String>),
    /// Explicitly nothing (AMB-20).
    Nil,
}

/// An electronic original of a paper, by reference and hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Original {
    /// The row that it answers.
    pub field: String,
    /// Its name, as the person who submits it knows it.
    pub name: String,
    /// Its media type, such as `application/pdf`.
    #[serde(default)]
    pub media_type: String,
    /// What its bytes hash to.
    pub sha256: Digest,
    /// The language it is written in, as BCP 47 has it (`zh`, `ru-KZ`); empty if nobody said.
    #[serde(default)]
    pub language: String,
    /// How long it is.
    #[serde(default)]
    pub size_bytes: u64,
}

/// A SHA-256 in 64 hexadecimal digits, small letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

/// A text that is no SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 is 64 hexadecimal digits")]
pub struct BadDigest;

impl Digest {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Digest {
    type Err = BadDigest;
    fn from_str(text: &str) -> Result<Self, BadDigest> {
        let fits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if fits { Ok(Self(text.to_ascii_lowercase())) } else { Err(BadDigest) }
    }
}

impl TryFrom<String> for Digest {
    type Error = BadDigest;
    fn try_from(text: String) -> Result<Self, BadDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

impl NoticeDraft {
    /// A notice of the carrier about which nothing is said yet.
    pub fn of(mode: Mode) -> NoticeDraft {
        NoticeDraft {
            mode,
            purpose: None,
            filed_by: FiledBy::Carrier,
            authority: String::new(),
            answers: BTreeMap::new(),
            consignments: Vec::new(),
            originals: Vec::new(),
        }
    }
}
