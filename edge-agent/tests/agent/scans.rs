//! What scanners hand over reaches the page of the vehicle, whole and at once, and whoever looks after devices learns nothing of it.

use std::fmt::Write;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::world::{Browser, World, answer};

const SCANNERS: &str = "[[device]]
id = \"codes-1\"
lane = \"1\"
title = \"Codes\"
dialect = \"barcode\"
connect = { http_push = true }
silence_limit_s = 86400
[[device]]
id = \"passports-1\"
lane = \"1\"
title = \"Passports\"
dialect = \"mrz\"
connect = { http_push = true }
silence_limit_s = 86400
[[device]]
id = \"xray-1\"
lane = \"1\"
title = \"X-rays\"
dialect = \"xray\"
connect = { http_push = true }
silence_limit_s = 86400
";
const PASSPORT: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n";
/// What of a passport tells one traveller from another.
const PERSONAL: [&str; 1] = ["L898902C3"];

/// Answered means durable: nobody has to wait for it.
async fn push(world: &World, device: &str, body: String) {
    let ingest = world.running.as_ref().unwrap().ingest;
    let request = reqwest::Client::new().post(format!("http://{ingest}/push/{device}"));
    assert_eq!(answer(request.body(body)).await.0, 200, "{device}");
}

async fn opened(officer: &Browser) {
    let order = json!({ "kind": "open_visit", "lane": "1", "plate": "123ABC02" });
    assert_eq!(officer.order("scans-0001", order).await.0, 200);
}

async fn scans(officer: &Browser) -> Vec<Value> {
    let (status, visit) = officer.get("/api/visits/1").await;
    assert_eq!(status, 200, "{visit}");
    visit["scans"].as_array().unwrap().clone()
}

