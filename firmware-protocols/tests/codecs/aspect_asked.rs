//! Yantar portals: how one is found and asked, and what an answer that says no does.

use expect_test::expect;
use firmware_protocols::conversation::Moment;
use firmware_protocols::modbus::{Read, Registers, Station, Wire};
use firmware_protocols::portal::Record;
use firmware_protocols::portal::aspect::Profile;
use firmware_protocols::{Dialect, Reading, Settings};

use crate::aspect::block;

/// A portal at a unit, whose monitor block is somewhere.
struct Yantar {
    unit: u8,
    base: u16,
    block: Vec<u16>,
}

impl Registers for Yantar {
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        if read.unit != self.unit {
            return None;
        }
        let registers: &[u16] = match read.first {
            0 => &[0x5941, 40, 1, self.base, 21, 0, 0, 0],
            first if first == self.base => &self.block,
            _ => return Some(Err(2)),
        };
        let Some(asked) = registers.get(..usize::from(read.count)) else { return Some(Err(2)) };
        words.extend_from_slice(asked);
        Some(Ok(()))
    }
}

/// What is asked (as hexadecimal) and told until a moment; answers come 10 ms later.
fn conversation<P: Registers>(
    settings: &Settings,
    mut portal: Option<P>,
    until_ms: u64,
) -> Vec<String> {
    let mut master = Dialect::Aspect.asker(settings).unwrap();
    let mut station = Station::new(Wire::Tcp);
    master.opened(Moment::ZERO);
    let (mut lines, mut now, mut pending) = (Vec::new(), Moment::ZERO, Vec::new());
    while now <= Moment::from_millis(until_ms) {
        let mut out = Vec::new();
        let arrived: Vec<u8> = core::mem::take(&mut pending);
        if !arrived.is_empty() {
            master.decode(now, &arrived, &mut out);
        }
        master.time_passed(now, &mut out);
        for item in out {
            lines.push(match item {
                Ok(Reading::Portal(Record::Snapshot(state))) => {
                    format!("{} object {:?}", now.as_millis(), state.object.unwrap())
                }
                Ok(other) => panic!("{other:?}"),
                Err(fault) => format!("{} {}", now.as_millis(), fault.kind.name()),
            });
        }
        while let Some(request) = master.poll_transmit(now) {
            lines.push(format!(
                "{} >{}",
                now.as_millis(),
                request.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
            ));
            if let Some(portal) = &mut portal {
                station.hear(
                    &request,
                    &*portal,
                    |answer| pending.extend(answer),
                    |fault| panic!("{fault}"),
                );
            }
        }
        now += Moment::from_millis(10);
    }
    lines
}

fn yantar(unit: u8, base: u16) -> Option<Yantar> {
    Some(Yantar { unit, base, block: block(0, (0x80, 1530, 1528.5), (0x80, 2, 2.25), 41, 0) })
}

