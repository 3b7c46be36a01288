//! From what a scanner says to the checkpoint's words: what a code could be, with what was checked of it; of a travel document what an officer
//! writes down of a driver; of an inspection all that was handed over, its image as a reference.
//!
//! A number that has the shape of a container's and a check digit that does not fit is told as that: an officer sees it, and takes nothing over
//! unseen. Deliberately absent: what else the zone of a travel document tells of its holder.

use checkpoint::input::observation::{
    DocumentKind, ScanChecked, ScanClaim, ScanConclusion, ScanDocument, ScanElement, ScanImage,
    ScanInspection, ScanJudge, ScanKind, ScanReading, ScanRegion,
};
use firmware_protocols::scanner::container::{self, Container};
use firmware_protocols::scanner::gs1::Gs1;
use firmware_protocols::scanner::mrz::TravelDocument;
use firmware_protocols::scanner::xray::{
    ConclusionCode, ImageFile, ImageKind, Inspection, Judge, Region,
};
use firmware_protocols::scanner::{Checked, Claim, ClaimKind, Code, Scan};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The longest text of a code that is kept in the journal; the tape has the rest.
const TEXT_CHARS: usize = 256;

/// What was scanned at this moment.
pub(super) fn said(at: Timestamp, scan: Scan) -> ScanReading {
    match scan {
        Scan::Code(code) => of_code(*code),
        Scan::TravelDocument(document) => of_document(at, &document),
        Scan::Inspection(inspection) => of_inspection(*inspection),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_CHARS).collect()
}

fn of_code(code: Code) -> ScanReading {
    let elements = match code.gs1 {
        Some(Gs1::Elements(elements)) => elements,
        Some(Gs1::NotSplit(_)) | None => Vec::new(),
    };
    let elements: Vec<ScanElement> = elements
        .into_iter()
        .map(|element| ScanElement { ai: element.ai, value: cut(&element.value) })
        .collect();
    // Bytes that are no text are told as what they are.
    let text = code.text.unwrap_or_else(|| code.raw.to_string());
    let mut claims = code.claims.iter().map(claim);
    let Some(first) = claims.next() else {
        if let Container::WrongDigit(_) = container::look(text.trim()) {
            let number = text.trim().replace([' ', '-'], "").to_ascii_uppercase();
            return ScanReading::new(ScanKind::Container, cut(&number), ScanChecked::WrongDigit);
        }
        let whole = ScanReading::new(ScanKind::Code, cut(&text), ScanChecked::Nothing);
        return ScanReading { elements, ..whole };
    };
    let also: Vec<ScanClaim> = claims.collect();
    let is_all = also.is_empty() && elements.is_empty() && text.trim() == first.value;
    ScanReading {
        read_as: first.read_as,
        also,
        text: (!is_all).then(|| cut(&text)),
        elements,
        ..ScanReading::new(first.what, first.value, first.checked)
    }
}

fn claim(claim: &Claim) -> ScanClaim {
    ScanClaim {
        what: match claim.kind {
            ClaimKind::Declaration => ScanKind::Declaration,
            ClaimKind::Container => ScanKind::Container,
            ClaimKind::Plate => ScanKind::Plate,
            ClaimKind::Seal => ScanKind::Seal,
            ClaimKind::Gs1 => ScanKind::Gs1,
            ClaimKind::Url => ScanKind::Url,
        },
        value: cut(&claim.value),
        checked: match claim.checked {
            Checked::CheckDigit => ScanChecked::CheckDigit,
            Checked::Date => ScanChecked::Date,
            Checked::Shape => ScanChecked::Shape,
        },
        read_as: claim.suggested_for.as_deref().map(cut),
    }
}

fn of_document(at: Timestamp, document: &TravelDocument) -> ScanReading {
    let today = TimeZone::UTC.to_datetime(at).date();
    let value = format!("{} {}", document.issuer, document.number);
    let document = ScanDocument {
        kind: match document.code.chars().next() {
            Some('P') => DocumentKind::Passport,
            Some('V') => DocumentKind::Visa,
            Some('I' | 'A' | 'C') => DocumentKind::Card,
            Some(_) | None => DocumentKind::Other,
        },
        issuer: document.issuer.clone(),
        number: document.number.clone(),
        expires: document.expires(today),
    };
    let read = ScanReading::new(ScanKind::TravelDocument, value, ScanChecked::CheckDigit);
    ScanReading { document: Some(Box::new(document)), ..read }
}

