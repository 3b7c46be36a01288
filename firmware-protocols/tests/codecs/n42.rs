//! N42 documents: what is written is what the schema and the rules ask for, and what is read may be worse.

use std::fmt::Write as _;

use expect_test::expect;
use firmware_protocols::n42::occupancy::{Portal, document};
use firmware_protocols::n42::{self, Class, Instrument, Lines, Recorder, rules};
use firmware_protocols::portal::{Occupancy, PortalSettings, daily};
use firmware_protocols::{Decoder, Dialect, Reading};
use jiff::tz::Offset;

use crate::check::recording;

const MINIMAL: &str = include_str!("../n42/minimal.n42");

fn instrument() -> Instrument {
    Instrument {
        id: "RPM-L03".into(),
        manufacturer: "Rapiscan/TSA".into(),
        identifier: Some("L03".into()),
        model: "VM-250".into(),
        description: None,
        class: "Portal Monitor".into(),
        versions: vec![("Software".into(), "1.10.1A".into())],
    }
}

pub(crate) fn portal() -> Portal {
    Portal::of_four(instrument(), Offset::constant(5), "checkpoint edge agent")
}

/// The occupancies of a daily file, with their lines.
fn recorded(file: &[u8]) -> Vec<(Box<Occupancy>, Lines)> {
    let mut recorder = Recorder::new(PortalSettings::default());
    let mut decoder = Decoder::new(Dialect::Tsa);
    let mut ended = Vec::new();
    for line in daily::recorded_lines(file, None) {
        let line = line.unwrap();
        for item in decoder.decode(&line.live()) {
            if let Ok(Reading::Portal(record)) = item {
                ended.extend(recorder.record(&record, line.at));
            }
        }
    }
    ended
}

fn own_capture() -> Vec<(Box<Occupancy>, Lines)> {
    recorded(include_bytes!("../captures/tsa/own-portal-with-alarm.day"))
}

/// Elements, attributes and texts of a document, without blanks between elements.
fn elements(xml: &str) -> String {
    let tree = roxmltree::Document::parse(xml).unwrap();
    let mut text = String::new();
    for node in tree.descendants().filter(roxmltree::Node::is_element) {
        let mut attributes: Vec<String> =
            node.attributes().map(|one| format!(" {}={}", one.name(), one.value())).collect();
        attributes.sort();
        let own = node.text().map(str::trim).unwrap_or_default();
        let depth = node.ancestors().count();
        writeln!(text, "{depth} {}{} {own}", node.tag_name().name(), attributes.concat()).unwrap();
    }
    text
}

#[test]
fn the_minimal_occupancy_is_written_element_for_element() {
    let read = n42::read(MINIMAL.as_bytes()).unwrap();
    assert_eq!((read.edition, read.passed_over.as_slice()), (2012, [].as_slice()));
    let written = n42::write(&read.document);
    assert_eq!(elements(&written), elements(MINIMAL));
    assert_eq!(n42::read(written.as_bytes()).unwrap(), read);
    assert_eq!(rules::check(&written, None), []);
}

#[test]
fn an_occupancy_of_our_own_capture_is_this_document() {
    let (occupancy, lines) = own_capture().remove(0);
    let written = n42::write(&document(&portal(), &occupancy, &lines));
    expect_test::expect_file!["../n42/own-occupancy.n42"].assert_eq(&written);
    assert_eq!(rules::check(&written, None), []);
}

#[test]
fn every_occupancy_of_the_recordings_becomes_a_document_that_keeps_the_rules() {
    for file in ["rpm/S2-C0-NONE.csv", "rpm/S2-C3-NORM2.csv"] {
        let Some(bytes) = recording(file) else { return };
        let ended = recorded(&bytes);
        assert_eq!(ended.len(), 15, "{file}");
        for (occupancy, lines) in ended {
            let made = document(&portal(), &occupancy, &lines);
            let xml = n42::write(&made);
            assert_eq!(rules::check(&xml, None), [], "{file}");
            let read = n42::read(xml.as_bytes()).unwrap();
            assert_eq!((&read.document, read.passed_over.len()), (&made, 0));
            let count = |class, prefix: &str| {
                made.measurements
                    .iter()
                    .filter(|one| one.class == class && one.id.starts_with(prefix))
                    .count()
            };
            assert_eq!(count(Class::Foreground, "FG-"), occupancy.gamma_lines as usize);
            assert_eq!(count(Class::Foreground, "FN-"), occupancy.neutron_lines as usize);
            assert_eq!(count(Class::Background, "BG"), 1);
            let before = made
                .measurements
                .iter()
                .filter(|one| one.id.starts_with("FG-") && one.occupied == Some(false))
                .count();
            assert_eq!(before, 5);
            let alarms: usize = made.analyses.iter().map(|one| one.alarms.len()).sum();
            assert_eq!(
                alarms,
                usize::from(occupancy.gamma != firmware_protocols::portal::Agreement::None)
            );
        }
    }
}

