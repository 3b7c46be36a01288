//! Numbers of international consignment notes by road. The Convention (CMR, art. 6) asks for no number and gives none a shape.
//!
//! Assumed, as a warning only: at most 35 characters, the length of a document number in UN/EDIFACT (data element 1004), and a digit among them.

use super::Finding;

const LONGEST: usize = 35;

pub(super) fn check(text: &str) -> Vec<Finding> {
    let count = text.chars().count();
    let printable = text.chars().all(|letter| !letter.is_control());
    let has_digit = text.chars().any(|letter| letter.is_ascii_digit());
    if count <= LONGEST && printable && has_digit {
        return Vec::new();
    }
    let detail = format!("{text}: usual are up to {LONGEST} characters, a digit among them");
    vec![Finding::new("waybill_shape", detail)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_a_number_is_told() {
        for (text, sound) in [
            ("CMR 1", true),
            ("0012345", true),
            ("№ 17/а", true),
            ("CMR", false),
            ("123456789012345678901234567890123456", false),
        ] {
            assert_eq!(check(text).is_empty(), sound, "{text}");
        }
    }
}
