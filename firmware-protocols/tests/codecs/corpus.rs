//! The corpus of the fuzz targets: what was found worth keeping says the same in pieces, on every machine, without a fuzzer.

use std::path::Path;

use firmware_protocols::plate::CameraMessage;
use firmware_protocols::{Decoder, Dialect, Raw, Reading};

use crate::check::decode_with;
use crate::good::Good;

#[path = "../../fuzz/readers.rs"]
mod readers;

/// What reads bytes and is no dialect.
const READERS: [&str; 6] =
    ["daily-file", "modbus-station", "n42", "recognise", "scanned", "sparkplug"];

fn fuzz() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz"))
}

#[test]
fn whatever_reads_bytes_has_a_target_and_a_corpus() {
    let manifest = std::fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let names: Vec<&str> =
        Dialect::ALL.iter().map(|dialect| dialect.name()).chain(READERS).collect();
    for name in &names {
        let target = format!("[[bin]]\nname = \"{name}\"\n");
        assert!(manifest.contains(&target), "fuzz/Cargo.toml lacks: {target}");
        let corpus = fuzz().join("corpus").join(name);
        assert!(corpus.is_dir(), "{} is missing: put a good frame there", corpus.display());
    }
    let targets = manifest.matches("[[bin]]").count();
    assert_eq!(targets, names.len(), "a target of nothing that reads");
}

/// How a new seed is cut: every seventh byte.
const CUT: u8 = 7;

/// `UPDATE_EXPECT=1 cargo test -p firmware-protocols corpus` writes the seeds that are missing.
#[test]
fn every_good_frame_is_a_seed() {
    for &dialect in Dialect::ALL {
        let folder = fuzz().join("corpus").join(dialect.name());
        let seeds: Vec<Vec<u8>> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
            .collect();
        for frame in Good::of(dialect).frames {
            // The first byte of a seed says how the rest is cut.
            if seeds.iter().any(|seed| seed.get(1..) == Some(frame.as_slice())) {
                continue;
            }
            let mut names = (1..).map(|number| folder.join(format!("good-{number}")));
            let missing = names.find(|path| !path.exists()).unwrap();
            let update = std::env::var_os("UPDATE_EXPECT").is_some();
            assert!(update, "{} is missing: {}", missing.display(), Raw(frame));
            std::fs::write(missing, [&[CUT], frame.as_slice()].concat()).unwrap();
        }
    }
}

#[test]
fn the_corpus_says_the_same_in_pieces() {
    for &dialect in Dialect::ALL {
        let settings = Good::of(dialect).settings;
        for entry in std::fs::read_dir(fuzz().join("corpus").join(dialect.name())).unwrap() {
            let path = entry.unwrap().path();
            let input = std::fs::read(&path).unwrap();
            // The first byte says how the rest is cut, as in the targets.
            let Some((&length, bytes)) = input.split_first() else { continue };
            let pieces: Vec<&[u8]> = bytes.chunks(usize::from(length).max(1)).collect();
            let whole = decode_with(dialect, &settings, &[bytes]);
            assert_eq!(decode_with(dialect, &settings, &pieces), whole, "{}", path.display());
        }
    }
}

#[test]
fn the_corpus_of_the_other_readers_is_read_as_in_their_targets() {
    for reader in READERS {
        for entry in std::fs::read_dir(fuzz().join("corpus").join(reader)).unwrap() {
            readers::read(reader, &std::fs::read(entry.unwrap().path()).unwrap());
        }
    }
}

#[test]
fn a_camera_s_body_with_its_pictures_is_a_seed() {
    for (seed, sent) in [("body-with-pictures", 2), ("body-cut-in-a-picture", 1)] {
        let input = std::fs::read(fuzz().join("corpus/hikvision-anpr").join(seed)).unwrap();
        let items = Decoder::new(Dialect::HikvisionAnpr).document(&input[1..]);
        let Some(Ok(Reading::Plate(CameraMessage::Sighting(sighting)))) = items.first() else {
            panic!("{seed}: {items:?}")
        };
        let told = sighting.pictures.iter().filter(|picture| picture.sent.is_some()).count();
        assert_eq!(told, sent, "{seed}: {items:?}");
    }
}
