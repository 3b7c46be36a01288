//! What is taken out of the bytes of each dialect, and what stays: nobody is in them any more, and they say the same of everything else.

use std::collections::BTreeSet;

use edge_agent::recording::anonymise::{AnonymiseError, Report, Tape, Treatment, anonymise};
use edge_agent::tape::Record;
use firmware_protocols::plate::{CameraMessage, Country, Plate, Sighting};
use firmware_protocols::scanner::container::{self, Container};
use firmware_protocols::scanner::{Scan, Terminator, barcode, mrz};
use firmware_protocols::seal::egts::record::{Place, Record as EgtsRecord, Subrecord};
use firmware_protocols::seal::egts::{self, Packet, PacketType};
use firmware_protocols::seal::jointech;
use firmware_protocols::seal::{Message, Position, SealEvent, Trip};
use firmware_protocols::{Decoder, Dialect, Raw, Reading, Settings, json, plate};
use jiff::Timestamp;
use units::{Microdegrees, Percent};

use crate::capture::NOON_US;

pub(crate) fn at() -> Timestamp {
    Timestamp::from_microsecond(NOON_US).unwrap()
}

pub(crate) fn came(frames: &[Vec<u8>]) -> Vec<Record> {
    let at = |second: i64| NOON_US + second * 1_000_000;
    (0..)
        .zip(frames)
        .map(|(second, bytes)| Record { at_us: at(second), bytes: bytes.clone() })
        .collect()
}

pub(crate) fn once(
    dialect: Dialect,
    settings: &Settings,
    frames: &[Vec<u8>],
) -> Result<(Vec<Record>, Report), AnonymiseError> {
    let tape = Tape { dialect, settings, records: &came(frames) };
    anonymise(&[tape], 7).map(|mut done| done.remove(0))
}

pub(crate) fn readings(dialect: Dialect, settings: &Settings, records: &[Record]) -> Vec<Reading> {
    let mut decoder = Decoder::with(dialect, settings);
    let mut items: Vec<_> =
        records.iter().flat_map(|record| decoder.decode(&record.bytes)).collect();
    items.extend(decoder.paused());
    items
        .into_iter()
        .map(|item| item.unwrap_or_else(|fault| panic!("{dialect}: {fault}")))
        .collect()
}

/// Anonymises, and holds that as many readings came out, that they came at the same moments, and that no original is in the bytes.
#[track_caller]
pub(crate) fn check(dialect: Dialect, frames: &[Vec<u8>], originals: &[&str]) -> Vec<Reading> {
    let settings = Settings::default();
    let (after, report) =
        once(dialect, &settings, frames).unwrap_or_else(|error| panic!("{error}"));
    let before = readings(dialect, &settings, &came(frames));
    let said = readings(dialect, &settings, &after);
    assert_eq!(report.dropped, 0, "{dialect}: {report:?}");
    assert_eq!(said.len(), before.len(), "{dialect}");
    let kind = |reading: &Reading| std::mem::discriminant(reading);
    assert!(said.iter().map(kind).eq(before.iter().map(kind)), "{dialect}");
    let moments: BTreeSet<i64> = came(frames).iter().map(|record| record.at_us).collect();
    assert!(after.iter().all(|record| moments.contains(&record.at_us)), "{dialect}");
    let bytes: Vec<u8> = after.iter().flat_map(|record| record.bytes.clone()).collect();
    let text = String::from_utf8_lossy(&bytes).to_uppercase();
    for original in originals {
        assert!(!text.contains(&original.to_uppercase()), "{dialect}: {original} in {text}");
        let packed: Option<Vec<u8>> = (original.len() % 2 == 0 && original.len() >= 8)
            .then(|| {
                (0..original.len())
                    .step_by(2)
                    .map(|at| u8::from_str_radix(original.get(at..at + 2)?, 16).ok())
                    .collect()
            })
            .flatten();
        if let Some(packed) = packed {
            assert!(
                !bytes.windows(packed.len()).any(|window| window == packed),
                "{dialect}: {original}"
            );
        }
    }
    said
}

pub(crate) fn good(dialect: Dialect) -> (Vec<Vec<u8>>, Settings) {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../firmware-protocols/tests/captures");
    let text = std::fs::read_to_string(format!("{root}/{dialect}/good.txt")).unwrap();
    let settings = text
        .lines()
        .find_map(|line| line.strip_prefix("# settings "))
        .map_or_else(Settings::default, |json| serde_json::from_str(json).unwrap());
    let frames = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    (frames.map(|line| line.parse::<Raw>().unwrap().0).collect(), settings)
}

