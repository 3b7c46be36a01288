//! Clocks: what starts them, what stops them, and what happens when they run out. All of it as the edition writes it.
//!
//! Expiry is recorded and announced. It is no ground of detention (Code of the Republic of Kazakhstan on customs affairs (2010), art. 237.1), and an incomplete
//! notice pauses nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::alarms::Reason;
use super::draft::Draft;
use crate::event::{AlarmCause, ClockFacts, Event};
use crate::ids::{ClockId, ConsignmentNo, VisitId};
use crate::input::order::Answer;
use crate::law::edition::{BearerKind, ClockRule};
use crate::law::readings::{ArrivalTermStops, Readings, RestrictedGoodsKept};
use crate::law::term::{Computation, Stated, TermError, Trigger};
use crate::law::words::Moment;
use crate::state::Bearer;
use crate::state::alarm::AlarmObject;
use crate::state::clock::Stand;
use crate::state::deadline::minutes;

/// Something that the edition may know as a trigger or a stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Happening {
    pub(super) moment: Moment,
    pub(super) bearer: Bearer,
    /// When it happened: the trigger of the terms that it starts, and the end of those that it stops.
    pub(super) at: Timestamp,
    /// The end that it states, for terms that the law leaves to somebody.
    pub(super) stated: Option<Stated>,
    /// How far the goods go, for terms that depend on it.
    pub(super) distance_km: Option<u32>,
}

impl Happening {
    /// It happens at this moment, and states nothing.
    pub(super) fn new(moment: Moment, bearer: Bearer, at: Timestamp) -> Happening {
        Happening { moment, bearer, at, stated: None, distance_km: None }
    }

    fn trigger(&self) -> Trigger {
        Trigger { at: self.at, stated: self.stated, distance_km: self.distance_km }
    }
}

/// A flag that follows from others: goods that are kept for three days when they are detained (238.2, AMB-27).
const STORED_THREE_DAYS: &str = "stored_three_days";

/// What a moment does to a clock that is not stopped.
enum Effect {
    Stop,
    StopProvisionally,
    Confirm,
    Restore,
    Nothing,
}

fn effect(rule: &ClockRule, moment: &Moment, readings: &Readings) -> Effect {
    let by_registration = rule.filing_is_doubtful
        && readings.arrival_term_stops == ArrivalTermStops::WithRegistration;
    if rule.stop.contains(moment) {
        Effect::Stop
    } else if by_registration && rule.stop_provisionally.contains(moment) {
        Effect::Nothing
    } else if by_registration && rule.confirm.contains(moment) {
        Effect::Stop
    } else if rule.stop_provisionally.contains(moment) {
        Effect::StopProvisionally
    } else if rule.confirm.contains(moment) {
        Effect::Confirm
    } else if rule.restore.contains(moment) {
        Effect::Restore
    } else {
        Effect::Nothing
    }
}

