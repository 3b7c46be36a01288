//! A Kromek D5, which answers for counts and alarms (docs/protocols/kromek-d5.md). It sees no vehicles, only what they radiate.

use std::time::Duration;

use firmware_protocols::Settings;
use firmware_protocols::portal::kromek_d5::{
    RADIOMETRIC_STATUS, RADIOMETRICS_BYTES, RADIOMETRICS_V1, Report, STATUS_BYTES, decode, encode,
};

use super::super::manner::Misbehaviour;
use super::super::{Apparatus, Instead, Saying, Start};
use super::Spell;
use super::watch::{Measured, Watch};
use crate::story::Act;

/// A detector.
#[derive(Debug)]
pub(in crate::apparatus) struct Detector {
    watch: Watch,
    start: Start,
    checked: bool,
    /// What came since the last mark, unescaped.
    heard: Vec<u8>,
    escaping: bool,
    last: Option<Measured>,
    sequence: u32,
    spell: Spell,
}

const KNOWN: &[Misbehaviour] = &[Misbehaviour::Refuses, Misbehaviour::CutAnswers];
const MARK: u8 = 0xc0;
const ESCAPE: u8 = 0xdb;
const LONGEST: usize = 64;
/// The number of a report that says no.
const ERROR: u8 = 0xff;
/// A hand-held detector: a small crystal, and few neutrons.
const GAMMA_CPS: f64 = 180.0;
const NEUTRON_CPS: f64 = 0.4;
const SECOND: Duration = Duration::from_secs(1);
const ANSWERS_AFTER: Duration = Duration::from_millis(40);

impl Detector {
    pub(in crate::apparatus) fn new(settings: &Settings, start: Start) -> Detector {
        Detector {
            watch: Watch::new(start.seed, GAMMA_CPS, NEUTRON_CPS, SECOND),
            start,
            checked: settings.checksum == Some(true),
            heard: Vec::new(),
            escaping: false,
            last: None,
            sequence: 0,
            spell: Spell::default(),
        }
    }

    fn advance(&mut self, now: Duration) {
        while let Some(measured) = self.watch.next(now) {
            self.last = Some(measured);
        }
    }

    fn radiometrics(&mut self) -> Vec<u8> {
        self.sequence += 1;
        let mut payload = vec![0; RADIOMETRICS_BYTES];
        let (gamma, neutron) = self.last.map_or((0, 0), |one| (one.gamma, one.neutron));
        // A tenth of a microsievert an hour for the background.
        let dose_rate = gamma as f32 / GAMMA_CPS as f32 * 0.1;
        let live = SECOND.as_millis() as u32;
        let fields = [
            (4, live),
            (8, self.sequence),
            (16, dose_rate.to_bits()),
            (24, live),
            (28, neutron),
            (38, live),
            (42, gamma),
        ];
        for (at, value) in fields {
            if let Some(field) = payload.get_mut(at..at + 4) {
                field.copy_from_slice(&value.to_le_bytes());
            }
        }
        // The spectrum: what it counted, in its first channels.
        for channel in 0..gamma.min(4096) as usize {
            if let Some(low) = payload.get_mut(54 + channel * 2) {
                *low = 1;
            }
        }
        payload
    }

    fn status(&self, at: Duration) -> Vec<u8> {
        let mut payload = vec![0; STATUS_BYTES];
        let alarms = self.last.map_or([false; 2], |one| [one.gamma_alarm, one.neutron_alarm]);
        for (flag, alarm) in payload.iter_mut().skip(1).zip(alarms) {
            *flag = u8::from(alarm);
        }
        let clock = u32::try_from(self.start.clock(at).as_second()).unwrap_or_default();
        if let Some(time) = payload.get_mut(11..15) {
            time.copy_from_slice(&clock.to_le_bytes());
        }
        payload
    }

    fn answer(&mut self, question: &[u8], at: Duration) -> Option<Vec<u8>> {
        let Report(component, number) = decode(question, self.checked).ok()?.report;
        let refuses = self.spell.does(Misbehaviour::Refuses, at);
        let payload = match Report(component, number) {
            RADIOMETRICS_V1 if !refuses => self.radiometrics(),
            RADIOMETRIC_STATUS if !refuses => self.status(at),
            _ => return Some(encode(Report(component, ERROR), &[], self.checked)),
        };
        let mut answer = encode(Report(component, number), &payload, self.checked);
        if self.spell.does(Misbehaviour::CutAnswers, at) {
            answer.truncate(answer.len() / 2);
        }
        Some(answer)
    }
}

impl Apparatus for Detector {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        super::can_befall_a_portal(act, KNOWN)
    }

    fn befalls(&mut self, at: Duration, act: &Act, _: &mut Vec<Saying>) {
        self.advance(at);
        self.watch.befalls(at, act);
        self.spell.befalls(at, act, KNOWN);
    }

    fn opened(&mut self, _: Duration, _: &mut Vec<Saying>) {
        self.heard.clear();
        self.escaping = false;
    }

    fn hears(&mut self, at: Duration, bytes: &[u8], out: &mut Vec<Saying>) {
        self.advance(at);
        for &byte in bytes {
            match byte {
                MARK => {
                    let question = std::mem::take(&mut self.heard);
                    self.escaping = false;
                    out.extend(
                        self.answer(&question, at).map(|answer| (at + ANSWERS_AFTER, answer)),
                    );
                }
                ESCAPE => self.escaping = true,
                // DC stands for the mark, DD for the escape.
                byte => {
                    let byte = match (std::mem::take(&mut self.escaping), byte) {
                        (true, 0xdc) => MARK,
                        (true, 0xdd) => ESCAPE,
                        (_, byte) => byte,
                    };
                    self.heard.push(byte);
                }
            }
            if self.heard.len() > LONGEST {
                self.heard.clear();
            }
        }
    }
}
