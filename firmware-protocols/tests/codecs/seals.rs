//! What holds for every seal, whatever its dialect: classes of events, numbers on barcodes, and what tells a message from its repetition.

use firmware_protocols::seal::egts::record::{Place, Record, Subrecord};
use firmware_protocols::seal::egts::{Packet, PacketType, encode};
use firmware_protocols::seal::jointech::binary;
use firmware_protocols::seal::{Message, Position, SealEvent, jointech, scanned};
use firmware_protocols::{Dialect, Reading};
use jiff::{SignedDuration, Timestamp};

use crate::check::decode;

/// What one message of a dialect says.
#[track_caller]
fn says(dialect: Dialect, bytes: &[u8]) -> Message {
    match &decode(dialect, &[bytes])[..] {
        [Ok(Reading::Seal(message))] => message.clone(),
        other => panic!("{dialect}: {other:?}"),
    }
}

#[test]
fn the_seven_classes_of_the_commission_come_with_json_and_no_other_code_is_normal() {
    let expected = [
        SealEvent::ElementViolated,
        SealEvent::HousingViolated,
        SealEvent::OffRoute,
        SealEvent::Malfunction,
        SealEvent::LowBattery,
        SealEvent::Silent,
        SealEvent::Unauthorised,
    ];
    for code in 0..=99_u32 {
        let message = says(
            Dialect::Json,
            format!("{{\"v\":1,\"seal\":\"KZ1\",\"event\":\"{code:02}\"}}\n").as_bytes(),
        );
        let known = code.checked_sub(1).and_then(|at| expected.get(at as usize)).copied();
        assert_eq!(message.event, Some(known.unwrap_or(SealEvent::UnknownClass(code))), "{code}");
        assert_eq!(message.event.unwrap().number(), code, "the code is kept");
    }
}

#[test]
fn a_makers_number_is_never_taken_for_a_class() {
    for number in 0..=99_u32 {
        let text = format!(
            "(8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,0,{number},0,0000000000,0,0,9,0)"
        );
        let message = says(Dialect::Jointech, text.as_bytes());
        assert_eq!(
            (message.event, message.event.and_then(SealEvent::class)),
            (Some(SealEvent::Maker(number)), None)
        );
    }
}

#[test]
fn a_number_on_a_barcode_is_a_seals_as_it_was_scanned() {
    for (text, number) in [
        ("KZ0012345", Some("KZ0012345")),
        (" ML-KZ 012 3456\r\n", Some("ML-KZ 012 3456")),
        ("К448812", Some("К448812")),
        ("к448812.", Some("к448812.")),
        ("12/34#5_6", Some("12/34#5_6")),
        ("", None),
        ("KZKZ", None),
        ("https://maker.example/s?n=12345", None),
        ("a\u{1d}21KZ0012345", None),
        ("1234567890123456789012345678901234567890 1", None),
    ] {
        let message = scanned(text);
        assert_eq!(message.as_ref().map(|message| message.seal.as_str()), number, "{text}");
        // A number alone says nothing of the seal's state.
        assert!(message.is_none_or(|message| message.locked.is_none() && message.event.is_none()));
    }
}

/// Messages of one seal at these minutes with these indexes, each as its dialect says it.
fn ids(dialect: Dialect, messages: &[(i64, u8)]) -> Vec<String> {
    messages
        .iter()
        .map(|(minute, index)| {
            let begin: Timestamp = "2026-05-21T11:00:00Z".parse().unwrap();
            let at = begin + SignedDuration::from_mins(*minute);
            let bytes = match dialect {
                Dialect::JointechText => {
                    let mut message = Message::new("8000632862", "P45");
                    message.event = Some(SealEvent::Maker(5));
                    message.device_time = Some(at);
                    message.message_id = Some(jointech::message_id(Some(at), (*index).into()));
                    jointech::encode_event(&message).unwrap()
                }
                Dialect::Jointech => {
                    let position = Position::NoFix;
                    let (seal, protocol, status, battery) = ("7500123456", 0x11, 0x20e0, 90);
                    binary::encode(&binary::Long {
                        seal,
                        protocol,
                        at,
                        position,
                        status,
                        battery,
                        index: *index,
                    })
                    .unwrap()
                }
                _ => {
                    let place = Place {
                        at,
                        position: Position::NoFix,
                        from_memory: true,
                        odometer_hm: 0,
                        inputs: 0,
                        source: 10,
                        source_data: None,
                    };
                    let parts = vec![Subrecord::Place(place)];
                    let record =
                        Record { object: Some(7), parts, ..Record::of((*index).into(), 2) };
                    encode(&Packet {
                        id: 1,
                        kind: PacketType::Data,
                        answers: None,
                        records: vec![record],
                    })
                    .unwrap()
                }
            };
            let message = says(dialect, &bytes);
            assert_eq!(message.device_time, Some(at), "{dialect}");
            message.message_id.unwrap()
        })
        .collect()
}

#[test]
fn late_repeated_and_out_of_order_messages_can_be_told_apart() {
    for dialect in [Dialect::JointechText, Dialect::Jointech, Dialect::Egts] {
        // Said again, and out of order: the same message has the same id, wherever it comes.
        let ids = |messages: &[(i64, u8)]| ids(dialect, messages);
        let told = ids(&[(3, 12), (1, 10), (2, 11), (1, 10), (3, 12)]);
        assert_eq!((&told[1], &told[0]), (&told[3], &told[4]), "{dialect}");
        assert!(told[0] != told[1] && told[1] != told[2], "{dialect}: {told:?}");
        // Two alarms at the same moment are two, and so are two with one index, which begins anew after 255.
        let [first, second] = &ids(&[(5, 1), (5, 2)])[..] else { panic!() };
        assert_ne!(first, second, "{dialect}");
        let [first, second] = &ids(&[(0, 200), (256, 200)])[..] else { panic!() };
        assert_ne!(first, second, "{dialect}");
    }
}

#[test]
fn a_clock_that_lies_in_the_future_is_told_as_it_is() {
    let message = says(Dialect::Json, b"{\"v\":1,\"seal\":\"KZ1\",\"msg\":\"e-7\",\"ts\":\"2099-01-01T00:00:00Z\",\"recv\":\"2026-05-21T11:00:02Z\",\"event\":\"01\"}\n");
    assert_eq!(message.message_id.as_deref(), Some("e-7"));
    assert_eq!(message.device_time.unwrap().to_string(), "2099-01-01T00:00:00Z");
    assert_eq!(message.relayed_at.unwrap().to_string(), "2026-05-21T11:00:02Z");
}
