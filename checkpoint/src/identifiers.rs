//! Numbers that the trade checks by their shape and their check digit, and when two spellings are one number.
//!
//! A number that looks wrong is told and never refused: typing errors that do not change what is decided are no ground to reject papers (Code of the
//! Republic of Kazakhstan on customs affairs (2010), art. 274.3), so everything here ends in findings, which screens show as warnings.
//!
//! Cameras read "123 АВС 02" in Cyrillic where the plate bears Latin letters, papers put hyphens into seal numbers. Normalising drops
//! case, spaces, hyphens and dots, and makes letters Latin that look the same in both alphabets. It never guesses between a
//! letter and a digit: O and 0 stay two things. Deliberately absent: registers. That a number is well formed does not say that it was ever given.

use serde::{Deserialize, Serialize};

mod air_waybill;
mod aircraft;
mod business;
mod commodity;
mod container;
mod country;
mod date;
mod declaration;
mod plate;
mod seal;
mod ship;
mod vin;
mod wagon;
mod waybill;

/// What a number is; an edition names it in a row of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// A freight container by ISO 6346.
    #[serde(rename = "iso6346")]
    Container,
    /// A code of the Harmonised System or of the commodity nomenclature.
    CommodityCode,
    /// Registration plates of vehicles and trailers, each with its country behind it or before it if that is known: `123ABC02 KZ`.
    Plate,
    /// The number of a vehicle by ISO 3779.
    Vin,
    /// A mechanical seal by ISO 17712.
    Seal,
    /// An international consignment note by road.
    Cmr,
    /// The registration number of a customs declaration.
    CustomsDeclaration,
    /// A country, by name or by its two letters of ISO 3166-1.
    Country,
    /// A natural person of Kazakhstan.
    Iin,
    /// A legal entity of Kazakhstan.
    Bin,
    /// Nationality and registration marks of an aircraft.
    AircraftMarks,
    /// The registration of a ship; checked where it is an IMO number.
    ShipRegistration,
    /// A railway wagon, with 12 digits (UIC) or 8 (1520 mm).
    Wagon,
    /// An air waybill.
    AirWaybill,
    /// A day.
    Date,
}

impl IdentifierKind {
    /// A number of this kind that is sound: as standards and those who gave it publish it, or made up.
    pub fn example(self) -> &'static str {
        match self {
            IdentifierKind::Container => "CSQU3054383",
            IdentifierKind::CommodityCode => "690721",
            IdentifierKind::Plate => "123ABC02 KZ",
            IdentifierKind::Vin => "1M8GDM9AXKP042788",
            IdentifierKind::Seal => "K448812",
            IdentifierKind::Cmr => "CMR 1",
            IdentifierKind::CustomsDeclaration => "50434/120215/0001122",
            IdentifierKind::Country => "KZ",
            IdentifierKind::Iin => "900101300007",
            IdentifierKind::Bin => "020240000555",
            IdentifierKind::AircraftMarks => "UP-B3739",
            IdentifierKind::ShipRegistration => "IMO 9074729",
            IdentifierKind::Wagon => "21 81 2471 217-3",
            IdentifierKind::AirWaybill => "057-12345675",
            IdentifierKind::Date => "2025-03-12",
        }
    }
}

/// Something about a number that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What, such as `container_check_digit`.
    pub code: &'static str,
    /// What was found and what would be right, in words.
    pub detail: String,
}

impl Finding {
    fn new(code: &'static str, detail: impl Into<String>) -> Finding {
        Finding { code, detail: detail.into() }
    }
}

/// The longest text that is looked at, in characters; what is longer is no number.
const LONGEST_TEXT: usize = 200;

/// What is wrong with a number. An empty text has no findings: whether a row may be empty is another question.
pub fn check(kind: IdentifierKind, text: &str) -> Vec<Finding> {
    let text = text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    if text.chars().count() > LONGEST_TEXT {
        return vec![Finding::new(
            "identifier_too_long",
            format!("more than {LONGEST_TEXT} characters"),
        )];
    }
    match kind {
        IdentifierKind::Container => container::check(text),
        IdentifierKind::CommodityCode => commodity::check(text),
        IdentifierKind::Plate => plate::check(text),
        IdentifierKind::Vin => vin::check(text),
        IdentifierKind::Seal => seal::check(text),
        IdentifierKind::Cmr => waybill::check(text),
        IdentifierKind::CustomsDeclaration => declaration::check(text),
        IdentifierKind::Country => country::check(text),
        IdentifierKind::Iin => business::check_iin(text),
        IdentifierKind::Bin => business::check_bin(text),
        IdentifierKind::AircraftMarks => aircraft::check(text),
        IdentifierKind::ShipRegistration => ship::check(text),
        IdentifierKind::Wagon => wagon::check(text),
        IdentifierKind::AirWaybill => air_waybill::check(text),
        IdentifierKind::Date => date::check(text),
    }
}

