//! The board: lanes, devices, alarms and the queue of visits.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};

use super::alarm::urgency;
use super::{
    AlarmView, DeviceView, LaneView, OpenWeighingView, SiteView, Snapshot, Stage, VisitRow,
    WeightView,
};
use crate::Checkpoint;
use crate::decide::{exit, zone};
use crate::event::Priority;
use crate::ids::{AlarmId, VisitId};
use crate::law::Edition;
use crate::site::{Device, Lane};
use crate::state::HubLine;
use crate::state::consignment::Consignment;
use crate::state::visit::Visit;

/// Closed alarms are shown this long.
const CLOSED_SHOWN: SignedDuration = SignedDuration::from_hours(24);

impl Checkpoint {
    /// Everything a board shows. Articles of holds come from the edition; all else from events.
    pub fn snapshot(&self, edition: &Edition) -> Snapshot {
        let (lanes, devices) = match self.site() {
            Some(site) => (&site.lanes[..], &site.devices[..]),
            None => (&[][..], &[][..]),
        };
        Snapshot {
            site: self.site_view(),
            seq: self.seq(),
            at_ms: self.at().map_or(0, Timestamp::as_millisecond),
            lanes: lanes.iter().filter_map(|lane| self.lane_view(lane)).collect(),
            devices: devices.iter().filter_map(|device| self.device_view(device)).collect(),
            alarms: self.alarm_list(),
            visits: self.visit_list(edition),
        }
    }

    fn site_view(&self) -> SiteView {
        let site = self.site();
        let zone_name = site.map(|site| site.zone.clone()).unwrap_or_default();
        let offset = zone(&zone_name)
            .map(|zone| zone.to_offset(self.at().unwrap_or_default()).seconds() / 60);
        SiteView {
            id: site.map(|site| site.checkpoint.to_string()).unwrap_or_default(),
            title: site.map(|site| site.title.clone()).unwrap_or_default(),
            office_code: site.map(|site| site.office_code.clone()).unwrap_or_default(),
            zone: zone_name,
            offset_minutes: offset.unwrap_or(0),
            edition: self.edition.clone(),
            version: self.version.clone(),
            clock_synchronised: self.clock_synchronised,
            hub_up: match self.hub {
                HubLine::Unknown => None,
                HubLine::Up => Some(true),
                HubLine::Down { .. } => Some(false),
            },
        }
    }

    pub(super) fn lane_view(&self, lane: &Lane) -> Option<LaneView> {
        let state = self.lane_state(&lane.id)?;
        let present = state.present();
        let visit = present.and_then(|vehicle| self.visit_state(vehicle.visit));
        let in_lane = self.devices.values().filter(|device| device.lane == lane.id);
        let occupied =
            in_lane.filter_map(|device| device.passage).map(|passage| passage.began).min();
        let open = state.alarms.iter().filter_map(|id| self.alarm_state(*id));
        Some(LaneView {
            id: lane.id.clone(),
            title: lane.title.clone(),
            direction: lane.direction,
            mode: lane.mode,
            control: state.control,
            visit: present.map(|vehicle| vehicle.visit),
            plate: visit
                .and_then(|visit| visit.plate.as_ref())
                .map(|plate| plate.normalised.clone()),
            occupied_since_ms: occupied.map(Timestamp::as_millisecond),
            last_weight: state.last_weight.map(|(gross, at)| WeightView {
                gross_kg: gross.0.normalize().to_string(),
                at_ms: at.as_millisecond(),
            }),
            alarm: open.map(|alarm| alarm.facts.priority).min(),
            open_alarms: u32::try_from(state.alarms.size()).unwrap_or(u32::MAX),
            last_plate: state.last_plate.clone(),
            last_seen_ms: state.last_seen.map(Timestamp::as_millisecond),
            scans: self.scans_of_lane(&lane.id),
            weighings: self.weighings_of_lane(lane),
        })
    }

    /// What an officer can end; what was ended already waits for its scale alone.
    fn weighings_of_lane(&self, lane: &Lane) -> Vec<OpenWeighingView> {
        let devices = self.devices.iter().filter(|(_, device)| device.lane == lane.id);
        let open = devices.filter_map(|(id, device)| {
            let open = device.axles.filter(|open| open.ended.is_none())?;
            Some(OpenWeighingView {
                device: id.clone(),
                visit: open.visit,
                began_ms: open.began.as_millisecond(),
                resumed: open.resumed,
            })
        });
        open.collect()
    }

    pub(super) fn device_view(&self, device: &Device) -> Option<DeviceView> {
        let state = self.device_state(&device.id)?;
        Some(DeviceView {
            id: device.id.clone(),
            title: device.title.clone(),
            lane: device.lane.clone(),
            family: device.family,
            dialect: device.dialect.clone(),
            health: state.health,
            detail: state.detail.clone(),
            since_ms: state.since.map(Timestamp::as_millisecond),
            faults: state.faults,
            faults_by_kind: state.faults_by_kind.clone(),
            last_fault_ms: state.last_fault.as_ref().map(|(_, at)| at.as_millisecond()),
            last_fault: state.last_fault.as_ref().map(|(kind, _)| kind.clone()),
            background: state.background.as_ref().map(|background| background.state),
            n_sigma: state.setup.as_ref().map(|setup| setup.n_sigma.normalize().to_string()),
            assumed: state.setup.as_ref().is_some_and(|setup| setup.assumed),
            tamper: state.tamper,
        })
    }

