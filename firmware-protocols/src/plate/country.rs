//! The country numbers of Hikvision cameras. The table is data; its page is `docs/protocols/hikvision-anpr.md`.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::json::Text;

/// The country of a plate, as the camera recognised it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Country {
    /// The camera does not tell countries, or did not recognise this one.
    #[default]
    NotRecognised,
    /// A country of the table below, by its ISO 3166-1 alpha-2 code.
    Known(Iso2),
    /// A number that is not in the table, as sent.
    Index(u16),
}

/// Two capital letters of ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Iso2(pub [u8; 2]);

/// Country index of the ISAPI ANPR schema, for the countries whose vehicles are met here.
const INDEX: [(u16, [u8; 2]); 15] = [
    (9, *b"BY"),
    (11, *b"RU"),
    (12, *b"UA"),
    (28, *b"AZ"),
    (29, *b"GE"),
    (30, *b"KZ"),
    (32, *b"TM"),
    (33, *b"UZ"),
    (46, *b"TR"),
    (51, *b"AM"),
    (59, *b"CN"),
    (73, *b"KG"),
    (76, *b"MN"),
    (83, *b"TJ"),
    (92, *b"IR"),
];

impl Country {
    /// The country of `index`. 0 means that the camera does not tell countries, 254 that it did not recognise this one, 253 that
    /// another field (`CRIndex`) tells.
    pub fn from_index(index: u16) -> Country {
        if index == 0 || index == 253 || index == 254 {
            return Country::NotRecognised;
        }
        let known = INDEX.iter().find(|(known, _)| *known == index);
        known.map_or(Country::Index(index), |(_, letters)| Country::Known(Iso2(*letters)))
    }

    /// The number a camera would send.
    pub fn index(self) -> u16 {
        match self {
            Country::NotRecognised => 254,
            Country::Known(letters) => {
                INDEX.iter().find(|(_, known)| *known == letters.0).map_or(254, |(index, _)| *index)
            }
            Country::Index(index) => index,
        }
    }
}

impl Iso2 {
    /// Two capital Latin letters, or nothing.
    pub fn parse(text: &str) -> Option<Iso2> {
        let letters: [u8; 2] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Iso2(letters))
    }
}

impl fmt::Display for Iso2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.0;
        write!(f, "{}{}", char::from(first), char::from(second))
    }
}

impl Serialize for Iso2 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Iso2 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Iso2, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Iso2::parse(&text)
            .ok_or_else(|| de::Error::custom("two capital letters such as \"KZ\" expected"))
    }
}
