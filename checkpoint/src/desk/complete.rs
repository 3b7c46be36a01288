//! A notice for a story: complete, or lacking what the story says. Its answers are those that the edition's own rows take.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::line::Word;
use super::line::texts;
use super::story::{Place, written};
use super::table::mode_name;
use crate::identifiers::IdentifierKind;
use crate::input::order::{Answer, ConsignmentDraft, NoticeDraft, Purpose};
use crate::law::Edition;
use crate::law::notice::{FieldKind, FieldRule, Scope};
use crate::site::Mode;

/// A notice as a story words it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NoticeWords {
    /// Everything that the law asks for, but for what lacks.
    Made { consignments: u16, lacks: Vec<Lack>, with: Vec<String>, empty: bool },
    /// As a file has it.
    File { file: String },
}

/// A row that was not answered: in one consignment, or in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lack {
    pub(super) field: String,
    pub(super) consignment: Option<u16>,
}

/// Consignments of a notice that a story makes.
const MOST: u16 = 100;

impl NoticeWords {
    /// `complete`, `lacks FIELD`, `for an empty vehicle`, `from FILE`; then `N consignments`, `with FLAG`, further fields.
    pub(super) fn parse(what: &[&str], rest: &[Vec<Word>]) -> Result<Self, String> {
        let (mut consignments, mut lacks, mut with, mut empty) = (1, Vec::new(), Vec::new(), false);
        match what {
            ["complete"] => {}
            ["from", file] if rest.is_empty() => {
                return Ok(NoticeWords::File { file: (*file).to_owned() });
            }
            ["empty", "vehicle"] | ["for", "an", "empty", "vehicle"] => {
                (empty, consignments) = (true, 0);
            }
            ["lacks", field @ ..] => lacks.push(lack(field)?),
            other => {
                return Err(format!(
                    "{:?}: a notice is complete, lacks FIELD, for an empty vehicle, from FILE",
                    other.join(" ")
                ));
            }
        }
        for part in rest {
            match texts(part).as_slice() {
                [number, "consignment" | "consignments"] if !empty => {
                    consignments = number
                        .parse()
                        .ok()
                        .filter(|number| (1..=MOST).contains(number))
                        .ok_or_else(|| {
                            format!("{number:?} is no number of consignments from 1 to {MOST}")
                        })?;
                }
                ["with", flag] => with.push((*flag).to_owned()),
                field if !lacks.is_empty() => lacks.push(lack(field)?),
                _ => {
                    return Err(format!(
                        "{:?} says nothing about a notice: N consignments, with FLAG",
                        written(part)
                    ));
                }
            }
        }
        Ok(NoticeWords::Made { consignments, lacks, with, empty })
    }

    /// Names in the words that the edition does not know, in one sentence.
    pub(super) fn check(&self, edition: &Edition, place: &Place) -> Result<(), String> {
        let (mode, purpose) = (place.mode, Purpose::of(place.direction));
        let NoticeWords::Made { lacks, with, .. } = self else { return Ok(()) };
        let Some(notice) = edition.notice(mode, purpose) else {
            return Err(format!("{} has no notice by {}", edition.id, mode_name(mode)));
        };
        let ids: Vec<&str> = notice.fields.iter().map(|rule| rule.id.as_str()).collect();
        if let Some(lack) = lacks.iter().find(|lack| !ids.contains(&lack.field.as_str())) {
            return Err(format!(
                "{:?} is no row of the notice by {} in {}: {}",
                lack.field,
                mode_name(mode),
                edition.id,
                ids.join(", ")
            ));
        }
        let asked = |rule: &FieldRule| rule.when.clone().into_iter().chain(rule.unless.clone());
        let mut flags: Vec<String> = notice.fields.iter().flat_map(asked).collect();
        flags.sort();
        flags.dedup();
        match with.iter().find(|flag| !flags.contains(flag)) {
            Some(flag) => Err(format!(
                "{flag:?} is no flag of the notice by {} in {}: {}",
                mode_name(mode),
                edition.id,
                flags.join(", ")
            )),
            None => Ok(()),
        }
    }
}

