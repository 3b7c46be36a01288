//! Modbus: bytes recorded from an independent server, answers that come late, from others or broken, and numbers in four orders.

use std::time::Duration;

use expect_test::expect;
use firmware_protocols::modbus::{
    Client, Field, Function, Map, Means, NumberKind, Outcome, Read, Registers, Station, StatusBit,
    Wire, WordOrder, crc,
};
use firmware_protocols::weighbridge::{Display, Kind, Stability};
use firmware_protocols::{Dialect, Fault, FaultKind, Item, Reading, Settings};
use proptest::prelude::*;
use rust_decimal::Decimal;
use units::MassUnit;

use crate::asked;
use crate::check::{decode_with, recording};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

const WEIGHT: Read = Read { unit: 1, function: Function::Holding, first: 7, count: 4 };

/// Asks, hears, and tells outcome, words and faults.
fn heard(wire: Wire, read: Read, answer: &[u8]) -> (Outcome, Vec<u16>, Vec<FaultKind>) {
    let mut client = Client::new(wire);
    client.ask(read, &mut Vec::new());
    let mut faults = Vec::new();
    let outcome = client.hear(answer, |fault: Fault| faults.push(fault.kind));
    (outcome, client.words().to_vec(), faults)
}

#[test]
fn every_reading_of_the_recorded_session_is_asked_and_answered_byte_for_byte() {
    let Some(session) = recording("devices/modbus_session.txt") else { return };
    let session = String::from_utf8(session).unwrap();
    let (mut wire, mut asked, mut client) = (None, None, Client::new(Wire::Rtu));
    let mut checked = 0;
    for line in session.lines() {
        wire = match line {
            "## FramerType.SOCKET" => Some(Wire::Tcp),
            "## FramerType.RTU" => Some(Wire::Rtu),
            line if line.starts_with("##") => None,
            _ => wire,
        };
        let Some(wire) = wire else { continue };
        let (head, body) = match wire {
            Wire::Tcp => (7, 0),
            Wire::Rtu => (1, 2),
        };
        if line.starts_with("##") {
            client = Client::new(wire);
        } else if let Some(question) = line.strip_prefix("C>S ") {
            let question = bytes(question);
            let pdu = &question[head..question.len() - body];
            let function = match pdu[0] {
                3 => Function::Holding,
                4 => Function::Input,
                _ => Function::Holding,
            };
            asked = None;
            if matches!(pdu[0], 3 | 4) {
                let read = Read {
                    unit: 1,
                    function,
                    first: u16::from_be_bytes([pdu[1], pdu[2]]),
                    count: u16::from_be_bytes([pdu[3], pdu[4]]),
                };
                let mut request = Vec::new();
                client.ask(read, &mut request);
                // Transactions count the writings of the session too.
                let same = if wire == Wire::Tcp { 2 } else { 0 };
                assert_eq!(request[same..], question[same..], "{line}");
                asked = Some((read, question));
            }
        } else if let (Some(answer), Some((read, question))) = (line.strip_prefix("S>C "), &asked) {
            let mut client = Client::new(wire);
            if wire == Wire::Tcp {
                // As many questions as came before it.
                for _ in 1..u16::from_be_bytes([question[0], question[1]]) {
                    client.ask(*read, &mut Vec::new());
                }
            }
            client.ask(*read, &mut Vec::new());
            let mut faults = Vec::new();
            let outcome = client.hear(&bytes(answer), |fault| faults.push(fault));
            assert!(faults.is_empty(), "{line}: {faults:?}");
            match outcome {
                Outcome::Words => assert_eq!(client.words().len(), usize::from(read.count)),
                outcome => assert_eq!(outcome, Outcome::Refused(2), "{line}"),
            }
            checked += 1;
        }
    }
    assert_eq!(checked, 6, "three questions over TCP, three over a serial line");
}

