//! Notices that somebody wrote by hand or by a program: JSON or TOML, read where the command line and the terminal's page ask about them.

use checkpoint::desk::draft::WrittenNotice;

/// A notice that cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// Line, from 1.
    pub line: usize,
    /// The key on that line; a hyphen where none is known.
    pub key: String,
    /// What is wrong.
    pub problem: String,
}

/// Reads a notice: JSON if it is said to be or begins like it, TOML otherwise.
pub fn notice(text: &str, is_json: bool) -> Result<WrittenNotice, Misread> {
    if is_json || text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| Misread {
            line: error.line(),
            key: "-".to_owned(),
            problem: error.to_string(),
        });
    }
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
        let row = text.lines().nth(line - 1).unwrap_or_default();
        let key = row.split('=').next().unwrap_or_default().trim();
        let key = if key.is_empty() { "-" } else { key };
        Misread { line, key: key.to_owned(), problem: error.message().to_owned() }
    })
}
