//! The other settings of Yaohua indicators: reversed text, command mode, and the lines of the A12.

use expect_test::{Expect, expect};
use firmware_protocols::weighbridge::{
    Display, Kind, Weighing, xk3190_a12, xk3190_command, xk3190_text,
};
use firmware_protocols::{Dialect, Settings};
use proptest::prelude::*;
use rust_decimal::Decimal;
use units::MassUnit;

use crate::asked;
use crate::check::{decode_with, recording, text};

#[track_caller]
fn check(dialect: Dialect, bytes: &[u8], expected: Expect) {
    crate::check::check(dialect, bytes, &expected);
}

#[test]
fn reversed_digits_are_turned() {
    check(
        Dialect::Xk3190Text,
        b"=00.1000-=00.02004=00000000=999999  ",
        expect![[r#"
        {"weight":{"display":{"value":"-1.00"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"=00.1000-"}}
        {"weight":{"display":{"value":"40020.00"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"=00.02004"}}
        {"weight":{"display":{"value":"0"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"=00000000"}}
        {"weight":{"display":"out_of_range","kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"=999999  "}}
    "#]],
    );
    assert_eq!(
        xk3190_text::encode(Display::Value("-1.00".parse().unwrap())).unwrap(),
        b"=00.1000-"
    );
}

#[test]
fn half_a_number_is_never_a_number() {
    check(
        Dialect::Xk3190Text,
        b"1000-=00.1000-=00.10=00.1000-=00.1x00-=00.10",
        expect![[r#"
        {"fault":{"kind":"noise","detail":"bytes between frames","excerpt":"1000-","bytes":5}}
        {"weight":{"display":{"value":"-1.00"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"=00.1000-"}}
        {"fault":{"kind":"wrong-length","detail":"eight characters of a number expected behind `=`","excerpt":"=00.10","bytes":6}}
        {"weight":{"display":{"value":"-1.00"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"=00.1000-"}}
        {"fault":{"kind":"wrong-length","detail":"eight characters of a number expected behind `=`","excerpt":"=00.1x","bytes":6}}
        {"fault":{"kind":"cut-off","detail":"the link ended inside a frame","excerpt":"00-=00.10","bytes":9}}
    "#]],
    );
}

#[test]
fn numbers_that_end_with_the_mark_are_read_if_the_site_says_so() {
    let last = Settings { equals_last: Some(true), ..Settings::default() };
    let heard = |bytes: &[u8]| text(&decode_with(Dialect::Xk3190Text, &last, &[bytes]));
    // The number before the first mark may be the rest of one.
    expect![[r#"
        {"fault":{"kind":"noise","detail":"bytes between frames","excerpt":"00.0000","bytes":7}}
        {"weight":{"display":{"value":"12.34"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"=43.2100"}}
        {"weight":{"display":{"value":"40000"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"=00004"}}
        {"weight":{"display":{"value":"-20"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"=02000-"}}
    "#]].assert_eq(&heard(b"00.0000=43.2100=00004=02000-="));
    expect![[r#"
        {"fault":{"kind":"too-long","detail":"no `=` behind eight characters","excerpt":"=123456789","bytes":10}}
        {"fault":{"kind":"bad-field","detail":"a character that is in no number","excerpt":"=12a","bytes":4}}
        {"weight":{"display":{"value":"12"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"=21"}}
    "#]].assert_eq(&heard(b"=123456789=12a=21="));
    // A program of the registry, heard on a line.
    if let Some(bytes) = recording("devices/wb-simulator.bin") {
        assert_eq!(heard(&bytes), heard(b"00.0000=43.2100=00004=02000-="));
    }
}

#[test]
fn answers_of_the_command_mode_are_read() {
    check(
        Dialect::Xk3190Command,
        b"\x02AB+003290010\x03\x02ZD-00010022D\x03\x02AA00\x03\x02AB03\x03\x02AB+003290011\x03\x02AB+00\x02AB+003290010\x03",
        expect![[r#"
            {"weight":{"display":{"value":"3290"},"kind":"gross","stability":"unknown","unit":null,"address":1,"checksum":"verified","raw":"\\x02AB+003290010\\x03"}}
            {"fault":{"kind":"wrong-checksum","detail":"the check digits of these bytes are 00","excerpt":"\\x02ZD-00010022D\\x03","bytes":14}}
            {"fault":{"kind":"not-decoded","detail":"a handshake or a number of a truck or cargo, and no weight","excerpt":"\\x02AA00\\x03","bytes":6}}
            {"fault":{"kind":"not-decoded","detail":"a question, and no answer","excerpt":"\\x02AB03\\x03","bytes":6}}
            {"fault":{"kind":"wrong-checksum","detail":"the check digits of these bytes are 10","excerpt":"\\x02AB+003290011\\x03","bytes":14}}
            {"fault":{"kind":"wrong-length","detail":"the next frame began before the end of this one","excerpt":"\\x02AB+00","bytes":6}}
            {"weight":{"display":{"value":"3290"},"kind":"gross","stability":"unknown","unit":null,"address":1,"checksum":"verified","raw":"\\x02AB+003290010\\x03"}}
        "#]],
    );
}

#[test]
fn the_question_of_the_papers_is_asked_byte_for_byte_and_answered() {
    let told = asked::told(
        Dialect::Xk3190Command,
        &Settings::default(),
        &[
            (30, b"\x02AB+003290010\x03"),
            (250, b"\x02BB+003290013\x03"),
            (260, b"\x02AB+003290011\x03"),
            (330, b"\x02AB+003290010\x03"),
        ],
        1000,
    );
    expect![[r#"
        0000 > \x02AB03\x03
        0030 {"weight":{"display":{"value":"3290"},"kind":"gross","stability":"unknown","unit":null,"address":1,"checksum":"verified","raw":"\\x02AB+003290010\\x03"}}
        0230 > \x02AB03\x03
        0250 unasked: an answer of another device than the one that was asked
        0260 wrong-checksum: the check digits of these bytes are 10
        0310 > \x02AB03\x03
        0330 {"weight":{"display":{"value":"3290"},"kind":"gross","stability":"unknown","unit":null,"address":1,"checksum":"verified","raw":"\\x02AB+003290010\\x03"}}
    "#]].assert_eq(&told);
}

#[test]
fn lines_of_the_a12_are_read_with_and_without_a_check() {
    check(
        Dialect::Xk3190A12,
        b"WG004.139kg3D\r\n         OL23\r\n         LO23\r\nww000.000kg\r\nwn-0000.1kg\r\nwt  12.50kg\r\nww       kg\r\n",
        expect![[r#"
            {"weight":{"display":{"value":"4.139"},"kind":"gross","stability":"unknown","unit":"kg","checksum":"verified","raw":"WG004.139kg3D"}}
            {"weight":{"display":"overload","kind":"unknown","stability":"unknown","unit":null,"checksum":"verified","raw":"         OL23"}}
            {"weight":{"display":"underload","kind":"unknown","stability":"unknown","unit":null,"checksum":"verified","raw":"         LO23"}}
            {"weight":{"display":{"value":"0.000"},"kind":"gross","stability":"unknown","unit":"kg","checksum":"absent","raw":"ww000.000kg"}}
            {"weight":{"display":{"value":"-0.1"},"kind":"net","stability":"unknown","unit":"kg","checksum":"absent","raw":"wn-0000.1kg"}}
            {"weight":{"display":{"value":"12.50"},"kind":"tare","stability":"unknown","unit":"kg","checksum":"absent","raw":"wt  12.50kg"}}
            {"weight":{"display":"blank","kind":"gross","stability":"unknown","unit":"kg","checksum":"absent","raw":"ww       kg"}}
        "#]],
    );
}

#[test]
fn broken_lines_of_the_a12_are_faults() {
    check(
        Dialect::Xk3190A12,
        b"WG004.139kg3E\r\nWG004.139kg\r\nwx000.000kg\r\nww000.000\r\nww00x.000kg\r\nWT004.139kg2E\r\nWG004.139kg3D\r\n",
        expect![[r#"
            {"fault":{"kind":"wrong-checksum","detail":"the check digits of these characters are 3D","excerpt":"WG004.139kg3E","bytes":13}}
            {"fault":{"kind":"wrong-length","detail":"13 characters expected, not 11","excerpt":"WG004.139kg","bytes":11}}
            {"fault":{"kind":"bad-field","detail":"a line begins with WG, WN, ww, wn, wt or nine blanks","excerpt":"wx000.000kg","bytes":11}}
            {"fault":{"kind":"bad-field","detail":"a unit behind the number expected","excerpt":"ww000.000","bytes":9}}
            {"fault":{"kind":"bad-field","detail":"`00x.000` is not a decimal number","excerpt":"ww00x.000kg","bytes":11}}
            {"fault":{"kind":"bad-field","detail":"WG, WN, or nine blanks and OL or LO expected","excerpt":"WT004.139kg2E","bytes":13}}
            {"weight":{"display":{"value":"4.139"},"kind":"gross","stability":"unknown","unit":"kg","checksum":"verified","raw":"WG004.139kg3D"}}
        "#]],
    );
}

#[test]
fn what_is_printed_of_the_other_models_is_told_as_what_it_is() {
    // The A22 zeroes by this: heard on a line of two masters, it is no weight.
    check(
        Dialect::Xk3190Command,
        b"\x02A071\x03",
        expect![[r#"
        {"fault":{"kind":"not-decoded","detail":"a handshake or a number of a truck or cargo, and no weight","excerpt":"\\x02A071\\x03","bytes":6}}
    "#]],
    );
    // A driver prints pounds, and a net weight below nothing.
    check(
        Dialect::Xk3190A12,
        b"ww000.000lb\r\nwn-0000.1kg\r\n",
        expect![[r#"
        {"weight":{"display":{"value":"0.000"},"kind":"gross","stability":"unknown","unit":"lb","checksum":"absent","raw":"ww000.000lb"}}
        {"weight":{"display":{"value":"-0.1"},"kind":"net","stability":"unknown","unit":"kg","checksum":"absent","raw":"wn-0000.1kg"}}
    "#]],
    );
}

proptest! {
    #[test]
    fn every_weight_survives_the_wire(figures in -9999_i64..=99_999, decimals in 0..=3_u32, net in any::<bool>(), address in 1..=26_u8) {
        let kind = if net { Kind::Net } else { Kind::Gross };
        let display = Display::Value(Decimal::new(figures, decimals));
        let frame = xk3190_text::encode(display).unwrap();
        prop_assert_eq!(xk3190_text::decode(&frame).unwrap().display, display);

        let shown = Weighing {
            display,
            kind,
            address: Some(address),
            unit: Some(MassUnit::Kilogram),
            ..xk3190_text::decode(&frame).unwrap()
        };
        let frame = xk3190_command::encode(&shown).unwrap();
        let read = xk3190_command::decode(&frame).unwrap();
        prop_assert_eq!((read.display, read.kind, read.address), (display, kind, Some(address)));

        let line = xk3190_a12::encode(&shown).unwrap();
        prop_assert_eq!(line.len(), 15);
        let read = xk3190_a12::decode(&line[..13]).unwrap();
        prop_assert_eq!((read.display, read.kind, read.unit), (display, kind, shown.unit));
    }
}
