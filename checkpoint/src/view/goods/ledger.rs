//! Every customs operation that a journal tells of, by consignment: told entry by entry, in order.
//!
//! It keeps the operations of vehicles that the state still knows, so it grows no further than the state does.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Operation, of_act, operation, released};
use crate::Checkpoint;
use crate::event::{Author, Entry, Event, PapersRefusal};
use crate::ids::{ConsignmentNo, OfficerId, VisitId};
use crate::law::Edition;
use crate::law::words::Moment;

/// The operations with goods, as a journal tells them.
#[derive(Debug, Clone)]
pub struct Ledger {
    edition: Arc<Edition>,
    /// By visit; an operation without a consignment is one with all goods of the vehicle.
    told: BTreeMap<VisitId, Vec<(Vec<ConsignmentNo>, Operation)>>,
}

impl Ledger {
    /// A ledger with nothing in it. The edition names the articles.
    pub fn new(edition: Arc<Edition>) -> Ledger {
        Ledger { edition, told: BTreeMap::new() }
    }

    /// Takes in the next entry.
    pub fn follow(&mut self, entry: &Entry) {
        let officer = match &entry.author {
            Author::Officer { officer, .. } => Some(officer),
            Author::Agent | Author::Device { .. } => None,
        };
        let Some((visit, consignments, told)) = self.read(entry, officer) else { return };
        self.told.entry(visit).or_default().push((consignments, told));
    }

    /// Gives up what belongs to vehicles that the state has forgotten.
    pub fn forget_unknown(&mut self, state: &Checkpoint) {
        self.told.retain(|visit, _| state.visit_state(*visit).is_some());
    }

    /// The operations with these goods, in the order of the journal.
    pub fn operations(&self, visit: VisitId, consignment: ConsignmentNo) -> Vec<Operation> {
        let told = self.told.get(&visit).into_iter().flatten();
        told.filter(|(named, _)| named.is_empty() || named.contains(&consignment))
            .map(|(_, operation)| operation.clone())
            .collect()
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "customs operations with goods are few among the events; a new one is added here with its article"
    )]
    fn read(
        &self,
        entry: &Entry,
        officer: Option<&OfficerId>,
    ) -> Option<(VisitId, Vec<ConsignmentNo>, Operation)> {
        let told = |what: &str, reference: Option<&str>| {
            operation(&self.edition, what, entry.at, officer, reference)
        };
        let of_goods = |visit: VisitId, consignment: ConsignmentNo, operation: Operation| {
            Some((visit, vec![consignment], operation))
        };
        match &entry.event {
            Event::NoticeRegistered { visit, number, .. } => {
                Some((*visit, Vec::new(), told("notice_registered", Some(number))))
            }
            Event::GoodsPresented { visit, consignment, .. } => {
                of_goods(*visit, *consignment, told("goods_presented", None))
            }
            Event::PapersFiled { visit, consignment, papers, reference } => {
                let what = Moment::filed(*papers);
                of_goods(*visit, *consignment, told(what.name(), Some(reference)))
            }
            Event::PapersRegistered { visit, consignment, papers, number } => {
                let what = Moment::registered(*papers);
                of_goods(*visit, *consignment, told(what.name(), Some(number)))
            }
            Event::PapersRefused(PapersRefusal { visit, consignment, papers, ground, listed }) => {
                let what = Moment::refused(*papers);
                let article = listed.as_ref().map(|listed| listed.article.as_str());
                let named = article.filter(|_| ground.is_empty()).unwrap_or(ground);
                of_goods(*visit, *consignment, told(what.name(), Some(named)))
            }
            Event::GoodsReleased { visit, consignment, procedure } => {
                let release = told("goods_released", None);
                of_goods(*visit, *consignment, released(release, *procedure))
            }
            Event::ActRecorded { act } if self.edition.is_confidential(&act.kind) => None,
            Event::ActRecorded { act } => {
                Some((act.visit?, act.consignments.clone(), of_act(act, officer)))
            }
            Event::SealInspected { visit, seal, .. } => {
                Some((*visit, Vec::new(), told("seal_inspected", Some(seal))))
            }
            Event::ExitPermitted { visit } => {
                Some((*visit, Vec::new(), told("exit_permitted", None)))
            }
            Event::VehicleLeft { visit } => Some((*visit, Vec::new(), told("vehicle_left", None))),
            _ => None,
        }
    }
}
