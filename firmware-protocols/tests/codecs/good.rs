//! Good frames of every dialect, one a line in `tests/captures/DIALECT/good.txt`, and what has to hold for each of them.
//!
//! Printable bytes stand for themselves, others are `\xNN`, a backslash is doubled. A line that begins with `# ` is a remark; the remark
//! `# checked` says that a check sum protects the frames; the remark `# settings {..}` how the device is set.

use expect_test::expect;
use firmware_protocols::{Dialect, Raw, Reading, Settings};

use crate::captures;
use crate::check::decode_with;

/// The good frames of a dialect.
pub(crate) struct Good {
    /// Each decodes to at least one reading and no fault.
    pub(crate) frames: Vec<Vec<u8>>,
    /// Whether a check sum protects them.
    pub(crate) checked: bool,
    /// How the device is set.
    pub(crate) settings: Settings,
}

impl Good {
    /// The frames of `dialect`; every dialect has some.
    pub(crate) fn of(dialect: Dialect) -> Good {
        let path = captures::folder(dialect).join("good.txt");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("{}: {error}: a good frame of {dialect} belongs there", path.display())
        });
        let mut good = Good { frames: Vec::new(), checked: false, settings: Settings::default() };
        for line in text.lines().filter(|line| !line.is_empty()) {
            match line.strip_prefix("# ") {
                Some("checked") => good.checked = true,
                Some(remark) => {
                    if let Some(settings) = remark.strip_prefix("settings ") {
                        good.settings = serde_json::from_str(settings).unwrap();
                    }
                }
                None => {
                    let json = serde_json::to_string(line).unwrap();
                    let frame: Raw = serde_json::from_str(&json)
                        .unwrap_or_else(|error| panic!("{}: {line}: {error}", path.display()));
                    good.frames.push(frame.0);
                }
            }
        }
        assert!(!good.frames.is_empty(), "{}: no frame", path.display());
        good
    }

    /// The first of them.
    pub(crate) fn first(dialect: Dialect) -> Vec<u8> {
        Good::of(dialect).frames.swap_remove(0)
    }
}

#[test]
fn every_good_frame_is_read_without_a_fault() {
    for &dialect in Dialect::ALL {
        let good = Good::of(dialect);
        for frame in &good.frames {
            let items = decode_with(dialect, &good.settings, &[frame]);
            let faults = items.iter().filter(|item| item.is_err()).count();
            assert!(
                !items.is_empty() && faults == 0,
                "{dialect}: {:?}: {items:?}",
                Raw(frame.clone())
            );
        }
    }
}

#[test]
fn every_good_frame_says_the_same_cut_at_every_byte() {
    for &dialect in Dialect::ALL {
        let good = Good::of(dialect);
        for frame in &good.frames {
            let whole = decode_with(dialect, &good.settings, &[frame]);
            for cut in 1..frame.len() {
                let (first, second) = frame.split_at(cut);
                let pieces = decode_with(dialect, &good.settings, &[first, second]);
                assert_eq!(pieces, whole, "{dialect}: {:?} cut at {cut}", Raw(frame.clone()));
            }
            let single: Vec<&[u8]> = frame.chunks(1).collect();
            assert_eq!(decode_with(dialect, &good.settings, &single), whole, "{dialect}");
        }
    }
}

#[test]
fn every_dialect_has_three_good_frames_that_differ() {
    for &dialect in Dialect::ALL {
        let mut frames = Good::of(dialect).frames;
        frames.sort();
        frames.dedup();
        assert!(frames.len() >= 3, "{dialect}: {} good frames, three at least", frames.len());
    }
}

#[test]
fn the_dialects_whose_frames_a_check_sum_protects_are_these() {
    let checked = Dialect::ALL.iter().filter(|dialect| Good::of(**dialect).checked);
    let names: Vec<&str> = checked.map(|dialect| dialect.name()).collect();
    expect![[r#"
        xk3190
        modbus-rtu
        tenso-m
        xk3190-command
        xk3190-a12
        toledo
        flintec-bsi
        egts
        uhfreader18
        m100"#]]
    .assert_eq(&names.join("\n"));
}

#[test]
fn two_frames_glued_are_two_frames() {
    for &dialect in Dialect::ALL {
        let good = Good::of(dialect);
        for first in &good.frames {
            for second in &good.frames {
                let alone = |frame: &Vec<u8>| decode_with(dialect, &good.settings, &[frame]);
                let glued =
                    decode_with(dialect, &good.settings, &[&[first.as_slice(), second].concat()]);
                assert_eq!(glued, [alone(first), alone(second)].concat(), "{dialect}");
            }
        }
    }
}

/// What a frame says, without the bytes it was read from: a flipped bit that means the same (the case of a letter) changes only those.
fn says(reading: &Reading) -> String {
    let mut value = serde_json::to_value(reading).unwrap();
    fn strip(value: &mut serde_json::Value) {
        if let Some(object) = value.as_object_mut() {
            object.remove("raw");
            object.values_mut().for_each(strip);
        }
    }
    strip(&mut value);
    value.to_string()
}

#[test]
fn every_flipped_bit_of_a_checked_frame_is_noticed_or_changes_nothing() {
    for &dialect in Dialect::ALL {
        let good = Good::of(dialect);
        if !good.checked {
            continue;
        }
        for frame in &good.frames {
            let true_sayings: Vec<String> = decode_with(dialect, &good.settings, &[frame])
                .iter()
                .filter_map(|item| item.as_ref().ok().map(says))
                .collect();
            for bit in 0..frame.len() * 8 {
                let mut flipped = frame.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                for reading in
                    decode_with(dialect, &good.settings, &[&flipped]).into_iter().flatten()
                {
                    let says = says(&reading);
                    assert!(
                        true_sayings.contains(&says),
                        "{dialect}: bit {bit} flipped in {:?} says {says}",
                        Raw(frame.clone())
                    );
                }
            }
        }
    }
}
