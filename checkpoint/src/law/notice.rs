//! What is missing in a submission: exactly the rows that the law asks for and nobody answered, in the law's order.
//!
//! The system never asks for more than the law (Code of the Republic of Kazakhstan on customs affairs (2010), art. 242.3, 274.1, 280.4): what an edition has no row
//! for is optional and kept, and an incomplete notice is registered as incomplete. What looks wrong is told and hinders nothing (274.3).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Edition;
use super::readings::EmptyVehicles;
use crate::event::{MissingRow, Warning};
use crate::ids::ConsignmentNo;
use crate::input::order::{Answer, ConsignmentDraft, NoticeDraft, PapersKind, Purpose};

mod answers;
mod differences;
mod matching;
mod said;
mod warnings;

pub use differences::{differences, named};

use answers::{Answers, Told, flag};

/// What one submission tells: the notice of a mode, or papers that are filed.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The article.
    pub article: String,
    /// The flag by which a vehicle says that it carries nothing (art. 452.1, AMB-19); empty where goods are the matter.
    pub empty_vehicle_flag: String,
    /// Its rows in the law's order.
    pub fields: Vec<FieldRule>,
}

/// A row of a submission.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// Its id.
    pub id: String,
    /// The article, if it is not that of the submission.
    #[serde(default)]
    pub article: Option<String>,
    /// What an answer looks like.
    pub kind: FieldKind,
    /// For what it is asked.
    pub scope: Scope,
    /// True if it is about goods: not asked of an empty vehicle.
    #[serde(default)]
    pub goods: bool,
    /// Told if known, and never missing ("if available").
    #[serde(default)]
    pub optional: bool,
    /// Asked only when this flag is set.
    #[serde(default)]
    pub when: Option<String>,
    /// Asked when one of these is set as well: flags, or rows that are answered with yes.
    #[serde(default)]
    pub also_when: Vec<String>,
    /// Asked when a paper is in a language that needs translation as well (art. 250.4).
    #[serde(default)]
    pub when_in_another_language: bool,
    /// Not asked when this flag is set.
    #[serde(default)]
    pub unless: Option<String>,
    /// What is asked all the same when `unless` is set, where the exception is read narrowly (AMB-12).
    #[serde(default)]
    pub unless_leaves: Option<String>,
    /// Answered by any of these instead of by its own id.
    #[serde(default)]
    pub any_of: Vec<String>,
    /// Whether `any_of` is a pair of which the other reading wants both (AMB-26).
    #[serde(default)]
    pub pair: bool,
    /// Whether an explicit nothing answers it (AMB-20).
    #[serde(default)]
    pub nil: bool,
    /// A number must be above zero.
    #[serde(default)]
    pub positive: bool,
    /// A number that is not whole looks wrong.
    #[serde(default)]
    pub whole: bool,
    /// Zero looks wrong, unless another answer explains it.
    #[serde(default)]
    pub zero_if: Option<ZeroIf>,
    /// Digits that an answer needs at least, and the code to say so.
    #[serde(default)]
    pub min_digits: Option<MinDigits>,
    /// Of several goods items each needs its own answer; a total does not do ("for each code").
    #[serde(default)]
    pub each_its_own: bool,
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

/// What explains a zero: bulk goods have no packages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZeroIf {
    /// The field that does.
    pub field: String,
    /// Words of which it has one.
    pub words: Vec<String>,
    /// The warning if it has none.
    pub code: String,
}

/// What an answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// References of papers; an electronic original answers as well.
    Papers,
    /// Several words or numbers.
    List,
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

/// Everything that can be said of a notice.
pub fn check(edition: &Edition, draft: &NoticeDraft) -> NoticeCheck {
    let form = edition.notice(draft.mode, draft.purpose.unwrap_or(Purpose::Arrival));
    form.map(|form| check_form(edition, form, draft)).unwrap_or_default()
}

/// What can be said of papers that are filed; none where the edition does not say what they tell.
pub fn check_papers(
    edition: &Edition,
    papers: PapersKind,
    content: &NoticeDraft,
) -> Option<NoticeCheck> {
    edition.submissions.get(&papers).map(|form| check_form(edition, form, content))
}

