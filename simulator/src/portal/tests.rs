//! The simulated portal beside the recorded ones: what a day of it looks like, and whether the agent's decoder can tell them apart.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each figure looks at one kind of line and passes over the others"
)]

use std::time::Duration;

use firmware_protocols::portal::tsa;
use firmware_protocols::portal::{
    Agreement, EndedBy, Occupancies, Occupancy, PortalEvent, PortalSettings, Record,
};
use firmware_protocols::{Decoder, Dialect, Reading};
use jiff::Timestamp;
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{Character, Firmware, Portal};
use crate::recording::{self, Recording};
use crate::story::{Pillar, Vehicle};

const BEGAN: Timestamp = Timestamp::UNIX_EPOCH;

type Lines = Vec<(Duration, Vec<u8>)>;
/// A figure of a portal: one number for each thing that it looks at.
type Figure = fn(&[(Duration, Record)]) -> Vec<f64>;

/// The lines of a portal through which `vehicles` pass.
fn lines(character: Character, vehicles: &[(u64, Vehicle)], until_s: u64) -> Lines {
    let mut portal = Portal::new(7, character);
    for (at_s, vehicle) in vehicles {
        portal.vehicle(Duration::from_secs(*at_s), *vehicle);
    }
    std::iter::from_fn(|| portal.next_line(Duration::from_secs(until_s)))
        .map(|(at, record)| (at, tsa::encode(&record).unwrap().into_bytes()))
        .collect()
}

/// A day as the lane recorded over 24 hours had it: 700 vehicles, none with a source.
fn ordinary_day() -> Lines {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let vehicles: Vec<(u64, Vehicle)> =
        (0..700).map(|index| (40 + index * 120, ordinary(&mut rng))).collect();
    lines(Character::day_lane(), &vehicles, 40 + 700 * 120)
}

/// A vehicle whose time in the beam and whose shielding are spread as the recorded ones'.
fn ordinary(rng: &mut ChaCha8Rng) -> Vehicle {
    let time =
        if rng.random_bool(0.1) { rng.random_range(0.4..4.0) } else { rng.random_range(5.4..11.4) };
    Vehicle {
        time: Duration::from_secs_f64(time),
        shielding_percent: rng.random_range(28..54),
        gamma_times: 0.0,
        gamma_at_percent: 50,
        gamma_width_percent: 20,
        gamma_beside: None,
        neutron_cps: 0.0,
    }
}

/// What the agent's decoder makes of lines: records with their times. Faults fail the test.
fn decoded(lines: &Lines) -> Vec<(Duration, Record)> {
    let mut decoder = Decoder::new(Dialect::Tsa);
    let mut records = Vec::new();
    for (at, line) in lines {
        for reading in decoder.decode(line) {
            let Ok(Reading::Portal(record)) = reading else {
                panic!("{:?}: {}", reading, String::from_utf8_lossy(line))
            };
            records.push((*at, record));
        }
    }
    records
}

