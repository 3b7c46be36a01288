//! Bytes to records and subrecords of EGTS, which stay where they stand.

use alloc::string::{String, ToString};
use core::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use units::Microdegrees;

use super::{EPOCH_S, Loops, PLACE, Place, Record, Subrecord};
use crate::seal::Position;

/// Takes bytes one after another.
#[derive(Debug, Clone)]
struct Bytes<'a>(&'a [u8]);

/// Why a part cannot be read. Most parts that cannot are kept as they came, and nobody asks.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    Short { what: &'static str, needs: usize, left: usize },
    NoMoment { what: &'static str },
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Short { what, needs, left } => {
                write!(f, "{what} needs {needs} bytes, and {left} are left")
            }
            Wrong::NoMoment { what } => write!(f, "{what} is no moment"),
        }
    }
}

impl<'a> Bytes<'a> {
    fn take(&mut self, needs: usize, what: &'static str) -> Result<&'a [u8], Wrong> {
        let (taken, rest) = self.0.split_at_checked(needs).ok_or(Wrong::Short {
            what,
            needs,
            left: self.0.len(),
        })?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self, count: usize, what: &'static str) -> Result<u32, Wrong> {
        Ok(self
            .take(count, what)?
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn byte(&mut self, what: &'static str) -> Result<u8, Wrong> {
        Ok(self.take(1, what)?.first().copied().unwrap_or_default())
    }

    fn word(&mut self, what: &'static str) -> Result<u16, Wrong> {
        Ok(u16::try_from(self.number(2, what)?).unwrap_or_default())
    }

    fn time(&mut self, what: &'static str) -> Result<Timestamp, Wrong> {
        let seconds = i64::from(self.number(4, what)?);
        Timestamp::from_second(EPOCH_S + seconds).map_err(|_| Wrong::NoMoment { what })
    }
}

/// The records of a packet where they stand. Each was read once: all of a packet is told, or nothing.
#[derive(Debug, Clone, Copy)]
pub(in crate::seal::egts) struct Records<'a>(&'a [u8]);

/// The subrecords of a record where they stand.
#[derive(Debug, Clone, Copy)]
pub(in crate::seal::egts) struct Parts<'a>(&'a [u8]);

impl<'a> Records<'a> {
    pub(in crate::seal::egts) fn of(data: &'a [u8]) -> Result<Records<'a>, String> {
        let read = all(data, read_record).try_for_each(|record| {
            all(record?.parts.0, read_part).try_for_each(|part| part.map(drop))
        });
        read.map(|()| Records(data)).map_err(|wrong| wrong.to_string())
    }

    pub(in crate::seal::egts) fn iter(self) -> impl Iterator<Item = Record<Parts<'a>>> {
        all(self.0, read_record).flatten()
    }
}

impl<'a> Parts<'a> {
    pub(in crate::seal::egts) fn iter(self) -> impl Iterator<Item = Subrecord<&'a [u8]>> + Clone {
        all(self.0, read_part).flatten()
    }
}

/// Everything that `read` takes off the bytes, up to the first that cannot be read.
fn all<'a, T>(
    data: &'a [u8],
    read: impl Fn(&mut Bytes<'a>) -> Result<T, Wrong> + Clone,
) -> impl Iterator<Item = Result<T, Wrong>> + Clone {
    let mut bytes = Bytes(data);
    core::iter::from_fn(move || {
        let next = (!bytes.0.is_empty()).then(|| read(&mut bytes));
        if let Some(Err(_)) = next {
            bytes = Bytes(&[]);
        }
        next
    })
}

fn read_record<'a>(bytes: &mut Bytes<'a>) -> Result<Record<Parts<'a>>, Wrong> {
    let length = usize::from(bytes.word("the length of a record")?);
    let number = bytes.word("the number of a record")?;
    let flags = bytes.byte("the flags of a record")?;
    let object = (flags & 1 != 0).then(|| bytes.number(4, "OID")).transpose()?;
    let event = (flags & 2 != 0).then(|| bytes.number(4, "EVID")).transpose()?;
    let at = (flags & 4 != 0).then(|| bytes.time("TM")).transpose()?;
    let service = bytes.byte("the sending service")?;
    bytes.byte("the receiving service")?;
    let parts = Parts(bytes.take(length, "a record")?);
    Ok(Record { number, object, event, at, service, parts })
}

