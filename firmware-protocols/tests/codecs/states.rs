//! Portals that tell their whole state at once: what a row of states amounts to.

use expect_test::{Expect, expect};
use firmware_protocols::n42::{Lines, Recorder};
use firmware_protocols::portal::{
    Agreement, Channel, EndedBy, Level, Measured, Occupancies, Occupancy, PortalEvent,
    PortalSettings, Record, Snapshot,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use units::MillimetresPerSecond;

/// 10:00 at the checkpoint.
const START: &str = "2026-05-21T05:00:00Z";

/// A state in words: `in`/`out`, `obj=N`, `g=COUNTS/MS` or `g=COUNTS/?`, `gb=..`, `n=..`, `ga`/`gq` (gamma alarm, quiet), `na`/`nq`, `open`/`shut`,
/// `speed=MM_S`, `high`/`normal`, `fault=..`.
fn state(words: &str) -> Snapshot {
    let measured = |text: &str| {
        let (counts, ms) = text.split_once('/').unwrap();
        Some(Measured {
            counts: counts.parse::<Decimal>().unwrap(),
            interval_ms: (ms != "?").then(|| ms.parse().unwrap()),
        })
    };
    let mut state = Snapshot::default();
    for word in words.split_ascii_whitespace() {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        match key {
            "in" => state.present = Some(true),
            "out" => state.present = Some(false),
            "obj" => state.object = value.parse().ok(),
            "g" => state.gamma.counts = measured(value),
            "gb" => state.gamma.background = measured(value),
            "n" => state.neutron.counts = measured(value),
            "ga" | "gq" => state.gamma.alarm = Some(key == "ga"),
            "na" | "nq" => state.neutron.alarm = Some(key == "na"),
            "open" | "shut" => state.tamper = Some(key == "open"),
            "speed" => state.speed = value.parse().ok().map(MillimetresPerSecond),
            "high" => state.gamma.level = Some(Level::High),
            "normal" => state.gamma.level = Some(Level::Normal),
            "fault" => state.faults.push(value.to_owned()),
            "nuclide" => state.identified.push(value.to_owned()),
            other => panic!("{other}"),
        }
    }
    state
}

fn play(story: &str) -> Vec<PortalEvent> {
    let start: Timestamp = START.parse().unwrap();
    let mut portal = Occupancies::new(PortalSettings::default());
    let mut events = Vec::new();
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (seconds, what) = line.split_once(' ').unwrap();
        let ms = (seconds.parse::<f64>().unwrap() * 1000.0).round() as i64;
        let at = start + SignedDuration::from_millis(ms);
        events.extend(match what.trim() {
            "silence" => portal.time_passed(at),
            "link lost" => portal.link_lost(at),
            "garbage" => portal.unreadable_line(at),
            "no answer" => portal.unanswered(at),
            words => portal.record(&Record::Snapshot(Box::new(state(words))), at),
        });
        assert_eq!(portal.deadline().is_some(), portal.is_occupied());
    }
    events
}

/// Three passages with their states: by a sensor, by an alarm, and of a portal that does not tell over what time it counts.
pub(crate) fn episodes() -> Vec<(Box<Occupancy>, Lines)> {
    let stories = [
        "0 out obj=41 g=300/1000 gb=300/1000 gq nq n=1/1000
         1 in  obj=42 g=310/1000 gq nq n=1/1000 speed=1500
         2 in  obj=42 g=900/1000 ga nq n=2/1000 fault=low-battery
         3 out obj=42 g=300/1000 gq nq",
        "0 g=1200/1000 gb=1190/1000 gq nq
         1 g=2900/1000 ga nq nuclide=Cs-137
         2 g=1200/1000 gq nq
         12 g=1200/1000 gq nq",
        "0 out obj=1 g=4000/? gb=4000/? gq nq
         1 in  obj=2 g=9000/? gq na n=9/?
         3 out obj=2 gq nq",
    ];
    let start: Timestamp = START.parse().unwrap();
    let mut ended = Vec::new();
    for story in stories {
        let mut recorder = Recorder::new(PortalSettings::default());
        for line in story.lines().map(str::trim) {
            let (seconds, words) = line.split_once(' ').unwrap();
            let at = start + SignedDuration::from_secs(seconds.parse().unwrap());
            ended.extend(recorder.record(&Record::Snapshot(Box::new(state(words))), at));
        }
    }
    assert_eq!(ended.len(), 3);
    ended
}

