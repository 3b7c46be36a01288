//! What detectors count, step by step: the background of the lane, the vehicles that shield it, and what their loads add.
//!
//! The device's own test is a plain one: so many standard deviations above the average of the vacant lane, which is kept while somebody is there.

use std::collections::VecDeque;
use std::time::Duration;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::portal::{bell, counts, shade};
use crate::story::{Act, Vehicle};

/// A lane and the detectors beside it.
#[derive(Debug)]
pub(super) struct Watch {
    rng: ChaCha8Rng,
    /// True background of all detectors, in counts per second.
    gamma_cps: f64,
    neutron_cps: f64,
    vehicles: VecDeque<(Duration, Vehicle)>,
    /// From, to, and which share of the background is left or added.
    sags: Vec<(Duration, Duration, f64)>,
    /// One measurement takes so long.
    step: Duration,
    done: Duration,
    /// Measurements of the vacant lane, gamma and neutron.
    vacant: VecDeque<(u32, u32)>,
}

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    /// When it was over.
    pub(super) at: Duration,
    pub(super) gamma: u32,
    pub(super) neutron: u32,
    /// Counts that were usual while the lane was vacant.
    pub(super) gamma_background: f64,
    pub(super) neutron_background: f64,
    pub(super) gamma_alarm: bool,
    pub(super) neutron_alarm: bool,
    /// Since when a vehicle breaks the beam, and which.
    pub(super) vehicle: Option<(Duration, Vehicle)>,
}

/// Vehicles are so far apart at least.
const GAP: Duration = Duration::from_secs(2);
/// So much of the vacant lane is the background.
const AVERAGED: Duration = Duration::from_secs(20);
/// So many standard deviations above it are an alarm. Assumed: no paper tells how these devices judge.
const GAMMA_SIGMA: f64 = 5.0;
const NEUTRON_SIGMA: f64 = 5.0;
/// Of neutrons so few are counted that a normal distribution is none.
const NEUTRON_MARGIN: f64 = 3.0;

impl Watch {
    pub(super) fn new(seed: u64, gamma_cps: f64, neutron_cps: f64, step: Duration) -> Watch {
        let mut watch = Watch {
            rng: ChaCha8Rng::seed_from_u64(seed),
            gamma_cps,
            neutron_cps,
            vehicles: VecDeque::new(),
            sags: Vec::new(),
            step: step.max(Duration::from_millis(50)),
            done: Duration::ZERO,
            vacant: VecDeque::new(),
        };
        for _ in 0..watch.most_vacant() {
            let seconds = watch.step.as_secs_f64();
            let gamma = counts(&mut watch.rng, gamma_cps * seconds);
            let neutron = counts(&mut watch.rng, neutron_cps * seconds);
            watch.vacant.push_back((gamma, neutron));
        }
        watch
    }

    fn most_vacant(&self) -> usize {
        usize::try_from(AVERAGED.as_millis() / self.step.as_millis().max(1)).unwrap_or(1).max(4)
    }

    /// Takes in what befalls the lane.
    pub(super) fn befalls(&mut self, at: Duration, act: &Act) {
        if let Act::Vehicle(vehicle) = act {
            let free = self.vehicles.back().map(|(from, before)| *from + before.time + GAP);
            self.vehicles.push_back((free.map_or(at, |free| free.max(at)), *vehicle));
        } else if let Act::Sags { to_percent, time } = act {
            self.sags.push((at, at + *time, f64::from(*to_percent) / 100.0));
        }
    }

    /// The vehicle that breaks the beam at this moment, and since when.
    pub(super) fn vehicle(&self, at: Duration) -> Option<(Duration, Vehicle)> {
        let there =
            |(from, vehicle): &&(Duration, Vehicle)| (*from..*from + vehicle.time).contains(&at);
        self.vehicles.iter().find(there).copied()
    }

    /// The next measurement, if it is over by then.
    pub(super) fn next(&mut self, until: Duration) -> Option<Measured> {
        let at = self.done + self.step;
        if at > until {
            return None;
        }
        let middle = self.done + self.step / 2;
        self.done = at;
        while self
            .vehicles
            .front()
            .is_some_and(|(from, vehicle)| *from + vehicle.time + GAP < middle)
        {
            self.vehicles.pop_front();
        }
        let vehicle = self.vehicle(middle);
        let seconds = self.step.as_secs_f64();
        let (gamma_cps, neutron_cps) = self.rates(middle, vehicle);
        let gamma = counts(&mut self.rng, gamma_cps * seconds);
        let neutron = counts(&mut self.rng, neutron_cps * seconds);
        let many = self.vacant.len().max(1) as f64;
        let mean = |of: fn(&(u32, u32)) -> u32| {
            self.vacant.iter().map(|one| f64::from(of(one))).sum::<f64>() / many
        };
        let (gamma_background, neutron_background) = (mean(|one| one.0), mean(|one| one.1));
        let above = |counted: u32, usual: f64, sigma: f64, margin: f64| {
            f64::from(counted) > usual + sigma * usual.max(1.0).sqrt() + margin
        };
        let gamma_alarm = above(gamma, gamma_background, GAMMA_SIGMA, 0.0);
        let neutron_alarm = above(neutron, neutron_background, NEUTRON_SIGMA, NEUTRON_MARGIN);
        if vehicle.is_none() {
            self.vacant.push_back((gamma, neutron));
            if self.vacant.len() > self.most_vacant() {
                self.vacant.pop_front();
            }
        }
        Some(Measured {
            at,
            gamma,
            neutron,
            gamma_background,
            neutron_background,
            gamma_alarm,
            neutron_alarm,
            vehicle,
        })
    }

    /// The true rates at this moment.
    fn rates(&self, at: Duration, vehicle: Option<(Duration, Vehicle)>) -> (f64, f64) {
        let sagging = self.sags.iter().filter(|(from, to, _)| (*from..*to).contains(&at));
        let share: f64 = sagging.map(|(_, _, share)| share).product();
        let (gamma, neutron) = (self.gamma_cps * share, self.neutron_cps * share.max(1.0));
        let Some((entered, vehicle)) = vehicle else { return (gamma, neutron) };
        let inside = at.saturating_sub(entered);
        let shielded = 1.0 - shade(inside, &vehicle) * f64::from(vehicle.shielding_percent) / 100.0;
        let load = bell(inside, &vehicle);
        (
            gamma * shielded + self.gamma_cps * vehicle.gamma_times * load,
            neutron + vehicle.neutron_cps * load,
        )
    }
}
