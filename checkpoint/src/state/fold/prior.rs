//! What events mean for prior information (art. 66, 250.2). It changes nothing else: no hold, no clock, no course of goods.

use std::sync::Arc;

use super::Place;
use crate::Checkpoint;
use crate::event::{PriorComparison, PriorFacts};
use crate::ids::{PriorId, VisitId};
use crate::state::prior::PriorStand;

impl Checkpoint {
    pub(super) fn prior_recorded(&mut self, place: Place<'_>, facts: &PriorFacts) {
        self.last.prior = self.last.prior.max(facts.prior.0);
        let gone = self.priors.record(facts, place.at, place.signature());
        for (prior, visit) in gone {
            self.show_prior(prior, visit, false);
        }
    }

    pub(super) fn prior_linked(&mut self, place: Place<'_>, visit: VisitId, prior: PriorId) {
        let Some(before) = self.priors.get(prior).map(|prior| prior.visit()) else { return };
        self.show_prior(prior, before, false);
        let by = place.signature().map(|signature| signature.officer);
        self.priors.change(prior, |state| {
            state.stand = PriorStand::Linked { visit, at: place.at, by };
            state.comparison = None;
        });
        self.show_prior(prior, Some(visit), true);
        // A visit that nobody knows, or that left, ends no more.
        if !self.visits.get(&visit).is_some_and(|visit| visit.is_here()) {
            self.priors.finish(prior, place.seq);
        }
    }

    pub(super) fn prior_unlinked(&mut self, visit: VisitId, prior: PriorId) {
        let linked = self.priors.get(prior).filter(|prior| !prior.is_finished());
        if linked.and_then(|prior| prior.visit()) != Some(visit) {
            return;
        }
        self.show_prior(prior, Some(visit), false);
        self.priors.change(prior, |state| {
            state.stand = PriorStand::Expected;
            state.comparison = None;
            state.apart_from = Some(visit);
        });
    }

    pub(super) fn prior_compared(&mut self, place: Place<'_>, comparison: &PriorComparison) {
        self.priors.change(comparison.prior, |state| {
            if state.visit() == Some(comparison.visit) {
                state.comparison = Some((place.at, Arc::new(comparison.clone())));
            }
        });
    }

    pub(super) fn prior_withdrawn(&mut self, place: Place<'_>, prior: PriorId, reason: &str) {
        let linked = self.priors.get(prior).and_then(|prior| prior.visit());
        self.show_prior(prior, linked, false);
        self.priors.change(prior, |state| {
            state.stand = PriorStand::Withdrawn { at: place.at, reason: reason.to_owned() };
            state.comparison = None;
        });
        self.priors.finish(prior, place.seq);
    }

    /// The visit is over, or forgotten: so is what was told about it.
    pub(super) fn finish_priors(&mut self, visit: VisitId, seq: u64) {
        let Some(linked) = self.visits.get(&visit).map(|visit| visit.priors.clone()) else {
            return;
        };
        for prior in linked.iter() {
            self.priors.finish(*prior, seq);
        }
    }

    fn show_prior(&mut self, prior: PriorId, visit: Option<VisitId>, linked: bool) {
        let Some(visit) = visit else { return };
        self.change_visit(visit, |visit| {
            if linked {
                visit.priors.insert_mut(prior);
            } else {
                visit.priors.remove_mut(&prior);
            }
        });
    }
}
