//! A reader that speaks LLRP: it serves one client, keeps the specifications it was given, and reports what is in its field.

use std::collections::BTreeSet;
use std::time::Duration;

use firmware_protocols::seal::llrp::parameter::{tlv, tv};
use firmware_protocols::seal::llrp::reader::{
    ConnectionAttempt, Notification, Status, encode_answer, encode_keepalive, encode_notification,
};
use firmware_protocols::seal::llrp::report::{self, ReadResult, TAMPER_OPERATION, Tag};
use firmware_protocols::seal::llrp::{decode, encode, kind};
use jiff::Timestamp;

use super::super::spells::{Kind, Spells};
use super::super::{Apparatus, Instead, Saying, Start};
use super::field::Field;
use crate::story::{Act, FieldTag};

/// What readers are known to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    /// Another client owns it: whoever connects is turned away.
    Owned,
    /// Reports have nothing but the EPC.
    Bare,
    /// The maker's own parameters stand in its reports.
    CustomParameters,
    /// Parameters with a length that nobody knows.
    UnknownTlv,
    /// Parameters without a length that nobody knows.
    UnknownTv,
    /// It says 1.1 in its headers.
    Version11,
    /// It refuses to delete all specifications when there is none.
    RefusesDelete,
}

impl Kind for Quirk {
    const ALL: &'static [(Quirk, &'static str)] = &[
        (Quirk::Owned, "owned"),
        (Quirk::Bare, "bare-reports"),
        (Quirk::CustomParameters, "custom-parameters"),
        (Quirk::UnknownTlv, "unknown-tlv"),
        (Quirk::UnknownTv, "unknown-tv"),
        (Quirk::Version11, "version-1-1"),
        (Quirk::RefusesDelete, "refuses-delete"),
    ];
}

/// One reader.
#[derive(Debug)]
pub(in crate::apparatus) struct Llrp {
    start: Start,
    spells: Spells<Quirk>,
    field: Field,
    /// Antennas that are not connected; there are two.
    lost: BTreeSet<u16>,
    heard: Vec<u8>,
    /// Whether the client of this connection is served.
    served: bool,
    /// How often it says that it lives, and when next.
    keepalive: Option<(Duration, Duration)>,
    unanswered: u8,
    rospec: Option<Rospec>,
    /// Whether the word of a tag that remembers its loop is read; nothing if nobody asked for it.
    access: Option<bool>,
    next_report: Duration,
    next_id: u32,
}

/// The one specification that it holds, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rospec {
    id: u32,
    enabled: bool,
    active: bool,
}

const ANTENNAS: [u16; 2] = [1, 2];
/// It says so after so long that a client is served, and answers a request.
const GREETS: Duration = Duration::from_millis(20);
const ANSWERS: Duration = Duration::from_millis(10);
/// One round of all antennas.
const ROUND: Duration = Duration::from_millis(250);
/// A client that answered so few keepalives is gone.
const MOST_UNANSWERED: u8 = 3;
const HEADER_BYTES: usize = 10;
const MOST_HEARD: usize = 64 * 1024;
/// Impinj's number among makers.
const MAKER: u32 = 25_882;
/// The configuration word of a tag whose loop is whole, and the bit of one whose loop was opened.
const INTACT_WORD: u16 = 0x4040;
const OPENED_BIT: u16 = 0x8000;

/// Codes of a status: all is well; a field is wrong; the message is not known.
mod status {
    pub(super) const SUCCESS: u16 = 0;
    pub(super) const FIELD_ERROR: u16 = 101;
    pub(super) const UNSUPPORTED: u16 = 109;
}

impl Llrp {
    pub(in crate::apparatus) fn new(start: Start) -> Llrp {
        Llrp {
            start,
            spells: Spells::none(),
            field: Field::default(),
            lost: BTreeSet::new(),
            heard: Vec::new(),
            served: false,
            keepalive: None,
            unanswered: 0,
            rospec: None,
            access: None,
            next_report: Duration::ZERO,
            next_id: 1,
        }
    }

    /// What a client is told that comes while another is served.
    pub(in crate::apparatus) fn turns_away(at: Timestamp) -> Vec<u8> {
        let owned = Notification::Connection(ConnectionAttempt::ClientConnectionExists);
        encode_notification(1, at, &owned)
    }

    fn version(&self, at: Duration) -> u8 {
        if self.spells.last(Quirk::Version11, at) { 2 } else { 1 }
    }

    fn notifies(&self, at: Duration, notification: &Notification) -> Saying {
        (at, encode_notification(self.version(at), self.start.clock(at), notification))
    }

    fn number(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        id
    }

    /// Takes a whole message off what was heard: its type, its number and its body.
    fn message(&mut self) -> Option<(u16, u32, Vec<u8>)> {
        loop {
            let length = self.heard.get(2..6)?.try_into().map(u32::from_be_bytes).ok()?;
            let length = usize::try_from(length).ok()?;
            if !(HEADER_BYTES..=MOST_HEARD).contains(&length) {
                self.heard.clear();
                return None;
            }
            let frame: Vec<u8> = if self.heard.len() < length {
                return None;
            } else {
                self.heard.drain(..length).collect()
            };
            if let Ok(message) = decode(&frame) {
                return Some((message.kind, message.id, message.body.to_vec()));
            }
        }
    }

