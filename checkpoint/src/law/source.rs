//! Where in a file of the law something is wrong, and what would be right.

use core::ops::Range;

use serde::de::DeserializeOwned;

/// A file of the law that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {key}: {problem}")]
pub struct LawError {
    /// The file as it was named.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The key on that line, or `-`.
    pub key: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// A file's text and its name, for errors.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) file: &'a str,
}

impl Source<'_> {
    /// Reads the TOML; an unknown key is an error, because a misspelt exception would be no exception.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, LawError> {
        toml::from_str(self.text)
            .map_err(|error| self.error(error.span().unwrap_or(0..0), error.message().to_owned()))
    }

    /// An error at the first place within these bytes where this text stands in quotation marks.
    pub(super) fn error_at(
        &self,
        span: Range<usize>,
        quoted: &str,
        problem: impl Into<String>,
    ) -> LawError {
        let within = self.text.get(span.clone()).unwrap_or_default();
        let place = within.find(&format!("{quoted:?}")).unwrap_or(0);
        self.error(span.start + place..span.end, problem)
    }

    /// An error at these bytes.
    pub(super) fn error(&self, span: Range<usize>, problem: impl Into<String>) -> LawError {
        let start = span.start.min(self.text.len());
        let before = self.text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let row = self.text.lines().nth(line - 1).unwrap_or_default();
        let key = row.split('=').next().unwrap_or_default().trim().trim_start_matches(['{', ' ']);
        let key = if key.is_empty() { "-" } else { key };
        LawError { file: self.file.to_owned(), line, key: key.to_owned(), problem: problem.into() }
    }
}