#[test]
fn questions_are_the_bytes_of_the_paper() {
    let mut request = Vec::new();
    Client::new(Wire::Rtu).ask(WEIGHT, &mut request);
    assert_eq!(request, bytes("01 03 00 07 00 04 F5 C8"));
    request.clear();
    Client::new(Wire::Tcp).ask(WEIGHT, &mut request);
    assert_eq!(request, bytes("00 01 00 00 00 06 01 03 00 07 00 04"));
    assert_eq!(crc(b"123456789"), 0x4b37, "the published check value of this CRC");
}

#[test]
fn answers_that_cannot_be_the_answer_are_not_taken() {
    let cases = [
        ("the answer", "01 03 08 00 00 9c 40 ff ff ff 38 c9 82", Outcome::Words),
        ("a refusal", "01 83 02 c0 f1", Outcome::Refused(2)),
        ("another unit's", "02 03 08 00 00 9c 40 ff ff ff 38", Outcome::NotYet),
        ("to another function", "01 04 04 00 00 9c 40 93 74", Outcome::NotYet),
        ("of another length", "01 03 04 00 00 9c 40 93 c3", Outcome::NotYet),
        ("with a wrong sum", "01 03 08 00 00 9c 40 ff ff ff 38 c9 83", Outcome::Broken),
    ];
    for (what, answer, expected) in cases {
        let (outcome, _, _) = heard(Wire::Rtu, WEIGHT, &bytes(answer));
        assert_eq!(outcome, expected, "{what}");
    }
    let (_, words, _) = heard(Wire::Rtu, WEIGHT, &bytes(cases[0].1));
    assert_eq!(words, [0, 0x9c40, 0xffff, 0xff38]);
}

#[test]
fn noise_before_an_answer_is_passed_over_within_the_same_wait() {
    let noisy = bytes("00 ff 01 01 03 08 00 00 9c 40 ff ff ff 38 c9 82");
    let (outcome, words, faults) = heard(Wire::Rtu, WEIGHT, &noisy);
    assert_eq!((outcome, words.len()), (Outcome::Words, 4));
    assert_eq!(faults, [FaultKind::Noise]);
}

#[test]
fn a_line_that_hears_its_own_question_is_not_disturbed_by_it() {
    let echoed = bytes("01 03 00 07 00 04 F5 C8 01 03 08 00 00 9c 40 ff ff ff 38 c9 82");
    let (outcome, _, faults) = heard(Wire::Rtu, WEIGHT, &echoed);
    assert_eq!((outcome, faults.len()), (Outcome::Words, 0));
}

#[test]
fn over_tcp_an_answer_to_an_earlier_question_is_never_taken_for_a_later_one() {
    let mut client = Client::new(Wire::Tcp);
    let first = Read { first: 0, count: 2, ..WEIGHT };
    let second = Read { first: 100, count: 2, ..WEIGHT };
    client.ask(first, &mut Vec::new());
    client.ask(second, &mut Vec::new());
    let mut faults = Vec::new();
    let late = bytes("00 01 00 00 00 07 01 03 04 00 00 11 11");
    assert_eq!(client.hear(&late, |fault| faults.push(fault.kind)), Outcome::NotYet);
    let awaited = bytes("00 02 00 00 00 07 01 03 04 00 00 22 22");
    assert_eq!(client.hear(&awaited, |fault| faults.push(fault.kind)), Outcome::Words);
    assert_eq!(client.words(), [0, 0x2222]);
    assert_eq!(faults, [FaultKind::Unasked]);
}

#[test]
fn a_second_answer_in_the_same_bytes_is_not_taken() {
    let answer = "00 01 00 00 00 07 01 03 04 00 00 11 11";
    let read = Read { first: 0, count: 2, ..WEIGHT };
    let (outcome, words, faults) = heard(Wire::Tcp, read, &bytes(&[answer, answer].concat()));
    assert_eq!((outcome, words.as_slice()), (Outcome::Words, [0, 0x1111].as_slice()));
    assert_eq!(faults, [FaultKind::Unasked]);
}