#[track_caller]
fn check(story: &str, expected: Expect) {
    let events = play(story);
    let text: String = events
        .iter()
        .filter(|event| !matches!(event, PortalEvent::Shown(_)))
        .map(|event| match event {
            PortalEvent::Ended(occupancy) => {
                let quality = serde_json::to_value(occupancy.quality).unwrap();
                let flags: Vec<String> = quality
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(_, flag)| **flag == true)
                    .map(|(name, _)| name.clone())
                    .collect();
                format!(
                    "ended {} by {:?}, counter {:?}, missed {}, gamma {}/{} {:?}, neutron {}/{} {:?}, background {:?}, max {:?} {:?}, speeds {:?}, {}\n  {}\n",
                    occupancy.ended,
                    occupancy.ended_by,
                    occupancy.device_counter,
                    occupancy.missed_before,
                    occupancy.gamma_alarm_lines,
                    occupancy.gamma_lines,
                    occupancy.gamma,
                    occupancy.neutron_alarm_lines,
                    occupancy.neutron_lines,
                    occupancy.neutron,
                    occupancy.gamma_background,
                    occupancy.max_window_sum,
                    occupancy.max_distance.and_then(|distance| distance.sum),
                    occupancy.speeds,
                    flags.join(" "),
                    serde_json::to_string(&occupancy.given).unwrap(),
                )
            }
            event => serde_json::to_string(event).unwrap() + "\n",
        })
        .collect();
    expected.assert_eq(&text);
}

#[test]
fn a_vehicle_is_there_from_the_first_state_that_sees_it_to_the_first_that_does_not() {
    check(
        "0   out obj=41 g=300/1000 gb=300/1000 gq nq
         1   in  obj=42 g=310/1000 gb=300/1000 gq nq speed=1500
         2   in  obj=42 g=305/1000 gb=300/1000 gq nq speed=1480
         3   out obj=42 g=300/1000 gb=301/1000 gq nq",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[300],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:01Z","counts_since":"2026-05-21T05:00:01Z","gamma_background":[300]}}
            ended 2026-05-21T05:00:03Z by Device, counter Some(42), missed 0, gamma 0/2 None, neutron 0/0 None, background Some([CountsPerSecond(300)]), max Some(Counts(310)) Some(MilliSigma(577)), speeds [MillimetresPerSecond(1500), MillimetresPerSecond(1480)], assumed_config
              {"presence":"sensor","object":42,"gamma":{"max":{"counts":"310","interval_ms":1000},"background":{"counts":"300","interval_ms":1000},"evaluated":true},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
        "#]],
    );
}

#[test]
fn an_alarm_is_told_with_the_first_state_that_has_it_and_our_own_evaluation_beside_it() {
    check(
        "0   out obj=1 g=400/1000 gb=400/1000 gq nq
         1   in  obj=2 g=520/1000 gq nq
         2   in  obj=2 g=600/1000 ga nq
         3   in  obj=2 g=400/1000 ga na n=7/1000
         4   out obj=2 gq nq",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:01Z","counts_since":"2026-05-21T05:00:01Z","gamma_background":[400]}}
            {"alarm_seen":{"at":"2026-05-21T05:00:01Z","by":"own","measure":{"gamma":{"index":0,"window_sum":520,"background":400,"distance":6000,"n_sigma":5000}}}}
            {"alarm_seen":{"at":"2026-05-21T05:00:02Z","by":"both","measure":{"gamma":{"index":1,"window_sum":600,"background":400,"distance":10000,"n_sigma":5000}}}}
            {"alarm_seen":{"at":"2026-05-21T05:00:03Z","by":"device","measure":{"neutron":{"index":0,"counts":7,"background":null,"likelihood_milli":null,"upper_milli":9504}}}}
            ended 2026-05-21T05:00:04Z by Device, counter Some(2), missed 0, gamma 2/3 Agree, neutron 1/1 DeviceOnly, background Some([CountsPerSecond(400)]), max Some(Counts(600)) Some(MilliSigma(10000)), speeds [], assumed_config
              {"presence":"sensor","object":2,"gamma":{"max":{"counts":"600","interval_ms":1000},"background":{"counts":"400","interval_ms":1000},"evaluated":true},"neutron":{"max":{"counts":"7","interval_ms":1000},"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
        "#]],
    );
}

