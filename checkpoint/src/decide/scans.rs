//! Scans: whose they are, which is a repetition, and which conclusion rings.
//!
//! A scanner notices no vehicle: what it reads belongs to the vehicle that stands there, or that went on a short while ago and is still
//! here; if there is none it waits at the lane for the next one, so long as the site's limit says. An inspection that names a plate belongs
//! to the vehicle that bears it. The same content at the same reader within the limit is one scan: readers read twice. An officer can
//! correct all of it.
//!
//! An inspection is one reading, however many documents tell of it: a later one completes the first under its number, and belongs where that
//! one does, whoever stands at the scanner by then.
//!
//! A conclusion of an X-ray system decides nothing (Code of the Republic of Kazakhstan on customs affairs (2010), art. 204.4: a technical means serves
//! the officer's inspection). The site's limit says which conclusions ring; the others are told and shown.

use std::sync::Arc;

use jiff::Timestamp;

use super::Refusal;
use super::alarms::Reason;
use super::arrivals::Spot;
use super::draft::Draft;
use crate::event::{AlarmCause, Event, ScanAssigned, ScanRepeated, Scanned};
use crate::ids::{LaneId, ReadingId, VisitId};
use crate::input::observation::ScanReading;
use crate::site::{Family, ScanLimits};
use crate::state::scan::Scan;

