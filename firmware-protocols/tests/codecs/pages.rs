//! The page of every dialect in `docs/protocols`: that it is there, says everything that a technician looks for, under the same headings on every
//! page, and that what is assumed is labelled on the page and in the code, and set by a key that exists.

use std::path::Path;

use firmware_protocols::Dialect;

/// What every page says, in this order; a page may say more between.
const HEADINGS: [&str; 6] =
    ["Bytes", "Assumed", "Limits", "Known faults", "Wiring and settings", "What a site must check"];
/// How facts are known: see the list in `docs/protocols/README.md`.
const MARKS: [&str; 5] = ["H", "M", "L", "A", "U"];

/// A file of the repository, by its path from the root.
pub(crate) fn file(path: &str) -> String {
    let whole = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path);
    std::fs::read_to_string(&whole).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The words between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

pub(crate) struct Page {
    pub(crate) name: String,
    text: String,
    pub(crate) dialects: Vec<Dialect>,
}

impl Page {
    /// What stands under a heading.
    pub(crate) fn under(&self, heading: &str) -> &str {
        let begin = self
            .text
            .find(&format!("\n## {heading}\n"))
            .unwrap_or_else(|| panic!("docs/protocols/{}: no heading `## {heading}`", self.name));
        let body = &self.text[begin + heading.len() + 5..];
        body.split("\n## ").next().unwrap().trim()
    }

    /// The files of code that it names, those that are Rust.
    fn code(&self) -> Vec<&str> {
        let intro = self.text.split("\n## ").next().unwrap();
        quoted(intro)
            .filter(|path| path.starts_with("firmware-protocols/src/") && path.ends_with(".rs"))
            .collect()
    }

    /// Rows of the table of what is assumed: what, and what sets it.
    fn assumed(&self) -> Vec<(&str, &str)> {
        let rows = self.under("Assumed").lines().skip(2);
        rows.map(|row| {
            let row = row.strip_prefix("| ").and_then(|row| row.strip_suffix(" |"));
            row.and_then(|row| row.split_once(" | "))
                .unwrap_or_else(|| panic!("{}: two columns expected in {row:?}", self.name))
        })
        .collect()
    }
}

/// The pages of dialects, by the rows of the list of pages.
pub(crate) fn pages() -> Vec<Page> {
    let list = file("docs/protocols/README.md");
    let mut pages = Vec::new();
    for row in list.lines().filter(|line| line.starts_with("| [")) {
        let name = row.split(['[', ']']).nth(1).unwrap();
        let dialects: Vec<Dialect> = row
            .split(" | ")
            .nth(1)
            .into_iter()
            .flat_map(quoted)
            .map(|name| name.parse().unwrap_or_else(|_| panic!("{name} is no dialect: {row}")))
            .collect();
        if !dialects.is_empty() {
            let text = file(&format!("docs/protocols/{name}"));
            pages.push(Page { name: name.to_owned(), text, dialects });
        }
    }
    pages
}

#[test]
fn every_dialect_has_one_page_and_every_page_its_place_in_the_list() {
    let pages = pages();
    for &dialect in Dialect::ALL {
        let of = pages.iter().filter(|page| page.dialects.contains(&dialect)).count();
        assert_eq!(of, 1, "docs/protocols/README.md: one row for {dialect} expected");
    }
    let list = file("docs/protocols/README.md");
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/protocols"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let listed = list.contains(&format!("]({name})"));
        assert!(
            listed || !name.ends_with(".md") || name == "README.md",
            "{name} is not in the list"
        );
    }
}

/// Something under each of these headings, in this order.
fn says_under(page: &Page, headings: &[&str]) {
    let mut after = 0;
    for heading in headings {
        assert!(page.under(heading).len() > 10, "{}: nothing under `{heading}`", page.name);
        let at = page.text.find(&format!("\n## {heading}\n")).unwrap();
        assert!(at > after, "{}: `{heading}` stands too early", page.name);
        after = at;
    }
}

