//! Prior information: recorded, linked to the vehicle that it is about, compared with its notice (Code of the Republic of Kazakhstan on
//! customs affairs (2010), art. 66, 250.2).
//!
//! It never stands for the notice, starts no clock and holds nobody. A plate links by itself only where one prior information alone waits for it;
//! everything else an officer links. How the notice differs is written into the event: the fold asks no edition.

use super::Refusal;
use super::draft::Draft;
use super::notice::{LONGEST_NAME, check_size};
use crate::event::{Event, PriorComparison, PriorFacts};
use crate::identifiers::{self, IdentifierKind};
use crate::ids::{PriorId, VisitId};
use crate::input::order::{PriorInformation, Purpose};
use crate::law::notice::{differences, named};
use crate::state::prior::{KEPT_PRIORS, PriorStand};
use crate::state::visit::Visit;
use crate::state::whole_microseconds;

/// Plates that stand beside the rows of one prior information, and containers as many: a train.
const MOST_NAMES: usize = 500;
/// The longest remark or reason, in bytes.
const LONGEST_NOTE: usize = 2_000;
/// Differences that are listed of one notice; what more there is, is counted.
const MOST_DIFFERENCES: usize = 200;

impl Draft<'_> {
    pub(super) fn record_prior(&mut self, information: &PriorInformation) -> Result<(), Refusal> {
        check_size(&information.draft)?;
        let names = || information.plates.iter().chain(&information.containers);
        let longest = names().chain([&information.place]).map(String::len).max().unwrap_or(0);
        if information.plates.len() > MOST_NAMES
            || information.containers.len() > MOST_NAMES
            || longest > LONGEST_NAME
            || information.note.len() > LONGEST_NOTE
        {
            let message = format!(
                "at most {MOST_NAMES} plates and as many containers, names of at most {LONGEST_NAME} bytes, a remark of at most {LONGEST_NOTE}"
            );
            return Err(Refusal::new("too_large", message));
        }
        let edition = &self.rules.edition;
        let mut plates = named(edition, &information.draft, IdentifierKind::Plate);
        plates.extend(information.plates.iter().flat_map(|text| identifiers::plates_of(text)));
        let mut containers = named(edition, &information.draft, IdentifierKind::Container);
        let normalised =
            |text: &String| identifiers::normalised_as(IdentifierKind::Container, text);
        containers
            .extend(information.containers.iter().map(normalised).filter(|text| !text.is_empty()));
        let draft = &information.draft;
        if plates.is_empty()
            && containers.is_empty()
            && draft.answers.is_empty()
            && draft.consignments.is_empty()
        {
            let message = "prior information names a vehicle, a container or goods (art. 66.1)";
            return Err(Refusal::new("nothing_stated", message));
        }
        if self.state.priors().is_full() {
            let message = format!(
                "{KEPT_PRIORS} are waited for here already: withdraw those whose vehicles will not come"
            );
            return Err(Refusal::new("prior_information_full", message));
        }
        let prior = PriorId(self.state.last.prior.saturating_add(1));
        let purpose = draft.purpose.unwrap_or(Purpose::Arrival);
        let mut information = information.clone();
        information.expected_at = information.expected_at.map(whole_microseconds);
        information.draft.purpose = Some(purpose);
        let facts = PriorFacts {
            prior,
            number: format!("{}-I-{:06}", self.rules.site.office_code, prior.0),
            information,
            plates: plates.into_iter().collect(),
            containers: containers.into_iter().collect(),
            edition: self.rules.edition.id.clone(),
        };
        self.happened(Event::PriorInformationRecorded { information: Box::new(facts) });
        Ok(())
    }

    pub(super) fn order_link(&mut self, prior: PriorId, visit: VisitId) -> Result<(), Refusal> {
        let state = self.visit_here(visit)?;
        let facts = &self.expected(prior)?.facts;
        if !is_of(state, &facts.information) {
            let message =
                format!("{} is about another mode or direction than visit {visit}", facts.number);
            return Err(Refusal::new("prior_other_way", message));
        }
        self.link(prior, visit);
        Ok(())
    }

    pub(super) fn order_unlink(&mut self, prior: PriorId) -> Result<(), Refusal> {
        let visit = self.known(prior)?.visit().ok_or_else(|| {
            Refusal::new("prior_not_linked", format!("prior information {prior} is not linked"))
        })?;
        self.visit_here(visit)?;
        self.happened(Event::PriorInformationUnlinked { visit, prior });
        Ok(())
    }

    pub(super) fn withdraw_prior(&mut self, prior: PriorId, reason: &str) -> Result<(), Refusal> {
        self.expected(prior)?;
        if reason.len() > LONGEST_NOTE {
            let message = format!("a reason has at most {LONGEST_NOTE} bytes");
            return Err(Refusal::new("too_large", message));
        }
        self.happened(Event::PriorInformationWithdrawn { prior, reason: reason.to_owned() });
        Ok(())
    }

    /// Links what waits for the plates of this vehicle, if it is one alone and the vehicle has none yet.
    pub(super) fn link_expected(&mut self, visit: VisitId) {
        let Some(state) = self.state.visit_state(visit) else { return };
        if state.priors.size() > 0 {
            return;
        }
        let mut found: Vec<PriorId> = Vec::new();
        for plate in self.plates_of(state) {
            let fits = |id: &PriorId| {
                self.state.priors().get(*id).is_some_and(|prior| {
                    prior.apart_from != Some(visit) && is_of(state, &prior.facts.information)
                })
            };
            found.extend(self.state.priors().with_plate(&plate).filter(fits));
        }
        found.sort_unstable();
        found.dedup();
        if let [prior] = found[..] {
            self.link(prior, visit);
        }
    }

    /// A notice was registered: everything that was told before is compared with it.
    pub(super) fn compare_priors(&mut self, visit: VisitId) {
        let Some(state) = self.state.visit_state(visit) else { return };
        let linked: Vec<PriorId> = state.priors.iter().copied().collect();
        for prior in linked {
            self.compare_prior(visit, prior);
        }
    }

    fn link(&mut self, prior: PriorId, visit: VisitId) {
        self.happened(Event::PriorInformationLinked { visit, prior });
        self.compare_prior(visit, prior);
    }

    fn compare_prior(&mut self, visit: VisitId, prior: PriorId) {
        let Some(state) = self.state.visit_state(visit) else { return };
        let (Some(notice), Some(known)) = (&state.notice, self.state.priors().get(prior)) else {
            return;
        };
        let plates: Vec<String> =
            state.plate.iter().map(|plate| plate.normalised.clone()).collect();
        let edition = &self.rules.edition;
        let mut found = differences(edition, &known.facts.information, &notice.draft, &plates);
        let more = u32::try_from(found.len().saturating_sub(MOST_DIFFERENCES)).unwrap_or(u32::MAX);
        found.truncate(MOST_DIFFERENCES);
        self.happened(Event::PriorInformationCompared(PriorComparison {
            visit,
            prior,
            revision: notice.revision,
            differences: found,
            more,
            edition: edition.id.clone(),
        }));
    }

    /// The plate that the vehicle bears, and those that its notice names.
    fn plates_of(&self, visit: &Visit) -> Vec<String> {
        let noticed = visit
            .notice
            .as_ref()
            .map(|notice| named(&self.rules.edition, &notice.draft, IdentifierKind::Plate));
        let own = visit.plate.iter().map(|plate| plate.normalised.clone());
        own.chain(noticed.into_iter().flatten()).collect()
    }

    fn known(&self, prior: PriorId) -> Result<&crate::state::prior::Prior, Refusal> {
        self.state.priors().get(prior).ok_or_else(|| {
            let message = format!("there is no prior information {prior}, or it was over long ago");
            Refusal::new("unknown_prior_information", message)
        })
    }

    /// One that still waits for its vehicle.
    fn expected(&self, prior: PriorId) -> Result<&crate::state::prior::Prior, Refusal> {
        let known = self.known(prior)?;
        match &known.stand {
            PriorStand::Expected => Ok(known),
            PriorStand::Linked { visit, .. } => Err(Refusal::new(
                "prior_linked",
                format!(
                    "prior information {prior} is about visit {visit}: take it from there first"
                ),
            )),
            PriorStand::Withdrawn { .. } => Err(Refusal::new(
                "prior_withdrawn",
                format!("prior information {prior} was withdrawn"),
            )),
        }
    }
}

/// Whether this can be about this visit: the same mode, the same way.
pub(crate) fn is_of(visit: &Visit, information: &PriorInformation) -> bool {
    let purpose = information.draft.purpose.unwrap_or(Purpose::Arrival);
    visit.mode == information.draft.mode && Purpose::of(visit.direction) == purpose
}
