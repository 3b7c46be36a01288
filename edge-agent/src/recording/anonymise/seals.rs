//! Seals and readers of tags: a frame is taken apart, its numbers and places are replaced, and it is put together again with its check sums.
//!
//! Fields whose meaning nobody has written down are blanked: a cell of a mobile network or an unknown number can tell as much as a name.

use firmware_protocols::seal::egts::record::{Place, Subrecord};
use firmware_protocols::seal::llrp::kind;
use firmware_protocols::seal::llrp::report::{self, ReadResult, TAMPER_OPERATION};
use firmware_protocols::seal::{Position, egts, jointech, llrp, m100, uhfreader18};
use jiff::Timestamp;
use units::Microdegrees;

use super::substitutes::{Substitutes, What, unhex};

/// The text form of Jointech.
pub(super) fn jointech_text(frame: &[u8], with: &mut Substitutes) -> Option<Vec<u8>> {
    jointech::decode(frame).ok()?;
    let text = std::str::from_utf8(frame).ok()?.strip_prefix('(')?.strip_suffix(')')?;
    let mut fields: Vec<String> = text.split(',').map(str::to_owned).collect();
    let seal = fields.first_mut()?;
    *seal = with.text(What::Seal, seal)?;
    let known = match fields.get(1).map(String::as_str)? {
        "P45" => {
            degrees(&mut fields, 4, with)?;
            let card = fields.get_mut(13)?;
            if card.bytes().any(|byte| byte != b'0') {
                *card = with.text(What::Card, card)?;
            }
            0..17
        }
        command @ ("U01" | "U02" | "U03" | "U06") if fields.len() > 2 => {
            let first = if command == "U06" { 3 } else { 2 };
            degrees(&mut fields, first + 3, with)?;
            // Cell and area; then signal, odometer, index.
            blank(fields.get_mut(first + 12..first + 14).unwrap_or_default());
            0..first + 17
        }
        "W01" => {
            minutes(&mut fields, with)?;
            0..10
        }
        _ => 0..2,
    };
    blank(fields.get_mut(known.end..).unwrap_or_default());
    Some(format!("({})", fields.join(",")).into_bytes())
}

fn blank(fields: &mut [String]) {
    for field in fields {
        *field = field.chars().map(|one| if one.is_alphanumeric() { '0' } else { one }).collect();
    }
}

/// Latitude in degrees, its side, longitude, its side, from this field on.
fn degrees(fields: &mut [String], first: usize, with: &mut Substitutes) -> Option<()> {
    let angle = |text: &str| {
        let degrees: f64 = text.parse().ok()?;
        Some(Microdegrees((degrees * 1e6).round() as i32))
    };
    let latitude = angle(fields.get(first)?)?;
    let longitude = angle(fields.get(first + 2)?)?;
    if latitude.0 == 0 && longitude.0 == 0 {
        return Some(());
    }
    let (latitude, longitude) = with.place(latitude, longitude);
    for (at, angle) in [(first, latitude), (first + 2, longitude)] {
        let field = fields.get_mut(at)?;
        let decimals = field.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        *field = format!("{:.decimals$}", f64::from(angle.0) / 1e6);
    }
    Some(())
}

/// Longitude `dddmm.mmmm`, its side, latitude `ddmm.mmmm`, its side, from the third field on.
fn minutes(fields: &mut [String], with: &mut Substitutes) -> Option<()> {
    let angle = |text: &str| {
        let value: f64 = text.parse().ok()?;
        let degrees = (value / 100.0).floor();
        Some(Microdegrees(((degrees + (value - degrees * 100.0) / 60.0) * 1e6).round() as i32))
    };
    let (longitude, latitude) = (angle(fields.get(2)?)?, angle(fields.get(4)?)?);
    if latitude.0 == 0 && longitude.0 == 0 {
        return Some(());
    }
    let (latitude, longitude) = with.place(latitude, longitude);
    for (at, angle, digits) in [(2, longitude, 3), (4, latitude, 2)] {
        let ten_thousandths = ten_thousandths(angle);
        let (degrees, minutes) = (ten_thousandths / 1_000_000, ten_thousandths % 1_000_000);
        *fields.get_mut(at)? =
            format!("{degrees:0digits$}{:02}.{:04}", minutes / 10_000, minutes % 10_000);
    }
    Some(())
}

/// Degrees, two digits of minutes, four of their decimals, as one number.
fn ten_thousandths(angle: Microdegrees) -> u32 {
    let size = angle.0.unsigned_abs();
    size / 1_000_000 * 1_000_000 + size % 1_000_000 * 6 / 10
}

/// Both forms of Jointech over one link.
pub(super) fn jointech(frame: &[u8], with: &mut Substitutes) -> Option<Vec<u8>> {
    if frame.starts_with(b"(") { jointech_text(frame, with) } else { jointech_binary(frame, with) }
}

fn jointech_binary(frame: &[u8], with: &mut Substitutes) -> Option<Vec<u8>> {
    jointech::binary::decode(frame, false).ok()?;
    let mut said = frame.to_vec();
    let seal: String =
        frame.get(1..6)?.iter().map(|byte| format!("{:X}{:X}", byte >> 4, byte & 15)).collect();
    // The first digit tells which form it is, and stays.
    let long = seal.starts_with(['7', '8', '9']);
    said.get_mut(1..6)?.copy_from_slice(&unhex(&with.text(What::Seal, &seal)?)?);
    let header = if long { 10 } else { 9 };
    let index = said.len() - 1;
    let body = said.get_mut(header..index)?;
    let each = PLACE + if long { LONG_TAIL } else { SHORT_TAIL };
    let size = if body.len().is_multiple_of(each) { each } else { body.len() };
    for place in body.chunks_exact_mut(size) {
        let (place, tail) = place.split_at_mut_checked(PLACE)?;
        binary_place(place, with)?;
        if long {
            // Odometer and satellites stay, as do status, battery and signal; vehicle, cell and area do not.
            for at in [5..9, 12..16] {
                tail.get_mut(at)?.fill(0);
            }
            tail.get_mut(LONG_TAIL..)?.fill(0);
        } else {
            tail.fill(0);
        }
    }
    Some(said)
}

