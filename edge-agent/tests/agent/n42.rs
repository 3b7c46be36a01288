//! `edge-agent n42`, typed by whoever has to hand a passage over to somebody else.

use std::path::Path;
use std::process::Command;

use checkpoint::event::Event;

use crate::capture::{
    DAILY, DAY, background, daily_without_its_day, source, tape, tape_of, vehicle,
};
use crate::replaying::{configured, played_by, recording};
use crate::retention::Archive;

/// Standard output and standard error; the folder's name is left out.
fn told(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_edge-agent")).arg("n42").args(arguments).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), text.replace(&format!("{}", folder.display()), "OUT"))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_recording_becomes_one_document_a_passage_and_each_keeps_the_rules() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let (done, text) = told(
        folder.path(),
        &["export", "--recording", DAILY, "--device", "portal-1", "--out", out],
    );
    assert!(done, "{text}");
    assert_eq!(text, "4 documents in OUT\n");
    let expected = [
        "RPM-portal-1-20260521T050023Z-OCC-1.n42",
        "RPM-portal-1-20260521T050031Z-OCC-2.n42",
        "RPM-portal-1-20260521T050053Z-OCC-T1779339654120.n42",
        "RPM-portal-1-20260521T050107Z-OCC-5.n42",
    ];
    assert_eq!(names(folder.path()), expected);
    for name in names(folder.path()) {
        let file = folder.path().join(&name);
        let (done, text) = told(
            folder.path(),
            &["check", file.to_str().unwrap(), "--now", "2026-06-01T00:00:00+05:00"],
        );
        assert!(done, "{text}");
    }
}

#[test]
fn a_document_that_breaks_a_rule_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.n42");
    std::fs::write(&file, "<RadInstrumentData xmlns=\"http://physics.nist.gov/N42/2011/N42\">\n<AnalysisResults/>\n</RadInstrumentData>").unwrap();
    let (done, text) = told(folder.path(), &["check", file.to_str().unwrap()]);
    assert!(!done);
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        [
            "OUT/wrong.n42: N42.42-2012, 0 detectors, 0 measurements, 0 alarms",
            "OUT/wrong.n42:1: RadInstrumentData lacks RadInstrumentInformation",
            "OUT/wrong.n42:1: RadInstrumentData lacks RadDetectorInformation",
            "OUT/wrong.n42:2: AnalysisResults has 0 references: exactly one of radMeasurementGroupReferences, radMeasurementReferences, derivedDataReferences",
        ]
    );
}

#[test]
fn a_recording_needs_the_name_of_its_device() {
    let folder = tempfile::tempdir().unwrap();
    let (done, text) = told(folder.path(), &["export", "--recording", DAILY, "--out", "OUT"]);
    assert!(!done && text.contains("--device"), "{text}");
}

#[test]
fn a_daily_file_that_tells_no_date_is_exported_with_its_day() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("05-21.csv"), daily_without_its_day() + "GS,0000\n").unwrap();
    let export = |file: &str, out: &str, day: &[&str]| {
        let given = ["export", "--recording", file, "--device", "portal-1", "--out", out];
        told(folder.path(), &[&given, day].concat())
    };
    let lines = daily_without_its_day().lines().count() + 1;
    let (done, text) = export(&path("05-21.csv"), &path("none"), &[]);
    let first = format!("{lines} lines are not understood; the first is line 1: bad-field: ");
    assert!(text.contains(&first) && text.contains("give --day"), "{text}");
    assert!(!done && !text.contains("documents"), "{text}");
    let (_, text) = export(&path("05-21.csv"), &path("told"), &["--day", DAY]);
    let first = format!("1 line is not understood; the first is line {lines}: bad-field: ");
    assert!(text.contains(&first) && !text.contains("give --day"), "{text}");
    assert_eq!(export(DAILY, &path("dated"), &[]).1, "4 documents in OUT/dated\n");
    let documents = |out: &str| documents(&folder.path().join(out));
    assert_eq!(documents("told"), documents("dated"));
}

#[test]
fn an_export_in_which_nothing_was_understood_fails_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let said = [(0, source())].map(|(second, text)| (second, text.into_bytes()));
    let said: Vec<(i64, &[u8])> =
        said.iter().map(|(second, bytes)| (*second, &bytes[..])).collect();
    tape(Path::new(&path("p.tape.gz")), "tsa", &said);
    tape(Path::new(&path("empty.tape.gz")), "tsa", &[]);
    std::fs::create_dir(path("daily")).unwrap();
    std::fs::copy(DAILY, path("daily/05-21.csv")).unwrap();
    let export = |recording: &str, given: &[&str]| {
        let (recording, out) = (path(recording), path("out"));
        let export = ["export", "--recording", &recording, "--device", "device-1", "--out", &out];
        let (done, text) = told(folder.path(), &[&export, given].concat());
        assert!(!done, "{text}");
        text
    };
    // Another dialect than it speaks.
    let text = export("p.tape.gz", &["--dialect", "aspect"]);
    assert!(
        text.contains("nothing in OUT/p.tape.gz was understood") && text.contains("--dialect"),
        "{text}"
    );
    assert!(export("empty.tape.gz", &[]).contains("nothing in OUT/empty.tape.gz was understood"));
    let text = export("daily", &[]);
    assert!(text.contains("daily files of a portal are named one by one"), "{text}");
}

