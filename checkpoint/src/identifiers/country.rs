//! Countries: the law asks for a name, so a name is never questioned; two letters are looked up in ISO 3166-1.
//!
//! The list is that of the standard (alpha-2), 249 codes, as the IANA time zone database carries it (`iso3166.tab`).

use super::Finding;

const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH \
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT \
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS \
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG \
    UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// For comparing: capitals without spaces around.
pub(super) fn normalised(text: &str) -> String {
    text.trim().chars().flat_map(char::to_uppercase).take(super::LONGEST).collect()
}

/// Whether these two letters stand for a country.
pub(super) fn is_code(text: &str) -> bool {
    text.len() == 2 && CODES.split(' ').any(|code| code.eq_ignore_ascii_case(text))
}

pub(super) fn check(text: &str) -> Vec<Finding> {
    let looks_like_a_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !looks_like_a_code || is_code(text) {
        return Vec::new();
    }
    vec![Finding::new(
        "country_unknown",
        format!("{text}: no country has these two letters (ISO 3166-1)"),
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_letters_are_looked_up_and_names_are_left_alone() {
        assert_eq!(CODES.split(' ').count(), 249);
        for (text, known) in [
            ("KZ", true),
            ("kg", true),
            ("CN", true),
            ("UK", false),
            ("ZZ", false),
            ("Германия", true),
            ("Oman", true),
            ("РФ", true),
        ] {
            assert_eq!(check(text).is_empty(), known, "{text}");
        }
    }
}
