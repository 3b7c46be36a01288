//! What a decoder allocates for a good frame once everything that grows has grown: what its readings own, and nothing else.
//!
//! What a reading owns is what a copy of it allocates. No clock is looked at, so this holds on every machine.

use std::hint::black_box;

use firmware_protocols::seal::llrp::report::{ReadResult, TAMPER_OPERATION, Tag};
use firmware_protocols::seal::tag::TamperChip;
use firmware_protocols::seal::{llrp, uhfreader18};
use firmware_protocols::{Decoder, Dialect, Item, Settings, limits};
use jiff::Timestamp;

use crate::good::Good;

/// Allocations of a decoder for these frames, beyond what the readings own.
fn excess(dialect: Dialect, good: &Good) -> u64 {
    let mut decoder = Decoder::with(dialect, &good.settings);
    let mut items: Vec<Item> = Vec::with_capacity(64);
    let mut round = || -> u64 {
        let mut excess = 0;
        for frame in &good.frames {
            items.clear();
            let read = || decoder.decode_into(black_box(frame), &mut items);
            let allocated = allocation_counter::measure(read).count_total;
            assert!(
                items.iter().any(Result::is_ok),
                "{dialect}: a good frame is no reading: {items:?}"
            );
            let copy = || drop(black_box(items.clone()));
            // The list of the copies is one allocation of the copy.
            let owned = allocation_counter::measure(copy).count_total - 1;
            excess += allocated.checked_sub(owned).unwrap_or_else(|| {
                panic!("{dialect}: {allocated} allocated, and readings own {owned}")
            });
        }
        excess
    };
    // What grows has grown after the first rounds.
    (round(), round(), round()).2
}

#[test]
fn a_good_frame_costs_what_its_reading_owns_and_nothing_else() {
    for &dialect in Dialect::ALL {
        assert_eq!(excess(dialect, &Good::of(dialect)), 0, "{dialect}");
    }
}

#[test]
fn a_frame_of_many_parts_costs_no_more() {
    let settings = Settings {
        tamper_chip: Some(TamperChip::NxpG2il),
        seal_loop: Some(2),
        ..Settings::default()
    };
    let text = |text: &str| format!("{text}\r\n").into_bytes();
    let epcs = || (1..=9_u8).map(|number| vec![number; 12]);
    let containers = vec!["CSQU3054383"; limits::CLAIMS + 4].join(" ");
    let cases = [
        (Dialect::Egts, crate::egts::of_many_parts()),
        (Dialect::Llrp, llrp::reader::encode_report(1, 7, &epcs().map(tag).collect::<Vec<_>>())),
        (
            Dialect::Llrp,
            llrp::reader::encode_notification(
                1,
                Timestamp::UNIX_EPOCH,
                &llrp::Notification::Antenna { antenna: 2, connected: false },
            ),
        ),
        (
            Dialect::UhfReader18,
            uhfreader18::encode(&uhfreader18::Answer {
                address: 0,
                command: 1,
                status: 1,
                tags: epcs().collect(),
            }),
        ),
        (Dialect::Jointech, crate::jointech_binary::of_two_places()),
        (
            Dialect::JointechText,
            text("(8000632862,W01,11404.6204,E,2233.1234,N,A,220926,135643,0,1,2,3,4,5,6,7,8,9)"),
        ),
        (Dialect::SpectroscopicDaily, text(&format!("NS,010,001{}", ",3".repeat(500)))),
        (Dialect::SpectroscopicDaily, text(&format!("S2{}", ",1.5".repeat(500)))),
        (
            Dialect::SpectroscopicDaily,
            text(&format!("S1,NaI,SPM,512,1.4{}", ",NSigma,8".repeat(9))),
        ),
        (Dialect::Barcode, text(&containers)),
        // A letter for a digit; a plate in small Cyrillic letters; an identifier that is not known; one that could be two.
        (Dialect::Barcode, text("CSQU3O54383")),
        (Dialect::Barcode, text("123 авс 02")),
        (Dialect::Barcode, text("]C17712345")),
        (Dialect::Barcode, text("]C110LOT-721004233")),
        (Dialect::Mrz, crate::mrz::long_and_marked().into()),
    ];
    for (dialect, frame) in cases {
        let shown = String::from_utf8_lossy(&frame).into_owned();
        let good = Good { frames: vec![frame], checked: false, settings: settings.clone() };
        assert_eq!(excess(dialect, &good), 0, "{dialect}: {shown}");
    }
}

/// A tag whose word was read twice, and not read.
fn tag(epc: Vec<u8>) -> Tag {
    let read = |result, words| ReadResult { result, operation: TAMPER_OPERATION, words };
    let read = vec![read(0, vec![0x8000]), read(0, vec![0]), read(2, vec![])];
    Tag { epc, antenna: Some(1), read, ..Tag::default() }
}

#[test]
fn a_document_that_says_everything_costs_no_more_but_what_serde_json_takes_for_an_escape_or_a_nest()
{
    let told = crate::rs350::told(Some((2903, 1)), Some((1188, 0)), &[("Gamma", "Cs-137")]);
    let line = |text: &str| format!("{text}\n").into_bytes();
    let cases = [
        (Dialect::Rs350, told, 0),
        (Dialect::HikvisionAnpr, crate::hikvision::TRUCK.into(), 0),
        (Dialect::Openalpr, line(crate::openalpr::GROUP), 0),
        (Dialect::Json, line(crate::json::SEAL), 0),
        (Dialect::Json, line(crate::json::PLATE), 0),
        // `coordinates` and `candidates` are passed over: a list in a list takes the room of `serde_json`, which it does not keep.
        (Dialect::Openalpr, line(crate::openalpr::PICTURE), 1),
        // A text with an escape is written out in that room.
        (Dialect::Json, line(r#"{"v":1,"seal":"A\u0042"}"#), 1),
        (Dialect::Json, line(r#"{"v":1,"weight":{"value":"\u0031","unit":"kg"}}"#), 2),
    ];
    for (dialect, frame, more) in cases {
        let shown = String::from_utf8_lossy(&frame).into_owned();
        let good = Good { frames: vec![frame], checked: false, settings: Settings::default() };
        assert_eq!(excess(dialect, &good), more, "{dialect}: {shown}");
    }
}
