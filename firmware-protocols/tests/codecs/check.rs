//! How a decoder is called, once.

use std::path::PathBuf;

use expect_test::Expect;
use firmware_protocols::{Decoder, Dialect, Fault, Reading, Settings};

/// Decodes `bytes` in one piece, compares with the golden text (one JSON object for each item), then decodes them again cut at every
/// byte, and byte by byte.
#[track_caller]
pub(crate) fn check(dialect: Dialect, bytes: &[u8], expected: &Expect) {
    let whole = decode(dialect, &[bytes]);
    expected.assert_eq(&text(&whole));
    cut_everywhere(dialect, bytes, &whole);
}

#[track_caller]
pub(crate) fn cut_everywhere(dialect: Dialect, bytes: &[u8], whole: &[Result<Reading, Fault>]) {
    for cut in 0..bytes.len() {
        let (first, second) = bytes.split_at(cut);
        assert_eq!(decode(dialect, &[first, second]), whole, "cut after byte {cut}");
    }
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(decode(dialect, &single), whole, "byte by byte");
}

/// What a new decoder says to these pieces and to the end of the input.
pub(crate) fn decode(dialect: Dialect, pieces: &[&[u8]]) -> Vec<Result<Reading, Fault>> {
    decode_with(dialect, &Settings::default(), pieces)
}

/// As [`decode`], of a device that is set so.
pub(crate) fn decode_with(
    dialect: Dialect,
    settings: &Settings,
    pieces: &[&[u8]],
) -> Vec<Result<Reading, Fault>> {
    let mut decoder = Decoder::with(dialect, settings);
    let mut items: Vec<_> = pieces.iter().flat_map(|piece| decoder.decode(piece)).collect();
    items.extend(decoder.reset().map(Err));
    items
}

/// One JSON object a line.
pub(crate) fn text(items: &[Result<Reading, Fault>]) -> String {
    items.iter().map(|item| json(item) + "\n").collect()
}

fn json(item: &Result<Reading, Fault>) -> String {
    match item {
        Ok(reading) => {
            let json = serde_json::to_string(reading).unwrap();
            assert_eq!(
                &serde_json::from_str::<Reading>(&json).unwrap(),
                reading,
                "readings survive JSON"
            );
            json
        }
        Err(fault) => serde_json::to_string(fault).unwrap(),
    }
}

/// A third-party recording, or `None` and one line that says what is skipped.
pub(crate) fn recording(path: &str) -> Option<Vec<u8>> {
    let bytes = std::fs::read(recordings().join(path)).ok();
    if bytes.is_none() {
        println!("skipped: {path} is not in {} (set BEKET_DATA)", recordings().display());
    }
    bytes
}

/// Where third-party recordings are, if they are at all.
pub(crate) fn recordings() -> PathBuf {
    std::env::var_os("BEKET_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")),
        PathBuf::from,
    )
}
