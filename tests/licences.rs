//! Everything that is linked in may be linked in: the list of `deny.toml`, held against the lock file.
//!
//! Reads the licence expressions that the packages themselves declare. It does not read their licence texts, and it
//! knows no advisories: for these, run cargo-deny with a database of today.

use cargo_metadata::Package;
use toml::{Table, Value};

use crate::tidy::arrows::metadata;
use crate::tidy::{Findings, root};

/// The parts of `deny.toml` that are checked here.
struct Rules {
    allow: Vec<String>,
    /// A crate and a licence that is allowed for it alone.
    exceptions: Vec<(String, String)>,
    banned: Vec<String>,
}

impl Rules {
    fn read() -> Self {
        let text =
            std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml can be read");
        let table: Table = text.parse().expect("deny.toml is TOML");
        let licenses = &table["licenses"];
        let exceptions = entries(&licenses["exceptions"])
            .flat_map(|entry| {
                let name = text_of(&entry["crate"]);
                entries(&entry["allow"])
                    .map(move |licence| (name.clone(), text_of(licence)))
                    .collect::<Vec<_>>()
            })
            .collect();
        Self {
            allow: entries(&licenses["allow"]).map(text_of).collect(),
            exceptions,
            banned: entries(&table["bans"]["deny"]).map(|entry| text_of(&entry["crate"])).collect(),
        }
    }

    fn permit(&self, package: &str, licence: &str) -> bool {
        let excepted =
            self.exceptions.iter().any(|(name, allow)| name == package && allow == licence);
        excepted || self.allow.iter().any(|allow| allow == licence)
    }
}

fn entries(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().expect("deny.toml has a list here").iter()
}

fn text_of(value: &Value) -> String {
    value.as_str().expect("deny.toml has a text here").to_owned()
}

/// Whether the expression can be met by licences that `permitted` knows.
///
/// SPDX 2.3 annex D: `OR` leaves the choice to us, `AND` binds closer and asks for both, parentheses group, `WITH` adds an
/// exception to the licence before it. A stroke is the old way to write `OR`. What cannot be read is not permitted.
fn met(expression: &str, permitted: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest, permitted).unwrap_or(false) && rest.is_empty()
}

fn either(words: &mut &[&str], permitted: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut result = both(words, permitted)?;
    while words.first() == Some(&"OR") {
        *words = &words[1..];
        result |= both(words, permitted)?;
    }
    Some(result)
}

fn both(words: &mut &[&str], permitted: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut result = one(words, permitted)?;
    while words.first() == Some(&"AND") {
        *words = &words[1..];
        result &= one(words, permitted)?;
    }
    Some(result)
}

fn one(words: &mut &[&str], permitted: &dyn Fn(&str) -> bool) -> Option<bool> {
    let (first, rest) = words.split_first()?;
    *words = rest;
    match *first {
        "(" => {
            let result = either(words, permitted)?;
            let (close, rest) = words.split_first()?;
            *words = rest;
            (*close == ")").then_some(result)
        }
        "OR" | "AND" | "WITH" | ")" => None,
        licence => match rest {
            ["WITH", exception, after @ ..] => {
                *words = after;
                Some(permitted(&format!("{licence} WITH {exception}")))
            }
            _ => Some(permitted(licence)),
        },
    }
}

#[test]
fn every_licence_is_on_the_list() {
    let rules = Rules::read();
    let mut findings = Findings::default();
    for package in &metadata().packages {
        let declared = declared(package);
        if !met(&declared, &|licence| rules.permit(&package.name, licence)) {
            findings.on(format!(
                "Cargo.lock: {} {} is under {declared}",
                package.name, package.version
            ));
        }
    }
    findings.must_be_none(
        "Choose another crate, or add the licence to deny.toml with the reason why it is fine.",
    );
}

fn declared(package: &Package) -> String {
    package.license.clone().unwrap_or_else(|| String::from("no licence that it names"))
}

#[test]
fn no_banned_crate_is_in_the_lock_file() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock can be read");
    let mut findings = Findings::default();
    for banned in Rules::read().banned {
        let entry = format!("name = \"{banned}\"");
        if let Some(line) = lock.lines().position(|line| line == entry) {
            findings.at("Cargo.lock", line + 1, format!("{banned} is banned by deny.toml"));
        }
    }
    findings.must_be_none(
        "`cargo tree --invert NAME` shows who brings it in; switch that feature off.",
    );
}

#[test]
fn exceptions_are_still_needed() {
    let packages = metadata().packages;
    let mut findings = Findings::default();
    for (name, licence) in Rules::read().exceptions {
        let needed = packages
            .iter()
            .any(|package| package.name.as_str() == name && declared(package).contains(&licence));
        if !needed {
            findings.on(format!("deny.toml: {name} needs no exception for {licence}"));
        }
    }
    findings.must_be_none("Take the exception out of deny.toml.");
}

#[test]
fn expressions_are_read_as_spdx_says() {
    let ours = |licence: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&licence);
    let cases = [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("MIT OR GPL-3.0-only", true),
        ("GPL-3.0-only/MIT", true),
        ("MIT AND GPL-3.0-only", false),
        ("MIT AND ISC", true),
        ("GPL-3.0-only OR MIT AND ISC", true),
        ("(GPL-3.0-only OR MIT) AND ISC", true),
        ("(GPL-3.0-only OR MIT) AND Zlib", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("(MIT", false),
        ("MIT OR", false),
        ("MIT ISC", false),
        ("", false),
    ];
    for (expression, expected) in cases {
        assert_eq!(met(expression, &ours), expected, "{expression}");
    }
}
