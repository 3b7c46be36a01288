//! Freight containers by ISO 6346: four letters, six digits, a check digit: `CSQU3054383`.
//!
//! Every single wrong digit is found but one: a remainder of 10 and a remainder of 0 are both written 0, and the standard advises owners not to give
//! out serial numbers with the first. Such a number is valid and has no finding.

use super::{Finding, digits_of, normalised};

pub(super) fn check(text: &str) -> Vec<Finding> {
    let number = normalised(text);
    let letters = number.chars().take(4).take_while(char::is_ascii_uppercase).count();
    let serial: String = number.chars().skip(4).collect();
    let Some(digits) = digits_of(&serial).filter(|_| letters == 4) else {
        let detail = format!("{number}: write four letters and seven digits, such as CSQU3054383");
        return vec![Finding::new("container_shape", detail)];
    };
    let mut findings = Vec::new();
    if !number.chars().nth(3).is_some_and(|category| matches!(category, 'U' | 'J' | 'Z')) {
        findings.push(Finding::new(
            "container_category",
            format!("{number}: the fourth letter is U, J or Z"),
        ));
    }
    match digits.len() {
        7 => {
            let right = check_digit(&number);
            if digits.last() != Some(&right) {
                let detail = format!("{number}: the last digit would be {right}");
                findings.push(Finding::new("container_check_digit", detail));
            }
        }
        6 => {
            let right = check_digit(&number);
            let detail = format!("{number}: the check digit is left out; it would be {right}");
            findings.push(Finding::new("container_check_digit_missing", detail));
        }
        count => {
            let detail = format!("{number}: {count} digits, seven are usual");
            findings.push(Finding::new("container_shape", detail));
        }
    }
    findings
}

/// The check digit over the first ten characters: the n-th counts two to the power n, letters count from 10 and leave out 11, 22 and 33.
fn check_digit(number: &str) -> u32 {
    let value = |letter: char| match letter.to_digit(36) {
        Some(digit) if digit < 10 => digit,
        Some(place) => place + (place - 1) / 10,
        None => 0,
    };
    let sum: u32 =
        number.chars().take(10).zip(0..).map(|(letter, place)| value(letter) << place).sum();
    sum % 11 % 10
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        check(text).into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn published_numbers_are_sound_and_their_misprints_are_not() {
        // CSQU3054383 is the example of ISO 6346, TOLU4734787 that of the Bureau International des Containers.
        let cases: [(&str, &[&str]); 12] = [
            ("CSQU3054383", &[]),
            ("csqu 305438 3", &[]),
            ("СSQU3054383", &[]), // the first letter Cyrillic
            ("TOLU4734787", &[]),
            ("TSTU0000020", &[]), // remainder 10, written 0
            ("CSQU3054384", &["container_check_digit"]),
            ("CSQU3054833", &["container_check_digit"]),
            ("CSQU305438", &["container_check_digit_missing"]),
            ("CSQA3054383", &["container_category"]),
            ("CSQU30543", &["container_shape"]),
            ("CSQU30543831", &["container_shape"]),
            ("CS9U3054383", &["container_shape"]),
        ];
        for (text, expected) in cases {
            assert_eq!(codes(text), expected, "{text}");
        }
    }

    #[test]
    fn letters_count_as_in_the_standard() {
        let values: Vec<u32> = ('A'..='Z')
            .filter_map(|c| c.to_digit(36))
            .map(|place| place + (place - 1) / 10)
            .collect();
        assert_eq!(
            values,
            [
                10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
                34, 35, 36, 37, 38
            ]
        );
    }

    proptest! {
        #[test]
        fn every_wrong_digit_is_found_but_ten_for_nought(owner in "[A-Z]{3}U", serial in 0u32..1_000_000, place in 0usize..6, by in 1u32..10) {
            let body = format!("{owner}{serial:06}");
            let number = format!("{body}{}", check_digit(&body));
            prop_assert!(codes(&number).is_empty());
            let mut wrong: Vec<u32> = body.chars().skip(4).filter_map(|c| c.to_digit(10)).collect();
            wrong[place] = (wrong[place] + by) % 10;
            let digits: String = wrong.iter().map(u32::to_string).collect();
            let misprint = format!("{owner}{digits}{}", check_digit(&body));
            let same_digit = check_digit(&misprint) == check_digit(&body);
            prop_assert!(!same_digit || check_digit(&body) == 0);
            prop_assert_eq!(codes(&misprint).is_empty(), same_digit);
        }
    }
}
