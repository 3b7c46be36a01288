//! Devices whose lines are cut, unplugged, noisy: what is heard is heard, what is lost is said.

use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use firmware_protocols::weighbridge::xk3190;
use nix::pty::openpty;
use rust_decimal::Decimal;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::capture::{background, line, source, vehicle};
use crate::world::{World, answer};

fn portal(port: u16) -> String {
    format!(
        "[[device]]
id = \"portal-1\"
lane = \"1\"
title = \"Portal 1\"
dialect = \"tsa\"
connect = {{ tcp = \"127.0.0.1:{port}\" }}
silence_limit_s = 15"
    )
}

async fn listening() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

async fn accept(listener: &TcpListener) -> TcpStream {
    listener.accept().await.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vehicle_with_a_source_rings_and_is_screened() {
    let (listener, port) = listening().await;
    let mut world = World::begin(&portal(port)).await;
    let mut line = accept(&listener).await;
    line.write_all(source().as_bytes()).await.unwrap();
    let alarm = world.wait_for("alarm_raised", 1).await;
    assert_eq!(alarm[0].device.as_ref().map(|device| device.as_str()), Some("portal-1"));
    let screened = world.wait_for("vehicle_screened", 1).await;
    assert_eq!(screened[0].with.get("verdict").map(String::as_str), Some("above_background"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_line_is_opened_again_and_half_a_line_is_one_fault_at_most() {
    let (listener, port) = listening().await;
    let mut world = World::begin(&portal(port)).await;
    let mut first = accept(&listener).await;
    // Half a line at the beginning, because we connect while the portal speaks; and half a line at the end.
    first.write_all(b"0123,000456\r\n").await.unwrap();
    first.write_all(vehicle().as_bytes()).await.unwrap();
    world.wait_for("vehicle_screened", 1).await;
    first.write_all(b"GB,0001").await.unwrap();
    drop(first);
    let mut second = accept(&listener).await;
    second.write_all(b"00,000456\r\n").await.unwrap();
    second.write_all(vehicle().as_bytes()).await.unwrap();
    world.wait_for("vehicle_screened", 2).await;
    let health: Vec<String> = world
        .lines()
        .iter()
        .filter(|line| line.kind == "device_health_changed")
        .filter_map(|line| line.with.get("health").cloned())
        .collect();
    assert_eq!(health, ["online", "offline", "online"]);
    // One at each connection, and the half line of the first that was given up.
    assert!(world.count("device_faulted") <= 3, "{:#?}", world.lines());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_floods_its_line_starves_no_other() {
    let (flooding, flooding_port) = listening().await;
    let (listener, port) = listening().await;
    let codes = format!(
        "[[device]]
id = \"codes-1\"
lane = \"1\"
title = \"Codes\"
dialect = \"barcode\"
connect = {{ tcp = \"127.0.0.1:{flooding_port}\" }}
silence_limit_s = 15
"
    );
    let mut world = World::begin(&format!("{codes}{}", portal(port))).await;
    let mut flood = accept(&flooding).await;
    let flood = tokio::spawn(async move {
        // Each code is another, and an entry: nothing of it is counted together.
        for number in 0_u64.. {
            let code = format!("no two are alike {number}\r\n");
            if flood.write_all(code.as_bytes()).await.is_err() {
                return;
            }
        }
    });
    world.wait_for("scanned", 100).await;
    let mut line = accept(&listener).await;
    line.write_all(source().as_bytes()).await.unwrap();
    world.wait_for("alarm_raised", 1).await;
    world.wait_for("vehicle_screened", 1).await;
    flood.abort();
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_between_frames_is_counted_and_harms_no_frame() {
    let (listener, port) = listening().await;
    let mut world = World::begin(&portal(port)).await;
    let mut portal = accept(&listener).await;
    portal.write_all(background().as_bytes()).await.unwrap();
    for index in 0..2000_u32 {
        let noise: Vec<u8> =
            (0..60).map(|byte| (index.wrapping_mul(31).wrapping_add(byte) % 251) as u8).collect();
        portal.write_all(&noise).await.unwrap();
    }
    portal.write_all(b"\r\n").await.unwrap();
    portal.write_all(line("GB", [101, 101, 101, 101]).as_bytes()).await.unwrap();
    portal.write_all(vehicle().as_bytes()).await.unwrap();
    world.wait_for("vehicle_screened", 1).await;
    assert_eq!(world.count("alarm_raised"), 0);
    // At most one a second is told, each with its count.
    assert!(world.count("device_faulted") < 20, "{}", world.count("device_faulted"));
    world.stop().await;
}

fn plugged(path: &Path) -> OwnedFd {
    let pair = openpty(None, None).unwrap();
    let name = std::fs::read_link(format!("/proc/self/fd/{}", pair.slave.as_raw_fd())).unwrap();
    let _ = std::fs::remove_file(path);
    std::os::unix::fs::symlink(name, path).unwrap();
    pair.master
}

fn weigh(port: &OwnedFd, kilograms: i64) {
    let frame = xk3190::encode(Decimal::from(kilograms)).unwrap();
    nix::unistd::write(port, &frame).unwrap();
}

async fn settle(port: &OwnedFd, kilograms: i64, world: &World, weighings: usize) {
    for _ in 0..300 {
        weigh(port, kilograms);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        if world.count("vehicle_weighed") >= weighings {
            return;
        }
    }
    panic!("nothing was weighed: {:#?}", world.lines());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serial_adapter_is_unplugged_and_plugged_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scale");
    let first = plugged(&path);
    let device = format!(
        "[[device]]
id = \"scale-1\"
lane = \"1\"
title = \"Scale 1\"
dialect = \"xk3190\"
connect = {{ serial = {path:?}, baud = 9600 }}
silence_limit_s = 5"
    );
    let mut world = World::begin(&device).await;
    settle(&first, 42180, &world, 1).await;
    drop(first);
    world.wait_for("device_health_changed", 2).await;
    let second = plugged(&path);
    for _ in 0..30 {
        weigh(&second, 0);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    settle(&second, 18000, &world, 2).await;
    let weights: Vec<String> = world
        .wait_for("vehicle_weighed", 2)
        .await
        .iter()
        .filter_map(|line| line.with.get("gross_kg").cloned())
        .collect();
    assert_eq!(weights, ["42180", "18000"]);
    world.stop().await;
}

const CAMERA: &str = "[[device]]
id = \"camera-1\"
lane = \"1\"
title = \"Camera 1\"
dialect = \"hikvision-anpr\"
connect = { http_push = true }
silence_limit_s = 86400";

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_posts_a_document_with_a_picture() {
    let mut world = World::begin(CAMERA).await;
    let ingest = format!("http://{}", world.running.as_ref().unwrap().ingest);
    let document = crate::capture::plate("123ABC02", "6f4c9f9e-0001");
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"anpr.xml\"\r\nContent-Type: text/xml\r\n\r\n{document}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"licensePlatePicture.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n{}\r\n--b--\r\n",
        "\u{1}<not-xml>".repeat(2000)
    );
    let client = reqwest::Client::new();
    let post = |device: &str| {
        let request = client.post(format!("{ingest}/push/{device}"));
        request.header("content-type", "multipart/form-data; boundary=b").body(body.clone())
    };
    assert_eq!(answer(post("camera-1")).await.0, 200);
    // Answered means durable: nobody has to wait for it.
    assert_eq!(world.count("plate_read"), 1);
    // The camera's network failed and it posts the same again.
    assert_eq!(answer(post("camera-1")).await.0, 200);
    assert_eq!(world.count("plate_read"), 1);
    assert_eq!(answer(post("camera-9")).await.0, 404);
    world.stop().await;
}
