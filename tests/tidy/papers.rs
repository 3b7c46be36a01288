//! The papers point at things that are there.
//!
//! Looks at links between files and at the names of tests in ARCHITECTURE.md; what a paper claims about the world it
//! cannot know.

use super::{File, Findings, files, root};

fn papers() -> Vec<File> {
    files().into_iter().filter(|file| file.path.ends_with(".md")).collect()
}

/// The targets of `[text](target)` in a line.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("](").filter_map(|(at, _)| {
        let target = &line[at + 2..];
        target.find(')').map(|end| &target[..end])
    })
}

#[test]
fn links_lead_to_files() {
    let root = root();
    let mut findings = Findings::default();
    for paper in papers() {
        let folder = root.join(&paper.path).parent().map(std::path::Path::to_path_buf);
        let Some(folder) = folder else { continue };
        for (number, line) in paper.lines() {
            for link in links(line) {
                let elsewhere =
                    link.contains("://") || link.starts_with('#') || link.starts_with("mailto:");
                let target = link.split('#').next().unwrap_or(link);
                if !elsewhere && !folder.join(target).exists() {
                    findings.at(&paper.path, number, format!("{target} is not there"));
                }
            }
        }
    }
    findings.must_be_none("Make the file, or point to where the matter stands now.");
}

#[test]
fn invariants_name_tests_that_exist() {
    let sources = files();
    let mut findings = Findings::default();
    let mut named = 0;
    for paper in papers().iter().filter(|paper| paper.path == "ARCHITECTURE.md") {
        for (number, line) in paper.lines() {
            for name in line.split('`').filter_map(|part| part.strip_prefix("tidy::")) {
                named += 1;
                let definition = format!("fn {name}()");
                if !sources
                    .iter()
                    .any(|file| file.path.starts_with("tests/") && file.text.contains(&definition))
                {
                    findings.at(&paper.path, number, format!("there is no test {name}"));
                }
            }
        }
    }
    findings.must_be_none(
        "An invariant without a test is a wish: write the test or name the right one.",
    );
    assert!(
        named > 0,
        "ARCHITECTURE.md names no test as `tidy::name`, so this check looked at nothing"
    );
}
