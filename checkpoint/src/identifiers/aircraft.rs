//! Nationality and registration marks of aircraft: `UP-B3739`.
//!
//! Source: Annex 7 to the Chicago Convention: letters of the nationality, a hyphen where the first of the rest is a letter, then letters, numbers or both; not the signals SOS, XXX, PAN and TTT, and
//! no combination of three letters that begins with Q. Assumed, as warnings only: one to four characters before the hyphen and one to five behind it.

use super::{Finding, LONGEST};

pub(super) fn check(text: &str) -> Vec<Finding> {
    let marks: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_uppercase)
        .map(super::latin)
        .take(LONGEST)
        .collect();
    let plain = marks.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    let (nationality, rest) = marks.split_once('-').unwrap_or(("", &marks));
    let counts = (nationality.chars().count(), rest.chars().count());
    let sound = match counts {
        (0, all) => {
            (2..=7).contains(&all) && rest.chars().any(|letter| letter.is_ascii_uppercase())
        }
        (before, behind) => before <= 4 && (1..=5).contains(&behind) && !rest.contains('-'),
    };
    if !(plain && sound) {
        let detail = format!("{marks}: nationality, hyphen, registration, such as UP-B3739");
        return vec![Finding::new("aircraft_marks_shape", detail)];
    }
    let signal = matches!(rest, "SOS" | "XXX" | "PAN" | "TTT")
        || (rest.len() == 3
            && rest.starts_with('Q')
            && rest.bytes().all(|byte| byte.is_ascii_uppercase()));
    if signal {
        let detail = format!("{marks}: {rest} is a signal and in no registration");
        return vec![Finding::new("aircraft_marks_shape", detail)];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_have_a_nationality_and_a_registration() {
        for (text, sound) in [
            ("UP-B3739", true),
            ("up-b6702", true),
            ("N12345", true),
            ("D-AIMA", true),
            ("B-2475", true),
            ("UP", true),
            ("12345", false),
            ("UP-", false),
            ("UP-B37390", false),
            ("D-SOS", false),
            ("D-QRA", false),
            ("Боинг-737", false),
        ] {
            assert_eq!(check(text).is_empty(), sound, "{text}");
        }
    }
}
