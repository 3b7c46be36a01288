//! Where goods stand that are to leave, before the papers for their departure are in.

use serde::{Deserialize, Serialize};

/// Where goods stand that are to leave, before their papers are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutboundStanding {
    /// Nobody told of them yet.
    Expected,
    /// Prior information told of them (66).
    PreAdvised,
    /// At the place of departure (254.1, 453.1).
    AtPlace,
    /// At the place of departure, where their transit was completed (329.6).
    TransitCompleted,
}

use OutboundStanding::{AtPlace, Expected, PreAdvised, TransitCompleted};

impl OutboundStanding {
    /// All of them.
    pub const ALL: [OutboundStanding; 4] = [Expected, PreAdvised, AtPlace, TransitCompleted];

    pub(super) fn name(self) -> &'static str {
        match self {
            Expected => "expected",
            PreAdvised => "pre_advised",
            AtPlace => "at_place_of_departure",
            TransitCompleted => "transit_completed_here",
        }
    }

    /// Whether the goods are at the place of departure.
    pub fn is_here(self) -> bool {
        match self {
            AtPlace | TransitCompleted => true,
            Expected | PreAdvised => false,
        }
    }
}
