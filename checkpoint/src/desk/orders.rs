//! From a fact to the orders that record it. Names are looked up in the edition before anything is told, so that a slip of the pen is an
//! error of the story and not a refusal of the law.

use jiff::tz::TimeZone;

use super::complete::{NoticeWords, notice};
use super::fact::{Fact, PapersFact};
use super::prior::PriorFact;
use super::story::{Line, Place};
use super::tell::lane;
use super::{Shelf, answers};
use crate::Checkpoint;
use crate::ids::{ActId, ConsignmentNo, VisitId};
use crate::input::OrderKind;
use crate::input::order::{ActTarget, PapersKind};
use crate::law::act::About;
use crate::law::{Calendar, Edition, Timetable};

/// A fact whose names are known; the visit is found when it is told.
pub(super) enum Prepared {
    /// Nothing is ordered.
    Nothing,
    /// An order about no visit.
    Once(Box<OrderKind>),
    /// Orders about the visit.
    OfVisit(Box<dyn Fn(VisitId) -> Vec<OrderKind>>),
    /// A release under whatever papers are registered.
    Released { goods: Vec<ConsignmentNo>, procedure: Option<PapersKind> },
}

pub(super) fn prepare(
    fact: &Fact,
    line: &Line,
    edition: &Edition,
    place: &Place,
    zone: &TimeZone,
    shelf: &dyn Shelf,
) -> Result<Prepared, String> {
    let today = zone.to_datetime(line.at).date();
    let of_visit = |kind: Box<dyn Fn(VisitId) -> Vec<OrderKind>>| Ok(Prepared::OfVisit(kind));
    match fact.clone() {
        Fact::TimePasses => Ok(Prepared::Nothing),
        Fact::Arrives { plate } => {
            let order = OrderKind::OpenVisit { lane: lane()?, plate: Some(plate) };
            Ok(Prepared::Once(Box::new(order)))
        }
        Fact::Notice(words) => {
            words.check(edition, place)?;
            let draft = match &words {
                NoticeWords::File { file } => shelf.notice(file)?,
                NoticeWords::Made { .. } => notice(&words, edition, place, today),
            };
            of_visit(Box::new(move |visit| {
                vec![OrderKind::RegisterNotice { visit, notice: draft.clone() }]
            }))
        }
        Fact::Prior(fact) => match fact {
            PriorFact::Told(words) => {
                Ok(Prepared::Once(Box::new(words.order(edition, place, today, shelf)?)))
            }
            PriorFact::Linked(prior) => of_visit(Box::new(move |visit| {
                vec![OrderKind::LinkPriorInformation { prior, visit }]
            })),
            PriorFact::Unlinked(prior) => {
                Ok(Prepared::Once(Box::new(OrderKind::UnlinkPriorInformation { prior })))
            }
            PriorFact::Withdrawn { prior, reason } => {
                let order = OrderKind::WithdrawPriorInformation { prior, reason };
                Ok(Prepared::Once(Box::new(order)))
            }
        },
        Fact::Presented { goods } => of_visit(Box::new(move |visit| {
            vec![OrderKind::PresentGoods { visit, consignments: goods.clone() }]
        })),
        Fact::Papers { goods, papers, what } => {
            let goods = first_if_none(goods);
            let unnumbered = format!("unnumbered-{}", line.number);
            of_visit(Box::new(move |visit| {
                let order =
                    |one: &ConsignmentNo| papers_order(visit, *one, papers, &what, &unnumbered);
                goods.iter().map(order).collect()
            }))
        }
        Fact::Released { goods, procedure } => {
            Ok(Prepared::Released { goods: first_if_none(goods), procedure })
        }
        Fact::Calendar { file } => {
            let text = shelf.text(&file)?;
            Calendar::parse(&text, &file).map_err(|error| error.to_string())?;
            Ok(Prepared::Once(Box::new(OrderKind::ApplyCalendar { text })))
        }
        Fact::Timetable { file } => {
            let text = shelf.text(&file)?;
            Timetable::parse(&text, &file).map_err(|error| error.to_string())?;
            Ok(Prepared::Once(Box::new(OrderKind::ApplyTimetable { text })))
        }
        Fact::SealsExpected { seals } => of_visit(Box::new(move |visit| {
            vec![OrderKind::ExpectSeals { visit, seals: seals.clone() }]
        })),
        Fact::SealFound { seal, found } => of_visit(Box::new(move |visit| {
            vec![OrderKind::InspectSeal { visit, seal: seal.clone(), found }]
        })),
        Fact::Act(words) => {
            let rule = answers::rule(edition, &words)?;
            let answers = answers::answers(rule, &words, today, zone)?;
            let order = move |visit: Option<VisitId>| OrderKind::RecordAct {
                about: ActTarget { visit, consignments: words.goods.clone() },
                act: words.act.clone(),
                as_of: words.since,
                answers: answers.clone(),
                corrects: words.corrects.map(ActId),
            };
            match rule.about {
                About::Checkpoint => Ok(Prepared::Once(Box::new(order(None)))),
                About::Consignment | About::Vehicle => {
                    of_visit(Box::new(move |visit| vec![order(Some(visit))]))
                }
            }
        }
        Fact::Split { goods, parts, reason } => {
            let goods = first_if_none(goods);
            of_visit(Box::new(move |visit| {
                let order = |consignment: &ConsignmentNo| OrderKind::SplitConsignment {
                    visit,
                    consignment: *consignment,
                    parts,
                    reason: reason.clone(),
                };
                goods.iter().map(order).collect()
            }))
        }
        Fact::Merged { goods, reason } => of_visit(Box::new(move |visit| {
            vec![OrderKind::MergeConsignments {
                visit,
                consignments: goods.clone(),
                reason: reason.clone(),
            }]
        })),
        Fact::ExitPermitted => of_visit(Box::new(|visit| vec![OrderKind::PermitExit { visit }])),
        Fact::Left => of_visit(Box::new(|visit| vec![OrderKind::RecordExit { visit }])),
    }
}