fn occupancies(records: &[(Duration, Record)]) -> Vec<Occupancy> {
    let mut machine = Occupancies::new(PortalSettings::default());
    records
        .iter()
        .flat_map(|(at, record)| machine.record(record, BEGAN + *at))
        .filter_map(|event| match event {
            PortalEvent::Ended(occupancy) => Some(*occupancy),
            PortalEvent::Began { .. }
            | PortalEvent::Sample(_)
            | PortalEvent::Shown(_)
            | PortalEvent::AlarmSeen(_)
            | PortalEvent::Background(_)
            | PortalEvent::Tamper { .. }
            | PortalEvent::Setup { .. } => None,
        })
        .collect()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// The statistics of docs/protocols/tsa.md, measured on the lane recorded over a day; each with the room that chance needs.
#[test]
fn a_simulated_day_has_the_statistics_of_the_recorded_day() {
    let lines = ordinary_day();
    let records = decoded(&lines);
    let occupancies = occupancies(&records);
    assert_eq!(occupancies.len(), 700);
    assert!(
        lines.iter().all(|(_, line)| line.len() == 32),
        "every line has 30 characters, CR and LF"
    );

    let background: Vec<Duration> = records
        .iter()
        .filter(|(_, record)| matches!(record, Record::GammaBackground { .. }))
        .map(|(at, _)| *at)
        .collect();
    let gaps: Vec<f64> = background
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs_f64())
        .filter(|gap| *gap < 6.0)
        .collect();
    assert!(
        gaps.iter().all(|gap| (4.95..=5.05).contains(gap)),
        "a background line every five seconds"
    );

    let in_range = |name: &str, value: f64, range: std::ops::RangeInclusive<f64>| {
        assert!(range.contains(&value), "{name}: {value} is not in {range:?}");
    };
    let gamma: Vec<f64> =
        occupancies.iter().map(|occupancy| f64::from(occupancy.gamma_lines)).collect();
    in_range(
        "gamma lines, least (15)",
        gamma.iter().copied().fold(f64::MAX, f64::min),
        15.0..=20.0,
    );
    in_range("gamma lines, median (57)", median(gamma.clone()), 52.0..=62.0);
    in_range("gamma lines, most (111)", gamma.iter().copied().fold(0.0, f64::max), 65.0..=111.0);
    let durations = occupancies
        .iter()
        .map(|occupancy| occupancy.ended.duration_since(occupancy.began).as_secs_f64())
        .collect();
    in_range("duration, median (10.41 s)", median(durations), 9.4..=11.4);
    let sums = background.len() as f64;
    assert!(sums > 10_000.0, "the lane is vacant for most of the day");
    let levels: Vec<f64> = records
        .iter()
        .filter_map(|(_, record)| match record {
            Record::GammaBackground { cps, .. } => {
                Some(cps.iter().map(|rate| f64::from(rate.0)).sum())
            }
            _ => None,
        })
        .collect();
    in_range("sum of the background, median", median(levels), 1640.0..=1670.0);

    let after_end: Vec<f64> = records
        .windows(2)
        .filter(|pair| {
            matches!(pair[0].1, Record::OccupancyEnd { .. })
                && matches!(pair[1].1, Record::NeutronBackground { .. })
        })
        .map(|pair| (pair[1].0 - pair[0].0).as_secs_f64())
        .collect();
    assert!(
        !after_end.is_empty() && after_end.iter().all(|gap| (4.7..=5.0).contains(gap)),
        "first background 4.7 to 5 s after GX"
    );
    let before_end: Vec<f64> = records
        .windows(2)
        .filter(|pair| {
            matches!(pair[0].1, Record::GammaScan { .. })
                && matches!(pair[1].1, Record::OccupancyEnd { .. })
        })
        .map(|pair| (pair[1].0 - pair[0].0).as_secs_f64())
        .collect();
    assert!(
        !before_end.is_empty() && before_end.iter().all(|gap| (0.1..=0.3).contains(gap)),
        "GX 0.1 to 0.3 s after the last gamma line"
    );

    let speeds: Vec<usize> = records
        .split(|(_, record)| matches!(record, Record::OccupancyEnd { .. }))
        .map(|occupancy| {
            occupancy.iter().filter(|(_, record)| matches!(record, Record::Speed(_))).count()
        })
        .collect();
    let two = speeds.iter().filter(|count| **count == 2).count() as f64 / 700.0;
    in_range("share with two speed lines (424 of 700)", two, 0.55..=0.67);

    let shielding: Vec<f64> = smallest_windows(&records);
    in_range("least second against background, median (0.575)", median(shielding), 0.52..=0.63);
    let false_alarms =
        occupancies.iter().filter(|occupancy| occupancy.gamma_alarm_lines > 0).count();
    assert!(
        false_alarms <= 3,
        "{false_alarms} false alarms in 700 vehicles; the recorded day had 5, one of them by a depressed background"
    );
    assert!(
        occupancies
            .iter()
            .all(|occupancy| occupancy.ended_by == EndedBy::Device && occupancy.missed_before == 0)
    );
}

/// For each occupancy, the smallest sum of a second as a share of the background before it.
fn smallest_windows(records: &[(Duration, Record)]) -> Vec<f64> {
    let mut background = 1.0;
    let mut window: Vec<f64> = Vec::new();
    let mut shares = Vec::new();
    for (_, record) in records {
        match record {
            Record::GammaBackground { cps, .. } => {
                background = cps.iter().map(|rate| f64::from(rate.0)).sum();
            }
            Record::GammaScan { counts, .. } => {
                window.push(counts.iter().map(|count| f64::from(count.0)).sum());
            }
            Record::OccupancyEnd { .. } => {
                let least = window
                    .windows(5)
                    .map(|second| second.iter().sum::<f64>())
                    .fold(f64::MAX, f64::min);
                shares.push(least / background);
                window.clear();
            }
            _ => {}
        }
    }
    shares
}