fn map(number: NumberKind, order: WordOrder) -> Map {
    Map {
        function: Function::Holding,
        weight: Field { register: 7, number, order },
        net: false,
        decimals: 0,
        decimals_register: None,
        unit: MassUnit::Kilogram,
        status_register: None,
        status: Vec::new(),
        least: Decimal::from(-1_000),
        most: Decimal::from(100_000),
    }
}

#[test]
fn a_number_is_read_as_it_is_written() {
    let cases = [
        (NumberKind::I16, WordOrder::Abcd, vec![0xff38], "-200"),
        (NumberKind::U16, WordOrder::Abcd, vec![0xff38], "65336"),
        (NumberKind::I32, WordOrder::Abcd, vec![0x0000, 0x9c40], "40000"),
        (NumberKind::I32, WordOrder::Cdab, vec![0x9c40, 0x0000], "40000"),
        (NumberKind::I32, WordOrder::Badc, vec![0x0000, 0x409c], "40000"),
        (NumberKind::I32, WordOrder::Dcba, vec![0x409c, 0x0000], "40000"),
        (NumberKind::U32, WordOrder::Abcd, vec![0xffff, 0xff38], "4294967096"),
        (NumberKind::F32, WordOrder::Abcd, vec![0x471c, 0x4000], "40000"),
        (NumberKind::F32, WordOrder::Cdab, vec![0x3333, 0x4228], "42.05"),
        (NumberKind::Bcd, WordOrder::Abcd, vec![0x0004, 0x0020], "40020"),
    ];
    for (number, order, words, expected) in cases {
        let read = map(number, order).number(7, &words).unwrap().unwrap();
        assert_eq!(read.to_string(), expected, "{number:?} {order:?}");
    }
    let nothing = map(NumberKind::F32, WordOrder::Abcd).number(7, &[0x7fc0, 0]).unwrap();
    assert_eq!(nothing, None, "not a number is no weight");
    assert!(map(NumberKind::Bcd, WordOrder::Abcd).number(7, &[0x00a0, 0]).is_err());
}

fn settings(map: Map) -> Settings {
    Settings { address: Some(1), modbus: Some(map), ..Settings::default() }
}

/// Registers from 7 on.
struct Bank(Vec<u16>);

impl Registers for Bank {
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        if read.unit != 1 {
            return None;
        }
        let from = usize::from(read.first).checked_sub(7);
        let bank = from.and_then(|from| self.0.get(from..from + usize::from(read.count)));
        Some(bank.map(|bank| words.extend_from_slice(bank)).ok_or(2))
    }
}

/// What an indicator with these registers amounts to, asked once over both wires.
fn weighed(map: &Map, bank: Vec<u16>) -> Vec<Item> {
    let bank = Bank(bank);
    let told = [(Dialect::ModbusRtu, Wire::Rtu), (Dialect::ModbusTcp, Wire::Tcp)].map(
        |(dialect, wire)| {
            let mut asker = dialect.asker(&settings(map.clone())).unwrap();
            asker.opened(Duration::ZERO);
            let question = asker.poll_transmit(Duration::ZERO).unwrap();
            let mut answers = Vec::new();
            Station::new(wire).hear(&question, &bank, |answer| answers.extend(answer), |_| {});
            let mut out = Vec::new();
            asker.decode(Duration::from_millis(10), &answers, &mut out);
            out
        },
    );
    let [rtu, _] = told;
    rtu
}

fn display(items: &[Item]) -> String {
    match items {
        [Ok(Reading::Weight(weighing))] => {
            format!("{:?} {:?} {:?}", weighing.display, weighing.stability, weighing.kind)
        }
        [Err(fault)] => fault.kind.name().to_owned(),
        items => format!("{items:?}"),
    }
}

