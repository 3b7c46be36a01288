//! Two recordings of real portals, compared figure by figure with what was computed from them by other means.
//!
//! The recordings are not part of this repository; without them these tests say so and pass.

use firmware_protocols::portal::evaluation::{
    NeutronConstants, NeutronTest, observed_neutron_test,
};
use firmware_protocols::portal::{
    Agreement, EndedBy, Occupancies, Occupancy, PortalEvent, PortalSettings, Quality, Record,
    SeenBy, daily, tsa,
};
use firmware_protocols::{Dialect, Reading};
use jiff::Timestamp;
use rust_decimal::Decimal;
use units::{Counts, MilliSigma};

use crate::check::{decode, recording};

struct Recording {
    file: &'static str,
    expected: &'static str,
    /// N that fits the device's flags; this firmware's setup block was not recorded.
    n_sigma_milli: i32,
}

const NONE: Recording = Recording {
    file: "rpm/S2-C0-NONE.csv",
    expected: "rpm/expected_S2-C0.csv",
    n_sigma_milli: 4000,
};
const NORM: Recording = Recording {
    file: "rpm/S2-C3-NORM2.csv",
    expected: "rpm/expected_S2-C3.csv",
    n_sigma_milli: 4000,
};

/// The live lines of a recording, with their arrival times.
fn lines(file: &[u8]) -> Vec<(Timestamp, Vec<u8>)> {
    daily::recorded_lines(file, None)
        .map(|line| line.unwrap())
        .map(|line| (line.at, line.live()))
        .collect()
}

fn records(file: &[u8]) -> Vec<(Timestamp, Record)> {
    lines(file)
        .into_iter()
        .map(|(at, line)| match decode(Dialect::Tsa, &[&line]).as_slice() {
            [Ok(Reading::Portal(record))] => (at, record.clone()),
            other => panic!("{other:?} of {}", String::from_utf8_lossy(&line)),
        })
        .collect()
}

fn events(recording: &Recording, file: &[u8]) -> Vec<PortalEvent> {
    let settings = PortalSettings {
        n_sigma_milli: MilliSigma(recording.n_sigma_milli),
        ..PortalSettings::default()
    };
    let mut portal = Occupancies::new(settings);
    records(file).iter().flat_map(|(at, record)| portal.record(record, *at)).collect()
}

fn occupancies(events: &[PortalEvent]) -> Vec<&Occupancy> {
    events
        .iter()
        .filter_map(|event| {
            if let PortalEvent::Ended(occupancy) = event { Some(&**occupancy) } else { None }
        })
        .collect()
}

#[test]
fn every_line_of_the_recordings_is_read_and_written_back_as_it_was() {
    for recorded in [NONE, NORM] {
        let Some(file) = recording(recorded.file) else { return };
        let mut kinds = std::collections::BTreeMap::<String, u32>::new();
        for (at, line) in lines(&file) {
            let record = tsa::decode(line.trim_ascii_end())
                .unwrap_or_else(|fault| panic!("{fault} at {at}"));
            assert!(!matches!(record, Record::Unknown { .. }), "{record:?}");
            assert_eq!(tsa::encode(&record).unwrap().as_bytes(), line, "{record:?}");
            *kinds
                .entry(String::from_utf8_lossy(line.split(|&b| b == b',').next().unwrap()).into())
                .or_default() += 1;
        }
        assert_eq!(kinds["GX"], 15, "{}", recorded.file);
    }
}

#[test]
fn pieces_of_any_length_give_the_same_records() {
    let Some(file) = recording(NORM.file) else { return };
    let bytes: Vec<u8> = lines(&file).into_iter().take(400).flat_map(|(_, line)| line).collect();
    let whole = decode(Dialect::Tsa, &[&bytes]);
    for length in [1, 2, 3, 7, 31, 32, 33, 100, 4096] {
        let pieces: Vec<&[u8]> = bytes.chunks(length).collect();
        assert_eq!(decode(Dialect::Tsa, &pieces), whole, "pieces of {length}");
    }
}

#[test]
fn every_occupancy_equals_the_computed_one_figure_by_figure() {
    for recorded in [NONE, NORM] {
        let (Some(file), Some(expected)) = (recording(recorded.file), recording(recorded.expected))
        else {
            return;
        };
        let events = events(&recorded, &file);
        let told: Vec<String> = occupancies(&events).into_iter().map(figures).collect();
        let expected = String::from_utf8(expected).unwrap();
        let expected: Vec<&str> = expected.lines().skip(1).collect();
        assert_eq!(told, expected, "{}", recorded.file);
    }
}

/// A line of the expected file: device_counter, gamma_lines, ga_lines, first_ga_index0, neutron_lines, neutron_bg_cps, gamma_bg_cps,
/// max_1s_sum, max_z_sum, max_z_p1, max_z_p2.
fn figures(occupancy: &Occupancy) -> String {
    let three = |milli: i32| format!("{:.3}", Decimal::new(i64::from(milli), 3));
    let background = occupancy
        .gamma_background
        .as_ref()
        .unwrap()
        .iter()
        .map(|rate| rate.0.to_string())
        .collect::<Vec<_>>()
        .join(" ");
    let distance = occupancy.max_distance.unwrap();
    format!(
        "{},{},{},{},{},{},{background},{},{},{},{}",
        occupancy.device_counter.unwrap(),
        occupancy.gamma_lines,
        occupancy.gamma_alarm_lines,
        occupancy.first_gamma_alarm.map_or(String::new(), |index| index.to_string()),
        occupancy.neutron_lines,
        three(i32::try_from(occupancy.neutron_background.unwrap().0).unwrap()),
        occupancy.max_window_sum.unwrap().0,
        three(distance.sum.unwrap().0),
        three(distance.pillar_12.unwrap().0),
        three(distance.pillar_34.unwrap().0),
    )
}