#[test]
fn where_the_lines_are_gone_the_document_has_the_sums_and_says_so() {
    let (occupancy, _) = own_capture().remove(0);
    let made = document(&portal(), &occupancy, &Lines::default());
    let xml = n42::write(&made);
    assert_eq!(rules::check(&xml, None), []);
    assert!(made.remarks[0].contains("not in the source"), "{:?}", made.remarks);
    let classes: Vec<_> =
        made.measurements.iter().map(|one| (one.class, one.counts.len())).collect();
    assert_eq!(classes, [(Class::Background, 4), (Class::Foreground, 0)]);
}

#[test]
fn the_same_occupancy_gives_the_same_document_and_another_one_another() {
    let ended = own_capture();
    let made: Vec<_> =
        ended.iter().map(|(occupancy, lines)| document(&portal(), occupancy, lines)).collect();
    let (occupancy, lines) = &ended[0];
    assert_eq!(document(&portal(), occupancy, lines), made[0]);
    let mut uuids: Vec<_> = made.iter().map(|one| one.uuid.clone().unwrap()).collect();
    uuids.dedup();
    assert_eq!(uuids.len(), ended.len());
    assert!(uuids.iter().all(|uuid| uuid.len() == 36 && uuid.as_bytes()[14] == b'8'), "{uuids:?}");
}

#[test]
fn a_reader_of_spectra_gets_spectra_of_eight_channels_where_it_asks_for_them() {
    let (occupancy, lines) = own_capture().remove(0);
    let made = document(&Portal { spectra: true, ..portal() }, &occupancy, &lines);
    let xml = n42::write(&made);
    assert_eq!(rules::check(&xml, None), []);
    let gamma = made.measurements.iter().find(|one| one.id == "FG-1").unwrap();
    assert_eq!(gamma.spectra.len(), 4);
    assert_eq!(gamma.spectra[0].channels.len(), 8);
    assert_eq!(gamma.spectra[0].channels[0], gamma.counts[0].counts[0]);
    assert!(made.remarks.iter().any(|remark| remark.contains("Spectra are no spectra")));
}

#[test]
fn states_become_measurements_with_their_own_live_times() {
    let sums = Portal::of_sums(instrument(), Offset::constant(5), "checkpoint edge agent");
    for (occupancy, lines) in crate::states::episodes() {
        let made = document(&sums, &occupancy, &lines);
        assert_eq!(rules::check(&n42::write(&made), None), []);
        let known = lines
            .states
            .iter()
            .filter(|(_, state)| {
                state.gamma.counts.is_some_and(|counts| counts.interval_ms.is_some())
            })
            .count();
        let written = made.measurements.iter().filter(|one| one.id.starts_with("FG-")).count();
        assert_eq!(written, known);
    }
}

#[test]
fn the_annex_for_portals_is_read() {
    for (file, alarms) in [("n42/Annex_D.n42", 0), ("n42/Annex_D_alarmed.n42", 2)] {
        let Some(bytes) = recording(file) else { return };
        let read = n42::read(&bytes).unwrap();
        assert_eq!(read.edition, 2012);
        let document = &read.document;
        assert_eq!((document.detectors.len(), document.measurements.len()), (6, 7), "{file}");
        let occupied: Vec<_> = document.measurements.iter().map(|one| one.occupied).collect();
        let expected = [false, false, true, true, true, false, false].map(Some);
        assert_eq!(occupied, expected, "{file}");
        assert_eq!(
            document.analyses.iter().map(|one| one.alarms.len()).sum::<usize>(),
            alarms,
            "{file}"
        );
        assert_eq!(document.windows[0].ends.len(), 3);
        let xml = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(rules::check(xml, None), [], "{file}");
        // What is written of it keeps the rules too.
        assert_eq!(rules::check(&n42::write(document), None), [], "{file}");
    }
}

