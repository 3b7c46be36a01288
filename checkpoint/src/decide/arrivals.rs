//! Which reading belongs to which visit.
//!
//! Vehicles stand in a lane one behind the other, and devices stand along it. A reading at a device belongs to the first vehicle that has
//! not passed that device; if there is none, a vehicle came that nobody had noticed, and a visit opens. Plates overrule the
//! order: a plate that is known here belongs to its visit, in whichever lane; another plate than the vehicle's own means another vehicle.
//! An officer can correct all of it.

use rust_decimal::Decimal;

use super::draft::Draft;
use super::terms::Happening;
use super::{Refusal, Rules};
use crate::event::Event;
use crate::identifiers::normalised_plate;
use crate::ids::{DeviceId, LaneId, ReadingId, VisitId};
use crate::input::observation::PlateReading;
use crate::law::words::Moment;
use crate::state::Bearer;
use crate::state::lane::InLane;
use crate::state::visit::{Plate, PlateRead, Visit};

/// A device and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) device: DeviceId,
    pub(super) lane: LaneId,
    pub(super) order: u32,
}

impl Draft<'_> {
    /// Where a device stands; none if the site has no such device.
    pub(super) fn spot(&self, device: &DeviceId) -> Option<Spot> {
        let state = self.state.device_state(device)?;
        Some(Spot { device: device.clone(), lane: state.lane.clone(), order: state.order })
    }

    /// Vehicles in a lane, the first that came first.
    pub(super) fn queue(&self, lane: &LaneId) -> &[InLane] {
        self.state.lane_state(lane).map(|state| state.queue.as_slice()).unwrap_or_default()
    }

    /// The first vehicle in the lane that has not passed this device.
    pub(super) fn next_at(&self, spot: &Spot) -> Option<VisitId> {
        self.queue(&spot.lane).iter().find(|one| one.passed < spot.order).map(|one| one.visit)
    }

    /// The first vehicle that has not passed, or one that nobody had noticed.
    pub(super) fn next_or_new(&mut self, spot: &Spot) -> Option<VisitId> {
        self.next_at(spot).or_else(|| self.open_visit(&spot.lane))
    }

    /// The vehicle that several readings of one device can be about: the one that just came up from the device before, else the
    /// one that was read here last and has not moved on, else the next.
    pub(super) fn standing_at(&self, spot: &Spot) -> Option<VisitId> {
        let queue = self.queue(&spot.lane);
        let came_up =
            queue.iter().find(|one| one.passed < spot.order && one.passed + 1 == spot.order);
        let stays = || queue.iter().rfind(|one| one.passed == spot.order);
        let next = || queue.iter().find(|one| one.passed < spot.order);
        came_up.filter(|one| one.passed > 0).or_else(stays).or_else(next).map(|one| one.visit)
    }

    /// A vehicle came. None if the lane is not of this site.
    pub(super) fn open_visit(&mut self, lane: &LaneId) -> Option<VisitId> {
        let described = self.state.site()?.lanes.iter().find(|one| one.id == *lane)?.clone();
        let visit = self.next_visit();
        let number = visit_number(self.rules, self.now, visit);
        let (mode, direction) = (described.mode, described.direction);
        self.happened(Event::VisitOpened { visit, number, lane: lane.clone(), mode, direction });
        let bearer = Bearer { visit, consignment: None };
        self.follow(&Happening::new(Moment::VehicleStopped, bearer, self.now));
        self.take_scans_of_lane(lane, visit);
        Some(visit)
    }

    /// A vehicle that stands in another lane is there no longer. Its seals are not judged: it is on its way.
    pub(super) fn change_lane(&mut self, spot: &Spot, visit: VisitId) {
        let before = self.state.visit_state(visit).map(|visit| visit.lane.clone());
        let Some(before) = before.filter(|before| *before != spot.lane) else { return };
        if self.queue(&before).iter().any(|one| one.visit == visit) {
            self.happened(Event::LaneLeft { lane: before, visit });
        }
    }

    /// The vehicle stands here now, and one that went through goes out of the lane when the next one is at the last device.
    pub(super) fn make_room(&mut self, spot: &Spot, visit: VisitId) {
        self.change_lane(spot, visit);
        let last = self.state.lane_state(&spot.lane).map_or(0, |state| state.last_order);
        if spot.order < last {
            return;
        }
        let through: Vec<VisitId> = self
            .queue(&spot.lane)
            .iter()
            .filter(|one| one.visit != visit && one.passed >= last && one.portal.is_none())
            .map(|one| one.visit)
            .collect();
        for gone in through {
            self.leave_lane(&spot.lane, gone);
        }
    }

    /// A device of the lane noticed the vehicle, as the event says: it stands here now. What was scanned here shortly before it joined the lane is
    /// about it.
    pub(super) fn notice(&mut self, spot: &Spot, visit: VisitId, event: Event) {
        self.make_room(spot, visit);
        let joins = self.queue(&spot.lane).iter().all(|one| one.visit != visit);
        self.happened(event);
        if joins {
            self.take_scans_of_lane(&spot.lane, visit);
        }
    }

    /// A vehicle's plate is known: what was told and what was scanned of that plate is about the vehicle.
    fn is_named(&mut self, visit: VisitId, original: &str, country: Option<&str>) {
        self.happened(Event::VehicleIdentified {
            visit,
            plate: normalised_plate(original),
            original: original.to_owned(),
            country: country.map(str::to_owned),
        });
        self.link_expected(visit);
        self.take_scans_of_plate(visit);
    }

    /// A vehicle is taken to have gone on: what its seals were is known now.
    pub(super) fn leave_lane(&mut self, lane: &LaneId, visit: VisitId) {
        self.happened(Event::LaneLeft { lane: lane.clone(), visit });
        self.judge_seals(visit);
    }

    pub(super) fn plate_observed(&mut self, spot: &Spot, plate: &PlateReading) {
        let normalised = normalised_plate(&plate.text);
        if normalised.is_empty() {
            return;
        }
        if let Some((visit, reading)) = self.sighting(spot, plate) {
            self.complete_sighting(spot, visit, reading, plate);
            return;
        }
        let sure = self.is_sure(plate);
        let known = if sure { self.visit_with_plate(&normalised, &spot.lane) } else { None };
        let found = match known {
            Some(visit) => Some(visit),
            // What a camera sends late is about a vehicle that went long ago.
            None if plate.late => return self.came_too_late(spot, "plate"),
            None => self.unplated_at(spot, sure).or_else(|| self.open_visit(&spot.lane)),
        };
        let Some(visit) = found else { return };
        if self.is_plate_repeated(visit, spot, &normalised, plate) {
            return;
        }
        self.plate_read(spot, visit, self.next_reading(), plate);
        let unnamed = self.state.visit_state(visit).is_some_and(|visit| visit.plate.is_none());
        if sure && unnamed {
            self.is_named(visit, &plate.text, plate.country.as_deref());
        }
    }

    fn plate_read(
        &mut self,
        spot: &Spot,
        visit: VisitId,
        reading: ReadingId,
        plate: &PlateReading,
    ) {
        let read = Event::PlateRead {
            reading,
            lane: spot.lane.clone(),
            device: spot.device.clone(),
            visit,
            normalised: normalised_plate(&plate.text),
            plate: plate.clone(),
        };
        // What a camera sends late says nothing of where the vehicle is now.
        if plate.late { self.happened(read) } else { self.notice(spot, visit, read) }
    }

    /// The reading that an earlier message about the same sighting made, of a vehicle that is in this lane. A camera whose numbers repeat sees
    /// another vehicle when it is no surer of another text, or when so much time has passed.
    fn sighting(&self, spot: &Spot, plate: &PlateReading) -> Option<(VisitId, ReadingId)> {
        plate.event.as_ref()?;
        let gap = self.rules.limits.vehicle_gap.value;
        let normalised = normalised_plate(&plate.text);
        let is_same = |read: &PlateRead| {
            read.device == spot.device
                && read.plate.event == plate.event
                && (read.normalised == normalised || plate.is_surer_than(&read.plate))
                && self.now.duration_since(read.at) < gap
        };
        self.queue(&spot.lane).iter().find_map(|one| {
            let visit = self.state.visit_state(one.visit)?;
            let same = visit.plates_read.iter().rfind(|(_, read)| is_same(read));
            same.map(|(reading, _)| (one.visit, *reading))
        })
    }

    /// A camera says a sighting in two messages: the second completes the first, under its number. What adds nothing was said before.
    fn complete_sighting(
        &mut self,
        spot: &Spot,
        id: VisitId,
        reading: ReadingId,
        later: &PlateReading,
    ) {
        let Some(visit) = self.state.visit_state(id) else { return };
        let Some(before) = visit.plates_read.get(&reading) else { return };
        let Some(plate) = before.plate.completed_by(later) else { return };
        let normalised = normalised_plate(&plate.text);
        let sure = self.is_sure(&plate);
        let bears = if sure { self.visit_with_plate(&normalised, &spot.lane) } else { None };
        if let Some(bearer) = bears.filter(|bearer| *bearer != id) {
            self.sighting_of_another(spot, (id, bearer), reading, &plate);
            return;
        }
        // A plate that was stated otherwise meanwhile stays.
        let is_its = |known: &Plate| {
            known.normalised == before.normalised && known.original == before.plate.text
        };
        let may_name = visit.plate.as_ref().is_none_or(is_its);
        let is_another = visit.plate.as_ref().is_none_or(|known| known.normalised != normalised);
        self.plate_read(spot, id, reading, &plate);
        if may_name && is_another && sure {
            self.is_named(id, &plate.text, plate.country.as_deref());
        }
    }

    /// The camera is sure now that it saw a vehicle that is known: the sighting is of that one, and whoever was taken for it and left no other
    /// trace stands in nobody's way.
    fn sighting_of_another(
        &mut self,
        spot: &Spot,
        (taken_for, bearer): (VisitId, VisitId),
        reading: ReadingId,
        plate: &PlateReading,
    ) {
        self.happened(Event::ReadingAssigned { reading, from: taken_for, to: bearer });
        let traceless = self.state.visit_state(taken_for).is_some_and(Visit::has_no_trace);
        if traceless {
            self.happened(Event::LaneLeft { lane: spot.lane.clone(), visit: taken_for });
        }
        self.plate_read(spot, bearer, reading, plate);
    }

    fn is_sure(&self, plate: &PlateReading) -> bool {
        let least = self.rules.limits.plate_confidence_percent.value;
        plate.confidence_percent.is_none_or(|percent: Decimal| percent >= least)
    }

    /// The visit that bears this plate: the one in this lane, else the latest.
    pub(super) fn visit_with_plate(&self, plate: &str, lane: &LaneId) -> Option<VisitId> {
        let range = (plate.to_owned(), VisitId(0))..=(plate.to_owned(), VisitId(u64::MAX));
        let visits: Vec<VisitId> =
            self.state.plates.range(range).map(|(_, visit)| *visit).collect();
        let here = |visit: &&VisitId| self.queue(lane).iter().any(|one| one.visit == **visit);
        visits.iter().find(here).or(visits.last()).copied()
    }

    /// The vehicle at a camera whose plate is not known to be another. A doubtful reading says nothing against anybody.
    fn unplated_at(&self, spot: &Spot, sure: bool) -> Option<VisitId> {
        let queue = self.queue(&spot.lane);
        let fits = |one: &&InLane| {
            let plate = self.state.visit_state(one.visit).and_then(|visit| visit.plate.as_ref());
            !sure || plate.is_none()
        };
        let next = queue.iter().filter(|one| one.passed < spot.order).find(fits);
        let here = || queue.iter().filter(|one| one.passed == spot.order).rfind(fits);
        next.or_else(here).map(|one| one.visit)
    }

    fn is_plate_repeated(
        &self,
        visit: VisitId,
        spot: &Spot,
        normalised: &str,
        plate: &PlateReading,
    ) -> bool {
        let Some(state) = self.state.visit_state(visit) else { return false };
        let in_this_lane = |device: &DeviceId| {
            self.state.device_state(device).is_some_and(|state| state.lane == spot.lane)
        };
        // A vehicle that went on and is read again has come back, unless the camera is late with it.
        let stays = plate.late || self.queue(&spot.lane).iter().any(|one| one.visit == visit);
        let mut same_text = state.plates_read.values().filter(|read| read.normalised == normalised);
        same_text.any(|read| {
            let same_event = plate.event.is_some()
                && read.device == spot.device
                && read.plate.event == plate.event;
            same_event || (stays && in_this_lane(&read.device))
        })
    }

    /// A visit that is here, or why the order cannot be followed.
    pub(super) fn visit_here(&self, visit: VisitId) -> Result<&Visit, Refusal> {
        let state = self.state.visit_state(visit).ok_or_else(|| {
            Refusal::new("unknown_visit", format!("there is no visit {visit}, or it left long ago"))
        })?;
        match state.left {
            Some(left) => Err(Refusal::new("visit_left", format!("visit {visit} left at {left}"))),
            None => Ok(state),
        }
    }

    pub(super) fn order_visit(
        &mut self,
        lane: &LaneId,
        plate: Option<&str>,
    ) -> Result<(), Refusal> {
        if let Some(plate) = plate {
            check_plate(plate)?;
        }
        let visit = self
            .open_visit(lane)
            .ok_or_else(|| Refusal::new("unknown_lane", format!("there is no lane {lane}")))?;
        match plate {
            Some(plate) => self.identify(visit, plate, None),
            None => Ok(()),
        }
    }

    pub(super) fn identify(
        &mut self,
        visit: VisitId,
        plate: &str,
        country: Option<&str>,
    ) -> Result<(), Refusal> {
        self.visit_here(visit)?;
        check_plate(plate)?;
        self.is_named(visit, plate, country);
        Ok(())
    }

    pub(super) fn assign(&mut self, reading: ReadingId, to: VisitId) -> Result<(), Refusal> {
        self.visit_here(to)?;
        let Some(from) = self.state.readings.get(&reading).copied() else {
            return self.assign_waiting(reading, to);
        };
        if from == to {
            let message = format!("reading {reading} belongs to visit {to} already");
            return Err(Refusal::new("same_visit", message));
        }
        let of_scan = self.seals_of_scan(from, reading);
        for reading in [reading].into_iter().chain(of_scan) {
            self.happened(Event::ReadingAssigned { reading, from, to });
        }
        self.ring_for_assigned(to, reading);
        for visit in [from, to] {
            self.compare_weight(visit);
            self.compare_mass(visit);
            self.judge_seals(visit);
        }
        Ok(())
    }
}

fn check_plate(plate: &str) -> Result<(), Refusal> {
    if normalised_plate(plate).is_empty() {
        return Err(Refusal::new("empty_plate", "a plate has at least one letter or digit"));
    }
    Ok(())
}

/// The number that people write: office, year, serial.
fn visit_number(rules: &Rules, now: jiff::Timestamp, visit: VisitId) -> String {
    let year = rules.zone().to_datetime(now).year();
    format!("{}-{year}-{:06}", rules.site.office_code, visit.0)
}