    fn alarm_list(&self) -> Vec<AlarmView> {
        let mut open: Vec<(Priority, Timestamp, AlarmId)> = self
            .open_alarms
            .iter()
            .filter_map(|(_, id)| {
                let alarm = self.alarm_state(*id)?;
                Some((alarm.facts.priority, alarm.facts.since, *id))
            })
            .collect();
        open.sort_unstable();
        let last = self.at().unwrap_or_default();
        let since = last.checked_sub(CLOSED_SHOWN).unwrap_or(Timestamp::MIN);
        let mut closed: Vec<(u64, AlarmId)> = self
            .closed_alarms
            .iter()
            .copied()
            .filter(|(_, id)| self.alarm_state(*id).is_some_and(|alarm| alarm.raised_at >= since))
            .collect();
        closed.sort_unstable_by_key(|(seq, _)| Reverse(*seq));
        let ids = open.into_iter().map(|(_, _, id)| id).chain(closed.into_iter().map(|(_, id)| id));
        ids.filter_map(|id| self.alarm(id)).collect()
    }

    fn visit_list(&self, edition: &Edition) -> Vec<VisitRow> {
        // Goods that go first (242.4) stand before all others; their terms are what they are.
        let present = self.visit_states().filter(|(_, visit)| visit.is_here());
        let mut here: Vec<_> =
            present.map(|(id, visit)| (!visit.goes_first(), self.most_urgent(visit), id)).collect();
        here.sort_unstable();
        let mut left: Vec<(u64, VisitId)> = self.left.iter().copied().collect();
        left.sort_unstable_by_key(|(seq, _)| Reverse(*seq));
        let ids = here.into_iter().map(|(_, _, id)| id).chain(left.into_iter().map(|(_, id)| id));
        ids.filter_map(|id| self.visit_row(id, edition)).collect()
    }

    /// Visits without an open clock come after those with one, the longest here first.
    fn most_urgent(&self, visit: &Visit) -> (u8, Timestamp) {
        let open = visit.clocks_open(None).filter_map(|id| self.clock_state(id));
        open.map(urgency).min().unwrap_or((u8::MAX, visit.opened_at))
    }

    /// A visit as lists show it.
    pub fn visit_row(&self, id: VisitId, edition: &Edition) -> Option<VisitRow> {
        let visit = self.visit_state(id)?;
        let open = visit.clocks_open(None).filter_map(|id| Some((id, self.clock_state(id)?)));
        let urgent = open.min_by_key(|(_, clock)| urgency(clock));
        let mut open_alarms = [0_u32; 3];
        for alarm in visit.alarms.iter().filter_map(|id| self.alarm_state(*id)) {
            let place = match alarm.facts.priority {
                Priority::P1 => 0,
                Priority::P2 => 1,
                Priority::P3 => 2,
            };
            if !alarm.is_closed() {
                open_alarms[place] += 1;
            }
        }
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Some(VisitRow {
            id,
            number: visit.number.clone(),
            plate: visit.plate.as_ref().map(|plate| plate.normalised.clone()),
            country: visit.plate.as_ref().and_then(|plate| plate.country.clone()),
            lane: visit.lane.clone(),
            mode: visit.mode,
            direction: visit.direction,
            stage: stage(visit),
            since_ms: visit.opened_at.as_millisecond(),
            consignments: count(visit.consignments.size()),
            clock: urgent.and_then(|(id, _)| self.clock_view(id)),
            missing: visit.notice.as_ref().map(|notice| count(notice.missing.len())),
            open_alarms,
            radiation: visit.screenings.last().map(|(_, screened)| screened.verdict),
            weight: visit.last_weighing().map(|(_, weighed)| WeightView {
                gross_kg: weighed.weight.gross.0.normalize().to_string(),
                at_ms: weighed.at.as_millisecond(),
            }),
            weight_beyond: visit.comparison.as_ref().map(|comparison| comparison.beyond),
            holds: count(exit::holds(self, edition, id).len()),
            goes_first: visit.goes_first(),
        })
    }
}

/// Where a visit stands: where its slowest consignment does.
fn stage(visit: &Visit) -> Stage {
    if visit.left.is_some() {
        return Stage::Left;
    }
    if visit.exit_permitted.is_some() {
        return Stage::ExitPermitted;
    }
    visit.consignments.values().map(consignment_stage).min().unwrap_or(Stage::Arrived)
}

fn consignment_stage(consignment: &Consignment) -> Stage {
    if consignment.released.is_some() {
        Stage::Released
    } else if consignment.presented.is_none() {
        Stage::Arrived
    } else if consignment.registered().is_some() {
        Stage::Registered
    } else if consignment.pending().is_some() {
        Stage::Filed
    } else {
        Stage::Presented
    }
}
