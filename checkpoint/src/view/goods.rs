//! Accounting of goods under customs control, as a query (Code of the Republic of Kazakhstan on customs affairs (2010), art. 209.1, 185).
//!
//! Which goods are under control here, since when and under which article, and every customs operation that was done with them. The
//! same rows at the terminal, at the hub and on the command line; form and procedure are the Government's (209.2) and outside the law
//! that this crate knows. Operations come from the state as far as it keeps them; a [`Ledger`] that was told the journal knows all.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::alarm::urgency;
use super::{ClockView, Hold};
use crate::Checkpoint;
use crate::decide::exit;
use crate::event::{ActEffect, ActFacts};
use crate::identifiers::normalised_plate;
use crate::ids::{ConsignmentNo, OfficerId, VisitId};
use crate::input::order::PapersKind;
use crate::law::Edition;
use crate::law::course::{ArrivalState, Course};
use crate::law::words::Moment;
use crate::retention::CONTROL_ENDED;
use crate::site::{Direction, Mode};
use crate::state::consignment::{Consignment, Papers};
use crate::state::visit::Visit;

mod asked;
mod csv;
mod ledger;

pub use asked::{GoodsAsked, GoodsForm};
pub use csv::goods_csv;
pub use ledger::Ledger;

view! {
    /// A consignment in the accounting.
    struct GoodsUnderControl {
        /// Of which visit.
        pub visit: VisitId,
        /// The visit's number, as people write it.
        pub number: String,
        /// The vehicle's plate, normalised, if known.
        pub plate: Option<String>,
        /// How the goods move.
        pub mode: Mode,
        /// Which way.
        pub direction: Direction,
        /// The consignment.
        pub consignment: ConsignmentNo,
        /// Where the goods stand in the eyes of the law, such as `presented` or `detained`.
        pub course: String,
        /// Whether they are under control.
        pub standing: ControlStanding,
        /// Since when they are, or were.
        pub since_ms: i64,
        /// The article by which control began.
        pub since_article: String,
        /// When control ended, or when the goods left this checkpoint.
        pub until_ms: Option<i64>,
        /// The article by which it ended.
        pub until_article: Option<String>,
        /// Declared gross weight in kilograms.
        pub gross_kg: Option<String>,
        /// What is true of the goods, such as `perishable`.
        pub flags: Vec<String>,
        /// The customs operations, oldest first.
        pub operations: Vec<Operation>,
        /// Terms of the goods and of their vehicle that are not stopped, the most urgent first.
        pub clocks: Vec<ClockView>,
        /// What holds the exit of the goods or of their vehicle.
        pub holds: Vec<Hold>,
    }
}

view! {
    /// A customs operation with goods.
    struct Operation {
        /// When.
        pub at_ms: i64,
        /// What: a moment such as `goods_presented`, or the id of an act of the edition.
        pub what: String,
        /// The article.
        pub article: String,
        /// Who did or recorded it, where that is kept.
        pub officer: Option<OfficerId>,
        /// The number or the reference of its papers; for a refusal its ground.
        pub reference: Option<String>,
    }
}

/// Whether goods are under customs control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ControlStanding {
    /// They are, at this checkpoint.
    UnderControl,
    /// They went on from here and nobody told the end of control: under transit, or another procedure that keeps it.
    LeftUnderControl,
    /// Control ended.
    Ended,
}

/// Which goods are asked for; nothing set asks for all that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoodsFilter {
    /// Those that stand so.
    pub standing: Option<ControlStanding>,
    /// Those of vehicles whose plate begins like this, however it is written.
    pub plate: Option<String>,
    /// Those whose control began at this moment or later.
    pub since: Option<Timestamp>,
    /// Those whose control began before this moment.
    pub until: Option<Timestamp>,
}

/// When something began or ended, and by which article.
struct Border {
    at: Timestamp,
    article: String,
}

