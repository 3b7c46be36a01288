//! What answers a row, and when a row is asked at all.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{FieldKind, FieldRule, MinDigits};
use crate::identifiers::code_digits;
use crate::input::order::{Answer, NoticeDraft, Original};
use crate::law::Edition;
use crate::law::readings::{NothingToList, OversizeCargo, Readings, RussianPapers, StoragePairs};

/// People of whom one notice can tell; a ferry carries fewer.
const MOST_PEOPLE: usize = 10_000;

pub(super) type Answers = BTreeMap<String, Answer>;

/// What a submission tells beside its answers.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    originals: &'a [Original],
    /// Whether one of them is in a language that needs translation.
    in_another_language: bool,
    readings: Readings,
}

impl<'a> Told<'a> {
    pub(super) fn of(edition: &Edition, draft: &'a NoticeDraft) -> Told<'a> {
        let readings = edition.readings;
        let needs = |original: &Original| {
            let is_russian =
                original.language.get(..2).is_some_and(|two| two.eq_ignore_ascii_case("ru"));
            edition.languages.need_translation(&original.language)
                || (is_russian && readings.russian_papers == RussianPapers::NeedTranslation)
        };
        let in_another_language = draft.originals.iter().any(needs);
        Told { originals: &draft.originals, in_another_language, readings }
    }

    fn has_original(self, field: &str) -> bool {
        self.originals.iter().any(|original| original.field == field)
    }
}

/// A row is answered where it is asked, else further out: a total for the consignment answers for its goods.
pub(super) fn answer<'a>(answers: &[&'a Answers], id: &str) -> Option<&'a Answer> {
    answers.iter().find_map(|answers| answers.get(id))
}

pub(super) fn flag(answers: &[&Answers], id: &str) -> bool {
    matches!(answer(answers, id), Some(Answer::Flag(true)))
}

pub(super) fn applies(rule: &FieldRule, answers: &[&Answers], told: Told<'_>) -> bool {
    let always = rule.when.is_none() && rule.also_when.is_empty() && !rule.when_in_another_language;
    let asked = || {
        rule.when.iter().chain(&rule.also_when).any(|id| flag(answers, id))
            || (rule.when_in_another_language && told.in_another_language)
    };
    (always || asked()) && (!is_excepted(rule, answers) || narrowed(rule, answers, told).is_some())
}

fn is_excepted(rule: &FieldRule, answers: &[&Answers]) -> bool {
    rule.unless.as_ref().is_some_and(|id| flag(answers, id))
}

/// What the exception leaves to be asked where it is read narrowly.
fn narrowed<'a>(rule: &'a FieldRule, answers: &[&Answers], told: Told<'_>) -> Option<&'a String> {
    let narrow = told.readings.oversize_cargo == OversizeCargo::NeedsWeight;
    rule.unless_leaves.as_ref().filter(|_| narrow && is_excepted(rule, answers))
}

/// Alternatives share one row; otherwise the row's own id answers it. Only the nearest answer counts.
pub(super) fn is_answered(rule: &FieldRule, answers: &[&Answers], told: Told<'_>) -> bool {
    let by = |id: &String| {
        answer(answers, id).is_some_and(|answer| satisfies(rule, answer, answers, told))
            || (rule.kind == FieldKind::Papers && told.has_original(id))
    };
    let own = rule.any_of.is_empty().then_some(&rule.id);
    if let Some(left) = narrowed(rule, answers, told) {
        by(left)
    } else if rule.pair && told.readings.storage_pairs == StoragePairs::Both {
        rule.any_of.iter().all(by)
    } else {
        rule.any_of.iter().chain(own).any(by)
    }
}

fn satisfies(rule: &FieldRule, answer: &Answer, answers: &[&Answers], told: Told<'_>) -> bool {
    let nil = rule.nil && told.readings.nothing_to_list == NothingToList::ExplicitNothing;
    match (rule.kind, answer) {
        (_, Answer::Nil) => nil || rule.kind == FieldKind::Statement,
        (FieldKind::Text, Answer::Text(text)) => {
            let long_enough = |digits: &MinDigits| has_digits(text, digits.count);
            !text.trim().is_empty() && rule.min_digits.as_ref().is_none_or(long_enough)
        }
        (FieldKind::List, Answer::Text(_)) => listed(answer).count() >= wanted(rule, answers),
        (
            FieldKind::Text | FieldKind::List | FieldKind::Papers | FieldKind::Statement,
            Answer::Papers(_),
        ) => listed(answer).count() >= wanted(rule, answers),
        (FieldKind::Number, Answer::Number(number)) => {
            if rule.positive {
                *number > Decimal::ZERO
            } else {
                *number >= Decimal::ZERO
            }
        }
        (FieldKind::Text | FieldKind::List, Answer::Number(_)) => {
            wanted(rule, answers) <= 1 && rule.min_digits.is_none()
        }
        (FieldKind::Flag | FieldKind::Statement, Answer::Flag(_)) => true,
        (FieldKind::Statement, Answer::Text(text)) => !text.trim().is_empty(),
        (FieldKind::Papers, Answer::Text(_) | Answer::Number(_) | Answer::Flag(_))
        | (FieldKind::Number, Answer::Text(_) | Answer::Papers(_) | Answer::Flag(_))
        | (FieldKind::Flag, Answer::Text(_) | Answer::Papers(_) | Answer::Number(_))
        | (FieldKind::Text | FieldKind::List, Answer::Flag(_))
        | (FieldKind::Statement, Answer::Number(_))
        | (
            FieldKind::People,
            Answer::Text(_) | Answer::Papers(_) | Answer::Number(_) | Answer::Flag(_),
        ) => false,
    }
}

/// What an answer lists: a text may list with commas.
pub(super) fn listed(answer: &Answer) -> Box<dyn Iterator<Item = &str> + '_> {
    let filled = |text: &&str| !text.is_empty();
    match answer {
        Answer::Text(text) => Box::new(text.split([',', ';', '\n']).map(str::trim).filter(filled)),
        Answer::Papers(papers) => Box::new(papers.iter().map(|one| one.trim()).filter(filled)),
        Answer::Number(_) | Answer::Flag(_) | Answer::Nil => Box::new(std::iter::empty()),
    }
}

/// How many answers are wanted, where another field lists for what.
fn wanted(rule: &FieldRule, answers: &[&Answers]) -> usize {
    let list = rule.each_of.as_ref().and_then(|id| answer(answers, id));
    list.map_or(1, |list| listed(list).count()).max(1)
}

pub(super) fn has_digits(text: &str, count: usize) -> bool {
    code_digits(text).is_some_and(|digits| digits.len() >= count)
}

/// Parts that are missing of each person: `passengers[0].surname`, …
pub(super) fn people_missing(rule: &FieldRule, counter: &str, answers: &[&Answers]) -> Vec<String> {
    let count = match answer(answers, counter) {
        Some(Answer::Number(number)) => number.to_usize().unwrap_or(0).min(MOST_PEOPLE),
        Some(Answer::Text(_) | Answer::Papers(_) | Answer::Flag(_) | Answer::Nil) | None => 0,
    };
    let mut missing = Vec::new();
    for person in 0..count {
        for part in &rule.parts {
            let id = format!("{}[{person}].{part}", rule.id);
            let given =
                matches!(answer(answers, &id), Some(Answer::Text(text)) if !text.trim().is_empty());
            if !given {
                missing.push(id);
            }
        }
    }
    missing
}
