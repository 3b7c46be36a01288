//! Tenso-M, binary: the frames of two public drivers, stuffing, refusals, and the instrument that is asked.

use expect_test::{Expect, expect};
use firmware_protocols::weighbridge::{Display, Flags, Kind, Stability, tenso};
use firmware_protocols::{Dialect, Settings};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::asked;
use crate::check::{decode_with, recording, text};

fn check(bytes: &[u8], expected: Expect) {
    crate::check::check(Dialect::TensoM, bytes, &expected);
}

/// A frame of the instrument with this address.
fn frame(address: u8, command: u8, data: &[u8]) -> Vec<u8> {
    tenso::frame(address, command, data, true)
}

#[test]
fn the_questions_of_the_papers_are_written_byte_for_byte() {
    assert_eq!(frame(1, 0xc3, &[]), b"\xff\x01\xc3\xe3\xff\xff");
    assert_eq!(tenso::crc(&[0x01, 0xc2]), 0x8a);
    assert_eq!(tenso::crc(&[0x01, 0xc0]), 0x58);
    // With its own check behind, the remainder is nothing.
    assert_eq!(tenso::crc(&[0x01, 0xc3, 0xe3]), 0);
}

#[test]
fn weights_are_read_with_sign_decimals_and_state() {
    let bytes = [
        frame(1, 0xc3, &[0x20, 0x00, 0x04, 0x10]),
        frame(1, 0xb8, &[0x34, 0x12, 0x00, 0x92]),
        frame(2, 0xc2, &[0x00, 0x50, 0x01, 0x03]),
        frame(1, 0xc3, &[0x00, 0x00, 0x00, 0x30]),
        frame(1, 0xc3, &[0x99, 0x99, 0x99, 0x08]),
        frame(1, 0xc3, &[0x99, 0x99, 0x99, 0x10]),
        frame(0x9f, 0xc3, &[0x45, 0x23, 0x01, 0x57]),
    ];
    check(
        &bytes.concat(),
        expect![[r#"
            {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xc3 \\x00\\x04\\x10\\xf7\\xff\\xff"}}
            {"weight":{"display":{"value":"-12.34"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xb84\\x12\\x00\\x92p\\xff\\xff"}}
            {"weight":{"display":{"value":"15.000"},"kind":"net","stability":"moving","unit":null,"address":2,"checksum":"verified","raw":"\\xff\\x02\\xc2\\x00P\\x01\\x03z\\xff\\xff"}}
            {"weight":{"display":{"value":"0"},"kind":"gross","stability":"stable","unit":null,"address":1,"flags":{"second_scale":true},"checksum":"verified","raw":"\\xff\\x01\\xc3\\x00\\x00\\x000,\\xff\\xff"}}
            {"weight":{"display":"overload","kind":"gross","stability":"moving","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xc3\\x99\\x99\\x99\\x08C\\xff\\xff"}}
            {"weight":{"display":"out_of_range","kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xc3\\x99\\x99\\x99\\x10?\\xff\\xff"}}
            {"weight":{"display":{"value":"0.0012345"},"kind":"gross","stability":"stable","unit":null,"address":159,"checksum":"verified","raw":"\\xff\\x9f\\xc3E#\\x01W\\x99\\xff\\xff"}}
        "#]],
    );
}

#[test]
fn refusals_other_answers_and_questions_are_told_as_what_they_are() {
    let bytes = [
        frame(1, 0xee, &[0x03]),
        frame(1, 0xee, &[0x7f]),
        frame(1, 0xfd, b"TB-015 v1.2"),
        frame(1, 0xa1, &[1, 2, 3]),
        frame(1, 0xc3, &[]),
        frame(0, 0xc3, &[1, 2, 3]),
        frame(1, 0xc3, &[0x20, 0x00]),
        frame(1, 0xc3, &[0x2a, 0x00, 0x00, 0x10]),
    ];
    check(
        &bytes.concat(),
        expect![[r#"
        {"fault":{"kind":"refused","detail":"the device refuses, code 03: outside the zeroing range","excerpt":"\\xff\\x01\\xee\\x03[\\xff\\xff","bytes":7}}
        {"fault":{"kind":"refused","detail":"the device refuses, code 7F: a code that is not documented","excerpt":"\\xff\\x01\\xee\\x7fs\\xff\\xff","bytes":7}}
        {"fault":{"kind":"refused","detail":"the device does not know the command; it is `TB-015 v1.2`","excerpt":"\\xff\\x01\\xfdTB-015 v1.2\\xed\\xff\\xff","bytes":17}}
        {"fault":{"kind":"not-decoded","detail":"command A1 with 3 bytes is no answer with a weight","excerpt":"\\xff\\x01\\xa1\\x01\\x02\\x03U\\xff\\xff","bytes":9}}
        {"fault":{"kind":"not-decoded","detail":"command C3 with 0 bytes is no answer with a weight","excerpt":"\\xff\\x01\\xc3\\xe3\\xff\\xff","bytes":6}}
        {"fault":{"kind":"not-decoded","detail":"address 0 is followed by a serial number, which is not decoded","excerpt":"\\xff\\x00\\xc3\\x01\\x02\\x03r\\xff\\xff","bytes":9}}
        {"fault":{"kind":"wrong-length","detail":"three bytes of digits and one of state expected, not 2","excerpt":"\\xff\\x01\\xc3 \\x00,\\xff\\xff","bytes":8}}
        {"fault":{"kind":"bad-field","detail":"two decimal digits in each byte expected","excerpt":"\\xff\\x01\\xc3*\\x00\\x00\\x10\\xd9\\xff\\xff","bytes":10}}
    "#]],
    );
}

#[test]
fn a_broken_frame_costs_itself_only() {
    let good = frame(1, 0xc3, &[0x20, 0x00, 0x04, 0x10]);
    let mut wrong = good.clone();
    wrong[3] = 0x40;
    let bytes = [&b"\x04\x10\x12\xff\xff"[..], &good, &wrong, &good, &good[..5], &good, &good[..5]];
    check(
        &bytes.concat(),
        expect![[r#"
        {"fault":{"kind":"noise","detail":"bytes between frames","excerpt":"\\x04\\x10\\x12\\xff\\xff","bytes":5}}
        {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xc3 \\x00\\x04\\x10\\xf7\\xff\\xff"}}
        {"fault":{"kind":"wrong-checksum","detail":"the check of these bytes is 7E, not F7","excerpt":"\\xff\\x01\\xc3@\\x00\\x04\\x10\\xf7\\xff\\xff","bytes":10}}
        {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xc3 \\x00\\x04\\x10\\xf7\\xff\\xff"}}
        {"fault":{"kind":"wrong-length","detail":"the next frame began before the end of this one","excerpt":"\\xff\\x01\\xc3 \\x00","bytes":5}}
        {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xc3 \\x00\\x04\\x10\\xf7\\xff\\xff"}}
        {"fault":{"kind":"cut-off","detail":"the link ended inside a frame","excerpt":"\\xff\\x01\\xc3 \\x00","bytes":5}}
    "#]],
    );
}

#[test]
fn marks_inside_a_frame_are_stuffed_and_the_check_too() {
    // The check of 001020 kg is FF.
    let (weight, stuffed) = (0..60_000_u32)
        .find_map(|kg| {
            let weighing = tenso::decode(&frame(1, 0xc3, &[0, 0, 0, 0x10]), true).unwrap();
            let shown = firmware_protocols::weighbridge::Weighing {
                display: Display::Value(kg.into()),
                ..weighing
            };
            let frame = tenso::encode(&shown, true).unwrap();
            frame.ends_with(b"\xff\xfe\xff\xff").then_some((kg, frame))
        })
        .unwrap();
    assert_eq!(tenso::decode(&stuffed, true).unwrap().display, Display::Value(weight.into()));
    // The address may not be a mark, but text may hold one.
    check(
        &frame(1, 0xfd, b"\xff\xfe\xff"),
        expect![[r#"
        {"fault":{"kind":"refused","detail":"the device does not know the command; it is `\\xff\\xfe\\xff`","excerpt":"\\xff\\x01\\xfd\\xff\\xfe\\xfe\\xff\\xfe1\\xff\\xff","bytes":11}}
    "#]],
    );
}

#[test]
fn the_check_of_the_program_that_leaves_marks_out_does_not_fit() {
    // The text of an instrument with FF in it. One public driver counts neither FF nor FE.
    let body = [0x01, 0xfd, b'T', 0xff, b'1'];
    let without: Vec<u8> = body.iter().copied().filter(|byte| *byte < 0xfe).collect();
    assert_ne!(tenso::crc(&body), tenso::crc(&without));
    let right = frame(1, 0xfd, b"T\xff1");
    let mut wrong = right.clone();
    let check = wrong.len() - 3;
    assert_eq!(wrong[check], tenso::crc(&body));
    wrong[check] = tenso::crc(&without);
    assert_eq!(tenso::decode(&right, true).unwrap_err().kind.name(), "refused");
    assert_eq!(tenso::decode(&wrong, true).unwrap_err().kind.name(), "wrong-checksum");
}

#[test]
fn an_instrument_without_the_check_is_read_if_the_site_says_so_and_only_then() {
    let bytes = tenso::frame(1, 0xc3, &[0x20, 0x00, 0x04, 0x10], false);
    assert_eq!(bytes, b"\xff\x01\xc3\x20\x00\x04\x10\xff\xff");
    let without = Settings { checksum: Some(false), ..Settings::default() };
    expect![[r#"
        {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"absent","raw":"\\xff\\x01\\xc3 \\x00\\x04\\x10\\xff\\xff"}}
    "#]].assert_eq(&text(&decode_with(Dialect::TensoM, &without, &[&bytes])));
    check(
        &bytes,
        expect![[r#"
        {"fault":{"kind":"wrong-checksum","detail":"the check of these bytes is 84, not 10","excerpt":"\\xff\\x01\\xc3 \\x00\\x04\\x10\\xff\\xff","bytes":9}}
    "#]],
    );
}

#[test]
fn a_frame_without_end_is_given_up_at_its_limit() {
    let mut bytes = vec![0xff, 0x01, 0xc3];
    bytes.extend([0x11; 200]);
    bytes.extend(frame(1, 0xc3, &[0x20, 0x00, 0x04, 0x10]));
    let items = decode_with(Dialect::TensoM, &Settings::default(), &[&bytes]);
    assert!(items.last().unwrap().is_ok(), "{items:?}");
}

fn story(story: &[(u64, Vec<u8>)], until: u64, expected: Expect) {
    let story: Vec<(u64, &[u8])> =
        story.iter().map(|(at, bytes)| (*at, bytes.as_slice())).collect();
    expected.assert_eq(&asked::told(Dialect::TensoM, &Settings::default(), &story, until));
}

#[test]
fn the_fixed_weight_is_asked_for_once_a_period() {
    story(
        &[
            (30, frame(1, 0xb8, &[0x20, 0x00, 0x04, 0x10])),
            (260, frame(1, 0xb8, &[0x20, 0x00, 0x04, 0x10])),
        ],
        500,
        expect![[r#"
            0000 > \xff\x01\xb8\xbd\xff\xff
            0030 {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xb8 \\x00\\x04\\x10\\xb8\\xff\\xff"}}
            0230 > \xff\x01\xb8\xbd\xff\xff
            0260 {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xb8 \\x00\\x04\\x10\\xb8\\xff\\xff"}}
            0460 > \xff\x01\xb8\xbd\xff\xff
        "#]],
    );
}

#[test]
fn a_device_that_does_not_know_the_fixed_weight_is_asked_for_the_gross_weight() {
    story(
        &[(30, frame(1, 0xfd, b"TB-003")), (60, frame(1, 0xc3, &[0x20, 0x00, 0x04, 0x10]))],
        300,
        expect![[r#"
            0000 > \xff\x01\xb8\xbd\xff\xff
            0030 refused: the device does not know the command; it is `TB-003`
            0030 > \xff\x01\xc3\xe3\xff\xff
            0060 {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xc3 \\x00\\x04\\x10\\xf7\\xff\\xff"}}
            0260 > \xff\x01\xc3\xe3\xff\xff
        "#]],
    );
}

#[test]
fn a_device_error_is_not_asked_again_and_a_broken_answer_is() {
    let mut broken = frame(1, 0xb8, &[0x20, 0x00, 0x04, 0x10]);
    broken[3] ^= 1;
    story(
        &[
            (30, frame(1, 0xee, &[0x05])),
            (260, broken),
            (330, frame(1, 0xb8, &[0x20, 0x00, 0x04, 0x10])),
        ],
        400,
        expect![[r#"
            0000 > \xff\x01\xb8\xbd\xff\xff
            0030 refused: the device refuses, code 05: length of the frame
            0230 > \xff\x01\xb8\xbd\xff\xff
            0260 wrong-checksum: the check of these bytes is BD, not B8
            0310 > \xff\x01\xb8\xbd\xff\xff
            0330 {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xb8 \\x00\\x04\\x10\\xb8\\xff\\xff"}}
        "#]],
    );
}

#[test]
fn a_silent_device_is_given_up_after_three_tries_and_asked_again_after_two_seconds() {
    story(
        &[],
        4200,
        expect![[r#"
            0000 > \xff\x01\xb8\xbd\xff\xff
            0700 > \xff\x01\xb8\xbd\xff\xff
            1400 > \xff\x01\xb8\xbd\xff\xff
            2100 no-answer: asked 3 times, no answer within 700 ms; asked again in 2000 ms
            4100 > \xff\x01\xb8\xbd\xff\xff
        "#]],
    );
}

#[test]
fn answers_of_others_echoes_and_late_answers_meet_no_question() {
    let answer = frame(1, 0xb8, &[0x20, 0x00, 0x04, 0x10]);
    story(
        &[
            (5, frame(1, 0xb8, &[])),
            (20, frame(2, 0xb8, &[0x20, 0x00, 0x04, 0x10])),
            (30, frame(1, 0xc2, &[0x20, 0x00, 0x04, 0x10])),
            (750, answer.clone()),
            (900, answer),
        ],
        1000,
        expect![[r#"
            0000 > \xff\x01\xb8\xbd\xff\xff
            0020 unasked: an answer of another device than the one that was asked
            0030 unasked: an answer to another question
            0700 > \xff\x01\xb8\xbd\xff\xff
            0750 {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xb8 \\x00\\x04\\x10\\xb8\\xff\\xff"}}
            0900 unasked: another answer to a question that was put again
            0950 > \xff\x01\xb8\xbd\xff\xff
        "#]],
    );
}

#[test]
fn what_a_device_sends_on_its_own_initiative_is_heard_between_questions() {
    story(
        &[
            (30, frame(1, 0xb8, &[0x20, 0x00, 0x04, 0x10])),
            (100, frame(1, 0xc3, &[0x40, 0x00, 0x04, 0x10])),
            (120, frame(3, 0xc3, &[0x40, 0x00, 0x04, 0x10])),
        ],
        150,
        expect![[r#"
            0000 > \xff\x01\xb8\xbd\xff\xff
            0030 {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xb8 \\x00\\x04\\x10\\xb8\\xff\\xff"}}
            0100 {"weight":{"display":{"value":"40040"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"\\xff\\x01\\xc3@\\x00\\x04\\x10~\\xff\\xff"}}
            0120 unasked: a weight of another device on this line
        "#]],
    );
}

proptest! {
    #[test]
    fn every_weight_survives_the_wire(
        figures in -999_998_i64..=999_998,
        decimals in 0..=7_u32,
        stable in any::<bool>(),
        second_scale in any::<bool>(),
        net in any::<bool>(),
        checksum in any::<bool>(),
        address in 1..=0x9f_u8,
    ) {
        let value = Decimal::new(figures, decimals);
        let blank = tenso::decode(&frame(1, 0xc3, &[0, 0, 0, 0]), true).unwrap();
        let weighing = firmware_protocols::weighbridge::Weighing {
            display: Display::Value(value),
            kind: if net { Kind::Net } else { Kind::Gross },
            stability: if stable { Stability::Stable } else { Stability::Moving },
            address: Some(address),
            flags: Flags { second_scale, ..Flags::default() },
            ..blank
        };
        let frame = tenso::encode(&weighing, checksum).unwrap();
        let read = tenso::decode(&frame, checksum).unwrap();
        prop_assert_eq!(
            (read.display, read.kind, read.stability, read.address, read.flags),
            (weighing.display, weighing.kind, weighing.stability, weighing.address, weighing.flags)
        );
    }
}

#[test]
fn every_command_that_is_asked_is_one_that_reads() {
    let Some(table) = recording("devices/tenso-m-commands.csv") else { return };
    let table = String::from_utf8(table).unwrap();
    let sent = asked::told(
        Dialect::TensoM,
        &Settings::default(),
        &[(30, &frame(1, 0xfd, b"TB-003"))],
        20_000,
    );
    let mut kinds = std::collections::BTreeSet::new();
    for line in sent.lines().filter_map(|line| line.split_once("> ")) {
        let command = line.1.strip_prefix("\\xff\\x01\\x").unwrap().get(..2).unwrap();
        let row = table.lines().find(|row| row.starts_with(&command.to_uppercase())).unwrap();
        kinds.insert((command.to_owned(), row.rsplit(',').next().unwrap().starts_with("read")));
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [("b8".to_owned(), true), ("c3".to_owned(), true)]
    );
}
