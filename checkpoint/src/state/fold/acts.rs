//! What acts mean for goods and vehicles, and what becomes of goods that are split or merged.

use std::sync::Arc;

use super::Place;
use crate::Checkpoint;
use crate::event::{ActEffect, ActFacts};
use crate::ids::{ActId, ConsignmentNo, VisitId};
use crate::law::course::Step;
use crate::state::act::Act;
use crate::state::consignment::Consignment;
use crate::state::visit::{SealAct, Visit};
use crate::state::{KEPT_CHECKPOINT_ACTS, Signature};

impl Checkpoint {
    pub(super) fn act_recorded(&mut self, place: Place<'_>, facts: &ActFacts) {
        let id = facts.act;
        self.last.act = self.last.act.max(id.0);
        if facts.number.is_some() {
            self.last.paper = self.last.paper.saturating_add(1);
        }
        // An act about a vehicle that nobody knows would never be dropped.
        if facts.visit.is_some_and(|visit| !self.visits.contains_key(&visit)) {
            return;
        }
        let before = facts.corrects.and_then(|before| self.acts.get(&before));
        let act = Act {
            facts: Arc::new(facts.clone()),
            seq: place.seq,
            at: place.at,
            recorded: place.signature(),
            corrected_by: None,
            // What was withdrawn does not come back by being put right.
            ended_by: before.and_then(|before| before.ended_by),
        };
        self.acts.insert_mut(id, act);
        if let Some(before) = facts.corrects {
            self.change_act(before, |act| act.corrected_by = Some(id));
            self.stands_again(before);
        }
        match facts.visit {
            Some(visit) => self.change_visit(visit, |visit| {
                visit.acts.insert_mut(id);
            }),
            None => self.keep_checkpoint_act(id),
        }
        for effect in &facts.effects {
            self.act_does(place, facts, effect);
        }
    }

    fn act_does(&mut self, place: Place<'_>, facts: &ActFacts, effect: &ActEffect) {
        let id = facts.act;
        match effect {
            ActEffect::Step { step } => self.of_act(facts, |_| {}, |goods| goods.go(*step)),
            ActEffect::ControlOpened { control } => self.of_act(
                facts,
                |visit| {
                    visit.controls.insert_mut(control.clone(), id);
                },
                |goods| {
                    goods.controls.insert_mut(control.clone(), id);
                },
            ),
            ActEffect::ControlClosed { control } => self.of_act(
                facts,
                |visit| {
                    visit.controls.remove_mut(control);
                },
                |goods| {
                    goods.controls.remove_mut(control);
                },
            ),
            ActEffect::FlagSet { flag, value } => self.of_act(
                facts,
                |visit| set(&mut visit.flags, flag, *value),
                |goods| set(&mut goods.flags, flag, *value),
            ),
            ActEffect::SealsApplied { seals, replacing } => {
                let by = if *replacing { SealAct::Replacing } else { SealAct::Applied };
                self.seals_changed(facts.visit, seals, by);
            }
            ActEffect::SealsRemoved { seals } => {
                self.seals_changed(facts.visit, seals, SealAct::Removed);
            }
            ActEffect::SealsGivenUp { seals } => {
                self.seals_changed(facts.visit, seals, SealAct::GivenUp);
            }
            ActEffect::ScreenedByHand { verdict } => {
                if let Some(visit) = facts.visit {
                    self.change_visit(visit, |visit| visit.screened_by_hand = Some((id, *verdict)));
                }
            }
            ActEffect::PresentedSince { at } => {
                let officer = place.signature().map(|signature| signature.officer);
                let since = officer.map(|officer| Signature { officer, at: *at });
                self.of_act(facts, |_| {}, |goods| goods.presented.clone_from(&since));
            }
            ActEffect::TermLifted { rule } => self.of_act(
                facts,
                |visit| {
                    visit.lifted.insert_mut(rule.clone());
                },
                |goods| {
                    goods.lifted.insert_mut(rule.clone());
                },
            ),
            ActEffect::ActEnded { act } => self.change_act(*act, |act| act.ended_by = Some(id)),
        }
    }