impl Checkpoint {
    /// The accounting of goods, in the order in which their vehicles came. With a ledger, operations are those of the journal.
    pub fn goods_under_control(
        &self,
        edition: &Edition,
        filter: &GoodsFilter,
        ledger: Option<&Ledger>,
    ) -> Vec<GoodsUnderControl> {
        let plate = filter.plate.as_deref().map(normalised_plate);
        let mut found = Vec::new();
        for (id, visit) in self.visit_states() {
            let known = visit.plate.as_ref().map(|plate| plate.normalised.as_str());
            if plate.as_ref().is_some_and(|plate| !known.unwrap_or_default().starts_with(plate)) {
                continue;
            }
            let goods = visit.consignments.iter().filter(|(_, state)| !state.is_replaced());
            let asked: Vec<_> = goods
                .map(|(number, state)| {
                    (*number, state, self.control(id, visit, *number, state, edition))
                })
                .filter(|(_, _, control)| control.is_asked(filter))
                .collect();
            if asked.is_empty() {
                continue;
            }
            let holds = exit::holds(self, edition, id);
            for (number, state, control) in asked {
                let operations = match ledger {
                    Some(ledger) => ledger.operations(id, number),
                    None => self.operations(id, visit, number, state, edition),
                };
                let of_goods =
                    |other: &Option<ConsignmentNo>| other.is_none_or(|other| other == number);
                found.push(GoodsUnderControl {
                    visit: id,
                    number: visit.number.clone(),
                    plate: known.map(str::to_owned),
                    mode: visit.mode,
                    direction: visit.direction,
                    consignment: number,
                    course: state.course.name().to_owned(),
                    standing: control.standing,
                    since_ms: control.since.at.as_millisecond(),
                    since_article: control.since.article,
                    until_ms: control.until.as_ref().map(|until| until.at.as_millisecond()),
                    until_article: control.until.map(|until| until.article),
                    gross_kg: state.gross.map(|gross| gross.0.normalize().to_string()),
                    flags: state.flags.iter().chain(visit.flags.iter()).cloned().collect(),
                    operations,
                    clocks: self.open_clocks(visit, number),
                    holds: holds
                        .iter()
                        .filter(|hold| of_goods(&hold.consignment))
                        .cloned()
                        .collect(),
                });
            }
        }
        found
    }

    fn open_clocks(&self, visit: &Visit, number: ConsignmentNo) -> Vec<ClockView> {
        let known = visit.clocks.iter().filter_map(|id| Some((*id, self.clock_state(*id)?)));
        let mut open: Vec<_> = known
            .filter(|(_, clock)| clock.is_open())
            .filter(|(_, clock)| clock.facts.consignment.is_none_or(|one| one == number))
            .collect();
        open.sort_by_key(|(id, clock)| (urgency(clock), *id));
        open.into_iter().filter_map(|(id, _)| self.clock_view(id)).collect()
    }

    fn control(
        &self,
        id: VisitId,
        visit: &Visit,
        number: ConsignmentNo,
        state: &Consignment,
        edition: &Edition,
    ) -> Control {
        let accounting = &edition.accounting;
        let since = match visit.direction {
            // The crossing is observed or inferred: the vehicle that is seen here has crossed.
            Direction::Inbound => {
                Border { at: visit.opened_at, article: accounting.arriving.clone() }
            }
            // Driving up to leave is an action aimed at the export (185.4).
            Direction::Outbound => {
                Border { at: visit.opened_at, article: accounting.leaving.clone() }
            }
        };
        let acts = self.acts_of(id).map(|(_, act)| act);
        let mut about = acts.filter(|act| act.stands() && act.is_about(Some(number)));
        let told = about.find(|act| act.facts.kind == CONTROL_ENDED);
        if let Some(act) = told {
            let article = accounting.end_told(&act.facts);
            let until = Some(Border { at: act.facts.as_of, article });
            return Control { standing: ControlStanding::Ended, since, until };
        }
        let moved_on = |at| Border { at, article: accounting.moved_on.clone() };
        match (state.course.is_under_control(), visit.left) {
            (true, None) => Control { standing: ControlStanding::UnderControl, since, until: None },
            (true, Some(left)) => {
                let standing = ControlStanding::LeftUnderControl;
                Control { standing, since, until: Some(moved_on(left)) }
            }
            (false, left) => {
                let steps = |act: &ActFacts| {
                    act.effects.iter().any(|effect| matches!(effect, ActEffect::Step { .. }))
                };
                let acts = self.acts_of(id).map(|(_, act)| act);
                let about = acts.filter(|act| act.stands() && act.is_about(Some(number)));
                let acted = about.filter(|act| steps(&act.facts)).map(|act| act.facts.as_of).max();
                let released = state.released.map(|(at, _)| at);
                let at = match state.course {
                    Course::Departure(_) | Course::Arrival(ArrivalState::ReturnedAbroad) => left,
                    Course::Arrival(_) | Course::Transit(_) | Course::Detention(_) => {
                        acted.max(released).or(left)
                    }
                };
                let article = accounting.end_of(state.course);
                let until = at.map(|at| Border { at, article });
                Control { standing: ControlStanding::Ended, since, until }
            }
        }
    }