#[test]
fn tapes_that_no_memory_holds_are_exported_file_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir(path("device-1")).unwrap();
    // Noise between the passages; all together more than is ever read at once.
    let noise = "x".repeat(60_000).into_bytes();
    for file in 0..6_i64 {
        let passage = (file * 600, source().into_bytes());
        let noisy = (0..750_i64).map(|piece| (file * 600 + 30 + piece / 2, noise.clone()));
        let said: Vec<(i64, Vec<u8>)> = std::iter::once(passage).chain(noisy).collect();
        let said: Vec<(i64, &[u8])> = said.iter().map(|(at, bytes)| (*at, &bytes[..])).collect();
        let name = format!("device-1/{:020}-0.tape.gz", 1_779_361_200_000_000 + file * 600_000_000);
        tape(Path::new(&path(&name)), "tsa", &said);
    }
    let (recording, out) = (path("device-1"), path("out"));
    let export = ["export", "--recording", &recording, "--device", "device-1", "--out", &out];
    let (done, text) = told(folder.path(), &export);
    assert!(done && text.contains("6 documents in OUT/out"), "{text}");
}

/// The documents of a folder by their names.
fn documents(out: &Path) -> Vec<(String, String)> {
    let read = |name: &String| std::fs::read_to_string(out.join(name)).unwrap();
    names(out).into_iter().map(|name| (name.clone(), read(&name))).collect()
}

/// What a document says of a setting of the portal.
fn setting<'a>(document: &'a str, name: &str) -> &'a str {
    let (_, rest) = document.split_once(&format!("<AnalysisAlgorithmSettingName>{name}<")).unwrap();
    let (_, rest) = rest.split_once("<AnalysisAlgorithmSettingValue>").unwrap();
    rest.split_once('<').unwrap().0
}

/// A portal of a site that counts from four deviations.
const OF_FOUR_SIGMA: &str = "dialect = \"tsa\"\nportal = { n_sigma = \"4\", intervals = 5, hold_in_intervals = 10, \
    algorithm = \"1010\", background_time_s = 20, neutron_max_intervals = 3, neutron_upper = \"9.5\", neutron_lower = \"-0.99\" }\n";

#[test]
fn a_passage_over_two_tapes_is_one_document() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let all = format!("{}{}", source(), background());
    // The tape rolls in the middle of a line.
    let (begun, rest) = all.split_at(all.find("GA").unwrap() + 9);
    let said: [(i64, &[u8]); 2] = [(0, begun.as_bytes()), (1, rest.as_bytes())];
    tape(&folder.path().join("whole.tape.gz"), "tsa", &said);
    std::fs::create_dir(folder.path().join("device-1")).unwrap();
    let parts =
        ["device-1/00001779361200000000-0.tape.gz", "device-1/00001779361201000000-0.tape.gz"];
    for (part, said) in parts.iter().zip(&said) {
        tape(&folder.path().join(part), "tsa", &[*said]);
    }
    let export = |recordings: &[&str], out: &str| {
        let recordings: Vec<String> = recordings.iter().map(|name| path(name)).collect();
        let mut given = vec!["export", "--device", "device-1", "--out", out, "--recording"];
        given.extend(recordings.iter().map(String::as_str));
        let (done, text) = told(folder.path(), &given);
        assert!(done && text.starts_with("1 documents"), "{text}");
        documents(Path::new(out))
    };
    let whole = export(&["whole.tape.gz"], &path("whole"));
    assert_eq!(export(&["device-1"], &path("folder")), whole);
    assert_eq!(export(&[parts[1], parts[0]], &path("files")), whole);
}

