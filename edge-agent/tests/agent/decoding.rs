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
            edge-agent: standard input: 1 line is not understood; the first is line 2: bad-field: `000423` is neither `YYYY-MM-DD HH:MM:SS.mmm +HH` nor `HH-MM-SS.mmm` in `GB,000383,000389,000432,000423` (30 bytes)
        "#]],
    );
}

#[test]
fn a_daily_file_that_tells_no_date_is_read_with_its_day() {
    let file = b"NB,000003,000000,000002,000000,09-30-00.918\r\n\r\nGB,000383,000389,000432,000423,09-30-00.998\r\n";
    check(
        &["--dialect", "tsa", "-"],
        file,
        expect![[r#"
            {"fault":{"kind":"bad-field","detail":"the line tells the time of day only: the day of the file is needed","excerpt":"NB,000003,000000,000002,000000,09-30-00.918","bytes":43}}
            {"fault":{"kind":"bad-field","detail":"the line tells the time of day only: the day of the file is needed","excerpt":"GB,000383,000389,000432,000423,09-30-00.998","bytes":43}}
            edge-agent: standard input: 2 lines are not understood; the first is line 1: bad-field: the line tells the time of day only: the day of the file is needed in `NB,000003,000000,000002,000000,09-30-00.918` (43 bytes); give --day, such as --day 2016-06-01-07:00
        "#]],
    );
    check(
        &["--dialect", "tsa", "--day", "2016-05-31-07:00", "-"],
        file,
        expect![[r#"
            {"portal":{"neutron_background":{"level":"normal","cps":[3,0,2,0]}}}
            {"portal":{"gamma_background":{"level":"normal","cps":[383,389,432,423]}}}
        "#]],
    );
    let wrong = told(&["--dialect", "tsa", "--day", "2016-05-31", "-"], file);
    assert!(wrong.contains("a day and its offset from UTC, such as 2016-06-01-07:00"), "{wrong}");
}

#[test]
fn an_unknown_dialect_is_told_with_those_there_are() {
    let told = told(&["--dialect", "morse", "-"], b"");
    let known: Vec<&str> = Dialect::ALL.iter().map(|dialect| dialect.name()).collect();
    let known = format!("unknown dialect; known are {}\n", known.join(", "));
    assert!(told.contains("invalid value 'morse'") && told.contains(&known), "{told}");
}

/// The good frames of a dialect, escaped, with remarks that say how the device is set.
fn good(dialect: Dialect) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../firmware-protocols/tests/captures");
    format!("{root}/{dialect}/good.txt")
}

#[test]
fn every_dialect_is_decoded_from_a_file_and_from_standard_input() {
    for &dialect in Dialect::ALL {
        let file = good(dialect);
        let text = std::fs::read(&file).unwrap();
        let from_file = told(&["--dialect", dialect.name(), "--escaped", &file], b"");
        let piped = told(&["--dialect", dialect.name(), "--escaped", "-"], &text);
        assert_eq!(from_file, piped, "{dialect}");
        let frames = String::from_utf8(text).unwrap();
        let frames = frames.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
        let families: Vec<&str> = dialect.families().iter().map(|family| family.name()).collect();
        let readings: Vec<serde_json::Value> = from_file
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{dialect}: {line}")))
            .collect();
        assert!(readings.len() >= frames.count(), "{dialect}: {from_file}");
        for reading in readings {
            let reading: firmware_protocols::Reading = serde_json::from_value(reading).unwrap();
            assert!(families.contains(&reading.family().name()), "{dialect}: {reading:?}");
        }
    }
}

#[test]
fn hexadecimal_text_is_read_however_it_is_grouped() {
    let expected = told(&["--dialect", "xk3190", "-"], b"\x02+04000001F\x03");
    assert!(expected.contains("40000"), "{expected}");
    for text in [
        "02 2B 30 34 30 30 30 30 30 31 46 03",
        "022b3034303030303031\n4603\n",
        "0x02, 0x2b, 30:34:30:30:30:30:30:31 46 03",
    ] {
        let told = told(&["--dialect", "xk3190", "--hex", "-"], text.as_bytes());
        assert_eq!(told, expected, "{text}");
    }
}

#[test]
fn text_that_is_no_hexadecimal_and_no_escape_is_told_with_its_line() {
    check(
        &["--dialect", "xk3190", "--hex", "-"],
        b"02 2B\n30 3",
        expect![[r#"
            edge-agent: standard input:2: "3" where two hexadecimal digits of a byte belong
        "#]],
    );
    check(
        &["--dialect", "xk3190", "--escaped", "-"],
        b"# a remark\n\\x0",
        expect![[r#"
            edge-agent: standard input:2: no escaped bytes: escaped bytes such as "\x02+00" expected
        "#]],
    );
}

#[test]
fn a_device_is_decoded_as_it_is_set() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.json");
    std::fs::write(&file, r#"{"decimals":1}"#).unwrap();
    let typed =
        told(&["--dialect", "bilanciai", "--settings", r#"{"decimals":1}"#, "-"], b"$004002\r");
    let filed =
        told(&["--dialect", "bilanciai", "--settings", file.to_str().unwrap(), "-"], b"$004002\r");
    assert_eq!(typed, filed);
    let usual = told(&["--dialect", "bilanciai", "-"], b"$004002\r");
    assert!(typed.contains("400.2") && !usual.contains("400.2"), "{typed}{usual}");
}

#[test]
fn settings_that_do_not_fit_are_told() {
    check(
        &["--dialect", "xk3190", "--settings", r#"{"decimals":1}"#, "-"],
        b"",
        expect![[r#"
            edge-agent: xk3190 reads no setting decimals; it is the same everywhere
        "#]],
    );
    check(
        &["--dialect", "bilanciai", "--settings", r#"{"address":1}"#, "-"],
        b"",
        expect![[r#"
            edge-agent: bilanciai reads no setting address; it reads decimals
        "#]],
    );
    check(
        &["--dialect", "modbus-rtu", "--settings", "{}", "-"],
        b"",
        expect![[r#"
            edge-agent: the settings of modbus-rtu: modbus is missing: what do the registers mean?
        "#]],
    );
    // Every key that any dialect reads is named behind it.
    let misspelt = told(&["--dialect", "bilanciai", "--settings", r#"{"decimal":1}"#, "-"], b"");
    assert!(misspelt.contains("unknown field `decimal`, expected one of"), "{misspelt}");
    check(
        &["--dialect", "bilanciai", "--settings", "no-such.json", "-"],
        b"",
        expect![[r#"
            edge-agent: failed to read the settings in no-such.json: No such file or directory (os error 2)
        "#]],
    );
}

#[test]
fn a_tape_names_its_dialect_and_keeps_messages_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scale.tape.gz");
    let json = r#"{"v":1,"weight":{"value":"40000","unit":"kg"}}"#;
    crate::capture::tape(&path, "json", &[(0, json.as_bytes()), (1, json.as_bytes())]);
    let decoded = told(&[path.to_str().unwrap()], b"");
    assert_eq!(decoded.lines().count(), 2, "{decoded}");
    let piped = told(&["-"], &std::fs::read(&path).unwrap());
    assert_eq!(decoded, piped);
    check(
        &["-"],
        b"\x02+04000001F\x03",
        expect![[r#"
            edge-agent: --dialect is missing: only a tape of the agent names it by itself; `--list` shows those there are
        "#]],
    );
}