#[test]
fn a_load_is_flagged_where_the_agent_finds_it_too() {
    let loads = [
        ("strong", Vehicle { gamma_times: 4.2, ..plain() }),
        ("weak and short", weak(0.6)),
        ("at the end", Vehicle { gamma_times: 2.0, gamma_at_percent: 85, ..plain() }),
        ("beside a pillar", Vehicle { gamma_beside: Some(Pillar::Second), ..weak(0.3) }),
        ("neutrons", Vehicle { neutron_cps: 60.0, ..plain() }),
    ];
    for (name, load) in loads {
        for character in [Character::day_lane(), Character::recorded_2016()] {
            let firmware = character.firmware;
            let records = decoded(&lines(character, &[(30, load)], 60));
            let occupancy = occupancies(&records).pop().expect("one vehicle passed");
            // The agent knows the neutron test only for backgrounds that were recorded; below them it believes the portal.
            let (told, expected) = match (load.neutron_cps > 0.0, firmware) {
                (true, Firmware::Base) => (occupancy.neutron, Agreement::DeviceOnly),
                (true, Firmware::Extended) => (occupancy.neutron, Agreement::Agree),
                (false, Firmware::Base | Firmware::Extended) => (occupancy.gamma, Agreement::Agree),
            };
            assert_eq!(told, expected, "{name}, {firmware:?}: {occupancy:?}");
        }
    }
}

fn weak(gamma_times: f64) -> Vehicle {
    Vehicle { gamma_times, gamma_width_percent: 5, shielding_percent: 10, ..plain() }
}

#[test]
fn a_point_beside_a_pillar_is_counted_there_and_a_long_load_everywhere() {
    let of_pillars = |load| -> [u32; 2] {
        let records = decoded(&lines(Character::recorded_2016(), &[(30, load)], 60));
        let mut most = [0; 2];
        for (_, record) in &records {
            if let Record::GammaScan { counts, .. } = record {
                let [a, b, c, d] = counts.map(|count| count.0);
                most = [most[0].max(a + b), most[1].max(c + d)];
            }
        }
        most
    };
    let beside = |pillar| Vehicle { gamma_beside: Some(pillar), ..weak(4.0) };
    let [first, second] = of_pillars(beside(Pillar::First));
    assert!(first > 3 * second, "{first} {second}");
    let [first, second] = of_pillars(beside(Pillar::Second));
    assert!(second > 3 * first, "{first} {second}");
    let [first, second] = of_pillars(Vehicle { gamma_width_percent: 40, ..weak(4.0) });
    assert!(first < 2 * second && second < 2 * first, "{first} {second}");
}

fn plain() -> Vehicle {
    Vehicle {
        time: Duration::from_secs(9),
        shielding_percent: 42,
        gamma_times: 0.0,
        gamma_at_percent: 50,
        gamma_width_percent: 20,
        gamma_beside: None,
        neutron_cps: 0.0,
    }
}

#[test]
fn a_depressed_background_makes_the_next_vehicle_alarm_for_nothing() {
    let mut portal = Portal::new(3, Character::day_lane());
    portal.sag(Duration::from_secs(60), Duration::from_secs(30), 55);
    portal.vehicle(Duration::from_secs(91), Vehicle { shielding_percent: 0, ..plain() });
    let lines: Lines = std::iter::from_fn(|| portal.next_line(Duration::from_secs(130)))
        .map(|(at, record)| (at, tsa::encode(&record).unwrap().into_bytes()))
        .collect();
    let occupancy = occupancies(&decoded(&lines)).pop().expect("one vehicle passed");
    assert!(
        occupancy.gamma_alarm_lines > 0,
        "counts that return to normal are above a depressed background"
    );
    assert!(occupancy.quality.background_depressed);
}

#[test]
fn a_vehicle_that_follows_at_once_waits_until_the_first_is_out() {
    let records =
        decoded(&lines(Character::day_lane(), &[(30, plain()), (32, plain()), (33, plain())], 90));
    let counters: Vec<Option<u32>> =
        occupancies(&records).iter().map(|occupancy| occupancy.device_counter).collect();
    assert_eq!(counters, [Some(1), Some(2), Some(3)]);
}

#[test]
fn the_same_seed_sends_the_same_bytes() {
    let day = |_| lines(Character::recorded_2016(), &[(20, plain())], 120);
    assert_eq!(day(1), day(2));
}

