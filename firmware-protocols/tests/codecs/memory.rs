//! What a decoder holds of a stream that never makes sense: measured, and bounded by the longest thing that its dialect says (`limits`).

use firmware_protocols::{Decoder, Dialect, limits};

use crate::good::Good;

/// So much is sent; no decoder holds any large part of it.
const SENT_BYTES: usize = 1024 * 1024;
/// What a decoder holds beside the longest thing that its dialect says: what it knows of its device, and the readings of one piece.
const BESIDE: usize = 96 * 1024;

/// The most that one thing of this dialect may have, in bytes.
fn longest(dialect: Dialect) -> usize {
    match dialect {
        Dialect::Rs350 => limits::PORTAL_DOCUMENT_BYTES,
        Dialect::HikvisionAnpr | Dialect::Openalpr | Dialect::Json | Dialect::Xray => {
            limits::DOCUMENT_BYTES
        }
        Dialect::SpectroscopicDaily => limits::SPECTRUM_LINE_BYTES,
        Dialect::Barcode => limits::SCAN_BYTES,
        Dialect::Llrp => limits::LLRP_REPORT_BYTES,
        _ => 0, // a frame or a line of some hundred bytes
    }
}

/// The most memory that was in use at once while the stream came in pieces, in bytes.
fn held(dialect: Dialect, good: &Good, stream: &[u8]) -> usize {
    let mut decoder = Decoder::with(dialect, &good.settings);
    let mut items = Vec::new();
    let used = allocation_counter::measure(|| {
        for piece in stream.chunks(64) {
            decoder.decode_into(piece, &mut items);
            items.clear();
        }
    });
    usize::try_from(used.bytes_max).unwrap()
}

#[test]
fn a_stream_that_never_makes_sense_is_not_kept() {
    let mut seed = 1_u64;
    let random: Vec<u8> = (0..SENT_BYTES)
        .map(|_| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 56) as u8
        })
        .collect();
    for &dialect in Dialect::ALL {
        let good = Good::of(dialect);
        let frame = good.frames.first().unwrap();
        let begun = frame.get(..frame.len() / 2).unwrap();
        let filled = |filler: u8| [begun, &vec![filler; SENT_BYTES]].concat();
        let streams = [
            ("random bytes", random.clone()),
            ("half a frame and letters", filled(b'A')),
            ("half a frame and zeros", filled(0)),
            ("beginnings of frames", begun.repeat(SENT_BYTES / begun.len() / 4)),
        ];
        for (what, stream) in streams {
            let held = held(dialect, &good, &stream);
            // What grows is copied into twice the room while the old one is still there.
            let most = 3 * longest(dialect) + BESIDE;
            assert!(held <= most, "{dialect}: {what}: {held} bytes held, more than {most}");
        }
    }
}
