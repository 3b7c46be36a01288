//! Frames over TCP: a head of seven bytes that says how long the rest is.

use alloc::vec::Vec;

use super::{Read, word};
use crate::frames::Look;

/// Transaction, protocol, length, unit.
pub(super) const HEAD_BYTES: usize = 7;
/// Unit and the longest body; the specification's 260 bytes less the first six.
const MOST_BYTES_AFTER_LENGTH: u16 = 254;

/// Writes a head and a question.
pub(super) fn ask(transaction: u16, read: Read, request: &mut Vec<u8>) {
    request.extend_from_slice(&transaction.to_be_bytes());
    request.extend_from_slice(&[0, 0, 0, 6, read.unit, read.function.code()]);
    request.extend_from_slice(&read.first.to_be_bytes());
    request.extend_from_slice(&read.count.to_be_bytes());
}

/// Whether a question of function 1 to 6 begins here: all of them have two words. Those that a station does not know are refused, not passed over.
pub(super) fn look_for_question(ahead: &[u8]) -> Look {
    let begins = ahead.iter().skip(2).zip([0, 0, 0, 6]).all(|(byte, wanted)| *byte == wanted);
    if !begins || ahead.get(HEAD_BYTES).is_some_and(|code| !(1..=6).contains(code)) {
        return Look::Noise;
    }
    let whole = HEAD_BYTES + 5;
    if ahead.len() < whole { Look::More } else { Look::Frame(whole) }
}

/// Whether a frame begins here: protocol 0 and a length that can be.
pub(super) fn look(ahead: &[u8]) -> Look {
    match ahead {
        [_, _, 0] | [_] | [_, _] | [_, _, 0, 0] | [_, _, 0, 0, 0] => Look::More,
        &[_, _, 0, 0, high, low, ..] => {
            let length = word(high, low);
            if !(3..=MOST_BYTES_AFTER_LENGTH).contains(&length) {
                return Look::Noise;
            }
            let whole = usize::from(length) + 6;
            // The function decides how long the body is; a length that contradicts it belongs to garbage.
            if let Some(&code) = ahead.get(HEAD_BYTES) {
                let refused = code & super::REFUSAL != 0;
                let known = super::Function::of(code & !super::REFUSAL).is_some();
                let fits = match ahead.get(HEAD_BYTES + 1) {
                    None => true,
                    Some(_) if refused => whole == HEAD_BYTES + 2,
                    // A question has two words, an answer its number of bytes.
                    Some(&bytes) => {
                        whole == HEAD_BYTES + 5 || whole == HEAD_BYTES + 2 + usize::from(bytes)
                    }
                };
                if !known || !fits {
                    return Look::Noise;
                }
            }
            if ahead.len() < whole { Look::More } else { Look::Frame(whole) }
        }
        _ => Look::Noise,
    }
}
