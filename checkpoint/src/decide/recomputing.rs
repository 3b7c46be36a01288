//! Running terms computed again, when other days off or other working hours hold than those with which they were computed.
//!
//! A term keeps its trigger and its rule; only its end is looked for again. What ends at another moment, or is remarked otherwise, is
//! said by an event; what comes out the same is not. A term that had run out and now ends later runs again, and one whose end now
//! lies in the past has run out. Terms that were stopped for good stay as they were: they were kept or missed under what held then.
//!
//! Terms are computed in steps, in the order in which they were started, so that no input waits for all of them: the first step is a part of what put
//! the hours in force, and each of the others answers a deadline that is due at once. How far it has come is an entry, and survives a restart. Hours that
//! change meanwhile begin again at the first term. A term that starts meanwhile is computed with what holds then, and is not looked at again.

use std::sync::Arc;

use jiff::Timestamp;

use super::Hours;
use super::draft::Draft;
use super::revision::with_term;
use crate::event::{ClockFacts, Event, Reached};
use crate::ids::ClockId;
use crate::law::term::{Computation, TermError, Trigger};
use crate::state::clock::Stand;
use crate::state::recomputing::Recomputing;

/// Open terms that one step computes. At most four events follow from each (it is moved, it has run out, one alarm ends and one is raised), so that a
/// step stays within one batch to the hub (500 entries), half of what a page may lag (1,024 messages) and a tenth of what may wait for
/// the disk (4,096 entries), and holds an alarm back for some milliseconds at most.
pub(super) const STEP: usize = 100;
/// Terms that one step looks at: most of them may be stopped.
const LOOKED_AT: usize = 1_000;

/// One step.
pub(super) struct Part {
    /// Terms that come out otherwise.
    otherwise: Vec<ClockFacts>,
    /// Terms up to this one have been computed.
    through: ClockId,
}

/// What is new to terms that were started before.
#[derive(Debug, Clone, Default)]
pub(super) struct News {
    /// Version of the calendar.
    pub(super) calendar: Option<String>,
    /// Version of the timetable.
    pub(super) timetable: Option<String>,
}

impl News {
    /// For people, such as `calendar kz-2026`.
    fn name(&self) -> String {
        let calendar = self.calendar.iter().map(|version| format!("calendar {version}"));
        let timetable = self.timetable.iter().map(|version| format!("timetable {version}"));
        calendar.chain(timetable).collect::<Vec<_>>().join(", ")
    }
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

    /// The first step with these hours. Nothing has happened yet: what cannot be computed refuses the hours.
    pub(super) fn first_part(&self, hours: &Hours) -> Result<Part, String> {
        let last = ClockId(self.state.last.clock);
        let part = self.part(hours, ClockId(0), last, |_, problem| Err(problem))?;
        if part.through < last {
            self.try_rules(hours)?;
        }
        Ok(part)
    }

    /// Not every term is tried before the hours hold, but every rule is: a body that never opens is found out.
    fn try_rules(&self, hours: &Hours) -> Result<(), String> {
        let (edition, trigger) = (&self.rules.edition, Trigger::at(self.now));
        for rule in &edition.clocks {
            for mode in &rule.modes {
                // What else is wanted comes with an act.
                let term = edition.compute(rule, *mode, &trigger, self.rules.body(hours));
                if let Err(problem @ TermError::NeverOpen { .. }) = term {
                    return Err(format!("the end of {} is not to be found: {problem}", rule.id));
                }
            }
        }
        Ok(())
    }

    /// The terms of one step that come out otherwise with these hours; `or` is the term that cannot be computed.
    fn part(
        &self,
        hours: &Hours,
        after: ClockId,
        last: ClockId,
        or: impl Fn(&ClockFacts, String) -> Result<Option<ClockFacts>, String>,
    ) -> Result<Part, String> {
        let mut part = Part { otherwise: Vec::new(), through: after };
        let (mut looked_at, mut computed) = (0, 0);
        let left = self.state.clocks.iter_after(after).take_while(|(id, _)| **id <= last);
        for (id, clock) in left {
            if computed == STEP || looked_at == LOOKED_AT {
                return Ok(part);
            }
            (part.through, looked_at) = (*id, looked_at + 1);
            if !clock.is_open() {
                continue;
            }
            computed += 1;
            let facts = match self.computed_again(&clock.facts, hours) {
                Ok(facts) => facts,
                Err(problem) => or(&clock.facts, problem)?,
            };
            part.otherwise.extend(facts.filter(|facts| !facts.is_same_term(&clock.facts)));
        }
        part.through = last;
        Ok(part)
    }

    /// The next step.
    pub(super) fn go_on_recomputing(&mut self) {
        let Some(Recomputing { reached, .. }) = self.state.recomputing.clone() else { return };
        let hours = self.hours();
        let part = self.part(&hours, reached.clock, reached.last, |facts, _| {
            // A term of the law is not lost because a timetable is wrong: it is shown as open, without an end.
            let rule = self.rules.edition.clock(&facts.rule);
            let impossible = Computation::impossible(&facts.trigger_of());
            Ok(rule.map(|rule| with_term(facts.clone(), rule, impossible)))
        });
        let Ok(part) = part else { return };
        let news = News { calendar: reached.calendar, timetable: reached.timetable };
        self.recompute(part, reached.last, news);
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

    /// Says what comes out otherwise, what follows from that for expiries and alarms, and how far it has come if that is not all.
    pub(super) fn recompute(&mut self, part: Part, last: ClockId, news: News) {
        let because = news.name();
        for facts in part.otherwise {
            self.recomputed(facts.clock, facts, &because);
        }
        if part.through < last || self.state.recomputing.is_some() {
            let News { calendar, timetable } = news;
            let reached = Reached { clock: part.through, last, calendar, timetable };
            self.happened(Event::ClocksRecomputedThrough(reached));
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
