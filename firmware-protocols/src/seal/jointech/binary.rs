//! The binary messages of Jointech seals: where they are, one place or many.
//!
//! ```text
//! 24 8041300978 19 14 0034   061021 075443 54193631 006213423b 00 00   0000006c 07 00000000 20e0 64 f91e a067 1d  0002 0f .. 0f  6e
//! $  seal (BCD) |  |  length ddmmyy hhmmss ddmmmmmm dddmmmmmm| |  |    km       |  vehicle  |    |  cell area  |  reserved        index
//!               |  version   (UTC, BCD)    (BCD)    (BCD)    | |  course / 2   |           |    battery %     signal
//!               |  and type                                  | speed (BCD)    satellites   status
//!               protocol, only if the seal's first digit is 7 or more           flags: 1 valid, 2 north, 4 east
//!
//! 24 4081118888 21 001B      090609 080453 22564025 113242329F 05 98   0000 01003F0000002D00                                     AB
//!               version and type: ten bytes of sensors after each place, of three kinds
//! ```
//!
//! The length counts what follows it, in the short form without the index. There is no check sum: every decimal digit is looked at, and a
//! message in which one is none is broken and searched again from its second byte.
//!
//! The bits of the status are named alike by two public sources, and by no paper of the maker that was at hand: they are kept as
//! they come, and believed only if the site says so (`status_bits`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use rust_decimal::Decimal;
use units::{Microdegrees, Percent};

use super::{fix_or_none, message_id, on_the_globe, timestamp, written};
use crate::fault::{Fault, FaultKind};
use crate::frames::Look;
use crate::limits;
use crate::seal::tag::hex;
use crate::seal::{Housing, Message, Position, SealEvent};

/// `$`, seal, version, length.
const SHORT_HEADER_BYTES: usize = 9;
/// The same with a protocol version.
const LONG_HEADER_BYTES: usize = 10;
/// Date, time, degrees, flags, speed, course.
const PLACE_BYTES: usize = 17;
/// What follows each place in the short form.
const SHORT_TAIL_BYTES: usize = 10;
/// What follows a place in the long form.
const LONG_TAIL_BYTES: usize = 17;
/// From this protocol on a message is answered with its index.
const ANSWERS_WITH_INDEX: u8 = 0x19;
/// `$`, two digits of the protocol, two of the version.
const COMMAND_CHARS: usize = 5;
/// What a long message says behind each place, apart from what is behind it in turn.
const LONG_FIELDS: usize = 8;
/// The field of a long message that is its status; the others are km, satellites, vehicle, battery, cell, area, signal, reserved.
const STATUS_FIELD: usize = 3;

/// Bits of the status, as two bytes in the order of the wire, by two public sources.
mod bit {
    pub(super) const COVER_OPENED: u16 = 1 << 12;
    pub(super) const LOW_BATTERY: u16 = 1 << 11;
    pub(super) const ROPE_CUT: u16 = 1 << 3;
    pub(super) const ANSWER_WANTED: u16 = 1 << 5;
    pub(super) const ROPE_IN: u16 = 1 << 6;
    pub(super) const LOCKED: u16 = 1 << 7;
}

/// How a binary message wants to be answered.
pub(super) enum Wants {
    Index,
    Plain,
}

struct Header<'a> {
    /// Its number, two digits a byte.
    seal: &'a [u8],
    protocol: Option<u8>,
    version: u8,
    /// Header, places, index.
    header: usize,
    whole: usize,
}

/// `None` if no message begins so; with too few bytes, `Some(None)`.
fn header(ahead: &[u8]) -> Option<Option<Header<'_>>> {
    let digits = ahead.get(1..).unwrap_or_default();
    let seen = digits.get(..5).unwrap_or(digits);
    if !seen.iter().all(|byte| is_bcd(*byte)) {
        return None;
    }
    let long = seen.first().is_some_and(|first| first >> 4 >= 7);
    let size = if long { LONG_HEADER_BYTES } else { SHORT_HEADER_BYTES };
    let Some(header) = ahead.get(..size) else { return Some(None) };
    let [.., version, high, low] = *header else { return Some(None) };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let whole = if long { LONG_HEADER_BYTES + length } else { SHORT_HEADER_BYTES + length + 1 };
    let least = size + PLACE_BYTES + if long { LONG_TAIL_BYTES } else { SHORT_TAIL_BYTES } + 1;
    if !(least..=limits::SEAL_FRAME_BYTES).contains(&whole) {
        return None;
    }
    let protocol = if long { header.get(6).copied() } else { None };
    Some(Some(Header { seal: seen, protocol, version, header: size, whole }))
}

