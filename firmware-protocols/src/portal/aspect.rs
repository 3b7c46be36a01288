//! Dialect `aspect`: portals "Yantar" of Aspect (Dubna), whose state stands in registers. Modbus TCP.
//!
//! ```text
//! registers 0 to 7      description: signature, number of registers, block, base, count, ..
//! registers base ..     monitor block, 21 registers:
//!   0 time(2)  2 inputs  3 gamma status  4 gamma count(2)  6 gamma background(2)  8 gamma variance(2)
//!  10 neutron status  11 count(2)  13 background(2)  15 variance(2)  17 object  18 mark  19 speed  20 outputs
//! ```
//!
//! The description is asked first and says where the monitor block is ([`asking`]). Numbers of two registers have their low word first. A number that makes
//! no sense is left out of the state, with a fault beside it; where backgrounds make sense in the other order of words only, all of them are, for words in
//! the wrong order are plausible garbage otherwise. What stands in one register (alarms, inputs, the object) is told in any case. Over what time the device
//! counts is in no source: where a site does not say it (`counts_ms`), counts are no rate and are not evaluated.
//!
//! Deliberately absent: variances (a public driver calls them wrong), outputs, object mark. Sources: `docs/protocols/aspect.md`.
//!
//! Assumed: the order of words, the base and the time of counting, where the site does not say them (`aspect`); which numbers make no sense; a speed of
//! 0 was not measured; times of the conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

mod asking;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::MillimetresPerSecond;

use super::record::{Level, Record};
use super::snapshot::{Channel, Direction, Measured, Snapshot};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::modbus::{Listener, MOST_REGISTERS, Wire, refusal};

pub use asking::{Master, Monitor};

/// What a site knows of its portal that the portal does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// The first register of the monitor block, where the description is not to be believed. A public driver uses 100 always.
    pub base: Option<u16>,
    /// Numbers of two registers have their high word first, against what the public driver found.
    pub high_word_first: bool,
    /// Over how many milliseconds the portal counts. No source says it.
    pub counts_ms: Option<u32>,
}

/// Registers of the description.
const DESCRIPTION: u16 = 8;
/// Registers of the monitor block that are read.
const MONITOR: u16 = 21;
/// A count or a background above this is none: the largest portals count some ten thousand a second.
const LARGEST: u32 = 10_000_000;
/// A background that is not nothing and below this is none, and neither is one above the largest count.
const SMALLEST_CPS: f32 = 0.0001;
const LARGEST_CPS: f32 = 10_000_000.0;

/// Input signals.
mod input {
    pub(super) const OCCUPIED: u16 = 0x000f;
    pub(super) const FROM_0_TO_1: u16 = 0x0040;
    pub(super) const FROM_1_TO_0: u16 = 0x0080;
    pub(super) const POWER_FAIL: u16 = 0x0100;
    pub(super) const LOW_BATTERY: u16 = 0x0200;
    pub(super) const OPEN: u16 = 0x0400;
    pub(super) const ERROR: u16 = 0x0800;
    pub(super) const RESET: u16 = 0x8000;
}

/// Status of a channel.
mod status {
    pub(super) const ALARM_1: u16 = 0x0001;
    pub(super) const ALARM_2: u16 = 0x0002;
    pub(super) const LOW_COUNT: u16 = 0x0010;
    pub(super) const HIGH_COUNT: u16 = 0x0020;
    pub(super) const OVERLOAD: u16 = 0x0040;
    pub(super) const READY: u16 = 0x0080;
}

/// Where the monitor block is, by the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Its first register.
    pub base: u16,
    /// How many registers it has.
    pub count: u16,
}

/// Reads the description block.
pub fn description(words: &[u16]) -> Result<Block, String> {
    let &[_, _, _, base, count, ..] = words else {
        return Err(format!("the description has {DESCRIPTION} registers"));
    };
    let block = Block { base, count };
    let ends = u32::from(base) + u32::from(count);
    if base < DESCRIPTION || !(MONITOR..=MOST_REGISTERS).contains(&count) || ends > 0x1_0000 {
        return Err(format!(
            "a monitor block of {count} registers from {base} on: {MONITOR} to {MOST_REGISTERS} behind the description expected"
        ));
    }
    Ok(block)
}

/// A monitor block that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What makes sense of it.
    pub state: Snapshot,
    /// The numbers that make none and are left out of the state, in words.
    pub senseless: Option<String>,
}

