//! What scanners read about a vehicle, for a screen: claims with what was checked of them, and inspections by X-rays with who judged.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Checkpoint;
use crate::ids::{DeviceId, LaneId, ReadingId, VisitId};
use crate::input::observation::{
    DocumentKind, ScanChecked, ScanClaim, ScanConclusion, ScanDocument, ScanElement, ScanImage,
    ScanInspection, ScanJudge, ScanKind, ScanReading, ScanRegion,
};
use crate::state::scan::Scan;
use crate::state::visit::Visit;

/// Scans that a lane shows; the page of a vehicle shows all that are kept of it.
const LANE_SHOWS: usize = 6;
/// A lane shows them so long.
const LANE_SHOWS_FOR: SignedDuration = SignedDuration::from_hours(1);

view! {
    /// A scan.
    struct ScanView {
        /// The reading.
        pub reading: ReadingId,
        /// Entry in which it stands.
        pub seq: u64,
        /// When it was read first.
        pub at_ms: i64,
        /// Which scanner.
        pub device: DeviceId,
        /// What it is taken to be.
        pub what: ScanKind,
        /// The number or text; of an inspection its id at the scanner.
        pub value: String,
        /// What was checked of it.
        pub checked: ScanChecked,
        /// What was read, if the value is a repair of it and only suggested.
        pub read_as: Option<String>,
        /// How often it was read.
        pub times: u32,
        /// What else the same code could be, or holds.
        pub also: Vec<ScanClaim>,
        /// The whole text of the code, where the value is not all of it.
        pub text: Option<String>,
        /// The elements of a GS1 code.
        pub elements: Vec<ScanElement>,
        /// The travel document, if it is one.
        pub document: Option<DocumentView>,
        /// The inspection, if it is one.
        pub inspection: Option<InspectionView>,
        /// Whose it is taken to be.
        pub visit: Option<VisitId>,
        /// Until when it waits for the next vehicle of its lane; none if it has its vehicle.
        pub waits_until_ms: Option<i64>,
    }
}

view! {
    /// A travel document as it was read.
    struct DocumentView {
        /// What it is.
        pub kind: DocumentKind,
        /// Who issued it.
        pub issuer: String,
        /// Its number.
        pub number: String,
        /// The last day on which it is valid, `2030-04-15`.
        pub expires: Option<String>,
    }
}

view! {
    /// The result of an inspection by X-rays. The image stays with the scanner.
    struct InspectionView {
        /// In a word, once somebody has concluded.
        pub conclusion: Option<ScanConclusion>,
        /// Who concluded: the system or a person.
        pub judge: Option<ScanJudge>,
        /// The operator, if a person concluded.
        pub judged_by: Option<String>,
        /// When, by the scanner's clock.
        pub judged_ms: Option<i64>,
        /// In the operator's words.
        pub remark: Option<String>,
        /// What of the image it is about.
        pub regions: Vec<ScanRegion>,
        /// The scanner, as it calls itself.
        pub scanner: Option<String>,
        /// Who ran it.
        pub operator: Option<String>,
        /// From, by the scanner's clock.
        pub started_ms: Option<i64>,
        /// To, by the scanner's clock.
        pub ended_ms: Option<i64>,
        /// The direction, in the scanner's word.
        pub direction: Option<String>,
        /// The vehicle, as it was told to the scanner.
        pub vehicle: Option<String>,
        /// The containers, as they were told to the scanner.
        pub containers: Vec<String>,
        /// What kind of file the image is.
        pub image: Option<ScanImage>,
        /// Its size in bytes.
        pub image_bytes: Option<u64>,
        /// Its SHA-256, in hexadecimal.
        pub image_sha256: Option<String>,
        /// Where it lies.
        pub image_uri: Option<String>,
    }
}

