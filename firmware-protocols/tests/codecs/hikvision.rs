//! Plate cameras: the schema's fields, the ways they arrive, and documents that are meant to hurt.

use expect_test::{Expect, expect};
use firmware_protocols::plate::{CameraMessage, Country, Picture, hikvision};
use firmware_protocols::{Decoder, Dialect, FaultKind, Reading, limits};

use crate::check::{cut_everywhere, decode, recording, text};

fn check(bytes: &str, expected: Expect) {
    crate::check::check(Dialect::HikvisionAnpr, bytes.as_bytes(), &expected);
}

pub(crate) const TRUCK: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
<ipAddress>10.0.0.5</ipAddress><channelID>1</channelID><dateTime>2026-05-21T16:10:06+05:00</dateTime>
<eventType>ANPR</eventType><eventState>active</eventState>
<ANPR><country>30</country><licensePlate>123ABC02</licensePlate><line>1</line><direction>forward</direction>
<confidenceLevel>98.7</confidenceLevel><plateCharBelieve>99,99,99,61,99,99,99,99</plateCharBelieve>
<vehicleType>truck</vehicleType><originalLicensePlate>123A8C02</originalLicensePlate><CRIndex>30</CRIndex>
<pictureInfoList><pictureInfo><fileName>plate.jpg</fileName><type>licensePlatePicture</type><pId>p2</pId></pictureInfo></pictureInfoList>
</ANPR><UUID>u-1</UUID></EventNotificationAlert>"#;