#[test]
fn every_dialect_is_anonymised_to_as_many_readings_or_refused() {
    for &dialect in Dialect::ALL {
        let (frames, settings) = good(dialect);
        match once(dialect, &settings, &frames) {
            Ok((after, report)) => {
                assert_eq!(report.dropped, 0, "{dialect}: {report:?}");
                let before = readings(dialect, &settings, &came(&frames)).len();
                assert_eq!(readings(dialect, &settings, &after).len(), before, "{dialect}");
                if Treatment::of(dialect) == Treatment::Nothing {
                    assert_eq!(after, came(&frames), "{dialect}: not a byte changes");
                    assert!(report.replaced.is_empty(), "{dialect}: {report:?}");
                } else {
                    assert_ne!(after, came(&frames), "{dialect}");
                }
            }
            Err(AnonymiseError::Refused { .. }) => {
                assert!(matches!(Treatment::of(dialect), Treatment::Refused(_)), "{dialect}");
            }
            Err(error) => panic!("{dialect}: {error}"),
        }
    }
}

pub(crate) fn seal(number: &str) -> Message {
    let mut message = Message::new(number, "P45");
    message.device_time = Some(at());
    message.event = Some(SealEvent::Maker(3));
    message.card = Some("0012345678".to_owned());
    message.position = fix(43_765_432, 77_123_456);
    message
}

pub(crate) fn fix(latitude: i32, longitude: i32) -> Position {
    Position::Fix {
        latitude_microdeg: Microdegrees(latitude),
        longitude_microdeg: Microdegrees(longitude),
        speed_raw: Some(12.into()),
        course_deg: Some(90),
    }
}

#[test]
fn a_seal_in_text_loses_its_number_its_card_and_its_place_and_keeps_its_event() {
    let mut status = seal("8041300978");
    status.command = "U06".to_owned();
    status.battery_percent = Some(Percent::new(41).unwrap());
    status.fields = "10101,7C2F,A01D,21,5521,7".split(',').map(str::to_owned).collect();
    let frames = [
        jointech::encode_event(&seal("8041300978")).unwrap(),
        jointech::encode_status(&status).unwrap(),
        b"(8041300978,W01,07704.6204,E,4322.1234,N,A,210526,110000,12,77,5)".to_vec(),
        b"(8041300978,@JT,99887766554)".to_vec(),
    ];
    let originals = [
        "8041300978",
        "0012345678",
        "43.76",
        "77.12",
        "07704",
        "4322.1",
        "7C2F",
        "A01D",
        "99887766554",
    ];
    let said = check(Dialect::JointechText, &frames, &originals);
    let seals: BTreeSet<&str> = said
        .iter()
        .map(|reading| {
            let Reading::Seal(message) = reading else { panic!("{reading:?}") };
            message.seal.as_str()
        })
        .collect();
    assert_eq!(seals.len(), 1, "one seal stays one seal: {seals:?}");
    let Reading::Seal(event) = &said[0] else { panic!() };
    assert_eq!((event.event, event.device_time), (Some(SealEvent::Maker(3)), Some(at())));
    assert!(matches!(event.position, Position::Fix { course_deg: Some(90), .. }));
}

#[test]
fn a_terminal_of_egts_loses_its_number_and_what_it_says_of_itself() {
    let identity =
        Subrecord::Identity { terminal: 40_001_234, rest: b"\x0235693803564380925001".to_vec() };
    let place = Subrecord::Place(Place {
        at: at(),
        position: fix(43_765_432, 77_123_456),
        from_memory: true,
        odometer_hm: 99,
        inputs: 3,
        source: 10,
        source_data: None,
    });
    let other = Subrecord::Other { kind: 63, data: b"ABC123".to_vec() };
    let packet = |parts| Packet {
        id: 1,
        kind: PacketType::Data,
        answers: None,
        records: vec![EgtsRecord { parts, ..EgtsRecord::of(5, 2) }],
    };
    let frames = [
        egts::encode(&packet(vec![identity])).unwrap(),
        egts::encode(&packet(vec![place, other])).unwrap(),
    ];
    let said = check(Dialect::Egts, &frames, &["356938035643809", "25001", "ABC123"]);
    let Reading::Seal(message) = &said[1] else { panic!("{said:?}") };
    assert_ne!(message.seal, "40001234");
    assert_eq!(message.event, Some(SealEvent::HousingViolated));
    assert_eq!(message.device_time, Some(at()));
}

pub(crate) fn sighting(text: &str) -> Sighting {
    Sighting {
        id: Some("6f4c9f9e-0001".to_owned()),
        device_time: Some(at()),
        plate: Plate::Read {
            text: text.to_owned(),
            original: None,
            confidence_percent: Percent::new(97),
            character_confidence_percent: Vec::new(),
        },
        country: Country::NotRecognised,
        lane: Some(2),
        direction: Some("forward".to_owned()),
        vehicle_type: Some("truck".to_owned()),
        dangerous_goods: Some("33/1203".to_owned()),
        container: Some("CSQU3054383".to_owned()),
        more_follows: false,
        retransmitted: false,
        pictures: Vec::new(),
        camera: Some("10.20.30.40/1".to_owned()),
    }
}

