//! Indicators that show their display to the line for ever: a frame, and a little later the next.
//!
//! Where a dialect has no sign for what is no number, nines are sent: several makers do so, of the others it is assumed.

use std::time::Duration;

use firmware_protocols::Settings;
use firmware_protocols::weighbridge::{
    Display, Kind, Stability, Weighing, bilanciai, cardinal, comma, rice_lake, rinstrum, xk3190,
    xk3190_a12, xk3190_text,
};
use rust_decimal::Decimal;
use units::MassUnit;

use super::{Now, Voice, spoil};
use crate::apparatus::manner::{Form, Misbehaviour};

/// How an indicator speaks.
#[derive(Debug)]
pub(in crate::apparatus) struct Spoken {
    pub(super) period: Duration,
    pub(super) forms: &'static [Form],
    pub(super) misbehaviours: &'static [Misbehaviour],
    /// Where its check digit stands, from the end of the frame.
    pub(super) check_from_end: usize,
    pub(super) frame: fn(&mut Now<'_>, &Settings) -> Option<Vec<u8>>,
}

/// An indicator that speaks so, set so.
#[derive(Debug)]
pub(in crate::apparatus) struct Continuous {
    how: &'static Spoken,
    settings: Settings,
}

impl Spoken {
    pub(in crate::apparatus) fn by(&'static self, settings: &Settings) -> Continuous {
        Continuous { how: self, settings: settings.clone() }
    }
}

impl Voice for Continuous {
    fn forms(&self) -> &'static [Form] {
        self.how.forms
    }

    fn misbehaviours(&self) -> &'static [Misbehaviour] {
        self.how.misbehaviours
    }

    fn period(&self, _: Option<Form>) -> Option<Duration> {
        Some(self.how.period)
    }

    fn says(&mut self, now: &mut Now<'_>) -> Option<Vec<u8>> {
        let mut frame = (self.how.frame)(now, &self.settings)?;
        if now.does(Misbehaviour::WrongCheckSum) {
            spoil(&mut frame, self.how.check_from_end);
        }
        Some(frame)
    }
}

const FIVE_A_SECOND: Duration = Duration::from_millis(200);

const PLAIN: Spoken = Spoken {
    period: FIVE_A_SECOND,
    forms: &[],
    misbehaviours: &[],
    check_from_end: 0,
    frame: |_, _| None,
};

/// Gross always, as the A9 sends it.
pub(in crate::apparatus) static XK3190: Spoken = Spoken {
    misbehaviours: &[Misbehaviour::WrongCheckSum],
    check_from_end: 2,
    frame: |now, _| xk3190::encode(number(now.shows().gross, 999_999)),
    ..PLAIN
};

pub(in crate::apparatus) static XK3190_TEXT: Spoken = Spoken {
    frame: |now, settings| {
        let shown = number(now.shows().displayed().display, 99_999_999);
        let mut frame = xk3190_text::encode(Display::Value(shown))?;
        if settings.equals_last == Some(true) {
            frame.rotate_left(1);
        }
        Some(frame)
    },
    ..PLAIN
};

pub(in crate::apparatus) static XK3190_A12: Spoken = Spoken {
    forms: &[Form::A12, Form::WwLines],
    misbehaviours: &[Misbehaviour::WrongCheckSum],
    check_from_end: 3,
    frame: |now, _| {
        let shown = now.shows().displayed();
        if now.is(Form::WwLines) { Some(ww_line(&shown)) } else { xk3190_a12::encode(&shown) }
    },
    ..PLAIN
};

pub(in crate::apparatus) static CAS: Spoken = Spoken {
    forms: &[Form::Cas, Form::CasShort, Form::AandD, Form::DiniArgeo],
    misbehaviours: &[Misbehaviour::InconsistentHeader],
    frame: |now, _| comma_string(now),
    ..PLAIN
};

pub(in crate::apparatus) static RINSTRUM: Spoken = Spoken {
    forms: &[Form::Fmt1, Form::Fmt2],
    frame: |now, _| {
        let shown = now.shows().displayed();
        if now.is(Form::Fmt2) { fmt_2(&shown) } else { rinstrum::encode(&shown) }
    },
    ..PLAIN
};

pub(in crate::apparatus) static RICE_LAKE: Spoken =
    Spoken { frame: |now, _| rice_lake::encode(&now.shows().displayed()), ..PLAIN };

pub(in crate::apparatus) static CARDINAL: Spoken =
    Spoken { frame: |now, _| cardinal::encode(&now.shows().displayed()), ..PLAIN };

/// The five digits are those of the kilograms, wherever the site agreed that their point stands. The D70 pauses for 300 ms.
pub(in crate::apparatus) static BILANCIAI: Spoken = Spoken {
    period: Duration::from_millis(300),
    frame: |now, _| bilanciai::encode(&now.shows().displayed()),
    ..PLAIN
};

/// `ww0038240kg`: no check, and no sign for what is no number.
fn ww_line(shown: &Weighing) -> Vec<u8> {
    let kg = number(shown.display, 9_999_999);
    let (word, sign) = (
        if shown.kind == Kind::Net { "wn" } else { "ww" },
        if kg.is_sign_negative() && !kg.is_zero() { "-" } else { "" },
    );
    format!("{word}{sign}{:0>7}kg\r\n", kg.abs().to_string()).into_bytes()
}

/// The number that stands for what is shown: nines for what is none.
pub(super) fn number(shown: Display, nines: i64) -> Decimal {
    shown.value().unwrap_or(Decimal::from(nines))
}

fn comma_string(now: &mut Now<'_>) -> Option<Vec<u8>> {
    let Weighing { display, kind, stability, .. } = now.shows().displayed();
    let flavour = match now.form {
        Some(Form::AandD) => comma::Flavour::Aandd,
        Some(Form::DiniArgeo) => comma::Flavour::DiniArgeo,
        Some(Form::CasShort) => {
            // Eight characters have room for nothing but a number.
            let shown = display.value().map_or_else(String::new, |kg| kg.to_string());
            return Some(format!("{shown:>8}\r\n").into_bytes());
        }
        _ => comma::Flavour::Cas,
    };
    // The manuals of CAS have no word for too little: a blank display is assumed.
    let display = match (flavour, display) {
        (comma::Flavour::Cas, Display::Underload) => Display::Blank,
        _ => display,
    };
    let contradicts = now.does(Misbehaviour::InconsistentHeader);
    let stability = if contradicts { Stability::Moving } else { stability };
    let mut line = comma::encode(flavour, display, kind, stability, MassUnit::Kilogram)?;
    if contradicts && line.starts_with(b"US") {
        line.splice(..2, *b"ST");
    }
    Some(line)
}

/// Rinstrum FMT_2: four states behind the number, and the unit while it stands still.
fn fmt_2(shown: &Weighing) -> Option<Vec<u8>> {
    let at_rest = Weighing { stability: Stability::Stable, ..shown.clone() };
    let mut frame = rinstrum::encode(&at_rest)?;
    let moves = shown.stability != Stability::Stable;
    let states = [
        if moves { b'M' } else { b' ' },
        if shown.flags.center_of_zero { b'Z' } else { b' ' },
        b'-',
    ];
    let end = frame.pop()?;
    frame.extend_from_slice(&states);
    frame.extend_from_slice(if moves { b"   " } else { b"kg " });
    frame.push(end);
    Some(frame)
}
