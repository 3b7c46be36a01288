//! `edge-agent law`, typed by a lawyer: what it prints and how it ends stands in `tests/golden/law/`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use expect_test::expect_file;

/// Runs the program at the root of the repository, as the examples of `--help` are written.
fn run(arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .args(arguments.split_whitespace())
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .unwrap()
}

fn check(golden: &str, arguments: &str) {
    let output = run(&format!("law {arguments}"));
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let told =
        format!("$ edge-agent law {arguments}\n{told}exit {}\n", output.status.code().unwrap());
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/law");
    expect_file![folder.join(format!("{golden}.txt"))].assert_eq(&told);
}

const RAIL: &str = "--mode rail --timetable config/timetables/five-days.toml --calendar checkpoint/tests/data/calendar.toml";

#[test]
fn a_term_is_computed_with_its_steps() {
    let day = "--timetable config/timetables/day.toml";
    check(
        "hours",
        &format!("clocks --mode road --rule ARR-1 --trigger 2025-03-12T18:30:00+05:00 {day}"),
    );
    check(
        "working-day",
        &format!("clocks {RAIL} --rule arr-2 --trigger 2025-03-20T12:00:00+05:00"),
    );
    check(
        "working-day-json",
        &format!("clocks {RAIL} --rule ARR-2 --trigger 2025-03-20T12:00:00+05:00 --json"),
    );
}

#[test]
fn the_hour_that_came_twice_is_told_apart_by_its_offset() {
    check("clock-set-back", "clocks --mode road --rule ARR-1 --trigger 2024-02-29T22:30:00+06:00");
}

#[test]
fn what_the_question_lacks_is_said() {
    check("no-offset", "clocks --mode road --trigger 2025-03-12T18:30:00");
    check("other-mode", "clocks --mode rail --rule ARR-1 --trigger 2025-03-12T18:30:00Z");
    check("too-early", "clocks --mode road --rule ARR-1 --trigger 2001-03-12T18:30:00Z");
    check(
        "no-zone",
        "clocks --mode road --rule ARR-1 --trigger 2025-03-12T18:30:00Z --zone Asia/Atlantis",
    );
    check(
        "no-prolonging",
        "clocks --mode road --rule ARR-1 --trigger 2025-03-12T18:30:00Z --prolong 2025-03-13",
    );
}

#[test]
fn a_notice_is_checked_row_by_row() {
    check("notice", "notice --mode road tests/scenarios/law/notice-road.toml");
    check("notice-json", "notice --json tests/scenarios/law/notice-road.toml");
    check("notice-other-mode", "notice --mode rail tests/scenarios/law/notice-road.toml");
    check("notice-of-departure", "notice --departure tests/scenarios/law/notice-road.toml");
    check("notice-is-none", "notice --mode road config/timetables/day.toml");
}

/// For every mode: what goods that leave are asked, and in which order, when nothing is answered (art. 255.1, 255.1/2).
#[test]
fn a_notice_of_departure_lists_what_is_missing_for_each_mode() {
    let folder = tempfile::tempdir().unwrap();
    for mode in ["road", "water", "air", "rail"] {
        let file = folder.path().join(format!("{mode}.toml"));
        let flags = "goods_under_restrictions = true\ngoods_under_non_tariff_measures = true\n";
        let goods = "[[consignments]]\n[[consignments.goods]]\n";
        std::fs::write(&file, format!("mode = \"{mode}\"\n[answers]\n{flags}{goods}")).unwrap();
        let missing = |extra: &str| -> Vec<String> {
            let output = run(&format!("law notice --json {extra} {}", file.display()));
            assert!(output.status.success(), "{output:?}");
            let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            let missing = told["missing"].as_array().unwrap().iter();
            missing.map(|one| one["field"].as_str().unwrap().to_owned()).collect()
        };
        let (arrival, departure) = (missing(""), missing("--departure"));
        let mut expected: Vec<String> = vec!["export_document".to_owned()];
        let left_out = ["compliance_docs", "translation"];
        expected.extend(arrival.iter().filter(|id| !left_out.contains(&id.as_str())).cloned());
        expected.push("departure_compliance_docs".to_owned());
        assert_eq!(departure, expected, "{mode}");
        assert!(
            arrival.len() > 5 && arrival.contains(&"compliance_docs".to_owned()),
            "{mode}: {arrival:?}"
        );
    }
    let file = folder.path().join("arrival.toml");
    std::fs::write(&file, "mode = \"road\"\npurpose = \"arrival\"\n").unwrap();
    let output = run(&format!("law notice --departure {}", file.display()));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("the notice is of arrival, and one of departure was asked for"),
        "{told}"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn files_of_the_law_say_what_they_hold_or_where_they_are_wrong() {
    check("calendar", "calendar check config/calendars/kz-assumed.toml");
    check("timetable-json", "timetable check config/timetables/five-days.toml --json");
    check("timetable-is-none", "timetable check config/calendars/kz-assumed.toml");
    check("no-file", "calendar check nowhere.toml");
}

#[test]
fn an_edition_that_is_wrong_names_line_and_key() {
    let law = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/law/kz-2010.toml");
    let text = std::fs::read_to_string(law).unwrap();
    let (right, wrong) =
        ("term = { count = \"hours\", amount = 3 }", "term = { count = \"hours\" }");
    let line = text.lines().position(|line| line == right).unwrap() + 1;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("edition.toml");
    std::fs::write(&file, text.replacen(right, wrong, 1)).unwrap();
    let output = run(&format!("law edition check {}", file.display()));
    let told = String::from_utf8(output.stderr).unwrap();
    let expected = format!("{}:{line}: term: `count = \"hours\"` needs `amount`\n", file.display());
    assert_eq!((told, output.status.code()), (expected, Some(1)));
    let right = run("law edition check");
    assert!(String::from_utf8(right.stdout).unwrap().starts_with("KZ-CC-2010, "));
}

#[test]
fn a_story_is_told_and_its_exit_code_says_whether_it_went_so() {
    check("story", "story tests/scenarios/law/empty-vehicle.txt");
    check("story-json", "story --json tests/scenarios/law/clock-set-back.txt");
    check("story-refusal-json", "story --json tests/scenarios/law/refusal-and-restoration.txt");
    check("story-otherwise", "story edge-agent/tests/agent/goes-otherwise.story");
    check("story-is-none", "story config/timetables/day.toml");
}

#[test]
fn help_teaches() {
    check("help", "--help");
    check("help-clocks", "clocks --help");
    check("help-notice", "notice --help");
    check("help-story", "story --help");
}

/// Every line of the help that begins with the program is run as it stands.
#[test]
fn every_example_of_the_help_works_as_it_is_printed() {
    for command in
        ["clocks", "notice", "story", "edition check", "calendar check", "timetable check"]
    {
        let help = String::from_utf8(run(&format!("law {command} --help")).stdout).unwrap();
        let help = help.replace("\\\n", " ");
        let examples: Vec<&str> =
            help.lines().filter_map(|line| line.trim().strip_prefix("edge-agent ")).collect();
        assert!(!examples.is_empty(), "{command} has no example");
        for example in examples {
            let output = run(example);
            assert!(output.status.success(), "{example}: {output:?}");
        }
    }
}
