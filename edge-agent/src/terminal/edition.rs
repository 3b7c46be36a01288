//! The edition of the law as a form needs it: which rows a notice has for each mode, and what they are called.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The edition in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditionView {
    /// Its id, as entries name it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The notice for each mode of transport: `road`, `water`, `air`, `rail`.
    pub modes: BTreeMap<String, ModeView>,
    /// The grounds of art. 237.1, all of them, for the act of detention.
    pub detention_grounds: Vec<GroundView>,
}

/// The notice for one mode of transport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModeView {
    /// Rows in the law's order.
    pub fields: Vec<FieldView>,
    /// Questions whose answer makes further rows necessary.
    pub flags: Vec<FlagView>,
}

/// A row of the notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldView {
    /// Its id in the edition.
    pub id: String,
    /// The article that asks for it.
    pub article: String,
    /// What an answer is: `papers`, `text`, `number`, `flag`, ...
    pub kind: String,
    /// What it is asked for: `visit`, `consignment` or `goods_item`.
    pub scope: String,
    /// `required`, `conditional` or `alternative`.
    pub status: String,
    /// The flag that makes a conditional row necessary.
    pub condition: Option<String>,
    /// Ids of the answers of which one is enough; empty if the row's own id answers it.
    pub any_of: Vec<String>,
    /// Whether an explicit nothing answers it.
    pub nil: bool,
    /// What it is called.
    pub label: Label,
}

/// A question whose answer makes further rows necessary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlagView {
    /// Its id in the edition.
    pub id: String,
    /// What it is called.
    pub label: Label,
}

/// A ground for detention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroundView {
    /// Its id in the edition.
    pub id: String,
    /// The article.
    pub article: String,
    /// What it is called.
    pub label: Label,
}

/// One thing in three languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Label {
    /// Kazakh.
    pub kk: String,
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}
