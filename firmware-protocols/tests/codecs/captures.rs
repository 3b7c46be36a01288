//! Captures of devices, one folder for each dialect: a file that is put there is a test from then on.
//!
//! `tests/captures/DIALECT/NAME.bin` (or `.txt`) is what a device sent, byte for byte; `NAME.jsonl` beside it is what that says, one item a line;
//! `NAME.settings.json`, if it is there, is how the device is set. `UPDATE_EXPECT=1 cargo test -p firmware-protocols captures` writes
//! what is missing: read it before it is committed. `good.txt` is something else: see `good.rs`.

use std::path::{Path, PathBuf};

use expect_test::expect_file;
use firmware_protocols::{Dialect, Settings};

use crate::check;

/// The folder of a dialect.
pub(crate) fn folder(dialect: Dialect) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(dialect.name())
}

fn captures(dialect: Dialect) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder(dialect)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| {
        let extension = file.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("bin" | "txt")) && !file.ends_with("good.txt")
    });
    files.sort();
    files
}

/// How the device of this capture is set.
fn settings(capture: &Path) -> Settings {
    match std::fs::read(capture.with_extension("settings.json")) {
        Ok(json) => serde_json::from_slice(&json).unwrap(),
        Err(_) => Settings::default(),
    }
}

#[test]
fn every_capture_says_what_is_written_beside_it() {
    for &dialect in Dialect::ALL {
        for capture in captures(dialect) {
            let bytes = std::fs::read(&capture).unwrap();
            let settings = settings(&capture);
            let whole = check::decode_with(dialect, &settings, &[&bytes]);
            expect_file![capture.with_extension("jsonl")].assert_eq(&check::text(&whole));
            // Cut at every byte of its beginning, and byte by byte as a whole.
            for cut in 0..bytes.len().min(600) {
                let (first, second) = bytes.split_at(cut);
                let pieces = check::decode_with(dialect, &settings, &[first, second]);
                assert_eq!(pieces, whole, "{} cut after byte {cut}", capture.display());
            }
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(check::decode_with(dialect, &settings, &single), whole, "byte by byte");
        }
    }
}

#[test]
fn every_folder_of_captures_is_named_after_a_dialect() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    for entry in std::fs::read_dir(root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.parse::<Dialect>().is_ok(), "tests/captures/{name}: no dialect of this name");
    }
}

/// Third-party files that no codec reads: who does, or why nobody has to.
const READ_ELSEWHERE: [(&str, &str); 5] = [
    ("kz-weight-limits.csv", "rows of a law, and incomplete: limits are a site's"),
    ("minimal_occupancy_own.n42", "our own: tests/n42/minimal.n42 is the same"),
    ("n42.xsd", "what is written is judged by it beside independent programs"),
    ("n42.sch", "what is written is judged by it beside independent programs"),
    ("LICENSE-RPM-Simulator.txt", "a licence"),
];

#[test]
fn every_recording_of_a_device_is_read_by_a_test() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codecs");
    let sources: String = std::fs::read_dir(sources)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for family in ["devices", "n42", "rpm", "seals"] {
        let Ok(folder) = std::fs::read_dir(check::recordings().join(family)) else {
            println!("skipped: {family} is not in {}", check::recordings().display());
            continue;
        };
        for entry in folder {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let elsewhere = READ_ELSEWHERE.iter().any(|(file, _)| *file == name);
            let read = sources.contains(&format!("{family}/{name}"));
            assert!(read || elsewhere, "{family}/{name}: no test reads it");
        }
    }
}
