//! One decoder for whichever dialect a device is configured with.

use alloc::vec::Vec;

use crate::dialect::{Dialect, Reading};
use crate::fault::Fault;
use crate::json;
use crate::plate::hikvision;
use crate::portal::tsa;
use crate::seal::jointech;
use crate::weighbridge::{comma, xk3190};

/// Decodes the bytes of one device.
///
/// Cannot fail: what is not understood is a fault among the readings. Cutting the bytes elsewhere gives the same readings.
#[derive(Debug)]
pub enum Decoder {
    /// [`Dialect::Tsa`].
    Tsa(tsa::Decoder),
    /// [`Dialect::Xk3190`].
    Xk3190(xk3190::Decoder),
    /// [`Dialect::Cas`].
    Cas(comma::Decoder),
    /// [`Dialect::JointechText`].
    JointechText(jointech::Decoder),
    /// [`Dialect::HikvisionAnpr`].
    HikvisionAnpr(hikvision::Decoder),
    /// [`Dialect::Json`].
    Json(json::Decoder),
}

impl Decoder {
    /// A decoder at the beginning of a session.
    pub fn new(dialect: Dialect) -> Decoder {
        match dialect {
            Dialect::Tsa => Decoder::Tsa(tsa::Decoder::default()),
            Dialect::Xk3190 => Decoder::Xk3190(xk3190::Decoder::default()),
            Dialect::Cas => Decoder::Cas(comma::Decoder::default()),
            Dialect::JointechText => Decoder::JointechText(jointech::Decoder::default()),
            Dialect::HikvisionAnpr => Decoder::HikvisionAnpr(hikvision::Decoder::default()),
            Dialect::Json => Decoder::Json(json::Decoder::default()),
        }
    }

    /// The dialect this decoder speaks.
    pub fn dialect(&self) -> Dialect {
        match self {
            Decoder::Tsa(_) => Dialect::Tsa,
            Decoder::Xk3190(_) => Dialect::Xk3190,
            Decoder::Cas(_) => Dialect::Cas,
            Decoder::JointechText(_) => Dialect::JointechText,
            Decoder::HikvisionAnpr(_) => Dialect::HikvisionAnpr,
            Decoder::Json(_) => Dialect::Json,
        }
    }

    /// Takes in bytes of a stream (serial line, TCP) and tells what they complete, in order.
    ///
    /// The instant of a reading is the arrival of the bytes that complete it, so the caller has it.
    pub fn decode(&mut self, bytes: &[u8]) -> Vec<Result<Reading, Fault>> {
        let mut out = Vec::new();
        match self {
            Decoder::Tsa(decoder) => decoder.push(bytes, &mut out),
            Decoder::Xk3190(decoder) => decoder.push(bytes, &mut out),
            Decoder::Cas(decoder) => decoder.push(bytes, &mut out),
            Decoder::JointechText(decoder) => decoder.push(bytes, &mut out),
            Decoder::HikvisionAnpr(decoder) => decoder.push(bytes, &mut out),
            Decoder::Json(decoder) => decoder.push(bytes, &mut out),
        }
        out
    }

    /// Decodes one message of a transport that keeps messages apart (an MQTT payload, an HTTP body). Nothing is continued in the next.
    pub fn document(&mut self, message: &[u8]) -> Vec<Result<Reading, Fault>> {
        match self {
            Decoder::HikvisionAnpr(decoder) => decoder.document(message),
            Decoder::Json(decoder) => decoder.document(message),
            Decoder::Tsa(_) | Decoder::Xk3190(_) | Decoder::Cas(_) | Decoder::JointechText(_) => {
                let mut out = self.decode(message);
                out.extend(self.reset().map(Err));
                out
            }
        }
    }

    /// Begins a new session: after the link was opened anew, or at the end of a file. Tells the unfinished frame that is given up, so that
    /// bytes of two sessions are never joined.
    pub fn reset(&mut self) -> Option<Fault> {
        match self {
            Decoder::Tsa(decoder) => decoder.cut(),
            Decoder::Xk3190(decoder) => decoder.cut(),
            Decoder::Cas(decoder) => decoder.cut(),
            Decoder::JointechText(decoder) => decoder.cut(),
            Decoder::HikvisionAnpr(decoder) => decoder.cut(),
            Decoder::Json(decoder) => decoder.cut(),
        }
    }
}