    fn answers(&mut self, at: Duration, kind: u16, id: u32, body: &[u8], out: &mut Vec<Saying>) {
        let outcome = match kind {
            kind::KEEPALIVE_ACK => {
                self.unanswered = 0;
                return;
            }
            kind::ENABLE_EVENTS_AND_REPORTS => return,
            kind::GET_READER_CAPABILITIES => Ok(()),
            kind::SET_READER_CONFIG => {
                if let Some(period) = keepalive_of(body) {
                    let period = Some(period).filter(|period| !period.is_zero());
                    self.keepalive = period.map(|period| (period, at + period));
                }
                Ok(())
            }
            kind::CLOSE_CONNECTION => {
                self.served = false;
                Ok(())
            }
            kind::ADD_ROSPEC
            | kind::DELETE_ROSPEC
            | kind::ENABLE_ROSPEC
            | kind::START_ROSPEC
            | kind::STOP_ROSPEC => self.specifies(at, kind, body),
            kind::ADD_ACCESSSPEC => {
                self.access = Some(false);
                Ok(())
            }
            kind::ENABLE_ACCESSSPEC => {
                self.access = self.access.map(|_| true);
                Ok(())
            }
            kind::DELETE_ACCESSSPEC => {
                self.access = None;
                Ok(())
            }
            _ => {
                let refused =
                    Status { code: status::UNSUPPORTED, text: "message not supported".to_owned() };
                let answer = encode_answer(self.version(at), kind::ERROR_MESSAGE, id, &refused);
                out.push((at + ANSWERS, answer));
                return;
            }
        };
        let said = match outcome {
            Ok(()) => Status { code: status::SUCCESS, text: String::new() },
            Err(why) => Status { code: status::FIELD_ERROR, text: why.to_owned() },
        };
        out.push((at + ANSWERS, encode_answer(self.version(at), kind::answer_to(kind), id, &said)));
    }

    /// The life of a specification: added, enabled, started, stopped, deleted.
    fn specifies(&mut self, at: Duration, kind: u16, body: &[u8]) -> Result<(), &'static str> {
        // Added, it is a parameter with a head of four bytes; otherwise it is named by its number alone.
        let id = if kind == kind::ADD_ROSPEC { body.get(4..8) } else { body.get(..4) };
        let id = id.and_then(|id| id.try_into().ok()).map(u32::from_be_bytes);
        let id = id.ok_or("a ROSpec has a number")?;
        match (kind, &mut self.rospec) {
            (kind::ADD_ROSPEC, Some(_)) => Err("a ROSpec is already there"),
            (kind::ADD_ROSPEC, rospec) if id > 0 => {
                *rospec = Some(Rospec { id, enabled: false, active: false });
                Ok(())
            }
            (kind::DELETE_ROSPEC, None) if self.spells.last(Quirk::RefusesDelete, at) => {
                Err("there is no ROSpec")
            }
            (kind::DELETE_ROSPEC, rospec) => {
                *rospec = rospec.filter(|known| id != 0 && known.id != id);
                Ok(())
            }
            (kind::ENABLE_ROSPEC, Some(rospec)) if rospec.id == id => {
                rospec.enabled = true;
                Ok(())
            }
            (kind::START_ROSPEC, Some(rospec)) if rospec.id == id && rospec.enabled => {
                rospec.active = true;
                self.next_report = at + ROUND;
                Ok(())
            }
            (kind::STOP_ROSPEC, Some(rospec)) if rospec.id == id => {
                rospec.active = false;
                Ok(())
            }
            _ => Err("there is no such ROSpec, or it is not enabled"),
        }
    }

    /// When there is something to report.
    fn reports_at(&self) -> Option<Duration> {
        let antenna = ANTENNAS.iter().any(|antenna| !self.lost.contains(antenna));
        let active = self.served && antenna && self.rospec.is_some_and(|rospec| rospec.active);
        let seen = active && !self.field.at(self.next_report).is_empty();
        seen.then_some(self.next_report)
    }

    fn report(&mut self, at: Duration) -> Saying {
        let antenna = ANTENNAS.into_iter().find(|antenna| !self.lost.contains(antenna));
        let tags: Vec<Tag> =
            self.field.at(at).into_iter().map(|tag| self.seen(at, antenna, tag)).collect();
        let mut body: Vec<u8> = tags.iter().flat_map(|tag| self.with_more(at, tag)).collect();
        if self.spells.last(Quirk::CustomParameters, at) {
            body.extend(custom());
        }
        let id = self.number();
        (at, encode(self.version(at), kind::RO_ACCESS_REPORT, id, &body))
    }

    fn seen(&self, at: Duration, antenna: Option<u16>, tag: &FieldTag) -> Tag {
        let read = match (self.access, tag.opened) {
            (Some(true), Some(opened)) => {
                let word = INTACT_WORD | if opened { OPENED_BIT } else { 0 };
                vec![ReadResult { result: 0, operation: TAMPER_OPERATION, words: vec![word] }]
            }
            // A tag without such a word does not answer.
            (Some(true), None) => {
                vec![ReadResult { result: 2, operation: TAMPER_OPERATION, words: Vec::new() }]
            }
            (Some(false) | None, _) => Vec::new(),
        };
        let epc = tag.epc.clone();
        if self.spells.last(Quirk::Bare, at) {
            return Tag { epc, read, ..Tag::default() };
        }
        Tag {
            epc,
            antenna,
            rssi_dbm: Some(-54),
            first_seen: Some(self.start.clock(at.saturating_sub(ROUND))),
            last_seen: Some(self.start.clock(at)),
            times: Some(3),
            read,
        }
    }

    /// A tag's report, with what this reader puts into it besides.
    fn with_more(&self, at: Duration, tag: &Tag) -> Vec<u8> {
        let body = report::encode(std::slice::from_ref(tag));
        let mut inner = body.get(4..).unwrap_or_default().to_vec();
        if self.spells.last(Quirk::CustomParameters, at) {
            inner.extend(custom());
        }
        if self.spells.last(Quirk::UnknownTlv, at) {
            inner.extend(tlv(900, &[1, 2, 3]));
        }
        if self.spells.last(Quirk::UnknownTv, at) {
            inner.extend(tv(99, &[1, 2, 3]));
        }
        tlv(240, &inner)
    }
}

