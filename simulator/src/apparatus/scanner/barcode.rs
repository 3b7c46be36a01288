//! A hand-held barcode reader, set as the site says.

use std::time::Duration;

use firmware_protocols::Settings;
use firmware_protocols::scanner::Terminator;
use firmware_protocols::scanner::barcode::encode;

use super::super::spells::{Kind, Spells};
use super::super::{Apparatus, Instead, Saying};
use crate::cast::Device;
use crate::story::{Act, Scanned};

/// What readers are known to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    /// A trigger that is pulled once reads twice.
    ScansTwice,
    /// The separator of GS1 is lost on its way, as behind a keyboard.
    LosesSeparator,
    /// The line breaks off in the middle of a code.
    CutsLines,
    /// It ends with CR alone.
    CrOnly,
    /// It ends with LF alone.
    LfOnly,
}

impl Kind for Quirk {
    const ALL: &'static [(Quirk, &'static str)] = &[
        (Quirk::ScansTwice, "scans-twice"),
        (Quirk::LosesSeparator, "loses-separator"),
        (Quirk::CutsLines, "cuts-lines"),
        (Quirk::CrOnly, "cr-only"),
        (Quirk::LfOnly, "lf-only"),
    ];
}

/// One reader.
#[derive(Debug)]
pub(in crate::apparatus) struct Barcode {
    settings: Settings,
    spells: Spells<Quirk>,
}

/// The separator of GS1.
const GS: char = '\u{1d}';
/// Between the two of a double scan: more than the pause that ends a code.
const TWICE: Duration = Duration::from_millis(400);

impl Barcode {
    pub(in crate::apparatus) fn new(device: &Device) -> Barcode {
        Barcode { settings: device.settings.clone(), spells: Spells::none() }
    }

    fn bytes(&self, at: Duration, text: &str, aim: Option<&str>) -> Vec<u8> {
        let mut text = text.to_owned();
        if self.spells.last(Quirk::LosesSeparator, at) {
            text.retain(|letter| letter != GS);
        }
        let before = self.settings.prefix.clone().unwrap_or_default() + aim.unwrap_or_default();
        let text = text + self.settings.suffix.as_deref().unwrap_or_default();
        let terminator = self.settings.terminator.unwrap_or_default();
        let mut bytes = encode(&text, &before, terminator);
        if terminator == Terminator::Line {
            let ends = [(Quirk::CrOnly, b"\r"), (Quirk::LfOnly, b"\n")];
            if let Some((_, end)) = ends.iter().find(|(quirk, _)| self.spells.last(*quirk, at)) {
                bytes.truncate(bytes.len().saturating_sub(2));
                bytes.extend(*end);
            }
        }
        if self.spells.last(Quirk::CutsLines, at) {
            bytes.truncate(bytes.len() / 2);
        }
        bytes
    }
}

impl Apparatus for Barcode {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if Quirk::has(act) || matches!(act, Act::Scans(Scanned::Code { .. })) {
            Ok(())
        } else {
            Err(
                "a barcode reader scans codes; it misbehaves: scans-twice, loses-separator, cuts-lines, cr-only, lf-only",
            )
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        self.spells.befalls(at, act);
        let Act::Scans(Scanned::Code { text, aim }) = act else { return };
        let bytes = self.bytes(at, text, aim.as_deref());
        out.push((at, bytes.clone()));
        if self.spells.last(Quirk::ScansTwice, at) {
            out.push((at + TWICE, bytes));
        }
    }
}
