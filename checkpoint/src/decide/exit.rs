//! What holds the exit permission: each reason with its article and the act that lifts it.
//!
//! The body permits the exit when customs operations are complete (Code of the Republic of Kazakhstan on customs affairs (2010), art. 186.6,
//! 453.3), and goods move on only under a procedure (252.5). An undecided alarm holds the permission and nothing else: no reason
//! here is a ground of detention (237.1 is a closed list).

use super::draft::Draft;
use super::terms::Happening;
use super::{Refusal, Rules};
use crate::Checkpoint;
use crate::event::Event;
use crate::ids::{AlarmId, ConsignmentNo, VisitId};
use crate::law::Edition;
use crate::law::readings::ParkingEnds;
use crate::law::words::Moment;
use crate::site::Direction;
use crate::state::Bearer;
use crate::view::Hold;

/// Everything that holds the exit permission of a visit, alarms first, then by consignment. Empty for a vehicle that may go or is unknown.
pub fn holds(checkpoint: &Checkpoint, edition: &Edition, visit: VisitId) -> Vec<Hold> {
    let Some(state) = checkpoint.visit_state(visit).filter(|visit| visit.is_here()) else {
        return Vec::new();
    };
    let reason = |code: &str, alarm: Option<AlarmId>, consignment: Option<ConsignmentNo>| {
        let rule = edition.hold(code);
        Hold {
            reason: code.to_owned(),
            article: rule.map(|rule| rule.article.clone()).unwrap_or_default(),
            alarm,
            consignment,
            lifted_by: rule.map(|rule| rule.lifted_by.clone()).unwrap_or_default(),
        }
    };
    let mut holds = Vec::new();
    for id in state.alarms.iter() {
        let Some(alarm) = checkpoint.alarm_state(*id).filter(|alarm| alarm.holds_exit()) else {
            continue;
        };
        let article = alarm.facts.basis.clone();
        holds.push(Hold { article, ..reason("alarm_undecided", Some(*id), None) });
    }
    // The carrier tells what came (250.1), with goods or without; how complete the notice is holds nobody.
    let arrives = state.direction == Direction::Inbound;
    if arrives && state.notice.is_none() && state.consignments.is_empty() {
        holds.push(reason("notice_not_registered", None, None));
    }
    // A form of control that was begun is an operation that is not complete (453.3).
    if !state.controls.is_empty() {
        holds.push(reason("control_open", None, None));
    }
    for (number, consignment) in state.consignments.iter().filter(|(_, goods)| !goods.is_replaced())
    {
        if !consignment.controls.is_empty() {
            holds.push(reason("control_open", None, Some(*number)));
        }
        if let Some(code) = consignment.exit_hold() {
            holds.push(reason(code, None, Some(*number)));
        }
    }
    holds
}

fn held(holds: Vec<Hold>, rules: &Rules) -> Refusal {
    let codes: Vec<String> =
        holds.iter().map(|hold| format!("{} (art. {})", hold.reason, hold.article)).collect();
    let message = format!("held under {}: {}", rules.edition.id, codes.join(", "));
    Refusal { code: "held".to_owned(), message, holds, fields: Vec::new() }
}

impl Draft<'_> {
    pub(super) fn permit_exit(&mut self, visit: VisitId) -> Result<(), Refusal> {
        let state = self.visit_here(visit)?;
        if let Some(signature) = &state.exit_permitted {
            let message = format!("{} permitted it at {}", signature.officer, signature.at);
            return Err(Refusal::new("already_permitted", message));
        }
        let holds = holds(&self.state, &self.rules.edition, visit);
        if !holds.is_empty() {
            return Err(held(holds, self.rules));
        }
        self.happened(Event::ExitPermitted { visit });
        let bearer = Bearer { visit, consignment: None };
        self.follow(&Happening::new(Moment::ExitPermitted, bearer, self.now));
        self.end_parking(visit, ParkingEnds::WithPermission);
        Ok(())
    }

    /// The parking of 453.2 is over, if this is what ends it (AMB-18).
    fn end_parking(&mut self, visit: VisitId, with: ParkingEnds) {
        if self.rules.edition.readings.parking_ends == with {
            let bearer = Bearer { visit, consignment: None };
            self.follow(&Happening::new(Moment::ParkingEnded, bearer, self.now));
        }
    }

    pub(super) fn record_exit(&mut self, visit: VisitId) -> Result<(), Refusal> {
        let state = self.visit_here(visit)?;
        let permitted = state.exit_permitted.is_some();
        // What came to light after the permission holds as well.
        let mut holds = holds(&self.state, &self.rules.edition, visit);
        if !permitted && holds.is_empty() {
            let rule = self.rules.edition.hold("exit_not_permitted");
            holds.push(Hold {
                reason: "exit_not_permitted".to_owned(),
                article: rule.map(|rule| rule.article.clone()).unwrap_or_default(),
                alarm: None,
                consignment: None,
                lifted_by: rule.map(|rule| rule.lifted_by.clone()).unwrap_or_default(),
            });
        }
        if !holds.is_empty() {
            return Err(held(holds, self.rules));
        }
        self.happened(Event::VehicleLeft { visit });
        self.end_parking(visit, ParkingEnds::WithDeparture);
        Ok(())
    }
}