fn read_part<'a>(bytes: &mut Bytes<'a>) -> Result<Subrecord<&'a [u8]>, Wrong> {
    let kind = bytes.byte("the type of a subrecord")?;
    let length = usize::from(bytes.word("the length of a subrecord")?);
    let data = bytes.take(length, "a subrecord")?;
    // Its check sum fits, so what is not as written down is a maker's way. Only a place is worth a packet that is not answered, and comes again.
    match subrecord(kind, data) {
        Err(wrong) if kind == PLACE => Err(wrong),
        Err(_) => Ok(Subrecord::Other { kind, data }),
        part => part,
    }
}

fn subrecord(kind: u8, data: &[u8]) -> Result<Subrecord<&[u8]>, Wrong> {
    let mut bytes = Bytes(data);
    Ok(match kind {
        0 => Subrecord::Confirmed { record: bytes.word("CRN")?, result: bytes.byte("RST")? },
        1 => Subrecord::Identity { terminal: bytes.number(4, "TID")?, rest: bytes.0 },
        9 => Subrecord::Result(bytes.byte("RCD")?),
        PLACE => Subrecord::Place(read_place(bytes)?),
        17 => {
            let flags = bytes.byte("the flags of SR_EXT_POS_DATA")?;
            let mut word = |bit: u8, what| (flags & bit != 0).then(|| bytes.word(what)).transpose();
            word(1, "VDOP")?;
            let horizontal_hundredths = word(2, "HDOP")?;
            word(4, "PDOP")?;
            let satellites = (flags & 8 != 0).then(|| bytes.byte("SAT")).transpose()?;
            Subrecord::Precision { horizontal_hundredths, satellites }
        }
        20 | 21 if data.len() == 5 => {
            bytes.byte("ST")?;
            Subrecord::Power {
                main_dv: bytes.byte("MPSV")?,
                backup_dv: bytes.byte("BBV")?,
                internal_dv: bytes.byte("IBV")?,
            }
        }
        22 => {
            let present = bytes.byte("the flags of SR_LOOPIN_DATA")?;
            let mut loops = Loops::default();
            let mut high = None;
            for (number, state) in loops.0.iter_mut().enumerate() {
                if present & 1 << number == 0 {
                    continue;
                }
                // Two loops share a byte, the lower half first.
                *state = match high.take() {
                    None => {
                        let pair = bytes.byte("the state of a loop")?;
                        high = Some(pair >> 4);
                        Some(pair & 0x0f)
                    }
                    state => state,
                };
            }
            Subrecord::Loops(loops)
        }
        _ => Subrecord::Other { kind, data },
    })
}

fn read_place(mut bytes: Bytes<'_>) -> Result<Place, Wrong> {
    let at = bytes.time("NTM")?;
    let latitude = bytes.number(4, "LAT")?;
    let longitude = bytes.number(4, "LONG")?;
    let flags = bytes.byte("FLG")?;
    let speed = bytes.word("SPD")?;
    let low_course = bytes.byte("DIR")?;
    let odometer_hm = bytes.number(3, "ODM")?;
    let inputs = bytes.byte("DIN")?;
    let source = bytes.byte("SRC")?;
    if flags & 0x80 != 0 {
        bytes.take(3, "ALT")?;
    }
    let source_data = if bytes.0.len() >= 2 { Some(bytes.word("SRCD")?) } else { None };
    let latitude_microdeg = part_of(latitude, 90, flags & 0x20 != 0);
    let longitude_microdeg = part_of(longitude, 180, flags & 0x40 != 0);
    let somewhere = latitude_microdeg.0 != 0 || longitude_microdeg.0 != 0;
    let course = u16::from(low_course) | if speed & 0x8000 != 0 { 0x100 } else { 0 };
    let position = if flags & 1 != 0 && somewhere {
        Position::Fix {
            latitude_microdeg,
            longitude_microdeg,
            speed_raw: Some(Decimal::new(i64::from(speed & 0x3fff), 1)),
            course_deg: Some(course).filter(|course| *course <= 360),
        }
    } else {
        Position::NoFix
    };
    Ok(Place {
        at,
        position,
        from_memory: flags & 0x08 != 0,
        odometer_hm,
        inputs,
        source,
        source_data,
    })
}

/// `raw` parts of so many degrees, in 2^32 - 1 parts.
fn part_of(raw: u32, degrees: u64, negative: bool) -> Microdegrees {
    let whole = u64::from(u32::MAX);
    let size = (u64::from(raw) * degrees * 1_000_000 + whole / 2) / whole;
    let size = i32::try_from(size).unwrap_or(i32::MAX);
    Microdegrees(if negative { -size } else { size })
}
