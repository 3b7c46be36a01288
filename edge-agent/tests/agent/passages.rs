//! Documents that the running agent writes: one for each passage, whatever happens in between.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use checkpoint::event::Event;
use edge_agent::config::{Config, Instrument};
use edge_agent::n42::{About, Passage, Recorded, Source, check, of_screening};
use edge_agent::replay::Piece;
use expect_test::expect;
use firmware_protocols::n42::write;
use firmware_protocols::{Dialect, Family};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::capture::{background, source, vehicle};
use crate::replaying::{configured, played_by};
use crate::tapes::good;
use crate::world::{World, lines_of, site};

/// A portal of which the site says who made it, and documents of its passages.
fn portal(listener: &TcpListener, n42: &str) -> String {
    let port = listener.local_addr().unwrap().port();
    format!(
        "[[device]]
id = \"portal-1\"
lane = \"1\"
title = \"Portal\"
dialect = \"tsa\"
connect = {{ tcp = \"127.0.0.1:{port}\" }}
silence_limit_s = 60
instrument = {{ manufacturer = \"Rapiscan/TSA\", model = \"VM-250\" }}
[n42]
{n42}
"
    )
}

/// The documents in a folder by their names.
fn documents(folder: &Path) -> BTreeMap<String, String> {
    let Ok(items) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    items
        .map(|item| item.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "n42"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            match look().await {
                Some(found) => return found,
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    });
    found.await.unwrap_or_else(|_| panic!("{what} within half a minute"))
}

async fn written(folder: &Path, count: usize) -> BTreeMap<String, String> {
    let look = async || Some(documents(folder)).filter(|there| there.len() >= count);
    let there = until(&format!("{count} documents"), look).await;
    assert_eq!(there.len(), count, "{:?}", there.keys());
    there
}

/// What is to be found in every document of the running agent.
fn is_sound(name: &str, xml: &str) {
    let findings = check(xml.as_bytes(), None).findings;
    assert!(findings.is_empty(), "{name}: {findings:?}");
    for said in ["Rapiscan/TSA", "VM-250", "not stated", "of entry"] {
        assert!(xml.contains(said), "{name} does not say {said}: {xml}");
    }
}

async fn says(line: &mut TcpStream, text: &str) {
    line.write_all(text.as_bytes()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_passage_is_a_document_with_its_intervals_and_is_written_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut world = World::begin(&portal(&listener, "folder = \"n42\"")).await;
    let folder = world.folder.path().join("data/n42");
    let (mut line, _) = listener.accept().await.unwrap();
    // The second one ends with the next background.
    let source = source();
    let unended: String =
        source.split_inclusive('\n').filter(|line| !line.starts_with("GX")).collect();
    let said = format!("{}{unended}{}", vehicle(), background());
    says(&mut line, &said).await;
    let there = written(&folder, 2).await;
    let screened = world.wait_for("vehicle_screened", 2).await;
    for ((name, xml), entry) in there.iter().zip(&screened) {
        is_sound(name, xml);
        assert!(name.ends_with(&format!("-portal-1-{}.n42", entry.seq)), "{name}");
        assert!(xml.contains("The intervals are those of the recording of the line."), "{xml}");
        assert!(xml.contains("+05:00"), "the offset of the site's zone: {xml}");
    }
    let xml: Vec<&String> = there.values().collect();
    let intervals = |xml: &str| xml.matches("<RadMeasurement id=\"FG-").count();
    assert_eq!((intervals(xml[0]), intervals(xml[1])), (20, 15));
    assert!(xml[0].contains("<CountData>20</CountData>") && !xml[0].contains("<RadAlarm"));
    assert!(xml[1].contains("<CountData>220</CountData>") && xml[1].contains("<RadAlarm"));

    // It is handed to whoever may see vehicles.
    let stranger = world.browser();
    let path = |seq: u64| {
        let visit = screened.iter().find(|line| line.seq == seq).and_then(|line| line.visit);
        format!("/api/visits/{}/n42/{seq}", visit.unwrap().0)
    };
    let wanted = path(screened[1].seq);
    assert_eq!(stranger.get(&wanted).await.0, 401);
    assert_eq!(world.browser().sign_in("kim").await.get(&wanted).await.0, 403);
    let officer = world.browser().sign_in("bekov").await;
    let response = officer.request(Method::GET, &wanted).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let name = there.keys().nth(1).unwrap();
    assert_eq!(response.headers()["content-type"], "application/xml");
    assert_eq!(
        response.headers()["content-disposition"],
        format!("attachment; filename=\"{name}\"").as_str()
    );
    assert_eq!(&response.text().await.unwrap(), xml[1]);
    let (status, problem) = officer.get("/api/visits/1/n42/1").await;
    assert_eq!((status, &problem["code"]), (404, &"not_found".into()));

    // Somebody took one of them away; the next start brings neither it nor the other again.
    world.stop().await;
    std::fs::remove_file(folder.join(name)).unwrap();
    world.start().await;
    let officer = officer.moved_to(&world);
    assert_eq!(officer.get(&wanted).await.0, 404);
    let (mut line, _) = listener.accept().await.unwrap();
    says(&mut line, &vehicle()).await;
    let after = written(&folder, 2).await;
    assert_eq!(after.keys().next(), there.keys().next());
    assert!(!after.contains_key(name));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_gone_is_told_on_every_page_and_the_lane_goes_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let (folder, elsewhere) = (place.path().join("n42"), place.path().join("elsewhere"));
    // A folder outside of the agent's data is never made: a disk that is not mounted looks like that.
    let mut world =
        World::begin(&portal(&listener, &format!("folder = \"{}\"", folder.display()))).await;
    let engineer = world.browser().sign_in("kim").await;
    let told = async |state: &str| {
        until(state, async || {
            let (_, status) = engineer.get("/api/status").await;
            (status["documents"] == state).then_some(())
        })
        .await;
    };
    told("no_folder").await;
    let (mut line, _) = listener.accept().await.unwrap();
    says(&mut line, &vehicle()).await;
    world.wait_for("vehicle_screened", 1).await;
    assert!(!folder.exists());

    std::fs::create_dir(&folder).unwrap();
    says(&mut line, &source()).await;
    for (name, xml) in written(&folder, 2).await {
        is_sound(&name, &xml);
    }
    told("ok").await;

    std::fs::rename(&folder, &elsewhere).unwrap();
    std::fs::write(&folder, "a file in the place of the folder").unwrap();
    says(&mut line, &vehicle()).await;
    world.wait_for("vehicle_screened", 3).await;
    told("no_folder").await;
    let beat = engineer.listen(None).await.next("hb").await;
    assert_eq!(beat.data["documents"], "no_folder");
    assert_eq!(beat.data["recording"], "ok");

    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&elsewhere, &folder).unwrap();
    says(&mut line, &vehicle()).await;
    written(&folder, 4).await;
    told("ok").await;
    world.stop().await;
}

#[test]
fn a_tape_tells_of_every_portal_the_passages_that_the_journal_has() {
    let mut told = String::new();
    for &dialect in Dialect::ALL {
        if dialect.families() != [Family::Portal] {
            continue;
        }
        let (frames, settings) = good(dialect);
        let table = toml::Table::try_from(&settings).unwrap();
        let set = if table.is_empty() {
            String::new()
        } else {
            format!("settings = {}\n", toml::Value::Table(table))
        };
        let device = format!("dialect = \"{dialect}\"\n{set}connect = {{ tcp = \"127.0.0.1:1\" }}");
        let begin: Timestamp = "2026-05-21T06:00:00Z".parse().unwrap();
        let piece = |(number, bytes): (i64, Vec<u8>)| Piece {
            at: begin.checked_add(SignedDuration::from_millis(400 * number)).unwrap(),
            device: "portal-1".parse().unwrap(),
            bytes,
        };
        let pieces: Vec<Piece> = (0..).zip(frames).map(piece).collect();
        let entries = played_by(&device, &pieces);
        let config = Config::parse(Path::new("site.toml"), &configured(&device)).unwrap();
        let mut recorded = Recorded::new(&Source::of(&config.lines[0]));
        let mut heard: Vec<Passage> =
            pieces.iter().flat_map(|piece| recorded.piece(piece.at, &piece.bytes)).collect();
        let end = pieces.last().unwrap().at.checked_add(SignedDuration::from_secs(10)).unwrap();
        heard.extend(recorded.until(end));
        let about =
            About { instrument: Instrument::default(), zone: TimeZone::UTC, spectra: false };
        let mut kept = 0;
        for entry in &entries {
            let Event::VehicleScreened { device, screening, .. } = &entry.event else { continue };
            let (occupancy, lines) = &heard[kept];
            let began_and_ended = (occupancy.began, occupancy.ended, occupancy.gamma_lines);
            let expected = (screening.began, screening.ended, screening.gamma_lines);
            assert_eq!(began_and_ended, expected, "{dialect}");
            for taped in [None, Some(&heard[kept])] {
                let document = of_screening(device, screening, taped, &about);
                let findings = check(write(&document).as_bytes(), None).findings;
                assert!(findings.is_empty(), "{dialect}: {findings:?}");
            }
            let [gamma, neutron, states] =
                [lines.gamma.len(), lines.neutron.len(), lines.states.len()];
            told += &format!("{dialect}: {gamma} gamma, {neutron} neutron, {states} states\n");
            kept += 1;
        }
        assert_eq!(kept, heard.len(), "{dialect}");
    }
    expect![[r#"
        tsa: 1 gamma, 0 neutron, 0 states
        rs350: 0 gamma, 0 neutron, 1 states
        kromek-d5: 0 gamma, 0 neutron, 3 states
        aspect: 0 gamma, 0 neutron, 1 states
        aspect: 0 gamma, 0 neutron, 1 states
        spectroscopic-daily: 0 gamma, 0 neutron, 0 states
    "#]]
    .assert_eq(&told);
}

/// The agent as a site runs it.
fn program(config: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .args(["run", "--config"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn kill(mut agent: Child) {
    // SIGKILL: nothing is written down in order.
    agent.kill().unwrap();
    agent.wait().unwrap();
}

async fn screened(journal: &Path, count: usize) {
    let look = async || {
        let is_it = |line: &&checkpoint::view::JournalLine| line.kind == "vehicle_screened";
        let there = if journal.exists() { lines_of(journal) } else { Vec::new() };
        (there.iter().filter(is_it).count() >= count).then_some(())
    };
    until(&format!("{count} passages in the journal"), look).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kill_left_unwritten_is_written_after_the_start_and_nothing_twice() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| -> PathBuf { place.path().join(name) };
    let (folder, away) = (at("n42"), at("away"));
    std::fs::create_dir(&folder).unwrap();
    let text = site(&portal(&listener, &format!("folder = \"{}\"", folder.display())));
    std::fs::write(at("checkpoint.toml"), text).unwrap();
    let journal = at("data/journal.db");

    let agent = program(&at("checkpoint.toml"));
    let (mut line, _) = listener.accept().await.unwrap();
    says(&mut line, &vehicle()).await;
    let first = written(&folder, 1).await;
    // The second passage is durable, and the agent is killed before its document could be written.
    std::fs::rename(&folder, &away).unwrap();
    says(&mut line, &source()).await;
    screened(&journal, 2).await;
    kill(agent);
    std::fs::rename(&away, &folder).unwrap();
    let [(name, xml)] = &first.iter().collect::<Vec<_>>()[..] else { panic!("{first:?}") };
    // If it came again, it would have these words no more.
    std::fs::write(folder.join(name), "written before").unwrap();
    std::fs::write(folder.join("20260521T050023Z-portal-1-9.n42.draft"), "half a document")
        .unwrap();

    let agent = program(&at("checkpoint.toml"));
    let both = written(&folder, 2).await;
    assert_eq!(both[*name], "written before");
    let (second, missing) = both.iter().find(|(there, _)| there != name).unwrap();
    is_sound(second, missing);
    // The tape had not written what it held: the document has the sums, and says so.
    assert!(missing.contains("are not in the source of this document"), "{missing}");
    assert!(missing.contains("<RadAlarm") && !xml.contains("<RadAlarm"));
    let (mut line, _) = listener.accept().await.unwrap();
    says(&mut line, &vehicle()).await;
    written(&folder, 3).await;
    kill(agent);
    let drafts = || {
        let items = std::fs::read_dir(&folder).unwrap();
        let name = |item: std::io::Result<std::fs::DirEntry>| item.unwrap().file_name();
        items.map(name).filter(|name| name.to_string_lossy().ends_with(".draft")).count()
    };
    assert_eq!(drafts(), 0);
    std::fs::remove_file(folder.join(".written")).unwrap();
    std::fs::remove_file(folder.join(second)).unwrap();

    // A folder that does not say how far it is gets what is not there, and the tape of the agent that was killed is read.
    let agent = program(&at("checkpoint.toml"));
    let again = written(&folder, 3).await;
    assert_eq!(again[*name], "written before");
    assert!(again.contains_key(second));
    kill(agent);
}