    /// What the state knows of the operations with goods; refusals and the officers behind papers only the journal knows.
    fn operations(
        &self,
        id: VisitId,
        visit: &Visit,
        number: ConsignmentNo,
        state: &Consignment,
        edition: &Edition,
    ) -> Vec<Operation> {
        let moment = |what: &str, at, officer| operation(edition, what, at, officer, None);
        let mut operations = Vec::new();
        if let Some(notice) = visit.notice.as_deref() {
            let officer = notice.registered.as_ref().map(|signature| &signature.officer);
            operations.push(Operation {
                reference: Some(notice.number.clone()),
                ..moment("notice_registered", notice.at, officer)
            });
        }
        if let Some(presented) = &state.presented {
            let at = presented.at;
            operations.push(moment("goods_presented", at, Some(&presented.officer)));
        }
        let filings: [Option<&Papers>; 2] = [state.storage.as_ref(), state.papers.as_ref()];
        for papers in filings.into_iter().flatten() {
            let reference = Some(papers.reference.clone());
            let filed = moment(Moment::filed(papers.kind).name(), papers.filed_at, None);
            operations.push(Operation { reference, ..filed });
            if let Some((number, at)) = &papers.registered {
                let registered = moment(Moment::registered(papers.kind).name(), *at, None);
                operations.push(Operation { reference: Some(number.clone()), ..registered });
            }
        }
        if let Some((at, procedure)) = state.released {
            operations.push(released(moment("goods_released", at, None), procedure));
        }
        // The accounting is an export: a confidential act is none of its operations (219.4).
        let acts = self
            .acts_of(id)
            .map(|(_, act)| act)
            .filter(|act| act.is_about(Some(number)) && !edition.is_confidential(&act.facts.kind));
        operations.extend(acts.map(|act| {
            let officer = act.recorded.as_ref().map(|signature| &signature.officer);
            of_act(&act.facts, officer)
        }));
        if let Some(permitted) = &visit.exit_permitted {
            let at = permitted.at;
            operations.push(moment("exit_permitted", at, Some(&permitted.officer)));
        }
        if let Some(left) = visit.left {
            operations.push(moment("vehicle_left", left, None));
        }
        operations.sort_by_key(|operation| operation.at_ms);
        operations
    }
}

/// Whether, since when and until when goods are under control.
struct Control {
    standing: ControlStanding,
    since: Border,
    until: Option<Border>,
}

impl Control {
    fn is_asked(&self, filter: &GoodsFilter) -> bool {
        filter.standing.is_none_or(|standing| standing == self.standing)
            && filter.since.is_none_or(|since| self.since.at >= since)
            && filter.until.is_none_or(|until| self.since.at < until)
    }
}

fn operation(
    edition: &Edition,
    what: &str,
    at: Timestamp,
    officer: Option<&OfficerId>,
    reference: Option<&str>,
) -> Operation {
    Operation {
        at_ms: at.as_millisecond(),
        what: what.to_owned(),
        article: edition.accounting.operation(what).to_owned(),
        officer: officer.cloned(),
        reference: reference.map(str::to_owned),
    }
}

/// A release names the procedure's papers.
fn released(operation: Operation, procedure: PapersKind) -> Operation {
    let reference = match procedure {
        PapersKind::Declaration => "declaration",
        PapersKind::TransitDeclaration => "transit_declaration",
        PapersKind::Storage => "storage",
    };
    Operation { reference: Some(reference.to_owned()), ..operation }
}

fn of_act(act: &ActFacts, officer: Option<&OfficerId>) -> Operation {
    Operation {
        at_ms: act.as_of.as_millisecond(),
        what: act.kind.clone(),
        article: act.article.clone(),
        officer: officer.cloned(),
        reference: act.number.clone(),
    }
}
