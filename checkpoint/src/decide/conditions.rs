//! What follows from what the agent notices about itself.

use super::alarms::Reason;
use super::draft::Draft;
use crate::event::{AlarmCause, Event};
use crate::ids::LaneId;
use crate::input::Condition;
use crate::state::HubLine;
use crate::state::alarm::AlarmObject;

impl Draft<'_> {
    pub(super) fn noticed(&mut self, condition: &Condition) {
        match condition {
            Condition::Started { version, config_digest } => self.started(version, config_digest),
            Condition::HubLink { up } => self.hub_link(*up),
            Condition::ClockStepped { by_ms } => {
                self.happened(Event::ClockStepped { by_ms: *by_ms });
                self.raise(Reason::new(AlarmCause::ClockDoubtful, self.now).number("by_ms", by_ms));
                // A jump is over as soon as it is made; a clock that runs free stays doubtful.
                if self.state.clock_synchronised {
                    self.end_of_machine(AlarmCause::ClockDoubtful);
                }
            }
            Condition::ClockSync { synchronised } => {
                let known = self.state.clock_synchronised;
                if known == *synchronised && (known || self.is_doubted()) {
                    return;
                }
                self.happened(Event::ClockSyncChanged { synchronised: *synchronised });
                if *synchronised {
                    self.end_of_machine(AlarmCause::ClockDoubtful);
                } else {
                    self.raise(Reason::new(AlarmCause::ClockDoubtful, self.now));
                }
            }
            Condition::JournalPurge(purge) => self.happened(Event::JournalPurged(purge.clone())),
            Condition::RecordingSlow { slow, worst_ms } => {
                if self.state.recording_slow == *slow {
                    return;
                }
                self.happened(Event::RecordingSlowed { slow: *slow, worst_ms: *worst_ms });
                if *slow {
                    let reason = Reason::new(AlarmCause::RecordingSlow, self.now);
                    self.raise(reason.number("worst_ms", worst_ms));
                } else {
                    self.end_of_machine(AlarmCause::RecordingSlow);
                }
            }
        }
    }

    fn started(&mut self, version: &str, config_digest: &str) {
        self.happened(Event::AgentStarted {
            version: version.to_owned(),
            config_digest: config_digest.to_owned(),
            edition: self.rules.edition.id.clone(),
            limits: self.rules.limits.version.clone(),
        });
        if self.state.site() != Some(&*self.rules.site) {
            let site = Box::new(self.rules.site.as_ref().clone());
            self.happened(Event::SiteDescribed { site });
            self.end_of_what_is_gone();
        }
        if self.state.limits() != Some(&*self.rules.limits) {
            let limits = Box::new(self.rules.limits.as_ref().clone());
            self.happened(Event::LimitsSet { limits });
        }
        self.apply_configured();
    }

    /// What is no part of the site any more can neither be well again nor out.
    fn end_of_what_is_gone(&mut self) {
        let is_gone = |object: &AlarmObject| {
            let device = object.device.as_ref();
            let lane = object.lane.as_ref();
            device.is_some_and(|device| self.state.device_state(device).is_none())
                || lane.is_some_and(|lane| self.state.lane_state(lane).is_none())
        };
        let open = self.state.open_alarms.iter().filter(|(object, _)| is_gone(object));
        let gone: Vec<AlarmObject> = open.map(|(object, _)| object.clone()).collect();
        for object in gone {
            self.end(&object);
        }
        let lanes: Vec<LaneId> = self.state.lanes.keys().cloned().collect();
        for lane in lanes {
            self.guard(&lane);
        }
    }

    fn hub_link(&mut self, up: bool) {
        let is_news = match self.state.hub {
            HubLine::Unknown => true,
            HubLine::Up => !up,
            HubLine::Down { .. } => up,
        };
        if !is_news {
            return;
        }
        self.happened(Event::HubLinkChanged { up });
        if up {
            self.end_of_machine(AlarmCause::HubAway);
        }
    }

    fn is_doubted(&self) -> bool {
        self.state.open_alarm(&of_machine(AlarmCause::ClockDoubtful)).is_some()
    }

    fn end_of_machine(&mut self, cause: AlarmCause) {
        self.end(&of_machine(cause));
    }
}

/// An alarm about the machine is about no lane, device or vehicle.
fn of_machine(cause: AlarmCause) -> AlarmObject {
    AlarmObject { cause, visit: None, device: None, lane: None }
}
