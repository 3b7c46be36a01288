//! Toledo continuous output: two documented frames, every bit of the three state bytes, the variants, and the check sum that may be there.

use expect_test::{Expect, expect};
use firmware_protocols::weighbridge::{
    Checksum, Display, Flags, Kind, Stability, Weighing, toledo,
};
use firmware_protocols::{Dialect, Reading, Settings};
use proptest::prelude::*;
use rust_decimal::Decimal;
use units::MassUnit;

use crate::check::{decode_with, text};

fn check(bytes: &[u8], expected: Expect) {
    crate::check::check(Dialect::Toledo, bytes, &expected);
}

/// The computed frame of the papers: 40 000 kg gross, at rest, steps of two.
const WITH: &[u8] = b"\x02\x32\x30\x20 40000     0\r\x0b";
/// The same with the check sum switched off.
const WITHOUT: &[u8] = b"\x02\x32\x30\x20 40000     0\r";
/// Printed in a manual of Flintec: net 0.750, tare 0.250, steps of five.
const FLINTEC: &[u8] = b"\x02\x7d\x31\x30  0750   250\r\n\x06";

#[test]
fn the_documented_frames_are_read() {
    check(
        &[WITH, FLINTEC, WITH].concat(),
        expect![[r#"
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"verified","raw":"\\x0220  40000     0\\x0d\\x0b"}}
        {"weight":{"display":{"value":"0.750"},"kind":"net","stability":"stable","unit":"kg","flags":{"tare_active":true,"increment":"0.005"},"checksum":"verified","raw":"\\x02}10  0750   250\\x0d\\x0a\\x06"}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"verified","raw":"\\x0220  40000     0\\x0d\\x0b"}}
    "#]],
    );
}

fn shown(state: [u8; 3], field: &[u8; 6]) -> Weighing {
    let mut frame = vec![0x02];
    frame.extend(state);
    frame.extend(field);
    frame.extend(b"     0\r");
    toledo::decode(&frame).unwrap()
}

#[test]
fn the_picture_says_where_the_point_is_and_how_large_a_step() {
    let cases = [
        (0x28, "1234500", Some("100")),
        (0x29, "123450", Some("10")),
        (0x2a, "12345", Some("1")),
        (0x2b, "1234.5", Some("0.1")),
        (0x2c, "123.45", Some("0.01")),
        (0x2d, "12.345", Some("0.001")),
        (0x2e, "1.2345", Some("0.0001")),
        (0x2f, "0.12345", Some("0.00001")),
        (0x32, "12345", Some("2")),
        (0x3b, "1234.5", Some("0.5")),
        (0x22, "12345", None),
        (0x72, "12345", Some("2")),
    ];
    for (swa, number, step) in cases {
        let weighing = shown([swa, 0x30, 0x20], b" 12345");
        let number = Display::Value(number.parse().unwrap());
        assert_eq!(weighing.display, number, "{swa:02x}");
        assert_eq!(weighing.flags.increment, step.map(|step| step.parse().unwrap()), "{swa:02x}");
    }
}

#[test]
fn each_bit_of_state_says_one_thing() {
    let usual = shown([0x2a, 0x30, 0x20], b" 12345");
    assert_eq!((usual.kind, usual.stability), (Kind::Gross, Stability::Stable));
    assert_eq!(usual.unit, Some(MassUnit::Kilogram));
    let value = |number: i64| Display::Value(number.into());
    let b = |bits: u8| shown([0x2a, 0x30 ^ bits, 0x20], b" 12345");
    assert_eq!(b(0x01).kind, Kind::Net);
    assert_eq!(b(0x02).display, value(-12345));
    assert_eq!(b(0x04).display, Display::OutOfRange);
    assert_eq!(b(0x06).display, Display::Underload);
    assert_eq!(b(0x08).stability, Stability::Moving);
    assert_eq!(b(0x10).unit, Some(MassUnit::Pound));
    assert_eq!(b(0x40), Weighing { flags: Flags { not_zeroed: true, ..usual.flags }, ..b(0x40) });
    assert!(b(0x40).flags.not_zeroed && !usual.flags.not_zeroed);
    let c = |bits: u8| shown([0x2a, 0x30, 0x20 | bits], b" 12345");
    assert_eq!(c(1).unit, Some(MassUnit::Gram));
    assert_eq!(c(2).unit, Some(MassUnit::Tonne));
    assert!(c(0x08).flags.print_request);
    assert!(c(0x10).flags.high_resolution);
}

