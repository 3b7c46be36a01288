//! The path of an alarm, measured: from the last byte that a portal sends to the message in a page's hands, over the real sockets on both
//! sides, with the disk in the path and without.
//!
//! Prints a table; asserts nothing, because a machine that is busy is slower. Run it with `cargo bench -p edge-agent --bench alarm_path`;
//! 24 lanes at 12 lines a second each for a minute tell what memory that takes; `-- --no-lanes` leaves that minute out.
#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot go on has nothing better to do than to stop"
)]
#![expect(clippy::print_stdout, reason = "the table is what this is for")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::path::Path;
use std::time::{Duration, Instant};

use edge_agent::config::Config;
use edge_agent::ingest::observe::Pipeline;
use edge_agent::running::start;
use firmware_protocols::{Decoder, Dialect};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

/// Who listens, and with which password: those of the tests' configuration.
const OFFICER: &str = "bekov";
const PASSWORD: &str = "test";
/// Alarms that are measured.
const ALARMS: usize = 100;
const LANES: usize = 24;

fn main() {
    let lanes = !std::env::args().any(|argument| argument == "--no-lanes");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    println!("decode, one core                        MB/s");
    decoding();
    let alarm = runtime.block_on(alarms());
    println!("last byte sent -> page                   p50        p99");
    row("  alarm rings (not yet on the disk)", alarm.rings);
    row("  alarm is recorded and shown so", alarm.recorded);
    if lanes {
        runtime.block_on(many_lanes());
    }
}

