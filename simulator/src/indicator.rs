//! A weighbridge that is not there: what its indicator would show, and when.
//!
//! A vehicle drives on in a second and a half, swings while it settles, stands, and drives off. The indicator shows steps of its increment;
//! above its capacity it shows an overload and far below zero an underload, which are no numbers. Its keys do what the keys of a verified
//! scale do: a tare is taken at rest only, and zero is set near zero only. Time is a number that the caller tells, and that does not go back.

use std::time::Duration;

use firmware_protocols::Raw;
use firmware_protocols::weighbridge::{Checksum, Display, Flags, Kind, Stability, Weighing};
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use units::MassUnit;

use crate::story::Key;

/// How an indicator is set.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// Step of the display, in kilograms.
    pub increment_kg: Decimal,
    /// Most it can weigh, in kilograms; nine increments more are an overload.
    pub capacity_kg: Decimal,
}

impl Default for Scale {
    /// A truck scale of 60 t in steps of 20 kg.
    fn default() -> Scale {
        Scale { increment_kg: Decimal::from(20), capacity_kg: Decimal::from(60_000) }
    }
}

impl Scale {
    /// What is shown of so much: a multiple of the increment, or that it is too much or too little.
    pub fn shows(&self, kg: Decimal) -> Display {
        let increment = self.increment_kg;
        let kg = ((kg / increment).round() * increment).normalize();
        if kg > self.capacity_kg + increment * Decimal::from(OVERLOAD_STEPS) {
            Display::Overload
        } else if kg < -increment * Decimal::from(UNDERLOAD_STEPS) {
            Display::Underload
        } else {
            Display::Value(kg)
        }
    }
}

/// What an indicator shows at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// Everything on the scale: a number in kilograms that is a multiple of the increment, an overload, an underload.
    pub gross: Display,
    /// The tare that is set, in kilograms.
    pub tare_kg: Option<Decimal>,
    /// Whether it stands still, by its own judgement.
    pub stable: bool,
    /// Whether zero was found when it was switched on, or set since.
    pub zeroed: bool,
    /// Whether the key for printing was just pressed.
    pub printing: bool,
    /// Step of the display, in kilograms.
    pub increment_kg: Decimal,
}

impl Shown {
    /// What the display says: the net weight while a tare is set.
    pub fn displayed(&self) -> Weighing {
        let Some(tare) = self.tare_kg else { return self.gross() };
        let display = self.gross.value().map_or(self.gross, |gross| Display::Value(gross - tare));
        Weighing { display, kind: Kind::Net, ..self.gross() }
    }

    /// Everything on the scale, as it is told by dialects that have a word of its own for it.
    pub fn gross(&self) -> Weighing {
        let zero = self.gross == Display::Value(Decimal::ZERO) && self.stable;
        Weighing {
            display: self.gross,
            kind: Kind::Gross,
            stability: if self.stable { Stability::Stable } else { Stability::Moving },
            unit: Some(MassUnit::Kilogram),
            address: None,
            flags: Flags {
                center_of_zero: zero,
                not_zeroed: !self.zeroed,
                zero_error: !self.zeroed,
                tare_active: self.tare_kg.is_some(),
                print_request: self.printing,
                increment: Some(self.increment_kg),
                ..Flags::default()
            },
            checksum: Checksum::Absent,
            raw: Raw(Vec::new()),
        }
    }
}

/// What pressing a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// What it says on the key.
    Done,
    /// Nothing: the scale moves, or shows no number.
    Moving,
    /// Nothing: what stands there is too heavy for it.
    Above,
    /// Nothing: what is shown is too far below zero for it.
    Below,
}

/// An indicator.
#[derive(Debug)]
pub struct Indicator {
    rng: ChaCha8Rng,
    scale: Scale,
    loads: Vec<Load>,
    shaking_until: Duration,
    /// Dirt on the scale, and what cold does to it.
    drift_kg: f64,
    /// What counts as nothing.
    zero_kg: f64,
    zeroed: bool,
    tare_kg: Option<Decimal>,
    printing_until: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Load {
    from: Duration,
    to: Duration,
    kg: f64,
}

/// Driving on, and driving off.
const RAMP: Duration = Duration::from_millis(1500);
/// From one axle that has driven off to the next that drives on.
const BETWEEN_AXLES: Duration = Duration::from_secs(3);
/// A scale swings at 1 to 2 Hz, and less by a factor e in so many seconds.
const SWING_HZ: f64 = 1.5;
const SWING_S: f64 = 0.5;
/// At first by so much of the load.
const SWING_SHARE: f64 = 0.02;
/// It has to be still for so long before an indicator says so.
const STILL_FOR_S: f64 = 1.0;
/// Zero is set by a key within so much of the capacity, and when it is switched on within so much (OIML R 76, quoted in docs/protocols).
const ZERO_BY_KEY: f64 = 0.02;
const ZERO_BY_SWITCH: f64 = 0.10;
/// So many increments above the capacity are an overload, so many below zero an underload (the latter is assumed).
const OVERLOAD_STEPS: u8 = 9;
const UNDERLOAD_STEPS: u8 = 20;
const PRINTING: Duration = Duration::from_secs(1);

impl Indicator {
    /// An empty scale.
    pub fn new(seed: u64, scale: Scale) -> Indicator {
        Indicator {
            rng: ChaCha8Rng::seed_from_u64(seed),
            scale,
            loads: Vec::new(),
            shaking_until: Duration::ZERO,
            drift_kg: 0.0,
            zero_kg: 0.0,
            zeroed: true,
            tare_kg: None,
            printing_until: Duration::ZERO,
        }
    }

