//! What one entry changed on a screen: the rows of everything that it touched.

use std::collections::BTreeSet;

use super::{Changes, JournalLine};
use crate::Checkpoint;
use crate::event::{
    Entry, Event, PapersContent, PapersRefusal, PriorComparison, ScanAssigned, ScanRepeated, Split,
};
use crate::ids::{AlarmId, ClockId, DeviceId, LaneId, VisitId};
use crate::law::Edition;

/// What an entry touched.
#[derive(Debug, Default)]
struct Touched {
    /// The whole board: lanes and devices were described anew.
    board: bool,
    lanes: BTreeSet<LaneId>,
    devices: BTreeSet<DeviceId>,
    alarms: BTreeSet<AlarmId>,
    visits: BTreeSet<VisitId>,
}

impl Checkpoint {
    /// What `entry` changed; `self` is what is known after it.
    pub fn changes(&self, entry: &Entry, edition: &Edition) -> Changes {
        let mut touched = Touched::default();
        touched.by(&entry.event, self);
        let alarms: Vec<AlarmId> = touched.alarms.iter().copied().collect();
        for alarm in alarms.into_iter().filter_map(|id| self.alarm_state(id)) {
            touched.lanes.extend(alarm.facts.lane.clone());
            touched.visits.extend(alarm.visit);
        }
        // A lane shows its vehicle's plate.
        let visits = touched.visits.iter().filter_map(|id| self.visit_state(*id));
        let lanes: Vec<LaneId> = visits.map(|visit| visit.lane.clone()).collect();
        touched.lanes.extend(lanes);
        let (lanes, devices) = match self.site() {
            Some(site) => (&site.lanes[..], &site.devices[..]),
            None => (&[][..], &[][..]),
        };
        let lanes = lanes.iter().filter(|lane| touched.board || touched.lanes.contains(&lane.id));
        let devices =
            devices.iter().filter(|device| touched.board || touched.devices.contains(&device.id));
        Changes {
            seq: entry.seq,
            at_ms: entry.at.as_millisecond(),
            line: JournalLine::of(entry),
            lanes: lanes.filter_map(|lane| self.lane_view(lane)).collect(),
            devices: devices.filter_map(|device| self.device_view(device)).collect(),
            alarms: touched.alarms.iter().filter_map(|id| self.alarm(*id)).collect(),
            visits: touched.visits.iter().filter_map(|id| self.visit_row(*id, edition)).collect(),
        }
    }
}

