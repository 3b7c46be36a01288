//! What a scanner read, in the checkpoint's words.
//!
//! Of several claims about one code the first counts, and the text stands beside it. Of a travel document only its number and issuer go further.

use checkpoint::input::observation::{ScanChecked, ScanConclusion, ScanKind, ScanReading};
use firmware_protocols::scanner::mrz::TravelDocument;
use firmware_protocols::scanner::xray::{ConclusionCode, Inspection, Judge};
use firmware_protocols::scanner::{Checked, ClaimKind, Code, Scan};

/// The longest text of a code that is kept in the journal; the tape has the rest.
const TEXT_CHARS: usize = 256;

pub(super) fn said(scan: Scan) -> ScanReading {
    match scan {
        Scan::Code(code) => of_code(*code),
        Scan::TravelDocument(document) => of_document(&document),
        Scan::Inspection(inspection) => of_inspection(*inspection),
    }
}

fn reading(what: ScanKind, value: String, checked: ScanChecked) -> ScanReading {
    ScanReading {
        what,
        value,
        checked,
        read_as: None,
        conclusion: None,
        judged_by: None,
        remark: None,
        image_sha256: None,
        image_uri: None,
    }
}

fn of_code(code: Code) -> ScanReading {
    let cut = |text: &str| text.chars().take(TEXT_CHARS).collect::<String>();
    let Some(claim) = code.claims.into_iter().next() else {
        // Bytes that are no text are told as what they are.
        let text = code.text.unwrap_or_else(|| code.raw.to_string());
        return reading(ScanKind::Code, cut(&text), ScanChecked::Nothing);
    };
    let what = match claim.kind {
        ClaimKind::Declaration => ScanKind::Declaration,
        ClaimKind::Container => ScanKind::Container,
        ClaimKind::Plate => ScanKind::Plate,
        ClaimKind::Seal => ScanKind::Seal,
        ClaimKind::Gs1 => ScanKind::Gs1,
        ClaimKind::Url => ScanKind::Url,
    };
    let checked = match claim.checked {
        Checked::CheckDigit => ScanChecked::CheckDigit,
        Checked::Date => ScanChecked::Date,
        Checked::Shape => ScanChecked::Shape,
    };
    let read_as = claim.suggested_for.as_deref().map(cut);
    ScanReading { read_as, ..reading(what, cut(&claim.value), checked) }
}

fn of_document(document: &TravelDocument) -> ScanReading {
    let value = format!("{} {}", document.issuer, document.number);
    reading(ScanKind::TravelDocument, value, ScanChecked::CheckDigit)
}

fn of_inspection(inspection: Inspection) -> ScanReading {
    let conclusion = inspection.conclusion;
    let code = conclusion.as_ref().map(|conclusion| match conclusion.code {
        ConclusionCode::Clear => ScanConclusion::Clear,
        ConclusionCode::Suspicious => ScanConclusion::Suspicious,
        ConclusionCode::Alarm => ScanConclusion::Alarm,
        ConclusionCode::NotInspectable => ScanConclusion::NotInspectable,
        ConclusionCode::Rescan => ScanConclusion::Rescan,
    });
    let (judged_by, remark) = match conclusion {
        Some(conclusion) if conclusion.by == Judge::Operator => (conclusion.who, conclusion.text),
        Some(conclusion) => (None, conclusion.text),
        None => (None, None),
    };
    let (image_sha256, image_uri) = inspection.file.map(|file| (file.sha256, file.uri)).unzip();
    ScanReading {
        conclusion: code,
        judged_by,
        remark,
        image_sha256,
        image_uri,
        ..reading(ScanKind::Inspection, inspection.scan, ScanChecked::Nothing)
    }
}

#[cfg(test)]
mod tests {
    use firmware_protocols::scanner::{Terminator, barcode};
    use firmware_protocols::{Decoder, Dialect, Reading};

    use super::*;

    fn told(dialect: Dialect, bytes: &[u8]) -> Vec<ScanReading> {
        let items = Decoder::new(dialect).decode(bytes).into_iter();
        let scans = items.filter_map(|item| match item {
            Ok(Reading::Scan(scan)) => Some(said(scan)),
            Ok(_) | Err(_) => None,
        });
        scans.collect()
    }

    #[test]
    fn a_code_is_its_first_claim_and_a_repair_says_what_was_read() {
        let line = |text: &str| barcode::encode(text, "", Terminator::Line);
        let told = told(Dialect::Barcode, &[line("CSQU30S4383"), line("hello")].concat());
        let [container, text] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(
            (container.what, container.value.as_str()),
            (ScanKind::Container, "CSQU3054383")
        );
        assert_eq!(container.read_as.as_deref(), Some("CSQU30S4383"));
        assert_eq!((text.what, text.checked), (ScanKind::Code, ScanChecked::Nothing));
    }

    #[test]
    fn a_passport_is_its_number_and_nobody_is_named() {
        let zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10\r";
        let told = told(Dialect::Mrz, zone.as_bytes());
        let [document] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(document.value, "UTO L898902C3");
        assert!(!format!("{document:?}").contains("ERIKSSON"));
    }
}
