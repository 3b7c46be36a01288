//! What a screen needs of an edition: the forms of notices and papers, their flags, the grounds of detention.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Edition, Label};
use crate::identifiers::IdentifierKind;
use crate::input::order::PapersKind;
use crate::law::act::ActRuleView;
use crate::law::notice::{FieldKind, FieldRule, Form, Scope};
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
    /// What filed papers say, by kind: `storage`, `transit_declaration`.
    pub submissions: BTreeMap<PapersKind, FormView>,
    /// The closed list of art. 237.1.
    pub detention_grounds: Vec<GroundView>,
    /// The closed lists of grounds on which papers are refused.
    pub refusal_grounds: Vec<RefusalGroundView>,
    /// The terms, in the order of the file.
    pub clocks: Vec<ClockRuleView>,
    /// What officers record, in the order in which screens list it.
    pub acts: Vec<ActRuleView>,
    /// Words of forms of control, recipients and other choices, by id.
    pub choices: BTreeMap<String, Label>,
    /// Words of what can be true of goods or a vehicle, by id.
    pub flags: BTreeMap<String, Label>,
}

/// The notices of one mode.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModeView {
    /// Of goods that come (art. 251).
    pub arrival: FormView,
    /// Of goods that leave (art. 255).
    pub departure: FormView,
}

/// What one submission tells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FormView {
    /// The article.
    pub article: String,
    /// The flag of an empty vehicle; empty where goods are the matter.
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
    pub parts: Vec<PartView>,
    /// True if it is not asked of an empty vehicle.
    pub goods: bool,
    /// What kind of number it is, if its shape is checked.
    pub identifier: Option<IdentifierKind>,
    /// Words.
    pub label: Label,
}

/// What is asked of each of several people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartView {
    /// Its id.
    pub id: String,
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
    /// Told if known, never missing.
    Optional,
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

/// A ground of refusing to register papers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusalGroundView {
    /// Its code.
    pub id: String,
    /// The article.
    pub article: String,
    /// Papers that it is about.
    pub papers: Vec<PapersKind>,
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
        let form = |form: Option<&Form>| form.map(|form| self.form_view(form)).unwrap_or_default();
        let mode = |(mode, arrival): (&Mode, &Form)| {
            let departure = form(self.departures.get(mode));
            (*mode, ModeView { arrival: self.form_view(arrival), departure })
        };
        let submissions = self.submissions.iter();
        let ground = |ground: &super::Ground| GroundView {
            id: ground.id.clone(),
            article: ground.article.clone(),
            label: ground.label.clone(),
        };
        let refusal = |ground: &super::RefusalGround| RefusalGroundView {
            id: ground.id.clone(),
            article: ground.article.clone(),
            papers: ground.papers.clone(),
            label: ground.label.clone(),
        };
        EditionView {
            id: self.id.clone(),
            title: self.title.clone(),
            modes: self.notices.iter().map(mode).collect(),
            submissions: submissions
                .map(|(papers, form)| (*papers, self.form_view(form)))
                .collect(),
            detention_grounds: self.detention_grounds.iter().map(ground).collect(),
            refusal_grounds: self.refusal_grounds.iter().map(refusal).collect(),
            clocks: self.clocks.iter().map(ClockRuleView::of).collect(),
            acts: self.act_views(),
            choices: self.choices.clone(),
            flags: self.flags.clone(),
        }
    }

    fn form_view(&self, form: &Form) -> FormView {
        let label = |id: &str| self.labels.get(id).cloned().unwrap_or_default();
        let fields = form.fields.iter().map(|rule| FieldView {
            id: rule.id.clone(),
            article: rule.article.clone().unwrap_or_else(|| form.article.clone()),
            kind: rule.kind,
            scope: rule.scope,
            status: status(rule),
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
            parts: rule
                .parts
                .iter()
                .map(|part| PartView { id: part.clone(), label: label(part) })
                .collect(),
            goods: rule.goods,
            identifier: self.identifiers.get(&rule.id).copied(),
            label: label(&rule.id),
        });
        let mut flags: Vec<String> = Vec::new();
        let empty = Some(&form.empty_vehicle_flag).filter(|flag| !flag.is_empty());
        let asked = form.fields.iter().flat_map(|rule| rule.when.iter().chain(&rule.unless));
        let also = form.fields.iter().flat_map(|rule| &rule.also_when);
        let also = also.filter(|flag| self.flags.contains_key(*flag));
        for flag in empty.into_iter().chain(asked).chain(also) {
            if !flags.contains(flag) {
                flags.push(flag.clone());
            }
        }
        let words =
            |id: String| FlagView { label: self.flags.get(&id).cloned().unwrap_or_default(), id };
        FormView {
            article: form.article.clone(),
            empty_vehicle_flag: form.empty_vehicle_flag.clone(),
            fields: fields.collect(),
            flags: flags.into_iter().map(words).collect(),
        }
    }
}

fn status(rule: &FieldRule) -> FieldStatus {
    let conditional = rule.when.is_some()
        || rule.unless.is_some()
        || rule.counted_by.is_some()
        || rule.when_in_another_language
        || !rule.also_when.is_empty();
    if rule.optional {
        FieldStatus::Optional
    } else if !rule.any_of.is_empty() {
        FieldStatus::Alternative
    } else if conditional {
        FieldStatus::Conditional
    } else {
        FieldStatus::Required
    }
}
