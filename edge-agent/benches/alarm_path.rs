//! The path of an alarm, measured: from the last byte read to the message written for a page, with the disk in the path and without.
//!
//! Prints a table; asserts nothing, because a machine that is busy is slower. Run it with `cargo bench -p edge-agent --bench alarm_path`;
//! `-- --lanes` also runs 24 lanes at 12 lines a second each for a minute and tells what memory that takes.
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
use edge_agent::terminal::live::Message;
use firmware_protocols::{Decoder, Dialect};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

/// Alarms that are measured.
const ALARMS: usize = 100;
const LANES: usize = 24;

fn main() {
    let lanes = std::env::args().any(|argument| argument == "--lanes");
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
    let samples: [(Dialect, Vec<u8>); 3] = [
        (Dialect::Tsa, b"GS,000080,000081,000082,000083\r\n".to_vec()),
        (Dialect::Xk3190, weighing),
        (Dialect::Cas, b"ST,GS,+  42180kg\r\n".to_vec()),
    ];
    for (dialect, frame) in samples {
        let block = frame.repeat(2000);
        let mut decoder = Decoder::new(dialect);
        let began = Instant::now();
        let mut bytes = 0_usize;
        while began.elapsed() < Duration::from_millis(500) {
            assert_eq!(decoder.decode(&block).len(), 2000, "{dialect}");
            bytes += block.len();
        }
        println!(
            "  {:<36} {:>7.1}",
            dialect.name(),
            bytes as f64 / began.elapsed().as_secs_f64() / 1e6
        );
    }
}

struct Alarms {
    rings: Vec<Duration>,
    recorded: Vec<Duration>,
}

/// Vehicles with a source pass one portal; each alarm is decided, so that the next is a new one.
async fn alarms() -> Alarms {
    let folder = tempfile::tempdir().unwrap();
    let (listener, config) = site(folder.path(), 1).await;
    let agent = start(config).await.unwrap();
    let mut page = agent.live.listen(None).messages;
    let (mut portal, _) = listener.first().unwrap().accept().await.unwrap();
    let quiet = "GS,000020,000020,000020,000020\r\n".repeat(10);
    let last = b"GA,000220,000220,000220,000220\r\n";
    let mut alarms = Alarms { rings: Vec::new(), recorded: Vec::new() };
    for _ in 0..ALARMS {
        portal.write_all(b"GB,000100,000100,000100,000100\r\n").await.unwrap();
        portal.write_all(quiet.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        while page.try_recv().is_ok() {}
        let sent = Instant::now();
        portal.write_all(last).await.unwrap();
        let (mut rang, mut kept) = (None, None);
        while kept.is_none() {
            match page.recv().await.unwrap() {
                Message::Alarm(_) => rang = Some(sent.elapsed()),
                Message::Change { data, .. } if data.contains("\"alarm_raised\"") => {
                    kept = Some(sent.elapsed());
                }
                Message::Change { data, .. } if data.contains("\"alarm_repeated\"") => break,
                Message::Change { .. } | Message::Lost(_) => {}
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