/// The portal recorded in 2016 and its double, figure by figure: Kolmogorov's distance between the two is within what chance allows.
#[test]
fn the_recorded_portal_and_its_double_cannot_be_told_apart() {
    let path = recording::folder_from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"))
        .join("S2-C0-NONE.csv");
    if !path.exists() {
        println!("skipped: {} is not at hand", path.display());
        return;
    }
    let recorded = decoded(&Recording::read(&path).expect("the recording is readable").lines);
    let vehicles: Vec<(u64, Vehicle)> = (0..15_u64)
        .map(|index| {
            (
                139 + index * 133,
                Vehicle {
                    time: Duration::from_millis(8400 + index % 5 * 200),
                    shielding_percent: 34,
                    ..plain()
                },
            )
        })
        .collect();
    let simulated = decoded(&lines(Character::recorded_2016(), &vehicles, 2011));
    let figures: [(&str, Figure); 5] = [
        ("noise of the background sum", background_noise),
        ("noise of a gamma interval", interval_noise),
        ("time from one gamma line to the next", interval_times),
        ("neutrons in a second", neutron_counts),
        ("time from the last gamma line to GX", end_times),
    ];
    for (name, figure) in figures {
        let (recorded, simulated) = (figure(&recorded), figure(&simulated));
        let distance = kolmogorov(&recorded, &simulated);
        let (n, m) = (recorded.len() as f64, simulated.len() as f64);
        // 1.95 is Kolmogorov's value for one chance in a thousand; the seed is fixed, so this does not flicker.
        let allowed = 1.95 * ((n + m) / (n * m)).sqrt();
        println!(
            "{name}: distance {distance:.3}, allowed {allowed:.3} ({n} recorded, {m} simulated)"
        );
        assert!(
            distance <= allowed,
            "{name}: distance {distance:.3} is beyond {allowed:.3} ({n} recorded, {m} simulated)"
        );
    }
}

fn kolmogorov(one: &[f64], other: &[f64]) -> f64 {
    let share = |numbers: &[f64], at: f64| {
        numbers.iter().filter(|number| **number <= at).count() as f64 / numbers.len() as f64
    };
    one.iter()
        .chain(other)
        .map(|at| (share(one, *at) - share(other, *at)).abs())
        .fold(0.0, f64::max)
}

/// Deviations of the background sum from its mean; every fourth line, for four blocks share their counts.
fn background_noise(records: &[(Duration, Record)]) -> Vec<f64> {
    let sums: Vec<f64> = records
        .iter()
        .filter_map(|(_, record)| match record {
            Record::GammaBackground { cps, .. } => {
                Some(cps.iter().map(|rate| f64::from(rate.0)).sum())
            }
            _ => None,
        })
        .step_by(4)
        .collect();
    let mean = sums.iter().sum::<f64>() / sums.len() as f64;
    sums.iter().map(|sum| sum - mean).collect()
}

/// Differences between neighbouring gamma intervals in standard deviations: the vehicle's shape drops out, the counting noise stays.
fn interval_noise(records: &[(Duration, Record)]) -> Vec<f64> {
    let counts: Vec<f64> = records
        .iter()
        .filter_map(|(_, record)| match record {
            Record::GammaScan { counts, .. } => {
                Some(counts.iter().map(|count| f64::from(count.0)).sum())
            }
            _ => None,
        })
        .collect();
    counts.chunks_exact(2).map(|pair| (pair[1] - pair[0]) / (pair[1] + pair[0]).sqrt()).collect()
}

/// Times between gamma lines outside the burst, to a tenth of a second: the recorder's own jitter is finer than that and not the portal's.
fn interval_times(records: &[(Duration, Record)]) -> Vec<f64> {
    let times: Vec<Duration> = records
        .iter()
        .filter(|(_, record)| matches!(record, Record::GammaScan { .. }))
        .map(|(at, _)| *at)
        .collect();
    times
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs_f64())
        .filter(|gap| (0.1..1.0).contains(gap))
        .map(|gap| (gap * 10.0).round() / 10.0)
        .collect()
}

fn neutron_counts(records: &[(Duration, Record)]) -> Vec<f64> {
    records
        .iter()
        .filter_map(|(_, record)| match record {
            Record::NeutronScan { counts, .. } => {
                Some(counts.iter().map(|count| f64::from(count.0)).sum())
            }
            _ => None,
        })
        .collect()
}

fn end_times(records: &[(Duration, Record)]) -> Vec<f64> {
    let mut last = Duration::ZERO;
    let mut times = Vec::new();
    for (at, record) in records {
        match record {
            Record::GammaScan { .. } => last = *at,
            Record::OccupancyEnd { .. } => times.push((*at - last).as_secs_f64()),
            _ => {}
        }
    }
    times
}
