//! Bytes to lines: ended by CR, LF, both, or both doubled; bounded; nothing is joined across a reset.
//!
//! A line that exceeds its limit is told at once, not at its end: a wrong baud rate may never send an end. What follows up to the next
//! terminator is noise, told in pieces.

use alloc::vec::Vec;

use crate::fault::{Fault, FaultKind};
use crate::limits;

/// Collects one line.
#[derive(Debug)]
pub(crate) struct Lines {
    limit: usize,
    held: Vec<u8>,
    /// Whether what is held is the rest of a line that was too long.
    discarding: bool,
}

impl Lines {
    /// Lines of at most `limit` bytes, terminators apart.
    pub(crate) fn new(limit: usize) -> Lines {
        Lines { limit, held: Vec::new(), discarding: false }
    }

    /// Takes in `bytes` and tells each line, without its terminator. Empty lines are not told: CR LF ends one line, not two.
    pub(crate) fn push(&mut self, bytes: &[u8], mut tell: impl FnMut(Result<&[u8], Fault>)) {
        let mut rest = bytes;
        while let [byte, behind @ ..] = rest {
            if *byte == b'\r' || *byte == b'\n' {
                if self.discarding {
                    if !self.held.is_empty() {
                        tell(Err(self.noise()));
                    }
                } else if !self.held.is_empty() {
                    tell(Ok(&self.held));
                }
                self.held.clear();
                self.discarding = false;
                rest = behind;
                continue;
            }
            // Up to the next end of a line, or to the byte that is one too many.
            let most = if self.discarding { limits::NOISE_BYTES } else { self.limit + 1 };
            let room = most.saturating_sub(self.held.len()).max(1);
            let near = rest.get(..room).unwrap_or(rest);
            let end = near.iter().position(|byte| matches!(*byte, b'\r' | b'\n'));
            let length = end.unwrap_or(near.len());
            let (line, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.held.extend_from_slice(line);
            rest = behind;
            if self.held.len() < most {
                continue;
            }
            if self.discarding {
                tell(Err(self.noise()));
            } else {
                let detail = alloc::format!("no end of line within {} bytes", self.limit);
                tell(Err(Fault::new(FaultKind::TooLong, detail, &self.held)));
                self.discarding = true;
            }
            self.held.clear();
        }
    }

    /// Forgets the unfinished line and tells it, so that bytes of two sessions are never joined.
    pub(crate) fn cut(&mut self) -> Option<Fault> {
        let fault = (!self.held.is_empty()).then(|| {
            Fault::new(FaultKind::CutOff, "the link ended before the end of the line", &self.held)
        });
        self.held.clear();
        self.discarding = false;
        fault
    }

    fn noise(&self) -> Fault {
        Fault::new(FaultKind::Noise, "rest of a line that was too long", &self.held)
    }
}
