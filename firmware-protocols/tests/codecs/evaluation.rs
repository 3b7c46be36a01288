//! The two tests of counts, at their borders.

use firmware_protocols::portal::evaluation::{
    NeutronConstants, NeutronTest, Verdict, gamma, observed_neutron_test,
};
use firmware_protocols::portal::{Algorithm, PortalSettings};
use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond, MilliSigma};

fn settings(algorithm: [bool; 4], intervals: u8) -> PortalSettings {
    let [sum, horizontal, vertical, single] = algorithm;
    PortalSettings {
        algorithm: Algorithm { sum, horizontal, vertical, single },
        intervals,
        ..PortalSettings::default()
    }
}

/// Counts of a whole window in its last line; what matters is their sum.
fn window(counts: [u32; 4], intervals: u8) -> Vec<[Counts; 4]> {
    let mut lines = vec![[Counts(0); 4]; usize::from(intervals)];
    *lines.last_mut().unwrap() = counts.map(Counts);
    lines
}

#[test]
fn five_sigma_is_the_limit_and_close_to_it_we_contradict_nobody() {
    // The background is 1600 counts per second, its root 40: five sigma are 1800.
    let background = [CountsPerSecond(400); 4];
    let cases = [
        (1600, 0, false, Verdict::Quiet),
        (1560, -1000, false, Verdict::Quiet),
        (1798, 4950, false, Verdict::Quiet),
        (1799, 4975, false, Verdict::Near),
        (1800, 5000, false, Verdict::Near),
        (1801, 5025, true, Verdict::Near),
        (1802, 5050, true, Verdict::Alarm),
        (0, -40_000, false, Verdict::Quiet),
    ];
    let settings = settings([true, false, false, false], 5);
    for (sum, distance, exceeds, verdict) in cases {
        let result = gamma(&settings, &background, window([sum, 0, 0, 0], 5).iter()).unwrap();
        assert_eq!(result.distance.sum, Some(MilliSigma(distance)), "{sum}");
        assert_eq!((result.exceeds, result.verdict), (exceeds, verdict), "{sum}");
        assert_eq!((result.window_sum, result.alarm_above), (Counts(sum), Counts(1800)));
    }
}

#[test]
fn each_group_is_tested_only_where_it_is_on() {
    // Pillar {3, 4} stands far above its background of 200, all detectors together do not.
    let background = [700, 700, 100, 100].map(CountsPerSecond);
    let counts = [650, 650, 150, 150];
    let cases = [
        ([true, false, true, false], true),
        ([false, false, true, false], true),
        ([true, false, false, false], false),
        // Pairs of unknown meaning are not evaluated.
        ([false, true, false, true], false),
        ([false, false, false, false], false),
    ];
    for (algorithm, exceeds) in cases {
        let result = gamma(&settings(algorithm, 5), &background, window(counts, 5).iter()).unwrap();
        assert_eq!(result.exceeds, exceeds, "{algorithm:?}");
        assert_eq!(result.distance.sum.is_some(), algorithm[0], "{algorithm:?}");
        assert_eq!(result.distance.pillar_34.is_some(), algorithm[2], "{algorithm:?}");
    }
}

#[test]
fn a_shorter_window_compares_with_its_part_of_the_background() {
    // Two intervals are 0.4 s: 640 of 1600 counts per second, root 25.3.
    let result = gamma(
        &settings([true, false, false, false], 2),
        &[CountsPerSecond(400); 4],
        window([766, 0, 0, 0], 2).iter(),
    );
    let result = result.unwrap();
    assert_eq!(result.alarm_above, Counts(766));
    assert_eq!(result.distance.sum, Some(MilliSigma(4981)));
}

#[test]
fn without_a_full_window_or_a_background_there_is_no_distance() {
    let settings = settings([true, false, true, false], 5);
    assert_eq!(gamma(&settings, &[CountsPerSecond(400); 4], window([1; 4], 4).iter()), None);
    let dead = gamma(&settings, &[CountsPerSecond(0); 4], window([1; 4], 5).iter()).unwrap();
    assert_eq!((dead.distance.largest(), dead.exceeds), (None, false));
}

#[test]
fn no_counts_overflow() {
    let settings = PortalSettings {
        intervals: 255,
        n_sigma_milli: MilliSigma(i32::MAX),
        ..settings([true; 4], 255)
    };
    let result =
        gamma(&settings, &[CountsPerSecond(u32::MAX); 4], window([u32::MAX; 4], 255).iter())
            .unwrap();
    assert!(!result.exceeds);
}

fn constants() -> NeutronConstants {
    let number = |text: &str| text.parse::<Decimal>().unwrap();
    NeutronConstants {
        per_second: number("-5.56666610"),
        per_count: number("0.63818818"),
        upper: number("9.50437640"),
        lower: number("-0.99599343"),
    }
}

/// The states after each second, as text with two decimals, and `!` behind an alarm.
fn states(counts: &[u32]) -> String {
    let mut test = NeutronTest::default();
    let state = |count: &u32| {
        let result = test.second(Counts(*count), &constants(), 3);
        format!(
            "{}{}",
            result.sum.round_dp(2),
            if result.verdict == Verdict::Alarm { "!" } else { "" }
        )
    };
    counts.iter().map(state).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_neutron_test_adds_up_and_begins_anew_at_either_limit_and_after_three_seconds() {
    // Few counts reach the lower limit at once, so each second stands alone.
    assert_eq!(states(&[2, 2, 2]), "-4.29 -4.29 -4.29");
    // Nine counts are about neutral: three seconds are added up, and the fourth begins anew.
    assert_eq!(states(&[9, 9, 9, 9]), "0.18 0.35 0.53 0.18");
    // A source in one second, or in two.
    assert_eq!(states(&[24, 9]), "9.75! 0.18");
    assert_eq!(states(&[17, 17, 9]), "5.28 10.57! 0.18");
}

#[test]
fn observed_constants_are_given_only_where_they_were_observed() {
    let milli = |background: i64| observed_neutron_test(Decimal::new(background, 3));
    assert_eq!(milli(5_799), None);
    assert_eq!(milli(7_400), None);
    assert_eq!(milli(-1), None);
    let (per_second, per_count) = milli(6_233).unwrap();
    assert_eq!(per_second, "-5.567".parse().unwrap());
    // ln(11.8 / 6.233)
    assert_eq!(per_count.round_dp(6), "0.638242".parse().unwrap());
}
