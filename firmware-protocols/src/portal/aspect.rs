//! Dialect `aspect`: portals "Yantar" of Aspect (Dubna), whose state stands in registers. Modbus TCP.
//!
//! ```text
//! registers 0 to 7      description: signature, number of registers, block, base, count, ..
//! registers base ..     monitor block, 21 registers:
//!   0 time(2)  2 inputs  3 gamma status  4 gamma count(2)  6 gamma background(2)  8 gamma variance(2)
//!  10 neutron status  11 count(2)  13 background(2)  15 variance(2)  17 object  18 mark  19 speed  20 outputs
//! ```
//!
//! The description is asked first and says where the monitor block is; it is asked of units 1 to 32 in turn where a site does not name the unit. Numbers
//! of two registers have their low word first. Where backgrounds make no sense in that order, the reading is refused: words in the wrong order are
//! plausible garbage otherwise. Over what time the device counts is in no source: where a site does not say it (`counts_ms`), counts are
//! no rate and are not evaluated.
//!
//! Deliberately absent: variances (a public driver calls them wrong), outputs, object mark. Sources: `docs/protocols/aspect.md`.
//!
//! Assumed: the order of words, the base and the time of counting, where the site does not say them (`aspect`); a speed of 0 was not
//! measured; times of the conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::MillimetresPerSecond;

use super::record::{Level, Record};
use super::snapshot::{Channel, Measured, Snapshot};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Polling, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::modbus::{Client, Function, Listener, MOST_REGISTERS, Outcome, Read, Wire, refusal};

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
/// Units that are asked for a description, in turn.
const UNITS: core::ops::RangeInclusive<u8> = 1..=32;
/// After so many questions in a row without an answer the unit is looked for again.
const GIVEN_UP: u8 = 3;
/// A background above this is none: the largest portals count some ten thousand a second.
const LARGEST: i64 = 10_000_000;
/// A background that is not nothing and below this is none.
const SMALLEST: Decimal = Decimal::from_parts(1, 0, 0, false, 4);

/// Input signals.
mod input {
    pub(super) const OCCUPIED: u16 = 0x000f;
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

/// Reads the monitor block.
pub fn state(profile: &Profile, words: &[u16]) -> Result<Snapshot, String> {
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
    let pair = |first, second| {
        let (low, high) = if profile.high_word_first { (second, first) } else { (first, second) };
        u32::from(high) << 16 | u32::from(low)
    };
    let channel = |name: &str, status: u16, count: u32, background: (u16, u16)| {
        let is = |bit| status & bit != 0;
        let background = rate(pair(background.0, background.1))
            .filter(|_| i64::from(count) <= LARGEST)
            .ok_or_else(|| {
                let swapped = rate(pair(background.1, background.0)).is_some();
                let hint = if swapped { ": is the order of words right?" } else { "" };
                format!("{name}: a count of {count} or its background makes no sense{hint}")
            })?;
        let measured = |counts| Some(Measured { counts, interval_ms: profile.counts_ms });
        Ok::<Channel, String>(Channel {
            counts: measured(Decimal::from(count)),
            background: measured(background),
            alarm: Some(is(status::ALARM_1 | status::ALARM_2)),
            level: Some(if is(status::HIGH_COUNT) {
                Level::High
            } else if is(status::LOW_COUNT) {
                Level::Low
            } else {
                Level::Normal
            }),
            ready: Some(is(status::READY)),
        })
    };
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
    Ok(Snapshot {
        present: Some(inputs & input::OCCUPIED != 0),
        object: Some(object),
        gamma: channel(
            "gamma",
            gamma_status,
            pair(gamma_a, gamma_b),
            (gamma_background_a, gamma_background_b),
        )?,
        neutron: channel(
            "neutron",
            neutron_status,
            pair(neutron_a, neutron_b),
            (neutron_background_a, neutron_background_b),
        )?,
        // Nothing is what stands there while no vehicle was measured.
        speed: (speed > 0).then_some(MillimetresPerSecond(speed.into())),
        tamper: Some(inputs & input::OPEN != 0),
        faults: set(&flags),
        identified: set(&alarms),
        dose_rate_nsv_h: None,
        device_time: Some(pair(time_a, time_b).to_string()),
    })
}

/// A background, if these bits can be one.
fn rate(bits: u32) -> Option<Decimal> {
    let value = Decimal::from_f32_retain(f32::from_bits(bits))?;
    let plausible = value.is_zero() || (value >= SMALLEST && value <= Decimal::from(LARGEST));
    // A number so small that it becomes nothing as a decimal is none either, unless its bits are nothing.
    (plausible && (!value.is_zero() || bits == 0)).then(|| value.round_dp(4).normalize())
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
            Ok((frame, Ok(words))) => out.push(reading(profile, frame, words)),
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

fn reading(profile: &Profile, frame: &[u8], words: &[u16]) -> Item {
    state(profile, words)
        .map(|state| Reading::Portal(Record::Snapshot(Box::new(state))))
        .map_err(|detail| Fault::new(FaultKind::BadField, detail, frame))
}

/// What is usual: the first public driver slept half a second between questions; the rest is assumed.
const USUAL: Timing = Timing {
    period: Duration::from_millis(500),
    answer_within: Duration::from_millis(500),
    tries: 2,
    again_after: Duration::from_millis(500),
};

/// Asks one portal.
#[derive(Debug)]
pub struct Monitor {
    client: Client,
    profile: Profile,
    /// The unit that the site names. `None`: it is looked for.
    named: Option<u8>,
    unit: u8,
    block: Option<Block>,
    unanswered: u8,
}

/// [`Monitor`], asked again and again.
#[derive(Debug)]
pub struct Master;

impl Master {
    /// The conversation with a portal that is set so.
    #[expect(
        clippy::new_ret_no_self,
        reason = "the table of dialects makes conversations by `new`"
    )]
    pub fn new(settings: &Settings) -> Polling<Monitor> {
        let monitor = Monitor {
            client: Client::new(Wire::Tcp),
            profile: settings.aspect.unwrap_or_default(),
            named: settings.address,
            unit: settings.address.unwrap_or(*UNITS.start()),
            block: None,
            unanswered: 0,
        };
        Polling::new(monitor, USUAL.set_by(settings))
    }
}

