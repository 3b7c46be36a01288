//! Radiation: comparison with the natural background (Code of the Republic of Kazakhstan on customs affairs (2010), art. 192.4).
//!
//! The portal's own flags are authoritative; the agent's evaluation stands beside them, and what it alone finds is an alarm as well,
//! marked as its own. The Code has no threshold: the number in force comes with every alarm. Without a valid background nothing can be compared.

use jiff::Timestamp;

use super::alarms::Reason;
use super::arrivals::Spot;
use super::draft::Draft;
use crate::event::{AlarmCause, Event, RadiationVerdict};
use crate::ids::{AlarmId, PassageId, ReadingId, VisitId};
use crate::input::observation::{Agreement, Radiation, RadiationSeen, Screening};
use crate::state::{agreement_name, whole_microseconds};

/// Ends of an occupancy that nobody saw: what was measured is not the whole vehicle.
const CUT_SHORT: [&str; 2] = ["link_lost", "timeout"];

impl Draft<'_> {
    /// A vehicle entered the portal. A pass that is still open was never seen to end.
    pub(super) fn begin_passage(&mut self, spot: &Spot) -> Option<(PassageId, VisitId)> {
        self.end_unended(spot);
        let visit = self.next_or_new(spot)?;
        let passage = self.next_passage();
        let began = Event::PassageBegan {
            passage,
            lane: spot.lane.clone(),
            device: spot.device.clone(),
            visit,
        };
        self.notice(spot, visit, began);
        Some((passage, visit))
    }

    /// Alarms of a pass whose end was not heard are over with it: one that stayed active would swallow those of the next pass.
    fn end_unended(&mut self, spot: &Spot) {
        let open = self.state.device_state(&spot.device).and_then(|state| state.passage);
        let Some(open) = open else { return };
        for radiation in [Radiation::Gamma, Radiation::Neutron] {
            if let Some(alarm) = self.active_radiation_alarm(open.visit, radiation) {
                self.happened(Event::AlarmEnded { alarm });
            }
        }
    }

    /// The vehicle in the portal; if its entry was not heard, it entered now.
    fn in_portal(&mut self, spot: &Spot) -> Option<(PassageId, VisitId)> {
        let open = self.state.device_state(&spot.device).and_then(|state| state.passage);
        match open {
            Some(open) => Some((open.passage, open.visit)),
            None => self.begin_passage(spot),
        }
    }

    pub(super) fn radiation_seen(&mut self, spot: &Spot, since: Timestamp, seen: &RadiationSeen) {
        let Some((passage, visit)) = self.in_portal(spot) else { return };
        if let Some(alarm) = self.active_radiation_alarm(visit, seen.radiation) {
            let known = self.state.alarm_state(alarm).and_then(|alarm| alarm.agreement);
            if known != Some(seen.agreement) {
                self.happened(Event::AlarmAssessed { alarm, agreement: seen.agreement, z: seen.z });
            }
            return;
        }
        let mut reason = Reason::new(AlarmCause::Radiation { radiation: seen.radiation }, since)
            .lane(&spot.lane)
            .device(&spot.device)
            .visit(visit)
            .number("agreement", agreement_name(seen.agreement))
            .number("threshold", seen.threshold.normalize())
            .number("passage", passage);
        if let Some(sum) = seen.sum {
            reason = reason.number("sum", sum.0);
        }
        if let Some(z) = seen.z {
            reason = reason.number("z", z);
        }
        if let Some(background) = seen.background {
            reason = reason.number("background", background.0);
        }
        self.raise(reason);
    }

    pub(super) fn occupancy_ended(&mut self, spot: &Spot, screening: &Screening) {
        let Some((passage, visit)) = self.in_portal(spot) else { return };
        let screening = &Screening {
            began: whole_microseconds(screening.began),
            ended: whole_microseconds(screening.ended),
            ..screening.clone()
        };
        self.change_lane(spot, visit);
        let reading = self.next_reading();
        self.happened(Event::VehicleScreened {
            reading,
            passage,
            lane: spot.lane.clone(),
            device: spot.device.clone(),
            visit,
            verdict: verdict(screening),
            screening: Box::new(screening.clone()),
        });
        for (radiation, agreement) in findings(screening) {
            self.assess(spot, (visit, reading), radiation, agreement, screening);
        }
        self.judge_seals(visit);
    }

    /// At the end of the pass it is known who found what; the condition is over, the alarm is not.
    fn assess(
        &mut self,
        spot: &Spot,
        (visit, reading): (VisitId, ReadingId),
        radiation: Radiation,
        agreement: Agreement,
        screening: &Screening,
    ) {
        if self.active_radiation_alarm(visit, radiation).is_none()
            && agreement != Agreement::Neither
        {
            let mut reason = Reason::new(AlarmCause::Radiation { radiation }, screening.began)
                .lane(&spot.lane)
                .device(&spot.device)
                .visit(visit)
                .number("agreement", agreement_name(agreement))
                .number("threshold", screening.n_sigma.normalize())
                .number("reading", reading);
            if let Some(sum) = screening.max_sum {
                reason = reason.number("sum", sum.0);
            }
            if let Some(z) = z_of(radiation, screening) {
                reason = reason.number("z", z);
            }
            self.raise(reason);
        }
        // A portal that found nothing says nothing about what another found on the same vehicle, while it is still in that one.
        let elsewhere = agreement == Agreement::Neither && self.is_in_another_portal(spot, visit);
        let active = self.active_radiation_alarm(visit, radiation);
        if let Some(alarm) = active.filter(|_| !elsewhere) {
            let z = z_of(radiation, screening);
            self.happened(Event::AlarmAssessed { alarm, agreement, z });
            self.happened(Event::AlarmEnded { alarm });
        }
    }

    fn is_in_another_portal(&self, spot: &Spot, visit: VisitId) -> bool {
        self.state.devices.iter().any(|(device, state)| {
            *device != spot.device && state.passage.is_some_and(|open| open.visit == visit)
        })
    }

    /// A screening that found something rings for the vehicle to which an officer assigned it, unless its alarm came along.
    pub(super) fn ring_for_assigned(&mut self, visit: VisitId, reading: ReadingId) {
        let Some(state) = self.state.visit_state(visit) else { return };
        let Some(screened) = state.screenings.get(&reading).cloned() else { return };
        let Some(spot) = self.spot(&screened.device) else { return };
        let screening = &screened.screening;
        for (radiation, agreement) in findings(screening) {
            let came_along = self.state.visit_state(visit).is_some_and(|visit| {
                visit.alarms.iter().filter_map(|id| self.state.alarm_state(*id)).any(|alarm| {
                    alarm.reading == Some(reading)
                        && alarm.facts.cause == AlarmCause::Radiation { radiation }
                })
            });
            if !came_along {
                self.assess(&spot, (visit, reading), radiation, agreement, screening);
            }
        }
    }

    /// The alarm of the running pass, even if an officer has decided it meanwhile.
    fn active_radiation_alarm(&self, visit: VisitId, radiation: Radiation) -> Option<AlarmId> {
        let alarms = &self.state.visit_state(visit)?.alarms;
        alarms.iter().copied().find(|id| {
            self.state.alarm_state(*id).is_some_and(|alarm| {
                alarm.is_active() && alarm.facts.cause == AlarmCause::Radiation { radiation }
            })
        })
    }
}

fn findings(screening: &Screening) -> [(Radiation, Agreement); 2] {
    [(Radiation::Gamma, screening.gamma), (Radiation::Neutron, screening.neutron)]
}

/// The z-value is that of the gamma groups; neutrons are counted, not compared by it.
fn z_of(radiation: Radiation, screening: &Screening) -> Option<rust_decimal::Decimal> {
    match radiation {
        Radiation::Gamma => screening.max_z,
        Radiation::Neutron => None,
    }
}

fn verdict(screening: &Screening) -> RadiationVerdict {
    let found = |agreement| match agreement {
        Agreement::Neither => false,
        Agreement::Agree | Agreement::DeviceOnly | Agreement::OwnOnly => true,
    };
    let cut = CUT_SHORT.contains(&screening.ended_by.as_str()) || screening.gamma_lines == 0;
    if found(screening.gamma) || found(screening.neutron) {
        RadiationVerdict::AboveBackground
    } else if screening.gamma_background.is_none() || cut {
        RadiationVerdict::Indeterminate
    } else {
        RadiationVerdict::WithinBackground
    }
}
