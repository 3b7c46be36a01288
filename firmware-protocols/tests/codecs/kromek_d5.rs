//! The Kromek D5: frames, escapes, questions in turn.

use expect_test::{Expect, expect};
use firmware_protocols::conversation::Moment;
use firmware_protocols::portal::kromek_d5::{
    self, RADIOMETRIC_STATUS, RADIOMETRICS_BYTES, RADIOMETRICS_V1, Report,
};
use firmware_protocols::{Dialect, Settings};
use proptest::prelude::*;

/// The payload of RadiometricsV1, spectrum empty.
pub(crate) fn radiometrics(gamma: (u32, u32), neutron: (u32, u32), dose: f32) -> Vec<u8> {
    let mut payload = vec![0; RADIOMETRICS_BYTES];
    let mut put = |at: usize, bytes: [u8; 4]| payload[at..at + 4].copy_from_slice(&bytes);
    put(16, dose.to_le_bytes());
    put(24, neutron.0.to_le_bytes());
    put(28, neutron.1.to_le_bytes());
    put(38, gamma.0.to_le_bytes());
    put(42, gamma.1.to_le_bytes());
    payload
}

/// The payload of RadiometricStatus: dose, gamma, neutron.
pub(crate) fn status(flags: [u8; 3]) -> Vec<u8> {
    [flags.as_slice(), &[0; 14]].concat()
}

fn check(bytes: &[u8], expected: &Expect) {
    let whole = crate::check::decode(Dialect::KromekD5, &[bytes]);
    expected.assert_eq(&crate::check::text(&whole));
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(crate::check::decode(Dialect::KromekD5, &single), whole, "byte by byte");
}

#[test]
fn the_documented_question_is_asked_byte_for_byte() {
    let asked = [0xc0, 0x07, 0x00, 0x00, 0x07, 0xc2, 0x00, 0x00, 0xc0];
    assert_eq!(kromek_d5::encode(RADIOMETRICS_V1, &[], false), asked);
}

