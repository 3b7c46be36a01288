//! What a screen needs of an edition: the notice's form, its flags, the grounds of detention.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Edition, Label};
use crate::law::act::ActRuleView;
use crate::law::notice::{FieldKind, Scope};
use crate::law::words::Moment;
use crate::site::Mode;

/// An edition for a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditionView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The notices, by mode: `road`, `water`, `air`, `rail`.
    pub modes: BTreeMap<Mode, ModeView>,
    /// The closed list of art. 237.1.
    pub detention_grounds: Vec<GroundView>,
    /// The terms, in the order of the file.
    pub clocks: Vec<ClockRuleView>,
    /// What officers record, in the order in which screens list it.
    pub acts: Vec<ActRuleView>,
    /// Words of forms of control, recipients and other choices, by id.
    pub choices: BTreeMap<String, Label>,
    /// Words of what can be true of goods or a vehicle, by id.
    pub flags: BTreeMap<String, Label>,
}

/// The notice of one mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModeView {
    /// The flag of an empty vehicle.
    pub empty_vehicle_flag: String,
    /// Rows in the law's order.
    pub fields: Vec<FieldView>,
    /// Flags that conditions ask about.
    pub flags: Vec<FlagView>,
}

/// A row of the notice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldView {
    /// Its id.
    pub id: String,
    /// The article.
    pub article: String,
    /// What an answer looks like.
    pub kind: FieldKind,
    /// For what it is asked.
    pub scope: Scope,
    /// Whether it is always asked.
    pub status: FieldStatus,
    /// The flag on which it depends; with an exclamation mark before it, the flag that takes it away.
    pub condition: Option<String>,
    /// Ids of which one answers it, if it is an alternative.
    pub any_of: Vec<String>,
    /// Whether an explicit nothing answers it.
    pub nil: bool,
    /// Digits that an answer needs at least.
    pub min_digits: Option<u32>,
    /// For lists of people: the field that counts them.
    pub counted_by: Option<String>,
    /// For lists of people: what is asked of each.
    pub parts: Vec<String>,
    /// True if it is not asked of an empty vehicle.
    pub goods: bool,
    /// Words.
    pub label: Label,
}

/// Whether a row is always asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldStatus {
    /// Always.
    Required,
    /// When its condition holds.
    Conditional,
    /// One of several answers it.
    Alternative,
}

/// A flag that conditions ask about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlagView {
    /// Its id.
    pub id: String,
    /// Words.
    pub label: Label,
}

/// A ground of detention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroundView {
    /// Its code.
    pub id: String,
    /// The article.
    pub article: String,
    /// Words.
    pub label: Label,
}

/// A legal term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockRuleView {
    /// Its id, such as `ARR-1`.
    pub id: String,
    /// The article.
    pub article: String,
    /// What must be done, in a few words.
    pub title: Label,
    /// Whom it binds, by name.
    pub obliged: String,
    /// What stops it, by moment: what the checkpoint itself knows, and acts by their ids.
    pub stop: Vec<String>,
    /// What stops it until the body has answered.
    pub stop_provisionally: Vec<String>,
}

impl ClockRuleView {
    fn of(rule: &super::ClockRule) -> ClockRuleView {
        let names = |moments: &[Moment]| moments.iter().map(|one| one.name().to_owned()).collect();
        ClockRuleView {
            id: rule.id.clone(),
            article: rule.article.clone(),
            title: rule.title.clone(),
            obliged: rule.obliged.clone(),
            stop: names(&rule.stop),
            stop_provisionally: names(&rule.stop_provisionally),
        }
    }
}

impl Edition {
    /// What a screen needs.
    pub fn view(&self) -> EditionView {
        let modes = self.notices.keys().map(|mode| (*mode, self.mode_view(*mode))).collect();
        let ground = |ground: &super::Ground| GroundView {
            id: ground.id.clone(),
            article: ground.article.clone(),
            label: ground.label.clone(),
        };
        EditionView {
            id: self.id.clone(),
            title: self.title.clone(),
            modes,
            detention_grounds: self.detention_grounds.iter().map(ground).collect(),
            clocks: self.clocks.iter().map(ClockRuleView::of).collect(),
            acts: self.act_views(),
            choices: self.choices.clone(),
            flags: self.flags.clone(),
        }
    }

    fn mode_view(&self, mode: Mode) -> ModeView {
        let Some(notice) = self.notices.get(&mode) else {
            return ModeView {
                empty_vehicle_flag: String::new(),
                fields: Vec::new(),
                flags: Vec::new(),
            };
        };
        let label = |id: &str| self.labels.get(id).cloned().unwrap_or_default();
        let fields = notice.fields.iter().map(|rule| FieldView {
            id: rule.id.clone(),
            article: rule.article.clone().unwrap_or_else(|| notice.article.clone()),
            kind: rule.kind,
            scope: rule.scope,
            status: if !rule.any_of.is_empty() {
                FieldStatus::Alternative
            } else if rule.when.is_some() || rule.unless.is_some() || rule.counted_by.is_some() {
                FieldStatus::Conditional
            } else {
                FieldStatus::Required
            },
            condition: rule
                .when
                .clone()
                .or_else(|| rule.unless.as_ref().map(|flag| format!("!{flag}"))),
            any_of: rule.any_of.clone(),
            nil: rule.nil,
            min_digits: rule
                .min_digits
                .as_ref()
                .and_then(|digits| u32::try_from(digits.count).ok()),
            counted_by: rule.counted_by.clone(),
            parts: rule.parts.clone(),
            goods: rule.goods,
            label: label(&rule.id),
        });
        let mut flags = vec![notice.empty_vehicle_flag.clone()];
        for flag in notice.fields.iter().flat_map(|rule| rule.when.iter().chain(&rule.unless)) {
            if !flags.contains(flag) {
                flags.push(flag.clone());
            }
        }
        let words =
            |id: String| FlagView { label: self.flags.get(&id).cloned().unwrap_or_default(), id };
        ModeView {
            empty_vehicle_flag: notice.empty_vehicle_flag.clone(),
            fields: fields.collect(),
            flags: flags.into_iter().map(words).collect(),
        }
    }
}
