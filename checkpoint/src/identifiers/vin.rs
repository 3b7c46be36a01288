//! Vehicle identification numbers by ISO 3779: 17 characters, digits and capital letters without I, O and Q: `1M8GDM9AXKP042788`.
//!
//! The check digit in the ninth place is the rule of 49 CFR 565 for vehicles of North America, whose numbers begin with 1, 2, 4 or 5. Elsewhere that place means what the
//! maker likes, so it is checked there and nowhere else. Assumed: the world regions by the first character (ISO 3780).

use super::{Finding, normalised};

pub(super) fn check(text: &str) -> Vec<Finding> {
    let number = normalised(text);
    let mut findings = Vec::new();
    let count = number.chars().count();
    if count != 17 {
        findings.push(Finding::new("vin_shape", format!("{number}: {count} characters, not 17")));
    }
    if let Some(letter) = number.chars().find(|letter| value(*letter).is_none()) {
        findings
            .push(Finding::new("vin_shape", format!("{number}: {letter} is in no such number")));
    }
    if findings.is_empty() && matches!(number.chars().next(), Some('1' | '2' | '4' | '5')) {
        let right = check_character(&number);
        if number.chars().nth(8) != Some(right) {
            let detail = format!("{number}: the ninth character would be {right}");
            findings.push(Finding::new("vin_check_digit", detail));
        }
    }
    findings
}

/// What a character counts (49 CFR 565.15, table III).
fn value(letter: char) -> Option<u32> {
    match letter {
        '0'..='9' => letter.to_digit(10),
        'A' | 'J' => Some(1),
        'B' | 'K' | 'S' => Some(2),
        'C' | 'L' | 'T' => Some(3),
        'D' | 'M' | 'U' => Some(4),
        'E' | 'N' | 'V' => Some(5),
        'F' | 'W' => Some(6),
        'G' | 'P' | 'X' => Some(7),
        'H' | 'Y' => Some(8),
        'R' | 'Z' => Some(9),
        _ => None,
    }
}

/// The ninth character: the sum of the others by weight, modulo 11, X for 10.
fn check_character(number: &str) -> char {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u32 = number
        .chars()
        .zip(WEIGHTS)
        .map(|(letter, weight)| value(letter).unwrap_or(0) * weight)
        .sum();
    char::from_digit(sum % 11, 10).unwrap_or('X')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_is_checked_everywhere_and_the_check_digit_in_north_america() {
        // 1M8GDM9AXKP042788 and seventeen ones are the examples that 49 CFR 565 is usually explained with.
        let cases: [(&str, &[&str]); 8] = [
            ("1M8GDM9AXKP042788", &[]),
            ("11111111111111111", &[]),
            ("1M8GDM9A1KP042788", &["vin_check_digit"]),
            ("1M8GDM9AXKP042789", &["vin_check_digit"]),
            ("WDB9634031L738290", &[]),
            ("XTA210990Y2766389", &[]),
            ("XTA21O990Y2766389", &["vin_shape"]),
            ("WDB96340", &["vin_shape"]),
        ];
        for (text, expected) in cases {
            let codes: Vec<_> = check(text).into_iter().map(|finding| finding.code).collect();
            assert_eq!(codes, expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_wrong_digit_is_found_where_the_check_digit_is_the_rule(place in 0usize..17, by in 1u32..10) {
            let number = "1M8GDM9AXKP042788";
            let mut wrong: Vec<char> = number.chars().collect();
            if let Some(digit) = wrong[place].to_digit(10).filter(|_| place > 0) {
                wrong[place] = char::from_digit((digit + by) % 10, 10).unwrap();
                let misprint: String = wrong.into_iter().collect();
                proptest::prop_assert!(!check(&misprint).is_empty(), "{}", misprint);
            }
        }
    }
}
