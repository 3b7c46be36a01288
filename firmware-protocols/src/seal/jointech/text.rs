//! Dialect `jointech-text`: the text messages of Jointech JT600/JT701 navigation seals.
//!
//! ```text
//! (8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)
//!  seal       cmd ddmmyy hhmmss latitude   longitude  valid    |             index
//!                 (UTC)                               speed,course,event source
//! ```
//!
//! There is no check sum, so every field that is taken is checked, and a message with one bad field is a fault as a whole. Event
//! numbers and status bits are kept as they come: the public lists of them are not to be trusted. `V`, `F` and 0, 0 are "no fix". A
//! command that is not known here is kept with its fields.
//!
//! Deliberately absent: the binary form of the same seals, which begins with `$`. In this dialect it is a counted fault, and the next
//! `(` is read; [`super::Decoder`] hears both. Sources: `docs/protocols/jointech-text.md`.
//!
//! Assumed: 1 January 2000 is a clock that was never set.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use rust_decimal::Decimal;
use units::{Microdegrees, Percent};

use super::{MessageId, fix_or_none, message_id, on_the_globe, timestamp, written};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::Answered;
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::few::Few;
use crate::limits;
use crate::seal::{Message, Position, SealEvent};

/// An alarm of nine digits and a command, before what any message is known by.
const LONGEST_ID_CHARS: usize = 14 + MessageId::CHARS;

/// Decodes the messages of one seal, or of one gateway that hands on those of many.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Begins with `(`, or holds bytes outside any message, or is empty.
    held: Vec<u8>,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder::default()
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        for &byte in bytes {
            match (byte, self.held.first()) {
                // Neither bracket occurs inside a message, so `(` always begins one.
                (b'(', _) => {
                    out.extend(self.broken_off().map(Err));
                    self.held.push(byte);
                }
                (b')', Some(b'(')) => {
                    self.held.push(byte);
                    out.push(decode(&self.held).map(Reading::Seal));
                    self.held.clear();
                }
                (b'\r' | b'\n', None) => {}
                (_, Some(b'(')) => {
                    self.held.push(byte);
                    if self.held.len() > limits::SEAL_MESSAGE_BYTES {
                        let detail = format!("no `)` within {} bytes", limits::SEAL_MESSAGE_BYTES);
                        out.push(Err(Fault::new(FaultKind::TooLong, detail, &self.held)));
                        self.held.clear();
                    }
                }
                (_, Some(_) | None) => {
                    self.held.push(byte);
                    if self.held.len() >= limits::NOISE_BYTES {
                        out.extend(self.broken_off().map(Err));
                    }
                }
            }
        }
    }

    fn cut(&mut self) -> Option<Fault> {
        if self.held.first() != Some(&b'(') {
            return self.broken_off();
        }
        let fault = Fault::new(FaultKind::CutOff, "the link ended inside a message", &self.held);
        self.held.clear();
        Some(fault)
    }
}

impl Answered for Decoder {
    fn push_answering(&mut self, bytes: &[u8], out: &mut Vec<Item>, answers: &mut Vec<Vec<u8>>) {
        let before = out.len();
        self.push(bytes, out);
        super::answers(out.get(before..).unwrap_or_default(), answers);
    }
}

impl Decoder {
    /// Gives up what is held.
    fn broken_off(&mut self) -> Option<Fault> {
        let fault = match self.held.first()? {
            b'(' => Fault::new(
                FaultKind::WrongLength,
                "a message began before the last one ended with `)`",
                &self.held,
            ),
            b'$' => Fault::new(
                FaultKind::NotDecoded,
                "a binary message; this dialect is the text form",
                &self.held,
            ),
            _ => Fault::new(FaultKind::Noise, "bytes between messages", &self.held),
        };
        self.held.clear();
        Some(fault)
    }
}

/// Reads one message, brackets included.
pub fn decode(message: &[u8]) -> Result<Message, Fault> {
    read(message).map_err(|(kind, detail)| Fault::new(kind, detail, message))
}

/// The fields of a message, taken one after another; the number of the field is in every complaint.
struct Fields<'a> {
    fields: Few<&'a str, { limits::SEAL_FIELDS }>,
    next: usize,
}

