//! The other side: answers questions out of a table of registers. The simulator's devices stand on it, and tests of other people's masters.

use alloc::vec::Vec;

use super::{Function, REFUSAL, Read, Wire, rtu, tcp, word};
use crate::fault::Fault;
use crate::frames::Frames;

/// What a device has in its registers.
pub trait Registers {
    /// Appends the registers that are asked for. `None` if the unit is not there (a line stays silent then), the code of refusal if it is
    /// and will not.
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>>;
}

/// Hears questions of one line.
#[derive(Debug)]
pub struct Station {
    wire: Wire,
    frames: Frames,
}

impl Station {
    /// A station that has heard nothing.
    pub fn new(wire: Wire) -> Station {
        Station { wire, frames: Frames::default() }
    }

    /// Takes in bytes and tells each answer as it is to be sent.
    pub fn hear(
        &mut self,
        bytes: &[u8],
        registers: &impl Registers,
        mut send: impl FnMut(Vec<u8>),
        mut faults: impl FnMut(Fault),
    ) {
        let wire = self.wire;
        let looking = |ahead: &[u8]| match wire {
            Wire::Rtu => rtu::look_for_question(ahead),
            Wire::Tcp => tcp::look_for_question(ahead),
        };
        self.frames.push(bytes, looking, |frame| match frame {
            Ok(frame) => {
                if let Some(answer) = answer(wire, frame, registers) {
                    send(answer);
                }
            }
            Err(fault) => faults(fault),
        });
    }
}

fn answer(wire: Wire, frame: &[u8], registers: &impl Registers) -> Option<Vec<u8>> {
    let question = match wire {
        Wire::Rtu => frame.get(..frame.len().checked_sub(2)?)?,
        Wire::Tcp => frame.get(tcp::HEAD_BYTES - 1..)?,
    };
    let &[unit, code, a, b, c, d] = question else { return None };
    let mut words = Vec::new();
    let read = |function| Read { unit, function, first: word(a, b), count: word(c, d) };
    let outcome = match Function::of(code) {
        None => Err(1),
        Some(_) if !(1..=super::MOST_REGISTERS).contains(&word(c, d)) => Err(3),
        Some(function) => registers.read(read(function), &mut words)?,
    };
    let mut body = Vec::from([unit]);
    match outcome {
        Ok(()) => {
            body.push(code);
            body.push(u8::try_from(words.len() * 2).unwrap_or(u8::MAX));
            body.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        }
        Err(reason) => body.extend_from_slice(&[code | REFUSAL, reason]),
    }
    Some(match wire {
        Wire::Rtu => {
            rtu::sealed(&mut body);
            body
        }
        Wire::Tcp => {
            let length = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes();
            [frame.get(..4)?, &length, &body].concat()
        }
    })
}
