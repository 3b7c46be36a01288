//! Records and subrecords of EGTS to bytes: what simulators send, and what confirms a record.

use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;
use units::Microdegrees;

use super::{EPOCH_S, PLACE, Place, Record, Subrecord};
use crate::seal::Position;

impl<List: AsRef<[Subrecord]>> Record<List> {
    pub(in crate::seal::egts) fn write(&self, to: &mut Vec<u8>) -> Option<()> {
        let length_at = to.len();
        to.extend([0; 2]);
        to.extend(self.number.to_le_bytes());
        let flag = |is_there: bool, bit: u8| if is_there { bit } else { 0 };
        to.push(
            flag(self.object.is_some(), 1)
                | flag(self.event.is_some(), 2)
                | flag(self.at.is_some(), 4),
        );
        let at = self.at.and_then(seconds);
        for number in [self.object, self.event, at].into_iter().flatten() {
            to.extend(number.to_le_bytes());
        }
        to.extend([self.service, self.service]);
        let parts_at = to.len();
        self.parts.as_ref().iter().try_for_each(|part| part.write(to))?;
        write_length(to, length_at, parts_at)
    }
}

/// Writes how many bytes there are from `from` on, where room was left for it.
fn write_length(to: &mut [u8], at: usize, from: usize) -> Option<()> {
    let length = u16::try_from(to.len() - from).ok()?;
    to.get_mut(at..at + 2)?.copy_from_slice(&length.to_le_bytes());
    Some(())
}

impl Subrecord {
    fn kind(&self) -> u8 {
        match self {
            Subrecord::Confirmed { .. } => 0,
            Subrecord::Identity { .. } => 1,
            Subrecord::Result(_) => 9,
            Subrecord::Place(_) => PLACE,
            Subrecord::Precision { .. } => 17,
            Subrecord::Power { .. } => 21,
            Subrecord::Loops(_) => 22,
            Subrecord::Other { kind, .. } => *kind,
        }
    }

    fn write(&self, to: &mut Vec<u8>) -> Option<()> {
        to.push(self.kind());
        let length_at = to.len();
        to.extend([0; 2]);
        let data_at = to.len();
        match self {
            Subrecord::Confirmed { record, result } => {
                to.extend(record.to_le_bytes());
                to.push(*result);
            }
            Subrecord::Identity { terminal, rest } => {
                to.extend(terminal.to_le_bytes());
                to.extend(rest);
            }
            Subrecord::Result(code) => to.push(*code),
            Subrecord::Place(place) => place.write(to),
            Subrecord::Precision { horizontal_hundredths, satellites } => {
                to.push(
                    if horizontal_hundredths.is_some() { 2 } else { 0 }
                        | if satellites.is_some() { 8 } else { 0 },
                );
                to.extend(horizontal_hundredths.iter().flat_map(|hdop| hdop.to_le_bytes()));
                to.extend(satellites);
            }
            Subrecord::Power { main_dv, backup_dv, internal_dv } => {
                to.extend([2, *main_dv, *backup_dv, *internal_dv, 0]);
            }
            Subrecord::Loops(loops) => {
                to.push(loops.told().fold(0, |bits, (number, _)| bits | 1 << (number - 1)));
                let mut states = loops.told().map(|(_, state)| state & 0x0f);
                while let Some(low) = states.next() {
                    to.push(states.next().unwrap_or_default() << 4 | low);
                }
            }
            Subrecord::Other { data, .. } => to.extend(data),
        }
        write_length(to, length_at, data_at)
    }
}

impl Place {
    fn write(&self, to: &mut Vec<u8>) {
        let (latitude, longitude, valid, speed, course) = match self.position {
            Position::Fix { latitude_microdeg, longitude_microdeg, speed_raw, course_deg } => {
                let speed = speed_raw.unwrap_or_default() * Decimal::TEN;
                let speed = u16::try_from(speed.round()).unwrap_or_default().min(0x3fff);
                (latitude_microdeg, longitude_microdeg, 1, speed, course_deg.unwrap_or_default())
            }
            Position::NoFix | Position::NotSent => (Microdegrees(0), Microdegrees(0), 0, 0, 0),
        };
        let flags = valid
            | if self.from_memory { 0x08 } else { 0 }
            | if latitude.0 < 0 { 0x20 } else { 0 }
            | if longitude.0 < 0 { 0x40 } else { 0 };
        let [low_course, high_course] = course.to_le_bytes();
        to.extend(seconds(self.at).unwrap_or_default().to_le_bytes());
        to.extend(parts(latitude, 90).to_le_bytes());
        to.extend(parts(longitude, 180).to_le_bytes());
        to.push(flags);
        to.extend((speed | u16::from(high_course & 1) << 15).to_le_bytes());
        to.push(low_course);
        to.extend(self.odometer_hm.to_le_bytes().into_iter().take(3));
        to.extend([self.inputs, self.source]);
        to.extend(self.source_data.iter().flat_map(|data| data.to_le_bytes()));
    }
}

fn parts(angle: Microdegrees, degrees: u64) -> u32 {
    let whole = u64::from(u32::MAX);
    let scale = degrees * 1_000_000;
    let raw = (u64::from(angle.0.unsigned_abs()) * whole + scale / 2) / scale;
    u32::try_from(raw).unwrap_or(u32::MAX)
}

fn seconds(at: Timestamp) -> Option<u32> {
    u32::try_from(at.as_second() - EPOCH_S).ok()
}
