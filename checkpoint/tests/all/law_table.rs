//! `docs/law.md`, the edition and the list of what is asked of the software agree: every rule has its article and stands in a row, every row names a test that is
//! there, and every article that is to be enforced or shown (`data/classes.txt`) stands in a row.

use std::path::{Path, PathBuf};

use checkpoint::law::Edition;
use toml::{Table, Value};

const TABLE: &str = include_str!("../../../docs/law.md");
const EDITION: &str = include_str!("../../../config/law/kz-2010.toml");
const CLASSES: &str = include_str!("../data/classes.txt");

/// Folders whose tests the table may name.
const TESTS: [&str; 4] = ["tests/all", "../edge-agent/tests", "../hub/tests", "../tests"];

/// Every file of these tests.
fn tests(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| match path.extension() {
        _ if path.is_dir() => tests(&path),
        Some(extension) if extension == "rs" => vec![std::fs::read_to_string(path).unwrap()],
        _ => Vec::new(),
    };
    entries.flat_map(read).collect()
}

/// Words in backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Rows with an article, what it says, a rule and a test.
fn rows() -> impl Iterator<Item = &'static str> {
    let is_rule = |row: &&str| !row.starts_with("| Article |") && !row.starts_with("|---");
    TABLE
        .lines()
        .filter(|row| row.starts_with('|') && row.matches('|').count() == 5)
        .filter(is_rule)
}

/// A cell of a row.
fn cell(row: &str, at: usize) -> &str {
    row.split('|').nth(at + 1).unwrap_or_default().trim()
}

fn stands_in_a_row(name: &str) -> bool {
    rows().any(|row| quoted(cell(row, 2)).any(|word| word == name))
}

fn is_article(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// Rules of the edition with the articles that they name themselves.
fn rules() -> Vec<(String, String)> {
    let edition = Edition::built_in().unwrap();
    let clocks = edition.clocks.iter().map(|rule| (rule.id.clone(), rule.article.clone()));
    let acts = edition.acts.iter().map(|rule| (rule.id.clone(), rule.article.clone()));
    let holds = edition.holds.iter().map(|(id, rule)| (id.clone(), rule.article.clone()));
    let grounds = edition.detention_grounds.iter();
    let grounds = grounds.map(|ground| (ground.id.clone(), ground.article.clone()));
    let causes = edition.alarms.iter();
    let causes = causes.map(|(cause, rule)| (snake(&format!("{cause:?}")), rule.basis.clone()));
    clocks.chain(acts).chain(holds).chain(grounds).chain(causes).chain(forms()).collect()
}

/// What carriers and declarants submit: tables of rows, however the edition calls them.
fn forms() -> Vec<(String, String)> {
    let file: Table = EDITION.parse().unwrap();
    let is_form = |table: &Table| table.contains_key("rows");
    let mut found = Vec::new();
    for (name, value) in &file {
        let Some(table) = value.as_table() else { continue };
        let article = |table: &Table| {
            table.get("article").and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        if is_form(table) {
            found.push((name.clone(), article(table)));
        }
        let inner = table.iter().filter_map(|(key, value)| Some((key, value.as_table()?)));
        let inner = inner.filter(|(_, table)| is_form(table));
        found.extend(inner.map(|(key, table)| (format!("{name}.{key}"), article(table))));
    }
    found
}

#[test]
fn every_rule_has_its_article_and_stands_in_a_row() {
    assert!(forms().len() >= 4, "the notices of four modes: {:?}", forms());
    let mut problems = Vec::new();
    for (name, article) in rules() {
        // What the Code does not set, the site approves as a limit; the text under the first table names it.
        if article.starts_with("limit ") {
            if !quoted(TABLE).any(|word| word == name) {
                problems.push(format!("docs/law.md does not name {name}"));
            }
            continue;
        }
        if !is_article(&article) {
            problems.push(format!("{name} has no article"));
        }
        if !stands_in_a_row(&name) {
            problems.push(format!("{name} ({article}) stands in no row of docs/law.md"));
        }
    }
    for reading in Edition::built_in().unwrap().readings.table() {
        let row = format!("| {} `{}` |", reading.ambiguity, reading.key);
        if !TABLE.contains(&row) {
            problems.push(format!("docs/law.md has no row {row:?}"));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn every_row_names_rules_and_an_article() {
    for row in rows() {
        assert!(is_article(cell(row, 0)), "no article in {row:?}");
        assert!(quoted(cell(row, 2)).next().is_some(), "no rule in {row:?}");
    }
}

#[test]
fn every_test_in_the_table_is_there() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files: Vec<String> = TESTS.iter().flat_map(|folder| tests(&here.join(folder))).collect();
    for row in rows() {
        let name = quoted(cell(row, 3)).next().unwrap_or_else(|| panic!("no test in {row:?}"));
        let found = files.iter().any(|file| file.contains(&format!("fn {name}()")));
        assert!(found, "{name} is in docs/law.md and in no file of tests");
    }
}

#[test]
fn every_article_to_be_enforced_or_shown_stands_in_a_row() {
    let cited: Vec<&str> = rows().flat_map(|row| cell(row, 0).split(',').map(str::trim)).collect();
    let mut missing = Vec::new();
    for line in CLASSES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [priority, class, rule, articles]: [&str; 4] =
            line.split('|').map(str::trim).collect::<Vec<_>>().try_into().unwrap();
        assert!(matches!(priority, "1" | "2" | "3" | "4" | "5"), "{line:?}");
        assert!(matches!(class, "a" | "b" | "a,b" | "c"), "{line:?}");
        for article in articles.split(',').map(str::trim) {
            assert!(is_article(article), "{article:?} in {line:?}");
            if !cited.iter().any(|cited| within(article, cited) || within(cited, article)) {
                missing.push(format!("{article} ({rule})"));
            }
        }
    }
    assert!(missing.is_empty(), "no row of docs/law.md cites {missing:#?}");
}

/// Whether an article is another, or a part of it: 329.3/2 is within 329.3, and that within 329.
fn within(inner: &str, outer: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/', '(']))
}

#[test]
fn a_part_is_within_its_article_and_its_neighbour_is_not() {
    for (inner, outer, expected) in [
        ("252.4/2", "252.4", true),
        ("251.1(3)", "251.1", true),
        ("206.7", "206", true),
        ("252.4", "252.4", true),
        ("252.41", "252.4", false),
        ("25.1", "252", false),
        ("252", "252.4", false),
    ] {
        assert_eq!(within(inner, outer), expected, "{inner} in {outer}");
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
