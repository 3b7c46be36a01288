//! Navigation seals in text: every public vector, the answers they wait for, and positions that are none.

use expect_test::{Expect, expect};
use firmware_protocols::seal::{Message, Position, SealEvent, jointech};
use firmware_protocols::{Dialect, FaultKind};
use units::{Microdegrees, Percent};

use crate::check::{cut_everywhere, decode, recording, text};

fn check(bytes: &str, expected: Expect) {
    crate::check::check(Dialect::JointechText, bytes.as_bytes(), &expected);
}

#[test]
fn an_event_with_a_fix_is_read() {
    check(
        "(8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)",
        expect![[r#"
            {"seal":{"seal":"8000632862","command":"P45","message_id":"2022-03-29T13:24:12Z/9","device_time":"2022-03-29T13:24:12Z","event":{"maker":5},"position":{"fix":{"latitude_microdeg":-25282170,"longitude_microdeg":-57546830,"speed_raw":"0","course_deg":0}},"fields":["0","0","0","0"]}}
        "#]],
    );
}

#[test]
fn a_status_is_read_with_its_bits_as_they_come() {
    check(
        "(3301210003,U01,040812,185302,T,22.564025,N,113.242329,E,5.21,152,9,32%,00000000000011,10133,5173,22,100,1)\
         (3301210003,U06,1,040812,185302,T,22.564025,N,113.242329,E,5,152,9,32%,0000000000011,10133,5173,22,100,1,300,100,10)",
        expect![[r#"
            {"seal":{"seal":"3301210003","command":"U01","message_id":"U01:2012-08-04T18:53:02Z/1","device_time":"2012-08-04T18:53:02Z","battery_percent":32,"position":{"fix":{"latitude_microdeg":22564025,"longitude_microdeg":113242329,"speed_raw":"5.21","course_deg":152}},"fields":["00000000000011","10133","5173","22","100","1"]}}
            {"seal":{"seal":"3301210003","command":"U06","message_id":"1:U06:2012-08-04T18:53:02Z/1","device_time":"2012-08-04T18:53:02Z","event":{"maker":1},"battery_percent":32,"position":{"fix":{"latitude_microdeg":22564025,"longitude_microdeg":113242329,"speed_raw":"5","course_deg":152}},"fields":["0000000000011","10133","5173","22","100","1","300","100","10"]}}
        "#]],
    );
}

#[test]
fn an_invalid_fix_is_no_position_and_no_time() {
    check(
        "(3460311327,U01,010100,000024,F,0.000000,N,0.000000,E,0.00,0,0,100%,00000001000000,263,1,18,0,0,33)\r\n\
         (8000632862,P45,290322,132412,00.00000,N,00.00000,E,V,0,0,5,0,0000000000,0,0,9,0)\r\n",
        expect![[r#"
            {"seal":{"seal":"3460311327","command":"U01","battery_percent":100,"position":"no_fix","fields":["00000001000000","263","1","18","0","0","33"]}}
            {"seal":{"seal":"8000632862","command":"P45","message_id":"2022-03-29T13:24:12Z/9","device_time":"2022-03-29T13:24:12Z","event":{"maker":5},"position":"no_fix","fields":["0","0","0","0"]}}
        "#]],
    );
}

#[test]
fn the_older_text_gives_degrees_and_minutes() {
    check(
        "(3110312099,W01,11404.6204,E,2232.9961,N,A,040511,063736,4,7,100,4,17,1,1,company)",
        expect![[r#"
            {"seal":{"seal":"3110312099","command":"W01","message_id":"W01:2011-05-04T06:37:36Z/0","device_time":"2011-05-04T06:37:36Z","position":{"fix":{"latitude_microdeg":22549935,"longitude_microdeg":114077007,"speed_raw":"4","course_deg":null}},"fields":["7","100","4","17","1","1","company"]}}
        "#]],
    );
}

#[test]
fn heartbeats_and_unknown_commands_are_kept() {
    check(
        "(3460311327,@JT)(3301210003,U04)(6221107674,2,U09,129,2,A)(3301210003,XY7,1,2)",
        expect![[r#"
        {"seal":{"seal":"3460311327","command":"@JT","position":"not_sent"}}
        {"seal":{"seal":"3301210003","command":"U04","position":"not_sent"}}
        {"seal":{"seal":"6221107674","command":"2","position":"not_sent","fields":["U09","129","2","A"]}}
        {"seal":{"seal":"3301210003","command":"XY7","position":"not_sent","fields":["1","2"]}}
    "#]],
    );
}

#[test]
fn each_field_that_is_taken_is_checked_and_the_next_message_is_read() {
    check(
        "(80006328x2,P45,290322)\
         (8000632862,P45,310222,132412,25.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)\
         (8000632862,P45,290322,242412,25.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)\
         (8000632862,P45,290322,132412,95.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)\
         (8000632862,P45,290322,132412,25.28217,X,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)\
         (8000632862,P45,290322,132412,25.28217,S,57.54683,W,Q,0,0,5,0,0000000000,0,0,9,0)\
         (8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,361,5,0,0000000000,0,0,9,0)\
         (3301210003,U01,040812,185302,T,22.564025,N,113.242329,E,5,152,9,132%,00000000000011)\
         (3301210003,U01,040812,185302,T,22.564025,N,113.242329,E,5,152,9,32%,00000000000021)\
         (8000632862,P45,290322,132412)\
         (\u{1}8000632862,P45)\
         (3460311327,@JT)",
        expect![[r#"
            {"fault":{"kind":"bad-field","detail":"field 1 (`80006328x2`) is no seal number of digits","excerpt":"(80006328x2,P45,290322)","bytes":23}}
            {"fault":{"kind":"bad-field","detail":"field 3 (`310222`) is no date ddmmyy","excerpt":"(8000632862,P45,310222,132412,25.28217,S,57.54683,W,A,0,0,5,0,00","bytes":81}}
            {"fault":{"kind":"bad-field","detail":"field 4 (`242412`) is no time hhmmss","excerpt":"(8000632862,P45,290322,242412,25.28217,S,57.54683,W,A,0,0,5,0,00","bytes":81}}
            {"fault":{"kind":"bad-field","detail":"the position is not on the globe","excerpt":"(8000632862,P45,290322,132412,95.28217,S,57.54683,W,A,0,0,5,0,00","bytes":81}}
            {"fault":{"kind":"bad-field","detail":"field 6 (`X`) is no N or S","excerpt":"(8000632862,P45,290322,132412,25.28217,X,57.54683,W,A,0,0,5,0,00","bytes":81}}
            {"fault":{"kind":"bad-field","detail":"field 9 (`Q`) is no validity A or V","excerpt":"(8000632862,P45,290322,132412,25.28217,S,57.54683,W,Q,0,0,5,0,00","bytes":81}}
            {"fault":{"kind":"bad-field","detail":"field 11 (`361`) is no course in degrees","excerpt":"(8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,361,5,0,","bytes":83}}
            {"fault":{"kind":"bad-field","detail":"field 13 (`132%`) is no battery such as 32%","excerpt":"(3301210003,U01,040812,185302,T,22.564025,N,113.242329,E,5,152,9","bytes":85}}
            {"fault":{"kind":"bad-field","detail":"field 14 (`00000000000021`) is no status bits","excerpt":"(3301210003,U01,040812,185302,T,22.564025,N,113.242329,E,5,152,9","bytes":84}}
            {"fault":{"kind":"bad-field","detail":"field 5 (latitude in degrees) is missing","excerpt":"(8000632862,P45,290322,132412)","bytes":30}}
            {"fault":{"kind":"not-text","detail":"a message is printable ASCII","excerpt":"(\\x018000632862,P45)","bytes":17}}
            {"seal":{"seal":"3460311327","command":"@JT","position":"not_sent"}}
        "#]],
    );
}

#[test]
fn binary_messages_and_noise_are_counted_and_the_next_message_is_read() {
    let mut bytes = b"$\x80\x41\x30\x09\x78\x0e".to_vec();
    bytes.extend_from_slice(b"(3460311327,@JT)xyz(3460311327,(3460311327,@JT)(3460");
    let items = decode(Dialect::JointechText, &[&bytes]);
    expect![[r#"
        {"fault":{"kind":"not-decoded","detail":"a binary message; this dialect is the text form","excerpt":"$\\x80A0\\x09x\\x0e","bytes":7}}
        {"seal":{"seal":"3460311327","command":"@JT","position":"not_sent"}}
        {"fault":{"kind":"noise","detail":"bytes between messages","excerpt":"xyz","bytes":3}}
        {"fault":{"kind":"wrong-length","detail":"a message began before the last one ended with `)`","excerpt":"(3460311327,","bytes":12}}
        {"seal":{"seal":"3460311327","command":"@JT","position":"not_sent"}}
        {"fault":{"kind":"cut-off","detail":"the link ended inside a message","excerpt":"(3460","bytes":5}}
    "#]]
    .assert_eq(&text(&items));
    cut_everywhere(Dialect::JointechText, &bytes, &items);
}

#[test]
fn a_message_without_end_is_bounded() {
    let bytes = [b"(1,U01,".to_vec(), vec![b'7'; 2000], b"(3460311327,@JT)".to_vec()].concat();
    let items = decode(Dialect::JointechText, &[&bytes]);
    assert_eq!(items.first().unwrap().as_ref().unwrap_err().kind, FaultKind::TooLong);
    assert!(items.last().unwrap().is_ok() && items.len() < 12, "{items:?}");
    cut_everywhere(Dialect::JointechText, &bytes, &items);
}

#[test]
fn seals_get_the_answers_they_wait_for() {
    let cases = [
        (
            "(8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)",
            Some("(P69,0,9)"),
        ),
        (
            "(3301210003,U02,040812,185302,T,22.564025,N,113.242329,E,5,152,9,32%,00,1)",
            Some("(S39)"),
        ),
        (
            "(3301210003,U06,1,040812,185302,T,22.564025,N,113.242329,E,5,152,9,32%,00,1)",
            Some("(S20)"),
        ),
        ("(3460311327,@JT)", None),
        ("(3301210003,XY7)", None),
    ];
    for (message, answer) in cases {
        let message = jointech::decode(message.as_bytes()).unwrap();
        let reply = jointech::reply(&message).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(reply.as_deref(), answer, "{message:?}");
    }
}

#[test]
fn what_is_written_is_read() {
    let event = jointech::decode(
        b"(8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,0,5,0,0000000007,0,0,9,0)",
    )
    .unwrap();
    assert_eq!(jointech::decode(&jointech::encode_event(&event).unwrap()).unwrap(), event);
    let no_fix = Message { position: Position::NoFix, ..event };
    assert_eq!(jointech::decode(&jointech::encode_event(&no_fix).unwrap()).unwrap(), no_fix);

    for text in [
        "(3301210003,U01,040812,185302,T,22.564025,N,113.242329,E,5.21,152,9,32%,00000000000011,10133,5173,22,100,1)",
        "(3301210003,U06,1,040812,185302,T,22.564025,S,113.242329,W,5,152,9,32%,0000000000011,10133)",
    ] {
        let status = jointech::decode(text.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(jointech::encode_status(&status).unwrap()).unwrap(), text);
    }
}

#[test]
fn every_text_vector_of_the_public_driver_is_read() {
    let Some(file) = recording("seals/jointech-jt600-jt701-frames.txt") else { return };
    let file = String::from_utf8(file).unwrap();
    let frames: Vec<&str> = file.lines().filter_map(|line| line.strip_prefix("TEXT ")).collect();
    assert_eq!(frames.len(), 18);
    for frame in frames {
        let items = decode(Dialect::JointechText, &[frame.as_bytes()]);
        assert!(matches!(items.as_slice(), [Ok(_)]), "{frame}: {items:?}");
        cut_everywhere(Dialect::JointechText, frame.as_bytes(), &items);
        let message = jointech::decode(frame.as_bytes()).unwrap();
        if let Position::Fix { latitude_microdeg, longitude_microdeg, .. } = message.position {
            assert!(
                latitude_microdeg != Microdegrees(0) && longitude_microdeg != Microdegrees(0),
                "{frame}"
            );
        }
        assert!(message.battery_percent.is_none_or(|charge| charge <= Percent(100)));
        assert!(
            !matches!(message.event, Some(event) if event.class().is_some()),
            "makers' numbers are no classes: {frame}"
        );
    }
}

#[test]
fn a_code_outside_the_classifier_is_never_normal() {
    assert_eq!(SealEvent::from_class(1), SealEvent::ElementViolated);
    assert_eq!(SealEvent::from_class(8), SealEvent::UnknownClass(8));
    for code in 0..=9 {
        assert_eq!(SealEvent::from_class(code).class(), Some(code));
    }
}

#[test]
fn binary_vectors_of_the_public_driver_are_faults_and_nothing_else() {
    let Some(file) = recording("seals/jointech-jt600-jt701-frames.txt") else { return };
    let file = String::from_utf8(file).unwrap();
    for hex in file.lines().filter_map(|line| line.strip_prefix("HEX ")) {
        let digits: Vec<u8> =
            hex.trim().chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
        let mut bytes: Vec<u8> = digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect();
        bytes.extend_from_slice(b"(3460311327,@JT)");
        let items = decode(Dialect::JointechText, &[&bytes]);
        assert!(items.last().unwrap().is_ok(), "{hex}");
        let (_, faults) = items.split_last().unwrap();
        assert_eq!(
            faults.first().unwrap().as_ref().unwrap_err().kind,
            FaultKind::NotDecoded,
            "{hex}"
        );
        assert!(faults.iter().all(Result::is_err), "{hex}");
    }
}
