//! The tests that a portal does by itself, in the simulator's own words.
//!
//! They are written a second time on purpose: the agent's evaluation is checked against them, and both against the recordings.

use std::collections::VecDeque;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use units::CountsPerSecond;

/// The gamma test: the sum over the last intervals against the background, for all detectors and for each pillar.
#[derive(Debug)]
pub(super) struct GammaTest {
    n_sigma: f64,
    intervals: usize,
    background: [f64; 4],
    window: VecDeque<[u32; 4]>,
}

/// All detectors, and the two pillars.
const GROUPS: [&[usize]; 3] = [&[0, 1, 2, 3], &[0, 1], &[2, 3]];

impl GammaTest {
    pub(super) fn new(
        n_sigma: Decimal,
        intervals: u8,
        background: [CountsPerSecond; 4],
    ) -> GammaTest {
        GammaTest {
            n_sigma: n_sigma.to_f64().unwrap_or(f64::INFINITY),
            intervals: usize::from(intervals),
            background: background.map(|rate| f64::from(rate.0)),
            window: VecDeque::new(),
        }
    }

    /// Takes in one interval and tells whether the portal would flag it.
    pub(super) fn alarms(&mut self, counts: [u32; 4]) -> bool {
        self.window.push_back(counts);
        if self.window.len() > self.intervals {
            self.window.pop_front();
        }
        let seconds = self.intervals as f64 / 5.0;
        self.window.len() == self.intervals
            && GROUPS.iter().any(|group| {
                let sum: f64 = self
                    .window
                    .iter()
                    .flat_map(|counts| group.iter().map(|detector| f64::from(counts[*detector])))
                    .sum();
                let background: f64 =
                    group.iter().map(|detector| self.background[*detector] * seconds).sum();
                (sum - background) / background.sqrt() > self.n_sigma
            })
    }
}

/// The neutron test: a truncated sequential test on the sum of all detectors, second by second.
#[derive(Debug)]
pub(super) struct NeutronTest {
    usual: f64,
    raised: f64,
    state: f64,
    seconds: u8,
}

/// What the portal tests for at a given background, as the recordings show it between 6.0 and 7.4 counts per second.
const RAISED: [(f64, f64); 8] = [
    (6.0, 11.2),
    (6.2, 11.4),
    (6.4, 11.8),
    (6.6, 12.0),
    (6.8, 12.4),
    (7.0, 12.6),
    (7.2, 12.8),
    (7.4, 13.2),
];
const UPPER: f64 = 9.504_376_40;
const LOWER: f64 = -0.995_993_43;
/// The test begins anew after so many seconds.
const LONGEST: u8 = 3;

impl NeutronTest {
    pub(super) fn for_background(usual: f64) -> NeutronTest {
        let usual = usual.max(0.1);
        let raised = if usual < 5.8 {
            usual * 1.9 + 0.5 // below what was recorded: the same distance, roughly
        } else {
            RAISED
                .iter()
                .find(|(below, _)| usual < *below)
                .map_or(usual * 1.8, |(_, raised)| *raised)
        };
        NeutronTest { usual, raised, state: 0.0, seconds: 0 }
    }

    /// What one second costs.
    pub(super) fn step(&self) -> f64 {
        self.raised - self.usual
    }

    /// What one count brings.
    pub(super) fn weight(&self) -> f64 {
        (self.raised / self.usual).ln()
    }

    pub(super) fn upper(&self) -> Decimal {
        Decimal::new(950_437_640, 8)
    }

    pub(super) fn lower(&self) -> Decimal {
        Decimal::new(-99_599_343, 8)
    }

    /// Takes in one second; gives the state after it, and whether the portal would flag it.
    pub(super) fn second(&mut self, counts: u32) -> (f64, bool) {
        self.state += f64::from(counts) * self.weight() - self.step();
        self.seconds += 1;
        let told = self.state;
        let alarm = told >= UPPER;
        if alarm || told <= LOWER || self.seconds == LONGEST {
            self.state = 0.0;
            self.seconds = 0;
        }
        (told, alarm)
    }
}