impl Monitor {
    /// The unit is not the one, or is no longer there: the description is asked again, of the next one where none is named.
    fn look_elsewhere(&mut self) {
        self.block = None;
        self.unanswered = 0;
        if self.named.is_none() {
            self.unit = if self.unit >= *UNITS.end() { *UNITS.start() } else { self.unit + 1 };
        }
    }
}

impl Questions for Monitor {
    fn ask(&mut self, request: &mut Vec<u8>) {
        let Block { base, count } = match self.block {
            None => Block { base: 0, count: DESCRIPTION },
            Some(Block { base, .. }) => {
                Block { base: self.profile.base.unwrap_or(base), count: MONITOR }
            }
        };
        let function = Function::Holding;
        self.client.ask(Read { unit: self.unit, function, first: base, count }, request);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        let outcome = self.client.hear(bytes, |fault| out.push(Err(fault)));
        match outcome {
            Outcome::NotYet => return Heard::NotYet,
            Outcome::Broken => return Heard::Broken,
            Outcome::Refused(code) => {
                let frame = self.client.frame();
                out.push(Err(Fault::new(FaultKind::Refused, refusal(code), frame)));
                self.look_elsewhere();
            }
            Outcome::Words if self.block.is_none() => match description(self.client.words()) {
                Ok(block) => {
                    self.block = Some(block);
                    self.unanswered = 0;
                    return Heard::AskNext;
                }
                Err(detail) => {
                    let frame = self.client.frame();
                    out.push(Err(Fault::new(FaultKind::BadField, detail, frame)));
                    self.look_elsewhere();
                }
            },
            Outcome::Words => {
                self.unanswered = 0;
                out.push(reading(&self.profile, self.client.frame(), self.client.words()));
            }
        }
        Heard::Answered
    }

    fn cut(&mut self) -> Option<Fault> {
        self.client.cut()
    }

    fn unanswered(&mut self) {
        self.unanswered = self.unanswered.saturating_add(1);
        // A unit that never answered is none; one that did may have been slow.
        if self.block.is_none() || self.unanswered >= GIVEN_UP {
            let found = self.block.is_some();
            self.look_elsewhere();
            if found && self.named.is_none() {
                self.unit = *UNITS.start();
            }
        }
    }

    fn answers_name_their_question(&self) -> bool {
        true
    }
}
