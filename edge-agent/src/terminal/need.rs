//! Who needs to see what (Code of the Republic of Kazakhstan on customs affairs (2010), art. 16.2, 219.4).
//!
//! Officers see vehicles, goods and papers, because they decide about them. Whoever looks after devices is bound by the same secrecy and
//! decides nothing of that: lanes, devices and the alarms of both are shown, and of vehicles nothing. What is kept back is not sent, so
//! no page has to hide it.

use checkpoint::event::AlarmCause;
use checkpoint::view::{AlarmView, Changes, JournalLine, LaneView, Snapshot};

use super::messages::{AlarmRinging, Role};

/// Whether this role is shown vehicles, goods and papers.
pub(super) fn sees_vehicles(role: Role) -> bool {
    match role {
        Role::Officer | Role::SeniorOfficer | Role::ShiftLead => true,
        Role::Engineer => false,
    }
}

/// The board for whoever looks after devices.
pub(super) fn snapshot(board: Snapshot) -> Snapshot {
    Snapshot {
        lanes: board.lanes.into_iter().map(lane).collect(),
        alarms: board.alarms.into_iter().filter_map(alarm).collect(),
        visits: Vec::new(),
        ..board
    }
}

/// What one entry changed, likewise. Every entry is told of, so that the page knows that it missed none.
pub(super) fn changes(changes: &Changes) -> Changes {
    Changes {
        seq: changes.seq,
        at_ms: changes.at_ms,
        line: line(&changes.line),
        lanes: changes.lanes.iter().cloned().map(lane).collect(),
        devices: changes.devices.clone(),
        alarms: changes.alarms.iter().cloned().filter_map(alarm).collect(),
        visits: Vec::new(),
    }
}

/// An alarm that rings, if it is one for whoever looks after devices.
pub(super) fn ringing(ringing: &AlarmRinging) -> Option<AlarmRinging> {
    let alarm = alarm(ringing.alarm.clone())?;
    Some(AlarmRinging { alarm, ts_ms: ringing.ts_ms })
}

/// The weight stays: a scale is looked after by its numbers, and without a plate it is nobody's.
fn lane(lane: LaneView) -> LaneView {
    let (scans, weighings) = (Vec::new(), Vec::new());
    LaneView { visit: None, plate: None, last_plate: None, scans, weighings, ..lane }
}

/// Alarms of devices and of the agent itself; and radiation, which warns everybody in the lane, without saying whose it is.
fn alarm(alarm: AlarmView) -> Option<AlarmView> {
    match alarm.cause {
        AlarmCause::Background
        | AlarmCause::Tamper
        | AlarmCause::DeviceSilent
        | AlarmCause::LaneUnguarded
        | AlarmCause::HubAway
        | AlarmCause::ClockDoubtful
        | AlarmCause::RecordingSlow
        | AlarmCause::Radiation { .. } => {}
        AlarmCause::Weight
        | AlarmCause::Seal { .. }
        | AlarmCause::Scan { .. }
        | AlarmCause::TermNear { .. }
        | AlarmCause::TermOver { .. } => return None,
    }
    // What officers wrote about it speaks of goods as often as not.
    let unworded = |mut decision: checkpoint::view::DecisionView| {
        decision.decision.cause.clear();
        decision.decision.note.clear();
        decision
    };
    Some(AlarmView {
        visit: None,
        plate: None,
        decided: alarm.decided.map(unworded),
        corrected: alarm.corrected.into_iter().map(unworded).collect(),
        ..alarm
    })
}

/// Lines about devices and the agent stand as they are; of any other only that there was one. A kind that is not listed is kept back.
fn line(line: &JournalLine) -> JournalLine {
    let is_technical = TECHNICAL.contains(&line.kind.as_str());
    JournalLine {
        seq: line.seq,
        at_ms: line.at_ms,
        kind: line.kind.clone(),
        officer: line.officer.clone().filter(|_| is_technical),
        device: line.device.clone(),
        visit: None,
        with: if is_technical { line.with.clone() } else { std::collections::BTreeMap::new() },
    }
}

/// Kinds of lines whose words are of devices, lanes, the agent and the law, and never of a vehicle.
const TECHNICAL: [&str; 23] = [
    "agent_started",
    "site_described",
    "limits_set",
    "clock_stepped",
    "clock_sync_changed",
    "hub_link_changed",
    "recording_slowed",
    "journal_purged",
    "device_health_changed",
    "device_faulted",
    "portal_set_up",
    "background_changed",
    "tamper_changed",
    "lane_control_changed",
    "scale_emptied",
    "sound_silenced",
    "officer_signed_in",
    "officer_signed_out",
    "calendar_applied",
    "timetable_applied",
    "directive_answered",
    "directive_distrusted",
    "alarm_ended",
];
