//! A recorded act in its place: who recorded it, and whether it still stands.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Signature;
use crate::event::{ActEffect, ActFacts};
use crate::ids::{ActId, ConsignmentNo};

/// An act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// What it says and does.
    pub facts: Arc<ActFacts>,
    /// The entry.
    pub seq: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who recorded it.
    pub recorded: Option<Signature>,
    /// The later act that puts it right.
    pub corrected_by: Option<ActId>,
    /// The later act by which it holds no more.
    pub ended_by: Option<ActId>,
}

impl Act {
    /// Whether it is neither put right nor ended.
    pub fn stands(&self) -> bool {
        self.corrected_by.is_none() && self.ended_by.is_none()
    }

    /// Whether it still holds at this moment: it stands, and its validity is not over.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.stands() && self.facts.validity.as_ref().is_none_or(|validity| now <= validity.until)
    }

    /// Whether it is about these goods; acts about the vehicle are about all of them.
    pub fn is_about(&self, consignment: Option<ConsignmentNo>) -> bool {
        match consignment {
            Some(one) => {
                self.facts.consignments.is_empty() || self.facts.consignments.contains(&one)
            }
            None => true,
        }
    }

    /// Whether it does this.
    pub fn does(&self, effect: &ActEffect) -> bool {
        self.facts.effects.contains(effect)
    }
}
