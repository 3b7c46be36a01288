//! Terms that an act changes: they are prolonged, they do not apply, they apply after all, or they began at another moment.
//!
//! A term is never edited. What changes is said by an event that holds the term as it is now and when it ended before, or that it is
//! withdrawn; the moments that started it stay the trigger of what runs in its place.

use std::sync::Arc;

use jiff::Timestamp;

use super::Refusal;
use super::draft::Draft;
use super::terms::Happening;
use crate::event::{ClockFacts, Event};
use crate::ids::{ClockId, ConsignmentNo, VisitId};
use crate::law::edition::ClockRule;
use crate::law::prolongation::prolonged;
use crate::law::term::Computation;
use crate::law::words::Moment;
use crate::site::Mode;
use crate::state::Bearer;

/// A clock that came over from another consignment.
pub(super) const CARRIED_OVER: &str = "carried_over";
/// A term that an act prolonged; its facts hold until when, if the act said so.
pub(super) const PROLONGED: &str = "prolonged";
/// Remarks that stay when a term is computed again.
pub(super) const KEPT_FLAGS: [&str; 2] = [CARRIED_OVER, PROLONGED];

impl Draft<'_> {
    /// The term does not apply any more: it was neither kept nor missed.
    pub(super) fn withdraw(&mut self, id: ClockId, because: &str) {
        self.happened(Event::ClockWithdrawn { clock: id, because: because.to_owned() });
        self.quiet(id);
    }

    /// Terms of this rule do not apply to this vehicle or these goods.
    pub(super) fn lift_term(&mut self, visit: VisitId, one: Option<ConsignmentNo>, rule: &str) {
        for (id, facts) in self.open_clocks(visit, one) {
            if facts.rule == rule {
                self.withdraw(id, "term_lifted");
            }
        }
    }

    /// What is true of the goods has changed: terms that are not theirs go, those that are theirs run from the same moment.
    pub(super) fn qualify_terms(&mut self, visit: VisitId, one: Option<ConsignmentNo>) {
        let edition = Arc::clone(&self.rules.edition);
        let mut triggers: Vec<Arc<ClockFacts>> = Vec::new();
        for (id, facts) in self.open_clocks(visit, one) {
            let Some(rule) = edition.clock(&facts.rule) else { continue };
            if self.concerns(rule, visit, facts.consignment) {
                continue;
            }
            self.withdraw(id, "not_these_goods");
            triggers.push(facts);
        }
        for facts in triggers {
            self.start_by(&Happening {
                moment: Moment::from(facts.trigger.clone()),
                bearer: Bearer { visit, consignment: facts.consignment },
                at: facts.triggered_at,
                stated: facts.stated,
                distance_km: facts.distance_km,
            });
        }
    }

    /// The goods were presented at another moment than was recorded (AMB-10): their terms run from there.
    pub(super) fn present_since(&mut self, visit: VisitId, one: ConsignmentNo, at: Timestamp) {
        let presented = Moment::GoodsPresented.name();
        for (id, facts) in self.open_clocks(visit, Some(one)) {
            if facts.trigger != presented {
                continue;
            }
            let facts = ClockFacts { triggered_at: at, ..facts.as_ref().clone() };
            // What cannot be computed from the new moment stays as it was; the act tells of the moment all the same.
            if let Ok(Some(facts)) = self.computed_again(&facts, &self.hours()) {
                self.recomputed(id, facts, "presentation_corrected");
            }
        }
    }

    /// What an act prolongs, it prolongs now; one that asks for more than the law allows is refused.
    pub(super) fn prolong_by(&mut self, happening: &Happening) -> Result<(), Refusal> {
        let Bearer { visit, consignment } = happening.bearer;
        let edition = Arc::clone(&self.rules.edition);
        if !edition.is_prolonging(&happening.moment) {
            return Ok(());
        }
        let prolongs = |rule: &ClockRule| rule.prolong.iter().any(|row| row.by == happening.moment);
        let Some(mode) = self.state.visit_state(visit).map(|visit| visit.mode) else {
            return Ok(());
        };
        for (id, facts) in self.open_clocks(visit, consignment) {
            let Some(rule) = edition.clock(&facts.rule) else { continue };
            if !prolongs(rule) {
                continue;
            }
            let mut flags = facts.flags.clone();
            if !flags.iter().any(|flag| flag == PROLONGED) {
                flags.push(PROLONGED.to_owned());
            }
            let facts = facts.as_ref().clone();
            let asked = ClockFacts { stated: happening.stated, flags, ..facts };
            let term = self
                .term_of(rule, mode, &asked, &self.hours())
                .map_err(|problem| Refusal::new("not_prolonged", problem))?;
            let facts = with_term(asked, rule, term);
            self.recomputed(id, facts, happening.moment.name());
        }
        Ok(())
    }

    /// The end of the term of these facts, prolonged if it was.
    pub(super) fn term_of(
        &self,
        rule: &ClockRule,
        mode: Mode,
        facts: &ClockFacts,
        hours: &super::Hours,
    ) -> Result<Computation, String> {
        let edition = &self.rules.edition;
        let body = self.rules.body(hours);
        let trigger = facts.trigger_of();
        if facts.flags.iter().any(|flag| flag == PROLONGED) {
            let has = |flag: &str| self.consignment_flag(facts.visit, facts.consignment, flag);
            return prolonged(edition, rule, &trigger, facts.stated, body, has)
                .map_err(|error| error.to_string());
        }
        edition.compute(rule, mode, &trigger, body).map_err(|error| error.to_string())
    }

    /// Open clocks of a vehicle, or of one of its consignments.
    fn open_clocks(
        &self,
        visit: VisitId,
        one: Option<ConsignmentNo>,
    ) -> Vec<(ClockId, Arc<ClockFacts>)> {
        let state = self.state.visit_state(visit).into_iter();
        state
            .flat_map(|visit| visit.clocks_open(one))
            .filter_map(|id| Some((id, Arc::clone(&self.state.clock_state(id)?.facts))))
            .collect()
    }
}

/// The facts with another end; remarks of the rule and of the computation, and those that stay.
pub(super) fn with_term(facts: ClockFacts, rule: &ClockRule, term: Computation) -> ClockFacts {
    let kept = facts.flags.iter().filter(|flag| KEPT_FLAGS.contains(&flag.as_str())).cloned();
    let mut flags: Vec<String> = rule.remarks.iter().chain(&term.flags).cloned().collect();
    flags.extend(kept);
    ClockFacts {
        due_at: term.due_at,
        latest_at: term.latest_at,
        nominal_day: term.nominal_day,
        calendar: term.calendar,
        timetable: term.timetable,
        flags,
        ..facts
    }
}