impl Draft<'_> {
    /// Stops what this stops, then starts what it starts.
    pub(super) fn follow(&mut self, happening: &Happening) {
        self.stop_by(happening);
        self.start_by(happening);
    }

    pub(super) fn stop_by(&mut self, happening: &Happening) {
        let Bearer { visit, consignment } = happening.bearer;
        // What happens to the vehicle happens to all of its goods; not the other way round.
        let state = self.state.visit_state(visit).into_iter();
        let clocks: Vec<ClockId> = state.flat_map(|visit| visit.clocks_open(consignment)).collect();
        for id in &clocks {
            let Some(clock) = self.state.clock_state(*id) else { continue };
            let Some(rule) = self.rules.edition.clock(&clock.facts.rule) else { continue };
            let is_late = clock.is_over(happening.at) && !clock.expired;
            let stand = clock.stand;
            match (effect(rule, &happening.moment, &self.rules.edition.readings), stand) {
                (Effect::Stop, Stand::Running | Stand::Expired | Stand::Provisional { .. }) => {
                    if is_late && stand == Stand::Running {
                        self.expire(*id);
                    }
                    self.happened(Event::ClockStopped { clock: *id, as_of: happening.at });
                    self.quiet(*id);
                }
                (Effect::StopProvisionally, Stand::Running | Stand::Expired) => {
                    if is_late {
                        self.expire(*id);
                    }
                    let as_of = happening.at;
                    self.happened(Event::ClockStoppedProvisionally { clock: *id, as_of });
                    self.quiet(*id);
                }
                (Effect::Confirm, Stand::Provisional { as_of }) => {
                    self.happened(Event::ClockStopped { clock: *id, as_of });
                }
                (Effect::Restore, Stand::Provisional { .. }) => {
                    let is_late = clock.is_over(self.now) && !clock.expired;
                    self.happened(Event::ClockRestored { clock: *id });
                    // What ran out meanwhile has run out; what had run out before is overdue again.
                    let clock = self.state.clock_state(*id);
                    let (expired, warned) =
                        clock.map_or((false, None), |clock| (clock.expired, clock.warned));
                    if is_late || expired {
                        self.overdue(*id, is_late);
                    } else if let Some(minutes_left) = warned {
                        self.near(*id, minutes_left);
                    }
                }
                (Effect::StopProvisionally, Stand::Provisional { .. })
                | (Effect::Confirm | Effect::Restore, Stand::Running | Stand::Expired)
                | (_, Stand::Stopped { .. } | Stand::Withdrawn { .. })
                | (Effect::Nothing, _) => {}
            }
        }
    }

    pub(super) fn start_by(&mut self, happening: &Happening) {
        let Bearer { visit, consignment } = happening.bearer;
        let Some(state) = self.state.visit_state(visit) else { return };
        let (mode, direction) = (state.mode, state.direction);
        let edition = Arc::clone(&self.rules.edition);
        let mut started = edition
            .started_by(&happening.moment)
            .filter(|rule| {
                rule.modes.contains(&mode)
                    && (rule.directions.is_empty() || rule.directions.contains(&direction))
                    && rule.term_for(mode).runs()
            })
            .peekable();
        if started.peek().is_none() {
            return;
        }
        let all: Vec<ConsignmentNo> = state.consignments.keys().copied().collect();
        let hours = self.hours();
        for rule in started {
            let bearers: Vec<Option<ConsignmentNo>> = match (rule.bearer, consignment) {
                (BearerKind::Act, _) => Vec::new(),
                (BearerKind::Vehicle, _) => vec![None],
                (BearerKind::Consignment, Some(one)) => vec![Some(one)],
                (BearerKind::Consignment, None) => all.iter().copied().map(Some).collect(),
            };
            let concerned: Vec<Option<ConsignmentNo>> =
                bearers.into_iter().filter(|one| self.concerns(rule, visit, *one)).collect();
            if concerned.is_empty() {
                continue;
            }
            let trigger = happening.trigger();
            let term = match edition.compute(rule, mode, &trigger, self.rules.body(&hours)) {
                Ok(term) => term,
                // Nobody has set what the law leaves to be set: no term runs.
                Err(TermError::NotStated | TermError::NoDistance | TermError::NoTerm) => continue,
                // A term of the law is not lost because a timetable is wrong.
                Err(_) => Computation::impossible(&trigger),
            };
            for one in concerned {
                self.start(rule, &term, happening, one);
            }
        }
    }

    /// Whether the rule is about these goods.
    pub(super) fn concerns(
        &self,
        rule: &ClockRule,
        visit: VisitId,
        consignment: Option<ConsignmentNo>,
    ) -> bool {
        let has = |flag: &String| self.consignment_flag(visit, consignment, flag);
        if self.is_lifted(rule, visit, consignment) {
            return false;
        }
        (rule.when.is_empty() || rule.when.iter().any(has)) && !rule.unless.iter().any(has)
    }

    /// Whether an act says that the rule does not apply, or the goods go on under other numbers.
    fn is_lifted(
        &self,
        rule: &ClockRule,
        visit: VisitId,
        consignment: Option<ConsignmentNo>,
    ) -> bool {
        let Some(visit) = self.state.visit_state(visit) else { return false };
        let goods = consignment.and_then(|number| visit.consignments.get(&number));
        visit.lifted.contains(&rule.id)
            || goods.is_some_and(|goods| goods.is_replaced() || goods.lifted.contains(&rule.id))
    }

    /// Whether a flag of the edition holds for these goods, or for the whole vehicle: the notice says so, or an act.
    pub(super) fn consignment_flag(
        &self,
        visit: VisitId,
        consignment: Option<ConsignmentNo>,
        flag: &str,
    ) -> bool {
        let has = |flag: &str| {
            self.told_flag(visit, consignment, flag) || self.has_flag(visit, consignment, flag)
        };
        if flag == STORED_THREE_DAYS {
            let as_prohibited =
                self.rules.edition.readings.restricted_goods_kept == RestrictedGoodsKept::ThreeDays;
            return has("prohibited") || (as_prohibited && has("restricted"));
        }
        has(flag)
    }

    /// What the registered notice says of it.
    fn told_flag(&self, visit: VisitId, consignment: Option<ConsignmentNo>, flag: &str) -> bool {
        let notice = self.state.visit_state(visit).and_then(|visit| visit.notice.as_deref());
        let Some(draft) = notice.map(|notice| &notice.draft) else { return false };
        let place =
            consignment.and_then(|ConsignmentNo(number)| usize::from(number).checked_sub(1));
        let goods = place.and_then(|place| draft.consignments.get(place));
        let told =
            |answers: &BTreeMap<String, Answer>| answers.get(flag) == Some(&Answer::Flag(true));
        told(&draft.answers) || goods.is_some_and(|goods| told(&goods.answers))
    }

    fn start(
        &mut self,
        rule: &ClockRule,
        term: &Computation,
        happening: &Happening,
        consignment: Option<ConsignmentNo>,
    ) {
        let visit = happening.bearer.visit;
        let runs = self.state.visit_state(visit).is_some_and(|state| {
            state
                .clocks_open(consignment)
                .filter_map(|id| self.state.clock_state(id))
                .any(|clock| clock.facts.rule == rule.id && clock.facts.consignment == consignment)
        });
        if runs {
            return;
        }
        let flags = rule.remarks.iter().chain(&term.flags).cloned().collect();
        let facts = ClockFacts {
            clock: self.next_clock(),
            rule: rule.id.clone(),
            article: rule.article.clone(),
            obliged: rule.obliged.clone(),
            edition: self.rules.edition.id.clone(),
            visit,
            consignment,
            trigger: happening.moment.name().to_owned(),
            triggered_at: happening.at,
            due_at: term.due_at,
            latest_at: term.latest_at,
            nominal_day: term.nominal_day,
            calendar: term.calendar.clone(),
            timetable: term.timetable.clone(),
            flags,
            stated: happening.stated,
            distance_km: happening.distance_km,
        };
        self.happened(Event::ClockStarted { clock: Box::new(facts) });
    }

    /// The term ran out.
    pub(super) fn expire(&mut self, id: ClockId) {
        self.overdue(id, true);
    }

    /// The term is over and nothing has stopped it; it ran out just now, or had before.
    fn overdue(&mut self, id: ClockId, just_now: bool) {
        let Some(clock) = self.state.clock_state(id) else { return };
        let facts = clock.facts.clone();
        let lane = self.state.visit_state(facts.visit).map(|visit| visit.lane.clone());
        if just_now {
            self.happened(Event::ClockExpired { clock: id });
        }
        self.end_of_visit(AlarmCause::TermNear { clock: id }, facts.visit);
        let mut reason = self.about(AlarmCause::TermOver { clock: id }, &facts);
        reason.since = facts.due_at;
        reason.lane = lane;
        let rule = self.rules.edition.clock(&facts.rule);
        reason.priority = rule.and_then(|rule| rule.over_priority).map(|number| number.0);
        self.raise(reason);
    }

    /// A warning was given: an alarm, if the edition wants one that early; and of a term of which it wants one at all, with the lead
    /// that the site gives to terms so long.
    pub(super) fn near(&mut self, id: ClockId, minutes_left: u32) {
        let Some(clock) = self.state.clock_state(id) else { return };
        let facts = clock.facts.clone();
        let wanted = self.rules.edition.clock(&facts.rule).and_then(|rule| rule.near_minutes);
        let usual = self.state.limits().map(|limits| limits.clock_warnings.value.as_slice());
        let is_lead =
            !usual.unwrap_or_default().iter().any(|usual| minutes(*usual) == minutes_left);
        let Some(wanted) = wanted.filter(|wanted| is_lead || minutes_left <= *wanted) else {
            return;
        };
        let cause = AlarmCause::TermNear { clock: id };
        let mut reason = self.about(cause, &facts).number("minutes_left", minutes_left);
        reason.lane = self.state.visit_state(facts.visit).map(|visit| visit.lane.clone());
        let object = AlarmObject::of_visit(AlarmCause::TermNear { clock: id }, facts.visit);
        // One announcement is enough, the countdown says the rest; after a stop that a refusal undid it is news again, and so is the last
        // hour of a term that was announced days before.
        let open = self.state.open_alarm(&object).and_then(|id| self.state.alarm_state(id));
        let told = open.filter(|alarm| alarm.is_active());
        let was_early = told.is_some_and(|alarm| {
            let told_at =
                alarm.facts.numbers.get("minutes_left").and_then(|text| text.parse().ok());
            alarm.count == 1 && told_at.is_some_and(|minutes: u32| minutes > wanted)
        });
        if told.is_none() {
            self.raise(reason);
        } else if was_early && minutes_left <= wanted {
            // What was acknowledged days before is closed by this, so that the last hour rings anew.
            self.end(&object);
            self.raise(reason);
        }
    }

    /// What is to be done immediately has stayed open: an alarm of the row of terms that are near, because no term is over.
    pub(super) fn still_open(&mut self, id: ClockId, minutes: u32) {
        let Some(clock) = self.state.clock_state(id) else { return };
        let facts = clock.facts.clone();
        self.happened(Event::ClockStillOpen { clock: id, minutes });
        let cause = AlarmCause::TermNear { clock: id };
        let mut reason = self.about(cause, &facts).number("open_minutes", minutes);
        reason.lane = self.state.visit_state(facts.visit).map(|visit| visit.lane.clone());
        reason.since = facts.triggered_at;
        self.raise(reason);
    }

    fn about(&self, cause: AlarmCause, facts: &ClockFacts) -> Reason {
        let mut reason = Reason::new(cause, self.now)
            .visit(facts.visit)
            .number("rule", &facts.rule)
            .number("due_ms", facts.due_at.as_millisecond());
        if let Some(consignment) = facts.consignment {
            reason = reason.number("consignment", consignment);
        }
        reason.basis = Some(facts.article.clone());
        reason
    }

    /// A stopped clock is neither near its end nor over it.
    pub(super) fn quiet(&mut self, id: ClockId) {
        let Some(visit) = self.state.clock_state(id).map(|clock| clock.facts.visit) else { return };
        self.end_of_visit(AlarmCause::TermNear { clock: id }, visit);
        self.end_of_visit(AlarmCause::TermOver { clock: id }, visit);
    }
}
