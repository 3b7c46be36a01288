//! The disk: a restart goes on where it stopped, and a disk that fails is said in large letters.

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::capture::{background, source};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_goes_on_where_it_stopped() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    officer
        .order("press-000001", json!({ "kind": "open_visit", "lane": "1", "plate": "123ABC02" }))
        .await;
    let (_, before) = officer.get("/api/snapshot").await;
    world.stop().await;
    world.start().await;
    let officer = officer.moved_to(&world);
    world.wait_for("agent_started", 2).await;
    let (_, after) = officer.get("/api/snapshot").await;
    assert_eq!(before["epoch"], after["epoch"]);
    assert_eq!(before["snapshot"]["visits"], after["snapshot"]["visits"]);
    let verified = edge_agent::journal::verify(&world.journal(), None, &mut |_| {}).unwrap();
    assert_eq!(verified.damage, []);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_recording_fails_the_alarm_stays_pages_are_told_and_nothing_more_is_decided() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let device = format!(
        "[[device]]\nid = \"portal-1\"\nlane = \"1\"\ntitle = \"P\"\ndialect = \"tsa\"\nconnect = {{ tcp = \"127.0.0.1:{port}\" }}\nsilence_limit_s = 15"
    );
    let mut world = World::begin(&device).await;
    let officer = world.browser().sign_in("bekov").await;
    let (mut portal, _) = listener.accept().await.unwrap();
    portal.write_all(background().as_bytes()).await.unwrap();
    world.wait_for("background_changed", 1).await;
    let mut stream = officer.listen(None).await;
    assert_eq!(stream.any().await.event, "hello");

    // Somebody else holds the file, and does not let go: to the agent that is a disk that does not answer.
    let thief = rusqlite::Connection::open(world.journal()).unwrap();
    thief.execute_batch("BEGIN IMMEDIATE").unwrap();
    portal.write_all(source().as_bytes()).await.unwrap();
    let ringing = stream.next("alarm").await;
    assert_eq!(ringing.data["alarm"]["being_recorded"], true);
    let lost = stream.next("lost").await;
    assert!(
        lost.data["reason"].as_str().is_some_and(|reason| reason.contains("journal.db")),
        "{lost:?}"
    );

    // Whoever opens a page now is told the same, and the alarm is still there.
    let mut late = officer.listen(None).await;
    assert_eq!(late.any().await.event, "hello");
    assert_eq!(late.any().await.event, "alarm");
    late.next("lost").await;
    let (status, _) = officer
        .order("press-000001", json!({ "kind": "open_visit", "lane": "1", "plate": null }))
        .await;
    assert_eq!(status, 503);
    let ended = world.running.as_mut().unwrap().ended().await;
    assert!(ended.is_err(), "the process ends with an error, and its manager starts it anew");
    assert_eq!(world.count("alarm_raised"), 0, "what was not kept was never told to be");
}