/// What bytes that begin with `$` may be.
pub(super) fn look(ahead: &[u8]) -> Look {
    match header(ahead) {
        None => Look::Noise,
        Some(None) => Look::More,
        Some(Some(header)) => match ahead.get(..header.whole) {
            None => Look::Needs(header.whole),
            Some(frame) => {
                let checked = places(frame).and_then(|(_, mut places)| {
                    places.try_for_each(|place| place_of(place).map(drop))
                });
                match checked {
                    Ok(()) => Look::Frame(header.whole),
                    Err((kind, detail)) => Look::Broken(header.whole, kind, detail),
                }
            }
        },
    }
}

/// Reads one message, from `$` to its index: the places it tells, in its order. `status_bits` says whether the bits of the status are believed.
pub fn decode(frame: &[u8], status_bits: bool) -> Result<Vec<Message>, Fault> {
    messages(frame, status_bits)?.collect()
}

/// The same, one place after another.
pub(super) fn messages(
    frame: &[u8],
    status_bits: bool,
) -> Result<impl Iterator<Item = Result<Message, Fault>>, Fault> {
    let fault = |(kind, detail)| Fault::new(kind, detail, frame);
    let (header, places) = places(frame).map_err(fault)?;
    let index = frame.last().copied().unwrap_or_default();
    Ok(places.map(move |place| message(&header, place, index, status_bits).map_err(fault)))
}

type Wrong = (FaultKind, String);

/// A message that is as long as its header says: the header, and the places with what follows each.
fn places(frame: &[u8]) -> Result<(Header<'_>, core::slice::Chunks<'_, u8>), Wrong> {
    let header = frame
        .strip_prefix(b"$")
        .and_then(|_| header(frame).flatten())
        .filter(|header| header.whole == frame.len())
        .ok_or_else(|| {
            (FaultKind::WrongLength, "a message is as long as its header says".to_owned())
        })?;
    let body = frame.get(header.header..frame.len() - 1).unwrap_or_default();
    let each = if header.protocol.is_some() {
        // Several places in one message have no bytes between them; one may have more behind it.
        let each = PLACE_BYTES + LONG_TAIL_BYTES;
        if body.len() % each == 0 { each } else { body.len() }
    } else {
        let kind = header.version >> 4;
        if !matches!(kind, 1..=3) {
            let detail = format!("version {kind} of the short form; 1 to 3 are known");
            return Err((FaultKind::NotDecoded, detail));
        }
        let each = PLACE_BYTES + SHORT_TAIL_BYTES;
        if body.len() % each != 0 {
            return Err((FaultKind::WrongLength, format!("each place has {each} bytes")));
        }
        each
    };
    Ok((header, body.chunks(each.max(1))))
}

fn message(
    header: &Header<'_>,
    bytes: &[u8],
    index: u8,
    status_bits: bool,
) -> Result<Message, Wrong> {
    let place = place_of(bytes)?;
    let command = match header.protocol {
        Some(protocol) => {
            written(COMMAND_CHARS, format_args!("${protocol:02X}{:02X}", header.version))
        }
        None => written(COMMAND_CHARS, format_args!("${:02X}", header.version)),
    };
    let mut message = Message::new(hex(header.seal), command);
    message.device_time = place.at;
    message.message_id = Some(message_id(place.at, index.into()));
    message.position = place.position;
    let tail = bytes.get(PLACE_BYTES..).unwrap_or_default();
    if header.protocol.is_some() {
        long_tail(tail, status_bits, &mut message);
    } else {
        message.fields = Vec::from([hex(tail)]);
    }
    Ok(message)
}

/// Where and when.
struct Place {
    at: Option<Timestamp>,
    position: Position,
}

fn place_of(place: &[u8]) -> Result<Place, Wrong> {
    read_place(place).map_err(|detail| (FaultKind::BadField, detail))
}

