//! What kind of portal it is: rates, setup and habits, as the recordings show them.

use firmware_protocols::portal::{
    Algorithm, Record, SetupGamma1, SetupGamma2, SetupGamma3, SetupNeutron1, SetupNeutron2,
};
use rand::Rng;
use rust_decimal::Decimal;
use units::CountsPerSecond;

/// Which records a portal sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Firmware {
    /// Lines of 30 characters only, as a lane recorded over a day sends (firmware 1.10.1A).
    Base,
    /// The neutron test's constants and state as well, as the portals recorded in 2016 do.
    Extended,
}

/// Rates, setup and habits of a portal.
#[derive(Debug, Clone, PartialEq)]
pub struct Character {
    /// Which records it sends.
    pub firmware: Firmware,
    /// True gamma background of detectors 1 to 4, in counts per second.
    pub gamma_cps: [f64; 4],
    /// True neutron background of detectors 1 to 4, in counts per second; zero where there is no tube.
    pub neutron_cps: [f64; 4],
    /// How much of a load each detector sees, against the mean of the four.
    pub source_share: [f64; 4],
    /// Threshold of the gamma test.
    pub n_sigma: Decimal,
    /// Length of the gamma test's sum, in intervals of 0.2 s.
    pub intervals: u8,
    /// How long an occupancy is held after the beam is free, in intervals of 0.2 s.
    pub hold_in: u8,
    /// Gamma background above which it reports a fault.
    pub high_fault_cps: CountsPerSecond,
    /// Gamma background below which it reports a fault.
    pub low_fault_cps: CountsPerSecond,
    /// Neutron background above which it reports a fault.
    pub neutron_high_fault_cps: CountsPerSecond,
    /// Averaging time of the gamma background, in seconds.
    pub background_time_s: u16,
    /// How often the burst has 6 and how often 7 lines, as weights.
    pub burst_weights: [u32; 2],
    /// How often an occupancy has 0, 1, 2, … speed lines, as weights.
    pub speed_weights: [u32; 7],
    /// How often the first speed line comes before everything else.
    pub speed_comes_first: f64,
}

impl Character {
    /// The lane that was recorded over a whole day: 700 vehicles, firmware 1.10.1A.
    pub fn day_lane() -> Character {
        Character {
            firmware: Firmware::Base,
            gamma_cps: [392.0, 396.0, 437.0, 429.0],
            neutron_cps: [0.6, 0.6, 0.6, 0.6],
            source_share: [1.1, 1.1, 0.9, 0.9],
            n_sigma: Decimal::new(50, 1),
            intervals: 5,
            hold_in: 10,
            high_fault_cps: CountsPerSecond(2000),
            low_fault_cps: CountsPerSecond(68),
            neutron_high_fault_cps: CountsPerSecond(50),
            background_time_s: 20,
            burst_weights: [690, 10],
            speed_weights: [17, 174, 424, 71, 11, 3, 0],
            speed_comes_first: 500.0 / 700.0,
        }
    }

    /// The portal of the two recordings of 2016, whose gamma test fits a threshold of 4.
    pub fn recorded_2016() -> Character {
        Character {
            firmware: Firmware::Extended,
            gamma_cps: [380.5, 380.5, 410.5, 364.5],
            neutron_cps: [3.8, 0.0, 2.7, 0.0],
            n_sigma: Decimal::new(40, 1),
            burst_weights: [0, 1],
            speed_weights: [0, 0, 0, 0, 10, 9, 6],
            speed_comes_first: 0.0,
            ..Character::day_lane()
        }
    }

    /// Blocks of five seconds in the background.
    pub(super) fn blocks(&self) -> usize {
        usize::from(self.background_time_s / 5).max(1)
    }

    pub(super) fn burst_lines(&self, rng: &mut impl Rng) -> usize {
        6 + pick(&self.burst_weights, rng)
    }

    pub(super) fn speed_lines(&self, rng: &mut impl Rng) -> usize {
        pick(&self.speed_weights, rng)
    }

    /// The five lines that a portal sends at power-up and once a day.
    pub(super) fn setup_block(&self) -> [Record; 5] {
        let volts = |thousandths: i64| Decimal::new(thousandths, 3);
        [
            Record::SetupGamma1(SetupGamma1 {
                high_fault_cps: self.high_fault_cps,
                low_fault_cps: self.low_fault_cps,
                intervals: self.intervals,
                hold_in: self.hold_in,
                n_sigma: self.n_sigma,
                rest: "P".to_owned(),
            }),
            Record::SetupGamma2(SetupGamma2 {
                on_line: [true; 4],
                master_lld: volts(69),
                master_uld: volts(455),
                relay: 1,
                algorithm: Algorithm {
                    sum: true,
                    horizontal: false,
                    vertical: true,
                    single: false,
                },
                software: "A".to_owned(),
            }),
            Record::SetupGamma3(SetupGamma3 {
                slave_lld: volts(69),
                slave_uld: volts(455),
                background_time_s: self.background_time_s,
                background_sigma: 0,
                firmware: "1.10.1".to_owned(),
            }),
            Record::SetupNeutron1(SetupNeutron1 {
                high_fault_cps: self.neutron_high_fault_cps,
                max_intervals: 3,
                alpha: 4,
                z_max: 1200,
                sequential_intervals: 1,
                background_time_s: 120,
            }),
            Record::SetupNeutron2(SetupNeutron2 {
                master_lld: volts(504),
                master_uld: volts(5040),
                slave_lld: volts(504),
                slave_uld: volts(5040),
                rest: "PP".to_owned(),
            }),
        ]
    }
}

/// An index, drawn with these weights.
fn pick(weights: &[u32], rng: &mut impl Rng) -> usize {
    let total: u32 = weights.iter().sum();
    let mut drawn = rng.random_range(0..total.max(1));
    for (index, weight) in weights.iter().enumerate() {
        if drawn < *weight {
            return index;
        }
        drawn -= weight;
    }
    0
}
