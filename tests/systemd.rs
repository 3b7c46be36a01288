//! The units under `systemd/` are understood by systemd, and stay as closed as they were measured to be.
//!
//! Needs `systemd-analyze` of systemd 250 or later and no running systemd; where it is missing the tests say so in one
//! line. Whether a service starts and keeps its devices only a real machine can tell: see `docs/operations.md`.

use std::path::Path;
use std::process::{Command, Output};

use crate::tidy::{Findings, files, root};

/// Exposure that a unit may have, in tenths: 0 is closed, 100 is a service without any protection.
const EXPOSURE_LIMIT: &str = "15";

fn units() -> Vec<String> {
    let mut units: Vec<String> = std::fs::read_dir(root().join("systemd"))
        .expect("systemd/ can be read")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".service"))
        .collect();
    units.sort();
    units
}

/// The units as they lie here, with a program that exists in place of the one that a package installs.
fn installed(folder: &Path) -> Vec<String> {
    let units = units();
    for unit in &units {
        let text =
            std::fs::read_to_string(root().join("systemd").join(unit)).expect("a unit can be read");
        let text: Vec<String> = text
            .lines()
            .map(|line| match line.split_once('=') {
                Some((key, _)) if key.starts_with("Exec") => format!("{key}=/bin/true"),
                _ => line.to_owned(),
            })
            .collect();
        std::fs::write(folder.join(unit), text.join("\n")).expect("a unit can be written");
    }
    units
}

fn analyze(folder: &Path, arguments: &[&str]) -> Option<Output> {
    let output = Command::new("systemd-analyze").current_dir(folder).args(arguments).output();
    if output.is_err() {
        println!(
            "skipped: `systemd-analyze {}`, the program is not on this machine",
            arguments.join(" ")
        );
    }
    output.ok()
}

fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

#[test]
fn units_are_understood_by_systemd() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut findings = Findings::default();
    for unit in installed(folder.path()) {
        let Some(output) = analyze(folder.path(), &["verify", "--man=no", &unit]) else { return };
        // A misspelt key is only a warning to systemd, and would be a hole to us.
        let about_it: Vec<String> =
            said(&output).lines().filter(|line| line.contains(&unit)).map(str::to_owned).collect();
        if !output.status.success() || !about_it.is_empty() {
            findings.on(format!("systemd/{unit}: {}", said(&output).trim()));
        }
    }
    findings
        .must_be_none("`man systemd.directives` lists every key with the page that explains it.");
}

#[test]
fn units_stay_closed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut findings = Findings::default();
    for unit in installed(folder.path()) {
        let threshold = format!("--threshold={EXPOSURE_LIMIT}");
        let arguments =
            ["security", "--offline=true", "--no-pager", &threshold, &format!("./{unit}")];
        let Some(output) = analyze(folder.path(), &arguments) else { return };
        if !output.status.success() {
            let open: Vec<String> = said(&output)
                .lines()
                .filter(|line| !line.starts_with('✓'))
                .map(str::to_owned)
                .collect();
            findings.on(format!("systemd/{unit}: {}", open.join("\n")));
        }
    }
    findings.must_be_none(
        "Close what the list shows as open, or say in the unit why it has to stay open.",
    );
}

#[test]
fn units_that_wait_for_a_notice_get_one() {
    let mut findings = Findings::default();
    for unit in units() {
        let text = std::fs::read_to_string(root().join("systemd").join(&unit))
            .expect("a unit can be read");
        let program = unit.trim_end_matches(".service");
        for (line, notice) in [("Type=notify", "Ready"), ("WatchdogSec=", "Watchdog")] {
            let waits = text.lines().any(|found| found.starts_with(line));
            if waits && !sends(program, notice) {
                findings.on(format!(
                    "{program}/src: never says {notice}, and systemd/{unit} has {line}"
                ));
            }
        }
    }
    findings.must_be_none(
        "Say it with sd-notify from the loop; systemd would otherwise end the service as one that hangs.",
    );
}

/// Whether the sources of a program send this notice to systemd.
fn sends(program: &str, notice: &str) -> bool {
    let state = format!("NotifyState::{notice}");
    files()
        .iter()
        .any(|file| file.path.starts_with(&format!("{program}/src/")) && file.text.contains(&state))
}

#[test]
fn there_are_units_to_look_at() {
    assert_eq!(units(), ["edge-agent.service", "hub.service"]);
}
