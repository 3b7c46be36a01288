//! What a decoder allocates for a good frame once everything that grows has grown: what its readings own, and nothing else.
//!
//! What a reading owns is what a copy of it allocates. No clock is looked at, so this holds on every machine.

use std::hint::black_box;

use firmware_protocols::{Decoder, Dialect, Item};

use crate::good::Good;

/// The dialects that allocate more, and how much more for their good frames together. No line is added, no figure raised; a dialect that needs no
/// line has none.
const MORE: &[(Dialect, u64)] = &[
    (Dialect::SpectroscopicDaily, 7),
    (Dialect::JointechText, 5),
    (Dialect::Jointech, 5),
    (Dialect::Egts, 32),
    (Dialect::Llrp, 9),
    (Dialect::UhfReader18, 7),
    (Dialect::M100, 2),
    (Dialect::Openalpr, 17),
    (Dialect::Barcode, 10),
    (Dialect::Mrz, 22),
    (Dialect::Json, 3),
];

/// Allocations of a decoder for all good frames of a dialect, beyond what the readings own.
fn excess(dialect: Dialect) -> u64 {
    let good = Good::of(dialect);
    let mut decoder = Decoder::with(dialect, &good.settings);
    let mut items: Vec<Item> = Vec::with_capacity(64);
    let mut round = |counted: bool| -> u64 {
        let mut excess = 0;
        for frame in &good.frames {
            items.clear();
            let read = || decoder.decode_into(black_box(frame), &mut items);
            let allocated = allocation_counter::measure(read).count_total;
            assert!(!items.is_empty(), "{dialect}: a good frame is no reading");
            let copy = || drop(black_box(items.clone()));
            // The list of the copies is one allocation of the copy.
            let owned = allocation_counter::measure(copy).count_total - 1;
            if counted {
                excess += allocated.checked_sub(owned).unwrap_or_else(|| {
                    panic!("{dialect}: {allocated} allocated, and readings own {owned}")
                });
            }
        }
        excess
    };
    for _ in 0..3 {
        round(false);
    }
    round(true)
}

#[test]
fn a_good_frame_costs_what_its_reading_owns_and_nothing_else() {
    let mut wrong = Vec::new();
    for &dialect in Dialect::ALL {
        let more = MORE.iter().find(|(named, _)| *named == dialect).map_or(0, |(_, more)| *more);
        let excess = excess(dialect);
        if excess != more {
            wrong.push(format!("{dialect}: {excess} allocations too many, and not {more}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
