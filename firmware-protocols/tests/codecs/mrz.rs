//! Machine readable zones: the specimens of ICAO 9303, and every digit of them wrong once.

use expect_test::{Expect, expect};
use firmware_protocols::scanner::{Scan, mrz};
use firmware_protocols::{Decoder, Dialect, FaultKind, Reading};
use jiff::civil::date;

use crate::check::{cut_everywhere, decode};

const TD3: [&str; 2] = [
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
];
const TD1: [&str; 3] = [
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
];
const TD2: [&str; 2] =
    ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"];
const MRV_A: [&str; 2] = [
    "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
];
const MRV_B: [&str; 2] =
    ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"];
/// A number of more than nine characters (ICAO 9303-5, 4.2.4).
const LONG: [&str; 3] = [
    "I<UTOD23145890<AB112234566<<<<",
    "7408122F1204159UTO<<<<<<<<<<<4",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
];

/// A card whose number has twelve characters and whose owner has one name, under right check digits; a mark stands before each line.
pub(crate) fn long_and_marked() -> String {
    let first = "I<UTOD23145890<734";
    let number = char::from(b'0' + mrz::check_digit(b"D23145890734"));
    let first = format!("{first}{number}{}", "<".repeat(11));
    let second = "7408122F1204159UTO<<<<<<<<<<<";
    let all = [&first[5..], &second[..7], &second[8..15], &second[18..]].concat();
    let whole = char::from(b'0' + mrz::check_digit(all.as_bytes()));
    format!("\x02{first}\r\x02{second}{whole}\r\x02ERIKSSON{}\r", "<".repeat(22))
}

fn sent(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\r")).collect()
}

fn check(bytes: &str, expected: Expect) {
    crate::check::check(Dialect::Mrz, bytes.as_bytes(), &expected);
}