#[test]
fn a_camera_loses_plates_containers_pictures_and_what_nobody_reads() {
    let xml = plate::hikvision::encode(&CameraMessage::Sighting(sighting("123ABC02")));
    let xml = xml.replace(
        "</ANPR>",
        "<pictureInfoList><pictureInfo><fileName>123ABC02_20260521.jpg</fileName></pictureInfo></pictureInfoList><ownerName>IVANOV</ownerName></ANPR>",
    );
    let body = format!(
        "--b\r\nContent-Type: text/xml\r\n\r\n{xml}\r\n--b\r\n\r\n\u{1}JPEG 123ABC02\r\n--b--\r\n"
    );
    let frames = [body.clone().into_bytes(), body.into_bytes()];
    let originals = ["123ABC02", "CSQU3054383", "IVANOV", "JPEG", "6f4c9f9e", "10.20.30.40"];
    for reading in check(Dialect::HikvisionAnpr, &frames, &originals) {
        let Reading::Plate(CameraMessage::Sighting(seen)) = reading else { panic!() };
        let container = seen.container.unwrap();
        assert_eq!(container::look(&container), Container::Sound(container.clone()));
        assert_eq!(seen.direction.as_deref(), Some("forward"));
        assert_eq!(seen.device_time, Some(at()));
        let Plate::Read { text, confidence_percent, .. } = seen.plate else { panic!() };
        assert_eq!((text.len(), confidence_percent), (8, Percent::new(97)));
        let shape: String =
            text.chars().map(|letter| if letter.is_ascii_digit() { '9' } else { 'A' }).collect();
        assert_eq!(shape, "999AAA99");
    }
}

#[test]
fn several_plates_of_one_picture_stay_several_of_one_picture() {
    let document = r#"{"version":2,"data_type":"alpr_results","epoch_time":1779361200000,"uuid":"u-77001","camera_id":7,"company":"POST LTD",
        "results":[{"plate":"123ABC02","confidence":94.3,"region":"kz","candidates":[{"plate":"I23ABC02"}]},{"plate":"777ZZZ05","confidence":80}]}"#;
    let line = document.replace('\n', " ") + "\n";
    let said = check(
        Dialect::Openalpr,
        &[line.into_bytes(), b"{\"version\":2,\"data_type\":\"heartbeat\"}\n".to_vec()],
        &["123ABC02", "I23ABC02", "777ZZZ05", "u-77001", "POST LTD"],
    );
    assert_eq!(said.len(), 3);
}

#[test]
fn our_own_contract_loses_every_number_of_a_trip() {
    let mut message = seal("KZ00012345");
    message.command = "json".to_owned();
    message.event = Some(SealEvent::ElementViolated);
    message.message_id = Some("e-7731".to_owned());
    message.trip = Some(Trip {
        declaration: Some("55302/200126/0012345".to_owned()),
        vehicle: Some("123 abc 02".to_owned()),
        container: Some("CSQU 305438-3".to_owned()),
    });
    let documents = [
        json::encode(&Reading::Seal(message)).unwrap() + "\n",
        json::encode(&Reading::Plate(CameraMessage::Sighting(Sighting { container: None, ..sighting("123ABC02") }))).unwrap() + "\n",
        "{\"v\":1,\"weight\":{\"value\":\"40020.50\",\"unit\":\"kg\",\"stable\":true},\"driver\":\"IVANOV\"}\n".to_owned(),
        "{\"v\":1,\"passage\":{\"plate\":\"123ABC02\",\"remarks\":[\"driver Ivanov\"],\"axles\":[{\"load\":\"6200\",\"valid\":true}]}}\n".to_owned(),
    ];
    let frames: Vec<Vec<u8>> = documents.into_iter().map(String::into_bytes).collect();
    let originals = [
        "KZ00012345",
        "0012345",
        "123 abc 02",
        "123ABC02",
        "CSQU",
        "Ivanov",
        "e-7731",
        "0012345678",
    ];
    let said = check(Dialect::Json, &frames, &originals);
    let Reading::Seal(seal) = &said[0] else { panic!() };
    let trip = seal.trip.clone().unwrap();
    assert!(trip.declaration.unwrap().starts_with("55302/200126/"), "office and day stay");
    let container = trip.container.unwrap();
    assert!(matches!(container::look(&container), Container::Sound(_)), "{container}");
    let Reading::Plate(CameraMessage::Sighting(seen)) = &said[1] else { panic!() };
    let Plate::Read { text, .. } = &seen.plate else { panic!() };
    let folded = trip.vehicle.unwrap().replace(' ', "").to_uppercase();
    assert_eq!(*text, folded, "a vehicle is the same however it is written");
    let Reading::Weight(weighing) = &said[2] else { panic!() };
    assert!(format!("{weighing:?}").contains("40020.50"), "{weighing:?}");
}

