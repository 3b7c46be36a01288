//! What frames of a dialect look like to somebody who does not decode them.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::dialect::Dialect;

/// Whether a dialect refuses most of what is not its own. A reader of barcodes takes any line of text.
pub(super) fn is_choosy(dialect: Dialect) -> bool {
    dialect != Dialect::Barcode
}

/// What is typical of the bytes of dialects.
const SHAPES: &[(Dialect, &str)] = &[
    (Dialect::Tsa, "lines of a two-letter word and four numbers"),
    (Dialect::Xk3190, "02, then 03 after 12 bytes, check digits"),
    (Dialect::Cas, "lines with ST, US, OL and commas; byte 80 or more: lamps of CAS"),
    (Dialect::TensoM, "FF .. FF FF"),
    (Dialect::TensoM643, "`=`, seven characters and a state"),
    (Dialect::Xk3190Text, "`=` every nine bytes, no end of line"),
    (Dialect::Xk3190Command, "02, a letter for the address, 03 after 14 bytes, check digits"),
    (Dialect::Xk3190A12, "lines that begin with WG, WN, ww, wn, wt"),
    (Dialect::Toledo, "02, CR after 17 bytes"),
    (Dialect::MtSics, "lines `S S` and `S D`"),
    (Dialect::Sma, "LF, 17 or 18 characters, CR"),
    (Dialect::Nci, "LF, a number, CR LF, a state, CR 03"),
    (Dialect::Toledo8217, "02, five digits and a point, CR"),
    (Dialect::Rinstrum, "02 .. 03 with a letter G, N, M or O before 03"),
    (Dialect::RiceLake, "02 .. CR LF with K or L at position 10"),
    (Dialect::Cardinal, "CR, sign, six digits, .. 03"),
    (Dialect::Bilanciai, "`$`, six digits, CR"),
    (Dialect::FlintecBsi, "lines with an address, a letter, a state and a sign"),
    (Dialect::JointechText, "messages in round brackets, or after `$`"),
    (Dialect::Jointech, "messages in round brackets, or after `$`"),
    (Dialect::HikvisionAnpr, "XML documents"),
    (Dialect::Json, "documents of our own contract"),
];

/// What is typical of the bytes of a dialect.
pub(super) fn of(dialect: Dialect) -> Option<&'static str> {
    SHAPES.iter().find(|(of, _)| *of == dialect).map(|(_, shape)| *shape)
}

/// Shapes in bytes that nobody could read, for a technician to go on with.
pub(super) fn seen(bytes: &[u8]) -> Vec<String> {
    let mut seen = Vec::new();
    let has = |piece: &[u8]| bytes.windows(piece.len()).any(|window| window == piece);
    let mut tell = |if_so: bool, what: &str| {
        if if_so {
            seen.push(what.to_owned());
        }
    };
    tell(
        has(b"ST,") || has(b"US,"),
        "lines with `ST,` or `US,`: a comma string that is not read; compare it with docs/protocols/cas.md",
    );
    tell(
        has(b"\xff\xff") && !has(b"\xff\xff\xff\xff"),
        "`FF FF`: Tenso-M, with a check or an answer that is not read",
    );
    tell(
        framed(bytes, 0x02, 0x03),
        "02 .. 03: a frame of text, of Rinstrum FMT_3 or another maker",
    );
    tell(framed(bytes, 0x02, b'\r'), "02 .. CR: a frame of text, like that of Toledo or Rice Lake");
    tell(
        bytes.iter().filter(|byte| **byte == b'=').count() >= 2,
        "`=` again and again: Yaohua text or Tenso-M 6.43, of another width",
    );
    tell(
        bytes.iter().filter(|byte| **byte == b'$').count() >= 2,
        "`$` again and again: Bilanciai extended, or navigation messages",
    );
    seen
}

/// Whether at least two frames begin and end so, with text between.
fn framed(bytes: &[u8], begin: u8, end: u8) -> bool {
    let mut frames = 0;
    let mut inside = false;
    for &byte in bytes {
        if byte == begin {
            inside = true;
        } else if byte == end {
            frames += usize::from(inside);
            inside = false;
        } else if !(0x20..0x7f).contains(&byte) {
            inside = false;
        }
    }
    frames >= 2
}
