//! Prior information: what is expected, and how a notice differs from what was told before it (art. 66, 250.2).

use serde::{Deserialize, Serialize};

use super::alarm::signature;
use super::{CourseView, SignatureView};
use crate::Checkpoint;
use crate::decide::prior::is_of;
use crate::event::Difference;
use crate::identifiers::IdentifierKind;
use crate::ids::{OfficerId, PriorId, VisitId};
use crate::input::order::{Informant, PriorInformation, Purpose};
use crate::law::Edition;
use crate::law::course::{Course, Step};
use crate::law::notice::named;
use crate::site::{Direction, Mode};
use crate::state::prior::{Prior, PriorStand};
use crate::state::visit::Visit;

view! {
    /// Prior information in a list.
    struct PriorRow {
        /// Its number here.
        pub id: PriorId,
        /// The number that people write.
        pub number: String,
        /// Who gave it.
        pub from: Informant,
        /// When the vehicle is expected, if it says so.
        pub expected_ms: Option<i64>,
        /// The place of arrival or departure, in its words.
        pub place: String,
        /// All plates that it names, normalised.
        pub plates: Vec<String>,
        /// All containers that it names, normalised.
        pub containers: Vec<String>,
        /// How the goods move.
        pub mode: Mode,
        /// Whether they come or leave.
        pub purpose: Purpose,
        /// Consignments that it tells of.
        pub consignments: u32,
        /// Who recorded it, and when.
        pub recorded: Option<SignatureView>,
        /// Where it stands.
        pub standing: PriorStanding,
        /// The visit that it is about.
        pub visit: Option<VisitId>,
        /// The number of that visit that people write.
        pub visit_number: Option<String>,
        /// Since when it is linked, or withdrawn.
        pub since_ms: Option<i64>,
        /// Who linked it; none if the plate did.
        pub linked_by: Option<OfficerId>,
        /// Why it was withdrawn.
        pub reason: Option<String>,
        /// How many things the notice says otherwise; none while there is no notice to compare.
        pub differences: Option<u32>,
        /// Where goods stand that were told of and have not come.
        pub course: Option<CourseView>,
    }
}

/// Where prior information stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PriorStanding {
    /// Its vehicle is waited for.
    Expected,
    /// It is about a visit.
    Linked,
    /// It was taken back, or the vehicle will not come.
    Withdrawn,
}

view! {
    /// Prior information with all that it says.
    struct PriorView {
        /// The row as lists show it.
        pub row: PriorRow,
        /// What was told.
        pub information: PriorInformation,
        /// How the notice differs, once there is one.
        pub comparison: Option<PriorComparisonView>,
    }
}

view! {
    /// How a notice differs from the prior information.
    struct PriorComparisonView {
        /// Which revision of the notice.
        pub revision: u32,
        /// When they were compared.
        pub at_ms: i64,
        /// What the notice says otherwise, in the law's order; empty if it says the same.
        pub differences: Vec<Difference>,
        /// Further differences that are not listed.
        pub more: u32,
    }
}

impl Checkpoint {
    /// All prior information that is kept: what is expected, the earliest first; then what is linked or withdrawn, the latest first.
    pub fn prior_rows(&self) -> Vec<PriorRow> {
        let mut rows: Vec<PriorRow> =
            self.priors().iter().map(|(id, prior)| self.prior_row(id, prior)).collect();
        rows.sort_by_key(|row| {
            let expected = row.standing == PriorStanding::Expected;
            let when = row.expected_ms.unwrap_or(i64::MAX);
            let since = std::cmp::Reverse(row.since_ms.unwrap_or(i64::MIN));
            (!expected, if expected { when } else { 0 }, since, row.id)
        });
        rows
    }