/// Date and time, then `ddmmmmmm` and `dddmmmmmm` with the flags in its last digit's byte.
fn binary_place(place: &mut [u8], with: &mut Substitutes) -> Option<()> {
    let digits = place.get_mut(6..15)?;
    let number = |bytes: &[u8]| {
        bytes.iter().fold(0_u64, |number, byte| {
            number * 100 + u64::from(byte >> 4) * 10 + u64::from(byte & 15)
        })
    };
    let (latitude, longitude) = (number(digits.get(..4)?), number(digits.get(4..9)?) / 10);
    if latitude == 0 && longitude == 0 {
        return Some(());
    }
    let angle = |digits: u64| {
        let microdegrees = digits / 1_000_000 * 1_000_000 + digits % 1_000_000 * 10 / 6;
        i32::try_from(microdegrees).ok().map(Microdegrees)
    };
    let (latitude, longitude) = with.place(angle(latitude)?, angle(longitude)?);
    let flags = digits.last()? & 15;
    let drawn =
        format!("{:08}{:09}{flags:X}", ten_thousandths(latitude), ten_thousandths(longitude));
    digits.copy_from_slice(&unhex(&drawn)?);
    Some(())
}

/// A packet of EGTS. What a terminal says of itself beside its number (IMEI, IMSI, a telephone number) goes, and so do subrecords that are not
/// read here.
pub(super) fn egts(frame: &[u8], with: &mut Substitutes) -> Option<Vec<u8>> {
    let mut packet = egts::decode(frame).ok()?;
    for record in &mut packet.records {
        if let Some(object) = &mut record.object {
            *object = with.number(What::Seal, *object)?;
        }
        record.parts.retain(|part| !matches!(part, Subrecord::Other { .. }));
        for part in &mut record.parts {
            match part {
                Subrecord::Identity { terminal, rest } => {
                    *terminal = with.number(What::Seal, *terminal)?;
                    // The flags of what follows: nothing does.
                    *rest = vec![0];
                }
                Subrecord::Place(Place { position, .. }) => {
                    if let Position::Fix { latitude_microdeg, longitude_microdeg, .. } = position {
                        (*latitude_microdeg, *longitude_microdeg) =
                            with.place(*latitude_microdeg, *longitude_microdeg);
                    }
                }
                Subrecord::Confirmed { .. }
                | Subrecord::Result(_)
                | Subrecord::Precision { .. }
                | Subrecord::Power { .. }
                | Subrecord::Loops(_)
                | Subrecord::Other { .. } => {}
            }
        }
    }
    egts::encode(&packet)
}

/// A message of an LLRP reader. Makers' own parameters go, as do words of a tag's memory but for the one of its loop.
pub(super) fn llrp(frame: &[u8], at: Timestamp, with: &mut Substitutes) -> Option<Vec<u8>> {
    let message = llrp::decode(frame).ok()?;
    match message.kind {
        kind::RO_ACCESS_REPORT => {
            let mut tags = report::decode(message.body).ok()?;
            for tag in &mut tags {
                tag.epc = with.bytes(What::Tag, &tag.epc)?;
                tag.read.iter_mut().for_each(forget_words);
            }
            Some(llrp::reader::encode_report(message.version, message.id, &tags))
        }
        kind::READER_EVENT_NOTIFICATION => {
            let notifications = llrp::reader::notifications(message.body).ok()?;
            let said = notifications.iter().filter(|one| {
                // A reader's own words about its trouble are a fault, and go with the others.
                !matches!(one, llrp::Notification::Exception(_))
            });
            Some(
                said.flat_map(|one| llrp::reader::encode_notification(message.version, at, one))
                    .collect(),
            )
        }
        // The answer to an order is that it was done; what else stands in it (models, serial numbers) is not read.
        other => Some(llrp::encode(message.version, other, message.id, &[])),
    }
}

fn forget_words(read: &mut ReadResult) {
    let of_the_loop = if read.operation == TAMPER_OPERATION { 1 } else { 0 };
    read.words.iter_mut().skip(of_the_loop).for_each(|word| *word = 0);
}

/// A frame of an M100 module.
pub(super) fn m100(frame: &[u8], with: &mut Substitutes) -> Option<Vec<u8>> {
    Some(m100::encode(&match m100::decode(frame).ok()? {
        m100::Said::Tag { rssi_dbm, epc } => {
            m100::Said::Tag { rssi_dbm, epc: with.bytes(What::Tag, &epc)? }
        }
        said @ (m100::Said::Error(_) | m100::Said::Other(_)) => said,
    }))
}

/// An answer of a reader of the UHFReader18 family.
pub(super) fn uhfreader18(frame: &[u8], with: &mut Substitutes) -> Option<Vec<u8>> {
    let mut answer = uhfreader18::decode(frame).ok()?;
    for tag in &mut answer.tags {
        *tag = with.bytes(What::Tag, tag)?;
    }
    Some(uhfreader18::encode(&answer))
}

/// Date, time, degrees, flags, speed, course.
const PLACE: usize = 17;
/// What follows a place in the long form: odometer, satellites, vehicle, status, battery, cell, area, signal.
const LONG_TAIL: usize = 17;
/// What follows a place in the short form: sensors, which nobody has written down.
const SHORT_TAIL: usize = 10;
