//! Moments that must be answered by an event. Kept in one ordered set, so that the earliest is known at once.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::clock::{Clock, Stand};
use super::lane::{InLane, LaneState};
use super::recomputing::Recomputing;
use super::{Checkpoint, HubLine};
use crate::event::Priority;
use crate::ids::{AlarmId, ClockId, LaneId, VisitId};

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// A term runs out.
    ClockExpiry(ClockId),
    /// A warning of a term.
    ClockWarning(ClockId),
    /// Nobody acknowledged an alarm of the first priority.
    Escalation(AlarmId),
    /// The hub has been away for too long.
    HubAway,
    /// A vehicle has not been seen in its lane for so long that it is taken to have gone on.
    VehicleGap(LaneId, VisitId),
    /// Running terms are left that are to be computed again.
    Recomputing,
}

/// A moment that far on; the end of time if there is none.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Whole minutes of a warning limit.
pub(crate) fn minutes(limit: SignedDuration) -> u32 {
    u32::try_from(limit.as_mins()).unwrap_or(0)
}

impl Checkpoint {
    fn of_clock(&self, id: ClockId, clock: &Clock) -> Option<(Timestamp, Deadline)> {
        match clock.stand {
            Stand::Running => {}
            Stand::Provisional { .. }
            | Stand::Stopped { .. }
            | Stand::Expired
            | Stand::Withdrawn { .. } => return None,
        }
        if clock.is_immediate() {
            let after = self.limits.as_ref()?.immediately_open.as_ref()?.value;
            let said = clock.warned.is_some();
            return (!said)
                .then(|| (later(clock.facts.triggered_at, after), Deadline::ClockWarning(id)));
        }
        if clock.has_no_end() {
            return None;
        }
        let due = clock.facts.due_at;
        let term = clock.facts.length();
        let warnings = self.limits.iter().flat_map(|limits| limits.warnings_of(term));
        let warning = warnings
            .filter(|limit| clock.warned.is_none_or(|warned| minutes(*limit) < warned))
            .map(|limit| later(due, -limit))
            .filter(|at| *at > clock.facts.triggered_at && *at < due)
            .min();
        Some(match warning {
            Some(at) => (at, Deadline::ClockWarning(id)),
            None => (due, Deadline::ClockExpiry(id)),
        })
    }

    fn of_alarm(&self, id: AlarmId) -> Option<(Timestamp, Deadline)> {
        let alarm = self.alarms.get(&id)?;
        let waits = alarm.facts.priority == Priority::P1
            && alarm.acknowledged.is_none()
            && !alarm.escalated
            && !alarm.is_closed();
        let limits = self.limits.as_ref()?;
        waits.then(|| {
            (later(alarm.raised_at, limits.escalation_after.value), Deadline::Escalation(id))
        })
    }

    fn of_hub(&self) -> Option<(Timestamp, Deadline)> {
        match self.hub {
            HubLine::Down { since, announced: false } => {
                let limits = self.limits.as_ref()?;
                Some((later(since, limits.hub_away_after.value), Deadline::HubAway))
            }
            HubLine::Down { announced: true, .. } | HubLine::Up | HubLine::Unknown => None,
        }
    }

    fn of_vehicle(&self, lane: &LaneId, vehicle: &InLane) -> Option<(Timestamp, Deadline)> {
        let limits = self.limits.as_ref()?;
        let at = later(vehicle.seen, limits.vehicle_gap.value);
        vehicle.portal.is_none().then(|| (at, Deadline::VehicleGap(lane.clone(), vehicle.visit)))
    }

    /// Takes a clock's deadline off; call before the clock changes.
    pub(super) fn unschedule_clock(&mut self, id: ClockId) {
        if let Some(deadline) = self.clocks.get(&id).and_then(|clock| self.of_clock(id, clock)) {
            self.deadlines.remove_mut(&deadline);
        }
    }

    /// Puts a clock's deadline on; call after the clock changed.
    pub(super) fn schedule_clock(&mut self, id: ClockId) {
        if let Some(deadline) = self.clocks.get(&id).and_then(|clock| self.of_clock(id, clock)) {
            self.deadlines.insert_mut(deadline);
        }
    }

    /// As [`Self::unschedule_clock`].
    pub(super) fn unschedule_alarm(&mut self, id: AlarmId) {
        if let Some(deadline) = self.of_alarm(id) {
            self.deadlines.remove_mut(&deadline);
        }
    }

    /// As [`Self::schedule_clock`].
    pub(super) fn schedule_alarm(&mut self, id: AlarmId) {
        if let Some(deadline) = self.of_alarm(id) {
            self.deadlines.insert_mut(deadline);
        }
    }

    fn of_recomputing(&self) -> Option<(Timestamp, Deadline)> {
        // At once, but after the moment of the step before: an answer always moves its deadline.
        let going = self.recomputing.as_ref()?;
        Some((later(going.at, SignedDuration::from_micros(1)), Deadline::Recomputing))
    }

    /// Running terms are computed again up to here, or all of them are.
    pub(super) fn set_recomputing(&mut self, recomputing: Option<Recomputing>) {
        if let Some(deadline) = self.of_recomputing() {
            self.deadlines.remove_mut(&deadline);
        }
        self.recomputing = recomputing;
        if let Some(deadline) = self.of_recomputing() {
            self.deadlines.insert_mut(deadline);
        }
    }

    /// As [`Self::unschedule_clock`].
    pub(super) fn unschedule_hub(&mut self) {
        if let Some(deadline) = self.of_hub() {
            self.deadlines.remove_mut(&deadline);
        }
    }

    /// As [`Self::schedule_clock`].
    pub(super) fn schedule_hub(&mut self) {
        if let Some(deadline) = self.of_hub() {
            self.deadlines.insert_mut(deadline);
        }
    }

    /// Changes a lane, and the deadlines of those of its vehicles for which they change.
    pub(super) fn change_queue(&mut self, lane: &LaneId, change: impl FnOnce(&mut LaneState)) {
        let Some(state) = self.lanes.get_mut(lane) else { return };
        let before = state.queue.clone();
        change(state);
        let Some(after) = self.lanes.get(lane).map(|state| state.queue.clone()) else { return };
        let same = before.iter().zip(&after).take_while(|(before, after)| before == after).count();
        let (before, after) = (&before[same..], &after[same..]);
        for vehicle in before.iter().filter(|vehicle| !after.contains(vehicle)) {
            if let Some(deadline) = self.of_vehicle(lane, vehicle) {
                self.deadlines.remove_mut(&deadline);
            }
        }
        for vehicle in after.iter().filter(|vehicle| !before.contains(vehicle)) {
            if let Some(deadline) = self.of_vehicle(lane, vehicle) {
                self.deadlines.insert_mut(deadline);
            }
        }
    }

    fn of_lane(&self, lane: &LaneId) -> Vec<(Timestamp, Deadline)> {
        let queue = self.lanes.get(lane).map(|state| state.queue.as_slice()).unwrap_or_default();
        queue.iter().filter_map(|vehicle| self.of_vehicle(lane, vehicle)).collect()
    }

    /// All deadlines anew, for when the limits changed.
    pub(super) fn schedule_all(&mut self) {
        let mut all: Vec<_> = self.of_hub().into_iter().chain(self.of_recomputing()).collect();
        all.extend(self.clocks.iter().filter_map(|(id, clock)| self.of_clock(*id, clock)));
        all.extend(self.alarms.keys().filter_map(|id| self.of_alarm(*id)));
        all.extend(self.lanes.keys().flat_map(|lane| self.of_lane(lane)));
        self.deadlines = all.into_iter().collect();
    }
}
