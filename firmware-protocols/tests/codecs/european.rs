//! Rinstrum, Bilanciai and Flintec BSI: documented frames, each field wrong once, and the indicator that is asked.

use expect_test::{Expect, expect};
use firmware_protocols::weighbridge::{
    Display, Kind, Stability, Weighing, bilanciai, flintec, rinstrum,
};
use firmware_protocols::{Dialect, Settings};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::asked;
use crate::check::{decode_with, text};

#[track_caller]
fn check(dialect: Dialect, bytes: &[u8], expected: Expect) {
    crate::check::check(dialect, bytes, &expected);
}

#[test]
fn both_forms_of_rinstrum_are_read() {
    check(
        Dialect::Rinstrum,
        b"\x02   40020G\x03\x02-   12.5N\x03\x02   40040M\x03\x02        U\x03\x02        O\x03\x02        E\x03\x02   40020G  1kg \x03\x02   40040GM -   \x03\x02       0G Z2t  \x03",
        expect![[r#"
            {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"checksum":"absent","raw":"\\x02   40020G\\x03"}}
            {"weight":{"display":{"value":"-12.5"},"kind":"net","stability":"stable","unit":null,"checksum":"absent","raw":"\\x02-   12.5N\\x03"}}
            {"weight":{"display":{"value":"40040"},"kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"\\x02   40040M\\x03"}}
            {"weight":{"display":"underload","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"\\x02        U\\x03"}}
            {"weight":{"display":"overload","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"\\x02        O\\x03"}}
            {"weight":{"display":"blank","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"\\x02        E\\x03"}}
            {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":"kg","flags":{"range":1},"checksum":"absent","raw":"\\x02   40020G  1kg \\x03"}}
            {"weight":{"display":{"value":"40040"},"kind":"gross","stability":"moving","unit":"kg","checksum":"absent","raw":"\\x02   40040GM -   \\x03"}}
            {"weight":{"display":{"value":"0"},"kind":"gross","stability":"stable","unit":"t","flags":{"center_of_zero":true,"range":2},"checksum":"absent","raw":"\\x02       0G Z2t  \\x03"}}
        "#]],
    );
}

#[test]
fn rinstrum_frames_with_one_wrong_field_are_faults() {
    check(
        Dialect::Rinstrum,
        b"\x02   40020X\x03\x02x  40020G\x03\x02   4x020G\x03\x02   40020GX -kg \x03\x02   40020G-kg \x03\x02   40020G X-kg \x03\x02   40020G  Xkg \x03\x02   40020G  -oz \x03\x02   400\x02   40020G\x03",
        expect![[r#"
            {"fault":{"kind":"bad-field","detail":"the state is G, N, U, O, M or E","excerpt":"\\x02   40020X\\x03","bytes":11}}
            {"fault":{"kind":"bad-field","detail":"the sign is blank, + or -","excerpt":"\\x02x  40020G\\x03","bytes":11}}
            {"fault":{"kind":"bad-field","detail":"`4x020` is not a decimal number","excerpt":"\\x02   4x020G\\x03","bytes":11}}
            {"fault":{"kind":"bad-field","detail":"the second state is M or blank","excerpt":"\\x02   40020GX -kg \\x03","bytes":17}}
            {"fault":{"kind":"not-decoded","detail":"neither FMT_1 (11 bytes) nor FMT_2 (17 bytes)","excerpt":"\\x02   40020G-kg \\x03","bytes":15}}
            {"fault":{"kind":"bad-field","detail":"the third state is Z or blank","excerpt":"\\x02   40020G X-kg \\x03","bytes":17}}
            {"fault":{"kind":"bad-field","detail":"the fourth state is 1, 2 or -","excerpt":"\\x02   40020G  Xkg \\x03","bytes":17}}
            {"fault":{"kind":"bad-field","detail":"`oz` is no unit of mass; kg, g, t or lb expected","excerpt":"\\x02   40020G  -oz \\x03","bytes":17}}
            {"fault":{"kind":"wrong-length","detail":"the next frame began before the end of this one","excerpt":"\\x02   400","bytes":7}}
            {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":null,"checksum":"absent","raw":"\\x02   40020G\\x03"}}
        "#]],
    );
}

#[test]
fn the_short_string_of_bilanciai_needs_its_point_from_the_site() {
    let bytes = b"$004002\r$104002\r$300000\r$204002\r$0040x2\r$0 4002\r$04002\r$0040$004002\r";
    check(
        Dialect::Bilanciai,
        bytes,
        expect![[r#"
        {"weight":{"display":{"value":"4002"},"kind":"unknown","stability":"stable","unit":null,"checksum":"absent","raw":"$004002\\x0d"}}
        {"weight":{"display":{"value":"4002"},"kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"$104002\\x0d"}}
        {"weight":{"display":"out_of_range","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"$300000\\x0d"}}
        {"fault":{"kind":"bad-field","detail":"the state is 0, 1 or 3","excerpt":"$204002\\x0d","bytes":8}}
        {"fault":{"kind":"bad-field","detail":"digits expected, or blanks where the display shows none","excerpt":"$0040x2\\x0d","bytes":8}}
        {"weight":{"display":{"value":"4002"},"kind":"unknown","stability":"stable","unit":null,"checksum":"absent","raw":"$0 4002\\x0d"}}
        {"fault":{"kind":"bad-field","detail":"five digits expected","excerpt":"$04002\\x0d","bytes":7}}
        {"fault":{"kind":"wrong-length","detail":"the next frame began before the end of this one","excerpt":"$0040","bytes":5}}
        {"weight":{"display":{"value":"4002"},"kind":"unknown","stability":"stable","unit":null,"checksum":"absent","raw":"$004002\\x0d"}}
    "#]],
    );
    let tonnes = Settings { decimals: Some(2), ..Settings::default() };
    let told = text(&decode_with(Dialect::Bilanciai, &tonnes, &[b"$004002\r"]));
    assert!(told.contains(r#""value":"40.02""#), "{told}");
}

/// A line with its check.
fn bsi(text: &str) -> String {
    let sum = text.bytes().fold(0_u8, |sum, byte| sum.wrapping_sub(byte));
    format!("{text}{sum:02X}\r\n")
}

#[test]
fn the_documented_answers_of_flintec_are_read() {
    assert_eq!(bsi("01PS+000123.4"), "01PS+000123.449\r\n");
    assert_eq!(bsi("01P"), "01P4F\r\n");
    let lines = [
        "01PS+000123.4",
        "01AS+000123.4+000111.1+000234.5",
        "01BS+000123.4",
        "01BD-000123.4",
        "01B-",
        "01I+",
        "01PN",
        "XS+0123.456",
        "01BL",
        "01AO",
    ];
    let bytes: String = lines.map(bsi).concat();
    check(
        Dialect::FlintecBsi,
        bytes.as_bytes(),
        expect![[r#"
        {"weight":{"display":{"value":"123.4"},"kind":"unknown","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"01PS+000123.449"}}
        {"weight":{"display":{"value":"234.5"},"kind":"gross","stability":"stable","unit":null,"address":1,"flags":{"tare_active":true},"checksum":"verified","raw":"01AS+000123.4+000111.1+000234.5F4"}}
        {"weight":{"display":{"value":"123.4"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"01BS+000123.457"}}
        {"weight":{"display":{"value":"-123.4"},"kind":"gross","stability":"moving","unit":null,"address":1,"checksum":"verified","raw":"01BD-000123.464"}}
        {"weight":{"display":"underload","kind":"gross","stability":"moving","unit":null,"address":1,"checksum":"verified","raw":"01B-30"}}
        {"weight":{"display":"overload","kind":"unknown","stability":"moving","unit":null,"address":1,"checksum":"verified","raw":"01I+2B"}}
        {"weight":{"display":"withheld","kind":"unknown","stability":"moving","unit":null,"address":1,"checksum":"verified","raw":"01PN01"}}
        {"weight":{"display":{"value":"123.456"},"kind":"unknown","stability":"stable","unit":null,"flags":{"high_resolution":true},"checksum":"verified","raw":"XS+0123.45697"}}
        {"weight":{"display":"blank","kind":"gross","stability":"moving","unit":null,"address":1,"flags":{"low_battery":true},"checksum":"verified","raw":"01BL11"}}
        {"weight":{"display":"blank","kind":"gross","stability":"moving","unit":null,"address":1,"checksum":"verified","raw":"01AO0F"}}
    "#]],
    );
}

#[test]
fn flintec_lines_that_are_no_weight_or_are_broken_are_faults() {
    let lines =
        ["01TA", "01GA234", "01BX", "01BN", "01BQ", "01BS000123.4", "01BS+00012x.4", "01B+5"];
    let mut bytes: String = lines.map(bsi).concat();
    bytes.push_str("01BS+000123.448\r\n01BS+000123.4\r\n01BS+000123.457\r\n");
    check(
        Dialect::FlintecBsi,
        bytes.as_bytes(),
        expect![[r#"
        {"fault":{"kind":"not-decoded","detail":"an answer to a command other than A, B, I, P and X","excerpt":"01TA0A","bytes":6}}
        {"fault":{"kind":"not-decoded","detail":"an answer to a command other than A, B, I, P and X","excerpt":"01GA2347E","bytes":9}}
        {"fault":{"kind":"refused","detail":"the device does not know the command","excerpt":"01BX05","bytes":6}}
        {"fault":{"kind":"refused","detail":"the device could not follow the command","excerpt":"01BN0F","bytes":6}}
        {"fault":{"kind":"bad-field","detail":"the state is S, D, +, -, N, L, E, H, I, O or X","excerpt":"01BQ0C","bytes":6}}
        {"fault":{"kind":"wrong-length","detail":"sign and eight characters of a number expected","excerpt":"01BS000123.482","bytes":14}}
        {"fault":{"kind":"bad-field","detail":"`+00012x.4` is not a decimal number","excerpt":"01BS+00012x.412","bytes":15}}
        {"fault":{"kind":"bad-field","detail":"nothing stands behind a state without a number","excerpt":"01B+5FD","bytes":7}}
        {"fault":{"kind":"wrong-checksum","detail":"the check of these characters is 57","excerpt":"01BS+000123.448","bytes":15}}
        {"fault":{"kind":"wrong-checksum","detail":"the check of these characters is B9","excerpt":"01BS+000123.4","bytes":13}}
        {"weight":{"display":{"value":"123.4"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"01BS+000123.457"}}
    "#]],
    );
    let without = Settings { checksum: Some(false), ..Settings::default() };
    let told = text(&decode_with(Dialect::FlintecBsi, &without, &[b"01BS+000123.4\r\n"]));
    assert!(told.contains(r#""value":"123.4""#), "{told}");
}

#[test]
fn the_gross_weight_of_a_flintec_is_asked_for_with_its_address_and_check() {
    let settings = Settings { address: Some(1), ..Settings::default() };
    let told = asked::told(
        Dialect::FlintecBsi,
        &settings,
        &[(20, b"01BS+000123.457\r\n"), (240, b"02BS+000123.456\r\n"), (250, b"01BN81\r\n")],
        600,
    );
    expect![[r#"
        0000 > 01B5D\x0d\x0a
        0020 {"weight":{"display":{"value":"123.4"},"kind":"gross","stability":"stable","unit":null,"address":1,"checksum":"verified","raw":"01BS+000123.457"}}
        0220 > 01B5D\x0d\x0a
        0240 unasked: an answer of another device than the one that was asked
        0250 wrong-checksum: the check of these characters is 0F
        0300 > 01B5D\x0d\x0a
    "#]].assert_eq(&told);
    let alone = asked::told(
        Dialect::FlintecBsi,
        &Settings { checksum: Some(false), ..Settings::default() },
        &[(20, b"BD+000123.4\r\n")],
        100,
    );
    expect![[r#"
        0000 > B\x0d\x0a
        0020 {"weight":{"display":{"value":"123.4"},"kind":"gross","stability":"moving","unit":null,"checksum":"absent","raw":"BD+000123.4"}}
    "#]].assert_eq(&alone);
}

proptest! {
    #[test]
    fn every_weight_survives_the_wire(
        figures in -99_999_i64..=99_999,
        decimals in 0..=3_u32,
        stable in any::<bool>(),
        net in any::<bool>(),
        address in prop::option::of(1..=99_u8),
        checksum in any::<bool>(),
    ) {
        let shown = Weighing {
            display: Display::Value(Decimal::new(figures, decimals)),
            kind: if net { Kind::Net } else { Kind::Gross },
            stability: if stable { Stability::Stable } else { Stability::Moving },
            address,
            ..rinstrum::decode(b"\x02   40020G\x03", None).unwrap()
        };
        let read = rinstrum::decode(&rinstrum::encode(&shown).unwrap(), None).unwrap();
        let kind = if stable { shown.kind } else { Kind::Unknown };
        prop_assert_eq!((read.display, read.stability, read.kind), (shown.display, shown.stability, kind));

        let line = flintec::encode(&shown, checksum).unwrap();
        let read = flintec::decode(line.strip_suffix(b"\r\n").unwrap(), checksum).unwrap();
        prop_assert_eq!((read.display, read.stability, read.address), (shown.display, shown.stability, address));

        let read = bilanciai::decode(&bilanciai::encode(&shown).unwrap(), u8::try_from(decimals).unwrap()).unwrap();
        if figures < 0 {
            prop_assert_eq!(read.display, Display::OutOfRange);
        } else {
            prop_assert_eq!((read.display, read.stability), (shown.display, shown.stability));
        }
    }
}
