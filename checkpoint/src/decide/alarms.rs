//! Raising, repeating and ending alarms, and what officers say to them.
//!
//! Which priority a cause has, whether it must be decided and whether it holds the exit stands in the edition's table.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Refusal;
use super::draft::Draft;
use crate::Checkpoint;
use crate::event::{AlarmCause, AlarmFacts, Event, Priority};
use crate::ids::{AlarmId, DeviceId, LaneId, OfficerId, VisitId};
use crate::input::order::{AlarmDecision, Outcome};
use crate::state::alarm::AlarmObject;

/// What makes an alarm true.
pub(super) struct Reason {
    pub(super) cause: AlarmCause,
    pub(super) since: Timestamp,
    pub(super) lane: Option<LaneId>,
    pub(super) device: Option<DeviceId>,
    pub(super) visit: Option<VisitId>,
    pub(super) numbers: BTreeMap<String, String>,
    /// The article or limit, where it is not that of the table.
    pub(super) basis: Option<String>,
    /// The priority, where it is not that of the table.
    pub(super) priority: Option<Priority>,
}

impl Reason {
    pub(super) fn new(cause: AlarmCause, since: Timestamp) -> Reason {
        Reason {
            cause,
            since,
            lane: None,
            device: None,
            visit: None,
            numbers: BTreeMap::new(),
            basis: None,
            priority: None,
        }
    }

    pub(super) fn lane(mut self, lane: &LaneId) -> Reason {
        self.lane = Some(lane.clone());
        self
    }

    pub(super) fn device(mut self, device: &DeviceId) -> Reason {
        self.device = Some(device.clone());
        self
    }

    pub(super) fn visit(mut self, visit: VisitId) -> Reason {
        self.visit = Some(visit);
        self
    }

    pub(super) fn number(mut self, name: &str, value: impl ToString) -> Reason {
        self.numbers.insert(name.to_owned(), value.to_string());
        self
    }
}

impl Checkpoint {
    /// The open alarm about this, if there is one.
    pub(super) fn open_alarm(&self, object: &AlarmObject) -> Option<AlarmId> {
        let range = (object.clone(), AlarmId(0))..=(object.clone(), AlarmId(u64::MAX));
        self.open_alarms.range(range).next().map(|(_, id)| *id)
    }
}

impl Draft<'_> {
    /// Raises an alarm, or counts a repetition while the alarm about the same is open.
    pub(super) fn raise(&mut self, reason: Reason) {
        let Some(rule) = self.rules.edition.alarm(&reason.cause) else { return };
        let plate = reason
            .visit
            .and_then(|visit| self.state.visit_state(visit)?.plate.as_ref())
            .map(|plate| plate.normalised.clone());
        let facts = AlarmFacts {
            cause: reason.cause,
            priority: reason.priority.unwrap_or(rule.priority.0),
            since: reason.since,
            lane: reason.lane,
            device: reason.device,
            visit: reason.visit,
            plate,
            basis: reason.basis.unwrap_or_else(|| rule.basis.clone()),
            must_be_decided: rule.must_be_decided,
            holds_exit: rule.holds_exit,
            numbers: reason.numbers,
        };
        let open = self.state.open_alarm(&AlarmObject::of(&facts, facts.visit));
        match open.and_then(|id| Some((id, self.state.alarm_state(id)?.count))) {
            Some((alarm, count)) => {
                self.happened(Event::AlarmRepeated { alarm, count: count.saturating_add(1) });
            }
            None => {
                let alarm = self.next_alarm();
                self.happened(Event::AlarmRaised { alarm, facts: Box::new(facts) });
            }
        }
    }

    /// The condition behind the open alarm about this, if there is one, is over.
    pub(super) fn end(&mut self, object: &AlarmObject) {
        let open = self.state.open_alarm(object);
        let active =
            open.filter(|id| self.state.alarm_state(*id).is_some_and(|alarm| alarm.is_active()));
        if let Some(alarm) = active {
            self.happened(Event::AlarmEnded { alarm });
        }
    }

    /// As [`Self::end`] for an alarm about a device.
    pub(super) fn end_of_device(&mut self, cause: AlarmCause, device: &DeviceId) {
        self.end(&AlarmObject { cause, visit: None, device: Some(device.clone()), lane: None });
    }

    /// As [`Self::end`] for an alarm about a vehicle.
    pub(super) fn end_of_visit(&mut self, cause: AlarmCause, visit: VisitId) {
        self.end(&AlarmObject::of_visit(cause, visit));
    }

    pub(super) fn acknowledge(&mut self, alarm: AlarmId) -> Result<(), Refusal> {
        let state = self.state.alarm_state(alarm).ok_or_else(|| unknown(alarm))?;
        if let Some(signature) = &state.acknowledged {
            let message =
                format!("{} acknowledged alarm {alarm} at {}", signature.officer, signature.at);
            return Err(Refusal::new("already_acknowledged", message));
        }
        self.happened(Event::AlarmAcknowledged { alarm });
        Ok(())
    }

    pub(super) fn decide_alarm(
        &mut self,
        officer: &OfficerId,
        alarm: AlarmId,
        decision: &AlarmDecision,
    ) -> Result<(), Refusal> {
        let state = self.state.alarm_state(alarm).ok_or_else(|| unknown(alarm))?;
        if !state.facts.must_be_decided {
            let message =
                format!("alarm {alarm} closes by itself when it has ended and was acknowledged");
            return Err(Refusal::new("no_decision_needed", message));
        }
        let grave = match decision.outcome {
            Outcome::Real | Outcome::Test => state.facts.priority == Priority::P1,
            Outcome::Innocent | Outcome::False | Outcome::Tamper | Outcome::Other => false,
        };
        match &decision.second_officer {
            None if grave => {
                let message = "real and test of the first priority need a second officer";
                return Err(Refusal::new("second_officer_needed", message));
            }
            Some(second) if second == officer => {
                let message = format!("{second} cannot be the second pair of eyes to {officer}");
                return Err(Refusal::new("second_officer_same", message));
            }
            Some(second) if !self.is_known(second) => {
                return Err(Refusal::new(
                    "second_officer_unknown",
                    format!("nobody here is called {second}"),
                ));
            }
            None | Some(_) => {}
        }
        self.happened(Event::AlarmDecided { alarm, decision: Box::new(decision.clone()) });
        Ok(())
    }

    /// Stops what sounds now: open alarms that nobody has acknowledged. Acknowledges nothing.
    pub(super) fn silence(&mut self) {
        let open = self.state.open_alarms.iter().map(|(_, id)| *id);
        let sounding = open.filter(|id| {
            self.state.alarm_state(*id).is_some_and(|alarm| alarm.acknowledged.is_none())
        });
        let mut alarms: Vec<AlarmId> = sounding.collect();
        alarms.sort_unstable();
        self.happened(Event::SoundSilenced { alarms });
    }

    fn is_known(&self, officer: &OfficerId) -> bool {
        self.rules.officers.contains(officer) || self.state.officers.contains(officer)
    }
}

fn unknown(alarm: AlarmId) -> Refusal {
    Refusal::new("unknown_alarm", format!("there is no alarm {alarm}, or it was closed long ago"))
}
