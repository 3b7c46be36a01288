//! What noise may cost, dialect by dialect: the table that `noise.rs` proves, and that the pages state.

use firmware_protocols::Dialect;

use crate::pages;

/// What noise before good frames costs at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Nothing tells the end of the noise from the beginning of the frame into which it runs: that one is lost.
    pub(crate) runs_into_a_frame: bool,
    /// What noise can claim by a length.
    pub(crate) claim: Option<Claim>,
}

/// A head in noise that says how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    /// So many bytes are held at most until it is settled whether they are a frame, the head among them.
    pub(crate) bytes: usize,
    /// A head that claims so many.
    pub(crate) head: &'static [u8],
    /// No check proves it: it can be taken for a frame, with the good ones in it. Otherwise those are read when the claim has been refuted.
    pub(crate) is_believed: bool,
}

const NOTHING: Cost = Cost { runs_into_a_frame: false, claim: None };
/// A line has an end and no beginning: whatever stands before it on the line belongs to it.
const ONE_FRAME: Cost = Cost { runs_into_a_frame: true, claim: None };

const fn late(bytes: usize, head: &'static [u8]) -> Cost {
    Cost { claim: Some(Claim { bytes, head, is_believed: false }), ..NOTHING }
}

const fn believed(bytes: usize, head: &'static [u8]) -> Cost {
    Cost { claim: Some(Claim { bytes, head, is_believed: true }), ..ONE_FRAME }
}

/// An answer to 125 registers, and the rest of the 260 bytes that a frame has at most.
const MODBUS_TCP_HEAD: &[u8] = b"\x00\x01\x00\x00\x00\xfe\x01\x03\xfb";

impl Cost {
    /// What noise costs a decoder of this dialect.
    pub(crate) fn of(dialect: Dialect) -> Cost {
        match dialect {
            // The mark of a beginning stands nowhere else.
            Dialect::Rs350
            | Dialect::KromekD5
            | Dialect::Xk3190
            | Dialect::TensoM643
            | Dialect::Xk3190Text
            | Dialect::Xk3190Command
            | Dialect::Toledo
            | Dialect::Sma
            | Dialect::Toledo8217
            | Dialect::Rinstrum
            | Dialect::RiceLake
            | Dialect::Cardinal
            | Dialect::Bilanciai
            | Dialect::JointechText
            | Dialect::HikvisionAnpr => NOTHING,
            Dialect::Tsa
            | Dialect::SpectroscopicDaily
            | Dialect::Cas
            | Dialect::Xk3190A12
            | Dialect::MtSics
            | Dialect::FlintecBsi
            | Dialect::Openalpr
            | Dialect::Barcode
            | Dialect::Mrz
            | Dialect::Xray
            | Dialect::Json => ONE_FRAME,
            // Marks that stand inside of frames as well, or none.
            Dialect::TensoM | Dialect::Nci | Dialect::TsaEnvironment => ONE_FRAME,
            Dialect::ModbusRtu => late(255, b"\x01\x03\xfa"),
            Dialect::UhfReader18 => late(256, b"\xff\x00\x01\x01"),
            Dialect::M100 => late(263, b"\xbb\x02\x22\x01\x00"),
            Dialect::Egts => late(65_530, b"\x01\x00\x00\x0b\x00\xed\xff\x01\x00\x01\xcc"),
            Dialect::ModbusTcp | Dialect::Aspect => believed(260, MODBUS_TCP_HEAD),
            // A place of the long form that is as long as a message can be.
            Dialect::Jointech => believed(512, b"$\x75\x00\x12\x34\x56\x11\x11\x01\xf6"),
            // A report is held until a parameter does not fit, and none is longer than its length can say. A maker's own message is believed.
            Dialect::Llrp => {
                believed(66_560, b"\x04\x3d\x00\x10\x00\x00\x00\x00\x00\x01\x00\xf0\xff\xff")
            }
        }
    }

    /// The sentence of the dialect's page.
    fn words(self) -> String {
        let next = if self.runs_into_a_frame {
            "After noise one frame is lost at most, the one that it runs into"
        } else {
            "After noise the very next frame is read"
        };
        match self.claim {
            None => format!("{next}."),
            Some(Claim { bytes, is_believed: false, .. }) => format!(
                "{next}; where a head in the noise claims a length, up to {bytes} bytes are held until its check fails, and the frames in them are read then."
            ),
            Some(Claim { bytes, is_believed: true, .. }) => format!(
                "{next}; where a head in the noise claims a length that nothing disproves, up to {bytes} bytes are taken for a frame, and those in them are lost."
            ),
        }
    }

    /// The row of the table of all dialects.
    fn row(self, dialect: Dialect) -> String {
        let lost = if self.runs_into_a_frame { "1" } else { "0" };
        let (held, of_them) = match self.claim {
            None => ("0".to_owned(), "-"),
            Some(claim) => {
                (claim.bytes.to_string(), if claim.is_believed { "lost" } else { "read late" })
            }
        };
        format!("| `{dialect}` | {lost} | {held} | {of_them} |\n")
    }
}

#[test]
fn the_table_says_of_every_dialect_what_noise_costs() {
    let rows: String =
        Dialect::ALL.iter().map(|dialect| Cost::of(*dialect).row(*dialect)).collect();
    let head = "| dialect | frames lost | bytes that noise can claim | frames in them |\n|---|---|---|---|\n";
    let table = format!("\n{head}{rows}\n");
    let readme = pages::file("docs/protocols/README.md");
    assert!(readme.contains(&table), "docs/protocols/README.md: this table expected:\n{table}");
}

#[test]
fn every_page_says_among_its_limits_what_noise_costs() {
    for page in pages::pages() {
        let limits = page.under("Limits").replace('\n', " ");
        for dialect in &page.dialects {
            let words = Cost::of(*dialect).words();
            assert!(limits.contains(&words), "{}: expected under `Limits`: {words}", page.name);
        }
    }
}
