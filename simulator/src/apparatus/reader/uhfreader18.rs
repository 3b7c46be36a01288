//! A serial reader of the UHFReader18 family: it looks for tags when it is asked, and some speak unasked.

use std::time::Duration;

use firmware_protocols::seal::uhfreader18::{Answer, encode, encode_question};

use super::super::spells::{Kind, Spells};
use super::super::{Apparatus, Instead, Saying};
use super::field::Field;
use crate::cast::Device;
use crate::story::Act;

/// What readers of this family are known to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    /// It is set to scan and tells tags unasked.
    Unasked,
    /// The check sums of its answers do not fit.
    WrongChecksums,
    /// It knows the command that looks for one tag, and not the one that looks for all.
    OneTagOnly,
}

impl Kind for Quirk {
    const ALL: &'static [(Quirk, &'static str)] = &[
        (Quirk::Unasked, "unasked"),
        (Quirk::WrongChecksums, "wrong-checksums"),
        (Quirk::OneTagOnly, "one-tag-only"),
    ];
}

/// One reader.
#[derive(Debug)]
pub(in crate::apparatus) struct UhfReader18 {
    address: u8,
    field: Field,
    spells: Spells<Quirk>,
    heard: Vec<u8>,
    next_unasked: Duration,
}

/// Commands: all tags, one tag, what the reader is; and what it calls a tag that nobody asked for.
const INVENTORY: u8 = 0x01;
const INVENTORY_ONE: u8 = 0x0f;
const INFORMATION: u8 = 0x21;
const SCANNED: u8 = 0xee;
/// How an answer ends: with tags, with more to follow, without a tag, a command that is not known.
const TAGS: u8 = 0x01;
const MORE_FOLLOWS: u8 = 0x03;
const NO_TAG: u8 = 0xfb;
const UNKNOWN_COMMAND: u8 = 0xfe;
/// It looks for tags for so long before it answers.
const LOOKS: Duration = Duration::from_millis(50);
/// Between two tags that it tells unasked.
const UNASKED: Duration = Duration::from_millis(200);
/// Tags in one answer: more of them than fit into its 255 bytes come in several.
const MOST_TAGS: usize = 3;

impl UhfReader18 {
    pub(in crate::apparatus) fn new(device: &Device) -> UhfReader18 {
        UhfReader18 {
            address: device.settings.address.unwrap_or(0),
            field: Field::default(),
            spells: Spells::none(),
            heard: Vec::new(),
            next_unasked: Duration::ZERO,
        }
    }

    /// The command of the next whole question that was heard.
    fn question(&mut self) -> Option<u8> {
        loop {
            let length = usize::from(*self.heard.first()?) + 1;
            let known = [INVENTORY, INVENTORY_ONE, INFORMATION];
            let asked = known.into_iter().find(|command| {
                self.heard.get(..length) == Some(&encode_question(self.address, *command))
            });
            if asked.is_some() {
                self.heard.drain(..length);
                return asked;
            }
            if self.heard.len() < length && length < 8 {
                return None;
            }
            self.heard.remove(0);
        }
    }

    fn answers(&self, at: Duration, command: u8, out: &mut Vec<Saying>) {
        let said = at + LOOKS;
        let mut tell = |status: u8, tags: Vec<Vec<u8>>| {
            let answer = Answer { address: self.address, command, status, tags };
            out.push((said, self.framed(at, &answer)));
        };
        let mut tags: Vec<Vec<u8>> =
            self.field.at(at).into_iter().map(|tag| tag.epc.clone()).collect();
        match command {
            INFORMATION => return tell(0, Vec::new()),
            INVENTORY if self.spells.last(Quirk::OneTagOnly, at) => {
                return tell(UNKNOWN_COMMAND, Vec::new());
            }
            INVENTORY_ONE => tags.truncate(1),
            _ => {}
        }
        let answers = tags.chunks(MOST_TAGS).count();
        if answers == 0 {
            tell(NO_TAG, Vec::new());
        }
        for (number, tags) in tags.chunks(MOST_TAGS).enumerate() {
            let status = if number + 1 == answers { TAGS } else { MORE_FOLLOWS };
            tell(status, tags.to_vec());
        }
    }

    fn framed(&self, at: Duration, answer: &Answer) -> Vec<u8> {
        let mut bytes = encode(answer);
        if self.spells.last(Quirk::WrongChecksums, at)
            && let Some(last) = bytes.last_mut()
        {
            *last ^= 0x55;
        }
        bytes
    }
}

impl Apparatus for UhfReader18 {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if Quirk::has(act) || matches!(act, Act::Tags { .. }) {
            Ok(())
        } else {
            Err(
                "a reader has tags in its field; it misbehaves: unasked, wrong-checksums, one-tag-only",
            )
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
        self.heard.extend(bytes);
        while let Some(command) = self.question() {
            self.answers(at, command, out);
        }
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        let at = self.next_unasked;
        if at > horizon || !self.spells.last(Quirk::Unasked, at) {
            return None;
        }
        let epc = self.field.at(at).first()?.epc.clone();
        self.next_unasked = at + UNASKED;
        let answer = Answer { address: self.address, command: SCANNED, status: 0, tags: vec![epc] };
        Some((at, self.framed(at, &answer)))
    }
}
