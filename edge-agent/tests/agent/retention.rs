//! Retention and accounting on a real journal file: what the commands print, what a kill leaves behind, what verification says.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use checkpoint::event::{Author, Entry, Event};
use checkpoint::ids::{ConsignmentNo, VisitId};
use checkpoint::input::{ClockQuality, Condition, Input};
use checkpoint::site::{Direction, Mode};
use edge_agent::agent::{Agent, Opened, open};
use edge_agent::config::{Config, PurgeSettings};
use edge_agent::journal::{self, Cursor, Grouping, Reader, Snapshot, Urgency, verify};
use edge_agent::purge::survey;
use edge_agent::terminal::live::Live;
use expect_test::{Expect, expect};
use jiff::Timestamp;
use serde_json::json;
use wire::Class;
use wire::entry::encode;

use crate::world::{World, lines_of, site};

/// A site whose journal began years ago.
pub(crate) struct Archive {
    folder: tempfile::TempDir,
}

fn opened(visit: u64, direction: Direction) -> Event {
    Event::VisitOpened {
        visit: VisitId(visit),
        number: format!("55301-2020-{visit:06}"),
        lane: "1".parse().unwrap(),
        mode: Mode::Road,
        direction,
    }
}

fn left(visit: u64) -> Event {
    Event::VehicleLeft { visit: VisitId(visit) }
}

fn goods(visit: u64) -> Event {
    let (visit, consignment) = (VisitId(visit), ConsignmentNo(1));
    Event::ConsignmentRecorded { visit, consignment, gross: None }
}

impl Archive {
    /// Three days of March 2020: two vehicles without goods that left, and goods that came in and are still here; then a day of 2026.
    fn begun() -> Archive {
        Archive::of(&[
            ("2020-03-02T10:00:00+06:00", opened(1, Direction::Outbound)),
            (
                "2020-03-02T10:01:00+06:00",
                Event::LaneLeft { lane: "1".parse().unwrap(), visit: VisitId(1) },
            ),
            ("2020-03-02T11:00:00+06:00", left(1)),
            ("2020-03-03T10:00:00+06:00", opened(2, Direction::Outbound)),
            ("2020-03-03T11:00:00+06:00", left(2)),
            ("2020-03-04T10:00:00+06:00", opened(3, Direction::Inbound)),
            ("2020-03-04T10:01:00+06:00", goods(3)),
            ("2026-11-01T10:00:00+05:00", opened(4, Direction::Outbound)),
            ("2026-11-01T11:00:00+05:00", left(4)),
        ])
    }