#[test]
fn alarms_are_seen_exactly_where_the_device_flagged_them() {
    for (recorded, alarms) in [(NONE, 0), (NORM, 15)] {
        let Some(file) = recording(recorded.file) else { return };
        let events = events(&recorded, &file);
        let seen: Vec<_> = events
            .iter()
            .filter_map(
                |event| if let PortalEvent::AlarmSeen(alarm) = event { Some(alarm) } else { None },
            )
            .collect();
        assert_eq!(seen.len(), alarms, "{}: {seen:#?}", recorded.file);
        assert!(
            seen.iter().all(|alarm| alarm.by == SeenBy::Both && !alarm.measure.is_neutron()),
            "{seen:#?}"
        );
        for occupancy in occupancies(&events) {
            let expected = if alarms > 0 { Agreement::Agree } else { Agreement::None };
            assert_eq!((occupancy.gamma, occupancy.neutron), (expected, Agreement::None));
        }
    }
}

#[test]
fn our_gamma_test_flags_the_same_intervals_as_the_device_within_the_tolerance() {
    for recorded in [NONE, NORM] {
        let Some(file) = recording(recorded.file) else { return };
        let (mut compared, mut near) = (0, 0);
        for event in events(&recorded, &file) {
            let PortalEvent::Sample(sample) = event else { continue };
            let Some(distance) = sample.distance else { continue };
            compared += 1;
            let largest = distance.largest().unwrap().0;
            if (largest - recorded.n_sigma_milli).abs() < 30 {
                near += 1;
            } else {
                assert_eq!(largest > recorded.n_sigma_milli, sample.device_alarm, "{sample:?}");
            }
        }
        assert!(compared > 800 && near < 5, "{compared} intervals compared, {near} near the limit");
    }
}

#[test]
fn nothing_is_said_against_the_quality_of_the_recorded_occupancies() {
    for recorded in [NONE, NORM] {
        let Some(file) = recording(recorded.file) else { return };
        let events = events(&recorded, &file);
        let told = occupancies(&events);
        for occupancy in &told {
            assert_eq!(occupancy.ended_by, EndedBy::Device);
            assert_eq!(occupancy.missed_before, 0);
            // Some vehicles crossed one beam twice: the device then shows 99.999 mph.
            let speed_saturated = occupancy.quality.speed_saturated;
            let expected = Quality { assumed_config: true, speed_saturated, ..Quality::default() };
            assert_eq!(occupancy.quality, expected, "{occupancy:?}");
            let lasted = occupancy.ended.duration_since(occupancy.began).as_secs();
            assert!((9..=14).contains(&lasted), "{lasted} s");
        }
        let speeds = told.iter().map(|occupancy| occupancy.speeds.len()).sum::<usize>();
        assert!(speeds >= 40, "{speeds} speeds of {} occupancies", told.len());
    }
}

#[test]
fn the_state_of_the_neutron_test_is_reproduced() {
    let mut compared = 0;
    for recorded in [NONE, NORM] {
        let Some(file) = recording(recorded.file) else { return };
        compared += compare_neutron_states(&records(&file), |background, test| {
            // The constants observed for this background are those that the device sends, except exactly on a step, where the device's
            // binary fractions fall to either side.
            let steps = background * Decimal::from(5);
            if (steps - steps.round()).abs() < Decimal::new(1, 4) {
                return;
            }
            let observed = observed_neutron_test(background).unwrap();
            let tolerance = Decimal::new(1, 3);
            assert!(
                (observed.0 - test.0).abs() < tolerance && (observed.1 - test.1).abs() < tolerance
            );
        });
    }
    assert_eq!(compared, 352);
}

/// Runs our test over the seconds of a recording and compares each state with the device's own. Tells how many.
fn compare_neutron_states(
    records: &[(Timestamp, Record)],
    constants_seen: impl Fn(Decimal, (Decimal, Decimal)),
) -> u32 {
    let (mut test, mut constants, mut limits, mut background) =
        (NeutronTest::default(), None, None, Decimal::ZERO);
    let (mut told, mut compared) = (None, 0);
    for (at, record) in records {
        match record {
            Record::NeutronTest { per_second, per_count } => {
                constants = Some((*per_second, *per_count));
            }
            Record::NeutronLimits { upper, lower } => limits = Some((*upper, *lower)),
            Record::NeutronBackgroundFine(cps) => {
                background = cps.iter().sum();
                constants_seen(background, constants.unwrap());
            }
            Record::NeutronState { sum, again } => {
                assert_eq!(sum, again);
                told = Some(*sum);
            }
            Record::NeutronScan { counts, .. } => {
                let ((per_second, per_count), (upper, lower)) =
                    (constants.unwrap(), limits.unwrap());
                let constants = NeutronConstants { per_second, per_count, upper, lower };
                let ours = test.second(Counts::sum(counts), &constants, 3).sum;
                let device = told.take().unwrap();
                assert!(
                    (ours - device).abs() < Decimal::new(2, 3),
                    "{ours} and {device} at {at}, background {background}"
                );
                compared += 1;
            }
            Record::OccupancyEnd { .. } => test = NeutronTest::default(),
            _ => {}
        }
    }
    compared
}
