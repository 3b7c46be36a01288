//! Tapes keep what came, within their bounds, and are read although their end is missing.

use std::io::{Read as _, Write as _};
use std::{fs, path::Path};

use flate2::{Compression, write::GzEncoder};

use super::file::TapeFile;
use super::*;

const SECOND_US: i64 = 1_000_000;
const START_US: i64 = 1_700_000_000 * SECOND_US;

fn header() -> Header {
    Header { device: "weighbridge-1".to_owned(), dialect: "xk3190".to_owned() }
}

fn line(second: i64) -> Vec<u8> {
    format!("\x02+{second:06}012\x03").into_bytes()
}

/// Writes one line in each second and closes the tape.
fn record(folder: &Path, seconds: std::ops::Range<i64>, limits: Limits) -> Counts {
    let tape = Tape::open(folder.to_owned(), header(), limits).unwrap();
    for second in seconds {
        tape.write(START_US + second * SECOND_US, &line(second));
        settle(&tape, START_US);
    }
    tape.counts()
}

/// Waits until everything that was given is written.
fn settle(tape: &Tape, at_us: i64) {
    let into = tempfile::tempdir().unwrap();
    tape.keep(at_us - 2, at_us - 1, into.path().join("none")).recv().unwrap().unwrap();
}

fn seconds_in(folder: &Path) -> Vec<i64> {
    let mut seconds = Vec::new();
    read_between(folder, i64::MIN, i64::MAX, |record| {
        let second = (record.at_us - START_US) / SECOND_US;
        assert_eq!(record.bytes, line(second));
        seconds.push(second);
        Ok(())
    })
    .unwrap();
    seconds
}

fn roomy() -> Limits {
    Limits { queue: 16, ..Limits::default() }
}

#[test]
fn what_was_recorded_is_read_back_with_its_moments_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    record(folder.path(), 0..5, roomy());
    let counts = record(folder.path(), 5..8, roomy());
    assert_eq!(counts, Counts { written: 3, dropped: 0, failure: None });
    assert_eq!(seconds_in(folder.path()), (0..8).collect::<Vec<_>>());
    let tapes = tapes_of(folder.path()).unwrap();
    assert_eq!(tapes.len(), 2);
    let mut tape = TapeReader::open(&tapes[0].path).unwrap();
    assert_eq!(*tape.header(), header());
    assert_eq!(tape.by_ref().count(), 5);
    assert!(!tape.was_cut());
}

#[test]
fn files_roll_by_time_and_by_size() {
    for limits in [Limits { file_s: 10, ..roomy() }, Limits { file_bytes: 220, ..roomy() }] {
        let folder = tempfile::tempdir().unwrap();
        record(folder.path(), 0..40, limits);
        assert_eq!(tapes_of(folder.path()).unwrap().len(), 4, "{limits:?}");
        assert_eq!(seconds_in(folder.path()), (0..40).collect::<Vec<_>>(), "{limits:?}");
    }
}