    /// The whole changes its course; each part begins where the whole stood.
    pub(super) fn consignment_split(
        &mut self,
        visit: VisitId,
        whole: ConsignmentNo,
        parts: &[ConsignmentNo],
    ) {
        self.change_visit(visit, |visit| {
            let Some(state) = visit.consignments.get(&whole).cloned() else { return };
            for part in parts {
                let from = vec![whole];
                let part_state = Consignment { gross: None, from, ..state.clone() };
                visit.consignments.insert_mut(*part, part_state);
            }
            if let Some(whole) = visit.consignments.get_mut(&whole) {
                whole.go(Step::Split);
                whole.into = parts.to_vec();
            }
        });
    }

    /// The first of several stands for all; what was found about any of them is true of the new one.
    pub(super) fn consignments_merged(
        &mut self,
        visit: VisitId,
        several: &[ConsignmentNo],
        into: ConsignmentNo,
    ) {
        self.change_visit(visit, |visit| {
            let states: Vec<Consignment> = several
                .iter()
                .filter_map(|number| visit.consignments.get(number))
                .cloned()
                .collect();
            let Some(mut one) = states.first().cloned() else { return };
            one.gross = states.iter().map(|state| state.gross).sum();
            one.from = several.to_vec();
            for state in states.iter().skip(1) {
                state.flags.iter().for_each(|flag| one.flags.insert_mut(flag.clone()));
                for (control, act) in &state.controls {
                    one.controls.insert_mut(control.clone(), *act);
                }
            }
            visit.consignments.insert_mut(into, one);
            for number in several {
                if let Some(state) = visit.consignments.get_mut(number) {
                    state.go(Step::Merged);
                    state.into = vec![into];
                }
            }
        });
    }

    pub(super) fn forget_acts(&mut self, visit: &Visit) {
        for act in &visit.acts {
            self.acts.remove_mut(act);
        }
    }

    fn seals_changed(&mut self, visit: Option<VisitId>, seals: &[String], by: SealAct) {
        let Some(id) = visit else { return };
        let Some(state) = self.visits.get(&id) else { return };
        let before = state.seals_expected.clone().unwrap_or_default();
        let kept = before.into_iter().filter(|seal| !seals.contains(seal));
        let expected: Vec<String> = match by {
            SealAct::Applied | SealAct::Replacing => kept.chain(seals.iter().cloned()).collect(),
            SealAct::Removed | SealAct::GivenUp => kept.collect(),
        };
        self.expect_seals(id, &expected);
        self.change_visit(id, |visit| {
            for seal in seals {
                visit.seal_acts.insert_mut(seal.clone(), by);
            }
        });
    }

    /// Changes what an act is about: its consignments, or the vehicle if it names none.
    fn of_act(
        &mut self,
        facts: &ActFacts,
        vehicle: impl FnOnce(&mut Visit),
        goods: impl Fn(&mut Consignment),
    ) {
        let Some(visit) = facts.visit else { return };
        self.change_visit(visit, |visit| {
            if facts.consignments.is_empty() {
                vehicle(visit);
            }
            for number in &facts.consignments {
                if let Some(consignment) = visit.consignments.get_mut(number) {
                    goods(consignment);
                }
            }
        });
    }

    fn change_act(&mut self, id: ActId, change: impl FnOnce(&mut Act)) {
        if let Some(act) = self.acts.get_mut(&id) {
            change(act);
        }
    }

    /// What an act ended stands again when the act is put right; the one that puts it right names what it ends itself.
    fn stands_again(&mut self, corrected: ActId) {
        let Some(facts) = self.acts.get(&corrected).map(|act| act.facts.clone()) else { return };
        for effect in &facts.effects {
            let ActEffect::ActEnded { act } = effect else { continue };
            // The ended act may have been put right since; a correction is always later than what it corrects.
            let mut next = Some(*act);
            while let Some(id) = next {
                self.change_act(id, |act| {
                    act.ended_by.take_if(|by| *by == corrected);
                });
                let later = self.acts.get(&id).and_then(|act| act.corrected_by);
                next = later.filter(|later| *later > id);
            }
        }
    }

    fn keep_checkpoint_act(&mut self, id: ActId) {
        self.checkpoint_acts.insert_mut(id);
        while self.checkpoint_acts.size() > KEPT_CHECKPOINT_ACTS {
            let Some(oldest) = self.checkpoint_acts.first().copied() else { return };
            self.checkpoint_acts.remove_mut(&oldest);
            self.acts.remove_mut(&oldest);
        }
    }
}

fn set(flags: &mut rpds::RedBlackTreeSetSync<String>, flag: &str, value: bool) {
    if value {
        flags.insert_mut(flag.to_owned());
    } else {
        flags.remove_mut(flag);
    }
}
