//! What is recognised of bytes that were heard: every dialect's own frames, joined and cut in the middle; wrong lines; silence and noise.

use expect_test::{Expect, expect};
use firmware_protocols::recognise::{LineHint, Parity};
use firmware_protocols::{Dialect, recognise};
use proptest::prelude::*;

use crate::good::Good;

/// What a technician reads.
#[track_caller]
fn check(bytes: &[u8], expected: Expect) {
    expected.assert_eq(&recognise(bytes).to_string());
}

/// As a line sounds that is opened for some seconds: the end of a frame, frames, the beginning of a frame.
fn some_seconds(dialect: Dialect) -> Vec<u8> {
    let frames = Good::of(dialect).frames;
    let all: Vec<u8> = frames.concat().repeat(4);
    let last = frames.last().unwrap();
    let first = frames.first().unwrap();
    [&last[last.len() / 2..], &all, &first[..first.len() / 2]].concat()
}

#[test]
fn every_dialect_is_recognised_by_its_own_frames() {
    for &dialect in Dialect::ALL {
        let recognition = recognise(&some_seconds(dialect));
        let first: Vec<Dialect> = recognition
            .guesses
            .iter()
            .filter(|guess| guess.equal_to_first)
            .map(|guess| guess.dialect)
            .collect();
        assert!(first.contains(&dialect), "{dialect} is not among the first:\n{recognition}");
        // Of a line that only a reader of barcodes would believe, shapes are told as well.
        if dialect != Dialect::Barcode {
            assert_eq!(recognition.hints, [], "{dialect}");
        }
    }
}

#[test]
fn the_dialects_that_cannot_be_told_from_another_are_these() {
    let mut told = String::new();
    for &dialect in Dialect::ALL {
        let recognition = recognise(&some_seconds(dialect));
        let equal: Vec<&str> = recognition
            .guesses
            .iter()
            .filter(|guess| guess.equal_to_first && guess.dialect != dialect)
            .map(|guess| guess.dialect.name())
            .collect();
        if !equal.is_empty() {
            told.push_str(&format!("{dialect}: {}\n", equal.join(", ")));
        }
    }
    expect![[r#"
        aspect: modbus-tcp
        jointech-text: jointech
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_technician_reads_what_it_is_and_why() {
    check(
        &some_seconds(Dialect::Toledo),
        expect![[r#"
        283 bytes heard
        1. toledo: 100.0 % explained; 16 frames read, 0 faults; 16 check sums fit; 02, CR after 17 bytes
    "#]],
    );
    check(
        &some_seconds(Dialect::Cas),
        expect![[r#"
        300 bytes heard
        1. cas: 100.0 % explained; 16 frames read, 0 faults; lines with ST, US, OL and commas; byte 80 or more: lamps of CAS
        2. barcode: 100.0 % explained; 17 frames read, 0 faults
        3. tsa: 34.2 % explained; 4 frames read, 12 faults; lines of a two-letter word and four numbers
    "#]],
    );
    check(
        &b"\xff\x01\xc3\x20\x00\x04\x10\xff\xff".repeat(5),
        expect![[r#"
        45 bytes heard
        1. tenso-m: 100.0 % explained, with settings.checksum = false; 5 frames read, 0 faults; FF .. FF FF; devices of this dialect are asked: was somebody else asking?
    "#]],
    );
    check(
        b"00.0000=43.2100=00004=02000-=",
        expect![[r#"
        29 bytes heard
        1. xk3190-text: 100.0 % explained, with settings.equals_last = true; 3 frames read, 0 faults; `=` every nine bytes, no end of line
    "#]],
    );
}

/// The bytes of seven bits with this parity, as a line hears them that is opened with eight.
fn with_parity(bytes: &[u8], odd: bool) -> Vec<u8> {
    let bit = |byte: u8| if (byte.count_ones() % 2 == 1) != odd { 0x80 } else { 0 };
    bytes.iter().map(|byte| byte | bit(*byte)).collect()
}

#[test]
fn a_line_of_seven_bits_that_is_opened_with_eight_is_heard_and_said() {
    for dialect in [Dialect::Toledo, Dialect::MtSics, Dialect::Nci, Dialect::RiceLake] {
        for (odd, parity) in [(false, Parity::Even), (true, Parity::Odd)] {
            let recognition = recognise(&with_parity(&some_seconds(dialect), odd));
            let best = recognition.guesses.first().unwrap();
            assert_eq!((best.dialect, best.seven_bits), (dialect, true), "{recognition}");
            assert_eq!(recognition.hints, [LineHint::SevenBits { parity: Some(parity) }]);
        }
    }
}

#[test]
fn silence_wrong_speed_and_noise_give_hints_and_no_dialect() {
    check(
        b"",
        expect![[r#"
        0 bytes heard
        hint: nothing came: a device that only answers, or no line; ask for its model and protocol, and do not try commands
    "#]],
    );
    check(
        &b"\xe6\x00\xfe\x80\x00\xe6".repeat(20),
        expect![[r#"
        120 bytes heard
        hint: nearly all bytes are E6, 00, FE or 80: the line is opened at another speed, often twice or half of the right one
    "#]],
    );
    let noise: Vec<u8> =
        (0..500_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert!(recognise(&noise).guesses.is_empty(), "{}", recognise(&noise));
    check(
        &b"\x02GS   40020IZ more\x03".repeat(3),
        expect![[r#"
        57 bytes heard
        hint: seen: 02 .. 03: a frame of text, of Rinstrum FMT_3 or another maker
    "#]],
    );
    check(
        &b"ST,GG,   1234,kg\r\n".repeat(3),
        expect![[r#"
        54 bytes heard
        1. tsa: 100.0 % explained; 3 frames read, 0 faults; lines of a two-letter word and four numbers
        2. barcode: 100.0 % explained; 3 frames read, 0 faults
    "#]],
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_at_random_are_taken_for_nothing_but_text(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        for guess in recognise(&bytes).guesses {
            prop_assert!(guess.frames > 0 && guess.explained_permille <= 1000);
        }
    }
}