#[test]
fn an_answer_has_8253_bytes_before_escapes() {
    let frame =
        kromek_d5::encode(RADIOMETRICS_V1, &radiometrics((1000, 52), (1000, 0), 0.11), false);
    assert_eq!(frame[1..3], 8253_u16.to_le_bytes());
    check(
        &frame,
        &expect![[r#"
        {"portal":{"snapshot":{"gamma":{"counts":{"counts":"52","interval_ms":1000}},"neutron":{"counts":{"counts":"0","interval_ms":1000}},"dose_rate_nsv_h":110}}}
    "#]],
    );
}

#[test]
fn counts_without_a_live_time_are_no_rate() {
    let frame = kromek_d5::encode(RADIOMETRICS_V1, &radiometrics((0, 52), (0, 0), 0.0), false);
    check(
        &frame,
        &expect![[r#"
        {"portal":{"snapshot":{"gamma":{"counts":{"counts":"52","interval_ms":null}},"neutron":{"counts":{"counts":"0","interval_ms":null}},"dose_rate_nsv_h":0}}}
    "#]],
    );
}

#[test]
fn each_flag_is_an_alarm_of_its_radiation() {
    for flags in [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]] {
        let frame = kromek_d5::encode(RADIOMETRIC_STATUS, &status(flags), false);
        let expected = match flags {
            [0, 0, 0] => expect![[r#"
                {"portal":{"snapshot":{"gamma":{"alarm":false},"neutron":{"alarm":false},"device_time":"0"}}}
            "#]],
            [1, 0, 0] => expect![[r#"
                {"portal":{"snapshot":{"gamma":{"alarm":true},"neutron":{"alarm":false},"identified":["dose"],"device_time":"0"}}}
            "#]],
            [0, 1, 0] => expect![[r#"
                {"portal":{"snapshot":{"gamma":{"alarm":true},"neutron":{"alarm":false},"device_time":"0"}}}
            "#]],
            _ => expect![[r#"
                {"portal":{"snapshot":{"gamma":{"alarm":false},"neutron":{"alarm":true},"device_time":"0"}}}
            "#]],
        };
        check(&frame, &expected);
    }
}

#[test]
fn what_is_wrong_with_a_frame_is_told_and_the_next_is_read() {
    let good = kromek_d5::encode(RADIOMETRIC_STATUS, &status([0; 3]), false);
    let inside = |body: &[u8]| [b"\xc0".as_slice(), body, b"\xc0"].concat();
    let refused = kromek_d5::encode(Report(0x07, 0xff), &[], false);
    let other = kromek_d5::encode(Report(0x07, 0xc5), &[0; 11], false);
    let bytes = [
        b"noise".to_vec(),
        good.clone(),
        inside(b"\x07\x00\x00\x08"),
        inside(b"\x09\x00\x00\x08\x82\x00\x00"),
        inside(b"\x07\x00\x01\x08\x82\x00\x00"),
        inside(b"\x08\x00\x00\x08\x82\xdb\x01\x00\x00"),
        kromek_d5::encode(RADIOMETRIC_STATUS, &[0; 16], false),
        kromek_d5::encode(RADIOMETRIC_STATUS, &status([2, 0, 0]), false),
        kromek_d5::encode(RADIOMETRICS_V1, &[0; 10], false),
        kromek_d5::encode(RADIOMETRICS_V1, &radiometrics((1, 1), (1, 1), f32::NAN), false),
        refused,
        other,
        good.clone(),
        good[..10].to_vec(),
    ]
    .concat();
    check(
        &bytes,
        &expect![[r#"
            {"fault":{"kind":"noise","detail":"bytes before the first mark","excerpt":"noise","bytes":5}}
            {"portal":{"snapshot":{"gamma":{"alarm":false},"neutron":{"alarm":false},"device_time":"0"}}}
            {"fault":{"kind":"wrong-length","detail":"a frame has at least 7 bytes","excerpt":"\\x07\\x00\\x00\\x08","bytes":4}}
            {"fault":{"kind":"wrong-length","detail":"the frame says 9 bytes and has 7","excerpt":"\\x09\\x00\\x00\\x08\\x82\\x00\\x00","bytes":7}}
            {"fault":{"kind":"bad-field","detail":"the mode is 1, 0 expected","excerpt":"\\x07\\x00\\x01\\x08\\x82\\x00\\x00","bytes":7}}
            {"fault":{"kind":"malformed","detail":"DB stands before DC or DD only","excerpt":"\\x08\\x00\\x00\\x08\\x82\\x01\\x00\\x00","bytes":8}}
            {"fault":{"kind":"wrong-length","detail":"RadiometricStatus has at least 17 bytes","excerpt":"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00","bytes":16}}
            {"portal":{"snapshot":{"gamma":{"alarm":true},"neutron":{"alarm":false},"identified":["dose"],"device_time":"0"}}}
            {"fault":{"kind":"wrong-length","detail":"RadiometricsV1 has 8246 bytes, this one 10","excerpt":"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00","bytes":10}}
            {"fault":{"kind":"bad-field","detail":"a dose rate of NaN microsieverts per hour","excerpt":"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xc0\\x7f\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00","bytes":8246}}
            {"fault":{"kind":"refused","detail":"component 07 answers ff and no report","excerpt":"\\x07\\xff","bytes":2}}
            {"fault":{"kind":"not-decoded","detail":"report 07 c5 is not read","excerpt":"\\x07\\xc5","bytes":2}}
            {"portal":{"snapshot":{"gamma":{"alarm":false},"neutron":{"alarm":false},"device_time":"0"}}}
            {"fault":{"kind":"cut-off","detail":"the link ended inside a frame","excerpt":"\\x18\\x00\\x00\\x08\\x82\\x00\\x00\\x00\\x00","bytes":9}}
        "#]],
    );
}

#[test]
fn a_crc_is_looked_at_where_the_site_says_so_and_nowhere_else() {
    let checked = Settings { checksum: Some(true), ..Settings::default() };
    let zero = kromek_d5::encode(RADIOMETRIC_STATUS, &status([0; 3]), false);
    let right = kromek_d5::encode(RADIOMETRIC_STATUS, &status([0; 3]), true);
    let read = |settings: &Settings, frame: &[u8]| {
        crate::check::decode_with(Dialect::KromekD5, settings, &[frame]).remove(0)
    };
    assert!(read(&Settings::default(), &zero).is_ok());
    assert!(read(&Settings::default(), &right).is_ok());
    assert!(read(&checked, &right).is_ok());
    assert_eq!(read(&checked, &zero).unwrap_err().kind.name(), "wrong-checksum");
}

#[test]
fn every_flipped_bit_of_a_frame_with_a_crc_is_noticed() {
    let checked = Settings { checksum: Some(true), ..Settings::default() };
    for flags in [[0, 0, 0], [0, 1, 0], [1, 1, 1]] {
        // A time with both bytes that are escaped.
        let mut payload = status(flags);
        payload[11..13].copy_from_slice(&[0xc0, 0xdb]);
        let frame = kromek_d5::encode(RADIOMETRIC_STATUS, &payload, true);
        let heard = |frame: &[u8]| crate::check::decode_with(Dialect::KromekD5, &checked, &[frame]);
        assert!(matches!(heard(&frame).as_slice(), [Ok(_)]));
        // The marks at its ends are no part of it: without one it is not yet a frame.
        for bit in 8..(frame.len() - 1) * 8 {
            let mut flipped = frame.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let items = heard(&flipped);
            assert!(items.iter().all(Result::is_err), "bit {bit}: {items:?}");
        }
    }
}

/// What is sent (`>` report) and heard, with its millisecond. Answers come 20 ms after the question unless `answers` says otherwise.
fn conversation(answers: &[Option<Vec<u8>>], until: u64) -> String {
    let mut master = Dialect::KromekD5.asker(&Settings::default()).unwrap();
    master.opened(Moment::ZERO);
    let mut answers = answers.iter();
    let mut lines = Vec::new();
    let mut now = Moment::ZERO;
    let mut pending: Option<(Moment, Vec<u8>)> = None;
    while now <= Moment::from_millis(until) {
        let mut out = Vec::new();
        if let Some((_, bytes)) = pending.take_if(|(at, _)| *at <= now) {
            master.decode(now, &bytes, &mut out);
        }
        master.time_passed(now, &mut out);
        for item in out {
            let told = match item {
                Ok(_) => "state",
                Err(fault) => fault.kind.name(),
            };
            lines.push(format!("{} {told}", now.as_millis()));
        }
        while let Some(request) = master.poll_transmit(now) {
            lines.push(format!("{} >{:02x}{:02x}", now.as_millis(), request[4], request[5]));
            if let Some(Some(answer)) = answers.next() {
                pending = Some((now + Moment::from_millis(20), answer.clone()));
            }
        }
        now += Moment::from_millis(10);
    }
    lines.join(", ")
}

fn answer(report: Report) -> Option<Vec<u8>> {
    let payload = if report == RADIOMETRICS_V1 {
        radiometrics((1000, 50), (1000, 0), 0.1)
    } else {
        status([0; 3])
    };
    Some(kromek_d5::encode(report, &payload, false))
}

#[test]
fn counts_and_alarms_are_asked_for_together_once_a_second() {
    let answers = [answer(RADIOMETRICS_V1), answer(RADIOMETRIC_STATUS), answer(RADIOMETRICS_V1)];
    assert_eq!(
        conversation(&answers, 1100),
        "0 >07c2, 20 state, 20 >0882, 40 state, 1040 >07c2, 1060 state, 1060 >0882"
    );
}

#[test]
fn a_silent_detector_is_asked_three_times_and_left_alone_for_a_while() {
    assert_eq!(
        conversation(&[], 9000),
        "0 >07c2, 1000 >07c2, 2000 >07c2, 3000 no-answer, 8000 >0882, 9000 >0882"
    );
}

#[test]
fn the_answer_to_another_question_is_never_taken_for_this_one() {
    let answers = [answer(RADIOMETRIC_STATUS), answer(RADIOMETRICS_V1)];
    assert_eq!(
        conversation(&answers, 1100),
        "0 >07c2, 20 unasked, 1000 >07c2, 1020 state, 1020 >0882"
    );
}

#[test]
fn a_refusal_ends_the_question() {
    let refused = Some(kromek_d5::encode(Report(0x07, 0xff), &[], false));
    assert_eq!(
        conversation(&[refused, answer(RADIOMETRIC_STATUS)], 100),
        "0 >07c2, 20 refused, 20 >0882, 40 state"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_payload_survives_the_wire(payload in prop::collection::vec(any::<u8>(), 0..300), checked in any::<bool>()) {
        let frame = kromek_d5::encode(RADIOMETRIC_STATUS, &payload, checked);
        prop_assert!(!frame[1..frame.len() - 1].contains(&0xc0));
        let mut body = Vec::new();
        let mut bytes = frame[1..frame.len() - 1].iter();
        while let Some(byte) = bytes.next() {
            body.push(match byte {
                0xdb => if bytes.next() == Some(&0xdc) { 0xc0 } else { 0xdb },
                byte => *byte,
            });
        }
        let read = kromek_d5::decode(&body, checked).unwrap();
        prop_assert_eq!((read.report, read.payload), (RADIOMETRIC_STATUS, payload.as_slice()));
    }
}
