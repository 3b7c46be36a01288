//! Bytes as they came, readable: printable ASCII stands for itself, everything else as `\xNN`.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Bytes exactly as a device sent them.
///
/// Shown and serialised as text in which printable ASCII stands for itself, a backslash is doubled and every other byte is
/// `\xNN`, so that a frame with control bytes survives JSON and can be read by a person.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Raw(pub Vec<u8>);

impl Raw {
    /// The first `limit` bytes of `bytes`.
    pub fn cut(bytes: &[u8], limit: usize) -> Raw {
        Raw(bytes.get(..limit).unwrap_or(bytes).to_vec())
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in &self.0 {
            match byte {
                b'\\' => f.write_str("\\\\")?,
                0x20..=0x7e => write!(f, "{}", char::from(byte))?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        Ok(())
    }
}

/// A text in which a backslash begins neither `\\` nor `\xNN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotEscaped;

impl fmt::Display for NotEscaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("escaped bytes such as \"\\x02+00\" expected")
    }
}

impl core::error::Error for NotEscaped {}

impl FromStr for Raw {
    type Err = NotEscaped;

    /// The way back from what is shown.
    fn from_str(text: &str) -> Result<Raw, NotEscaped> {
        unescape(text).map(Raw).ok_or(NotEscaped)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest {
            [b'\\', after @ ..] => {
                bytes.push(b'\\');
                rest = after;
            }
            [b'x', high, low, after @ ..] => {
                let high = char::from(*high).to_digit(16)?;
                let low = char::from(*low).to_digit(16)?;
                bytes.push(u8::try_from(high * 16 + low).ok()?);
                rest = after;
            }
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_json() {
        let all = Raw((0..=255).collect());
        let json = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<Raw>(&json).unwrap(), all);
        assert!(json.starts_with(r#""\\x00\\x01"#), "{json}");
    }

    #[test]
    fn broken_escapes_are_refused() {
        for text in [r#""\\x0""#, r#""\\y00""#, r#""a\\""#] {
            assert!(serde_json::from_str::<Raw>(text).is_err(), "{text}");
        }
    }
}