#[test]
fn an_inspection_loses_its_operator_its_image_and_its_words() {
    let document = format!(
        r#"{{"v":1,"scan":"X-000123","scanner":"XR-17","operator":"Petrov","started":"2026-05-21T11:00:00Z","vehicle":"123ABC02","containers":["CSQU3054383"],"file":{{"kind":"uff3","sha256":"{}","bytes":48211333,"uri":"https://xr-1.example/scans/000123.uff"}},"conclusion":{{"code":"suspicious","by":"operator","who":"op-7741","text":"behind Ivanov's seat","regions":[{{"left":120,"top":300,"width":80,"height":90,"remark":"block A7"}}]}}}}"#,
        "9f86d081".repeat(8)
    ) + "\n";
    let originals = [
        "X-000123",
        "XR-17",
        "Petrov",
        "123ABC02",
        "CSQU3054383",
        "9f86d081",
        "xr-1.example",
        "op-7741",
        "Ivanov",
        "block",
    ];
    check(Dialect::Xray, &[document.into_bytes()], &originals);
}

#[test]
fn codes_keep_what_they_claim_and_their_check_digits() {
    let lines = [
        "55302/200126/0012345",
        "]A0CSQU3054383",
        "]C1010487000000001217261231104021\u{1d}214288",
        "4870000000012",
        "https://example.org/d?n=1234567",
        "CSQU3054383, 123ABC02; KZ0012345",
    ];
    let frames: Vec<Vec<u8>> =
        lines.iter().map(|line| barcode::encode(line, "", Terminator::Line)).collect();
    let originals = [
        "0012345",
        "CSQU3054383",
        "04870000000012",
        "4870000000012",
        "example",
        "1234567",
        "123ABC02",
    ];
    for (line, reading) in lines.iter().zip(check(Dialect::Barcode, &frames, &originals)) {
        let Reading::Scan(Scan::Code(after)) = reading else { panic!() };
        let mut decoder = Decoder::new(Dialect::Barcode);
        let before = decoder.decode(&barcode::encode(line, "", Terminator::Line));
        let Ok(Reading::Scan(Scan::Code(before))) = &before[0] else { panic!() };
        let claims = |code: &barcode::Code| -> Vec<_> {
            code.claims.iter().map(|claim| (claim.kind, claim.checked)).collect()
        };
        assert_eq!(claims(&after), claims(before), "{line}");
        assert_eq!(after.aim, before.aim);
    }
}

#[test]
fn travel_documents_of_every_form_are_somebody_elses_and_their_check_digits_fit() {
    let (frames, _) = good(Dialect::Mrz);
    let originals = [
        "ERIKSSON",
        "ANNA",
        "MARIA",
        "L898902C3",
        "D23145890",
        "L8988901C4",
        "ZE184226B",
        "740812",
        "400907",
    ];
    let said = check(Dialect::Mrz, &frames, &originals);
    let names: BTreeSet<&str> = said
        .iter()
        .map(|reading| {
            let Reading::Scan(Scan::TravelDocument(document)) = reading else {
                panic!("{reading:?}")
            };
            document.surname.as_str()
        })
        .collect();
    assert_eq!(names.len(), 1, "one person stays one person: {names:?}");
    for (reading, expiry) in said.iter().zip(["12", "12", "12", "96", "96"]) {
        let Reading::Scan(Scan::TravelDocument(document)) = reading else { panic!() };
        assert!(document.expiry.starts_with(expiry), "the year of expiry stays");
        assert!(["UTO", "XXX"].contains(&document.nationality.as_str()));
    }
}

#[test]
fn a_number_that_continues_in_the_optional_field_has_its_check_digit_there() {
    // TD1 with a number of twelve characters: nine, a filler, three and the check digit.
    let mut first = b"I<UTOD23145890<7349<<<<<<<<<<<".to_vec();
    first[18] = b'0' + mrz::check_digit(b"D23145890734");
    let mut second = b"7408122F1204159UTO<<<<<<<<<<<6".to_vec();
    let all = [&first[5..30], &second[0..7], &second[8..15], &second[18..29]].concat();
    second[29] = b'0' + mrz::check_digit(&all);
    let frame = [first.as_slice(), b"\r", &second, b"\rERIKSSON<<ANNA<MARIA<<<<<<<<<<\r"].concat();
    let said = check(Dialect::Mrz, &[frame], &["D23145890", "ERIKSSON"]);
    let Reading::Scan(Scan::TravelDocument(document)) = &said[0] else { panic!() };
    assert_eq!(document.number.len(), 12);
}
