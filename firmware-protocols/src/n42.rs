//! ANSI/IEEE N42.42: the exchange format for radiation measurements.
//!
//! The writer is strict, the reader is not. What is written here is valid by the schema of 2012 (elements in its order, an offset from UTC with
//! every time, references that resolve) and obeys the rules that a schema cannot hold ([`rules`]). What is read may be a file of 2012 or of
//! 2006, and may have the faults that devices in the field have; each deviation that was passed over is told.
//!
//! An occupancy becomes a document by [`occupancy::document`]; a portal that sends documents is read by `portal::rs350` through [`read`].
//!
//! Deliberately absent: nuclide identification, calibrations beyond what a spectrum needs, pictures. Sources: `docs/protocols/n42.md`.

mod document;
mod elements;
mod fields;
mod names;
pub mod occupancy;
pub(crate) mod parts;
mod read;
mod read_2006;
mod recorder;
pub mod rules;
mod write;

pub use document::{
    Alarm, Analysis, Category, Class, CountRates, Detector, Document, DoseRate, Fault, GrossCounts,
    Group, Instrument, Measurement, Severity, Spectrum, Stamp, Windows,
};
pub(crate) use read::{Opened, open};
pub use read::{Read, read};
pub use recorder::{Lines, Recorder};
pub use write::write;

/// The namespace of 2012.
pub const NAMESPACE: &str = "http://physics.nist.gov/N42/2011/N42";
