//! Numbers of mechanical seals. ISO 17712 asks for a number that is unique and marked for its maker; it gives no shape.
//!
//! Assumed, as warnings only: two to twenty letters and digits, at least one digit.

use super::{Finding, normalised};

pub(super) fn check(text: &str) -> Vec<Finding> {
    let number = normalised(text);
    let count = number.chars().count();
    let plain = number.chars().all(|letter| letter.is_ascii_alphanumeric());
    let has_digit = number.chars().any(|letter| letter.is_ascii_digit());
    if (2..=20).contains(&count) && plain && has_digit {
        return Vec::new();
    }
    let detail = format!("{number}: usual are up to 20 letters and digits, one digit at least");
    vec![Finding::new("seal_shape", detail)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_a_seal_number_is_told() {
        for (text, sound) in [
            ("K-448 812", true),
            ("ML-KZ0123456", true),
            ("к448812", true),
            ("KZKZ", false),
            ("4", false),
            ("пломба", false),
            ("123456789012345678901", false),
        ] {
            assert_eq!(check(text).is_empty(), sound, "{text}");
        }
    }
}
