//! Scanners: what a hand-held reader, a passport reader or an X-ray system hands over.
//!
//! Everything here is a *claim*: a barcode can be printed by anybody, a line can be misread, a picture is judged by somebody else. So a
//! reading names what was checked (a check digit, a date, only the shape) and never repairs silently: a repaired number is marked as
//! suggested, and beside it stands what was read.
//!
//! Deliberately absent: filling forms. What a scan is good for is decided by an officer. Pictures are never parsed: an X-ray image is a name,
//! a size and a digest.

pub mod barcode;
pub mod claims;
pub mod container;
pub mod gs1;
pub mod mrz;
pub mod xray;

use alloc::boxed::Box;

use serde::{Deserialize, Serialize};

pub use barcode::{Code, Symbology, Terminator};
pub use claims::{Checked, Claim, ClaimKind};

/// What a scanner said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scan {
    /// A barcode.
    Code(Box<Code>),
    /// The machine readable zone of a passport, an identity card or a visa. All its check digits fit.
    TravelDocument(Box<mrz::TravelDocument>),
    /// The result of an inspection by X-rays or another non-intrusive means.
    Inspection(Box<xray::Inspection>),
}
