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
    /// Somebody has just set its speed (DB).
    baud: Option<u32>,
}

const MARK: u8 = 0xff;
const STUFFING: u8 = 0xfe;
const LONGEST: usize = 64;
const REFUSED: u8 = 0xee;
const NOT_SUPPORTED: u8 = 0xfd;
const GROSS: u8 = 0xc3;
const SET_ADDRESS: u8 = 0xa0;
const SET_SPEED: u8 = 0xdb;
/// Addresses that an instrument can have.
const ADDRESSES: std::ops::RangeInclusive<u8> = 0x01..=0x9f;
/// Its speeds by their codes, from 1.
const SPEEDS: [u32; 8] = [2400, 4800, 9600, 14_400, 19_200, 28_800, 57_600, 115_200];

impl Binary {
    pub(in crate::apparatus) fn new(settings: &Settings) -> Binary {
        Binary {
            address: settings.address.unwrap_or(1),
            checked: settings.checksum != Some(false),
            heard: Vec::new(),
            marked: false,
            initiative: false,
            baud: None,
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
        let (&[address, command], given) = body.split_first_chunk()?;
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
            SET_ADDRESS | SET_SPEED => self.set(now, command, given),
            _ => self.frame(now, NOT_SUPPORTED, b"TB-003/05D v1.0"),
        })
    }

    /// Somebody who may change the instrument does so: it is answered as it was, and is otherwise from then on (assumed).
    fn set(&mut self, now: &Now<'_>, command: u8, given: &[u8]) -> Vec<u8> {
        let done = self.frame(now, command, &[]);
        match (command, given) {
            (SET_ADDRESS, &[address]) if ADDRESSES.contains(&address) => self.address = address,
            (SET_SPEED, &[code]) if (1..=SPEEDS.len()).contains(&code.into()) => {
                self.baud = SPEEDS.get(usize::from(code) - 1).copied();
            }
            _ => return self.frame(now, REFUSED, &[0x01]),
        }
        done
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

    fn addressed(&mut self, address: u8) {
        self.address = address;
    }

    fn can_have(&self, address: u8) -> bool {
        ADDRESSES.contains(&address)
    }

    fn new_speed(&mut self) -> Option<u32> {
        self.baud.take()
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

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use firmware_protocols::{Dialect, Item, Reading};

    use super::*;
    use crate::apparatus::ear::{Ear, STEP, serial_player};
    use crate::apparatus::tests::seconds;
    use crate::player::Player;
    use crate::story::{Act, Story, Trouble, What};

    /// What is heard of an instrument at 9600 baud that carries 20 t, second by second: a weight, the kinds of faults, or nothing. A line of the
    /// story that befalls `us` sets our own end of the line.
    fn heard_of(story: &str, to_s: u64) -> String {
        let settings = Settings::default();
        let (mut player, mut ear) =
            (serial_player(Dialect::TensoM, &settings, 9600), Ear::new(Dialect::TensoM, &settings));
        player.befalls(Duration::ZERO, &Act::Load { gross_kg: 20_000.into(), time: seconds(3600) });
        let mut steps = Story::parse("story", story).unwrap().steps.into_iter().peekable();
        let (mut now, mut told) = (Duration::ZERO, String::new());
        let mut second: Vec<String> = Vec::new();
        drop(ear.opened(now, &mut player));
        while now <= seconds(to_s) {
            while let Some(step) = steps.next_if(|step| step.at <= now) {
                befalls(&mut player, now, step.what);
            }
            for item in ear.hears(now, &mut player) {
                let words = word(item);
                if second.last() != Some(&words) {
                    second.push(words);
                }
            }
            now += STEP;
            if now.subsec_millis() == 0 && now > seconds(6) {
                told += &format!("{} {}\n", now.as_secs() - 1, second.join(", "));
            }
            if now.subsec_millis() == 0 {
                second.clear();
            }
        }
        told
    }

    fn befalls(player: &mut Player, now: Duration, what: What) {
        match what {
            What::Line { device, trouble: Trouble::Speed { baud } } if device == "us" => {
                player.heard_at(baud);
            }
            What::Line { trouble, .. } => {
                player.bears(&trouble).unwrap();
                player.troubled(now, &trouble);
            }
            What::Device { act, .. } => {
                player.can(&act).unwrap();
                player.befalls(now, &act);
            }
            What::Officer { .. }
            | What::HubAway { .. }
            | What::BrokerRestarts
            | What::AgentKilled
            | What::Expect { .. } => panic!("nothing of an instrument"),
        }
    }

    fn word(item: Item) -> String {
        match item {
            Ok(Reading::Weight(weighing)) => weighing
                .display
                .value()
                .map_or_else(|| format!("{:?}", weighing.display), |mass| mass.to_string()),
            Ok(other) => format!("{other:?}"),
            Err(fault) => format!("{:?}", fault.kind),
        }
    }

    #[test]
    fn an_instrument_at_another_speed_is_heard_again_when_the_line_is_set_to_it() {
        let story = "\
0:00:07 d is set to 19200 baud
0:00:11 us is set to 19200 baud
0:00:15 d is set to 9600 baud
0:00:17 us is set to 9600 baud
";
        expect![[r#"
            6 20000
            7 
            8 
            9 NoAnswer
            10 
            11 20000
            12 20000
            13 20000
            14 20000
            15 
            16 
            17 NoAnswer
            18 
            19 20000
        "#]]
        .assert_eq(&heard_of(story, 20));
    }

    #[test]
    fn an_instrument_at_another_address_answers_nobody_who_asks_at_the_old_one() {
        let story = "\
0:00:07 d is set to address 5
0:00:12 d is set to address 1
";
        expect![[r#"
            6 20000
            7 
            8 
            9 NoAnswer
            10 
            11 
            12 20000
            13 
            14 20000
            15 20000
        "#]]
        .assert_eq(&heard_of(story, 16));
    }

    /// What the instrument answers to a question, as the line carries it.
    fn answers(player: &mut Player, at: u64, address: u8, command: u8, data: &[u8]) -> Vec<u8> {
        player.hears(seconds(at), &tenso::frame(address, command, data, true));
        let mut said = Vec::new();
        while player.speaks_at(seconds(at + 1)).is_some() {
            said.extend(player.speaks().unwrap().1);
        }
        said
    }

    #[test]
    fn whoever_sets_speed_and_address_over_the_line_is_answered_as_they_were() {
        let mut player = serial_player(Dialect::TensoM, &Settings::default(), 9600);
        let done = |address, command| tenso::frame(address, command, &[], true);
        assert_eq!(answers(&mut player, 1, 1, SET_ADDRESS, &[7]), done(1, SET_ADDRESS));
        assert_eq!(answers(&mut player, 3, 1, SET_SPEED, &[5]), b"", "it has another address");
        assert_eq!(answers(&mut player, 5, 7, SET_SPEED, &[5]), done(7, SET_SPEED));
        assert_ne!(answers(&mut player, 7, 7, 0xa1, &[]).get(2), Some(&0xa1), "it runs at 19200");
        player.heard_at(19_200);
        assert_eq!(answers(&mut player, 9, 7, 0xa1, &[]).get(2), Some(&0xa1));
        let refused = tenso::frame(7, REFUSED, &[0x01], true);
        for (command, data) in
            [(SET_SPEED, 0), (SET_SPEED, 9), (SET_ADDRESS, 0), (SET_ADDRESS, 0xa0)]
        {
            assert_eq!(
                answers(&mut player, 11, 7, command, &[data]),
                refused,
                "{command:x} {data}"
            );
        }
    }
}
