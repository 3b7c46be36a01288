//! What events mean for consignments, their papers, their clocks, and for a vehicle that leaves.

use std::sync::Arc;

use jiff::Timestamp;
use rpds::RedBlackTreeSetSync;

use super::Place;
use crate::Checkpoint;
use crate::event::ClockFacts;
use crate::ids::{AlarmId, ClockId, ConsignmentNo, VisitId};
use crate::input::order::PapersKind;
use crate::law::course::Step;
use crate::state::alarm::Alarm;
use crate::state::clock::{Clock, Stand};
use crate::state::consignment::{Consignment, Papers};
use crate::state::visit::{Notice, Visit};
use crate::state::{KEPT_HERE, KEPT_VISITS};

/// Grounds of refusal that are kept of one consignment; the journal keeps all.
const KEPT_GROUNDS: usize = 32;

impl Checkpoint {
    pub(super) fn change_consignment(
        &mut self,
        visit: VisitId,
        number: ConsignmentNo,
        change: impl FnOnce(&mut Consignment),
    ) {
        self.change_visit(visit, |visit| {
            if !visit.consignments.contains_key(&number) {
                visit.consignments.insert_mut(number, Consignment::known(visit.direction));
            }
            if let Some(consignment) = visit.consignments.get_mut(&number) {
                change(consignment);
            }
        });
    }

    /// A notice replaces the one before; consignments that it no longer names go, unless something was done about them.
    pub(super) fn notice_registered(&mut self, visit: VisitId, notice: Notice) {
        let named = notice.draft.consignments.len();
        self.change_visit(visit, |visit| {
            let gone: Vec<ConsignmentNo> = visit
                .consignments
                .iter()
                .filter(|(number, state)| usize::from(number.0) > named && !state.is_handled())
                .map(|(number, _)| *number)
                .collect();
            for number in gone {
                visit.consignments.remove_mut(&number);
            }
            visit.notice = Some(Arc::new(notice));
        });
    }

    pub(super) fn papers_filed(
        &mut self,
        place: Place<'_>,
        visit: VisitId,
        consignment: ConsignmentNo,
        kind: PapersKind,
        reference: &str,
    ) {
        let filed = Papers {
            kind,
            reference: reference.to_owned(),
            filed_at: place.at,
            registered: None,
            missing: None,
            warnings: Vec::new(),
        };
        self.change_consignment(visit, consignment, |state| {
            state.go(Step::Filed(kind));
            let before = state.papers.replace(filed);
            if before.as_ref().is_some_and(|papers| {
                papers.kind == PapersKind::Storage && papers.registered.is_some()
            }) {
                state.storage = before;
            }
        });
    }

    pub(super) fn papers_registered(
        &mut self,
        place: Place<'_>,
        visit: VisitId,
        consignment: ConsignmentNo,
        kind: PapersKind,
        number: &str,
    ) {
        self.change_consignment(visit, consignment, |state| {
            state.go(Step::Registered(kind));
            if let Some(papers) = &mut state.papers {
                papers.registered = Some((number.to_owned(), place.at));
            }
        });
    }

    /// As if never filed (art. 288.6): goods that lay in storage before lie there still.
    pub(super) fn papers_refused(
        &mut self,
        visit: VisitId,
        consignment: ConsignmentNo,
        kind: PapersKind,
        ground: &str,
    ) {
        self.change_consignment(visit, consignment, |state| {
            state.go(Step::Refused(kind));
            state.papers = state.storage.take();
            state.refusals.push(ground.to_owned());
            if state.refusals.len() > KEPT_GROUNDS {
                state.refusals.remove(0);
            }
        });
    }

    pub(super) fn clock_started(&mut self, facts: &ClockFacts) {
        let id = facts.clock;
        self.last.clock = self.last.clock.max(id.0);
        self.unschedule_clock(id);
        let clock = Clock {
            facts: Arc::new(facts.clone()),
            stand: Stand::Running,
            expired: false,
            warned: None,
            withdrawn: None,
        };
        self.change_visit(facts.visit, |visit| {
            visit.clocks.insert_mut(id);
            visit.open_clocks.insert_mut((facts.consignment, id));
        });
        // A clock of a visit that nobody knows would never be dropped, and nobody could stop it.
        if self.visits.contains_key(&facts.visit) {
            self.clocks.insert_mut(id, clock);
            self.schedule_clock(id);
        }
    }

    pub(super) fn clock_nearing(&mut self, id: ClockId, minutes_left: u32) {
        self.change_clock(id, |clock| {
            clock.warned =
                Some(clock.warned.map_or(minutes_left, |warned| warned.min(minutes_left)));
        });
    }

    pub(super) fn clock_stopped_provisionally(&mut self, id: ClockId, as_of: Timestamp) {
        self.change_clock(id, |clock| clock.stand = Stand::Provisional { as_of });
    }

