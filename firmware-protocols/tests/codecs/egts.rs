//! EGTS terminals: packets byte for byte, both check sums, what is answered, and what makes a seal.

use std::time::Duration;

use expect_test::{Expect, expect};
use firmware_protocols::conversation::Answering;
use firmware_protocols::seal::egts::record::{Loops, Place, Record, Subrecord, TELEDATA_SERVICE};
use firmware_protocols::seal::egts::{Decoder, Packet, PacketType, decode as packet, encode};
use firmware_protocols::seal::{Housing, Message, Position, SealEvent};
use firmware_protocols::{Conversation, Dialect, FaultKind, Raw, Reading, Settings};
use jiff::Timestamp;
use proptest::prelude::*;
use rust_decimal::Decimal;
use units::Microdegrees;

use crate::check::{check, decode, decode_with};

/// The example of a public implementation's test: object 133552 near Moscow on 5 July 2018.
const EXAMPLE: &[u8] = b"\x01\x00\x03\x0B\x00\x23\x00\x8A\x00\x01\x49\x18\x00\x61\x00\x99\xB0\x09\x02\x00\x02\x02\x10\x15\x00\
    \xD5\x3F\x01\x10\x6F\x1C\x05\x9E\x7A\xB5\x3C\x35\x01\xD0\x87\x2C\x01\x00\x00\x00\x00\xCC\x27";

