//! XK3190 frames: the field log, every border of a frame, and that a broken frame costs itself only.

use expect_test::{Expect, expect};
use firmware_protocols::Dialect;
use firmware_protocols::weighbridge::{Display, xk3190};
use rust_decimal::Decimal;

fn check(bytes: &[u8], expected: Expect) {
    crate::check::check(Dialect::Xk3190, bytes, &expected);
}

/// The payload `+003290013` stands in a public field log of an A9; its author read the check digits as a status.
const FIELD: &[u8] = b"\x02+003290013\x03";

#[test]
fn the_frame_from_the_field_is_read() {
    check(
        FIELD,
        expect![[r#"
        {"weight":{"display":{"value":"3290"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"verified","raw":"\\x02+003290013\\x03"}}
    "#]],
    );
    assert_eq!(xk3190::encode(Decimal::from(3290)).unwrap(), FIELD);
}

#[test]
fn signs_decimals_and_hexadecimal_check_digits_survive_the_round_trip() {
    for value in ["0", "40000", "-20", "999998", "12.5", "-0.0001", "99.9998", "123456"] {
        let value: Decimal = value.parse().unwrap();
        let frame = xk3190::encode(value).unwrap();
        assert_eq!(xk3190::decode(&frame).unwrap().display, Display::Value(value), "{frame:?}");
    }
    for value in ["1000000", "0.00001", "1.234567"] {
        assert_eq!(xk3190::encode(value.parse().unwrap()), None, "{value}");
    }
}

#[test]
fn nines_are_no_weight() {
    for value in ["999999", "-999999", "99999.9"] {
        let frame = xk3190::encode(value.parse().unwrap()).unwrap();
        assert_eq!(xk3190::decode(&frame).unwrap().display, Display::OutOfRange, "{value}");
    }
}

#[test]
fn a_blank_display_gives_no_number() {
    let sum = b"+      0".iter().fold(0, |sum, byte| sum ^ byte);
    let frame = format!("\x02+      0{sum:02X}\x03");
    check(
        frame.as_bytes(),
        expect![[r#"
        {"weight":{"display":"blank","kind":"unknown","stability":"unknown","unit":null,"checksum":"verified","raw":"\\x02+      01B\\x03"}}
    "#]],
    );
}

#[test]
fn broken_frames_are_faults_and_the_next_is_read() {
    let mut bytes = b"90013\x03".to_vec(); // joined in the middle
    bytes.extend_from_slice(FIELD);
    bytes.extend_from_slice(b"\x02+003290014\x03"); // check digits
    bytes.extend_from_slice(b"\x02+0032900"); // broken off
    bytes.extend_from_slice(FIELD);
    bytes.extend_from_slice(b"\x02*003290012\x03"); // the check digits fit, the sign does not
    bytes.extend_from_slice(b"\x02+003290516\x03"); // five decimals
    bytes.extend_from_slice(FIELD);
    bytes.extend_from_slice(b"\x02+00");
    check(
        &bytes,
        expect![[r#"
        {"fault":{"kind":"noise","detail":"bytes between frames","excerpt":"90013\\x03","bytes":6}}
        {"weight":{"display":{"value":"3290"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"verified","raw":"\\x02+003290013\\x03"}}
        {"fault":{"kind":"wrong-checksum","detail":"the check digits of these bytes are 13","excerpt":"\\x02+003290014\\x03","bytes":12}}
        {"fault":{"kind":"wrong-length","detail":"a frame has 12 bytes; a new one began before","excerpt":"\\x02+0032900","bytes":9}}
        {"weight":{"display":{"value":"3290"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"verified","raw":"\\x02+003290013\\x03"}}
        {"fault":{"kind":"bad-field","detail":"the sign is + or -","excerpt":"\\x02*003290012\\x03","bytes":12}}
        {"fault":{"kind":"bad-field","detail":"the place of the decimal point is 0 to 4","excerpt":"\\x02+003290516\\x03","bytes":12}}
        {"weight":{"display":{"value":"3290"},"kind":"unknown","stability":"unknown","unit":null,"checksum":"verified","raw":"\\x02+003290013\\x03"}}
        {"fault":{"kind":"cut-off","detail":"the link ended inside a frame","excerpt":"\\x02+00","bytes":4}}
    "#]],
    );
}
