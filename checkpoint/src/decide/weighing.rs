//! Weight: what the scale says less the empty vehicle, against what the papers declare.
//!
//! The Code has no tolerance (Code of the Republic of Kazakhstan on customs affairs (2010), art. 197 and 251.1: the yardstick is the declared gross weight of the goods);
//! the site's limit is, with its author and approval. A difference is a fact for the document check and never a refusal by itself.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use units::Kilograms;

use super::Refusal;
use super::alarms::Reason;
use super::arrivals::Spot;
use super::draft::Draft;
use crate::event::{AlarmCause, Event, MassComparison, WeightComparison};
use crate::ids::VisitId;
use crate::input::observation::{Weight, WeightRefusal};
use crate::input::order::Answer;
use crate::site::{Direction, Mode, WeightTolerance};
use crate::state::alarm::AlarmObject;
use crate::state::visit::Visit;
use crate::state::whole_microseconds;

/// What is true of goods of the customs union (256.3).
const UNION_GOODS: &str = "union_goods";
/// The act that tells how many axles a vehicle has, and its fields.
pub(super) const AXLES_COUNTED: &str = "axles_counted";
const AXLE_COUNT: &str = "axle_count";
const HEAVIEST_AXLE_KG: &str = "heaviest_axle_kg";

impl WeightTolerance {
    /// How far the difference may be for this declared weight.
    pub fn allowed(&self, declared: Kilograms) -> Kilograms {
        declared.percent(self.percent).max(self.at_least) + self.instrument_error
    }
}

impl Draft<'_> {
    pub(super) fn weight_settled(&mut self, spot: &Spot, weight: &Weight) {
        let loaded_by = self.loaded_by(spot);
        // Until the scale was empty, it is the same vehicle that moves on it. A scale that was not heard meanwhile may have missed that it was
        // empty: then it is the vehicle that came up to it, if one did.
        let unsure = self.state.device_state(&spot.device).is_some_and(|one| one.loaded_unsure);
        let stands = loaded_by.and_then(|visit| match unsure {
            true => self.standing_at(spot),
            false => Some(visit),
        });
        let Some(visit) = stands.or_else(|| self.next_or_new(spot)) else { return };
        let last = self.state.visit_state(visit).and_then(|visit| visit.last_weighing());
        let repeated = loaded_by == Some(visit)
            && last.is_some_and(|(_, last)| {
                last.device == spot.device && last.weight.gross == weight.gross
            });
        if repeated {
            return;
        }
        let weighed = Event::VehicleWeighed {
            reading: self.next_reading(),
            lane: spot.lane.clone(),
            device: spot.device.clone(),
            visit,
            weight: Weight { at: weight.at.map(whole_microseconds), ..weight.clone() },
        };
        self.notice(spot, visit, weighed);
        self.compare_weight(visit);
        self.compare_mass(visit);
        self.judge_seals(visit);
    }

    pub(super) fn weight_refused(&mut self, spot: &Spot, refusal: WeightRefusal) {
        let axle_by_axle = self.open_weighing(spot).map(|open| open.visit);
        let visit = axle_by_axle.or_else(|| self.loaded_by(spot)).or_else(|| self.next_at(spot));
        self.refuse_weighing(spot, visit, refusal, None);
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

    /// The article by which goods that leave may differ: by no more than the measurement errs (256.2, where technical rules let it err so: the
    /// site's approved error of the instrument is taken for that), or because goods of the union are fewer, whatever the reason (256.3).
    fn no_matter(&self, id: VisitId, difference: Kilograms) -> Option<&'static str> {
        let visit = self.state.visit_state(id)?;
        let mut goods = visit.consignments.iter().filter(|(_, goods)| !goods.is_replaced());
        if difference.abs() <= self.rules.limits.weight.value.instrument_error {
            return (difference != Kilograms::ZERO).then_some("256.2");
        }
        let of_the_union =
            goods.all(|(number, _)| self.consignment_flag(id, Some(*number), UNION_GOODS));
        (difference < Kilograms::ZERO && of_the_union).then_some("256.3")
    }

    /// Compares with what transport control lets the vehicle weigh, where the site has set that (8(18), 192.9): a fact, and no alarm.
    pub(super) fn compare_mass(&mut self, id: VisitId) {
        let limits = self.rules.limits.clone();
        let (Some(limit), Some(visit)) = (&limits.vehicle_mass, self.state.visit_state(id)) else {
            return;
        };
        let Some((reading, weighed)) = visit.last_weighing().filter(|_| visit.mode == Mode::Road)
        else {
            return;
        };
        let axles = self.axles_counted(id);
        let heaviest_axle = self.counted(id, HEAVIEST_AXLE_KG).map(Kilograms);
        let gross_limit = limit.value.gross_of(axles).map(|row| row.limit);
        let axle_limit = limit.value.axle.filter(|_| heaviest_axle.is_some());
        if gross_limit.or(axle_limit).is_none() && visit.mass.is_none() {
            return;
        }
        let measured_gross = weighed.weight.gross;
        let over_by = |mass: Kilograms, limit: Option<Kilograms>| {
            limit.map_or(Kilograms::ZERO, |limit| mass - limit)
        };
        let over = over_by(measured_gross, gross_limit)
            .max(over_by(heaviest_axle.unwrap_or(Kilograms::ZERO), axle_limit))
            .max(Kilograms::ZERO);
        let instrument_error = limits.weight.value.instrument_error;
        let comparison = MassComparison {
            reading,
            measured_gross,
            axles,
            gross_limit,
            heaviest_axle,
            axle_limit,
            instrument_error,
            over,
            beyond: over > instrument_error,
            source: limit.value.source.clone(),
            limits: limits.version.clone(),
        };
        if visit.mass.as_deref() != Some(&comparison) {
            let comparison = Box::new(comparison);
            self.happened(Event::VehicleMassCompared { visit: id, comparison });
        }
    }

    /// How many axles the vehicle has, as an officer counted them.
    pub(super) fn axles_counted(&self, id: VisitId) -> Option<u32> {
        self.counted(id, AXLE_COUNT).and_then(|count| count.to_u32())
    }

    /// What the last act that counts the axles answers.
    fn counted(&self, id: VisitId, field: &str) -> Option<Decimal> {
        let standing = self.state.acts_of(id).filter(|(_, act)| act.stands());
        let (_, act) = standing.filter(|(_, act)| act.facts.kind == AXLES_COUNTED).last()?;
        match act.facts.answers.get(field)? {
            Answer::Number(number) => Some(*number),
            Answer::Text(_) | Answer::Flag(_) | Answer::Papers(_) | Answer::Nil => None,
        }
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
        let tolerance = &self.rules.limits.weight.value;
        let allowed = tolerance.allowed(declared);
        let difference = weighed.weight.gross - tare - declared;
        let no_matter = match visit.direction {
            Direction::Inbound => None,
            Direction::Outbound => self.no_matter(id, difference),
        };
        let comparison = WeightComparison {
            reading,
            measured_gross: weighed.weight.gross,
            tare,
            declared,
            difference,
            allowed,
            limits: self.rules.limits.version.clone(),
            beyond: no_matter.is_none() && difference.abs() > allowed,
            instrument_error: Some(tolerance.instrument_error),
            no_matter: no_matter.map(str::to_owned),
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
