//! Bytes to frames that have a beginning and a length or an end: found in noise, bounded, and the same however the bytes are cut.
//!
//! A dialect says what it sees in the bytes that may begin a frame ([`Look`]); the rest is here. A frame whose check fails is told as one
//! fault and searched again from its second byte: a length that was garbage must not swallow the good frames behind it. What was
//! told once is not told again as noise.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;

/// What a dialect sees in bytes that may begin a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Too few to tell: asked again with one more. A dialect may answer so only up to the longest frame it allows.
    More,
    /// Too few to tell, and it stays so until there are so many: asked again with these.
    Needs(usize),
    /// No frame begins with the first byte.
    Noise,
    /// The first so many bytes are a frame.
    Frame(usize),
    /// The first so many bytes would be a frame, but for this. Searched again from the second byte.
    Broken(usize, FaultKind, String),
    /// The first so many bytes are given up for this reason, and none of them is looked at again: for dialects without a check, in
    /// which half a frame can look like another.
    Dropped(usize, FaultKind, String),
}

/// What is seen of a frame that begins with one byte, ends with another, and has neither inside: a beginning inside a frame is the
/// beginning of the next one. `longest` is the longest such frame.
pub(crate) fn enclosed(ahead: &[u8], begin: u8, end: u8, longest: usize) -> Look {
    let Some((first, rest)) = ahead.split_first() else { return Look::More };
    if *first != begin {
        return Look::Noise;
    }
    match rest.iter().position(|byte| *byte == begin || *byte == end) {
        Some(at) if rest.get(at) == Some(&end) && at + 2 <= longest => Look::Frame(at + 2),
        Some(at) if rest.get(at) == Some(&begin) => {
            let detail = "the next frame began before the end of this one";
            Look::Dropped(at + 1, FaultKind::WrongLength, detail.into())
        }
        None if ahead.len() < longest => Look::More,
        Some(_) | None => {
            let detail = format!("no end of frame within {longest} bytes");
            Look::Dropped(ahead.len(), FaultKind::TooLong, detail)
        }
    }
}

/// Collects frames.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    held: Vec<u8>,
    /// Everything before is done with.
    start: usize,
    /// So many bytes from the start belong to no frame.
    noise: usize,
    /// So many bytes from the start were told already; then there is no noise.
    told: usize,
    /// What is held tells nothing before so many more bytes come, and the one behind them.
    missing: usize,
}

impl Frames {
    /// Takes in `bytes` and tells each frame and each fault, in order.
    ///
    /// `look` sees what may begin a frame from its first byte on, each time with one byte more or with those that it said it needs, wherever the bytes
    /// were cut: so it has to look at the new ones only.
    pub(crate) fn push(
        &mut self,
        mut bytes: &[u8],
        look: impl Fn(&[u8]) -> Look,
        mut tell: impl FnMut(Result<&[u8], Fault>),
    ) {
        while let Some((taken, after)) = bytes.split_at_checked(self.missing + 1) {
            match taken {
                [byte] => self.held.push(*byte),
                _ => self.held.extend_from_slice(taken),
            }
            bytes = after;
            self.settle(&look, &mut tell);
        }
        self.held.extend_from_slice(bytes);
        self.missing -= bytes.len();
    }

    fn settle(
        &mut self,
        look: &impl Fn(&[u8]) -> Look,
        tell: &mut impl FnMut(Result<&[u8], Fault>),
    ) {
        // With fewer bytes it was looked at already.
        let mut needed = self.ahead().len();
        while let Some(ahead) = self.ahead().get(..needed) {
            let seen = needed;
            needed = 1;
            match look(ahead) {
                Look::More => needed = seen + 1,
                Look::Needs(bytes) => needed = bytes.max(seen + 1),
                Look::Noise => self.pass(1, tell),
                Look::Frame(length) => {
                    let length = length.clamp(1, seen);
                    self.tell_noise(tell);
                    tell(Ok(self.next(length)));
                    self.start += length;
                    self.told = self.told.saturating_sub(length);
                }
                Look::Broken(length, kind, detail) => {
                    let length = length.clamp(1, seen);
                    self.give_up(length, kind, detail, tell);
                    self.pass(1, tell);
                }
                Look::Dropped(length, kind, detail) => {
                    let length = length.clamp(1, seen);
                    self.give_up(length, kind, detail, tell);
                    self.pass(length, tell);
                }
            }
        }
        self.missing = needed - self.ahead().len() - 1;
        // What is done with is thrown away when it is at least the half: a byte is moved once on average.
        if self.start * 2 >= self.held.len() {
            self.held.drain(..self.start);
            self.start = 0;
        }
    }

    /// What may begin a frame. Asked for with every byte: a call would cost as much as most looks.
    #[inline]
    fn ahead(&self) -> &[u8] {
        self.held.get(self.start + self.noise..).unwrap_or_default()
    }

    fn next(&self, length: usize) -> &[u8] {
        self.held.get(self.start..self.start + length).unwrap_or_default()
    }

