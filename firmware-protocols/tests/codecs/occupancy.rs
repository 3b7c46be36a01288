//! Portals: what becomes of lines that come in order, late, twice, or not at all.

use expect_test::{Expect, expect};
use firmware_protocols::Reading;
use firmware_protocols::portal::{Occupancies, PortalEvent, PortalSettings, daily};
use firmware_protocols::{Decoder, Dialect};
use jiff::{SignedDuration, Timestamp};

/// 10:00 at the checkpoint.
const START: &str = "2026-05-21T05:00:00Z";

/// Plays a story: each line has the time in seconds and then a portal line, or `silence`, `link lost`, `garbage`. `N*` repeats a line every
/// 0.2 s, `N*0` at one instant.
fn play(portal: &mut Occupancies, story: &str) -> Vec<PortalEvent> {
    let start: Timestamp = START.parse().unwrap();
    let mut decoder = Decoder::new(Dialect::Tsa);
    let mut events = Vec::new();
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (seconds, what) =
            line.split_once(' ').map(|(seconds, what)| (seconds, what.trim())).unwrap();
        let mut at = start
            + SignedDuration::from_millis((seconds.parse::<f64>().unwrap() * 1000.0).round() as i64);
        match what {
            "silence" => events.extend(portal.time_passed(at)),
            "link lost" => events.extend(portal.link_lost(at)),
            "garbage" => events.extend(portal.unreadable_line(at)),
            what => {
                let (times, step, line) = match what.split_once('*') {
                    Some((times, line)) => match line.strip_prefix('0') {
                        Some(line) => (times.parse().unwrap(), 0, line.trim()),
                        None => (times.parse().unwrap(), 200, line.trim()),
                    },
                    None => (1, 0, what),
                };
                for _ in 0..times {
                    for item in decoder.decode(format!("{line}\r\n").as_bytes()) {
                        let Ok(Reading::Portal(record)) = item else { panic!("{item:?}") };
                        events.extend(portal.record(&record, at));
                    }
                    at += SignedDuration::from_millis(step);
                }
            }
        }
    }
    events
}

/// The events, one a line, live frames left out; an occupancy in short.
fn text(events: &[PortalEvent]) -> String {
    let mut text = String::new();
    for event in events {
        let line = match event {
            PortalEvent::Sample(_) => continue,
            PortalEvent::Ended(occupancy) => {
                let quality = serde_json::to_value(occupancy.quality).unwrap();
                let flags: Vec<&String> = quality
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(_, flag)| **flag == true)
                    .map(|(name, _)| name)
                    .collect();
                format!(
                    "ended {} by {:?}, counter {:?}, missed {}, {} gamma ({} flagged, first {:?}), {} neutron ({} flagged), gamma {:?}, neutron {:?}, {} speeds, {flags:?}",
                    occupancy.ended,
                    occupancy.ended_by,
                    occupancy.device_counter,
                    occupancy.missed_before,
                    occupancy.gamma_lines,
                    occupancy.gamma_alarm_lines,
                    occupancy.first_gamma_alarm,
                    occupancy.neutron_lines,
                    occupancy.neutron_alarm_lines,
                    occupancy.gamma,
                    occupancy.neutron,
                    occupancy.speeds.len(),
                )
            }
            event => serde_json::to_string(event).unwrap(),
        };
        text += &(line + "\n");
    }
    text
}

#[track_caller]
fn check(story: &str, expected: Expect) {
    let mut portal = Occupancies::new(PortalSettings::default());
    expected.assert_eq(&text(&play(&mut portal, story)));
}

#[test]
fn a_vehicle_passes_and_the_device_ends_it() {
    check(
        "0   NB,000003,000000,000002,000000
         0.1 GB,000380,000380,000410,000370
         4.8 SP,0.2249,03.032,004.88,000000
         5   NS,000002,000000,000001,000000
         5   6*0 GS,000076,000076,000082,000074
         5.2 10* GS,000055,000055,000060,000052
         7.2 GX,000007,005000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00.1Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":[3,0,2,0],"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:05Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:07.2Z by Device, counter Some(7), missed 0, 16 gamma (0 flagged, first None), 1 neutron (0 flagged), gamma None, neutron None, 1 speeds, ["assumed_config"]
        "#]],
    );
}

