//! The backpack detector that stands in for a portal: documents between their marks, and what they say.

use expect_test::{Expect, expect};
use firmware_protocols::n42;
use firmware_protocols::portal::{Record, rs350};
use firmware_protocols::{Dialect, Reading};

use crate::check::decode;

/// A document as the published description of the device has it, with some of its parts.
pub(crate) fn told(
    foreground: Option<(u32, u32)>,
    background: Option<(u32, u32)>,
    alarm: &[(&str, &str)],
) -> Vec<u8> {
    let measurement = |class: &str, (gamma, neutron): (u32, u32), more: &str| {
        format!(
            r#"<RadMeasurement id="{class}"><MeasurementClassCode>{class}</MeasurementClassCode><StartDateTime>2026-07-12T14:00:00Z</StartDateTime>
            <RealTimeDuration>PT1.0S</RealTimeDuration>
            <Spectrum id="{class}L" radDetectorInformationReference="DetG" energyCalibrationReference="LinEnCal"><LiveTimeDuration>PT1.0S</LiveTimeDuration><ChannelData>1 2 3 4</ChannelData></Spectrum>
            <Spectrum id="{class}C" radDetectorInformationReference="DetG" energyCalibrationReference="CmpEnCal"><LiveTimeDuration>PT1.0S</LiveTimeDuration><ChannelData>1 2</ChannelData></Spectrum>
            <GrossCounts id="{class}G" radDetectorInformationReference="DetG"><LiveTimeDuration>PT1.0S</LiveTimeDuration><CountData>{gamma}</CountData></GrossCounts>
            <GrossCounts id="{class}N" radDetectorInformationReference="DetN"><LiveTimeDuration>PT1.0S</LiveTimeDuration><CountData>{neutron}</CountData></GrossCounts>
            {more}</RadMeasurement>"#
        )
    };
    let dose = r#"<DoseRate id="FD" radDetectorInformationReference="DetG"><DoseRateValue>0.125</DoseRateValue></DoseRate>"#;
    let alarms: String = alarm
        .iter()
        .map(|(category, description)| {
            format!(r#"<RadAlarm radDetectorInformationReferences="DetG"><RadAlarmCategoryCode>{category}</RadAlarmCategoryCode><RadAlarmDescription>{description}</RadAlarmDescription></RadAlarm>"#)
        })
        .collect();
    let analysis = if alarm.is_empty() {
        String::new()
    } else {
        format!(
            r#"<DerivedData id="DD"><Remark>alarm</Remark><MeasurementClassCode>Foreground</MeasurementClassCode><StartDateTime>2026-07-12T14:00:00Z</StartDateTime><RealTimeDuration>PT1.0S</RealTimeDuration></DerivedData>
            <AnalysisResults derivedDataReferences="DD">{alarms}</AnalysisResults>"#
        )
    };
    let document = format!(
        r#"<?xml version="1.0"?><RadInstrumentData xmlns="{}">
        <RadInstrumentInformation id="I"><RadInstrumentManufacturerName>Radiation Solutions</RadInstrumentManufacturerName><RadInstrumentModelName>RS-350</RadInstrumentModelName>
        <RadInstrumentClassCode>Backpack</RadInstrumentClassCode><RadInstrumentVersion><RadInstrumentComponentName>Software</RadInstrumentComponentName><RadInstrumentComponentVersion>1</RadInstrumentComponentVersion></RadInstrumentVersion></RadInstrumentInformation>
        <RadDetectorInformation id="DetG"><RadDetectorCategoryCode>Gamma</RadDetectorCategoryCode><RadDetectorKindCode>NaI</RadDetectorKindCode></RadDetectorInformation>
        <RadDetectorInformation id="DetN"><RadDetectorCategoryCode>Neutron</RadDetectorCategoryCode><RadDetectorKindCode>LiZnS</RadDetectorKindCode></RadDetectorInformation>
        {}{}{analysis}</RadInstrumentData>"#,
        n42::NAMESPACE,
        background.map(|counts| measurement("Background", counts, "")).unwrap_or_default(),
        foreground.map(|counts| measurement("Foreground", counts, dose)).unwrap_or_default(),
    );
    [b"\x02".as_slice(), document.as_bytes(), b"\x03"].concat()
}

fn check(bytes: &[u8], expected: &Expect) {
    let whole = decode(Dialect::Rs350, &[bytes]);
    expected.assert_eq(&crate::check::text(&whole));
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(decode(Dialect::Rs350, &single), whole, "byte by byte");
}

#[test]
fn a_document_tells_counts_with_their_live_time_and_no_alarm() {
    check(
        &told(Some((1203, 1)), None, &[]),
        &expect![[r#"
        {"portal":{"snapshot":{"gamma":{"counts":{"counts":"1203","interval_ms":1000},"alarm":false},"neutron":{"counts":{"counts":"1","interval_ms":1000},"alarm":false},"dose_rate_nsv_h":125,"device_time":"2026-07-12T14:00:00.000+00:00"}}}
    "#]],
    );
}

#[test]
fn a_background_comes_with_the_foreground() {
    check(
        &told(Some((1203, 1)), Some((1188, 0)), &[]),
        &expect![[r#"
        {"portal":{"snapshot":{"gamma":{"counts":{"counts":"1203","interval_ms":1000},"background":{"counts":"1188","interval_ms":1000},"alarm":false},"neutron":{"counts":{"counts":"1","interval_ms":1000},"background":{"counts":"0","interval_ms":1000},"alarm":false},"dose_rate_nsv_h":125,"device_time":"2026-07-12T14:00:00.000+00:00"}}}
    "#]],
    );
}

#[test]
fn an_alarm_tells_its_radiation_and_what_it_is_held_for() {
    check(
        &told(Some((2903, 1)), None, &[("Gamma", "Cs-137")]),
        &expect![[r#"
        {"portal":{"snapshot":{"gamma":{"counts":{"counts":"2903","interval_ms":1000},"alarm":true},"neutron":{"counts":{"counts":"1","interval_ms":1000},"alarm":false},"identified":["Cs-137"],"dose_rate_nsv_h":125,"device_time":"2026-07-12T14:00:00.000+00:00"}}}
    "#]],
    );
    check(
        &told(Some((1203, 9)), None, &[("Neutron", "n")]),
        &expect![[r#"
        {"portal":{"snapshot":{"gamma":{"counts":{"counts":"1203","interval_ms":1000},"alarm":false},"neutron":{"counts":{"counts":"9","interval_ms":1000},"alarm":true},"identified":["n"],"dose_rate_nsv_h":125,"device_time":"2026-07-12T14:00:00.000+00:00"}}}
    "#]],
    );
    // A category that is neither is an alarm all the same.
    check(
        &told(Some((1203, 0)), None, &[("Isotope", "Co-60")]),
        &expect![[r#"
        {"portal":{"snapshot":{"gamma":{"counts":{"counts":"1203","interval_ms":1000},"alarm":true},"neutron":{"counts":{"counts":"0","interval_ms":1000},"alarm":false},"identified":["Co-60"],"dose_rate_nsv_h":125,"device_time":"2026-07-12T14:00:00.000+00:00"}}}
    "#]],
    );
}

#[test]
fn documents_that_are_cut_or_surrounded_by_noise_cost_no_other() {
    let good = told(Some((1203, 1)), None, &[]);
    let half = &good[..100];
    check(
        &[b"xx\x03".as_slice(), half, &good, b"\x02", &good, half].concat(),
        &expect![[r#"
        {"fault":{"kind":"noise","detail":"bytes between documents","excerpt":"xx\\x03","bytes":3}}
        {"fault":{"kind":"cut-off","detail":"a document began before the last one ended","excerpt":"<?xml version=\"1.0\"?><RadInstrumentData xmlns=\"http://physics.ni","bytes":99}}
        {"portal":{"snapshot":{"gamma":{"counts":{"counts":"1203","interval_ms":1000},"alarm":false},"neutron":{"counts":{"counts":"1","interval_ms":1000},"alarm":false},"dose_rate_nsv_h":125,"device_time":"2026-07-12T14:00:00.000+00:00"}}}
        {"fault":{"kind":"cut-off","detail":"a document began before the last one ended","excerpt":"\\x02","bytes":1}}
        {"portal":{"snapshot":{"gamma":{"counts":{"counts":"1203","interval_ms":1000},"alarm":false},"neutron":{"counts":{"counts":"1","interval_ms":1000},"alarm":false},"dose_rate_nsv_h":125,"device_time":"2026-07-12T14:00:00.000+00:00"}}}
        {"fault":{"kind":"cut-off","detail":"the link ended inside a document","excerpt":"<?xml version=\"1.0\"?><RadInstrumentData xmlns=\"http://physics.ni","bytes":99}}
    "#]],
    );
}

#[test]
fn what_is_no_document_of_this_kind_is_a_fault() {
    let ns = n42::NAMESPACE;
    for (document, complaint) in [
        ("<a/>".to_owned(), "the root is `a`"),
        ("<RadInstrumentData>".to_owned(), "malformed"),
        (format!("<RadInstrumentData xmlns=\"{ns}\"/>"), "neither a Foreground nor a Background"),
        ("<!DOCTYPE a><a/>".to_owned(), "malformed"),
        ("<N42InstrumentData><Measurement/></N42InstrumentData>".to_owned(), "a document of 2006"),
    ] {
        let fault = rs350::decode(document.as_bytes()).unwrap_err();
        assert!(fault.to_string().contains(complaint), "{document}: {fault}");
    }
    let text = String::from_utf8(told(Some((1203, 1)), None, &[])).unwrap();
    for (from, to, complaint) in [
        ("<CountData>1203", "<CountData>many", "`many` is not a number"),
        ("<CountData>1203", "<CountData>-5", "a negative count"),
        ("PT1.0S</RealTimeDuration>", "1 s</RealTimeDuration>", "is not a duration"),
        ("2026-07-12T14:00:00Z", "yesterday", "is not a time"),
        (
            r#"GrossCounts id="ForegroundN" radDetectorInformationReference="DetN""#,
            r#"GrossCounts id="ForegroundN" radDetectorInformationReference="DetG""#,
            "2 gross counts of one radiation",
        ),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let fault = rs350::decode(changed.trim_matches(['\u{2}', '\u{3}']).as_bytes()).unwrap_err();
        assert!(fault.detail.contains(complaint), "{to}: {fault}");
    }
}

#[test]
fn counts_that_make_no_sense_never_hide_an_alarm() {
    let ns = n42::NAMESPACE;
    let alarm = |measurement: &str| {
        let document = format!(
            "\u{2}<RadInstrumentData xmlns=\"{ns}\">{measurement}<AnalysisResults><RadAlarm><RadAlarmCategoryCode>Neutron\
             </RadAlarmCategoryCode></RadAlarm></AnalysisResults></RadInstrumentData>\u{3}"
        );
        match decode(Dialect::Rs350, &[document.as_bytes()]).as_slice() {
            [Ok(Reading::Portal(Record::Snapshot(state)))] => {
                (state.neutron.alarm, state.gamma.counts)
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(alarm(""), (Some(true), None));
    let counts = "<GrossCounts id=\"G\" radDetectorInformationReference=\"D\"><CountData>-5</CountData></GrossCounts>";
    let measurement = format!(
        "<RadMeasurement id=\"F\"><MeasurementClassCode>Foreground</MeasurementClassCode>{counts}</RadMeasurement>"
    );
    assert_eq!(alarm(&measurement), (Some(true), None));
}

#[test]
fn a_document_without_an_end_is_told_at_its_limit() {
    let mut bytes = vec![b'x'; firmware_protocols::limits::PORTAL_DOCUMENT_BYTES + 10];
    bytes[0] = 2;
    let items = decode(Dialect::Rs350, &[&bytes]);
    let kinds: Vec<_> = items.iter().map(|item| item.as_ref().unwrap_err().kind.name()).collect();
    assert_eq!(kinds, ["too-long", "noise"]);
}

#[test]
fn a_document_that_was_read_is_written_and_read_again() {
    let good = told(Some((1203, 1)), Some((1188, 0)), &[]);
    let read = n42::read(&good[1..good.len() - 1]).unwrap();
    let again = rs350::encode(&read.document);
    let state = |bytes: &[u8]| rs350::decode(&bytes[1..bytes.len() - 1]).unwrap();
    assert_eq!(state(&again), state(&good));
}

#[test]
fn what_a_reader_of_files_refuses_is_refused_here_in_the_same_words() {
    let ns = n42::NAMESPACE;
    let measured = |what: &str| format!("<RadMeasurement>{what}</RadMeasurement>");
    for part in [
        "<EnergyWindows><WindowStartEnergyValues>0 x</WindowStartEnergyValues></EnergyWindows>".to_owned(),
        "<EnergyWindows><WindowEndEnergyValues>1 1,5</WindowEndEnergyValues></EnergyWindows>".to_owned(),
        "<EnergyCalibration><CoefficientValues>0 3 many</CoefficientValues></EnergyCalibration>".to_owned(),
        measured("<StartDateTime>2026-13-01T00:00:00Z</StartDateTime>"),
        measured("<StartDateTime>-000001-01-01T00:00:00Z</StartDateTime>"),
        measured("<StartDateTime>2026-05-01T10:15:14+0:50</StartDateTime>"),
        measured("<StartDateTime>2026-05-01T10:15:14+:00</StartDateTime>"),
        measured("<RealTimeDuration>P1Y</RealTimeDuration>"),
        measured("<OccupancyIndicator>perhaps</OccupancyIndicator>"),
        measured("<Spectrum><LiveTimeDuration>1</LiveTimeDuration></Spectrum>"),
        measured("<Spectrum><ChannelData>1 2 - 4</ChannelData></Spectrum>"),
        measured(&format!("<Spectrum><ChannelData>{}</ChannelData></Spectrum>", "1 ".repeat(65_537))),
        measured("<GrossCounts><LiveTimeDuration>PT</LiveTimeDuration></GrossCounts>"),
        measured("<GrossCounts><CountData>12 3.4.5</CountData></GrossCounts>"),
        measured("<DoseRate><DoseRateValue>low</DoseRateValue></DoseRate>"),
        measured("<RadItemState><StateVector><SpeedValue>fast</SpeedValue></StateVector></RadItemState>"),
        "<AnalysisResults><RadAlarm><RadAlarmDateTime>now</RadAlarmDateTime></RadAlarm></AnalysisResults>".to_owned(),
        "<AnalysisResults><GrossCountAnalysisResults><MaximumCountRateValue>x</MaximumCountRateValue></GrossCountAnalysisResults></AnalysisResults>"
            .to_owned(),
    ] {
        let document = format!("<RadInstrumentData n42DocDateTime=\"2026-01-01T00:00:00Z\" xmlns=\"{ns}\">{part}</RadInstrumentData>");
        let fault = n42::read(document.as_bytes()).unwrap_err();
        assert_eq!(fault.kind.name(), "bad-field", "{fault}");
        assert_eq!(rs350::decode(document.as_bytes()).unwrap_err(), fault);
    }
    let written = format!("<RadInstrumentData n42DocDateTime=\"today\" xmlns=\"{ns}\"/>");
    let fault = n42::read(written.as_bytes()).unwrap_err();
    assert_eq!(rs350::decode(written.as_bytes()).unwrap_err(), fault);
}

#[test]
fn a_dose_rate_that_no_number_of_nanosieverts_holds_is_none() {
    let text = String::from_utf8(told(Some((1203, 1)), None, &[])).unwrap();
    for (value, expected) in
        [("0.125", Some(125)), ("79228162514264337593543950335", None), ("-1", None)]
    {
        let document = text.replace("<DoseRateValue>0.125", &format!("<DoseRateValue>{value}"));
        let state = rs350::decode(document.trim_matches(['\u{2}', '\u{3}']).as_bytes()).unwrap();
        assert_eq!(state.dose_rate_nsv_h, expected, "{value}");
    }
}
