//! What events mean for alarms.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::Place;
use crate::Checkpoint;
use crate::event::{AlarmCause, AlarmFacts};
use crate::ids::{AlarmId, ReadingId, VisitId};
use crate::input::observation::Agreement;
use crate::input::order::AlarmDecision;
use crate::state::alarm::{Alarm, Condition, Decided};
use crate::state::{KEPT_ALARMS, alarm::AlarmObject};

/// Decisions that are kept of one alarm; the journal keeps all.
const KEPT_DECISIONS: usize = 32;

impl Checkpoint {
    pub(super) fn alarm_raised(&mut self, place: Place<'_>, id: AlarmId, facts: &AlarmFacts) {
        self.last.alarm = self.last.alarm.max(id.0);
        let reading = facts.numbers.get("reading").and_then(|text| text.parse().ok());
        let alarm = Alarm {
            raised_at: place.at,
            condition: Condition::Active,
            count: 1,
            acknowledged: None,
            decisions: Vec::new(),
            escalated: false,
            agreement: facts.numbers.get("agreement").and_then(|text| agreement_named(text)),
            z: None,
            visit: facts.visit,
            reading: reading.map(ReadingId),
            facts: Arc::new(facts.clone()),
        };
        self.announce_hub_away(&facts.cause);
        self.unschedule_alarm(id);
        self.open_alarms.insert_mut((alarm.object(), id));
        self.show_alarm(id, facts.visit, facts.lane.as_ref(), true);
        self.alarms.insert_mut(id, alarm);
        self.schedule_alarm(id);
    }

    pub(super) fn alarm_repeated(&mut self, place: Place<'_>, id: AlarmId, count: u32) {
        let cause = self.alarms.get(&id).map(|alarm| alarm.facts.cause.clone());
        if let Some(cause) = cause {
            self.announce_hub_away(&cause);
        }
        self.change_alarm(place, id, |alarm| {
            alarm.count = count;
            alarm.condition = Condition::Active;
        });
    }

    pub(super) fn alarm_assessed(&mut self, id: AlarmId, agreement: Agreement, z: Option<Decimal>) {
        if let Some(alarm) = self.alarms.get_mut(&id) {
            alarm.agreement = Some(agreement);
            alarm.z = z;
        }
    }

    pub(super) fn alarm_ended(&mut self, place: Place<'_>, id: AlarmId) {
        self.change_alarm(place, id, |alarm| {
            if alarm.is_active() {
                alarm.condition = Condition::Ended { at: place.at };
            }
        });
    }

    pub(super) fn alarm_acknowledged(&mut self, place: Place<'_>, id: AlarmId) {
        let signature = place.signature();
        self.change_alarm(place, id, |alarm| {
            alarm.acknowledged = alarm.acknowledged.take().or(signature);
        });
    }

    /// Also when it wants nothing more by now: the deadline is answered either way.
    pub(super) fn alarm_escalated(&mut self, place: Place<'_>, id: AlarmId) {
        self.change_alarm(place, id, |alarm| alarm.escalated = true);
    }

    /// A decision is also a sight of the alarm.
    pub(super) fn alarm_decided(
        &mut self,
        place: Place<'_>,
        id: AlarmId,
        decision: &AlarmDecision,
    ) {
        let Some(signature) = place.signature() else { return };
        self.change_alarm(place, id, |alarm| {
            alarm.decisions.push(Decided {
                officer: signature.officer.clone(),
                at: place.at,
                decision: decision.clone(),
            });
            // The first stays visible, and the last is valid.
            if alarm.decisions.len() > KEPT_DECISIONS {
                alarm.decisions.remove(1);
            }
            alarm.acknowledged = alarm.acknowledged.take().or(Some(signature));
        });
    }

