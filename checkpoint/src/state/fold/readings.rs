//! What events mean for vehicles in lanes and for what was read on them.

use std::sync::Arc;

use jiff::Timestamp;
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::Place;
use crate::Checkpoint;
use crate::event::{RadiationVerdict, WeighingBegun, WeighingEnd, WeighingRefusal};
use crate::identifiers::normalised_seal;
use crate::ids::{DeviceId, LaneId, PassageId, ReadingId, VisitId};
use crate::input::observation::{PlateReading, Screening, SealReading, Weight, WeightRefusal};
use crate::site::{Direction, Family, Mode};
use crate::state::LANE_HOLDS;
use crate::state::device::{OpenPassage, OpenWeighing};
use crate::state::lane::InLane;
use crate::state::visit::{
    Plate, PlateRead, RefusedWeighing, Screened, SealRead, Visit, Weighed, keep_latest,
    keep_latest_scans,
};

/// Weighings without a number that are kept of one visit.
const KEPT_REFUSALS: usize = 8;

impl Visit {
    pub(super) fn opened(
        number: &str,
        lane: &LaneId,
        mode: Mode,
        direction: Direction,
        at: Timestamp,
    ) -> Visit {
        Visit {
            number: number.to_owned(),
            lane: lane.clone(),
            mode,
            direction,
            opened_at: at,
            plate: None,
            screenings: RedBlackTreeMapSync::new_sync(),
            weighings: RedBlackTreeMapSync::new_sync(),
            refused_weighings: Vec::new(),
            seals_read: RedBlackTreeMapSync::new_sync(),
            plates_read: RedBlackTreeMapSync::new_sync(),
            scans: RedBlackTreeMapSync::new_sync(),
            seals_expected: None,
            seals_inspected: RedBlackTreeMapSync::new_sync(),
            seals_judged: RedBlackTreeMapSync::new_sync(),
            seal_acts: RedBlackTreeMapSync::new_sync(),
            screened_by_hand: None,
            tare: None,
            comparison: None,
            mass: None,
            notice: None,
            priors: RedBlackTreeSetSync::new_sync(),
            consignments: RedBlackTreeMapSync::new_sync(),
            clocks: RedBlackTreeSetSync::new_sync(),
            open_clocks: RedBlackTreeSetSync::new_sync(),
            alarms: RedBlackTreeSetSync::new_sync(),
            acts: RedBlackTreeSetSync::new_sync(),
            controls: RedBlackTreeMapSync::new_sync(),
            flags: RedBlackTreeSetSync::new_sync(),
            lifted: RedBlackTreeSetSync::new_sync(),
            exit_permitted: None,
            left: None,
        }
    }
}

impl Checkpoint {
    /// A vehicle was noticed in a lane, at the device of this place or before it.
    pub(super) fn enter_lane(&mut self, lane: &LaneId, visit: VisitId, order: u32, at: Timestamp) {
        if !self.visits.get(&visit).is_some_and(Visit::is_here) || !self.lanes.contains_key(lane) {
            return;
        }
        let before = self.visits.get(&visit).map(|visit| &visit.lane);
        let before = before.filter(|before| *before != lane).cloned();
        let moved = before.is_some();
        if let Some(before) = before {
            self.leave_lane(&before, visit);
        }
        self.change_queue(lane, |state| {
            state.last_seen = Some(at);
            match state.queue.iter_mut().find(|vehicle| vehicle.visit == visit) {
                Some(vehicle) => {
                    vehicle.passed = vehicle.passed.max(order);
                    vehicle.seen = at;
                }
                None => state.queue.push(InLane { visit, passed: order, seen: at, portal: None }),
            }
            if state.queue.len() > LANE_HOLDS {
                state.queue.remove(0);
            }
        });
        if moved {
            self.change_visit(visit, |state| state.lane = lane.clone());
        }
    }

