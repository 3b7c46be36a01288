//! What seals report reaches the lane, from each dialect that can say it: classes of events, makers' own numbers, numbers on barcodes.

use checkpoint::input::observation::SealCondition::{self, HousingOpened, Intact, Opened, Unknown};
use checkpoint::input::observation::{Said, ScanKind, SealReading};
use firmware_protocols::scanner::{Terminator, barcode};
use firmware_protocols::seal::egts::record::{Place, Record, Subrecord};
use firmware_protocols::seal::egts::{self, Packet, PacketType};
use firmware_protocols::seal::{Position, jointech};

use super::listened;

/// The one seal that these bytes are about.
#[track_caller]
fn seal(device: &str, bytes: &[u8]) -> SealReading {
    match &listened(device).hears(0, bytes)[..] {
        [Said::Seal(seal)] => seal.clone(),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check(seal: &SealReading, class: Option<u32>, maker: Option<u32>, condition: SealCondition) {
    let told = (seal.event_class, seal.maker_event, seal.condition);
    assert_eq!(told, (class, maker, condition), "{seal:?}");
}

#[test]
fn every_class_comes_with_json_and_a_closed_lock_does_not_make_it_normal() {
    for (code, condition) in [
        ("01", Opened),
        ("02", HousingOpened),
        ("03", Intact),
        ("04", Unknown),
        ("05", Intact),
        ("06", Intact),
        ("07", Unknown),
        ("41", Unknown),
    ] {
        let message = format!(
            "{{\"v\":1,\"seal\":\"KZ1\",\"event\":\"{code}\",\"state\":{{\"locked\":true}}}}\n"
        );
        let said = seal("dialect = \"json\"\nfamily = \"seal_reader\"", message.as_bytes());
        check(&said, code.parse().ok(), None, condition);
    }
}

#[test]
fn a_terminal_of_egts_says_that_its_housing_or_its_loop_was_violated() {
    let packet = |source: u8, loops: Vec<(u8, u8)>| {
        let place = Place {
            at: "2026-05-21T05:00:00Z".parse().unwrap(),
            position: Position::NoFix,
            from_memory: false,
            odometer_hm: 0,
            inputs: 0,
            source,
            source_data: None,
        };
        let parts = vec![Subrecord::Place(place), Subrecord::Loops(loops.into_iter().collect())];
        let record = Record { object: Some(7), parts, ..Record::of(1, 2) };
        let records = vec![record];
        egts::encode(&Packet { id: 1, kind: PacketType::Data, answers: None, records }).unwrap()
    };
    let device = "dialect = \"egts\"\nsettings = { seal_loop = 1 }";
    check(&seal(device, &packet(0, vec![(1, 0)])), None, None, Intact);
    check(&seal(device, &packet(0, vec![(1, 2)])), Some(1), None, Opened);
    check(&seal(device, &packet(10, vec![(1, 0)])), Some(2), None, HousingOpened);
    // Another reason to send is the standard's number, and no class.
    check(&seal(device, &packet(13, vec![(1, 0)])), None, Some(13), Intact);
}

#[test]
fn a_binary_seal_of_jointech_says_it_by_the_bits_that_the_site_believes() {
    let bytes = |status: u16| {
        let long = jointech::binary::Long {
            seal: "7500123456",
            protocol: 0x19,
            at: "2026-05-21T05:00:00Z".parse().unwrap(),
            position: Position::NoFix,
            status,
            battery: 12,
            index: 3,
        };
        jointech::binary::encode(&long).unwrap()
    };
    let (closed, cut, cover, low) = (0x00c0, 1 << 3, 1 << 12, 1 << 11);
    let believed = "dialect = \"jointech\"\nsettings = { status_bits = true }";
    check(&seal(believed, &bytes(closed)), None, None, Intact);
    check(&seal(believed, &bytes(closed | cut)), Some(1), None, Opened);
    check(&seal(believed, &bytes(closed | cover)), Some(2), None, HousingOpened);
    check(&seal(believed, &bytes(closed | low)), Some(5), None, Intact);
    check(&seal("dialect = \"jointech\"", &bytes(closed | cut)), None, None, Unknown);
}

#[test]
fn a_text_event_of_jointech_keeps_the_makers_number() {
    let event =
        b"(8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)";
    for dialect in ["jointech", "jointech-text"] {
        check(&seal(&format!("dialect = {dialect:?}"), event), None, Some(5), Unknown);
    }
}

#[test]
fn a_reader_for_seals_reads_seals_and_any_other_reader_scans() {
    let line = |text: &str| barcode::encode(text, "", Terminator::Line);
    let for_seals = "dialect = \"barcode\"\nsettings = { seals = true }";
    // Eight digits are an article to others.
    let told = seal(for_seals, &line("12345670"));
    assert_eq!((told.number.as_str(), told.condition), ("12345670", Unknown));
    for (device, text, what) in [
        ("dialect = \"barcode\"", "12345670", ScanKind::Gs1),
        ("dialect = \"barcode\"", "MLK0012345", ScanKind::Seal),
        (for_seals, "https://seal.example/KZ0012345", ScanKind::Url),
    ] {
        match &listened(device).hears(0, &line(text))[..] {
            [Said::Scan(scan)] => assert_eq!(scan.what, what),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_seal_that_was_kept_while_the_way_here_was_cut_is_told_as_late() {
    let of = |retransmitted: bool| {
        let message = format!(
            "{{\"v\":1,\"seal\":\"KZ1\",\"ts\":\"2026-05-21T04:30:00Z\",\"state\":{{\"locked\":false}},\"retransmitted\":{retransmitted}}}\n"
        );
        seal("dialect = \"json\"\nfamily = \"seal_reader\"", message.as_bytes())
    };
    let kept = of(true);
    assert_eq!((kept.late, kept.condition), (true, Opened));
    assert_eq!(kept.device_time.as_deref(), Some("2026-05-21T04:30:00Z"));
    assert!(!of(false).late);
}