impl ScanView {
    fn of(reading: ReadingId, scan: &Scan, visit: Option<VisitId>) -> ScanView {
        let read = scan.scan.as_ref();
        ScanView {
            reading,
            seq: scan.seq,
            at_ms: scan.at.as_millisecond(),
            device: scan.device.clone(),
            what: read.what,
            value: read.value.clone(),
            checked: read.checked,
            read_as: read.read_as.clone(),
            times: scan.times,
            also: read.also.clone(),
            text: read.text.clone(),
            elements: read.elements.clone(),
            document: read.document.as_deref().map(DocumentView::of),
            inspection: (read.what == ScanKind::Inspection).then(|| InspectionView::of(read)),
            visit,
            waits_until_ms: None,
        }
    }

    /// The same without whatever tells one traveller from another.
    pub(super) fn without_traveller(mut self) -> ScanView {
        if let Some(document) = &mut self.document {
            document.number.clear();
            self.value.clone_from(&document.issuer);
        }
        self
    }
}

impl DocumentView {
    fn of(document: &ScanDocument) -> DocumentView {
        DocumentView {
            kind: document.kind,
            issuer: document.issuer.clone(),
            number: document.number.clone(),
            expires: document.expires.map(|date| date.to_string()),
        }
    }
}

impl InspectionView {
    fn of(read: &ScanReading) -> InspectionView {
        let none = ScanInspection::default();
        let told = read.inspection.as_deref().unwrap_or(&none);
        let ms = |at: Option<Timestamp>| at.map(Timestamp::as_millisecond);
        InspectionView {
            conclusion: read.conclusion,
            judge: told.judge,
            judged_by: read.judged_by.clone(),
            judged_ms: ms(told.judged_at),
            remark: read.remark.clone(),
            regions: told.regions.clone(),
            scanner: told.scanner.clone(),
            operator: told.operator.clone(),
            started_ms: ms(told.started),
            ended_ms: ms(told.ended),
            direction: told.direction.clone(),
            vehicle: told.vehicle.clone(),
            containers: told.containers.clone(),
            image: told.image,
            image_bytes: told.image_bytes,
            image_sha256: read.image_sha256.clone(),
            image_uri: read.image_uri.clone(),
        }
    }
}

/// All scans of a vehicle, newest first.
pub(super) fn of_visit(id: VisitId, visit: &Visit) -> Vec<ScanView> {
    let mut scans: Vec<ScanView> =
        visit.scans.iter().map(|(reading, scan)| ScanView::of(*reading, scan, Some(id))).collect();
    scans.reverse();
    scans
}

impl Checkpoint {
    /// What the readers of a lane read lately, newest first.
    pub(super) fn scans_of_lane(&self, lane: &LaneId) -> Vec<ScanView> {
        let waits = self.limits().and_then(|limits| Some(limits.scans.as_ref()?.value.waits));
        let since = self.at().and_then(|at| at.checked_sub(LANE_SHOWS_FOR).ok());
        let readers = self.devices.values().filter(|device| device.lane == *lane);
        let heard = readers.flat_map(|reader| &reader.scans).map(|heard| heard.reading);
        let mut lately: Vec<(ReadingId, &Scan)> = heard
            .filter_map(|reading| Some((reading, self.scan(reading)?)))
            .filter(|(_, scan)| since.is_none_or(|since| scan.at >= since))
            .collect();
        lately.sort_unstable_by_key(|(reading, _)| Reverse(*reading));
        // Of an inspection every document was heard.
        lately.dedup_by_key(|(reading, _)| *reading);
        let view = |(reading, scan): (ReadingId, &Scan)| {
            let visit = self.readings.get(&reading).copied();
            let until =
                waits.filter(|_| visit.is_none()).and_then(|waits| scan.at.checked_add(waits).ok());
            let waits_until_ms = until.map(Timestamp::as_millisecond);
            ScanView { waits_until_ms, ..ScanView::of(reading, scan, visit) }
        };
        lately.into_iter().take(LANE_SHOWS).map(view).collect()
    }
}
