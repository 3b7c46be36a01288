//! Registration numbers of customs declarations: code of the body, date, serial number: `50434/120215/0001122`.
//!
//! Source: Decision of the Commission of the Customs Union No. 257 of 20 May 2010, on the registration number of a goods declaration: three elements with a slash between
//! them, the date as DDMMYY, the serial number with seven digits; the code of a body of Kazakhstan has five digits, that of Russia and Belarus eight or fewer. Assumed: shorter
//! serial numbers occur, and a fourth element may follow.

use super::Finding;

/// For comparing: capitals, no spaces; the slashes stay, they divide.
pub(super) fn normalised(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_uppercase)
        .take(super::LONGEST)
        .collect()
}

pub(super) fn check(text: &str) -> Vec<Finding> {
    let number = normalised(text);
    let parts: Vec<&str> = number.split('/').collect();
    let [office, date, serial, ..] = parts[..] else { return shape(&number) };
    let digits = |part: &str, count: std::ops::RangeInclusive<usize>| {
        count.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !(digits(office, 5..=8) && digits(date, 6..=6) && digits(serial, 1..=7)) {
        return shape(&number);
    }
    if is_day(date) {
        return Vec::new();
    }
    vec![Finding::new("declaration_date", format!("{number}: {date} is no day; write DDMMYY"))]
}

fn shape(number: &str) -> Vec<Finding> {
    let detail = format!(
        "{number}: write the code of the body, DDMMYY and the serial number, such as 50434/120215/0001122"
    );
    vec![Finding::new("declaration_shape", detail)]
}

/// Whether DDMMYY is a day of this century.
fn is_day(date: &str) -> bool {
    let two = |from: usize| date.get(from..from + 2).and_then(|part| part.parse::<i8>().ok());
    match (two(0), two(2), two(4)) {
        (Some(day), Some(month), Some(year)) => {
            jiff::civil::Date::new(2000 + i16::from(year), month, day).is_ok()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_parts_and_a_day() {
        let cases: [(&str, &[&str]); 8] = [
            ("50434/120215/0001122", &[]),
            ("50434 / 120215 / 0001122", &[]),
            ("10702020/010213/0000017", &[]),
            ("50434/290224/0000001", &[]),
            ("50434/290225/0000001", &["declaration_date"]),
            ("50434/321215/0001122", &["declaration_date"]),
            ("50434-120215-0001122", &["declaration_shape"]),
            ("4434/120215/0001122", &["declaration_shape"]),
        ];
        for (text, expected) in cases {
            let codes: Vec<_> = check(text).into_iter().map(|finding| finding.code).collect();
            assert_eq!(codes, expected, "{text}");
        }
    }
}