/// The faults of a device in the field: an offset without its colon, elements in another order, more live than real time, counted zeroes.
const FAULTY: &str = r#"<RadInstrumentData xmlns="http://physics.nist.gov/N42/2011/N42"><RadInstrumentInformation id="I"><RadInstrumentManufacturerName>M</RadInstrumentManufacturerName>
<RadInstrumentModelName>D</RadInstrumentModelName><RadInstrumentClassCode>Radionuclide Identifier</RadInstrumentClassCode><RadInstrumentVersion><RadInstrumentComponentName>Software</RadInstrumentComponentName>
<RadInstrumentComponentVersion>1</RadInstrumentComponentVersion></RadInstrumentVersion></RadInstrumentInformation><RadDetectorInformation id="G"><RadDetectorCategoryCode>Gamma</RadDetectorCategoryCode>
<RadDetectorKindCode>CsI</RadDetectorKindCode></RadDetectorInformation><RadMeasurement id="M"><MeasurementClassCode>Foreground</MeasurementClassCode><StartDateTime>2026-07-10T12:21:47-0500</StartDateTime>
<RealTimeDuration>PT3S</RealTimeDuration><Spectrum id="S" radDetectorInformationReference="G"><LiveTimeDuration>PT2.97S</LiveTimeDuration><ChannelData compressionCode="CountedZeroes">0 3 7 0 2 1</ChannelData></Spectrum>
<DoseRate id="D" radDetectorInformationReference="G"><DoseRateValue>1.2e-1</DoseRateValue></DoseRate><GrossCounts id="C" radDetectorInformationReference="G"><LiveTimeDuration>PT5.97S</LiveTimeDuration>
<CountData>42</CountData></GrossCounts></RadMeasurement></RadInstrumentData>"#;

#[test]
fn a_faulty_file_is_read_and_each_fault_is_told() {
    let read = n42::read(FAULTY.as_bytes()).unwrap();
    assert_eq!(
        read.passed_over,
        [
            "GrossCounts comes too late in RadMeasurement",
            "the offset of StartDateTime has no colon",
            "a live time is longer than the real time"
        ]
    );
    let one = &read.document.measurements[0];
    assert_eq!(one.start.unwrap().to_string(), "2026-07-10T12:21:47.000-05:00");
    assert_eq!(one.counts[0].counts[0].to_string(), "42");
    assert_eq!(one.dose_rates[0].usv_h.to_string(), "0.12");
    let channels: Vec<String> = one.spectra[0].channels.iter().map(ToString::to_string).collect();
    assert_eq!(channels.join(" "), "0 0 0 7 0 0 1");
    let found = rules::check(FAULTY, None);
    let told: Vec<&str> = found.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(
        told,
        [
            "GrossCounts comes too late in RadMeasurement: the order is fixed",
            "the offset of StartDateTime has no colon"
        ]
    );
}

/// A portal's file of 2006, as its makers write it, cut to one slice.
const OF_2006: &str = r#"<?xml version="1.0"?><N42InstrumentData xmlns="http://physics.nist.gov/Divisions/Div846/Gp4/ANSIN4242/2005/ANSIN4242"><Measurement>
<InstrumentInformation><InstrumentType>PVT Portal</InstrumentType><Manufacturer>M</Manufacturer><InstrumentModel>P</InstrumentModel><InstrumentID>7</InstrumentID></InstrumentInformation>
<DetectorData><StartTime>2026-05-01T10:15:14.062+05:00</StartTime><SampleRealTime>PT0.25S</SampleRealTime><Occupied>1</Occupied><Speed Units="mph">2.4</Speed>
<DetectorMeasurement Detector="A1" DetectorType="Gamma"><SpectrumMeasurement><SpectrumAvailable>1</SpectrumAvailable><Spectrum><RealTime>PT0.25S</RealTime><LiveTime>PT0.24S</LiveTime>
<SourceType>Item</SourceType><ChannelData Compression="CountedZeroes">3 0 4 2</ChannelData></Spectrum></SpectrumMeasurement></DetectorMeasurement>
<DetectorMeasurement Detector="N1" DetectorType="Neutron"><GrossCountMeasurement><GrossCounts><TotalCounts>5</TotalCounts></GrossCounts></GrossCountMeasurement></DetectorMeasurement>
</DetectorData></Measurement></N42InstrumentData>"#;

#[test]
fn a_file_of_2006_is_read_slice_by_slice() {
    let read = n42::read(OF_2006.as_bytes()).unwrap();
    assert_eq!(read.edition, 2006);
    let one = &read.document.measurements[0];
    expect!["Some(Stamp { at: 2026-05-01T05:15:14.062Z, offset: 05:00:00 }) Some(0.25) Some(true) Some(1.0729) Foreground"]
        .assert_eq(&format!("{:?} {:?} {:?} {:?} {:?}", one.start.unwrap(), one.real_time_s, one.occupied, one.speed_m_s, one.class).replacen("Stamp", "Some(Stamp", 1).replacen("} ", "}) ", 1));
    assert_eq!(one.spectra[0].channels.len(), 6);
    assert_eq!(
        (one.counts[0].detector.as_str(), one.counts[0].counts[0].to_string().as_str()),
        ("N1", "5")
    );
    assert_eq!(read.document.detectors.len(), 2);
}

