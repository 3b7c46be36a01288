//! Our own evaluation of a portal's counts, beside the device's: k-sigma for gammas, a sequential test for neutrons.
//!
//! **Gammas.** With S the counts of a group of detectors over the last k intervals of 0.2 s, and B its background per second, a line
//! alarms when (S − B·k/5) / √(B·k/5) > N. The groups are all detectors (SUM) and each pillar (VERTICAL). With N and the groups of the
//! setup block this reproduces all 34 720 evaluated intervals of a day's recording: 33 alarms sent, 33 predicted, none besides.
//! Two of 1 399 windows of a second recording differ, at distances 0.006 and 0.008 above N, because the background on the wire is
//! truncated to whole counts: see [`TOLERANCE_MILLI`].
//!
//! **Neutrons.** Wald's sequential probability ratio test, truncated: each second with n counts adds n·ln(λ1/λ0) − (λ1 − λ0); at the
//! upper limit it alarms, at the lower limit and after three seconds it begins anew. The constants are on the wire for newer firmware. All
//! 352 states in the two recordings here are reproduced to better than 0.002.
//!
//! The gamma test is done in integers, so that it is exact: no float decides an alarm. The same numbers give the same answer on every
//! machine.
//!
//! Deliberately absent: whether anything follows from it. The device's flags are authoritative; this is a second opinion.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{Counts, CountsPerSecond, MilliCountsPerSecond, MilliSigma};

use super::settings::PortalSettings;

/// Within this distance of the limit, in thousandths, our evaluation agrees with whatever the device says: backgrounds on the wire are
/// truncated to whole counts, which moves the distance by up to 0.03 at usual backgrounds.
pub const TOLERANCE_MILLI: i32 = 30;

/// One interval is this part of a second.
const INTERVALS_PER_SECOND: u64 = 5;

/// How far the counts of each enabled group stand from their background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Distance {
    /// All detectors.
    pub sum: Option<MilliSigma>,
    /// Detectors 1 and 2.
    pub pillar_12: Option<MilliSigma>,
    /// Detectors 3 and 4.
    pub pillar_34: Option<MilliSigma>,
}

impl Distance {
    /// The largest of the three.
    pub fn largest(&self) -> Option<MilliSigma> {
        [self.sum, self.pillar_12, self.pillar_34].into_iter().flatten().max()
    }

    /// Each group's larger distance of the two.
    pub fn max(self, other: Distance) -> Distance {
        Distance {
            sum: self.sum.max(other.sum),
            pillar_12: self.pillar_12.max(other.pillar_12),
            pillar_34: self.pillar_34.max(other.pillar_34),
        }
    }
}

/// What our own test says of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// No alarm.
    Quiet,
    /// Within [`TOLERANCE_MILLI`] of the limit: no contradiction to whatever the device says.
    Near,
    /// Alarm.
    Alarm,
}

/// What the gamma test makes of one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GammaResult {
    /// Counts of all detectors over the window.
    pub window_sum: Counts,
    /// The largest window sum that does not yet alarm in the SUM test.
    pub alarm_above: Counts,
    /// Distances of the enabled groups. A group without any background has none.
    pub distance: Distance,
    /// Whether an enabled group exceeds N, exactly.
    pub exceeds: bool,
    /// The same, with the tolerance.
    pub verdict: Verdict,
}

