//! Indicators that answer a command with one frame: XK3190 in command mode, SMA, NCI, Toledo 8217, Flintec BSI.
//!
//! A language says where a command ends, and what is answered to it.

use firmware_protocols::Settings;
use firmware_protocols::weighbridge::{
    Display, Kind, Stability, Weighing, flintec, nci, sma, toledo8217, xk3190_command,
};
use rust_decimal::Decimal;

use super::spoken::number;
use super::{Now, Voice, spoil};
use crate::apparatus::manner::{Form, Misbehaviour};
use crate::indicator::Pressed;
use crate::story::Key;

/// How an indicator is spoken to.
#[derive(Debug)]
pub(in crate::apparatus) struct Language {
    /// The last byte of a command; none where each byte is one.
    ends: Option<u8>,
    forms: &'static [Form],
    misbehaviours: &'static [Misbehaviour],
    /// Where its check digit stands, from the end of an answer.
    check_from_end: usize,
    answer: Answer,
}

/// What is answered to a command, by an indicator that is set so, and how many lines of what it tells of itself were asked for in a row.
type Answer = fn(&[u8], &mut Now<'_>, &Settings, usize) -> Option<Vec<u8>>;

/// An indicator that answers commands.
#[derive(Debug)]
pub(in crate::apparatus) struct Commands {
    language: &'static Language,
    settings: Settings,
    heard: Vec<u8>,
    /// How often in a row it was asked for the next line of what it tells of itself.
    told: usize,
}

/// No command of these languages is longer.
const LONGEST: usize = 32;
/// SMA: the next line of what the scale tells of itself.
const NEXT: &[u8] = b"\nN\r";

impl Language {
    pub(in crate::apparatus) fn by(&'static self, settings: &Settings) -> Commands {
        Commands { language: self, settings: settings.clone(), heard: Vec::new(), told: 0 }
    }
}

impl Voice for Commands {
    fn forms(&self) -> &'static [Form] {
        self.language.forms
    }

    fn misbehaviours(&self) -> &'static [Misbehaviour] {
        self.language.misbehaviours
    }

    fn opened(&mut self) {
        self.heard.clear();
    }

    fn hears(&mut self, bytes: &[u8], now: &mut Now<'_>, out: &mut Vec<Vec<u8>>) {
        for byte in bytes {
            self.heard.push(*byte);
            if self.language.ends.is_none_or(|end| end == *byte) {
                let command = std::mem::take(&mut self.heard);
                self.told = if command == NEXT { self.told + 1 } else { 0 };
                let mut answer = (self.language.answer)(&command, now, &self.settings, self.told);
                if let Some(answer) = &mut answer
                    && now.does(Misbehaviour::WrongCheckSum)
                {
                    spoil(answer, self.language.check_from_end);
                }
                out.extend(answer);
            } else if self.heard.len() > LONGEST {
                self.heard.clear();
            }
        }
    }
}

/// The address under which it answers.
fn address(own: u8, now: &Now<'_>) -> u8 {
    if now.does(Misbehaviour::ForeignAddress) { own + 1 } else { own }
}

/// `02 A B 0 3 03`: address, command, exclusive or of both.
pub(in crate::apparatus) static XK3190_COMMAND: Language = Language {
    ends: Some(0x03),
    forms: &[],
    misbehaviours: &[
        Misbehaviour::WrongCheckSum,
        Misbehaviour::ForeignAddress,
        Misbehaviour::Echoes,
    ],
    check_from_end: 2,
    answer: |command, now, settings, _| {
        let own = settings.address.unwrap_or(1);
        let [.., 0x02, asked, command, high, low, 0x03] = command else { return None };
        let sum = format!("{:02X}", asked ^ command);
        if asked.checked_sub(b'A' - 1) != Some(own) || sum.as_bytes() != [*high, *low] {
            return None;
        }
        let shown = now.shows();
        let kind = match command {
            b'B' => Kind::Gross,
            b'C' => Kind::Tare,
            b'D' => Kind::Net,
            _ => return None,
        };
        let display = match kind {
            Kind::Net => shown.displayed().display,
            Kind::Tare => Display::Value(shown.tare_kg.unwrap_or_default()),
            Kind::Gross | Kind::Unknown => shown.gross,
        };
        xk3190_command::encode(&Weighing {
            // Nines are what several makers show; this one's manuals are silent.
            display: Display::Value(number(display, 999_999)),
            kind,
            address: Some(address(own, now)),
            ..shown.gross()
        })
    },
};

/// `LF W CR`.
pub(in crate::apparatus) static SMA: Language = Language {
    ends: Some(b'\r'),
    forms: &[],
    misbehaviours: &[Misbehaviour::Refuses, Misbehaviour::ParityError, Misbehaviour::Echoes],
    check_from_end: 0,
    answer: |command, now, _, told| {
        if now.does(Misbehaviour::Refuses) {
            return Some(b"\n?\r".to_vec());
        }
        if now.does(Misbehaviour::ParityError) {
            return Some(b"\n!\r".to_vec());
        }
        let line = |text: &str| Some(format!("\n{text}\r").into_bytes());
        match command {
            [.., b'\n', b'I', b'\r'] => line("SMA:2/1.0"),
            NEXT => {
                let scale = now.indicator.scale();
                match told {
                    1 => line("TYP:S"),
                    2 => line(&format!("CAP:kg:{}:{}:0", scale.capacity_kg, scale.increment_kg)),
                    3 => line("CMD:WZTC"),
                    _ => line("END:"),
                }
            }
            [.., b'\n', b'T', b'\r'] => pressed(now, Key::Tare),
            [.., b'\n', b'Z', b'\r'] => pressed(now, Key::Zero),
            [.., b'\n', b'C', b'\r'] => pressed(now, Key::Clear),
            [.., b'\n', b'W', b'\r'] => sma::encode(&now.shows().displayed()),
            _ => line("?"),
        }
    },
};