#[test]
fn status_bits_say_what_the_map_says() {
    let mut map = map(NumberKind::I32, WordOrder::Abcd);
    map.status_register = Some(9);
    let bit = |bit, means, when_zero| StatusBit { bit, means, when_zero };
    map.status = vec![
        bit(0, Means::Stable, false),
        bit(1, Means::Overload, false),
        bit(2, Means::Underload, false),
        bit(3, Means::Net, false),
        bit(4, Means::Error, true),
    ];
    let shown = |status| display(&weighed(&map, vec![0, 0x9c40, status]));
    let value = format!("{:?}", Display::Value(Decimal::from(40_000)));
    let (stable, moving) = (Stability::Stable, Stability::Moving);
    assert_eq!(shown(0b1_0001), format!("{value} {stable:?} {:?}", Kind::Gross));
    assert_eq!(shown(0b1_0000), format!("{value} {moving:?} {:?}", Kind::Gross));
    assert_eq!(shown(0b1_1001), format!("{value} {stable:?} {:?}", Kind::Net));
    assert_eq!(shown(0b1_0011), format!("Overload {stable:?} {:?}", Kind::Gross));
    assert_eq!(shown(0b1_0100), format!("Underload {moving:?} {:?}", Kind::Gross));
    assert_eq!(shown(0b0_0001), format!("Blank {stable:?} {:?}", Kind::Gross));
}

#[test]
fn a_wrong_order_of_words_is_a_fault_and_no_weight() {
    let wrong = map(NumberKind::I32, WordOrder::Cdab);
    let items = weighed(&wrong, vec![0, 0x9c40]);
    assert_eq!(display(&items), "bad-field");
    let fault = items[0].as_ref().unwrap_err();
    assert!(fault.detail.contains("order of words"), "{fault}");
}

#[test]
fn a_register_that_is_not_there_is_a_refusal_that_says_so() {
    let items = weighed(&map(NumberKind::I32, WordOrder::Abcd), vec![0]);
    assert_eq!(display(&items), "refused");
    assert!(items[0].as_ref().unwrap_err().detail.contains("no such register"));
}

#[test]
fn registers_too_far_apart_are_refused_before_anything_is_asked() {
    let mut far = map(NumberKind::I32, WordOrder::Abcd);
    far.status_register = Some(200);
    assert!(far.read(1).unwrap_err().contains("194 apart"));
    far.status_register = Some(131);
    assert_eq!(far.read(1).unwrap().count, 125);
}

#[test]
fn status_bits_that_can_never_be_read_are_refused_with_the_configuration() {
    let overload = |bit| StatusBit { bit, means: Means::Overload, when_zero: false };
    let check = |status_register, status| {
        let usual = map(NumberKind::I32, WordOrder::Abcd);
        let map = Map { status_register, status, ..usual };
        settings(map).check(Dialect::ModbusRtu)
    };
    assert_eq!(check(Some(9), vec![overload(15)]), Ok(()));
    assert_eq!(check(None, Vec::new()), Ok(()));
    assert_eq!(
        check(None, vec![overload(1)]).unwrap_err(),
        "modbus: status without status_register: of which register are these bits?"
    );
    assert_eq!(
        check(Some(9), vec![overload(1), overload(16)]).unwrap_err(),
        "modbus: status: bit 16 of a register of 16 bits; 0 to 15 expected"
    );
}

#[test]
fn a_master_of_another_make_is_answered_as_the_recorded_server_answers() {
    // The recorded questions, and a bank with the recorded registers: the answers must be the recorded ones.
    let Some(session) = recording("devices/modbus_session.txt") else { return };
    let session = String::from_utf8(session).unwrap();
    let rtu = session.split("## FramerType.RTU").nth(1).unwrap();
    let rtu = rtu.split("##").next().unwrap();
    let bank = Bank(vec![0, 0x9c40, 0xffff, 0xff38]);
    let mut answered = 0;
    let mut lines = rtu.lines().filter(|line| !line.is_empty());
    while let (Some(question), Some(answer)) = (lines.next(), lines.next()) {
        let (question, answer) = (bytes(&question[4..]), bytes(&answer[4..]));
        if !matches!(question[1], 3 | 4) {
            continue;
        }
        let mut said = Vec::new();
        Station::new(Wire::Rtu).hear(&question, &bank, |bytes| said.extend(bytes), |_| {});
        assert_eq!(said, answer);
        answered += 1;
    }
    assert_eq!(answered, 3);
}