fn of_inspection(inspection: Inspection) -> ScanReading {
    let (image, image_bytes, image_sha256, image_uri) = match inspection.file {
        Some(ImageFile { kind, sha256, bytes, uri }) => {
            (Some(image(kind)), Some(bytes), Some(sha256), Some(uri))
        }
        None => (None, None, None, None),
    };
    let mut told = ScanInspection {
        scanner: inspection.scanner,
        operator: inspection.operator,
        started: inspection.started,
        ended: inspection.ended,
        direction: inspection.direction,
        vehicle: inspection.vehicle,
        containers: inspection.containers,
        image,
        image_bytes,
        ..ScanInspection::default()
    };
    let mut read = ScanReading::new(ScanKind::Inspection, inspection.scan, ScanChecked::Nothing);
    (read.image_sha256, read.image_uri) = (image_sha256, image_uri);
    if let Some(conclusion) = inspection.conclusion {
        read.conclusion = Some(word(conclusion.code));
        read.remark = conclusion.text;
        told.judged_at = conclusion.at;
        told.regions = conclusion.regions.into_iter().map(region).collect();
        (told.judge, read.judged_by) = match conclusion.by {
            Judge::Auto => (Some(ScanJudge::System), None),
            Judge::Operator => (Some(ScanJudge::Operator), conclusion.who),
        };
    }
    ScanReading { inspection: Some(Box::new(told)), ..read }
}

fn word(code: ConclusionCode) -> ScanConclusion {
    match code {
        ConclusionCode::Clear => ScanConclusion::Clear,
        ConclusionCode::Suspicious => ScanConclusion::Suspicious,
        ConclusionCode::Alarm => ScanConclusion::Alarm,
        ConclusionCode::NotInspectable => ScanConclusion::NotInspectable,
        ConclusionCode::Rescan => ScanConclusion::Rescan,
    }
}

fn image(kind: ImageKind) -> ScanImage {
    match kind {
        ImageKind::Uff2 => ScanImage::Uff2,
        ImageKind::Uff3 => ScanImage::Uff3,
        ImageKind::Dicos => ScanImage::Dicos,
        ImageKind::Vendor => ScanImage::Vendor,
        ImageKind::Jpeg => ScanImage::Jpeg,
    }
}

fn region(region: Region) -> ScanRegion {
    let Region { left, top, width, height, remark } = region;
    ScanRegion { left, top, width, height, remark }
}

#[cfg(test)]
mod tests {
    use firmware_protocols::scanner::{Terminator, barcode};
    use firmware_protocols::{Decoder, Dialect, Reading};

    use super::*;

    fn told(dialect: Dialect, bytes: &[u8]) -> Vec<ScanReading> {
        let at: Timestamp = "2026-05-21T11:00:00Z".parse().unwrap();
        let items = Decoder::new(dialect).decode(bytes).into_iter();
        let scans = items.filter_map(|item| match item {
            Ok(Reading::Scan(scan)) => Some(said(at, scan)),
            Ok(_) | Err(_) => None,
        });
        scans.collect()
    }

    fn scanned(text: &str) -> ScanReading {
        let told = told(Dialect::Barcode, &barcode::encode(text, "", Terminator::Line));
        let [one] = told.as_slice() else { panic!("{told:?}") };
        one.clone()
    }

    #[test]
    fn a_code_is_its_first_claim_and_a_repair_says_what_was_read() {
        let container = scanned("CSQU30S4383");
        assert_eq!(
            (container.what, container.value.as_str(), container.checked),
            (ScanKind::Container, "CSQU3054383", ScanChecked::CheckDigit)
        );
        assert_eq!(container.read_as.as_deref(), Some("CSQU30S4383"));
        let text = scanned("hello there");
        assert_eq!((text.what, text.checked), (ScanKind::Code, ScanChecked::Nothing));
    }

