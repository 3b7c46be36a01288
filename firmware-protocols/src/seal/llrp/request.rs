//! What we ask of a reader: bodies of requests, parameter by parameter.
//!
//! One ROSpec, number 1: all antennas, until it is stopped, a report for each tag. One AccessSpec, number 1, where the site says that its tags
//! remember their loop: of every tag, one word.

use alloc::vec::Vec;

use super::kind;
use super::parameter::tlv;
use super::report::TAMPER_OPERATION;
use crate::seal::tag::TamperWord;

/// The number of our ROSpec and of our AccessSpec.
const OURS: u32 = 1;
/// Antenna, channel, RSSI, first and last moment, count, and which AccessSpec.
const CONTENT: u16 = 0x1fc0;
/// EPCglobal Class 1 Generation 2.
const GEN2: u8 = 1;

/// A request, and what its refusal means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) kind: u16,
    pub(super) body: Vec<u8>,
    pub(super) refused: Refused,
}

/// What a refusal of a request means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Nothing: some readers refuse it, and all can be gone on with.
    Accepted,
    /// Loops are not read; tags are.
    WithoutLoops,
    /// The reader is of no use.
    Fatal,
}

/// Everything that is asked before tags are reported, in its order.
pub(super) fn all(keepalive_ms: u32, tamper: Option<TamperWord>) -> Vec<Request> {
    let request = |kind, body, refused| Request { kind, body, refused };
    let ours = || OURS.to_be_bytes().to_vec();
    let every = || Vec::from([0; 4]);
    let mut requests = Vec::from([
        request(kind::GET_READER_CAPABILITIES, Vec::from([0]), Refused::Accepted),
        request(kind::SET_READER_CONFIG, keepalive(keepalive_ms), Refused::Fatal),
        request(kind::SET_READER_CONFIG, events(), Refused::Accepted),
        // A reader keeps its specs over a lost connection. Some refuse to delete all when there is none.
        request(kind::DELETE_ROSPEC, every(), Refused::Accepted),
        request(kind::DELETE_ACCESSSPEC, every(), Refused::Accepted),
        request(kind::ADD_ROSPEC, rospec(), Refused::Fatal),
    ]);
    if let Some(tamper) = tamper {
        requests.push(request(kind::ADD_ACCESSSPEC, accessspec(tamper), Refused::WithoutLoops));
        requests.push(request(kind::ENABLE_ACCESSSPEC, ours(), Refused::WithoutLoops));
    }
    requests.push(request(kind::ENABLE_ROSPEC, ours(), Refused::Fatal));
    requests.push(request(kind::START_ROSPEC, ours(), Refused::Fatal));
    requests
}

fn keepalive(ms: u32) -> Vec<u8> {
    let [a, b, c, d] = ms.to_be_bytes();
    [&[0][..], &tlv(220, &[1, a, b, c, d])].concat()
}

/// Events that are told: 4 trouble of the reader, 8 antennas.
fn events() -> Vec<u8> {
    let told = |event: u8| tlv(245, &[0, event, 0x80]);
    [&[0][..], &tlv(244, &[told(4), told(8)].concat())].concat()
}

fn rospec() -> Vec<u8> {
    // Started by an order, stopped by an order.
    let boundary = tlv(178, &[tlv(179, &[0]), tlv(182, &[0; 5])].concat());
    let antennas = [0, 1, 0, 0];
    let inventory = tlv(186, &[0, 1, GEN2]);
    let antenna_spec = tlv(183, &[&antennas[..], &tlv(184, &[0; 5]), &inventory].concat());
    let memory = tlv(348, &[0]);
    let content = tlv(238, &[&CONTENT.to_be_bytes()[..], &memory].concat());
    // A report after each tag.
    let reports = tlv(237, &[&[2, 0, 1][..], &content].concat());
    tlv(177, &[&OURS.to_be_bytes()[..], &[0, 0], &boundary, &antenna_spec, &reports].concat())
}

fn accessspec(tamper: TamperWord) -> Vec<u8> {
    // Of every tag: a mask of no bits in the EPC bank.
    let target = tlv(339, &[0x60, 0, 0, 0, 0, 0, 0]);
    let mut read = TAMPER_OPERATION.to_be_bytes().to_vec();
    read.extend([0; 4]);
    read.push(tamper.bank << 6);
    read.extend(tamper.word.to_be_bytes());
    read.extend(1_u16.to_be_bytes());
    let command = tlv(209, &[tlv(338, &target), tlv(341, &read)].concat());
    let head = [&OURS.to_be_bytes()[..], &[0, 0, GEN2, 0], &OURS.to_be_bytes()].concat();
    let stop = tlv(208, &[0, 0, 0]);
    let reports = tlv(239, &[0]);
    tlv(207, &[head, stop, command, reports].concat())
}
