//! Vehicles weighed axle by axle, and vehicles that drove by a weighing station.

use expect_test::{Expect, expect};
use firmware_protocols::weighbridge::{
    AxleEvent, AxleSettings, Axles, Checksum, Display, Flags, Kind, Stability, Weighing,
};
use firmware_protocols::{Dialect, Raw, Reading, json};
use jiff::{SignedDuration, Timestamp};
use units::{Kilograms, MassUnit};

/// Plays a story and tells what happens: a weight in kilograms (`s` at rest, else moving, `z` at rest but not zeroed, `OL` overload, `..` kept
/// back while it moves), `+N`
/// seconds in which nothing comes, `end` by an officer, `lost` the line.
fn play(story: &str) -> Vec<AxleEvent> {
    let mut now: Timestamp = "2026-05-21T05:00:00Z".parse().unwrap();
    let mut axles = Axles::new(&AxleSettings::default());
    let mut told = Vec::new();
    for word in story.split_whitespace() {
        if let Some(seconds) = word.strip_prefix('+') {
            let until = now + SignedDuration::from_secs(seconds.parse().unwrap());
            if let Some(deadline) = axles.deadline().filter(|deadline| *deadline <= until) {
                told.extend(axles.time_passed(deadline));
                assert!(
                    axles.deadline().is_none(),
                    "a deadline that has passed must have been acted upon"
                );
            }
            now = until;
            continue;
        }
        match word {
            "end" => told.extend(axles.end(now)),
            "lost" => axles.link_lost(),
            _ => told.extend(axles.weighing(&weighing(word), now)),
        }
        now += SignedDuration::from_millis(500);
    }
    told
}

fn weighing(word: &str) -> Weighing {
    let digits = word.trim_end_matches(char::is_alphabetic);
    let display = match word {
        "OL" => Display::Overload,
        ".." => Display::Withheld,
        _ => Display::Value(digits.parse().unwrap()),
    };
    let stable = word.ends_with(['s', 'z']);
    Weighing {
        display,
        kind: Kind::Gross,
        stability: if stable { Stability::Stable } else { Stability::Moving },
        unit: Some(MassUnit::Kilogram),
        address: None,
        flags: Flags { not_zeroed: word.ends_with('z'), ..Flags::default() },
        checksum: Checksum::Absent,
        raw: Raw(word.as_bytes().to_vec()),
    }
}

/// What happened, in a line each, without the frames.
#[track_caller]
fn check(story: &str, expected: Expect) {
    let mut text = String::new();
    for event in play(story) {
        let line = match event {
            AxleEvent::Began { at } => format!("{at:.1} began"),
            AxleEvent::Weighed(axle) => {
                format!("{:.1} axle {}: {}", axle.settled.at, axle.number, axle.settled.gross_kg)
            }
            AxleEvent::Changed { was_kg, now } => {
                format!(
                    "{:.1} axle {}: {} and not {was_kg}",
                    now.settled.at, now.number, now.settled.gross_kg
                )
            }
            AxleEvent::Missed { at } => format!("{at:.1} missed"),
            AxleEvent::NoNumber(event) => {
                format!("no number: {}", serde_json::to_string(&event).unwrap())
            }
            AxleEvent::Ended(session) => format!(
                "{:.1} ended by {:?}: {} axles, {}, {} missed, {} interruptions, {}",
                session.ended,
                session.ended_by,
                session.axles.len(),
                session.sum_kg,
                session.missed,
                session.interruptions,
                if session.is_whole() { "whole" } else { "not whole" }
            ),
        };
        text.push_str(&line);
        text.push('\n');
    }
    expected.assert_eq(&text);
}

