//! Serial readers of tags: the public frames byte for byte, no tag that is no fault, tags told unasked, refusals, and questions put again.

use std::time::Duration;

use expect_test::{Expect, expect};
use firmware_protocols::conversation::Moment;
use firmware_protocols::seal::{m100, uhfreader18};
use firmware_protocols::{Dialect, FaultKind, Item, Reading, Settings, limits};
use proptest::prelude::*;

use crate::check::{check, cut_everywhere, decode, decode_with};

/// The frame of a public capture.
const ONE: &[u8] =
    b"\x13\x00\x0F\x01\x01\x0C\xE2\x84\x36\x11\x00\x00\x10\x00\x09\x49\x44\xAA\xDA\xFF";
/// Told unasked, from two public logs.
const SCANNED: &[u8] = b"\x11\x00\xEE\x00\xE2\x00\x00\x20\x40\x13\x02\x16\x25\x10\xBB\xEC\xB1\xB1";
const NO_TAG: &[u8] = b"\x05\x00\x01\xFB\xF2\x3D";
const INFORMATION: &[u8] = b"\x0D\x00\x21\x00\x05\x02\x86\x02\x31\x80\x1A\x14\x97\x5C";

/// The maker's example of a tag, and of none.
const M100_TAG: &[u8] = b"\xBB\x02\x22\x00\x11\xC9\x34\x00\x30\x75\x1F\xEB\x70\x5C\x59\x04\xE3\xD5\x0D\x70\x3A\x76\xEF\x7E";
const M100_NONE: &[u8] = b"\xBB\x01\xFF\x00\x01\x15\x16\x7E";

