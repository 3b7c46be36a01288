//! `docs/law.md` names every rule of the edition, and every test that it names is there.

use std::path::{Path, PathBuf};

use checkpoint::law::Edition;

const TABLE: &str = include_str!("../../../docs/law.md");
/// Every file of these tests.
fn tests(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        if path.is_dir() { tests(&path) } else { vec![std::fs::read_to_string(path).unwrap()] }
    };
    entries.flat_map(read).collect()
}

/// Words in backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_rule_stands_in_the_table() {
    let edition = Edition::built_in().unwrap();
    let clocks = edition.clocks.iter().map(|rule| rule.id.clone());
    let causes = edition.alarms.keys().map(|cause| snake(&format!("{cause:?}")));
    let acts = edition.acts.iter().map(|rule| rule.id.clone());
    let names = clocks.chain(causes).chain(edition.holds.keys().cloned()).chain(acts);
    let missing: Vec<String> =
        names.filter(|name| !quoted(TABLE).any(|word| word == name)).collect();
    assert!(missing.is_empty(), "docs/law.md does not name {missing:?}");
}

#[test]
fn every_test_in_the_table_is_there() {
    let files = tests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all"));
    let rows = TABLE.lines().filter(|line| line.starts_with('|') && line.matches('|').count() == 5);
    let is_rule = |row: &&str| !row.starts_with("| Article |") && !row.starts_with("|---");
    for row in rows.filter(is_rule) {
        let test = row.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap();
        let name = quoted(test).next().unwrap_or_else(|| panic!("no test in {row:?}"));
        let found = files.iter().any(|file| file.contains(&format!("fn {name}()")));
        assert!(found, "{name} is in docs/law.md and in no file of tests");
    }
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}