#[test]
fn the_first_flag_of_the_device_is_told_with_its_line_and_only_once() {
    check(
        "0   GB,000380,000380,000410,000370
         5   NS,000002,000000,000001,000000
         5   6*0 GS,000076,000076,000082,000074
         5.2 2* GS,000176,000176,000182,000174
         5.6 3* GA,000476,000476,000482,000474
         6.2 NA,000009,000009,000009,000009
         6.2 GA,000476,000476,000482,000474
         7   GX,000007,005000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:05Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[380,380,410,370]}}
            {"alarm_seen":{"at":"2026-05-21T05:00:05.2Z","by":"own","measure":{"gamma":{"index":6,"window_sum":1940,"background":1540,"distance":10193,"n_sigma":5000}}}}
            {"alarm_seen":{"at":"2026-05-21T05:00:05.6Z","by":"both","measure":{"gamma":{"index":8,"window_sum":3940,"background":1540,"distance":61158,"n_sigma":5000}}}}
            {"alarm_seen":{"at":"2026-05-21T05:00:06.2Z","by":"device","measure":{"neutron":{"index":1,"counts":36,"background":null,"likelihood_milli":null,"upper_milli":9504}}}}
            ended 2026-05-21T05:00:07Z by Device, counter Some(7), missed 0, 12 gamma (4 flagged, first Some(8)), 2 neutron (1 flagged), gamma Agree, neutron DeviceOnly, 0 speeds, ["assumed_config"]
        "#]],
    );
}

#[test]
fn a_flag_without_any_background_is_an_alarm_all_the_same() {
    check(
        "5   6*0 GA,000076,000076,000082,000074
         6   GX,000001,005000,000000,000000",
        expect![[r#"
            {"began":{"at":"2026-05-21T05:00:05Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":null}}
            {"alarm_seen":{"at":"2026-05-21T05:00:05Z","by":"device","measure":{"gamma":{"index":0,"window_sum":null,"background":null,"distance":null,"n_sigma":5000}}}}
            ended 2026-05-21T05:00:06Z by Device, counter Some(1), missed 0, 6 gamma (6 flagged, first Some(0)), 0 neutron (0 flagged), gamma DeviceOnly, neutron None, 0 speeds, ["assumed_config", "no_background"]
        "#]],
    );
}

#[test]
fn our_own_evaluation_alone_is_told_as_such() {
    check(
        "0   GB,000380,000380,000410,000370
         5   6*0 GS,000076,000076,000082,000074
         5.2 8* GS,000176,000176,000182,000174
         7   GX,000007,005000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:05Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[380,380,410,370]}}
            {"alarm_seen":{"at":"2026-05-21T05:00:05.2Z","by":"own","measure":{"gamma":{"index":6,"window_sum":1940,"background":1540,"distance":10193,"n_sigma":5000}}}}
            ended 2026-05-21T05:00:07Z by Device, counter Some(7), missed 0, 14 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma OwnOnly, neutron None, 0 speeds, ["assumed_config"]
        "#]],
    );
}

