//! What follows when a moment comes that the checkpoint had named. Each deadline is answered by an event that ends it.

use super::alarms::Reason;
use super::draft::Draft;
use crate::event::{AlarmCause, Event};
use crate::ids::ClockId;
use crate::state::HubLine;
use crate::state::deadline::{Deadline, minutes};

/// Deadlines that one input answers; the rest are due still and come with the next.
const AT_ONCE: usize = 200;

impl Draft<'_> {
    pub(super) fn time_passed(&mut self) {
        for _ in 0..AT_ONCE {
            let due = self.state.deadlines.first().filter(|(at, _)| *at <= self.now);
            let Some((_, deadline)) = due.cloned() else { return };
            let is_step = deadline == Deadline::Recomputing;
            self.answer(deadline);
            // The next step comes with the next input.
            if is_step {
                return;
            }
        }
    }

    fn answer(&mut self, deadline: Deadline) {
        match deadline {
            Deadline::ClockExpiry(clock) => self.expire(clock),
            Deadline::ClockWarning(clock) => self.warn(clock),
            Deadline::Escalation(alarm) => self.happened(Event::AlarmEscalated { alarm }),
            Deadline::HubAway => {
                let since = match self.state.hub {
                    HubLine::Down { since, .. } => since,
                    HubLine::Unknown | HubLine::Up => self.now,
                };
                self.raise(Reason::new(AlarmCause::HubAway, since));
            }
            Deadline::VehicleGap(lane, visit) => self.leave_lane(&lane, visit),
            Deadline::Recomputing => self.go_on_recomputing(),
        }
    }

    /// The shortest warning that is reached is given; a longer one that the agent slept through says nothing any more.
    fn warn(&mut self, id: ClockId) {
        let Some(clock) = self.state.clock_state(id) else { return };
        if clock.is_immediate() {
            let open = self.now.duration_since(clock.facts.triggered_at);
            return self.still_open(id, minutes(open));
        }
        let due = clock.facts.due_at;
        let term = clock.facts.length();
        let limits = self.state.limits();
        let reached = limits
            .iter()
            .flat_map(|limits| limits.warnings_of(term))
            .filter(|limit| due.checked_sub(*limit).is_ok_and(|at| at <= self.now));
        match reached.min() {
            Some(limit) if self.now < due => {
                let minutes_left = minutes(limit);
                self.happened(Event::ClockNearing { clock: id, minutes_left });
                self.near(id, minutes_left);
            }
            Some(_) | None => self.expire(id),
        }
    }
}
