//! Modbus, the reading side: registers of a device, over a serial line (RTU) or TCP.
//!
//! ```text
//! RTU   unit function first(2) count(2) CRC(2)          ->  unit function bytes words.. CRC(2)
//! TCP   transaction(2) 0(2) length(2) unit function ..  ->  the same head, function bytes words..
//! no    unit (function + 80h) code
//! ```
//!
//! Words are big endian; the CRC (polynomial A001h, reflected, start FFFFh) is sent low byte first. Source: the Modbus application
//! protocol and serial line specifications; every byte is checked against recordings of an independent server, which the tests name.
//!
//! An answer is taken only if it can be the answer to what was asked: same unit, same function, the number of bytes that was asked for and,
//! over TCP, the same transaction. The end of an RTU frame follows from the request, never from silence, which serial servers do not
//! keep. Lengths of the wire are compared with limits before anything is kept.
//!
//! Deliberately absent: writing. Nothing here can change a register of a legal instrument.

mod client;
mod map;
mod rtu;
mod station;
mod tcp;

use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};

pub use client::{Client, Listener, Outcome};
pub use map::{Field, Map, Means, NumberKind, StatusBit, WordOrder};
pub use rtu::crc;
pub use station::{Registers, Station};

/// How frames are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wire {
    /// Serial line.
    Rtu,
    /// TCP, port 502 as a rule.
    Tcp,
}

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// Function 3: holding registers.
    #[default]
    Holding,
    /// Function 4: input registers.
    Input,
}

/// A question: so many registers of a unit from this one on, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Read {
    /// The unit, 1 to 247 on a serial line; gateways use 0 and 255 too.
    pub unit: u8,
    /// Which registers.
    pub function: Function,
    /// The first register, from 0: manuals that count from 40001 mean 0 by it.
    pub first: u16,
    /// How many, 1 to 125.
    pub count: u16,
}

/// Registers that one question can ask for: 250 bytes of data fit a frame.
pub const MOST_REGISTERS: u16 = 125;

impl Function {
    /// The code on the wire.
    pub fn code(self) -> u8 {
        match self {
            Function::Holding => 3,
            Function::Input => 4,
        }
    }

    fn of(code: u8) -> Option<Function> {
        match code {
            3 => Some(Function::Holding),
            4 => Some(Function::Input),
            _ => None,
        }
    }
}

/// Where the unit stands in a frame over TCP.
pub const TCP_UNIT_AT: usize = tcp::HEAD_BYTES - 1;

/// The bit that turns a function code into a refusal.
const REFUSAL: u8 = 0x80;

/// What a code of refusal means, by the specification.
pub fn refusal(code: u8) -> String {
    let meaning = match code {
        1 => "it does not know this function",
        2 => "it has no such register",
        3 => "it cannot answer for so many registers",
        4 => "it failed while answering",
        5 => "it needs more time",
        6 => "it is busy",
        8 => "its memory is damaged",
        10 => "the gateway has no way to it",
        11 => "the gateway has no answer from it",
        _ => "a reason that the specification does not name",
    };
    format!("refusal {code}: {meaning}")
}

fn word(high: u8, low: u8) -> u16 {
    u16::from_be_bytes([high, low])
}