#[test]
fn a_lost_end_is_implied_by_the_next_background_and_found_by_the_counter() {
    check(
        "0    GB,000380,000380,000410,000370
         5    6*0 GS,000076,000076,000082,000074
         5.5  GX,000007,005000,000000,000000
         10   6*0 GS,000076,000076,000082,000074
         11   NB,000003,000000,000002,000000
         11.1 GB,000380,000380,000410,000370
         15   6*0 GS,000076,000076,000082,000074
         15.5 GX,000011,005000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:05Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:05.5Z by Device, counter Some(7), missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config"]
            {"began":{"at":"2026-05-21T05:00:10Z","counts_since":"2026-05-21T05:00:09Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:11Z by Implied, counter None, missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config"]
            {"background":{"at":"2026-05-21T05:00:11.1Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":[3,0,2,0],"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:15Z","counts_since":"2026-05-21T05:00:14Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:15.5Z by Device, counter Some(11), missed 2, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config", "missed_occupancy"]
        "#]],
    );
}

#[test]
fn the_counter_may_begin_anew_after_a_setup_block_and_jump_without_a_claim() {
    check(
        "0    GB,000380,000380,000410,000370
         5    6*0 GS,000076,000076,000082,000074
         5.5  GX,000107,005000,000000,000000
         6    SG1,002000,000068,05,10,05.0,P
         6.1  SG2,1111,0.069,0.455,01,1010,A
         6.2  SN2,0.504,5.040,0.504,5.040,PP
         15   6*0 GS,000076,000076,000082,000074
         15.5 GX,000002,005000,000000,000000
         20   6*0 GS,000076,000076,000082,000074
         20.5 GX,000000,000000,000000,000000
         25   6*0 GS,000076,000076,000082,000074
         25.5 GX,000000,000000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:05Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:05.5Z by Device, counter Some(107), missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config"]
            {"setup":{"at":"2026-05-21T05:00:06.2Z","settings":{"n_sigma_milli":5000,"intervals":5,"hold_in_intervals":10,"algorithm":{"sum":true,"horizontal":false,"vertical":true,"single":false},"background_time_s":20,"neutron_max_intervals":3,"neutron_upper":"9.50437640","neutron_lower":"-0.99599343","origin":"device"}}}
            {"began":{"at":"2026-05-21T05:00:15Z","counts_since":"2026-05-21T05:00:14Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:15.5Z by Device, counter Some(2), missed 1, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["missed_occupancy"]
            {"began":{"at":"2026-05-21T05:00:20Z","counts_since":"2026-05-21T05:00:19Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:20.5Z by Device, counter Some(0), missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, []
            {"began":{"at":"2026-05-21T05:00:25Z","counts_since":"2026-05-21T05:00:24Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:25.5Z by Device, counter Some(0), missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, []
        "#]],
    );
}

#[test]
fn an_occupancy_that_falls_silent_ends_after_three_seconds() {
    let mut portal = Occupancies::new(PortalSettings::default());
    let events = play(&mut portal, "5 6*0 GS,000076,000076,000082,000074\n7.9 silence");
    assert!(portal.is_occupied() && !text(&events).contains("ended"));
    assert_eq!(portal.deadline(), Some("2026-05-21T05:00:08Z".parse().unwrap()));
    assert!(!text(&play(&mut portal, "7.999 silence")).contains("ended"));
    let events = play(&mut portal, "8 silence");
    expect![[r#"
        ended 2026-05-21T05:00:08Z by Timeout, counter None, missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config", "no_background"]
    "#]]
    .assert_eq(&text(&events));
    assert_eq!(portal.deadline(), None);
}

#[test]
fn a_lost_link_ends_it_and_what_comes_after_begins_truncated() {
    check(
        "0   GB,000380,000380,000410,000370
         5   6*0 GS,000076,000076,000082,000074
         6   link lost
         6.5 10* GS,000076,000076,000082,000074
         8.6 GX,000007,005000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:05Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:06Z by LinkLost, counter None, missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config"]
            {"began":{"at":"2026-05-21T05:00:06.5Z","counts_since":"2026-05-21T05:00:05.5Z","gamma_background":null}}
            ended 2026-05-21T05:00:08.6Z by Device, counter Some(7), missed 0, 10 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config", "no_background", "start_truncated"]
        "#]],
    );
}

#[test]
fn tampering_and_garbage_do_not_end_an_occupancy() {
    check(
        "0   GB,000380,000380,000410,000370
         5   6*0 GS,000076,000076,000082,000074
         5.2 TT,000000,000000,000000,000000
         5.3 garbage
         5.4 GS,000076,000076,000082,000074
         5.5 TC,111111,111111,111111,111111
         5.6 SP,0.0001,99.999,160.93,000000
         5.7 NL,000000,000000,000000,000000
         5.8 GX,000007,005000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:05Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[380,380,410,370]}}
            {"tamper":{"at":"2026-05-21T05:00:05.2Z","present":true}}
            {"tamper":{"at":"2026-05-21T05:00:05.5Z","present":false}}
            ended 2026-05-21T05:00:05.8Z by Device, counter Some(7), missed 0, 7 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config", "interval_missing", "speed_saturated", "tamper_during"]
        "#]],
    );
}

#[test]
fn a_depressed_background_is_told_and_marks_the_vehicle() {
    check(
        "0    GB,000400,000400,000400,000400
         5    GB,000400,000400,000400,000400
         10   GB,000400,000400,000400,000400
         15   GB,000400,000400,000400,000400
         20   GB,000400,000400,000400,000400
         25   GB,000341,000340,000340,000340
         30   GB,000340,000340,000340,000339
         33   6*0 GS,000076,000076,000082,000074
         34   GX,000007,005000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[400,400,400,400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"background":{"at":"2026-05-21T05:00:05Z","gamma":[400,400,400,400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"background":{"at":"2026-05-21T05:00:10Z","gamma":[400,400,400,400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"background":{"at":"2026-05-21T05:00:15Z","gamma":[400,400,400,400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"background":{"at":"2026-05-21T05:00:20Z","gamma":[400,400,400,400],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"background":{"at":"2026-05-21T05:00:25Z","gamma":[341,340,340,340],"gamma_level":"normal","depression":{"usual":{"median":1600}},"neutron":null,"neutron_level":"normal"}}
            {"background":{"at":"2026-05-21T05:00:30Z","gamma":[340,340,340,339],"gamma_level":"normal","depression":{"depressed":{"median":1600}},"neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:33Z","counts_since":"2026-05-21T05:00:32Z","gamma_background":[340,340,340,339]}}
            ended 2026-05-21T05:00:34Z by Device, counter Some(7), missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config", "background_depressed"]
        "#]],
    );
}

#[test]
fn a_background_fault_of_the_device_is_told_and_marks_the_vehicle() {
    check(
        "0    NH,000063,000000,000002,000000
         0.1  GL,000010,000010,000010,000010
         3    6*0 GS,000002,000002,000002,000002
         4    GX,000007,005000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00.1Z","gamma":[10,10,10,10],"gamma_level":"low","depression":"unknown","neutron":[63,0,2,0],"neutron_level":"high"}}
            {"began":{"at":"2026-05-21T05:00:03Z","counts_since":"2026-05-21T05:00:02Z","gamma_background":[10,10,10,10]}}
            ended 2026-05-21T05:00:04Z by Device, counter Some(7), missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config", "background_fault"]
        "#]],
    );
}

#[test]
fn the_device_is_right_about_its_own_settings() {
    let mut portal = Occupancies::new(PortalSettings::default());
    play(
        &mut portal,
        "0 SG1,002000,000068,04,12,06.5,P
         0 SG2,1111,0.069,0.455,01,1000,A
         0 SG3,0.069,0.455,030,000,1.10.1
         0 SN1,000050,05,0004,1200,01,120
         0 SN2,0.504,5.040,0.504,5.040,PP",
    );
    expect![[r#"{"n_sigma_milli":6500,"intervals":4,"hold_in_intervals":12,"algorithm":{"sum":true,"horizontal":false,"vertical":false,"single":false},"background_time_s":30,"neutron_max_intervals":5,"neutron_upper":"9.50437640","neutron_lower":"-0.99599343","origin":"device"}"#]]
    .assert_eq(&serde_json::to_string(portal.settings()).unwrap());
}

#[test]
fn a_live_frame_shows_counts_window_and_limit() {
    let mut portal = Occupancies::new(PortalSettings::default());
    let events = play(
        &mut portal,
        "0   GB,000380,000380,000410,000370
         5   NS,000002,000000,000001,000000
         5   4*0 GS,000076,000076,000082,000074
         5   GA,000176,000076,000082,000074",
    );
    let samples: Vec<_> = events
        .iter()
        .filter(|event| matches!(event, PortalEvent::Sample(_)))
        .map(|event| serde_json::to_string(event).unwrap() + "\n")
        .collect();
    expect![[r#"
        {"sample":{"at":"2026-05-21T05:00:05Z","index":3,"before_occupancy":true,"counts":[76,76,82,74],"window_sum":null,"alarm_above":null,"distance":null,"n_sigma":5000,"device_alarm":false,"neutrons":3}}
        {"sample":{"at":"2026-05-21T05:00:05Z","index":4,"before_occupancy":true,"counts":[176,76,82,74],"window_sum":1640,"alarm_above":1736,"distance":{"sum":2548,"pillar_12":3627,"pillar_34":0},"n_sigma":5000,"device_alarm":true,"neutrons":3}}
    "#]]
    .assert_eq(&samples[3..].concat());
}

/// What a portal can do to whoever listens, one after the other.
#[test]
fn missed_ends_bursts_and_frozen_counters_make_no_vehicle_and_lose_none() {
    check(
        "0    GB,000380,000380,000410,000370
         5    7*0 GS,000076,000076,000082,000074
         5.2  8* GS,000055,000055,000060,000052
         7    GX,000000,005000,000000,000000
         7.2  6*0 GS,000076,000076,000082,000074
         7.4  8* GS,000055,000055,000060,000052
         9    SP,0.0000,99.999,160.93,000000
         9.2  GX,000000,005000,000000,000000
         13   SP,0.2249,03.032,004.88,000000
         13.5 NB,000003,000000,000002,000000
         13.6 GB,000380,000380,000410,000370
         13.8 NS,000002,000000,000001,000000
         13.8 6*0 GS,000076,000076,000082,000074
         14   QX,000000,000000,000000,000000
         14.2 GS,000076,000076,000082,000074
         14.4 link lost
         14.8 3* GS,000055,000055,000060,000052
         15.6 GX,000000,005000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:05Z","counts_since":"2026-05-21T05:00:04Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:07Z by Device, counter Some(0), missed 0, 15 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config"]
            {"began":{"at":"2026-05-21T05:00:07.2Z","counts_since":"2026-05-21T05:00:06.2Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:09.2Z by Device, counter Some(0), missed 0, 14 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config", "speed_saturated"]
            {"background":{"at":"2026-05-21T05:00:13.6Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":[3,0,2,0],"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:13.8Z","counts_since":"2026-05-21T05:00:12.8Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:14.4Z by LinkLost, counter None, missed 0, 7 gamma (0 flagged, first None), 1 neutron (0 flagged), gamma None, neutron None, 1 speeds, ["assumed_config"]
            {"began":{"at":"2026-05-21T05:00:14.8Z","counts_since":"2026-05-21T05:00:13.8Z","gamma_background":null}}
            ended 2026-05-21T05:00:15.6Z by Device, counter Some(0), missed 0, 3 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config", "no_background", "start_truncated"]
        "#]],
    );
}

#[test]
fn a_day_begins_with_a_setup_block_and_its_counter_anew() {
    check(
        "0    GB,000380,000380,000410,000370
         1    6*0 GS,000076,000076,000082,000074
         2    GX,000700,005000,000000,000000
         7    SG1,002000,000068,05,10,05.0,P
         7    SG2,1111,0.069,0.455,01,1010,A
         7    SG3,0.069,0.455,020,000,1.10.1
         7    SN1,000050,03,0004,1200,01,120
         7    SN2,0.504,5.040,0.504,5.040,PP
         8    6*0 GS,000076,000076,000082,000074
         9    GX,000001,005000,000000,000000
         20   6*0 GS,000076,000076,000082,000074
         21   GX,000004,005000,000000,000000",
        expect![[r#"
            {"background":{"at":"2026-05-21T05:00:00Z","gamma":[380,380,410,370],"gamma_level":"normal","depression":"unknown","neutron":null,"neutron_level":"normal"}}
            {"began":{"at":"2026-05-21T05:00:01Z","counts_since":"2026-05-21T05:00:00Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:02Z by Device, counter Some(700), missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["assumed_config"]
            {"setup":{"at":"2026-05-21T05:00:07Z","settings":{"n_sigma_milli":5000,"intervals":5,"hold_in_intervals":10,"algorithm":{"sum":true,"horizontal":false,"vertical":true,"single":false},"background_time_s":20,"neutron_max_intervals":3,"neutron_upper":"9.50437640","neutron_lower":"-0.99599343","origin":"device"}}}
            {"began":{"at":"2026-05-21T05:00:08Z","counts_since":"2026-05-21T05:00:07Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:09Z by Device, counter Some(1), missed 0, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, []
            {"began":{"at":"2026-05-21T05:00:20Z","counts_since":"2026-05-21T05:00:19Z","gamma_background":[380,380,410,370]}}
            ended 2026-05-21T05:00:21Z by Device, counter Some(4), missed 2, 6 gamma (0 flagged, first None), 0 neutron (0 flagged), gamma None, neutron None, 0 speeds, ["missed_occupancy"]
        "#]],
    );
}

/// A capture made for this test: a setup block, an alarm in one pillar, a vehicle close behind, a lost end, a lost vehicle.
#[test]
fn a_capture_gives_the_same_story_each_time() {
    let file = include_bytes!("../captures/tsa/own-portal-with-alarm.day");
    let mut portal = Occupancies::new(PortalSettings::default());
    let mut decoder = Decoder::new(Dialect::Tsa);
    let mut events = Vec::new();
    for recorded in daily::recorded_lines(file, None) {
        let recorded = recorded.unwrap();
        for item in decoder.decode(&recorded.live()) {
            let Ok(Reading::Portal(record)) = item else { panic!("{item:?}") };
            events.extend(portal.record(&record, recorded.at));
        }
    }
    assert!(
        events.iter().any(|event| matches!(event, PortalEvent::Ended(_))),
        "the capture is empty"
    );
    events.retain(|event| !matches!(event, PortalEvent::Background(_)));
    expect![[r#"
        {"setup":{"at":"2026-05-21T05:00:00.04Z","settings":{"n_sigma_milli":5000,"intervals":5,"hold_in_intervals":10,"algorithm":{"sum":true,"horizontal":false,"vertical":true,"single":false},"background_time_s":20,"neutron_max_intervals":3,"neutron_upper":"9.50437640","neutron_lower":"-0.99599343","origin":"device"}}}
        {"began":{"at":"2026-05-21T05:00:24Z","counts_since":"2026-05-21T05:00:23Z","gamma_background":[380,380,410,370]}}
        {"alarm_seen":{"at":"2026-05-21T05:00:27Z","by":"both","measure":{"gamma":{"index":20,"window_sum":1442,"background":1540,"distance":7763,"n_sigma":5000}}}}
        ended 2026-05-21T05:00:31Z by Device, counter Some(1), missed 0, 40 gamma (8 flagged, first Some(20)), 7 neutron (0 flagged), gamma Agree, neutron None, 1 speeds, []
        {"began":{"at":"2026-05-21T05:00:31.32Z","counts_since":"2026-05-21T05:00:30.32Z","gamma_background":[380,380,410,370]}}
        ended 2026-05-21T05:00:36.32Z by Device, counter Some(2), missed 0, 30 gamma (0 flagged, first None), 5 neutron (0 flagged), gamma None, neutron None, 1 speeds, []
        {"began":{"at":"2026-05-21T05:00:54.12Z","counts_since":"2026-05-21T05:00:53.12Z","gamma_background":[380,380,410,370]}}
        ended 2026-05-21T05:01:00.12Z by Implied, counter None, missed 0, 25 gamma (0 flagged, first None), 4 neutron (0 flagged), gamma None, neutron None, 1 speeds, []
        {"began":{"at":"2026-05-21T05:01:08.12Z","counts_since":"2026-05-21T05:01:07.12Z","gamma_background":[380,380,410,370]}}
        ended 2026-05-21T05:01:12.72Z by Device, counter Some(5), missed 1, 28 gamma (0 flagged, first None), 5 neutron (0 flagged), gamma None, neutron None, 1 speeds, ["missed_occupancy"]
    "#]].assert_eq(&text(&events));
}
