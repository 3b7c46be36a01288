//! Seals of Jointech: events and states in text, places in binary where the seal speaks both.

use std::time::Duration;

use firmware_protocols::seal::jointech::binary::{self, Long};
use firmware_protocols::seal::jointech::{encode_event, encode_status, message_id};
use firmware_protocols::seal::{Message, SealEvent};

use super::super::spells::Kind;
use super::super::{Apparatus, Instead, Saying, Start};
use super::lock::{Locks, Quirk, Report};
use super::unanswered::Unanswered;
use crate::story::{Act, SealAct, SealState};

/// Which forms a seal speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::apparatus) enum Form {
    /// Text alone, as a gateway hands it on.
    Text,
    /// Text and binary.
    TextAndBinary,
}

/// A seal, or a gateway of several.
#[derive(Debug)]
pub(in crate::apparatus) struct Jointech {
    start: Start,
    form: Form,
    locks: Locks,
    /// One byte, which begins anew.
    index: u8,
    unanswered: Unanswered<Answer>,
    heard: Vec<u8>,
}

/// What the answer to a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// `(P69,0,index)`.
    Index(u8),
    /// `(S39)`.
    Status,
}

/// A message that is not answered comes again after so long (assumed; the maker's papers were not at hand).
const AGAIN: Duration = Duration::from_secs(30);
/// From this protocol on an answer names the index.
const PROTOCOL: u8 = 0x19;
/// An answer is not longer.
const MOST_HEARD: usize = 64;

/// Bits of the status of the long form, as two public sources name them.
mod bit {
    pub(super) const COVER_OPENED: u16 = 0x1000;
    pub(super) const LOW_BATTERY: u16 = 0x0800;
    pub(super) const LOCKED: u16 = 0x0080;
    pub(super) const ROPE_IN: u16 = 0x0040;
    pub(super) const ANSWER_WANTED: u16 = 0x0020;
    pub(super) const ROPE_CUT: u16 = 0x0008;
}

impl Jointech {
    pub(in crate::apparatus) fn new(form: Form, start: Start) -> Jointech {
        Jointech {
            start,
            form,
            locks: Locks::new(),
            index: 0,
            unanswered: Unanswered::new(AGAIN),
            heard: Vec::new(),
        }
    }

    fn reports(&mut self, report: &Report) {
        self.index = self.index.wrapping_add(1);
        let is_event = report.event.is_none() && report.asked;
        let (bytes, answer) = match self.form {
            Form::Text | Form::TextAndBinary if is_event => {
                (self.event(report), Answer::Index(self.index))
            }
            Form::Text => (self.status(report), Answer::Status),
            Form::TextAndBinary => (self.place(report), Answer::Index(self.index)),
        };
        let Some(bytes) = bytes else { return };
        if report.twice {
            self.unanswered.push(report.said_at, None, bytes.clone());
        }
        self.unanswered.push(report.said_at, Some(answer), bytes);
    }

    fn message(&self, report: &Report, command: &str) -> Message {
        let mut message = Message::new(report.seal.clone(), command);
        message.device_time = Some(self.start.clock(report.clock));
        message.message_id = Some(message_id(message.device_time, self.index.into()));
        message.battery_percent = Some(report.lock.battery);
        message.position = report.lock.position();
        message
    }

    /// What its number means is not known: it has number 0, as in the public examples.
    fn event(&self, report: &Report) -> Option<Vec<u8>> {
        let mut message = self.message(report, "P45");
        message.event = Some(SealEvent::Maker(0));
        encode_event(&message)
    }

    /// The order of the status bits is not known: none is set.
    fn status(&self, report: &Report) -> Option<Vec<u8>> {
        let mut message = self.message(report, "U01");
        let index = self.index.to_string();
        message.fields =
            ["00000000000000", "0", "0", "20", "0", &index].map(str::to_owned).to_vec();
        encode_status(&message)
    }

    fn place(&self, report: &Report) -> Option<Vec<u8>> {
        let lock = &report.lock;
        let flag = |is_so: bool, bit: u16| if is_so { bit } else { 0 };
        binary::encode(&Long {
            seal: &report.seal,
            protocol: PROTOCOL,
            at: self.start.clock(report.clock),
            position: lock.position(),
            status: bit::ANSWER_WANTED
                | flag(lock.locked(), bit::LOCKED | bit::ROPE_IN)
                | flag(lock.opened(), bit::ROPE_CUT)
                | flag(lock.housing_opened, bit::COVER_OPENED)
                | flag(report.event == Some(SealEvent::LowBattery), bit::LOW_BATTERY),
            battery: lock.battery.0,
            index: self.index,
        })
    }
}

impl Apparatus for Jointech {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if Quirk::has(act) {
            return Ok(());
        }
        let Act::Seal { seal, act } = act else { return Err(super::WHAT_SEALS_DO) };
        let has_binary_number = seal.len() == 10
            && seal.bytes().all(|digit| digit.is_ascii_digit())
            && seal.starts_with(['7', '8', '9']);
        if self.form == Form::TextAndBinary && !has_binary_number {
            return Err(
                "a seal that speaks binary has a number of ten digits, the first 7, 8 or 9",
            );
        }
        let SealAct::Reports(state) = act else { return Ok(()) };
        match (self.form, state) {
            (_, SealState::Intact | SealState::LowBattery)
            | (Form::TextAndBinary, SealState::Opened | SealState::HousingOpened) => Ok(()),
            (Form::Text, _) => {
                Err("what its event numbers mean is not known: let a json seal report this")
            }
            (Form::TextAndBinary, _) => Err(
                "it has bits for opened, housing-opened and low-battery alone: let a json seal report this",
            ),
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        self.locks.befalls(at, act);
        out.extend(std::iter::from_fn(|| self.says(at)));
    }

    fn opened(&mut self, at: Duration, _: &mut Vec<Saying>) {
        self.heard.clear();
        self.unanswered.opened(at);
    }

    fn hears(&mut self, at: Duration, bytes: &[u8], _: &mut Vec<Saying>) {
        for &byte in bytes {
            if byte == b'(' || self.heard.len() >= MOST_HEARD {
                self.heard.clear();
            }
            self.heard.push(byte);
            if byte == b')'
                && let Some(answer) = answer(&self.heard)
            {
                self.unanswered.answered(at, &answer);
            }
        }
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        loop {
            let first = self.unanswered.next().map_or(horizon, |next| next.min(horizon));
            let Some(report) = self.locks.says(first) else { break };
            self.reports(&report);
        }
        self.unanswered.says(horizon)
    }
}

/// What an answer says. One that is not as it should be is none.
fn answer(bytes: &[u8]) -> Option<Answer> {
    let text = std::str::from_utf8(bytes).ok()?;
    let fields: Vec<&str> = text.strip_prefix('(')?.strip_suffix(')')?.split(',').collect();
    match fields.as_slice() {
        ["S39"] => Some(Answer::Status),
        ["P69", "0", index] => index.parse().ok().map(Answer::Index),
        _ => None,
    }
}
