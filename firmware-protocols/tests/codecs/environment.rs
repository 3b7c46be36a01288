//! The environment board: its 48 bytes, and how it is asked.

use expect_test::{Expect, expect};
use firmware_protocols::conversation::Moment;
use firmware_protocols::portal::environment::{self, Board};
use firmware_protocols::{Dialect, Settings};
use rust_decimal::Decimal;

use crate::good::Good;

fn check(words: [u32; 12], expected: &Expect) {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    crate::check::check(Dialect::TsaEnvironment, &bytes, expected);
}

#[test]
fn a_board_tells_its_values_in_their_units() {
    check(
        [1, 231, 455, 101_325, 198, 812, 640, 23_000, 0, 92, 47, 0],
        &expect![[r#"
            {"portal":{"environment":{"board":{"temperature_c":"23.1","humidity_percent":"45.5","pressure_hpa":"1013.25","temperature_2_c":"19.8","battery_raw":812,"dc_raw":640,"ac_a":"230.00","thermocouple_c":"23.00","pillar_humidity_raw":47,"unnamed":[1,0,0]}}}}
        "#]],
    );
}

#[test]
fn below_nothing_is_written_from_65535_down() {
    check(
        [1, 65_535 - 182, 1000, 98_700, 65_535, 0, 0, 0, 0, 0, 0, 0],
        &expect![[r#"
            {"portal":{"environment":{"board":{"temperature_c":"-18.2","humidity_percent":"100.0","pressure_hpa":"987.00","temperature_2_c":"0.0","battery_raw":0,"dc_raw":0,"ac_a":"0.00","thermocouple_c":"0.00","pillar_humidity_raw":0,"unnamed":[1,0,0]}}}}
        "#]],
    );
}

#[test]
fn a_thermocouple_tells_nothing_where_its_number_can_be_none() {
    let of = |word: u32| {
        let mut words = [1, 231, 455, 101_325, 198, 812, 640, 23_000, 0, 0, 47, 0];
        words[9] = word;
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        environment::decode(&bytes).unwrap().thermocouple_c.map(|degrees| degrees.to_string())
    };
    assert_eq!([of(0), of(5488)], [Some("0.00".to_owned()), Some("1372.00".to_owned())]);
    // -10.5 by the rule of the other temperatures, and as two's complement of 16 and of 32 bits.
    assert_eq!([of(65_493), of(65_494), of(u32::MAX - 41), of(5489)], [None, None, None, None]);
    let cold = Board { thermocouple_c: Some(Decimal::new(-105, 1)), ..Board::default() };
    assert_eq!(environment::decode(&environment::encode(&cold)).unwrap(), Board::default());
}

#[test]
fn a_failed_sensor_is_missing_and_never_a_number() {
    check(
        [
            1,
            1_381_126_725,
            1_163_022_930,
            1_381_126_725,
            1_163_022_930,
            1_381_126_725,
            1_381_126_725,
            1_381_126_725,
            0,
            1_381_126_725,
            1_163_022_930,
            0,
        ],
        &expect![[r#"
            {"portal":{"environment":{"board":{"temperature_c":null,"humidity_percent":null,"pressure_hpa":null,"temperature_2_c":null,"battery_raw":null,"dc_raw":null,"ac_a":null,"thermocouple_c":null,"pillar_humidity_raw":null,"unnamed":[1,0,0]}}}}
        "#]],
    );
}

#[test]
fn values_that_no_sensor_tells_are_noise() {
    for (at, value) in [(1, 1501), (1, 64_000), (2, 1001), (3, 65_999), (3, 120_001), (4, 40_000)] {
        let mut words = [1, 231, 455, 101_325, 198, 812, 640, 23_000, 0, 92, 47, 0_u32];
        words[at] = value;
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let items = crate::check::decode(Dialect::TsaEnvironment, &[&bytes]);
        assert!(items.iter().all(Result::is_err), "word {at} = {value}: {items:?}");
    }
}

#[test]
fn in_frost_the_rest_of_an_answer_does_not_shift_those_behind_it() {
    // With the rest of another answer before it the temperature stands where the pressure would, and humidity failed where a temperature would.
    let frost = Good::of(Dialect::TsaEnvironment).frames.swap_remove(1);
    let alone = crate::check::decode(Dialect::TsaEnvironment, &[&frost]);
    let rest = &frost[..8];
    let items = crate::check::decode(Dialect::TsaEnvironment, &[rest, &frost, &frost, &frost]);
    let read: Vec<_> = items.into_iter().filter(Result::is_ok).collect();
    assert_eq!(read, [alone.clone(), alone.clone(), alone].concat());
}

#[test]
fn what_is_read_is_written_back() {
    for frame in Good::of(Dialect::TsaEnvironment).frames {
        let board = environment::decode(&frame).unwrap();
        let again = environment::decode(&environment::encode(&board)).unwrap();
        assert_eq!(again, board);
    }
    let cold = Board { temperature_c: Some(Decimal::new(-182, 1)), ..Board::default() };
    assert_eq!(environment::decode(&environment::encode(&cold)).unwrap(), cold);
}

#[test]
fn an_answer_of_another_length_is_a_fault() {
    assert_eq!(environment::decode(&[0; 47]).unwrap_err().kind.name(), "wrong-length");
}

#[test]
fn a_board_is_asked_with_five_bytes_and_again_after_a_silence() {
    let mut master = Dialect::TsaEnvironment.asker(&Settings::default()).unwrap();
    master.opened(Moment::ZERO);
    let mut out = Vec::new();
    assert_eq!(master.poll_transmit(Moment::ZERO).unwrap(), [0xff, 0x00, 0xaa, 0x55, 0x0e]);
    let first = Good::first(Dialect::TsaEnvironment);
    for piece in first.chunks(7) {
        master.decode(Moment::from_millis(20), piece, &mut out);
    }
    assert!(matches!(out.as_slice(), [Ok(_)]), "{out:?}");
    assert_eq!(master.next_timeout(), Some(Moment::from_millis(10_020)));
    assert!(master.poll_transmit(Moment::from_millis(10_020)).is_some());
    out.clear();
    for second in 11..14 {
        let now = Moment::from_millis(second * 1000 + 20);
        master.time_passed(now, &mut out);
        master.poll_transmit(now);
    }
    let kinds: Vec<_> = out.iter().map(|item| item.as_ref().unwrap_err().kind.name()).collect();
    assert_eq!(kinds, ["no-answer"]);
}
