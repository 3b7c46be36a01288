//! Weight: what the scale says less the empty vehicle, against what the papers declare.
//!
//! The Code has no tolerance (Code of the Republic of Kazakhstan on customs affairs (2010), art. 197 and 251.1: the yardstick is the declared gross weight of the goods);
//! the site's limit is, with its author and approval. A difference is a fact for the document check and never a refusal by itself.

use units::Kilograms;

use super::Refusal;
use super::alarms::Reason;
use super::arrivals::Spot;
use super::draft::Draft;
use crate::event::{AlarmCause, Event, WeightComparison};
use crate::ids::VisitId;
use crate::input::observation::{Weight, WeightRefusal};
use crate::site::WeightTolerance;
use crate::state::alarm::AlarmObject;
use crate::state::visit::Visit;

impl WeightTolerance {
    /// How far the difference may be for this declared weight.
    pub fn allowed(&self, declared: Kilograms) -> Kilograms {
        declared.percent(self.percent).max(self.at_least) + self.instrument_error
    }
}

impl Draft<'_> {
    pub(super) fn weight_settled(&mut self, spot: &Spot, weight: &Weight) {
        let loaded_by = self.loaded_by(spot);
        // Until the scale was empty, it is the same vehicle that moves on it.
        let Some(visit) = loaded_by.or_else(|| self.next_or_new(spot)) else { return };
        let last = self.state.visit_state(visit).and_then(|visit| visit.last_weighing());
        let repeated = loaded_by.is_some()
            && last.is_some_and(|(_, last)| {
                last.device == spot.device && last.weight.gross == weight.gross
            });
        if repeated {
            return;
        }
        self.make_room(spot, visit);
        self.happened(Event::VehicleWeighed {
            reading: self.next_reading(),
            lane: spot.lane.clone(),
            device: spot.device.clone(),
            visit,
            weight: weight.clone(),
        });
        self.compare_weight(visit);
        self.judge_seals(visit);
    }

    pub(super) fn weight_refused(&mut self, spot: &Spot, refusal: WeightRefusal) {
        let visit = self.loaded_by(spot).or_else(|| self.next_at(spot));
        let (lane, device) = (spot.lane.clone(), spot.device.clone());
        self.happened(Event::WeighingRefused { lane, device, visit, refusal });
    }

    /// The vehicle on the scale; one that left the checkpoint is not on it, whether or not the scale told that it was empty.
    fn loaded_by(&self, spot: &Spot) -> Option<VisitId> {
        let visit = self.state.device_state(&spot.device)?.loaded_by?;
        self.state.visit_state(visit).is_some_and(Visit::is_here).then_some(visit)
    }

    pub(super) fn record_tare(
        &mut self,
        visit: VisitId,
        tare: Kilograms,
        source: &str,
    ) -> Result<(), Refusal> {
        self.visit_here(visit)?;
        if tare <= Kilograms::ZERO {
            return Err(Refusal::new("no_mass", format!("{tare} is no mass of an empty vehicle")));
        }
        self.happened(Event::TareRecorded { visit, tare, source: source.to_owned() });
        self.compare_weight(visit);
        Ok(())
    }

    /// Whether an alarm about the weight waits for its decision though its numbers went away meanwhile.
    fn is_over(&self, id: VisitId) -> bool {
        let object = AlarmObject::of_visit(AlarmCause::Weight, id);
        let open = self.state.open_alarm(&object).and_then(|alarm| self.state.alarm_state(alarm));
        open.is_some_and(|alarm| !alarm.is_active())
    }

    /// Compares as soon as all three numbers are known, and again when one changes.
    pub(super) fn compare_weight(&mut self, id: VisitId) {
        let Some(visit) = self.state.visit_state(id) else { return };
        let tare = visit.tare.as_ref().map(|(tare, _)| *tare);
        let (Some((reading, weighed)), Some(tare), Some(declared)) =
            (visit.last_weighing(), tare, visit.declared_gross())
        else {
            self.end_of_visit(AlarmCause::Weight, id);
            return;
        };
        let allowed = self.rules.limits.weight.value.allowed(declared);
        let difference = weighed.weight.gross - tare - declared;
        let comparison = WeightComparison {
            reading,
            measured_gross: weighed.weight.gross,
            tare,
            declared,
            difference,
            allowed,
            limits: self.rules.limits.version.clone(),
            beyond: difference.abs() > allowed,
        };
        let known = visit.comparison.as_deref() == Some(&comparison);
        if known && !(comparison.beyond && self.is_over(id)) {
            return;
        }
        let (device, at) = (weighed.device.clone(), weighed.at);
        let lane = self.spot(&device).map_or_else(|| visit.lane.clone(), |spot| spot.lane);
        self.happened(Event::WeightCompared { visit: id, comparison: comparison.clone() });
        if comparison.beyond {
            let kg = |mass: Kilograms| mass.0.normalize();
            self.raise(
                Reason::new(AlarmCause::Weight, at)
                    .lane(&lane)
                    .device(&device)
                    .visit(id)
                    .number("measured_kg", kg(comparison.measured_gross))
                    .number("tare_kg", kg(tare))
                    .number("declared_kg", kg(declared))
                    .number("difference_kg", kg(difference))
                    .number("allowed_kg", kg(allowed))
                    .number("limits", &comparison.limits)
                    .number("reading", reading),
            );
        } else {
            self.end_of_visit(AlarmCause::Weight, id);
        }
    }
}