#[test]
fn the_oldest_file_goes_when_it_is_too_old_or_all_are_too_large() {
    let cases = [
        ("old", Limits { file_s: 10, age_s: 20, ..roomy() }),
        ("large", Limits { file_s: 10, total_bytes: 400, ..roomy() }),
    ];
    for (name, limits) in cases {
        let folder = tempfile::tempdir().unwrap();
        record(folder.path(), 0..100, limits);
        let seconds = seconds_in(folder.path());
        let first = seconds[0];
        assert!(first > 50 && first % 10 == 0, "{name}: begins with {first}");
        assert_eq!(seconds, (first..100).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn the_minutes_around_an_alarm_are_kept_when_the_rest_has_gone() {
    let folder = tempfile::tempdir().unwrap();
    let kept = tempfile::tempdir().unwrap();
    let into = kept.path().join("alarm-17").join("weighbridge-1.tape.gz");
    let limits = Limits { file_s: 10, age_s: 20, ..roomy() };
    let tape = Tape::open(folder.path().to_owned(), header(), limits).unwrap();
    let at = |second: i64| START_US + second * SECOND_US;
    for second in 0..30 {
        tape.write(at(second), &line(second));
        settle(&tape, START_US);
    }
    assert_eq!(tape.keep(at(15), at(29), into.clone()).recv().unwrap().unwrap(), 15);
    for second in 30..100 {
        tape.write(at(second), &line(second));
        settle(&tape, START_US);
    }
    drop(tape);
    let records: Vec<_> = TapeReader::open(&into).unwrap().map(Result::unwrap).collect();
    assert_eq!(records.len(), 15);
    assert_eq!(records[0], Record { at_us: at(15), bytes: line(15) });
    assert!(seconds_in(folder.path())[0] > 29);
}

#[test]
fn a_file_that_a_power_cut_left_is_read_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    record(folder.path(), 0..200, Limits { flush_s: 1, ..roomy() });
    let path = tapes_of(folder.path()).unwrap().remove(0).path;
    let whole = fs::read(&path).unwrap();
    let mut most = 0;
    for length in (0..whole.len()).step_by(7) {
        fs::write(&path, &whole[..length]).unwrap();
        let seconds = seconds_in(folder.path());
        assert_eq!(seconds, (0..seconds.len() as i64).collect::<Vec<_>>());
        assert!(seconds.len() >= most, "a longer file gives fewer records");
        most = seconds.len();
        if let Ok(mut tape) = TapeReader::open(&path) {
            let read = tape.by_ref().count();
            assert!(
                tape.was_cut() || read == 200,
                "cut after {length} bytes, {read} records, and not said"
            );
        }
    }
    assert!(most > 190, "only {most} of 200 records were read from the longest cut");
}

#[test]
fn garbage_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("5-0.tape.gz");
    fs::write(&path, b"this is not a tape at all").unwrap();
    let error = TapeReader::open(&path).map(drop).unwrap_err();
    assert!(error.to_string().ends_with("5-0.tape.gz"), "{error}");
}

#[test]
fn what_the_disk_refuses_is_counted_and_the_lane_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let tape = Tape::open(folder.path().to_owned(), header(), roomy()).unwrap();
    fs::remove_dir(folder.path()).unwrap();
    tape.write(START_US, b"1");
    while tape.counts().failure.is_none() {
        std::thread::yield_now();
    }
    assert_eq!(tape.counts().dropped, 1);
    fs::create_dir(folder.path()).unwrap();
    tape.write(START_US + 1, b"2");
    drop(tape);
    let mut read = Vec::new();
    read_between(folder.path(), 0, i64::MAX, |record| {
        read.push(record.bytes);
        Ok(())
    })
    .unwrap();
    assert_eq!(read, [b"2"]);
}

#[test]
fn a_full_queue_drops_and_counts_and_never_waits() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { queue: 1, ..roomy() };
    let tape = Tape::open(folder.path().to_owned(), header(), limits).unwrap();
    let given = 20_000;
    for n in 0..given {
        tape.write(START_US + n, &[b'x'; 2000]);
    }
    let counts = tape.counts();
    drop(tape);
    assert_eq!(counts.written + counts.dropped, u64::try_from(given).unwrap());
    let mut read = 0;
    read_between(folder.path(), 0, i64::MAX, |_| {
        read += 1;
        Ok(())
    })
    .unwrap();
    assert_eq!(read, counts.written);
}

#[test]
fn a_message_with_its_pictures_is_one_record_and_half_of_it_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("camera-1.tape.gz");
    let body: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let mut tape = TapeFile::begin(path.clone(), &header(), START_US).unwrap();
    for bytes in [body.clone(), b"after".to_vec()] {
        tape.write(&Record { at_us: START_US, bytes }).unwrap();
    }
    tape.finish().unwrap();
    let records: Vec<Record> = TapeReader::open(&path).unwrap().map(Result::unwrap).collect();
    let told: Vec<&[u8]> = records.iter().map(|record| record.bytes.as_slice()).collect();
    assert_eq!(told, [body.as_slice(), b"after"]);

    let whole = fs::read(&path).unwrap();
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(whole.as_slice()).read_to_end(&mut plain).unwrap();
    let mut cut = GzEncoder::new(Vec::new(), Compression::fast());
    cut.write_all(&plain[..plain.len() / 2]).unwrap();
    fs::write(&path, cut.finish().unwrap()).unwrap();
    let mut tape = TapeReader::open(&path).unwrap();
    assert_eq!(tape.by_ref().count(), 0);
    assert!(tape.was_cut());
}
