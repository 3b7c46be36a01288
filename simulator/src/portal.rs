//! A TSA/Rapiscan portal that is not there: the lines it would send, and when.
//!
//! It does what two kinds of recorded portals did, line by line: background every five seconds as a moving average that is frozen while a
//! vehicle is in the beam; on occupancy a burst that reaches one second back, then a gamma line every 0.2 s and a neutron line every
//! second; two seconds of hold-in; `GX` with its counter; the setup block at power-up. Counts are Poisson; a vehicle shields the
//! background; a load adds a Gaussian in time. The device's own alarm flags follow from its setup by the test that the recordings
//! confirmed (docs/protocols/tsa.md).
//!
//! Time is a number that the caller advances, so a day takes milliseconds. Two vehicles never share an occupancy here: the second waits
//! until the first is out of the beam.

mod alarm;
mod character;
mod habits;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use firmware_protocols::portal::{Level, Record, Speed};
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};
use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond, MilliCountsPerSecond};

use crate::apparatus::{Apparatus, Instead, Misbehaviour, Saying, Spell, can_befall_a_portal};
use crate::story::{Act, Pillar, Vehicle};
use alarm::{GammaTest, NeutronTest};
pub use character::{Character, Firmware};
use habits::KNOWN;

/// Counts of detectors 1 to 4.
type Four<T> = [T; 4];

/// Background lines come this often, and this is one block of their average.
const BLOCK: Duration = Duration::from_secs(5);
/// One gamma interval.
const INTERVAL: Duration = Duration::from_millis(200);
/// It is dark for so long after it was switched off and on (assumed).
const DARK: Duration = Duration::from_secs(5);
/// The setup is told, and the counter begins anew, once a day.
const DAY: Duration = Duration::from_secs(86_400);

/// A portal.
#[derive(Debug)]
pub struct Portal {
    rng: ChaCha8Rng,
    character: Character,
    /// The last four blocks of five seconds.
    blocks: VecDeque<Four<u32>>,
    next_background: Duration,
    next_setup: Duration,
    counter: u32,
    spell: Spell,
    waiting: VecDeque<(Duration, Vehicle)>,
    sags: Vec<Sag>,
    ready: VecDeque<(Duration, Record)>,
}

/// A time in which something shields the lane though the beam is free.
#[derive(Debug, Clone, Copy)]
struct Sag {
    from: Duration,
    to: Duration,
    share: f64,
}

impl Apparatus for Portal {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if matches!(act, Act::Recording { .. } | Act::Tamper { .. } | Act::Restarts) {
            Ok(())
        } else {
            can_befall_a_portal(act, KNOWN)
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, _: &mut Vec<Saying>) {
        if let Act::Vehicle(vehicle) = act {
            self.vehicle(at, *vehicle);
        } else if let Act::Sags { to_percent, time } = act {
            self.sag(at, *time, *to_percent);
        } else if let Act::Tamper { open } = act {
            self.tamper(at, *open);
        } else if *act == Act::Restarts {
            self.restart(at);
        } else {
            self.spell.befalls(at, act, KNOWN);
        }
    }

    fn opened(&mut self, at: Duration, out: &mut Vec<Saying>) {
        if self.spell.does(Misbehaviour::CutFirstLine, at) {
            out.push((at, b"0412,000398,000405\r\n".to_vec()));
        }
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        loop {
            let (at, record) = self.next_line(horizon)?;
            if let Some(line) = self.told(at, record) {
                return Some((at, line.into_bytes()));
            }
        }
    }
}

impl Portal {
    /// A portal that is switched on at zero: it tells its setup, then waits.
    pub fn new(seed: u64, character: Character) -> Portal {
        let mut portal = Portal {
            rng: ChaCha8Rng::seed_from_u64(seed),
            blocks: VecDeque::new(),
            next_background: Duration::from_millis(80),
            next_setup: DAY,
            counter: 0,
            spell: Spell::default(),
            waiting: VecDeque::new(),
            sags: Vec::new(),
            ready: VecDeque::new(),
            character,
        };
        for _ in 0..portal.character.blocks() {
            let block = portal.vacant_counts(Duration::ZERO, BLOCK);
            portal.blocks.push_back(block);
        }
        portal.set_up(Duration::ZERO);
        portal
    }

    /// The setup is told, and vehicles are counted from 1 on.
    fn set_up(&mut self, at: Duration) {
        self.counter = 0;
        for record in self.character.setup_block() {
            self.send(at, record);
        }
    }