#[test]
fn a_vehicle_of_three_axles_is_weighed_and_ends_when_nothing_comes_any_more() {
    check(
        "0s 3000 6200s 6200s 100 0s 5000 9800s 0s 9600s 0s 0s +30 0s",
        expect![[r#"
        2026-05-21T05:00:00.5Z began
        2026-05-21T05:00:01.0Z axle 1: 6200 kg
        2026-05-21T05:00:03.5Z axle 2: 9800 kg
        2026-05-21T05:00:04.5Z axle 3: 9600 kg
        2026-05-21T05:00:25.0Z ended by NoWeight: 3 axles, 25600 kg, 0 missed, 0 interruptions, whole
    "#]],
    );
}

#[test]
fn an_officer_ends_the_session_and_the_scale_has_to_be_empty_before_the_next() {
    check(
        "6200s 0s 9800s end 9800s 9800s 0s 5000s end",
        expect![[r#"
            2026-05-21T05:00:00.0Z began
            2026-05-21T05:00:00.0Z axle 1: 6200 kg
            2026-05-21T05:00:01.0Z axle 2: 9800 kg
            2026-05-21T05:00:01.5Z ended by Operator: 2 axles, 16000 kg, 0 missed, 0 interruptions, whole
            2026-05-21T05:00:03.5Z began
            2026-05-21T05:00:03.5Z axle 1: 5000 kg
            2026-05-21T05:00:04.0Z ended by Operator: 1 axles, 5000 kg, 0 missed, 0 interruptions, not whole
        "#]],
    );
    check("0s end", expect![[""]]);
}

#[test]
fn an_axle_that_drives_off_before_it_stands_still_is_missed() {
    check(
        "6200s 0s 4000 9000 4000 0s 9600s 0s +30",
        expect![[r#"
        2026-05-21T05:00:00.0Z began
        2026-05-21T05:00:00.0Z axle 1: 6200 kg
        2026-05-21T05:00:02.5Z missed
        2026-05-21T05:00:03.0Z axle 2: 9600 kg
        2026-05-21T05:00:23.5Z ended by NoWeight: 2 axles, 15800 kg, 1 missed, 0 interruptions, not whole
    "#]],
    );
    check(
        "6200s 0s .. .. 9800s .. 0s .. .. 0s +30",
        expect![[r#"
        2026-05-21T05:00:00.0Z began
        2026-05-21T05:00:00.0Z axle 1: 6200 kg
        2026-05-21T05:00:02.0Z axle 2: 9800 kg
        2026-05-21T05:00:04.5Z missed
        2026-05-21T05:00:24.5Z ended by NoWeight: 2 axles, 16000 kg, 1 missed, 0 interruptions, not whole
    "#]],
    );
    check("0s .. 0s", expect![[""]]);
    check(
        "6200s 0s 4000 end",
        expect![[r#"
        2026-05-21T05:00:00.0Z began
        2026-05-21T05:00:00.0Z axle 1: 6200 kg
        2026-05-21T05:00:01.5Z missed
        2026-05-21T05:00:01.5Z ended by Operator: 1 axles, 6200 kg, 1 missed, 0 interruptions, not whole
    "#]],
    );
}

#[test]
fn an_axle_that_comes_to_rest_again_is_marked() {
    check(
        "6200s 0s 9800s 14000 18000s 0s +30",
        expect![[r#"
        2026-05-21T05:00:00.0Z began
        2026-05-21T05:00:00.0Z axle 1: 6200 kg
        2026-05-21T05:00:01.0Z axle 2: 9800 kg
        2026-05-21T05:00:02.0Z axle 2: 18000 kg and not 9800 kg
        2026-05-21T05:00:22.5Z ended by NoWeight: 2 axles, 24200 kg, 0 missed, 0 interruptions, not whole
    "#]],
    );
}

#[test]
fn overload_and_numbers_that_are_no_record_weigh_no_axle() {
    check(
        "6200s 0s 15000 OL OL 15000 0s 9000z 9000z 0s +30",
        expect![[r#"
        2026-05-21T05:00:00.0Z began
        2026-05-21T05:00:00.0Z axle 1: 6200 kg
        no number: {"overload":{"at":"2026-05-21T05:00:01.5Z","raw":"OL"}}
        2026-05-21T05:00:03.0Z missed
        no number: {"not_fit":{"at":"2026-05-21T05:00:03.5Z","raw":"9000z","why":"not_zeroed"}}
        2026-05-21T05:00:04.5Z missed
        2026-05-21T05:00:24.5Z ended by NoWeight: 1 axles, 6200 kg, 2 missed, 0 interruptions, not whole
    "#]],
    );
}

#[test]
fn a_session_whose_line_was_lost_is_not_whole() {
    check(
        "6200s 0s lost lost lost 9800s 0s +30",
        expect![[r#"
            2026-05-21T05:00:00.0Z began
            2026-05-21T05:00:00.0Z axle 1: 6200 kg
            2026-05-21T05:00:02.5Z axle 2: 9800 kg
            2026-05-21T05:00:23.0Z ended by NoWeight: 2 axles, 16000 kg, 0 missed, 1 interruptions, not whole
        "#]],
    );
}

#[test]
fn more_axles_than_a_vehicle_has_end_the_session() {
    let told = play(&"6200s 0s ".repeat(33));
    let Some(AxleEvent::Ended(session)) = told.last() else { panic!("{told:?}") };
    assert_eq!((session.axles.len(), session.is_whole()), (32, false));
}

#[test]
fn every_axle_keeps_its_frame_and_its_moment() {
    let told = play("6200s 0s 9800s 0s +30");
    let Some(AxleEvent::Ended(session)) = told.last() else { panic!("{told:?}") };
    let frames: Vec<&[u8]> =
        session.axles.iter().map(|axle| axle.settled.raw.0.as_slice()).collect();
    assert_eq!(frames, [b"6200s", b"9800s"]);
    let json = serde_json::to_string(session).unwrap();
    assert_eq!(
        &serde_json::from_str::<firmware_protocols::weighbridge::AxleSession>(&json).unwrap(),
        session
    );
}

const PASSAGE: &str = r#"{"v":1,"msg":"w-1","ts":"2026-05-21T11:00:00Z","lane":2,"passage":{"class":"12","plate":"123ABC02","axles":[{"load":"6200","valid":true},{"load":"9800","spacing_m":"3.60","speed_kmh":"41.5","valid":true},{"spacing_m":"1.31","valid":false,"remarks":["beside the sensor"]}],"gross":"25400","speed_kmh":"42.0","length_m":"16.50","remarks":["braked"]}}"#;

#[test]
fn a_passage_is_read_and_its_axles_keep_their_validity() {
    let Ok(Reading::Passage(passage)) = json::decode(PASSAGE.as_bytes()) else { panic!() };
    assert_eq!(passage.gross_kg, Some(Kilograms::whole(25_400)));
    assert_eq!((passage.is_valid(), passage.sum_kg()), (false, None));
    crate::check::check(
        Dialect::Json,
        format!("{PASSAGE}\n").as_bytes(),
        &expect![[r#"
        {"passage":{"id":"w-1","device_time":"2026-05-21T11:00:00Z","lane":2,"class":"12","plate":"123ABC02","axles":[{"load_kg":"6200","valid":true},{"load_kg":"9800","spacing_m":"3.60","speed_kmh":"41.5","valid":true},{"spacing_m":"1.31","valid":false,"remarks":["beside the sensor"]}],"gross_kg":"25400","speed_kmh":"42.0","length_m":"16.50","remarks":["braked"],"raw":"{\"v\":1,\"msg\":\"w-1\",\"ts\":\"2026-05-21T11:00:00Z\",\"lane\":2,\"passage\":{\"class\":\"12\",\"plate\":\"123ABC02\",\"axles\":[{\"load\":\"6200\",\"valid\":true},{\"load\":\"9800\",\"spacing_m\":\"3.60\",\"speed_kmh\":\"41.5\",\"valid\":true},{\"spacing_m\":\"1.31\",\"valid\":false,\"remarks\":[\"beside the sensor\"]}],\"gross\":\"25400\",\"speed_kmh\":\"42.0\",\"length_m\":\"16.50\",\"remarks\":[\"braked\"]}}"}}
    "#]],
    );
    let mut whole = passage;
    whole.axles.pop();
    assert_eq!((whole.is_valid(), whole.sum_kg()), (true, Some(Kilograms::whole(16_000))));
}

#[test]
fn loads_in_tonnes_become_kilograms_and_what_is_written_is_read() {
    let document =
        br#"{"v":1,"passage":{"unit":"t","axles":[{"load":"6.2","valid":true}],"gross":"6.2"}}"#;
    let Ok(Reading::Passage(passage)) = json::decode(document) else { panic!() };
    assert_eq!(passage.sum_kg(), Some(Kilograms::whole(6200)));
    let written = json::encode(&Reading::Passage(passage.clone())).unwrap();
    let Ok(Reading::Passage(read)) = json::decode(written.as_bytes()) else { panic!("{written}") };
    assert_eq!((read.axles, read.gross_kg), (passage.axles, passage.gross_kg));
}

#[test]
fn broken_passages_are_refused_with_the_key_that_is_wrong() {
    let mut told = String::new();
    let many = format!(r#"{{"v":1,"passage":{{"axles":[{}]}}}}"#, vec!["{}"; 33].join(","));
    for document in [
        r#"{"v":1,"passage":{"axles":[]}}"#,
        many.as_str(),
        r#"{"v":1,"passage":{"axles":[{"valid":true}]}}"#,
        r#"{"v":1,"passage":{"axles":[{"load":"-5","valid":true}]}}"#,
        r#"{"v":1,"passage":{"axles":[{"load":"five"}]}}"#,
        r#"{"v":1,"passage":{"axles":[{"load":5}]}}"#,
        r#"{"v":1,"passage":{"axles":[{"spacing_m":"x"}]}}"#,
        r#"{"v":1,"passage":{"axles":[{}],"speed_kmh":"-1"}}"#,
        r#"{"v":1,"passage":{"axles":[{"remarks":["","","","","","","","","","","","","","","","",""]}]}}"#,
        r#"{"v":1,"passage":{"axles":[{}]},"plate":"A"}"#,
    ] {
        told.push_str(&format!("{}\n", json::decode(document.as_bytes()).unwrap_err().detail));
    }
    expect![[r#"
        `passage.axles` has 0; 1 to 32 expected
        `passage.axles` has 33; 1 to 32 expected
        an axle that is `valid` has a `load`
        `passage.axles.load` is not negative
        `passage.axles.load` is a decimal number in a string, such as "40000.5"
        invalid type: integer `5`, expected a string at line 1 column 36
        `passage.axles.spacing_m` is a decimal number in a string, such as "40000.5"
        `passage.speed_kmh` is not negative
        `remarks` are at most 16 texts of at most 256 characters
        exactly one of `seal`, `plate`, `weight` and `passage` expected
    "#]]
    .assert_eq(&told);
}
