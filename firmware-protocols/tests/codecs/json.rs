//! Our own contract: what it holds, what it refuses, and why it says so.

use expect_test::{Expect, expect};
use firmware_protocols::{Decoder, Dialect, json};

use crate::check::decode;

fn check(bytes: &str, expected: Expect) {
    crate::check::check(Dialect::Json, bytes.as_bytes(), &expected);
}

pub(crate) const SEAL: &str = r#"{"v":1,"seal":"KZ00012345","msg":"e-7","ts":"2026-05-21T11:00:00Z","recv":"2026-05-21T11:00:02Z","event":"01","state":{"locked":false,"housing":"ok","battery_pct":41},"pos":{"lat":44.1234,"lon":80.4321,"valid":true,"hdop":1.2},"trip":{"declaration":"55302/200126/0012345","vehicle":"123ABC02"}}"#;
pub(crate) const PLATE: &str = r#"{"v":1,"plate":"123ABC02","msg":"p-1","ts":"2026-05-21T16:00:00+05:00","country":"KZ","confidence_pct":98,"char_confidence_pct":[99,61],"lane":1,"vehicle_type":"truck"}"#;
const NO_PLATE: &str = r#"{"v":1,"plate":null,"ts":"2026-05-21T11:00:00Z","retransmitted":true}"#;
const WEIGHT: &str =
    r#"{"v":1,"weight":{"value":"40000.5","unit":"kg","kind":"gross","stable":true}}"#;
const OVERLOAD: &str = r#"{"v":1,"weight":{"condition":"overload"}}"#;