#[test]
fn a_truck_is_read() {
    check(
        TRUCK,
        expect![[r#"
        {"plate":{"sighting":{"id":"u-1","device_time":"2026-05-21T11:10:06Z","plate":{"read":{"text":"123ABC02","original":"123A8C02","confidence_percent":98,"character_confidence_percent":[99,99,99,61,99,99,99,99]}},"country":{"known":"KZ"},"lane":1,"direction":"forward","vehicle_type":"truck","dangerous_goods":null,"container":null,"more_follows":false,"retransmitted":false,"pictures":[{"file_name":"plate.jpg","kind":"licensePlatePicture","id":"p2"}],"camera":"10.0.0.5/1"}}}
    "#]],
    );
}

#[test]
fn a_multipart_body_with_pictures_is_read() {
    let body = format!(
        "--boundary\r\nContent-Disposition: form-data; name=\"anpr.xml\"\r\nContent-Type: text/xml\r\n\r\n{TRUCK}\r\n\
         --boundary\r\nContent-Type: image/jpeg\r\n\r\n\u{1}<\u{2}\u{3}<a></Event\r\n--boundary--\r\n"
    );
    let mut bytes = body.into_bytes();
    bytes.extend_from_slice(&[0xff, 0xd8, b'<', 0x00, 0xff]);
    let items = decode(Dialect::HikvisionAnpr, &[&bytes]);
    assert!(matches!(items.as_slice(), [Ok(Reading::Plate(_))]), "{items:?}");
    cut_everywhere(Dialect::HikvisionAnpr, &bytes, &items);
    // As a whole body the picture is told as well: none of its names is in the list, so it stands beside the one that is.
    let whole = Decoder::new(Dialect::HikvisionAnpr).document(&bytes);
    let told = pictures(&whole);
    assert_eq!(told.len(), 2);
    assert_eq!(told[1].sent.as_ref().map(|sent| sent.bytes), Some(14));
}

fn pictures(items: &[firmware_protocols::Item]) -> &[Picture] {
    match items.first() {
        Some(Ok(Reading::Plate(CameraMessage::Sighting(sighting)))) => &sighting.pictures,
        other => panic!("{other:?}"),
    }
}

/// A body of a document and of further parts, each with its head.
fn body(document: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = format!(
        "--MIME\r\nContent-Disposition: form-data; name=\"anpr.xml\"; filename=\"anpr.xml\"\r\nContent-Type: application/xml\r\n\r\n{document}\r\n"
    )
    .into_bytes();
    for (head, data) in parts {
        body.extend_from_slice(format!("--MIME\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(data);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--MIME--\r\n");
    body
}

#[test]
fn a_picture_is_told_by_its_role_its_size_its_digest_and_its_kind() {
    let jpeg = b"\xff\xd8\r\n--not the boundary\r\n\r\n<EventNotificationAlert>\xff\xd9";
    for head in [
        "Content-Disposition: form-data; name=\"x\"; filename=\"plate.jpg\"\r\nContent-Type: image/jpeg\r\nContent-Length: 52",
        "content-disposition: form-data; name=plate.jpg\r\ncontent-type: image/jpeg; q=1",
        "Content-ID: <p2>\r\nContent-Type: image/jpeg",
    ] {
        let items = Decoder::new(Dialect::HikvisionAnpr).document(&body(TRUCK, &[(head, jpeg)]));
        let told = serde_json::to_string(pictures(&items)).unwrap();
        expect![[r#"[{"file_name":"plate.jpg","kind":"licensePlatePicture","id":"p2","sent":{"media_type":"image/jpeg","bytes":52,"sha256":"beee73a901d261ad254a201a8626fff46dc6aae805e912ee58f60e7dae8c8950"}}]"#]]
        .assert_eq(&told);
        assert_eq!(items.len(), 1, "{items:?}");
    }
}

#[test]
fn what_is_too_much_or_cut_is_refused_by_itself_and_the_plate_is_told() {
    let large = vec![b'x'; limits::PART_BYTES + 1];
    let many: Vec<(&str, &[u8])> =
        (0..40).map(|_| ("Content-Type: image/jpeg", b"x".as_slice())).collect();
    let long = format!("Content-Type: image/jpeg\r\nX: {}", "x".repeat(5000));
    let mut cut = body(TRUCK, &[("Content-Type: image/jpeg", b"\xff\xd8 half")]);
    cut.truncate(cut.len() - 12);
    let mut headless = body(TRUCK, &[]);
    headless.truncate(headless.len() - "--\r\n".len());
    headless.extend_from_slice(b"\r\nno empty line\r\n--MIME--\r\n");
    for (body, kind, taken) in [
        (body(TRUCK, &[("Content-Type: image/jpeg", &large)]), FaultKind::TooLong, 0),
        (body(TRUCK, &[(&long, b"x")]), FaultKind::TooLong, 0),
        (body(TRUCK, &many), FaultKind::TooLong, 31),
        (
            body(TRUCK, &[("Content-Type: image/jpeg\r\nContent-Length: 9", b"x")]),
            FaultKind::WrongLength,
            0,
        ),
        (headless, FaultKind::Malformed, 0),
        (cut, FaultKind::CutOff, 0),
    ] {
        let items = Decoder::new(Dialect::HikvisionAnpr).document(&body);
        let faults: Vec<FaultKind> =
            items.iter().filter_map(|item| item.as_ref().err()).map(|fault| fault.kind).collect();
        assert_eq!(faults, [kind], "{items:?}");
        let sent = pictures(&items).iter().filter(|picture| picture.sent.is_some()).count();
        assert_eq!(sent, taken);
    }
}

#[test]
fn names_are_matched_whatever_the_namespace() {
    let plain = TRUCK.replace(r#" xmlns="http://www.hikvision.com/ver20/XMLSchema""#, "");
    let old = TRUCK.replace("hikvision.com/ver20", "std-cgi.com/ver10");
    let mut prefixed = TRUCK.replace("xmlns=", "xmlns:h=");
    for (from, to) in [("</", "</h:"), ("<", "<h:"), ("<h:/h:", "</h:"), ("<h:?", "<?")] {
        prefixed = prefixed.replace(from, to);
    }
    let expected = decode(Dialect::HikvisionAnpr, &[TRUCK.as_bytes()]);
    for document in [plain, old, prefixed] {
        assert_eq!(decode(Dialect::HikvisionAnpr, &[document.as_bytes()]), expected, "{document}");
    }
}

#[test]
fn a_plate_that_was_not_read_is_a_sighting_without_plate() {
    for plate in ["unknown", "UNKNOWN", "", "  "] {
        let document = TRUCK.replace("<licensePlate>123ABC02", &format!("<licensePlate>{plate}"));
        let items = decode(Dialect::HikvisionAnpr, &[document.as_bytes()]);
        assert!(text(&items).contains(r#""plate":"not_read""#), "{items:?}");
    }
}

#[test]
fn a_country_may_be_told_by_another_field_or_not_at_all() {
    let cases = [
        ("<country>253", "<CRIndex>73", r#""country":{"known":"KG"}"#),
        ("<country>0", "<CRIndex>0", r#""country":"not_recognised""#),
        ("<country>254", "<CRIndex>254", r#""country":"not_recognised""#),
        ("<country>7", "<CRIndex>7", r#""country":{"index":7}"#),
    ];
    for (country, index, expected) in cases {
        let document = TRUCK.replace("<country>30", country).replace("<CRIndex>30", index);
        assert!(
            text(&decode(Dialect::HikvisionAnpr, &[document.as_bytes()])).contains(expected),
            "{country}"
        );
    }
}

#[test]
fn second_messages_and_replays_are_marked() {
    let document = TRUCK.replace(
        "<UUID>",
        "<hasMoreData>true</hasMoreData><isDataRetransmission>true</isDataRetransmission><UUID>",
    );
    let text = text(&decode(Dialect::HikvisionAnpr, &[document.as_bytes()]));
    assert!(text.contains(r#""more_follows":true,"retransmitted":true"#), "{text}");
}

#[test]
fn another_event_is_told_as_such() {
    check(
        "<EventNotificationAlert><eventType>videoloss</eventType><eventState>inactive</eventState></EventNotificationAlert>",
        expect![[r#"
            {"plate":{"other":{"event_type":"videoloss","active":false,"device_time":null}}}
        "#]],
    );
    check(
        "<EventNotificationAlert><dateTime>2026-05-21T16:10:06+05:00</dateTime><eventType>videoloss</eventType></EventNotificationAlert>",
        expect![[r#"
            {"plate":{"other":{"event_type":"videoloss","active":true,"device_time":"2026-05-21T11:10:06Z"}}}
        "#]],
    );
}

#[test]
fn wrong_fields_are_faults_that_name_them() {
    let cases = [
        ("<line>1", "<line>one", "line `one` is not a whole number"),
        ("<confidenceLevel>98.7", "<confidenceLevel>198", "confidenceLevel `198` is not 0 to 100"),
        ("99,99,99,61", "99,,x,61", "plateCharBelieve"),
        ("<eventType>ANPR</eventType>", "", "eventType is missing"),
        ("<UUID>u-1</UUID>", "<hasMoreData>maybe</hasMoreData>", "hasMoreData `maybe`"),
    ];
    for (from, to, complaint) in cases {
        let document = TRUCK.replace(from, to);
        let items = decode(Dialect::HikvisionAnpr, &[document.as_bytes()]);
        match items.as_slice() {
            [Err(fault)] => assert!(fault.detail.contains(complaint), "{fault}"),
            other => panic!("{to}: {other:?}"),
        }
    }
}

#[test]
fn a_cut_document_is_a_fault_and_the_next_is_read() {
    let cut = TRUCK.split_at(300).0;
    let bytes = format!("{cut}{TRUCK}{cut}");
    let items = decode(Dialect::HikvisionAnpr, &[bytes.as_bytes()]);
    let kinds: Vec<_> =
        items.iter().map(|item| item.as_ref().err().map(|fault| fault.kind)).collect();
    assert_eq!(kinds, [Some(FaultKind::CutOff), None, Some(FaultKind::CutOff)]);
    cut_everywhere(Dialect::HikvisionAnpr, bytes.as_bytes(), &items);
}

#[test]
fn hostile_documents_are_refused_within_bounds() {
    let deep = format!(
        "<EventNotificationAlert>{}{}</EventNotificationAlert>",
        "<a>".repeat(5000),
        "</a>".repeat(5000)
    );
    let wide =
        format!("<EventNotificationAlert>{}</EventNotificationAlert>", "<a/>".repeat(20_000));
    let long = format!("<EventNotificationAlert>{}</EventNotificationAlert>", "x".repeat(300_000));
    let entity =
        "<EventNotificationAlert><eventType>&boom;</eventType></EventNotificationAlert>".to_owned();
    let broken = "<EventNotificationAlert><a></b></EventNotificationAlert>".to_owned();
    let cases = [
        (deep, FaultKind::Malformed),
        (wide, FaultKind::Malformed),
        (long, FaultKind::TooLong),
        (entity, FaultKind::Malformed),
        (broken, FaultKind::Malformed),
    ];
    for (document, kind) in cases {
        let items = decode(Dialect::HikvisionAnpr, &[document.as_bytes(), TRUCK.as_bytes()]);
        assert_eq!(items.first().unwrap().as_ref().unwrap_err().kind, kind, "{}", &document[..60]);
        assert!(items.last().unwrap().is_ok(), "{}", &document[..60]);
    }
}

#[test]
fn sixteen_levels_are_read_and_seventeen_are_not() {
    for (inner, deepest) in [(15, true), (16, false)] {
        let document = format!(
            "<EventNotificationAlert><eventType>x</eventType>{}{}</EventNotificationAlert>",
            "<a>".repeat(inner),
            "</a>".repeat(inner)
        );
        assert_eq!(
            decode(Dialect::HikvisionAnpr, &[document.as_bytes()])[0].is_ok(),
            deepest,
            "{inner}"
        );
    }
}

#[test]
fn a_definition_of_entities_does_not_reach_the_parser() {
    let bytes = format!(
        "<!DOCTYPE x [<!ENTITY e \"boom\">]>{}",
        TRUCK.replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "")
    );
    assert!(decode(Dialect::HikvisionAnpr, &[bytes.as_bytes()]).last().unwrap().is_ok());
}

#[test]
fn a_body_without_a_document_is_a_fault() {
    for body in ["", "hello", "<html></html>", "{\"v\":1}"] {
        let items = Decoder::new(Dialect::HikvisionAnpr).document(body.as_bytes());
        assert!(
            matches!(items.as_slice(), [Err(fault)] if fault.kind == FaultKind::Malformed),
            "{items:?}"
        );
    }
}

#[test]
fn what_is_written_is_read() {
    for document in [
        TRUCK.to_owned(),
        TRUCK.replace("123ABC02", "A&amp;&lt;B"),
        TRUCK.replace("<licensePlate>123ABC02", "<licensePlate>"),
    ] {
        let message = the_message(&document);
        assert_eq!(the_message(&hikvision::encode(&message)), message);
    }
}

#[track_caller]
fn the_message(document: &str) -> CameraMessage {
    match decode(Dialect::HikvisionAnpr, &[document.as_bytes()]).as_slice() {
        [Ok(Reading::Plate(message))] => message.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_sample_of_the_schema_is_read() {
    let Some(file) = recording("devices/hik-anpr-sample.xml") else { return };
    let items = decode(Dialect::HikvisionAnpr, &[&file]);
    let text = text(&items);
    assert!(text.contains(r#""text":"123ABC02""#) && text.contains(r#""known":"KZ""#), "{text}");
}

#[test]
fn every_country_of_the_published_index_is_read_and_written() {
    let Some(table) = recording("devices/hikvision-country-index.csv") else { return };
    let table = String::from_utf8(table).unwrap();
    let mut known = 0;
    for row in table.lines().skip(1) {
        let [index, letters, note] = row.split(',').collect::<Vec<_>>().try_into().unwrap();
        let index: u16 = index.parse().unwrap();
        match Country::from_index(index) {
            Country::Known(read) => {
                assert_eq!(
                    (read.to_string().as_str(), Country::Known(read).index()),
                    (letters, index)
                );
                known += 1;
            }
            Country::NotRecognised => assert!(!note.is_empty(), "{row}"),
            Country::Index(_) => panic!("{row}"),
        }
    }
    assert_eq!(known, 15);
}