    pub(crate) fn of(told: &[(&str, Event)]) -> Archive {
        let archive = Archive { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir_all(archive.folder.path().join("data")).unwrap();
        std::fs::write(archive.config_file(), site("")).unwrap();
        let Opened { journal, mut head, .. } = open(&archive.journal()).unwrap();
        let (mut writer, errands) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
        for (at, event) in told {
            let entry = Entry {
                seq: head.seq + 1,
                at: at.parse::<Timestamp>().unwrap(),
                clock: ClockQuality::Synchronised,
                author: Author::Agent,
                event: event.clone(),
            };
            let body = encode(&entry, head.epoch, head.hash);
            let kept = journal::Entry::after(&head, Class::Bulk, body).unwrap();
            head = kept.head();
            drop(writer.append(vec![kept], Urgency::MayWait).unwrap());
        }
        errands.acknowledge(Cursor::Hub, head.seq).unwrap().wait().unwrap();
        writer.close().unwrap();
        archive
    }

    fn config_file(&self) -> PathBuf {
        self.folder.path().join("checkpoint.toml")
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.folder.path().join("data/journal.db")
    }

    /// What a command prints, without names that are others each time.
    fn typed(&self, arguments: &[&str]) -> String {
        let config = self.config_file();
        let output = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
            .args(arguments.iter().map(|word| match *word {
                "CONFIG" => config.as_os_str().to_owned(),
                "JOURNAL" => self.journal().into_os_string(),
                "DATA" => self.folder.path().join("data").into_os_string(),
                word => word.into(),
            }))
            .output()
            .unwrap();
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let steady = |line: &&str| !line.starts_with("epoch ") && !line.starts_with("head ");
        let lines: Vec<String> = told
            .lines()
            .filter(steady)
            .map(|line| match line.split_once(" were purged, entry ") {
                // The moment of the purge is now.
                Some((before, after)) => {
                    let rule = after.rsplit_once('(').map_or("", |(_, rule)| rule);
                    format!("{before} were purged ({rule}")
                }
                None => line.to_owned(),
            })
            .collect();
        format!("{}\nexit {}\n", lines.join("\n"), output.status.code().unwrap())
    }

    fn check(&self, arguments: &[&str], expected: Expect) {
        expected.assert_eq(&self.typed(arguments));
    }
}

#[test]
fn old_days_go_and_what_stands_in_the_way_is_told() {
    let archive = Archive::begun();
    let dry = ["journal", "purge", "--config", "CONFIG", "--dry-run"];
    archive.check(
        &dry,
        expect![[r#"
        entries 1 to 5 would go: all before 2020-03-04 (REC-1, art. 187.5/1)
          entry 6 stays: visit 55301-2020-000003, the vehicle is here (art. 186.6)
          from entry 8 on all are younger: kept until 2031-11-04 00:00:00 (REC-1, art. 187.5/1)
        exit 0
    "#]],
    );
    archive.check(
        &[&dry[..], &["--before", "2020-03-03"]].concat(),
        expect![[r#"
        entries 1 to 3 would go: all before 2020-03-03 (REC-1, art. 187.5/1)
          from entry 4 on nothing was asked about
        exit 0
    "#]],
    );
    archive.check(
        &[&dry[..], &["--at", "2025-03-01T00:00:00+05:00"]].concat(),
        expect![[r#"
        nothing may go
          from entry 1 on all are younger: kept until 2025-03-04 00:00:00 (REC-1, art. 187.5/1)
        exit 0
    "#]],
    );
    archive.check(
        &["journal", "verify", "JOURNAL"],
        expect![[r#"
        9 entries, 0 signed heads
        no site.pub beside it: signatures were not checked
        the chain is whole
        exit 0
    "#]],
    );

    archive.check(
        &["journal", "purge", "--config", "CONFIG"],
        expect![[r#"
        entries 1 to 5 go: all before 2020-03-04 (REC-1, art. 187.5/1)
          entry 6 stays: visit 55301-2020-000003, the vehicle is here (art. 186.6)
          from entry 8 on all are younger: kept until 2031-11-04 00:00:00 (REC-1, art. 187.5/1)
        5 entries are gone
        exit 0
    "#]],
    );
    archive.check(
        &["journal", "verify", "JOURNAL"],
        expect![[r#"
        5 entries, 0 signed heads
        no site.pub beside it: signatures were not checked
        first 6: those before were purged (REC-1, art. 187.5/1)
        the chain is whole from entry 6 on
        exit 0
    "#]],
    );
    archive.check(
        &["journal", "purge", "--config", "CONFIG"],
        expect![[r#"
        nothing may go
          entry 6 stays: visit 55301-2020-000003, the vehicle is here (art. 186.6)
          from entry 8 on all are younger: kept until 2031-11-04 00:00:00 (REC-1, art. 187.5/1)
        exit 0
    "#]],
    );
    let kinds: Vec<String> = lines_of_rest(&archive.journal());
    expect![[r#"
        6 visit_opened
        7 consignment_recorded
        8 visit_opened
        9 vehicle_left
        10 journal_purged"#]]
    .assert_eq(&kinds.join("\n"));

    // It opens, knows who is here, and goes on.
    let opened = open(&archive.journal()).unwrap();
    assert!(opened.checkpoint.visit_state(VisitId(3)).unwrap().is_here());
    drop(opened);
    archive.check(
        &["goods", "--data-dir", "DATA"],
        expect![[r#"
            55301-2020-000003, no plate, consignment 1: under control, at_place_of_arrival
              since 2020-03-04 04:00:00 (art. 185.1)
                held: not_presented (art. 252.4)
            exit 0
        "#]],
    );
}

/// Kinds of the entries that are there, with their numbers.
fn lines_of_rest(journal: &Path) -> Vec<String> {
    let reader = Reader::open(journal).unwrap();
    let mut lines = Vec::new();
    for entry in reader.scan(1, 1000).unwrap() {
        if let Ok(wire::entry::Decoded::Entry(entry)) = wire::entry::decode(entry.body()) {
            let line = checkpoint::view::JournalLine::of(&entry);
            lines.push(format!("{} {}", line.seq, line.kind));
        }
    }
    lines
}

#[test]
fn the_accounting_of_a_past_moment_is_that_of_then() {
    let archive = Archive::begun();
    let at = |at| ["goods", "--data-dir", "DATA", "--csv", "--at", at];
    archive.check(&at("2020-03-04T10:00:30+06:00"), expect![[r#"
        visit,number,plate,mode,direction,consignment,course,standing,since,since_article,until,until_article,gross_kg,flags,at,operation,article,officer,reference,open_terms,holds
        exit 0
    "#]]);
    archive.check(&at("2020-03-04T12:00:00+06:00"), expect![[r#"
        visit,number,plate,mode,direction,consignment,course,standing,since,since_article,until,until_article,gross_kg,flags,at,operation,article,officer,reference,open_terms,holds
        3,55301-2020-000003,,road,inbound,1,at_place_of_arrival,under_control,2020-03-04T04:00:00+00:00,185.1,,,,,,,,,,,not_presented
        exit 0
    "#]]);
    archive.check(&at("2020-03-04T12:00:00"), expect![[r#"
        error: invalid value '2020-03-04T12:00:00' for '--at <AT>': "2020-03-04T12:00:00" does not say where on the earth it is so late: write an offset, such as 2025-03-12T10:00:00+05:00, or the zone as well, such as 2025-03-12T10:00:00+05:00[Asia/Almaty]

        For more information, try '--help'.
        exit 2
    "#]]);
}

#[test]
fn what_the_hub_has_not_acknowledged_stays() {
    let archive = Archive::begun();
    rusqlite::Connection::open(archive.journal())
        .unwrap()
        .execute("UPDATE cursors SET seq = 3", [])
        .unwrap();
    let dry = ["journal", "purge", "--config", "CONFIG", "--dry-run"];
    archive.check(
        &dry,
        expect![[r#"
        entries 1 to 3 would go: all before 2020-03-03 (REC-1, art. 187.5/1)
          from entry 4 on the hub has not acknowledged what it was sent
        exit 0
    "#]],
    );
}

#[test]
fn a_beginning_that_is_gone_without_a_purge_is_no_whole_journal() {
    let archive = Archive::begun();
    let connection = rusqlite::Connection::open(archive.journal()).unwrap();
    connection
        .execute_batch(
            "INSERT INTO trimmed (only, seq, hash) SELECT 1, seq, hash FROM entries WHERE seq = 3;
             DELETE FROM entries WHERE seq <= 3;",
        )
        .unwrap();
    drop(connection);
    archive.check(
        &["journal", "verify", "JOURNAL"],
        expect![[r#"
        6 entries, 0 signed heads
        no site.pub beside it: signatures were not checked
        first 4: those before are gone, and no entry says that they were purged
        exit 1
    "#]],
    );
}

/// Records a purge, as the command does before anything goes, and tells what would have followed.
fn record(archive: &Path) {
    let config = Config::load(&archive.join("checkpoint.toml")).unwrap();
    let rules = Arc::new(edge_agent::rules::rules(&config).unwrap());
    let Opened { journal, checkpoint, head, .. } = open(&archive.join("data/journal.db")).unwrap();
    let reader = journal.reader().unwrap();
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let settings = PurgeSettings::default();
    let found = survey(&reader, &rules, settings, now, None, Some(&checkpoint)).unwrap();
    let (purge, _) = found.free.unwrap();
    let (writer, errands) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
    let mut agent = Agent::new(checkpoint, rules, writer, Live::new(head.epoch, head.seq));
    let noticed = Input::Noticed(Condition::JournalPurge(purge));
    agent.step(now, ClockQuality::Synchronised, &noticed).unwrap();
    // What is kept after it in the same queue is durable after it.
    let seq = agent.checkpoint().seq();
    errands.save_snapshot(Snapshot { seq, format: 99, state: vec![0] }).unwrap().wait().unwrap();
    println!("\nrecorded");
    std::thread::sleep(std::time::Duration::from_secs(60));
}

/// The child's side of the next test: nothing, unless its parent says which archive.
#[test]
fn child_records_a_purge_and_waits_to_be_killed() {
    if let Some(archive) = std::env::var_os("BEKET_PURGE_CHILD") {
        record(Path::new(&archive));
    }
}

#[test]
fn a_kill_between_the_record_and_the_trimming_loses_nothing_and_the_next_purge_ends_it() {
    let archive = Archive::begun();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "retention::child_records_a_purge_and_waits_to_be_killed", "--nocapture"])
        .env("BEKET_PURGE_CHILD", archive.folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "recorded"));
    child.kill().unwrap();
    child.wait().unwrap();
    let verified = verify(&archive.journal(), None, &mut |_| {}).unwrap();
    assert_eq!((verified.origin.seq, verified.entries, verified.damage), (0, 10, vec![]));
    archive.check(
        &["journal", "purge", "--config", "CONFIG"],
        expect![[r#"
        entries 1 to 5 go: all before 2020-03-04 (REC-1, art. 187.5/1)
          entry 6 stays: visit 55301-2020-000003, the vehicle is here (art. 186.6)
          from entry 8 on all are younger: kept until 2031-11-04 00:00:00 (REC-1, art. 187.5/1)
        5 entries are gone
        exit 0
    "#]],
    );
    archive.check(
        &["journal", "verify", "JOURNAL"],
        expect![[r#"
        6 entries, 0 signed heads
        no site.pub beside it: signatures were not checked
        first 6: those before were purged (REC-1, art. 187.5/1)
        the chain is whole from entry 6 on
        exit 0
    "#]],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_under_control_are_on_the_page_and_in_the_table() {
    let mut world = World::begin("").await;
    let officer = world.browser();
    assert_eq!(officer.get("/api/goods").await.0, 401);
    let officer = officer.sign_in("bekov").await;
    let open = json!({ "kind": "open_visit", "lane": "1", "plate": "123ABC02" });
    assert_eq!(officer.order("press-000001", open).await.0, 200);
    let present = json!({ "kind": "present_goods", "visit": 1, "consignments": [] });
    assert_eq!(officer.order("press-000002", present).await.0, 200);
    world.wait_for("goods_presented", 1).await;
    let (status, goods) = officer.get("/api/goods?state=under_control&plate=123").await;
    assert_eq!(status, 200, "{goods}");
    assert_eq!(goods[0]["standing"], "under_control");
    assert_eq!(goods[0]["since_article"], "185.1");
    assert_eq!(goods[0]["operations"][0]["what"], "goods_presented");
    assert_eq!(goods[0]["operations"][0]["officer"], "bekov");
    let (_, none) = officer.get("/api/goods?plate=999").await;
    assert_eq!(none, json!([]));
    let (status, table) = officer.get("/api/goods?as=csv").await;
    assert_eq!(status, 200);
    let table = table.as_str().unwrap();
    assert!(table.starts_with("visit,number,plate,"), "{table}");
    assert!(table.contains(",goods_presented,252.4,bekov,"), "{table}");
    for wrong in ["state=lost", "since=2026-11-20T12:00", "until=tomorrow"] {
        let (status, problem) = officer.get(&format!("/api/goods?{wrong}")).await;
        assert_eq!((status, &problem["code"]), (400, &json!("bad_request")), "{wrong}: {problem}");
    }
    world.stop().await;
    assert!(lines_of(&world.journal()).iter().any(|line| line.kind == "goods_presented"));
}
