//! Presentation, filing, registration, refusal and release: the acts of officers that move the law's clocks.
//!
//! Presentation is an explicit act unless the edition reads it otherwise (AMB-10), filing stops a clock provisionally, registration confirms it as of filing, and a refusal
//! makes it as if never filed (Code of the Republic of Kazakhstan on customs affairs (2010), art. 252.4, 267, 288).

use jiff::Timestamp;

use super::Refusal;
use super::draft::Draft;
use super::notice::{MOST_CONSIGNMENTS, check_size};
use super::terms::Happening;
use crate::event::{Event, PapersContent, PapersRefusal, RefusedOn};
use crate::ids::{ConsignmentNo, VisitId};
use crate::input::order::{NoticeDraft, PapersKind};
use crate::law::Edition;
use crate::law::course::Step;
use crate::law::notice::check_papers;
use crate::law::readings::Presentation;
use crate::law::words::Moment;
use crate::site::Direction;
use crate::state::Bearer;
use crate::state::consignment::Consignment;

impl Draft<'_> {
    pub(super) fn present(
        &mut self,
        visit: VisitId,
        named: &[ConsignmentNo],
    ) -> Result<(), Refusal> {
        if named.len() > MOST_CONSIGNMENTS {
            let message = format!("at most {MOST_CONSIGNMENTS} consignments");
            return Err(Refusal::new("too_large", message));
        }
        self.record_unnoticed(visit, named)?;
        let state = self.visit_here(visit)?;
        let mut to_present: Vec<ConsignmentNo> = Vec::new();
        if named.is_empty() {
            let waiting = state.consignments.iter().filter(|(_, one)| {
                one.presented.is_none() && one.course.next(Step::Presented).is_ok()
            });
            to_present.extend(waiting.map(|(number, _)| *number));
        } else {
            for number in named {
                let consignment = self.consignment(visit, *number)?;
                if let Some(signature) = &consignment.presented {
                    let message = format!(
                        "consignment {number} was presented at {}, recorded by {}",
                        signature.at, signature.officer
                    );
                    return Err(Refusal::new("already_presented", message));
                }
                allowed(consignment, Step::Presented)?;
                if !to_present.contains(number) {
                    to_present.push(*number);
                }
            }
        }
        if self.visit_here(visit)?.consignments.is_empty() {
            let message = format!("the notice of visit {visit} names no goods");
            return Err(Refusal::new("no_consignments", message));
        }
        if to_present.is_empty() {
            let message = format!("all consignments of visit {visit} were presented");
            return Err(Refusal::new("already_presented", message));
        }
        self.presented(visit, &to_present);
        Ok(())
    }

    /// Where the notice or the arrival is read as the presentation (AMB-10), what a notice of arrival names is presented by it. The act of its own
    /// stays possible for goods that no notice names yet.
    pub(super) fn presented_by_notice(&mut self, visit: VisitId) {
        let by_notice = match self.rules.edition.readings.presentation {
            Presentation::ExplicitAct => false,
            Presentation::Notice | Presentation::Arrival => true,
        };
        let Some(state) = self.state.visit_state(visit).filter(|_| by_notice) else { return };
        if state.direction == Direction::Outbound {
            return;
        }
        let waiting = state
            .consignments
            .iter()
            .filter(|(_, one)| one.presented.is_none() && one.course.next(Step::Presented).is_ok());
        let waiting: Vec<ConsignmentNo> = waiting.map(|(number, _)| *number).collect();
        self.presented(visit, &waiting);
    }

    fn presented(&mut self, visit: VisitId, goods: &[ConsignmentNo]) {
        let as_of = self.presented_as_of(visit);
        let at = as_of.unwrap_or(self.now);
        for consignment in goods.iter().copied() {
            self.happened(Event::GoodsPresented { visit, consignment, as_of });
            let bearer = Bearer { visit, consignment: Some(consignment) };
            self.follow(&Happening::new(Moment::GoodsPresented, bearer, at));
            self.catch_up(bearer, at);
        }
        self.judge_seals(visit);
    }

    /// Since when goods of an arriving vehicle count as presented, if not since now. Nobody knows of goods before somebody names them; read as
    /// the arrival, the term then runs from there.
    fn presented_as_of(&self, visit: VisitId) -> Option<Timestamp> {
        let state = self.state.visit_state(visit)?;
        let by_arrival = self.rules.edition.readings.presentation == Presentation::Arrival;
        let since =
            (by_arrival && state.direction == Direction::Inbound).then_some(state.opened_at);
        since.filter(|since| *since < self.now)
    }

    /// Goods may be presented before any notice (art. 250 sets it no time): what is shown is then a consignment by being shown, the first
    /// where nobody counts.
    fn record_unnoticed(&mut self, visit: VisitId, named: &[ConsignmentNo]) -> Result<(), Refusal> {
        let state = self.visit_here(visit)?;
        if state.notice.is_some() {
            return Ok(());
        }
        let shown = if named.is_empty() && state.consignments.is_empty() {
            &[ConsignmentNo(1)]
        } else {
            named
        };
        let unknown: Vec<ConsignmentNo> = shown
            .iter()
            .filter(|number| !state.consignments.contains_key(number))
            .copied()
            .collect();
        for consignment in unknown {
            self.happened(Event::ConsignmentRecorded { visit, consignment, gross: None });
        }
        Ok(())
    }

    /// Papers that were filed before the presentation count for the clocks that it started.
    fn catch_up(&mut self, bearer: Bearer, presented: Timestamp) {
        let consignment = bearer.consignment.and_then(|no| self.consignment(bearer.visit, no).ok());
        let Some(consignment) = consignment else { return };
        // Storage that lies under later papers came first, and stays if they are refused.
        let filed = consignment.storage.iter().chain(&consignment.papers).cloned();
        for papers in filed.collect::<Vec<_>>() {
            let filed_at = papers.filed_at.max(presented);
            self.stop_by(&Happening::new(Moment::filed(papers.kind), bearer, filed_at));
            if let Some((_, registered_at)) = papers.registered {
                let at = registered_at.max(presented);
                self.stop_by(&Happening::new(Moment::registered(papers.kind), bearer, at));
            }
        }
    }

    pub(super) fn file(
        &mut self,
        visit: VisitId,
        consignment: ConsignmentNo,
        papers: PapersKind,
        reference: &str,
        content: Option<&NoticeDraft>,
    ) -> Result<(), Refusal> {
        content.map_or(Ok(()), check_size)?;
        let state = self.consignment(visit, consignment)?;
        if state.released.is_some() {
            return Err(Refusal::new(
                "already_released",
                format!("consignment {consignment} was released"),
            ));
        }
        if let Some(before) = &state.papers {
            let replaces_storage = before.registered.is_some()
                && before.kind == PapersKind::Storage
                && papers != PapersKind::Storage;
            if !replaces_storage {
                let message = format!(
                    "papers {:?} were filed for consignment {consignment} at {}",
                    before.reference, before.filed_at
                );
                return Err(Refusal::new("already_filed", message));
            }
        }
        allowed(state, Step::Filed(papers))?;
        let reference = reference.to_owned();
        self.happened(Event::PapersFiled { visit, consignment, papers, reference });
        let edition = &self.rules.edition;
        let said =
            content.and_then(|content| Some((content, check_papers(edition, papers, content)?)));
        if let Some((content, said)) = said {
            self.happened(Event::PapersContentChecked(PapersContent {
                visit,
                consignment,
                papers,
                content: Box::new(content.clone()),
                missing: said.missing,
                warnings: said.warnings,
                edition: edition.id.clone(),
            }));
        }
        let bearer = Bearer { visit, consignment: Some(consignment) };
        self.follow(&Happening::new(Moment::filed(papers), bearer, self.now));
        Ok(())
    }

    pub(super) fn register(
        &mut self,
        visit: VisitId,
        consignment: ConsignmentNo,
        papers: PapersKind,
        number: &str,
    ) -> Result<(), Refusal> {
        self.pending(visit, consignment, papers)?;
        allowed(self.consignment(visit, consignment)?, Step::Registered(papers))?;
        let number = number.to_owned();
        self.happened(Event::PapersRegistered { visit, consignment, papers, number });
        let bearer = Bearer { visit, consignment: Some(consignment) };
        self.follow(&Happening::new(Moment::registered(papers), bearer, self.now));
        Ok(())
    }

    pub(super) fn refuse(
        &mut self,
        visit: VisitId,
        consignment: ConsignmentNo,
        papers: PapersKind,
        code: Option<&str>,
        ground: &str,
    ) -> Result<(), Refusal> {
        self.pending(visit, consignment, papers)?;
        allowed(self.consignment(visit, consignment)?, Step::Refused(papers))?;
        let listed = refused_on(&self.rules.edition, papers, code)?;
        // Refused in writing, with the reasons (288.5).
        if listed.is_none() && ground.trim().is_empty() {
            return Err(Refusal::new("no_ground", "a refusal states its ground"));
        }
        let ground = ground.trim().to_owned();
        let refusal = PapersRefusal { visit, consignment, papers, ground, listed };
        self.happened(Event::PapersRefused(refusal));
        let bearer = Bearer { visit, consignment: Some(consignment) };
        self.follow(&Happening::new(Moment::refused(papers), bearer, self.now));
        Ok(())
    }

    pub(super) fn release(
        &mut self,
        visit: VisitId,
        consignment: ConsignmentNo,
        procedure: PapersKind,
    ) -> Result<(), Refusal> {
        let state = self.consignment(visit, consignment)?;
        if state.released.is_some() {
            return Err(Refusal::new(
                "already_released",
                format!("consignment {consignment} was released"),
            ));
        }
        if procedure == PapersKind::Storage {
            let message =
                "temporary storage is no procedure: goods are released under a declaration";
            return Err(Refusal::new("no_procedure", message));
        }
        if state.registered().is_none_or(|papers| papers.kind != procedure) {
            let message = format!("no such papers are registered for consignment {consignment}");
            return Err(Refusal::new("not_registered", message));
        }
        allowed(state, Consignment::release_step(procedure))?;
        self.happened(Event::GoodsReleased { visit, consignment, procedure });
        let bearer = Bearer { visit, consignment: Some(consignment) };
        self.follow(&Happening::new(Moment::GoodsReleased, bearer, self.now));
        Ok(())
    }

    fn consignment(&self, visit: VisitId, number: ConsignmentNo) -> Result<&Consignment, Refusal> {
        self.visit_here(visit)?.consignments.get(&number).ok_or_else(|| {
            let message = format!("visit {visit} has no consignment {number}");
            Refusal::new("unknown_consignment", message)
        })
    }

    fn pending(
        &self,
        visit: VisitId,
        consignment: ConsignmentNo,
        papers: PapersKind,
    ) -> Result<(), Refusal> {
        let state = self.consignment(visit, consignment)?;
        match state.pending() {
            Some(pending) if pending.kind == papers => Ok(()),
            Some(_) | None => {
                let message = format!("no such papers wait for consignment {consignment}");
                Err(Refusal::new("not_filed", message))
            }
        }
    }
}

