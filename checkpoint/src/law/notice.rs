//! What is missing in an arrival notice: exactly the rows that the law asks for and nobody answered, in the law's order.
//!
//! The system never asks for more than the law (Code of the Republic of Kazakhstan on customs affairs (2010), art. 242.3, 274.1): what an edition has no row
//! for is optional, and an incomplete notice is registered as incomplete.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use super::Edition;
use crate::event::MissingRow;
use crate::ids::ConsignmentNo;
use crate::input::order::{Answer, ConsignmentDraft, NoticeDraft};

/// The notice of one mode.
#[derive(Debug, Clone, PartialEq)]
pub struct ModeNotice {
    /// The article.
    pub article: String,
    /// The flag by which a vehicle says that it carries nothing (art. 452.1, AMB-19).
    pub empty_vehicle_flag: String,
    /// Its rows in the law's order.
    pub fields: Vec<FieldRule>,
}

/// A row of the notice.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// Its id.
    pub id: String,
    /// The article, if it is not that of the notice.
    #[serde(default)]
    pub article: Option<String>,
    /// What an answer looks like.
    pub kind: FieldKind,
    /// For what it is asked.
    pub scope: Scope,
    /// True if it is about goods: not asked of an empty vehicle.
    #[serde(default)]
    pub goods: bool,
    /// Asked only when this flag is set.
    #[serde(default)]
    pub when: Option<String>,
    /// Not asked when this flag is set.
    #[serde(default)]
    pub unless: Option<String>,
    /// Answered by any of these instead of by its own id.
    #[serde(default)]
    pub any_of: Vec<String>,
    /// Whether an explicit nothing answers it (AMB-20).
    #[serde(default)]
    pub nil: bool,
    /// A number must be above zero.
    #[serde(default)]
    pub positive: bool,
    /// Digits that an answer needs at least, and the code to say so.
    #[serde(default)]
    pub min_digits: Option<MinDigits>,
    /// One answer for each that this other field lists.
    #[serde(default)]
    pub each_of: Option<String>,
    /// For lists of people: the field that counts them.
    #[serde(default)]
    pub counted_by: Option<String>,
    /// For lists of people: what is asked of each.
    #[serde(default)]
    pub parts: Vec<String>,
}

/// Digits that an answer needs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinDigits {
    /// At least this many, and nothing but digits.
    pub count: usize,
    /// The warning for fewer.
    pub code: String,
}

/// What an answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// References of papers.
    Papers,
    /// Words.
    Text,
    /// A number.
    Number,
    /// An explicit yes or no.
    Flag,
    /// An explicit none, or a list.
    Statement,
    /// People, each with parts.
    People,
}

/// For what a row is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Once.
    Visit,
    /// For each consignment.
    Consignment,
    /// For each goods item.
    GoodsItem,
}

/// An answer that is there and not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warning {
    /// The row.
    pub field: String,
    /// Consignment, if it is asked for each; 1, 2, …
    pub consignment: Option<ConsignmentNo>,
    /// Goods item within the consignment; 1, 2, …
    pub item: Option<u16>,
    /// What is wrong, such as `hs_code_too_short`.
    pub code: String,
}

/// What a check of a draft says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeCheck {
    /// Rows that the law asks for and nobody answered, in the law's order.
    pub missing: Vec<MissingRow>,
    /// Answers that are not as they should be.
    pub warnings: Vec<Warning>,
    /// Answers that the law does not ask for.
    pub not_required: Vec<String>,
}

/// People of whom one notice can tell; a ferry carries fewer.
const MOST_PEOPLE: usize = 10_000;

type Answers = BTreeMap<String, Answer>;

/// The rows that are missing.
pub fn missing(edition: &Edition, draft: &NoticeDraft) -> Vec<MissingRow> {
    check(edition, draft).missing
}