#[test]
fn counts_whose_time_is_not_known_are_never_evaluated() {
    check(
        "0   out obj=1 g=4000/? gb=4000/? gq nq normal
         1   in  obj=2 g=9000/? gq nq
         2   in  obj=2 g=9000/? ga nq
         3   out obj=2 gq nq",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:01Z","counts_since":"2026-05-21T05:00:01Z","gamma_background":null}}
            {"alarm_seen":{"at":"2026-05-21T05:00:02Z","by":"device","measure":{"gamma":{"index":1,"window_sum":null,"background":null,"distance":null,"n_sigma":5000}}}}
            ended 2026-05-21T05:00:03Z by Device, counter Some(2), missed 0, gamma 1/2 DeviceOnly, neutron 0/0 None, background None, max None None, speeds [], assumed_config interval_unknown
              {"presence":"sensor","object":2,"gamma":{"max":{"counts":"9000","interval_ms":null},"background":{"counts":"4000","interval_ms":null},"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
        "#]],
    );
}

#[test]
fn another_object_number_is_the_next_vehicle_and_a_jump_is_vehicles_that_were_missed() {
    check(
        "0   out obj=65533 g=400/1000 gb=400/1000 gq nq
         1   in  obj=65534 g=400/1000 gq nq
         2   in  obj=65535 g=400/1000 gq nq
         3   out obj=65535 gq nq
         4   in  obj=2 gq nq
         5   out obj=2 gq nq
         6   in  obj=0 gq nq
         7   out obj=0 gq nq",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:01Z","counts_since":"2026-05-21T05:00:01Z","gamma_background":[400]}}
            ended 2026-05-21T05:00:02Z by Device, counter Some(65534), missed 0, gamma 0/1 None, neutron 0/0 None, background Some([CountsPerSecond(400)]), max Some(Counts(400)) Some(MilliSigma(0)), speeds [], assumed_config
              {"presence":"sensor","object":65534,"gamma":{"max":{"counts":"400","interval_ms":1000},"background":{"counts":"400","interval_ms":1000},"evaluated":true},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
            {"began":{"at":"2026-05-21T05:00:02Z","counts_since":"2026-05-21T05:00:02Z","gamma_background":[400]}}
            ended 2026-05-21T05:00:03Z by Device, counter Some(65535), missed 0, gamma 0/1 None, neutron 0/0 None, background Some([CountsPerSecond(400)]), max Some(Counts(400)) Some(MilliSigma(0)), speeds [], assumed_config
              {"presence":"sensor","object":65535,"gamma":{"max":{"counts":"400","interval_ms":1000},"background":{"counts":"400","interval_ms":1000},"evaluated":true},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
            {"began":{"at":"2026-05-21T05:00:04Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[400]}}
            ended 2026-05-21T05:00:05Z by Device, counter Some(2), missed 2, gamma 0/0 None, neutron 0/0 None, background Some([CountsPerSecond(400)]), max None None, speeds [], assumed_config missed_occupancy
              {"presence":"sensor","object":2,"gamma":{"max":null,"background":{"counts":"400","interval_ms":1000},"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
            {"began":{"at":"2026-05-21T05:00:06Z","counts_since":"2026-05-21T05:00:06Z","gamma_background":[400]}}
            ended 2026-05-21T05:00:07Z by Device, counter Some(0), missed 0, gamma 0/0 None, neutron 0/0 None, background Some([CountsPerSecond(400)]), max None None, speeds [], assumed_config
              {"presence":"sensor","object":0,"gamma":{"max":null,"background":{"counts":"400","interval_ms":1000},"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
        "#]],
    );
}

#[test]
fn an_object_number_that_comes_later_than_the_sensor_is_that_of_the_same_vehicle() {
    check(
        "0   out obj=65535 gb=400/1000 gq nq
         1   in  obj=65535 gq nq
         1.5 in  obj=0 ga nq
         2   in  obj=1 gq nq
         3   out obj=1 gq nq
         4   in  obj=1 gq nq
         5   in  obj=4 gq nq
         6   out obj=4 gq nq",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:01Z","counts_since":"2026-05-21T05:00:01Z","gamma_background":[400]}}
            {"alarm_seen":{"at":"2026-05-21T05:00:01.5Z","by":"device","measure":{"gamma":{"index":0,"window_sum":null,"background":400,"distance":null,"n_sigma":5000}}}}
            ended 2026-05-21T05:00:02Z by Device, counter Some(0), missed 0, gamma 1/1 DeviceOnly, neutron 0/0 None, background Some([CountsPerSecond(400)]), max None None, speeds [], assumed_config
              {"presence":"sensor","object":0,"gamma":{"max":null,"background":{"counts":"400","interval_ms":1000},"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
            {"began":{"at":"2026-05-21T05:00:02Z","counts_since":"2026-05-21T05:00:02Z","gamma_background":[400]}}
            ended 2026-05-21T05:00:03Z by Device, counter Some(1), missed 0, gamma 0/0 None, neutron 0/0 None, background Some([CountsPerSecond(400)]), max None None, speeds [], assumed_config
              {"presence":"sensor","object":1,"gamma":{"max":null,"background":{"counts":"400","interval_ms":1000},"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
            {"began":{"at":"2026-05-21T05:00:04Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[400]}}
            ended 2026-05-21T05:00:06Z by Device, counter Some(4), missed 2, gamma 0/0 None, neutron 0/0 None, background Some([CountsPerSecond(400)]), max None None, speeds [], assumed_config missed_occupancy
              {"presence":"sensor","object":4,"gamma":{"max":null,"background":{"counts":"400","interval_ms":1000},"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
        "#]],
    );
}

#[test]
fn an_alarm_of_a_device_without_a_sensor_stands_for_a_vehicle_until_ten_seconds_without() {
    check(
        "0   g=1200/1000 gb=1190/1000 gq nq
         1   g=2900/1000 ga nq nuclide=Cs-137
         2   g=2700/1000 ga nq nuclide=Cs-137
         3   g=1200/1000 gq nq
         8   g=1900/1000 ga nq
         10  g=1200/1000 gq nq
         14  g=1200/1000 gq nq
         19  g=1200/1000 gq nq",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[1190],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:01Z","counts_since":"2026-05-21T05:00:01Z","gamma_background":[1190]}}
            {"alarm_seen":{"at":"2026-05-21T05:00:01Z","by":"both","measure":{"gamma":{"index":0,"window_sum":2900,"background":1190,"distance":49570,"n_sigma":5000}}}}
            ended 2026-05-21T05:00:18Z by Quiet, counter None, missed 0, gamma 3/6 Agree, neutron 0/0 None, background Some([CountsPerSecond(1190)]), max Some(Counts(2900)) Some(MilliSigma(49570)), speeds [], assumed_config no_presence
              {"presence":"alarm","object":null,"gamma":{"max":{"counts":"2900","interval_ms":1000},"background":{"counts":"1190","interval_ms":1000},"evaluated":true},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":["Cs-137"],"max_dose_rate_nsv_h":null}
        "#]],
    );
}

#[test]
fn an_alarm_while_the_sensor_sees_nothing_is_an_occupancy_of_its_own() {
    check(
        "0   out obj=1 g=400/1000 gb=400/1000 gq nq
         1   out obj=1 g=900/1000 ga nq
         2   out obj=1 g=900/1000 ga nq
         3   out obj=1 g=400/1000 gq nq",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:01Z","counts_since":"2026-05-21T05:00:01Z","gamma_background":[400]}}
            {"alarm_seen":{"at":"2026-05-21T05:00:01Z","by":"both","measure":{"gamma":{"index":0,"window_sum":900,"background":400,"distance":25000,"n_sigma":5000}}}}
            ended 2026-05-21T05:00:03Z by Device, counter Some(1), missed 0, gamma 2/2 Agree, neutron 0/0 None, background Some([CountsPerSecond(400)]), max Some(Counts(900)) Some(MilliSigma(25000)), speeds [], assumed_config no_presence
              {"presence":"alarm","object":1,"gamma":{"max":{"counts":"900","interval_ms":1000},"background":{"counts":"400","interval_ms":1000},"evaluated":true},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
        "#]],
    );
}

#[test]
fn an_alarm_that_stays_after_its_vehicle_opens_nothing_and_the_next_vehicle_has_it_too() {
    check(
        "0   out obj=1 g=400/1000 gb=400/1000 gq nq
         1   in  obj=2 g=900/1000 ga nq
         2   out obj=2 g=400/1000 ga nq
         3   out obj=2 g=400/1000 ga nq
         4   in  obj=3 g=400/1000 ga nq
         5   out obj=3 g=400/1000 gq nq",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:01Z","counts_since":"2026-05-21T05:00:01Z","gamma_background":[400]}}
            {"alarm_seen":{"at":"2026-05-21T05:00:01Z","by":"both","measure":{"gamma":{"index":0,"window_sum":900,"background":400,"distance":25000,"n_sigma":5000}}}}
            ended 2026-05-21T05:00:02Z by Device, counter Some(2), missed 0, gamma 1/1 Agree, neutron 0/0 None, background Some([CountsPerSecond(400)]), max Some(Counts(900)) Some(MilliSigma(25000)), speeds [], assumed_config
              {"presence":"sensor","object":2,"gamma":{"max":{"counts":"900","interval_ms":1000},"background":{"counts":"400","interval_ms":1000},"evaluated":true},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
            {"began":{"at":"2026-05-21T05:00:04Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[400]}}
            {"alarm_seen":{"at":"2026-05-21T05:00:04Z","by":"device","measure":{"gamma":{"index":0,"window_sum":400,"background":400,"distance":0,"n_sigma":5000}}}}
            ended 2026-05-21T05:00:05Z by Device, counter Some(3), missed 0, gamma 1/1 DeviceOnly, neutron 0/0 None, background Some([CountsPerSecond(400)]), max Some(Counts(400)) Some(MilliSigma(0)), speeds [], assumed_config
              {"presence":"sensor","object":3,"gamma":{"max":{"counts":"400","interval_ms":1000},"background":{"counts":"400","interval_ms":1000},"evaluated":true},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
        "#]],
    );
}

#[test]
fn silence_and_a_lost_link_end_an_occupancy() {
    check(
        "0    in obj=1 g=400/1000 gq nq
         10   silence
         20   in obj=2 gq nq
         21   garbage
         22   link lost",
        expect![[r#"
            {"began":{"at":"2026-05-21T05:00:00Z","counts_since":"2026-05-21T05:00:00Z","gamma_background":null}}
            ended 2026-05-21T05:00:10Z by Timeout, counter Some(1), missed 0, gamma 0/1 None, neutron 0/0 None, background None, max Some(Counts(400)) None, speeds [], assumed_config no_background
              {"presence":"sensor","object":1,"gamma":{"max":{"counts":"400","interval_ms":1000},"background":null,"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
            {"began":{"at":"2026-05-21T05:00:20Z","counts_since":"2026-05-21T05:00:20Z","gamma_background":null}}
            ended 2026-05-21T05:00:22Z by LinkLost, counter Some(2), missed 0, gamma 0/0 None, neutron 0/0 None, background None, max None None, speeds [], assumed_config interval_missing no_background
              {"presence":"sensor","object":2,"gamma":{"max":null,"background":null,"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
        "#]],
    );
}

#[test]
fn an_alarm_that_is_still_there_after_a_silence_is_an_alarm_again() {
    check(
        "0    g=900/1000 ga nq
         11   silence
         12   g=900/1000 ga nq",
        expect![[r#"
            {"began":{"at":"2026-05-21T05:00:00Z","counts_since":"2026-05-21T05:00:00Z","gamma_background":null}}
            {"alarm_seen":{"at":"2026-05-21T05:00:00Z","by":"device","measure":{"gamma":{"index":0,"window_sum":900,"background":null,"distance":null,"n_sigma":5000}}}}
            ended 2026-05-21T05:00:10Z by Timeout, counter None, missed 0, gamma 1/1 DeviceOnly, neutron 0/0 None, background None, max Some(Counts(900)) None, speeds [], assumed_config no_background no_presence
              {"presence":"alarm","object":null,"gamma":{"max":{"counts":"900","interval_ms":1000},"background":null,"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
            {"began":{"at":"2026-05-21T05:00:12Z","counts_since":"2026-05-21T05:00:12Z","gamma_background":null}}
            {"alarm_seen":{"at":"2026-05-21T05:00:12Z","by":"device","measure":{"gamma":{"index":0,"window_sum":900,"background":null,"distance":null,"n_sigma":5000}}}}
        "#]],
    );
}

#[test]
fn an_open_cabinet_and_faults_of_the_device_are_told_and_mark_the_vehicle() {
    check(
        "0   out shut g=400/1000 gb=400/1000 gq nq
         1   out open gq nq
         2   in  open fault=low-battery gq nq
         3   out shut gq nq
         4   out high gb=900/1000 gq nq
         5   in  gq nq
         6   out normal gb=400/1000 gq nq",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"tamper":{"at":"2026-05-21T05:00:01Z","present":true}}
            {"began":{"at":"2026-05-21T05:00:02Z","counts_since":"2026-05-21T05:00:02Z","gamma_background":[400]}}
            {"tamper":{"at":"2026-05-21T05:00:03Z","present":false}}
            ended 2026-05-21T05:00:03Z by Device, counter None, missed 0, gamma 0/0 None, neutron 0/0 None, background Some([CountsPerSecond(400)]), max None None, speeds [], assumed_config device_fault tamper_during
              {"presence":"sensor","object":null,"gamma":{"max":null,"background":{"counts":"400","interval_ms":1000},"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":["low-battery"],"identified":[],"max_dose_rate_nsv_h":null}
            {"background":{"at":"2026-05-21T05:00:04Z","gamma":[900],"gamma_level":"high","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:05Z","counts_since":"2026-05-21T05:00:05Z","gamma_background":[900]}}
            ended 2026-05-21T05:00:06Z by Device, counter None, missed 0, gamma 0/0 None, neutron 0/0 None, background Some([CountsPerSecond(900)]), max None None, speeds [], assumed_config background_fault
              {"presence":"sensor","object":null,"gamma":{"max":null,"background":{"counts":"900","interval_ms":1000},"evaluated":false},"neutron":{"max":null,"background":null,"evaluated":false},"faults":[],"identified":[],"max_dose_rate_nsv_h":null}
            {"background":{"at":"2026-05-21T05:00:06Z","gamma":[400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
        "#]],
    );
}

#[test]
fn a_live_frame_shows_what_there_is() {
    let events = play(
        "0   out g=400/1000 gb=400/1000 gq nq
         1   in g=500/1000 n=2/1000 ga nq
         2   in g=9000/? gq nq",
    );
    let shown: String = events
        .iter()
        .filter(|event| matches!(event, PortalEvent::Shown(_)))
        .map(|event| serde_json::to_string(event).unwrap() + "\n")
        .collect();
    expect![[r#"
        {"shown":{"at":"2026-05-21T05:00:00Z","occupied":false,"gamma":{"counts":"400","interval_ms":1000},"background":400000,"distance":null,"neutron":null,"device_alarm":false}}
        {"shown":{"at":"2026-05-21T05:00:01Z","occupied":true,"gamma":{"counts":"500","interval_ms":1000},"background":400000,"distance":5000,"neutron":{"counts":"2","interval_ms":1000},"device_alarm":true}}
        {"shown":{"at":"2026-05-21T05:00:02Z","occupied":true,"gamma":{"counts":"9000","interval_ms":null},"background":400000,"distance":null,"neutron":null,"device_alarm":false}}
    "#]].assert_eq(&shown);
}

fn any_state() -> impl Strategy<Value = Snapshot> {
    let measured = || {
        prop::option::of((0..100_000_i64, 0..=3_u32, prop::option::of(1..5_000_u32))).prop_map(
            |measured| {
                measured.map(|(counts, scale, interval_ms)| Measured {
                    counts: Decimal::new(counts, scale),
                    interval_ms,
                })
            },
        )
    };
    let channel = move || {
        (measured(), measured(), any::<Option<bool>>(), any::<Option<bool>>()).prop_map(
            |(counts, background, alarm, ready)| Channel {
                counts,
                background,
                alarm,
                level: None,
                ready,
            },
        )
    };
    (any::<Option<bool>>(), any::<Option<u16>>(), channel(), channel(), any::<Option<bool>>())
        .prop_map(|(present, object, gamma, neutron, tamper)| Snapshot {
            present,
            object,
            gamma,
            neutron,
            tamper,
            ..Snapshot::default()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_states_at_any_time_leave_the_machine_whole_and_no_alarm_without_an_occupancy(
        story in prop::collection::vec((any_state(), -2_000_i64..15_000, 0..20_u8), 0..150),
    ) {
        let mut portal = Occupancies::new(PortalSettings::default());
        let (mut open, mut at) = (0_i32, 1_779_000_000_000_i64);
        let mut flagged = [false; 2];
        for (state, step, other) in story {
            at += step;
            let now = Timestamp::from_millisecond(at).unwrap();
            let alarms = [state.gamma.alarm, state.neutron.alarm];
            let events = match other {
                0 => portal.link_lost(now),
                1 => portal.time_passed(now),
                2 => portal.unreadable_line(now),
                _ => portal.record(&Record::Snapshot(Box::new(state)), now),
            };
            let anew = events.iter().any(|event| matches!(event, PortalEvent::Ended(one) if matches!(one.ended_by, EndedBy::Timeout | EndedBy::Quiet)));
            if other == 0 || anew {
                flagged = [false; 2];
            }
            for event in &events {
                match event {
                    PortalEvent::Began { .. } => open += 1,
                    PortalEvent::Ended(occupancy) => {
                        open -= 1;
                        prop_assert!(occupancy.given.is_some());
                        let told = occupancy.gamma_alarm_lines + occupancy.neutron_alarm_lines > 0;
                        let agreed = [occupancy.gamma, occupancy.neutron].iter().any(|agreement| matches!(agreement, Agreement::Agree | Agreement::DeviceOnly));
                        prop_assert_eq!(told, agreed);
                    }
                    _ => {}
                }
                prop_assert!((0..=1).contains(&open));
            }
            // An alarm that rises is never without an occupancy that has it.
            if other > 2 {
                let risen = alarms.iter().zip(flagged).any(|(now, before)| *now == Some(true) && !before);
                prop_assert!(!risen || portal.is_occupied());
                for (before, now) in flagged.iter_mut().zip(alarms) {
                    *before = now.unwrap_or(*before);
                }
            }
            prop_assert_eq!(portal.is_occupied(), open == 1);
            prop_assert_eq!(portal.deadline().is_some(), portal.is_occupied());
        }
    }

    #[test]
    fn every_state_survives_json(state in any_state()) {
        let text = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), state);
    }
}

#[test]
fn a_channel_that_says_nothing_is_left_out_of_json() {
    let text = serde_json::to_string(&state("in")).unwrap();
    assert_eq!(text, r#"{"present":true}"#);
    assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), state("in"));
    assert!(Channel::default().is_silent());
}

#[test]
fn a_portal_that_only_says_no_or_nothing_ends_its_occupancy_after_ten_seconds() {
    // Noise, refusals and silences are no state: the vehicle is not known to be there because of them.
    for what in ["garbage", "no answer"] {
        let story: String =
            (1..=20).map(|half| format!("{} {what}\n", f64::from(half) / 2.0)).collect();
        let events = play(&format!("0 in obj=1 g=400/1000 ga nq\n{story}"));
        let ended = events.iter().find_map(|event| match event {
            PortalEvent::Ended(occupancy) => Some(occupancy),
            _ => None,
        });
        let ended = ended.unwrap_or_else(|| panic!("{what}: {events:?}"));
        assert_eq!(ended.ended_by, EndedBy::Timeout, "{what}");
        assert_eq!(ended.ended.to_string(), "2026-05-21T05:00:10Z", "{what}");
        assert!(ended.quality.interval_missing, "{what}");
    }
}