/// A parameter of a maker, as readers of Impinj send them.
fn custom() -> Vec<u8> {
    tlv(1023, &[&MAKER.to_be_bytes()[..], &57_u32.to_be_bytes(), &[0xff, 0x38]].concat())
}

/// The period that a configuration asks for, if it speaks of it. 0 turns it off.
fn keepalive_of(config: &[u8]) -> Option<Duration> {
    const KEEPALIVE_SPEC: u16 = 220;
    let mut rest = config.get(1..)?;
    loop {
        let &[k1, k2, l1, l2, ref after @ ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([l1, l2])).checked_sub(4)?;
        let (body, next) = after.split_at_checked(length)?;
        if let (KEEPALIVE_SPEC, &[trigger, a, b, c, d]) = (u16::from_be_bytes([k1, k2]), body) {
            let ms = u32::from_be_bytes([a, b, c, d]);
            return Some(Duration::from_millis(if trigger == 1 { ms.into() } else { 0 }));
        }
        rest = next;
    }
}

impl Apparatus for Llrp {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if Quirk::has(act) || matches!(act, Act::Tags { .. } | Act::Antenna { antenna: 1 | 2, .. })
        {
            Ok(())
        } else {
            Err(
                "a reader has tags in its field and antennas 1 and 2; it misbehaves: owned, bare-reports, custom-parameters, unknown-tlv, unknown-tv, version-1-1, refuses-delete",
            )
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        self.spells.befalls(at, act);
        self.field.befalls(at, act);
        self.next_report = self.next_report.max(at);
        if let Act::Antenna { antenna, connected } = *act {
            let news =
                if connected { self.lost.remove(&antenna) } else { self.lost.insert(antenna) };
            if news && self.served {
                out.push(self.notifies(at, &Notification::Antenna { antenna, connected }));
            }
        }
    }

    /// It says whether it serves this client.
    fn opened(&mut self, at: Duration, out: &mut Vec<Saying>) {
        self.heard.clear();
        self.unanswered = 0;
        self.served = !self.spells.last(Quirk::Owned, at);
        let attempt = if self.served {
            ConnectionAttempt::Success
        } else {
            ConnectionAttempt::ClientConnectionExists
        };
        out.push(self.notifies(at + GREETS, &Notification::Connection(attempt)));
        self.next_report = self.next_report.max(at + GREETS);
        self.keepalive = self.keepalive.map(|(period, _)| (period, at + period));
    }

    fn hears(&mut self, at: Duration, bytes: &[u8], out: &mut Vec<Saying>) {
        self.heard.extend(bytes);
        while let Some((kind, id, body)) = self.message() {
            if self.served {
                self.answers(at, kind, id, &body, out);
            }
        }
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        let keepalive = self.keepalive.filter(|_| self.served).map(|(_, next)| next);
        let report = self.reports_at();
        let at = [keepalive, report].into_iter().flatten().min().filter(|at| *at <= horizon)?;
        if report == Some(at) {
            self.next_report = at + ROUND;
            return Some(self.report(at));
        }
        self.keepalive = self.keepalive.map(|(period, next)| (period, next + period));
        self.unanswered += 1;
        if self.unanswered > MOST_UNANSWERED {
            self.served = false;
            return Some(self.notifies(at, &Notification::Closed));
        }
        let id = self.number();
        Some((at, encode_keepalive(self.version(at), id)))
    }
}
