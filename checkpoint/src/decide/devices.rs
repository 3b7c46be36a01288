//! What follows from what devices say, and from how they are.

use super::Refusal;
use super::alarms::Reason;
use super::arrivals::Spot;
use super::draft::Draft;
use crate::event::{AlarmCause, Event};
use crate::ids::{DeviceId, LaneId};
use crate::input::Observation;
use crate::input::observation::{Background, BackgroundState, Health, Said};
use crate::input::order::LaneControl;
use crate::site::Family;
use crate::state::alarm::AlarmObject;
use crate::state::whole_microseconds;

impl Draft<'_> {
    /// A device of another site says nothing here.
    pub(super) fn observed(&mut self, observation: &Observation) {
        let Some(spot) = self.spot(&observation.device) else { return };
        let since = whole_microseconds(observation.at);
        match &observation.said {
            Said::Health(health, detail) => self.health(&spot, *health, detail),
            Said::Fault { kind, detail, count } => self.happened(Event::DeviceFaulted {
                device: spot.device,
                fault: kind.clone(),
                detail: detail.clone(),
                count: *count,
            }),
            Said::PortalSetup(setup) => {
                let known =
                    self.state.device_state(&spot.device).and_then(|state| state.setup.clone());
                if known.as_deref() != Some(setup) {
                    let (device, setup) = (spot.device, setup.clone());
                    self.happened(Event::PortalSetUp { device, setup });
                }
            }
            Said::Background(background) => self.background(&spot, background),
            Said::Tamper { open } => self.tamper(&spot, *open),
            Said::OccupancyBegan => {
                self.begin_passage(&spot);
            }
            Said::RadiationSeen(seen) => self.radiation_seen(&spot, since, seen),
            Said::OccupancyEnded(screening) => self.occupancy_ended(&spot, screening),
            Said::ScaleEmpty => {
                let loaded = self
                    .state
                    .device_state(&spot.device)
                    .is_some_and(|one| one.loaded_by.is_some());
                if loaded {
                    self.happened(Event::ScaleEmptied { lane: spot.lane, device: spot.device });
                }
            }
            Said::WeightSettled(weight) => self.weight_settled(&spot, weight),
            Said::AxlesBegan => self.axles_began(&spot),
            Said::AxlesWeighed(session) => self.axles_weighed(&spot, session),
            Said::NoAxles => self.no_axles(&spot),
            Said::WeightRefused(refusal) => self.weight_refused(&spot, *refusal),
            Said::Seal(seal) if self.is_scanner(&spot.device) => {
                self.scan_observed(&spot, since, &seal.as_scanned());
            }
            Said::Seal(seal) => self.seal_observed(&spot, seal),
            Said::Plate(plate) => self.plate_observed(&spot, plate),
            Said::Scan(scan) => self.scan_observed(&spot, since, scan),
            Said::ScanRepeated { scan, times, last } => {
                self.scan_repeated(&spot, since, scan, *times, whole_microseconds(*last));
            }
        }
    }

    /// Whether somebody holds a code under it, so that it tells nothing of where vehicles are, or of electronics.
    pub(super) fn is_scanner(&self, device: &DeviceId) -> bool {
        self.state.device_state(device).is_some_and(|state| state.family == Family::Scanner)
    }

    fn health(&mut self, spot: &Spot, health: Health, detail: &str) {
        let Some(state) = self.state.device_state(&spot.device) else { return };
        if state.health == Some(health) {
            return;
        }
        let was_out = state.is_out();
        self.happened(Event::DeviceHealthChanged {
            device: spot.device.clone(),
            health,
            detail: detail.to_owned(),
        });
        let is_out = self.state.device_state(&spot.device).is_some_and(|state| state.is_out());
        if is_out && !was_out {
            let reason = Reason::new(AlarmCause::DeviceSilent, self.now).lane(&spot.lane);
            self.raise(reason.device(&spot.device));
        } else if was_out && !is_out {
            self.end_of_device(AlarmCause::DeviceSilent, &spot.device);
        }
        self.guard(&spot.lane);
    }

    /// Radiation control is done "in automatic or manual mode" (Code of the Republic of Kazakhstan on customs affairs (2010), art. 192.4): when the
    /// last portal of a lane is out, it is by hand from now, and visibly so. What an outage made manual, the first portal that is back
    /// makes automatic; what an officer made manual stays.
    pub(super) fn guard(&mut self, lane: &LaneId) {
        let Some(state) = self.state.lane_state(lane) else { return };
        let (control, by_outage) = (state.control, state.by_outage);
        let unguarded = self.is_unguarded(lane);
        let object = AlarmObject {
            cause: AlarmCause::LaneUnguarded,
            visit: None,
            device: None,
            lane: Some(lane.clone()),
        };
        match (unguarded, control) {
            (true, LaneControl::Automatic) => {
                self.set_control(lane, LaneControl::Manual, "portals_out");
                self.raise(Reason::new(AlarmCause::LaneUnguarded, self.now).lane(lane));
            }
            (true, LaneControl::Manual) => {}
            (false, LaneControl::Manual) if by_outage => {
                self.set_control(lane, LaneControl::Automatic, "portal_back");
                self.end(&object);
            }
            (false, LaneControl::Manual | LaneControl::Automatic) => self.end(&object),
        }
    }

    /// Whether the lane has portals and all of them are out.
    fn is_unguarded(&self, lane: &LaneId) -> bool {
        let devices = self.state.devices.values();
        let mut portals =
            devices.filter(|one| one.lane == *lane && one.family == Family::Portal).peekable();
        portals.peek().is_some() && portals.all(|portal| portal.is_out())
    }

    fn set_control(&mut self, lane: &LaneId, control: LaneControl, reason: &str) {
        let (lane, reason) = (lane.clone(), reason.to_owned());
        self.happened(Event::LaneControlChanged { lane, control, reason });
    }

    pub(super) fn order_control(
        &mut self,
        lane: &LaneId,
        control: LaneControl,
        reason: &str,
    ) -> Result<(), Refusal> {
        if self.state.lane_state(lane).is_none() {
            return Err(Refusal::new("unknown_lane", format!("there is no lane {lane}")));
        }
        if control == LaneControl::Automatic && self.is_unguarded(lane) {
            let message = format!(
                "no portal of lane {lane} can be relied on: control is by hand (art. 192.4)"
            );
            return Err(Refusal::new("portals_out", message));
        }
        self.set_control(lane, control, reason);
        Ok(())
    }

    fn background(&mut self, spot: &Spot, background: &Background) {
        let Some(state) = self.state.device_state(&spot.device) else { return };
        let before = state.background.as_ref().map(|known| known.state);
        if before == Some(background.state) {
            return;
        }
        let (device, new) = (spot.device.clone(), background.clone());
        self.happened(Event::BackgroundChanged { device, background: new });
        let was_bad = before.is_some_and(|state| !is_normal(state));
        match (was_bad, is_normal(background.state)) {
            (false, false) => {
                let sum = units::CountsPerSecond::sum(&background.gamma);
                let mut reason = Reason::new(AlarmCause::Background, self.now)
                    .lane(&spot.lane)
                    .device(&spot.device)
                    .number("background", sum.0)
                    .number("state", state_name(background.state));
                if let Some(median) = background.recent_median {
                    reason = reason.number("recent_median", median.0);
                }
                self.raise(reason);
            }
            (true, true) => self.end_of_device(AlarmCause::Background, &spot.device),
            // From one abnormal state into another the alarm stays what it is.
            (true, false) | (false, true) => {}
        }
    }

    fn tamper(&mut self, spot: &Spot, open: bool) {
        let known = self.state.device_state(&spot.device).is_some_and(|state| state.tamper);
        if known == open {
            return;
        }
        self.happened(Event::TamperChanged { device: spot.device.clone(), open });
        if open {
            let reason = Reason::new(AlarmCause::Tamper, self.now).lane(&spot.lane);
            self.raise(reason.device(&spot.device));
        } else {
            self.end_of_device(AlarmCause::Tamper, &spot.device);
        }
    }
}

fn is_normal(state: BackgroundState) -> bool {
    match state {
        BackgroundState::Normal => true,
        BackgroundState::High
        | BackgroundState::Low
        | BackgroundState::NeutronHigh
        | BackgroundState::Depressed => false,
    }
}

fn state_name(state: BackgroundState) -> &'static str {
    match state {
        BackgroundState::Normal => "normal",
        BackgroundState::High => "high",
        BackgroundState::Low => "low",
        BackgroundState::NeutronHigh => "neutron_high",
        BackgroundState::Depressed => "depressed",
    }
}