/// Everything that can be said of a draft.
pub fn check(edition: &Edition, draft: &NoticeDraft) -> NoticeCheck {
    let Some(notice) = edition.notices.get(&draft.mode) else { return NoticeCheck::default() };
    let empty = flag(&[&draft.answers], &notice.empty_vehicle_flag);
    let nobody = [ConsignmentDraft::default()];
    // A vehicle that is not empty has at least one consignment, whether or not anybody wrote one down.
    let consignments =
        if draft.consignments.is_empty() { &nobody[..] } else { &draft.consignments[..] };
    let mut check = NoticeCheck::default();
    for rule in notice.fields.iter().filter(|rule| !(empty && rule.goods)) {
        let asked = Asked { rule, article: rule.article.as_ref().unwrap_or(&notice.article) };
        match rule.scope {
            Scope::Visit => asked.look(&[&draft.answers], None, None, &mut check),
            Scope::Consignment => {
                for (consignment, number) in consignments.iter().zip(1..) {
                    let answers = [&consignment.answers, &draft.answers];
                    // What every goods item tells, nobody has to tell again for all of them.
                    let told_by_goods = !consignment.goods.is_empty()
                        && consignment.goods.iter().all(|item| {
                            asked.is_answered(&[item, &consignment.answers, &draft.answers])
                        });
                    if !told_by_goods {
                        asked.look(&answers, Some(ConsignmentNo(number)), None, &mut check);
                    }
                }
            }
            Scope::GoodsItem => {
                for (consignment, number) in consignments.iter().zip(1..) {
                    let nothing = [Answers::new()];
                    let goods = if consignment.goods.is_empty() {
                        &nothing[..]
                    } else {
                        &consignment.goods[..]
                    };
                    for (item, place) in goods.iter().zip(1..) {
                        let answers = [item, &consignment.answers, &draft.answers];
                        asked.look(&answers, Some(ConsignmentNo(number)), Some(place), &mut check);
                    }
                }
            }
        }
    }
    check.not_required = not_required(notice, draft, empty);
    check
}

/// The declared gross weight of a consignment, if it states one: its own, or that of all its goods.
pub fn declared_gross(consignment: &ConsignmentDraft) -> Option<Decimal> {
    const FIELD: &str = "gross_weight_kg";
    let number = |answers: &Answers| match answers.get(FIELD) {
        Some(Answer::Number(number)) if *number > Decimal::ZERO => Some(*number),
        Some(
            Answer::Number(_) | Answer::Text(_) | Answer::Flag(_) | Answer::Papers(_) | Answer::Nil,
        )
        | None => None,
    };
    let of_goods = || {
        let first = consignment.goods.first()?;
        number(first)?;
        consignment.goods.iter().try_fold(Decimal::ZERO, |sum, item| sum.checked_add(number(item)?))
    };
    number(&consignment.answers).or_else(of_goods)
}

/// A row that is asked.
struct Asked<'a> {
    rule: &'a FieldRule,
    article: &'a str,
}

impl Asked<'_> {
    /// What was answered. Alternatives share one row; otherwise the row's own id answers it. Only the nearest answer counts.
    fn given<'b>(&self, answers: &[&'b Answers]) -> impl Iterator<Item = &'b Answer> {
        let own = self.rule.any_of.is_empty().then_some(&self.rule.id);
        self.rule.any_of.iter().chain(own).filter_map(|id| answer(answers, id))
    }

    fn is_answered(&self, answers: &[&Answers]) -> bool {
        self.given(answers).any(|answer| satisfies(self.rule, answer, answers))
    }

    fn look(
        &self,
        answers: &[&Answers],
        consignment: Option<ConsignmentNo>,
        item: Option<u16>,
        check: &mut NoticeCheck,
    ) {
        let rule = self.rule;
        if !applies(rule, answers) {
            return;
        }
        let mut miss = |field: String| {
            check.missing.push(MissingRow {
                field,
                article: self.article.to_owned(),
                consignment,
                item,
            });
        };
        if let Some(counter) = &rule.counted_by {
            for field in people_missing(rule, counter, answers) {
                miss(field);
            }
            return;
        }
        if !self.is_answered(answers) {
            miss(rule.id.clone());
        }
        let short = rule.min_digits.as_ref().filter(|digits| {
            self.given(answers).any(|answer| matches!(answer, Answer::Text(text) if !text.trim().is_empty() && !has_digits(text, digits.count)))
        });
        if let Some(digits) = short {
            let (field, code) = (rule.id.clone(), digits.code.clone());
            check.warnings.push(Warning { field, consignment, item, code });
        }
    }
}

/// A row is answered where it is asked, else further out: a total for the consignment answers for its goods.
fn answer<'a>(answers: &[&'a Answers], id: &str) -> Option<&'a Answer> {
    answers.iter().find_map(|answers| answers.get(id))
}