/// A vehicle with one consignment needs no number.
fn first_if_none(goods: Vec<ConsignmentNo>) -> Vec<ConsignmentNo> {
    if goods.is_empty() { vec![ConsignmentNo(1)] } else { goods }
}

fn papers_order(
    visit: VisitId,
    consignment: ConsignmentNo,
    papers: PapersKind,
    what: &PapersFact,
    unnumbered: &str,
) -> OrderKind {
    let named = |number: &Option<String>| number.clone().unwrap_or_else(|| unnumbered.to_owned());
    match what {
        PapersFact::Filed { reference } => OrderKind::FilePapers {
            visit,
            consignment,
            papers,
            reference: named(reference),
            content: None,
        },
        PapersFact::Registered { number } => {
            OrderKind::RegisterPapers { visit, consignment, papers, number: named(number) }
        }
        PapersFact::Refused { code, ground } => OrderKind::RefusePapers {
            visit,
            consignment,
            papers,
            code: code.clone(),
            ground: ground.clone(),
        },
    }
}

impl Prepared {
    /// The orders, for the visit of the story. Fails if no vehicle has arrived.
    pub(super) fn orders(self, state: &Checkpoint) -> Result<Vec<OrderKind>, String> {
        let visit = || {
            let last = state.visit_states().map(|(id, _)| id).last();
            last.ok_or_else(|| {
                "no vehicle is here yet: vehicle 123ABC02 arrives 2025-03-12 18:10".to_owned()
            })
        };
        match self {
            Prepared::Nothing => Ok(Vec::new()),
            Prepared::Once(order) => Ok(vec![*order]),
            Prepared::OfVisit(orders) => Ok(orders(visit()?)),
            Prepared::Released { goods, procedure } => {
                let visit = visit()?;
                let registered = |number: &ConsignmentNo| {
                    let goods = state.visit_state(visit)?.consignments.get(number)?;
                    Some(goods.papers.as_ref()?.kind)
                };
                let order = |number: &ConsignmentNo| OrderKind::ReleaseGoods {
                    visit,
                    consignment: *number,
                    procedure: procedure
                        .or_else(|| registered(number))
                        .unwrap_or(PapersKind::Declaration),
                };
                Ok(goods.iter().map(order).collect())
            }
        }
    }
}
