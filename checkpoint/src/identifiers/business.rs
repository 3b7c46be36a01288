//! Identification numbers of Kazakhstan: 12 digits, the last of them a check digit.
//!
//! Sources: Law No. 223 of 12 January 2007 "On national registers of identification numbers" and the rules of forming them, Government Decree No. 406 of 22 May 2007. A
//! person's number (IIN) begins with the day of birth as YYMMDD, then century and sex; since Decree No. 853 of 26 August 2013 it need not tell the true day of
//! birth, so only a day that no calendar has is told here. A legal entity's (BIN) begins with year and month of registration as YYMM, then its kind: 4 resident, 5
//! non-resident, 6 joint enterprise of individuals; then 0 head office, 1 branch, 2 representation, 3 farm. Assumed: the seventh digit of an IIN is 0 for some foreigners.

use super::{Finding, digits_of, normalised};

pub(super) fn check_iin(text: &str) -> Vec<Finding> {
    let number = normalised(text);
    let Some(digits) = twelve(&number) else { return shape("iin_shape", &number) };
    let mut findings = Vec::new();
    let two = |from: usize| digits[from] * 10 + digits[from + 1];
    let century = match digits[6] {
        1 | 2 => Some(1800),
        0 | 3 | 4 => Some(1900),
        5 | 6 => Some(2000),
        _ => None,
    };
    let day = century.and_then(|century| {
        let year = i16::try_from(century + two(0)).ok()?;
        jiff::civil::Date::new(year, i8::try_from(two(2)).ok()?, i8::try_from(two(4)).ok()?).ok()
    });
    if day.is_none() {
        let detail =
            format!("{number}: the first seven digits are no day of birth with its century");
        findings.push(Finding::new("iin_date", detail));
    }
    findings.extend(check_digit("iin_check_digit", &number, &digits));
    findings
}

pub(super) fn check_bin(text: &str) -> Vec<Finding> {
    let number = normalised(text);
    let Some(digits) = twelve(&number) else { return shape("bin_shape", &number) };
    let mut findings = Vec::new();
    if !(1..=12).contains(&(digits[2] * 10 + digits[3])) {
        findings.push(Finding::new(
            "bin_date",
            format!("{number}: the third and fourth digits are no month"),
        ));
    }
    if !matches!((digits[4], digits[5]), (4..=6, 0..=3)) {
        let detail = format!("{number}: the fifth digit is 4, 5 or 6 and the sixth 0 to 3");
        findings.push(Finding::new("bin_kind", detail));
    }
    findings.extend(check_digit("bin_check_digit", &number, &digits));
    findings
}

fn twelve(number: &str) -> Option<Vec<u32>> {
    digits_of(number).filter(|digits| digits.len() == 12)
}

fn shape(code: &'static str, number: &str) -> Vec<Finding> {
    vec![Finding::new(code, format!("{number}: 12 digits"))]
}

fn check_digit(code: &'static str, number: &str, digits: &[u32]) -> Option<Finding> {
    match right_check_digit(digits) {
        Some(right) if digits.last() == Some(&right) => None,
        Some(right) => {
            Some(Finding::new(code, format!("{number}: the last digit would be {right}")))
        }
        None => Some(Finding::new(code, format!("{number}: such a number is not given out"))),
    }
}

/// The sum of eleven digits, weighted 1 to 11, modulo 11; if that is 10, weighted 3 to 11, 1, 2; if that is 10 again, the number is not used.
fn right_check_digit(digits: &[u32]) -> Option<u32> {
    let remainder = |first: u32| {
        let weights = (0..11).map(|place| (first - 1 + place) % 11 + 1);
        digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 11
    };
    [1, 3].map(remainder).into_iter().find(|remainder| *remainder < 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_numbers_of_companies_are_sound() {
        // As the companies publish them: KazMunayGas, Halyk Bank, Kaspi Bank, Air Astana's first digits changed.
        let cases: [(&str, &[&str]); 9] = [
            ("020240000555", &[]),
            ("940140000385", &[]),
            ("971240001315", &[]),
            ("0202 4000 0555", &[]),
            ("020240000556", &["bin_check_digit"]),
            ("021340000555", &["bin_date", "bin_check_digit"]),
            ("020270000555", &["bin_kind", "bin_check_digit"]),
            ("02024000055", &["bin_shape"]),
            ("0202400O0555", &["bin_shape"]),
        ];
        for (text, expected) in cases {
            let codes: Vec<_> = check_bin(text).into_iter().map(|finding| finding.code).collect();
            assert_eq!(codes, expected, "{text}");
        }
    }

    #[test]
    fn a_persons_number_has_a_day_a_century_and_a_check_digit() {
        // Made for this test; nobody's.
        let with_digit = |body: &str| {
            let digits: Vec<u32> = body.chars().filter_map(|c| c.to_digit(10)).collect();
            right_check_digit(&digits).map(|digit| format!("{body}{digit}"))
        };
        let codes = |text: &str| -> Vec<_> {
            check_iin(text).into_iter().map(|finding| finding.code).collect()
        };
        assert_eq!(codes(&with_digit("90010130000").unwrap()), [""; 0]);
        assert_eq!(codes(&with_digit("90023030000").unwrap()), ["iin_date"]);
        assert_eq!(codes(&with_digit("90010190000").unwrap()), ["iin_date"]);
        assert_eq!(codes("900101"), ["iin_shape"]);
        // Remainder 10 by both weights: not given out, whatever its last digit is.
        assert_eq!(with_digit("90010130080"), None);
        for last in 0..10 {
            assert_eq!(codes(&format!("90010130080{last}")), ["iin_check_digit"]);
        }
    }

    proptest! {
        #[test]
        fn every_wrong_digit_of_a_number_with_one_pass_is_found(body in 0u64..100_000_000_000, place in 0usize..10, by in 1u32..10) {
            let digits: Vec<u32> = format!("{body:011}").chars().filter_map(|c| c.to_digit(10)).collect();
            let first_pass = |digits: &[u32]| digits.iter().zip(1..).map(|(digit, weight)| digit * weight).sum::<u32>() % 11;
            let mut wrong = digits.clone();
            wrong[place] = (wrong[place] + by) % 10;
            // The eleventh digit is weighted 11, which is nothing modulo 11; and where either needs the second pass, nothing is promised.
            if first_pass(&digits) < 10 && first_pass(&wrong) < 10 {
                prop_assert_ne!(right_check_digit(&digits), right_check_digit(&wrong));
            }
        }
    }
}
