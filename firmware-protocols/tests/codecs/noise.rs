//! Noise before, between and behind good frames, and streams that are cut anywhere. Each property is proven of each dialect with so many
//! cases of its own, so that none hides behind the others: nothing panics, what is told is bounded, and no decoder ever stops hearing: what noise
//! costs it is stated in `costs.rs`, and no more.

use std::fmt::Debug;

use firmware_protocols::{Decoder, Dialect, Fault, Raw, Reading, limits};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{TestCaseResult, TestRunner};

use crate::check::decode_with;
use crate::costs::{Claim, Cost};
use crate::good::Good;

/// So many cases of each property for each dialect; `BEKET_SOAK` multiplies them.
fn cases() -> u32 {
    let soak = std::env::var("BEKET_SOAK").ok().and_then(|soak| soak.parse().ok());
    40 * soak.unwrap_or(1)
}

/// Proves a property of every dialect.
fn of_each_dialect<V: Debug>(
    strategy: impl Fn(&Good) -> BoxedStrategy<V>,
    property: impl Fn(Dialect, &Good, V) -> TestCaseResult,
) {
    let config = ProptestConfig { cases: cases(), failure_persistence: None, ..Default::default() };
    for &dialect in Dialect::ALL {
        let good = Good::of(dialect);
        let proven = TestRunner::new(config.clone())
            .run(&strategy(&good), |case| property(dialect, &good, case));
        proven.unwrap_or_else(|broken| panic!("{dialect}: {broken}"));
    }
}

fn any_frame(good: &Good) -> impl Strategy<Value = Vec<u8>> + use<> {
    select(good.frames.clone())
}

/// Garbage that is not plain: bytes of any kind, and pieces of good frames.
fn garbage(good: &Good) -> impl Strategy<Value = Vec<u8>> + use<> {
    let piece = any_frame(good).prop_flat_map(|frame| {
        let length = frame.len();
        (Just(frame), 0..length, 0..length, any::<u8>()).prop_map(|(frame, from, to, byte)| {
            let mut piece = frame.get(from.min(to)..from.max(to)).unwrap().to_vec();
            if let Some(first) = piece.first_mut() {
                *first ^= byte;
            }
            piece
        })
    });
    prop_oneof![prop::collection::vec(any::<u8>(), 0..200), piece]
}

fn decode(dialect: Dialect, good: &Good, pieces: &[&[u8]]) -> Vec<Result<Reading, Fault>> {
    decode_with(dialect, &good.settings, pieces)
}

/// Of equal good frames behind `noise`, two in a row are heard as soon as they come, those apart that noise may cost; and what went by until
/// then was told as well, but for those that may be lost.
fn costs_what_is_stated(
    dialect: Dialect,
    good: &Good,
    noise: &[u8],
    frame: &[u8],
) -> TestCaseResult {
    let Cost { runs_into_a_frame, claim } = Cost::of(dialect);
    let claimed = claim.map_or(0, |claim| claim.bytes.div_ceil(frame.len()));
    // A claim that is believed may end within a frame.
    let swallowed = if claim.is_some_and(|claim| claim.is_believed) { claimed + 1 } else { 0 };
    let lost = usize::from(runs_into_a_frame) + swallowed;
    let late = lost.max(claimed);
    let says: Vec<Reading> = decode(dialect, good, &[frame]).into_iter().flatten().collect();
    let mut decoder = Decoder::with(dialect, &good.settings);
    drop(decoder.decode(noise));
    let noise = Raw(noise.to_vec());
    let (mut sent, mut heard, mut in_a_row) = (0, 0, 0);
    while in_a_row < 2 {
        prop_assert!(sent < late + 2, "{heard} readings of {sent} frames behind {noise}");
        let items = decoder.decode(frame).into_iter().flatten();
        let now = items.filter(|reading| says.contains(reading)).count();
        sent += 1;
        heard += now;
        in_a_row = if now < says.len() { 0 } else { in_a_row + 1 };
    }
    let least = sent.saturating_sub(lost) * says.len();
    prop_assert!(heard >= least, "{heard} readings of {sent} frames behind {noise}");
    Ok(())
}