#[test]
fn blanks_words_and_points_in_the_field_are_read() {
    assert_eq!(shown([0x2a, 0x30, 0x20], b"      ").display, Display::Blank);
    assert_eq!(shown([0x7a, 0x30, 0x30], b"OVER  ").display, Display::Overload);
    assert_eq!(shown([0x7a, 0x30, 0x30], b"UNDER ").display, Display::Underload);
    assert_eq!(
        shown([0x2a, 0x30, 0x20], b"12.345").display,
        Display::Value(Decimal::new(12_345, 3))
    );
    let tare = toledo::decode(b"\x02\x32\x31\x20  1000   500\r").unwrap();
    assert!(tare.flags.tare_active);
}

#[test]
fn frames_without_tare_are_read_with_and_without_a_check_sum() {
    let short = b"\x02\x32\x30\x20 40000\r";
    let weighing = toledo::decode(short).unwrap();
    assert_eq!(weighing.display, Display::Value(40_000.into()));
    let without = Settings { checksum: Some(false), ..Settings::default() };
    let twice = [short.as_slice(), short].concat();
    assert_eq!(decode_with(Dialect::Toledo, &without, &[&twice]).len(), 2);
}

#[test]
fn frames_without_a_check_sum_are_known_by_what_follows() {
    check(
        &WITHOUT.repeat(7),
        expect![[r#"
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"absent","raw":"\\x0220  40000     0\\x0d"}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"absent","raw":"\\x0220  40000     0\\x0d"}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"absent","raw":"\\x0220  40000     0\\x0d"}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"absent","raw":"\\x0220  40000     0\\x0d"}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"absent","raw":"\\x0220  40000     0\\x0d"}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"absent","raw":"\\x0220  40000     0\\x0d"}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"absent","raw":"\\x0220  40000     0\\x0d"}}
    "#]],
    );
    let without = Settings { checksum: Some(false), ..Settings::default() };
    expect![[r#"
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"absent","raw":"\\x0220  40000     0\\x0d"}}
    "#]].assert_eq(&text(&decode_with(Dialect::Toledo, &without, &[WITHOUT])));
}

/// The frame of this mass with its check sum.
fn frame(kg: i64) -> Vec<u8> {
    let weighing = Weighing {
        display: Display::Value(kg.into()),
        kind: Kind::Gross,
        stability: Stability::Stable,
        unit: Some(MassUnit::Kilogram),
        ..toledo::decode(WITHOUT).unwrap()
    };
    toledo::encode(&weighing, true).unwrap()
}

#[test]
fn a_check_sum_that_looks_like_the_next_frame_is_a_check_sum() {
    for mark in [0x02, 0x0d, 0x0a] {
        let kg = (0..100_000).step_by(2).find(|kg| frame(*kg).last() == Some(&mark)).unwrap();
        let bytes = frame(kg).repeat(7);
        for settings in
            [Settings::default(), Settings { checksum: Some(true), ..Settings::default() }]
        {
            let items = decode_with(Dialect::Toledo, &settings, &[&bytes]);
            let read = items.iter().filter(|item| item.is_ok()).count();
            // Of the last frame nothing tells whether what looks like the next one is its check sum, until five were heard.
            assert_eq!((read, items.len()), (7, 7), "{mark:02x} {kg} {settings:?}: {items:?}");
        }
    }
}

