//! Recordings of other people's devices stay outside: tests read them through `BEKET_DATA`.
//!
//! Compares the repository with the recordings where they are at hand; without them it can only look at names.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{Findings, files, root};

/// As many lines in a row cannot be alike by chance.
const RUN: usize = 8;

/// Our own files among the data, by their names: these may be copied in.
const OURS: [&str; 3] = ["expected_", "minimal_occupancy_own", "SOURCE.md"];

fn recordings() -> Option<PathBuf> {
    let data =
        std::env::var_os("BEKET_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    data.is_dir().then_some(data)
}

fn third_party_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !OURS.iter().any(|ours| name.starts_with(ours)) {
                found.push(path);
            }
        }
    }
    found
}

fn runs(text: &str) -> impl Iterator<Item = String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let runs: Vec<String> = lines
        .windows(RUN)
        .filter(|run| run.iter().collect::<HashSet<_>>().len() > RUN / 2)
        .map(|run| run.join("\n"))
        .collect();
    runs.into_iter()
}

#[test]
fn no_recording_of_others_is_kept_here() {
    let mut findings = Findings::default();
    for file in &files() {
        if file.path.ends_with(".csv") && file.text.starts_with(['G', 'N', 'S']) {
            findings.at(&file.path, 1, "looks like the stream of a portal");
        }
    }
    if let Some(data) = recordings() {
        let theirs: HashSet<String> = third_party_files(&data)
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .flat_map(|text| runs(&text).collect::<Vec<_>>())
            .collect();
        for file in &files() {
            if runs(&file.text).any(|run| theirs.contains(&run)) {
                findings.at(&file.path, 1, format!("{RUN} lines in a row of a recording"));
            }
        }
    } else {
        println!("skipped: comparing the repository with recordings, none at BEKET_DATA");
    }
    findings.must_be_none(
        "Read it through BEKET_DATA, or let the simulator make the like; only our own captures are kept.",
    );
}