    /// Tells a fault in the next so many bytes, unless all of them were told before.
    fn give_up(
        &mut self,
        length: usize,
        kind: FaultKind,
        detail: String,
        tell: &mut impl FnMut(Result<&[u8], Fault>),
    ) {
        self.tell_noise(tell);
        if self.told < length {
            let bytes = self.next(length).get(self.told..).unwrap_or_default();
            tell(Err(Fault::new(kind, detail, bytes)));
            self.told = length;
        }
    }

    /// Passes over the next so many bytes: those that were told already are forgotten, the others are noise.
    fn pass(&mut self, length: usize, tell: &mut impl FnMut(Result<&[u8], Fault>)) {
        for _ in 0..length {
            if self.told > 0 {
                self.start += 1;
                self.told -= 1;
                continue;
            }
            self.noise += 1;
            if self.noise >= limits::NOISE_BYTES {
                self.tell_noise(tell);
            }
        }
    }

    fn tell_noise(&mut self, tell: &mut impl FnMut(Result<&[u8], Fault>)) {
        if self.noise > 0 {
            tell(Err(Fault::new(FaultKind::Noise, "bytes between frames", self.next(self.noise))));
            self.start += self.noise;
            self.noise = 0;
        }
    }

    /// Forgets what is held and tells it, so that bytes of two sessions are never joined.
    pub(crate) fn cut(&mut self) -> Option<Fault> {
        let left = self.held.get(self.start + self.told..).unwrap_or_default();
        let fault = (!left.is_empty()).then(|| {
            if self.noise == left.len() {
                Fault::new(FaultKind::Noise, "bytes between frames", left)
            } else {
                Fault::new(FaultKind::CutOff, "the link ended inside a frame", left)
            }
        });
        *self = Frames::default();
        fault
    }
}

/// A dialect whose frames know nothing of each other and are read one by one, set the same everywhere.
pub trait FrameOf: core::fmt::Debug + Send {
    /// What stands at the beginning of these bytes.
    fn look(ahead: &[u8]) -> Look;

    /// Reads one whole frame.
    fn read(frame: &[u8]) -> Result<Reading, Fault>;
}

/// The codec of such a dialect.
#[derive(Debug)]
pub struct Framed<F> {
    frames: Frames,
    dialect: PhantomData<F>,
}

impl<F: FrameOf> Codec for Framed<F> {
    fn new(_: &Settings) -> Framed<F> {
        Framed { frames: Frames::default(), dialect: PhantomData }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.frames.push(bytes, F::look, |frame| out.push(frame.and_then(F::read)));
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    /// `#`, a digit that says how many bytes follow, the bytes, and the exclusive or of all of them.
    fn look(ahead: &[u8]) -> Look {
        let &[b'#', length, ref rest @ ..] = ahead else {
            return if ahead == b"#" { Look::More } else { Look::Noise };
        };
        let Some(length) = char::from(length).to_digit(10).map(|digit| digit as usize) else {
            return Look::Noise;
        };
        let Some(&check) = rest.get(length) else { return Look::More };
        let sum = rest.iter().take(length).fold(0, |sum, byte| sum ^ byte);
        if sum == check {
            Look::Frame(length + 3)
        } else {
            Look::Broken(length + 3, FaultKind::WrongChecksum, format!("{sum} expected"))
        }
    }

    fn heard(pieces: &[&[u8]]) -> String {
        let mut frames = Frames::default();
        let mut told = String::new();
        for piece in pieces {
            frames.push(piece, look, |frame| {
                told.push_str(&match frame {
                    Ok(frame) => format!("{}; ", crate::Raw(frame.to_vec())),
                    Err(fault) => format!("{} {}; ", fault.kind.name(), fault.excerpt),
                });
            });
        }
        if let Some(fault) = frames.cut() {
            told.push_str(&format!("{} {}", fault.kind.name(), fault.excerpt));
        }
        told.trim_end_matches([' ', ';']).to_string()
    }

    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(heard(&[bytes]), expected);
        for cut in 0..bytes.len() {
            let (first, second) = bytes.split_at(cut);
            assert_eq!(heard(&[first, second]), expected, "cut at {cut}");
        }
    }

    #[test]
    fn frames_are_found_between_noise() {
        check(b"ab#2AA\0#1BBxy", "noise ab; #2AA\\x00; #1BB; noise xy");
    }

    #[test]
    fn a_length_that_was_garbage_does_not_swallow_the_frames_behind_it() {
        check(b"#9#1AA#1BB#1CC#1DD", "wrong-checksum #9#1AA#1BB#1; #1AA; #1BB; #1CC; #1DD");
    }

    #[test]
    fn a_frame_that_never_ends_is_told_at_the_end_of_the_link() {
        check(b"#1AA#4AB", "#1AA; cut-off #4AB");
    }

    #[test]
    fn noise_is_told_in_pieces_of_bounded_size() {
        let told = heard(&[&[b'x'; 600]]);
        assert_eq!(told.matches("noise").count(), 3, "{told}");
    }
}