fn lack(words: &[&str]) -> Result<Lack, String> {
    match words {
        [field] => Ok(Lack { field: (*field).to_owned(), consignment: None }),
        [field, "of", "consignment", number] => {
            let number = number
                .parse()
                .map_err(|_| format!("{number:?} is no number of a consignment: 1, 2, …"))?;
            Ok(Lack { field: (*field).to_owned(), consignment: Some(number) })
        }
        other => Err(format!(
            "{:?}: name the row that lacks, such as consignee_address, or consignee_address of consignment 2",
            other.join(" ")
        )),
    }
}

/// The notice of these words. What the edition asks for is answered with plain words that say so; `today` answers for dates.
pub(super) fn notice(
    words: &NoticeWords,
    edition: &Edition,
    place: &Place,
    today: Date,
) -> NoticeDraft {
    let (mode, purpose) = (place.mode, Purpose::of(place.direction));
    let NoticeWords::Made { consignments, lacks, with, empty } = words else {
        return draft_of(mode);
    };
    let mut draft = draft_of(mode);
    let goods = || ConsignmentDraft { answers: BTreeMap::new(), goods: vec![BTreeMap::new()] };
    draft.consignments = (0..*consignments).map(|_| goods()).collect();
    let Some(notice) = edition.notice(mode, purpose) else { return draft };
    for flag in with {
        draft.answers.insert(flag.clone(), Answer::Flag(true));
    }
    if *empty {
        draft.answers.insert(notice.empty_vehicle_flag.clone(), Answer::Flag(true));
    }
    let is_set = |flag: &String| with.contains(flag);
    let asked = notice.fields.iter().filter(|rule| {
        !(*empty && rule.goods)
            && rule.when.as_ref().is_none_or(is_set)
            && !rule.unless.as_ref().is_some_and(is_set)
            && rule.counted_by.is_none()
    });
    for rule in asked {
        let lacking = |number: Option<u16>| {
            lacks.iter().any(|lack| {
                lack.field == rule.id && (lack.consignment.is_none() || lack.consignment == number)
            })
        };
        let id = rule.any_of.first().unwrap_or(&rule.id).clone();
        // A number has the shape of one; a day is this one's, as every other row's.
        let sound = edition.identifiers.get(&id).filter(|kind| **kind != IdentifierKind::Date);
        let answer = match sound {
            Some(kind) if rule.kind == FieldKind::Text => Answer::Text(kind.example().to_owned()),
            Some(kind) if rule.kind == FieldKind::List => {
                Answer::Papers(vec![kind.example().to_owned()])
            }
            Some(_) | None => answer(rule, today),
        };
        match rule.scope {
            Scope::Visit if !lacking(None) => {
                draft.answers.insert(id, answer);
            }
            Scope::Visit => {}
            Scope::Consignment | Scope::GoodsItem => {
                for (one, number) in draft.consignments.iter_mut().zip(1..) {
                    if lacking(Some(number)) {
                        continue;
                    }
                    let answers = match (rule.scope, one.goods.first_mut()) {
                        (Scope::GoodsItem, Some(item)) => item,
                        (Scope::GoodsItem | Scope::Consignment | Scope::Visit, _) => {
                            &mut one.answers
                        }
                    };
                    answers.insert(id.clone(), answer.clone());
                }
            }
        }
    }
    draft
}

fn draft_of(mode: Mode) -> NoticeDraft {
    NoticeDraft::of(mode)
}

fn answer(rule: &FieldRule, today: Date) -> Answer {
    let text = |text: String| Answer::Text(text);
    match rule.kind {
        FieldKind::Papers | FieldKind::List => Answer::Papers(vec![rule.id.clone()]),
        FieldKind::Number if rule.positive => Answer::Number(Decimal::ONE_THOUSAND),
        // Nobody is counted: lists of people stay empty.
        FieldKind::Number if rule.id.ends_with("passenger_count") => Answer::Number(Decimal::ZERO),
        FieldKind::Number => Answer::Number(Decimal::ONE),
        FieldKind::Flag => Answer::Flag(false),
        FieldKind::Statement => Answer::Nil,
        FieldKind::Text | FieldKind::People => match &rule.min_digits {
            Some(digits) => {
                text("3104".repeat(digits.count.div_ceil(4)).chars().take(digits.count).collect())
            }
            None if rule.id.ends_with("_date") => text(today.to_string()),
            None => text(rule.id.clone()),
        },
    }
}