    /// All about one.
    pub fn prior_view(&self, id: PriorId) -> Option<PriorView> {
        let prior = self.priors().get(id)?;
        let comparison = prior.comparison.as_ref().map(|(at, found)| PriorComparisonView {
            revision: found.revision,
            at_ms: at.as_millisecond(),
            differences: found.differences.clone(),
            more: found.more,
        });
        Some(PriorView {
            row: self.prior_row(id, prior),
            information: prior.facts.information.clone(),
            comparison,
        })
    }

    /// What a visit was told of before it came.
    pub(super) fn priors_of(&self, visit: &Visit) -> Vec<PriorView> {
        visit.priors.iter().filter_map(|id| self.prior_view(*id)).collect()
    }

    /// What is expected and names a plate or a container of this vehicle or its notice, for an officer to link.
    pub(super) fn prior_candidates(&self, visit: &Visit, edition: &Edition) -> Vec<PriorRow> {
        if !visit.is_here() {
            return Vec::new();
        }
        let read = visit.plates_read.values().map(|read| read.normalised.as_str());
        let own = visit.plate.iter().map(|plate| plate.normalised.as_str());
        let mut found: Vec<PriorId> =
            own.chain(read).flat_map(|plate| self.priors().with_plate(plate)).collect();
        for draft in visit.notice.iter().map(|notice| &notice.draft) {
            let plates = named(edition, draft, IdentifierKind::Plate);
            found.extend(plates.iter().flat_map(|plate| self.priors().with_plate(plate)));
            let containers = named(edition, draft, IdentifierKind::Container);
            found.extend(containers.iter().flat_map(|one| self.priors().with_container(one)));
        }
        found.sort_unstable();
        found.dedup();
        let known = found.into_iter().filter_map(|id| Some((id, self.priors().get(id)?)));
        let fits = known.filter(|(_, prior)| is_of(visit, &prior.facts.information));
        fits.map(|(id, prior)| self.prior_row(id, prior)).collect()
    }

    fn prior_row(&self, id: PriorId, prior: &Prior) -> PriorRow {
        let facts = &prior.facts;
        let information = &facts.information;
        let purpose = information.draft.purpose.unwrap_or(Purpose::Arrival);
        let (standing, since, linked_by, reason) = match &prior.stand {
            PriorStand::Expected => (PriorStanding::Expected, None, None, None),
            PriorStand::Linked { at, by, .. } => {
                (PriorStanding::Linked, Some(*at), by.clone(), None)
            }
            PriorStand::Withdrawn { at, reason } => {
                (PriorStanding::Withdrawn, Some(*at), None, Some(reason.clone()))
            }
        };
        let visit = prior.visit();
        let differences = prior.comparison.as_ref().map(|(_, found)| {
            let listed = u32::try_from(found.differences.len()).unwrap_or(u32::MAX);
            listed.saturating_add(found.more)
        });
        PriorRow {
            id,
            number: facts.number.clone(),
            from: information.from,
            expected_ms: information.expected_at.map(|at| at.as_millisecond()),
            place: information.place.clone(),
            plates: facts.plates.clone(),
            containers: facts.containers.clone(),
            mode: information.draft.mode,
            purpose,
            consignments: u32::try_from(information.draft.consignments.len()).unwrap_or(u32::MAX),
            recorded: prior.recorded.as_ref().map(signature),
            standing,
            visit,
            visit_number: visit
                .and_then(|visit| self.visit_state(visit))
                .map(|visit| visit.number.clone()),
            since_ms: since.map(|at| at.as_millisecond()),
            linked_by,
            reason,
            differences,
            course: (standing == PriorStanding::Expected).then(|| told_of(purpose)).flatten(),
        }
    }
}

/// Where goods stand that somebody told of and nobody has seen (T1, D1 of the course).
fn told_of(purpose: Purpose) -> Option<CourseView> {
    let direction = match purpose {
        Purpose::Arrival => Direction::Inbound,
        Purpose::Departure => Direction::Outbound,
    };
    Course::expected(direction).next(Step::PreAdvised).ok().map(super::stay::course)
}
