//! An instrument that speaks MT-SICS, levels 0 and 1 (docs/protocols/mt-sics.md).
//!
//! `S` waits until the scale stands still, or answers `S I` when it has waited long enough; a stream (`SIR`) ends with the next `S`, `SI` or
//! `@`, and a line of it may come before the answer. Absent: `SR`.

use std::time::Duration;

use firmware_protocols::weighbridge::{Display, Weighing, sics};

use super::{Now, Voice};
use crate::apparatus::manner::{Form, Misbehaviour};
use crate::indicator::Pressed;
use crate::story::Key;

/// An instrument.
#[derive(Debug, Default)]
pub(in crate::apparatus) struct Sics {
    heard: Vec<u8>,
    streams: bool,
    /// `S` is answered when it stands still, and at this moment at the latest.
    waits_until: Option<Duration>,
}

/// It waits so long for rest (assumed; a setting of the instrument).
const PATIENCE: Duration = Duration::from_millis(1500);
/// Lines of a stream, and looks at whether it stands still.
const PERIOD: Duration = Duration::from_millis(200);
const LONGEST: usize = 64;
/// What it says when it was switched on, or reset.
const NAME: &[u8] = b"I4 A \"B123456789\"\r\n";

impl Sics {
    fn answers(&mut self, command: &str, now: &mut Now<'_>, out: &mut Vec<Vec<u8>>) {
        let line = |text: &str| format!("{text}\r\n").into_bytes();
        if now.does(Misbehaviour::Refuses) {
            return out.push(line("EL"));
        }
        if matches!(command, "S" | "SI" | "@" | "SIR") {
            // What was on its way of a stream comes first.
            if std::mem::take(&mut self.streams) {
                out.extend(sics::encode(&now.shows().displayed()));
            }
            self.waits_until = None;
        }
        let weighs = matches!(command, "S" | "SI" | "SIR");
        match command {
            _ if weighs && now.does(Misbehaviour::Busy) => out.push(line("S I")),
            "SI" | "SIR" if now.is(Form::WithoutSi) => out.push(line("ES")),
            "SI" => out.extend(sics::encode(&now.shows().displayed())),
            "SIR" => self.streams = true,
            "S" if now.shows().stable => out.extend(sics::encode(&now.shows().displayed())),
            "S" => self.waits_until = Some(now.at + PATIENCE),
            "@" | "I4" => out.push(NAME.to_vec()),
            "I0" => out.extend(["I0 B 0 \"I0\"", "I0 B 0 \"S\"", "I0 A 0 \"SI\""].map(line)),
            "I1" => out.push(line("I1 A \"01\" \"2.30\" \"2.22\"")),
            "I2" => out.push(line("I2 A \"Truck scale 60 t\"")),
            "I3" => out.push(line("I3 A \"1.0\"")),
            "Z" => out.push(line(match now.indicator.press(now.at, Key::Zero) {
                Pressed::Done => "Z A",
                Pressed::Moving => "Z I",
                Pressed::Above => "Z +",
                Pressed::Below => "Z -",
            })),
            "T" => out.push(match now.indicator.press(now.at, Key::Tare) {
                Pressed::Done => tare("T S", now),
                Pressed::Moving => line("T I"),
                Pressed::Above => line("T +"),
                Pressed::Below => line("T -"),
            }),
            "TA" => out.push(tare("TA A", now)),
            "TAC" => {
                now.indicator.press(now.at, Key::Clear);
                out.push(line("TAC A"));
            }
            _ => out.push(line("ES")),
        }
    }
}

fn tare(word: &str, now: &mut Now<'_>) -> Vec<u8> {
    let tare = now.shows().tare_kg.unwrap_or_default();
    format!("{word} {tare:>10} kg\r\n").into_bytes()
}

impl Voice for Sics {
    fn forms(&self) -> &'static [Form] {
        &[Form::WithoutSi]
    }

    fn misbehaviours(&self) -> &'static [Misbehaviour] {
        &[Misbehaviour::Refuses, Misbehaviour::Busy, Misbehaviour::Echoes]
    }

    fn opened(&mut self) {
        self.heard.clear();
    }

    fn restarted(&mut self, out: &mut Vec<Vec<u8>>) {
        *self = Sics::default();
        out.push(NAME.to_vec());
    }

    fn hears(&mut self, bytes: &[u8], now: &mut Now<'_>, out: &mut Vec<Vec<u8>>) {
        for byte in bytes {
            self.heard.push(*byte);
            if *byte == b'\n' {
                let heard = std::mem::take(&mut self.heard);
                self.answers(String::from_utf8_lossy(&heard).trim(), now, out);
            } else if self.heard.len() > LONGEST {
                self.heard.clear();
            }
        }
    }

    fn period(&self, _: Option<Form>) -> Option<Duration> {
        (self.streams || self.waits_until.is_some()).then_some(PERIOD)
    }

    fn says(&mut self, now: &mut Now<'_>) -> Option<Vec<u8>> {
        let shown = now.shows();
        let Some(until) = self.waits_until else { return sics::encode(&shown.displayed()) };
        if shown.stable {
            self.waits_until = None;
            return sics::encode(&shown.displayed());
        }
        if now.at < until {
            return None;
        }
        self.waits_until = None;
        sics::encode(&Weighing { display: Display::Withheld, ..shown.displayed() })
    }
}
