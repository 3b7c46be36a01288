//! How a notice differs from the prior information about the same goods (Code of the Republic of Kazakhstan on customs affairs (2010), art. 66, 250.2).
//!
//! Only what the prior information stated is looked at: a notice may say more. Two spellings of one number are one
//! ([`identifiers::normalised_as`]), a total is what its parts add up to, and lists have no order. Consignments and goods items are matched by what is equal in them. Nothing
//! here judges: a difference is shown to an officer and holds nobody.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::answers::{Answers, listed};
use super::said::{Means, Said, more_exact, plain, same, together};
use super::{FieldKind, FieldRule, matching, warnings};
use crate::event::Difference;
use crate::identifiers::{self, IdentifierKind};
use crate::ids::ConsignmentNo;
use crate::input::order::{Answer, ConsignmentDraft, NoticeDraft, PriorInformation, Purpose};
use crate::law::Edition;

/// Everything that the notice says otherwise than the prior information, in the law's order. `plates` are those that the vehicle itself bears, normalised.
pub fn differences(
    edition: &Edition,
    prior: &PriorInformation,
    notice: &NoticeDraft,
    plates: &[String],
) -> Vec<Difference> {
    let form = edition.notice(notice.mode, notice.purpose.unwrap_or(Purpose::Arrival));
    let reading = Reading { edition, fields: form.map_or(&[], |form| &form.fields) };
    let mut found = Vec::new();
    reading.names(prior, notice, plates, &mut found);
    let stated: Vec<Goods<'_>> = prior.draft.consignments.iter().map(Goods::of).collect();
    let declared: Vec<Goods<'_>> = notice.consignments.iter().map(Goods::of).collect();
    let pairs = matching::pairs(
        &reading.words_of_all(&prior.draft.consignments),
        &reading.words_of_all(&notice.consignments),
    );
    count("consignment_count", stated.len(), declared.len(), &Difference::about(""), &mut found);
    let whole = Level { own: Some(&prior.draft.answers), inner: &stated };
    let noticed = Level { own: Some(&notice.answers), inner: &declared };
    for field in reading.fields_of(&prior.draft) {
        let one = Field { reading, field: &field };
        let own = prior.draft.answers.contains_key(&field);
        let only_outside =
            notice.answers.contains_key(&field) && !declared.iter().any(|one| one.tells(&field));
        if own || only_outside {
            one.compare(
                one.of_visit(&whole),
                one.of_visit(&noticed),
                Difference::about(&field),
                &mut found,
            );
            continue;
        }
        for ((stated, number), pair) in stated.iter().zip(1..).zip(&pairs) {
            let Some((declared, at)) = pair.and_then(|at| Some((declared.get(at)?, at))) else {
                continue;
            };
            let about = Difference {
                consignment: Some(ConsignmentNo(number)),
                in_notice: numbered(at),
                ..Difference::about(&field)
            };
            one.of_goods(stated, declared, &notice.answers, &about, &mut found);
        }
    }
    for ((stated, number), pair) in stated.iter().zip(1..).zip(&pairs) {
        let about = Difference {
            consignment: Some(ConsignmentNo(number)),
            ..Difference::about("consignment")
        };
        match pair.and_then(|at| Some((declared.get(at)?, at))) {
            None => found.push(about),
            Some((declared, at)) => {
                let about = Difference { in_notice: numbered(at), ..about };
                let (stated, declared) = (stated.goods.len(), declared.goods.len());
                // Goods that the notice does not itemise are told by the consignment.
                if declared > 0 {
                    count("goods_count", stated, declared, &about, &mut found);
                }
            }
        }
    }
    found.sort_by_key(|one| (reading.place(&one.field), one.consignment, one.item));
    found
}

/// All that a draft answers with numbers of this kind, normalised.
pub fn named(edition: &Edition, draft: &NoticeDraft, wanted: IdentifierKind) -> BTreeSet<String> {
    let reading = Reading { edition, fields: &[] };
    let inner = draft.consignments.iter();
    let maps = inner.flat_map(|one| std::iter::once(&one.answers).chain(&one.goods));
    let answers = std::iter::once(&draft.answers).chain(maps).flatten();
    let named = answers.filter(|(field, _)| reading.kind(field) == Some(wanted));
    named.flat_map(|(field, answer)| reading.words(field, answer)).collect()
}

fn numbered(place: usize) -> Option<ConsignmentNo> {
    u16::try_from(place).ok()?.checked_add(1).map(ConsignmentNo)
}

