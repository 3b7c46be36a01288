//! What was written is read back; what release 0.1 wrote is read for ever; what is newer is passed over; damage is named.

mod examples;
mod later;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, iter};

use checkpoint::event::{Author, Event};
use checkpoint::input::ClockQuality;
use checkpoint::site::{ClockLead, Limit};
use expect_test::{Expect, expect, expect_file};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use protox::prost_reflect::text_format::FormatOptions;
use protox::prost_reflect::{DescriptorPool, DynamicMessage};

use rust_decimal::Decimal;

use self::examples::{alarm, at, every_cause, every_event};
use self::later::with_later_fields;
use super::*;
use crate::chain::{Head, Link};

const EPOCH: Epoch = Epoch([7; 16]);

fn entry(event: Event) -> Entry {
    Entry {
        seq: 4812,
        at: at("2026-11-21T03:12:07.000250Z"),
        clock: ClockQuality::Synchronised,
        author: Author::Device { device: "portal-1".parse().unwrap() },
        event,
    }
}

fn body(event: Event) -> Vec<u8> {
    encode(&entry(event), EPOCH, Hash([9; 32]))
}

fn name(event: &Event) -> String {
    let text = format!("{event:?}");
    text.chars().take_while(char::is_ascii_alphanumeric).collect()
}

#[test]
fn there_is_an_example_of_every_event() {
    let examples: BTreeSet<_> = every_event().iter().map(name).collect();
    let events: BTreeSet<_> = event::NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(examples, events);
}

/// The hub folds what an edge sends, express entries even before those that they build on: whatever comes, in whatever order.
#[test]
fn any_event_can_be_folded_after_any_other_and_shown() {
    let edition = checkpoint::law::Edition::built_in().unwrap();
    let events: Vec<Event> =
        every_event().into_iter().chain(every_cause().into_iter().map(alarm)).collect();
    for first in &events {
        let once = checkpoint::Checkpoint::default().after(&entry(first.clone()));
        for second in &events {
            let twice = once.after(&entry(second.clone()));
            let snapshot = twice.snapshot(&edition);
            for visit in &snapshot.visits {
                let _ = twice.visit(visit.id, &edition);
            }
        }
    }
}

#[test]
fn every_event_is_read_as_it_was_written() {
    let causes = every_cause().into_iter().map(alarm);
    for event in every_event().into_iter().chain(causes).chain(with_later_fields()) {
        let written = entry(event);
        let read = decode(&encode(&written, EPOCH, Hash([9; 32]))).unwrap();
        assert_eq!(read, Decoded::Entry(Box::new(written)));
    }
}

#[test]
fn every_author_and_quality_is_read_as_it_was_written() {
    let officer = Author::Officer {
        officer: "aigul".parse().unwrap(),
        workplace: "lane 1".into(),
        request: "01JD-7Q2M".parse().unwrap(),
    };
    let device = Author::Device { device: "scale-1".parse().unwrap() };
    for author in [Author::Agent, device, officer] {
        for clock in
            [ClockQuality::Synchronised, ClockQuality::Unsynchronised, ClockQuality::Unknown]
        {
            let written = Entry { author: author.clone(), clock, ..entry(Event::OfficerSignedIn) };
            let read = decode(&encode(&written, EPOCH, Hash([9; 32]))).unwrap();
            assert_eq!(read, Decoded::Entry(Box::new(written)));
        }
    }
}

#[test]
fn numbers_keep_their_last_zeros() {
    for text in [
        "0",
        "0.00",
        "-0.120",
        "1.50",
        "79228162514264337593543950335",
        "0.0000000000000000000000000001",
    ] {
        let written = Decimal::from_str_exact(text).unwrap();
        let read: Decimal = read(field::write::<_, String>(&written), "n").unwrap();
        assert_eq!(read.to_string(), text);
    }
}

#[test]
fn the_chain_reads_the_place_of_what_is_written_here() {
    let head = Head::genesis(EPOCH);
    let first = Entry { seq: 1, ..entry(Event::OfficerSignedIn) };
    let body = encode(&first, EPOCH, head.hash);
    assert_eq!(head.follow(&body).unwrap(), Head { epoch: EPOCH, seq: 1, hash: Hash::of(&body) });
    assert_eq!(Link::read(&body).unwrap().at_us, first.at.as_microsecond());
}