fn flag(answers: &[&Answers], id: &str) -> bool {
    matches!(answer(answers, id), Some(Answer::Flag(true)))
}

fn applies(rule: &FieldRule, answers: &[&Answers]) -> bool {
    rule.when.as_ref().is_none_or(|id| flag(answers, id))
        && !rule.unless.as_ref().is_some_and(|id| flag(answers, id))
}

fn satisfies(rule: &FieldRule, answer: &Answer, answers: &[&Answers]) -> bool {
    match (rule.kind, answer) {
        (_, Answer::Nil) => rule.nil || rule.kind == FieldKind::Statement,
        (FieldKind::Text, Answer::Text(text)) => {
            let long_enough = |digits: &MinDigits| has_digits(text, digits.count);
            !text.trim().is_empty() && rule.min_digits.as_ref().is_none_or(long_enough)
        }
        (FieldKind::Text | FieldKind::Papers | FieldKind::Statement, Answer::Papers(papers)) => {
            let given = papers.iter().filter(|paper| !paper.trim().is_empty()).count();
            given >= 1.max(wanted(rule, answers))
        }
        (FieldKind::Number, Answer::Number(number)) => {
            if rule.positive {
                *number > Decimal::ZERO
            } else {
                *number >= Decimal::ZERO
            }
        }
        (FieldKind::Text, Answer::Number(_)) => {
            wanted(rule, answers) <= 1 && rule.min_digits.is_none()
        }
        (FieldKind::Flag | FieldKind::Statement, Answer::Flag(_)) => true,
        (FieldKind::Statement, Answer::Text(text)) => !text.trim().is_empty(),
        (FieldKind::Papers, Answer::Text(_) | Answer::Number(_) | Answer::Flag(_))
        | (FieldKind::Number, Answer::Text(_) | Answer::Papers(_) | Answer::Flag(_))
        | (FieldKind::Flag, Answer::Text(_) | Answer::Papers(_) | Answer::Number(_))
        | (FieldKind::Text, Answer::Flag(_))
        | (FieldKind::Statement, Answer::Number(_))
        | (
            FieldKind::People,
            Answer::Text(_) | Answer::Papers(_) | Answer::Number(_) | Answer::Flag(_),
        ) => false,
    }
}

/// How many answers are wanted, where another field lists for what.
fn wanted(rule: &FieldRule, answers: &[&Answers]) -> usize {
    match rule.each_of.as_ref().and_then(|id| answer(answers, id)) {
        Some(Answer::Papers(papers)) => papers.len(),
        Some(Answer::Text(_) | Answer::Number(_) | Answer::Flag(_) | Answer::Nil) | None => 1,
    }
}

fn has_digits(text: &str, count: usize) -> bool {
    let text = text.trim();
    text.len() >= count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Parts that are missing of each person: `passengers[0].surname`, …
fn people_missing(rule: &FieldRule, counter: &str, answers: &[&Answers]) -> Vec<String> {
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

/// Answers to what the law does not ask, in the order of their ids.
fn not_required(notice: &ModeNotice, draft: &NoticeDraft, empty: bool) -> Vec<String> {
    let is_asked = |id: &str, answers: &[&Answers]| {
        notice.fields.iter().any(|rule| {
            let named = rule.id == id
                || rule.any_of.iter().any(|one| one == id)
                || (rule.counted_by.is_some() && id.starts_with(&format!("{}[", rule.id)));
            named && applies(rule, answers) && !(empty && rule.goods)
        })
    };
    let is_flag = |id: &str| {
        id == notice.empty_vehicle_flag
            || notice
                .fields
                .iter()
                .any(|rule| rule.when.as_deref() == Some(id) || rule.unless.as_deref() == Some(id))
    };
    let mut extra = std::collections::BTreeSet::new();
    let mut look = |given: &Answers, answers: &[&Answers]| {
        let ids = given.keys().filter(|id| !is_flag(id) && !is_asked(id, answers));
        extra.extend(ids.cloned());
    };
    look(&draft.answers, &[&draft.answers]);
    for consignment in &draft.consignments {
        look(&consignment.answers, &[&consignment.answers, &draft.answers]);
        for item in &consignment.goods {
            look(item, &[item, &consignment.answers, &draft.answers]);
        }
    }
    extra.into_iter().collect()
}
