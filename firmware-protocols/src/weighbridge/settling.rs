//! When a vehicle stands still on a scale: from single weighings to one settled weight for each vehicle.
//!
//! ```text
//!  EMPTY ──▶ loaded, moving ──stable──▶ SETTLED ──▶ moving off ──▶ EMPTY
//!                  ▲  (once for each load; a later stable weight that differs is a change, not a second weighing)
//! ```
//!
//! The indicator's own flag has priority: it is the only judgement with legal value, and where it says "moving" nothing settles. Where the
//! dialect has no flag, a weight is stable when at least five readings over at least one second stay within one increment. The window
//! begins anew with every reading that the indicator calls moving, with every change of unit, kind or number of decimals, with every gap
//! and with every display without a number.
//!
//! Promises: exactly one [`SettlingEvent::Settled`] between two empty scales, with the frame of the accepted value; overload, underload,
//! net and blank displays never give a weight, and neither does a number that is no multiple of the scale interval which the indicator or the site
//! has named. After a link was lost another vehicle may stand there: what stands still then is told anew.
//!
//! Deliberately absent: whose weight it is, tolerances, and silence of the device (a device that sends nothing is a matter of its health).

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use units::{Kilograms, MassUnit};

use super::{Display, Kind, Stability, Weighing};
use crate::excerpt::Raw;

/// The most readings of a window, whatever its settings: an indicator sends up to some twenty a second.
const WINDOW_READINGS: usize = 256;

/// How a scale is set, as agreed at commissioning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettlingSettings {
    /// Below this the scale counts as empty: more than a person and snow, less than the lightest vehicle.
    pub empty_below_kg: Kilograms,
    /// The scale interval d, if the site has named it: a number that is no multiple of it is no record. Of an indicator that counts in several
    /// intervals, the smallest.
    pub increment_kg: Option<Kilograms>,
    /// The fewest readings that must agree, where the indicator tells no stability.
    pub window_readings: u8,
    /// The shortest time over which they must agree.
    pub window_ms: u32,
    /// Readings further apart than this do not belong together.
    pub gap_ms: u32,
    /// The unit of dialects that do not tell it.
    pub unit_if_silent: MassUnit,
}

impl Default for SettlingSettings {
    /// Five readings and one second. All assumed, until commissioning says otherwise; the interval is named by nobody.
    fn default() -> SettlingSettings {
        SettlingSettings {
            empty_below_kg: Kilograms::whole(200),
            increment_kg: None,
            window_readings: 5,
            window_ms: 1000,
            gap_ms: 2000,
            unit_if_silent: MassUnit::Kilogram,
        }
    }
}

/// Readings of a usual 60 t truck scale swing by so much at rest: assumed, where nobody has named the interval.
const USUAL_INCREMENT_KG: i64 = 20;

impl SettlingSettings {
    /// How far the readings of one load at rest may be apart.
    fn swing(&self) -> Kilograms {
        self.increment_kg.unwrap_or(Kilograms::whole(USUAL_INCREMENT_KG))
    }
}

/// What happens on a scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettlingEvent {
    /// Nothing is on it (any more).
    ScaleEmpty {
        /// Arrival of the reading.
        at: Timestamp,
    },
    /// Something is on it and moves: for the live display, never evidence.
    Moving {
        /// Arrival of the reading.
        at: Timestamp,
        /// What the indicator shows.
        live_kg: Kilograms,
    },
    /// The load stands still: the one weighing of this vehicle.
    Settled(Settled),
    /// After settling, the load came to rest at another weight: something was put on or taken off, or only a part of the vehicle had been
    /// on the scale.
    Changed {
        /// The weight that had settled before.
        was_kg: Kilograms,
        /// The weight now.
        now: Settled,
    },
    /// The indicator shows overload, or nines.
    Overload {
        /// Arrival of the reading.
        at: Timestamp,
        /// Its frame.
        raw: Raw,
    },
    /// The indicator shows underload, or a large negative number.
    Underload {
        /// Arrival of the reading.
        at: Timestamp,
        /// Its frame.
        raw: Raw,
    },
    /// The indicator shows a number that is no record, whatever it says of stability: see [`Unfit`].
    NotFit {
        /// Arrival of the reading.
        at: Timestamp,
        /// Its frame.
        raw: Raw,
        /// Why not.
        why: Unfit,
    },
    /// The indicator shows no gross weight: the display is blank, or shows net or tare.
    NotGross {
        /// Arrival of the reading.
        at: Timestamp,
        /// Its frame.
        raw: Raw,
    },
}

