//! Noise before, between and behind good frames, and streams that are cut anywhere. Each property is proven of each dialect with so many
//! cases of its own, so that none hides behind the others: nothing panics, what is told is bounded, a piece of garbage costs at most one good
//! frame, and no decoder ever stops hearing.

use std::fmt::Debug;

use firmware_protocols::{Dialect, Fault, Raw, Reading, limits};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{TestCaseResult, TestRunner};

use crate::check::decode_with;
use crate::good::Good;

/// So many cases of each property for each dialect; `BEKET_SOAK` multiplies them.
fn cases() -> u32 {
    let soak = std::env::var("BEKET_SOAK").ok().and_then(|soak| soak.parse().ok());
    40 * soak.unwrap_or(1)
}

/// What looks like the beginning of a frame may claim a length, and what comes is held until that many bytes are there: so many bytes of
/// good frames are sent behind noise before any is missed. The longest claim that a good frame of a dialect makes is shorter.
const LONGEST_CLAIM: usize = 600;

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

fn readings(items: &[Result<Reading, Fault>]) -> usize {
    items.iter().filter(|item| item.is_ok()).count()
}

/// Of so many equal frames behind `noise`, all but one are heard.
fn costs_one_at_most(dialect: Dialect, good: &Good, noise: &[u8], frame: &[u8]) -> TestCaseResult {
    let sent = 2 + LONGEST_CLAIM.div_ceil(frame.len());
    let stream = [noise, &frame.repeat(sent)].concat();
    let each = readings(&decode(dialect, good, &[frame]));
    let heard = readings(&decode(dialect, good, &[&stream]));
    let noise = Raw(noise.to_vec());
    prop_assert!(heard >= (sent - 1) * each, "{heard} readings of {sent} frames behind {noise}");
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

#[test]
fn garbage_between_frames_costs_at_most_the_frame_it_touches() {
    of_each_dialect(
        |good| (any_frame(good), garbage(good)).boxed(),
        |dialect, good, (frame, garbage)| {
            let before = frame.repeat(3);
            let heard_before = readings(&decode(dialect, good, &[&before]));
            prop_assert_eq!(heard_before, 3 * readings(&decode(dialect, good, &[&frame])));
            costs_one_at_most(dialect, good, &[before, garbage].concat(), &frame)
        },
    );
}

#[test]
fn after_a_thousand_bytes_at_random_the_next_two_frames_are_heard() {
    of_each_dialect(
        |good| (prop::collection::vec(any::<u8>(), 1000), any_frame(good)).boxed(),
        |dialect, good, (noise, frame)| {
            let before = [noise, frame.repeat(LONGEST_CLAIM.div_ceil(frame.len()))].concat();
            let stream = [before.as_slice(), &frame, &frame].concat();
            let each = readings(&decode(dialect, good, &[&frame]));
            let heard = readings(&decode(dialect, good, &[&before]));
            prop_assert_eq!(readings(&decode(dialect, good, &[&stream])), heard + 2 * each);
            Ok(())
        },
    );
}

#[test]
fn of_the_frames_behind_a_thousand_bytes_at_random_one_is_lost_at_most() {
    of_each_dialect(
        |good| (prop::collection::vec(any::<u8>(), 1000), any_frame(good)).boxed(),
        |dialect, good, (noise, frame)| costs_one_at_most(dialect, good, &noise, &frame),
    );
}

#[test]
fn a_thousand_times_the_same_byte_costs_one_frame_at_most() {
    for &dialect in Dialect::ALL {
        let good = Good::of(dialect);
        for byte in 0..=255_u8 {
            costs_one_at_most(dialect, &good, &[byte; 1000], &good.frames[0])
                .unwrap_or_else(|broken| panic!("{dialect}: {byte:02x}: {broken}"));
        }
    }
}

#[test]
fn the_beginning_of_any_frame_costs_one_frame_at_most() {
    for &dialect in Dialect::ALL {
        let good = Good::of(dialect);
        for frame in &good.frames {
            for cut in 1..frame.len() {
                costs_one_at_most(dialect, &good, &frame[..cut], &good.frames[0])
                    .unwrap_or_else(|broken| panic!("{dialect}: {broken}"));
            }
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
