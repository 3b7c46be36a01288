//! What events mean for scans: they are kept with their vehicle, or wait at their lane.

use std::sync::Arc;

use super::Place;
use crate::Checkpoint;
use crate::event::{ScanAssigned, ScanRepeated, Scanned};
use crate::ids::{AlarmId, DeviceId, LaneId, ReadingId, VisitId};
use crate::input::observation::ScanReading;
use crate::state::alarm::AlarmObject;
use crate::state::scan::{HeardScan, KEPT_HEARD, KEPT_WAITING, Scan};
use crate::state::visit::keep_latest_scans;

impl Checkpoint {
    /// A scan, wherever it is kept.
    pub(crate) fn scan(&self, reading: ReadingId) -> Option<&Scan> {
        match self.readings.get(&reading) {
            Some(visit) => self.visits.get(visit)?.scans.get(&reading),
            None => self.waiting_scan(reading),
        }
    }

    /// A scan that waits for its vehicle.
    pub(crate) fn waiting_scan(&self, reading: ReadingId) -> Option<&Scan> {
        let waiting = self.lanes.values().flat_map(|lane| &lane.waiting);
        waiting.filter(|(waits, _)| *waits == reading).map(|(_, scan)| scan).next()
    }

    /// The inspection of which this scanner handed over a document before.
    pub(crate) fn earlier_of(&self, device: &DeviceId, scan: &ScanReading) -> Option<ReadingId> {
        let mut heard = self.devices.get(device)?.scans.iter().rev();
        heard.find(|heard| heard.scan.is_of_the_same_inspection(scan)).map(|heard| heard.reading)
    }

    pub(super) fn scanned(&mut self, place: Place<'_>, scanned: &Scanned) {
        // Before scans were readings, they were lines of the journal and nothing more.
        let Some(reading) = scanned.reading else { return };
        self.last.reading = self.last.reading.max(reading.0);
        let heard = Arc::new(scanned.scan.as_ref().clone());
        let earlier = self.earlier_of(&scanned.device, &heard).and_then(|id| self.scan(id));
        let (at, whole) = match earlier {
            Some(earlier) => {
                let whole = heard.as_ref().clone().with_earlier(&earlier.scan);
                (earlier.at, Arc::new(whole))
            }
            None => (place.at, Arc::clone(&heard)),
        };
        self.change_device(&scanned.device, |device| {
            device.scans.push(HeardScan { reading, at: place.at, times: 1, scan: heard });
            if device.scans.len() > KEPT_HEARD {
                device.scans.remove(0);
            }
        });
        let scan = Scan {
            seq: place.seq,
            at,
            lane: scanned.lane.clone(),
            device: scanned.device.clone(),
            times: 1,
            scan: whole,
        };
        match scanned.visit {
            Some(visit) => {
                self.change_lane(&scanned.lane, |lane| {
                    if let Some((_, seen)) =
                        lane.last_gone.as_mut().filter(|(gone, _)| *gone == visit)
                    {
                        *seen = place.at;
                    }
                });
                self.keep_scan(reading, visit, scan);
            }
            None => self.keep_waiting(reading, &scanned.lane, scan),
        }
    }

    fn keep_waiting(&mut self, reading: ReadingId, lane: &LaneId, scan: Scan) {
        let open = self.open_alarms.iter().filter_map(|(_, id)| self.alarms.get(id)?.reading);
        let rung: Vec<ReadingId> = open.collect();
        self.change_lane(lane, |lane| {
            let inspections = scan.scan.is_inspection();
            if let Some((_, known)) = lane.waiting.iter_mut().find(|(waits, _)| *waits == reading) {
                *known = scan;
                return;
            }
            lane.waiting.push((reading, scan));
            let of_kind = |(_, one): &&(ReadingId, Scan)| one.scan.is_inspection() == inspections;
            if lane.waiting.iter().filter(of_kind).count() <= KEPT_WAITING {
                return;
            }
            let mut waiting = lane.waiting.iter().filter(of_kind).map(|(waits, _)| *waits);
            let first = waiting.clone().next();
            let goes = waiting.find(|waits| !rung.contains(waits)).or(first);
            lane.waiting.retain(|(waits, _)| Some(*waits) != goes);
        });
    }

    fn keep_scan(&mut self, reading: ReadingId, visit: VisitId, scan: Scan) {
        self.read(reading, visit);
        let mut gone = Vec::new();
        self.change_visit(visit, |visit| {
            visit.scans.insert_mut(reading, scan);
            gone = keep_latest_scans(&mut visit.scans);
        });
        self.forget(&gone);
    }

    pub(super) fn scan_repeated(&mut self, place: Place<'_>, repeated: &ScanRepeated) {
        let (reading, times) = (repeated.reading, repeated.times);
        self.change_device(&repeated.device, |device| {
            for heard in device.scans.iter_mut().filter(|heard| heard.reading == reading) {
                (heard.at, heard.times) = (repeated.last.unwrap_or(place.at), times);
            }
        });
        match self.readings.get(&reading).copied() {
            Some(visit) => self.change_visit(visit, |visit| {
                if let Some(scan) = visit.scans.get_mut(&reading) {
                    scan.times = times;
                }
            }),
            None => self.change_lane(&repeated.lane, |lane| {
                for (_, scan) in lane.waiting.iter_mut().filter(|(waits, _)| *waits == reading) {
                    scan.times = times;
                }
            }),
        }
    }

    pub(super) fn scan_assigned(&mut self, assigned: &ScanAssigned) {
        let ScanAssigned { reading, lane, visit } = assigned;
        let mut waited = None;
        self.change_lane(lane, |lane| {
            let place = lane.waiting.iter().position(|(waits, _)| waits == reading);
            waited = place.map(|place| lane.waiting.remove(place).1);
        });
        if let Some(scan) = waited {
            self.keep_scan(*reading, *visit, scan);
            self.give_alarms(*reading, *visit);
        }
    }

    /// Alarms that rang before anybody knew whose scan it was go with it.
    fn give_alarms(&mut self, reading: ReadingId, to: VisitId) {
        let of_scan = |id: &AlarmId| {
            let alarm = self.alarms.get(id)?;
            (alarm.reading == Some(reading) && alarm.visit.is_none()).then(|| alarm.object())
        };
        let open = self.open_alarms.iter().map(|(_, id)| *id);
        let found: Vec<(AlarmId, AlarmObject)> =
            open.filter_map(|id| Some((id, of_scan(&id)?))).collect();
        for (id, before) in found {
            let Some(alarm) = self.alarms.get_mut(&id) else { continue };
            alarm.visit = Some(to);
            let after = alarm.object();
            self.open_alarms.remove_mut(&(before, id));
            self.open_alarms.insert_mut((after, id));
            self.change_visit(to, |visit| {
                visit.alarms.insert_mut(id);
            });
        }
    }
}
