//! Navigation seals that speak text and binary over one link: every public vector, what is answered, and bits that are believed only if asked.

use std::time::Duration;

use expect_test::expect;
use firmware_protocols::seal::{Housing, Position, SealEvent, jointech};
use firmware_protocols::{Dialect, FaultKind, Reading, Settings};
use jiff::Timestamp;
use proptest::prelude::*;
use rust_decimal::Decimal;
use units::Microdegrees;

use crate::check::{check, cut_everywhere, decode, decode_with, recording, text};

/// Of the long form: 2026-05-21 11:00:00, 44 degrees 7.42 minutes north, 80 degrees 25.459 minutes east.
const LONG: &[u8] = b"$\x75\x00\x12\x34\x56\x11\x11\x00\x23\x21\x05\x26\x11\x00\x00\x44\x07\x42\x00\x08\x02\x54\x59\x2f\x05\x2d\
    \x00\x00\x00\x0c\x09\x00\x00\x00\x00\x20\xe0\x64\x12\x34\x0b\xbc\x1a\x03";
/// Of the short form, version 2, the same place.
const SHORT: &[u8] = b"$\x40\x00\x12\x34\x56\x21\x00\x1b\x21\x05\x26\x11\x00\x00\x44\x07\x42\x00\x08\x02\x54\x59\x2f\x05\x2d\
    \x00\x00\x01\x00\x3f\x00\x00\x00\x2d\x00\xab";