#[test]
fn each_rule_finds_what_breaks_it() {
    let cases = [
        (
            r#"<OccupancyIndicator>false</OccupancyIndicator>"#,
            r#"<Speed>1</Speed>"#,
            "Speed is not allowed here",
        ),
        (
            r#"<MeasurementClassCode>Background</MeasurementClassCode>"#,
            "",
            "RadMeasurement lacks MeasurementClassCode",
        ),
        (
            r#"radDetectorInformationReferences="Aa1""#,
            r#"radDetectorInformationReferences="Zz9""#,
            "there is no RadDetectorInformation with the id Zz9",
        ),
        (
            r#"radDetectorInformationReferences="Aa1""#,
            r#"radDetectorInformationReferences="ITEM""#,
            "ITEM is a RadItemInformation, a RadDetectorInformation expected",
        ),
        (
            r#"<AnalysisResults radMeasurementGroupReferences="OCC-594">"#,
            "<AnalysisResults>",
            "has 0 references",
        ),
        (
            r#"<AnalysisResults radMeasurementGroupReferences="OCC-594">"#,
            r#"<AnalysisResults radMeasurementGroupReferences="OCC-594" radMeasurementReferences="BG">"#,
            "has 2 references",
        ),
        (r#"id="FG-1-Aa1""#, r#"id="BG-Aa1""#, "the id BG-Aa1 is used twice"),
        (
            r#"id="BG-Aa1N" radDetectorInformationReference="Aa1N""#,
            r#"id="BG-Aa1N" radDetectorInformationReference="Aa1""#,
            "two GrossCounts in one measurement",
        ),
        ("2026-05-01T10:13:54.984+05:00", "2026-05-01T10:13:54.984", "has no offset from UTC"),
        ("2026-05-01T10:13:54.984+05:00", "2036-05-01T10:13:54.984+05:00", "is in the future"),
        ("2026-05-01T10:13:54.984+05:00", "some time", "is not a time"),
        (
            "<RadAlarmCategoryCode>Gamma</RadAlarmCategoryCode>\n      <RadAlarmDescription>vendor GA</RadAlarmDescription>",
            "<RadAlarmCategoryCode>Other</RadAlarmCategoryCode>",
            "needs RadAlarmDescription",
        ),
        (
            "<RadDetectorKindCode>PVT</RadDetectorKindCode>",
            "<RadDetectorKindCode>Other</RadDetectorKindCode>",
            "needs RadDetectorDescription",
        ),
        ("http://physics.nist.gov/N42/2011/N42", "http://example.org", "the namespace must be"),
        (
            r#"<RadItemInformation id="ITEM"/>"#,
            r#"<RadItemInformation id="ITEM"/><EnergyWindows id="W"><WindowStartEnergyValues>0 100</WindowStartEnergyValues><WindowEndEnergyValues>0 50</WindowEndEnergyValues></EnergyWindows>"#,
            "each window must begin before it ends",
        ),
        ("</RadInstrumentData>", "", "never closed"),
    ];
    let now = "2026-11-22T00:00:00Z".parse().ok();
    assert_eq!(rules::check(MINIMAL, now), []);
    for (from, to, complaint) in cases {
        let broken = MINIMAL.replacen(from, to, 1);
        assert_ne!(broken, MINIMAL, "{from} is not there");
        let found = rules::check(&broken, now);
        assert!(found.iter().any(|one| one.what.contains(complaint)), "{to}: {found:?}");
        assert!(found.iter().all(|one| one.line > 0));
    }
}

#[test]
fn hostile_documents_are_refused_and_cost_nothing() {
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    let ns = n42::NAMESPACE;
    for (xml, complaint) in [
        (deep, "nested deeper"),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".to_owned(), "DTD"),
        ("\u{0}".to_owned(), "malformed"),
        (
            format!(
                "<RadInstrumentData xmlns=\"{ns}\"><RadMeasurement><RealTimeDuration>P1Y</RealTimeDuration></RadMeasurement></RadInstrumentData>"
            ),
            "is not a duration",
        ),
    ] {
        let fault = n42::read(xml.as_bytes()).unwrap_err();
        assert!(fault.to_string().contains(complaint), "{fault}");
    }
    let long = vec![b' '; firmware_protocols::limits::N42_BYTES + 1];
    assert_eq!(n42::read(&long).unwrap_err().kind.name(), "too-long");
}