    /// It is switched off and on: what it was about to say is lost.
    fn restart(&mut self, at: Duration) {
        self.ready.retain(|(when, _)| *when < at);
        self.set_up(at + DARK);
        self.next_background = at + DARK + BLOCK;
        self.next_setup = at + DAY;
    }

    /// A vehicle reaches the beam at `at`, or as soon as the one before it is out.
    pub fn vehicle(&mut self, at: Duration, vehicle: Vehicle) {
        self.waiting.push_back((at, vehicle));
    }

    /// Something shields the vacant lane from `from` on.
    pub fn sag(&mut self, from: Duration, time: Duration, to_percent: u16) {
        self.sags.push(Sag { from, to: from + time, share: f64::from(to_percent) / 100.0 });
    }

    /// The cabinet is opened or closed.
    pub fn tamper(&mut self, at: Duration, open: bool) {
        let record = if open { Record::TamperFault } else { Record::TamperCleared };
        let place = self.ready.partition_point(|(when, _)| *when <= at);
        self.ready.insert(place, (at, record));
    }

    /// The next line that is sent not later than `until`, and when.
    pub fn next_line(&mut self, until: Duration) -> Option<(Duration, Record)> {
        loop {
            if let Some((at, _)) = self.ready.front() {
                let earliest = *at;
                if earliest <= self.next_background.min(self.next_vehicle()) {
                    return if earliest <= until { self.ready.pop_front() } else { None };
                }
            }
            let vehicle = self.next_vehicle();
            if self.next_background.min(vehicle) > until {
                return None;
            }
            if vehicle <= self.next_background {
                self.occupancy();
            } else {
                self.background();
            }
        }
    }

    /// When the next vehicle reaches the beam; far away if none is known.
    fn next_vehicle(&self) -> Duration {
        self.waiting.front().map_or(Duration::MAX, |(at, _)| *at)
    }

    fn send(&mut self, at: Duration, record: Record) {
        let place = self.ready.partition_point(|(when, _)| *when <= at);
        self.ready.insert(place, (at, record));
    }

    /// One step of the vacant lane.
    fn background(&mut self) {
        let at = self.next_background;
        self.next_background += BLOCK;
        let block = self.vacant_counts(at, BLOCK);
        self.blocks.push_back(block);
        while self.blocks.len() > self.character.blocks() {
            self.blocks.pop_front();
        }
        if at >= self.next_setup {
            self.next_setup += DAY;
            self.set_up(at + ms(50)); // between the neutrons and the gamma of this moment, as it was recorded
        }
        let gamma = self.gamma_background();
        let rise = self.share_of_background(at).max(1.0);
        let neutron = self.neutron_background().map(|rate| rate * rise);
        if self.character.firmware == Firmware::Extended {
            let test = NeutronTest::for_background(neutron.iter().sum());
            self.send(
                at,
                Record::NeutronTest {
                    per_second: six(-test.step()),
                    per_count: six(test.weight()),
                },
            );
            self.send(
                at + ms(16),
                Record::NeutronLimits { upper: test.upper(), lower: test.lower() },
            );
        }
        let truncated = neutron.map(|rate| CountsPerSecond(rate as u32)); // as the device does
        let level = if truncated.iter().any(|rate| *rate > self.character.neutron_high_fault_cps) {
            Level::High
        } else {
            Level::Normal
        };
        self.send(at + ms(20), Record::NeutronBackground { level, cps: truncated });
        if self.character.firmware == Firmware::Extended {
            self.send(at + ms(23), Record::NeutronBackgroundFine(neutron.map(six)));
        }
        let level = if gamma.iter().any(|rate| *rate > self.character.high_fault_cps) {
            Level::High
        } else if gamma.iter().any(|rate| *rate < self.character.low_fault_cps) {
            Level::Low
        } else {
            Level::Normal
        };
        self.send(at + ms(80), Record::GammaBackground { level, cps: gamma });
    }