impl Touched {
    fn by(&mut self, event: &Event, after: &Checkpoint) {
        match event {
            Event::SiteDescribed { .. } => self.board = true,
            Event::AgentStarted { .. }
            | Event::LimitsSet { .. }
            | Event::ClockStepped { .. }
            | Event::ClockSyncChanged { .. }
            | Event::HubLinkChanged { .. }
            | Event::RecordingSlowed { .. }
            | Event::JournalPurged(_)
            | Event::SoundSilenced { .. }
            | Event::OfficerSignedIn
            | Event::OfficerSignedOut
            | Event::CalendarApplied { .. }
            | Event::ClocksRecomputedThrough(_)
            | Event::TimetableApplied { .. }
            | Event::PriorInformationRecorded { .. }
            | Event::PriorInformationWithdrawn { .. }
            | Event::DirectiveAnswered(_)
            | Event::DirectiveDistrusted(_) => {}

            Event::DeviceHealthChanged { device, .. }
            | Event::DeviceFaulted { device, .. }
            | Event::PortalSetUp { device, .. }
            | Event::BackgroundChanged { device, .. }
            | Event::TamperChanged { device, .. } => {
                self.devices.insert(device.clone());
            }
            Event::LaneControlChanged { lane, .. } | Event::ScaleEmptied { lane, .. } => {
                self.lanes.insert(lane.clone());
            }

            Event::VisitOpened { visit, lane, .. }
            | Event::PassageBegan { visit, lane, .. }
            | Event::VehicleScreened { visit, lane, .. }
            | Event::PlateRead { visit, lane, .. }
            | Event::VehicleWeighed { visit, lane, .. }
            | Event::SealRead { visit, lane, .. }
            | Event::LaneLeft { visit, lane } => {
                self.lanes.insert(lane.clone());
                self.visits.insert(*visit);
            }
            Event::Scanned(scanned) => {
                self.lanes.insert(scanned.lane.clone());
                self.visits.extend(&scanned.visit);
            }
            Event::ScanRepeated(ScanRepeated { lane, visit, .. }) => {
                self.lanes.insert(lane.clone());
                self.visits.extend(visit);
            }
            Event::ScanAssigned(ScanAssigned { lane, visit, .. }) => {
                self.lanes.insert(lane.clone());
                self.visits.insert(*visit);
                self.alarms.extend(alarms_of(after, *visit));
            }
            Event::WeighingBegan(begun) => {
                self.lanes.insert(begun.lane.clone());
                self.visits.insert(begun.visit);
            }
            Event::WeighingEnded(end) => {
                self.lanes.insert(end.lane.clone());
                self.visits.insert(end.visit);
            }
            Event::WeighingRefused(refused) => {
                self.lanes.insert(refused.lane.clone());
                self.visits.extend(refused.visit);
            }
            Event::ReadingAssigned { from, to, .. } => {
                for visit in [from, to] {
                    self.visits.insert(*visit);
                    self.alarms.extend(alarms_of(after, *visit));
                }
            }
            Event::VehicleIdentified { visit, .. } => {
                self.visits.insert(*visit);
                self.alarms.extend(alarms_of(after, *visit));
            }
            Event::VehicleLeft { visit } => {
                self.visits.insert(*visit);
            }
            Event::SealsExpected { visit, .. }
            | Event::SealInspected { visit, .. }
            | Event::SealJudged { visit, .. }
            | Event::TareRecorded { visit, .. }
            | Event::WeightCompared { visit, .. }
            | Event::PriorInformationLinked { visit, .. }
            | Event::PriorInformationUnlinked { visit, .. }
            | Event::PriorInformationCompared(PriorComparison { visit, .. })
            | Event::VehicleMassCompared { visit, .. }
            | Event::NoticeRegistered { visit, .. }
            | Event::ConsignmentRecorded { visit, .. }
            | Event::GoodsPresented { visit, .. }
            | Event::PapersFiled { visit, .. }
            | Event::PapersContentChecked(PapersContent { visit, .. })
            | Event::PapersRegistered { visit, .. }
            | Event::PapersRefused(PapersRefusal { visit, .. })
            | Event::GoodsReleased { visit, .. }
            | Event::ConsignmentSplit(Split { visit, .. })
            | Event::ConsignmentsMerged { visit, .. }
            | Event::ExitPermitted { visit } => {
                self.visits.insert(*visit);
            }
            Event::ActRecorded { act } => self.visits.extend(act.visit),

            Event::ClockStarted { clock } => {
                self.visits.insert(clock.visit);
            }
            Event::ClockRecomputed { clock, .. } => {
                self.visits.insert(clock.visit);
                self.alarms.extend(alarms_of(after, clock.visit));
            }
            Event::ClockWithdrawn { clock, .. } => self.visits.extend(visit_of(after, *clock)),
            Event::ClockNearing { clock, .. }
            | Event::ClockStillOpen { clock, .. }
            | Event::ClockStoppedProvisionally { clock, .. }
            | Event::ClockStopped { clock, .. }
            | Event::ClockRestored { clock }
            | Event::ClockExpired { clock } => self.visits.extend(visit_of(after, *clock)),

            Event::AlarmRaised { alarm, .. }
            | Event::AlarmRepeated { alarm, .. }
            | Event::AlarmAssessed { alarm, .. }
            | Event::AlarmEnded { alarm }
            | Event::AlarmAcknowledged { alarm }
            | Event::AlarmEscalated { alarm }
            | Event::AlarmDecided { alarm, .. } => {
                self.alarms.insert(*alarm);
            }
        }
    }
}

fn alarms_of(after: &Checkpoint, visit: VisitId) -> Vec<AlarmId> {
    after.visit_state(visit).map(|visit| visit.alarms.iter().copied().collect()).unwrap_or_default()
}

fn visit_of(after: &Checkpoint, clock: ClockId) -> Option<VisitId> {
    after.clock_state(clock).map(|clock| clock.facts.visit)
}
