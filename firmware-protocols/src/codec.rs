//! What every codec does, and what a site may set of it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::dialect::{Dialect, Reading};
use crate::fault::Fault;
use crate::scanner::Terminator;
use crate::seal::tag::TamperChip;

/// What bytes amount to: a reading, or what was wrong.
pub type Item = Result<Reading, Fault>;

/// Bytes of one dialect to readings.
///
/// Three promises, which `tests/codecs` holds every codec to: it cannot fail (what is not understood is a fault, and the next frame is
/// read), it holds a bounded number of bytes, and cutting the input elsewhere does not change the output.
pub trait Codec: core::fmt::Debug + Send {
    /// A codec at the beginning of a session, set as the site says.
    fn new(settings: &Settings) -> Self
    where
        Self: Sized;

    /// Takes in bytes of a stream and appends what they complete, in order.
    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>);

    /// Gives up the unfinished frame and tells it, so that bytes of two sessions are never joined.
    fn cut(&mut self) -> Option<Fault>;

    /// Takes in one message of a transport that keeps messages apart (an MQTT payload, an HTTP body). Nothing is continued in the next.
    fn document(&mut self, message: &[u8], out: &mut Vec<Item>) {
        self.push(message, out);
        out.extend(self.cut().map(Err));
    }

    /// How long a silence ends what is held, of devices that end what they say with nothing else.
    fn pause_ms(&self) -> Option<u32> {
        None
    }

    /// Nothing came for [`Codec::pause_ms`]: appends what is thereby complete.
    fn paused(&mut self, out: &mut Vec<Item>) {
        let _ = out;
    }
}

/// How the bytes of a dialect are framed: what a reader of files has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framing {
    /// Lines of text: the last line of a file may lack its end.
    Lines,
    /// Frames with a beginning and an end, or a length.
    Frames,
    /// Whole documents.
    Documents,
}

/// What a site sets of a dialect. A key that is not given has the dialect's usual value, which its page names.
///
/// Which keys a dialect reads is told by [`crate::Dialect::settings`]; a site that sets another one is told so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The number of the device on a shared line: the unit of Modbus, the address of an indicator.
    pub address: Option<u8>,
    /// Whether frames carry a check sum, where the device can be set either way.
    pub checksum: Option<bool>,
    /// Decimals of the number, where frames do not carry them. None, if nothing is said: assumed.
    pub decimals: Option<u8>,
    /// Whether the mark of a number stands behind its digits and not before them.
    pub equals_last: Option<bool>,
    /// Whether the meaning of status bits that is assumed, or that documents give differently, was confirmed on this device at commissioning.
    pub status_confirmed: Option<bool>,
    /// Time from one question to the next, of devices that are asked. It and the next three are assumed where the dialect's page says so.
    pub poll_ms: Option<u32>,
    /// Time within which an answer has to come.
    pub answer_ms: Option<u32>,
    /// How often a question is put before it is given up.
    pub tries: Option<u8>,
    /// Time after which a device that gave no answer is asked again.
    pub again_ms: Option<u32>,
    /// What the registers of a device mean that speaks Modbus.
    pub modbus: Option<crate::modbus::Map>,
    /// Time after which a tag that is not seen any more has gone.
    pub hold_ms: Option<u32>,
    /// How often a reader is to say that it lives. Three times missed, and its link is opened anew.
    pub keepalive_ms: Option<u32>,
    /// The chip of the tags, if it remembers that its loop was opened. Where none is set, the loop is not read and nothing is said of it.
    pub tamper_chip: Option<TamperChip>,
    /// Whether the bits of a seal's status are believed, whose meaning no paper of the maker proves. They are kept as they come in any case.
    pub status_bits: Option<bool>,
    /// The number of the loop input, 1 to 8, to which the sealing element of an EGTS terminal is wired.
    pub seal_loop: Option<u8>,
    /// How a barcode reader ends what it sends.
    pub terminator: Option<Terminator>,
    /// What a barcode reader puts before the data, STX apart.
    pub prefix: Option<String>,
    /// What a barcode reader puts behind the data, ETX and the line end apart.
    pub suffix: Option<String>,
    /// Whether a barcode reader is known to pass on the separator (1Dh) of GS1 codes.
    pub group_separator: Option<bool>,
    /// The pause that ends a barcode which nothing else ends.
    pub pause_ms: Option<u32>,
    /// Whether a barcode reader scans nothing but the numbers of seals.
    pub seals: Option<bool>,
    /// What a site knows of a portal "Yantar" that the portal does not tell.
    pub aspect: Option<crate::portal::aspect::Profile>,
}

impl Settings {
    /// The keys that are given, as they are written.
    pub fn given(&self) -> Vec<String> {
        // The names of the keys are those of serde, so that none can be forgotten here.
        let Ok(serde_json::Value::Object(keys)) = serde_json::to_value(self) else {
            return Vec::new();
        };
        keys.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| key).collect()
    }

    /// Whether a device of this dialect can be understood with these settings; the error says what is wrong.
    pub fn check(&self, dialect: Dialect) -> Result<(), String> {
        if dialect.settings().contains(&"modbus") {
            let map =
                self.modbus.as_ref().ok_or("modbus is missing: what do the registers mean?")?;
            map.check().map_err(|wrong| format!("modbus: {wrong}"))?;
        }
        for (key, ms) in [
            ("poll_ms", self.poll_ms),
            ("answer_ms", self.answer_ms),
            ("again_ms", self.again_ms),
            ("pause_ms", self.pause_ms),
        ] {
            if ms.is_some_and(|ms| !(10..=3_600_000).contains(&ms)) {
                return Err(format!("{key} is not between 10 and 3600000"));
            }
        }
        match self.tries {
            Some(0) => Err("tries is 0: a question that is never put has no answer".into()),
            _ => Ok(()),
        }
    }
}
