//! What filed papers say, beside what the law wants them to say.

use serde::{Deserialize, Serialize};

use super::facts::{MissingRow, Warning};
use crate::ids::{ConsignmentNo, VisitId};
use crate::input::order::{NoticeDraft, PapersKind};

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
