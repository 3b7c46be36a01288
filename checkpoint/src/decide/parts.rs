//! Consignments that turn out to be several, or several that turn out to be one (Code of the Republic of Kazakhstan on customs affairs (2010), art. 4.1(48)).
//!
//! Nobody gains time by it: each part goes on with the clocks of the whole, and of several clocks the earliest binds the one.

use std::sync::Arc;

use super::Refusal;
use super::draft::Draft;
use super::notice::MOST_CONSIGNMENTS;
use super::revision::CARRIED_OVER;
use crate::event::{ClockFacts, Event, Split};
use crate::ids::{ClockId, ConsignmentNo, VisitId};
use crate::state::clock::{Clock, Stand};
use crate::state::visit::Visit;

/// Parts that one order can make.
const MOST_PARTS: u16 = 100;

impl Draft<'_> {
    pub(super) fn split(
        &mut self,
        visit: VisitId,
        whole: ConsignmentNo,
        parts: u16,
        reason: &str,
    ) -> Result<(), Refusal> {
        check_reason(reason)?;
        if !(2..=MOST_PARTS).contains(&parts) {
            let message = format!("{parts} parts: 2 to {MOST_PARTS} are possible");
            return Err(Refusal::new("parts_out_of_range", message));
        }
        let state = self.visit_here(visit)?;
        check_whole(state, visit, whole)?;
        let first = next_number(state);
        let into: Vec<ConsignmentNo> =
            (0..parts).map(|part| ConsignmentNo(first.saturating_add(part))).collect();
        self.check_room(visit, into.len())?;
        let clocks = self.open_clocks_of(visit, whole);
        self.happened(Event::ConsignmentSplit(Split {
            visit,
            consignment: whole,
            into: into.clone(),
            reason: reason.to_owned(),
        }));
        for (id, clock) in &clocks {
            self.withdraw(*id, "consignment_split");
            for part in &into {
                self.carry_over(clock, *part);
            }
        }
        Ok(())
    }

    pub(super) fn merge(
        &mut self,
        visit: VisitId,
        several: &[ConsignmentNo],
        reason: &str,
    ) -> Result<(), Refusal> {
        check_reason(reason)?;
        let mut several = several.to_vec();
        several.sort_unstable();
        several.dedup();
        if several.len() < 2 {
            return Err(Refusal::new("too_few", "name at least two consignments"));
        }
        let state = self.visit_here(visit)?;
        for number in &several {
            check_whole(state, visit, *number)?;
        }
        let mut states = several.iter().filter_map(|number| state.consignments.get(number));
        let first = states.next();
        let alike = states.all(|goods| {
            first.is_some_and(|first| {
                let papers = |goods: &crate::state::consignment::Consignment| {
                    goods.papers.as_ref().map(|papers| (papers.kind, papers.reference.clone()))
                };
                first.course == goods.course && papers(first) == papers(goods)
            })
        });
        if !alike {
            let message = "they stand at different places of their course, or under different papers: bring them to the same first";
            return Err(Refusal::new("not_alike", message));
        }
        let into = ConsignmentNo(next_number(state));
        self.check_room(visit, 1)?;
        let mut clocks: Vec<(ClockId, Arc<Clock>)> =
            several.iter().flat_map(|number| self.open_clocks_of(visit, *number)).collect();
        clocks.sort_by(|(_, a), (_, b)| {
            (&a.facts.rule, a.facts.due_at).cmp(&(&b.facts.rule, b.facts.due_at))
        });
        self.happened(Event::ConsignmentsMerged {
            visit,
            consignments: several,
            into,
            reason: reason.to_owned(),
        });
        let mut carried: Vec<&str> = Vec::new();
        for (id, clock) in &clocks {
            self.withdraw(*id, "consignments_merged");
            if !carried.contains(&clock.facts.rule.as_str()) {
                carried.push(&clock.facts.rule);
                self.carry_over(clock, into);
            }
        }
        Ok(())
    }

    fn check_room(&self, visit: VisitId, more: usize) -> Result<(), Refusal> {
        let known = self.state.visit_state(visit).map_or(0, |visit| visit.consignments.size());
        if known.saturating_add(more) > MOST_CONSIGNMENTS {
            let message = format!("at most {MOST_CONSIGNMENTS} consignments of one vehicle");
            return Err(Refusal::new("too_large", message));
        }
        Ok(())
    }

    fn open_clocks_of(&self, visit: VisitId, number: ConsignmentNo) -> Vec<(ClockId, Arc<Clock>)> {
        let state = self.state.visit_state(visit).into_iter();
        state
            .flat_map(|visit| visit.clocks_open(Some(number)))
            .filter_map(|id| Some((id, Arc::new(self.state.clock_state(id)?.clone()))))
            .collect()
    }

    /// The same term for another consignment, with everything that has become of it.
    fn carry_over(&mut self, clock: &Clock, to: ConsignmentNo) {
        let id = self.next_clock();
        let mut flags = clock.facts.flags.clone();
        if !flags.iter().any(|flag| flag == CARRIED_OVER) {
            flags.push(CARRIED_OVER.to_owned());
        }
        let facts =
            ClockFacts { clock: id, consignment: Some(to), flags, ..clock.facts.as_ref().clone() };
        self.happened(Event::ClockStarted { clock: Box::new(facts) });
        if clock.expired {
            self.expire(id);
        }
        if let Stand::Provisional { as_of } = clock.stand {
            self.happened(Event::ClockStoppedProvisionally { clock: id, as_of });
            self.quiet(id);
        }
    }
}

/// Numbers are never used twice, whatever was split or merged before.
fn next_number(state: &Visit) -> u16 {
    state.consignments.last().map_or(1, |(number, _)| number.0.saturating_add(1))
}

fn check_whole(state: &Visit, visit: VisitId, number: ConsignmentNo) -> Result<(), Refusal> {
    let goods = state.consignments.get(&number).ok_or_else(|| {
        Refusal::new("unknown_consignment", format!("visit {visit} has no consignment {number}"))
    })?;
    if goods.is_replaced() {
        let message =
            format!("consignment {number} was split or merged before: name what it became");
        return Err(Refusal::new("replaced", message));
    }
    Ok(())
}

fn check_reason(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::new("no_reason", "say why: the papers that show it"));
    }
    Ok(())
}
