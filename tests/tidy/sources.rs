//! Habits of the source text that the compiler does not see.

use super::{Findings, files, root};

/// Files that may read a clock, each with its reason. Everywhere else time is a parameter.
const CLOCKS: &[(&str, &str)] = &[
    ("edge-agent/src/clock.rs", "the agent's shell: when bytes came in, when the loop woke"),
    ("hub/src/moment.rs", "the hub's shell: when a request or a batch came in"),
    ("simulator/src/play.rs", "the live player: where a story's time meets real time"),
];

/// What reads a clock.
const CLOCK_CALLS: [&str; 4] =
    ["Timestamp::now(", "SystemTime::now(", "Instant::now(", "Zoned::now("];

/// Longest source file, in lines.
const LONGEST_FILE: usize = 600;

#[test]
fn every_rust_file_says_what_it_is_for() {
    let mut findings = Findings::default();
    for file in files().iter().filter(|file| file.is_rust()) {
        if !file.text.starts_with("//! ") {
            findings.at(&file.path, 1, "does not begin with `//!`");
        }
    }
    findings.must_be_none(
        "Open the file with what it is for, what it promises and what it leaves to others.",
    );
}

#[test]
fn no_file_is_a_drawer() {
    const DRAWERS: [&str; 8] =
        ["utils", "util", "helpers", "helper", "common", "misc", "manager", "mod"];
    let mut findings = Findings::default();
    for file in &files() {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        let (stem, suffix) = name.split_once('.').unwrap_or((name, ""));
        if ["rs", "ts", "svelte", "js"].contains(&suffix) && DRAWERS.contains(&stem) {
            findings.at(&file.path, 1, format!("`{stem}` does not say what is inside"));
        }
    }
    findings.must_be_none(
        "Put each function beside the type that it serves; name a file after its idea, and `foo.rs` beside `foo/`.",
    );
}

#[test]
fn no_type_is_a_manager() {
    const EMPTY_WORDS: [&str; 4] = ["Manager", "Helper", "Util", "Utils"];
    let mut findings = Findings::default();
    for file in files().iter().filter(|file| is_source(&file.path)) {
        for (number, line) in file.lines() {
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            for pair in words.windows(2) {
                let defines =
                    ["struct", "enum", "trait", "class", "interface", "type"].contains(&pair[0]);
                if defines && EMPTY_WORDS.iter().any(|word| pair[1].ends_with(word)) {
                    findings.at(&file.path, number, format!("the name {}", pair[1]));
                }
            }
        }
    }
    findings.must_be_none(
        "Say what it is, in a word of the trade: `Journal`, `Lane`, `Tape`, `Limits`.",
    );
}

#[test]
fn lints_are_expected_never_allowed() {
    let needles = [concat!("#[", "allow("), concat!("#![", "allow(")];
    let mut findings = Findings::default();
    for file in files().iter().filter(|file| file.is_rust()) {
        for (number, line) in file.lines() {
            if needles.iter().any(|needle| line.contains(needle)) {
                findings.at(&file.path, number, line.trim());
            }
        }
    }
    findings.must_be_none(
        "Write `expect` with a reason: it complains by itself when the reason is gone.",
    );
}

#[test]
fn nothing_unfinished_stands_here() {
    let needles = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("#[", "ignore"),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X "),
        concat!("it.", "skip"),
        concat!("test.", "skip"),
        concat!("it.", "only"),
        concat!("test.", "only"),
    ];
    let mut findings = Findings::default();
    for file in files().iter().filter(|file| is_source(&file.path)) {
        for (number, line) in file.lines() {
            if needles.iter().any(|needle| line.contains(needle)) {
                findings.at(&file.path, number, line.trim());
            }
        }
    }
    findings.must_be_none("Finish it or take it out; what is not real is not there.");
}

#[test]
fn no_file_holds_two_ideas_worth_of_lines() {
    let mut findings = Findings::default();
    let is_code =
        |path: &str| [".rs", ".ts", ".svelte", ".js", ".mjs"].iter().any(|end| path.ends_with(end));
    // A dictionary is one list, harder to hold against its sisters when it is cut; a declaration file is made by a program.
    let is_list = |path: &str| path.starts_with("web/src/words/") || path.ends_with(".d.ts");
    for file in files().iter().filter(|file| is_code(&file.path) && !is_list(&file.path)) {
        let count = file.text.lines().count();
        if count > LONGEST_FILE {
            findings.at(&file.path, count, format!("{count} lines"));
        }
    }
    findings.must_be_none("Ask which second thing lives in the file, and give that one its own.");
}

