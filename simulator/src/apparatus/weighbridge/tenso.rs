//! A Tenso-M instrument that speaks "tEnSo" (docs/protocols/tenso-m.md): it answers under its address, and speaks by itself if it is set to.

use std::time::Duration;

use firmware_protocols::Settings;
use firmware_protocols::weighbridge::{Display, Stability, Weighing, tenso};
use rust_decimal::Decimal;

use super::{Now, Voice};
use crate::apparatus::manner::{Form, Misbehaviour};
use crate::indicator::Pressed;
use crate::story::Key;

/// An instrument.
#[derive(Debug)]
pub(in crate::apparatus) struct Binary {
    address: u8,
    checked: bool,
    /// Address, command and data of the question so far, and whether its last byte was a mark.
    heard: Vec<u8>,
    marked: bool,
    /// Somebody asked it to speak by itself (CE).
    initiative: bool,
}

const MARK: u8 = 0xff;
const STUFFING: u8 = 0xfe;
const LONGEST: usize = 64;
const REFUSED: u8 = 0xee;
const NOT_SUPPORTED: u8 = 0xfd;
const GROSS: u8 = 0xc3;

impl Binary {
    pub(in crate::apparatus) fn new(settings: &Settings) -> Binary {
        Binary {
            address: settings.address.unwrap_or(1),
            checked: settings.checksum != Some(false),
            heard: Vec::new(),
            marked: false,
            initiative: false,
        }
    }

    fn frame(&self, now: &Now<'_>, command: u8, data: &[u8]) -> Vec<u8> {
        let foreign = now.does(Misbehaviour::ForeignAddress);
        let address = if foreign { self.address + 1 } else { self.address };
        if !(self.checked && now.does(Misbehaviour::WrongCheckSum)) {
            return tenso::frame(address, command, data, self.checked);
        }
        let wrong = tenso::crc(&[&[address, command], data].concat()) ^ 0x01;
        tenso::frame(address, command, &[data, &[wrong]].concat(), false)
    }

    /// Three bytes of digits and one of state. What is no number is shown as 999999 with the bit of the overload; of too little it is assumed.
    fn weight(&self, now: &Now<'_>, command: u8, shown: &Weighing) -> Vec<u8> {
        let (kg, bits) = match shown.display {
            Display::Value(kg) => (kg, 0),
            Display::Underload => (Decimal::from(-999_999), 0x08),
            Display::Overload | Display::OutOfRange | Display::Blank | Display::Withheld => {
                (Decimal::from(999_999), 0x08)
            }
        };
        let figures = u32::try_from(kg.trunc().mantissa().unsigned_abs()).unwrap_or(999_999);
        let pair = |place: u32| {
            let pair = u8::try_from(figures / place % 100).unwrap_or_default();
            pair / 10 * 16 + pair % 10
        };
        let minus = if kg.is_sign_negative() && figures > 0 { 0x80 } else { 0 };
        let stable = if shown.stability == Stability::Stable { 0x10 } else { 0 };
        let state = bits | minus | stable;
        self.frame(now, command, &[pair(1), pair(100), pair(10_000), state])
    }

    fn answer(&mut self, question: &[u8], now: &mut Now<'_>) -> Option<Vec<u8>> {
        let (body, fits) = match question {
            [body @ .., sum] if self.checked => (body, *sum == tenso::crc(body)),
            body => (body, true),
        };
        let &[address, command] = body else { return None };
        if address != self.address {
            return None;
        }
        if !fits {
            return Some(self.frame(now, REFUSED, &[0x06]));
        }
        if now.does(Misbehaviour::Refuses) {
            return Some(self.frame(now, REFUSED, &[0x01]));
        }
        let shown = now.shows();
        Some(match command {
            0xb8 if now.is(Form::WithoutB8) => self.frame(now, NOT_SUPPORTED, b"TB-003/05D v1.0"),
            0xb8 | GROSS => self.weight(now, command, &shown.gross()),
            0xc2 => self.weight(now, command, &shown.displayed()),
            0xc0 => match now.indicator.press(now.at, Key::Zero) {
                Pressed::Done => self.frame(now, command, &[]),
                Pressed::Moving | Pressed::Above | Pressed::Below => {
                    self.frame(now, REFUSED, &[0x03])
                }
            },
            0xa1 => self.frame(now, command, &[0x01, 0x23, 0x45]),
            0xce | 0xcf => {
                self.initiative = command == 0xce;
                self.frame(now, command, &[])
            }
            _ => self.frame(now, NOT_SUPPORTED, b"TB-003/05D v1.0"),
        })
    }
}

impl Voice for Binary {
    fn forms(&self) -> &'static [Form] {
        &[Form::Asked, Form::OwnInitiative, Form::WithoutB8]
    }

    fn misbehaviours(&self) -> &'static [Misbehaviour] {
        &[
            Misbehaviour::WrongCheckSum,
            Misbehaviour::ForeignAddress,
            Misbehaviour::Refuses,
            Misbehaviour::Echoes,
        ]
    }

    fn opened(&mut self) {
        self.heard.clear();
        self.marked = false;
    }

    fn restarted(&mut self, _: &mut Vec<Vec<u8>>) {
        self.opened();
        self.initiative = false;
    }

    fn hears(&mut self, bytes: &[u8], now: &mut Now<'_>, out: &mut Vec<Vec<u8>>) {
        for &byte in bytes {
            match (byte, self.marked) {
                (MARK, false) => self.marked = true,
                (MARK, true) => {
                    let question = std::mem::take(&mut self.heard);
                    out.extend(self.answer(&question, now));
                }
                (STUFFING, true) => {
                    self.heard.push(MARK);
                    self.marked = false;
                }
                (byte, true) => {
                    self.heard = vec![byte];
                    self.marked = false;
                }
                (byte, false) => self.heard.push(byte),
            }
            if self.heard.len() > LONGEST {
                self.heard.clear();
            }
        }
    }

    fn period(&self, form: Option<Form>) -> Option<Duration> {
        let speaks = self.initiative || form == Some(Form::OwnInitiative);
        speaks.then_some(Duration::from_millis(200))
    }

    fn says(&mut self, now: &mut Now<'_>) -> Option<Vec<u8>> {
        let shown = now.shows();
        Some(self.weight(now, GROSS, &shown.gross()))
    }
}