    /// The whole of the next vehicle's occupancy, from its burst to its `GX`.
    fn occupancy(&mut self) {
        let Some((entered, vehicle)) = self.waiting.pop_front() else { return };
        let background = self.gamma_background();
        let neutrons = self.neutron_background();
        if self.spell.does(Misbehaviour::SpeedFirst, entered) {
            let truncated = neutrons.map(|rate| CountsPerSecond(rate as u32));
            self.send(entered, speed(0.2));
            let level = Level::Normal;
            self.send(entered + ms(20), Record::NeutronBackground { level, cps: truncated });
            self.send(entered + ms(40), Record::GammaBackground { level, cps: background });
        }
        let mut gamma_test =
            GammaTest::new(self.character.n_sigma, self.character.intervals, background);
        let mut neutron_test = NeutronTest::for_background(neutrons.iter().sum());
        let burst = self.character.burst_lines(&mut self.rng);
        let before = usize::from(self.character.intervals);
        let live_at_burst = u32::try_from(burst.saturating_sub(before)).unwrap_or(1).max(1);
        let first = entered + INTERVAL * live_at_burst;
        let cleared = entered + vehicle.time;
        let ends = cleared + INTERVAL * u32::from(self.character.hold_in);
        self.speeds(entered, cleared, first);

        // The burst: what was counted before the vehicle, then the first of what is counted under it.
        let mut at = first;
        let mut begun = entered.saturating_sub(INTERVAL * u32::try_from(before).unwrap_or(5));
        let mut line = 0_usize;
        let mut neutron_at = first - ms(20);
        let mut last = first;
        while at <= ends || line < burst {
            while neutron_at <= at {
                self.neutron_line(neutron_at, entered, &vehicle, &mut neutron_test);
                neutron_at += Duration::from_secs(1);
            }
            let counts = self.occupied_counts(begun, entered, &vehicle);
            let alarm = gamma_test.alarms(counts);
            let sent = if line < burst {
                first + ms(3) * u32::try_from(line).unwrap_or(0)
            } else {
                self.jittered(at)
            };
            self.send(sent, Record::GammaScan { alarm, counts: counts.map(Counts) });
            last = sent;
            begun += INTERVAL;
            line += 1;
            if line >= burst {
                at += INTERVAL;
            }
        }
        self.counter += 1;
        let over = last + ms(self.rng.random_range(100..300));
        let total: f64 = neutrons.iter().sum();
        self.send(
            over,
            Record::OccupancyEnd {
                counter: self.counter,
                neutron_background: MilliCountsPerSecond((total * 1000.0) as u32),
                reserved: [0, 0],
            },
        );
        self.next_background = over + ms(self.rng.random_range(4700..4920));
        if let Some((next, _)) = self.waiting.front_mut() {
            *next = (*next).max(over + ms(20));
        }
    }

    fn neutron_line(
        &mut self,
        at: Duration,
        entered: Duration,
        vehicle: &Vehicle,
        test: &mut NeutronTest,
    ) {
        let load = bell(at.saturating_sub(entered), vehicle) * vehicle.neutron_cps;
        let tubes =
            self.character.neutron_cps.iter().filter(|rate| **rate > 0.0).count().max(1) as f64;
        let rates = self
            .character
            .neutron_cps
            .map(|rate| if rate > 0.0 { rate + load / tubes } else { 0.0 });
        let counts = rates.map(|rate| self.poisson(rate));
        let (state, alarm) = test.second(counts.iter().sum());
        if self.character.firmware == Firmware::Extended {
            self.send(
                at.saturating_sub(ms(4)),
                Record::NeutronState { sum: six(state), again: six(state) },
            );
        }
        self.send(at, Record::NeutronScan { alarm, counts: counts.map(Counts) });
    }

    /// The speed lines: none to five, mostly one as the first beam is crossed and one as the last is.
    fn speeds(&mut self, entered: Duration, cleared: Duration, first: Duration) {
        let count = self.character.speed_lines(&mut self.rng);
        let seconds_per_foot = self.rng.random_range(0.10..0.32);
        for index in 0..count {
            let at = match index {
                0 if self.rng.random_bool(self.character.speed_comes_first) => {
                    first.saturating_sub(ms(40))
                }
                0 => first + ms(90),
                1 => cleared,
                _ => entered + (cleared - entered).mul_f64(self.rng.random_range(0.1..0.9)),
            };
            let wobble = self.rng.random_range(0.9..1.1);
            self.send(at, speed(seconds_per_foot * wobble));
        }
    }

    /// Counts of a time in the vacant lane.
    fn vacant_counts(&mut self, at: Duration, time: Duration) -> Four<u32> {
        let share = self.share_of_background(at);
        self.character.gamma_cps.map(|rate| self.poisson(rate * share * time.as_secs_f64()))
    }

