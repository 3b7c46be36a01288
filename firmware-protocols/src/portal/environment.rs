//! The environment board: temperature, humidity, pressure and power in the pillars. Neighbour of the controller, and nothing to do with radiation.
//!
//! ```text
//! !TPDT,293.1,293.2,293.0,293.4,0 CR LF #      text lines among those of dialect `tsa`
//! FF 00 AA 55 0E  ->  12 x u32, low byte first   the read-out of one board, dialect `tsa-environment`
//! ```
//!
//! Deliberately absent: any consequence. A warm pillar is for the technician. Sources: `docs/protocols/tsa-environment.md`.
//!
//! Assumed: between which bounds a sensor tells a value; that a thermocouple tells none below nothing; times of the conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Polling, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look};

use super::record::Record;

use core::time::Duration;

/// What an environment board measures. `None` is a sensor that is missing or failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// `TPDT`: temperature at detectors 1 to 4, kelvin.
    DetectorTemperature([Decimal; 4]),
    /// `RHDT`: relative humidity at detectors 1 to 4, per cent.
    DetectorHumidity([Decimal; 4]),
    /// `PRES`: air pressure at detectors 1 to 4, hectopascals.
    DetectorPressure([Decimal; 4]),
    /// `DEWP`: dew point at detectors 1 to 4, kelvin.
    DetectorDewPoint([Decimal; 4]),
    /// `MTRH`, `STRH`: the electronics and the inside of a pillar.
    Pillar {
        /// Which.
        pillar: Pillar,
        /// Temperature of the board. The unit is not stated; the other temperatures on this line are kelvin.
        temperature: Decimal,
        /// Relative humidity at the board, per cent.
        humidity: Decimal,
        /// Temperature of the pillar.
        pillar_temperature: Decimal,
        /// Relative humidity in the pillar, per cent.
        pillar_humidity: Decimal,
    },
    /// `MBAT`, `SBAT`: the power of a pillar.
    Power {
        /// Which.
        pillar: Pillar,
        /// Battery, volts.
        battery_v: Decimal,
        /// Direct current, amperes.
        dc_a: Decimal,
        /// Alternating current, amperes.
        ac_a: Decimal,
    },
    /// `D1` to `D9`: a further board, whose fields no source names.
    Further {
        /// Its number.
        board: u8,
        /// Its fields as they came.
        fields: Vec<String>,
    },
    /// The read-out of one board.
    Board(Board),
}

/// A pillar of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pillar {
    /// With the controller: detectors 1 and 2.
    Master,
    /// The other: detectors 3 and 4.
    Slave,
}

/// The 48 bytes of one board.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Board {
    /// Degrees Celsius, one decimal.
    pub temperature_c: Option<Decimal>,
    /// Relative humidity in per cent, one decimal.
    pub humidity_percent: Option<Decimal>,
    /// Hectopascals, two decimals.
    pub pressure_hpa: Option<Decimal>,
    /// The second temperature sensor, degrees Celsius, one decimal.
    pub temperature_2_c: Option<Decimal>,
    /// Battery, as the converter counts it: no source gives the scale.
    pub battery_raw: Option<u32>,
    /// Direct current, as the converter counts it.
    pub dc_raw: Option<u32>,
    /// Alternating current, amperes, two decimals.
    pub ac_a: Option<Decimal>,
    /// Thermocouple, degrees Celsius, in quarters. `None` below nothing too: no source says how it would be written.
    pub thermocouple_c: Option<Decimal>,
    /// Relative humidity in the pillar, as sent: no source gives the scale.
    pub pillar_humidity_raw: Option<u32>,
    /// The words that no source names: 0, 8 and 11.
    pub unnamed: [u32; 3],
}

/// What is sent to a board.
pub const REQUEST: [u8; 5] = [0xff, 0x00, 0xaa, 0x55, 0x0e];
/// The length of an answer.
pub const ANSWER_BYTES: usize = 48;
/// In the place of a value: the sensor is missing or failed (`ERRR` and `RRRE` in ASCII).
const FAILED: [u32; 2] = [1_381_126_725, 1_163_022_930];
/// Temperatures above this many tenths of a degree are negative, as two's complement of 16 bits less one.
const HIGHEST_TENTHS: u32 = 2000;
/// What is taken off a negative temperature, as the maker's own reader does it.
const NEGATIVE_FROM: u32 = 65_535;

/// The most quarters of a degree that a thermocouple tells: 1372 degrees, where the tables of type K end. What is above may be a temperature below
/// nothing, in a form that no source gives.
const HIGHEST_QUARTERS: u32 = 1372 * 4;

