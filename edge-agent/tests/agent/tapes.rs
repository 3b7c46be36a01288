//! `edge-agent tape list`, `cut` and `export`, typed by an engineer.

use std::path::Path;
use std::process::Command;

use edge_agent::recording::Recording;
use edge_agent::tape::{Header, Limits, Tape};
use expect_test::{Expect, expect};
use firmware_protocols::{Decoder, Dialect, Raw, Settings};

use crate::capture::{NOON_US, tape};

/// Standard output and standard error; the folder's name is left out.
fn told(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .arg("tape")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), text)
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], expected: Expect) {
    expected.assert_eq(&told(folder, arguments).1);
}

const FULL: &[u8] = b"\x02+04000001F\x03";

fn records(path: &Path) -> Vec<(i64, Vec<u8>)> {
    let (records, _) = Recording::find(path).unwrap()[0].load(i64::MIN, i64::MAX).unwrap();
    records.into_iter().map(|one| ((one.at_us - NOON_US) / 1_000_000, one.bytes)).collect()
}

#[test]
fn a_list_tells_spans_gaps_and_what_could_not_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let said: Vec<(i64, &[u8])> = vec![
        (0, FULL),
        (1, b"\x02+0400"),
        (2, b"00"),
        (2, b"1F\x03"),
        (100, b"noise"),
        (200, FULL),
        (1000, b"\x02+04000001E\x03"),
        (1001, FULL),
    ];
    tape(&folder.path().join("scale.tape.gz"), "xk3190", &said);
    let (_, text) = told(folder.path(), &["list", "scale.tape.gz"]);
    let without_size: String = text
        .lines()
        .filter(|line| !line.contains("on the disk"))
        .map(|line| format!("{line}\n"))
        .collect();
    expect![[r#"
        device-1  xk3190
          span     2026-05-21T11:00:00Z .. 2026-05-21T11:16:41Z
          bytes    64 in 8 pieces
          gaps     3 longer than 60 s
                   2026-05-21T11:00:02Z .. 2026-05-21T11:01:40Z, 98 s
                   2026-05-21T11:01:40Z .. 2026-05-21T11:03:20Z, 100 s
                   2026-05-21T11:03:20Z .. 2026-05-21T11:16:40Z, 800 s
          decoded  3 readings, 3 faults: noise 1, wrong-checksum 1, wrong-length 1
    "#]]
    .assert_eq(&without_size);
    let (done, json) = told(folder.path(), &["list", "--json", "--gap", "150", "scale.tape.gz"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(done);
    assert_eq!(json["gaps_in_all"], 1);
    assert_eq!(json["faults"]["wrong-checksum"], 1);
}

#[test]
fn the_folder_of_an_agent_that_records_is_listed_device_by_device() {
    let folder = tempfile::tempdir().unwrap();
    let open = |device: &str, dialect: &str| {
        let header = Header { device: device.to_owned(), dialect: dialect.to_owned() };
        let limits = Limits { flush_s: 0, ..Limits::default() };
        Tape::open(folder.path().join("tapes").join(device), header, limits).unwrap()
    };
    let (scale, morse) = (open("scale-1", "xk3190"), open("telegraph", "morse"));
    for second in 0..3 {
        scale.write(NOON_US + second * 1_000_000, FULL);
        morse.write(NOON_US + second * 1_000_000, b"...---...");
    }
    // The files are still being written when they are looked at.
    for tape in [&scale, &morse] {
        let none = tempfile::tempdir().unwrap();
        tape.keep(0, 1, none.path().join("none")).recv().unwrap().unwrap();
    }
    let (done, text) = told(folder.path(), &["list", "tapes"]);
    assert!(done, "{text}");
    assert!(text.contains("scale-1  xk3190") && text.contains("3 readings, 0 faults"), "{text}");
    assert!(
        text.contains("telegraph  morse") && text.contains("does not know the dialect"),
        "{text}"
    );
    assert!(text.contains("the agent is writing them"), "{text}");
    drop((scale, morse));
    let (_, text) = told(folder.path(), &["list", "tapes"]);
    assert!(!text.contains("the agent is writing them"), "{text}");
}

#[test]
fn a_cut_holds_both_its_moments_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let said: Vec<(i64, &[u8])> = (0..10).map(|second| (second, FULL)).collect();
    tape(&folder.path().join("whole.tape.gz"), "xk3190", &said);
    let cut = |from: &str, to: &str, out: &str| {
        let at = |second: &str| format!("2026-05-21T16:00:{second}+05:00");
        told(
            folder.path(),
            &["cut", "--from", &at(from), "--to", &at(to), "-o", out, "whole.tape.gz"],
        )
    };
    let seconds = |out: &str| -> Vec<i64> {
        records(&folder.path().join(out)).into_iter().map(|(second, _)| second).collect()
    };
    assert_eq!(cut("03", "05", "some").1, "3 pieces in some\n");
    assert_eq!(seconds("some"), [3, 4, 5]);
    cut("02.000001", "03.999999", "one");
    assert_eq!(seconds("one"), [3]);
    cut("00", "09", "all");
    assert_eq!(records(&folder.path().join("all")), records(&folder.path().join("whole.tape.gz")));
    let (done, text) = cut("30", "40", "none");
    assert!(!done && text.contains("nothing came in this time"), "{text}");
    let (done, text) = cut("03", "05", "some");
    assert!(!done && text.contains("some is there already"), "{text}");
    let (done, text) = cut("05", "03", "wrong");
    assert!(!done && text.contains("--from is later than --to"), "{text}");
}

#[test]
fn a_device_is_named_where_there_are_several() {
    let folder = tempfile::tempdir().unwrap();
    let tapes = folder.path().join("tapes");
    for device in ["scale-1", "scale-2"] {
        let header = Header { device: device.to_owned(), dialect: "xk3190".to_owned() };
        let tape = Tape::open(tapes.join(device), header, Limits::default()).unwrap();
        tape.write(NOON_US, FULL);
    }
    check(
        folder.path(),
        &["cut", "-o", "new", "tapes"],
        expect![[r#"
            edge-agent: tapes of scale-1 (xk3190), scale-2 (xk3190): name one with --device
        "#]],
    );
    check(
        folder.path(),
        &["cut", "--device", "scale-3", "-o", "new", "tapes"],
        expect![[r#"
            edge-agent: no tape of scale-3; there are tapes of scale-1 (xk3190), scale-2 (xk3190)
        "#]],
    );
    let (done, text) = told(folder.path(), &["cut", "--device", "scale-2", "-o", "new", "tapes"]);
    assert!(done, "{text}");
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let (_, text) = told(folder.path(), &["list", "empty"]);
    assert!(text.contains("empty: no tape; a tape is a file that the agent recorded"), "{text}");
}

/// The good frames of a dialect and how its device is set.
pub(crate) fn good(dialect: Dialect) -> (Vec<Vec<u8>>, Settings) {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../firmware-protocols/tests/captures");
    let text = std::fs::read_to_string(format!("{root}/{dialect}/good.txt")).unwrap();
    let settings = text
        .lines()
        .find_map(|line| line.strip_prefix("# settings "))
        .map_or_else(Settings::default, |json| serde_json::from_str(json).unwrap());
    let frames = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    (frames.map(|line| line.parse::<Raw>().unwrap().0).collect(), settings)
}

#[test]
fn a_tape_of_every_dialect_becomes_a_capture_that_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for &dialect in Dialect::ALL {
        let (frames, settings) = good(dialect);
        let (source, out) = (format!("{dialect}.tape.gz"), format!("{dialect}.bin"));
        let said: Vec<(i64, &[u8])> = (0..).zip(frames.iter().map(Vec::as_slice)).collect();
        tape(&folder.path().join(&source), dialect.name(), &said);
        let json = serde_json::to_string(&settings).unwrap();
        let mut arguments = vec!["export", source.as_str(), "-o", out.as_str()];
        if !settings.given().is_empty() {
            arguments.extend(["--settings", json.as_str()]);
        }
        let (done, text) = told(folder.path(), &arguments);
        assert!(done, "{text}");

        // As the test of captures reads what is put into its folder.
        let out = folder.path().join(out);
        let bytes = std::fs::read(&out).unwrap();
        let set = match std::fs::read(out.with_extension("settings.json")) {
            Ok(json) => serde_json::from_slice(&json).unwrap(),
            Err(_) => Settings::default(),
        };
        assert_eq!(set, settings, "{dialect}");
        let mut decoder = Decoder::with(dialect, &set);
        let mut items = decoder.decode(&bytes);
        items.extend(decoder.reset().map(Err));
        assert!(items.iter().all(Result::is_ok) && items.len() >= frames.len(), "{dialect}");
        let lines: String = items
            .into_iter()
            .map(|item| serde_json::to_string(&item.unwrap()).unwrap() + "\n")
            .collect();
        assert_eq!(std::fs::read_to_string(out.with_extension("jsonl")).unwrap(), lines);
    }
}

#[test]
fn messages_of_a_broker_become_lines_of_a_capture() {
    let folder = tempfile::tempdir().unwrap();
    let message = "{\"v\":1,\n \"seal\":\"KZ1\"}\r\n";
    let two: Vec<(i64, &[u8])> = vec![(0, message.as_bytes()), (1, br#"{"v":1,"seal":"KZ2"}"#)];
    tape(&folder.path().join("seals.tape.gz"), "json", &two);
    let (done, text) = told(folder.path(), &["export", "seals.tape.gz", "-o", "seals.txt"]);
    assert!(done, "{text}");
    let lines = std::fs::read_to_string(folder.path().join("seals.txt")).unwrap();
    assert_eq!(lines, "{\"v\":1,  \"seal\":\"KZ1\"}\n{\"v\":1,\"seal\":\"KZ2\"}\n");
    let said = std::fs::read_to_string(folder.path().join("seals.jsonl")).unwrap();
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn a_tape_is_written_as_bytes_digits_and_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let said: Vec<(i64, &[u8])> = vec![(0, b"\x02+04\"00"), (1, b"0001F\x03")];
    tape(&folder.path().join("scale.tape.gz"), "xk3190", &said);
    let export = |form: &str| {
        let (done, text) =
            told(folder.path(), &["export", "--form", form, "scale.tape.gz", "-o", form]);
        assert!(done, "{text}");
        std::fs::read_to_string(folder.path().join(form)).unwrap()
    };
    assert_eq!(export("raw"), "\x02+04\"000001F\x03");
    assert_eq!(export("hex"), "02 2b 30 34 22 30 30\n30 30 30 31 46 03\n");
    expect![[r#"
        at,hex,escaped
        2026-05-21T11:00:00.000000Z,02 2b 30 34 22 30 30,"\x02+04""00"
        2026-05-21T11:00:01.000000Z,30 30 30 31 46 03,"0001F\x03"
    "#]]
    .assert_eq(&export("csv"));
    let (done, text) = told(folder.path(), &["export", "scale.tape.gz", "-o", "raw"]);
    assert!(!done && text.contains("raw is there already"), "{text}");
}