    pub(super) fn leave_lane(&mut self, lane: &LaneId, visit: VisitId) {
        let plate = self.visits.get(&visit).and_then(|visit| visit.plate.clone());
        self.change_queue(lane, |state| {
            let Some(place) = state.queue.iter().position(|vehicle| vehicle.visit == visit) else {
                return;
            };
            let gone = state.queue.remove(place);
            state.last_gone = Some((visit, gone.seen));
            state.last_plate = plate.map(|plate| plate.normalised);
        });
    }

    fn noticed(&mut self, place: Place<'_>, lane: &LaneId, device: &DeviceId, visit: VisitId) {
        let order = self.devices.get(device).map_or(0, |state| state.order);
        self.enter_lane(lane, visit, order, place.at);
    }

    fn in_portal(&mut self, lane: &LaneId, visit: VisitId, portal: Option<&DeviceId>) {
        self.change_queue(lane, |state| {
            for vehicle in state.queue.iter_mut().filter(|vehicle| vehicle.visit == visit) {
                vehicle.portal = portal.cloned();
            }
        });
    }

    pub(super) fn passage_began(
        &mut self,
        place: Place<'_>,
        passage: PassageId,
        lane: &LaneId,
        device: &DeviceId,
        visit: VisitId,
    ) {
        self.last.passage = self.last.passage.max(passage.0);
        self.noticed(place, lane, device, visit);
        let before = self.devices.get(device).and_then(|state| state.passage);
        if let Some(before) = before {
            self.in_portal(lane, before.visit, None);
        }
        self.change_device(device, |state| {
            state.passage = Some(OpenPassage { passage, visit, began: place.at });
        });
        self.in_portal(lane, visit, Some(device));
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one event, used once")]
    pub(super) fn screened(
        &mut self,
        place: Place<'_>,
        reading: ReadingId,
        lane: &LaneId,
        device: &DeviceId,
        visit: VisitId,
        verdict: RadiationVerdict,
        screening: &Screening,
    ) {
        self.read(reading, visit);
        self.noticed(place, lane, device, visit);
        self.change_device(device, |state| state.passage = None);
        self.in_portal(lane, visit, None);
        let screened = Screened {
            seq: place.seq,
            lane: lane.clone(),
            device: device.clone(),
            verdict,
            screening: Arc::new(screening.clone()),
        };
        let mut gone = Vec::new();
        self.change_visit(visit, |visit| {
            visit.screenings.insert_mut(reading, screened);
            gone = keep_latest(&mut visit.screenings);
        });
        self.forget(&gone);
        self.link_radiation_alarms(visit, reading);
    }

    pub(super) fn plate_read(
        &mut self,
        place: Place<'_>,
        reading: ReadingId,
        (lane, device): (&LaneId, &DeviceId),
        visit: VisitId,
        normalised: &str,
        plate: &PlateReading,
    ) {
        self.read(reading, visit);
        // What a camera sends late says nothing about where the vehicle is now.
        if !plate.late {
            self.noticed(place, lane, device, visit);
        }
        let read = PlateRead {
            seq: place.seq,
            at: place.at,
            device: device.clone(),
            normalised: normalised.to_owned(),
            plate: plate.clone(),
        };
        let mut gone = Vec::new();
        self.change_visit(visit, |visit| {
            visit.plates_read.insert_mut(reading, read);
            gone = keep_latest(&mut visit.plates_read);
        });
        self.forget(&gone);
    }

    pub(super) fn identified(
        &mut self,
        id: VisitId,
        plate: &str,
        original: &str,
        country: Option<&str>,
    ) {
        let Some(visit) = self.visits.get(&id) else { return };
        let is_here = visit.is_here();
        if let Some(before) = visit.plate.as_ref().map(|plate| plate.normalised.clone()) {
            self.plates.remove_mut(&(before, id));
        }
        if is_here {
            self.plates.insert_mut((plate.to_owned(), id));
        }
        self.change_visit(id, |visit| {
            visit.plate = Some(Plate {
                normalised: plate.to_owned(),
                original: original.to_owned(),
                country: country.map(str::to_owned),
            });
        });
    }

    pub(super) fn weighed(
        &mut self,
        place: Place<'_>,
        reading: ReadingId,
        (lane, device): (&LaneId, &DeviceId),
        visit: VisitId,
        weight: &Weight,
    ) {
        self.read(reading, visit);
        // The sum comes when the axles have gone, and so may the vehicle: it was noticed when they came.
        let open = self.devices.get(device).and_then(|state| state.axles);
        if weight.axles.is_none() || open.is_none_or(|open| open.visit != visit) {
            self.noticed(place, lane, device, visit);
        }
        self.change_device(device, |state| match weight.axles {
            // The last axle is off the scale, and so is the vehicle.
            Some(_) => state.axles = None,
            None => {
                state.loaded_by = Some(visit);
                state.loaded_unsure = false;
            }
        });
        self.change_lane(lane, |state| state.last_weight = Some((weight.gross, place.at)));
        let weighed = Weighed {
            seq: place.seq,
            at: place.at,
            device: device.clone(),
            weight: weight.clone(),
        };
        let mut gone = Vec::new();
        self.change_visit(visit, |visit| {
            visit.weighings.insert_mut(reading, weighed);
            gone = keep_latest(&mut visit.weighings);
        });
        self.forget(&gone);
    }

    pub(super) fn weighing_began(&mut self, place: Place<'_>, begun: &WeighingBegun) {
        let WeighingBegun { lane, device, visit, resumed } = begun;
        self.noticed(place, lane, device, *visit);
        let open = OpenWeighing { visit: *visit, began: place.at, resumed: *resumed, ended: None };
        self.change_device(device, |state| state.axles = Some(open));
    }

    pub(super) fn weighing_ended(&mut self, end: &WeighingEnd) {
        self.change_device(&end.device, |state| {
            if let Some(open) = &mut state.axles {
                open.ended = Some(end.outcome);
            }
        });
    }

    pub(super) fn weighing_refused(&mut self, place: Place<'_>, refused: &WeighingRefusal) {
        let WeighingRefusal { lane: _, device, visit, refusal, axles } = refused;
        match refusal {
            WeightRefusal::Incomplete | WeightRefusal::Discarded => {
                self.change_device(device, |state| state.axles = None);
            }
            WeightRefusal::Overload
            | WeightRefusal::Underload
            | WeightRefusal::NotZeroed
            | WeightRefusal::ZeroError
            | WeightRefusal::HighResolution
            | WeightRefusal::Held
            | WeightRefusal::OffStep => {}
        }
        let Some(visit) = *visit else { return };
        let refused = RefusedWeighing {
            seq: place.seq,
            at: place.at,
            device: device.clone(),
            refusal: *refusal,
            axles: axles.as_deref().cloned().map(Arc::new),
        };
        self.change_visit(visit, |visit| {
            visit.refused_weighings.push(refused);
            if visit.refused_weighings.len() > KEPT_REFUSALS {
                visit.refused_weighings.remove(0);
            }
        });
    }

    pub(super) fn seal_read(
        &mut self,
        place: Place<'_>,
        reading: ReadingId,
        (lane, device): (&LaneId, &DeviceId),
        id: VisitId,
        seal: &SealReading,
    ) {
        self.read(reading, id);
        // Who carries a scanner about says nothing of where the vehicle is.
        let by_hand = self.devices.get(device).is_some_and(|one| one.family == Family::Scanner);
        if !by_hand && !seal.late {
            self.noticed(place, lane, device, id);
        }
        let normalised = normalised_seal(&seal.number);
        if self.visits.get(&id).is_some_and(Visit::is_here) {
            self.seals_read.insert_mut((normalised.clone(), id));
        }
        let read = SealRead {
            seq: place.seq,
            at: place.at,
            device: device.clone(),
            normalised,
            seal: seal.clone(),
        };
        let mut gone = Vec::new();
        let mut numbers_gone = Vec::new();
        self.change_visit(id, |visit| {
            let before = visit.seals_read.clone();
            visit.seals_read.insert_mut(reading, read);
            gone = keep_latest(&mut visit.seals_read);
            let numbers = gone.iter().filter_map(|old| Some(before.get(old)?.normalised.clone()));
            let stays =
                |number: &String| visit.seals_read.values().any(|read| read.normalised == *number);
            numbers_gone = numbers.filter(|number| !stays(number)).collect();
        });
        self.forget(&gone);
        for number in numbers_gone {
            self.seals_read.remove_mut(&(number, id));
        }
    }

    pub(super) fn expect_seals(&mut self, id: VisitId, seals: &[String]) {
        let Some(visit) = self.visits.get(&id) else { return };
        let (is_here, before) = (visit.is_here(), visit.seals_expected.clone());
        for seal in before.into_iter().flatten() {
            self.seals_expected.remove_mut(&(seal, id));
        }
        if is_here {
            for seal in seals {
                self.seals_expected.insert_mut((seal.clone(), id));
            }
        }
        self.change_visit(id, |visit| visit.seals_expected = Some(seals.to_vec()));
    }

    /// A reading, and the alarm that came from it, belong to another vehicle. Where either vehicle stands in its lane is left alone.
    pub(super) fn assign(&mut self, reading: ReadingId, from: VisitId, to: VisitId) {
        if !self.visits.contains_key(&to) {
            return;
        }
        let Some(mut source) = self.visits.get(&from).cloned() else { return };
        let screened = take(&mut source.screenings, reading);
        let weighed = take(&mut source.weighings, reading);
        let plate = take(&mut source.plates_read, reading);
        let seal = take(&mut source.seals_read, reading);
        let scan = take(&mut source.scans, reading);
        if let Some(seal) = &seal {
            let elsewhere =
                source.seals_read.values().any(|other| other.normalised == seal.normalised);
            if !elsewhere {
                self.seals_read.remove_mut(&(seal.normalised.clone(), from));
                source.seals_judged.remove_mut(&seal.normalised);
            }
            if self.visits.get(&to).is_some_and(Visit::is_here) {
                self.seals_read.insert_mut((seal.normalised.clone(), to));
            }
        }
        if weighed.is_some()
            && source.comparison.as_ref().is_some_and(|comparison| comparison.reading == reading)
        {
            source.comparison = None;
        }
        self.visits.insert_mut(from, source);
        let mut gone = Vec::new();
        self.change_visit(to, |visit| {
            put(&mut visit.screenings, reading, screened, &mut gone);
            put(&mut visit.weighings, reading, weighed, &mut gone);
            put(&mut visit.plates_read, reading, plate, &mut gone);
            put(&mut visit.seals_read, reading, seal, &mut gone);
            if let Some(scan) = scan {
                visit.scans.insert_mut(reading, scan);
                gone.extend(keep_latest_scans(&mut visit.scans));
            }
        });
        self.forget(&gone);
        if self.readings.contains_key(&reading) {
            self.readings.insert_mut(reading, to);
        }
        self.move_alarms(reading, from, to);
    }

    pub(super) fn read(&mut self, reading: ReadingId, visit: VisitId) {
        self.last.reading = self.last.reading.max(reading.0);
        if self.visits.contains_key(&visit) {
            self.readings.insert_mut(reading, visit);
        }
    }

    pub(super) fn forget(&mut self, readings: &[ReadingId]) {
        for reading in readings {
            self.readings.remove_mut(reading);
        }
    }
}

fn take<T: Clone>(map: &mut RedBlackTreeMapSync<ReadingId, T>, reading: ReadingId) -> Option<T> {
    let taken = map.get(&reading).cloned();
    map.remove_mut(&reading);
    taken
}

fn put<T>(
    map: &mut RedBlackTreeMapSync<ReadingId, T>,
    reading: ReadingId,
    value: Option<T>,
    gone: &mut Vec<ReadingId>,
) {
    if let Some(value) = value {
        map.insert_mut(reading, value);
        gone.extend(keep_latest(map));
    }
}
