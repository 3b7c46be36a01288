//! The JSON interface, the stream of the screens, and the command line.

use std::path::Path;
use std::process::Command;

use checkpoint::event::{ActFacts, Event};
use checkpoint::ids::{ActId, ConsignmentNo, VisitId};
use checkpoint::input::order::Answer;
use checkpoint::view::GoodsUnderControl;
use hub::config::Config;
use hub::overview::{CheckpointPage, Link, Overview, RawEntry};
use hub::serve::Hub;
use hub::store::Database;
use serde_json::Value;
use wire::sync::Class;

use crate::edge::{Journal, Stream, alarm, vehicle};

/// A hub with one checkpoint: three vehicles, one alarm.
async fn hub(folder: &Path) -> (Hub, Stream) {
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        ingest: ([127, 0, 0, 1], 0).into(),
        database: Database::File(folder.join("hub.db")),
        ..Config::shipped(folder)
    };
    let hub = Hub::start(&config).await.unwrap();
    let mut journal = Journal::begin(1);
    (1..=3).for_each(|number| journal.write(vehicle(number)));
    journal.write(alarm(1));
    let mut stream = Stream::open(hub.ingest, "a", &journal).await;
    stream.answer().await;
    stream.send(Class::Bulk, (1..=4).map(|seq| journal.body(seq)).collect()).await;
    assert_eq!(stream.answer().await, "stored through 4");
    (hub, stream)
}

async fn ask(hub: &Hub, path: &str) -> reqwest::Response {
    reqwest::get(format!("http://{}{path}", hub.listen)).await.unwrap()
}

#[tokio::test]
async fn pages_show_what_was_reported() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, _stream) = hub(folder.path()).await;

    let overview: Overview = ask(&hub, "/api/overview").await.json().await.unwrap();
    assert_eq!(overview.checkpoints.len(), 1);
    assert_eq!(overview.checkpoints[0].link, Link::Online);
    assert_eq!(overview.checkpoints[0].title, "A");
    let numbers: Vec<&str> = overview.arrivals.iter().map(|it| it.number.as_str()).collect();
    assert_eq!(numbers, ["50101-26-000003", "50101-26-000002", "50101-26-000001"]);
    assert!(overview.arrivals.iter().all(|it| it.received_ms > 0 && it.recorded_ms == it.at_ms));
    assert_eq!(overview.alarms.len(), 1);

    let page: CheckpointPage = ask(&hub, "/api/checkpoints/a").await.json().await.unwrap();
    assert_eq!((page.card.stored_seq, page.snapshot.seq, page.snapshot.visits.len()), (4, 4, 3));
    let visit: Value = ask(&hub, "/api/checkpoints/a/visits/2").await.json().await.unwrap();
    assert_eq!(visit["row"]["number"], "50101-26-000002");
    let entries: Vec<RawEntry> =
        ask(&hub, "/api/checkpoints/a/entries?from=3&limit=5").await.json().await.unwrap();
    let kinds: Vec<_> = entries.iter().map(|it| (it.seq, it.kind.as_str())).collect();
    assert_eq!(kinds, [(3, "visit_opened"), (4, "alarm_raised")]);
    let health: Value = ask(&hub, "/health").await.json().await.unwrap();
    assert_eq!(health["store"], true);
    let document: Value = ask(&hub, "/openapi.json").await.json().await.unwrap();
    assert_eq!(document["info"]["title"], "Beket hub");

    for path in
        ["/api/checkpoints/b", "/api/checkpoints/A", "/api/checkpoints/a/visits/9", "/assets/no.js"]
    {
        assert_eq!(ask(&hub, path).await.status(), 404, "{path}");
    }
    hub.stop().await;
}

#[tokio::test]
async fn the_stream_says_hello_then_the_overview_then_that_the_hub_lives() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, _stream) = hub(folder.path()).await;
    let mut answer = ask(&hub, "/api/events").await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    // The first overview may be of the moment before the checkpoint came.
    while !(text.contains("\"id\":\"a\"") && text.contains("event: hb") && text.ends_with("\n\n")) {
        text += str::from_utf8(&answer.chunk().await.unwrap().unwrap()).unwrap();
    }
    assert!(text.starts_with("event: hello\n"), "{text}");
    let overview = text.rsplit("event: overview\ndata: ").next().unwrap().lines().next().unwrap();
    let overview: Overview = serde_json::from_str(overview).unwrap();
    assert_eq!(overview.checkpoints[0].id, "a");
    hub.stop().await;
}

#[tokio::test]
async fn verify_tells_by_its_answer_whether_the_chains_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, _stream) = hub(folder.path()).await;
    hub.stop().await;
    let file = folder.path().join("hub.db");
    let verify = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hub"));
        let output = command.args(["verify", "--database"]).arg(&file).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = verify();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("4 entries, whole"), "{said}");

    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    sqlx::query("UPDATE entries SET at_us = at_us + 1 WHERE seq = 3").execute(&pool).await.unwrap();
    pool.close().await;
    let (code, said) = verify();
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("BROKEN after entry 2: entry 3: the stored time"), "{said}");
}