#[test]
fn a_named_unit_is_asked_for_its_description_and_then_for_its_block_byte_for_byte() {
    let settings = Settings { address: Some(4), ..Settings::default() };
    expect![[r#"
        0 >00 01 00 00 00 06 04 03 00 00 00 08
        10 >00 02 00 00 00 06 04 03 00 64 00 15
        20 object 41
        520 >00 03 00 00 00 06 04 03 00 64 00 15
        530 object 41"#]]
    .assert_eq(&conversation(&settings, yantar(4, 100), 600).join("\n"));
}

#[test]
fn an_unnamed_unit_is_looked_for_and_its_block_is_where_it_says() {
    let told = conversation(&Settings::default(), yantar(3, 300), 3600);
    expect![[r#"
        0 >00 01 00 00 00 06 01 03 00 00 00 08
        500 >00 01 00 00 00 06 01 03 00 00 00 08
        1000 no-answer
        1500 >00 02 00 00 00 06 02 03 00 00 00 08
        2000 >00 02 00 00 00 06 02 03 00 00 00 08
        2500 no-answer
        3000 >00 03 00 00 00 06 03 03 00 00 00 08
        3010 >00 04 00 00 00 06 03 03 01 2c 00 15
        3020 object 41
        3520 >00 05 00 00 00 06 03 03 01 2c 00 15
        3530 object 41"#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn units_end_at_32_and_begin_anew() {
    let settings =
        Settings { answer_ms: Some(10), tries: Some(1), again_ms: Some(10), ..Settings::default() };
    let told = conversation::<Yantar>(&settings, None, 700);
    let units: Vec<&str> = told
        .iter()
        .filter_map(|line| line.split_once('>'))
        .map(|(_, bytes)| &bytes[18..20])
        .collect();
    assert_eq!(&units[..4], ["01", "02", "03", "04"]);
    assert_eq!(&units[30..34], ["1f", "20", "01", "02"]);
}

/// A portal that refuses some questions, by their number from 0 on, with a code.
struct Refuses<'a>(&'a [(u32, u8)], Yantar, core::cell::Cell<u32>);

impl Registers for Refuses<'_> {
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        let number = self.2.get();
        self.2.set(number + 1);
        match self.0.iter().find(|(which, _)| *which == number) {
            Some((_, code)) if read.unit == self.1.unit => Some(Err(*code)),
            Some(_) | None => self.1.read(read, words),
        }
    }
}

#[test]
fn a_portal_that_is_busy_for_once_is_simply_asked_again() {
    for code in [1, 3, 4, 5, 6, 10, 11] {
        let portal = Refuses(&[(2, code)], yantar(1, 100).unwrap(), 0.into());
        let told = conversation(&Settings::default(), Some(portal), 1100).join("\n");
        expect![[r#"
            0 >00 01 00 00 00 06 01 03 00 00 00 08
            10 >00 02 00 00 00 06 01 03 00 64 00 15
            20 object 41
            520 >00 03 00 00 00 06 01 03 00 64 00 15
            530 refused
            1030 >00 04 00 00 00 06 01 03 00 64 00 15
            1040 object 41"#]]
        .assert_eq(&told);
    }
}

#[test]
fn a_portal_whose_block_has_gone_is_asked_for_its_description_and_keeps_its_unit() {
    for address in [None, Some(1)] {
        let portal = Refuses(&[(2, 2)], yantar(1, 100).unwrap(), 0.into());
        let settings = Settings { address, ..Settings::default() };
        expect![[r#"
            0 >00 01 00 00 00 06 01 03 00 00 00 08
            10 >00 02 00 00 00 06 01 03 00 64 00 15
            20 object 41
            520 >00 03 00 00 00 06 01 03 00 64 00 15
            530 refused
            1030 >00 04 00 00 00 06 01 03 00 00 00 08
            1040 >00 05 00 00 00 06 01 03 00 64 00 15
            1050 object 41"#]]
        .assert_eq(&conversation(&settings, Some(portal), 1100).join("\n"));
    }
}

#[test]
fn a_unit_that_is_no_portal_is_passed_over_and_one_that_is_busy_is_waited_for() {
    // Unit 1 has a description and no block; then a portal that is busy at first.
    let units = |told: &[String]| -> Vec<String> {
        let asked = told.iter().filter_map(|line| line.split_once('>'));
        asked.map(|(_, bytes)| format!("{}@{}", &bytes[24..29], &bytes[18..20])).collect()
    };
    let portal = Refuses(&[(1, 2)], yantar(1, 100).unwrap(), 0.into());
    let told = conversation(&Settings::default(), Some(portal), 600);
    assert_eq!(units(&told), ["00 00@01", "00 64@01", "00 00@02"]);
    let portal = Refuses(&[(0, 6), (2, 6)], yantar(1, 100).unwrap(), 0.into());
    let told = conversation(&Settings::default(), Some(portal), 1100);
    assert_eq!(units(&told), ["00 00@01", "00 00@01", "00 64@01", "00 64@01"]);
    // One that is always busy is not waited for for ever, and a gateway that reaches nobody is not waited for at all.
    let portal = Refuses(&[(0, 6), (1, 6), (2, 6)], yantar(1, 100).unwrap(), 0.into());
    let told = conversation(&Settings::default(), Some(portal), 1600);
    assert_eq!(units(&told), ["00 00@01", "00 00@01", "00 00@01", "00 00@02"]);
    let portal = Refuses(&[(0, 11)], yantar(1, 100).unwrap(), 0.into());
    let told = conversation(&Settings::default(), Some(portal), 600);
    assert_eq!(units(&told), ["00 00@01", "00 00@02"]);
}

/// A portal that does not describe itself as it should: the registers at 0 are these, or refused.
struct Undescribed(Option<[u16; 8]>, Yantar);

impl Registers for Undescribed {
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        if read.unit != self.1.unit || read.first != 0 {
            return self.1.read(read, words);
        }
        Some(self.0.map(|description| words.extend(description)).ok_or(2))
    }
}

#[test]
fn a_base_that_the_site_says_needs_no_description() {
    let profile = Some(Profile { base: Some(100), ..Profile::default() });
    for description in [Some([0x5941, 40, 1, 0, 0, 0, 0, 0]), None] {
        let named = Settings { address: Some(4), aspect: profile, ..Settings::default() };
        let portal = Undescribed(description, yantar(4, 100).unwrap());
        expect![[r#"
            0 >00 01 00 00 00 06 04 03 00 64 00 15
            10 object 41
            510 >00 02 00 00 00 06 04 03 00 64 00 15
            520 object 41"#]]
        .assert_eq(&conversation(&named, Some(portal), 600).join("\n"));

        let searched = Settings { aspect: profile, ..Settings::default() };
        let portal = Undescribed(description, yantar(1, 100).unwrap());
        let told = conversation(&searched, Some(portal), 600);
        let read = told.iter().filter(|line| line.ends_with("object 41")).count();
        assert_eq!(read, 2, "{told:#?}");
    }
}

#[test]
fn a_base_that_is_wrong_is_told_and_asked_again_and_again() {
    let settings = Settings {
        address: Some(4),
        aspect: Some(Profile { base: Some(200), ..Profile::default() }),
        ..Settings::default()
    };
    let told = conversation(&settings, yantar(4, 100), 600).join("\n");
    expect![[r#"
        0 >00 01 00 00 00 06 04 03 00 c8 00 15
        10 refused
        510 >00 02 00 00 00 06 04 03 00 c8 00 15
        520 refused"#]]
    .assert_eq(&told);
}
