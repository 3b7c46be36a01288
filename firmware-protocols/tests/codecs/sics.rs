//! MT-SICS: every status, a stream before the answer, recordings of an emulator, and the instrument that is asked.

use expect_test::{Expect, expect};
use firmware_protocols::weighbridge::{Display, Kind, Stability, Weighing, sics};
use firmware_protocols::{Dialect, Settings};
use proptest::prelude::*;
use rust_decimal::Decimal;
use units::MassUnit;

use crate::asked;
use crate::check::{decode, recording};

fn check(bytes: &[u8], expected: Expect) {
    crate::check::check(Dialect::MtSics, bytes, &expected);
}

#[test]
fn every_status_is_read() {
    check(
        b"S S      40000 kg\r\nS D     -12.34 kg\r\nS I\r\nS +\r\nS -\r\nSI S  0.5 t\r\nT S     100.00 kg\r\nTA A     100.00 kg\r\nS S 100 lb\r\n",
        expect![[r#"
            {"weight":{"display":{"value":"40000"},"kind":"unknown","stability":"stable","unit":"kg","checksum":"absent","raw":"S S      40000 kg"}}
            {"weight":{"display":{"value":"-12.34"},"kind":"unknown","stability":"moving","unit":"kg","checksum":"absent","raw":"S D     -12.34 kg"}}
            {"weight":{"display":"withheld","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"S I"}}
            {"weight":{"display":"overload","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"S +"}}
            {"weight":{"display":"underload","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"S -"}}
            {"weight":{"display":{"value":"0.5"},"kind":"unknown","stability":"stable","unit":"t","checksum":"absent","raw":"SI S  0.5 t"}}
            {"weight":{"display":{"value":"100.00"},"kind":"tare","stability":"unknown","unit":"kg","checksum":"absent","raw":"T S     100.00 kg"}}
            {"weight":{"display":{"value":"100.00"},"kind":"tare","stability":"unknown","unit":"kg","checksum":"absent","raw":"TA A     100.00 kg"}}
            {"weight":{"display":{"value":"100"},"kind":"unknown","stability":"stable","unit":"lb","checksum":"absent","raw":"S S 100 lb"}}
        "#]],
    );
}

#[test]
fn what_is_no_weight_is_told_as_what_it_is() {
    check(
        b"ES\r\nET\r\nEL\r\nI4 A \"B123456789\"\r\nI2 A \"IND570 Truck 60000 kg\"\r\nZ A\r\nT I\r\nTAC A\r\nS\r\nS X 1 kg\r\nS S 12x kg\r\nS S 12\r\nS S 12 pcs\r\nS I 5 kg\r\nhello\r\nS S      40000 kg\r\n",
        expect![[r#"
            {"fault":{"kind":"refused","detail":"the device does not know the command","excerpt":"ES","bytes":2}}
            {"fault":{"kind":"malformed","detail":"the device heard the question broken","excerpt":"ET","bytes":2}}
            {"fault":{"kind":"refused","detail":"the device cannot do this with these values","excerpt":"EL","bytes":2}}
            {"fault":{"kind":"not-decoded","detail":"I4, asked by nobody here: the device says `B123456789`","excerpt":"I4 A \"B123456789\"","bytes":17}}
            {"fault":{"kind":"not-decoded","detail":"I2, asked by nobody here: the device says `IND570 Truck 60000 kg`","excerpt":"I2 A \"IND570 Truck 60000 kg\"","bytes":28}}
            {"fault":{"kind":"not-decoded","detail":"an answer to a command that zeroes or tares, which nobody here sent","excerpt":"Z A","bytes":3}}
            {"fault":{"kind":"not-decoded","detail":"an answer to a command that zeroes or tares, which nobody here sent","excerpt":"T I","bytes":3}}
            {"fault":{"kind":"not-decoded","detail":"an answer to a command that zeroes or tares, which nobody here sent","excerpt":"TAC A","bytes":5}}
            {"fault":{"kind":"not-decoded","detail":"a question, and no answer","excerpt":"S","bytes":1}}
            {"fault":{"kind":"bad-field","detail":"behind the first word stands S, D, I, + or -","excerpt":"S X 1 kg","bytes":8}}
            {"fault":{"kind":"bad-field","detail":"`12x` is not a decimal number","excerpt":"S S 12x kg","bytes":10}}
            {"fault":{"kind":"bad-field","detail":"a unit behind the number expected","excerpt":"S S 12","bytes":6}}
            {"fault":{"kind":"bad-field","detail":"`pcs` is no unit of mass; kg, g, t or lb expected","excerpt":"S S 12 pcs","bytes":10}}
            {"fault":{"kind":"bad-field","detail":"nothing stands behind I, + and -","excerpt":"S I 5 kg","bytes":8}}
            {"fault":{"kind":"bad-field","detail":"a line begins with S and S, D, I, + or -","excerpt":"hello","bytes":5}}
            {"weight":{"display":{"value":"40000"},"kind":"unknown","stability":"stable","unit":"kg","checksum":"absent","raw":"S S      40000 kg"}}
        "#]],
    );
}

#[test]
fn answers_to_commands_that_zero_or_tare_are_no_weights_and_no_faults_of_the_line() {
    for line in
        ["Z A", "Z I", "Z +", "Z -", "ZI S", "ZI D", "ZI I", "T I", "T +", "T -", "TI I", "TAC A"]
    {
        let fault = sics::decode(line.as_bytes()).unwrap_err();
        assert_eq!(fault.kind.name(), "not-decoded", "{line}: {fault}");
    }
    for line in
        ["T S     100.00 kg", "TI S     100.00 kg", "TI D     100.00 kg", "TA A     100.00 kg"]
    {
        let tare = sics::decode(line.as_bytes()).unwrap();
        assert_eq!((tare.kind, tare.stability), (Kind::Tare, Stability::Unknown), "{line}");
    }
}

#[test]
fn recordings_of_an_emulator_are_read_but_for_what_is_no_weight() {
    for (name, expected) in [
        (
            "devices/sics_session.txt",
            expect![[r#"
            I0: not-decoded,
            I1: not-decoded,
            I2: not-decoded,
            I3: not-decoded,
            I4: not-decoded,
            @: not-decoded,
            S: Stable Value(0.00),
            SI: Stable Value(0.00),
            Z: not-decoded,
            ZI: not-decoded,
            T: Unknown Value(0.00),
            TI: Unknown Value(0.00),
            TA: refused,
            TAC: not-decoded,
            XX: refused,
            s: Stable Value(0.00),
            S 1: Stable Value(0.00),
            SI: Stable Value(0.00),
            S: Moving Value(117.55),
            T: not-decoded,
            SI: Moving Value(123.45),
            SI: Moving Overload,
            SIR: Moving Overload, Moving Overload, Moving Overload, Moving Overload, Moving Overload, Moving Overload,
            SI: Moving Overload, Moving Overload,
        "#]],
        ),
        (
            "devices/sics_ind570.txt",
            expect![[r#"
            I0: not-decoded,
            I1: not-decoded,
            I2: not-decoded,
            I3: not-decoded,
            I4: not-decoded,
            @: not-decoded,
            S: Stable Value(0.0),
            SI: Stable Value(0.0),
            Z: not-decoded,
            ZI: not-decoded,
            T: Unknown Value(0.0),
            TI: Unknown Value(0.0),
            TA: refused,
            TAC: not-decoded,
            XX: refused,
            s: Stable Value(0.0),
            S 1: Stable Value(0.0),
            SI: Stable Value(0.0),
            S: Moving Value(117.4),
            T: not-decoded,
            SI: Moving Value(123.4),
            SI: Moving Overload,
            SIR: Moving Overload, Moving Overload, Moving Overload, Moving Overload, Moving Overload, Moving Overload,
            SI: Moving Overload, Moving Overload,
        "#]],
        ),
    ] {
        let Some(session) = recording(name) else { return };
        let session = String::from_utf8(session).unwrap();
        let mut told = String::new();
        for (asked, answer) in session.lines().filter_map(|line| line.split_once('\t')) {
            let bytes = |hex: &str| -> Vec<u8> {
                (0..hex.len() / 2)
                    .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
                    .collect()
            };
            told.push_str(String::from_utf8(bytes(asked)).unwrap().trim_end());
            told.push(':');
            for item in decode(Dialect::MtSics, &[&bytes(answer)]) {
                told.push(' ');
                told.push_str(&match item {
                    Ok(firmware_protocols::Reading::Weight(weighing)) => {
                        format!("{:?} {:?},", weighing.stability, weighing.display)
                    }
                    Ok(reading) => panic!("{reading:?}"),
                    Err(fault) => format!("{},", fault.kind.name()),
                });
            }
            told.push('\n');
        }
        expected.assert_eq(&told);
    }
}

fn story(story: &[(u64, &[u8])], until: u64, expected: Expect) {
    expected.assert_eq(&asked::told(Dialect::MtSics, &Settings::default(), story, until));
}

#[test]
fn busy_is_an_answer_and_no_lost_device() {
    story(
        &[(30, b"S I\r\n"), (300, b"S D      12340 kg\r\n")],
        600,
        expect![[r#"
        0000 > SI\x0d\x0a
        0030 {"weight":{"display":"withheld","kind":"unknown","stability":"moving","unit":null,"checksum":"absent","raw":"S I"}}
        0280 > SI\x0d\x0a
        0300 {"weight":{"display":{"value":"12340"},"kind":"unknown","stability":"moving","unit":"kg","checksum":"absent","raw":"S D      12340 kg"}}
        0550 > SI\x0d\x0a
    "#]],
    );
}

#[test]
fn lines_of_a_stream_before_the_answer_are_weights() {
    story(
        &[
            (10, b"S D      12340 kg\r\nS D      12360 kg\r\nS S      12380 kg\r\n"),
            (100, b"S S      12380 kg\r\n"),
        ],
        300,
        expect![[r#"
            0000 > SI\x0d\x0a
            0010 {"weight":{"display":{"value":"12340"},"kind":"unknown","stability":"moving","unit":"kg","checksum":"absent","raw":"S D      12340 kg"}}
            0010 {"weight":{"display":{"value":"12360"},"kind":"unknown","stability":"moving","unit":"kg","checksum":"absent","raw":"S D      12360 kg"}}
            0010 {"weight":{"display":{"value":"12380"},"kind":"unknown","stability":"stable","unit":"kg","checksum":"absent","raw":"S S      12380 kg"}}
            0100 {"weight":{"display":{"value":"12380"},"kind":"unknown","stability":"stable","unit":"kg","checksum":"absent","raw":"S S      12380 kg"}}
            0260 > SI\x0d\x0a
        "#]],
    );
}

#[test]
fn a_device_that_does_not_know_the_question_is_asked_the_other_one() {
    story(
        &[(30, b"ES\r\n"), (300, b"ES\r\n"), (900, b"S S      12380 kg\r\n")],
        1300,
        expect![[r#"
            0000 > SI\x0d\x0a
            0030 refused: the device does not know the command
            0280 > SI\x0d\x0a
            0300 refused: the device does not know the command
            0550 > S\x0d\x0a
            0900 {"weight":{"display":{"value":"12380"},"kind":"unknown","stability":"stable","unit":"kg","checksum":"absent","raw":"S S      12380 kg"}}
            1150 > S\x0d\x0a
        "#]],
    );
}

#[test]
fn a_device_that_does_not_know_the_question_once_is_asked_the_same_again() {
    // The rest of another question stood in its buffer: `S` and `SI`.
    story(
        &[(30, b"ES\r\n"), (300, b"S D      12380 kg\r\n"), (560, b"ES\r\n")],
        800,
        expect![[r#"
            0000 > SI\x0d\x0a
            0030 refused: the device does not know the command
            0280 > SI\x0d\x0a
            0300 {"weight":{"display":{"value":"12380"},"kind":"unknown","stability":"moving","unit":"kg","checksum":"absent","raw":"S D      12380 kg"}}
            0550 > SI\x0d\x0a
            0560 refused: the device does not know the command
        "#]],
    );
}

#[test]
fn a_link_that_is_opened_anew_is_asked_at_once_again() {
    let mut asker = Dialect::MtSics.asker(&Settings::default()).unwrap();
    let at = firmware_protocols::conversation::Moment::from_millis;
    let mut out = Vec::new();
    asker.opened(at(0));
    for now in [0, 250] {
        assert_eq!(asker.poll_transmit(at(now)).as_deref(), Some(&b"SI\r\n"[..]));
        asker.decode(at(now), b"ES\r\n", &mut out);
    }
    assert_eq!(asker.poll_transmit(at(500)).as_deref(), Some(&b"S\r\n"[..]));
    asker.decode(at(500), b"S S      12380 kg\r\n", &mut out);
    asker.opened(at(600));
    assert_eq!(asker.poll_transmit(at(600)).as_deref(), Some(&b"SI\r\n"[..]));
}

#[test]
fn a_question_that_came_broken_is_put_again_and_a_restart_is_told() {
    story(
        &[(30, b"ET\r\n"), (110, b"S S      12380 kg\r\n"), (140, b"I4 A \"B123\"\r\n")],
        200,
        expect![[r#"
            0000 > SI\x0d\x0a
            0030 malformed: the device heard the question broken
            0080 > SI\x0d\x0a
            0110 {"weight":{"display":{"value":"12380"},"kind":"unknown","stability":"stable","unit":"kg","checksum":"absent","raw":"S S      12380 kg"}}
            0140 not-decoded: I4, asked by nobody here: the device says `B123`
        "#]],
    );
}

proptest! {
    #[test]
    fn every_weight_survives_the_wire(figures in -99_999_999_i64..=99_999_999, decimals in 0..=1_u32, stable in any::<bool>()) {
        let weighing = Weighing {
            display: Display::Value(Decimal::new(figures, decimals)),
            stability: if stable { Stability::Stable } else { Stability::Moving },
            unit: Some(MassUnit::Kilogram),
            ..sics::decode(b"S I").unwrap()
        };
        let line = sics::encode(&weighing).unwrap();
        let read = sics::decode(line.strip_suffix(b"\r\n").unwrap()).unwrap();
        let nines = figures.abs() >= 999_999 && figures.abs().to_string().bytes().all(|digit| digit == b'9');
        prop_assert!(nines || read.display == weighing.display);
        prop_assert_eq!((read.stability, read.unit), (weighing.stability, weighing.unit));
    }
}