/// The ground of the law's list; none for papers that no list is about. A declaration is refused on one of five grounds (288.4) or not at all.
fn refused_on(
    edition: &Edition,
    papers: PapersKind,
    code: Option<&str>,
) -> Result<Option<RefusedOn>, Refusal> {
    let grounds = edition.refusal_grounds_of(papers);
    let named = code.map(str::trim).filter(|code| !code.is_empty());
    if grounds.is_empty() && named.is_none() {
        return Ok(None);
    }
    let ground = grounds.iter().find(|ground| Some(ground.id.as_str()) == named);
    let ground = ground.ok_or_else(|| {
        let known: Vec<String> = grounds
            .iter()
            .map(|ground| format!("{} (art. {})", ground.id, ground.article))
            .collect();
        let known =
            if known.is_empty() { "none: say it in words".to_owned() } else { known.join(", ") };
        let named = named.unwrap_or_default();
        let message = format!("{named:?} is no ground of refusing such papers; the list: {known}");
        Refusal::new("ground_not_listed", message)
    })?;
    Ok(Some(RefusedOn {
        code: ground.id.clone(),
        article: ground.article.clone(),
        edition: edition.id.clone(),
    }))
}

/// What the course of the goods has to say to a step.
fn allowed(consignment: &Consignment, step: Step) -> Result<(), Refusal> {
    match consignment.course.next(step) {
        Ok(_) => Ok(()),
        Err(forbidden) => Err(Refusal::new(forbidden.code, forbidden.to_string())),
    }
}
