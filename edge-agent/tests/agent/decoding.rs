//! `edge-agent decode`, typed by a technician.

use std::io::Write;
use std::process::{Command, Stdio};

use expect_test::{Expect, expect};
use firmware_protocols::Dialect;

fn check(arguments: &[&str], input: &[u8], expected: Expect) {
    expected.assert_eq(&told(arguments, input));
}

fn told(arguments: &[&str], input: &[u8]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .arg("decode")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    String::from_utf8(told).unwrap()
}

#[test]
fn every_dialect_is_listed_with_its_families_and_what_it_is() {
    let listed = told(&["--list"], b"");
    for dialect in Dialect::ALL {
        let line =
            listed.lines().find(|line| line.split_whitespace().next() == Some(dialect.name()));
        let line = line.unwrap_or_else(|| panic!("{dialect} is not listed:\n{listed}"));
        let families = dialect.families().iter().all(|family| line.contains(family.name()));
        assert!(families && line.ends_with(dialect.about()), "{line}");
    }
    assert_eq!(listed.lines().count(), Dialect::ALL.len());
}

#[test]
fn readings_and_faults_come_in_their_order() {
    check(
        &["--dialect", "tsa", "-"],
        b"GB,000383,000389,000432,000423\r\ngarbage\r\nGS,000080,000081,000082,000083\r\nGX,0000",
        expect![[r#"
            {"portal":{"gamma_background":{"level":"normal","cps":[383,389,432,423]}}}
            {"fault":{"kind":"bad-field","detail":"a tag of two to four capital letters or digits, then a comma, expected","excerpt":"garbage","bytes":7}}
            {"portal":{"gamma_scan":{"alarm":false,"counts":[80,81,82,83]}}}
            {"fault":{"kind":"cut-off","detail":"the link ended before the end of the line","excerpt":"GX,0000","bytes":7}}
        "#]],
    );
}

#[test]
fn a_daily_file_is_known_by_its_first_line() {
    check(
        &["--dialect", "tsa", "-"],
        b"NB,000003,000000,000002,000000,2016-05-31 09:30:00.918 -07\r\nGB,000383,000389,000432,000423,2016-05-31 09:30:00.998 -07\r\n",
        expect![[r#"
            {"portal":{"neutron_background":{"level":"normal","cps":[3,0,2,0]}}}
            {"portal":{"gamma_background":{"level":"normal","cps":[383,389,432,423]}}}
        "#]],
    );
}

#[test]
fn a_last_line_without_its_end_is_whole_all_the_same() {
    check(
        &["--dialect", "tsa", "-"],
        b"GS,000080,000081,000082,000083\r\nGX,000109,006383,000000,000000",
        expect![[r#"
            {"portal":{"gamma_scan":{"alarm":false,"counts":[80,81,82,83]}}}
            {"portal":{"occupancy_end":{"counter":109,"neutron_background":6383,"reserved":[0,0]}}}
        "#]],
    );
}

#[test]
fn a_daily_file_is_read_line_by_line() {
    check(
        &["--dialect", "tsa", "--daily", "-"],
        b"NB,000003,000000,000002,000000,2016-05-31 09:30:00.918 -07\r\nGB,000383,000389,000432,000423\r\n",
        expect![[r#"
            {"portal":{"neutron_background":{"level":"normal","cps":[3,0,2,0]}}}
            {"fault":{"kind":"bad-field","detail":"`000423` is neither `YYYY-MM-DD HH:MM:SS.mmm +HH` nor `HH-MM-SS.mmm`","excerpt":"GB,000383,000389,000432,000423","bytes":30}}
        "#]],
    );
}

#[test]
fn an_unknown_dialect_is_told_with_those_there_are() {
    let told = told(&["--dialect", "morse", "-"], b"");
    let known: Vec<&str> = Dialect::ALL.iter().map(|dialect| dialect.name()).collect();
    let known = format!("unknown dialect; known are {}\n", known.join(", "));
    assert!(told.contains("invalid value 'morse'") && told.contains(&known), "{told}");
}
