//! Scales: one settled weight for each load, and none for what moves or shows no number.

use expect_test::{Expect, expect};
use firmware_protocols::weighbridge::comma::{self, Flavour};
use firmware_protocols::weighbridge::{
    Display, Flags, Kind, Settling, SettlingEvent, SettlingSettings, Stability, Unfit, Weighing,
    xk3190,
};
use jiff::{SignedDuration, Timestamp};
use units::{Kilograms, MassUnit};

/// Plays `ms weight weight ..`: a reading every 100 ms from that moment. With a suffix: `s` stable and `m` moving are said by the
/// indicator, `n` is net, `z` stable but not zeroed, `h` stable in high resolution; `OL`, `UL` and `--` are displays without a number, `..` a
/// number that is kept back; `lost` is a lost link.
fn play(story: &str) -> Vec<SettlingEvent> {
    play_on(SettlingSettings::default(), story)
}

/// The same on a scale that is set so.
fn play_on(settings: SettlingSettings, story: &str) -> Vec<SettlingEvent> {
    let start: Timestamp = "2026-05-21T05:00:00Z".parse().unwrap();
    let mut scale = Settling::new(settings);
    let mut events = Vec::new();
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let mut at = start + SignedDuration::from_millis(words.next().unwrap().parse().unwrap());
        for word in words {
            if word == "lost" {
                scale.link_lost();
                continue;
            }
            let (word, times) = word
                .split_once('x')
                .map_or((word, 1), |(word, times)| (word, times.parse().unwrap()));
            for _ in 0..times {
                events.extend(scale.weighing(&weighing(word), at));
                at += SignedDuration::from_millis(100);
            }
        }
    }
    events
}

fn weighing(word: &str) -> Weighing {
    let comma = |display, kind, stability| {
        let line = comma::encode(Flavour::DiniArgeo, display, kind, stability, MassUnit::Kilogram)
            .unwrap();
        comma::decode(line.trim_ascii_end()).unwrap()
    };
    let value = |digits: &str| Display::Value(digits.parse().unwrap());
    match word {
        "OL" => comma(Display::Overload, Kind::Gross, Stability::Moving),
        "UL" => comma(Display::Underload, Kind::Gross, Stability::Moving),
        ".." => Weighing {
            display: Display::Withheld,
            ..comma(Display::Blank, Kind::Gross, Stability::Moving)
        },
        "--" => comma(Display::Blank, Kind::Gross, Stability::Moving),
        _ => match word.split_at(word.len() - 1) {
            (digits, "s") => comma(value(digits), Kind::Gross, Stability::Stable),
            (digits, "m") => comma(value(digits), Kind::Gross, Stability::Moving),
            (digits, "n") => comma(value(digits), Kind::Net, Stability::Stable),
            (digits, flag @ ("z" | "h")) => Weighing {
                flags: Flags {
                    not_zeroed: flag == "z",
                    high_resolution: flag == "h",
                    ..Flags::default()
                },
                ..comma(value(digits), Kind::Gross, Stability::Stable)
            },
            _ => xk3190::decode(&xk3190::encode(word.parse().unwrap()).unwrap()).unwrap(),
        },
    }
}

#[track_caller]
fn check(story: &str, expected: Expect) {
    let text: String = play(story)
        .iter()
        .filter(|event| !matches!(event, SettlingEvent::Moving { .. }))
        .map(|event| serde_json::to_string(event).unwrap() + "\n")
        .collect();
    expected.assert_eq(&text);
}

