//! Weighing indicators: what their display shows, in the words of their dialect, by themselves or when they are asked.
//!
//! There is one indicator ([`crate::indicator`]) and a [`Voice`] for each way to speak. Whoever asks for what changes a scale (zero, tare)
//! gets it done as by a key, where the dialect has a word for it: the agent never asks for it, others on the line may.

mod commands;
mod modbus;
mod sics;
mod spoken;
mod tenso;
mod tenso643;
#[cfg(test)]
mod tests;
mod toledo;

use std::fmt;
use std::time::Duration;

use firmware_protocols::weighbridge::Display;
use rust_decimal::Decimal;

use super::{Apparatus, Instead, Saying, Start};
use crate::apparatus::manner::{Form, Misbehaviour};
use crate::indicator::{Indicator, Scale, Shown};
use crate::story::Act;

pub(super) use commands::{FLINTEC_BSI, NCI, SMA, TOLEDO_8217, XK3190_COMMAND};
pub(super) use modbus::{misbehave, rtu, tcp};
pub(super) use sics::Sics;
pub(super) use spoken::{
    BILANCIAI, CARDINAL, CAS, RICE_LAKE, RINSTRUM, XK3190, XK3190_A12, XK3190_TEXT,
};
pub(super) use tenso::Binary;
pub(super) use tenso643::Text;
pub(super) use toledo::TOLEDO;

/// Who speaks for an indicator.
pub(super) trait Voice: fmt::Debug + Send {
    /// The forms that can be set in its menu; the first is the usual one.
    fn forms(&self) -> &'static [Form] {
        &[]
    }

    /// What it can do wrong.
    fn misbehaviours(&self) -> &'static [Misbehaviour] {
        &[]
    }

    /// The other end has opened the line.
    fn opened(&mut self) {}

    /// Somebody gives it another address, which it can have.
    fn addressed(&mut self, _address: u8) {}

    /// Whether it can have this address.
    fn can_have(&self, _address: u8) -> bool {
        false
    }

    /// The speed to which somebody on its line has set it, in bits per second; told once.
    fn new_speed(&mut self) -> Option<u32> {
        None
    }

    /// It was switched off and on.
    fn restarted(&mut self, _out: &mut Vec<Vec<u8>>) {}

    /// It is asked: what it answers goes into `out`.
    fn hears(&mut self, _bytes: &[u8], _now: &mut Now<'_>, _out: &mut Vec<Vec<u8>>) {}

    /// How often it says something by itself, if it does so now.
    fn period(&self, _form: Option<Form>) -> Option<Duration> {
        None
    }

    /// What it says by itself.
    fn says(&mut self, _now: &mut Now<'_>) -> Option<Vec<u8>> {
        None
    }
}

/// An indicator at one moment.
#[derive(Debug)]
pub(super) struct Now<'a> {
    pub(super) at: Duration,
    pub(super) indicator: &'a mut Indicator,
    /// How it was set by the story, if it was.
    pub(super) form: Option<Form>,
    misbehaving: Option<Misbehaviour>,
}

impl Now<'_> {
    pub(super) fn shows(&mut self) -> Shown {
        let shown = self.indicator.shows(self.at);
        if let Display::Value(kg) = shown.gross
            && self.does(Misbehaviour::OffStep)
            && !kg.is_zero()
        {
            let half = self.indicator.scale().increment_kg / Decimal::TWO;
            return Shown { gross: Display::Value(kg + half), ..shown };
        }
        shown
    }

    pub(super) fn does(&self, how: Misbehaviour) -> bool {
        self.misbehaving == Some(how)
    }

    pub(super) fn is(&self, form: Form) -> bool {
        self.form == Some(form)
    }
}

/// A scale and its voice.
#[derive(Debug)]
pub(super) struct Weighbridge<V> {
    indicator: Indicator,
    voice: V,
    /// When it says something by itself next.
    next: Duration,
    form: Option<Form>,
    misbehaving: Option<(Misbehaviour, Duration)>,
}

/// An indicator needs so long for an answer (assumed).
const ANSWERS_AFTER: Duration = Duration::from_millis(20);
/// It is dark for so long after it was switched off and on (assumed).
const DARK: Duration = Duration::from_secs(5);

impl<V: Voice> Weighbridge<V> {
    /// A truck scale that speaks so.
    pub(super) fn new(start: Start, voice: V) -> Weighbridge<V> {
        Weighbridge {
            indicator: Indicator::new(start.seed, Scale::default()),
            voice,
            next: Duration::ZERO,
            form: None,
            misbehaving: None,
        }
    }