/// Why a number that an indicator shows is not to be settled as a weighing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// The indicator was switched on and not set to zero since.
    NotZeroed,
    /// It could not find its zero.
    ZeroError,
    /// It shows finer steps than it is verified for.
    HighResolution,
    /// The display is held: the number is of an earlier moment, and may be of another vehicle.
    Held,
    /// It is no multiple of the scale interval d: a frame that was damaged, or finer steps than the verified ones (OIML R 76).
    OffStep,
}

impl Unfit {
    /// What speaks against a number, by its own flags and by the interval that the indicator tells, or else the site.
    fn of(weighing: &Weighing, mass: Kilograms, increment: Option<Kilograms>) -> Option<Unfit> {
        let flags = &weighing.flags;
        let told = flags.increment.zip(weighing.display.value());
        let (number, step) = told.map_or_else(
            || (mass.0, increment.map(|increment| increment.0)),
            |(step, number)| (number, Some(step)),
        );
        let off_step =
            step.and_then(|step| number.checked_rem(step)).is_some_and(|rest| !rest.is_zero());
        if flags.not_zeroed {
            Some(Unfit::NotZeroed)
        } else if flags.zero_error {
            Some(Unfit::ZeroError)
        } else if flags.high_resolution {
            Some(Unfit::HighResolution)
        } else if flags.hold {
            Some(Unfit::Held)
        } else if off_step {
            Some(Unfit::OffStep)
        } else {
            None
        }
    }

    /// The name under which it is counted.
    pub fn name(self) -> &'static str {
        match self {
            Unfit::NotZeroed => "not-zeroed",
            Unfit::ZeroError => "zero-error",
            Unfit::HighResolution => "high-resolution",
            Unfit::Held => "held",
            Unfit::OffStep => "off-step",
        }
    }
}

/// A weight that stands still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Arrival of the accepted reading.
    pub at: Timestamp,
    /// The accepted weight. Dialects that do not tell the kind are taken as gross.
    pub gross_kg: Kilograms,
    /// The frame of the accepted reading.
    pub raw: Raw,
    /// Who judges that it stands still.
    pub stable_by: StableBy,
    /// Largest less smallest of the readings of the window.
    pub spread_kg: Kilograms,
    /// How many readings the window held.
    pub readings: u32,
}

/// Who judges that a weight stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StableBy {
    /// The indicator's own flag.
    Device,
    /// Our window, because the dialect has no flag.
    Own,
}

/// Watches one scale.
#[derive(Debug)]
pub struct Settling {
    settings: SettlingSettings,
    window: VecDeque<(Timestamp, Kilograms)>,
    /// What the readings of the window have in common.
    shape: Option<Shape>,
    shown: Shown,
    settled: Option<Kilograms>,
}

/// Unit, kind, decimals, and whether it is the second scale of an indicator that has two.
type Shape = (Option<MassUnit>, Kind, u32, bool);

/// What was told last, so that lasting conditions are told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    Empty,
    Load,
    Overload,
    Underload,
    NotFit(Unfit),
    NotGross,
}

impl Settling {
    /// A scale of which nothing is known yet.
    pub fn new(settings: SettlingSettings) -> Settling {
        Settling {
            settings,
            window: VecDeque::new(),
            shape: None,
            shown: Shown::Nothing,
            settled: None,
        }
    }

    /// The link was lost or opened anew: readings from before it do not count towards standing still, and what stands there now may be another load.
    /// If it is the same one, it is told again.
    pub fn link_lost(&mut self) {
        self.settled = None;
        self.interrupted();
    }

    /// The same within a vehicle that is weighed axle by axle, whose axles are counted: the one that was weighed is not counted again.
    pub(super) fn interrupted(&mut self) {
        self.forget_window();
    }

