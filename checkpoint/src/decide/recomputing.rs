//! Running terms computed again, when other days off or other working hours hold than those with which they were computed.
//!
//! A term keeps its trigger and its rule; only its end is looked for again. What ends at another moment, or is remarked otherwise, is
//! said by an event; what comes out the same is not. A term that had run out and now ends later runs again, and one whose end now
//! lies in the past has run out. Terms that were stopped for good stay as they were: they were kept or missed under what held then.

use std::sync::Arc;

use jiff::Timestamp;

use super::Hours;
use super::draft::Draft;
use super::revision::with_term;
use crate::event::{ClockFacts, Event};
use crate::ids::ClockId;
use crate::law::term::Trigger;
use crate::state::clock::Stand;

/// A term that comes out otherwise.
pub(super) struct Recomputed {
    facts: ClockFacts,
}

impl Draft<'_> {
    /// The days off and the working hours in force.
    pub(super) fn hours(&self) -> Hours {
        let configured = self.rules;
        Hours {
            calendar: self
                .state
                .calendar
                .clone()
                .unwrap_or_else(|| Arc::clone(&configured.calendar)),
            timetable: self
                .state
                .timetable
                .clone()
                .unwrap_or_else(|| Arc::clone(&configured.timetable)),
        }
    }

    /// Every open term that comes out otherwise with these hours. Nothing has happened yet: what cannot be computed refuses the hours.
    pub(super) fn otherwise(&self, hours: &Hours) -> Result<Vec<Recomputed>, String> {
        let mut otherwise = Vec::new();
        for (_, clock) in self.state.clock_states().filter(|(_, clock)| clock.is_open()) {
            let Some(facts) = self.computed_again(&clock.facts, hours)? else { continue };
            if facts.is_same_term(&clock.facts) {
                continue;
            }
            otherwise.push(Recomputed { facts });
        }
        Ok(otherwise)
    }

    /// The term of these facts with these hours; none if it was computed by another edition, whose rules nobody has here.
    pub(super) fn computed_again(
        &self,
        facts: &ClockFacts,
        hours: &Hours,
    ) -> Result<Option<ClockFacts>, String> {
        let edition = &self.rules.edition;
        let rule = edition.clock(&facts.rule).filter(|_| edition.id == facts.edition);
        let (Some(rule), Some(visit)) = (rule, self.state.visit_state(facts.visit)) else {
            return Ok(None);
        };
        let term = self.term_of(rule, visit.mode, facts, hours).map_err(|problem| {
            format!("the end of {} of visit {} is not to be found: {problem}", rule.id, facts.visit)
        })?;
        Ok(Some(with_term(facts.clone(), rule, term)))
    }

    /// Says what comes out otherwise, and what follows from that for expiries and alarms.
    pub(super) fn recompute(&mut self, otherwise: Vec<Recomputed>, because: &str) {
        for Recomputed { facts } in otherwise {
            self.recomputed(facts.clock, facts, because);
        }
    }

    /// The clock's term is another from now.
    pub(super) fn recomputed(&mut self, id: ClockId, facts: ClockFacts, because: &str) {
        let Some(before) = self.state.clock_state(id).map(|clock| clock.facts.due_at) else {
            return;
        };
        let due_at = facts.due_at;
        let because = because.to_owned();
        self.happened(Event::ClockRecomputed { clock: Box::new(facts), before, because });
        if due_at != before {
            self.alarms_follow(id, due_at);
        }
    }

    /// The clock's end has moved: it is over now or it is not, and is announced again when it comes near.
    fn alarms_follow(&mut self, id: ClockId, due_at: Timestamp) {
        let Some(stand) = self.state.clock_state(id).map(|clock| clock.stand) else { return };
        match stand {
            Stand::Running | Stand::Expired if due_at <= self.now => self.expire(id),
            Stand::Running | Stand::Expired => self.quiet(id),
            // It was filed late, or it was not: nobody has to be called for that.
            Stand::Provisional { as_of } if due_at < as_of => {
                self.happened(Event::ClockExpired { clock: id });
            }
            Stand::Provisional { .. } | Stand::Stopped { .. } | Stand::Withdrawn { .. } => {}
        }
    }
}

impl ClockFacts {
    pub(super) fn trigger_of(&self) -> Trigger {
        Trigger { at: self.triggered_at, stated: self.stated, distance_km: self.distance_km }
    }

    /// Whether it is the same term, whichever calendar and timetable say so.
    fn is_same_term(&self, other: &ClockFacts) -> bool {
        self.due_at == other.due_at
            && self.latest_at == other.latest_at
            && self.nominal_day == other.nominal_day
            && self.flags == other.flags
    }
}