/// A number for comparing: two spellings of one number give one text.
pub fn normalised_as(kind: IdentifierKind, text: &str) -> String {
    match kind {
        IdentifierKind::Container
        | IdentifierKind::CommodityCode
        | IdentifierKind::Vin
        | IdentifierKind::Seal
        | IdentifierKind::Cmr
        | IdentifierKind::Iin
        | IdentifierKind::Bin
        | IdentifierKind::AircraftMarks
        | IdentifierKind::Wagon
        | IdentifierKind::AirWaybill => normalised(text),
        IdentifierKind::Date => date::normalised(text),
        IdentifierKind::Plate => plate::without_country(text),
        IdentifierKind::ShipRegistration => ship::normalised(text),
        IdentifierKind::Country => country::normalised(text),
        IdentifierKind::CustomsDeclaration => declaration::normalised(text),
    }
}

/// The plates that a text names, each for comparing: a tractor and its trailer are two.
pub fn plates_of(text: &str) -> Vec<String> {
    plate::entries(text).map(plate::without_country).filter(|plate| !plate.is_empty()).collect()
}

/// A commodity code as digits, however it is grouped: `8703 23 199 0` and `8703.23`.
pub fn code_digits(text: &str) -> Option<String> {
    commodity::digits(text)
}

/// Digits of a number, each as a number; nothing if anything else is in it.
fn digits_of(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|letter| letter.to_digit(10).filter(|_| letter.is_ascii())).collect()
}

/// The longest plate or seal number that is compared.
const LONGEST: usize = 40;

/// A plate for comparing.
pub fn normalised_plate(text: &str) -> String {
    normalised(text)
}

/// A seal number for comparing.
pub fn normalised_seal(text: &str) -> String {
    normalised(text)
}

fn normalised(text: &str) -> String {
    text.chars()
        .flat_map(char::to_uppercase)
        .map(latin)
        .filter(|c| c.is_alphanumeric())
        .take(LONGEST)
        .collect()
}

/// The Latin letter that looks like this Cyrillic capital.
fn latin(letter: char) -> char {
    match letter {
        'А' => 'A',
        'В' => 'B',
        'Е' => 'E',
        'К' => 'K',
        'М' => 'M',
        'Н' => 'H',
        'О' => 'O',
        'Р' => 'P',
        'С' => 'C',
        'Т' => 'T',
        'У' => 'Y',
        'Х' => 'X',
        'І' => 'I',
        'Ѕ' => 'S',
        'Ј' => 'J',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_sound() {
        for kind in [
            IdentifierKind::Container,
            IdentifierKind::CommodityCode,
            IdentifierKind::Plate,
            IdentifierKind::Vin,
            IdentifierKind::Seal,
            IdentifierKind::Cmr,
            IdentifierKind::CustomsDeclaration,
            IdentifierKind::Country,
            IdentifierKind::Iin,
            IdentifierKind::Bin,
            IdentifierKind::AircraftMarks,
            IdentifierKind::ShipRegistration,
            IdentifierKind::Wagon,
            IdentifierKind::AirWaybill,
            IdentifierKind::Date,
        ] {
            assert_eq!(check(kind, kind.example()), [], "{kind:?}");
            assert_eq!(check(kind, ""), [], "{kind:?}");
        }
    }

    #[test]
    fn spellings_of_one_number_are_equal() {
        let cases = [
            ("123 ABC 02", "123ABC02"),
            ("123авс02", "123ABC02"),
            ("K-448 812", "K448812"),
            ("к448812.", "K448812"),
            ("А 777 МР", "A777MP"),
            ("O0", "O0"),
            ("Ж123", "Ж123"),
            ("", ""),
        ];
        for (written, expected) in cases {
            assert_eq!(normalised(written), expected, "{written}");
        }
    }
}
