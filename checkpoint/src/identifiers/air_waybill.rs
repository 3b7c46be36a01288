//! Air waybills: three digits of the airline, seven of the waybill, and their remainder by seven: `057-12345675`.
//!
//! Source: IATA Resolution 600a. A digit that is wrong by seven (0 for 7, 1 for 8, 2 for 9) is the one misprint that the rule does not see.

use super::{Finding, digits_of, normalised};

pub(super) fn check(text: &str) -> Vec<Finding> {
    let number = normalised(text);
    let Some(digits) = digits_of(&number).filter(|digits| digits.len() == 11) else {
        let detail = format!("{number}: 11 digits, such as 057-12345675");
        return vec![Finding::new("air_waybill_shape", detail)];
    };
    let right = digits[3..10].iter().fold(0, |number, digit| number * 10 + digit) % 7;
    if digits.last() == Some(&right) {
        return Vec::new();
    }
    vec![Finding::new(
        "air_waybill_check_digit",
        format!("{number}: the last digit would be {right}"),
    )]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_waybill_ends_with_its_remainder() {
        let cases: [(&str, &[&str]); 5] = [
            ("057-12345675", &[]),
            ("125 2075 5571", &[]),
            ("057-12345676", &["air_waybill_check_digit"]),
            ("057-12345657", &["air_waybill_check_digit"]),
            ("57-12345675", &["air_waybill_shape"]),
        ];
        for (text, expected) in cases {
            let codes: Vec<_> = check(text).into_iter().map(|finding| finding.code).collect();
            assert_eq!(codes, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_wrong_digit_is_found_but_one_that_is_wrong_by_seven(serial in 0u32..10_000_000, place in 0usize..7, by in 1u32..10) {
            let right = format!("057{serial:07}{}", serial % 7);
            prop_assert!(check(&right).is_empty());
            let mut digits: Vec<u32> = right.chars().filter_map(|c| c.to_digit(10)).collect();
            let before = digits[3 + place];
            digits[3 + place] = (before + by) % 10;
            let wrong: String = digits.iter().map(u32::to_string).collect();
            let by_seven = before.abs_diff(digits[3 + place]) == 7;
            prop_assert_eq!(check(&wrong).is_empty(), by_seven);
        }
    }
}