fn inspection() -> Value {
    json!({
        "v": 1, "scan": "X-000123", "scanner": "XR-1", "operator": "op-3", "started": "2026-05-21T11:00:00Z",
        "ended": "2026-05-21T11:01:10Z", "direction": "inbound", "vehicle": "123 ABC 02", "containers": ["CSQU3054383"],
        "file": { "kind": "uff3", "sha256": "9f".repeat(32), "bytes": 48_211_333, "uri": "https://xr-1.example/scans/000123.uff" },
        "conclusion": {
            "code": "suspicious", "by": "operator", "who": "op-7", "at": "2026-05-21T11:03:00Z", "text": "dense block",
            "regions": [{ "left": 120, "top": 300, "width": 80, "height": 90, "remark": "block" }]
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_on_the_page_of_the_vehicle_as_soon_as_it_is_recorded() {
    let mut world = World::begin(SCANNERS).await;
    let officer = world.browser().sign_in("bekov").await;
    opened(&officer).await;
    let mut stream = officer.listen(None).await;
    push(&world, "codes-1", "CSQU3054383\r\n".to_owned()).await;
    push(&world, "codes-1", "CSQU3054383\r\n".to_owned()).await;
    loop {
        let sent = stream.any().await;
        if sent.data["line"]["kind"] == "scan_repeated" {
            assert_eq!(sent.data["visits"][0]["id"], 1, "its page is told to look");
            assert_eq!(sent.data["lanes"][0]["scans"][0]["times"], 2);
            break;
        }
    }
    let [scan] = &scans(&officer).await[..] else { panic!("a double scan is one") };
    assert_eq!(
        (&scan["what"], &scan["value"], &scan["checked"], &scan["times"]),
        (&json!("container"), &json!("CSQU3054383"), &json!("check_digit"), &json!(2))
    );
    push(&world, "codes-1", "CSQU3054384\r\n".to_owned()).await;
    assert_eq!(scans(&officer).await[0]["checked"], "wrong_digit");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_an_x_ray_system_handed_over_is_on_the_page_and_only_its_own_alarm_rings() {
    let mut world = World::begin(SCANNERS).await;
    let officer = world.browser().sign_in("bekov").await;
    opened(&officer).await;
    push(&world, "xray-1", inspection().to_string()).await;
    let [scan] = &scans(&officer).await[..] else { panic!("one inspection") };
    assert_eq!(
        scan["inspection"],
        json!({
            "conclusion": "suspicious", "judge": "operator", "judged_by": "op-7", "judged_ms": 1_779_361_380_000_i64,
            "remark": "dense block", "regions": [{ "left": 120, "top": 300, "width": 80, "height": 90, "remark": "block" }],
            "scanner": "XR-1", "operator": "op-3", "started_ms": 1_779_361_200_000_i64, "ended_ms": 1_779_361_270_000_i64,
            "direction": "inbound", "vehicle": "123 ABC 02", "containers": ["CSQU3054383"], "image": "uff3",
            "image_bytes": 48_211_333, "image_sha256": "9f".repeat(32), "image_uri": "https://xr-1.example/scans/000123.uff"
        })
    );
    assert_eq!(world.count("alarm_raised"), 0, "a suspicion is a message to the officer");
    let mut own = inspection();
    own["conclusion"] = json!({ "code": "alarm", "by": "auto" });
    push(&world, "xray-1", own.to_string()).await;
    let raised = world.wait_for("alarm_raised", 1).await;
    assert_eq!(raised[0].with.get("cause").map(String::as_str), Some("scan"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_travel_document_officers_see_the_number_and_those_who_look_after_devices_nothing() {
    let mut world = World::begin(SCANNERS).await;
    let officer = world.browser().sign_in("bekov").await;
    let engineer = world.browser().sign_in("kim").await;
    let mut stream = engineer.listen(None).await;
    opened(&officer).await;
    push(&world, "passports-1", PASSPORT.to_owned()).await;
    let seen = format!("{:?}", scans(&officer).await);
    for word in PERSONAL {
        assert!(seen.contains(word), "{word} is not in {seen}");
    }
    for private in ["ERIKSSON", "ANNA", "740812", "1974", "ZE184226B"] {
        assert!(!seen.contains(private), "nobody needs {private}");
    }
    let head = world.lines().last().unwrap().seq;
    for path in ["/api/snapshot", "/api/visits/1", "/api/visits/1/journal", "/api/status"] {
        let (_, shown) = engineer.get(path).await;
        let shown = shown.to_string();
        assert!(PERSONAL.iter().all(|word| !shown.contains(word)), "{path}: {shown}");
    }
    loop {
        let sent = stream.any().await;
        let text = sent.data.to_string();
        assert!(PERSONAL.iter().all(|word| !text.contains(word)), "{text}");
        if sent.data["seq"].as_u64() == Some(head) {
            break;
        }
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_sticks_fills_no_journal_and_every_repetition_is_counted() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut world = World::begin(&format!(
        "[[device]]
id = \"codes-1\"
lane = \"1\"
title = \"Codes\"
dialect = \"barcode\"
connect = {{ tcp = \"127.0.0.1:{port}\" }}
silence_limit_s = 86400
[limits.scans]
repeated_within_s = 1
waits_s = 120
stays_s = 900
alarming = []
author = \"test\"
approval = \"none needed: a test\"
"
    ))
    .await;
    let (mut line, _) = listener.accept().await.unwrap();
    // The same code, and between two of them another, as of two labels under one reader.
    let mut stuck = String::new();
    for _ in 0..10_000 {
        write!(stuck, "CSQU3054383\r\nMSKU9070323\r\n").unwrap();
    }
    line.write_all(stuck.as_bytes()).await.unwrap();
    let times = |world: &World| {
        let mut times = std::collections::BTreeMap::new();
        for line in world.lines().iter().filter(|line| line.kind == "scan_repeated") {
            let of = |key| line.with.get(key).cloned().unwrap_or_default();
            times.insert(of("reading"), of("times").parse::<u32>().unwrap());
        }
        times.into_values().collect::<Vec<u32>>()
    };
    while times(&world) != [10_000, 10_000] {
        assert!(times(&world).iter().all(|times| *times <= 10_000), "{:?}", times(&world));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(world.count("scanned"), 2);
    // The first repetition, the sums of after one, two, four seconds.. and the end: of a burst of half a minute no more than seven.
    assert!(world.count("scan_repeated") <= 14, "{}", world.count("scan_repeated"));
    world.stop().await;
}
