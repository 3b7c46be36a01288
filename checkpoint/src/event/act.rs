//! A recorded act, with everything that followed from it: the fold acts on its effects and never asks the edition again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::facts::RadiationVerdict;
use crate::ids::{ActId, ConsignmentNo, VisitId};
use crate::input::order::Answer;
use crate::law::course::Step;

/// An act as it was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActFacts {
    /// Its number here.
    pub act: ActId,
    /// Which act of the edition, such as `opening_inspection_act`.
    pub kind: String,
    /// The number that people write; none for acts that the law gives no paper.
    pub number: Option<String>,
    /// The article.
    pub article: String,
    /// The edition.
    pub edition: String,
    /// About which visit; none for acts of the checkpoint itself.
    pub visit: Option<VisitId>,
    /// About which consignments; empty for acts about the vehicle.
    pub consignments: Vec<ConsignmentNo>,
    /// When it happened; its terms run from here.
    pub as_of: Timestamp,
    /// Answers to its fields.
    pub answers: BTreeMap<String, Answer>,
    /// What followed.
    pub effects: Vec<ActEffect>,
    /// Until when it is valid, and the rule that says so; for passes and permits.
    pub validity: Option<Validity>,
    /// The act that it puts right.
    pub corrects: Option<ActId>,
}

/// Until when an act holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// Id of the rule in the edition, such as `ZON-1`.
    pub rule: String,
    /// The last moment.
    pub until: Timestamp,
}

/// What an act does. The edition says which acts do it; the meaning is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ActEffect {
    /// The goods go on in their course.
    Step {
        /// How.
        step: Step,
    },
    /// A form of control began (art. 199); the exit waits for its end.
    ControlOpened {
        /// Which form, such as `opening_inspection`.
        control: String,
    },
    /// It ended.
    ControlClosed {
        /// Which form.
        control: String,
    },
    /// Seals were put on: the papers name them from now.
    SealsApplied {
        /// Their numbers, normalised.
        seals: Vec<String>,
        /// Whether they stand in the place of others (art. 198.4).
        replacing: bool,
    },
    /// Seals were taken off by the body or with its permission (art. 198.4): nobody misses them from now.
    SealsRemoved {
        /// Their numbers, normalised.
        seals: Vec<String>,
    },
    /// Somebody says that seals had to go because the goods were in danger (art. 198.4), and the proof was looked at.
    SealsGivenUp {
        /// Their numbers, normalised.
        seals: Vec<String>,
    },
    /// Something is, or is no longer, true of the goods or the vehicle, such as `perishable`.
    FlagSet {
        /// What.
        flag: String,
        /// Whether it is.
        value: bool,
    },
    /// An officer measured the vehicle with a handheld instrument (art. 192.4).
    ScreenedByHand {
        /// What the officer found.
        verdict: RadiationVerdict,
    },
    /// The goods count as presented since another moment (AMB-10).
    PresentedSince {
        /// When.
        at: Timestamp,
    },
    /// Terms of this rule do not apply to this vehicle or these goods, such as the parking cap in its exceptions (art. 453.2).
    TermLifted {
        /// Id of the rule.
        rule: String,
    },
    /// An earlier act holds no more, such as a pass that was withdrawn.
    ActEnded {
        /// Which.
        act: ActId,
    },
}
