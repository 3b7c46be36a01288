//! What reads bytes and is no dialect, by its name: for a fuzz target each, and for the test that plays their corpus.
//!
//! What must hold: nothing panics, what is written of something that was read is read as the same, and a station answers with frames that a client takes.

use std::time::Duration;

use firmware_protocols::modbus::{Read, Registers, Station, Wire};
use firmware_protocols::scanner::{claims, container, gs1, mrz};
use firmware_protocols::sparkplug::{self, Address, Host, HostSettings, Metrics, Watched};
use firmware_protocols::{n42, portal, recognise};

/// Reads `bytes` by the reader of this name.
pub(crate) fn read(reader: &str, bytes: &[u8]) {
    match reader {
        "daily-file" => {
            for line in portal::daily::recorded_lines(bytes, None).flatten() {
                assert!(line.live().len() <= bytes.len() + 2, "a line grew");
            }
        }
        "modbus-station" => {
            station(Wire::Rtu, bytes);
            station(Wire::Tcp, bytes);
        }
        "n42" => documents(bytes),
        "recognise" => {
            let found = recognise(bytes);
            assert!(found.guesses.iter().all(|guess| guess.explained_permille <= 1000));
        }
        "scanned" => scanned(bytes),
        "sparkplug" => payloads(bytes),
        other => panic!("{other} reads nothing"),
    }
}

fn documents(bytes: &[u8]) {
    if let Ok(read) = n42::read(bytes) {
        let written = n42::write(&read.document);
        let again = n42::read(written.as_bytes()).expect("what was written is read");
        assert_eq!(n42::write(&again.document), written, "what was written is written again");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = n42::rules::check(text, None);
    }
    // A detector's document is not kept, but what a reader of files refuses is refused.
    assert!(
        portal::rs350::decode(bytes).is_err() || n42::read(bytes).is_ok(),
        "taken by one, refused by the other"
    );
}

/// Every register holds its number; two units are there.
struct Numbered;

impl Registers for Numbered {
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        words.extend((0..read.count).map(|offset| read.first.wrapping_add(offset)));
        (read.unit < 2).then_some(Ok(()))
    }
}

fn station(wire: Wire, bytes: &[u8]) {
    let mut answers = 0;
    Station::new(wire).hear(
        bytes,
        &Numbered,
        |answer| {
            answers += 1;
            assert!(answer.len() <= 260, "an answer of {} bytes", answer.len());
        },
        |fault| assert!(fault.bytes as usize <= bytes.len()),
    );
    assert!(answers <= bytes.len() / 8, "more answers than questions");
}

fn scanned(bytes: &[u8]) {
    let _ = mrz::decode(bytes);
    for separator_sent in [false, true] {
        let split = gs1::split(bytes, separator_sent);
        let elements = if let gs1::Gs1::Elements(elements) = split { elements } else { Vec::new() };
        if let Ok(text) = std::str::from_utf8(bytes) {
            let _ = claims::of(text, &elements);
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let container::Container::Sound(number) = container::look(text)
    {
        assert_eq!(container::look(&number), container::Container::Sound(number.clone()));
    }
}

fn payloads(bytes: &[u8]) {
    if let Ok(payload) = sparkplug::decode(bytes) {
        let written = sparkplug::encode(&payload);
        let again = sparkplug::decode(&written).expect("what was written is read");
        assert_eq!(sparkplug::encode(&again), written, "what was written is written again");
    }
    let address = |text| Address::parse(text).expect("an address");
    let plate = Metrics { plate: Some("Plate".to_owned()), ..Metrics::default() };
    let mut host = Host::new(HostSettings {
        id: "host".to_owned(),
        reorder: Duration::from_secs(2),
        ask_again: Duration::from_secs(10),
        watched: vec![Watched { address: address("G/N/D"), metrics: plate }],
    });
    let topics =
        ["spBv1.0/G/NBIRTH/N", "spBv1.0/G/DBIRTH/N/D", "spBv1.0/G/DDATA/N/D", "spBv1.0/G/NDEATH/N"];
    // The same payload in each place, and cut in two.
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let mut now = Duration::ZERO;
    for payload in [bytes, first, second] {
        for topic in topics {
            let _ = host.message(now, topic, payload, false);
            now += Duration::from_millis(700);
            let _ = host.time_passed(now);
            assert!(
                host.next_timeout().is_none_or(|due| due > now),
                "a timeout that is never over"
            );
        }
    }
}