    /// Counts of one interval that began at `begun`, with `vehicle` in the beam since `entered`.
    fn occupied_counts(
        &mut self,
        begun: Duration,
        entered: Duration,
        vehicle: &Vehicle,
    ) -> Four<u32> {
        let middle = begun + INTERVAL / 2;
        let shielded = middle.checked_sub(entered).map_or(1.0, |inside| {
            1.0 - shade(inside, vehicle) * f64::from(vehicle.shielding_percent) / 100.0
        });
        let load = middle.checked_sub(entered).map_or(0.0, |inside| bell(inside, vehicle))
            * vehicle.gamma_times;
        let share = self.share_of_background(middle) * shielded;
        let rates = self.character.gamma_cps;
        let mean = rates.iter().sum::<f64>() / 4.0;
        let mut counts = [0; 4];
        for (detector, count) in counts.iter_mut().enumerate() {
            let seen = match vehicle.gamma_beside {
                None => self.character.source_share[detector],
                Some(pillar) => beside(pillar, detector),
            };
            let rate = rates[detector] * share + mean * load * seen;
            *count = self.poisson(rate * INTERVAL.as_secs_f64());
        }
        counts
    }

    fn share_of_background(&self, at: Duration) -> f64 {
        self.sags
            .iter()
            .filter(|sag| (sag.from..sag.to).contains(&at))
            .map(|sag| sag.share)
            .product()
    }

    fn gamma_background(&self) -> Four<CountsPerSecond> {
        let seconds = BLOCK.as_secs() as u32 * u32::try_from(self.blocks.len()).unwrap_or(1).max(1);
        let mut sums = [0_u32; 4];
        for block in &self.blocks {
            for (sum, count) in sums.iter_mut().zip(block) {
                *sum += count;
            }
        }
        sums.map(|sum| CountsPerSecond(sum / seconds))
    }

    /// Two minutes of neutrons, as the device averages them.
    fn neutron_background(&mut self) -> Four<f64> {
        self.character.neutron_cps.map(|rate| f64::from(self.poisson(rate * 120.0)) / 120.0)
    }

    fn poisson(&mut self, mean: f64) -> u32 {
        counts(&mut self.rng, mean)
    }

    fn jittered(&mut self, at: Duration) -> Duration {
        let jitter = self.rng.random_range(-0.02..0.02);
        Duration::from_secs_f64((at.as_secs_f64() + jitter).max(0.0))
    }
}

/// Pulses that are counted where so many are to be expected.
pub(crate) fn counts(rng: &mut ChaCha8Rng, mean: f64) -> u32 {
    match Poisson::new(mean) {
        Ok(counts) => counts.sample(rng) as u32,
        Err(_) => 0, // a mean of zero: no tube, no counts
    }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// How much of its shielding a vehicle does after `inside` seconds: it comes in, covers the detectors, and goes out.
pub(crate) fn shade(inside: Duration, vehicle: &Vehicle) -> f64 {
    let place = inside.as_secs_f64() / vehicle.time.as_secs_f64();
    let edge = 0.15;
    let ramp = |x: f64| {
        let x = x.clamp(0.0, 1.0);
        x * x * (3.0 - 2.0 * x)
    };
    if place >= 1.0 { 0.0 } else { ramp(place / edge).min(ramp((1.0 - place) / edge)) }
}

/// How much of a point beside a pillar a detector sees, against the mean of the four. Assumed: across a lane of 5 m a point that is 1 m away from one
/// pillar and 4 m from the other is seen by the square of these.
fn beside(pillar: Pillar, detector: usize) -> f64 {
    let near = (pillar == Pillar::First) == (detector < 2);
    if near { 32.0 / 17.0 } else { 2.0 / 17.0 }
}

/// The strength of the load after `inside` seconds, 1 at its strongest.
pub(crate) fn bell(inside: Duration, vehicle: &Vehicle) -> f64 {
    let place = inside.as_secs_f64() / vehicle.time.as_secs_f64();
    let away = (place - f64::from(vehicle.gamma_at_percent) / 100.0)
        / (f64::from(vehicle.gamma_width_percent.max(1)) / 100.0);
    (-0.5 * away * away).exp()
}

fn six(number: f64) -> Decimal {
    Decimal::from_f64_retain(number).unwrap_or_default().round_dp(8)
}

/// `SP` from seconds per foot: 1 foot per second is 0.681818 mph and 1.09728 km/h.
fn speed(seconds_per_foot: f64) -> Record {
    let seconds = Decimal::from_f64_retain(seconds_per_foot)
        .unwrap_or_default()
        .round_dp(4)
        .max(Decimal::new(1, 4));
    let per =
        |factor: Decimal, places: u32, most: Decimal| (factor / seconds).round_dp(places).min(most);
    Record::Speed(Speed {
        seconds_per_foot: seconds,
        mph: per(Decimal::new(681_818, 6), 3, Decimal::new(99_999, 3)),
        kmh: per(Decimal::new(109_728, 5), 2, Decimal::new(16_093, 2)),
        reserved: 0,
    })
}