/// The bytes of a golden file stay for ever; the rest is what `proto/entry.proto` and this release make of them.
#[test]
fn what_release_0_1_wrote_is_read_for_ever() {
    for event in every_event() {
        let path = golden().join(format!("{}.txt", snake(&name(&event))));
        let bytes = match fs::read_to_string(&path) {
            Ok(text) => unhex(&text),
            Err(_) => body(event), // a new event, until its file is written with UPDATE_EXPECT=1
        };
        let Ok(Decoded::Entry(read)) = decode(&bytes) else {
            panic!("{} is not read", path.display())
        };
        let read = serde_json::to_string_pretty(&read).unwrap();
        expect_file![path].assert_eq(&format!("{}\n{}\n{read}\n", hex(&bytes), by_proto(&bytes)));
    }
}

#[test]
fn this_release_writes_what_release_0_1_wrote() {
    for event in every_event() {
        let name = name(&event);
        let path = golden().join(format!("{}.txt", snake(&name)));
        let golden = unhex(&fs::read_to_string(path).unwrap());
        assert_eq!(
            hex(&golden),
            hex(&body(event)),
            "{name} is written otherwise than release 0.1 wrote it"
        );
    }
}

#[test]
fn leads_of_long_terms_come_back_as_they_were_written() {
    let hours = SignedDuration::from_hours;
    let leads = Limit {
        value: vec![ClockLead { from: hours(28 * 24), before: vec![hours(240), hours(24)] }],
        author: "head of the post".to_owned(),
        approval: "order 14".to_owned(),
    };
    let mut event = every_event().into_iter().find(|event| name(event) == "LimitsSet").unwrap();
    let Event::LimitsSet { limits } = &mut event else { unreachable!("it was asked for") };
    limits.clock_leads = Some(leads);
    let Ok(Decoded::Entry(read)) = decode(&body(event.clone())) else { panic!("it is not read") };
    assert_eq!(read.event, event);
}

#[test]
fn no_golden_file_is_without_its_example() {
    let files: BTreeSet<_> = fs::read_dir(golden())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let examples: BTreeSet<_> =
        every_event().iter().map(|event| format!("{}.txt", snake(&name(event)))).collect();
    assert_eq!(files, examples);
}

/// Puts fields of protobuf behind a body: of two values of one field the last is read.
fn check(event: Event, behind: &[u8], expected: Expect) {
    let mut body = body(event);
    body.extend_from_slice(behind);
    expected.assert_eq(&match decode(&body) {
        Ok(Decoded::Entry(entry)) => format!("read as {}", name(&entry.event)),
        Ok(Decoded::Newer { seq, unknown, .. }) => format!("entry {seq} is newer: {unknown}"),
        Err(error) => error.to_string(),
    });
}

/// The body without its event, which stands at its end.
fn check_event(event: &[u8], expected: Expect) {
    let whole = body(Event::OfficerSignedIn);
    let (header, signed_in) = whole.split_at(whole.len() - 3);
    assert_eq!(signed_in, [0xb2, 0x09, 0x00], "field 150, empty");
    expected.assert_eq(&match decode(&[header, event].concat()) {
        Ok(Decoded::Entry(entry)) => format!("read as {}", name(&entry.event)),
        Ok(Decoded::Newer { seq, unknown, .. }) => format!("entry {seq} is newer: {unknown}"),
        Err(error) => error.to_string(),
    });
}

#[test]
fn what_a_newer_writer_says_is_passed_over() {
    // An event with a number that nobody knows yet: field 199, 3 bytes.
    check_event(&[0xba, 0x0c, 0x03, 1, 2, 3], expect!["entry 4812 is newer: event 199"]);
    // A value of an enumeration: the health 9 of a device.
    check_event(
        &[0xc2, 0x02, 0x05, 0x0a, 0x01, b'p', 0x10, 0x09],
        expect!["entry 4812 is newer: DeviceHealthChanged.health is 9"],
    );
    // A case of a choice: an alarm whose cause is field 99.
    let cause_99 =
        [0x92, 0x08, 0x0b, 0x08, 0x01, 0x12, 0x07, 0x0a, 0x03, 0x98, 0x06, 0x01, 0x10, 0x01];
    check_event(
        &cause_99,
        expect!["entry 4812 is newer: AlarmRaised.facts.cause is a case that is not known"],
    );
    // The quality 9 of the clock.
    check(Event::OfficerSignedIn, &[0x28, 0x09], expect!["entry 4812 is newer: clock is 9"]);
    // A field of the header, and one in a known event: both mean, when absent, what was meant before.
    check(Event::OfficerSignedIn, &[0x3a, 0x01, b'x'], expect!["read as OfficerSignedIn"]);
    check_event(&[0xb2, 0x09, 0x02, 0x38, 0x01], expect!["read as OfficerSignedIn"]);
}