    /// Takes in one weighing and the moment it arrived.
    pub fn weighing(&mut self, weighing: &Weighing, at: Timestamp) -> Vec<SettlingEvent> {
        let raw = || weighing.raw.clone();
        let (shown, event) =
            match (weighing.display, weighing.kind, weighing.mass(self.settings.unit_if_silent)) {
                (Display::Overload | Display::OutOfRange, _, _) => {
                    (Shown::Overload, SettlingEvent::Overload { at, raw: raw() })
                }
                (Display::Underload, _, _) => {
                    (Shown::Underload, SettlingEvent::Underload { at, raw: raw() })
                }
                // The number is kept back while it moves: nothing can be told of it, and nothing is wrong. An empty scale is told anew.
                (Display::Withheld, _, _) => {
                    self.shown = Shown::Load;
                    self.forget_window();
                    return Vec::new();
                }
                (Display::Blank, _, _)
                | (Display::Value(_), Kind::Net | Kind::Tare, _)
                | (Display::Value(_), _, None) => {
                    (Shown::NotGross, SettlingEvent::NotGross { at, raw: raw() })
                }
                (Display::Value(value), Kind::Gross | Kind::Unknown, Some(mass)) => {
                    if mass <= -self.settings.empty_below_kg {
                        (Shown::Underload, SettlingEvent::Underload { at, raw: raw() })
                    } else if mass < self.settings.empty_below_kg {
                        self.settled = None;
                        (Shown::Empty, SettlingEvent::ScaleEmpty { at })
                    } else if let Some(why) = Unfit::of(weighing, mass, self.settings.increment_kg)
                    {
                        (Shown::NotFit(why), SettlingEvent::NotFit { at, raw: raw(), why })
                    } else {
                        return self
                            .loaded(weighing, mass, value.scale(), at)
                            .into_iter()
                            .collect();
                    }
                }
            };
        self.forget_window();
        let told = core::mem::replace(&mut self.shown, shown) == shown;
        if told { Vec::new() } else { Vec::from([event]) }
    }

    fn loaded(
        &mut self,
        weighing: &Weighing,
        mass: Kilograms,
        decimals: u32,
        at: Timestamp,
    ) -> Option<SettlingEvent> {
        self.shown = Shown::Load;
        let shape = Some((weighing.unit, weighing.kind, decimals, weighing.flags.second_scale));
        let gap = SignedDuration::from_millis(i64::from(self.settings.gap_ms));
        let follows = self
            .window
            .back()
            .is_none_or(|(last, _)| at >= *last && at.duration_since(*last) <= gap);
        let still = weighing.stability != Stability::Moving;
        if self.shape != shape || !follows || !still {
            self.forget_window();
        }
        self.shape = shape;
        self.window.push_back((at, mass));
        self.shorten_window();

        let masses = || self.window.iter().map(|(_, mass)| *mass);
        let spread = masses().max().unwrap_or(mass) - masses().min().unwrap_or(mass);
        let stable_by = match weighing.stability {
            Stability::Stable => Some(StableBy::Device),
            Stability::Moving => None,
            Stability::Unknown => {
                (self.window_is_full() && spread <= self.settings.swing()).then_some(StableBy::Own)
            }
        };
        let Some(stable_by) = stable_by else {
            return Some(SettlingEvent::Moving { at, live_kg: mass });
        };
        let now = Settled {
            at,
            gross_kg: mass,
            raw: weighing.raw.clone(),
            stable_by,
            spread_kg: spread,
            readings: u32::try_from(self.window.len()).unwrap_or(u32::MAX),
        };
        match self.settled {
            None => {
                self.settled = Some(mass);
                Some(SettlingEvent::Settled(now))
            }
            Some(was_kg)
                if (mass - was_kg).abs() > self.settings.swing() + self.settings.swing() =>
            {
                self.settled = Some(mass);
                Some(SettlingEvent::Changed { was_kg, now })
            }
            Some(_) => None,
        }
    }

    fn window_is_full(&self) -> bool {
        let (Some((first, _)), Some((last, _))) = (self.window.front(), self.window.back()) else {
            return false;
        };
        self.window.len() >= usize::from(self.settings.window_readings)
            && last.duration_since(*first) >= self.window_time()
    }

    /// Lets go of the oldest readings that the window does not need.
    fn shorten_window(&mut self) {
        let needed = usize::from(self.settings.window_readings);
        let time = self.window_time();
        while let (Some((second, _)), Some((last, _))) = (self.window.get(1), self.window.back()) {
            let spare = self.window.len() > needed && last.duration_since(*second) >= time;
            if !spare && self.window.len() <= WINDOW_READINGS {
                break;
            }
            self.window.pop_front();
        }
    }

    fn window_time(&self) -> SignedDuration {
        SignedDuration::from_millis(i64::from(self.settings.window_ms))
    }

    fn forget_window(&mut self) {
        self.window.clear();
        self.shape = None;
    }
}
