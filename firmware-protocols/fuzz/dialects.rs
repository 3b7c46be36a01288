//! The decoder of a dialect, fed with anything.
//!
//! What must hold: nothing panics, the same bytes in other pieces say the same, a fault keeps no more bytes than its limit, and a conversation
//! stops sending once it has said what it has to say. Memory is bounded by the limits that the script gives to the fuzzer.
use std::time::Duration;

use firmware_protocols::{Decoder, Dialect, Settings, limits};

/// Reads `input` as what a device of this dialect says.
pub(crate) fn read(dialect: Dialect, input: &[u8]) {
    // The first byte says how the rest is cut.
    let Some((&pieces, bytes)) = input.split_first() else { return };
    let settings = settings(dialect);
    let heard = |length: usize| {
        let mut decoder = Decoder::with(dialect, &settings);
        let mut items: Vec<_> = bytes.chunks(length).flat_map(|piece| decoder.decode(piece)).collect();
        items.extend(decoder.reset().map(Err));
        items
    };
    let whole = heard(bytes.len().max(1));
    assert_eq!(heard(usize::from(pieces).max(1)), whole, "the same bytes in other pieces");
    for fault in whole.iter().filter_map(|item| item.as_ref().err()) {
        assert!(fault.excerpt.0.len() <= limits::EXCERPT_BYTES && fault.bytes as usize <= bytes.len());
    }
    let _ = Decoder::with(dialect, &settings).document(bytes);
    if let Some(mut asker) = dialect.asker(&settings) {
        let mut now = Duration::ZERO;
        let mut out = Vec::new();
        asker.opened(now);
        for piece in bytes.chunks(usize::from(pieces).max(1)) {
            let sent = std::iter::from_fn(|| asker.poll_transmit(now)).take(1000).count();
            assert!(sent < 1000, "no end of what is to be sent");
            asker.decode(now, piece, &mut out);
            asker.time_passed(now, &mut out);
            now += Duration::from_millis(40);
        }
    }
}

/// As the good frames of the dialect want it.
fn settings(dialect: Dialect) -> Settings {
    let good = good::frames(dialect.name());
    good.lines()
        .find_map(|line| line.strip_prefix("# settings "))
        .map(|json| serde_json::from_str(json).expect("settings of the good frames"))
        .unwrap_or_default()
}

mod good {
    include!(concat!(env!("OUT_DIR"), "/good.rs"));
}
