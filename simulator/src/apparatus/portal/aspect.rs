//! A portal "Yantar" of Aspect: registers over Modbus TCP, read when it is asked (docs/protocols/aspect.md).
//!
//! One unit answers and all others are silent; function 3 only; what lies outside the description and the monitor block is refused with code 2.
//! The object number rises when a vehicle comes, its four sensors see it one behind the other, and alarms stand as long as it is there.

use std::time::Duration;

use firmware_protocols::Settings;
use firmware_protocols::modbus::{self, Function, Read, Station, Wire};
use firmware_protocols::portal::{Channel, Direction, Level, Measured as Told, Snapshot, aspect};
use rust_decimal::Decimal;
use units::MillimetresPerSecond;

use super::super::manner::{Form, Misbehaviour};
use super::super::weighbridge::misbehave;
use super::super::{Apparatus, Instead, Saying, Start};
use super::Spell;
use super::watch::{Measured, Watch};
use crate::story::Act;

/// A portal.
#[derive(Debug)]
pub(in crate::apparatus) struct Yantar {
    watch: Watch,
    station: Station,
    profile: aspect::Profile,
    unit: u8,
    /// What the description says of the monitor block: first register, and how many.
    block: (u16, u16),
    object: u16,
    /// Since when the vehicle is there that has this number.
    entered: Option<Duration>,
    alarms: [bool; 2],
    last: Option<Measured>,
    open: bool,
    reset_until: Duration,
    spell: Spell,
}

const KNOWN: &[Misbehaviour] = &[
    Misbehaviour::WrongWordOrder,
    Misbehaviour::WrongTransaction,
    Misbehaviour::ForeignAddress,
    Misbehaviour::CutAnswers,
    Misbehaviour::Refuses,
    Misbehaviour::CounterJumps,
    Misbehaviour::CounterWraps,
    Misbehaviour::NotReady,
    Misbehaviour::FailedSensor,
    Misbehaviour::SecondAlarm,
    Misbehaviour::PowerFail,
    Misbehaviour::LowBattery,
    Misbehaviour::GoesBack,
    Misbehaviour::UnknownDirection,
];
/// Where the inputs stand in the monitor block, the bits of its four sensors among them, and those of both directions.
const INPUTS: (usize, u16, u16) = (2, 0x000f, 0x00c0);
/// The unit of the maker's emulator, at which the public driver was tried.
const UNIT: u8 = 4;
const DESCRIPTION: u16 = 8;
/// No source tells over what time it counts: a second, where the site does not say otherwise.
const COUNTS_MS: u32 = 1000;
const GAMMA_CPS: f64 = 1_530.0;
const NEUTRON_CPS: f64 = 6.5;
/// Outside these counts per second the background is a fault (assumed).
const LEVELS_CPS: (f64, f64) = (270.0, 8_000.0);
const ANSWERS_AFTER: Duration = Duration::from_millis(20);
const RESET_TOLD: Duration = Duration::from_secs(3);
/// A lorry with its trailer, in millimetres: the speed follows from its time in the beam.
const LENGTH_MM: f64 = 16_500.0;

impl Yantar {
    pub(in crate::apparatus) fn new(settings: &Settings, start: Start) -> Yantar {
        let profile = settings.aspect.unwrap_or_default();
        let step = Duration::from_millis(profile.counts_ms.unwrap_or(COUNTS_MS).into());
        Yantar {
            watch: Watch::new(start.seed, GAMMA_CPS, NEUTRON_CPS, step),
            station: Station::new(Wire::Tcp),
            profile,
            unit: settings.address.unwrap_or(UNIT),
            block: (100, 21),
            object: 0,
            entered: None,
            alarms: [false; 2],
            last: None,
            open: false,
            reset_until: Duration::ZERO,
            spell: Spell::default(),
        }
    }

    /// Lets everything happen that happened until now.
    fn advance(&mut self, now: Duration) {
        while let Some(measured) = self.watch.next(now) {
            if measured.vehicle.is_some() {
                self.alarms[0] |= measured.gamma_alarm;
                self.alarms[1] |= measured.neutron_alarm;
            }
            self.last = Some(measured);
        }
        let entered = self.watch.vehicle(now).map(|(entered, _)| entered);
        if entered != self.entered {
            self.alarms = [false; 2];
            if entered.is_some() {
                let jump = if self.spell.does(Misbehaviour::CounterJumps, now) { 4 } else { 1 };
                self.object = self.object.wrapping_add(jump);
            }
            self.entered = entered;
        }
    }

