//! Passages as N42.42 documents: out of a recording, with every interval; out of a journal, with what the intervals amounted to; and, by the
//! agent that runs, out of both ([`Writing`]).
//!
//! The journal keeps what was measured on a vehicle ([`Screening`]), not its intervals: those are on tapes. Alarms, background, sums and
//! quality of a document are those of the journal where there is one; intervals are those of a tape where it has them; and a document says
//! which it is. What is told by neither (the algorithm's groups, when an alarm was first seen) is not made up.

mod checked;
mod folder;
mod recorded;
mod screened;
mod taped;
mod writing;

use checkpoint::event::{Entry, Event};
use checkpoint::ids::DeviceId;
use checkpoint::input::observation::Screening;
use firmware_protocols::n42::occupancy::{Portal, document};
use firmware_protocols::n42::{self, Document, Lines};
use firmware_protocols::portal::Occupancy;
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use checked::{Checked, check};
pub use folder::{Folder, Position, name_of};
pub use recorded::{Passage, Recorded, Source};
pub use writing::{Parts, Writing};

use crate::config::Instrument;

/// What a person says of the portal, for neither a journal nor a recording does.
#[derive(Debug, Clone)]
pub struct About {
    /// Its maker, model and software.
    pub instrument: Instrument,
    /// Times are written with the offset that holds there.
    pub zone: TimeZone,
    /// Whether gamma counts are repeated as spectra of eight channels.
    pub spectra: bool,
}

impl About {
    fn portal(&self, device: &DeviceId, of_four: bool, began: Timestamp) -> Portal {
        let said = |what: &Option<String>| what.clone().unwrap_or_else(|| NOT_STATED.to_owned());
        let Instrument { manufacturer, model, firmware } = &self.instrument;
        let instrument = n42::Instrument {
            // An id in XML begins with a letter.
            id: format!("RPM-{device}"),
            manufacturer: said(manufacturer),
            identifier: Some(device.to_string()),
            model: said(model),
            description: None,
            class: "Portal Monitor".to_owned(),
            versions: vec![("Software".to_owned(), said(firmware))],
        };
        let creator = concat!("Beket edge-agent/", env!("CARGO_PKG_VERSION"));
        let make = if of_four { Portal::of_four } else { Portal::of_sums };
        let offset = self.zone.to_offset(began);
        Portal { spectra: self.spectra, ..make(instrument, offset, creator) }
    }
}

/// The document of a passage of a recording.
pub fn of_passage(device: &DeviceId, (occupancy, lines): &Passage, about: &About) -> Document {
    let portal = about.portal(device, occupancy.given.is_none(), occupancy.began);
    document(&portal, occupancy, lines)
}

/// The document of an entry, if it tells that a vehicle was screened, and by this device where one is named.
pub fn of_entry(entry: &Entry, device: Option<&DeviceId>, about: &About) -> Option<Document> {
    let Event::VehicleScreened { device: by, screening, .. } = &entry.event else { return None };
    if device.is_some_and(|device| device != by) {
        return None;
    }
    Some(of_screening(by, screening, None, about))
}

/// The document of a passage of the journal, with the intervals that a tape has of it.
pub fn of_screening(
    device: &DeviceId,
    screening: &Screening,
    taped: Option<&Passage>,
    about: &About,
) -> Document {
    let kept = screened::occupancy(screening);
    let mut made = match taped {
        // Four backgrounds are of four detectors; one is of all, and none leaves it open.
        None => {
            let of_four = kept.gamma_background.as_ref().is_none_or(|rates| rates.len() == 4);
            document(&about.portal(device, of_four, kept.began), &kept, &Lines::default())
        }
        Some((heard, lines)) => {
            let portal = about.portal(device, heard.given.is_none(), kept.began);
            let told =
                Occupancy { speeds: heard.speeds.clone(), given: heard.given.clone(), ..kept };
            let mut made = document(&portal, &told, lines);
            let counts = |one: &Occupancy| (one.gamma_lines, one.neutron_lines);
            if !lines.is_empty() && counts(heard) != counts(&told) {
                made.remarks.push(format!(
                    "Of {} gamma and {} neutron intervals of the occupancy the recording of the line has {} and {}.",
                    told.gamma_lines, told.neutron_lines, heard.gamma_lines, heard.neutron_lines,
                ));
            }
            made
        }
    };
    // Over how many intervals was summed is not in the journal.
    for analysis in &mut made.analyses {
        analysis.settings.retain(|[name, ..]| name != "Intervals");
    }
    made
}

/// The name of a document's file: device, beginning, occupancy.
pub fn file_name(document: &Document) -> String {
    let group = document.groups.first().map_or("OCC", |group| group.id.as_str());
    let began = document
        .measurements
        .iter()
        .find(|one| one.occupied == Some(true))
        .or(document.measurements.first())
        .and_then(|one| one.start)
        .map(|start| start.at.strftime("%Y%m%dT%H%M%SZ").to_string())
        .unwrap_or_default();
    format!("{}-{began}-{group}.n42", document.instrument.id)
}

/// What stands in a document for what nobody has said.
const NOT_STATED: &str = "not stated";

#[cfg(test)]
mod tests {
    use checkpoint::input::observation::Agreement;
    use jiff::tz::Offset;
    use rust_decimal::Decimal;
    use units::{Counts, CountsPerSecond};

    use super::*;

    #[test]
    fn a_screening_becomes_a_document_that_says_what_it_has_not() {
        let screening = Screening {
            began: "2026-05-21T05:00:00Z".parse().unwrap(),
            ended: "2026-05-21T05:00:10.5Z".parse().unwrap(),
            ended_by: "gx".to_owned(),
            device_counter: Some(594),
            missed_before: 1,
            gamma_lines: 57,
            gamma_alarm_lines: 3,
            neutron_lines: 11,
            neutron_alarm_lines: 0,
            gamma_background: Some([383, 389, 432, 423].map(CountsPerSecond).to_vec()),
            neutron_background_cps: Some(Decimal::new(6383, 3)),
            max_sum: Some(Counts(1940)),
            max_z: Some(Decimal::new(10_193, 3)),
            gamma: Agreement::Agree,
            neutron: Agreement::Neither,
            n_sigma: Decimal::from(5),
            speed_mm_s: Some(1355),
            quality: ["missed_occupancy", "assumed_config"].map(String::from).to_vec(),
        };
        let instrument = Instrument {
            manufacturer: Some("Rapiscan/TSA".to_owned()),
            model: Some("VM-250".to_owned()),
            firmware: Some("1.10.1A".to_owned()),
        };
        let about =
            About { instrument, zone: TimeZone::fixed(Offset::constant(5)), spectra: false };
        let device: DeviceId = "portal-1".parse().unwrap();
        let made = of_screening(&device, &screening, None, &about);
        let checked = check(n42::write(&made).as_bytes(), None);
        assert!(checked.findings.is_empty(), "{:?}", checked.findings);
        assert_eq!(checked.summary, "N42.42-2012, 8 detectors, 2 measurements, 1 alarms");
        assert_eq!(file_name(&made), "RPM-portal-1-20260521T050000Z-OCC-594.n42");
        assert!(made.remarks.iter().any(|remark| remark.contains("not in the source")));
        let faults: Vec<&str> =
            made.analyses[0].faults.iter().map(|fault| fault.code.as_str()).collect();
        assert_eq!(faults, ["missed_occupancy", "assumed_config"]);
    }
}
