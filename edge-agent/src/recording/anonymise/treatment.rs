//! What is done with each dialect: nothing, because it says nothing of anybody; replacing; refusing.

use firmware_protocols::{Dialect, Settings};
use jiff::Timestamp;

use super::spans::Span;
use super::substitutes::{Substitutes, What};
use super::{documents, scans, seals};

/// What is done with a dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// Its readings are of radiation or mass and of nobody. They stay as they came, byte for byte; what no decoder reads is dropped.
    Nothing,
    /// These are replaced, and whatever else its frames hold is dropped.
    Replaced(&'static [What]),
    /// It holds what is not read here and could not be replaced.
    Refused(&'static str),
}

impl Treatment {
    /// What is done with this dialect.
    pub fn of(dialect: Dialect) -> Treatment {
        match dialect {
            Dialect::Tsa
            | Dialect::TsaEnvironment
            | Dialect::KromekD5
            | Dialect::Aspect
            | Dialect::SpectroscopicDaily
            | Dialect::Xk3190
            | Dialect::Cas
            | Dialect::ModbusRtu
            | Dialect::ModbusTcp
            | Dialect::TensoM
            | Dialect::TensoM643
            | Dialect::Xk3190Text
            | Dialect::Xk3190Command
            | Dialect::Xk3190A12
            | Dialect::Toledo
            | Dialect::MtSics
            | Dialect::Sma
            | Dialect::Nci
            | Dialect::Toledo8217
            | Dialect::Rinstrum
            | Dialect::RiceLake
            | Dialect::Cardinal
            | Dialect::Bilanciai
            | Dialect::FlintecBsi => Treatment::Nothing,
            Dialect::Rs350 => Treatment::Refused(
                "its N42 documents may hold places, serial numbers and remarks, of which nothing is read",
            ),
            Dialect::JointechText | Dialect::Jointech => {
                Treatment::Replaced(&[What::Seal, What::Card, What::Place])
            }
            Dialect::Egts => Treatment::Replaced(&[What::Seal, What::Place]),
            Dialect::Llrp | Dialect::UhfReader18 | Dialect::M100 => {
                Treatment::Replaced(&[What::Tag])
            }
            Dialect::HikvisionAnpr => {
                Treatment::Replaced(&[What::Plate, What::Container, What::Name])
            }
            Dialect::Openalpr => Treatment::Replaced(&[What::Plate, What::Name]),
            Dialect::Barcode => Treatment::Replaced(&[
                What::Declaration,
                What::Container,
                What::Plate,
                What::Seal,
                What::Code,
            ]),
            Dialect::Mrz => Treatment::Replaced(&[What::Person, What::Document, What::Day]),
            Dialect::Xray => Treatment::Replaced(&[What::Plate, What::Container, What::Name]),
            Dialect::Json => Treatment::Replaced(&[
                What::Plate,
                What::Container,
                What::Seal,
                What::Card,
                What::Declaration,
                What::Place,
                What::Name,
            ]),
        }
    }
}

/// The bytes of a span with everything in them replaced. `None` if that cannot be done.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`Treatment::of` names every dialect; here are those of `Replaced`"
)]
pub(super) fn said_again(
    dialect: Dialect,
    settings: &Settings,
    span: &Span,
    with: &mut Substitutes,
) -> Option<Vec<u8>> {
    let readings = span.readings.as_slice();
    match dialect {
        Dialect::HikvisionAnpr => documents::hikvision(readings, with),
        Dialect::Openalpr => documents::openalpr(readings, with),
        Dialect::Json => documents::own(readings, with),
        Dialect::Xray => documents::xray(readings, with),
        Dialect::Barcode => scans::code(readings, settings, with),
        Dialect::Mrz => scans::zone(&span.bytes, readings, with),
        Dialect::JointechText => framed(span, |frame| seals::jointech_text(frame, with)),
        Dialect::Jointech => framed(span, |frame| seals::jointech(frame, with)),
        Dialect::Egts => framed(span, |frame| seals::egts(frame, with)),
        Dialect::Llrp => {
            let at = Timestamp::from_microsecond(span.at_us).ok()?;
            framed(span, |frame| seals::llrp(frame, at, with))
        }
        Dialect::M100 => framed(span, |frame| seals::m100(frame, with)),
        Dialect::UhfReader18 => framed(span, |frame| seals::uhfreader18(frame, with)),
        _ => None,
    }
}

/// The frame ends where the span does; it begins where it can be read from.
fn framed(span: &Span, mut again: impl FnMut(&[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let bytes = span.bytes.as_slice();
    (0..bytes.len().min(NOISE_BYTES)).find_map(|from| again(bytes.get(from..)?))
}

/// No more bytes than these stand before a frame without being told as a fault of their own: line ends between messages.
const NOISE_BYTES: usize = 64;