    /// How it is set.
    pub fn scale(&self) -> &Scale {
        &self.scale
    }

    /// A vehicle drives on at `from` and is off again after `time`.
    pub fn load(&mut self, from: Duration, time: Duration, gross_kg: Decimal) {
        self.axles(from, time, &[gross_kg]);
    }

    /// A vehicle drives over it from `from` on; each of its axles stands there for `time`.
    pub fn axles(&mut self, from: Duration, time: Duration, axles_kg: &[Decimal]) {
        self.loads.retain(|load| load.to + RAMP > from);
        let mut at = from;
        for axle_kg in axles_kg {
            let kg = axle_kg.to_f64().unwrap_or(0.0);
            self.loads.push(Load { from: at, to: at + time, kg });
            at += time + RAMP + BETWEEN_AXLES;
        }
    }

    /// Dirt falls on it, or cold draws at it.
    pub fn drift(&mut self, by_kg: Decimal) {
        self.drift_kg += by_kg.to_f64().unwrap_or(0.0);
    }

    /// It shakes until then.
    pub fn shake(&mut self, until: Duration) {
        self.shaking_until = until;
    }

    /// It is switched off and on: it forgets its tare, and looks for its zero.
    pub fn restart(&mut self, at: Duration) {
        self.tare_kg = None;
        let (force, _) = self.force(at);
        self.zeroed = force.abs() <= self.share_of_capacity(ZERO_BY_SWITCH);
        self.zero_kg = if self.zeroed { force } else { 0.0 };
    }

    /// Somebody presses a key.
    pub fn press(&mut self, at: Duration, key: Key) -> Pressed {
        let shown = self.shows(at);
        let gross = shown.gross.value().filter(|_| shown.stable);
        match (key, gross) {
            (Key::Clear, _) => self.tare_kg = None,
            (Key::Print, _) => self.printing_until = at + PRINTING,
            (Key::Tare | Key::Zero, None) => return Pressed::Moving,
            (Key::Tare, Some(gross)) if gross <= Decimal::ZERO => return Pressed::Below,
            (Key::Tare, Some(gross)) => self.tare_kg = Some(gross),
            (Key::Zero, Some(gross)) => {
                let (force, _) = self.force(at);
                let away = force - self.zero_kg;
                if away.abs() > self.share_of_capacity(ZERO_BY_KEY) {
                    return if gross > Decimal::ZERO { Pressed::Above } else { Pressed::Below };
                }
                (self.zero_kg, self.zeroed, self.tare_kg) = (force, true, None);
            }
        }
        Pressed::Done
    }

    /// What it shows now.
    pub fn shows(&mut self, at: Duration) -> Shown {
        let (force, stable) = self.force(at);
        let kg = Decimal::from_f64_retain(force - self.zero_kg).unwrap_or_default();
        Shown {
            gross: self.scale.shows(kg),
            tare_kg: self.tare_kg,
            stable,
            zeroed: self.zeroed,
            printing: at < self.printing_until,
            increment_kg: self.scale.increment_kg,
        }
    }

    /// The force on the scale in kilograms, and whether it stands still.
    fn force(&mut self, at: Duration) -> (f64, bool) {
        let step = self.scale.increment_kg.to_f64().unwrap_or(1.0);
        let (mut force, mut still) = (self.drift_kg, true);
        for load in &self.loads {
            let (kg, stands) = load.at(at, step);
            force += kg;
            still &= stands;
        }
        if at < self.shaking_until {
            force += step * 4.0 * (at.as_secs_f64() * SWING_HZ * std::f64::consts::TAU).sin();
            still = false;
        }
        (force + self.rng.random_range(-0.01..0.01) * step, still)
    }

    fn share_of_capacity(&self, share: f64) -> f64 {
        self.scale.capacity_kg.to_f64().unwrap_or(0.0) * share
    }
}

impl Load {
    /// The force of this load, and whether it stands still.
    fn at(&self, at: Duration, step: f64) -> (f64, bool) {
        let Some(inside) = at.checked_sub(self.from) else { return (0.0, true) };
        if at > self.to {
            let left = 1.0 - (at - self.to).as_secs_f64() / RAMP.as_secs_f64();
            return (self.kg * left.clamp(0.0, 1.0), left <= 0.0);
        }
        let Some(since) = inside.checked_sub(RAMP) else {
            return (self.kg * inside.as_secs_f64() / RAMP.as_secs_f64(), false);
        };
        let since = since.as_secs_f64();
        let swings_by = self.kg * SWING_SHARE * (-since / SWING_S).exp();
        let swing = swings_by * (since * SWING_HZ * std::f64::consts::TAU).cos();
        (self.kg + swing, since >= STILL_FOR_S && swings_by < step / 4.0)
    }
}