#[test]
fn the_public_example_is_read() {
    check(
        Dialect::Egts,
        EXAMPLE,
        &expect![[r#"
            {"seal":{"seal":"133552","command":"SR_POS_DATA","message_id":"2018-07-05T20:08:53Z/97","device_time":"2018-07-05T20:08:53Z","position":{"fix":{"latitude_microdeg":55553894,"longitude_microdeg":37432367,"speed_raw":"200.0","course_deg":300}},"fields":["source 0","inputs 00","odometer 1 hm"]}}
        "#]],
    );
}

#[test]
fn what_is_not_about_a_seal_is_passed_over_and_kept() {
    // The second public example: an event number, a place from memory with an altitude, a level of fuel. It names no object, and nobody introduced
    // himself.
    let bytes = b"\x01\x00\x02\x0b\x00\x30\x00\x00\x12\x01\x84\x25\x00\x86\x00\x12\x6c\x0d\x00\x00\x02\x02\x10\x18\x00\x30\x1d\xf3\x14\
        \x65\xce\x86\x85\xde\x57\xff\xca\x9b\x54\x01\xac\xbf\x00\x00\x90\x00\x1e\x00\x00\x1b\x07\x00\x41\x01\x00\x00\x00\x00\x00\xf0\xe8";
    check(
        Dialect::Egts,
        bytes,
        &expect![[r#"
            {"fault":{"kind":"bad-field","detail":"record 134 names no object, and the terminal has not introduced itself","excerpt":"\\x01\\x00\\x02\\x0b\\x000\\x00\\x00\\x12\\x01\\x84%\\x00\\x86\\x00\\x12l\\x0d\\x00\\x00\\x02\\x02\\x10\\x18\\x000\\x1d\\xf3\\x14e\\xce\\x86\\x85\\xdeW\\xff\\xca\\x9bT\\x01\\xac\\xbf\\x00\\x00\\x90\\x00\\x1e\\x00\\x00\\x1b\\x07\\x00A\\x01\\x00\\x00\\x00\\x00\\x00\\xf0\\xe8","bytes":61}}
        "#]],
    );
    let introduction = data(1, [Record { parts: vec![identity(77)], ..Record::of(1, 1) }]);
    check(
        Dialect::Egts,
        &[&introduction, bytes.as_slice()].concat(),
        &expect![[r#"
            {"seal_reader":{"alive":{"said":"PT_APPDATA"}}}
            {"seal":{"seal":"77","command":"SR_POS_DATA","message_id":"2021-02-20T00:30:40Z/134","device_time":"2021-02-20T00:30:40Z","position":{"fix":{"latitude_microdeg":46942941,"longitude_microdeg":142732571,"speed_raw":"34.0","course_deg":172}},"fields":["evid 3436","source 0","inputs 90","odometer 191 hm","from-memory","sr27 41010000000000"]}}
        "#]],
    );
}

fn identity(terminal: u32) -> Subrecord {
    Subrecord::Identity { terminal, rest: vec![0] }
}

fn data<const COUNT: usize>(id: u16, records: [Record; COUNT]) -> Vec<u8> {
    encode(&Packet { id, kind: PacketType::Data, answers: None, records: records.to_vec() })
        .unwrap()
}

fn place(source: u8) -> Place {
    Place {
        at: "2026-05-21T11:00:00Z".parse().unwrap(),
        position: Position::Fix {
            latitude_microdeg: Microdegrees(44_123_400),
            longitude_microdeg: Microdegrees(80_432_100),
            speed_raw: Some(Decimal::new(0, 1)),
            course_deg: Some(270),
        },
        from_memory: false,
        odometer_hm: 12,
        inputs: 0x81,
        source,
        source_data: None,
    }
}

fn record(parts: Vec<Subrecord>) -> Record {
    Record { object: Some(40_001), parts, ..Record::of(5, TELEDATA_SERVICE) }
}

/// A packet of two records, and of everything that a record can say around two places.
pub(crate) fn of_many_parts() -> Vec<u8> {
    let loops = Subrecord::Loops((1..=8).map(|number| (number, 15)).collect());
    let precision =
        Subrecord::Precision { horizontal_hundredths: Some(u16::MAX), satellites: Some(u8::MAX) };
    let power = Subrecord::Power { main_dv: 255, backup_dv: 255, internal_dv: 255 };
    let other = Subrecord::Other { kind: 255, data: vec![0xff; 64] };
    // Flags that announce more than follows.
    let odd = Subrecord::Other { kind: 22, data: vec![0xff] };
    let late = Place {
        from_memory: true,
        odometer_hm: 0xff_ffff,
        source_data: Some(u16::MAX),
        ..place(10)
    };
    let parts = vec![
        precision.clone(),
        Subrecord::Place(place(0)),
        loops.clone(),
        power.clone(),
        Subrecord::Place(late),
        precision,
        loops,
        power,
        other,
        odd,
    ];
    let first = Record { event: Some(u32::MAX), object: Some(u32::MAX), ..record(parts) };
    data(u16::MAX, [first, record(vec![Subrecord::Loops(Loops::from_iter([(2, 0)]))])])
}

/// What one record of these parts says of the seal.
#[track_caller]
fn says(settings: &Settings, parts: Vec<Subrecord>) -> Message {
    let items = decode_with(Dialect::Egts, settings, &[&data(3, [record(parts)])]);
    let [Ok(Reading::Seal(message))] = &items[..] else { panic!("{items:?}") };
    message.clone()
}

#[test]
fn the_housing_tells_that_it_was_opened_and_no_other_source_is_given_a_meaning() {
    let none = Settings::default();
    let says = |source| says(&none, vec![Subrecord::Place(place(source))]);
    assert_eq!(
        (says(10).event, says(10).housing),
        (Some(SealEvent::HousingViolated), Some(Housing::Open))
    );
    for timer in [0, 1, 2, 3, 5] {
        assert_eq!(says(timer).event, None, "{timer}");
    }
    for other in [4, 6, 12, 13, 22, 99, 255] {
        assert_eq!(
            says(other).event,
            Some(SealEvent::Maker(other.into())),
            "never normal: {other}"
        );
    }
}

#[test]
fn the_loop_that_the_site_names_is_the_seal() {
    let named = Settings { seal_loop: Some(3), ..Settings::default() };
    let loops = |state| {
        vec![
            Subrecord::Place(place(0)),
            Subrecord::Loops(Loops::from_iter([(1, 8), (3, state), (8, 1)])),
        ]
    };
    for (state, locked, event) in [
        (0, true, None),
        (1, false, Some(SealEvent::ElementViolated)),
        (2, false, Some(SealEvent::ElementViolated)),
        (4, false, Some(SealEvent::ElementViolated)),
        (8, false, Some(SealEvent::ElementViolated)),
    ] {
        let message = says(&named, loops(state));
        assert_eq!((message.locked, message.event), (Some(locked), event), "{state}");
        let unnamed = says(&Settings::default(), loops(state));
        assert_eq!((unnamed.locked, unnamed.event), (None, None), "{state}");
        assert!(unnamed.fields.contains(&format!("loop 3 {state}")), "{unnamed:?}");
    }
    // Without a place the record's own time stands.
    let alone = says(&named, vec![Subrecord::Loops(Loops::from_iter([(3, 2)]))]);
    assert_eq!(
        (alone.position, alone.event),
        (Position::NotSent, Some(SealEvent::ElementViolated))
    );
}

#[test]
fn a_subrecord_of_another_length_never_costs_the_place_beside_it() {
    let named = Settings { seal_loop: Some(3), ..Settings::default() };
    for kind in [0, 1, 9, 17, 22] {
        // Flags that announce more than follows.
        let odd = Subrecord::Other { kind, data: vec![0xff] };
        let message = says(&named, vec![Subrecord::Place(place(10)), odd]);
        assert_eq!(message.event, Some(SealEvent::HousingViolated), "{kind}");
        assert_eq!(message.locked, None, "{kind}: a loop that could not be read is neither");
    }
    // A place that is too short is told, and comes again because it is not answered.
    let short = data(3, [record(vec![Subrecord::Other { kind: 16, data: vec![0; 20] }])]);
    let items = decode(Dialect::Egts, &[&short]);
    assert!(matches!(&items[..], [Err(fault)] if fault.kind == FaultKind::BadField), "{items:?}");
}

#[test]
fn a_place_from_memory_and_one_that_is_none_are_told_so() {
    let late = Place { from_memory: true, position: Position::NoFix, ..place(0) };
    let message = says(&Settings::default(), vec![Subrecord::Place(late)]);
    assert_eq!(message.position, Position::NoFix);
    assert!(message.fields.contains(&"from-memory".to_owned()));
    assert_eq!(
        message.message_id.as_deref(),
        Some("2026-05-21T11:00:00Z/5"),
        "time and number: late is told from again"
    );
}

#[test]
fn both_check_sums_lengths_and_what_is_not_decoded_are_faults() {
    // byte, what it is xored with, the fault
    for (at, bits, kind) in [
        (10, 0xff, FaultKind::WrongChecksum),
        (30, 0x01, FaultKind::WrongChecksum),
        (EXAMPLE.len() - 1, 0x01, FaultKind::WrongChecksum),
    ] {
        let mut broken = EXAMPLE.to_vec();
        broken[at] ^= bits;
        assert_eq!(packet(&broken).unwrap_err().kind, kind, "{at}");
        let items = decode(Dialect::Egts, &[&broken, EXAMPLE]);
        assert_eq!(items[0].as_ref().unwrap_err().kind, kind, "{at}: {items:?}");
        assert!(items.last().unwrap().is_ok(), "{at}");
    }
    assert_eq!(packet(&EXAMPLE[1..]).unwrap_err().kind, FaultKind::WrongLength);
    for (flags, kind) in [(0x08, 1), (0x04, 1), (0x00, 2)] {
        let changed = rewritten(|header| (header[2], header[9]) = (flags, kind));
        assert_eq!(packet(&changed).unwrap_err().kind, FaultKind::NotDecoded, "{flags}, {kind}");
    }
    // A subrecord that claims more than its record has, under check sums that fit.
    let long = Subrecord::Other { kind: 16, data: vec![0; 20] };
    let fault = packet(&data(1, [record(vec![long])])).unwrap_err();
    assert_eq!(
        (fault.kind, fault.detail.as_str()),
        (FaultKind::BadField, "SRC needs 1 bytes, and 0 are left")
    );
}

/// The example with another header under its right check sum.
fn rewritten(change: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut bytes = EXAMPLE.to_vec();
    change(&mut bytes);
    (0..=255_u8)
        .map(|check| {
            bytes[10] = check;
            bytes.clone()
        })
        .find(|bytes| {
            packet(bytes).err().is_none_or(|fault| fault.kind != FaultKind::WrongChecksum)
        })
        .unwrap()
}

/// What is answered to these packets, one hexadecimal line each.
#[track_caller]
fn answered(bytes: &[u8], expected: &Expect) {
    let mut conversation = Answering::<Decoder>::new(&Settings::default());
    let now = Duration::ZERO;
    let mut heard = Vec::new();
    conversation.opened(now);
    conversation.decode(now, bytes, &mut heard);
    let mut lines = String::new();
    while let Some(answer) = conversation.poll_transmit(now) {
        let read = packet(&answer).unwrap();
        lines += &format!("{:?} {:?}\n", Raw(answer.clone()), read);
    }
    expected.assert_eq(&lines);
}

#[test]
fn every_record_is_confirmed_and_a_terminal_that_introduces_itself_is_welcome() {
    answered(
        EXAMPLE,
        &expect![[r#"
            "\x01\x00\x00\x0b\x00\x10\x00\x00\x00\x00h\x8a\x00\x00\x06\x00a\x00\x00\x02\x02\x00\x03\x00a\x00\x00\xd6'" Packet { id: 0, kind: Response, answers: Some((138, 0)), records: [Record { number: 97, object: None, event: None, at: None, service: 2, parts: [Confirmed { record: 97, result: 0 }] }] }
        "#]],
    );
    let introduction = data(9, [Record { parts: vec![identity(77)], ..Record::of(1, 1) }]);
    answered(
        &introduction,
        &expect![[r#"
            "\x01\x00\x00\x0b\x00\x10\x00\x00\x00\x00h\x09\x00\x00\x06\x00\x01\x00\x00\x01\x01\x00\x03\x00\x01\x00\x00\xd9\xa2" Packet { id: 0, kind: Response, answers: Some((9, 0)), records: [Record { number: 1, object: None, event: None, at: None, service: 1, parts: [Confirmed { record: 1, result: 0 }] }] }
            "\x01\x00\x00\x0b\x00\x0b\x00\x01\x00\x01\x19\x04\x00\x01\x00\x00\x01\x01\x09\x01\x00\x00\xddE" Packet { id: 1, kind: Data, answers: None, records: [Record { number: 1, object: None, event: None, at: None, service: 1, parts: [Result(0)] }] }
        "#]],
    );
    // What is whole and cannot be read is refused, or it would come for ever: here a signed packet.
    answered(
        &rewritten(|header| header[9] = 2),
        &expect![[r#"
        "\x01\x00\x00\x0b\x00\x03\x00\x00\x00\x00P\x8a\x00\x84\x0b\xe1" Packet { id: 0, kind: Response, answers: Some((138, 132)), records: [] }
    "#]],
    );
    // An answer is not answered, and neither is a packet that is broken.
    let answer = encode(&Packet {
        id: 4,
        kind: PacketType::Response,
        answers: Some((1, 0)),
        records: vec![],
    });
    answered(&answer.unwrap(), &expect![""]);
    answered(&EXAMPLE[..40], &expect![""]);
}

#[test]
fn who_is_at_the_other_end_is_forgotten_with_the_link() {
    let introduction = data(1, [Record { parts: vec![identity(77)], ..Record::of(1, 1) }]);
    let anonymous = data(
        2,
        [Record { parts: vec![Subrecord::Place(place(0))], ..Record::of(2, TELEDATA_SERVICE) }],
    );
    let mut decoder = firmware_protocols::Decoder::new(Dialect::Egts);
    assert!(decoder.decode(&[introduction, anonymous.clone()].concat()).iter().all(Result::is_ok));
    decoder.reset();
    let items = decoder.decode(&anonymous);
    assert_eq!(items[0].as_ref().unwrap_err().kind, FaultKind::BadField);
}

#[test]
fn unknown_subrecords_are_counted() {
    use firmware_protocols::Codec;
    let mut decoder = Decoder::new(&Settings::default());
    let other = |kind| Subrecord::Other { kind, data: vec![1, 2] };
    let mut out = Vec::new();
    decoder
        .push(&data(1, [record(vec![other(27), other(99), Subrecord::Place(place(0))])]), &mut out);
    assert_eq!((decoder.passed_over(), out.len()), (2, 1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        (latitude, longitude) in (-90_000_000..=90_000_000_i32, 1..=180_000_000_i32),
        (speed, course) in (0..16_384_i64, 0..=360_u16),
        seconds in 1_300_000_000..5_000_000_000_i64,
        (inputs, source, from_memory, id, number) in any::<(u8, u8, bool, u16, u16)>(),
        source_data in any::<Option<u16>>(),
        object in any::<Option<u32>>(),
        loops in prop::collection::btree_map(1..=8_u8, 0..16_u8, 1..=8),
    ) {
        let place = Place {
            at: Timestamp::from_second(seconds).unwrap(),
            position: Position::Fix {
                latitude_microdeg: Microdegrees(latitude),
                longitude_microdeg: Microdegrees(longitude),
                speed_raw: Some(Decimal::new(speed, 1)),
                course_deg: Some(course),
            },
            from_memory,
            odometer_hm: 0x00ab_cdef,
            inputs,
            source,
            source_data,
        };
        let precision = Subrecord::Precision { horizontal_hundredths: source_data, satellites: Some(inputs) };
        let power = Subrecord::Power { main_dv: inputs, backup_dv: source, internal_dv: 37 };
        let parts = vec![Subrecord::Place(place), precision, power, Subrecord::Loops(loops.into_iter().collect())];
        let record = Record { object, event: Some(3), at: Some(Timestamp::from_second(1_700_000_000).unwrap()), parts, ..Record::of(number, 2) };
        let written = Packet { id, kind: PacketType::Data, answers: None, records: vec![record.clone(), record] };
        prop_assert_eq!(packet(&encode(&written).unwrap()).unwrap(), written);
    }
}
