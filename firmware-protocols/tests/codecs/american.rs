//! SMA, NCI, Toledo 8217, Rice Lake and Cardinal: documented frames, weights that are kept back, and the scales that are asked.

use expect_test::{Expect, expect};
use firmware_protocols::weighbridge::{
    Display, Flags, Kind, Stability, Weighing, cardinal, nci, rice_lake, sma, toledo8217,
};
use firmware_protocols::{Dialect, Settings};
use proptest::prelude::*;
use rust_decimal::Decimal;
use units::MassUnit;

use crate::asked;
use crate::check::{decode_with, text};

#[track_caller]
fn check(dialect: Dialect, bytes: &[u8], expected: Expect) {
    crate::check::check(dialect, bytes, &expected);
}

#[track_caller]
fn story(dialect: Dialect, story: &[(u64, &[u8])], until: u64, expected: Expect) {
    expected.assert_eq(&asked::told(dialect, &Settings::default(), story, until));
}

#[test]
fn answers_of_sma_scales_are_read() {
    check(
        Dialect::Sma,
        b"\n 1G      5.025lb \r\nZ1G      0.000lb \r\n 1GM     7.650kg \r\n 2N     40020.0kg \r\nO1G            kg \r\nU1G            kg \r\nE1G       20.0kg \r\n 1g    40019.87kg \r\nT1N       20.0kg \r\n 1T       20.0kg \r",
        expect![[r#"
            {"weight":{"display":{"value":"5.025"},"kind":"gross","stability":"stable","unit":"lb","flags":{"range":1},"checksum":"absent","raw":"\\x0a 1G      5.025lb \\x0d"}}
            {"weight":{"display":{"value":"0.000"},"kind":"gross","stability":"stable","unit":"lb","flags":{"center_of_zero":true,"range":1},"checksum":"absent","raw":"\\x0aZ1G      0.000lb \\x0d"}}
            {"weight":{"display":{"value":"7.650"},"kind":"gross","stability":"moving","unit":"kg","flags":{"range":1},"checksum":"absent","raw":"\\x0a 1GM     7.650kg \\x0d"}}
            {"weight":{"display":{"value":"40020.0"},"kind":"net","stability":"stable","unit":"kg","flags":{"range":2},"checksum":"absent","raw":"\\x0a 2N     40020.0kg \\x0d"}}
            {"weight":{"display":"overload","kind":"gross","stability":"stable","unit":"kg","flags":{"range":1},"checksum":"absent","raw":"\\x0aO1G            kg \\x0d"}}
            {"weight":{"display":"underload","kind":"gross","stability":"stable","unit":"kg","flags":{"range":1},"checksum":"absent","raw":"\\x0aU1G            kg \\x0d"}}
            {"weight":{"display":{"value":"20.0"},"kind":"gross","stability":"stable","unit":"kg","flags":{"zero_error":true,"range":1},"checksum":"absent","raw":"\\x0aE1G       20.0kg \\x0d"}}
            {"weight":{"display":{"value":"40019.87"},"kind":"gross","stability":"stable","unit":"kg","flags":{"high_resolution":true,"range":1},"checksum":"absent","raw":"\\x0a 1g    40019.87kg \\x0d"}}
            {"weight":{"display":"blank","kind":"net","stability":"stable","unit":"kg","flags":{"range":1},"checksum":"absent","raw":"\\x0aT1N       20.0kg \\x0d"}}
            {"weight":{"display":{"value":"20.0"},"kind":"tare","stability":"stable","unit":"kg","flags":{"range":1},"checksum":"absent","raw":"\\x0a 1T       20.0kg \\x0d"}}
        "#]],
    );
}

#[test]
fn sma_lines_with_one_wrong_field_are_faults() {
    check(
        Dialect::Sma,
        b"\n?\r\n!\r\nX1G      5.025lb \r\n 1X      5.025lb \r\n 1GX     5.025lb \r\n 1G      5.025oz \r\n 1G      5x025lb \r\n 1G 5.025lb \r\n 1G   \n 1G      5.025lb \r",
        expect![[r#"
            {"fault":{"kind":"refused","detail":"the scale does not know the command","excerpt":"\\x0a?\\x0d","bytes":3}}
            {"fault":{"kind":"malformed","detail":"the scale heard the question with a wrong parity","excerpt":"\\x0a!\\x0d","bytes":3}}
            {"fault":{"kind":"bad-field","detail":"the state is blank, Z, O, U, E, I or T","excerpt":"\\x0aX1G      5.025lb \\x0d","bytes":19}}
            {"fault":{"kind":"bad-field","detail":"the third character is G, N, T, g or n","excerpt":"\\x0a 1X      5.025lb \\x0d","bytes":19}}
            {"fault":{"kind":"bad-field","detail":"the fourth character is M or blank","excerpt":"\\x0a 1GX     5.025lb \\x0d","bytes":19}}
            {"fault":{"kind":"bad-field","detail":"`oz` is no unit of mass; kg, g, t or lb expected","excerpt":"\\x0a 1G      5.025oz \\x0d","bytes":19}}
            {"fault":{"kind":"bad-field","detail":"`5x025` is not a decimal number","excerpt":"\\x0a 1G      5x025lb \\x0d","bytes":19}}
            {"fault":{"kind":"wrong-length","detail":"17 or 18 characters expected, not 12","excerpt":"\\x0a 1G 5.025lb \\x0d","bytes":14}}
            {"fault":{"kind":"wrong-length","detail":"the next frame began before the end of this one","excerpt":"\\x0a 1G   ","bytes":7}}
            {"weight":{"display":{"value":"5.025"},"kind":"gross","stability":"stable","unit":"lb","flags":{"range":1},"checksum":"absent","raw":"\\x0a 1G      5.025lb \\x0d"}}
        "#]],
    );
}

#[test]
fn an_sma_scale_tells_its_interval_and_each_weight_carries_it() {
    story(
        Dialect::Sma,
        &[
            (10, b"\nSMA:2/1.0\r"),
            (20, b"\nTYP:S\r"),
            (30, b"\nCAP:kg:6000:1:0\r"),
            (40, b"\nEND:\r"),
            (50, b"\n 1G       5025kg \r"),
            (310, b"\n 1GM      5026lb \r"),
        ],
        600,
        expect![[r#"
            0000 > \x0aI\x0d
            0010 > \x0aN\x0d
            0020 > \x0aN\x0d
            0030 > \x0aN\x0d
            0040 > \x0aW\x0d
            0050 {"weight":{"display":{"value":"5025"},"kind":"gross","stability":"stable","unit":"kg","flags":{"range":1,"increment":"1"},"checksum":"absent","raw":"\\x0a 1G       5025kg \\x0d"}}
            0300 > \x0aW\x0d
            0310 {"weight":{"display":{"value":"5026"},"kind":"gross","stability":"moving","unit":"lb","flags":{"range":1},"checksum":"absent","raw":"\\x0a 1GM      5026lb \\x0d"}}
            0560 > \x0aW\x0d
        "#]],
    );
}

#[test]
fn an_sma_scale_that_tells_nothing_of_itself_is_weighed_all_the_same() {
    story(
        Dialect::Sma,
        &[(10, b"\n?\r"), (50, b"\n 1G       5025kg \r")],
        100,
        expect![[r#"
        0000 > \x0aI\x0d
        0010 refused: the scale does not know the command
        0010 > \x0aW\x0d
        0050 {"weight":{"display":{"value":"5025"},"kind":"gross","stability":"stable","unit":"kg","flags":{"range":1},"checksum":"absent","raw":"\\x0a 1G       5025kg \\x0d"}}
    "#]],
    );
    story(
        Dialect::Sma,
        &[(10, b"\n!\r"), (3600, b"\n 1G       5025kg \r")],
        3600,
        expect![[r#"
            0000 > \x0aI\x0d
            0010 malformed: the scale heard the question with a wrong parity
            0060 > \x0aI\x0d
            0560 > \x0aI\x0d
            1060 no-answer: asked 3 times, no answer within 500 ms; asked again in 2000 ms
            3060 > \x0aW\x0d
            3560 > \x0aW\x0d
            3600 {"weight":{"display":{"value":"5025"},"kind":"gross","stability":"stable","unit":"kg","flags":{"range":1},"checksum":"absent","raw":"\\x0a 1G       5025kg \\x0d"}}
        "#]],
    );
}

#[test]
fn nci_scales_keep_the_weight_back_while_it_moves_and_are_not_lost() {
    check(
        Dialect::Nci,
        b"\n12.345kg\r\nS0000\r\x03\nS10\r\x03\n  40020LB\r\n20\r\x03\n?\r\x03\n12.345kg\r\nSx0\r\x03\n12.345kg\r\x03\n12.345\n12.345kg\r\nS00\r\x03",
        expect![[r#"
            {"weight":{"display":{"value":"12.345"},"kind":"unknown","stability":"stable","unit":"kg","checksum":"absent","raw":"\\x0a12.345kg\\x0d\\x0aS0000\\x0d\\x03"}}
            {"weight":{"display":"withheld","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"\\x0aS10\\x0d\\x03"}}
            {"weight":{"display":{"value":"40020"},"kind":"unknown","stability":"unknown","unit":"lb","checksum":"absent","raw":"\\x0a  40020LB\\x0d\\x0a20\\x0d\\x03"}}
            {"fault":{"kind":"refused","detail":"the scale does not know the command","excerpt":"\\x0a?\\x0d\\x03","bytes":4}}
            {"fault":{"kind":"bad-field","detail":"the characters of the state are 30 to 3F","excerpt":"\\x0a12.345kg\\x0d\\x0aSx0\\x0d\\x03","bytes":16}}
            {"fault":{"kind":"bad-field","detail":"two to four characters of state expected","excerpt":"\\x0a12.345kg\\x0d\\x03","bytes":11}}
            {"fault":{"kind":"wrong-length","detail":"a number and a state are two lines","excerpt":"\\x0a12.345\\x0a12.345kg\\x0d\\x0aS00\\x0d\\x03","bytes":23}}
            {"weight":{"display":{"value":"12.345"},"kind":"unknown","stability":"stable","unit":"kg","checksum":"absent","raw":"\\x0a12.345kg\\x0d\\x0aS00\\x0d\\x03"}}
        "#]],
    );
}

#[test]
fn the_bits_of_an_nci_state_are_believed_when_they_were_confirmed() {
    let confirmed = Settings { status_confirmed: Some(true), ..Settings::default() };
    let bytes = b"\n12.345kg\r\n00\r\x03\n12.345kg\r\n10\r\x03\n 0.000kg\r\n20\r\x03\nS02\r\x03\nS01\r\x03\nS10\r\x03";
    expect![[r#"
        {"weight":{"display":{"value":"12.345"},"kind":"unknown","stability":"stable","unit":"kg","checksum":"absent","raw":"\\x0a12.345kg\\x0d\\x0a00\\x0d\\x03"}}
        {"weight":{"display":{"value":"12.345"},"kind":"unknown","stability":"moving","unit":"kg","checksum":"absent","raw":"\\x0a12.345kg\\x0d\\x0a10\\x0d\\x03"}}
        {"weight":{"display":{"value":"0.000"},"kind":"unknown","stability":"stable","unit":"kg","flags":{"center_of_zero":true},"checksum":"absent","raw":"\\x0a 0.000kg\\x0d\\x0a20\\x0d\\x03"}}
        {"weight":{"display":"overload","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"\\x0aS02\\x0d\\x03"}}
        {"weight":{"display":"underload","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"\\x0aS01\\x0d\\x03"}}
        {"weight":{"display":"withheld","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"\\x0aS10\\x0d\\x03"}}
    "#]].assert_eq(&text(&decode_with(Dialect::Nci, &confirmed, &[bytes])));
    let told = text(&decode_with(Dialect::Nci, &Settings::default(), &[bytes]));
    assert_eq!(told.matches("\"withheld\"").count(), 3, "{told}");
    assert_eq!(told.matches("\"unknown\",\"unit\"").count(), 2, "{told}");
    assert!(!told.contains("center_of_zero"), "{told}");
}

#[test]
fn a_bit_of_an_nci_state_that_speaks_against_the_number_is_believed_unconfirmed() {
    // Over, under, moving; the ECR variant with the bit of motion; and no bit at all.
    let states = ["02", "01", "10", "13", "S10", "S02", "00", "S00"];
    let frames = states.map(|state| format!("\n  65000KG\r\n{state}\r\x03"));
    let told: String = frames
        .iter()
        .flat_map(|frame| decode_with(Dialect::Nci, &Settings::default(), &[frame.as_bytes()]))
        .map(|item| match item {
            Ok(firmware_protocols::Reading::Weight(shown)) => {
                format!("{:?} {:?}\n", shown.display, shown.stability)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    expect![[r#"
        Withheld Moving
        Withheld Moving
        Value(65000) Moving
        Withheld Moving
        Value(65000) Moving
        Withheld Moving
        Value(65000) Unknown
        Value(65000) Stable
    "#]]
    .assert_eq(&told);
}

#[test]
fn answers_of_an_8217_are_read() {
    check(
        Dialect::Toledo8217,
        b"\x0202.345\r\x0202.345N\r\x02?A\r\x02?B\r\x02?D\r\x02?H\r\x02?p\r\x02?1\r\x02E\rhello\x0202x45\r\x02\r\x02 02.3\x0202.345\r",
        expect![[r#"
            {"weight":{"display":{"value":"2.345"},"kind":"gross","stability":"stable","unit":null,"checksum":"absent","raw":"\\x0202.345\\x0d"}}
            {"weight":{"display":{"value":"2.345"},"kind":"net","stability":"stable","unit":null,"checksum":"absent","raw":"\\x0202.345N\\x0d"}}
            {"weight":{"display":"withheld","kind":"gross","stability":"moving","unit":null,"checksum":"absent","raw":"\\x02?A\\x0d"}}
            {"weight":{"display":"overload","kind":"gross","stability":"moving","unit":null,"checksum":"absent","raw":"\\x02?B\\x0d"}}
            {"weight":{"display":"underload","kind":"gross","stability":"moving","unit":null,"checksum":"absent","raw":"\\x02?D\\x0d"}}
            {"weight":{"display":"withheld","kind":"gross","stability":"moving","unit":null,"flags":{"not_zeroed":true},"checksum":"absent","raw":"\\x02?H\\x0d"}}
            {"weight":{"display":"withheld","kind":"net","stability":"moving","unit":null,"flags":{"center_of_zero":true},"checksum":"absent","raw":"\\x02?p\\x0d"}}
            {"fault":{"kind":"bad-field","detail":"state 31; 40 to 7F expected","excerpt":"\\x02?1\\x0d","bytes":4}}
            {"fault":{"kind":"not-decoded","detail":"the answer to a question for an echo","excerpt":"\\x02E\\x0d","bytes":3}}
            {"fault":{"kind":"noise","detail":"bytes between frames","excerpt":"hello","bytes":5}}
            {"fault":{"kind":"bad-field","detail":"`02x45` is not a decimal number","excerpt":"\\x0202x45\\x0d","bytes":7}}
            {"fault":{"kind":"bad-field","detail":"a number, or ? and a state, expected","excerpt":"\\x02\\x0d","bytes":2}}
            {"fault":{"kind":"wrong-length","detail":"the next frame began before the end of this one","excerpt":"\\x02 02.3","bytes":6}}
            {"weight":{"display":{"value":"2.345"},"kind":"gross","stability":"stable","unit":null,"checksum":"absent","raw":"\\x0202.345\\x0d"}}
        "#]],
    );
}

#[test]
fn scales_that_keep_the_weight_back_answer_and_are_asked_again_after_the_period() {
    story(
        Dialect::Nci,
        &[(20, b"\nS10\r\x03"), (290, b"\n12.345kg\r\nS00\r\x03"), (560, b"\n?\r\x03")],
        800,
        expect![[r#"
            0000 > W\x0d
            0020 {"weight":{"display":"withheld","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"\\x0aS10\\x0d\\x03"}}
            0270 > W\x0d
            0290 {"weight":{"display":{"value":"12.345"},"kind":"unknown","stability":"stable","unit":"kg","checksum":"absent","raw":"\\x0a12.345kg\\x0d\\x0aS00\\x0d\\x03"}}
            0540 > W\x0d
            0560 refused: the scale does not know the command
        "#]],
    );
    story(
        Dialect::Toledo8217,
        &[(20, b"\x02?A\r"), (290, b"\x0202.345\r")],
        600,
        expect![[r#"
        0000 > W
        0020 {"weight":{"display":"withheld","kind":"gross","stability":"moving","unit":null,"checksum":"absent","raw":"\\x02?A\\x0d"}}
        0270 > W
        0290 {"weight":{"display":{"value":"2.345"},"kind":"gross","stability":"stable","unit":null,"checksum":"absent","raw":"\\x0202.345\\x0d"}}
        0540 > W
    "#]],
    );
}

#[test]
fn the_stream_of_rice_lake_is_read() {
    check(
        Dialect::RiceLake,
        b"\x02   40020KG \r\n\x02-   12.5LNM\r\x02   40020KGO\r\x02   40020KGI\r\x02       0TGZ\r\x02        KG \r\x02   40020XG \r\x02   40020KX \r\x02   40020KGX\r\x02   4002KG \r\x02x  40020KG \r\x02   400\x02   40020KG \r",
        expect![[r#"
            {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"\\x02   40020KG \\x0d"}}
            {"weight":{"display":{"value":"-12.5"},"kind":"net","stability":"moving","unit":"lb","checksum":"absent","raw":"\\x02-   12.5LNM\\x0d"}}
            {"weight":{"display":"out_of_range","kind":"gross","stability":"moving","unit":"kg","checksum":"absent","raw":"\\x02   40020KGO\\x0d"}}
            {"weight":{"display":"blank","kind":"gross","stability":"moving","unit":"kg","checksum":"absent","raw":"\\x02   40020KGI\\x0d"}}
            {"weight":{"display":{"value":"0"},"kind":"gross","stability":"stable","unit":"t","flags":{"center_of_zero":true},"checksum":"absent","raw":"\\x02       0TGZ\\x0d"}}
            {"weight":{"display":"blank","kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"\\x02        KG \\x0d"}}
            {"fault":{"kind":"bad-field","detail":"the unit is L, K, T or G","excerpt":"\\x02   40020XG \\x0d","bytes":13}}
            {"fault":{"kind":"bad-field","detail":"the mode is G or N","excerpt":"\\x02   40020KX \\x0d","bytes":13}}
            {"fault":{"kind":"bad-field","detail":"the state is blank, M, O, I or Z","excerpt":"\\x02   40020KGX\\x0d","bytes":13}}
            {"fault":{"kind":"bad-field","detail":"seven characters of a number expected","excerpt":"\\x02   4002KG \\x0d","bytes":12}}
            {"fault":{"kind":"bad-field","detail":"a frame stands between STX and CR, with a blank or - first","excerpt":"\\x02x  40020KG \\x0d","bytes":13}}
            {"fault":{"kind":"wrong-length","detail":"the next frame began before the end of this one","excerpt":"\\x02   400","bytes":7}}
            {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"\\x02   40020KG \\x0d"}}
        "#]],
    );
}

#[test]
fn the_string_of_cardinal_is_read() {
    check(
        Dialect::Cardinal,
        b"\r+040020  kg g  \x03\r-0012.50m lb n  \x03\r+      o kg g  \x03\r+040020x kg g  \x03\r*040020  kg g  \x03\r+040020  oz g  \x03\r+040020  kg x  \x03\r+04002  kg g  \x03\r+0400\r+040020  kg g  \x03",
        expect![[r#"
            {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"\\x0d+040020  kg g  \\x03"}}
            {"weight":{"display":{"value":"-12.50"},"kind":"net","stability":"moving","unit":"lb","checksum":"absent","raw":"\\x0d-0012.50m lb n  \\x03"}}
            {"weight":{"display":"out_of_range","kind":"gross","stability":"moving","unit":"kg","checksum":"absent","raw":"\\x0d+      o kg g  \\x03"}}
            {"fault":{"kind":"bad-field","detail":"the state is blank, m or o","excerpt":"\\x0d+040020x kg g  \\x03","bytes":17}}
            {"fault":{"kind":"bad-field","detail":"the sign is blank, + or -","excerpt":"\\x0d*040020  kg g  \\x03","bytes":17}}
            {"fault":{"kind":"bad-field","detail":"`oz` is no unit of mass; kg, g, t or lb expected","excerpt":"\\x0d+040020  oz g  \\x03","bytes":17}}
            {"fault":{"kind":"bad-field","detail":"behind the unit stands g or n","excerpt":"\\x0d+040020  kg x  \\x03","bytes":17}}
            {"fault":{"kind":"bad-field","detail":"six or seven characters of a number expected","excerpt":"\\x0d+04002  kg g  \\x03","bytes":16}}
            {"fault":{"kind":"wrong-length","detail":"the next frame began before the end of this one","excerpt":"\\x0d+0400","bytes":6}}
            {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"\\x0d+040020  kg g  \\x03"}}
        "#]],
    );
}

proptest! {
    #[test]
    fn every_weight_survives_the_wire(
        figures in -9999_i64..=99_999,
        decimals in 0..=2_u32,
        stable in any::<bool>(),
        net in any::<bool>(),
        unit in prop::sample::select(vec![MassUnit::Kilogram, MassUnit::Tonne, MassUnit::Gram, MassUnit::Pound]),
        range in 1..=3_u8,
    ) {
        let shown = Weighing {
            display: Display::Value(Decimal::new(figures, decimals)),
            kind: if net { Kind::Net } else { Kind::Gross },
            stability: if stable { Stability::Stable } else { Stability::Moving },
            unit: Some(unit),
            ..cardinal::decode(b"\r+040020  kg g  \x03").unwrap()
        };
        let says = |read: &Weighing| (read.display, read.kind, read.stability, read.unit);
        prop_assert_eq!(says(&rice_lake::decode(rice_lake::encode(&shown).unwrap().strip_suffix(b"\n").unwrap()).unwrap()), says(&shown));
        prop_assert_eq!(says(&cardinal::decode(&cardinal::encode(&shown).unwrap()).unwrap()), says(&shown));
        let ranged = Weighing { flags: Flags { range: Some(range), ..Flags::default() }, ..shown.clone() };
        let read = sma::decode(&sma::encode(&ranged).unwrap()).unwrap();
        prop_assert_eq!((says(&read), read.flags), (says(&ranged), ranged.flags));

        // These two keep the number back while it moves.
        let kept = if stable { shown.display } else { Display::Withheld };
        let read = nci::decode(&nci::encode(&shown).unwrap(), true).unwrap();
        prop_assert_eq!((read.display, read.stability), (kept, shown.stability));
        if let Some(frame) = toledo8217::encode(&shown) {
            let read = toledo8217::decode(&frame).unwrap();
            prop_assert_eq!((read.display, read.kind, read.stability), (kept, shown.kind, shown.stability));
        }
    }
}
