//! What somebody tells of goods and vehicles before they come (Code of the Republic of Kazakhstan on customs affairs (2010), art. 66, 250.2).
//!
//! It is voluntary unless a treaty makes it compulsory, it never stands for the notice, and no term runs from it. How much of it is told is
//! left to whoever tells it: nothing of it is required here but that it says something.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::NoticeDraft;

/// Information about goods that are to come, or to leave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriorInformation {
    /// Who gives it.
    pub from: Informant,
    /// When they are expected, if it says so.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub expected_at: Option<Timestamp>,
    /// The place of arrival or departure, in its words.
    #[serde(default)]
    pub place: String,
    /// Registration plates of the vehicles and their trailers.
    #[serde(default)]
    pub plates: Vec<String>,
    /// Numbers of the containers.
    #[serde(default)]
    pub containers: Vec<String>,
    /// What it says of the goods, in the rows of a notice.
    pub draft: NoticeDraft,
    /// Anything else, such as the number under which it was given.
    #[serde(default)]
    pub note: String,
}

/// Who may give prior information (art. 66.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Informant {
    /// An authorised economic operator (art. 65.1(4)).
    Aeo,
    /// A carrier, a customs carrier too.
    Carrier,
    /// A customs representative.
    CustomsRepresentative,
    /// Another interested person.
    InterestedPerson,
}
