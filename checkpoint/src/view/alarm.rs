//! How an alarm and a clock look.

use jiff::Timestamp;

use super::{AlarmView, ClockState, ClockView, DecisionView, SignatureView};
use crate::Checkpoint;
use crate::event::AlarmCause;
use crate::ids::{AlarmId, ClockId};
use crate::law::term::PERFORMANCE_ONLY;
use crate::state::Signature;
use crate::state::alarm::{Alarm, Condition, Decided};
use crate::state::clock::{Clock, Stand};

impl Checkpoint {
    /// An alarm that is open, or was closed lately.
    pub fn alarm(&self, id: AlarmId) -> Option<AlarmView> {
        Some(self.alarm_view(id, self.alarm_state(id)?))
    }

    pub(super) fn alarm_view(&self, id: AlarmId, alarm: &Alarm) -> AlarmView {
        let facts = &alarm.facts;
        let plate = alarm.visit.and_then(|visit| self.visit_state(visit)?.plate.as_ref());
        let mut numbers = facts.numbers.clone();
        if let Some(z) = alarm.z {
            numbers.insert("z".to_owned(), z.to_string());
        }
        // A term may have been computed again since the alarm was raised.
        if let AlarmCause::TermNear { clock } | AlarmCause::TermOver { clock } = facts.cause
            && let Some(clock) = self.clock_state(clock)
        {
            let due_ms = clock.facts.due_at.as_millisecond();
            numbers.insert("due_ms".to_owned(), due_ms.to_string());
        }
        let mut decisions: Vec<DecisionView> = alarm.decisions.iter().map(decision).collect();
        let decided = decisions.pop();
        AlarmView {
            id,
            cause: facts.cause.clone(),
            priority: facts.priority,
            active: alarm.is_active(),
            since_ms: facts.since.as_millisecond(),
            ended_ms: match alarm.condition {
                Condition::Active => None,
                Condition::Ended { at } => Some(at.as_millisecond()),
            },
            count: alarm.count,
            acknowledged: alarm.acknowledged.as_ref().map(signature),
            decided,
            corrected: decisions,
            closed: alarm.is_closed(),
            escalated: alarm.escalated,
            must_be_decided: facts.must_be_decided,
            holds_exit: facts.holds_exit,
            lane: facts.lane.clone(),
            device: facts.device.clone(),
            visit: alarm.visit,
            plate: plate.map(|plate| plate.normalised.clone()).or_else(|| facts.plate.clone()),
            basis: facts.basis.clone(),
            agreement: alarm.agreement,
            numbers,
            being_recorded: false,
        }
    }

    pub(super) fn clock_view(&self, id: ClockId) -> Option<ClockView> {
        let clock = self.clock_state(id)?;
        let facts = &clock.facts;
        Some(ClockView {
            id,
            rule: facts.rule.clone(),
            article: facts.article.clone(),
            obliged: facts.obliged.clone(),
            edition: facts.edition.clone(),
            consignment: facts.consignment,
            trigger: facts.trigger.clone(),
            triggered_ms: facts.triggered_at.as_millisecond(),
            due_ms: facts.due_at.as_millisecond(),
            latest_ms: facts.latest_at.as_millisecond(),
            state: clock_state(clock),
            stopped_ms: match clock.stand {
                Stand::Running | Stand::Expired => None,
                Stand::Provisional { as_of }
                | Stand::Stopped { as_of }
                | Stand::Withdrawn { at: as_of } => Some(as_of.as_millisecond()),
            },
            flags: facts.flags.clone(),
            withdrawn: clock.withdrawn.clone(),
        })
    }
}

/// Most urgent first: terms that run out or have, the earliest due first; measures of the body's pace; provisionally stopped; stopped.
pub(super) fn urgency(clock: &Clock) -> (u8, Timestamp) {
    let measures_pace = clock.facts.flags.iter().any(|flag| flag == PERFORMANCE_ONLY);
    let rank = match clock.stand {
        Stand::Expired | Stand::Running if !measures_pace => 0,
        Stand::Expired | Stand::Running => 1,
        Stand::Provisional { .. } => 2,
        Stand::Stopped { .. } => 3,
        Stand::Withdrawn { .. } => 4,
    };
    (rank, clock.facts.due_at)
}

fn clock_state(clock: &Clock) -> ClockState {
    match clock.stand {
        Stand::Running => ClockState::Running,
        Stand::Provisional { .. } => ClockState::Provisional,
        Stand::Stopped { .. } => ClockState::Stopped,
        Stand::Expired => ClockState::Expired,
        Stand::Withdrawn { .. } => ClockState::Withdrawn,
    }
}

pub(super) fn signature(signature: &Signature) -> SignatureView {
    SignatureView { officer: signature.officer.clone(), at_ms: signature.at.as_millisecond() }
}

fn decision(decided: &Decided) -> DecisionView {
    DecisionView {
        officer: decided.officer.clone(),
        at_ms: decided.at.as_millisecond(),
        decision: decided.decision.clone(),
    }
}