    pub(super) fn clock_stopped(&mut self, id: ClockId, as_of: Timestamp) {
        self.change_clock(id, |clock| {
            clock.stand = Stand::Stopped { as_of };
            // What is recorded late, as of a moment before the end, was in time.
            clock.expired &= as_of > clock.facts.due_at;
        });
    }

    pub(super) fn clock_restored(&mut self, id: ClockId) {
        self.change_clock(id, |clock| {
            clock.stand = if clock.expired { Stand::Expired } else { Stand::Running };
        });
    }

    pub(super) fn clock_expired(&mut self, id: ClockId) {
        self.change_clock(id, |clock| {
            clock.expired = true;
            clock.stand = match clock.stand {
                Stand::Running | Stand::Expired => Stand::Expired,
                Stand::Provisional { as_of } => Stand::Provisional { as_of },
                Stand::Stopped { as_of } => Stand::Stopped { as_of },
                Stand::Withdrawn { at } => Stand::Withdrawn { at },
            };
        });
    }

    pub(super) fn change_clock(&mut self, id: ClockId, change: impl FnOnce(&mut Clock)) {
        self.unschedule_clock(id);
        let Some(clock) = self.clocks.get_mut(&id) else { return };
        let was_open = clock.is_open();
        change(clock);
        let (is_open, visit, owner) = (clock.is_open(), clock.facts.visit, clock.facts.consignment);
        if was_open && !is_open {
            self.change_visit(visit, |visit| {
                visit.open_clocks.remove_mut(&(owner, id));
            });
        } else if is_open && !was_open {
            self.change_visit(visit, |visit| {
                visit.open_clocks.insert_mut((owner, id));
            });
        }
        self.schedule_clock(id);
    }

    pub(super) fn vehicle_left(&mut self, place: Place<'_>, id: VisitId) {
        let Some(visit) = self.visits.get(&id).filter(|visit| visit.is_here()).cloned() else {
            return;
        };
        let lanes: Vec<_> = self.lanes.keys().cloned().collect();
        for lane in lanes {
            self.leave_lane(&lane, id);
        }
        self.forget_names(id, &visit);
        self.finish_priors(id, place.seq);
        self.change_visit(id, |visit| {
            visit.left = Some(place.at);
            let numbers: Vec<ConsignmentNo> = visit.consignments.keys().copied().collect();
            for number in numbers {
                if let Some(consignment) = visit.consignments.get_mut(&number) {
                    consignment.go(consignment.course.leaving());
                }
            }
        });
        self.left.insert_mut((place.seq, id));
        while self.left.size() > KEPT_VISITS {
            let Some(oldest) = self.left.first().copied() else { return };
            self.left.remove_mut(&oldest);
            self.forget_visit(oldest.1);
        }
    }

    /// Vehicles that devices noticed and nobody let out must not pile up for ever.
    pub(super) fn forget_unhandled(&mut self) {
        if self.visits.size().saturating_sub(self.left.size()) <= KEPT_HERE {
            return;
        }
        let stands = |visit: VisitId, lane| {
            self.lanes.get(lane).is_some_and(|lane| lane.queue.iter().any(|one| one.visit == visit))
        };
        let held = |alarms: &RedBlackTreeSetSync<AlarmId>| {
            alarms.iter().filter_map(|id| self.alarms.get(id)).any(Alarm::holds_exit)
        };
        let unhandled = self.visits.iter().find(|(id, visit)| {
            visit.is_here()
                && visit.notice.is_none()
                && visit.consignments.is_empty()
                && !stands(**id, &visit.lane)
                && !held(&visit.alarms)
        });
        let Some((id, visit)) = unhandled.map(|(id, visit)| (*id, visit.clone())) else { return };
        for alarm in visit.alarms.iter() {
            self.forget_alarm(*alarm);
        }
        self.forget_names(id, &visit);
        self.finish_priors(id, self.seq);
        self.forget_visit(id);
    }

    /// Plate and seals of a vehicle that is here no more belong to nobody.
    fn forget_names(&mut self, id: VisitId, visit: &Visit) {
        if let Some(plate) = &visit.plate {
            self.plates.remove_mut(&(plate.normalised.clone(), id));
        }
        for read in visit.seals_read.values() {
            self.seals_read.remove_mut(&(read.normalised.clone(), id));
        }
        for seal in visit.seals_expected.iter().flatten() {
            self.seals_expected.remove_mut(&(seal.clone(), id));
        }
    }

    fn forget_visit(&mut self, id: VisitId) {
        let Some(visit) = self.visits.get(&id).cloned() else { return };
        for clock in visit.clocks.iter() {
            self.unschedule_clock(*clock);
            self.clocks.remove_mut(clock);
        }
        let readings = visit.screenings.keys().chain(visit.weighings.keys());
        let readings = readings.chain(visit.seals_read.keys()).chain(visit.plates_read.keys());
        for reading in readings.chain(visit.scans.keys()) {
            self.readings.remove_mut(reading);
        }
        self.forget_acts(&visit);
        self.visits.remove_mut(&id);
    }
}