    fn state(&self, at: Duration) -> Snapshot {
        let seconds = f64::from(self.profile.counts_ms.unwrap_or(COUNTS_MS)) / 1000.0;
        let ready = !self.spell.does(Misbehaviour::NotReady, at);
        let channel = |counted: u32, usual: f64, alarm: bool, level: Level| Channel {
            counts: Some(Told { counts: counted.into(), interval_ms: None }),
            background: Some(Told {
                counts: Decimal::from_f64_retain(usual).unwrap_or_default().round_dp(2),
                interval_ms: None,
            }),
            alarm: Some(alarm),
            level: Some(level),
            ready: Some(ready),
        };
        let measured = self.last;
        let usual = measured.map_or(0.0, |one| one.gamma_background);
        let level = match usual / seconds {
            cps if measured.is_some() && cps < LEVELS_CPS.0 => Level::Low,
            cps if cps > LEVELS_CPS.1 => Level::High,
            _ => Level::Normal,
        };
        let vehicle = self.watch.vehicle(at);
        let speed = vehicle.map(|(_, vehicle)| {
            MillimetresPerSecond((LENGTH_MM / vehicle.time.as_secs_f64().max(0.5)) as u32)
        });
        let faults = [
            (self.spell.does(Misbehaviour::PowerFail, at), "power-fail"),
            (self.spell.does(Misbehaviour::LowBattery, at), "low-battery"),
            (self.spell.does(Misbehaviour::FailedSensor, at), "error"),
            (at < self.reset_until, "reset"),
        ];
        let back = self.spell.does(Misbehaviour::GoesBack, at);
        let direction = if back { Direction::From1To0 } else { Direction::From0To1 };
        let second = self.spell.does(Misbehaviour::SecondAlarm, at);
        let alarms = [(self.alarms[0], "gamma-alarm-2"), (self.alarms[1], "neutron-alarm-2")];
        Snapshot {
            present: Some(vehicle.is_some()),
            object: Some(self.object),
            direction: vehicle.map(|_| direction),
            identified: alarms
                .iter()
                .filter(|(is, _)| *is && second)
                .map(|(_, name)| (*name).to_owned())
                .collect(),
            gamma: channel(measured.map_or(0, |one| one.gamma), usual, self.alarms[0], level),
            neutron: channel(
                measured.map_or(0, |one| one.neutron),
                measured.map_or(0.0, |one| one.neutron_background),
                self.alarms[1],
                Level::Normal,
            ),
            speed,
            tamper: Some(self.open),
            faults: faults
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, name)| (*name).to_owned())
                .collect(),
            device_time: Some(at.as_secs().to_string()),
            ..Snapshot::default()
        }
    }
}

impl Yantar {
    /// What the state does not tell of the inputs: which of the four sensors sees the vehicle, and that the direction is not known.
    fn inputs(&self, at: Duration, monitor: &mut [u16]) {
        let (register, sensors, both) = INPUTS;
        let (Some((entered, vehicle)), Some(inputs)) =
            (self.watch.vehicle(at), monitor.get_mut(register))
        else {
            return;
        };
        let through = at.saturating_sub(entered).as_millis() * 4 / vehicle.time.as_millis().max(1);
        let sensor =
            if *inputs & both == 0x0080 { 8 >> through.min(3) } else { 1 << through.min(3) };
        *inputs = *inputs & !sensors | sensor;
        if self.spell.does(Misbehaviour::UnknownDirection, at) {
            *inputs |= both;
        }
    }
}

/// The registers at one moment.
struct Registers {
    unit: u8,
    refuses: bool,
    /// Each block: its first register, and what stands in it.
    blocks: [(u16, Vec<u16>); 2],
}

const NO_FUNCTION: u8 = 1;
const NO_REGISTER: u8 = 2;
const BUSY: u8 = 6;

impl modbus::Registers for Registers {
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        if read.unit != self.unit {
            return None;
        }
        if self.refuses {
            return Some(Err(BUSY));
        }
        if read.function != Function::Holding {
            return Some(Err(NO_FUNCTION));
        }
        let asked = self.blocks.iter().find_map(|(first, block)| {
            let from = usize::from(read.first.checked_sub(*first)?);
            block.get(from..)?.get(..read.count.into())
        });
        let Some(asked) = asked else { return Some(Err(NO_REGISTER)) };
        words.extend_from_slice(asked);
        Some(Ok(()))
    }
}

impl Apparatus for Yantar {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        let is_form = |form: &str| Form::of(form) == Some(Form::Base200);
        if matches!(act, Act::Tamper { .. } | Act::Restarts)
            || matches!(act, Act::SetTo { form } if is_form(form))
        {
            Ok(())
        } else {
            super::can_befall_a_portal(act, KNOWN)
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, _: &mut Vec<Saying>) {
        self.advance(at);
        self.watch.befalls(at, act);
        self.spell.befalls(at, act, KNOWN);
        if let Act::Tamper { open } = act {
            self.open = *open;
        } else if let Act::SetTo { .. } = act {
            self.block = (200, 32);
        } else if *act == Act::Restarts {
            (self.object, self.alarms) = (0, [false; 2]);
            self.reset_until = at + RESET_TOLD;
        } else if self.spell.does(Misbehaviour::CounterWraps, at) {
            self.object = u16::MAX - 1;
        }
    }

    fn opened(&mut self, _: Duration, _: &mut Vec<Saying>) {
        self.station = Station::new(Wire::Tcp);
    }

    fn hears(&mut self, at: Duration, bytes: &[u8], out: &mut Vec<Saying>) {
        self.advance(at);
        let (base, count) = self.block;
        let mut profile = self.profile;
        profile.high_word_first ^= self.spell.does(Misbehaviour::WrongWordOrder, at);
        let mut monitor = aspect::registers(&profile, &self.state(at));
        self.inputs(at, &mut monitor);
        monitor.resize(count.into(), 0);
        let mut description = vec![0x5941, DESCRIPTION + count, 1, base, count];
        description.resize(DESCRIPTION.into(), 0);
        let registers = Registers {
            unit: self.unit,
            refuses: self.spell.does(Misbehaviour::Refuses, at),
            blocks: [(0, description), (profile.base.unwrap_or(base), monitor)],
        };
        let doing = self.spell.now(at);
        let answer = |mut answer: Vec<u8>| {
            misbehave(Wire::Tcp, doing, &mut answer);
            out.push((at + ANSWERS_AFTER, answer));
        };
        // A question that was garbled on its way is not answered.
        self.station.hear(bytes, &registers, answer, |_| {});
    }
}
