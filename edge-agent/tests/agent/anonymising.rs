//! `edge-agent tape anonymise`: nobody is in it any more, and it says the same of everything else.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use edge_agent::recording::Recording;
use edge_agent::recording::anonymise::{AnonymiseError, Report, Tape, Treatment, anonymise};
use edge_agent::tape::Record;
use firmware_protocols::plate::{CameraMessage, Country, Plate, Sighting};
use firmware_protocols::scanner::container::{self, Container};
use firmware_protocols::scanner::{Scan, Terminator, barcode, mrz};
use firmware_protocols::seal::egts::record::{Place, Record as EgtsRecord, Subrecord};
use firmware_protocols::seal::egts::{self, Packet, PacketType};
use firmware_protocols::seal::jointech::{self, binary};
use firmware_protocols::seal::{Message, Position, SealEvent, Trip, llrp, m100, uhfreader18};
use firmware_protocols::{Decoder, Dialect, Raw, Reading, Settings, json, plate};
use jiff::Timestamp;
use proptest::prelude::*;
use units::{Microdegrees, Percent};

use crate::capture::{NOON_US, tape};

fn at() -> Timestamp {
    Timestamp::from_microsecond(NOON_US).unwrap()
}

fn came(frames: &[Vec<u8>]) -> Vec<Record> {
    let at = |second: i64| NOON_US + second * 1_000_000;
    (0..)
        .zip(frames)
        .map(|(second, bytes)| Record { at_us: at(second), bytes: bytes.clone() })
        .collect()
}

fn once(
    dialect: Dialect,
    settings: &Settings,
    frames: &[Vec<u8>],
) -> Result<(Vec<Record>, Report), AnonymiseError> {
    let tape = Tape { dialect, settings, records: &came(frames) };
    anonymise(&[tape], 7).map(|mut done| done.remove(0))
}

