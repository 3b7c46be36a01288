//! What the papers say about the code, proved on the code: arrows between crates, and habits of the sources.
//!
//! Promises that every finding names a file, a line and what to do. Reads the working tree as it lies there, tracked or
//! not, so that a mistake is found before it is committed.
//! It does not judge taste: what a compiler, clippy or rustfmt can say is left to them.

pub(crate) mod arrows;
mod papers;
mod recordings;
mod sources;

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The root folder of the repository.
pub(crate) fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the tests lie in a folder of the repository").to_owned()
}

/// Folders that hold what was fetched or made, not what was written.
const NOT_WRITTEN: [&str; 5] = [".git", "target", "node_modules", "dist", "demo-data"];

/// Longest file that is read as text, in bytes; nothing that a person wrote comes near.
const LONGEST_TEXT: u64 = 4 << 20;

/// A file of the repository.
pub(crate) struct File {
    /// Relative to the root, with `/` between its parts.
    pub(crate) path: String,
    /// Empty where the file is not text.
    pub(crate) text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The code of the product: not a test, not a bench, not the crate of stories.
    fn is_product(&self) -> bool {
        let parts: Vec<&str> = self.path.split('/').collect();
        self.is_rust()
            && parts.get(1) == Some(&"src")
            && parts.last() != Some(&"tests.rs")
            && !parts.contains(&"tests")
    }

    /// The lines with their numbers, from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The lines of a Rust file that are neither comments nor the tests at its end.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines()
            .take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]"))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// All files that were written for the repository, in the order of their paths.
pub(crate) fn files() -> Vec<File> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let inside = std::fs::read_dir(&folder).expect("a folder of the repository can be read");
        for entry in inside.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let name = entry.file_name().to_string_lossy().into_owned();
            if kind.is_dir() && !NOT_WRITTEN.contains(&name.as_str()) {
                folders.push(entry.path());
            }
            if kind.is_file() {
                let path = entry.path();
                let short = path.strip_prefix(&root).expect("it lies below the root");
                found.push(File {
                    path: short.to_string_lossy().replace('\\', "/"),
                    text: text_of(&path),
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn text_of(path: &Path) -> String {
    let short_enough = path.metadata().is_ok_and(|about| about.len() <= LONGEST_TEXT);
    // A file of another builder may vanish between the listing and the reading; then it has nothing to say.
    if short_enough { std::fs::read_to_string(path).unwrap_or_default() } else { String::new() }
}

/// Findings of one check, each with its place.
#[derive(Default)]
pub(crate) struct Findings(Vec<String>);

impl Findings {
    pub(crate) fn at(&mut self, path: &str, line: usize, what: impl AsRef<str>) {
        self.0.push(format!("{path}:{line}: {}", what.as_ref()));
    }

    pub(crate) fn on(&mut self, what: impl Into<String>) {
        self.0.push(what.into());
    }

    /// Fails the test with every finding, and one sentence about the way out.
    #[track_caller]
    pub(crate) fn must_be_none(self, way_out: &str) {
        let mut report = String::new();
        for finding in &self.0 {
            writeln!(report, "  {finding}").expect("writing to a string does not fail");
        }
        assert!(self.0.is_empty(), "{} found:\n{report}{way_out}", self.0.len());
    }
}
