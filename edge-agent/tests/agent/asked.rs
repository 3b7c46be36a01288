//! Devices that say nothing unasked, and devices that come to us: what is sent, what is heard, what is said when nobody answers.

use std::time::Duration;

use firmware_protocols::modbus::{Read, Registers, Station, Wire};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use crate::world::World;

/// 42 180 kg gross at register 7, at rest.
struct Bank;

impl Registers for Bank {
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        if (read.unit, read.first, read.count) != (3, 7, 3) {
            return Some(Err(2));
        }
        words.extend([0, 42_180, 1]);
        Some(Ok(()))
    }
}

fn indicator(port: u16) -> String {
    format!(
        "[[device]]
id = \"scale-1\"
lane = \"1\"
title = \"Scale 1\"
dialect = \"modbus-tcp\"
connect = {{ tcp = \"127.0.0.1:{port}\" }}
silence_limit_s = 2
[device.settings]
address = 3
poll_ms = 50
answer_ms = 100
again_ms = 200
[device.settings.modbus]
weight = {{ register = 7, number = \"i32\" }}
status_register = 9
status = [{{ bit = 0, means = \"stable\" }}]
unit = \"kg\"
least = \"-1000\"
most = \"100000\"
"
    )
}

/// Answers questions until the line ends, or only hears them.
async fn indicate(mut line: TcpStream, answers: bool) {
    let mut station = Station::new(Wire::Tcp);
    let mut buffer = [0; 1024];
    while let Ok(length @ 1..) = line.read(&mut buffer).await {
        let mut said = Vec::new();
        station.hear(
            &buffer[..length],
            &Bank,
            |answer| said.extend(answer),
            |fault| panic!("{fault}"),
        );
        if answers && line.write_all(&said).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_indicator_that_has_to_be_asked_is_asked_and_weighs() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut world = World::begin(&indicator(listener.local_addr().unwrap().port())).await;
    let (line, _) = listener.accept().await.unwrap();
    tokio::spawn(indicate(line, true));
    let weighed = world.wait_for("vehicle_weighed", 1).await;
    assert_eq!(weighed[0].with.get("gross_kg").map(String::as_str), Some("42180"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_does_not_answer_is_a_fault_and_silent_and_is_connected_to_anew() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut world = World::begin(&indicator(listener.local_addr().unwrap().port())).await;
    let (line, _) = listener.accept().await.unwrap();
    tokio::spawn(indicate(line, false));
    let faulted = world.wait_for("device_faulted", 1).await;
    assert_eq!(faulted[0].with.get("fault").map(String::as_str), Some("no-answer"));
    // No answer is silence, and neither noise nor another dialect.
    let health = world.wait_for("device_health_changed", 1).await;
    assert_eq!(health[0].with.get("health").map(String::as_str), Some("silent"));
    let (line, _) = listener.accept().await.unwrap();
    tokio::spawn(indicate(line, true));
    world.wait_for("vehicle_weighed", 1).await;
    world.stop().await;
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

async fn connected(port: u16) -> TcpStream {
    for _ in 0..300 {
        if let Ok(line) = TcpStream::connect(("127.0.0.1", port)).await {
            return line;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody listens at port {port}");
}

fn seal(connect: &str) -> String {
    format!(
        "[[device]]
id = \"seals\"
lane = \"1\"
title = \"Seals\"
family = \"seal_reader\"
dialect = \"json\"
connect = {{ {connect} }}
silence_limit_s = 86400"
    )
}

const CLOSED: &[u8] = b"{\"v\":1,\"seal\":\"KZ1\",\"state\":{\"locked\":true}}\n";
const OPENED: &[u8] = b"{\"v\":1,\"seal\":\"KZ1\",\"event\":\"01\"}\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_device_connects_to_us_and_its_newest_connection_counts() {
    let port = free_port().await;
    let mut world = World::begin(&seal(&format!("listen = \"127.0.0.1:{port}\""))).await;
    let mut first = connected(port).await;
    first.write_all(CLOSED).await.unwrap();
    world.wait_for("seal_read", 1).await;
    // The first is not closed: its modem lost the net without saying so.
    let mut second = connected(port).await;
    second.write_all(OPENED).await.unwrap();
    world.wait_for("seal_read", 2).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_datagram_is_a_whole_message() {
    let port = free_port().await;
    let mut world = World::begin(&seal(&format!("udp = \"127.0.0.1:{port}\""))).await;
    let gateway = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for (message, seals) in [(CLOSED, 1), (OPENED, 2)] {
        for _ in 0..100 {
            // Half a message is a fault, and the next datagram is not joined to it.
            let _ = gateway.send_to(&message[..9], ("127.0.0.1", port)).await;
            let _ = gateway.send_to(message, ("127.0.0.1", port)).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            if world.count("seal_read") >= seals {
                break;
            }
        }
    }
    world.wait_for("seal_read", 2).await;
    world.stop().await;
}