#[test]
fn every_page_says_everything_under_the_same_headings() {
    for page in pages() {
        says_under(&page, &HEADINGS);
        let title = page.text.lines().next().unwrap();
        for dialect in &page.dialects {
            assert!(title.contains(&format!("`{dialect}`")), "{}: {title}", page.name);
        }
    }
}

/// Pages of what is no dialect: a way to reach devices, a format of files, and what is made of readings, which has no bytes of its own.
const OTHERS: [&str; 3] = ["sparkplug.md", "n42.md", "weighing.md"];

#[test]
fn the_pages_of_what_is_no_dialect_have_the_same_headings() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/protocols"));
    let of_dialects: Vec<String> = pages().into_iter().map(|page| page.name).collect();
    let mut others: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".md") && name != "README.md" && !of_dialects.contains(name))
        .collect();
    others.sort_by_key(|name| OTHERS.iter().position(|other| other == name));
    assert_eq!(others, OTHERS);
    let example = file("config/checkpoint.example.toml");
    for name in OTHERS {
        let text = file(&format!("docs/protocols/{name}"));
        let page = Page { name: name.to_owned(), text, dialects: Vec::new() };
        let headings = if name == "weighing.md" { &HEADINGS[1..] } else { &HEADINGS[..] };
        says_under(&page, headings);
        assert!(page.text.contains("Source"), "{name}: no source");
        assert!(page.under("Wiring and settings").contains("Settings: "), "{name}: no settings");
        for (what, set_by) in page.assumed() {
            let keys: Vec<&str> = quoted(set_by).collect();
            let ours = set_by.starts_with("ours: ");
            assert!(ours || !keys.is_empty(), "{name}: {what}: set by what?");
            for key in keys {
                let last = key.rsplit('.').next().unwrap();
                let is_there = ["\n", "\n# "]
                    .iter()
                    .any(|begin| example.contains(&format!("{begin}{last} = ")));
                assert!(is_there, "{name}: `{key}` is not in the example of a configuration");
            }
        }
    }
}

#[test]
fn every_page_draws_bytes_and_says_where_it_is_from_and_how_it_is_known() {
    for page in pages() {
        assert!(page.text.contains("\n```"), "{}: nothing is drawn", page.name);
        let own = ["json.md", "xray.md"].contains(&page.name.as_str());
        assert!(own || page.text.contains("Source"), "{}: no source", page.name);
        let code = page.code();
        assert!(!code.is_empty(), "{}: no `Code: firmware-protocols/src/..rs`", page.name);
        for path in code {
            file(path);
        }
        let marked = MARKS.iter().any(|mark| {
            page.text.contains(&format!("**{mark}**")) || page.text.contains(&format!("| {mark}"))
        });
        assert!(marked, "{}: no fact says how it is known", page.name);
    }
}

#[test]
fn every_setting_is_named_with_its_usual_value_and_no_other() {
    for page in pages() {
        let wiring = page.under("Wiring and settings");
        let settings = wiring.rsplit("Settings: ").next().unwrap();
        assert_ne!(settings, wiring, "{}: no paragraph begins with `Settings: `", page.name);
        for dialect in &page.dialects {
            for key in dialect.settings() {
                let named = quoted(settings).any(|word| word == *key);
                assert!(named, "{}: `{key}` is not among the settings", page.name);
            }
            let none = dialect.settings().is_empty();
            assert_eq!(settings.starts_with("none"), none, "{}: {settings}", page.name);
        }
    }
}

