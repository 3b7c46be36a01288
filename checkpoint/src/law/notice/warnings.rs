//! What looks wrong in a submission and hinders nothing: numbers of a wrong shape, too few digits, a mandate that nobody stated.
//!
//! Every answer is looked at, also one that no row asks for.

use super::answers::{Answers, has_digits, listed};
use super::{FieldKind, FieldRule, Form};
use crate::event::Warning;
use crate::identifiers;
use crate::ids::ConsignmentNo;
use crate::input::order::{Answer, FiledBy, NoticeDraft};
use crate::law::Edition;

/// Warnings of one submission; what more there is, is like these.
const MOST_WARNINGS: usize = 500;

/// In the law's order; answers that no row asks for come last.
pub(super) fn warnings(edition: &Edition, form: &Form, draft: &NoticeDraft) -> Vec<Warning> {
    let mut found = Found { edition, form, warnings: Vec::new() };
    let visit = Place { consignment: None, item: None };
    if draft.filed_by != FiledBy::Carrier && draft.authority.trim().is_empty() {
        let detail =
            "who submits for the carrier acts on its instruction (250.1/2): state the mandate";
        found.warn("authority", visit, "authority_missing", detail.to_owned());
    }
    found.look(&draft.answers, visit);
    for (consignment, number) in draft.consignments.iter().zip(1..) {
        let place = Place { consignment: Some(ConsignmentNo(number)), item: None };
        found.look(&consignment.answers, place);
        for (item, number) in consignment.goods.iter().zip(1..) {
            found.look(item, Place { item: Some(number), ..place });
        }
    }
    let mut warnings = found.warnings;
    warnings.sort_by_key(|(row, warning)| (*row, warning.consignment, warning.item));
    warnings.into_iter().map(|(_, warning)| warning).collect()
}

#[derive(Clone, Copy)]
struct Place {
    consignment: Option<ConsignmentNo>,
    item: Option<u16>,
}

struct Found<'a> {
    edition: &'a Edition,
    form: &'a Form,
    /// With the place of the row in the law's order.
    warnings: Vec<(usize, Warning)>,
}

impl Found<'_> {
    fn look(&mut self, answers: &Answers, place: Place) {
        for (id, answer) in answers {
            let kind = self.edition.identifiers.get(&without_index(id));
            for text in kind.iter().flat_map(|_| texts(answer)) {
                let findings = kind.map(|kind| identifiers::check(*kind, text));
                for finding in findings.into_iter().flatten() {
                    self.warn(id, place, finding.code, finding.detail);
                }
            }
            if let Some((_, rule)) = self.row(id) {
                let rule = rule.clone();
                self.look_at_row(&rule, id, answer, answers, place);
            }
        }
    }

    fn look_at_row(
        &mut self,
        rule: &FieldRule,
        id: &str,
        answer: &Answer,
        beside: &Answers,
        place: Place,
    ) {
        if let (Some(digits), Answer::Text(text)) = (&rule.min_digits, answer)
            && let Some(code) = identifiers::code_digits(text)
            && !has_digits(text, digits.count)
        {
            let detail = format!("{code}: at least {} digits", digits.count);
            self.warn(id, place, &digits.code, detail);
        }
        if rule.kind != FieldKind::Number {
            return;
        }
        match answer {
            Answer::Text(text) => {
                self.warn(id, place, "not_a_number", format!("{text}: write a number"));
            }
            Answer::Number(number)
                if rule.whole && number.fract() != rust_decimal::Decimal::ZERO =>
            {
                self.warn(id, place, "not_whole", format!("{number}: write a whole number"));
            }
            Answer::Number(number) if number.is_zero() => {
                if let Some(zero_if) = &rule.zero_if {
                    let reason = beside.get(&zero_if.field).into_iter().flat_map(texts);
                    let explained = reason.into_iter().any(|text| {
                        let text = text.to_lowercase();
                        zero_if.words.iter().any(|word| text.contains(word.as_str()))
                    });
                    if !explained {
                        let detail = format!("none: {} says why", zero_if.field);
                        self.warn(id, place, &zero_if.code, detail);
                    }
                }
            }
            Answer::Number(_) | Answer::Flag(_) | Answer::Papers(_) | Answer::Nil => {}
        }
    }

    /// The row that this id answers, and its place in the law's order.
    fn row(&self, id: &str) -> Option<(usize, &FieldRule)> {
        let base = id.split('[').next().unwrap_or(id);
        let answers = |rule: &FieldRule| rule.id == base || rule.any_of.iter().any(|one| one == id);
        self.form.fields.iter().enumerate().find(|(_, rule)| answers(rule))
    }

    fn warn(&mut self, id: &str, place: Place, code: &str, detail: String) {
        if self.warnings.len() >= MOST_WARNINGS {
            return;
        }
        let row = if id == "authority" {
            0
        } else {
            self.row(id).map_or(usize::MAX, |(place, _)| place.saturating_add(1))
        };
        let Place { consignment, item } = place;
        let (field, code) = (id.to_owned(), code.to_owned());
        self.warnings.push((row, Warning { field, consignment, item, code, detail }));
    }
}

/// `passengers[3].birth_date` is a `passengers.birth_date`.
pub(super) fn without_index(id: &str) -> String {
    match (id.find('['), id.find(']')) {
        (Some(open), Some(close)) if open < close => format!("{}{}", &id[..open], &id[close + 1..]),
        _ => id.to_owned(),
    }
}

fn texts(answer: &Answer) -> Vec<&str> {
    match answer {
        Answer::Text(_) | Answer::Papers(_) => listed(answer).collect(),
        Answer::Number(_) | Answer::Flag(_) | Answer::Nil => Vec::new(),
    }
}