fn row(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| {
        times
            .get((times.len() * share / 100).min(times.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    };
    println!("{name:<38} {:>7.2} ms {:>7.2} ms", millis(at(50)), millis(at(99)));
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn decoding() {
    let weighing =
        firmware_protocols::weighbridge::xk3190::encode(rust_decimal::Decimal::from(42180))
            .unwrap();
    let samples: [(Dialect, Vec<u8>); 6] = [
        (Dialect::Tsa, b"GS,000080,000081,000082,000083\r\n".to_vec()),
        (Dialect::Xk3190, weighing),
        (Dialect::Cas, b"ST,GS,+  42180kg\r\n".to_vec()),
        (
            Dialect::JointechText,
            b"(8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)".to_vec(),
        ),
        (Dialect::HikvisionAnpr, SIGHTING.to_vec()),
        (Dialect::Json, b"{\"v\":1,\"seal\":\"KZ00012345\",\"msg\":\"e-7\",\"state\":{\"locked\":true,\"housing\":\"ok\"}}\n".to_vec()),
    ];
    for (dialect, frame) in samples {
        let frames = 20_000 / frame.len().max(1);
        let block = frame.repeat(frames);
        let mut decoder = Decoder::new(dialect);
        let began = Instant::now();
        let mut bytes = 0_usize;
        while began.elapsed() < Duration::from_millis(500) {
            let readings = decoder.decode(&block);
            assert_eq!(
                readings.iter().filter(|reading| reading.is_ok()).count(),
                frames,
                "{dialect}: {:?}",
                readings.first()
            );
            bytes += block.len();
        }
        println!(
            "  {:<36} {:>7.1}",
            dialect.name(),
            bytes as f64 / began.elapsed().as_secs_f64() / 1e6
        );
    }
}

/// A camera's event, as short as one can be.
const SIGHTING: &[u8] = br#"<?xml version="1.0"?><EventNotificationAlert version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema"><ipAddress>10.0.0.5</ipAddress><channelID>1</channelID><dateTime>2026-05-21T16:10:06+05:00</dateTime><eventType>ANPR</eventType><ANPR><country>30</country><licensePlate>123ABC02</licensePlate><confidenceLevel>98</confidenceLevel></ANPR><UUID>u-1</UUID></EventNotificationAlert>"#;

struct Alarms {
    rings: Vec<Duration>,
    recorded: Vec<Duration>,
}

/// Vehicles with a source pass one portal; each alarm is decided, so that the next is a new one.
async fn alarms() -> Alarms {
    let folder = tempfile::tempdir().unwrap();
    let (listener, config) = site(folder.path(), 1).await;
    let agent = start(config).await.unwrap();
    let mut page = Page::open(&agent.terminal.to_string()).await;
    let (mut portal, _) = listener.first().unwrap().accept().await.unwrap();
    let quiet = "GS,000020,000020,000020,000020\r\n".repeat(10);
    let last = b"GA,000220,000220,000220,000220\r\n";
    let mut alarms = Alarms { rings: Vec::new(), recorded: Vec::new() };
    for _ in 0..ALARMS {
        portal.write_all(b"GB,000100,000100,000100,000100\r\n").await.unwrap();
        portal.write_all(quiet.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        page.forget();
        let sent = Instant::now();
        portal.write_all(last).await.unwrap();
        let (mut rang, mut kept) = (None, None);
        while kept.is_none() {
            let message = page.message().await;
            if message.lines().any(|line| line == "event: alarm") {
                rang = Some(sent.elapsed());
            } else if message.contains("\"alarm_raised\"") {
                kept = Some(sent.elapsed());
            } else if message.contains("\"alarm_repeated\"") {
                break;
            }
        }
        alarms.rings.extend(rang);
        alarms.recorded.extend(kept);
        portal.write_all(b"GX,000001,004500,000000,000000\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    agent.stop().await.unwrap();
    alarms
}

/// A page that listens: an officer's session and the stream of events, as a browser has them.
struct Page {
    stream: reqwest::Response,
    heard: String,
}

impl Page {
    async fn open(terminal: &str) -> Page {
        let client = reqwest::Client::new();
        let origin = format!("http://{terminal}");
        let signed_in = client
            .post(format!("{origin}/api/session"))
            .header("origin", &origin)
            .json(&serde_json::json!({ "officer": OFFICER, "password": PASSWORD, "workplace": "bench" }))
            .send()
            .await
            .unwrap();
        assert!(
            signed_in.status().is_success(),
            "the bench's officer can sign in: {}",
            signed_in.status()
        );
        let cookie = signed_in
            .headers()
            .get("set-cookie")
            .unwrap()
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let stream = client
            .get(format!("{origin}/api/events"))
            .header("cookie", cookie)
            .send()
            .await
            .unwrap();
        Page { stream, heard: String::new() }
    }

    /// Passes over what was heard and not looked at.
    fn forget(&mut self) {
        self.heard.clear();
    }

    /// The next message.
    async fn message(&mut self) -> String {
        loop {
            if let Some(end) = self.heard.find("\n\n") {
                return self.heard.drain(..end + 2).collect();
            }
            let chunk = self.stream.chunk().await.unwrap().unwrap();
            self.heard.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

async fn many_lanes() {
    let folder = tempfile::tempdir().unwrap();
    let (listeners, config) = site(folder.path(), LANES).await;
    let lines: Vec<_> = config.lines.clone();
    let agent = start(config).await.unwrap();
    let mut portals: Vec<TcpStream> = Vec::new();
    for listener in &listeners {
        portals.push(listener.accept().await.unwrap().0);
    }
    let mut beat = tokio::time::interval(Duration::from_millis(1000 / 12));
    for round in 0..60 * 12_u32 {
        beat.tick().await;
        let line: &[u8] = match round % 360 {
            0..60 => b"GB,000100,000100,000100,000100\r\n",
            60..359 => b"GS,000020,000021,000022,000023\r\n",
            _ => b"GX,000001,004500,000000,000000\r\n",
        };
        for portal in &mut portals {
            portal.write_all(line).await.unwrap();
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let memory =
        status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    println!(
        "{LANES} lanes, 12 lines a second each, one minute; a pipeline is {} bytes",
        size_of::<Pipeline>()
    );
    for line in memory {
        println!("  {line}");
    }
    assert_eq!(lines.len(), LANES, "each lane has its portal");
    agent.stop().await.unwrap();
}

async fn site(folder: &Path, lanes: usize) -> (Vec<TcpListener>, Config) {
    let mut text = String::from(
        "[checkpoint]\nid = \"bench\"\ntitle = \"Bench\"\noffice_code = \"55301\"\nzone = \"Asia/Almaty\"\ndata_dir = \"data\"\n",
    );
    let mut listeners = Vec::new();
    let mut devices = String::new();
    for lane in 1..=lanes {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        text.push_str(&format!("[[lane]]\nid = \"{lane}\"\ntitle = \"{lane}\"\ndirection = \"inbound\"\nmode = \"road\"\n"));
        devices.push_str(&format!(
            "[[device]]\nid = \"portal-{lane}\"\nlane = \"{lane}\"\ntitle = \"P\"\ndialect = \"tsa\"\nconnect = {{ tcp = \"127.0.0.1:{port}\" }}\nsilence_limit_s = 15\n"
        ));
        listeners.push(listener);
    }
    text.push_str(&devices);
    text.push_str(include_str!("../tests/agent/limits.toml"));
    let config = Config::parse(&folder.join("checkpoint.toml"), &text).unwrap();
    (listeners, config)
}