fn read_place(place: &[u8]) -> Result<Place, String> {
    let &[day, month, year, hour, minute, second, ref degrees @ ..] = place else {
        return Err("a place begins with date and time".to_owned());
    };
    let &[la1, la2, la3, la4, lo1, lo2, lo3, lo4, lo5, speed, course, ..] = degrees else {
        return Err("a place has degrees, speed and course".to_owned());
    };
    let pair = |byte: u8, what: &str| {
        bcd(byte).ok_or_else(|| format!("`{byte:02X}` is no {what} of two digits"))
    };
    let two = |byte: u8, what: &str| pair(byte, what).map(|pair| i8::try_from(pair).unwrap_or(0));
    let year = i16::from(two(year, "year")?) + 2000;
    let date = Date::new(year, two(month, "month")?, two(day, "day")?)
        .map_err(|_| "there is no such day".to_owned())?;
    let time = Time::new(two(hour, "hour")?, two(minute, "minute")?, two(second, "second")?, 0)
        .map_err(|_| "there is no such time of day".to_owned())?;
    let mut latitude: i64 = 0;
    for byte in [la1, la2, la3, la4] {
        latitude = latitude * 100 + i64::from(pair(byte, "latitude")?);
    }
    let mut longitude: i64 = 0;
    for byte in [lo1, lo2, lo3, lo4] {
        longitude = longitude * 100 + i64::from(pair(byte, "longitude")?);
    }
    // The ninth digit shares its byte with the flags.
    longitude = longitude * 10
        + i64::from(bcd(lo5 & 0xf0).ok_or("the last digit of the longitude is none")? / 10);
    let flags = lo5 & 0x0f;
    let latitude = signed(latitude, flags & 2 != 0)?;
    let longitude = signed(longitude, flags & 4 != 0)?;
    on_the_globe(latitude, longitude)?;
    let speed = Decimal::from(pair(speed, "speed")?);
    let course = Some(u16::from(course) * 2).filter(|course| *course <= 360);
    let position = fix_or_none(latitude, longitude, flags & 1 != 0, speed, course);
    Ok(Place { at: timestamp(date, time), position })
}

/// `22564025` is 22 degrees and 56.4025 minutes.
fn signed(digits: i64, positive: bool) -> Result<Microdegrees, String> {
    let (degrees, minutes) = (digits / 1_000_000, digits % 1_000_000);
    if minutes >= 600_000 {
        return Err("a degree has 60 minutes".to_owned());
    }
    // Ten-thousandths of a minute are 1/600 of a millidegree; half of one is added to round.
    let microdegrees = degrees * 1_000_000 + (minutes * 10 + 3) / 6;
    let microdegrees = if positive { microdegrees } else { -microdegrees };
    i32::try_from(microdegrees)
        .map(Microdegrees)
        .map_err(|_| "the position is not on the globe".to_owned())
}

fn long_tail(tail: &[u8], status_bits: bool, message: &mut Message) {
    let &[
        k1,
        k2,
        k3,
        k4,
        satellites,
        v1,
        v2,
        v3,
        v4,
        s1,
        s2,
        battery,
        c1,
        c2,
        a1,
        a2,
        signal,
        ref rest @ ..,
    ] = tail
    else {
        return;
    };
    let status = u16::from_be_bytes([s1, s2]);
    // 255 is a seal that is being charged.
    message.battery_percent = Percent::new(battery);
    message.fields.reserve_exact(LONG_FIELDS + usize::from(!rest.is_empty()));
    message.fields.extend([
        u32::from_be_bytes([k1, k2, k3, k4]).to_string(),
        satellites.to_string(),
        u32::from_be_bytes([v1, v2, v3, v4]).to_string(),
        format!("{status:04X}"),
        battery.to_string(),
        u16::from_be_bytes([c1, c2]).to_string(),
        u16::from_be_bytes([a1, a2]).to_string(),
        signal.to_string(),
    ]);
    if !rest.is_empty() {
        message.fields.push(hex(rest));
    }
    if status_bits {
        believe(status, message);
    }
}

fn believe(status: u16, message: &mut Message) {
    let is = |bit: u16| status & bit != 0;
    message.locked = Some(is(bit::LOCKED) && is(bit::ROPE_IN) && !is(bit::ROPE_CUT));
    message.housing = is(bit::COVER_OPENED).then_some(Housing::Open);
    message.event = if is(bit::ROPE_CUT) {
        Some(SealEvent::ElementViolated)
    } else if is(bit::COVER_OPENED) {
        Some(SealEvent::HousingViolated)
    } else {
        is(bit::LOW_BATTERY).then_some(SealEvent::LowBattery)
    };
}

