//! Documents about passages, in other people's hands: the schema and the rules of NIST, and a second reader and writer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use edge_agent::config::Config;
use edge_agent::running::start;
use expect_test::expect;
use firmware_protocols::n42::occupancy::{Portal, document};
use firmware_protocols::n42::{self, Category, Document, Instrument, Lines, Measurement, Recorder};
use firmware_protocols::portal::{Occupancy, PortalSettings, daily};
use firmware_protocols::{Decoder, Dialect, Reading};
use jiff::tz::Offset;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::Peer;
use crate::tidy::root;

/// A file of other people, which is not part of this repository. `None`, and one line that says what is skipped, where it is not there.
fn data(path: &str) -> Option<PathBuf> {
    let folder =
        std::env::var_os("BEKET_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let file = folder.join(path);
    if !file.exists() {
        println!("skipped: {path} is not in {} (set BEKET_DATA)", folder.display());
        return None;
    }
    Some(file)
}

fn own_capture() -> PathBuf {
    root().join("firmware-protocols/tests/captures/tsa/own-portal-with-alarm.day")
}

fn portal() -> Portal {
    let instrument = Instrument {
        id: "RPM-L03".into(),
        manufacturer: "Rapiscan/TSA".into(),
        identifier: Some("L03".into()),
        model: "VM-250".into(),
        description: None,
        class: "Portal Monitor".into(),
        versions: vec![("Software".into(), "1.10.1A".into())],
    };
    Portal::of_four(instrument, Offset::constant(5), "checkpoint edge agent")
}

/// The passages of a daily file, with their lines.
fn passages(file: &Path) -> Vec<(Box<Occupancy>, Lines)> {
    let bytes = std::fs::read(file).unwrap();
    let mut recorder = Recorder::new(PortalSettings::default());
    let mut decoder = Decoder::new(Dialect::Tsa);
    let mut ended = Vec::new();
    for line in daily::recorded_lines(&bytes, None) {
        let line = line.unwrap();
        for item in decoder.decode(&line.live()) {
            if let Ok(Reading::Portal(record)) = item {
                ended.extend(recorder.record(&record, line.at));
            }
        }
    }
    ended
}

/// Writes documents into a folder; answers their paths.
fn written<'a>(
    folder: &Path,
    documents: impl IntoIterator<Item = (&'a str, String)>,
) -> Vec<String> {
    let put = |(name, xml): (&str, String)| {
        let path = folder.join(name).display().to_string();
        std::fs::write(&path, xml).unwrap();
        path
    };
    documents.into_iter().map(put).collect()
}

#[test]
fn documents_of_passages_keep_the_schema_and_the_rules_of_nist() {
    let (Some(schema), Some(recording), Some(annex)) =
        (data("n42/n42.xsd"), data("rpm/S2-C3-NORM2.csv"), data("n42/Annex_D_alarmed.n42"))
    else {
        return;
    };
    let own = &passages(&own_capture())[2];
    let recorded = &passages(&recording)[1];
    let of = |portal: &Portal, (occupancy, lines): &(Box<Occupancy>, Lines)| {
        n42::write(&document(portal, occupancy, lines))
    };
    let spectra = Portal { spectra: true, ..portal() };
    let sums = Portal::of_sums(portal().instrument, Offset::constant(5), "checkpoint edge agent");
    let again = n42::read(&std::fs::read(annex).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let documents = [
        ("lines.n42", of(&portal(), own)),
        ("spectra.n42", of(&spectra, own)),
        ("totals.n42", n42::write(&document(&portal(), &own.0, &Lines::default()))),
        ("of-sums.n42", of(&sums, own)),
        ("recorded.n42", of(&portal(), recorded)),
        ("annex-written-again.n42", n42::write(&again.document)),
    ];
    let mut arguments = vec![schema.parent().unwrap().display().to_string()];
    arguments.extend(written(folder.path(), documents));
    let Some(peer) = Peer::start("n42.py", &arguments) else { return };
    assert_eq!(peer.lines(), [""; 0]);
}

#[test]
fn what_breaks_a_document_is_found_by_nist_and_by_us() {
    let Some(schema) = data("n42/n42.xsd") else { return };
    let (occupancy, _) = &passages(&own_capture())[0];
    let sound = n42::write(&document(&portal(), occupancy, &Lines::default()));
    let cases = [
        ("duration.n42", "<RealTimeDuration>PT1S", "<RealTimeDuration>1 s"),
        ("reference.n42", r#"Reference="Aa1""#, r#"Reference="ITEM""#),
        ("twice.n42", r#"Reference="Aa2""#, r#"Reference="Aa1""#),
        ("two.n42", "<AnalysisResults ", r#"<AnalysisResults radMeasurementReferences="BG" "#),
        ("kind.n42", "<RadDetectorKindCode>PVT", "<RadDetectorKindCode>Other"),
        ("future.n42", "n42DocDateTime=\"2026", "n42DocDateTime=\"2036"),
    ];
    let now = "2030-01-01T00:00:00Z".parse().ok();
    let broken = cases.map(|(name, from, to)| {
        let broken = sound.replacen(from, to, 1);
        assert_ne!(broken, sound, "{name}");
        let told =
            !n42::rules::check(&broken, now).is_empty() || n42::read(broken.as_bytes()).is_err();
        assert!(told, "{name}");
        (name, broken)
    });
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec![schema.parent().unwrap().display().to_string()];
    arguments.extend(written(folder.path(), broken));
    let Some(peer) = Peer::start("n42.py", &arguments) else { return };
    expect![[r#"
        duration.n42: Element '{http://physics.nist.gov/N42/2011/N42}RealTimeDuration': '1 s' is not a valid value of the local atomic type.
        reference.n42: RadDetectorInformationReferenceTypeMatch
        twice.n42: RadMeasurementUniqueDetectorCheck-GrossCounts
        twice.n42: RadMeasurementUniqueDetectorCheck-GrossCounts
        two.n42: AnalysisDataReferencesExclusivityCheck
        kind.n42: RadDetectorKindCheck
        future.n42: N42DocDateCheck"#]]
    .assert_eq(&peer.lines().join("\n"));
}

/// Gamma and neutron counts, each as `time detector in|out milliseconds counts`; a detector of neutrons has an N behind the name of its pillar.
type Counts = [BTreeSet<String>; 2];

fn ours(document: &Document) -> Counts {
    let ms = |seconds: Option<Decimal>| (seconds.unwrap() * Decimal::from(1000)).normalize();
    let line = |one: &Measurement, detector: &str, live, counts: &[Decimal]| {
        let start = one.start.unwrap();
        let time = start.offset.to_datetime(start.at).strftime("%H:%M:%S%.3f").to_string();
        let state = if one.occupied == Some(true) { "in" } else { "out" };
        let counts: Decimal = counts.iter().sum();
        format!("{time} {detector} {state} {} {}", ms(live), counts.normalize())
    };
    let is_neutron = |id: &str| {
        document
            .detectors
            .iter()
            .any(|detector| detector.id == id && detector.category == Category::Neutron)
    };
    let mut counts = Counts::default();
    for one in &document.measurements {
        for spectrum in &one.spectra {
            let detector = spectrum.detector.as_deref().unwrap();
            counts[0].insert(line(one, detector, spectrum.live_time_s, &spectrum.channels));
        }
        for gross in one.counts.iter().filter(|gross| is_neutron(&gross.detector)) {
            counts[1].insert(line(one, &gross.detector, gross.live_time_s, &gross.counts));
        }
    }
    counts
}

/// What SpecUtils prints. It takes a detector of neutrons for one of gamma beside it that began in the same moment.
fn theirs(lines: &[String]) -> Counts {
    let mut counts = Counts::default();
    for line in lines {
        let [time, detector, state, ms, gamma, neutron] =
            line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        if gamma != "-" {
            counts[0].insert(format!("{time} {detector} {state} {ms} {gamma}"));
        }
        if neutron != "-" {
            let detector = detector.trim_end_matches('N');
            counts[1].insert(format!("{time} {detector}N {state} {ms} {neutron}"));
        }
    }
    counts
}

#[test]
fn specutils_counts_what_we_count_and_we_count_what_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    let (occupancy, lines) = &passages(&own_capture())[0];
    let made = document(&Portal { spectra: true, ..portal() }, occupancy, lines);
    let path = written(folder.path(), [("spectra.n42", n42::write(&made))]).remove(0);
    let arguments = [path, folder.path().display().to_string()];
    let Some(peer) = Peer::start("n42_second.py", &arguments) else { return };
    let expected = ours(&made);
    assert!(expected[0].len() > 100 && expected[1].len() > 10, "{expected:?}");
    assert_eq!(theirs(&peer.lines()), expected);
    // What it has written by either edition holds the same numbers.
    let sum = |document: &Document| -> i64 {
        let channels = document.measurements.iter().flat_map(|one| &one.spectra);
        channels.flat_map(|spectrum| &spectrum.channels).sum::<Decimal>().to_i64().unwrap()
    };
    for (edition, name) in [(2006, "2006.n42"), (2012, "2012.n42")] {
        let read = n42::read(&std::fs::read(folder.path().join(name)).unwrap()).unwrap();
        assert_eq!((read.edition, sum(&read.document)), (edition, sum(&made)), "{name}");
    }
}

/// A portal of each recording, and documents of all passages.
fn site(ports: &[u16]) -> String {
    let demo = std::fs::read_to_string(root().join("config/demo/checkpoint.toml")).unwrap();
    let mut config: toml::Table = toml::from_str(&demo).unwrap();
    config.remove("hub");
    for table in ["terminal", "ingest"] {
        config[table]["listen"] = "127.0.0.1:0".into();
    }
    config["checkpoint"]["data_dir"] = "data".into();
    let device = |(n, port): (usize, &u16)| {
        format!(
            "[[device]]\nid = \"portal-{n}\"\nlane = \"lane-1\"\ntitle = \"Portal\"\ndialect = \"tsa\"\n\
             connect = {{ tcp = \"127.0.0.1:{port}\" }}\nsilence_limit_s = 3600\n\
             instrument = {{ manufacturer = \"Rapiscan Systems (TSA), Inc.\", model = \"VM-250\" }}\n"
        )
    };
    let devices: String = ports.iter().enumerate().map(device).collect();
    let rest = "[n42]\nfolder = \"n42\"\nspectra = true\n";
    config.extend(toml::from_str::<toml::Table>(&(devices + rest)).unwrap());
    toml::to_string(&config).unwrap()
}

/// What an agent writes that hears a portal say each of these recordings, as fast as it can; the folder that it is in, and the documents' paths.
async fn written_by_an_agent(recordings: &[PathBuf]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let mut lines = Vec::new();
    for _ in recordings {
        lines.push(TcpListener::bind("127.0.0.1:0").await.unwrap());
    }
    let ports: Vec<u16> = lines.iter().map(|line| line.local_addr().unwrap().port()).collect();
    let place = tempfile::tempdir().unwrap();
    let config = Config::parse(&place.path().join("checkpoint.toml"), &site(&ports));
    let agent = start(config.unwrap_or_else(|error| panic!("{error}"))).await.unwrap();
    for (line, recording) in lines.iter().zip(recordings) {
        let (mut portal, _) = line.accept().await.unwrap();
        let bytes = std::fs::read(recording).unwrap();
        for (number, line) in daily::recorded_lines(&bytes, None).enumerate() {
            portal.write_all(&line.unwrap().live()).await.unwrap();
            // The first lines come one by one, as a portal says them.
            if number < 500 || number % 10 == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        // The next background ends what nothing else has ended.
        portal.write_all(b"GB,000100,000100,000100,000100\r\n").await.unwrap();
    }
    let folder = place.path().join("data/n42");
    let count: usize = recordings.iter().map(|recording| ended(recording)).sum();
    let there = || -> Vec<PathBuf> {
        let items = std::fs::read_dir(&folder).unwrap().map(|item| item.unwrap().path());
        let mut there: Vec<PathBuf> =
            items.filter(|path| path.extension().is_some_and(|name| name == "n42")).collect();
        there.sort();
        there
    };
    let all = tokio::time::timeout(Duration::from_secs(60), async {
        while there().len() < count {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    all.await.unwrap_or_else(|_| panic!("{} of {count} documents", there().len()));
    agent.stop().await.unwrap();
    let there = there();
    assert_eq!(there.len(), count);
    (place, there)
}

/// How many passages a recording has, together with one that only the next background ends.
fn ended(recording: &Path) -> usize {
    let bytes = std::fs::read(recording).unwrap();
    let lines = daily::recorded_lines(&bytes, None).map(|line| line.unwrap().live());
    let is = |line: &[u8], tags: [&[u8]; 2]| tags.iter().any(|tag| line.starts_with(tag));
    let mut open = false;
    for line in lines {
        open = is(&line, [b"GS", b"GA"]) || (open && !is(&line, [b"GX", b"GB"]));
    }
    passages(recording).len() + usize::from(open)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_running_agent_writes_is_valid_and_counted_alike() {
    let mut recordings = vec![own_capture()];
    recordings.extend(data("rpm/S2-C3-NORM2.csv"));
    let (place, documents) = written_by_an_agent(&recordings).await;
    for path in &documents {
        let bytes = std::fs::read(path).unwrap();
        let checked = edge_agent::n42::check(&bytes, None);
        assert!(checked.findings.is_empty(), "{}: {:?}", path.display(), checked.findings);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("The intervals are those of the recording of the line."), "{text}");
        assert!(!text.contains("intervals of the occupancy the recording"), "{text}");
    }
    if let Some(schema) = data("n42/n42.xsd") {
        // The rules of NIST take seconds a document: one of each portal.
        let of = |portal: &str| {
            let is_of = |path: &&PathBuf| path.to_string_lossy().contains(portal);
            documents.iter().find(is_of).cloned().into_iter().collect::<Vec<_>>()
        };
        let arguments = [vec![schema.parent().unwrap().to_owned()], of("portal-0"), of("portal-1")];
        let arguments = arguments.concat();
        let Some(peer) = Peer::start("n42.py", &arguments) else { return };
        assert_eq!(peer.lines(), [""; 0]);
    }
    let first = &documents[0];
    let expected = ours(&n42::read(&std::fs::read(first).unwrap()).unwrap().document);
    assert!(!expected[0].is_empty() && !expected[1].is_empty(), "{expected:?}");
    let Some(peer) = Peer::start("n42_second.py", &[first.as_path(), place.path()]) else { return };
    assert_eq!(theirs(&peer.lines()), expected);
}

#[test]
fn specutils_passes_over_gamma_counts_that_are_no_spectrum() {
    let folder = tempfile::tempdir().unwrap();
    let (occupancy, lines) = &passages(&own_capture())[0];
    let made = document(&portal(), occupancy, lines);
    let path = written(folder.path(), [("lines.n42", n42::write(&made))]).remove(0);
    let arguments = [path, folder.path().display().to_string()];
    let Some(peer) = Peer::start("n42_second.py", &arguments) else { return };
    // A fault of SandiaSpecUtils 0.0.11, also with the examples of the standard: hence `spectra`. Neutrons are counted alike.
    let [gamma, neutron] = theirs(&peer.lines());
    assert_eq!((gamma, neutron), (BTreeSet::new(), ours(&made)[1].clone()));
}