#[test]
fn seals_plates_and_weighings_are_read_one_a_line() {
    check(
        &[SEAL, PLATE, NO_PLATE, WEIGHT, OVERLOAD].map(|line| format!("{line}\n")).concat(),
        expect![[r#"
        {"seal":{"seal":"KZ00012345","command":"json","message_id":"e-7","device_time":"2026-05-21T11:00:00Z","relayed_at":"2026-05-21T11:00:02Z","event":"element_violated","locked":false,"housing":"ok","battery_percent":41,"position":{"fix":{"latitude_microdeg":44123400,"longitude_microdeg":80432100,"speed_raw":null,"course_deg":null}},"trip":{"declaration":"55302/200126/0012345","vehicle":"123ABC02"}}}
        {"plate":{"sighting":{"id":"p-1","device_time":"2026-05-21T11:00:00Z","plate":{"read":{"text":"123ABC02","confidence_percent":98,"character_confidence_percent":[99,61]}},"country":{"known":"KZ"},"lane":1,"direction":null,"vehicle_type":"truck","dangerous_goods":null,"container":null,"more_follows":false,"retransmitted":false,"camera":null}}}
        {"plate":{"sighting":{"id":null,"device_time":"2026-05-21T11:00:00Z","plate":"not_read","country":"not_recognised","lane":null,"direction":null,"vehicle_type":null,"dangerous_goods":null,"container":null,"more_follows":false,"retransmitted":true,"camera":null}}}
        {"weight":{"display":{"value":"40000.5"},"kind":"gross","stability":"stable","unit":"kg","checksum":"absent","raw":"{\"v\":1,\"weight\":{\"value\":\"40000.5\",\"unit\":\"kg\",\"kind\":\"gross\",\"stable\":true}}"}}
        {"weight":{"display":"overload","kind":"unknown","stability":"unknown","unit":null,"checksum":"absent","raw":"{\"v\":1,\"weight\":{\"condition\":\"overload\"}}"}}
    "#]],
    );
}

#[test]
fn a_message_of_its_own_may_have_line_ends() {
    let pretty = WEIGHT.replace(',', ",\r\n  ");
    let items = Decoder::new(Dialect::Json).document(pretty.as_bytes());
    assert!(matches!(items.as_slice(), [Ok(_)]), "{items:?}");
}

#[test]
fn what_is_written_is_read() {
    for document in [SEAL, PLATE, NO_PLATE, WEIGHT, OVERLOAD] {
        let reading = json::decode(document.as_bytes()).unwrap();
        let written = json::encode(&reading).unwrap();
        let read = json::decode(written.as_bytes()).unwrap();
        assert_eq!(json::encode(&read).unwrap(), written);
        if !document.contains("weight") {
            assert_eq!(read, reading, "{written}");
        }
    }
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    check(
        &[
            r#"{"v":2,"seal":"A"}"#,
            r#"{"seal":"A"}"#,
            r#"{"v":1}"#,
            r#"{"v":1,"seal":"A","plate":"B"}"#,
            r#"{"v":1,"seal":"A","seal":"B"}"#,
            r#"{"v":1,"seal":""}"#,
            r#"{"v":1,"seal":"A","event":"open"}"#,
            r#"{"v":1,"seal":"A","state":{"battery_pct":101}}"#,
            r#"{"v":1,"seal":"A","pos":{"lat":95.0,"lon":1.0,"valid":true}}"#,
            r#"{"v":1,"weight":{"value":40000,"unit":"kg"}}"#,
            r#"{"v":1,"weight":{"value":"4e4","unit":"kg"}}"#,
            r#"{"v":1,"weight":{"value":"40000","unit":"pood"}}"#,
            r#"{"v":1,"weight":{}}"#,
            r#"{"v":1,"plate":"A","ts":"yesterday"}"#,
            r#"{"v":1,"plate":"A","country":"Kazakhstan"}"#,
            r#"{"v":1,"weight":{"value":NaN}}"#,
            r#"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"#,
            "not json",
        ]
        .map(|line| format!("{line}\n"))
        .concat(),
        expect![[r#"
            {"fault":{"kind":"not-decoded","detail":"version 2 of the contract; `\"v\":1` expected","excerpt":"{\"v\":2,\"seal\":\"A\"}","bytes":18}}
            {"fault":{"kind":"not-decoded","detail":"version 0 of the contract; `\"v\":1` expected","excerpt":"{\"seal\":\"A\"}","bytes":12}}
            {"fault":{"kind":"bad-field","detail":"exactly one of `seal`, `plate`, `weight` and `passage` expected","excerpt":"{\"v\":1}","bytes":7}}
            {"fault":{"kind":"bad-field","detail":"exactly one of `seal`, `plate`, `weight` and `passage` expected","excerpt":"{\"v\":1,\"seal\":\"A\",\"plate\":\"B\"}","bytes":30}}
            {"fault":{"kind":"malformed","detail":"duplicate field `seal` at line 1 column 24","excerpt":"{\"v\":1,\"seal\":\"A\",\"seal\":\"B\"}","bytes":29}}
            {"fault":{"kind":"bad-field","detail":"`seal` is empty","excerpt":"{\"v\":1,\"seal\":\"\"}","bytes":17}}
            {"fault":{"kind":"bad-field","detail":"`event` is a class such as \"01\", not `open`","excerpt":"{\"v\":1,\"seal\":\"A\",\"event\":\"open\"}","bytes":33}}
            {"fault":{"kind":"bad-field","detail":"`state.battery_pct` is 0 to 100, not 101","excerpt":"{\"v\":1,\"seal\":\"A\",\"state\":{\"battery_pct\":101}}","bytes":46}}
            {"fault":{"kind":"bad-field","detail":"`pos` is not on the globe","excerpt":"{\"v\":1,\"seal\":\"A\",\"pos\":{\"lat\":95.0,\"lon\":1.0,\"valid\":true}}","bytes":60}}
            {"fault":{"kind":"malformed","detail":"invalid type: integer `40000`, expected a string at line 1 column 30","excerpt":"{\"v\":1,\"weight\":{\"value\":40000,\"unit\":\"kg\"}}","bytes":44}}
            {"fault":{"kind":"bad-field","detail":"`weight.value` is a decimal number in a string, such as \"40000.5\"","excerpt":"{\"v\":1,\"weight\":{\"value\":\"4e4\",\"unit\":\"kg\"}}","bytes":44}}
            {"fault":{"kind":"malformed","detail":"unknown variant `pood`, expected one of `kg`, `g`, `t`, `lb` at line 1 column 46","excerpt":"{\"v\":1,\"weight\":{\"value\":\"40000\",\"unit\":\"pood\"}}","bytes":48}}
            {"fault":{"kind":"bad-field","detail":"exactly one of `weight.value` and `weight.condition` expected","excerpt":"{\"v\":1,\"weight\":{}}","bytes":19}}
            {"fault":{"kind":"malformed","detail":"failed to parse four digit integer as year: invalid digit, expected 0-9 but got y at line 1 column 35","excerpt":"{\"v\":1,\"plate\":\"A\",\"ts\":\"yesterday\"}","bytes":36}}
            {"fault":{"kind":"malformed","detail":"two capital letters such as \"KZ\" expected at line 1 column 42","excerpt":"{\"v\":1,\"plate\":\"A\",\"country\":\"Kazakhstan\"}","bytes":42}}
            {"fault":{"kind":"malformed","detail":"expected value at line 1 column 26","excerpt":"{\"v\":1,\"weight\":{\"value\":NaN}}","bytes":30}}
            {"fault":{"kind":"malformed","detail":"values are nested deeper than 16","excerpt":"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]","bytes":35}}
            {"fault":{"kind":"malformed","detail":"expected ident at line 1 column 2","excerpt":"not json","bytes":8}}
        "#]],
    );
}

#[test]
fn an_unknown_event_class_is_kept_and_unknown_keys_are_passed_over() {
    let items =
        decode(Dialect::Json, &[b"{\"v\":1,\"seal\":\"A\",\"event\":\"42\",\"colour\":\"red\"}\n"]);
    assert!(crate::check::text(&items).contains(r#""event":{"unknown_class":42}"#), "{items:?}");
}

#[test]
fn a_document_may_be_as_large_as_the_limit_and_no_larger() {
    let sized = |bytes: usize| {
        let (head, tail) = (r#"{"v":1,"seal":"A","x":""#, r#""}"#);
        format!("{head}{}{tail}", "x".repeat(bytes - head.len() - tail.len()))
    };
    let limit = firmware_protocols::limits::DOCUMENT_BYTES;
    let mut decoder = Decoder::new(Dialect::Json);
    assert!(decoder.document(sized(limit).as_bytes())[0].is_ok());
    assert!(decoder.document(sized(limit + 1).as_bytes())[0].is_err());
    assert!(decoder.decode((sized(limit) + "\n").as_bytes())[0].is_ok());
    assert!(decoder.decode((sized(limit + 1) + "\n").as_bytes())[0].is_err());
}
