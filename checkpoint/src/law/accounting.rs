//! The accounting of goods under control as the edition writes it (art. 185, 209): the article of each beginning, each end and each operation.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::course::{ArrivalState, Course, DepartureState, DetentionState};
use crate::event::ActFacts;
use crate::input::order::Answer;

/// Articles that the accounting shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounting {
    /// The duty to account.
    pub article: String,
    /// Control of goods that come in begins.
    pub arriving: String,
    /// Control of goods that go out begins.
    pub leaving: String,
    /// Control ends with a release.
    pub released: String,
    /// Control ends with the export.
    pub exported: String,
    /// Goods move on under control.
    pub moved_on: String,
    /// Control ends because an act says so, by what it answers.
    pub ends: BTreeMap<String, String>,
    /// Each operation that the journal records, by its name.
    pub operations: BTreeMap<String, String>,
}

/// Operations that the journal records beside acts; an edition names the article of each.
pub const OPERATIONS: [&str; 15] = [
    "notice_registered",
    "goods_presented",
    "storage_filed",
    "storage_registered",
    "storage_refused",
    "declaration_filed",
    "declaration_registered",
    "declaration_refused",
    "transit_declaration_filed",
    "transit_declaration_registered",
    "transit_declaration_refused",
    "goods_released",
    "seal_inspected",
    "exit_permitted",
    "vehicle_left",
];

/// The field of the act that tells the end of control.
const END_OF_CONTROL: &str = "end_of_control";

impl Accounting {
    /// The article of an operation.
    pub fn operation(&self, name: &str) -> &str {
        self.operations.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The article under which an act says that control ended: the act's own, if the edition knows nothing closer.
    pub fn end_told(&self, act: &ActFacts) -> String {
        let answered = match act.answers.get(END_OF_CONTROL) {
            Some(Answer::Text(answer)) => self.ends.get(answer),
            _ => None,
        };
        answered.unwrap_or(&act.article).clone()
    }

    /// The article under which control of goods that stand so has ended.
    pub fn end_of(&self, course: Course) -> String {
        let told = |end: &str| self.ends.get(end).unwrap_or(&self.moved_on).clone();
        match course {
            Course::Departure(DepartureState::LeftPlace) => told("export_declaration_withdrawn"),
            Course::Departure(_) => self.exported.clone(),
            Course::Arrival(ArrivalState::ReturnedAbroad) => told("actually_exported"),
            Course::Detention(DetentionState::Destroyed) => told("abandonment_or_destruction"),
            Course::Detention(_) | Course::Transit(_) => self.moved_on.clone(),
            Course::Arrival(_) => self.released.clone(),
        }
    }

    /// What the edition should say and does not.
    pub(super) fn problem(&self) -> Option<String> {
        let missing = OPERATIONS.iter().find(|name| !self.operations.contains_key(**name));
        let unknown = self.operations.keys().find(|name| !OPERATIONS.contains(&name.as_str()));
        missing
            .map(|name| format!("[accounting.operations] lacks {name:?}: it needs its article"))
            .or_else(|| unknown.map(|name| format!("[accounting.operations] knows no {name:?}")))
    }
}
