//! The page of devices: how each is reached and set, when it was heard, which faults it had; for officers and for whoever looks after devices.

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_of_each_device_how_it_is_set_when_it_was_heard_and_what_was_wrong() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut world = World::begin(&format!(
        "[[device]]
id = \"scale-1\"
lane = \"1\"
title = \"Scale\"
dialect = \"toledo\"
connect = {{ tcp = \"127.0.0.1:{port}\" }}
settings = {{ checksum = true }}
silence_limit_s = 15
[[device]]
id = \"rfid-1\"
lane = \"1\"
title = \"Reader\"
dialect = \"m100\"
connect = {{ serial = \"/dev/beket-has-no-such-port\", baud = 115200, parity = \"even\", stop_bits = 2 }}
silence_limit_s = 60
"
    ))
    .await;
    let (mut line, _) = listener.accept().await.unwrap();
    for name in ["bekov", "kim"] {
        let reader = world.browser().sign_in(name).await;
        let (status, devices) = reader.get("/api/devices").await;
        assert_eq!(status, 200, "{name}: {devices}");
        assert_eq!(devices[0]["link"], json!(format!("tcp 127.0.0.1:{port}")));
        assert_eq!(devices[0]["settings"], json!({ "checksum": "true" }));
        assert_eq!(devices[0]["heard_ms"], Value::Null, "nothing came yet");
        assert_eq!(devices[1]["link"], json!("/dev/beket-has-no-such-port 115200 8E2"));
        assert!(devices[1]["usual"].as_array().unwrap().contains(&json!("poll_ms")), "{devices}");
    }
    // Text is no frame of this dialect: heard, and no reading.
    line.write_all(b"\x02garbage of another dialect\r\n\x02more of it\r\n").await.unwrap();
    world.wait_for("device_faulted", 1).await;
    let reader = world.browser().sign_in("kim").await;
    let (_, devices) = reader.get("/api/devices").await;
    assert!(devices[0]["heard_ms"].is_i64() && devices[0]["reading_ms"].is_null(), "{devices}");
    let (_, board) = reader.get("/api/snapshot").await;
    let row = &board["snapshot"]["devices"][0];
    let kinds = row["faults_by_kind"].as_object().unwrap();
    let counted: u64 = kinds.values().filter_map(Value::as_u64).sum();
    assert_eq!(Some(counted), row["faults"].as_u64(), "{row}");
    assert!(
        kinds.contains_key(row["last_fault"].as_str().unwrap()) && row["last_fault_ms"].is_i64()
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_is_not_signed_in_learns_of_devices() {
    let mut world = World::begin("").await;
    assert_eq!(world.browser().get("/api/devices").await.0, 401);
    world.stop().await;
}
