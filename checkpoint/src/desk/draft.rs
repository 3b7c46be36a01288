//! A notice in a file, written by hand or by a program; and what the law says of it.
//!
//! An answer is written as it comes: text, a number, `true` or `false`, a list of papers; or in full, as programs send it
//! (`{ as = "papers", value = ["CMR 1"] }`). `{ as = "nil" }` is an explicit nothing. The form of the file, JSON or TOML, is the shell's matter.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::table::{mode_name, row};
use crate::event::{MissingRow, Warning};
use crate::input::order::{Answer, ConsignmentDraft, FiledBy, NoticeDraft, Original, Purpose};
use crate::law::Edition;
use crate::law::notice::check;
use crate::site::Mode;

/// A notice as it was written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenNotice {
    mode: Option<Mode>,
    #[serde(default)]
    purpose: Option<Purpose>,
    #[serde(default)]
    filed_by: FiledBy,
    #[serde(default)]
    authority: String,
    #[serde(default)]
    answers: BTreeMap<String, Written>,
    #[serde(default)]
    consignments: Vec<WrittenConsignment>,
    #[serde(default)]
    originals: Vec<Original>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenConsignment {
    #[serde(default)]
    answers: BTreeMap<String, Written>,
    #[serde(default)]
    goods: Vec<BTreeMap<String, Written>>,
}

/// An answer as it was written.
#[derive(Debug, Clone)]
struct Written(Answer);

/// A notice whose mode or purpose is not the one that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeModeError {
    /// The file is about goods that come, and those that leave were asked for, or the other way round.
    #[error("the notice is of {}, and one of {} was asked for", purpose_name(*.file), purpose_name(*.asked))]
    OtherPurpose {
        /// What the file says.
        file: Purpose,
        /// What was asked for.
        asked: Purpose,
    },
    /// The file says otherwise than the question.
    #[error("the notice is for {}, and {} was asked for", mode_name(*.file), mode_name(*.asked))]
    Differs {
        /// What the file says.
        file: Mode,
        /// What was asked for.
        asked: Mode,
    },
    /// Neither says it.
    #[error("the notice does not say its mode: write mode = \"road\", or ask for one")]
    Missing,
}

impl WrittenNotice {
    /// The notice, for the mode and the purpose that were asked for or that it names itself; of an arrival, if nobody says it.
    pub fn draft(
        self,
        asked: Option<Mode>,
        purpose: Option<Purpose>,
    ) -> Result<NoticeDraft, NoticeModeError> {
        if let (Some(file), Some(asked)) = (self.purpose, purpose)
            && file != asked
        {
            return Err(NoticeModeError::OtherPurpose { file, asked });
        }
        let mode = match (self.mode, asked) {
            (Some(file), Some(asked)) if file != asked => {
                return Err(NoticeModeError::Differs { file, asked });
            }
            (Some(mode), _) | (None, Some(mode)) => mode,
            (None, None) => return Err(NoticeModeError::Missing),
        };
        let answers = |written: BTreeMap<String, Written>| -> BTreeMap<String, Answer> {
            written.into_iter().map(|(field, Written(answer))| (field, answer)).collect()
        };
        let consignments = self.consignments.into_iter().map(|one| ConsignmentDraft {
            answers: answers(one.answers),
            goods: one.goods.into_iter().map(answers).collect(),
        });
        Ok(NoticeDraft {
            mode,
            purpose: self.purpose.or(purpose),
            originals: self.originals,
            filed_by: self.filed_by,
            authority: self.authority,
            consignments: consignments.collect(),
            answers: answers(self.answers),
        })
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Written, D::Error> {
        from.deserialize_any(AnswerVisitor).map(Written)
    }
}

fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Arrival => "arrival",
        Purpose::Departure => "departure",
    }
}

struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer: \"text\", a number, true, false, [\"papers\"], or { as = \"nil\" }")
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Answer, E> {
        Ok(Answer::Flag(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Answer, E> {
        Ok(Answer::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Answer, E> {
        Ok(Answer::Number(number.into()))
    }

    /// The shortest text that gives this number is what was written, up to 15 digits.
    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Answer, E> {
        let written = number.to_string();
        written.parse::<Decimal>().map(Answer::Number).map_err(|_| {
            E::custom(format!(
                "{written} is no number that can be kept: write it in quotation marks"
            ))
        })
    }

    fn visit_str<E>(self, text: &str) -> Result<Answer, E> {
        Ok(Answer::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut papers: A) -> Result<Answer, A::Error> {
        let mut all = Vec::new();
        while let Some(paper) = papers.next_element::<String>()? {
            all.push(paper);
        }
        Ok(Answer::Papers(all))
    }

    /// `{ as = …, value = … }`; a date of TOML comes as a map too, with one key of its own.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let (mut kind, mut value): (Option<String>, Option<Written>) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "as" => kind = Some(map.next_value()?),
                "value" => value = Some(map.next_value()?),
                date if date.starts_with("$__toml") => {
                    return Ok(Answer::Text(map.next_value::<String>()?));
                }
                other => {
                    let _: IgnoredAny = map.next_value()?;
                    return Err(A::Error::unknown_field(other, &["as", "value"]));
                }
            }
        }
        let value = value.map(|Written(value)| value);
        answer_in_full(kind.as_deref(), value).map_err(A::Error::custom)
    }
}

fn answer_in_full(kind: Option<&str>, value: Option<Answer>) -> Result<Answer, String> {
    match (kind, value) {
        (Some("nil"), None) => Ok(Answer::Nil),
        (Some("text"), Some(text @ Answer::Text(_)))
        | (Some("number"), Some(text @ Answer::Number(_)))
        | (Some("flag"), Some(text @ Answer::Flag(_)))
        | (Some("papers"), Some(text @ Answer::Papers(_))) => Ok(text),
        (Some("number"), Some(Answer::Text(text))) => match text.parse() {
            Ok(number) => Ok(Answer::Number(number)),
            Err(_) => Err(format!("{text:?} is no number")),
        },
        (Some(kind @ ("text" | "number" | "flag" | "papers")), _) => Err(format!(
            "an answer as {kind:?} needs a value: text, a number, true or false, a list of texts"
        )),
        (Some(other), _) => Err(format!(
            "{other:?} is no kind of answer: text, number, flag, papers, or nil without a value"
        )),
        (None, _) => {
            Err("an answer in full says `as` what: text, number, flag, papers, nil".to_owned())
        }
    }
}

/// What the law says of a notice.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeAnswer {
    /// The edition.
    pub edition: String,
    /// By which mode the goods move.
    pub mode: Mode,
    /// Whether they come or leave.
    pub purpose: Purpose,
    /// The article that asks for it.
    pub article: String,
    /// True if nothing is missing.
    pub complete: bool,
    /// Rows that the law asks for and nobody answered, in the law's order.
    pub missing: Vec<MissingRow>,
    /// Answers that are not as they should be.
    pub warnings: Vec<Warning>,
    /// Answers that the law does not ask for.
    pub not_required: Vec<String>,
}

/// Checks a notice against the edition.
pub fn notice(edition: &Edition, draft: &NoticeDraft) -> NoticeAnswer {
    let checked = check(edition, draft);
    let purpose = draft.purpose.unwrap_or(Purpose::Arrival);
    NoticeAnswer {
        edition: edition.id.clone(),
        mode: draft.mode,
        purpose,
        article: edition
            .notice(draft.mode, purpose)
            .map(|notice| notice.article.clone())
            .unwrap_or_default(),
        complete: checked.missing.is_empty(),
        missing: checked.missing,
        warnings: checked.warnings,
        not_required: checked.not_required,
    }
}

impl fmt::Display for NoticeAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self.purpose {
            Purpose::Arrival => "",
            Purpose::Departure => " of departure",
        };
        let (edition, article) = (&self.edition, &self.article);
        writeln!(f, "{edition}, notice{of} by {}, art. {article}", mode_name(self.mode))?;
        if self.complete {
            writeln!(f, "complete")?;
        } else {
            writeln!(f, "{} missing, in the law's order:", self.missing.len())?;
        }
        for missing in &self.missing {
            writeln!(f, "  {}", row(missing))?;
        }
        if !self.warnings.is_empty() {
            writeln!(f, "looks wrong, and hinders nothing:")?;
        }
        for warning in &self.warnings {
            let of = warning.consignment.map(|no| format!(" of consignment {no}"));
            let item = warning.item.map(|item| format!(", goods {item}"));
            let (of, item) = (of.unwrap_or_default(), item.unwrap_or_default());
            writeln!(f, "  {}: {}{of}{item}", warning.code, warning.field)?;
        }
        if !self.not_required.is_empty() {
            writeln!(f, "answered, and not asked for: {}", self.not_required.join(", "))?;
        }
        Ok(())
    }
}
