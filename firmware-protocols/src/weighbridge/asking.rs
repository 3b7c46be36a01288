//! Indicators that speak only when they are asked: one question, over and over, answered by what the dialect's decoder reads.
//!
//! Only questions that read are ever put. A byte that tares or zeroes a scale is in none of them.
//!
//! A line of two wires gives back the question, and others may ask on it too: what came back is passed over, and a question of another is no
//! answer, broken or whole. Neither is a reason to ask again.

use alloc::vec::Vec;

use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Conversation, Heard, Moment, Polling, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};

/// What is asked in a dialect, as a site sets it.
pub trait Asks: Questions + Sized {
    /// How patiently, where the site says nothing else.
    const USUAL: Timing;

    /// The questions to a device that is set so.
    fn set(settings: &Settings) -> Self;
}

/// Asks one indicator.
#[derive(Debug)]
pub struct Asker<Q>(Polling<Q>);

impl<Q: Asks> Asker<Q> {
    /// Who asks a device that is set so, and waits for the link.
    pub fn new(settings: &Settings) -> Asker<Q> {
        Asker(Polling::new(Q::set(settings), Q::USUAL.set_by(settings)))
    }
}

impl<Q: Asks> Conversation for Asker<Q> {
    fn opened(&mut self, now: Moment) -> Option<Fault> {
        self.0.opened(now)
    }

    fn decode(&mut self, now: Moment, bytes: &[u8], out: &mut Vec<Item>) {
        self.0.decode(now, bytes, out);
    }

    fn poll_transmit(&mut self, now: Moment) -> Option<Vec<u8>> {
        self.0.poll_transmit(now)
    }

    fn next_timeout(&self) -> Option<Moment> {
        self.0.next_timeout()
    }

    fn time_passed(&mut self, now: Moment, out: &mut Vec<Item>) {
        self.0.time_passed(now, out);
    }
}

/// The request of a dialect whose answers are read by its decoder.
#[derive(Debug)]
pub(super) struct OneQuestion<D> {
    decoder: D,
    request: Vec<u8>,
    /// Who has to answer, on a shared line.
    address: Option<u8>,
    items: Vec<Item>,
}

impl<D: Codec> OneQuestion<D> {
    pub(super) fn new(decoder: D, request: Vec<u8>, address: Option<u8>) -> OneQuestion<D> {
        OneQuestion { decoder, request, address, items: Vec::new() }
    }

    pub(super) fn decoder(&self) -> &D {
        &self.decoder
    }

    pub(super) fn ask(&self, request: &mut Vec<u8>) {
        request.extend_from_slice(&self.request);
    }

    pub(super) fn ask_for(&mut self, request: &[u8]) {
        self.request.clear();
        self.request.extend_from_slice(request);
    }

    pub(super) fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        self.decoder.push(bytes, &mut self.items);
        let mut heard = Heard::NotYet;
        for item in self.items.drain(..) {
            if is_echo(&item, &self.request) {
                continue;
            }
            let item = from(self.address, item);
            heard = match (heard, meant(&item)) {
                (Heard::Answered, _) | (_, Heard::Answered) => Heard::Answered,
                (Heard::Broken, _) | (_, Heard::Broken) => Heard::Broken,
                (heard, _) => heard,
            };
            out.push(item);
        }
        heard
    }

    /// Bytes of a device that also speaks by itself: what it says counts.
    pub(super) fn overhear(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.decoder.push(bytes, out);
    }

    pub(super) fn cut(&mut self) -> Option<Fault> {
        self.decoder.cut()
    }
}

/// A question that came back, which the decoder has told as what it is, or as bytes in which no answer begins.
fn is_echo(item: &Item, request: &[u8]) -> bool {
    matches!(item, Err(fault) if matches!(fault.kind, FaultKind::NotDecoded | FaultKind::Noise)
        && fault.excerpt.0.trim_ascii() == request.trim_ascii())
}

/// A reading of another device on the line is no answer.
fn from(address: Option<u8>, item: Item) -> Item {
    match item {
        Ok(Reading::Weight(weighing)) if address.is_some() && weighing.address != address => {
            let detail = "an answer of another device than the one that was asked";
            Err(Fault::new(FaultKind::Unasked, detail, &weighing.raw.0))
        }
        item => item,
    }
}

fn meant(item: &Item) -> Heard {
    match item {
        Ok(_) => Heard::Answered,
        Err(fault) => match fault.kind {
            FaultKind::Refused => Heard::Answered,
            FaultKind::WrongChecksum
            | FaultKind::WrongLength
            | FaultKind::NotText
            | FaultKind::BadField
            | FaultKind::Malformed => Heard::Broken,
            FaultKind::Noise
            | FaultKind::TooLong
            | FaultKind::NotDecoded
            | FaultKind::CutOff
            | FaultKind::NoAnswer
            | FaultKind::Unasked => Heard::NotYet,
        },
    }
}