#[test]
fn a_vehicle_drives_on_settles_once_and_drives_off() {
    check(
        "0 0x10 2000 9000 21000 39000 41200 38900 40600 39800 40200 40000x30 30000 9000 0x5",
        expect![[r#"
            {"scale_empty":{"at":"2026-05-21T05:00:00Z"}}
            {"settled":{"at":"2026-05-21T05:00:02.9Z","gross_kg":"40000","raw":"\\x02+04000001F\\x03","stable_by":"own","spread_kg":"0","readings":11}}
            {"scale_empty":{"at":"2026-05-21T05:00:05.1Z"}}
        "#]],
    );
}

#[test]
fn what_moves_is_shown_live_and_never_settles() {
    let events = play(
        "0 0 10000 10040 10000 10040 10000 10040 10000 10040 10000 10040 10000 10040 10000 10040 10000",
    );
    let moving =
        events.iter().filter(|event| matches!(event, SettlingEvent::Moving { .. })).count();
    assert_eq!((moving, events.len()), (15, 16), "{events:?}");
}

#[test]
fn one_increment_of_swing_is_still() {
    check(
        "0 10000 10020 10000 10020 10000 10020 10000 10020 10000 10020 10000",
        expect![[r#"
        {"settled":{"at":"2026-05-21T05:00:01Z","gross_kg":"10000","raw":"\\x02+01000001A\\x03","stable_by":"own","spread_kg":"20","readings":11}}
    "#]],
    );
}

#[test]
fn ten_readings_in_less_than_a_second_are_not_enough_and_the_eleventh_is() {
    check("0 10000x10", expect![[r#""#]]);
    check(
        "0 10000x11",
        expect![[r#"
        {"settled":{"at":"2026-05-21T05:00:01Z","gross_kg":"10000","raw":"\\x02+01000001A\\x03","stable_by":"own","spread_kg":"0","readings":11}}
    "#]],
    );
}

#[test]
fn few_readings_over_a_long_time_are_not_enough() {
    check("0 10000\n500 10000\n1000 10000\n1500 10000", expect![[r#""#]]);
    check(
        "0 10000\n500 10000\n1000 10000\n1500 10000\n2000 10000",
        expect![[r#"
        {"settled":{"at":"2026-05-21T05:00:02Z","gross_kg":"10000","raw":"\\x02+01000001A\\x03","stable_by":"own","spread_kg":"0","readings":5}}
    "#]],
    );
}

#[test]
fn a_gap_begins_the_window_anew() {
    check("0 10000x10\n4000 10000x10", expect![[r#""#]]);
    check("0 10000x10 lost 10000x10", expect![[r#""#]]);
}

#[test]
fn the_flag_of_the_indicator_has_priority() {
    check(
        "0 10000s",
        expect![[r#"
        {"settled":{"at":"2026-05-21T05:00:00Z","gross_kg":"10000","raw":"ST,GS,   10000,kg","stable_by":"device","spread_kg":"0","readings":1}}
    "#]],
    );
    check("0 10000mx40", expect![[r#""#]]);
}

#[test]
fn a_load_that_comes_to_rest_elsewhere_is_a_change_and_not_a_second_weighing() {
    check(
        "0 0s 12000s 12000mx5 25000m 40000s 40000sx9 40040s 0s 15000s",
        expect![[r#"
        {"scale_empty":{"at":"2026-05-21T05:00:00Z"}}
        {"settled":{"at":"2026-05-21T05:00:00.1Z","gross_kg":"12000","raw":"ST,GS,   12000,kg","stable_by":"device","spread_kg":"0","readings":1}}
        {"changed":{"was_kg":"12000","now":{"at":"2026-05-21T05:00:00.8Z","gross_kg":"40000","raw":"ST,GS,   40000,kg","stable_by":"device","spread_kg":"15000","readings":2}}}
        {"scale_empty":{"at":"2026-05-21T05:00:01.9Z"}}
        {"settled":{"at":"2026-05-21T05:00:02Z","gross_kg":"15000","raw":"ST,GS,   15000,kg","stable_by":"device","spread_kg":"0","readings":1}}
    "#]],
    );
}

#[test]
fn displays_without_a_gross_number_give_no_weight_and_are_told_once() {
    check(
        "0 0s OLx5 10000m ULx5 -- -- 5000nx4 -5000sx3 0s",
        expect![[r#"
        {"scale_empty":{"at":"2026-05-21T05:00:00Z"}}
        {"overload":{"at":"2026-05-21T05:00:00.1Z","raw":"OL,GS,        ,kg"}}
        {"underload":{"at":"2026-05-21T05:00:00.7Z","raw":"UL,GS,        ,kg"}}
        {"not_gross":{"at":"2026-05-21T05:00:01.2Z","raw":"US,GS,        ,kg"}}
        {"underload":{"at":"2026-05-21T05:00:01.8Z","raw":"ST,GS,   -5000,kg"}}
        {"scale_empty":{"at":"2026-05-21T05:00:02.1Z"}}
    "#]],
    );
}

#[test]
fn what_stands_still_after_a_lost_link_is_told_anew() {
    // Another vehicle of nearly the same weight came while nothing was heard.
    check(
        "0 40000s lost 40020m 40020s 40020s",
        expect![[r#"
        {"settled":{"at":"2026-05-21T05:00:00Z","gross_kg":"40000","raw":"ST,GS,   40000,kg","stable_by":"device","spread_kg":"0","readings":1}}
        {"settled":{"at":"2026-05-21T05:00:00.2Z","gross_kg":"40020","raw":"ST,GS,   40020,kg","stable_by":"device","spread_kg":"0","readings":2}}
    "#]],
    );
    // The same one: once more, and not more often.
    check(
        "0 40000s 40000s lost 40000s 40000sx9",
        expect![[r#"
        {"settled":{"at":"2026-05-21T05:00:00Z","gross_kg":"40000","raw":"ST,GS,   40000,kg","stable_by":"device","spread_kg":"0","readings":1}}
        {"settled":{"at":"2026-05-21T05:00:00.2Z","gross_kg":"40000","raw":"ST,GS,   40000,kg","stable_by":"device","spread_kg":"0","readings":1}}
    "#]],
    );
}

/// What is settled, and what is no record, on a scale whose interval the site has named, or not, and the indicator.
#[track_caller]
fn check_step(site: Option<u32>, device: Option<&str>, number: &str, expected: &str) {
    let settings = SettlingSettings {
        increment_kg: site.map(|kg| Kilograms(kg.into())),
        ..SettlingSettings::default()
    };
    let told = Weighing {
        flags: Flags { increment: device.map(|step| step.parse().unwrap()), ..Flags::default() },
        ..weighing(&format!("{number}s"))
    };
    let at = "2026-05-21T05:00:00Z".parse().unwrap();
    let mut scale = Settling::new(settings);
    let events: Vec<SettlingEvent> =
        [scale.weighing(&told, at), scale.weighing(&told, at)].concat();
    let named = match events.as_slice() {
        [SettlingEvent::Settled(settled)] => settled.gross_kg.0.to_string(),
        [SettlingEvent::NotFit { why, .. }] => why.name().to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(named, expected, "{site:?} {device:?} {number}");
}

#[test]
fn a_number_that_is_no_multiple_of_the_interval_is_no_record() {
    check_step(Some(20), None, "40013", "off-step");
    check_step(Some(20), None, "40020", "40020");
    // Nobody has named an interval: there is no judgement.
    check_step(None, None, "40013", "40013");
    // What the indicator tells of itself stands above what the site says, in the unit of the number: it may count in several intervals.
    check_step(None, Some("20"), "40010", "off-step");
    check_step(Some(10), Some("20"), "40010", "off-step");
    check_step(Some(20), Some("10"), "40010", "40010");
    check_step(Some(20), Some("0.5"), "40000.5", "40000.5");
    // No interval at all is none that could be kept.
    check_step(None, Some("0"), "40013", "40013");
}

#[test]
fn a_damaged_frame_of_an_xk3190_does_not_settle_on_a_scale_of_20_kg() {
    let settings = SettlingSettings {
        increment_kg: Some(Kilograms::whole(20)),
        ..SettlingSettings::default()
    };
    let events = play_on(settings, "0 40013x30");
    let [SettlingEvent::NotFit { why: Unfit::OffStep, .. }] = events.as_slice() else {
        panic!("{events:?}");
    };
}

#[test]
fn an_overload_in_between_begins_the_window_anew() {
    check(
        "0 10000x10 OL 10000x10",
        expect![[r#"
        {"overload":{"at":"2026-05-21T05:00:01Z","raw":"OL,GS,        ,kg"}}
    "#]],
    );
}

#[test]
fn another_unit_kind_number_of_decimals_or_scale_begins_the_window_anew() {
    let usual = weighing("10000");
    let value = |digits: &str| Display::Value(digits.parse().unwrap());
    let others = [
        Weighing { unit: Some(MassUnit::Tonne), display: value("10"), ..usual.clone() },
        Weighing { display: value("10000.0"), ..usual.clone() },
        Weighing { kind: Kind::Gross, ..usual.clone() },
        Weighing { flags: Flags { second_scale: true, ..Flags::default() }, ..usual.clone() },
    ];
    for other in others {
        let mut scale = Settling::new(SettlingSettings::default());
        let mut at: Timestamp = "2026-05-21T05:00:00Z".parse().unwrap();
        let mut settled = Vec::new();
        // Ten readings of each are one too few; the same mass all the while.
        for reading in [&usual; 10].into_iter().chain([&other; 10]).chain([&usual; 11]) {
            let events = scale.weighing(reading, at);
            settled.extend(
                events.into_iter().filter(|event| matches!(event, SettlingEvent::Settled(_))),
            );
            at += SignedDuration::from_millis(100);
        }
        let [SettlingEvent::Settled(settled)] = settled.as_slice() else {
            panic!("{other:?}: {settled:?}")
        };
        assert_eq!(settled.at, at - SignedDuration::from_millis(100), "{other:?}");
    }
}

#[test]
fn a_number_that_the_indicator_does_not_stand_by_is_never_settled() {
    check(
        "0 10000zx30 10000hx3 10000s 0z 10000z",
        expect![[r#"
        {"not_fit":{"at":"2026-05-21T05:00:00Z","raw":"ST,GS,   10000,kg","why":"not_zeroed"}}
        {"not_fit":{"at":"2026-05-21T05:00:03Z","raw":"ST,GS,   10000,kg","why":"high_resolution"}}
        {"settled":{"at":"2026-05-21T05:00:03.3Z","gross_kg":"10000","raw":"ST,GS,   10000,kg","stable_by":"device","spread_kg":"0","readings":1}}
        {"scale_empty":{"at":"2026-05-21T05:00:03.4Z"}}
        {"not_fit":{"at":"2026-05-21T05:00:03.5Z","raw":"ST,GS,   10000,kg","why":"not_zeroed"}}
    "#]],
    );
}

#[test]
fn a_number_that_is_kept_back_while_it_moves_is_no_fault_and_no_weight() {
    check(
        "0 0s ..x20 10000s ..x10 0s",
        expect![[r#"
        {"scale_empty":{"at":"2026-05-21T05:00:00Z"}}
        {"settled":{"at":"2026-05-21T05:00:02.1Z","gross_kg":"10000","raw":"ST,GS,   10000,kg","stable_by":"device","spread_kg":"0","readings":1}}
        {"scale_empty":{"at":"2026-05-21T05:00:03.2Z"}}
    "#]],
    );
    check("0 10000x10 .. 10000x10", expect![[""]]);
}