impl Draft<'_> {
    fn scan_limits(&self) -> Option<&ScanLimits> {
        self.rules.limits.scans.as_ref().map(|limit| &limit.value)
    }

    pub(super) fn scan_observed(&mut self, spot: &Spot, since: Timestamp, scan: &ScanReading) {
        let scan = &scan.clone().in_whole_microseconds();
        let (lane, device) = (spot.lane.clone(), spot.device.clone());
        if let Some((reading, times)) = self.heard_before(spot, scan) {
            return self.repeated(spot, reading, times.saturating_add(1), None);
        }
        let earlier = self.state.earlier_of(&spot.device, scan);
        let (reading, visit) = match earlier {
            Some(earlier) => (earlier, self.state.readings.get(&earlier).copied()),
            None => (self.next_reading(), self.owner(spot, scan)),
        };
        self.happened(Event::Scanned(Scanned {
            lane,
            device,
            visit,
            scan: Box::new(scan.clone()),
            reading: Some(reading),
        }));
        let visit = match (earlier, visit) {
            (Some(waits), None) => self.takes_who_is_named(spot, waits),
            (None | Some(_), _) => visit,
        };
        self.ring_for_scan(spot, since, visit, reading, scan);
        self.seal_scanned(spot, scan, visit);
    }

    /// The reader itself has told apart what is a repetition and counted it: however long ago the last of them was told, it is the same scan.
    pub(super) fn scan_repeated(
        &mut self,
        spot: &Spot,
        since: Timestamp,
        scan: &ScanReading,
        times: u32,
        last: Timestamp,
    ) {
        let scan = &scan.clone().in_whole_microseconds();
        let heard = self.state.device_state(&spot.device).map(|state| &state.scans);
        let same = heard.into_iter().flatten().rfind(|heard| *heard.scan == *scan);
        match same.map(|same| (same.reading, same.times.saturating_add(times))) {
            Some((reading, times)) => self.repeated(spot, reading, times, Some(last)),
            // Read so long ago that nobody here remembers it.
            None => self.scan_observed(spot, since, scan),
        }
    }

    fn repeated(&mut self, spot: &Spot, reading: ReadingId, times: u32, last: Option<Timestamp>) {
        let (lane, device) = (spot.lane.clone(), spot.device.clone());
        let visit = self.state.readings.get(&reading).copied();
        let repeated = ScanRepeated { reading, lane, device, visit, times, last };
        self.happened(Event::ScanRepeated(repeated));
    }

    /// The same content at the same reader a moment ago.
    fn heard_before(&self, spot: &Spot, scan: &ScanReading) -> Option<(ReadingId, u32)> {
        let within = self.scan_limits()?.repeated_within;
        let heard = self.state.device_state(&spot.device)?.scans.iter().rev();
        // One that is repeated goes on from its last time, so they are not in the order of time.
        let mut recent = heard.filter(|heard| self.now.duration_since(heard.at) <= within);
        let same = recent.find(|heard| *heard.scan == *scan)?;
        Some((same.reading, same.times))
    }

    /// Whose scan it is; none if it has to wait for its vehicle.
    fn owner(&self, spot: &Spot, scan: &ScanReading) -> Option<VisitId> {
        let at_reader = self.at_scanner(spot);
        let Some(named) = scan.names_plate() else { return at_reader };
        let known = self.visit_with_plate(&named, &spot.lane);
        // A vehicle that bears another plate is another vehicle.
        known.or(at_reader.filter(|visit| self.plate_of(*visit).is_none()))
    }

    /// A document told which vehicle an inspection is about that waits for one.
    fn takes_who_is_named(&mut self, spot: &Spot, waits: ReadingId) -> Option<VisitId> {
        let scan = self.state.waiting_scan(waits)?;
        let (named, lane) = (scan.scan.names_plate()?, scan.lane.clone());
        let visit = self.visit_with_plate(&named, &spot.lane)?;
        self.scan_assigned(ScanAssigned { reading: waits, lane, visit });
        Some(visit)
    }

    /// The vehicle at a scanner: the last that has come so far; else the one that went before, whose papers are still read; else the next that
    /// comes up to it.
    fn at_scanner(&self, spot: &Spot) -> Option<VisitId> {
        let queue = self.queue(&spot.lane);
        let came = |least| queue.iter().rfind(|one| one.passed >= least).map(|one| one.visit);
        came(spot.order)
            .or_else(|| came(self.last_that_misses_nobody(spot)?))
            .or_else(|| self.went_before(spot))
            .or_else(|| queue.first().map(|one| one.visit))
    }

    /// The place of the last portal or scale before a scanner that works: every vehicle trips these, but not all have a seal that can be read.
    fn last_that_misses_nobody(&self, spot: &Spot) -> Option<u32> {
        let before = self.state.devices.values().filter(|one| {
            one.lane == spot.lane
                && one.order <= spot.order
                && matches!(one.family, Family::Portal | Family::Weighbridge)
                && !one.is_out()
        });
        before.map(|one| one.order).max()
    }

    fn went_before(&self, spot: &Spot) -> Option<VisitId> {
        let stays = self.scan_limits()?.stays;
        let (visit, seen) = self.state.lane_state(&spot.lane)?.last_gone?;
        let lane = &self.visit_here(visit).ok()?.lane;
        (*lane == spot.lane && self.now.duration_since(seen) <= stays).then_some(visit)
    }

    fn plate_of(&self, visit: VisitId) -> Option<&str> {
        let plate = self.state.visit_state(visit)?.plate.as_ref()?;
        Some(&plate.normalised)
    }

    fn ring_for_scan(
        &mut self,
        spot: &Spot,
        since: Timestamp,
        visit: Option<VisitId>,
        reading: ReadingId,
        scan: &ScanReading,
    ) {
        let Some(conclusion) = scan.conclusion else { return };
        if !self.scan_limits().is_some_and(|limits| limits.alarming.contains(&conclusion)) {
            return;
        }
        let cause = AlarmCause::Scan { inspection: scan.value.clone() };
        let mut reason = Reason::new(cause, since)
            .lane(&spot.lane)
            .number("reading", reading)
            .number("inspection", &scan.value)
            .number("conclusion", conclusion.name());
        reason.visit = visit;
        self.raise(reason);
    }

    /// A vehicle came into the lane: what was scanned there shortly before is about it, unless it names another one.
    pub(super) fn take_scans_of_lane(&mut self, lane: &LaneId, visit: VisitId) {
        self.take_scans(visit, |scan| scan.lane == *lane && scan.scan.names_plate().is_none());
    }

    /// A vehicle's plate became known: inspections that name it are about it, wherever they wait.
    pub(super) fn take_scans_of_plate(&mut self, visit: VisitId) {
        let Some(plate) = self.plate_of(visit).map(str::to_owned) else { return };
        self.take_scans(visit, |scan| scan.scan.names_plate().is_some_and(|named| named == plate));
    }

    fn take_scans(&mut self, visit: VisitId, is_of: impl Fn(&Scan) -> bool) {
        let Some(waits) = self.scan_limits().map(|limits| limits.waits) else { return };
        let waiting = self.state.lanes.iter().flat_map(|(lane, state)| {
            state.waiting.iter().map(move |(reading, scan)| (lane, reading, scan))
        });
        let fresh = waiting.filter(|(_, _, scan)| self.now.duration_since(scan.at) <= waits);
        let found: Vec<ScanAssigned> = fresh
            .filter(|(_, _, scan)| is_of(scan))
            .map(|(lane, reading, _)| ScanAssigned { reading: *reading, lane: lane.clone(), visit })
            .collect();
        for assigned in found {
            self.scan_assigned(assigned);
        }
    }

    /// A scan that waited has its vehicle: the number of a seal is a reading of that seal from now.
    fn scan_assigned(&mut self, assigned: ScanAssigned) {
        let (reading, visit) = (assigned.reading, assigned.visit);
        self.happened(Event::ScanAssigned(assigned));
        let Some(scan) = self.state.scan(reading) else { return };
        let (device, scan) = (scan.device.clone(), Arc::clone(&scan.scan));
        if let Some(spot) = self.spot(&device) {
            self.seal_scanned(&spot, &scan, Some(visit));
        }
    }

    /// An officer says whose a scan is that waits for its vehicle.
    pub(super) fn assign_waiting(
        &mut self,
        reading: ReadingId,
        visit: VisitId,
    ) -> Result<(), Refusal> {
        let scan = self.state.waiting_scan(reading).ok_or_else(|| {
            Refusal::new(
                "unknown_reading",
                format!("there is no reading {reading}, or it is too old"),
            )
        })?;
        let lane = scan.lane.clone();
        self.scan_assigned(ScanAssigned { reading, lane, visit });
        Ok(())
    }
}