#[test]
fn what_a_site_says_of_its_portal_is_in_the_document() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let instrument = "instrument = { manufacturer = \"Rapiscan/TSA\" }";
    let config =
        configured(&format!("{OF_FOUR_SIGMA}{instrument}\nconnect = {{ tcp = \"127.0.0.1:1\" }}"));
    std::fs::write(path("site.toml"), config).unwrap();
    tape_of("portal-1", Path::new(&path("p.tape.gz")), "tsa", &[(0, source().as_bytes())]);
    let (tapes, config) = (path("p.tape.gz"), path("site.toml"));
    for (name, given, expected) in
        [("usual", &[][..], "5"), ("set", &["--config", config.as_str()], "4")]
    {
        let out = path(name);
        let export = ["export", "--recording", &tapes, "--device", "portal-1", "--out", &out];
        let (done, text) = told(folder.path(), &[&export, given].concat());
        assert!(done, "{text}");
        let [(_, document)] = &documents(Path::new(&out))[..] else { panic!("{text}") };
        assert_eq!(setting(document, "NSigma"), expected);
        assert_eq!(document.contains("Rapiscan/TSA"), name == "set");
    }
    let (done, text) = told(
        folder.path(),
        &["export", "--recording", &tapes, "--device", "p", "--out", "n", "--config", &config],
    );
    assert!(!done && text.contains("no device p; it has portal-1"), "{text}");
    // A tape says whose it is, and a document of another portal would be believed.
    let another = ["export", "--recording", &tapes, "--device", "portal-2", "--out", "n"];
    let (done, text) = told(folder.path(), &another);
    assert!(!done && text.contains("no tape of portal-2; there are tapes of portal-1"), "{text}");
}

#[test]
fn a_message_that_was_cut_off_costs_no_other_where_messages_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let config = configured("dialect = \"tsa\"\nconnect = { udp = \"127.0.0.1:1\" }");
    std::fs::write(path("site.toml"), config).unwrap();
    let all = source();
    let mut messages: Vec<&str> = all.split_inclusive('\n').collect();
    messages.insert(messages.len() - 1, "GS,00");
    let said: Vec<(i64, &[u8])> = messages.iter().map(|one| (0, one.as_bytes())).collect();
    tape_of("portal-1", Path::new(&path("p.tape.gz")), "tsa", &said);
    let (tapes, config) = (path("p.tape.gz"), path("site.toml"));
    let export = |out: &str, given: &[&str]| {
        let out = path(out);
        let export = ["export", "--recording", &tapes, "--device", "portal-1", "--out", &out];
        let (_, text) = told(folder.path(), &[&export, given].concat());
        (text, names(Path::new(&out)))
    };
    let (text, apart) = export("apart", &["--config", &config]);
    assert!(text.contains("1 faults") && apart[0].ends_with("OCC-2.n42"), "{text}{apart:?}");
    // As a stream, the end of the passage is lost with the line that was cut off.
    let (text, stream) = export("stream", &[]);
    assert!(text.contains("1 faults") && !stream[0].ends_with("OCC-2.n42"), "{text}{stream:?}");
}

#[test]
fn a_journal_becomes_documents_from_one_entry_to_another() {
    let folder = tempfile::tempdir().unwrap();
    let device = format!("{OF_FOUR_SIGMA}connect = {{ tcp = \"127.0.0.1:1\" }}");
    let entries = played_by(&device, &recording(&format!("{}{}", vehicle(), source())));
    let moments: Vec<String> = entries.iter().map(|entry| entry.at.to_string()).collect();
    let events: Vec<(&str, Event)> = moments
        .iter()
        .map(String::as_str)
        .zip(entries.iter().map(|one| one.event.clone()))
        .collect();
    let archive = Archive::of(&events);
    let screened: Vec<String> = entries
        .iter()
        .filter(|entry| matches!(entry.event, Event::VehicleScreened { .. }))
        .map(|entry| entry.seq.to_string())
        .collect();
    let [first, second] = [screened[0].as_str(), screened[1].as_str()];
    let before = (screened[1].parse::<u64>().unwrap() - 1).to_string();
    let after = (screened[0].parse::<u64>().unwrap() + 1).to_string();
    let journal = archive.journal();
    let export = |name: &str, given: &[&str]| {
        let out = folder.path().join(name);
        let export =
            ["export", "--journal", journal.to_str().unwrap(), "--out", out.to_str().unwrap()];
        let (done, text) = told(folder.path(), &[&export, given].concat());
        assert!(done, "{text}");
        documents(&out)
    };
    let all = export("all", &[]);
    assert_eq!(all.len(), 2);
    for (_, document) in &all {
        assert_eq!(setting(document, "NSigma"), "4");
    }
    assert_eq!(export("to", &["--to", first]), all[..1]);
    assert_eq!(export("from", &["--from", second]), all[1..]);
    assert_eq!(export("both", &["--from", first, "--to", second]), all);
    assert_eq!(export("between", &["--from", &after, "--to", &before]), []);
    assert_eq!(export("device", &["--device", "portal-1"]), all);
    assert_eq!(export("other", &["--device", "portal-2"]), []);
}
