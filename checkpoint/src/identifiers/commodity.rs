//! Codes of the Harmonised System (6 digits) and of the commodity nomenclature that is built on it (10): `8703 23 199 0`.
//!
//! How many digits a row needs is the edition's to say (4 at arrival by road and rail, art. 251.1; 6 in transit, 280.3; 4 for release before the
//! declaration, 298): this file only tells codes that can be none. Chapters: Convention on the Harmonised System, 1 to 97, of which 77 is kept free; 98 and 99
//! are for national use.

use super::{Finding, digits_of};

/// Digits of a whole code in the nomenclature of the Union.
const WHOLE: usize = 10;

/// The digits of a code without the spaces, dots and hyphens that group them.
pub(super) fn digits(text: &str) -> Option<String> {
    let joined: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '.' | '-'))
        .collect();
    (!joined.is_empty() && joined.bytes().all(|byte| byte.is_ascii_digit())).then_some(joined)
}

pub(super) fn check(text: &str) -> Vec<Finding> {
    let Some(code) = digits(text) else {
        return vec![Finding::new("hs_code_not_digits", format!("{}: digits only", text.trim()))];
    };
    let mut findings = Vec::new();
    if code.len() > WHOLE {
        let detail = format!("{code}: {} digits, a whole code has {WHOLE}", code.len());
        findings.push(Finding::new("hs_code_too_long", detail));
    }
    let chapter = digits_of(&code).and_then(|all| Some(all.first()? * 10 + all.get(1)?));
    if matches!(chapter, Some(0 | 77)) {
        let detail = format!("{code}: chapters are 01 to 97 without 77");
        findings.push(Finding::new("hs_chapter_unknown", detail));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_digits_of_a_known_chapter() {
        let cases: [(&str, &[&str]); 8] = [
            ("6907", &[]),
            ("8703 23 199 0", &[]),
            ("8703.23.1990", &[]),
            ("690", &[]), // too short for every row, which is the row's to say
            ("69O7", &["hs_code_not_digits"]),
            ("7701", &["hs_chapter_unknown"]),
            ("0012", &["hs_chapter_unknown"]),
            ("87032319901", &["hs_code_too_long"]),
        ];
        for (text, expected) in cases {
            let codes: Vec<_> = check(text).into_iter().map(|finding| finding.code).collect();
            assert_eq!(codes, expected, "{text}");
        }
    }
}
