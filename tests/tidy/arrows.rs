//! Which crate may lean on which, and what some of them must never reach.
//!
//! The table below is the picture of `ARCHITECTURE.md`. Cargo refuses circles; only this test refuses a new arrow.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};

use super::{Findings, root};

/// Each crate of the workspace with the crates of the workspace that it may name.
const ARROWS: [(&str, &[&str]); 8] = [
    ("units", &[]),
    ("firmware-protocols", &["units"]),
    ("checkpoint", &["units"]),
    ("wire", &["checkpoint", "units"]),
    ("edge-agent", &["checkpoint", "firmware-protocols", "units", "wire"]),
    ("hub", &["checkpoint", "units", "wire"]),
    ("simulator", &["firmware-protocols", "units"]),
    (
        "stories",
        &["checkpoint", "edge-agent", "firmware-protocols", "hub", "simulator", "units", "wire"],
    ),
];

/// What reads a file, opens a socket, keeps a thread or a task, reads a clock, stores, logs, or speaks protobuf.
const SHELL: [&str; 26] = [
    "async-io",
    "axum",
    "futures-executor",
    "hyper",
    "libc",
    "mio",
    "nix",
    "prost",
    "rand",
    "redb",
    "reqwest",
    "rumqttc",
    "rumqttd",
    "rusqlite",
    "rustix",
    "rustls",
    "sd-notify",
    "serialport",
    "sled",
    "socket2",
    "sqlx",
    "tokio",
    "tokio-serial",
    "tonic",
    "tracing",
    "wire",
];

/// The workspace as cargo resolves it for the machine that runs the tests.
pub(crate) fn metadata() -> Metadata {
    // Only what is built here has been fetched; packages for other systems are not needed and not asked for.
    let this_machine = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(
            ["--offline", "--locked", "--filter-platform", &this_machine].map(String::from),
        )
        .exec()
        .expect("`cargo metadata --offline --locked` works once the workspace has been built")
}

/// What `cargo tree` says about one crate alone, without the procedural macros, which run in the compiler only.
///
/// `cargo metadata` would not do: it switches on every feature that any crate of the workspace asks for.
fn tree(from: &str, edges: &str, prefix: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "--locked", "--no-dedupe", "--all-features"])
        .args(["--package", from, "--edges", edges, "--prefix", prefix])
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Everything that a crate brings along in its binary, with the way there.
fn reach(from: &str) -> BTreeMap<String, String> {
    let mut reached = BTreeMap::new();
    let mut way: Vec<String> = Vec::new();
    for line in tree(from, "normal,no-proc-macro", "depth").lines() {
        // A line is the depth and the name in one word, then the version: `2jiff-core v0.1.5`.
        let Some((depth, name)) = line.split_whitespace().next().and_then(split_depth) else {
            continue;
        };
        way.truncate(depth);
        way.push(name.to_owned());
        reached.entry(name.to_owned()).or_insert_with(|| way.join(" -> "));
    }
    assert!(reached.contains_key(from), "cargo tree did not begin with {from}");
    reached
}

fn split_depth(word: &str) -> Option<(usize, &str)> {
    let digits = word.find(|c: char| !c.is_ascii_digit())?;
    Some((word[..digits].parse().ok()?, &word[digits..]))
}

#[track_caller]
fn must_not_reach(from: &str, forbidden: &[&str], way_out: &str) {
    let reached = reach(from);
    let mut findings = Findings::default();
    for way in forbidden.iter().filter_map(|name| reached.get(*name)) {
        findings.on(format!("{from}/Cargo.toml: {way}"));
    }
    findings.must_be_none(way_out);
}

#[test]
fn dependencies_point_down() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    let metadata = metadata();
    let members: BTreeSet<String> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let mut findings = Findings::default();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let Some(allowed) = arrows.get(name) else {
            findings.on(format!("Cargo.toml: {name} is a member that the picture does not show"));
            continue;
        };
        for dependency in &package.dependencies {
            let to = dependency.name.as_str();
            let ours = members.contains(to) && dependency.path.is_some();
            if ours && !allowed.contains(&to) {
                findings.on(format!(
                    "{name}/Cargo.toml: an arrow to {to} that the picture does not show"
                ));
            }
        }
    }
    findings.must_be_none(
        "Move the code to where its knowledge belongs, or change the picture in ARCHITECTURE.md and ARROWS together.",
    );
}

#[test]
fn checkpoint_reaches_nothing_that_touches_the_world() {
    must_not_reach(
        "checkpoint",
        &SHELL,
        "Time, bytes and files come into `checkpoint` as values; do the reading in `edge-agent` or `hub`.",
    );
}

#[test]
fn firmware_protocols_reach_nothing_that_touches_the_world() {
    must_not_reach(
        "firmware-protocols",
        &SHELL,
        "A codec is fed bytes by the shell; do the reading in `edge-agent` or `simulator`.",
    );
}

#[test]
fn firmware_protocols_know_neither_the_checkpoint_nor_the_law() {
    must_not_reach(
        "firmware-protocols",
        &["checkpoint", "toml"],
        "A codec says what the device said; what it means is decided in `checkpoint`.",
    );
}

#[test]
fn hub_does_not_know_what_devices_say() {
    must_not_reach(
        "hub",
        &["firmware-protocols"],
        "The hub folds entries with the function of the edge; it never decodes a device.",
    );
}

#[test]
fn firmware_protocols_build_without_std() {
    let mut findings = Findings::default();
    let lib = std::fs::read_to_string(root().join("firmware-protocols/src/lib.rs"))
        .expect("firmware-protocols has a lib.rs");
    if !lib.lines().any(|line| line.trim() == "#![no_std]") {
        findings.at("firmware-protocols/src/lib.rs", 1, "does not say #![no_std]");
    }
    // Built among the others, a crate finds `std` whether it may or not; the features tell. `scripts/build-without-std` builds it alone.
    let with_std: BTreeSet<String> =
        tree("firmware-protocols", "normal,no-proc-macro,features", "none")
            .lines()
            .filter(|line| line.contains("feature \"std\""))
            .map(|line| line.split_whitespace().next().unwrap_or(line).to_owned())
            .collect();
    for package in with_std {
        findings.on(format!(
            "firmware-protocols/Cargo.toml: builds {package} with its feature \"std\""
        ));
    }
    findings.must_be_none(
        "Codecs run beside a device as well as on a PC: take core and alloc, and `default-features = false`.",
    );
}

#[test]
fn what_is_reached_is_found() {
    let reached = reach("edge-agent");
    for name in ["tokio", "sled", "firmware-protocols", "units"] {
        assert!(reached.contains_key(name), "edge-agent leans on {name}");
    }
    assert!(!reached.contains_key("hub"));
}
