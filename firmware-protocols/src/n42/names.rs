//! Names and values as the schema takes them (`NonBlankStringSimpleType`, n42.xsd 0.0.54).
//!
//! Its pattern `[\w\d ]*[\w\d\S]+[\w\d ]*` means "not blank" and says more: punctuation may stand in one run without a blank, and nowhere else.
//! `Beket edge-agent` fits, `Beket edge-agent 0.1.0` does not, and neither does `Rapiscan Systems (TSA), Inc.`.

use alloc::borrow::Cow;
use alloc::string::String;

/// Elements with such a text, as far as portals use them.
pub(super) const ELEMENTS: &[&str] = &[
    "AnalysisAlgorithmComponentName",
    "AnalysisAlgorithmComponentVersion",
    "AnalysisAlgorithmSettingName",
    "AnalysisAlgorithmSettingUnits",
    "AnalysisAlgorithmSettingValue",
    "CharacteristicGroupName",
    "CharacteristicName",
    "CharacteristicValue",
    "CharacteristicValueUnits",
    "LocationDescription",
    "NuclideName",
    "RadInstrumentComponentName",
    "RadInstrumentComponentVersion",
    "RadInstrumentDataCreatorName",
    "RadInstrumentIdentifier",
    "RadInstrumentManufacturerName",
    "RadInstrumentModelName",
    "RadItemQuantityUnits",
];

/// Whether the schema takes it.
pub(super) fn fits(text: &str) -> bool {
    let (_, run, _) = around_punctuation(text);
    !text.trim().is_empty() && !run.contains(char::is_whitespace)
}

/// The text so that the schema takes it: blanks between the first and the last punctuation become `_`; a blank text says that nothing is stated.
pub(super) fn fitted(text: &str) -> Cow<'_, str> {
    if text.trim().is_empty() {
        return Cow::Borrowed("not stated");
    }
    if fits(text) {
        return Cow::Borrowed(text);
    }
    let (before, run, after) = around_punctuation(text);
    let joined: String =
        run.chars().map(|one| if one.is_whitespace() { '_' } else { one }).collect();
    Cow::Owned([before, joined.as_str(), after].concat())
}

/// What stands before the first punctuation, from there to the last one, and behind it.
fn around_punctuation(text: &str) -> (&str, &str, &str) {
    let first = text.find(is_punctuation).unwrap_or(text.len());
    let (before, rest) = text.split_at(first);
    let end = rest
        .rfind(is_punctuation)
        .and_then(|at| Some(at + rest.get(at..)?.chars().next()?.len_utf8()));
    let (run, after) = rest.split_at(end.unwrap_or(0));
    (before, run, after)
}

/// What `\w` of a schema leaves out, but for the blank: punctuation, other blanks, what cannot be seen. Of symbols it takes those of ASCII; the
/// others are taken for punctuation, which is stricter than the schema.
fn is_punctuation(one: char) -> bool {
    !one.is_alphanumeric() && !" $+<=>^`|~".contains(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_stands_in_one_run() {
        // As lxml has it with the schema of NIST.
        for (text, expected) in [
            ("Rapiscan/TSA", "Rapiscan/TSA"),
            ("not stated", "not stated"),
            ("Beket edge-agent", "Beket edge-agent"),
            ("Beket edge-agent 0.1.0", "Beket edge-agent_0.1.0"),
            ("Rapiscan Systems (TSA), Inc. USA", "Rapiscan Systems (TSA),_Inc. USA"),
            ("ТОО «Бекет-Сервис» Алматы", "ТОО «Бекет-Сервис» Алматы"),
            ("a\tb", "a_b"),
            (" 5 + 1 ", " 5 + 1 "),
            ("", "not stated"),
            (" \n", "not stated"),
        ] {
            assert_eq!(fitted(text), expected);
            assert_eq!(fits(text), text == expected, "{text}");
            assert!(fits(expected), "{expected}");
        }
    }
}
