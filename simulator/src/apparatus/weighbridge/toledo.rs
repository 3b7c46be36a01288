//! The continuous output of Mettler-Toledo, of Flintec and of Cardinal (docs/protocols/toledo.md).
//!
//! It is written here a second time on purpose: the codec's own encoder knows neither the makers' variants nor a tare.

use std::time::Duration;

use firmware_protocols::Settings;
use firmware_protocols::weighbridge::Display;
use rust_decimal::Decimal;

use super::Now;
use super::spoken::Spoken;
use crate::apparatus::manner::{Form, Misbehaviour};
use crate::indicator::Shown;

/// Seven frames a second.
pub(in crate::apparatus) static TOLEDO: Spoken = Spoken {
    period: Duration::from_millis(143),
    forms: &[Form::Toledo, Form::Flintec, Form::WithoutTare],
    misbehaviours: &[Misbehaviour::WrongCheckSum],
    check_from_end: 1,
    frame,
};

const STX: u8 = 0x02;
/// Set in each of the three words of state.
const ALWAYS: u8 = 0x20;
/// SWA of a display in tens whose step is two of them; Flintec sets bit 6 as well.
const SWA_TWENTY: u8 = ALWAYS | 0b10 << 3 | 0b001;
const SWA_FLINTEC: u8 = 0x40;

fn frame(now: &mut Now<'_>, settings: &Settings) -> Option<Vec<u8>> {
    let shown = now.shows();
    let flintec = now.is(Form::Flintec);
    let swa = SWA_TWENTY | if flintec { SWA_FLINTEC } else { 0 };
    let swc = match (flintec, shown.printing) {
        (true, _) => 0x30,
        (false, true) => ALWAYS | 0x08,
        (false, false) => ALWAYS,
    };
    let mut frame = vec![STX, swa, swb(&shown), swc];
    let text = match shown.displayed().display {
        Display::Value(kg) => figures(kg.abs()),
        Display::Overload if flintec => "OVER  ".to_owned(),
        Display::Underload if flintec => "UNDER ".to_owned(),
        Display::Overload
        | Display::Underload
        | Display::OutOfRange
        | Display::Blank
        | Display::Withheld => " ".repeat(6),
    };
    frame.extend_from_slice(text.as_bytes());
    if !now.is(Form::WithoutTare) {
        frame.extend_from_slice(figures(shown.tare_kg.unwrap_or_default()).as_bytes());
    }
    frame.push(b'\r');
    if flintec {
        frame.push(b'\n');
    }
    if settings.checksum != Some(false) {
        let sum = frame.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        frame.push(sum.wrapping_neg() & 0x7f);
    }
    Some(frame)
}

/// Six characters in tens of kilograms.
fn figures(kg: Decimal) -> String {
    format!("{:>6}", (kg / Decimal::TEN).normalize())
}

fn swb(shown: &Shown) -> u8 {
    let display = shown.displayed().display;
    let below = display == Display::Underload
        || display.value().is_some_and(|kg| kg.is_sign_negative() && !kg.is_zero());
    let bits = [
        (shown.tare_kg.is_some(), 0x01),
        (below, 0x02),
        (display.value().is_none(), 0x04),
        (!shown.stable, 0x08),
        (true, 0x10), // kilograms
        (!shown.zeroed, 0x40),
    ];
    bits.iter().filter(|(set, _)| *set).fold(ALWAYS, |bits, (_, bit)| bits | bit)
}