/// Reads the text line of a board, tag and fields, if the tag is one of its own.
pub(super) fn read_line(tag: &str, fields: &[&str]) -> Option<Result<Environment, String>> {
    let four = || -> Result<[Decimal; 4], String> {
        let [a, b, c, d, _] = five(fields)?;
        Ok([number(a)?, number(b)?, number(c)?, number(d)?])
    };
    let pillar = |pillar| -> Result<Environment, String> {
        let [temperature, humidity, pillar_temperature, pillar_humidity] = four()?;
        Ok(Environment::Pillar {
            pillar,
            temperature,
            humidity,
            pillar_temperature,
            pillar_humidity,
        })
    };
    let power = |pillar| -> Result<Environment, String> {
        let [battery_v, dc_a, _, ac_a] = four()?;
        Ok(Environment::Power { pillar, battery_v, dc_a, ac_a })
    };
    Some(match tag {
        "TPDT" => four().map(Environment::DetectorTemperature),
        "RHDT" => four().map(Environment::DetectorHumidity),
        "PRES" => four().map(Environment::DetectorPressure),
        "DEWP" => four().map(Environment::DetectorDewPoint),
        "MTRH" => pillar(Pillar::Master),
        "STRH" => pillar(Pillar::Slave),
        "MBAT" => power(Pillar::Master),
        "SBAT" => power(Pillar::Slave),
        _ => match tag.as_bytes() {
            [b'D', digit @ b'1'..=b'9'] => Ok(Environment::Further {
                board: digit - b'0',
                fields: fields.iter().map(|&field| field.into()).collect(),
            }),
            _ => return None,
        },
    })
}

fn five<'a>(fields: &[&'a str]) -> Result<[&'a str; 5], String> {
    fields.try_into().map_err(|_| format!("5 fields expected, {} found", fields.len()))
}

fn number(field: &str) -> Result<Decimal, String> {
    let digits = |byte: u8| byte.is_ascii_digit() || byte == b'.' || byte == b'-';
    Some(field.trim_start())
        .filter(|field| field.bytes().all(digits) && field.ends_with(|c: char| c.is_ascii_digit()))
        .and_then(|field| Decimal::from_str_exact(field).ok())
        .ok_or_else(|| format!("`{field}` is not a decimal number"))
}

/// The text line of a board without guards and terminator, `None` for the read-out of a board, which is no line.
pub(super) fn write_line(environment: &Environment) -> Option<String> {
    let tenths = |tag: &str, [a, b, c, d]: &[Decimal; 4]| {
        format!("{tag},{a:05.1},{b:05.1},{c:05.1},{d:05.1},0")
    };
    Some(match environment {
        Environment::DetectorTemperature(values) => tenths("TPDT", values),
        Environment::DetectorHumidity(values) => tenths("RHDT", values),
        Environment::DetectorPressure([a, b, c, d]) => {
            format!("PRES,{a:05},{b:05},{c:05},{d:05},0")
        }
        Environment::DetectorDewPoint(values) => tenths("DEWP", values),
        Environment::Pillar {
            pillar,
            temperature,
            humidity,
            pillar_temperature,
            pillar_humidity,
        } => {
            let tag = if *pillar == Pillar::Master { "MTRH" } else { "STRH" };
            tenths(tag, &[*temperature, *humidity, *pillar_temperature, *pillar_humidity])
        }
        Environment::Power { pillar, battery_v, dc_a, ac_a } => {
            let tag = if *pillar == Pillar::Master { "MBAT" } else { "SBAT" };
            format!("{tag},{battery_v:05.1},{dc_a:05.1},00000,{ac_a:05.1},0")
        }
        Environment::Further { board, fields } => format!("D{board},{}", fields.join(",")),
        Environment::Board(_) => return None,
    })
}

