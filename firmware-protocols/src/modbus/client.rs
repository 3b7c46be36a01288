//! One question at a time, and its answer.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{REFUSAL, Read, Wire, rtu, tcp, word};
use crate::fault::{Fault, FaultKind};
use crate::frames::Frames;

/// Puts questions to the units of one line and pairs answers with them.
#[derive(Debug)]
pub struct Client {
    wire: Wire,
    transaction: u16,
    /// The question that was put last.
    asked: Option<Read>,
    request: Vec<u8>,
    frames: Frames,
    words: Vec<u16>,
    /// The last frame that was taken.
    frame: Vec<u8>,
}

/// What bytes meant for the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It waits on.
    NotYet,
    /// Answered: [`Client::words`] has the registers.
    Words,
    /// The device will not: see [`super::refusal`].
    Refused(u8),
    /// What came was broken; asking again may help.
    Broken,
}

impl Client {
    /// A client that has asked nothing.
    pub fn new(wire: Wire) -> Client {
        Client {
            wire,
            transaction: 0,
            asked: None,
            request: Vec::new(),
            frames: Frames::default(),
            words: Vec::new(),
            frame: Vec::new(),
        }
    }

    /// Writes a question into `request`. The question before it is forgotten: its answer, if it still comes, is not taken.
    pub fn ask(&mut self, read: Read, request: &mut Vec<u8>) {
        let start = request.len();
        match self.wire {
            Wire::Rtu => rtu::ask(read, request),
            Wire::Tcp => {
                self.transaction = self.transaction.wrapping_add(1);
                tcp::ask(self.transaction, read, request);
            }
        }
        self.asked = Some(read);
        self.request.clear();
        self.request.extend_from_slice(request.get(start..).unwrap_or_default());
    }

    /// Takes in bytes. Faults go to `faults`; a frame that does not answer the last question is one of kind `unasked`. A question that was put
    /// again can be answered again.
    pub fn hear(&mut self, bytes: &[u8], mut faults: impl FnMut(Fault)) -> Outcome {
        let Client { wire, transaction, asked, request, frames, words, frame: last } = self;
        let mut outcome = Outcome::NotYet;
        let asked = *asked;
        let looking = |ahead: &[u8]| match wire {
            Wire::Rtu => match asked {
                Some(read) => rtu::look_for_answer(ahead, read, request),
                None => rtu::look_for_any_answer(ahead, None),
            },
            Wire::Tcp => tcp::look(ahead),
        };
        frames.push(bytes, looking, |frame| {
            let frame = match frame {
                // A two-wire line hears its own question.
                Ok(frame) if frame == request.as_slice() => return,
                Ok(frame) => frame,
                Err(fault) => {
                    if fault.kind == FaultKind::WrongChecksum && outcome == Outcome::NotYet {
                        outcome = Outcome::Broken;
                    }
                    return faults(fault);
                }
            };
            if matches!(outcome, Outcome::Words | Outcome::Refused(_)) {
                let detail = "a second answer to the same question";
                return faults(Fault::new(FaultKind::Unasked, detail, frame));
            }
            match taken(*wire, frame, *transaction, asked, words) {
                Ok(heard) => {
                    outcome = heard;
                    last.clear();
                    last.extend_from_slice(frame);
                }
                Err(detail) => faults(Fault::new(FaultKind::Unasked, detail, frame)),
            }
        });
        outcome
    }

    /// The registers of the last answer, in their order.
    pub fn words(&self) -> &[u16] {
        &self.words
    }

    /// The frame of the last answer or refusal.
    pub fn frame(&self) -> &[u8] {
        &self.frame
    }

    /// How frames are wrapped.
    pub fn wire(&self) -> Wire {
        self.wire
    }

    /// Forgets what is half received.
    pub fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

/// Hears answers of one line without having asked: a tape, a capture, a line on which another master asks.
#[derive(Debug)]
pub struct Listener {
    wire: Wire,
    count: Option<u16>,
    frames: Frames,
    words: Vec<u16>,
}

impl Listener {
    /// A listener to answers of so many registers, if that is known.
    pub fn new(wire: Wire, count: Option<u16>) -> Listener {
        Listener { wire, count, frames: Frames::default(), words: Vec::new() }
    }

    /// Takes in bytes and tells each answer: its frame, and its registers or the code of refusal.
    pub fn hear(
        &mut self,
        bytes: &[u8],
        mut tell: impl FnMut(Result<(&[u8], Result<&[u16], u8>), Fault>),
    ) {
        let Listener { wire, count, frames, words } = self;
        let looking = |ahead: &[u8]| match wire {
            Wire::Rtu => rtu::look_for_any_answer(ahead, *count),
            Wire::Tcp => tcp::look(ahead),
        };
        frames.push(bytes, looking, |frame| {
            let told = frame.and_then(|frame| {
                let unasked = |detail| Fault::new(FaultKind::Unasked, detail, frame);
                Ok((frame, taken(*wire, frame, 0, None, words).map_err(unasked)?))
            });
            match told {
                Ok((frame, Outcome::Refused(code))) => tell(Ok((frame, Err(code)))),
                Ok((frame, _)) => tell(Ok((frame, Ok(words)))),
                Err(fault) => tell(Err(fault)),
            }
        });
    }

    /// Forgets what is half received.
    pub fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

/// What a frame says to the question; the reason if it is not meant for it.
fn taken(
    wire: Wire,
    frame: &[u8],
    transaction: u16,
    asked: Option<Read>,
    words: &mut Vec<u16>,
) -> Result<Outcome, String> {
    let body = match wire {
        Wire::Rtu => frame.get(1..frame.len().saturating_sub(2)).unwrap_or_default(),
        Wire::Tcp => {
            if let &[high, low, ..] = frame
                && word(high, low) != transaction
                && asked.is_some()
            {
                let said = word(high, low);
                return Err(format!(
                    "transaction {said} answered; {transaction} is asked: late, or another's"
                ));
            }
            frame.get(tcp::HEAD_BYTES..).unwrap_or_default()
        }
    };
    let unit = match wire {
        Wire::Rtu => frame.first(),
        Wire::Tcp => frame.get(tcp::HEAD_BYTES - 1),
    };
    if let (Some(read), Some(unit)) = (asked, unit)
        && read.unit != *unit
    {
        return Err(format!("unit {unit} answered; unit {} is asked", read.unit));
    }
    match *body {
        [code, reason] if code & REFUSAL != 0 => {
            if asked.is_some_and(|read| read.function.code() != code & !REFUSAL) {
                return Err(format!("function {} refused, and not asked", code & !REFUSAL));
            }
            Ok(Outcome::Refused(reason))
        }
        [code, bytes, ref data @ ..] if data.len() == usize::from(bytes) => {
            if let Some(read) = asked {
                if read.function.code() != code {
                    return Err(format!("function {code} answered, and not asked"));
                }
                if u16::from(bytes) != read.count * 2 {
                    return Err(format!(
                        "{bytes} bytes answered; {} registers are asked",
                        read.count
                    ));
                }
            }
            words.clear();
            words.extend(data.chunks_exact(2).map(|pair| match *pair {
                [high, low] => word(high, low),
                _ => 0,
            }));
            Ok(Outcome::Words)
        }
        _ => Err("a question of another master, or an answer that is none".into()),
    }
}
