//! What filed papers say, beside what the law wants them to say; and on which of its grounds they were refused.

use serde::{Deserialize, Serialize};

use super::facts::{MissingRow, Warning};
use crate::ids::{ConsignmentNo, VisitId};
use crate::input::order::{NoticeDraft, PapersKind};

/// Papers that were refused: as if never filed (art. 288.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PapersRefusal {
    /// Of which visit.
    pub visit: VisitId,
    /// For which consignment.
    pub consignment: ConsignmentNo,
    /// What.
    pub papers: PapersKind,
    /// The ground, in words; may be empty where the list names it.
    pub ground: String,
    /// The ground of the closed list (art. 288.4); none for papers without a list, and in what was recorded before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<RefusedOn>,
}

/// A ground of the law's list on which papers were refused (art. 288.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedOn {
    /// Its code in the edition, such as `ART_288_4_3`.
    pub code: String,
    /// Its article.
    pub article: String,
    /// The edition.
    pub edition: String,
}

/// The check of filed papers (art. 267.1, 280.3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PapersContent {
    /// Of which visit.
    pub visit: VisitId,
    /// For which consignment.
    pub consignment: ConsignmentNo,
    /// Which papers.
    pub papers: PapersKind,
    /// What they say.
    pub content: Box<NoticeDraft>,
    /// What is missing, in the law's order.
    pub missing: Vec<MissingRow>,
    /// What looks wrong.
    pub warnings: Vec<Warning>,
    /// The edition that says so.
    pub edition: String,
}