fn readings(dialect: Dialect, settings: &Settings, records: &[Record]) -> Vec<Reading> {
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
fn check(dialect: Dialect, frames: &[Vec<u8>], originals: &[&str]) -> Vec<Reading> {
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

fn good(dialect: Dialect) -> (Vec<Vec<u8>>, Settings) {
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

fn seal(number: &str) -> Message {
    let mut message = Message::new(number, "P45");
    message.device_time = Some(at());
    message.event = Some(SealEvent::Maker(3));
    message.card = Some("0012345678".to_owned());
    message.position = fix(43_765_432, 77_123_456);
    message
}

fn fix(latitude: i32, longitude: i32) -> Position {
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

fn sighting(text: &str) -> Sighting {
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

#[test]
fn a_plate_that_two_devices_saw_is_the_same_afterwards() {
    let settings = Settings::default();
    let camera = came(&[
        plate::hikvision::encode(&CameraMessage::Sighting(sighting("123ABC02"))).into_bytes()
    ]);
    let reader = came(&[barcode::encode("123ABC02", "", Terminator::Line)]);
    let tapes = [
        Tape { dialect: Dialect::HikvisionAnpr, settings: &settings, records: &camera },
        Tape { dialect: Dialect::Barcode, settings: &settings, records: &reader },
    ];
    let done = anonymise(&tapes, 3).unwrap();
    let scanned = String::from_utf8(done[1].0[0].bytes.clone()).unwrap();
    let seen = String::from_utf8(done[0].0[0].bytes.clone()).unwrap();
    assert!(
        seen.contains(&format!("<licensePlate>{}</licensePlate>", scanned.trim())),
        "{seen}{scanned}"
    );
    assert_eq!(anonymise(&tapes, 3).unwrap(), done, "the same seed, the same tapes");
    assert_ne!(anonymise(&tapes, 4).unwrap(), done);
}

#[test]
fn a_weighbridge_stays_as_it_came_and_what_nobody_reads_goes() {
    let settings = Settings::default();
    let frame = b"\x02+04000001F\x03".to_vec();
    let frames = [
        frame.clone(),
        b"IVANOV 123ABC02".to_vec(),
        frame[..5].to_vec(),
        frame[5..].to_vec(),
        b"\x02+04000001E\x03".to_vec(),
        frame.clone(),
        frame[..7].to_vec(),
    ];
    let (after, report) = once(Dialect::Xk3190, &settings, &frames).unwrap();
    let bytes: Vec<u8> = after.iter().flat_map(|record| record.bytes.clone()).collect();
    assert_eq!(bytes, frame.repeat(3));
    let moments: Vec<i64> =
        after.iter().map(|record| (record.at_us - NOON_US) / 1_000_000).collect();
    assert_eq!(moments, [0, 3, 5], "each at the moment at which it was complete");
    assert_eq!((report.readings, report.dropped), (3, 0));
    assert!(report.undecoded_bytes >= 15 + 12 + 7, "{report:?}");
    assert!(report.faults.contains_key("wrong-checksum"), "{report:?}");
}

#[test]
fn what_a_portal_counted_is_not_touched_by_noise_before_it() {
    let frames = [
        b"driver: Ivanov\r\nGS,000001,000002,000003,000004\r\n".to_vec(),
        b"xx\x00\xffGB,000383,000389,000432,000423\r\nGS,000005,000006,000007,000008\r\n".to_vec(),
    ];
    let (after, report) = once(Dialect::Tsa, &Settings::default(), &frames).unwrap();
    let bytes: Vec<u8> = after.iter().flat_map(|record| record.bytes.clone()).collect();
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("Ivanov") && text.contains("GS,000005,000006,000007,000008"), "{text}");
    assert_eq!(report.readings, 2, "{report:?}");
}

fn told(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .args(["tape", "anonymise"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), text)
}

#[test]
fn an_engineer_is_told_what_was_replaced_and_what_was_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let text = jointech::encode_event(&seal("8041300978")).unwrap();
    let said: Vec<(i64, &[u8])> = vec![(0, &text), (1, b"garbage"), (2, &text)];
    tape(&folder.path().join("seals.tape.gz"), "jointech", &said);
    let (done, text) = told(folder.path(), &["seals.tape.gz", "-o", "out"]);
    assert!(done, "{text}");
    expect_test::expect![[r#"
        out/device-1-jointech.tape.gz
          readings  2
          replaced  1 seals, 1 cards, 1 places
          dropped   7 bytes that no decoder reads: noise 1
    "#]]
    .assert_eq(&text);
    let found = Recording::find(&folder.path().join("out/device-1-jointech.tape.gz")).unwrap();
    assert_eq!(found[0].header.device, "device-1");
    let (done, text) = told(folder.path(), &["seals.tape.gz", "-o", "out"]);
    assert!(!done && text.contains("is there already"), "{text}");
}

#[test]
fn a_tape_that_is_not_understood_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    tape(&folder.path().join("backpack.tape.gz"), "rs350", &[(0, b"\x02<x/>\x03")]);
    tape(&folder.path().join("telegraph.tape.gz"), "morse", &[(0, b"...")]);
    let (done, text) = told(folder.path(), &["backpack.tape.gz", "-o", "out"]);
    assert!(
        !done && text.contains("a tape of rs350 is not anonymised: its N42 documents"),
        "{text}"
    );
    let (done, text) = told(folder.path(), &["telegraph.tape.gz", "-o", "out"]);
    assert!(!done && text.contains("the tape of device-1 is of the dialect \"morse\""), "{text}");
    assert!(!folder.path().join("out").exists());
    let (done, text) = told(folder.path(), &["--list"]);
    assert!(done);
    assert_eq!(text.lines().count(), Dialect::ALL.len(), "{text}");
}

fn plate_text() -> impl Strategy<Value = String> {
    "[0-9]{3}[A-Z]{3}[0-9]{2}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_plate_and_no_seal_is_left(plates in prop::collection::vec(plate_text(), 1..12), seals in prop::collection::vec("[78][0-9]{9}", 1..8)) {
        let originals: Vec<&str> = plates.iter().map(String::as_str).collect();
        let documents: Vec<Vec<u8>> = plates.iter().map(|text| plate::hikvision::encode(&CameraMessage::Sighting(sighting(text))).into_bytes()).collect();
        check(Dialect::HikvisionAnpr, &documents, &originals);
        let scans: Vec<Vec<u8>> = plates.iter().map(|text| barcode::encode(text, "]C0", Terminator::Line)).collect();
        check(Dialect::Barcode, &scans, &originals);
        let originals: Vec<&str> = seals.iter().map(String::as_str).collect();
        let frames: Vec<Vec<u8>> = seals.iter().flat_map(|number| {
            let long = binary::Long { seal: number, protocol: 0x19, at: at(), position: fix(43_765_432, 77_123_456), status: 0x20e0, battery: 64, index: 3 };
            [binary::encode(&long).unwrap(), jointech::encode_event(&seal(number)).unwrap()]
        }).collect();
        check(Dialect::Jointech, &frames, &originals);
    }

    #[test]
    fn no_tag_is_left(tags in prop::collection::vec(prop::collection::vec(any::<u8>(), 12..=12), 1..10)) {
        let hex: Vec<String> = tags.iter().map(|tag| tag.iter().map(|byte| format!("{byte:02X}")).collect()).collect();
        let originals: Vec<&str> = hex.iter().map(String::as_str).collect();
        let m100: Vec<Vec<u8>> = tags.iter().map(|epc| m100::encode(&m100::Said::Tag { rssi_dbm: -55, epc: epc.clone() })).collect();
        check(Dialect::M100, &m100, &originals);
        let answer = uhfreader18::Answer { address: 0, command: 1, status: 1, tags: tags.clone() };
        check(Dialect::UhfReader18, &[uhfreader18::encode(&answer)], &originals);
        let tags: Vec<llrp::report::Tag> = tags.into_iter().map(|epc| llrp::report::Tag { epc, last_seen: Some(at()), ..llrp::report::Tag::default() }).collect();
        check(Dialect::Llrp, &[llrp::reader::encode_report(1, 9, &tags), llrp::reader::encode_keepalive(1, 10)], &originals);
    }
}
