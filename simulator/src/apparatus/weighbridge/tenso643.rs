//! A Tenso-M instrument that speaks "6.43" (docs/protocols/tenso-m-643.md): it is called by its address, and then answers.
//!
//! Both forms of its state are played: the text is the value, or has one digit more. What it shows for an overload is in no paper; letters are
//! assumed, as for its messages.

use firmware_protocols::Settings;
use firmware_protocols::weighbridge::{Stability, tenso643};
use rust_decimal::Decimal;

use super::{Now, Voice};
use crate::apparatus::manner::{Form, Misbehaviour};
use crate::story::Key;

/// An instrument.
#[derive(Debug)]
pub(in crate::apparatus) struct Text {
    address: u8,
    called: bool,
    /// What was heard of a call: its digits.
    calling: Option<Vec<u8>>,
}

/// How it answers that it was called.
const CALLED: u8 = 0xff;

impl Text {
    pub(in crate::apparatus) fn new(settings: &Settings) -> Text {
        Text { address: settings.address.unwrap_or(1), called: false, calling: None }
    }

    /// Every instrument answers the address 0.
    fn is_meant(&self, digits: &[u8]) -> bool {
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u16>().ok());
        number.is_some_and(|number| number == 0 || number == u16::from(self.address))
    }

    fn shown(&self, now: &mut Now<'_>) -> Option<Vec<u8>> {
        let mut shown = now.shows().displayed();
        if now.does(Misbehaviour::Message) {
            return Some(b"=Err 03  ".to_vec());
        }
        let Some(kg) = shown.display.value() else {
            return Some(b"=   OL  %".to_vec());
        };
        if !now.is(Form::Tenths) {
            return tenso643::encode(&shown);
        }
        shown.display = firmware_protocols::weighbridge::Display::Value(kg * Decimal::TEN);
        let mut frame = tenso643::encode(&shown)?;
        *frame.last_mut()? = if shown.stability == Stability::Stable { b' ' } else { b'!' };
        Some(frame)
    }
}

impl Voice for Text {
    fn forms(&self) -> &'static [Form] {
        &[Form::Whole, Form::Tenths]
    }

    fn misbehaviours(&self) -> &'static [Misbehaviour] {
        &[Misbehaviour::Message]
    }

    fn restarted(&mut self, _: &mut Vec<Vec<u8>>) {
        self.called = false;
        self.calling = None;
    }

    fn hears(&mut self, bytes: &[u8], now: &mut Now<'_>, out: &mut Vec<Vec<u8>>) {
        for &byte in bytes {
            if let Some(digits) = &mut self.calling {
                digits.push(byte);
                if digits.len() == 4 {
                    let digits = self.calling.take().unwrap_or_default();
                    self.called = self.is_meant(&digits);
                    out.extend(self.called.then(|| vec![CALLED]));
                }
                continue;
            }
            match byte {
                0x01 => self.calling = Some(Vec::new()),
                0x02 => self.called = false,
                0x10 if self.called => out.extend(self.shown(now)),
                0x0d if self.called => {
                    now.indicator.press(now.at, Key::Zero);
                    out.push(vec![CALLED]);
                }
                // A key that nobody pressed.
                0x11 | 0x19 if self.called => out.push(vec![0]),
                _ => {}
            }
        }
    }
}
