//! Days on papers: `2025-03-12` and `12.03.2025`. Papers may write a day otherwise, so another text is told and taken as it is.

use jiff::civil::Date;

use super::Finding;

/// For comparing: the day, if it is one.
pub(super) fn normalised(text: &str) -> String {
    day(text).map_or_else(|| super::normalised(text), |day| day.to_string())
}

fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let mut parts = text.split(['.', '/']).map(|part| part.trim().parse::<i16>().ok());
        let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() {
            return None;
        }
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    })
}

pub(super) fn check(text: &str) -> Vec<Finding> {
    if day(text).is_some() {
        return Vec::new();
    }
    vec![Finding::new("not_a_date", format!("{text}: write 2025-03-12 or 12.03.2025"))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_to_write_a_day() {
        for (text, known) in [
            ("2025-03-12", true),
            ("12.03.2025", true),
            ("1.3.2025", true),
            ("12/03/2025", true),
            ("29.02.2025", false),
            ("12 March 2025", false),
            ("12.03", false),
            ("12.03.2025.1", false),
        ] {
            assert_eq!(check(text).is_empty(), known, "{text}");
        }
    }
}
