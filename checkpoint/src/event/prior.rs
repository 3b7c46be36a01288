//! Prior information as it was recorded, and how the notice differs from it (Code of the Republic of Kazakhstan on customs affairs (2010), art. 66, 250.2).

use serde::{Deserialize, Serialize};

use crate::ids::{ConsignmentNo, PriorId, VisitId};
use crate::input::order::{Answer, PriorInformation};

/// Prior information as it was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriorFacts {
    /// Its number here.
    pub prior: PriorId,
    /// The number that people write.
    pub number: String,
    /// What was told.
    pub information: PriorInformation,
    /// All plates that it names, in its rows too, normalised: it is found by them.
    pub plates: Vec<String>,
    /// All containers that it names, likewise.
    pub containers: Vec<String>,
    /// The edition whose rows it answers.
    pub edition: String,
}

/// A notice beside the prior information about the same goods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriorComparison {
    /// Of which visit.
    pub visit: VisitId,
    /// Which prior information.
    pub prior: PriorId,
    /// Which revision of the notice.
    pub revision: u32,
    /// What the notice says otherwise; empty if it says the same.
    pub differences: Vec<Difference>,
    /// Further differences that are not listed.
    pub more: u32,
    /// The edition whose rows were compared.
    pub edition: String,
}

/// Something that prior information stated and the notice says otherwise. Never a violation by itself, and it holds nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    /// The row; or `consignment_count`, `consignment`, `goods_count`, `plates`, `containers`.
    pub field: String,
    /// Which consignment, as the prior information numbers them.
    pub consignment: Option<ConsignmentNo>,
    /// Which of its goods items, likewise.
    pub item: Option<u16>,
    /// The consignment of the notice that it was compared with.
    pub in_notice: Option<ConsignmentNo>,
    /// What was stated; none for a whole consignment, which the notice does not tell of.
    pub stated: Option<Answer>,
    /// What the notice says; none if it says nothing about it.
    pub declared: Option<Answer>,
}
