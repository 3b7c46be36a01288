//! Daily files of spectroscopic portals: lines whose tags look like those of another portal, and what they amount to.

use expect_test::{Expect, expect};
use firmware_protocols::portal::{Occupancies, PortalEvent, PortalSettings, spectroscopic};
use firmware_protocols::{Decoder, Dialect, Reading};

const FILE: &str = "S1,NaI,SPM,512,1.4,NSigma,8,Width,14\r\nS2,Aa1,81,-5,122,-6\r\nGB,Aa1,10,20,30\r\nNB,030,12,9\r\nBX,2026-05-01T10:00:00.000+05:00\r\n\
    GS,Aa1,001,100,200\r\nGS,Ba1,001,90,110\r\nNS,010,001,1,0\r\nGS,Aa1,002,300,250\r\nGS,Ba1,002,250,300\r\nNS,010,002,2,1\r\n\
    AB,Gamma,300,75000,75000\r\nAB,Neutron,300,240\r\nID,Cs-137,Aa1,Ba1,001,002\r\nGX,Red,594,2026-05-01T10:15:14.000+05:00,RPM_594.xml,1.4\r\n";

fn check(text: &str, expected: &Expect) {
    crate::check::check(Dialect::SpectroscopicDaily, text.as_bytes(), expected);
}