#[test]
fn what_is_assumed_is_labelled_in_the_code_and_is_a_setting_or_says_why_not() {
    let example = file("config/checkpoint.example.toml");
    for page in pages() {
        let rows = page.assumed();
        assert!(!rows.is_empty(), "{}: nothing is assumed?", page.name);
        let code: String = page.code().into_iter().map(file).collect();
        let head = code
            .split("//! Assumed: ")
            .nth(1)
            .unwrap_or_else(|| panic!("{}: the code it names has no `//! Assumed: `", page.name));
        let head = head.split("\n\n").next().unwrap();
        for (what, set_by) in rows {
            if set_by.starts_with("ours: ") {
                continue;
            }
            // How the line is set is the site's, whatever the dialect.
            if set_by.starts_with("`connect` with ") {
                let line = |key: &str| example.contains(&format!("{key} = "));
                assert!(quoted(set_by).skip(1).all(line), "{}: {set_by}", page.name);
                assert!(
                    head.contains("`baud`"),
                    "{}: {what}: `baud` is not named in {head}",
                    page.name
                );
                continue;
            }
            for key in quoted(set_by) {
                let (table, name) = key.split_once('.').unwrap_or(("", key));
                if ["scale", "portal", "limits"].contains(&table) {
                    let set = [format!("\n{name} = "), format!("\n[limits.{name}]")];
                    let exists = set.iter().any(|line| example.contains(line));
                    assert!(
                        exists,
                        "{}: `{key}` is not in the example of a configuration",
                        page.name
                    );
                    continue;
                }
                // `aspect.counts_ms` is a part of the setting `aspect`.
                let setting = if table.is_empty() { name } else { table };
                for dialect in &page.dialects {
                    let read = dialect.settings().contains(&setting);
                    assert!(read, "{}: {what}: {dialect} does not read `{setting}`", page.name);
                }
                assert!(
                    head.contains(&format!("`{setting}`")),
                    "{}: {what}: `{setting}` is not named in {head}",
                    page.name
                );
            }
            assert!(quoted(set_by).next().is_some(), "{}: {what}: set by what?", page.name);
        }
    }
}

/// The mark that says how a fact is known, if the text has one.
fn mark(text: &str) -> Option<&'static str> {
    MARKS.into_iter().find(|mark| text.contains(&format!("**{mark}**")))
}

#[test]
fn every_usual_value_of_a_setting_is_assumed_and_listed_or_says_how_it_is_known() {
    for page in pages() {
        let wiring = page.under("Wiring and settings");
        let settings = wiring.rsplit("Settings: ").next().unwrap();
        let assumed: Vec<&str> = page.assumed().iter().flat_map(|(_, set)| quoted(set)).collect();
        for key in page.dialects.iter().flat_map(|dialect| dialect.settings()) {
            if assumed.iter().any(|set| set.split('.').next() == Some(key)) {
                continue;
            }
            // What stands behind the key, up to the next one.
            let said = settings.split(&format!("`{key}`")).nth(1).unwrap_or_default();
            let said = said.split(", `").next().unwrap_or_default();
            let nothing = ["none", "false", "(required)"].iter().any(|word| said.contains(word));
            let known = mark(said).is_some_and(|mark| mark != "A");
            assert!(
                nothing || known,
                "{}: `{key}` is neither listed as assumed, nor without a value, nor marked: {said:?}",
                page.name
            );
        }
    }
}

#[test]
fn speed_parity_and_ports_say_how_they_are_known() {
    for page in pages() {
        let wiring = page.under("Wiring and settings").split("Settings: ").next().unwrap();
        let words = wiring.split(|letter: char| !letter.is_ascii_alphanumeric());
        let framed =
            |word: &str| matches!(word.as_bytes(), [b'7' | b'8', b'N' | b'E' | b'O', b'1' | b'2']);
        let told = words.clone().any(framed)
            || wiring.contains("baud")
            || wiring
                .split(" port ")
                .skip(1)
                .any(|after| after.starts_with(|digit: char| digit.is_ascii_digit()));
        assert!(!told || mark(wiring).is_some(), "{}: how is that known? {wiring}", page.name);
    }
}

#[test]
fn every_key_that_a_site_can_set_is_read_by_a_dialect() {
    let every = firmware_protocols::Settings::default();
    let keys: Vec<String> = match serde_json::to_value(&every).unwrap() {
        serde_json::Value::Object(keys) => keys.into_iter().map(|(key, _)| key).collect(),
        other => panic!("{other}"),
    };
    for key in keys {
        let read = Dialect::ALL.iter().any(|dialect| dialect.settings().contains(&key.as_str()));
        assert!(read, "settings.{key} is read by no dialect");
    }
}