/// What the recorded server says, line by line, heard by one who did not ask: `wire` names the part of the session.
fn overheard(dialect: Dialect, part: &str, map: Map) -> Option<String> {
    let session = String::from_utf8(recording("devices/modbus_session.txt")?).unwrap();
    let part = session.split("## FramerType.").find_map(|text| text.strip_prefix(part)).unwrap();
    let mut told = String::new();
    for answer in part.lines().filter_map(|line| line.strip_prefix("S>C ")) {
        let items = decode_with(dialect, &settings(map.clone()), &[&bytes(answer)]);
        told.push_str(&format!("{answer}: {}\n", display(&items)));
    }
    Some(told)
}

#[test]
fn the_recorded_server_is_overheard_and_what_is_no_reading_of_registers_gives_no_weight() {
    // The map of the CAS CI-600D: gross in 40008 and 40009, a signed number with its high word first, and two registers behind it.
    let mut ci_600d = map(NumberKind::I32, WordOrder::Abcd);
    ci_600d.status_register = Some(10);
    if let Some(told) = overheard(Dialect::ModbusRtu, "RTU", ci_600d.clone()) {
        expect![[r#"
            01030800009c40ffffff38c982: Value(40000) Unknown Gross
            01040400009c409374: cut-off
            0101024d03ccad: cut-off
            010201022049: cut-off
            01060003123474bd: cut-off
            01100014000201cc: cut-off
            01050001ff00ddfa: cut-off
            018302c0f1: refused
            01160003f2f20025e096: cut-off
        "#]]
        .assert_eq(&told);
    }
    if let Some(told) = overheard(Dialect::ModbusTcp, "SOCKET", ci_600d) {
        expect![[r#"
            00010000000b01030800009c40ffffff38: Value(40000) Unknown Gross
            00020000000701040400009c40: bad-field
            0003000000050101024d03: cut-off
            00040000000401020102: cut-off
            000500000006010600031234: cut-off
            000600000006011000140002: cut-off
            00070000000601050001ff00: cut-off
            000800000003018302: refused
            00090000000801160003f2f20025: cut-off
        "#]]
        .assert_eq(&told);
    }
}

#[test]
fn the_registers_of_the_makers_manuals_are_read_by_their_maps() {
    // CAS CI-600D: gross 40008, net 40010.
    let gross = map(NumberKind::I32, WordOrder::Abcd);
    let net = Map {
        weight: Field { register: 9, number: NumberKind::I32, order: WordOrder::Abcd },
        net: true,
        ..gross.clone()
    };
    let bank = vec![0, 0x9c40, 0xffff, 0xff38];
    assert_eq!(display(&weighed(&gross, bank.clone())), "Value(40000) Unknown Gross");
    assert_eq!(display(&weighed(&net, bank)), "Value(-200) Unknown Net");
    // Fairbanks PR5410: a whole number, and a register that says where its point stands.
    let point = Map { decimals_register: Some(9), ..gross.clone() };
    assert_eq!(display(&weighed(&point, vec![0x0006, 0x1a94, 1])), "Value(40002.0) Unknown Gross");
    assert_eq!(display(&weighed(&point, vec![0x0006, 0x1a94, 9])), "bad-field");
    // Tuna ID551PN: bits for under, over, net, motion.
    let bit = |bit, means| StatusBit { bit, means, when_zero: false };
    let bits = Map {
        status_register: Some(9),
        status: vec![
            bit(1, Means::Underload),
            bit(2, Means::Overload),
            bit(3, Means::Net),
            bit(4, Means::Moving),
        ],
        ..gross.clone()
    };
    let shown = |status| display(&weighed(&bits, vec![0, 0x9c40, status]));
    assert_eq!(shown(0b00000), "Value(40000) Stable Gross");
    assert_eq!(shown(0b11000), "Value(40000) Moving Net");
    assert_eq!(shown(0b00010), "Underload Stable Gross");
    assert_eq!(shown(0b00100), "Overload Stable Gross");
    // Eagle EI-4000: a float; one that is no number is a blank display.
    let float = map(NumberKind::F32, WordOrder::Abcd);
    assert_eq!(display(&weighed(&float, vec![0x471c, 0x4000])), "Value(40000) Unknown Gross");
    assert_eq!(display(&weighed(&float, vec![0x7fc0, 0])), "Blank Unknown Gross");
}

#[test]
fn a_station_refuses_a_function_that_it_does_not_know_over_both_wires() {
    // Coils are asked for, which no indicator has.
    for (wire, question, refusal) in [
        (Wire::Tcp, "00 07 00 00 00 06 01 01 00 00 00 08", "00 07 00 00 00 03 01 81 01"),
        (Wire::Rtu, "01 01 00 00 00 08 3d cc", "01 81 01 81 90"),
    ] {
        let mut said = Vec::new();
        Station::new(wire).hear(
            &bytes(question),
            &Bank(vec![1]),
            |bytes| said.extend(bytes),
            |_| {},
        );
        assert_eq!(said, bytes(refusal), "{wire:?}");
    }
}

#[test]
fn an_answer_that_looks_like_a_refusal_is_not_asked_for_again_while_it_still_comes() {
    // One bit is turned: 83 for 03. Five bytes look like a refusal with a wrong sum, and eight more follow.
    let turned = bytes("01 83 08 00 00 9c 40 ff ff ff 38 c9 82");
    let whole = bytes("01 03 08 00 00 9c 40 ff ff ff 38 c9 82");
    let map = Map { status_register: Some(10), ..map(NumberKind::I32, WordOrder::Abcd) };
    let told = asked::told(
        Dialect::ModbusRtu,
        &settings(map),
        &[(20, &turned[..6]), (36, &turned[6..]), (110, &whole)],
        1200,
    );
    expect![[r#"
        0000 > \x01\x03\x00\x07\x00\x04\xf5\xc8
        0020 wrong-checksum: the CRC of these bytes is 40 f6
        0086 noise: bytes between frames
        0086 > \x01\x03\x00\x07\x00\x04\xf5\xc8
        0110 {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"unknown","unit":"kg","address":1,"checksum":"verified","raw":"\\x01\\x03\\x08\\x00\\x00\\x9c@\\xff\\xff\\xff8\\xc9\\x82"}}
        0986 > \x01\x03\x00\x07\x00\x04\xf5\xc8
    "#]]
    .assert_eq(&told);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_station_answers_a_client_reads(
        tcp in any::<bool>(),
        words in prop::collection::vec(any::<u16>(), 1..=125),
        first in 7..100_u16,
        cut in 1..20_usize,
    ) {
        let wire = if tcp { Wire::Tcp } else { Wire::Rtu };
        let mut bank = vec![0; usize::from(first - 7)];
        bank.extend(&words);
        let read = Read { unit: 1, function: Function::Holding, first, count: u16::try_from(words.len()).unwrap() };
        let mut client = Client::new(wire);
        let mut request = Vec::new();
        client.ask(read, &mut request);
        let mut answer = Vec::new();
        Station::new(wire).hear(&request, &Bank(bank), |bytes| answer.extend(bytes), |_| {});
        let mut last = Outcome::NotYet;
        for piece in answer.chunks(cut) {
            last = client.hear(piece, |fault| panic!("{fault}"));
        }
        prop_assert_eq!(last, Outcome::Words);
        prop_assert_eq!(client.words(), words);
    }

    #[test]
    fn a_client_never_takes_random_bytes_for_an_answer_over_a_checked_line(noise in prop::collection::vec(any::<u8>(), 0..2000)) {
        let (outcome, _, _) = heard(Wire::Rtu, WEIGHT, &noise);
        prop_assert!(!matches!(outcome, Outcome::Words));
    }
}