    #[test]
    fn a_container_whose_check_digit_does_not_fit_is_told_as_that() {
        let wrong = scanned("csqu 305438-4");
        assert_eq!(
            (wrong.what, wrong.value.as_str(), wrong.checked),
            (ScanKind::Container, "CSQU3054384", ScanChecked::WrongDigit)
        );
    }

    #[test]
    fn a_code_that_holds_several_numbers_tells_all_of_them_and_its_text() {
        let text = "55302/200126/0012345;CSQU3054383;MSKU9070323";
        let both = scanned(text);
        assert_eq!(both.what, ScanKind::Declaration);
        let also: Vec<_> = both.also.iter().map(|claim| claim.value.as_str()).collect();
        assert_eq!(also, ["CSQU3054383", "MSKU9070323"]);
        assert_eq!(both.text.as_deref(), Some(text));
    }

    #[test]
    fn elements_of_gs1_keep_their_identifiers() {
        let code = barcode::encode("010487000000001217261231", "]C1", Terminator::Line);
        let told = told(Dialect::Barcode, &code);
        let elements: Vec<_> = told
            .iter()
            .flat_map(|scan| &scan.elements)
            .map(|element| (element.ai.as_str(), element.value.as_str()))
            .collect();
        assert_eq!(elements.first(), Some(&("01", "04870000000012")), "{told:?}");
    }

    #[test]
    fn of_a_passport_stays_what_is_written_down_of_a_driver() {
        let zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10\r";
        let told = told(Dialect::Mrz, zone.as_bytes());
        let [scan] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(scan.value, "UTO L898902C3");
        let document = scan.document.as_deref().unwrap();
        assert_eq!(
            (document.kind, document.number.as_str()),
            (DocumentKind::Passport, "L898902C3")
        );
        assert_eq!(document.expires.map(|date| date.to_string()).as_deref(), Some("2012-04-15"));
        let text = format!("{scan:?}");
        for private in ["740812", "1974", "ZE184226B"] {
            assert!(!text.contains(private), "{private} is in {text}");
        }
    }

    #[test]
    fn a_reader_of_codes_tells_nothing_of_a_passport() {
        let lines = [
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        ];
        for line in [lines[0].to_owned(), lines[1].to_owned(), lines.concat()] {
            let items = Decoder::new(Dialect::Barcode).decode(format!("{line}\r").as_bytes());
            let [Err(fault)] = items.as_slice() else { panic!("{items:?}") };
            let text = format!("{fault} {fault:?}");
            assert!(text.contains("mrz"), "{text}");
            for private in ["ERIKSSON", "740812", "ZE184226B"] {
                assert!(!text.contains(private), "{private} is in {text}");
            }
        }
    }

    #[test]
    fn all_that_an_x_ray_system_hands_over_is_told() {
        let document = format!(
            r#"{{"v":1,"scan":"X-000123","scanner":"XR-1","operator":"op-3","started":"2026-05-21T11:00:00Z","ended":"2026-05-21T11:01:10Z","vehicle":"123ABC02","containers":["CSQU3054383"],"file":{{"kind":"uff3","sha256":"{}","bytes":48211333,"uri":"https://xr-1.example/scans/000123.uff"}},"conclusion":{{"code":"suspicious","by":"operator","who":"op-7","at":"2026-05-21T11:03:00Z","text":"dense block","regions":[{{"left":120,"top":300,"width":80,"height":90,"remark":"block"}}]}}}}{}"#,
            "9f".repeat(32),
            '\n'
        );
        let told = told(Dialect::Xray, document.as_bytes());
        let [scan] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(scan.conclusion, Some(ScanConclusion::Suspicious));
        assert_eq!(scan.judged_by.as_deref(), Some("op-7"));
        assert_eq!(scan.image_sha256.as_deref(), Some("9f".repeat(32).as_str()));
        let told = scan.inspection.as_deref().unwrap();
        assert_eq!((told.image, told.image_bytes), (Some(ScanImage::Uff3), Some(48_211_333)));
        assert_eq!((told.vehicle.as_deref(), told.containers.len()), (Some("123ABC02"), 1));
        assert_eq!((told.judge, told.regions.len()), (Some(ScanJudge::Operator), 1));
        assert!(told.judged_at > told.ended && told.ended > told.started);
    }
}