/// Nothing is counted that the prior information did not tell of.
fn count(
    field: &str,
    stated: usize,
    declared: usize,
    about: &Difference,
    found: &mut Vec<Difference>,
) {
    if stated == 0 || stated == declared {
        return;
    }
    found.push(Difference {
        field: field.to_owned(),
        stated: Some(Answer::Number(Decimal::from(stated))),
        declared: Some(Answer::Number(Decimal::from(declared))),
        ..about.clone()
    });
}

impl Difference {
    fn about(field: &str) -> Difference {
        Difference {
            field: field.to_owned(),
            consignment: None,
            item: None,
            in_notice: None,
            stated: None,
            declared: None,
        }
    }
}

/// A consignment, or one of its goods items alone.
struct Goods<'a> {
    answers: &'a Answers,
    goods: &'a [Answers],
}

impl<'a> Goods<'a> {
    fn of(draft: &'a ConsignmentDraft) -> Goods<'a> {
        Goods { answers: &draft.answers, goods: &draft.goods }
    }

    /// Whether it, or any of its goods, answers this.
    fn tells(&self, field: &str) -> bool {
        self.answers.contains_key(field) || self.goods.iter().any(|item| item.contains_key(field))
    }
}

/// A whole submission.
struct Level<'a> {
    own: Option<&'a Answers>,
    inner: &'a [Goods<'a>],
}

#[derive(Clone, Copy)]
struct Reading<'a> {
    edition: &'a Edition,
    fields: &'a [FieldRule],
}

impl<'a> Reading<'a> {
    fn kind(self, field: &str) -> Option<IdentifierKind> {
        self.edition.identifiers.get(&warnings::without_index(field)).copied()
    }

    fn row(self, field: &str) -> Option<(usize, &'a FieldRule)> {
        let base = field.split('[').next().unwrap_or(field);
        let answers =
            |rule: &FieldRule| rule.id == base || rule.any_of.iter().any(|one| one == field);
        self.fields.iter().enumerate().find(|(_, rule)| answers(rule))
    }

    /// Counts stand first, then the rows in the law's order, then what no row asks for.
    fn place(self, field: &str) -> (usize, String) {
        let place = match field {
            "consignment_count" => 0,
            "plates" | "containers" => 1,
            "consignment" => 2,
            "goods_count" => 3,
            _ => self.row(field).map_or(usize::MAX, |(at, _)| at.saturating_add(4)),
        };
        (place, field.to_owned())
    }

    /// Everything that the prior information answers anywhere.
    fn fields_of(self, draft: &NoticeDraft) -> BTreeSet<String> {
        let inner = draft.consignments.iter();
        let maps = inner.flat_map(|one| std::iter::once(&one.answers).chain(&one.goods));
        std::iter::once(&draft.answers)
            .chain(maps)
            .flat_map(|answers| answers.keys().cloned())
            .collect()
    }

    /// What an answer lists, each for comparing.
    fn words(self, field: &str, answer: &Answer) -> Vec<String> {
        let kind = self.kind(field);
        let is_list = kind.is_some()
            || self
                .row(field)
                .is_some_and(|(_, rule)| matches!(rule.kind, FieldKind::List | FieldKind::Papers));
        let texts: Vec<&str> = match answer {
            Answer::Text(text) if !is_list => vec![text],
            Answer::Text(_)
            | Answer::Papers(_)
            | Answer::Number(_)
            | Answer::Flag(_)
            | Answer::Nil => listed(answer).collect(),
        };
        let normalised = |text: &str| match kind {
            Some(IdentifierKind::Plate) => identifiers::plates_of(text),
            Some(kind) => vec![identifiers::normalised_as(kind, text)],
            None => vec![plain(text)],
        };
        texts.into_iter().flat_map(normalised).filter(|text| !text.is_empty()).collect()
    }

    /// What tells one consignment from another: its answers and those of its goods.
    fn words_of_all(self, consignments: &[ConsignmentDraft]) -> Vec<Vec<String>> {
        let of = |answers: &Answers| -> Vec<String> {
            let each = answers.iter().flat_map(|(field, answer)| match answer {
                Answer::Number(number) => vec![format!("{field} {}", number.normalize())],
                Answer::Text(_) | Answer::Papers(_) | Answer::Flag(_) | Answer::Nil => {
                    let words = self.words(field, answer).into_iter();
                    words.map(|word| format!("{field} {word}")).collect()
                }
            });
            each.collect()
        };
        let whole = |one: &ConsignmentDraft| {
            let mut words = of(&one.answers);
            words.extend(one.goods.iter().flat_map(of));
            words
        };
        consignments.iter().map(whole).collect()
    }

