//! A text of a JSON document, borrowed from it where it stands there as it is meant: without an escape.

use alloc::borrow::Cow;
use alloc::string::String;
use core::ops::Deref;

use serde::{Deserialize, Serialize};

/// A text. One with escapes is written out, which allocates, and so does the room in which `serde_json` does that.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    /// A text that was written out, in room that others use after.
    pub(crate) fn written(text: &str) -> Self {
        Text(Cow::Owned(text.into()))
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Text(text.into())
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text(text.into())
    }
}

impl From<Text<'_>> for String {
    fn from(text: Text<'_>) -> String {
        text.0.into_owned()
    }
}
