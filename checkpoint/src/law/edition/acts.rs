//! Reading the acts of an edition: every name that a row uses must be known, and everything that a screen shows must have words.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{BearerKind, ClockRule, Label};
use crate::law::act::{
    ActField, ActFieldKind, ActFieldView, ActRule, ActRuleView, EffectRule, OptionView,
};
use crate::law::source::{LawError, Source};
use crate::law::words::Moment;

/// What rows of acts may refer to.
pub(super) struct Known<'a> {
    pub(super) clocks: &'a [ClockRule],
    pub(super) fields: &'a BTreeMap<String, Label>,
    pub(super) flags: &'a BTreeMap<String, Label>,
    pub(super) choices: &'a BTreeMap<String, Label>,
}

/// The list of the edition that a choice can be `of`.
pub(super) const DETENTION_GROUND: &str = "detention_ground";

/// A moment that a clock names and nobody knows: no act of the edition, and none that the checkpoint itself knows.
pub(super) fn unknown_moment<'a>(rule: &'a ClockRule, acts: &BTreeSet<&str>) -> Option<&'a str> {
    let moments = [&rule.start, &rule.stop, &rule.stop_provisionally, &rule.confirm, &rule.restore];
    let prolonging = rule.prolong.iter().map(|prolongation| &prolongation.by);
    let acts_named = moments.into_iter().flatten().chain(prolonging).filter_map(Moment::act);
    acts_named.into_iter().find(|id| !acts.contains(id))
}

/// What is wrong with it.
pub(super) fn no_moment(name: &str) -> String {
    let known = Moment::BUILT_IN.join(", ");
    format!("{name:?} is no moment: use the id of an [[act]] of the edition, or one of {known}")
}

/// Reads the acts. Errors name file, line and key.
pub(super) fn acts(
    rows: Vec<Spanned<ActRule>>,
    known: &Known<'_>,
    source: &Source<'_>,
) -> Result<Vec<ActRule>, LawError> {
    let ids: BTreeSet<String> = rows.iter().map(|row| row.get_ref().id.clone()).collect();
    let mut acts: Vec<ActRule> = Vec::new();
    for row in rows {
        let span = row.span();
        let rule = row.into_inner();
        let problem = if acts.iter().any(|other| other.id == rule.id) {
            Some(format!("act {} is there twice", rule.id))
        } else {
            problem(&rule, &ids, known)
        };
        if let Some(problem) = problem {
            return Err(source.error(span, problem));
        }
        acts.push(rule);
    }
    Ok(acts)
}

fn problem(rule: &ActRule, acts: &BTreeSet<String>, known: &Known<'_>) -> Option<String> {
    let id = &rule.id;
    if let Some(needed) = rule.needs.iter().find(|needed| !acts.contains(*needed)) {
        return Some(format!("act {id} needs {needed:?}, and there is no [[act]] of that id"));
    }
    if let Some(clock) = &rule.validity {
        let is_of_acts =
            known.clocks.iter().any(|row| row.id == *clock && row.bearer == BearerKind::Act);
        if !is_of_acts {
            return Some(format!(
                "act {id}: validity {clock:?} is no [[clock]] with bearer = \"act\""
            ));
        }
    }
    if let Some(to) = rule.copy_to.as_ref().filter(|to| !known.choices.contains_key(*to)) {
        return Some(format!("act {id}: {to:?} has no words: add [choice.{to}]"));
    }
    if let Some(ends) = rule.ends.as_ref().filter(|ends| rule.field(ends).is_none()) {
        return Some(format!("act {id} ends an act by field {ends:?}, and has no such field"));
    }
    for field in &rule.fields {
        if let Some(problem) = field_problem(field, known) {
            return Some(format!("act {id}: {problem}"));
        }
    }
    rule.effects
        .iter()
        .find_map(|effect| effect_problem(rule, effect, known))
        .map(|problem| format!("act {id}: {problem}"))
}

