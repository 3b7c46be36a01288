//! A terminal of EGTS: it introduces itself, says where it is and what its housing, its loop and its battery do, and waits for each answer.

use std::time::Duration;

use firmware_protocols::seal::SealEvent;
use firmware_protocols::seal::egts::record::{Loops, Place, Record, Subrecord, TELEDATA_SERVICE};
use firmware_protocols::seal::egts::{Packet, PacketType, decode, encode};

use super::super::spells::Kind;
use super::super::{Apparatus, Instead, Saying, Start};
use super::lock::{Locks, Quirk, Report};
use super::unanswered::Unanswered;
use crate::cast::Device;
use crate::story::{Act, SealAct, SealState};

/// One terminal, or a gateway of several.
#[derive(Debug)]
pub(in crate::apparatus) struct Terminal {
    start: Start,
    /// The loop that is the sealing element, as the site has wired it.
    seal_loop: Option<u8>,
    locks: Locks,
    /// Of packets and records; begins anew after 65 535.
    running: u16,
    /// By the number of the packet.
    unanswered: Unanswered<u16>,
    /// Who it is, once it has had something to say.
    terminal: Option<u32>,
    heard: Vec<u8>,
}

/// TL_RESPONSE_TO of the standard: a packet that is not answered is sent again after five seconds.
const AGAIN: Duration = Duration::from_secs(5);
/// The service in which it introduces itself.
const AUTH_SERVICE: u8 = 1;
/// Sources of a place: a timer, and the sensor of the housing.
const TIMER: u8 = 0;
const HOUSING: u8 = 10;
/// The state of a loop that is broken.
const BROKEN: u8 = 2;
/// The shortest header, and where it tells its own length and that of the data.
const LEAST_HEADER: usize = 11;
/// Records that are sent in one packet.
const MOST_RECORDS: usize = 32;

impl Terminal {
    pub(in crate::apparatus) fn new(device: &Device, start: Start) -> Terminal {
        Terminal {
            start,
            seal_loop: device.settings.seal_loop,
            locks: Locks::new(),
            running: 0,
            unanswered: Unanswered::new(AGAIN),
            terminal: None,
            heard: Vec::new(),
        }
    }

    fn number(&mut self) -> u16 {
        self.running = self.running.wrapping_add(1);
        self.running
    }

    fn send(&mut self, at: Duration, twice: bool, records: Vec<Record>) {
        let id = self.number();
        let packet = Packet { id, kind: PacketType::Data, answers: None, records };
        let Some(bytes) = encode(&packet) else { return };
        if twice {
            self.unanswered.push(at, None, bytes.clone());
        }
        self.unanswered.push(at, Some(id), bytes);
    }

    fn introduces(&mut self, at: Duration, terminal: u32) {
        let number = self.number();
        let parts = vec![Subrecord::Identity { terminal, rest: vec![0] }];
        let record = Record { parts, ..Record::of(number, AUTH_SERVICE) };
        self.send(at, false, vec![record]);
    }

    fn record(&mut self, report: &Report) -> Option<Record> {
        let lock = &report.lock;
        let housing = report.event == Some(SealEvent::HousingViolated);
        let mut parts = vec![
            Subrecord::Place(Place {
                at: self.start.clock(report.clock),
                position: lock.position(),
                from_memory: report.is_late(),
                odometer_hm: 0,
                inputs: 0,
                source: if housing { HOUSING } else { TIMER },
                source_data: None,
            }),
            Subrecord::Power {
                main_dv: 0,
                backup_dv: 0,
                // A cell of lithium: 3.0 V when it is empty, 4.2 V when it is full.
                internal_dv: 30 + u8::try_from(u16::from(lock.battery.0) * 12 / 100).ok()?,
            },
        ];
        let state = if lock.opened() { BROKEN } else { 0 };
        parts.extend(
            self.seal_loop.map(|number| Subrecord::Loops(Loops::from_iter([(number, state)]))),
        );
        let object = Some(report.seal.parse().ok()?);
        let number = self.number();
        Some(Record { object, parts, ..Record::of(number, TELEDATA_SERVICE) })
    }

    /// Reports that are said at the same moment travel in one packet.
    fn reports(&mut self, first: &Report) {
        let at = first.said_at;
        if self.terminal.is_none()
            && let Ok(terminal) = first.seal.parse()
        {
            self.terminal = Some(terminal);
            self.introduces(at, terminal);
        }
        let mut twice = first.twice;
        let mut records: Vec<Record> = self.record(first).into_iter().collect();
        while records.len() < MOST_RECORDS {
            let Some(next) = self.locks.says(at) else { break };
            twice |= next.twice;
            records.extend(self.record(&next));
        }
        self.send(at, twice, records);
    }

    /// Takes a whole packet off what was heard.
    fn packet(&mut self) -> Option<Packet> {
        loop {
            let &[version, _, _, header, _, low, high, ..] = self.heard.as_slice() else {
                return None;
            };
            let header = usize::from(header);
            if version != 1 || header < LEAST_HEADER {
                self.heard.remove(0);
                continue;
            }
            let data = usize::from(u16::from_le_bytes([low, high]));
            let whole = header + data + if data > 0 { 2 } else { 0 };
            let read = self.heard.get(..whole).map(decode)?;
            match read {
                Ok(packet) => {
                    self.heard.drain(..whole);
                    return Some(packet);
                }
                Err(_) => {
                    self.heard.remove(0);
                }
            }
        }
    }
}

impl Apparatus for Terminal {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if Quirk::has(act) {
            return Ok(());
        }
        let Act::Seal { seal, act } = act else { return Err(super::WHAT_SEALS_DO) };
        if seal.parse::<u32>().is_err() {
            return Err("an EGTS terminal has a number of digits, up to 4294967295");
        }
        let SealAct::Reports(state) = act else { return Ok(()) };
        match state {
            SealState::Intact | SealState::HousingOpened => Ok(()),
            SealState::Opened if self.seal_loop.is_some() => Ok(()),
            SealState::Opened => Err(
                "which of its loops is the seal is the site's to say (seal_loop): let its housing be opened",
            ),
            SealState::OffRoute
            | SealState::Malfunction
            | SealState::LowBattery
            | SealState::Silent
            | SealState::Unauthorised => {
                Err("a terminal says places, loops and volts: let a json seal report this")
            }
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        self.locks.befalls(at, act);
        out.extend(std::iter::from_fn(|| self.says(at)));
    }

    /// Whoever is at the other end now has not been told who this is.
    fn opened(&mut self, at: Duration, _: &mut Vec<Saying>) {
        self.heard.clear();
        if let Some(terminal) = self.terminal {
            self.introduces(at, terminal);
        }
        self.unanswered.opened(at);
    }

    fn hears(&mut self, at: Duration, bytes: &[u8], _: &mut Vec<Saying>) {
        self.heard.extend(bytes);
        while let Some(packet) = self.packet() {
            // A result other than 0 is no success.
            if let Some((id, 0)) = packet.answers {
                self.unanswered.answered(at, &id);
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