#[test]
fn broken_frames_are_faults_and_the_next_is_read() {
    let mut wrong = WITH.to_vec();
    wrong[8] = b'5';
    let bytes = [
        &b"000     0\r\x0b"[..],
        WITH,
        &wrong,
        WITH,
        &WITH[..9],
        WITH,
        b"\x02\x32\x30\x20 4000     0\r\x3b",
        b"\x02\x32\x30\x27 40000     0\r\x04",
        b"\x02\xb2\x30\x20 40000     0\r\x0b",
        b"\x02\x32\x30\x20 4x000     0\r\x43",
        WITH,
        &WITH[..17],
    ];
    check(
        &bytes.concat(),
        expect![[r#"
        {"fault":{"kind":"noise","detail":"bytes between frames","excerpt":"000     0\\x0d\\x0b","bytes":11}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"verified","raw":"\\x0220  40000     0\\x0d\\x0b"}}
        {"fault":{"kind":"wrong-checksum","detail":"the check sum of these bytes is 06","excerpt":"\\x0220  40050     0\\x0d\\x0b","bytes":18}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"verified","raw":"\\x0220  40000     0\\x0d\\x0b"}}
        {"fault":{"kind":"wrong-length","detail":"the next frame began before the end of this one","excerpt":"\\x0220  4000","bytes":9}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"verified","raw":"\\x0220  40000     0\\x0d\\x0b"}}
        {"fault":{"kind":"wrong-length","detail":"CR is byte 17, or 11 without tare","excerpt":"\\x0220  4000     0\\x0d","bytes":16}}
        {"fault":{"kind":"noise","detail":"bytes between frames","excerpt":";","bytes":1}}
        {"fault":{"kind":"bad-field","detail":"the unit has the code 7, which means something else at each maker","excerpt":"\\x0220' 40000     0\\x0d\\x04","bytes":18}}
        {"fault":{"kind":"not-text","detail":"byte b2 has its top bit set: text of 7 bits expected; a line of 7 data bits and parity, heard with 8, looks so","excerpt":"\\x02\\xb20  40000     0\\x0d\\x0b","bytes":18}}
        {"fault":{"kind":"bad-field","detail":"digits expected, or blanks where the display shows none","excerpt":"\\x0220  4x000     0\\x0dC","bytes":18}}
        {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"stable","unit":"kg","flags":{"increment":"2"},"checksum":"verified","raw":"\\x0220  40000     0\\x0d\\x0b"}}
        {"fault":{"kind":"cut-off","detail":"the link ended inside a frame","excerpt":"\\x0220  40000     0\\x0d","bytes":17}}
    "#]],
    );
}

#[test]
fn an_indicator_that_is_set_otherwise_is_heard_again_after_five_frames() {
    let mut bytes = WITH.repeat(6);
    bytes.extend(WITHOUT.repeat(12));
    let items = decode_with(Dialect::Toledo, &Settings::default(), &[&bytes]);
    let read = items.iter().filter(|item| item.is_ok()).count();
    assert!(read >= 6 + 12 - 6, "{read}: {items:?}");
}

#[test]
fn a_check_sum_that_was_switched_on_is_verified_after_five_frames() {
    let mut bytes = WITHOUT.repeat(8);
    bytes.extend(WITH.repeat(12));
    let items = decode_with(Dialect::Toledo, &Settings::default(), &[&bytes]);
    let read: Vec<Checksum> = items
        .iter()
        .filter_map(|item| match item {
            Ok(Reading::Weight(weighing)) => Some(weighing.checksum),
            _ => None,
        })
        .collect();
    assert_eq!(read.len(), 8 + 12, "{items:?}");
    let verified = read.iter().filter(|checksum| **checksum == Checksum::Verified).count();
    assert!(verified >= 12 - 6, "{items:?}");
    assert_eq!(read.last(), Some(&Checksum::Verified));
    // A site that says that there is none is believed.
    let without = Settings { checksum: Some(false), ..Settings::default() };
    let items = decode_with(Dialect::Toledo, &without, &[&bytes]);
    assert!(!text(&items).contains("verified"), "{items:?}");
}

proptest! {
    #[test]
    fn every_weight_survives_the_wire(
        figures in -999_998_i64..=999_998,
        decimals in 0..=5_u32,
        stable in any::<bool>(),
        net in any::<bool>(),
        not_zeroed in any::<bool>(),
        checksum in any::<bool>(),
        unit in prop::sample::select(vec![MassUnit::Kilogram, MassUnit::Tonne, MassUnit::Gram, MassUnit::Pound]),
    ) {
        let weighing = Weighing {
            display: Display::Value(Decimal::new(figures, decimals)),
            kind: if net { Kind::Net } else { Kind::Gross },
            stability: if stable { Stability::Stable } else { Stability::Moving },
            unit: Some(unit),
            flags: Flags { not_zeroed, increment: Some(Decimal::new(2, decimals)), ..Flags::default() },
            ..toledo::decode(WITHOUT).unwrap()
        };
        let frame = toledo::encode(&weighing, checksum).unwrap();
        let read = toledo::decode(&frame).unwrap();
        prop_assert_eq!(
            (read.display, read.kind, read.stability, read.unit, read.flags),
            (weighing.display, weighing.kind, weighing.stability, weighing.unit, weighing.flags)
        );
    }
}