    /// Plates and containers that stand beside the rows, and that neither the notice nor the vehicle bears.
    fn names(
        self,
        prior: &PriorInformation,
        notice: &NoticeDraft,
        plates: &[String],
        found: &mut Vec<Difference>,
    ) {
        let beside = [
            ("plates", IdentifierKind::Plate, &prior.plates, plates),
            ("containers", IdentifierKind::Container, &prior.containers, &[]),
        ];
        for (field, kind, stated, known) in beside {
            let mut declared = named(self.edition, notice, kind);
            let in_rows = named(self.edition, &prior.draft, kind);
            // A notice that names no container says nothing about them, unless a container was stated in a row of its own.
            if declared.is_empty() && known.is_empty() {
                continue;
            }
            declared.extend(known.iter().cloned());
            let shown = declared.iter().cloned().collect::<Vec<_>>().join(", ");
            for text in stated {
                let each = if kind == IdentifierKind::Plate {
                    identifiers::plates_of(text)
                } else {
                    vec![identifiers::normalised_as(kind, text)]
                };
                let missing = |one: &String| !declared.contains(one) && !in_rows.contains(one);
                if each.iter().any(missing) {
                    found.push(Difference {
                        stated: Some(Answer::Text(text.clone())),
                        declared: Some(Answer::Text(shown.clone())),
                        ..Difference::about(field)
                    });
                }
            }
        }
    }
}

struct Field<'a> {
    reading: Reading<'a>,
    field: &'a str,
}

impl Field<'_> {
    fn said(&self, answer: &Answer) -> Said {
        let means = match answer {
            Answer::Number(number) => Means::Number(*number),
            Answer::Flag(true) => Means::Yes,
            Answer::Flag(false) | Answer::Nil => Means::No,
            Answer::Text(_) | Answer::Papers(_) => {
                Means::Words(self.reading.words(self.field, answer).into_iter().collect())
            }
        };
        Said { shown: answer.clone(), means }
    }

    fn own(&self, answers: &Answers) -> Option<Said> {
        answers.get(self.field).map(|answer| self.said(answer))
    }

    /// Of a consignment: its own answer, or what its goods add up to.
    fn of_consignment(&self, goods: &Goods<'_>) -> Option<Said> {
        self.own(goods.answers)
            .or_else(|| goods.goods.iter().filter_map(|item| self.own(item)).reduce(together))
    }

    /// Of the vehicle: its own answer, or what its consignments add up to.
    fn of_visit(&self, level: &Level<'_>) -> Option<Said> {
        level.own.and_then(|answers| self.own(answers)).or_else(|| {
            level.inner.iter().filter_map(|one| self.of_consignment(one)).reduce(together)
        })
    }

    /// Item by item where both sides answer by items, else as a whole.
    fn of_goods(
        &self,
        stated: &Goods<'_>,
        declared: &Goods<'_>,
        outside: &Answers,
        about: &Difference,
        found: &mut Vec<Difference>,
    ) {
        if !stated.tells(self.field) {
            return;
        }
        let by_items = |goods: &Goods<'_>| {
            !goods.answers.contains_key(self.field)
                && goods.goods.iter().any(|item| item.contains_key(self.field))
        };
        if !(by_items(stated) && by_items(declared)) {
            let said = self.of_consignment(declared).or_else(|| self.own(outside));
            self.compare(self.of_consignment(stated), said, about.clone(), found);
            return;
        }
        let alone = |goods: &Goods<'_>| -> Vec<Vec<String>> {
            let each = goods
                .goods
                .iter()
                .map(|item| ConsignmentDraft { answers: item.clone(), goods: Vec::new() });
            self.reading.words_of_all(&each.collect::<Vec<_>>())
        };
        let pairs = matching::pairs(&alone(stated), &alone(declared));
        for ((item, number), pair) in stated.goods.iter().zip(1..).zip(pairs) {
            let Some(said) = self.own(item) else { continue };
            let about = Difference { item: Some(number), ..about.clone() };
            let beside = pair.and_then(|at| declared.goods.get(at));
            self.compare(Some(said), beside.and_then(|item| self.own(item)), about, found);
        }
    }

    fn compare(
        &self,
        stated: Option<Said>,
        declared: Option<Said>,
        about: Difference,
        found: &mut Vec<Difference>,
    ) {
        let Some(stated) = stated else { return };
        let same = match &declared {
            Some(declared) => {
                let codes = self.reading.kind(self.field) == Some(IdentifierKind::CommodityCode);
                same(&stated, declared) || (codes && more_exact(&stated, declared))
            }
            // Who says that there is none of something, and who says nothing of it, say the same.
            None => stated.means == Means::No || stated.means == Means::Words(BTreeSet::new()),
        };
        if !same {
            found.push(Difference {
                stated: Some(stated.shown),
                declared: declared.map(|declared| declared.shown),
                ..about
            });
        }
    }
}