#[test]
fn no_path_of_one_machine() {
    let above = root().parent().map(|folder| format!("{}/", folder.display()));
    let mut needles: Vec<String> = [
        concat!("/", "work/"),
        concat!("/", "tmp/t-"),
        concat!("/", "home/"),
        concat!("/", "root/"),
    ]
    .map(String::from)
    .to_vec();
    needles.extend(above.filter(|folder| folder.len() > 1));
    let mut findings = Findings::default();
    for file in &files() {
        for (number, line) in file.lines() {
            if needles.iter().any(|needle| begins_a_path(line, needle)) {
                findings.at(&file.path, number, line.trim().chars().take(120).collect::<String>());
            }
        }
    }
    findings.must_be_none(
        "Find it from the repository, from an option, or from an environment variable that the README names.",
    );
}

#[test]
fn no_package_registry_is_named() {
    let needles = [
        concat!("registry.", "npmjs.org"),
        concat!("static.", "crates.io"),
        concat!("index.", "crates.io"),
        concat!("deb.", "debian.org"),
        concat!("files.", "pythonhosted.org"),
    ];
    let mut findings = Findings::default();
    for file in &files() {
        for (number, line) in file.lines() {
            if needles.iter().any(|needle| line.contains(needle)) {
                findings.at(&file.path, number, line.trim().chars().take(120).collect::<String>());
            }
        }
    }
    findings.must_be_none(
        "Sites have mirrors: leave the choice to the machine's settings (for npm: omit-lockfile-registry-resolved).",
    );
}

#[test]
fn clocks_are_read_in_named_places() {
    let mut findings = Findings::default();
    let files = files();
    for file in files.iter().filter(|file| file.is_product()) {
        let named = CLOCKS.iter().any(|(path, _)| *path == file.path);
        for (number, line) in file.code() {
            if !named && CLOCK_CALLS.iter().any(|call| line.contains(call)) {
                findings.at(&file.path, number, line.trim());
            }
        }
    }
    for &(path, _) in CLOCKS {
        let reads = |line: &str| CLOCK_CALLS.iter().any(|call| line.contains(call));
        let still =
            files.iter().any(|file| file.path == path && file.code().any(|(_, line)| reads(line)));
        if !still {
            findings.at(
                path,
                1,
                "is named as a reader of clocks and reads none: take it off the list",
            );
        }
    }
    findings.must_be_none(
        "Take `now` as a parameter. A new reader of clocks is named in CLOCKS, with a reason that stands up.",
    );
}

#[test]
fn what_decides_touches_nothing() {
    // The crates that are pure lean on nobody who could do it for them (`arrows`); `std` alone could.
    const PURE: [&str; 3] = ["checkpoint/src/", "firmware-protocols/src/", "units/src/"];
    const WORLD: [&str; 11] = [
        "std::env",
        "std::fs",
        "std::io",
        "std::net",
        "std::os",
        "std::process",
        "std::thread",
        "sync::Mutex",
        "sync::RwLock",
        "async fn",
        "println!",
    ];
    let mut findings = Findings::default();
    for file in files().iter().filter(|file| file.is_product()) {
        if !PURE.iter().any(|folder| file.path.starts_with(folder)) {
            continue;
        }
        for (number, line) in file.code() {
            if let Some(what) = WORLD.iter().find(|what| line.contains(**what)) {
                findings.at(&file.path, number, format!("{what} in a pure crate: {}", line.trim()));
            }
        }
    }
    findings
        .must_be_none("Take it in as a value, give it out as an event, and let the shell do it.");
}

#[test]
fn one_place_appends_to_the_journal() {
    const HOME: &str = "edge-agent/src/journal/";
    let mut findings = Findings::default();
    let mut places = Vec::new();
    for file in files().iter().filter(|file| file.is_product()) {
        if !file.path.starts_with("edge-agent/") {
            continue;
        }
        for (number, line) in file.code() {
            if line.contains("INTO entries") {
                places.push((file.path.clone(), number));
            }
            if line.contains("UPDATE entries") {
                findings.at(&file.path, number, "changes entries that were written");
            }
            if line.contains("rusqlite::") && !format!("{}/", file.path).starts_with(HOME) {
                findings.at(&file.path, number, "opens the journal's database from outside");
            }
        }
    }
    for (path, number) in places.iter().skip(1) {
        findings.at(path, *number, "a second place that appends");
    }
    if !places.first().is_some_and(|(path, _)| path.starts_with(HOME)) {
        findings.on(format!("{HOME}: does not append, so this check looked at nothing"));
    }
    findings.must_be_none("Give the events to the loop: it is the one writer, and the journal's writer its only hand.");
}

fn is_source(path: &str) -> bool {
    [".rs", ".ts", ".svelte", ".js", ".css", ".proto", ".sql"].iter().any(|end| path.ends_with(end))
}

/// Whether an absolute path that begins with `folder` stands in the line, and not the middle of a longer one.
fn begins_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-~*}".contains(c))
    })
}