#[test]
fn cutting_the_stream_elsewhere_changes_nothing() {
    of_each_dialect(
        |good| {
            let piece = prop_oneof![any_frame(good), garbage(good)];
            let stream = prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat());
            (stream, prop::collection::vec(1..40_usize, 1..50)).boxed()
        },
        |dialect, good, (stream, cuts)| {
            let mut pieces = Vec::new();
            let mut rest = stream.as_slice();
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece);
                rest = after;
            }
            pieces.push(rest);
            prop_assert_eq!(decode(dialect, good, &pieces), decode(dialect, good, &[&stream]));
            Ok(())
        },
    );
}

/// Bytes of any kind, or such as this dialect is made of: heads and marks are frequent among them.
fn a_thousand_bytes(good: &Good) -> impl Strategy<Value = Vec<u8>> + use<> {
    let own = prop::collection::vec(select(good.frames.concat()), 1000);
    prop_oneof![prop::collection::vec(any::<u8>(), 1000), own]
}

#[test]
fn after_a_thousand_bytes_at_random_the_next_two_frames_are_heard_but_for_what_is_stated() {
    of_each_dialect(
        |good| (a_thousand_bytes(good), any_frame(good)).boxed(),
        |dialect, good, (noise, frame)| costs_what_is_stated(dialect, good, &noise, &frame),
    );
}

#[test]
fn garbage_between_frames_costs_what_is_stated() {
    of_each_dialect(
        |good| (any_frame(good), garbage(good)).boxed(),
        |dialect, good, (frame, garbage)| {
            let before = frame.repeat(3);
            let noise = [before, garbage].concat();
            costs_what_is_stated(dialect, good, &noise, &frame)
        },
    );
}

#[test]
fn a_thousand_times_the_same_byte_cost_what_is_stated() {
    for &dialect in Dialect::ALL {
        let good = Good::of(dialect);
        for byte in 0..=255_u8 {
            costs_what_is_stated(dialect, &good, &[byte; 1000], &good.frames[0])
                .unwrap_or_else(|broken| panic!("{dialect}: {byte:02x}: {broken}"));
        }
    }
}

#[test]
fn the_beginning_of_any_frame_costs_what_is_stated() {
    for &dialect in Dialect::ALL {
        let good = Good::of(dialect);
        for frame in &good.frames {
            for cut in 1..frame.len() {
                costs_what_is_stated(dialect, &good, &frame[..cut], &good.frames[0])
                    .unwrap_or_else(|broken| panic!("{dialect}: {broken}"));
            }
        }
    }
}

#[test]
fn a_head_that_claims_the_most_holds_so_many_bytes_and_no_more() {
    for &dialect in Dialect::ALL {
        let Some(Claim { bytes, head, .. }) = Cost::of(dialect).claim else { continue };
        let good = Good::of(dialect);
        for frame in &good.frames {
            costs_what_is_stated(dialect, &good, head, frame)
                .unwrap_or_else(|broken| panic!("{dialect}: {broken}"));
            // Of a device of which nothing is known, so that nothing but the head bounds the claim.
            let mut decoder = Decoder::new(dialect);
            let held = [head, &frame.repeat(bytes.div_ceil(frame.len()))].concat();
            let items = decoder.decode(&held[..bytes - 1]);
            assert!(items.is_empty(), "{dialect}: {items:?}");
            let items = decoder.decode(&held[bytes - 1..bytes]);
            assert!(!items.is_empty(), "{dialect}: more than {bytes} bytes are held");
        }
    }
}

#[test]
fn no_item_is_larger_than_its_limit_and_there_are_not_more_items_than_bytes() {
    of_each_dialect(
        |_| prop::collection::vec(any::<u8>(), 0..3000).boxed(),
        |dialect, good, stream| {
            let items = decode(dialect, good, &[&stream]);
            prop_assert!(items.len() <= stream.len());
            for fault in items.into_iter().filter_map(Result::err) {
                prop_assert!(fault.excerpt.0.len() <= limits::EXCERPT_BYTES);
                prop_assert!(fault.bytes as usize <= stream.len() && fault.bytes > 0);
            }
            Ok(())
        },
    );
}
