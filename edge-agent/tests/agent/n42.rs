//! `edge-agent n42`, typed by whoever has to hand a passage over to somebody else.

use std::path::Path;
use std::process::Command;

const CAPTURE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../firmware-protocols/tests/captures/tsa/own-portal-with-alarm.day"
);

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
        &["export", "--recording", CAPTURE, "--device", "portal-1", "--out", out],
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
    let (done, text) = told(folder.path(), &["export", "--recording", CAPTURE, "--out", "OUT"]);
    assert!(!done && text.contains("--device"), "{text}");
}
