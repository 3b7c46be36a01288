//! How a consignment turned out to be several.

use serde::{Deserialize, Serialize};

use crate::ids::{ConsignmentNo, VisitId};

/// A consignment turned out to be several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Of which visit.
    pub visit: VisitId,
    /// Which.
    pub consignment: ConsignmentNo,
    /// Its parts.
    pub into: Vec<ConsignmentNo>,
    /// Why.
    pub reason: String,
}