#[test]
fn damage_is_named() {
    check_event(&[], expect!["entry 4812: the field event is nothing, which no release writes"]);
    check(Event::OfficerSignedIn, &[0xff], expect!["the body is not protobuf"]);
    check(
        Event::OfficerSignedIn,
        &[0x08, 0x00],
        expect!["entry 0: the field seq is 0, which no release writes"],
    );
    check(
        Event::OfficerSignedIn,
        &[0x28, 0x00],
        expect!["entry 4812: the field clock is 0, which no release writes"],
    );
    // A device without a name and without a health.
    check_event(
        &[0xc2, 0x02, 0x00],
        expect![[
            r#"entry 4812: the field DeviceHealthChanged.device is "", which no release writes"#
        ]],
    );
    check_event(
        &[0xc2, 0x02, 0x03, 0x0a, 0x01, b'p'],
        expect!["entry 4812: the field DeviceHealthChanged.health is 0, which no release writes"],
    );
    // A notice of which nothing was kept.
    check_event(
        &[0xd2, 0x05, 0x02, 0x08, 0x07],
        expect![
            "entry 4812: the field NoticeRegistered.notice is missing, which no release writes"
        ],
    );
    // A tare of "x", a consignment number that is too large, a time beyond the calendar.
    check_event(
        &[0xc2, 0x04, 0x03, 0x12, 0x01, b'x'],
        expect![[r#"entry 4812: the field TareRecorded.tare_kg is "x", which no release writes"#]],
    );
    check_event(
        &[0xe2, 0x05, 0x04, 0x10, 0x80, 0x80, 0x04],
        expect![
            "entry 4812: the field GoodsPresented.consignment is 65536, which no release writes"
        ],
    );
    check_event(
        &iter::once(0x8a)
            .chain([0x07, 0x0b, 0x10])
            .chain([0xff; 9])
            .chain([0x01])
            .collect::<Vec<_>>(),
        expect![
            "entry 4812: the field ClockStopped.as_of_us is -9223372036854775808, which no release writes"
        ],
    );
}

proptest! {
    #[test]
    fn no_bytes_stop_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
    }

    #[test]
    fn a_damaged_body_is_read_or_refused_and_never_stops_the_reader(
        which in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let events = every_event();
        let mut bytes = body(which.get(&events).clone());
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let _ = decode(&bytes);
        let _ = decode(&bytes[..place]);
    }

    #[test]
    fn any_moment_is_kept_to_the_microsecond(us in -377_705_023_201_000_000..=253_402_207_200_999_999_i64) {
        let moment: Timestamp = read(us, "at_us").unwrap();
        prop_assert_eq!(field::write::<_, i64>(&moment), us);
    }
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/v0_1")
}

fn snake(name: &str) -> String {
    let word = |c: char| {
        if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.into() }
    };
    name.chars().map(word).collect::<String>().trim_start_matches('_').to_owned()
}

fn hex(bytes: &[u8]) -> String {
    let line =
        |line: &[u8]| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
    bytes.chunks(48).map(line).collect()
}

/// The bytes of a golden file: the lines before the first empty one.
fn unhex(text: &str) -> Vec<u8> {
    let digits: String = text.lines().take_while(|line| !line.is_empty()).collect();
    digits
        .as_bytes()
        .chunks(2)
        .map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}

/// The bytes with the names of `proto/entry.proto`, read without any of our code.
fn by_proto(bytes: &[u8]) -> String {
    let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
    let mut files = protox::compile(["entry.proto"], [proto]).unwrap();
    // Shown as what they are on the wire, lists of pairs, maps keep their order.
    let messages = files.file.iter_mut().flat_map(|file| &mut file.message_type);
    for pair in messages.flat_map(|message| &mut message.nested_type) {
        pair.options = None;
    }
    let pool = DescriptorPool::from_file_descriptor_set(files).unwrap();
    let entry = pool.get_message_by_name("beket.entry.Entry").unwrap();
    let message = DynamicMessage::decode(entry, bytes).unwrap();
    message.to_text_format_with_options(&FormatOptions::new().pretty(true)) + "\n"
}
