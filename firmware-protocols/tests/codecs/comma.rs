//! Comma strings: three makers, one codec, and displays that show no number.

use expect_test::{Expect, expect};
use firmware_protocols::Dialect;
use firmware_protocols::weighbridge::comma::{self, Flavour};
use firmware_protocols::weighbridge::{Display, Kind, Stability};
use rust_decimal::Decimal;
use units::{Kilograms, MassUnit};

fn check(bytes: &[u8], expected: Expect) {
    crate::check::check(Dialect::Cas, bytes, &expected);
}

#[test]
fn the_strings_of_three_makers_are_read() {
    check(
        b"ST,GS,1\xe4,000013.5 kg\r\nST,NT,+0012.34kg\r\n01US,GS,   40020,kg\r\nUS,GS,1\xa4,   40000 kg\r\n",
        expect![[r#"
            {"weight":{"display":{"value":"13.5"},"kind":"gross","stability":"stable","unit":"kg","address":1,"checksum":"absent","raw":"ST,GS,1\\xe4,000013.5 kg"}}
            {"weight":{"display":{"value":"12.34"},"kind":"net","stability":"stable","unit":"kg","checksum":"absent","raw":"ST,NT,+0012.34kg"}}
            {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"moving","unit":"kg","address":1,"checksum":"absent","raw":"01US,GS,   40020,kg"}}
            {"weight":{"display":{"value":"40000"},"kind":"gross","stability":"moving","unit":"kg","address":1,"checksum":"absent","raw":"US,GS,1\\xa4,   40000 kg"}}
        "#]],
    );
}

#[test]
fn out_of_range_displays_give_no_number() {
    check(
        b"OL,+999999.9  g\r\nST,GS,+9999999kg\r\nOL,GS,1\xa0,         kg\r\nUL,GS,        ,kg\r\nST,GS,+       kg\r\nLO,NT,-0000000kg\r\n",
        expect![[r#"
            {"weight":{"display":"overload","kind":"unknown","stability":"moving","unit":"g","checksum":"absent","raw":"OL,+999999.9  g"}}
            {"weight":{"display":"out_of_range","kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"ST,GS,+9999999kg"}}
            {"weight":{"display":"overload","kind":"gross","stability":"moving","unit":"kg","address":1,"checksum":"absent","raw":"OL,GS,1\\xa0,         kg"}}
            {"weight":{"display":"underload","kind":"gross","stability":"moving","unit":"kg","checksum":"absent","raw":"UL,GS,        ,kg"}}
            {"weight":{"display":"blank","kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"ST,GS,+       kg"}}
            {"weight":{"display":"underload","kind":"net","stability":"moving","unit":"kg","checksum":"absent","raw":"LO,NT,-0000000kg"}}
        "#]],
    );
}

#[test]
fn stability_that_contradicts_itself_is_not_stable() {
    let contradiction = comma::decode(b"ST,GS,1\xa4,   40000 kg").unwrap();
    assert_eq!(contradiction.stability, Stability::Moving);
}

#[test]
fn every_unit_becomes_kilograms() {
    let cases = [
        ("ST,GS,+0040.02 t", "40020"),
        ("ST,GS,+040020.kg", "40020"),
        ("ST,GS,+500.000 g", "0.5"),
        ("ST,GS,+0000100lb", "45.359237"),
    ];
    for (line, kilograms) in cases {
        match comma::decode(line.as_bytes()) {
            Ok(weighing) => {
                assert_eq!(
                    weighing.mass(MassUnit::Tonne),
                    Some(Kilograms(kilograms.parse().unwrap())),
                    "{line}"
                );
            }
            Err(fault) => panic!("{fault}"),
        }
    }
}

#[test]
fn what_is_written_is_read() {
    let values = [
        Display::Value(Decimal::from(40_000)),
        Display::Value(Decimal::new(-205, 1)),
        Display::Overload,
        Display::Underload,
    ];
    for flavour in [Flavour::Cas, Flavour::Aandd, Flavour::DiniArgeo] {
        for display in values {
            for stability in [Stability::Stable, Stability::Moving] {
                if (flavour, display) == (Flavour::Cas, Display::Underload) {
                    let unit = MassUnit::Kilogram;
                    let line = comma::encode(flavour, display, Kind::Gross, stability, unit);
                    assert_eq!(line, None, "its manuals have no word for it");
                    continue;
                }
                let line =
                    comma::encode(flavour, display, Kind::Gross, stability, MassUnit::Kilogram)
                        .unwrap();
                let length = match flavour {
                    Flavour::Cas => 22,
                    Flavour::Aandd => 18,
                    Flavour::DiniArgeo => 19,
                };
                assert_eq!(line.len(), length, "{line:?}");
                let read = comma::decode(line.strip_suffix(b"\r\n").unwrap()).unwrap();
                let expected = if matches!(display, Display::Value(_)) {
                    stability
                } else {
                    Stability::Moving
                };
                assert_eq!(
                    (read.display, read.kind, read.stability),
                    (display, Kind::Gross, expected),
                    "{line:?}"
                );
            }
        }
    }
    assert_eq!(
        comma::encode(
            Flavour::Aandd,
            Display::Value(Decimal::from(12_345_678)),
            Kind::Gross,
            Stability::Stable,
            MassUnit::Kilogram
        ),
        None
    );
}

#[test]
fn broken_lines_are_faults_and_the_next_is_read() {
    check(
        b"0013.5 kg\r\nST,GS,1\x64,000013.5 kg\r\nST,XX,+0012.34kg\r\nXX,GS,+0012.34kg\r\nST,GS,+0012.34oz\r\nST,GS,+00-2.34kg\r\nST,GS,+0012.34kg\r\n",
        expect![[r#"
            {"fault":{"kind":"bad-field","detail":"two to four fields between commas expected","excerpt":"0013.5 kg","bytes":9}}
            {"fault":{"kind":"bad-field","detail":"the lamp byte has lost its top bit: this line needs 8 data bits","excerpt":"ST,GS,1d,000013.5 kg","bytes":20}}
            {"fault":{"kind":"bad-field","detail":"the kind is GS, NT or TR","excerpt":"ST,XX,+0012.34kg","bytes":16}}
            {"fault":{"kind":"bad-field","detail":"the header is ST, US, QT, OL, UL, LO, VL or RZ","excerpt":"XX,GS,+0012.34kg","bytes":16}}
            {"fault":{"kind":"bad-field","detail":"`oz` is no unit of mass; kg, g, t or lb expected","excerpt":"ST,GS,+0012.34oz","bytes":16}}
            {"fault":{"kind":"bad-field","detail":"`+00-2.34` is not a decimal number","excerpt":"ST,GS,+00-2.34kg","bytes":16}}
            {"weight":{"display":{"value":"12.34"},"kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"ST,GS,+0012.34kg"}}
        "#]],
    );
}

#[test]
fn the_short_string_is_a_number_and_nothing_else() {
    check(
        b"000013.5\r\n -1234.5\r\n        \r\n99999999\r\n0013.5\r\n000x13.5\r\n",
        expect![[r#"
            {"weight":{"display":{"value":"13.5"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"000013.5"}}
            {"weight":{"display":{"value":"-1234.5"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":" -1234.5"}}
            {"weight":{"display":"blank","kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"        "}}
            {"weight":{"display":"out_of_range","kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"99999999"}}
            {"fault":{"kind":"bad-field","detail":"two to four fields between commas expected","excerpt":"0013.5","bytes":6}}
            {"fault":{"kind":"bad-field","detail":"`000x13.5` is not a decimal number","excerpt":"000x13.5","bytes":8}}
        "#]],
    );
}

#[test]
fn headers_that_no_document_explains_give_no_number() {
    check(
        b"VL,GS,   12340,kg\r\n01RZ,GS,   12340,kg\r\n",
        expect![[r#"
        {"weight":{"display":"blank","kind":"gross","stability":"moving","unit":"kg","checksum":"absent","raw":"VL,GS,   12340,kg"}}
        {"weight":{"display":"blank","kind":"gross","stability":"moving","unit":"kg","address":1,"checksum":"absent","raw":"01RZ,GS,   12340,kg"}}
    "#]],
    );
}

#[test]
fn lamps_are_told_as_flags() {
    check(
        b"ST,GS,1\xff,000000.0 kg\r\nST,NT,2\xd2,000013.5 kg\r\n",
        expect![[r#"
        {"weight":{"display":{"value":"0.0"},"kind":"gross","stability":"stable","unit":"kg","address":1,"flags":{"center_of_zero":true,"tare_active":true,"print_request":true,"hold":true},"checksum":"absent","raw":"ST,GS,1\\xff,000000.0 kg"}}
        {"weight":{"display":{"value":"13.5"},"kind":"net","stability":"stable","unit":"kg","address":2,"flags":{"tare_active":true,"hold":true},"checksum":"absent","raw":"ST,NT,2\\xd2,000013.5 kg"}}
    "#]],
    );
}

#[test]
fn words_in_the_place_of_a_number_are_out_of_range_only_under_a_header_that_says_so() {
    check(
        b"OL,GS,      OL\r\nLO,GS,    LO,kg\r\nOL,GS,   OVER kg\r\nOL,NT,1\xa0,   ----  kg\r\nST,GS,      OL\r\n",
        expect![[r#"
            {"weight":{"display":"overload","kind":"gross","stability":"moving","unit":null,"checksum":"absent","raw":"OL,GS,      OL"}}
            {"weight":{"display":"underload","kind":"gross","stability":"moving","unit":"kg","checksum":"absent","raw":"LO,GS,    LO,kg"}}
            {"weight":{"display":"overload","kind":"gross","stability":"moving","unit":"kg","checksum":"absent","raw":"OL,GS,   OVER kg"}}
            {"weight":{"display":"overload","kind":"net","stability":"moving","unit":"kg","address":1,"checksum":"absent","raw":"OL,NT,1\\xa0,   ----  kg"}}
            {"fault":{"kind":"bad-field","detail":"`OL` is no unit of mass; kg, g, t or lb expected","excerpt":"ST,GS,      OL","bytes":14}}
        "#]],
    );
}

#[test]
fn a_comma_for_a_point_is_no_hundredfold_weight() {
    check(
        b"ST,GS,    12,34kg\r\n",
        expect![[r#"
        {"fault":{"kind":"bad-field","detail":"`34kg` is no unit of mass; kg, g, t or lb expected","excerpt":"ST,GS,    12,34kg","bytes":17}}
    "#]],
    );
}

#[test]
fn tares_and_the_header_qt_are_read() {
    check(
        b"ST,TR,+0002.50kg\r\nQT,GS,+0012.34kg\r\nST,GS,+040020.kg\r\nST,GS,+0040.02 t\r\nST,GS,+500.000 g\r\nUS,NT,-0000100lb\r\n",
        expect![[r#"
            {"weight":{"display":{"value":"2.50"},"kind":"tare","stability":"stable","unit":"kg","checksum":"absent","raw":"ST,TR,+0002.50kg"}}
            {"weight":{"display":{"value":"12.34"},"kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"QT,GS,+0012.34kg"}}
            {"weight":{"display":{"value":"40020"},"kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"ST,GS,+040020.kg"}}
            {"weight":{"display":{"value":"40.02"},"kind":"gross","stability":"stable","unit":"t","checksum":"absent","raw":"ST,GS,+0040.02 t"}}
            {"weight":{"display":{"value":"500.000"},"kind":"gross","stability":"stable","unit":"g","checksum":"absent","raw":"ST,GS,+500.000 g"}}
            {"weight":{"display":{"value":"-100"},"kind":"net","stability":"moving","unit":"lb","checksum":"absent","raw":"US,NT,-0000100lb"}}
        "#]],
    );
}
