//! Registration plates: tractor, trailer and semi-trailer one after another, each with its country where that is stated: `123ABC02 KZ, 12ABC02 KZ`.
//!
//! Shapes are known for the neighbours whose lorries come here. A plate of a country without a shape here has no finding, and a plate without a country only if no shape
//! fits it. Sources: ST RK 986-2003 and its edition of 2012 (Kazakhstan), GOST R 50577-2018 (Russia), STB 914-99 (Belarus), GA 36-2018 (China); as the public tables of plates describe them. Assumed:
//! the shapes of Kyrgyzstan (2016 and before), Uzbekistan (2008) and Tajikistan (2010), those of trailers everywhere, and that regions 01 to 20 are all of Kazakhstan.
//! Diplomatic, military and transit plates have shapes of their own: a finding is a warning.

use super::{Finding, country, normalised};

/// Shapes: `9` a digit, `A` a Latin letter, `R` one of the twelve letters of Russian plates, `中` a Chinese character, `*` a letter or digit; anything else is itself.
const SHAPES: [(&str, &[&str]); 7] = [
    (
        "KZ",
        &[
            "999AAA99", // 2012, of a person
            "999AA99",  // 2012, of a legal entity
            "99AAA99",  // 2012, trailer of a person
            "99AA99",   // 2012, trailer of a legal entity, motorcycle
            "A999AAA",  // 1993, of a person
            "A999AA",   // 1993, of a legal entity
            "9999AA", "9999AAA", // 1993, trailer
        ],
    ),
    ("RU", &["R999RR99", "R999RR999", "RR999999", "RR9999999", "RR99999", "RR999999"]),
    ("KG", &["99KG999AAA", "99KG999AA", "99KG9999AA", "A9999A", "A9999AA", "99999A"]),
    ("UZ", &["99A999AA", "99999AAA", "999999AA"]),
    ("CN", &["中A*****", "中A******", "中A****挂"]),
    ("TJ", &["9999AA99", "999AA99", "9999A99"]),
    ("BY", &["9999AA9", "AA99999", "A9999A9", "E999AA9"]),
];

/// The highest number of a region of Kazakhstan: 18 Abai, 19 Jetisu and 20 Ulytau are those of 2022.
const LAST_REGION: u32 = 20;

/// The plates that a text names.
pub(super) fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '\n', '+']).map(str::trim).filter(|entry| !entry.is_empty())
}

/// A plate for comparing, without the country beside it.
pub(super) fn without_country(text: &str) -> String {
    let (plate, _) = divided(text);
    normalised(plate)
}

/// Plate and country of an entry: `123ABC02 KZ`, `KZ 123ABC02`, `123ABC02/KZ`, `123ABC02 (KZ)`.
fn divided(entry: &str) -> (&str, Option<String>) {
    let entry = entry.trim();
    let is_country = |word: &str| {
        let word = word.trim_matches(['(', ')']);
        country::is_code(word).then(|| word.to_ascii_uppercase())
    };
    let divide = |letter: char| letter.is_whitespace() || letter == '/';
    let has_plate = |rest: &str| rest.chars().filter(|letter| letter.is_alphanumeric()).count() > 3;
    if let Some((rest, last)) = entry.rsplit_once(divide)
        && let Some(country) = is_country(last).filter(|_| has_plate(rest))
        // "123 AB" is one plate: letters behind digits alone are no country.
        && rest.chars().any(char::is_alphabetic)
    {
        return (rest, Some(country));
    }
    if let Some((first, rest)) = entry.split_once(divide)
        && let Some(country) = is_country(first).filter(|_| has_plate(rest))
        && rest.chars().any(char::is_alphabetic)
    {
        return (rest, Some(country));
    }
    (entry, None)
}

pub(super) fn check(text: &str) -> Vec<Finding> {
    entries(text).filter_map(check_one).collect()
}