#[test]
fn the_public_frames_of_the_uhfreader18_family_are_read() {
    check(
        Dialect::UhfReader18,
        &[ONE, SCANNED, NO_TAG, INFORMATION].concat(),
        &expect![[r#"
            {"seal":{"seal":"E284361100001000094944AA","command":"tag","position":"not_sent","tag":{"times":1}}}
            {"seal":{"seal":"E2000020401302162510BBEC","command":"tag","position":"not_sent","tag":{"times":1}}}
            {"seal_reader":"no_tag"}
            {"seal_reader":{"alive":{"said":"information"}}}
        "#]],
    );
}

#[test]
fn the_public_frames_of_the_m100_are_read() {
    check(
        Dialect::M100,
        &[M100_TAG, M100_NONE, M100_TAG].concat(),
        &expect![[r#"
            {"seal":{"seal":"30751FEB705C5904E3D50D70","command":"tag","position":"not_sent","tag":{"rssi_dbm":-55,"times":1}}}
            {"seal_reader":"no_tag"}
            {"seal":{"seal":"30751FEB705C5904E3D50D70","command":"tag","position":"not_sent","tag":{"rssi_dbm":-55,"times":1}}}
        "#]],
    );
}

#[test]
fn questions_are_the_public_ones_byte_for_byte() {
    assert_eq!(uhfreader18::encode_question(0, 0x01), b"\x04\x00\x01\xDB\x4B");
    assert_eq!(uhfreader18::encode_question(0, 0x0f), b"\x04\x00\x0F\xA5\xA2");
    assert_eq!(uhfreader18::encode_question(0, 0x21), b"\x04\x00\x21\xD9\x6A");
    assert_eq!(m100::encode_question(), b"\xBB\x00\x22\x00\x00\x22\x7E");
    assert_eq!(m100::encode(&m100::Said::Error(0x15)), M100_NONE);
    // The maker's tag says in its PC that it has user memory; ours does not.
    let tag = m100::decode(M100_TAG).unwrap();
    assert_eq!(m100::decode(&m100::encode(&tag)).unwrap(), tag);
    for frame in [ONE, SCANNED, NO_TAG] {
        assert_eq!(uhfreader18::encode(&uhfreader18::decode(frame).unwrap()), frame);
    }
}

fn answer(command: u8, status: u8, tags: &[&[u8]]) -> Vec<u8> {
    let tags = tags.iter().map(|tag| tag.to_vec()).collect();
    uhfreader18::encode(&uhfreader18::Answer { address: 0, command, status, tags })
}

#[test]
fn several_tags_in_one_answer_are_several_readings() {
    let items = decode(
        Dialect::UhfReader18,
        &[&answer(1, 1, &[b"\xe2\x80", b"\x30\x08\x33\xb2", b"\x11\x22"])],
    );
    let seals: Vec<&str> = items
        .iter()
        .map(|item| match item {
            Ok(Reading::Seal(message)) => message.seal.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seals, ["E280", "300833B2", "1122"]);
}

/// The fault that a broken frame gives, and that the next is read.
#[track_caller]
fn broken(dialect: Dialect, frame: &[u8], good: &[u8], kind: FaultKind) {
    let bytes = [frame, good].concat();
    let items = decode(dialect, &[&bytes]);
    assert_eq!(items[0].as_ref().unwrap_err().kind, kind, "{items:?}");
    assert!(items.last().unwrap().is_ok(), "{items:?}");
    cut_everywhere(dialect, &bytes, &items);
}

#[test]
fn frames_that_are_not_whole_are_faults_and_the_next_is_read() {
    let with = |frame: &[u8], at: usize, byte: u8| {
        let mut frame = frame.to_vec();
        frame[at] = byte;
        frame
    };
    let uhf = Dialect::UhfReader18;
    broken(uhf, &with(ONE, 8, 0), ONE, FaultKind::WrongChecksum);
    broken(uhf, &with(ONE, 1, 5), ONE, FaultKind::Noise);
    broken(uhf, b"\x03\x00\x01", ONE, FaultKind::Noise);
    // Under a right check sum: more tags than bytes, an odd EPC, an empty one, bytes that are left.
    for tags in [&[&b"\xe2\x80\x11"[..]][..], &[b""], &[&[7; 64]]] {
        broken(uhf, &answer(1, 1, tags), ONE, FaultKind::BadField);
    }
    let counted = uhfreader18::encode(&uhfreader18::Answer {
        address: 0,
        command: 0xee,
        status: 0,
        tags: vec![],
    });
    broken(uhf, &counted, ONE, FaultKind::BadField);
    let m100 = Dialect::M100;
    broken(m100, &with(M100_TAG, 9, 0), M100_TAG, FaultKind::WrongChecksum);
    broken(m100, &with(M100_TAG, 23, 0), M100_TAG, FaultKind::WrongLength);
    broken(m100, &with(M100_TAG, 1, 7), M100_TAG, FaultKind::Noise);
    // The sum is right, the tag's own check sum is not; and a PC that gives another length.
    let summed = |frame: &[u8]| {
        let mut frame = frame.to_vec();
        let end = frame.len();
        frame[end - 2] = frame[1..end - 2].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        frame
    };
    broken(m100, &summed(&with(M100_TAG, 9, 0)), M100_TAG, FaultKind::WrongChecksum);
    broken(m100, &summed(&with(M100_TAG, 6, 0x2c)), M100_TAG, FaultKind::BadField);
}

#[test]
fn errors_of_a_reader_are_told_in_words() {
    check(
        Dialect::UhfReader18,
        &[answer(1, 0xf8, &[]), answer(0x0f, 0xfe, &[]), answer(1, 0x05, &[])].concat(),
        &expect![[r#"
            {"fault":{"kind":"refused","detail":"command 01h: the antenna is faulty","excerpt":"\\x05\\x00\\x01\\xf8i\\x0f","bytes":6}}
            {"fault":{"kind":"refused","detail":"command 0Fh: the reader does not know the command, or is set to scan","excerpt":"\\x05\\x00\\x0f\\xfeO\\xf0","bytes":6}}
            {"fault":{"kind":"refused","detail":"command 01h: status 05h","excerpt":"\\x05\\x00\\x01\\x05\\x03#","bytes":6}}
        "#]],
    );
    check(
        Dialect::M100,
        &[0x09, 0x17, 0x20, 0x42].map(|code| m100::encode(&m100::Said::Error(code))).concat(),
        &expect![[r#"
            {"fault":{"kind":"refused","detail":"a tag could not be read (09h)","excerpt":"\\xbb\\x01\\xff\\x00\\x01\\x09\\x0a~","bytes":8}}
            {"fault":{"kind":"refused","detail":"the module does not know the command (17h)","excerpt":"\\xbb\\x01\\xff\\x00\\x01\\x17\\x18~","bytes":8}}
            {"fault":{"kind":"refused","detail":"every channel is taken (20h)","excerpt":"\\xbb\\x01\\xff\\x00\\x01 !~","bytes":8}}
            {"fault":{"kind":"refused","detail":"the module refuses (42h)","excerpt":"\\xbb\\x01\\xff\\x00\\x01BC~","bytes":8}}
        "#]],
    );
}

#[test]
fn a_reader_of_another_address_on_the_line_is_not_ours() {
    let settings = Settings { address: Some(3), ..Settings::default() };
    let items = decode_with(Dialect::UhfReader18, &settings, &[ONE]);
    assert!(items.iter().all(Result::is_err), "{items:?}");
}

#[test]
fn the_sign_of_the_end_inside_a_frame_does_not_end_it() {
    let epc = vec![0x7e, 0xbb, 0x7e, 0x7e];
    let frame = m100::encode(&m100::Said::Tag { rssi_dbm: -69, epc });
    let items = decode(Dialect::M100, &[&frame, M100_NONE]);
    assert!(
        matches!(&items[..], [Ok(Reading::Seal(message)), Ok(_)] if message.seal == "7EBB7E7E"),
        "{items:?}"
    );
}

/// A story: at a millisecond bytes come. What is sent is told with its moment, and what is heard.
#[track_caller]
fn told(
    dialect: Dialect,
    settings: &Settings,
    story: &[(u64, &[u8])],
    until: u64,
    expected: &Expect,
) {
    let mut reader = dialect.asker(settings).unwrap();
    let mut lines = String::new();
    let mut story = story.iter().peekable();
    let mut now = Moment::ZERO;
    assert_eq!(reader.opened(now), None);
    loop {
        let mut out: Vec<Item> = Vec::new();
        while let Some((_, bytes)) = story.next_if(|(at, _)| Moment::from_millis(*at) <= now) {
            reader.decode(now, bytes, &mut out);
        }
        reader.time_passed(now, &mut out);
        for item in out {
            let words = match item {
                Ok(Reading::Seal(message)) => {
                    let tag = message.tag.unwrap();
                    format!("{} {}{}", message.seal, tag.times, if tag.gone { " gone" } else { "" })
                }
                Ok(reading) => serde_json::to_string(&reading).unwrap(),
                Err(fault) => format!("{}: {}", fault.kind.name(), fault.detail),
            };
            lines += &format!("{} {words}\n", now.as_millis());
        }
        while let Some(request) = reader.poll_transmit(now) {
            let hex: String = request.iter().map(|byte| format!("{byte:02X}")).collect();
            lines += &format!("{} > {hex}\n", now.as_millis());
        }
        let next = story.peek().map(|(at, _)| Moment::from_millis(*at));
        let Some(next) = reader.next_timeout().into_iter().chain(next).min() else { break };
        if next > Moment::from_millis(until) {
            break;
        }
        assert!(next > now, "what is due is done");
        now = next;
    }
    expected.assert_eq(&lines);
}

fn quick() -> Settings {
    Settings {
        poll_ms: Some(200),
        answer_ms: Some(100),
        tries: Some(2),
        again_ms: Some(1000),
        hold_ms: Some(500),
        ..Settings::default()
    }
}

#[test]
fn a_reader_is_asked_and_a_tag_is_told_when_it_comes_and_goes() {
    let tag = answer(1, 1, &[b"\xe2\x80"]);
    told(
        Dialect::UhfReader18,
        &quick(),
        &[(30, &tag), (250, &tag), (480, NO_TAG), (700, NO_TAG)],
        900,
        &expect![[r#"
            0 > 040001DB4B
            30 E280 1
            230 > 040001DB4B
            450 > 040001DB4B
            480 {"seal_reader":"no_tag"}
            680 > 040001DB4B
            700 {"seal_reader":"no_tag"}
            750 E280 1 gone
            900 > 040001DB4B
        "#]],
    );
}

#[test]
fn a_module_is_asked_and_a_second_tag_after_the_first_is_heard_too() {
    let other = m100::encode(&m100::Said::Tag { rssi_dbm: -70, epc: vec![1, 2] });
    told(
        Dialect::M100,
        &quick(),
        &[
            (10, M100_TAG),
            (20, &other),
            (220, M100_NONE),
            (430, b"\xBB\x02\x22\x00\x11\xC9\x34\x00"),
        ],
        1800,
        &expect![[r#"
            0 > BB00220000227E
            10 30751FEB705C5904E3D50D70 1
            20 0102 1
            210 > BB00220000227E
            220 {"seal_reader":"no_tag"}
            420 > BB00220000227E
            510 30751FEB705C5904E3D50D70 0 gone
            520 cut-off: the link ended inside a frame
            520 0102 0 gone
            520 > BB00220000227E
            620 no-answer: asked 2 times, no answer within 100 ms; asked again in 1000 ms
            1620 > BB00220000227E
            1720 > BB00220000227E
        "#]],
    );
}

#[test]
fn a_reader_that_does_not_know_the_question_is_asked_the_other_one() {
    told(
        Dialect::UhfReader18,
        &quick(),
        &[
            (20, &answer(1, 0xfe, &[])),
            (230, ONE),
            (440, SCANNED),
            (445, &answer(0x0f, 0xfb, &[])),
            (500, SCANNED),
            (510, ONE),
        ],
        640,
        &expect![[r#"
            0 > 040001DB4B
            20 refused: command 01h: the reader does not know the command, or is set to scan
            220 > 04000FA5A2
            230 E284361100001000094944AA 1
            430 > 04000FA5A2
            440 E2000020401302162510BBEC 1
            445 {"seal_reader":"no_tag"}
            510 unasked: an answer to a question that was not asked, or is no longer
        "#]],
    );
}

#[test]
fn an_answer_in_two_parts_is_waited_for_and_a_broken_one_is_asked_for_again() {
    let mut bad = answer(1, 1, &[b"\xe2\x80"]);
    bad[7] ^= 1;
    told(
        Dialect::UhfReader18,
        &quick(),
        &[
            (20, &answer(1, 3, &[b"\x11\x11"])),
            (40, &answer(1, 1, &[b"\x22\x22"])),
            (250, &bad),
            (320, NO_TAG),
        ],
        400,
        &expect![[r#"
            0 > 040001DB4B
            20 1111 1
            40 2222 1
            240 > 040001DB4B
            250 wrong-checksum: the check sum of these bytes is 394B
            300 > 040001DB4B
            320 {"seal_reader":"no_tag"}
        "#]],
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_tag_survives_the_wire(
        words in prop::collection::vec(prop::collection::vec(any::<[u8; 2]>(), 1..=31), 1..4),
        (rssi_dbm, address) in any::<(i8, u8)>(),
    ) {
        let tags: Vec<Vec<u8>> = words.into_iter().map(|words| words.concat()).collect();
        let said = m100::Said::Tag { rssi_dbm, epc: tags[0].clone() };
        let frame = m100::encode(&said);
        prop_assert!(frame.len() < limits::TAG_MODULE_BYTES);
        prop_assert_eq!(m100::decode(&frame).unwrap(), said);
        let answer = uhfreader18::Answer { address, command: 1, status: 1, tags };
        prop_assert_eq!(uhfreader18::decode(&uhfreader18::encode(&answer)).unwrap(), answer);
    }

    #[test]
    fn a_reader_that_says_anything_at_any_time_leaves_the_conversation_whole(
        dialect in prop::sample::select(vec![Dialect::UhfReader18, Dialect::M100]),
        story in prop::collection::vec((prop_oneof![
            Just(ONE.to_vec()), Just(SCANNED.to_vec()), Just(NO_TAG.to_vec()), Just(M100_TAG.to_vec()), Just(M100_NONE.to_vec()),
            prop::collection::vec(any::<u8>(), 0..40),
        ], 0..2000_u64), 0..60),
    ) {
        let mut reader = dialect.asker(&Settings::default()).unwrap();
        let (mut now, mut out) = (Moment::ZERO, Vec::new());
        reader.opened(now);
        for (bytes, step) in story {
            now += Duration::from_millis(step);
            reader.time_passed(now, &mut out);
            reader.decode(now, &bytes, &mut out);
            while reader.poll_transmit(now).is_some() {}
            prop_assert!(reader.next_timeout().is_some_and(|due| due > now));
        }
    }
}