/// Whether and how a message with this command wants to be answered.
pub(super) fn wants_answer(command: &str, message: &Message) -> Option<Wants> {
    // `$`, two digits of the protocol, two of the version: the short form has no status.
    let protocol = command.strip_prefix('$').filter(|digits| digits.len() == 4)?;
    let protocol = u8::from_str_radix(protocol.get(..2)?, 16).ok()?;
    let status = u16::from_str_radix(message.fields.get(STATUS_FIELD)?, 16).ok()?;
    (status & bit::ANSWER_WANTED != 0).then_some(if protocol < ANSWERS_WITH_INDEX {
        Wants::Plain
    } else {
        Wants::Index
    })
}

fn is_bcd(byte: u8) -> bool {
    byte >> 4 <= 9 && byte & 0x0f <= 9
}

fn bcd(byte: u8) -> Option<u8> {
    is_bcd(byte).then(|| (byte >> 4) * 10 + (byte & 0x0f))
}

/// What a seal of the long form says of itself, for simulators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Long<'a> {
    /// Ten digits, the first of them 7 or more.
    pub seal: &'a str,
    /// The seal's protocol: 17h and 19h add bytes, from 19h on answers carry the index.
    pub protocol: u8,
    /// Its clock.
    pub at: Timestamp,
    /// Where it is.
    pub position: Position,
    /// As two bytes in the order of the wire.
    pub status: u16,
    /// Charge, or 255 for a seal that is being charged.
    pub battery: u8,
    /// Running index.
    pub index: u8,
}

/// The message of a seal of the long form. `None` for a seal, a year or a speed that the form has no digits for.
pub fn encode(long: &Long<'_>) -> Option<Vec<u8>> {
    let seal = super::super::tag::unhex(long.seal).filter(|seal| seal.len() == 5)?;
    if !seal.iter().all(|byte| is_bcd(*byte)) || seal.first()? >> 4 < 7 {
        return None;
    }
    let civil = Offset::UTC.to_datetime(long.at);
    let year = u8::try_from(civil.year() - 2000).ok().filter(|year| *year < 100)?;
    let mut body = Vec::new();
    for number in [civil.day(), civil.month()] {
        body.push(to_bcd(u8::try_from(number).ok()?)?);
    }
    body.push(to_bcd(year)?);
    for number in [civil.hour(), civil.minute(), civil.second()] {
        body.push(to_bcd(u8::try_from(number).ok()?)?);
    }
    let (latitude, longitude, valid, speed, course) = match long.position {
        Position::Fix { latitude_microdeg, longitude_microdeg, speed_raw, course_deg } => (
            latitude_microdeg,
            longitude_microdeg,
            1,
            u8::try_from(speed_raw.unwrap_or_default().round()).ok()?,
            u8::try_from(course_deg.unwrap_or_default() / 2).ok()?,
        ),
        Position::NoFix | Position::NotSent => (Microdegrees(0), Microdegrees(0), 0, 0, 0),
    };
    let flags = valid | if latitude.0 < 0 { 0 } else { 2 } | if longitude.0 < 0 { 0 } else { 4 };
    let latitude = format!("{:08}", minutes(latitude));
    let longitude = format!("{:09}{flags:X}", minutes(longitude));
    body.extend(super::super::tag::unhex(&latitude)?);
    body.extend(super::super::tag::unhex(&longitude)?);
    body.extend([to_bcd(speed)?, course]);
    body.extend([0, 0, 0, 0, 9, 0, 0, 0, 0]);
    body.extend(long.status.to_be_bytes());
    body.extend([long.battery, 0, 0, 0, 0, 20]);
    if matches!(long.protocol, 0x17 | 0x19) {
        body.extend([0, 0x0f, 0x0f, 0x0f]);
    }
    body.push(long.index);
    let mut frame = Vec::from([b'$']);
    frame.extend(seal);
    frame.extend([long.protocol, 0x11]);
    frame.extend(u16::try_from(body.len()).ok()?.to_be_bytes());
    frame.extend(body);
    Some(frame)
}

/// Degrees and ten-thousandths of a minute, as digits.
fn minutes(angle: Microdegrees) -> i64 {
    let angle = i64::from(angle.0).abs();
    angle / 1_000_000 * 1_000_000 + angle % 1_000_000 * 6 / 10
}

fn to_bcd(number: u8) -> Option<u8> {
    (number < 100).then(|| number / 10 * 16 + number % 10)
}
