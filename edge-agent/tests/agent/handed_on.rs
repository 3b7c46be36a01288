//! `edge-agent tape anonymise`: tapes together, what nobody reads, what is refused, and numbers drawn at random.

use std::path::Path;
use std::process::Command;

use edge_agent::recording::Recording;
use edge_agent::recording::anonymise::{AnonymiseError, Tape, Treatment, anonymise};
use firmware_protocols::plate::{self, CameraMessage};
use firmware_protocols::scanner::{Terminator, barcode};
use firmware_protocols::seal::jointech::{self, binary};
use firmware_protocols::seal::{llrp, m100, uhfreader18};
use firmware_protocols::{Dialect, Settings};
use proptest::prelude::*;

use crate::anonymising::{at, came, check, fix, good, once, readings, seal, sighting};
use crate::capture::{NOON_US, tape};

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

#[test]
fn noise_between_frames_goes_and_takes_nothing_with_it() {
    for &dialect in Dialect::ALL {
        if matches!(Treatment::of(dialect), Treatment::Refused(_)) {
            continue;
        }
        let (frames, settings) = good(dialect);
        for noise in [&b"\x00\xff\x00\r\n"[..], b"IVANOV 123ABC02\r\n", b"\xfe\xfe\xfe"] {
            let noisy: Vec<Vec<u8>> =
                frames.iter().flat_map(|frame| [noise.to_vec(), frame.clone()]).collect();
            match once(dialect, &settings, &noisy) {
                Ok((after, report)) => {
                    let bytes: Vec<u8> =
                        after.iter().flat_map(|record| record.bytes.clone()).collect();
                    let left = bytes.windows(6).any(|window| window == b"IVANOV");
                    assert!(!left, "{dialect}: {report:?}");
                    let said = readings(dialect, &settings, &after).len();
                    assert_eq!(u64::try_from(said).unwrap(), report.readings, "{dialect}");
                }
                Err(error) => panic!("{dialect}: {error}"),
            }
        }
    }
}

#[test]
fn an_original_that_would_still_be_there_is_found_and_nothing_comes_out() {
    // The camera's own word for a direction stays, and here it is a plate as well.
    let document = b"{\"v\":1,\"plate\":\"FORWARD\",\"direction\":\"forward\"}\n".to_vec();
    let error = once(Dialect::Json, &Settings::default(), &[document]).unwrap_err();
    assert_eq!(error, AnonymiseError::Leak { dialect: Dialect::Json, length: 7 });
    assert!(!error.to_string().to_uppercase().contains("FORWARD"), "it is not shown: {error}");
}

#[test]
fn what_cannot_be_said_again_is_dropped_and_counted() {
    // A GS1 code whose separator its reader lost: what is an identifier in it and what a value cannot be told.
    let lost = barcode::encode("10LOT-721004233", "]C1", Terminator::Line);
    let plate = barcode::encode("123ABC02", "", Terminator::Line);
    let (after, report) = once(Dialect::Barcode, &Settings::default(), &[lost, plate]).unwrap();
    assert_eq!((after.len(), report.readings, report.dropped), (1, 1, 1), "{report:?}");
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