#[test]
fn a_place_of_either_form_is_read_between_texts() {
    let bytes = [LONG, b"(3460311327,@JT)\r\n", SHORT].concat();
    check(
        Dialect::Jointech,
        &bytes,
        &expect![[r#"
            {"seal":{"seal":"7500123456","command":"$1111","message_id":"2026-05-21T11:00:00Z/3","device_time":"2026-05-21T11:00:00Z","battery_percent":100,"position":{"fix":{"latitude_microdeg":44123667,"longitude_microdeg":80424320,"speed_raw":"5","course_deg":90}},"fields":["12","9","0","20E0","100","4660","3004","26"]}}
            {"seal":{"seal":"3460311327","command":"@JT","position":"not_sent"}}
            {"seal":{"seal":"4000123456","command":"$21","message_id":"2026-05-21T11:00:00Z/171","device_time":"2026-05-21T11:00:00Z","position":{"fix":{"latitude_microdeg":44123667,"longitude_microdeg":80424320,"speed_raw":"5","course_deg":90}},"fields":["000001003F0000002D00"]}}
        "#]],
    );
}

/// A message of the long form that tells its place twice.
pub(crate) fn of_two_places() -> Vec<u8> {
    let mut long = LONG[..10].to_vec();
    long[9] = 2 * 34 + 1;
    let place = &LONG[10..LONG.len() - 1];
    [&long[..], place, place, &[7]].concat()
}

#[test]
fn several_places_in_one_message_are_several_readings_with_one_answer() {
    let mut short = SHORT[..9].to_vec();
    short[8] = 2 * 27;
    let place = &SHORT[9..SHORT.len() - 1];
    short.extend([place, place, &[7]].concat());
    let items = decode(Dialect::Jointech, &[&short]);
    assert_eq!(items.iter().filter(|item| item.is_ok()).count(), 2, "{items:?}");

    let long = of_two_places();
    assert_eq!(decode(Dialect::Jointech, &[&long]).len(), 2);
    assert_eq!(answers(&Settings::default(), &long), ["(P35)"]);
}

/// What is answered to these bytes.
fn answers(settings: &Settings, bytes: &[u8]) -> Vec<String> {
    let mut conversation = Dialect::Jointech.asker(settings).unwrap();
    let now = Duration::from_secs(9);
    assert_eq!(conversation.opened(now), None);
    let mut heard = Vec::new();
    conversation.decode(now, bytes, &mut heard);
    assert_eq!(heard, decode_with(Dialect::Jointech, settings, &[bytes]));
    assert_eq!(conversation.next_timeout(), None);
    std::iter::from_fn(|| conversation.poll_transmit(now))
        .map(|answer| String::from_utf8(answer).unwrap())
        .collect()
}

#[test]
fn a_binary_message_is_answered_if_it_asks_for_it() {
    let none = Settings::default();
    assert_eq!(answers(&none, LONG), ["(P35)"]);
    assert_eq!(answers(&none, SHORT), Vec::<String>::new());
    let at = "2026-05-21T11:00:00Z".parse().unwrap();
    let mut long = jointech::binary::Long {
        seal: "8041300978",
        protocol: 0x19,
        at,
        position: Position::NoFix,
        status: 0x20e0,
        battery: 100,
        index: 110,
    };
    assert_eq!(answers(&none, &jointech::binary::encode(&long).unwrap()), ["(P69,0,110)"]);
    long.status = 0x20c0;
    assert_eq!(answers(&none, &jointech::binary::encode(&long).unwrap()), Vec::<String>::new());
}

#[test]
fn texts_and_binary_messages_are_answered_in_their_order() {
    let event =
        b"(8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)";
    let status = b"(3301210003,U02,040812,185302,T,22.564025,N,113.242329,E,5,152,9,32%,00,1)";
    let bytes = [event, LONG, status, b"(3460311327,@JT)", b"(3301210003,U02,x)"].concat();
    assert_eq!(answers(&Settings::default(), &bytes), ["(P69,0,9)", "(P35)", "(S39)"]);
}

#[test]
fn answers_that_nobody_fetches_are_bounded() {
    let event =
        b"(8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)";
    let answers = answers(&Settings::default(), &event.repeat(200));
    assert_eq!(answers.len(), firmware_protocols::limits::SEAL_ANSWERS);
}

#[test]
fn bits_of_the_status_are_believed_only_where_the_site_says_so() {
    let believed = Settings { status_bits: Some(true), ..Settings::default() };
    // status, locked, housing, event
    let cases = [
        (0x20e0, Some(true), None, None),
        (0x2060, Some(false), None, None),
        (0x20e8, Some(false), None, Some(SealEvent::ElementViolated)),
        (0x30e0, Some(true), Some(Housing::Open), Some(SealEvent::HousingViolated)),
        (0x28e0, Some(true), None, Some(SealEvent::LowBattery)),
    ];
    for (status, locked, housing, event) in cases {
        let long = jointech::binary::Long {
            seal: "7500123456",
            protocol: 0x11,
            at: "2026-05-21T11:00:00Z".parse().unwrap(),
            position: Position::NoFix,
            status,
            battery: 87,
            index: 1,
        };
        let frame = jointech::binary::encode(&long).unwrap();
        let [Ok(Reading::Seal(message))] =
            &decode_with(Dialect::Jointech, &believed, &[&frame])[..]
        else {
            panic!("{status:04x}");
        };
        assert_eq!((message.locked, message.housing, message.event), (locked, housing, event));
        let [Ok(Reading::Seal(message))] = &decode(Dialect::Jointech, &[&frame])[..] else {
            panic!("{status:04x}");
        };
        assert_eq!((message.locked, message.housing, message.event), (None, None, None));
        assert_eq!(message.fields[3], format!("{status:04X}"));
    }
}

#[test]
fn each_digit_that_is_none_breaks_the_message_and_the_next_is_read() {
    // byte, what it becomes
    for (at, byte) in [
        (10, 0x32),
        (11, 0x13),
        (13, 0x24),
        (14, 0x60),
        (16, 0x91),
        (17, 0x60),
        (20, 0x1a),
        (25, 0xa0),
    ] {
        let mut broken = LONG.to_vec();
        broken[at] = byte;
        let bytes = [&broken, b"(3460311327,@JT)".as_slice()].concat();
        let items = decode(Dialect::Jointech, &[&bytes]);
        assert_eq!(
            items[0].as_ref().unwrap_err().kind,
            FaultKind::BadField,
            "byte {at}: {items:?}"
        );
        assert!(items.last().unwrap().is_ok(), "byte {at}");
        assert_eq!(items.iter().filter(|item| item.is_ok()).count(), 1, "byte {at}: {items:?}");
        cut_everywhere(Dialect::Jointech, &bytes, &items);
    }
}

#[test]
fn a_fix_that_is_none_and_a_charge_that_is_none_are_told_so() {
    let mut none = LONG.to_vec();
    none[24] &= 0xfe;
    none[38] = 0xff;
    let items = decode(Dialect::Jointech, &[&none]);
    let [Ok(Reading::Seal(message))] = &items[..] else { panic!("{items:?}") };
    assert_eq!((message.position, message.battery_percent), (Position::NoFix, None));
    assert_eq!(message.fields[4], "255");
}

#[test]
fn every_vector_of_the_public_driver_is_read() {
    let Some(file) = recording("seals/jointech-jt600-jt701-frames.txt") else { return };
    let file = String::from_utf8(file).unwrap();
    let mut all = Vec::new();
    let mut binary = 0;
    for line in file.lines() {
        let frame = if let Some(hex) = line.strip_prefix("HEX ") {
            binary += 1;
            bytes(hex)
        } else if let Some(text) = line.strip_prefix("TEXT ") {
            text.as_bytes().to_vec()
        } else {
            continue;
        };
        let items = decode(Dialect::Jointech, &[&frame]);
        assert!(matches!(items.as_slice(), [Ok(Reading::Seal(_))]), "{line}: {items:?}");
        cut_everywhere(Dialect::Jointech, &frame, &items);
        all.extend(frame);
    }
    assert_eq!(binary, 15);
    assert!(decode(Dialect::Jointech, &[&all]).iter().all(Result::is_ok));
    // The public driver states what this one says.
    let stated =
        bytes("24311021600111001B16021105591022329862114046227B0598095080012327951435161F");
    expect![[r#"
        {"seal":{"seal":"3110216001","command":"$11","message_id":"2011-02-16T05:59:10Z/31","device_time":"2011-02-16T05:59:10Z","position":{"fix":{"latitude_microdeg":22549770,"longitude_microdeg":-114077045,"speed_raw":"5","course_deg":304}},"fields":["09508001232795143516"]}}
    "#]]
    .assert_eq(&text(&decode(Dialect::Jointech, &[&stated])));
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.trim().chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        // Whole hundredths of a minute are whole in both notations only three by three.
        latitude in -53_000..=53_000_i32,
        longitude in 1..=107_000_i32,
        speed in 0..100_u8,
        half_course in 0..=180_u16,
        seconds in 1_000_000_000..4_000_000_000_i64,
        (status, index) in any::<(u16, u8)>(),
        battery in 0..=100_u8,
        protocol in prop::sample::select(vec![0x11_u8, 0x16, 0x17, 0x19]),
    ) {
        let position = Position::Fix {
            latitude_microdeg: Microdegrees(latitude * 1_665),
            longitude_microdeg: Microdegrees(longitude * 1_665),
            speed_raw: Some(Decimal::from(speed)),
            course_deg: Some(half_course * 2),
        };
        let at = Timestamp::from_second(seconds).unwrap();
        let long = jointech::binary::Long { seal: "7500123456", protocol, at, position, status, battery, index };
        let frame = jointech::binary::encode(&long).unwrap();
        let [message] = &jointech::binary::decode(&frame, false).unwrap()[..] else { panic!("one place") };
        prop_assert_eq!(message.position, position);
        prop_assert_eq!(message.device_time, Some(at));
        prop_assert_eq!(message.battery_percent.map(|percent| percent.0), Some(battery));
        prop_assert_eq!(message.message_id.clone(), Some(jointech::message_id(Some(at), index.into())));
    }
}