#[test]
fn the_specimens_are_read() {
    let all =
        [sent(&TD3), sent(&TD1), sent(&TD2), sent(&MRV_A), sent(&MRV_B), sent(&LONG)].concat();
    check(
        &all,
        expect![[r#"
            {"scan":{"travel_document":{"form":"td3","code":"P","issuer":"UTO","surname":"ERIKSSON","given_names":"ANNA MARIA","name_fills_field":false,"number":"L898902C3","nationality":"UTO","birth":"740812","sex":"F","expiry":"120415","optional":["ZE184226B"]}}}
            {"scan":{"travel_document":{"form":"td1","code":"I","issuer":"UTO","surname":"ERIKSSON","given_names":"ANNA MARIA","name_fills_field":false,"number":"D23145890","nationality":"UTO","birth":"740812","sex":"F","expiry":"120415"}}}
            {"scan":{"travel_document":{"form":"td2","code":"I","issuer":"UTO","surname":"ERIKSSON","given_names":"ANNA MARIA","name_fills_field":false,"number":"D23145890","nationality":"UTO","birth":"740812","sex":"F","expiry":"120415"}}}
            {"scan":{"travel_document":{"form":"mrv-a","code":"V","issuer":"UTO","surname":"ERIKSSON","given_names":"ANNA MARIA","name_fills_field":false,"number":"L8988901C","nationality":"XXX","birth":"400907","sex":"F","expiry":"961210","optional":["6ZE184226B"]}}}
            {"scan":{"travel_document":{"form":"mrv-b","code":"V","issuer":"UTO","surname":"ERIKSSON","given_names":"ANNA MARIA","name_fills_field":false,"number":"L8988901C","nationality":"XXX","birth":"400907","sex":"F","expiry":"961210"}}}
            {"fault":{"kind":"wrong-checksum","detail":"the check digit of the whole does not fit","excerpt":"I<","bytes":90}}
        "#]],
    );
}

#[test]
fn lines_without_a_break_and_whole_messages_are_read() {
    for lines in [&TD3[..], &TD1, &TD2, &MRV_A, &MRV_B] {
        let expected = decode(Dialect::Mrz, &[sent(lines).as_bytes()]);
        assert!(matches!(expected.as_slice(), [Ok(_)]), "{expected:?}");
        let glued = lines.concat() + "\r";
        assert_eq!(decode(Dialect::Mrz, &[glued.as_bytes()]), expected);
        assert_eq!(Decoder::new(Dialect::Mrz).document(lines.join("\n").as_bytes()), expected);
        assert_eq!(mrz::encode(&lines.concat()), sent(lines));
        let framed = format!("\u{2}{}\u{3}\r\n", lines.join("\r\n"));
        assert_eq!(decode(Dialect::Mrz, &[framed.as_bytes()]), expected);
    }
}

/// Positions from 1 in the line that a check digit protects, that digit included.
fn protected(lines: &[&str]) -> Vec<(usize, usize)> {
    let span = |line: usize, from: usize, to: usize| (from..=to).map(move |at| (line, at - 1));
    match lines.len() {
        3 => span(0, 6, 30)
            .chain(span(1, 1, 7))
            .chain(span(1, 9, 15))
            .chain(span(1, 19, 30))
            .collect(),
        _ => {
            let end = lines[1].len();
            let visa = lines[0].starts_with('V');
            let optional = span(1, 29, if visa { 28 } else { end });
            span(1, 1, 10).chain(span(1, 14, 20)).chain(span(1, 22, 28)).chain(optional).collect()
        }
    }
}

#[test]
fn a_wrong_digit_is_found_wherever_one_is_checked_and_nothing_is_read() {
    for lines in [&TD3[..], &TD1, &TD2, &MRV_A, &MRV_B, &LONG] {
        for (line, at) in protected(lines) {
            let mut wrong: Vec<Vec<u8>> =
                lines.iter().map(|line| line.as_bytes().to_vec()).collect();
            let character = wrong[line][at];
            // One more, within its kind: a difference of ten is the only one that the sum cannot see.
            wrong[line][at] = match character {
                b'9' => b'0',
                b'<' => b'1',
                b'Z' => b'A',
                other => other + 1,
            };
            let zone = wrong.concat();
            let fault = mrz::decode(&zone).map(|document| format!("{document:?}")).unwrap_err();
            assert!(
                matches!(fault.kind, FaultKind::WrongChecksum | FaultKind::BadField),
                "line {line}, character {at}: {fault}"
            );
            assert!(fault.excerpt.0.len() <= 2, "{fault}");
        }
    }
}

#[test]
fn a_field_that_is_wrong_is_named() {
    let cases = [
        ("L898902C36", "L898902C37", "the number"),
        ("7408122F", "7408123F", "the date of birth"),
        ("1204159", "1204150", "the date of expiry"),
        ("<<<<<10", "<<<<<20", "the personal number"),
        ("<<<<<10", "<<<<<11", "the whole"),
    ];
    for (from, to, named) in cases {
        let zone = TD3.concat().replace(from, to);
        let fault = mrz::decode(zone.as_bytes()).unwrap_err();
        assert!(fault.detail.contains(named), "{to}: {fault}");
    }
    // Check digits fit, and the thirteenth month is none.
    let zone = TD2.concat().replace("7408122", "7413128");
    let fault = mrz::decode(zone.as_bytes()).unwrap_err();
    assert!(matches!(fault.kind, FaultKind::WrongChecksum | FaultKind::BadField), "{fault}");
}

#[test]
fn an_empty_personal_number_may_have_a_filler_for_its_digit() {
    let empty = "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<<";
    let whole = |check: &str| {
        let line = format!("{empty}{check}");
        let line = format!("{}{check}", &line[..42]);
        let all = [&line[..10], &line[13..20], &line[21..43]].concat();
        format!("{}{line}{}", TD3[0], mrz::check_digit(all.as_bytes()))
    };
    for check in ["<", "0"] {
        assert!(mrz::decode(whole(check).as_bytes()).is_ok(), "{check}");
    }
    assert!(mrz::decode(whole("1").as_bytes()).is_err());
}

#[test]
fn a_lost_line_costs_its_zone_and_no_other() {
    let zones = [
        sent(&TD3[..1]),
        sent(&TD3),
        "noise\r".to_owned(),
        sent(&TD1[..2]),
        sent(&TD1),
        sent(&TD1[1..]),
        sent(&TD3[1..]),
        sent(&TD2),
    ]
    .concat();
    let items = decode(Dialect::Mrz, &[zones.as_bytes()]);
    let read = items.iter().filter(|item| item.is_ok()).count();
    assert_eq!(read, 3, "{items:?}");
    cut_everywhere(Dialect::Mrz, zones.as_bytes(), &items);
    for item in items {
        if let Err(fault) = item {
            assert!(fault.excerpt.0.len() <= 2, "no name in a fault: {fault}");
        }
    }
}

#[test]
fn two_digits_of_a_year_are_read_by_the_day_of_reading() {
    let items = decode(Dialect::Mrz, &[sent(&MRV_A).as_bytes()]);
    let [Ok(Reading::Scan(Scan::TravelDocument(visa)))] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!(visa.born(date(2026, 5, 21)), Some(date(1940, 9, 7)));
    assert_eq!(visa.born(date(2040, 9, 7)), Some(date(2040, 9, 7)));
    assert_eq!(visa.expires(date(2026, 5, 21)), Some(date(1996, 12, 10)));
    assert_eq!(visa.expires(date(2060, 5, 21)), Some(date(2096, 12, 10)));
}
