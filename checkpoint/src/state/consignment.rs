//! A consignment: the law's unit (art. 4.1(48)). Its papers decide whether the vehicle may leave.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use units::Kilograms;

use super::Signature;
use crate::input::order::PapersKind;

/// What is known of one consignment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Consignment {
    /// Declared gross weight.
    pub gross: Option<Kilograms>,
    /// When it was presented, and who recorded that.
    pub presented: Option<Signature>,
    /// Papers filed and not refused.
    pub papers: Option<Papers>,
    /// Registered storage papers under which the goods lie while later papers are pending: a refusal brings them back.
    pub storage: Option<Papers>,
    /// Grounds of refusals.
    pub refusals: Vec<String>,
    /// When it was released, and under which procedure.
    pub released: Option<(Timestamp, PapersKind)>,
}

/// Papers that were filed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Papers {
    /// Which.
    pub kind: PapersKind,
    /// Reference as filed.
    pub reference: String,
    /// When.
    pub filed_at: Timestamp,
    /// The number under which they were registered, and when.
    pub registered: Option<(String, Timestamp)>,
}

impl Consignment {
    /// Papers that lie with the body unanswered.
    pub fn pending(&self) -> Option<&Papers> {
        self.papers.as_ref().filter(|papers| papers.registered.is_none())
    }

    /// Papers that the body registered.
    pub fn registered(&self) -> Option<&Papers> {
        self.papers.as_ref().filter(|papers| papers.registered.is_some())
    }

    /// Whether anything was ever done about these goods.
    pub fn is_handled(&self) -> bool {
        self.presented.is_some() || self.papers.is_some() || self.released.is_some()
    }
}
