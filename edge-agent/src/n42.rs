//! Occupancies as N42.42 documents: out of a recording, with every line; out of a journal, with what the lines amounted to.
//!
//! The journal keeps what was measured on a vehicle ([`Screening`]), not its lines: those are on tapes. A document out of a journal therefore
//! has the background, the sums, the alarms and the quality flags, and says what it has not. What a screening does not tell (the
//! algorithm's groups, when an alarm was first seen) is not made up.

use checkpoint::event::{Entry, Event};
use checkpoint::ids::DeviceId;
use checkpoint::input::observation::{Agreement, Screening};
use firmware_protocols::n42::occupancy::{Portal, document};
use firmware_protocols::n42::{self, Document, Instrument, Lines, Recorder};
use firmware_protocols::portal::evaluation::Distance;
use firmware_protocols::portal::{
    self, EndedBy, Occupancy, PortalSettings, Quality, SettingsOrigin,
};
use firmware_protocols::{Decoder, Dialect, Reading, Settings};
use jiff::tz::Offset;
use rust_decimal::Decimal;
use units::{MilliCountsPerSecond, MilliSigma, MillimetresPerSecond};

use crate::config::DeviceLine;
use crate::replay::Piece;
use crate::tape;

/// What a person says of the portal, for neither a journal nor a recording does.
#[derive(Debug, Clone)]
pub struct About {
    /// Who made it.
    pub manufacturer: String,
    /// Its model.
    pub model: String,
    /// The version of its software.
    pub firmware: String,
    /// The offset from UTC in which times are written.
    pub offset: Offset,
    /// Whether gamma counts are repeated as spectra of eight channels.
    pub spectra: bool,
}

impl About {
    fn portal(&self, device: &DeviceId, of_four: bool) -> Portal {
        let instrument = Instrument {
            // An id in XML begins with a letter.
            id: format!("RPM-{device}"),
            manufacturer: self.manufacturer.clone(),
            identifier: Some(device.to_string()),
            model: self.model.clone(),
            description: None,
            class: "Portal Monitor".to_owned(),
            versions: vec![("Software".to_owned(), self.firmware.clone())],
        };
        let creator = concat!("Beket edge-agent ", env!("CARGO_PKG_VERSION"));
        let make = if of_four { Portal::of_four } else { Portal::of_sums };
        Portal { spectra: self.spectra, ..make(instrument, self.offset, creator) }
    }
}

/// How the portal of a recording speaks and is set.
#[derive(Debug, Clone)]
pub struct Source {
    /// How it speaks.
    pub dialect: Dialect,
    /// How that is set.
    pub settings: Settings,
    /// What is assumed of it until it tells its own settings.
    pub portal: PortalSettings,
    /// Whether each piece is a message of its own; if not, the piece itself may show that it is one.
    pub whole_messages: bool,
}

impl Source {
    /// A portal of which nobody says more.
    pub fn new(dialect: Dialect, settings: Settings) -> Source {
        Source { dialect, settings, portal: PortalSettings::default(), whole_messages: false }
    }

    /// The portal of a site.
    pub fn of(line: &DeviceLine) -> Source {
        Source {
            dialect: line.dialect,
            settings: line.settings.clone(),
            portal: line.portal.clone(),
            whole_messages: line.says_whole_messages(),
        }
    }
}

/// The documents of a recording, whose pieces are in the order of time. What could not be read of it is counted.
pub fn of_recording(
    pieces: &[Piece],
    device: &DeviceId,
    source: &Source,
    about: &About,
) -> (Vec<Document>, usize) {
    let mut recorder = Recorder::new(source.portal.clone());
    let mut decoder = Decoder::with(source.dialect, &source.settings);
    let (mut ended, mut faults, mut last) = (Vec::new(), 0, None);
    for piece in pieces {
        last = Some(piece.at);
        let whole = source.whole_messages || tape::is_message(source.dialect, &piece.bytes);
        let items =
            if whole { decoder.document(&piece.bytes) } else { decoder.decode(&piece.bytes) };
        for item in items {
            match item {
                Ok(Reading::Portal(record)) => ended.extend(recorder.record(&record, piece.at)),
                // What is no portal's is as wrong here as what is nothing.
                Ok(_) | Err(_) => faults += 1,
            }
        }
    }
    if let Some(at) = last {
        ended.extend(recorder.link_lost(at));
    }
    let made = ended
        .iter()
        .map(|(occupancy, lines)| {
            document(&about.portal(device, occupancy.given.is_none()), occupancy, lines)
        })
        .collect();
    (made, faults)
}