impl<'a> Fields<'a> {
    fn take(&mut self, what: &str) -> Result<&'a str, String> {
        let field = self.fields.as_slice().get(self.next).copied();
        self.next += 1;
        field.ok_or_else(|| format!("field {} ({what}) is missing", self.next))
    }

    fn parse<T>(
        &mut self,
        what: &str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, String> {
        let field = self.take(what)?;
        read(field).ok_or_else(|| format!("field {} (`{field}`) is no {what}", self.next))
    }

    fn rest(&self) -> impl ExactSizeIterator<Item = String> {
        let rest = self.fields.as_slice().get(self.next..).unwrap_or_default();
        rest.iter().map(|field| (*field).to_owned())
    }
}

fn read(message: &[u8]) -> Result<Message, (FaultKind, String)> {
    let inner = match message {
        [b'(', inner @ .., b')'] => inner,
        _ => {
            return Err((
                FaultKind::WrongLength,
                "a message stands between `(` and `)`".to_owned(),
            ));
        }
    };
    let text = core::str::from_utf8(inner)
        .ok()
        .filter(|text| text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    let Some(text) = text else {
        return Err((FaultKind::NotText, "a message is printable ASCII".to_owned()));
    };
    let fields = Few::of(text.split(','));
    if fields.is_over() {
        return Err((FaultKind::TooLong, format!("more than {} fields", limits::SEAL_FIELDS)));
    }
    let mut fields = Fields { fields, next: 0 };
    message_of(&mut fields).map_err(|detail| (FaultKind::BadField, detail))
}

fn message_of(fields: &mut Fields<'_>) -> Result<Message, String> {
    let seal = fields.parse("seal number of digits", |field| {
        is_digits(field, 1..=20).then(|| field.to_owned())
    })?;
    let command = fields.parse("command", |field| {
        let body = field.strip_prefix('@').unwrap_or(field);
        let shape =
            (1..=6).contains(&body.len()) && body.bytes().all(|byte| byte.is_ascii_alphanumeric());
        shape.then(|| field.to_owned())
    })?;
    let mut message = Message::new(seal, command);
    match message.command.as_str() {
        "P45" => p45(fields, &mut message)?,
        // A status may come without anything but its command, and does in one public vector (`U04`).
        "U01" | "U02" | "U03" if fields.fields.as_slice().len() > 2 => {
            status(fields, None, &mut message)?;
        }
        "U06" if fields.fields.as_slice().len() > 2 => {
            let event = fields.parse("alarm number", number)?;
            message.event = Some(SealEvent::Maker(event));
            status(fields, Some(event), &mut message)?;
        }
        "W01" => w01(fields, &mut message)?,
        _ => {}
    }
    message.fields.extend(fields.rest());
    Ok(message)
}

/// date, time, latitude, N/S, longitude, E/W, A/V, speed, course, event source, unlock verification, card, password verification, wrong
/// passwords, index, ..
fn p45(fields: &mut Fields<'_>, message: &mut Message) -> Result<(), String> {
    let date = fields.parse("date ddmmyy", date)?;
    let time = fields.parse("time hhmmss", time)?;
    message.device_time = timestamp(date, time);
    let (latitude, longitude) = degrees(fields)?;
    let valid = fields.parse("validity A or V", validity)?;
    message.position = position(fields, latitude, longitude, valid)?;
    message.event = Some(SealEvent::Maker(fields.parse("event source", number)?));
    let unlock = fields.take("unlock verification")?;
    let card = Some(fields.take("card")?).filter(|card| card.bytes().any(|byte| byte != b'0'));
    message.card = card.map(ToOwned::to_owned);
    let password = fields.take("password verification")?;
    let wrong = fields.parse("number of wrong passwords", number)?;
    message.message_id = Some(message_id(message.device_time, fields.parse("index", number)?));
    // These come before the index and have no name of their own.
    let kept = [unlock.to_owned(), password.to_owned(), wrong.to_string()];
    message.fields.reserve_exact(kept.len() + fields.rest().len());
    message.fields.extend(kept);
    Ok(())
}

/// date, time, T/F, latitude, N/S, longitude, E/W, speed, course, satellites, battery %, status bits, ..
fn status(
    fields: &mut Fields<'_>,
    alarm: Option<u32>,
    message: &mut Message,
) -> Result<(), String> {
    let date = fields.parse("date ddmmyy", date)?;
    let time = fields.parse("time hhmmss", time)?;
    let valid = fields.parse("validity T or F", validity)?;
    let (latitude, longitude) = degrees(fields)?;
    message.position = position(fields, latitude, longitude, valid)?;
    message.device_time = timestamp(date, time);
    fields.parse("number of satellites", number)?;
    message.battery_percent =
        Some(fields.parse("battery such as 32%", |field| percent(field.strip_suffix('%')?))?);
    fields.parse("status bits", |field| {
        field.bytes().all(|bit| matches!(bit, b'0' | b'1')).then_some(())
    })?;
    fields.next -= 1;
    // Cell, area, signal and odometer come between the bits and the running index, which many seals leave at 0: the command tells what comes
    // at the same second apart.
    let index = fields.fields.as_slice().get(fields.next + 5).and_then(|field| number(field));
    message.message_id = message.device_time.map(|time| {
        let (command, index) = (&message.command, index.unwrap_or_default());
        let id = MessageId { time: Some(time), index };
        match alarm {
            Some(alarm) => written(LONGEST_ID_CHARS, format_args!("{alarm}:{command}:{id}")),
            None => written(LONGEST_ID_CHARS, format_args!("{command}:{id}")),
        }
    });
    Ok(())
}

/// longitude dddmm.mmmm, E/W, latitude ddmm.mmmm, N/S, A/V, date, time, speed, ..
///
/// The date is ddmmyy as in every other message: both public vectors give a valid day that way.
fn w01(fields: &mut Fields<'_>, message: &mut Message) -> Result<(), String> {
    let longitude = fields.parse("longitude dddmm.mmmm", degrees_and_minutes)?;
    let longitude = fields.parse("E or W", |side| signed(longitude, side, "E", "W"))?;
    let latitude = fields.parse("latitude ddmm.mmmm", degrees_and_minutes)?;
    let latitude = fields.parse("N or S", |side| signed(latitude, side, "N", "S"))?;
    on_the_globe(latitude, longitude)?;
    let valid = fields.parse("validity A or V", validity)?;
    let date = fields.parse("date ddmmyy", date)?;
    let time = fields.parse("time hhmmss", time)?;
    message.device_time = timestamp(date, time);
    let speed = fields.parse("speed", decimal)?;
    message.message_id = message.device_time.map(|time| {
        let id = MessageId { time: Some(time), index: 0 };
        written(LONGEST_ID_CHARS, format_args!("W01:{id}"))
    });
    message.position = fix_or_none(latitude, longitude, valid, speed, None);
    Ok(())
}

fn degrees(fields: &mut Fields<'_>) -> Result<(Microdegrees, Microdegrees), String> {
    let latitude = fields.parse("latitude in degrees", microdegrees)?;
    let latitude = fields.parse("N or S", |side| signed(latitude, side, "N", "S"))?;
    let longitude = fields.parse("longitude in degrees", microdegrees)?;
    let longitude = fields.parse("E or W", |side| signed(longitude, side, "E", "W"))?;
    on_the_globe(latitude, longitude)?;
    Ok((latitude, longitude))
}

fn position(
    fields: &mut Fields<'_>,
    latitude: Microdegrees,
    longitude: Microdegrees,
    valid: bool,
) -> Result<Position, String> {
    let speed = fields.parse("speed", decimal)?;
    let course =
        fields.parse("course in degrees", |field| number(field).filter(|course| *course <= 360))?;
    Ok(fix_or_none(latitude, longitude, valid, speed, u16::try_from(course).ok()))
}

fn is_digits(field: &str, length: core::ops::RangeInclusive<usize>) -> bool {
    length.contains(&field.len()) && field.bytes().all(|byte| byte.is_ascii_digit())
}

fn number(field: &str) -> Option<u32> {
    is_digits(field, 1..=9).then(|| field.parse().ok()).flatten()
}

fn decimal(field: &str) -> Option<Decimal> {
    let shape =
        field.len() <= 12 && field.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    shape.then(|| Decimal::from_str_exact(field).ok()).flatten()
}

fn percent(field: &str) -> Option<Percent> {
    Percent::new(u8::try_from(number(field)?).ok()?)
}

fn validity(field: &str) -> Option<bool> {
    match field {
        "A" | "T" => Some(true),
        "V" | "F" => Some(false),
        _ => None,
    }
}

fn signed(size: Microdegrees, side: &str, positive: &str, negative: &str) -> Option<Microdegrees> {
    if side == positive {
        Some(size)
    } else if side == negative {
        Some(Microdegrees(-size.0))
    } else {
        None
    }
}

fn microdegrees(field: &str) -> Option<Microdegrees> {
    let scaled = decimal(field)?.checked_mul(Decimal::from(1_000_000))?.round();
    i32::try_from(scaled).ok().map(Microdegrees)
}

/// `11404.6204` is 114 degrees and 4.6204 minutes.
fn degrees_and_minutes(field: &str) -> Option<Microdegrees> {
    let value = decimal(field)?;
    let degrees = (value / Decimal::ONE_HUNDRED).trunc();
    let minutes = value - degrees * Decimal::ONE_HUNDRED;
    if minutes >= Decimal::from(60) {
        return None;
    }
    let scaled = (degrees + minutes / Decimal::from(60)) * Decimal::from(1_000_000);
    i32::try_from(scaled.round()).ok().map(Microdegrees)
}

fn pairs(field: &str) -> Option<[i8; 3]> {
    if !is_digits(field, 6..=6) {
        return None;
    }
    let pair = |from: usize| field.get(from..from + 2).and_then(|pair| pair.parse().ok());
    Some([pair(0)?, pair(2)?, pair(4)?])
}

fn date(field: &str) -> Option<Date> {
    let [day, month, year] = pairs(field)?;
    Date::new(2000 + i16::from(year), month, day).ok()
}

fn time(field: &str) -> Option<Time> {
    let [hour, minute, second] = pairs(field)?;
    Time::new(hour, minute, second, 0).ok()
}

/// The message of a seal that reports an event (`P45`), for simulators. `None` without a time.
pub fn encode_event(message: &Message) -> Option<Vec<u8>> {
    let (latitude, longitude, valid, speed, course) = encoded_position(message.position, 5);
    let event = message.event?.number();
    let card = message.card.as_deref().unwrap_or("0000000000");
    let index = super::index_of(message).unwrap_or_default();
    let mut kept = message.fields.iter().map(String::as_str);
    let (unlock, password, wrong) =
        (kept.next().unwrap_or("0"), kept.next().unwrap_or("0"), kept.next().unwrap_or("0"));
    let further: String = kept.map(|field| format!(",{field}")).collect();
    let time = stamp(message.device_time?)?;
    let valid = if valid { "A" } else { "V" };
    Some(
        format!(
            "({},P45,{time},{latitude},{longitude},{valid},{speed},{course},{event},{unlock},{card},{password},{wrong},{index}{further})",
            message.seal
        )
        .into_bytes(),
    )
}

/// The message of a seal that reports its state (`U01` to `U03`, or `U06` with an alarm), for simulators. The status bits are the
/// first of [`Message::fields`].
pub fn encode_status(message: &Message) -> Option<Vec<u8>> {
    let (latitude, longitude, valid, speed, course) = encoded_position(message.position, 6);
    let alarm = message.event.map(|event| format!("{},", event.number())).unwrap_or_default();
    // A seal without a fix has not set its clock.
    let time = message.device_time.map_or_else(|| Some("010100,000000".to_owned()), stamp)?;
    let valid = if valid { "T" } else { "F" };
    let battery = message.battery_percent?;
    let further = message.fields.join(",");
    Some(
        format!(
            "({},{},{alarm}{time},{valid},{latitude},{longitude},{speed},{course},9,{}%,{further})",
            message.seal, message.command, battery.0
        )
        .into_bytes(),
    )
}

fn stamp(at: Timestamp) -> Option<String> {
    let civil = Offset::UTC.to_datetime(at);
    let year = (2000..2100).contains(&civil.year()).then(|| civil.year() - 2000)?;
    Some(format!(
        "{:02}{:02}{year:02},{:02}{:02}{:02}",
        civil.day(),
        civil.month(),
        civil.hour(),
        civil.minute(),
        civil.second()
    ))
}

fn encoded_position(position: Position, decimals: usize) -> (String, String, bool, String, u16) {
    match position {
        Position::Fix { latitude_microdeg, longitude_microdeg, speed_raw, course_deg } => (
            side(latitude_microdeg, decimals, "N", "S"),
            side(longitude_microdeg, decimals, "E", "W"),
            true,
            speed_raw.unwrap_or_default().to_string(),
            course_deg.unwrap_or_default(),
        ),
        Position::NoFix | Position::NotSent => (
            side(Microdegrees(0), decimals, "N", "S"),
            side(Microdegrees(0), decimals, "E", "W"),
            false,
            "0".into(),
            0,
        ),
    }
}

fn side(angle: Microdegrees, decimals: usize, positive: &str, negative: &str) -> String {
    let side = if angle.0 < 0 { negative } else { positive };
    format!("{:.decimals$},{side}", Decimal::new(i64::from(angle.0).abs(), 6))
}