/// Reads the answer of one board.
pub fn decode(answer: &[u8]) -> Result<Board, Fault> {
    if answer.len() != ANSWER_BYTES {
        let detail = format!("a board answers {ANSWER_BYTES} bytes");
        return Err(Fault::new(FaultKind::WrongLength, detail, answer));
    }
    let mut words = [0; 12];
    for (word, bytes) in words.iter_mut().zip(answer.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let [
        first,
        temperature,
        humidity,
        pressure,
        temperature_2,
        battery,
        dc,
        ac,
        eighth,
        thermocouple,
        pillar,
        last,
    ] = words;
    Ok(Board {
        temperature_c: tenths(temperature),
        humidity_percent: working(humidity).map(|value| Decimal::new(value.into(), 1)),
        pressure_hpa: working(pressure).map(|value| Decimal::new(value.into(), 2)),
        temperature_2_c: tenths(temperature_2),
        battery_raw: working(battery),
        dc_raw: working(dc),
        ac_a: working(ac).map(|value| Decimal::new(value.into(), 2)),
        thermocouple_c: working(thermocouple)
            .filter(|quarters| *quarters <= HIGHEST_QUARTERS)
            .map(|quarters| Decimal::new(i64::from(quarters) * 25, 2)),
        pillar_humidity_raw: working(pillar),
        unnamed: [first, eighth, last],
    })
}

fn working(word: u32) -> Option<u32> {
    (!FAILED.contains(&word)).then_some(word)
}

fn tenths(word: u32) -> Option<Decimal> {
    let tenths = i64::from(working(word)?);
    let below = if word > HIGHEST_TENTHS { i64::from(NEGATIVE_FROM) } else { 0 };
    Some(Decimal::new(tenths - below, 1))
}

/// The answer of a board with these values; what is `None` is sent as a failed sensor.
pub fn encode(board: &Board) -> [u8; ANSWER_BYTES] {
    let scaled = |value: Option<Decimal>, by: u32| match value {
        Some(value) => {
            let scaled = (value * Decimal::from(by)).round();
            let negative = scaled.is_sign_negative() && !scaled.is_zero();
            let word = if negative { scaled + Decimal::from(NEGATIVE_FROM) } else { scaled };
            u32::try_from(word).unwrap_or(FAILED[0])
        }
        None => FAILED[0],
    };
    let [first, eighth, last] = board.unnamed;
    let words = [
        first,
        scaled(board.temperature_c, 10),
        scaled(board.humidity_percent, 10),
        scaled(board.pressure_hpa, 100),
        scaled(board.temperature_2_c, 10),
        board.battery_raw.unwrap_or(FAILED[0]),
        board.dc_raw.unwrap_or(FAILED[0]),
        scaled(board.ac_a, 100),
        eighth,
        scaled(board.thermocouple_c.filter(|degrees| !degrees.is_sign_negative()), 4),
        board.pillar_humidity_raw.unwrap_or(FAILED[0]),
        last,
    ];
    let mut answer = [0; ANSWER_BYTES];
    for (bytes, word) in answer.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    answer
}

/// Decodes the answers of one board: 48 bytes each, with no mark between them.
///
/// The only thing that tells an answer from noise is that its values can be: humidity, pressure and temperature have to be in the range of
/// the sensors, or say that they failed.
#[derive(Debug, Default)]
pub struct Decoder {
    frames: Frames,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder::default()
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.frames.push(bytes, look, |frame| {
            out.push(frame.and_then(decode).map(reading));
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

/// Tenths of a degree that a sensor can tell: -60 to 150, those below nothing as the maker writes them.
const TEMPERATURES: [core::ops::RangeInclusive<u32>; 2] =
    [0..=1500, NEGATIVE_FROM - 600..=NEGATIVE_FROM];
/// Tenths of a per cent.
const HUMIDITIES: core::ops::RangeInclusive<u32> = 0..=1000;
/// Hundredths of a hectopascal: 660, as at 3 400 m, to 1200. Less would also be a temperature below nothing, and an answer could be taken to begin two
/// words too early, and with it all that follow.
const PRESSURES: core::ops::RangeInclusive<u32> = 66_000..=120_000;

fn look(ahead: &[u8]) -> Look {
    let Some((answer, _)) = ahead.split_first_chunk::<ANSWER_BYTES>() else { return Look::More };
    let word =
        |at: usize| answer.as_chunks().0.get(at).map_or(0, |bytes| u32::from_le_bytes(*bytes));
    let temperature = |at| {
        let word = word(at);
        TEMPERATURES.iter().any(|range| range.contains(&word)) || FAILED.contains(&word)
    };
    let humidity = HUMIDITIES.contains(&word(2)) || FAILED.contains(&word(2));
    let pressure = PRESSURES.contains(&word(3)) || FAILED.contains(&word(3));
    if temperature(1) && humidity && pressure && temperature(4) {
        Look::Frame(ANSWER_BYTES)
    } else {
        Look::Noise
    }
}

fn reading(board: Board) -> Reading {
    Reading::Portal(Record::Environment(Environment::Board(board)))
}

/// How patiently a board is asked: assumed.
const TIMING: Timing = Timing {
    period: Duration::from_secs(10),
    answer_within: Duration::from_secs(1),
    tries: 3,
    again_after: Duration::from_secs(30),
};

/// Asks one board for its values.
#[derive(Debug)]
pub struct Master;

/// What a board is asked, and how its answers are heard.
#[derive(Debug, Default)]
pub struct Asking(Decoder);

impl Master {
    /// The conversation with a device that is set so.
    #[expect(
        clippy::new_ret_no_self,
        reason = "the table of dialects makes conversations by `new`"
    )]
    pub fn new(settings: &Settings) -> Polling<Asking> {
        Polling::new(Asking::default(), TIMING.set_by(settings))
    }
}

impl Questions for Asking {
    fn ask(&mut self, request: &mut Vec<u8>) {
        request.extend(REQUEST);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        let before = out.len();
        self.0.push(bytes, out);
        let told = out.get(before..).unwrap_or_default();
        if told.iter().any(Result::is_ok) { Heard::Answered } else { Heard::NotYet }
    }

    fn cut(&mut self) -> Option<Fault> {
        self.0.cut()
    }
}