/// Tests the last `settings.intervals` gamma lines against `background`. `None` while the window is not full.
///
/// Lines from before the occupancy belong to the window: the device counts them as well.
pub fn gamma<'a>(
    settings: &PortalSettings,
    background: &[CountsPerSecond; 4],
    window: impl ExactSizeIterator<Item = &'a [Counts; 4]>,
) -> Option<GammaResult> {
    if window.len() != usize::from(settings.intervals) || settings.intervals == 0 {
        return None;
    }
    let mut sums = [0_u64; 4];
    for line in window {
        for (sum, count) in sums.iter_mut().zip(line) {
            *sum += u64::from(count.0);
        }
    }
    let backgrounds = background.map(|rate| u64::from(rate.0));
    let test = |enabled: bool, of: [usize; 2]| {
        let range = of[0]..of[1];
        let sum: u64 = sums[range.clone()].iter().sum();
        let background: u64 = backgrounds[range].iter().sum();
        Group { enabled, sum, background }
    };
    let sum = test(settings.algorithm.sum, [0, 4]);
    let pillar_12 = test(settings.algorithm.vertical, [0, 2]);
    let pillar_34 = test(settings.algorithm.vertical, [2, 4]);
    let distance = Distance {
        sum: sum.distance(settings),
        pillar_12: pillar_12.distance(settings),
        pillar_34: pillar_34.distance(settings),
    };
    let exceeds = [sum, pillar_12, pillar_34].iter().any(|group| group.exceeds(settings));
    let verdict = match distance.largest() {
        Some(largest) if near(largest.0, settings.n_sigma_milli.0) => Verdict::Near,
        _ if exceeds => Verdict::Alarm,
        _ => Verdict::Quiet,
    };
    let counts = |count: u64| Counts(u32::try_from(count).unwrap_or(u32::MAX));
    Some(GammaResult {
        window_sum: counts(sum.sum),
        alarm_above: counts(sum.alarm_above(settings)),
        distance,
        exceeds,
        verdict,
    })
}

/// Tests `counts` of `interval_ms` milliseconds against a background rate: (S − B)/√B with B the counts that the background gives in that time.
///
/// For portals that tell all detectors in one number. `None` without a background, or if the time is nothing.
pub fn k_sigma(
    n_sigma: MilliSigma,
    counts: Counts,
    interval_ms: u32,
    background: MilliCountsPerSecond,
) -> Option<(MilliSigma, Verdict)> {
    // Millionths of a count, so that nothing is rounded.
    let expected = u128::from(background.0) * u128::from(interval_ms);
    if expected == 0 {
        return None;
    }
    let seen = u128::from(counts.0) * 1_000_000;
    let difference = seen.abs_diff(expected);
    // Distance² in millionths of a sigma²: (S − B)²/B with all three in millionths of a count.
    let squared = difference.checked_mul(difference)? / expected;
    // Twice the distance in thousandths, rounded down, then rounded to the nearest.
    let size = i32::try_from((4 * squared).isqrt().div_ceil(2)).unwrap_or(i32::MAX);
    let distance = if seen < expected { -size } else { size };
    let verdict = if near(distance, n_sigma.0) {
        Verdict::Near
    } else if distance > n_sigma.0 {
        Verdict::Alarm
    } else {
        Verdict::Quiet
    };
    Some((MilliSigma(distance), verdict))
}

/// A group of detectors in one window.
#[derive(Clone, Copy)]
struct Group {
    enabled: bool,
    sum: u64,
    background: u64,
}

impl Group {
    /// The largest sum that does not alarm. With 5·S > k·B + √(5·N²·k·B) as the test, the root may be rounded down, for the left side
    /// is a whole number.
    fn alarm_above(&self, settings: &PortalSettings) -> u64 {
        let scaled = u128::from(self.background) * u128::from(settings.intervals);
        let n = u128::from(settings.n_sigma_milli.0.max(0).unsigned_abs());
        let root = (u128::from(INTERVALS_PER_SECOND) * n * n * scaled / 1_000_000).isqrt();
        u64::try_from((scaled + root) / u128::from(INTERVALS_PER_SECOND)).unwrap_or(u64::MAX)
    }

    fn exceeds(&self, settings: &PortalSettings) -> bool {
        self.enabled && self.background > 0 && self.sum > self.alarm_above(settings)
    }

    /// (5·S − k·B) / √(5·k·B), rounded to thousandths.
    fn distance(&self, settings: &PortalSettings) -> Option<MilliSigma> {
        let scaled = u128::from(self.background) * u128::from(settings.intervals);
        if !self.enabled || scaled == 0 {
            return None;
        }
        let five_sums = u128::from(self.sum) * u128::from(INTERVALS_PER_SECOND);
        let difference = five_sums.abs_diff(scaled);
        // Twice the value, rounded down, then rounded to the nearest.
        let squared =
            (2000 * difference).saturating_pow(2) / (u128::from(INTERVALS_PER_SECOND) * scaled);
        let size = i32::try_from(squared.isqrt().div_ceil(2)).unwrap_or(i32::MAX);
        Some(MilliSigma(if five_sums < scaled { -size } else { size }))
    }
}

