//! Registering a notice as it is, complete or not (Code of the Republic of Kazakhstan on customs affairs (2010), art. 250, 251, 255).

use units::Kilograms;

use super::Refusal;
use super::draft::Draft;
use crate::event::Event;
use crate::ids::{ConsignmentNo, VisitId};
use crate::input::order::{NoticeDraft, Purpose};
use crate::law::notice::{check, declared_gross};

/// Consignments of one vehicle.
pub(super) const MOST_CONSIGNMENTS: usize = 2_000;
/// Goods items of one consignment.
const MOST_GOODS: usize = 2_000;
/// Electronic originals of one notice.
const MOST_ORIGINALS: usize = 2_000;
/// The longest name, type or language of an original, in bytes.
pub(super) const LONGEST_NAME: usize = 500;

impl Draft<'_> {
    pub(super) fn register_notice(
        &mut self,
        visit: VisitId,
        draft: &NoticeDraft,
    ) -> Result<(), Refusal> {
        let state = self.visit_here(visit)?;
        if state.mode != draft.mode {
            let message =
                format!("the vehicle came by {:?}, the notice is for {:?}", state.mode, draft.mode);
            return Err(Refusal::new("wrong_mode", message));
        }
        check_size(draft)?;
        let (number, revision) = match &state.notice {
            Some(before) => (before.number.clone(), before.revision.saturating_add(1)),
            None => (self.notice_number(), 1),
        };
        let purpose = draft.purpose.unwrap_or(Purpose::of(state.direction));
        let notice = NoticeDraft { purpose: Some(purpose), ..draft.clone() };
        let said = check(&self.rules.edition, &notice);
        self.happened(Event::NoticeRegistered {
            visit,
            number,
            revision,
            notice: Box::new(notice),
            missing: said.missing,
            warnings: said.warnings,
            edition: self.rules.edition.id.clone(),
        });
        for (consignment, number) in draft.consignments.iter().zip(1..) {
            let consignment_no = ConsignmentNo(number);
            let gross = declared_gross(consignment).map(Kilograms);
            self.happened(Event::ConsignmentRecorded { visit, consignment: consignment_no, gross });
        }
        if purpose == Purpose::Arrival {
            self.presented_by_notice(visit);
        }
        self.compare_weight(visit);
        self.compare_priors(visit);
        self.link_expected(visit);
        Ok(())
    }

    /// Office, N for notice, serial.
    fn notice_number(&self) -> String {
        let serial = self.state.last.notice.saturating_add(1);
        format!("{}-N-{serial:06}", self.rules.site.office_code)
    }
}

/// Whether a submission is as long as the longest that is taken.
pub(super) fn check_size(draft: &NoticeDraft) -> Result<(), Refusal> {
    let goods = draft.consignments.iter().map(|consignment| consignment.goods.len()).max();
    if draft.consignments.len() > MOST_CONSIGNMENTS || goods.unwrap_or(0) > MOST_GOODS {
        let message =
            format!("at most {MOST_CONSIGNMENTS} consignments of {MOST_GOODS} goods items");
        return Err(Refusal::new("too_large", message));
    }
    let too_long = draft.originals.iter().find(|original| {
        [&original.field, &original.name, &original.media_type, &original.language]
            .iter()
            .any(|text| text.len() > LONGEST_NAME)
    });
    if draft.originals.len() > MOST_ORIGINALS || too_long.is_some() {
        let message = format!(
            "at most {MOST_ORIGINALS} originals with names of at most {LONGEST_NAME} bytes"
        );
        return Err(Refusal::new("too_large", message));
    }
    Ok(())
}
