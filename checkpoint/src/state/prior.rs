//! Prior information that waits for its vehicle, and what became of it (art. 66, 250.2).
//!
//! Bounded: what is finished (withdrawn, or linked to a vehicle that left) goes first. While everything waits, decide refuses more, so that nothing
//! that is expected is forgotten unseen; the fold keeps the bound whatever it is told.

use std::sync::Arc;

use jiff::Timestamp;
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};
use serde::{Deserialize, Serialize};

use super::Signature;
use crate::event::{PriorComparison, PriorFacts};
use crate::ids::{OfficerId, PriorId, VisitId};

/// Prior information that is kept; the journal keeps all.
pub const KEPT_PRIORS: usize = 1_000;

/// All prior information that is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Priors {
    all: RedBlackTreeMapSync<PriorId, Prior>,
    /// What waits for its vehicle, by plate.
    plates: RedBlackTreeSetSync<(String, PriorId)>,
    /// The same by container.
    containers: RedBlackTreeSetSync<(String, PriorId)>,
    /// What is finished, by the entry that finished it.
    finished: RedBlackTreeSetSync<(u64, PriorId)>,
}

/// Prior information, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// What was recorded.
    pub facts: Arc<PriorFacts>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub recorded: Option<Signature>,
    /// Where it stands.
    pub stand: PriorStand,
    /// The last comparison with a notice, and when it was made.
    pub comparison: Option<(Timestamp, Arc<PriorComparison>)>,
    /// The visit from which an officer took it: a plate does not bring it back there.
    pub apart_from: Option<VisitId>,
    /// The entry that finished it.
    finished: Option<u64>,
}

/// Where prior information stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PriorStand {
    /// Its vehicle has not come, or nobody knows that it has.
    Expected,
    /// It is about this visit.
    Linked {
        /// Which.
        visit: VisitId,
        /// Since when.
        at: Timestamp,
        /// Who said so; none if the plate did.
        by: Option<OfficerId>,
    },
    /// Who gave it took it back, or the vehicle will not come.
    Withdrawn {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

impl Prior {
    /// The visit that it is linked to.
    pub fn visit(&self) -> Option<VisitId> {
        match self.stand {
            PriorStand::Linked { visit, .. } => Some(visit),
            PriorStand::Expected | PriorStand::Withdrawn { .. } => None,
        }
    }

    /// Whether it is over: nothing brings it back.
    pub fn is_finished(&self) -> bool {
        self.finished.is_some()
    }

    /// Whether its vehicle is waited for.
    pub fn is_expected(&self) -> bool {
        self.stand == PriorStand::Expected
    }
}

impl Priors {
    /// One that is kept.
    pub fn get(&self, id: PriorId) -> Option<&Prior> {
        self.all.get(&id)
    }

    /// All that are kept, in the order in which they were recorded.
    pub fn iter(&self) -> impl Iterator<Item = (PriorId, &Prior)> {
        self.all.iter().map(|(id, prior)| (*id, prior))
    }

    /// What waits for a vehicle with this plate, normalised.
    pub fn with_plate(&self, plate: &str) -> impl Iterator<Item = PriorId> {
        named(&self.plates, plate)
    }

    /// What waits for a vehicle with this container, normalised.
    pub fn with_container(&self, container: &str) -> impl Iterator<Item = PriorId> {
        named(&self.containers, container)
    }

    /// Whether no more can be kept without forgetting what is not finished.
    pub fn is_full(&self) -> bool {
        self.all.size() >= KEPT_PRIORS && self.finished.is_empty()
    }

    /// Keeps one more. Names the one that went for it, and the visit that it was linked to.
    pub(super) fn record(
        &mut self,
        facts: &PriorFacts,
        at: Timestamp,
        recorded: Option<Signature>,
    ) -> Vec<(PriorId, Option<VisitId>)> {
        let prior = Prior {
            facts: Arc::new(facts.clone()),
            at,
            recorded,
            stand: PriorStand::Expected,
            comparison: None,
            apart_from: None,
            finished: None,
        };
        let mut gone = Vec::new();
        gone.extend(self.forget(facts.prior));
        self.all.insert_mut(facts.prior, prior);
        self.index(facts.prior);
        while self.all.size() > KEPT_PRIORS {
            let finished = self.finished.first().map(|(_, id)| *id);
            let Some(id) = finished.or_else(|| self.all.first().map(|(id, _)| *id)) else { break };
            gone.extend(self.forget(id));
        }
        gone
    }

    /// Changes one, and finds it by its names from now on only if it still waits.
    pub(super) fn change(&mut self, id: PriorId, change: impl FnOnce(&mut Prior)) {
        let Some(prior) = self.all.get_mut(&id) else { return };
        change(prior);
        self.index(id);
    }

    /// It is over with this entry, if it was not before.
    pub(super) fn finish(&mut self, id: PriorId, seq: u64) {
        let Some(prior) = self.all.get_mut(&id).filter(|prior| prior.finished.is_none()) else {
            return;
        };
        prior.finished = Some(seq);
        self.finished.insert_mut((seq, id));
    }

    fn forget(&mut self, id: PriorId) -> Option<(PriorId, Option<VisitId>)> {
        let prior = self.all.get(&id)?.clone();
        self.unindex(id, &prior.facts);
        if let Some(seq) = prior.finished {
            self.finished.remove_mut(&(seq, id));
        }
        self.all.remove_mut(&id);
        Some((id, prior.visit()))
    }

    fn index(&mut self, id: PriorId) {
        let Some(prior) = self.all.get(&id) else { return };
        let (facts, expected) = (Arc::clone(&prior.facts), prior.is_expected());
        if !expected {
            self.unindex(id, &facts);
            return;
        }
        for plate in &facts.plates {
            self.plates.insert_mut((plate.clone(), id));
        }
        for container in &facts.containers {
            self.containers.insert_mut((container.clone(), id));
        }
    }

    fn unindex(&mut self, id: PriorId, facts: &PriorFacts) {
        for plate in &facts.plates {
            self.plates.remove_mut(&(plate.clone(), id));
        }
        for container in &facts.containers {
            self.containers.remove_mut(&(container.clone(), id));
        }
    }
}

fn named(
    index: &RedBlackTreeSetSync<(String, PriorId)>,
    name: &str,
) -> impl Iterator<Item = PriorId> {
    let range = (name.to_owned(), PriorId(0))..=(name.to_owned(), PriorId(u64::MAX));
    index.range(range).map(|(_, id)| *id)
}