    fn form_of(&self, word: &str) -> Option<Form> {
        Form::of(word).filter(|form| self.voice.forms().contains(form))
    }

    fn misbehaviour_of(&self, word: &str) -> Option<Misbehaviour> {
        Misbehaviour::of(word)
            .filter(|how| *how == Misbehaviour::OffStep || self.voice.misbehaviours().contains(how))
    }

    fn speaks<T>(&mut self, at: Duration, speak: impl FnOnce(&mut V, &mut Now<'_>) -> T) -> T {
        let Weighbridge { indicator, voice, form, misbehaving, .. } = self;
        let misbehaving = misbehaving.filter(|(_, until)| at < *until).map(|(how, _)| how);
        speak(voice, &mut Now { at, indicator, form: *form, misbehaving })
    }

    /// Something may have made it speak by itself.
    fn begins(&mut self, at: Duration, spoke: bool) {
        if !spoke && let Some(period) = self.voice.period(self.form) {
            self.next = at + period;
        }
    }
}

impl<V: Voice> Apparatus for Weighbridge<V> {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        const NOT_KNOWN: Instead = "docs/stories.md lists what it can be set to and do wrong";
        if let Act::SetTo { form } = act {
            self.form_of(form).map(drop).ok_or(NOT_KNOWN)
        } else if let Act::Misbehaves { how, .. } = act {
            self.misbehaviour_of(how).map(drop).ok_or(NOT_KNOWN)
        } else if let Act::Addressed { address } = act {
            let takes = self.voice.can_have(*address);
            takes.then_some(()).ok_or("only a Tenso-M is given another address, 1 to 159")
        } else if matches!(
            act,
            Act::Load { .. }
                | Act::Axles { .. }
                | Act::Presses(_)
                | Act::Drifts { .. }
                | Act::Shakes { .. }
                | Act::Restarts
        ) {
            Ok(())
        } else {
            Err("a scale is loaded")
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        if let Act::Load { gross_kg, time } = act {
            self.indicator.load(at, *time, *gross_kg);
        } else if let Act::Axles { axles_kg, time } = act {
            self.indicator.axles(at, *time, axles_kg);
        } else if let Act::Presses(key) = act {
            self.indicator.press(at, *key);
        } else if let Act::Drifts { by_kg } = act {
            self.indicator.drift(*by_kg);
        } else if let Act::Shakes { time } = act {
            self.indicator.shake(at + *time);
        } else if let Act::SetTo { form } = act {
            let spoke = self.voice.period(self.form).is_some();
            self.form = self.form_of(form);
            self.begins(at, spoke);
        } else if let Act::Addressed { address } = act {
            self.voice.addressed(*address);
        } else if let Act::Misbehaves { how, time } = act {
            self.misbehaving = self.misbehaviour_of(how).map(|how| (how, at + *time));
        } else if *act == Act::Restarts {
            self.indicator.restart(at);
            let mut said = Vec::new();
            self.voice.restarted(&mut said);
            self.next = at + DARK;
            out.extend(said.into_iter().map(|bytes| (at + DARK, bytes)));
        }
    }

    fn opened(&mut self, _: Duration, _: &mut Vec<Saying>) {
        self.voice.opened();
    }

    fn hears(&mut self, at: Duration, bytes: &[u8], out: &mut Vec<Saying>) {
        let spoke = self.voice.period(self.form).is_some();
        let mut answers = Vec::new();
        self.speaks(at, |voice, now| {
            if now.does(Misbehaviour::Echoes) {
                answers.push(bytes.to_vec());
            }
            voice.hears(bytes, now, &mut answers);
        });
        out.extend(answers.into_iter().map(|answer| (at + ANSWERS_AFTER, answer)));
        self.begins(at, spoke);
    }

    fn new_speed(&mut self) -> Option<u32> {
        self.voice.new_speed()
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        loop {
            let period = self.voice.period(self.form)?;
            let at = self.next;
            if at > horizon {
                return None;
            }
            self.next += period;
            if let Some(bytes) = self.speaks(at, |voice, now| voice.says(now)) {
                return Some((at, bytes));
            }
        }
    }
}

/// Turns the check digit that stands so far from the end of a frame.
fn spoil(frame: &mut [u8], from_end: usize) {
    if let Some(digit) = frame.len().checked_sub(from_end).and_then(|at| frame.get_mut(at)) {
        *digit ^= 1;
    }
}
