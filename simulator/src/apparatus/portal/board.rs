//! The environment board of a Rapiscan portal: it answers one question with 48 bytes (docs/protocols/tsa-environment.md).

use std::time::Duration;

use firmware_protocols::portal::environment;
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rust_decimal::Decimal;

use super::super::manner::Misbehaviour;
use super::super::{Apparatus, Instead, Saying, Start};
use super::Spell;
use crate::story::Act;

/// A board.
#[derive(Debug)]
pub(in crate::apparatus) struct Board {
    rng: ChaCha8Rng,
    heard: Vec<u8>,
    spell: Spell,
}

const KNOWN: &[Misbehaviour] = &[Misbehaviour::FailedSensor, Misbehaviour::CutAnswers];
const ANSWERS_AFTER: Duration = Duration::from_millis(50);

impl Board {
    pub(in crate::apparatus) fn new(start: Start) -> Board {
        Board {
            rng: ChaCha8Rng::seed_from_u64(start.seed),
            heard: Vec::new(),
            spell: Spell::default(),
        }
    }

    /// A spring day in a pillar, give or take a tenth.
    fn measures(&mut self, at: Duration) -> environment::Board {
        let mut around = |tenths: i64| Decimal::new(tenths + self.rng.random_range(-1..=1), 1);
        let failed = self.spell.does(Misbehaviour::FailedSensor, at);
        environment::Board {
            temperature_c: (!failed).then(|| around(214)),
            humidity_percent: Some(around(385)),
            pressure_hpa: Some(Decimal::new(98_712, 2)),
            temperature_2_c: Some(around(-12)),
            battery_raw: Some(836),
            dc_raw: Some(512),
            ac_a: Some(Decimal::new(31, 2)),
            thermocouple_c: Some(Decimal::new(2150, 2)),
            pillar_humidity_raw: Some(402),
            unnamed: [0; 3],
        }
    }
}

impl Apparatus for Board {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if matches!(act, Act::Misbehaves { .. }) {
            super::can_befall_a_portal(act, KNOWN)
        } else {
            Err("a board measures temperatures, and sees no vehicles")
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, _: &mut Vec<Saying>) {
        self.spell.befalls(at, act, KNOWN);
    }

    fn opened(&mut self, _: Duration, _: &mut Vec<Saying>) {
        self.heard.clear();
    }

    fn hears(&mut self, at: Duration, bytes: &[u8], out: &mut Vec<Saying>) {
        for byte in bytes {
            self.heard.push(*byte);
            if self.heard.ends_with(&environment::REQUEST) {
                self.heard.clear();
                let mut answer = environment::encode(&self.measures(at)).to_vec();
                if self.spell.does(Misbehaviour::CutAnswers, at) {
                    answer.truncate(environment::ANSWER_BYTES / 2);
                }
                out.push((at + ANSWERS_AFTER, answer));
            } else if self.heard.len() > environment::REQUEST.len() {
                self.heard.remove(0);
            }
        }
    }
}
