//! What is wrong with a configuration, in the form in which a compiler would say it.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A configuration that cannot be used: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    path: PathBuf,
    findings: Vec<Placed>,
}

/// One thing that is wrong, where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Bytes of the text that it is about; none if it is about something that is not there.
    pub span: Option<Range<usize>>,
    /// What stands there.
    pub wrong: String,
    /// What would be right.
    pub right: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Placed {
    line: Option<(usize, usize, usize, String)>,
    wrong: String,
    right: String,
}

impl ConfigError {
    pub(super) fn new(path: &Path, text: &str, mut findings: Vec<Finding>) -> ConfigError {
        findings.sort_by_key(|finding| finding.span.as_ref().map_or(usize::MAX, |span| span.start));
        let placed = findings.into_iter().map(|Finding { span, wrong, right }| Placed {
            line: span.map(|span| place(text, &span)),
            wrong,
            right,
        });
        ConfigError { path: path.to_owned(), findings: placed.collect() }
    }

    pub(super) fn unreadable(path: &Path, source: &std::io::Error) -> ConfigError {
        let finding = Finding {
            span: None,
            wrong: format!("the file cannot be read: {source}"),
            right: "name a configuration, such as config/checkpoint.example.toml".to_owned(),
        };
        ConfigError::new(path, "", vec![finding])
    }

    pub(super) fn not_toml(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
        let message = error.message();
        let (wrong, right) = match message.split_once(", expected ") {
            Some((wrong, right)) => (wrong.to_owned(), format!("expected {}", of_type(right))),
            None => (message.lines().collect::<Vec<_>>().join("; "), String::new()),
        };
        let right = match wrong.strip_prefix("unknown field `value`") {
            Some(_) => format!("a limit names its unit: {right}"),
            None => right,
        };
        ConfigError::new(path, text, vec![Finding { span: error.span(), wrong, right }])
    }
}

/// A type of the program in the words of those who write configurations.
fn of_type(expected: &str) -> &str {
    match expected {
        "u8" => "a whole number from 0 to 255, without quotes",
        "u16" => "a whole number from 0 to 65535, without quotes",
        "u32" | "u64" => "a whole number from 0, without quotes",
        other => other,
    }
}

/// Line, column and length in characters, and the text of the line.
fn place(text: &str, span: &Range<usize>) -> (usize, usize, usize, String) {
    let start = span.start.min(text.len());
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let number = before.matches('\n').count() + 1;
    let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
    let column = text.get(line_start..start).unwrap_or_default().chars().count();
    let marked = text.get(start..span.end.min(text.len())).unwrap_or_default();
    let length = marked.lines().next().unwrap_or_default().chars().count().max(1);
    (number, column, length, line.to_owned())
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Placed { line, wrong, right }) in self.findings.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let file = self.path.display();
            match line {
                None => write!(f, "{file}: {wrong}")?,
                Some((number, column, length, line)) => {
                    writeln!(f, "{file}:{number}: {wrong}")?;
                    writeln!(f, "{number:>5} | {line}")?;
                    write!(f, "      | {:column$}{:^<length$}", "", "")?;
                }
            }
            if !right.is_empty() {
                write!(f, "\n        {right}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
