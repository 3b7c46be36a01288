//! An officer ends a weighing axle by axle: from the page to the scale's task and back into the journal, whatever became of the line.

use checkpoint::view::JournalLine;
use firmware_protocols::weighbridge::{Display, Kind, Stability, comma};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use units::MassUnit;

use crate::world::{Browser, World};

fn scale(port: u16) -> String {
    format!(
        "[[device]]
id = \"scale-1\"
lane = \"1\"
title = \"Scale\"
dialect = \"cas\"
connect = {{ tcp = \"127.0.0.1:{port}\" }}
silence_limit_s = 86400
axles = {{ no_weight_s = 600 }}
"
    )
}

async fn begin() -> (World, TcpListener, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let world = World::begin(&scale(listener.local_addr().unwrap().port())).await;
    let line = listener.accept().await.unwrap().0;
    (world, listener, line)
}

async fn axle(line: &mut TcpStream, kg: u32) {
    for kg in [kg, 0] {
        let (flavour, unit) = (comma::Flavour::Cas, MassUnit::Kilogram);
        let display = Display::Value(kg.into());
        let frame = comma::encode(flavour, display, Kind::Gross, Stability::Stable, unit);
        line.write_all(&frame.unwrap()).await.unwrap();
    }
}

async fn end(officer: &Browser, press: &str, outcome: &str) -> (u16, Value) {
    let order = json!({ "kind": "end_weighing", "device": "scale-1", "outcome": outcome, "reason": "it has gone" });
    officer.order(press, order).await
}

fn with<'a>(line: &'a JournalLine, key: &str) -> &'a str {
    line.with.get(key).map_or("", String::as_str)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_ends_a_weighing_and_the_sum_is_the_weight() {
    let (mut world, _listener, mut line) = begin().await;
    let officer = world.browser().sign_in("bekov").await;
    let (status, refused) = end(&officer, "weighing-0001", "counted").await;
    assert_eq!((status, &refused["refusal"]["code"]), (409, &json!("no_weighing")), "{refused}");
    axle(&mut line, 7180).await;
    axle(&mut line, 9200).await;
    world.wait_for("weighing_began", 1).await;
    let (_, snapshot) = officer.get("/api/snapshot").await;
    let open = &snapshot["snapshot"]["lanes"][0]["weighings"][0];
    assert_eq!((&open["device"], &open["visit"]), (&json!("scale-1"), &json!(1)), "{snapshot}");
    // The second axle may still be on its way to us.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(end(&officer, "weighing-0002", "counted").await.0, 200);
    let weighed = world.wait_for("vehicle_weighed", 1).await;
    assert_eq!((with(&weighed[0], "gross_kg"), with(&weighed[0], "axles")), ("16380", "2"));
    let ended = world.wait_for("weighing_ended", 1).await;
    assert_eq!(with(&ended[0], "reason"), "it has gone");
    assert_eq!(ended[0].officer.as_ref().map(|officer| officer.as_str()), Some("bekov"));
    let (status, _) = end(&officer, "weighing-0003", "discarded").await;
    assert_eq!(status, 409, "it is over");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_after_devices_ends_no_weighing() {
    let (mut world, _listener, mut line) = begin().await;
    let engineer = world.browser().sign_in("kim").await;
    axle(&mut line, 7180).await;
    world.wait_for("weighing_began", 1).await;
    assert_eq!(end(&engineer, "weighing-0001", "discarded").await.0, 403);
    assert_eq!(world.count("weighing_ended"), 0);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weighing_is_ended_though_its_line_is_cut_or_the_agent_began_anew() {
    let (mut world, listener, mut line) = begin().await;
    let officer = world.browser().sign_in("bekov").await;
    axle(&mut line, 7180).await;
    world.wait_for("weighing_began", 1).await;
    drop((line, listener));
    world.wait_for("device_health_changed", 2).await;
    assert_eq!(end(&officer, "weighing-0001", "discarded").await.0, 200);
    let refused = world.wait_for("weighing_refused", 1).await;
    assert_eq!((with(&refused[0], "refusal"), with(&refused[0], "axles")), ("discarded", "1"));
    world.stop().await;

    // The agent that begins anew knows of no axles; that there was a weighing it knows from the journal.
    let (mut world, listener, mut line) = begin().await;
    axle(&mut line, 7180).await;
    world.wait_for("weighing_began", 1).await;
    drop((line, listener));
    world.stop().await;
    world.start().await;
    let officer = world.browser().sign_in("bekov").await;
    assert_eq!(end(&officer, "weighing-0002", "counted").await.0, 200);
    let refused = world.wait_for("weighing_refused", 1).await;
    assert_eq!((with(&refused[0], "refusal"), with(&refused[0], "axles")), ("incomplete", ""));
    world.stop().await;
}
