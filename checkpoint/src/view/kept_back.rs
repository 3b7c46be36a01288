//! What is kept back from readers outside the customs bodies' own work (Code of the Republic of Kazakhstan on customs affairs (2010),
//! art. 219.4, 16.2): what the edition marks as confidential. Exports, papers, the hub's dashboards show it never; officers at the
//! terminal see it. What tells one traveller from another, the name and the number of a travel document that was scanned, is kept back
//! likewise (16.2). What is kept back is not there, so no page has to hide it.

use super::{JournalLine, LaneView, ScanView, VisitView};
use crate::law::Edition;

impl Edition {
    /// Whether that this act was recorded is for the customs bodies alone.
    pub fn is_confidential(&self, act: &str) -> bool {
        self.act(act).is_some_and(|rule| rule.confidential)
    }
}

impl VisitView {
    /// The same without confidential acts and answers, and without a word about travellers.
    #[must_use]
    pub fn without_confidential(mut self, edition: &Edition) -> VisitView {
        self.scans = self.scans.into_iter().map(ScanView::without_traveller).collect();
        for one in self.notice.iter_mut().map(|notice| &mut notice.notice) {
            let of_goods = one.consignments.iter_mut().map(|goods| &mut goods.answers);
            for answers in [&mut one.answers].into_iter().chain(of_goods) {
                answers.retain(|id, _| !edition.confidential.answers.contains(id));
            }
        }
        self.acts.retain(|act| !edition.is_confidential(&act.kind));
        for act in &mut self.acts {
            let Some(rule) = edition.act(&act.kind) else { continue };
            for field in rule.fields.iter().filter(|field| field.confidential) {
                act.answers.remove(&field.id);
            }
        }
        self
    }
}

impl LaneView {
    /// The same without a word about travellers.
    #[must_use]
    pub fn without_confidential(mut self) -> LaneView {
        self.scans = self.scans.into_iter().map(ScanView::without_traveller).collect();
        self
    }
}

impl JournalLine {
    /// The same without a word about which act it was, where that is confidential, and about travellers. The line stays, so that numbers have
    /// no gap.
    #[must_use]
    pub fn without_confidential(mut self, edition: &Edition) -> JournalLine {
        if self.with.get("act_kind").is_some_and(|kind| edition.is_confidential(kind)) {
            self.with.retain(|name, _| name == "act" || name == "as_of_ms");
        }
        if self.kind == "scanned"
            && self.with.get("scan").is_some_and(|what| what == "travel_document")
        {
            self.with.remove("value");
        }
        self
    }
}
