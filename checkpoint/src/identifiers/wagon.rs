//! Railway wagons: 12 digits by UIC leaflet 438, 8 digits on the gauge of 1520 mm; both end with a check digit by the same rule.
//!
//! Every wrong digit is found, and nearly every swap of two neighbours (not 09 for 90).

use super::{Finding, digits_of, normalised};

pub(super) fn check(text: &str) -> Vec<Finding> {
    let number = normalised(text);
    let Some(digits) = digits_of(&number).filter(|digits| matches!(digits.len(), 8 | 12)) else {
        return vec![Finding::new("wagon_shape", format!("{number}: 8 or 12 digits"))];
    };
    let right = check_digit(&digits[..digits.len() - 1]);
    if digits.last() == Some(&right) {
        return Vec::new();
    }
    vec![Finding::new("wagon_check_digit", format!("{number}: the last digit would be {right}"))]
}

/// Digits by two and one from the right, the digits of the products summed, up to the next ten.
fn check_digit(body: &[u32]) -> u32 {
    let products = body.iter().rev().zip([2, 1].into_iter().cycle()).map(|(digit, by)| digit * by);
    let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_numbers_are_sound() {
        // 21 81 2471 217-3: the example of the leaflet's usual explanation; 50 51 26-18 001-5: a worked example of the Polish railways.
        let cases: [(&str, &[&str]); 6] = [
            ("21 81 2471 217-3", &[]),
            ("50 51 26-18 001-5", &[]),
            ("52921010", &["wagon_check_digit"]),
            ("45488855", &[]),
            ("21 81 2471 217-4", &["wagon_check_digit"]),
            ("4548885", &["wagon_shape"]),
        ];
        for (text, expected) in cases {
            let codes: Vec<_> = check(text).into_iter().map(|finding| finding.code).collect();
            assert_eq!(codes, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_wrong_digit_is_found(body in proptest::collection::vec(0u32..10, 11), place in 0usize..12, by in 1u32..10) {
            let mut number = body.clone();
            number.push(check_digit(&body));
            let text = |digits: &[u32]| digits.iter().map(u32::to_string).collect::<String>();
            prop_assert!(check(&text(&number)).is_empty());
            number[place] = (number[place] + by) % 10;
            prop_assert_eq!(check(&text(&number)).len(), 1);
        }
    }
}