/// A command that changes the scale is answered with what it shows then.
fn pressed(now: &mut Now<'_>, key: Key) -> Option<Vec<u8>> {
    now.indicator.press(now.at, key);
    sma::encode(&now.shows().displayed())
}

/// `W CR`.
pub(in crate::apparatus) static NCI: Language = Language {
    ends: Some(b'\r'),
    forms: &[Form::Ecr, Form::Nci],
    misbehaviours: &[Misbehaviour::Refuses, Misbehaviour::Echoes],
    check_from_end: 0,
    answer: |command, now, _, _| {
        const UNKNOWN: &[u8] = b"\n?\r\x03";
        if now.does(Misbehaviour::Refuses) {
            return Some(UNKNOWN.to_vec());
        }
        let shown = now.shows();
        match command {
            b"W\r" if now.is(Form::Nci) => Some(nci_7800(&shown.displayed())),
            b"W\r" => nci::encode(&positive(shown.displayed())),
            b"Z\r" => {
                now.indicator.press(now.at, Key::Zero);
                nci::encode(&withheld(&now.shows().displayed()))
            }
            b"S\r" => nci::encode(&withheld(&shown.displayed())),
            _ => Some(UNKNOWN.to_vec()),
        }
    },
};

/// The state alone.
fn withheld(shown: &Weighing) -> Weighing {
    let display = shown.display.value().map_or(shown.display, |_| Display::Withheld);
    Weighing { display, ..shown.clone() }
}

/// What these scales keep back below zero.
fn positive(shown: Weighing) -> Weighing {
    let below = shown.display.value().is_some_and(|kg| kg < Decimal::ZERO);
    Weighing { display: if below { Display::Underload } else { shown.display }, ..shown }
}

/// NCI 7800: a number always, and the state behind it, whose bits are known by hints only.
fn nci_7800(shown: &Weighing) -> Vec<u8> {
    let number = shown.display.value().map_or_else(String::new, |kg| kg.to_string());
    let moves = shown.stability != Stability::Stable;
    let first = u8::from(moves) | if shown.flags.center_of_zero { 2 } else { 0 };
    let second = match shown.display {
        Display::Underload => 1,
        Display::Overload => 2,
        Display::Value(_) | Display::OutOfRange | Display::Blank | Display::Withheld => 0,
    };
    format!("\n{number:>7}KG\r\n{first}{second}\r\x03").into_bytes()
}

/// `W`: one letter is a command.
pub(in crate::apparatus) static TOLEDO_8217: Language = Language {
    ends: None,
    forms: &[],
    misbehaviours: &[],
    check_from_end: 0,
    answer: |command, now, _, _| match command {
        b"W" => toledo8217::encode(&positive(now.shows().displayed())),
        b"Z" => key(now, Key::Zero),
        b"T" => key(now, Key::Tare),
        b"C" => key(now, Key::Clear),
        // Counters look for a scale with `Ehello`: it gives back what follows.
        b"E" => Some(vec![0x02, b'E', b'\r']),
        [letter @ b'a'..=b'z'] => Some(vec![*letter]),
        _ => None,
    },
};

fn key(now: &mut Now<'_>, key: Key) -> Option<Vec<u8>> {
    now.indicator.press(now.at, key);
    None
}

/// `01 B 5D CR LF`: address, command, check.
pub(in crate::apparatus) static FLINTEC_BSI: Language = Language {
    ends: Some(b'\n'),
    forms: &[],
    misbehaviours: &[
        Misbehaviour::WrongCheckSum,
        Misbehaviour::ForeignAddress,
        Misbehaviour::Refuses,
        Misbehaviour::Echoes,
    ],
    check_from_end: 3,
    answer: |command, now, settings, _| {
        let checked = settings.checksum != Some(false);
        let own = settings.address.filter(|address| (1..=98).contains(address));
        let line = command.strip_suffix(b"\r\n")?;
        let text = if checked {
            let (text, sum) = line.split_last_chunk::<2>()?;
            (bsi_check(text).as_bytes() == sum).then_some(text)?
        } else {
            line
        };
        let prefix = own.map_or_else(String::new, |own| format!("{own:02}"));
        let command = text.strip_prefix(prefix.as_bytes())?;
        let answers_as = own.map(|own| address(own, now));
        let refused = |command: &[u8]| {
            let prefix = answers_as.map_or_else(String::new, |own| format!("{own:02}"));
            let mut text = format!("{prefix}{}X", String::from_utf8_lossy(command));
            if checked {
                text.push_str(&bsi_check(text.as_bytes()));
            }
            Some(format!("{text}\r\n").into_bytes())
        };
        let shown = now.shows();
        match command {
            b"B" if !now.does(Misbehaviour::Refuses) => {
                flintec::encode(&Weighing { address: answers_as, ..shown.gross() }, checked)
            }
            b"T" if now.indicator.press(now.at, Key::Tare) == Pressed::Done => {
                let weighing = now.shows().gross();
                flintec::encode(&Weighing { address: answers_as, ..weighing }, checked)
            }
            other => refused(other),
        }
    },
};

/// What makes the sum of all characters nothing.
fn bsi_check(text: &[u8]) -> String {
    format!("{:02X}", text.iter().fold(0_u8, |sum, byte| sum.wrapping_sub(*byte)))
}
