//! Vehicles weighed axle by axle: whose axles they are, and whether their sum is a weight.
//!
//! The vehicle is known from its first axle: when the last has gone, its front may be at the next device already, and another vehicle at the
//! scale. A sum of which axles are missing is never compared with anything; it stands in the journal and on the page as what it is.

use super::Refusal;
use super::arrivals::Spot;
use super::draft::Draft;
use crate::event::{Event, WeighingBegun, WeighingEnd, WeighingRefusal};
use crate::ids::{DeviceId, VisitId};
use crate::input::observation::{AxleLoad, AxleSession, Weight, WeightRefusal};
use crate::input::order::WeighingOutcome;
use crate::state::device::OpenWeighing;
use crate::state::visit::Visit;
use crate::state::whole_microseconds;

/// The longest reason for ending a weighing, in characters.
const LONGEST_REASON: usize = 500;

/// What axles are that are no weight.
fn refusal_of(open: &OpenWeighing) -> WeightRefusal {
    match open.ended {
        Some(WeighingOutcome::Discarded) => WeightRefusal::Discarded,
        Some(WeighingOutcome::Counted) | None => WeightRefusal::Incomplete,
    }
}

impl Draft<'_> {
    /// The vehicle that is weighed axle by axle on this scale.
    pub(super) fn open_weighing(&self, spot: &Spot) -> Option<OpenWeighing> {
        self.state.device_state(&spot.device)?.axles
    }

    pub(super) fn axles_began(&mut self, spot: &Spot) {
        let open = self.open_weighing(spot);
        let rest = open.filter(|open| open.ended.is_none() && self.is_still_at(spot, open));
        if let (Some(open), None) = (open, rest) {
            self.refuse_weighing(spot, Some(open.visit), refusal_of(&open), None);
        }
        let known = rest.map(|open| open.visit).or_else(|| self.next_at(spot));
        let known = known.or_else(|| self.comes_again(spot));
        let Some(visit) = known.or_else(|| self.open_visit(&spot.lane)) else { return };
        let begun = WeighingBegun {
            lane: spot.lane.clone(),
            device: spot.device.clone(),
            visit,
            resumed: rest.is_some(),
        };
        self.notice(spot, visit, Event::WeighingBegan(begun));
    }

    /// A weighing that began and of whose end nothing was heard was broken off with the agent. What comes now is the rest of the same vehicle,
    /// unless it has gone on, or so much time has passed that another stands there.
    fn is_still_at(&self, spot: &Spot, open: &OpenWeighing) -> bool {
        let gap = self.rules.limits.vehicle_gap.value;
        let in_lane = self.queue(&spot.lane).iter().find(|one| one.visit == open.visit);
        in_lane.is_some_and(|one| one.passed <= spot.order)
            && self.now.duration_since(open.began) < gap
    }

    /// The vehicle that was the last on this scale, was not weighed whole, and has gone no further: with nobody behind it, it tries again.
    fn comes_again(&self, spot: &Spot) -> Option<VisitId> {
        let last = self.queue(&spot.lane).iter().rfind(|one| one.passed == spot.order)?.visit;
        let visit = self.state.visit_state(last)?;
        let refused = visit.refused_weighings.last()?;
        let weighed = visit.last_weighing().map_or(0, |(_, weighed)| weighed.seq);
        let again = refused.device == spot.device
            && matches!(refused.refusal, WeightRefusal::Incomplete | WeightRefusal::Discarded)
            && refused.seq > weighed;
        again.then_some(last)
    }

    pub(super) fn axles_weighed(&mut self, spot: &Spot, session: &AxleSession) {
        let open = self.open_weighing(spot);
        let visit = open.map(|open| open.visit).or_else(|| self.next_or_new(spot));
        let Some(visit) = visit else { return };
        let counted = self.axles_counted(visit);
        let are_all = counted.is_none_or(|all| u32::try_from(session.axles.len()) == Ok(all));
        let axle = |axle: &AxleLoad| AxleLoad { at: whole_microseconds(axle.at), ..axle.clone() };
        let session = Box::new(AxleSession {
            began: whole_microseconds(session.began),
            ended: whole_microseconds(session.ended),
            axles: session.axles.iter().map(axle).collect(),
            whole: session.whole && are_all && !open.is_some_and(|open| open.resumed),
            ..session.clone()
        });
        let refusal = open.as_ref().map_or(WeightRefusal::Incomplete, refusal_of);
        if !session.whole || refusal == WeightRefusal::Discarded {
            self.refuse_weighing(spot, Some(visit), refusal, Some(session));
            return;
        }
        let by_device = session.axles.iter().all(|axle| axle.stable_by == "device");
        let weight = Weight {
            gross: session.sum(),
            stable_by: if by_device { "device" } else { "agent" }.to_owned(),
            raw: Vec::new(),
            dialect: Some(session.dialect.clone()),
            at: Some(session.ended),
            axles: Some(session),
        };
        self.happened(Event::VehicleWeighed {
            reading: self.next_reading(),
            lane: spot.lane.clone(),
            device: spot.device.clone(),
            visit,
            weight,
        });
        // It may have left the checkpoint before its axles were added up: then it is a fact of its visit, and rings for nobody.
        if self.state.visit_state(visit).is_some_and(Visit::is_here) {
            self.compare_weight(visit);
            self.compare_mass(visit);
            self.judge_seals(visit);
        }
    }

    /// An officer ends the weighing on this scale. The axles follow from the scale, which is told when this is durable.
    pub(super) fn end_weighing(
        &mut self,
        device: &DeviceId,
        outcome: WeighingOutcome,
        reason: &str,
    ) -> Result<(), Refusal> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Refusal::new("no_reason", "say why the weighing is ended"));
        }
        if reason.chars().count() > LONGEST_REASON {
            let message = format!("a reason has at most {LONGEST_REASON} characters");
            return Err(Refusal::new("too_large", message));
        }
        let spot = self.spot(device);
        let open = spot.as_ref().and_then(|spot| self.open_weighing(spot));
        let (Some(Spot { lane, device, .. }), Some(OpenWeighing { visit, ended: None, .. })) =
            (spot, open)
        else {
            let message = format!("no vehicle is being weighed axle by axle on {device}");
            return Err(Refusal::new("no_weighing", message));
        };
        let reason = reason.to_owned();
        self.happened(Event::WeighingEnded(WeighingEnd { lane, device, visit, outcome, reason }));
        Ok(())
    }

    /// An officer ended a weighing of which the scale, or the agent after a new start, knows nothing: there are no axles to add up.
    pub(super) fn no_axles(&mut self, spot: &Spot) {
        if let Some(open) = self.open_weighing(spot).filter(|open| open.ended.is_some()) {
            self.refuse_weighing(spot, Some(open.visit), refusal_of(&open), None);
        }
    }

    pub(super) fn refuse_weighing(
        &mut self,
        spot: &Spot,
        visit: Option<VisitId>,
        refusal: WeightRefusal,
        axles: Option<Box<AxleSession>>,
    ) {
        let (lane, device) = (spot.lane.clone(), spot.device.clone());
        self.happened(Event::WeighingRefused(WeighingRefusal {
            lane,
            device,
            visit,
            refusal,
            axles,
        }));
    }
}