#[tokio::test]
async fn goods_under_control_are_those_of_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        ingest: ([127, 0, 0, 1], 0).into(),
        database: Database::File(folder.path().join("hub.db")),
        ..Config::shipped(folder.path())
    };
    let hub = Hub::start(&config).await.unwrap();
    let mut journal = Journal::begin(1);
    journal.write(vehicle(1));
    journal.write(Event::ConsignmentRecorded {
        visit: VisitId(1),
        consignment: ConsignmentNo(1),
        gross: None,
    });
    journal.write(Event::GoodsPresented {
        visit: VisitId(1),
        consignment: ConsignmentNo(1),
        as_of: None,
    });
    let mut stream = Stream::open(hub.ingest, "a", &journal).await;
    stream.answer().await;
    stream.send(Class::Bulk, (1..=3).map(|seq| journal.body(seq)).collect()).await;
    assert_eq!(stream.answer().await, "stored through 3");

    let goods: Vec<GoodsUnderControl> =
        ask(&hub, "/api/checkpoints/a/goods?state=under_control").await.json().await.unwrap();
    let what: Vec<_> = goods.iter().map(|it| (it.number.as_str(), it.consignment.0)).collect();
    assert_eq!(what, [("50101-26-000001", 1)]);
    let ended = ask(&hub, "/api/checkpoints/a/goods?state=ended").await.text().await.unwrap();
    assert_eq!(ended, "[]");
    let table = ask(&hub, "/api/checkpoints/a/goods?as=csv").await;
    assert_eq!(table.headers()["content-type"], "text/csv; charset=utf-8");
    assert!(table.text().await.unwrap().starts_with("visit,number,plate,"));
    assert_eq!(ask(&hub, "/api/checkpoints/a/goods?since=yesterday").await.status(), 400);
    assert_eq!(ask(&hub, "/api/checkpoints/b/goods").await.status(), 404);
}

/// Nobody who reads a dashboard is known by name: what risk management said is on none (art. 219.4).
#[tokio::test]
async fn a_dashboard_never_shows_why_a_vehicle_was_inspected() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, mut stream) = hub(folder.path()).await;
    let mut journal = Journal::begin(1);
    (1..=3).for_each(|number| journal.write(vehicle(number)));
    journal.write(alarm(1));
    let act = |number: u64, kind: &str, answers: [(&str, &str); 2]| Event::ActRecorded {
        act: Box::new(ActFacts {
            act: ActId(number),
            kind: kind.to_owned(),
            number: None,
            article: "216.1, 219.4".to_owned(),
            edition: "KZ-CC-2010".to_owned(),
            visit: Some(VisitId(1)),
            consignments: Vec::new(),
            as_of: "2026-11-21T02:50:00Z".parse().unwrap(),
            answers: answers
                .into_iter()
                .map(|(field, text)| (field.to_owned(), Answer::Text(text.to_owned())))
                .collect(),
            effects: Vec::new(),
            validity: None,
            corrects: None,
        }),
    };
    journal.write(act(
        1,
        "risk_instruction",
        [("instruction", "PLANTED-1"), ("profile_id", "PLANTED-2")],
    ));
    journal.write(act(2, "escort_decided", [("escort_ground", "PLANTED-3"), ("reason", "told")]));
    stream.send(Class::Bulk, (5..=6).map(|seq| journal.body(seq)).collect()).await;
    assert_eq!(stream.answer().await, "stored through 6");

    for path in [
        "/api/overview",
        "/api/checkpoints/a",
        "/api/checkpoints/a/visits/1",
        "/api/checkpoints/a/entries?from=1&limit=50",
        "/api/checkpoints/a/goods",
        "/api/checkpoints/a/goods?as=csv",
    ] {
        let answer = ask(&hub, path).await;
        assert_eq!(answer.status(), 200, "{path}");
        let text = answer.text().await.unwrap();
        for marker in ["PLANTED", "risk_instruction"] {
            assert!(!text.contains(marker), "{marker} is in {path}: {text}");
        }
    }
    let visit: Value = ask(&hub, "/api/checkpoints/a/visits/1").await.json().await.unwrap();
    assert_eq!(visit["acts"][0]["kind"], "escort_decided", "{visit}");
    assert_eq!(visit["acts"][0]["answers"]["reason"]["value"], "told", "{visit}");
    let entries: Vec<RawEntry> =
        ask(&hub, "/api/checkpoints/a/entries?from=5").await.json().await.unwrap();
    assert_eq!(entries.len(), 2, "the entry is there, with its hash");
    hub.stop().await;
}
