//! What people hold in their hands and before scanners, and what an X-ray system hands over.

mod barcode;
mod mrz;
mod xray;

pub(super) use barcode::Barcode;
pub(super) use mrz::Mrz;
pub(super) use xray::Xray;
