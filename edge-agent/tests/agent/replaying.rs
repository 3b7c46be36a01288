//! Decide again, get the same.

use std::path::Path;

use checkpoint::event::{Entry, Event};
use edge_agent::config::Config;
use edge_agent::replay::{Piece, Player};
use edge_agent::rules::rules;
use jiff::{SignedDuration, Timestamp};

use crate::capture::{source, vehicle};
use crate::world::site;

fn played(pieces: &[Piece]) -> Vec<Entry> {
    played_by("dialect = \"tsa\"\nconnect = { tcp = \"127.0.0.1:1\" }", pieces)
}

/// What follows from what a device said that is configured so.
fn played_by(device: &str, pieces: &[Piece]) -> Vec<Entry> {
    let text = site(&format!(
        "[[device]]\nid = \"portal-1\"\nlane = \"1\"\ntitle = \"P\"\n{device}\nsilence_limit_s = 15"
    ));
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

/// A recording in which each line comes 200 ms after the one before.
fn recording(text: &str) -> Vec<Piece> {
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
    let pieces = edge_agent::replay::pieces(&file, &"portal-1".parse().unwrap()).unwrap();
    let screened = played(&pieces)
        .iter()
        .filter(|entry| matches!(entry.event, Event::VehicleScreened { .. }))
        .count();
    assert_eq!(screened, 15, "SOURCE.md: cut after the 15th occupancy");
}
