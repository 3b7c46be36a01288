//! A weighbridge that is not there: what its indicator would show, and when.
//!
//! A vehicle drives on in a second and a half, swings while it settles, stands, and drives off. The indicator shows steps of its increment,
//! at a steady rate, loaded or empty; above its capacity it shows an overload, which is no number. Time is a number that the caller advances.

use std::collections::VecDeque;
use std::time::Duration;

use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// How an indicator is set.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// Step of the display, in kilograms.
    pub increment_kg: Decimal,
    /// Most it can weigh, in kilograms; nine increments more are an overload.
    pub capacity_kg: Decimal,
    /// Time from one frame to the next.
    pub period: Duration,
}

impl Default for Scale {
    /// A truck scale of 60 t in steps of 20 kg, five frames a second.
    fn default() -> Scale {
        Scale {
            increment_kg: Decimal::from(20),
            capacity_kg: Decimal::from(60_000),
            period: Duration::from_millis(200),
        }
    }
}

/// What the display shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A mass.
    Mass {
        /// In kilograms, a multiple of the increment.
        kg: Decimal,
        /// Whether it stands still.
        stable: bool,
    },
    /// More than it can weigh.
    Overload,
}

/// An indicator.
#[derive(Debug)]
pub struct Indicator {
    rng: ChaCha8Rng,
    scale: Scale,
    next: Duration,
    loads: VecDeque<Load>,
}

#[derive(Debug, Clone, Copy)]
struct Load {
    from: Duration,
    to: Duration,
    gross_kg: Decimal,
}

/// Driving on, and driving off.
const RAMP: Duration = Duration::from_millis(1500);

impl Indicator {
    /// An empty scale.
    pub fn new(seed: u64, scale: Scale) -> Indicator {
        Indicator {
            rng: ChaCha8Rng::seed_from_u64(seed),
            scale,
            next: Duration::ZERO,
            loads: VecDeque::new(),
        }
    }

    /// A vehicle drives on at `from` and is off again after `time`.
    pub fn load(&mut self, from: Duration, time: Duration, gross_kg: Decimal) {
        self.loads.push_back(Load { from, to: from + time, gross_kg });
    }

    /// The next frame that is sent not later than `until`, and when.
    pub fn next_frame(&mut self, until: Duration) -> Option<(Duration, Shown)> {
        let at = self.next;
        if at > until {
            return None;
        }
        self.next += self.scale.period;
        while self.loads.front().is_some_and(|load| load.to + RAMP < at) {
            self.loads.pop_front();
        }
        let (kg, stable) = match self.loads.front() {
            Some(load) if load.from <= at => self.under(*load, at),
            _ => (0.0, true),
        };
        Some((at, self.shown(kg, stable)))
    }

    /// The true force on the scale in kilograms, and whether it stands still.
    fn under(&mut self, load: Load, at: Duration) -> (f64, bool) {
        let gross = load.gross_kg.to_f64().unwrap_or(0.0);
        let inside = at.saturating_sub(load.from);
        if at > load.to {
            let left = 1.0 - (at - load.to).as_secs_f64() / RAMP.as_secs_f64();
            return (gross * left.clamp(0.0, 1.0), false);
        }
        if inside < RAMP {
            return (gross * inside.as_secs_f64() / RAMP.as_secs_f64(), false);
        }
        let since = (inside - RAMP).as_secs_f64();
        let swing =
            gross * 0.02 * (-since / 0.6).exp() * (since * 1.5 * std::f64::consts::TAU).cos();
        let still = swing.abs() < self.scale.increment_kg.to_f64().unwrap_or(1.0) / 4.0;
        (gross + swing + self.rng.random_range(-0.2..0.2), still)
    }

    fn shown(&self, kg: f64, stable: bool) -> Shown {
        let increment = self.scale.increment_kg;
        let steps = (Decimal::from_f64_retain(kg).unwrap_or_default() / increment).round();
        let kg = (steps * increment).normalize();
        if kg > self.scale.capacity_kg + increment * Decimal::from(9) {
            Shown::Overload
        } else {
            Shown::Mass { kg, stable }
        }
    }
}
