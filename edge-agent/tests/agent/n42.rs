//! `edge-agent n42`, typed by whoever has to hand a passage over to somebody else.

use std::path::Path;
use std::process::Command;

use crate::capture::{DAILY, DAY, daily_without_its_day};

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
        told(folder.path(), &[&given, day].concat()).1
    };
    let lines = daily_without_its_day().lines().count() + 1;
    let text = export(&path("05-21.csv"), &path("none"), &[]);
    let first = format!("{lines} lines are not understood; the first is line 1: bad-field: ");
    assert!(text.contains(&first) && text.contains("give --day"), "{text}");
    assert!(text.contains("0 documents"), "{text}");
    let text = export(&path("05-21.csv"), &path("told"), &["--day", DAY]);
    let first = format!("1 line is not understood; the first is line {lines}: bad-field: ");
    assert!(text.contains(&first) && !text.contains("give --day"), "{text}");
    assert_eq!(export(DAILY, &path("dated"), &[]), "4 documents in OUT/dated\n");
    let documents = |out: &str| -> Vec<(String, String)> {
        let out = folder.path().join(out);
        let read = |name: &String| std::fs::read_to_string(out.join(name)).unwrap();
        names(&out).into_iter().map(|name| (name.clone(), read(&name))).collect()
    };
    assert_eq!(documents("told"), documents("dated"));
}
