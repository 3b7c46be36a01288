//! A module M100 / JRD-4035: one look, one tag; some go on telling.

use std::time::Duration;

use firmware_protocols::seal::m100::{Said, encode, encode_question};

use super::super::spells::{Kind, Spells};
use super::super::{Apparatus, Instead, Saying};
use super::field::Field;
use crate::story::Act;

/// What these modules are known to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    /// It goes on telling tags unasked.
    Unasked,
    /// The sums of its frames do not fit.
    WrongChecksums,
}

impl Kind for Quirk {
    const ALL: &'static [(Quirk, &'static str)] =
        &[(Quirk::Unasked, "unasked"), (Quirk::WrongChecksums, "wrong-checksums")];
}

/// One module.
#[derive(Debug)]
pub(in crate::apparatus) struct M100 {
    field: Field,
    spells: Spells<Quirk>,
    heard: Vec<u8>,
    looks: usize,
    next_unasked: Duration,
}

/// The error that says there is no tag.
const NO_TAG: u8 = 0x15;
const LOOKS: Duration = Duration::from_millis(30);
const UNASKED: Duration = Duration::from_millis(200);

impl M100 {
    pub(in crate::apparatus) fn new() -> M100 {
        M100 {
            field: Field::default(),
            spells: Spells::none(),
            heard: Vec::new(),
            looks: 0,
            next_unasked: Duration::ZERO,
        }
    }

    /// A look finds one of the tags, and another the next time.
    fn looks(&mut self, at: Duration) -> Said {
        let tags = self.field.at(at);
        let Some(tag) = tags.get(self.looks % tags.len().max(1)) else {
            return Said::Error(NO_TAG);
        };
        let epc = tag.epc.clone();
        self.looks = self.looks.wrapping_add(1);
        Said::Tag { rssi_dbm: -55, epc }
    }

    fn framed(&self, at: Duration, said: &Said) -> Vec<u8> {
        let mut bytes = encode(said);
        if self.spells.last(Quirk::WrongChecksums, at)
            && let [.., sum, _] = bytes.as_mut_slice()
        {
            *sum ^= 0x55;
        }
        bytes
    }
}

impl Apparatus for M100 {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if Quirk::has(act) || matches!(act, Act::Tags { .. }) {
            Ok(())
        } else {
            Err("a reader has tags in its field; it misbehaves: unasked, wrong-checksums")
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, _: &mut Vec<Saying>) {
        self.spells.befalls(at, act);
        self.field.befalls(at, act);
        self.next_unasked = self.next_unasked.max(at);
    }

    fn opened(&mut self, _: Duration, _: &mut Vec<Saying>) {
        self.heard.clear();
    }

    fn hears(&mut self, at: Duration, bytes: &[u8], out: &mut Vec<Saying>) {
        let question = encode_question();
        for &byte in bytes {
            self.heard.push(byte);
            if self.heard.ends_with(&question) {
                self.heard.clear();
                let said = self.looks(at);
                out.push((at + LOOKS, self.framed(at, &said)));
            } else if self.heard.len() > question.len() {
                self.heard.remove(0);
            }
        }
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        let at = self.next_unasked;
        if at > horizon || !self.spells.last(Quirk::Unasked, at) || self.field.at(at).is_empty() {
            return None;
        }
        self.next_unasked = at + UNASKED;
        let said = self.looks(at);
        Some((at, self.framed(at, &said)))
    }
}
