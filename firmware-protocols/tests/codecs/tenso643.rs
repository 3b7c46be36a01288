//! Tenso-M, text 6.43: two published answers, the rule of two, and the instrument that is called and asked.

use expect_test::{Expect, expect};
use firmware_protocols::weighbridge::{Display, Stability, Weighing, tenso643};
use firmware_protocols::{Dialect, Settings};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::asked;
use crate::check::{decode_with, text};

fn check(bytes: &[u8], expected: Expect) {
    crate::check::check(Dialect::TensoM643, bytes, &expected);
}

#[test]
fn the_two_published_answers_are_read() {
    let shown = |frame: &[u8]| {
        let weighing = tenso643::decode(frame).unwrap();
        (weighing.display, weighing.stability)
    };
    assert_eq!(shown(b"=   286.$"), (Display::Value(286.into()), Stability::Stable));
    assert_eq!(shown(b"=  2859. "), (Display::Value(Decimal::new(2859, 1)), Stability::Stable));
    assert_eq!(shown(b"=   286.%"), (Display::Value(286.into()), Stability::Moving));
}

#[test]
fn a_number_that_was_divided_is_shown_and_never_settled_until_the_rule_was_confirmed() {
    let twice = b"=  2859. =  2859. =   286.$=   286.$";
    check(
        twice,
        expect![[r#"
        {"weight":{"display":{"value":"285.9"},"kind":"unknown","stability":"moving","unit":null,"flags":{"high_resolution":true},"checksum":"absent","raw":"=  2859. "}}
        {"weight":{"display":{"value":"285.9"},"kind":"unknown","stability":"stable","unit":null,"flags":{"high_resolution":true},"checksum":"absent","raw":"=  2859. "}}
        {"weight":{"display":{"value":"286"},"kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=   286.$"}}
        {"weight":{"display":{"value":"286"},"kind":"unknown","stability":"stable","unit":null,"checksum":"absent","raw":"=   286.$"}}
    "#]],
    );
    let confirmed = Settings { status_confirmed: Some(true), ..Settings::default() };
    let told = text(&decode_with(Dialect::TensoM643, &confirmed, &[twice]));
    assert!(!told.contains("high_resolution") && told.contains("285.9"), "{told}");
}

#[test]
fn a_stable_answer_counts_when_it_comes_twice() {
    check(
        b"=   286.$=   286.$=   287.$=   287.%=   287.$=  28\x07.$=   287.$=   287.$",
        expect![[r#"
            {"weight":{"display":{"value":"286"},"kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=   286.$"}}
            {"weight":{"display":{"value":"286"},"kind":"unknown","stability":"stable","unit":null,"checksum":"absent","raw":"=   286.$"}}
            {"weight":{"display":{"value":"287"},"kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=   287.$"}}
            {"weight":{"display":{"value":"287"},"kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=   287.%"}}
            {"weight":{"display":{"value":"287"},"kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=   287.$"}}
            {"fault":{"kind":"wrong-length","detail":"an answer has 9 bytes; a new one began before","excerpt":"=  28\\x07.$","bytes":8}}
            {"weight":{"display":{"value":"287"},"kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=   287.$"}}
            {"weight":{"display":{"value":"287"},"kind":"unknown","stability":"stable","unit":null,"checksum":"absent","raw":"=   287.$"}}
        "#]],
    );
}

#[test]
fn messages_blanks_and_nines_give_no_number() {
    check(
        b"=Err  5 $=       $=999999.$=  -12.3$",
        expect![[r#"
        {"weight":{"display":"blank","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=Err  5 $"}}
        {"weight":{"display":"blank","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=       $"}}
        {"weight":{"display":"out_of_range","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=999999.$"}}
        {"weight":{"display":{"value":"-12.3"},"kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=  -12.3$"}}
    "#]],
    );
}

#[test]
fn broken_answers_are_faults_and_the_next_is_read() {
    check(
        b"286.$=   286.9=  2.86.$= 286=   286.%= 2",
        expect![[r#"
        {"fault":{"kind":"noise","detail":"bytes between frames","excerpt":"286.$","bytes":5}}
        {"fault":{"kind":"bad-field","detail":"state 39; 20 to 27 expected","excerpt":"=   286.9","bytes":9}}
        {"fault":{"kind":"bad-field","detail":"`2.86.` is not a decimal number","excerpt":"=  2.86.$","bytes":9}}
        {"fault":{"kind":"wrong-length","detail":"an answer has 9 bytes; a new one began before","excerpt":"= 286","bytes":5}}
        {"weight":{"display":{"value":"286"},"kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"=   286.%"}}
        {"fault":{"kind":"cut-off","detail":"the link ended inside a frame","excerpt":"= 2","bytes":3}}
    "#]],
    );
}

#[test]
fn the_instrument_is_called_then_asked_and_called_again_when_it_was_lost() {
    let settings = Settings { address: Some(12), ..Settings::default() };
    let told = asked::told(
        Dialect::TensoM643,
        &settings,
        &[(20, b"\xff"), (240, b"=   286.$=   286.$"), (500, b"=   286.$")],
        4500,
    );
    expect![[r#"
        0000 > \x010012
        0220 > \x10
        0240 {"weight":{"display":{"value":"286"},"kind":"unknown","stability":"stable","unit":null,"checksum":"absent","raw":"=   286.$"}}
        0440 > \x10
        0500 {"weight":{"display":{"value":"286"},"kind":"unknown","stability":"stable","unit":null,"checksum":"absent","raw":"=   286.$"}}
        0700 > \x10
        1200 > \x10
        1700 > \x10
        2200 no-answer: asked 3 times, no answer within 500 ms; asked again in 2000 ms
        4200 > \x010012
    "#]].assert_eq(&told);
}

proptest! {
    #[test]
    fn every_weight_survives_the_wire(figures in -9999_i64..=99_999, decimals in 0..=1_u32, stable in any::<bool>()) {
        let weighing = Weighing {
            display: Display::Value(Decimal::new(figures, decimals)),
            stability: if stable { Stability::Stable } else { Stability::Moving },
            ..tenso643::decode(b"=     0.$").unwrap()
        };
        let frame = tenso643::encode(&weighing).unwrap();
        let read = tenso643::decode(&frame).unwrap();
        prop_assert_eq!((read.display, read.stability), (weighing.display, weighing.stability));
    }
}
