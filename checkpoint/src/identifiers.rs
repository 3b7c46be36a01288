//! When two spellings are one number: plates and seals as cameras, readers, papers and people write them.
//!
//! Cameras read "123 АВС 02" in Cyrillic where the plate bears Latin letters, papers put hyphens into seal numbers. Normalising drops
//! case, spaces, hyphens and dots, and makes letters Latin that look the same in both alphabets. It never guesses between a
//! letter and a digit: O and 0 stay two things.

/// The longest plate or seal number that is compared.
const LONGEST: usize = 40;

/// A plate for comparing.
pub fn normalised_plate(text: &str) -> String {
    normalised(text)
}

/// A seal number for comparing.
pub fn normalised_seal(text: &str) -> String {
    normalised(text)
}

fn normalised(text: &str) -> String {
    text.chars()
        .flat_map(char::to_uppercase)
        .map(latin)
        .filter(|c| c.is_alphanumeric())
        .take(LONGEST)
        .collect()
}

/// The Latin letter that looks like this Cyrillic capital.
fn latin(letter: char) -> char {
    match letter {
        'А' => 'A',
        'В' => 'B',
        'Е' => 'E',
        'К' => 'K',
        'М' => 'M',
        'Н' => 'H',
        'О' => 'O',
        'Р' => 'P',
        'С' => 'C',
        'Т' => 'T',
        'У' => 'Y',
        'Х' => 'X',
        'І' => 'I',
        'Ѕ' => 'S',
        'Ј' => 'J',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_equal() {
        let cases = [
            ("123 ABC 02", "123ABC02"),
            ("123авс02", "123ABC02"),
            ("K-448 812", "K448812"),
            ("к448812.", "K448812"),
            ("А 777 МР", "A777MP"),
            ("O0", "O0"),
            ("Ж123", "Ж123"),
            ("", ""),
        ];
        for (written, expected) in cases {
            assert_eq!(normalised(written), expected, "{written}");
        }
    }
}