#[test]
fn every_line_is_read() {
    check(
        FILE,
        &expect![[r#"
        {"portal":{"spectroscopic":{"setup":{"detectors":"NaI","application":"SPM","channels":512,"algorithm":"1.4","parameters":[["NSigma","8"],["Width","14"]]}}}}
        {"portal":{"spectroscopic":{"deviations":["Aa1","81","-5","122","-6"]}}}
        {"portal":{"spectroscopic":{"gamma_background":{"detector":"Aa1","counts":"60","channels":3}}}}
        {"portal":{"spectroscopic":{"neutron_background":{"seconds":"30","counts":["12","9"]}}}}
        {"portal":{"spectroscopic":{"background_end":"2026-05-01T10:00:00.000+05:00"}}}
        {"portal":{"spectroscopic":{"gamma_signal":{"chunk":1,"spectrum":{"detector":"Aa1","counts":"300","channels":2}}}}}
        {"portal":{"spectroscopic":{"gamma_signal":{"chunk":1,"spectrum":{"detector":"Ba1","counts":"200","channels":2}}}}}
        {"portal":{"spectroscopic":{"neutron_signal":{"slices":10,"chunk":1,"counts":["1","0"]}}}}
        {"portal":{"spectroscopic":{"gamma_signal":{"chunk":2,"spectrum":{"detector":"Aa1","counts":"550","channels":2}}}}}
        {"portal":{"spectroscopic":{"gamma_signal":{"chunk":2,"spectrum":{"detector":"Ba1","counts":"550","channels":2}}}}}
        {"portal":{"spectroscopic":{"neutron_signal":{"slices":10,"chunk":2,"counts":["2","1"]}}}}
        {"portal":{"spectroscopic":{"analyzed":{"neutron":false,"seconds":"300","counts":"150000"}}}}
        {"portal":{"spectroscopic":{"analyzed":{"neutron":true,"seconds":"300","counts":"240"}}}}
        {"portal":{"spectroscopic":{"identified":{"nuclide":"Cs-137","from":["Aa1","Ba1","001","002"]}}}}
        {"portal":{"spectroscopic":{"end":{"light":"red","occupancy":594,"time":"2026-05-01T10:15:14.000+05:00","file":"RPM_594.xml","entry_speed":"1.4","exit_speed":null}}}}
    "#]],
    );
}

#[test]
fn a_bad_line_is_a_fault_and_the_next_is_read() {
    check(
        "GS,000077,000077,000067,000069\r\nGB,Aa1\r\nNS,010,001\r\nGS,Aa1,one,1,2\r\nGS,Aa1,001,1,x\r\nAB,Alpha,300,1\r\nGX,Blue,1,t,f\r\nGX,Red\r\nS1,NaI\r\nZZ,1\r\nGS\u{7f}\r\nBX,2026-05-01T10:00:00.000+05:00\r\n",
        &expect![[r#"
            {"fault":{"kind":"bad-field","detail":"GS: `000077` is not the name of a detector","excerpt":"GS,000077,000077,000067,000069","bytes":30}}
            {"fault":{"kind":"bad-field","detail":"GB: a spectrum expected","excerpt":"GB,Aa1","bytes":6}}
            {"fault":{"kind":"bad-field","detail":"NS: slices, a chunk and counts expected","excerpt":"NS,010,001","bytes":10}}
            {"fault":{"kind":"bad-field","detail":"GS: `one` is not a whole number","excerpt":"GS,Aa1,one,1,2","bytes":14}}
            {"fault":{"kind":"bad-field","detail":"GS: `x` is not a number","excerpt":"GS,Aa1,001,1,x","bytes":14}}
            {"fault":{"kind":"bad-field","detail":"AB: `Alpha` is neither Gamma nor Neutron","excerpt":"AB,Alpha,300,1","bytes":14}}
            {"fault":{"kind":"bad-field","detail":"GX: `Blue` is neither Red nor Yellow nor Green","excerpt":"GX,Blue,1,t,f","bytes":13}}
            {"fault":{"kind":"bad-field","detail":"GX: a light, a number, a time and a file expected","excerpt":"GX,Red","bytes":6}}
            {"fault":{"kind":"bad-field","detail":"S1: detectors, application, channels and algorithm expected","excerpt":"S1,NaI","bytes":6}}
            {"fault":{"kind":"bad-field","detail":"one of S1 S2 GB NB BX GS NS AB ID GX expected","excerpt":"ZZ,1","bytes":4}}
            {"fault":{"kind":"not-text","detail":"a line is printable ASCII","excerpt":"GS\\x7f","bytes":3}}
            {"portal":{"spectroscopic":{"background_end":"2026-05-01T10:00:00.000+05:00"}}}
        "#]],
    );
}

#[test]
fn neither_dialect_takes_the_lines_of_the_other_for_its_own() {
    for line in
        FILE.lines().filter(|line| ["GB", "GS", "NS", "GX"].iter().any(|tag| line.starts_with(tag)))
    {
        let items = crate::check::decode(Dialect::Tsa, &[format!("{line}\r\n").as_bytes()]);
        assert!(items.iter().all(Result::is_err), "{line}: {items:?}");
    }
    for line in [
        "GB,000383,000389,000432,000423",
        "GS,000077,000077,000067,000069",
        "GX,000109,006383,000000,000000",
    ] {
        assert!(spectroscopic::decode(line.as_bytes()).is_err(), "{line}");
    }
}

#[test]
fn what_is_read_is_written_back_with_its_sums() {
    for line in FILE.lines() {
        let read = spectroscopic::decode(line.as_bytes()).unwrap();
        let again = spectroscopic::encode(&read);
        assert_eq!(spectroscopic::decode(again.trim_end().as_bytes()).unwrap(), read, "{line}");
    }
}

/// The events of a file, an instant for all.
fn told(file: &str) -> String {
    let mut portal = Occupancies::new(PortalSettings::default());
    let at = "2026-05-01T05:15:20Z".parse().unwrap();
    let mut events = Vec::new();
    for item in Decoder::new(Dialect::SpectroscopicDaily).decode(file.as_bytes()) {
        if let Ok(Reading::Portal(record)) = item {
            events.extend(portal.record(&record, at));
        }
    }
    events
        .iter()
        .filter(|event| !matches!(event, PortalEvent::Shown(_)))
        .map(|event| serde_json::to_string(event).unwrap() + "\n")
        .collect()
}

#[test]
fn an_occupancy_is_told_whole_when_its_file_ends_it() {
    expect![[r#"
        {"began":{"at":"2026-05-01T05:15:20Z","counts_since":"2026-05-01T05:15:20Z","gamma_background":[500]}}
        {"alarm_seen":{"at":"2026-05-01T05:15:20Z","by":"both","measure":{"gamma":{"index":1,"window_sum":1100,"background":500,"distance":26833,"n_sigma":5000}}}}
        {"ended":{"began":"2026-05-01T05:15:20Z","ended":"2026-05-01T05:15:20Z","ended_by":"device","device_counter":594,"missed_before":0,"gamma_lines":2,"gamma_alarm_lines":1,"first_gamma_alarm":1,"neutron_lines":2,"neutron_alarm_lines":0,"gamma_background":[500],"neutron_background":800,"max_window_sum":1100,"max_distance":{"sum":26833,"pillar_12":null,"pillar_34":null},"max_neutrons":3,"gamma":"agree","neutron":"none","speeds":[],"settings":{"n_sigma_milli":5000,"intervals":5,"hold_in_intervals":10,"algorithm":{"sum":true,"horizontal":false,"vertical":true,"single":false},"background_time_s":20,"neutron_max_intervals":3,"neutron_upper":"9.50437640","neutron_lower":"-0.99599343","origin":"assumed"},"quality":{"start_truncated":false,"missed_occupancy":false,"interval_missing":false,"no_background":false,"background_depressed":false,"background_fault":false,"tamper_during":false,"speed_saturated":false,"assumed_config":true},"given":{"presence":"sensor","object":594,"gamma":{"max":{"counts":"1100","interval_ms":1000},"background":{"counts":"150000","interval_ms":300000},"evaluated":true},"neutron":{"max":{"counts":"3","interval_ms":1000},"background":{"counts":"240","interval_ms":300000},"evaluated":false},"faults":[],"identified":["Cs-137"],"max_dose_rate_nsv_h":null}}}
    "#]].assert_eq(&told(FILE));
}

#[test]
fn a_green_light_is_no_alarm_and_our_own_evaluation_still_is_made() {
    let quiet = FILE.replace("GX,Red", "GX,Green");
    assert!(told(&quiet).contains(r#""by":"own""#), "{}", told(&quiet));
    let calm = quiet.replace(",300,250\r", ",100,200\r").replace(",250,300\r", ",90,110\r");
    assert!(!told(&calm).contains("alarm_seen"), "{}", told(&calm));
}

#[test]
fn an_end_without_seconds_is_an_occupancy_without_counts() {
    expect![[r#"
        {"began":{"at":"2026-05-01T05:15:20Z","counts_since":"2026-05-01T05:15:20Z","gamma_background":null}}
        {"alarm_seen":{"at":"2026-05-01T05:15:20Z","by":"device","measure":{"gamma":{"index":0,"window_sum":null,"background":null,"distance":null,"n_sigma":5000}}}}
        {"ended":{"began":"2026-05-01T05:15:20Z","ended":"2026-05-01T05:15:20Z","ended_by":"device","device_counter":70000,"missed_before":0,"gamma_lines":1,"gamma_alarm_lines":1,"first_gamma_alarm":0,"neutron_lines":0,"neutron_alarm_lines":0,"gamma_background":null,"neutron_background":null,"max_window_sum":null,"max_distance":null,"max_neutrons":null,"gamma":"device_only","neutron":"none","speeds":[],"settings":{"n_sigma_milli":5000,"intervals":5,"hold_in_intervals":10,"algorithm":{"sum":true,"horizontal":false,"vertical":true,"single":false},"background_time_s":20,"neutron_max_intervals":3,"neutron_upper":"9.50437640","neutron_lower":"-0.99599343","origin":"assumed"},"quality":{"start_truncated":false,"missed_occupancy":false,"interval_missing":false,"no_background":true,"background_depressed":false,"background_fault":false,"tamper_during":false,"speed_saturated":false,"assumed_config":true},"given":{"presence":"sensor","object":null,"gamma":{"max":null,"background":null,"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}}}
    "#]].assert_eq(&told("GX,Yellow,70000,t,f\r\n"));
}
