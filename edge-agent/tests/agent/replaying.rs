//! Decide again, get the same.

use std::path::Path;
use std::process::Command;

use checkpoint::event::{Entry, Event};
use edge_agent::config::Config;
use edge_agent::replay::{Piece, Player};
use edge_agent::rules::rules;
use jiff::{SignedDuration, Timestamp};

use crate::capture::{DAILY, DAY, daily_without_its_day, source, vehicle};
use crate::world::site;

fn played(pieces: &[Piece]) -> Vec<Entry> {
    played_by("dialect = \"tsa\"\nconnect = { tcp = \"127.0.0.1:1\" }", pieces)
}

/// What follows from what a device said that is configured so.
pub(crate) fn played_by(device: &str, pieces: &[Piece]) -> Vec<Entry> {
    let text = configured(device);
    let config = Config::parse(Path::new("site.toml"), &text).unwrap();
    let first = pieces.first().map(|piece| piece.at).unwrap();
    let mut player = Player::new(rules(&config).unwrap(), &config.lines, first);
    let mut entries = player.begin();
    for piece in pieces {
        entries.extend(player.play(piece));
    }
    let end = pieces.last().unwrap().at.checked_add(SignedDuration::from_secs(10)).unwrap();
    entries.extend(player.until(end));
    entries
}

/// A configuration with one device that is configured so.
pub(crate) fn configured(device: &str) -> String {
    site(&format!(
        "[[device]]\nid = \"portal-1\"\nlane = \"1\"\ntitle = \"P\"\n{device}\nsilence_limit_s = 15"
    ))
}

/// A recording in which each line comes 200 ms after the one before.
pub(crate) fn recording(text: &str) -> Vec<Piece> {
    let mut at: Timestamp = "2026-05-21T06:00:00Z".parse().unwrap();
    text.split_inclusive('\n')
        .map(|line| {
            at = at.checked_add(SignedDuration::from_millis(200)).unwrap();
            Piece { at, device: "portal-1".parse().unwrap(), bytes: line.as_bytes().to_vec() }
        })
        .collect()
}

#[test]
fn the_same_recording_gives_the_same_entries() {
    let recording = recording(&format!("{}{}", vehicle(), source()));
    let once = played(&recording);
    assert_eq!(once, played(&recording));
    let alarms =
        once.iter().filter(|entry| matches!(entry.event, Event::AlarmRaised { .. })).count();
    let screened =
        once.iter().filter(|entry| matches!(entry.event, Event::VehicleScreened { .. })).count();
    assert_eq!((alarms, screened), (1, 2));
}

#[test]
fn messages_of_a_push_are_played_one_by_one_although_nothing_ends_them() {
    let message = |plate: &str| format!("{{\"v\":1,\"plate\":\"{plate}\",\"msg\":\"{plate}\"}}");
    let pieces: Vec<Piece> =
        [message("123ABC02"), message("777ZZZ05")].iter().flat_map(|one| recording(one)).collect();
    let seen = played_by(
        "dialect = \"json\"\nfamily = \"plate_camera\"\nconnect = { http_push = true }",
        &pieces,
    );
    let plates = seen.iter().filter(|entry| matches!(entry.event, Event::PlateRead { .. })).count();
    assert_eq!(plates, 2, "{seen:#?}");
}

#[test]
fn a_recorded_day_of_another_maker_is_played() {
    let folder = std::env::var("BEKET_DATA")
        .unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").to_owned());
    let file = Path::new(&folder).join("rpm/S2-C3-NORM2.csv");
    if !file.is_file() {
        println!("skipped: no recording S2-C3-NORM2.csv under BEKET_DATA");
        return;
    }
    let device = "portal-1".parse().unwrap();
    let (pieces, misread) = edge_agent::replay::pieces(&file, &device, None).unwrap();
    assert_eq!(misread.lines, 0, "{misread:?}");
    let screened = played(&pieces)
        .iter()
        .filter(|entry| matches!(entry.event, Event::VehicleScreened { .. }))
        .count();
    assert_eq!(screened, 15, "SOURCE.md: cut after the 15th occupancy");
}

#[test]
fn a_daily_file_that_tells_no_date_is_played_with_its_day_and_lost_lines_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured("dialect = \"tsa\"\nconnect = { tcp = \"127.0.0.1:1\" }");
    std::fs::write(folder.path().join("site.toml"), config).unwrap();
    std::fs::write(folder.path().join("05-21.csv"), daily_without_its_day() + "GS,0000\n").unwrap();
    let played = |file: &str, day: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
            .args(["replay", "--config", "site.toml", &format!("portal-1={file}")])
            .args(day)
            .current_dir(folder.path())
            .output()
            .unwrap();
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap())
    };
    let lines = daily_without_its_day().lines().count() + 1;
    let [entries, faults] = played("05-21.csv", &[]);
    let first =
        format!("05-21.csv: {lines} lines are not understood; the first is line 1: bad-field: ");
    assert!(faults.contains(&first) && faults.contains("give --day"), "{faults}");
    assert!(entries.is_empty() && faults.contains("the recordings hold nothing"), "{faults}");
    let [told, faults] = played("05-21.csv", &["--day", DAY]);
    let first = format!("1 line is not understood; the first is line {lines}: bad-field: ");
    assert!(faults.contains(&first) && !faults.contains("give --day"), "{faults}");
    let [dated, faults] = played(DAILY, &[]);
    assert!(told.contains("vehicle_screened") && faults.is_empty(), "{told}{faults}");
    assert_eq!(told, dated);
}

#[test]
fn a_log_of_traffic_is_played_for_the_device_that_is_named_and_a_line_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured("dialect = \"tsa\"\nconnect = { tcp = \"127.0.0.1:1\" }");
    std::fs::write(folder.path().join("site.toml"), config).unwrap();
    let said = |piece: &Piece, device: &str, way: &str| {
        let bytes: String = piece.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let at = piece.at;
        format!("{{\"at\":\"{at}\",\"device\":{device:?},\"way\":{way:?},\"bytes\":{bytes:?}}}\n")
    };
    // What another device said, and what this one heard, is not its own.
    let ways = [("portal-1", "said"), ("portal-2", "said"), ("portal-1", "heard")];
    let pieces = recording(&vehicle());
    let log: String = pieces
        .iter()
        .flat_map(|piece| ways.map(|(device, way)| said(piece, device, way)))
        .collect();
    let opened = "{\"at\":\"2026-05-21T06:00:00Z\",\"device\":\"portal-1\",\"way\":\"opened\",\"bytes\":\"\"}\n";
    let played = |log: &str| {
        std::fs::write(folder.path().join("traffic.jsonl"), log).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
            .args(["replay", "--config", "site.toml", "portal-1=traffic.jsonl"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap())
    };
    let [entries, faults] = played(&format!("{opened}{log}"));
    assert_eq!(entries.matches("\"kind\":\"vehicle_screened\"").count(), 1, "{entries}{faults}");
    assert!(faults.is_empty() && !entries.contains("device_faulted"), "{entries}{faults}");
    let cases = [
        ("{\"at\":\"noon\"}\n", "traffic.jsonl:2: "),
        (
            "{\"at\":\"2026-05-21T06:00:00Z\",\"device\":\"portal-1\",\"way\":\"said\",\"bytes\":\"4\"}\n",
            "traffic.jsonl:2: `bytes` are not pairs of hexadecimal digits; such a line is {\"at\":",
        ),
    ];
    for (line, begins) in cases {
        let [entries, faults] = played(&format!("{opened}{line}"));
        assert!(entries.is_empty() && faults.contains(begins), "{entries}{faults}");
    }
}
