//! Ships: the registration is words of each register, and an IMO number where one is written: `IMO 9074729`.
//!
//! Source: IMO Resolution A.1117(30): seven digits, of which the last is the last digit of the sum of the six before it, weighted 7 to 2. That finds most misprints and not all: the
//! weights 2, 4, 5 and 6 share a divisor with ten.

use super::{Finding, digits_of};

/// For comparing: as every number, and an IMO number without its three letters.
pub(super) fn normalised(text: &str) -> String {
    let number = super::normalised(text);
    match number.strip_prefix("IMO") {
        Some(digits) if digits.len() == 7 => digits.to_owned(),
        Some(_) | None => number,
    }
}

pub(super) fn check(text: &str) -> Vec<Finding> {
    let number = super::normalised(text);
    let stated = number.strip_prefix("IMO");
    // Seven digits may be the number of any register; only what says that it is an IMO number is held to its rule.
    let Some(stated) = stated else { return Vec::new() };
    let Some(digits) = digits_of(stated).filter(|digits| digits.len() == 7) else {
        return vec![Finding::new("imo_shape", format!("{number}: IMO and seven digits"))];
    };
    let sum: u32 = digits.iter().zip((2..=7).rev()).map(|(digit, weight)| digit * weight).sum();
    if digits.last() == Some(&(sum % 10)) {
        return Vec::new();
    }
    vec![Finding::new("imo_check_digit", format!("{number}: the last digit would be {}", sum % 10))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_imo_number_has_a_check_digit() {
        // 9074729 is the example with which the IMO number is usually explained.
        let cases: [(&str, &[&str]); 6] = [
            ("IMO 9074729", &[]),
            ("imo9074729", &[]),
            ("IMO 9074728", &["imo_check_digit"]),
            ("IMO 9047729", &["imo_check_digit"]),
            ("IMO 907472", &["imo_shape"]),
            ("Актау 17-43", &[]),
        ];
        for (text, expected) in cases {
            let codes: Vec<_> = check(text).into_iter().map(|finding| finding.code).collect();
            assert_eq!(codes, expected, "{text}");
        }
    }
}