fn check_one(entry: &str) -> Option<Finding> {
    let (plate, country) = divided(entry);
    let plate = normalised(plate);
    let shapes = match &country {
        Some(country) => {
            let (_, shapes) = SHAPES.iter().find(|(code, _)| code == country)?;
            if !shapes.iter().any(|shape| fits(&plate, shape)) {
                let detail =
                    format!("{plate}: no shape of a plate of {country} that is known here");
                return Some(Finding::new("plate_shape", detail));
            }
            return (country == "KZ").then(|| region(&plate))?;
        }
        None => SHAPES.iter().flat_map(|(_, shapes)| shapes.iter()),
    };
    let known: Vec<&&str> = shapes.filter(|shape| fits(&plate, shape)).collect();
    if known.is_empty() {
        let detail =
            format!("{plate}: fits no shape that is known here; write the country behind it");
        return Some(Finding::new("plate_country_unstated", detail));
    }
    None
}

/// The region of a plate of Kazakhstan of 2012 and later.
fn region(plate: &str) -> Option<Finding> {
    let digits = plate.get(plate.len().checked_sub(2)?..)?;
    let number: u32 = digits.parse().ok()?;
    if (1..=LAST_REGION).contains(&number)
        || !plate.starts_with(|first: char| first.is_ascii_digit())
    {
        return None;
    }
    let detail = format!("{plate}: regions of Kazakhstan are 01 to {LAST_REGION}, not {digits}");
    Some(Finding::new("plate_region", detail))
}

fn fits(plate: &str, shape: &str) -> bool {
    plate.chars().count() == shape.chars().count()
        && plate.chars().zip(shape.chars()).all(|(letter, kind)| match kind {
            '9' => letter.is_ascii_digit(),
            'A' => letter.is_ascii_uppercase(),
            'R' => "ABEKMHOPCTYX".contains(letter),
            '*' => letter.is_ascii_alphanumeric(),
            '中' => ('\u{4e00}'..='\u{9fff}').contains(&letter) && letter != '挂',
            itself => letter == itself,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_of_the_neighbours_are_known() {
        let cases: [(&str, &[&str]); 25] = [
            ("123ABC02 KZ", &[]),
            ("123 АВС 02 KZ", &[]),
            ("KZ 123ABC02", &[]),
            ("123AB02/KZ", &[]),
            ("123ABC20 (KZ)", &[]),
            ("123ABC02 KZ, 12ABC02 KZ", &[]),
            ("A123BCD KZ", &[]),
            ("123ABC21 KZ", &["plate_region"]),
            ("123ABC00 KZ", &["plate_region"]),
            ("123ABC02 KZ; 1ABC2 KZ", &["plate_shape"]),
            ("А777МР77 RU", &[]),
            ("А777МР777 RU", &[]),
            ("АВ123477 RU", &[]),
            ("D777MP77 RU", &["plate_shape"]), // D is on no Russian plate
            ("01KG123ABC KG", &[]),
            ("B1234AB KG", &[]),
            ("01A123BC UZ", &[]),
            ("01123ABC UZ", &[]),
            ("新A12345 CN", &[]),
            ("新A1234挂 CN", &[]),
            ("1234AB01 TJ", &[]),
            ("1234AB-5 BY", &[]),
            ("B-MW 1234 DE", &[]), // no shape of Germany is kept here
            ("123ABC02", &[]),
            ("WXYZ1", &["plate_country_unstated"]),
        ];
        for (text, expected) in cases {
            let codes: Vec<_> = check(text).into_iter().map(|finding| finding.code).collect();
            assert_eq!(codes, expected, "{text}");
        }
    }

    #[test]
    fn the_country_is_no_part_of_the_plate() {
        for (text, expected) in [
            ("123ABC02 KZ", "123ABC02"),
            ("KZ 123 abc 02", "123ABC02"),
            ("А777МР77 RU", "A777MP77"),
            ("1234 AB", "1234AB"),
            ("KZ", "KZ"),
        ] {
            assert_eq!(without_country(text), expected, "{text}");
        }
    }
}