fn field_problem(field: &ActField, known: &Known<'_>) -> Option<String> {
    let id = &field.id;
    let has_words = known.fields.contains_key(id) || known.flags.contains_key(id);
    if !has_words {
        return Some(format!("field {id:?} has no words: add [field.{id}]"));
    }
    let mut conditions = field.when.iter().chain(&field.unless);
    if let Some(flag) = conditions.find(|flag| !known.flags.contains_key(*flag)) {
        return Some(format!("flag {flag:?} has no words: add [flag.{flag}]"));
    }
    let is_choice = field.kind == ActFieldKind::Choice;
    match (&field.of, field.options.is_empty()) {
        _ if !is_choice => {
            let stray = field.of.is_some() || !field.options.is_empty();
            stray.then(|| format!("field {id:?} is no choice: take `of` and `options` out"))
        }
        (Some(list), true) if list == DETENTION_GROUND => None,
        (Some(list), _) => {
            Some(format!("field {id:?}: `of` can be {DETENTION_GROUND:?}, not {list:?}"))
        }
        (None, true) => Some(format!("field {id:?} is a choice: give it `options`")),
        (None, false) => {
            let unknown = field.options.iter().find(|option| !known.choices.contains_key(*option));
            unknown.map(|option| format!("{option:?} has no words: add [choice.{option}]"))
        }
    }
}

fn effect_problem(rule: &ActRule, effect: &EffectRule, known: &Known<'_>) -> Option<String> {
    let lacks = |field: &String| {
        rule.field(field)
            .is_none()
            .then(|| format!("an effect names field {field:?}, and there is none"))
    };
    match effect {
        EffectRule::ApplySeals { field, .. }
        | EffectRule::RemoveSeals { field }
        | EffectRule::GiveUpSeals { field }
        | EffectRule::SetFlagFrom { field }
        | EffectRule::Detain { field }
        | EffectRule::Screen { field } => lacks(field),
        EffectRule::SetFlag { flag, .. } => (!known.flags.contains_key(flag))
            .then(|| format!("flag {flag:?} has no words: add [flag.{flag}]")),
        EffectRule::LiftTerm { rule } => (!known.clocks.iter().any(|row| row.id == *rule))
            .then(|| format!("lift_term names {rule:?}, and there is no [[clock]] of that id")),
        EffectRule::OpenControl { control } | EffectRule::CloseControl { control } => {
            (!known.choices.contains_key(control))
                .then(|| format!("control {control:?} has no words: add [choice.{control}]"))
        }
        EffectRule::Step { .. } | EffectRule::PresentSince => None,
    }
}

impl super::Edition {
    /// The acts as a screen lists them.
    pub(super) fn act_views(&self) -> Vec<ActRuleView> {
        self.acts.iter().map(|rule| self.act_view(rule)).collect()
    }

    fn act_view(&self, rule: &ActRule) -> ActRuleView {
        let opens = rule.effects.iter().find_map(|effect| {
            if let EffectRule::OpenControl { control } = effect {
                Some(control.clone())
            } else {
                None
            }
        });
        let closes = rule.effects.iter().find_map(|effect| {
            if let EffectRule::CloseControl { control } = effect {
                Some(control.clone())
            } else {
                None
            }
        });
        ActRuleView {
            id: rule.id.clone(),
            article: rule.article.clone(),
            group: rule.group.clone(),
            about: rule.about,
            number: rule.number.clone(),
            copies: rule.copies,
            copy_to: rule.copy_to.clone(),
            who: rule.who,
            modes: rule.modes.clone(),
            directions: rule.directions.clone(),
            needs: rule.needs.clone(),
            needs_control: rule.needs_control.clone(),
            opens,
            closes,
            ends: rule.ends.clone(),
            after_exit: rule.after_exit,
            confidential: rule.confidential,
            title: rule.title.clone(),
            fields: rule.fields.iter().map(|field| self.act_field_view(field)).collect(),
        }
    }

    fn act_field_view(&self, field: &ActField) -> ActFieldView {
        let words = |id: &String| {
            self.labels.get(id).or_else(|| self.flags.get(id)).cloned().unwrap_or_default()
        };
        let options = match field.of.as_deref() {
            Some(DETENTION_GROUND) => self
                .detention_grounds
                .iter()
                .map(|ground| OptionView { id: ground.id.clone(), label: ground.label.clone() })
                .collect(),
            Some(_) | None => field
                .options
                .iter()
                .map(|id| OptionView {
                    id: id.clone(),
                    label: self.choices.get(id).cloned().unwrap_or_default(),
                })
                .collect(),
        };
        ActFieldView {
            id: field.id.clone(),
            confidential: field.confidential,
            kind: field.kind,
            optional: field.optional,
            when: field.when.clone(),
            unless: field.unless.clone(),
            options,
            at_least: field.at_least.map(|least| least.normalize().to_string()),
            label: words(&field.id),
        }
    }
}
