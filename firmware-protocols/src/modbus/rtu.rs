//! Frames of a serial line.

use alloc::format;
use alloc::vec::Vec;

use super::{Function, MOST_REGISTERS, REFUSAL, Read};
use crate::fault::FaultKind;
use crate::frames::Look;

/// The check sum of a frame: polynomial A001h reflected, start FFFFh. Sent low byte first.
pub fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        let mut crc = crc ^ u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xa001 } else { crc >> 1 };
        }
        crc
    })
}

pub(super) fn sealed(frame: &mut Vec<u8>) {
    let sum = crc(frame.as_slice());
    frame.extend_from_slice(&sum.to_le_bytes());
}

/// Writes a question.
pub(super) fn ask(read: Read, request: &mut Vec<u8>) {
    request.extend_from_slice(&[read.unit, read.function.code()]);
    request.extend_from_slice(&read.first.to_be_bytes());
    request.extend_from_slice(&read.count.to_be_bytes());
    sealed(request);
}

/// Whether the answer to `read` begins here, or an echo of the request, which a two-wire line hears too.
pub(super) fn look_for_answer(ahead: &[u8], read: Read, request: &[u8]) -> Look {
    if ahead.starts_with(request) {
        return Look::Frame(request.len());
    }
    if request.starts_with(ahead) {
        return Look::More;
    }
    if ahead.first() != Some(&read.unit) {
        return Look::Noise;
    }
    match ahead.get(1) {
        Some(code) if code & !REFUSAL != read.function.code() => Look::Noise,
        _ => look_for_any_answer(ahead, Some(read.count)),
    }
}

/// Whether an answer of any unit begins here, of so many registers if that is known.
pub(super) fn look_for_any_answer(ahead: &[u8], count: Option<u16>) -> Look {
    let &[_, code, ref rest @ ..] = ahead else { return Look::More };
    if Function::of(code & !REFUSAL).is_none() {
        return Look::Noise;
    }
    if code & REFUSAL != 0 {
        return checked(ahead, 5);
    }
    let Some(&bytes) = rest.first() else { return Look::More };
    let fits = match count {
        Some(count) => u16::from(bytes) == count * 2,
        None => bytes >= 2 && bytes % 2 == 0 && u16::from(bytes) <= MOST_REGISTERS * 2,
    };
    if fits { checked(ahead, usize::from(bytes) + 5) } else { Look::Noise }
}

/// A question of so many bytes, or the reason why it is none.
pub(super) fn look_for_question(ahead: &[u8]) -> Look {
    match ahead {
        [_] => Look::More,
        // Functions 1 to 6: unit, function, two words, CRC.
        [_, 1..=6, ..] => checked(ahead, 8),
        [_, ..] | [] => Look::Noise,
    }
}

fn checked(ahead: &[u8], length: usize) -> Look {
    let Some((body, &[low, high])) =
        ahead.get(..length).and_then(|frame| frame.split_last_chunk::<2>())
    else {
        return Look::More;
    };
    let sum = crc(body);
    if u16::from_le_bytes([low, high]) == sum {
        Look::Frame(length)
    } else {
        let [low, high] = sum.to_le_bytes();
        let detail = format!("the CRC of these bytes is {low:02x} {high:02x}");
        Look::Broken(length, FaultKind::WrongChecksum, detail)
    }
}