fn near(distance: i32, limit: i32) -> bool {
    distance.abs_diff(limit) < TOLERANCE_MILLI.unsigned_abs()
}

/// The constants of the neutron test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeutronConstants {
    /// What a second adds: −(λ1 − λ0).
    pub per_second: Decimal,
    /// What a count adds: ln(λ1 / λ0).
    pub per_count: Decimal,
    /// At or above: alarm.
    pub upper: Decimal,
    /// At or below: the test begins anew.
    pub lower: Decimal,
}

/// λ1 of the neutron test by the background λ0 (counts per second, all detectors), for firmware that does not send its constants: below the
/// first number the second holds. Observed on two portals between 5.8 and 7.4 counts per second; outside that range nothing is known.
const OBSERVED_LAMBDA_1: [(u32, u32); 8] =
    [(60, 112), (62, 114), (64, 118), (66, 120), (68, 124), (70, 126), (72, 128), (74, 132)];

/// The smallest background for which [`OBSERVED_LAMBDA_1`] was seen, in tenths of a count per second.
const OBSERVED_FROM: u32 = 58;

/// (−(λ1 − λ0), ln(λ1 / λ0)) for a background of `lambda_0` counts per second of all detectors, as observed. `None` outside the observed
/// range.
pub fn observed_neutron_test(lambda_0: Decimal) -> Option<(Decimal, Decimal)> {
    if lambda_0 < Decimal::new(i64::from(OBSERVED_FROM), 1) {
        return None;
    }
    let (_, lambda_1) = OBSERVED_LAMBDA_1
        .iter()
        .find(|(below, _)| lambda_0 < Decimal::new(i64::from(*below), 1))?;
    let lambda_1 = Decimal::new(i64::from(*lambda_1), 1);
    Some((lambda_0 - lambda_1, logarithm(lambda_1.checked_div(lambda_0)?)?))
}

/// ln(x) for x between 1 and 3, to better than 1e-9, by 2·artanh((x − 1)/(x + 1)).
fn logarithm(x: Decimal) -> Option<Decimal> {
    let y = (x - Decimal::ONE).checked_div(x + Decimal::ONE)?;
    let square = y.checked_mul(y)?;
    let (mut power, mut sum) = (y, Decimal::ZERO);
    for odd in (1_u32..32).step_by(2) {
        sum += power.checked_div(Decimal::from(odd))?;
        power = power.checked_mul(square)?.round_dp(20);
    }
    sum.checked_mul(Decimal::TWO).map(|logarithm| logarithm.round_dp(8))
}

/// The running neutron test of one occupancy.
#[derive(Debug, Clone, Default)]
pub struct NeutronTest {
    sum: Decimal,
    seconds: u8,
}

/// What the neutron test makes of one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeutronResult {
    /// The log-likelihood ratio after this second.
    pub sum: Decimal,
    /// Whether it has reached the upper limit, with the tolerance.
    pub verdict: Verdict,
}

impl NeutronTest {
    /// Adds one second with `counts` of all detectors. The test begins anew at either limit and after `max_intervals` seconds.
    pub fn second(
        &mut self,
        counts: Counts,
        constants: &NeutronConstants,
        max_intervals: u8,
    ) -> NeutronResult {
        let added = Decimal::from(counts.0).saturating_mul(constants.per_count);
        self.sum = self.sum.saturating_add(added).saturating_add(constants.per_second);
        self.seconds = self.seconds.saturating_add(1);
        let sum = self.sum;
        let tolerance = Decimal::new(i64::from(TOLERANCE_MILLI), 3);
        let verdict = if sum.saturating_sub(constants.upper).abs() < tolerance {
            Verdict::Near
        } else if sum >= constants.upper {
            Verdict::Alarm
        } else {
            Verdict::Quiet
        };
        if sum >= constants.upper || sum <= constants.lower || self.seconds >= max_intervals {
            *self = NeutronTest::default();
        }
        NeutronResult { sum, verdict }
    }
}
