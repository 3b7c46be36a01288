//! Acts: what officers record besides notices, filings, releases and exits. Which there are, what each must say and what follows from
//! it are rows of the edition; a required answer that is missing refuses the act, because an act without it is none.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::course::Step;
use super::edition::Label;
use crate::input::order::Answer;
use crate::site::{Direction, Mode};

/// An act as the edition writes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActRule {
    /// Its id; clocks name it as a moment.
    pub id: String,
    /// The article.
    pub article: String,
    /// Where screens list it.
    pub group: String,
    /// What it is about.
    pub about: About,
    /// What stands before its serial number; none if no paper is drawn up.
    #[serde(default)]
    pub number: Option<String>,
    /// Copies of the paper; none if the law names none.
    #[serde(default)]
    pub copies: Option<u8>,
    /// Who gets a copy.
    #[serde(default)]
    pub copy_to: Option<String>,
    /// Who may record it.
    #[serde(default)]
    pub who: Who,
    /// Modes in which there is such an act; all if none is named.
    #[serde(default)]
    pub modes: Vec<Mode>,
    /// Directions likewise.
    #[serde(default)]
    pub directions: Vec<Direction>,
    /// Acts that must stand before.
    #[serde(default)]
    pub needs: Vec<String>,
    /// A form of control that must be open.
    #[serde(default)]
    pub needs_control: Option<String>,
    /// The field that holds the number of the act which this one ends.
    #[serde(default)]
    pub ends: Option<String>,
    /// Whether it may be recorded of a vehicle that has left.
    #[serde(default)]
    pub after_exit: bool,
    /// The clock row that says until when it holds.
    #[serde(default)]
    pub validity: Option<String>,
    /// Whether that it was recorded is for the customs bodies alone (219.4): in no export, on no paper, on no dashboard.
    #[serde(default)]
    pub confidential: bool,
    /// Words.
    pub title: Label,
    /// What follows.
    #[serde(default)]
    pub effects: Vec<EffectRule>,
    /// What it says.
    #[serde(default)]
    pub fields: Vec<ActField>,
}

/// What an act is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Consignments of a visit.
    Consignment,
    /// The vehicle of a visit.
    Vehicle,
    /// The checkpoint itself.
    Checkpoint,
}

/// Who may record an act.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Any officer.
    #[default]
    Officer,
    /// A senior officer or the shift lead.
    Senior,
    /// The shift lead, for the head of the body.
    Head,
}

/// What follows from an act.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum EffectRule {
    /// The goods go on in their course.
    Step {
        /// How.
        step: Step,
    },
    /// The goods are detained.
    Detain {
        /// The field with the ground.
        field: String,
    },
    /// A form of control begins.
    OpenControl {
        /// Which.
        control: String,
    },
    /// It ends.
    CloseControl {
        /// Which.
        control: String,
    },
    /// Seals are expected from now.
    ApplySeals {
        /// The field that names them.
        field: String,
        /// Whether they stand in the place of others.
        #[serde(default)]
        replacing: bool,
    },
    /// Seals are expected no more.
    RemoveSeals {
        /// The field that names them.
        field: String,
    },
    /// Seals had to go because the goods were in danger.
    GiveUpSeals {
        /// The field that names them.
        field: String,
    },
    /// Something is true from now, or no more.
    SetFlag {
        /// What.
        flag: String,
        /// Whether it is.
        value: bool,
    },
    /// The choice that was answered is true from now.
    SetFlagFrom {
        /// The field.
        field: String,
    },
    /// A handheld measurement.
    Screen {
        /// The field with the verdict.
        field: String,
    },
    /// The goods count as presented since the moment of the act.
    PresentSince,
    /// A term does not apply.
    LiftTerm {
        /// Id of the rule.
        rule: String,
    },
}

/// A field of an act.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActField {
    /// Its id.
    pub id: String,
    /// What an answer looks like.
    pub kind: ActFieldKind,
    /// True if the law does not ask for it.
    #[serde(default)]
    pub optional: bool,
    /// Asked only when this flag is answered with yes in the same act, or is true of the goods.
    #[serde(default)]
    pub when: Option<String>,
    /// Not asked when this flag is.
    #[serde(default)]
    pub unless: Option<String>,
    /// For a choice: a list of the edition, such as `detention_ground`.
    #[serde(default)]
    pub of: Option<String>,
    /// For a choice: what can be chosen.
    #[serde(default)]
    pub options: Vec<String>,
    /// For a number: at least this.
    #[serde(default)]
    pub at_least: Option<Decimal>,
    /// Whether its answer is for the customs bodies alone (219.4), though the act is not.
    #[serde(default)]
    pub confidential: bool,
}

/// What an answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActFieldKind {
    /// Words.
    Text,
    /// A number.
    Number,
    /// An explicit yes or no.
    Flag,
    /// References of papers, or numbers of seals.
    Papers,
    /// One of a closed list.
    Choice,
    /// A day.
    Date,
    /// A moment with its offset.
    Instant,
}

/// Why an answer does not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActProblem {
    /// The field.
    pub field: String,
    /// `missing`, `not_in_list`, `not_a_day`, `no_offset`, `too_small` or `wrong_kind`.
    pub code: String,
}

/// Answers by field.
pub type Answers = BTreeMap<String, Answer>;