/// The document of an entry, if it tells that a vehicle was screened, and by this device where one is named.
pub fn of_entry(entry: &Entry, device: Option<&DeviceId>, about: &About) -> Option<Document> {
    let Event::VehicleScreened { device: by, screening, .. } = &entry.event else { return None };
    if device.is_some_and(|device| device != by) {
        return None;
    }
    // Four backgrounds are of four detectors; one is of all, and none leaves it open.
    let of_four = screening.gamma_background.as_ref().is_none_or(|rates| rates.len() == 4);
    Some(document(&about.portal(by, of_four), &occupancy(screening), &Lines::default()))
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

/// A screening in the words it came from. What it does not tell stands at its usual value, and no document mentions that.
fn occupancy(screening: &Screening) -> Occupancy {
    let ended_by = match screening.ended_by.as_str() {
        "gx" => EndedBy::Device,
        "implied" => EndedBy::Implied,
        "quiet" => EndedBy::Quiet,
        "link_lost" => EndedBy::LinkLost,
        _ => EndedBy::Timeout,
    };
    let sigma = |sigma: Decimal| MilliSigma(thousandths(sigma));
    let assumed = screening.quality.iter().any(|flag| flag == "assumed_config");
    Occupancy {
        began: screening.began,
        ended: screening.ended,
        ended_by,
        device_counter: screening.device_counter,
        missed_before: screening.missed_before,
        gamma_lines: screening.gamma_lines,
        gamma_alarm_lines: screening.gamma_alarm_lines,
        first_gamma_alarm: None,
        neutron_lines: screening.neutron_lines,
        neutron_alarm_lines: screening.neutron_alarm_lines,
        gamma_background: screening.gamma_background.clone(),
        neutron_background: screening
            .neutron_background_cps
            .and_then(|rate| u32::try_from(thousandths(rate)).ok())
            .map(MilliCountsPerSecond),
        max_window_sum: screening.max_sum,
        max_distance: screening.max_z.map(|z| Distance {
            sum: Some(sigma(z)),
            pillar_12: None,
            pillar_34: None,
        }),
        max_neutrons: None,
        gamma: agreement(screening.gamma),
        neutron: agreement(screening.neutron),
        speeds: screening.speed_mm_s.map(MillimetresPerSecond).into_iter().collect(),
        settings: PortalSettings {
            n_sigma_milli: sigma(screening.n_sigma),
            origin: if assumed { SettingsOrigin::Assumed } else { SettingsOrigin::Device },
            ..PortalSettings::default()
        },
        quality: quality(&screening.quality),
        given: None,
    }
}

fn thousandths(value: Decimal) -> i32 {
    let scaled = value.saturating_mul(Decimal::ONE_THOUSAND).round();
    i32::try_from(scaled).unwrap_or(if value.is_sign_negative() { i32::MIN } else { i32::MAX })
}

fn agreement(agreement: Agreement) -> portal::Agreement {
    match agreement {
        Agreement::Neither => portal::Agreement::None,
        Agreement::Agree => portal::Agreement::Agree,
        Agreement::DeviceOnly => portal::Agreement::DeviceOnly,
        Agreement::OwnOnly => portal::Agreement::OwnOnly,
    }
}

fn quality(flags: &[String]) -> Quality {
    let is = |name: &str| flags.iter().any(|flag| flag == name);
    Quality {
        start_truncated: is("start_truncated"),
        missed_occupancy: is("missed_occupancy"),
        interval_missing: is("interval_missing"),
        no_background: is("no_background"),
        background_depressed: is("background_depressed"),
        background_fault: is("background_fault"),
        tamper_during: is("tamper_during"),
        speed_saturated: is("speed_saturated"),
        assumed_config: is("assumed_config"),
        interval_unknown: is("interval_unknown"),
        no_presence: is("no_presence"),
        device_fault: is("device_fault"),
    }
}

/// What a file is, and what does not hold of it.
#[derive(Debug)]
pub struct Checked {
    /// A line for a person.
    pub summary: String,
    /// What is wrong, each with its line of the file where it has one.
    pub findings: Vec<(Option<u32>, String)>,
}

/// Reads and checks a file. The rules are those of 2012; a file of 2006 is read, and that is all.
pub fn check(bytes: &[u8], now: Option<jiff::Timestamp>) -> Checked {
    let read = match n42::read(bytes) {
        Ok(read) => read,
        Err(fault) => {
            let findings = vec![(None, fault.to_string())];
            return Checked { summary: "cannot be read".to_owned(), findings };
        }
    };
    let alarms: usize = read.document.analyses.iter().map(|analysis| analysis.alarms.len()).sum();
    let summary = format!(
        "N42.42-{}, {} detectors, {} measurements, {alarms} alarms",
        read.edition,
        read.document.detectors.len(),
        read.document.measurements.len(),
    );
    let mut findings: Vec<(Option<u32>, String)> = Vec::new();
    if read.edition == 2012 {
        let xml = String::from_utf8_lossy(bytes);
        let found = n42::rules::check(&xml, now);
        findings.extend(found.into_iter().map(|finding| (Some(finding.line), finding.what)));
    }
    for passed in read.passed_over {
        // Rules tell most of it with a line; the rest is told without.
        if !findings.iter().any(|(_, what)| what.starts_with(&passed)) {
            findings.push((None, passed));
        }
    }
    Checked { summary, findings }
}

#[cfg(test)]
mod tests {
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
        let about = About {
            manufacturer: "Rapiscan/TSA".to_owned(),
            model: "VM-250".to_owned(),
            firmware: "1.10.1A".to_owned(),
            offset: Offset::constant(5),
            spectra: false,
        };
        let device: DeviceId = "portal-1".parse().unwrap();
        let made =
            document(&about.portal(&device, true), &occupancy(&screening), &Lines::default());
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