    /// Changes an alarm and keeps what is kept beside it: deadline, index of the open, list of the closed.
    fn change_alarm(&mut self, place: Place<'_>, id: AlarmId, change: impl FnOnce(&mut Alarm)) {
        self.unschedule_alarm(id);
        let Some(alarm) = self.alarms.get_mut(&id) else { return };
        let was_closed = alarm.is_closed();
        change(alarm);
        let (is_closed, visit, lane) = (alarm.is_closed(), alarm.visit, alarm.facts.lane.clone());
        let object = alarm.object();
        if is_closed && !was_closed {
            self.open_alarms.remove_mut(&(object, id));
            self.closed_alarms.insert_mut((place.seq, id));
            self.show_alarm(id, visit, lane.as_ref(), false);
            self.forget_old_alarms();
        } else if was_closed && !is_closed {
            self.open_alarms.insert_mut((object, id));
            self.closed_alarms =
                self.closed_alarms.iter().filter(|(_, one)| *one != id).cloned().collect();
            self.show_alarm(id, visit, lane.as_ref(), true);
        }
        self.schedule_alarm(id);
    }

    fn forget_old_alarms(&mut self) {
        while self.closed_alarms.size() > KEPT_ALARMS {
            let Some(oldest) = self.closed_alarms.first().copied() else { return };
            self.closed_alarms.remove_mut(&oldest);
            self.forget_alarm(oldest.1);
        }
    }

    /// Drops an alarm from everything that shows it, but from the list of the closed.
    pub(super) fn forget_alarm(&mut self, id: AlarmId) {
        self.unschedule_alarm(id);
        let Some(alarm) = self.alarms.get(&id).cloned() else { return };
        self.open_alarms.remove_mut(&(alarm.object(), id));
        self.show_alarm(id, None, alarm.facts.lane.as_ref(), false);
        if let Some(visit) = alarm.visit {
            self.change_visit(visit, |visit| {
                visit.alarms.remove_mut(&id);
            });
        }
        self.alarms.remove_mut(&id);
    }

    /// The alarm of a passage goes with the reading that ended it.
    pub(super) fn link_radiation_alarms(&mut self, visit: VisitId, reading: ReadingId) {
        let ids: Vec<AlarmId> = self
            .visits
            .get(&visit)
            .map(|visit| visit.alarms.iter().copied().collect())
            .unwrap_or_default();
        for id in ids {
            if let Some(alarm) = self.alarms.get_mut(&id) {
                let of_radiation = matches!(alarm.facts.cause, AlarmCause::Radiation { .. });
                if of_radiation && alarm.reading.is_none() {
                    alarm.reading = Some(reading);
                }
            }
        }
    }

    /// Alarms go with their reading to another vehicle.
    pub(super) fn move_alarms(&mut self, reading: ReadingId, from: VisitId, to: VisitId) {
        let ids: Vec<AlarmId> = self
            .visits
            .get(&from)
            .map(|visit| visit.alarms.iter().copied().collect())
            .unwrap_or_default();
        for id in ids {
            let Some(alarm) = self.alarms.get_mut(&id) else { continue };
            if alarm.reading != Some(reading) || matches!(alarm.facts.cause, AlarmCause::Weight) {
                continue;
            }
            let before: AlarmObject = alarm.object();
            alarm.visit = Some(to);
            let after = alarm.object();
            if self.open_alarms.remove_mut(&(before, id)) {
                self.open_alarms.insert_mut((after, id));
            }
            self.change_visit(from, |visit| {
                visit.alarms.remove_mut(&id);
            });
            self.change_visit(to, |visit| {
                visit.alarms.insert_mut(id);
            });
        }
    }
}

/// The agreement that an alarm's numbers name.
fn agreement_named(text: &str) -> Option<Agreement> {
    [Agreement::Neither, Agreement::Agree, Agreement::DeviceOnly, Agreement::OwnOnly]
        .into_iter()
        .find(|agreement| agreement_name(*agreement) == text)
}

/// How an alarm's numbers name an agreement.
pub(crate) fn agreement_name(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Neither => "neither",
        Agreement::Agree => "agree",
        Agreement::DeviceOnly => "device_only",
        Agreement::OwnOnly => "own_only",
    }
}