impl ActRule {
    /// What is wrong with these answers, in the order of the fields; `known` tells what is true of the goods.
    pub fn problems(
        &self,
        answers: &Answers,
        grounds: &[String],
        known: impl Fn(&str) -> bool,
    ) -> Vec<ActProblem> {
        let holds =
            |flag: &String| matches!(answers.get(flag), Some(Answer::Flag(true))) || known(flag);
        let mut problems = Vec::new();
        for field in &self.fields {
            let is_asked =
                field.when.as_ref().is_none_or(holds) && !field.unless.as_ref().is_some_and(holds);
            let code = match answers.get(&field.id) {
                None | Some(Answer::Nil) if is_asked && !field.optional => Some("missing"),
                None | Some(Answer::Nil) => None,
                Some(answer) => field.problem(answer, grounds, is_asked),
            };
            if let Some(code) = code {
                problems.push(ActProblem { field: field.id.clone(), code: code.to_owned() });
            }
        }
        problems
    }

    /// A field of it.
    pub fn field(&self, id: &str) -> Option<&ActField> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Whether there is such an act for goods of this mode and direction.
    pub fn applies(&self, mode: Mode, direction: Direction) -> bool {
        (self.modes.is_empty() || self.modes.contains(&mode))
            && (self.directions.is_empty() || self.directions.contains(&direction))
    }
}

impl ActField {
    fn problem(&self, answer: &Answer, grounds: &[String], is_asked: bool) -> Option<&'static str> {
        let blank = |text: &str| {
            (is_asked && !self.optional && text.trim().is_empty()).then_some("missing")
        };
        match (self.kind, answer) {
            (_, Answer::Nil) => None,
            (ActFieldKind::Text, Answer::Text(text)) => blank(text),
            (ActFieldKind::Text, Answer::Number(_)) | (ActFieldKind::Flag, Answer::Flag(_)) => None,
            (ActFieldKind::Number, Answer::Number(number)) => {
                self.at_least.is_some_and(|least| *number < least).then_some("too_small")
            }
            (ActFieldKind::Papers, Answer::Papers(papers)) => blank(&papers.concat()),
            (ActFieldKind::Papers, Answer::Text(text)) => blank(text),
            (ActFieldKind::Choice, Answer::Text(text)) => {
                let in_list = match self.of.as_deref() {
                    Some("detention_ground") => grounds.contains(text),
                    Some(_) | None => self.options.contains(text),
                };
                (!in_list).then_some("not_in_list")
            }
            (ActFieldKind::Date, Answer::Text(text)) => {
                text.parse::<Date>().is_err().then_some("not_a_day")
            }
            (ActFieldKind::Instant, Answer::Text(text)) => {
                text.parse::<Timestamp>().is_err().then_some("no_offset")
            }
            (
                ActFieldKind::Text
                | ActFieldKind::Number
                | ActFieldKind::Flag
                | ActFieldKind::Papers
                | ActFieldKind::Choice
                | ActFieldKind::Date
                | ActFieldKind::Instant,
                Answer::Text(_) | Answer::Number(_) | Answer::Flag(_) | Answer::Papers(_),
            ) => Some("wrong_kind"),
        }
    }
}

/// The numbers in an answer: a list of papers, or a text with spaces or commas between.
pub fn listed(answer: &Answer) -> Vec<String> {
    let split = |text: &str| -> Vec<String> {
        text.split([' ', ',', ';', '\n'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    match answer {
        Answer::Text(text) => split(text),
        Answer::Papers(papers) => papers
            .iter()
            .map(|paper| paper.trim().to_owned())
            .filter(|paper| !paper.is_empty())
            .collect(),
        Answer::Number(number) => vec![number.normalize().to_string()],
        Answer::Flag(_) | Answer::Nil => Vec::new(),
    }
}

/// An act for a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActRuleView {
    /// Its id.
    pub id: String,
    /// The article.
    pub article: String,
    /// Where screens list it.
    pub group: String,
    /// What it is about.
    pub about: About,
    /// What stands before its serial number; none if no paper is drawn up.
    pub number: Option<String>,
    /// Copies of the paper.
    pub copies: Option<u8>,
    /// Who gets a copy.
    pub copy_to: Option<String>,
    /// Who may record it.
    pub who: Who,
    /// Modes in which there is such an act; all if none is named.
    pub modes: Vec<Mode>,
    /// Directions likewise.
    pub directions: Vec<Direction>,
    /// Acts that must stand before.
    pub needs: Vec<String>,
    /// A form of control that must be open.
    pub needs_control: Option<String>,
    /// A form of control that it opens.
    pub opens: Option<String>,
    /// A form of control that it closes.
    pub closes: Option<String>,
    /// The field that holds the number of the act which this one ends.
    pub ends: Option<String>,
    /// Whether it may be recorded of a vehicle that has left.
    pub after_exit: bool,
    /// Whether it is for the customs bodies alone, and never printed (219.4).
    pub confidential: bool,
    /// Words.
    pub title: Label,
    /// What it says.
    pub fields: Vec<ActFieldView>,
}

/// A field of an act for a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActFieldView {
    /// Its id.
    pub id: String,
    /// What an answer looks like.
    pub kind: ActFieldKind,
    /// True if the law does not ask for it.
    pub optional: bool,
    /// Asked only when this flag is answered with yes in the same act, or is true of the goods.
    pub when: Option<String>,
    /// Not asked when this flag is.
    pub unless: Option<String>,
    /// What can be chosen.
    pub options: Vec<OptionView>,
    /// For a number: at least this.
    pub at_least: Option<String>,
    /// Words.
    pub label: Label,
    /// Whether its answer is for the customs bodies alone, and never printed (219.4).
    pub confidential: bool,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OptionView {
    /// Its id.
    pub id: String,
    /// Words.
    pub label: Label,
}