/// Reads the monitor block. The error says how many registers there should have been.
pub fn state(profile: &Profile, words: &[u16]) -> Result<Told, String> {
    let Some(
        &[
            time_a,
            time_b,
            inputs,
            gamma_status,
            gamma_a,
            gamma_b,
            gamma_background_a,
            gamma_background_b,
            _,
            _,
            neutron_status,
            neutron_a,
            neutron_b,
            neutron_background_a,
            neutron_background_b,
            _,
            _,
            object,
            _,
            speed,
            _,
        ],
    ) = words.first_chunk::<{ MONITOR as usize }>()
    else {
        return Err(format!("the monitor block has {MONITOR} registers, {} came", words.len()));
    };
    let pair = |first: u16, second: u16| {
        let (low, high) = if profile.high_word_first { (second, first) } else { (first, second) };
        u32::from(high) << 16 | u32::from(low)
    };
    let backgrounds =
        [(gamma_background_a, gamma_background_b), (neutron_background_a, neutron_background_b)];
    let in_doubt = is_order_in_doubt(backgrounds.map(|(a, b)| (pair(a, b), pair(b, a))));
    let mut senseless = Vec::new();
    if in_doubt {
        let detail = "backgrounds make sense in the other order of words only: is `aspect.high_word_first` right? No number of two registers is believed";
        senseless.push(detail.to_owned());
    }
    let mut channel = |name: &str, status: u16, count: u32, background: u32| {
        let is = |bit| status & bit != 0;
        let believed = if in_doubt { None } else { rate(background) };
        if believed.is_none() && !in_doubt {
            let background = f32::from_bits(background);
            senseless.push(format!("{name}: a background of {background:e} makes no sense"));
        }
        let counts = (count <= LARGEST && !in_doubt).then(|| Decimal::from(count));
        if counts.is_none() && !in_doubt {
            senseless.push(format!("{name}: a count of {count} makes no sense"));
        }
        let measured = |counts| Measured { counts, interval_ms: profile.counts_ms };
        Channel {
            counts: counts.map(measured),
            background: believed.map(measured),
            alarm: Some(is(status::ALARM_1 | status::ALARM_2)),
            level: Some(if is(status::HIGH_COUNT) {
                Level::High
            } else if is(status::LOW_COUNT) {
                Level::Low
            } else {
                Level::Normal
            }),
            ready: Some(is(status::READY)),
        }
    };
    let [gamma_background, neutron_background] = backgrounds.map(|(a, b)| pair(a, b));
    let gamma = channel("gamma", gamma_status, pair(gamma_a, gamma_b), gamma_background);
    let neutron =
        channel("neutron", neutron_status, pair(neutron_a, neutron_b), neutron_background);
    let flags = [
        (inputs & input::POWER_FAIL, "power-fail"),
        (inputs & input::LOW_BATTERY, "low-battery"),
        (inputs & input::ERROR, "error"),
        (inputs & input::RESET, "reset"),
        (gamma_status & status::OVERLOAD, "gamma-overload"),
        (neutron_status & status::OVERLOAD, "neutron-overload"),
    ];
    let alarms = [
        (gamma_status & status::ALARM_1, "gamma-alarm-1"),
        (gamma_status & status::ALARM_2, "gamma-alarm-2"),
        (neutron_status & status::ALARM_1, "neutron-alarm-1"),
        (neutron_status & status::ALARM_2, "neutron-alarm-2"),
    ];
    let set = |flags: &[(u16, &str)]| -> Vec<String> {
        flags.iter().filter(|(bit, _)| *bit != 0).map(|(_, name)| (*name).to_owned()).collect()
    };
    let state = Snapshot {
        present: Some(inputs & input::OCCUPIED != 0),
        object: Some(object),
        direction: direction(inputs),
        gamma,
        neutron,
        // Nothing is what stands there while no vehicle was measured.
        speed: (speed > 0).then_some(MillimetresPerSecond(speed.into())),
        tamper: Some(inputs & input::OPEN != 0),
        faults: set(&flags),
        identified: set(&alarms),
        dose_rate_nsv_h: None,
        device_time: Some(pair(time_a, time_b).to_string()),
    };
    let senseless = (!senseless.is_empty()).then(|| senseless.join("; "));
    Ok(Told { state, senseless })
}

/// Which way the vehicle goes. Both bits say that the portal does not know.
fn direction(inputs: u16) -> Option<Direction> {
    match (inputs & input::FROM_0_TO_1 != 0, inputs & input::FROM_1_TO_0 != 0) {
        (true, false) => Some(Direction::From0To1),
        (false, true) => Some(Direction::From1To0),
        (true, true) | (false, false) => None,
    }
}

/// Whether the words stand in the other order: some background makes sense in that order only, and none in this order only. Takes each of them in
/// this order and in the other.
fn is_order_in_doubt(backgrounds: [(u32, u32); 2]) -> bool {
    let only = |one: u32, other: u32| is_rate(one) && !is_rate(other);
    backgrounds.iter().any(|&(this, other)| only(other, this))
        && !backgrounds.iter().any(|&(this, other)| only(this, other))
}