fn check_form(edition: &Edition, form: &Form, draft: &NoticeDraft) -> NoticeCheck {
    let told = Told::of(edition, draft);
    let empty = edition.readings.empty_vehicles == EmptyVehicles::AreNotAskedAboutGoods
        && flag(&[&draft.answers], &form.empty_vehicle_flag);
    let mut check = NoticeCheck::default();
    for rule in form.fields.iter().filter(|rule| !(rule.optional || empty && rule.goods)) {
        let asked = Asked { rule, article: rule.article.as_ref().unwrap_or(&form.article), told };
        asked.of(draft, &mut check.missing);
    }
    check.warnings = warnings::warnings(edition, form, draft);
    check.not_required = not_required(form, draft, empty, told);
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
    told: Told<'a>,
}

impl Asked<'_> {
    /// Asks the row where it is to be asked. What everything further in tells, nobody has to tell again further out: countries of each consignment
    /// are countries of the vehicle's goods.
    fn of(&self, draft: &NoticeDraft, missing: &mut Vec<MissingRow>) {
        let nobody = [ConsignmentDraft::default()];
        // A vehicle that is not empty has at least one consignment, whether or not anybody wrote one down.
        let consignments =
            if draft.consignments.is_empty() { &nobody[..] } else { &draft.consignments[..] };
        let by_goods = |consignment: &ConsignmentDraft| {
            !consignment.goods.is_empty()
                && consignment
                    .goods
                    .iter()
                    .all(|item| self.is_answered(&[item, &consignment.answers, &draft.answers]))
        };
        match self.rule.scope {
            Scope::Visit => {
                let by_consignments = consignments
                    .iter()
                    .all(|one| self.is_answered(&[&one.answers, &draft.answers]) || by_goods(one));
                if !by_consignments {
                    self.look(&[&draft.answers], None, None, missing);
                }
            }
            Scope::Consignment => {
                for (consignment, number) in consignments.iter().zip(1..) {
                    if !by_goods(consignment) {
                        let answers = [&consignment.answers, &draft.answers];
                        self.look(&answers, Some(ConsignmentNo(number)), None, missing);
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
                    let alone = self.rule.each_its_own && goods.len() > 1;
                    for (item, place) in goods.iter().zip(1..) {
                        let answers = [item, &consignment.answers, &draft.answers];
                        let answers = if alone { &answers[..1] } else { &answers[..] };
                        self.look(answers, Some(ConsignmentNo(number)), Some(place), missing);
                    }
                }
            }
        }
    }

    fn is_answered(&self, answers: &[&Answers]) -> bool {
        self.rule.counted_by.is_none() && answers::is_answered(self.rule, answers, self.told)
    }

    fn look(
        &self,
        answers: &[&Answers],
        consignment: Option<ConsignmentNo>,
        item: Option<u16>,
        missing: &mut Vec<MissingRow>,
    ) {
        let rule = self.rule;
        if !answers::applies(rule, answers, self.told) {
            return;
        }
        let fields = match &rule.counted_by {
            Some(counter) => answers::people_missing(rule, counter, answers),
            None if self.is_answered(answers) => Vec::new(),
            None => vec![rule.id.clone()],
        };
        missing.extend(fields.into_iter().map(|field| MissingRow {
            field,
            article: self.article.to_owned(),
            consignment,
            item,
        }));
    }
}

/// Answers to what the law does not ask, in the order of their ids.
fn not_required(form: &Form, draft: &NoticeDraft, empty: bool, told: Told<'_>) -> Vec<String> {
    let is_asked = |id: &str, answers: &[&Answers]| {
        form.fields.iter().any(|rule| {
            let named = rule.id == id
                || rule.any_of.iter().any(|one| one == id)
                || (rule.counted_by.is_some() && id.starts_with(&format!("{}[", rule.id)));
            named && answers::applies(rule, answers, told) && !(empty && rule.goods)
        })
    };
    let is_flag = |id: &str| {
        id == form.empty_vehicle_flag
            || form
                .fields
                .iter()
                .flat_map(|rule| rule.when.iter().chain(&rule.unless).chain(&rule.also_when))
                .any(|flag| flag == id)
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
