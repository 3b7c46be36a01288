//! What a decoder allocates for a good frame once everything that grows has grown: what its readings own, and nothing else.
//!
//! What a reading owns is what a copy of it allocates. No clock is looked at, so this holds on every machine.

use std::hint::black_box;

use firmware_protocols::{Decoder, Dialect, Item, Settings};

use crate::good::Good;

/// The dialects that allocate more, and how much more for their good frames together. No line is added, no figure raised; a dialect that needs no
/// line has none.
const MORE: &[(Dialect, u64)] = &[
];

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
            assert!(items.iter().any(Result::is_ok), "{dialect}: a good frame is no reading");
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
    let mut wrong = Vec::new();
    for &dialect in Dialect::ALL {
        let more = MORE.iter().find(|(named, _)| *named == dialect).map_or(0, |(_, more)| *more);
        let excess = excess(dialect, &Good::of(dialect));
        if excess != more {
            wrong.push(format!("{dialect}: {excess} allocations too many, and not {more}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