/// Whether these bits can be a background: nothing at all, or a number that a portal can count.
fn is_rate(bits: u32) -> bool {
    bits == 0 || (SMALLEST_CPS..=LARGEST_CPS).contains(&f32::from_bits(bits))
}

/// A background, if these bits can be one.
fn rate(bits: u32) -> Option<Decimal> {
    let value = is_rate(bits).then(|| Decimal::from_f32_retain(f32::from_bits(bits)))??;
    Some(value.round_dp(4).normalize())
}

/// Registers of a monitor block, for simulators: the state as far as it has a place there.
pub fn registers(profile: &Profile, state: &Snapshot) -> Vec<u16> {
    let mut words = alloc::vec![0; usize::from(MONITOR)];
    let mut put = |at: usize, value: u32| {
        let (low, high) = ((value & 0xffff) as u16, (value >> 16) as u16);
        let (first, second) = if profile.high_word_first { (high, low) } else { (low, high) };
        if let Some([a, b]) = words.get_mut(at..at + 2) {
            (*a, *b) = (first, second);
        }
    };
    for (at, channel) in [(4, &state.gamma), (11, &state.neutron)] {
        let counts = channel.counts.and_then(|measured| measured.whole());
        put(at, counts.map_or(0, |counts| counts.0));
        let background = channel
            .background
            .map_or(0.0, |measured| measured.counts.to_string().parse::<f32>().unwrap_or_default());
        put(at + 2, background.to_bits());
    }
    put(0, state.device_time.as_ref().and_then(|time| time.parse().ok()).unwrap_or_default());
    let told = |name: &str| state.faults.iter().chain(&state.identified).any(|one| one == name);
    let bits = |flags: &[(bool, u16)]| -> u16 {
        flags.iter().filter(|(set, _)| *set).fold(0, |bits, (_, bit)| bits | bit)
    };
    let status_of = |channel: &Channel, name: &str| {
        let second = told(&format!("{name}-alarm-2"));
        let first = told(&format!("{name}-alarm-1")) || (channel.alarm == Some(true) && !second);
        bits(&[
            (first, status::ALARM_1),
            (second, status::ALARM_2),
            (channel.level == Some(Level::Low), status::LOW_COUNT),
            (channel.level == Some(Level::High), status::HIGH_COUNT),
            (told(&format!("{name}-overload")), status::OVERLOAD),
            (channel.ready != Some(false), status::READY),
        ])
    };
    let inputs = bits(&[
        (state.present == Some(true), 0x0001),
        (told("power-fail"), input::POWER_FAIL),
        (told("low-battery"), input::LOW_BATTERY),
        (state.tamper == Some(true), input::OPEN),
        (told("error"), input::ERROR),
        (told("reset"), input::RESET),
        (state.direction == Some(Direction::From0To1), input::FROM_0_TO_1),
        (state.direction == Some(Direction::From1To0), input::FROM_1_TO_0),
    ]);
    let speed = state.speed.and_then(|speed| u16::try_from(speed.0).ok()).unwrap_or_default();
    let single = [
        (2, inputs),
        (3, status_of(&state.gamma, "gamma")),
        (10, status_of(&state.neutron, "neutron")),
        (17, state.object.unwrap_or_default()),
        (19, speed),
    ];
    for (at, value) in single {
        if let Some(word) = words.get_mut(at) {
            *word = value;
        }
    }
    words
}

/// Reads answers without having asked: those that are long enough for a monitor block. Descriptions are passed over.
#[derive(Debug)]
pub struct Decoder {
    listener: Listener,
    profile: Profile,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        let profile = settings.aspect.unwrap_or_default();
        Decoder { listener: Listener::new(Wire::Tcp, None), profile }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let profile = &self.profile;
        self.listener.hear(bytes, |answer| match answer {
            Ok((_, Ok(words))) if words.len() == usize::from(DESCRIPTION) => {}
            Ok((frame, Ok(words))) => tell(profile, frame, words, out),
            Ok((frame, Err(code))) => {
                out.push(Err(Fault::new(FaultKind::Refused, refusal(code), frame)));
            }
            Err(fault) => out.push(Err(fault)),
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.listener.cut()
    }
}

/// Tells the state, and behind it what made no sense, so that it is remembered of the vehicle that the state may bring.
fn tell(profile: &Profile, frame: &[u8], words: &[u16], out: &mut Vec<Item>) {
    let wrong = |detail| Fault::new(FaultKind::BadField, detail, frame);
    match state(profile, words) {
        Ok(Told { state, senseless }) => {
            out.push(Ok(Reading::Portal(Record::Snapshot(Box::new(state)))));
            out.extend(senseless.map(|detail| Err(wrong(detail))));
        }
        Err(detail) => out.push(Err(wrong(detail))),
    }
}
