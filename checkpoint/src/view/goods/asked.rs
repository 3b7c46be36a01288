//! What is asked of the accounting, as an address or a command line writes it.

use jiff::Timestamp;
use serde::Deserialize;

use super::{ControlStanding, GoodsFilter};
use crate::law::term::Trigger;

/// A question, as text. What is left out is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct GoodsAsked {
    /// How the goods stand: `under_control`, `left_under_control` or `ended`; all if it is left out.
    pub state: Option<ControlStanding>,
    /// The beginning of the plate of their vehicle.
    pub plate: Option<String>,
    /// Control began at this moment or later; with its offset, such as `2026-11-20T00:00+05:00`.
    pub since: Option<String>,
    /// Control began before this moment.
    pub until: Option<String>,
    /// `csv` for a table of one line an operation; else JSON.
    #[serde(rename = "as")]
    #[cfg_attr(feature = "openapi", param(rename = "as"))]
    pub form: Option<GoodsForm>,
}

/// How the accounting is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GoodsForm {
    /// One object a consignment, with its operations.
    Json,
    /// One line an operation.
    Csv,
}

impl GoodsAsked {
    /// The filter, or a sentence that says what should be written otherwise.
    ///
    /// # Errors
    ///
    /// The sentence.
    pub fn filter(&self) -> Result<GoodsFilter, String> {
        let moment = |name: &str, text: &Option<String>| -> Result<Option<Timestamp>, String> {
            let Some(text) = text.as_deref().filter(|text| !text.is_empty()) else {
                return Ok(None);
            };
            match Trigger::parse(text) {
                Ok(trigger) => Ok(Some(trigger.at)),
                Err(error) => Err(format!("`{name}`: {error}")),
            }
        };
        Ok(GoodsFilter {
            standing: self.state,
            plate: self.plate.clone().filter(|plate| !plate.trim().is_empty()),
            since: moment("since", &self.since)?,
            until: moment("until", &self.until)?,
        })
    }
}
