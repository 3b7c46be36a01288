//! How fast each decoder reads its good frames, and what it allocates for them: in one run, on this machine, next to a minimal parser of the same
//! bytes written by hand, and next to other people's programs where one reads the same frames.
//!
//! ```sh
//! cargo bench --profile lean -p firmware-protocols --bench codecs
//! ```
//!
//! A minimal parser checks nothing, keeps nothing and finds no frame in noise: it says what the bytes cost at the least. What a reading owns is
//! what a copy of it allocates; anything above that is the codec's own, and in the steady state there should be none.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a bench measures time and prints"
)]

#[path = "codecs/minimal.rs"]
mod minimal;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use firmware_protocols::sparkplug::{self, DataType, EdgeNode, Wire};
use firmware_protocols::{Decoder, Dialect, Item, Raw, Settings, n42};

use minimal::minimal;

/// As many bytes as a fast device sends in some minutes.
const BYTES: usize = 256 * 1024;
/// Each dialect is measured so often; the best run counts, for others disturb and never help.
const RUNS: usize = 7;
/// Frames that other programs read.
const ROUNDS: u32 = 20_000;

struct Good {
    frames: Vec<Vec<u8>>,
    settings: Settings,
}

fn good(dialect: Dialect) -> Good {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/captures")
        .join(dialect.name())
        .join("good.txt");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{dialect} has no row without {}: {error}", path.display()));
    let mut good = Good { frames: Vec::new(), settings: Settings::default() };
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("# ") {
            Some(remark) => {
                if let Some(settings) = remark.strip_prefix("settings ") {
                    good.settings = serde_json::from_str(settings).expect("settings");
                }
            }
            None => {
                let json = serde_json::to_string(line).expect("text");
                good.frames.push(serde_json::from_str::<Raw>(&json).expect("a frame").0);
            }
        }
    }
    good
}

/// The best of several runs.
fn best(mut run: impl FnMut()) -> Duration {
    let times = (0..RUNS).map(|_| {
        let began = Instant::now();
        run();
        began.elapsed()
    });
    times.min().expect("a run")
}

/// Reads a stream in pieces as they come from a line, and shows what each piece gave.
fn read(decoder: &mut Decoder, stream: &[u8], out: &mut Vec<Item>, mut shown: impl FnMut(&[Item])) {
    for piece in stream.chunks(1024) {
        decoder.decode_into(black_box(piece), out);
        shown(out);
        out.clear();
    }
}

fn main() {
    println!(
        "{:<20} {:>8} {:>8} {:>10} {:>6} {:>9} {:>9} {:>7} {:>10}",
        "dialect",
        "MB/s",
        "ns/frame",
        "frames/s",
        "bytes",
        "allocated",
        "of which",
        "excess",
        "x minimal"
    );
    println!(
        "{:<20} {:>8} {:>8} {:>10} {:>6} {:>9} {:>9} {:>7} {:>10}",
        "", "", "", "", "/frame", "/frame", "readings", "", ""
    );
    for &dialect in Dialect::ALL {
        let Good { frames, settings } = good(dialect);
        let round: Vec<u8> = frames.concat();
        let rounds = BYTES.div_ceil(round.len());
        let stream = round.repeat(rounds);
        let count = (frames.len() * rounds) as f64;
        let mut decoder = Decoder::with(dialect, &settings);
        let mut out = Vec::with_capacity(1024);
        // Once, so that what grows has grown.
        let mut readings = 0;
        read(&mut decoder, &stream, &mut out, |items| readings += items.iter().flatten().count());
        assert!(readings as f64 >= count, "{dialect}: a good frame was not read");
        let time = best(|| read(&mut decoder, &stream, &mut out, |_| {}));
        let allocated = allocation_counter::measure(|| {
            read(&mut decoder, &stream, &mut out, |_| {});
        })
        .count_total as f64
            / count;
        let mut owned = 0;
        read(&mut decoder, &stream, &mut out, |items| {
            let copies = || items.iter().for_each(|item| drop(black_box(item.clone())));
            owned += allocation_counter::measure(copies).count_total;
        });
        let owned = owned as f64 / count;
        let parse = minimal(dialect);
        let least = best(|| {
            for _ in 0..rounds {
                for frame in &frames {
                    black_box(parse(black_box(frame)));
                }
            }
        });
        println!(
            "{:<20} {:>8.1} {:>8.0} {:>10.0} {:>6} {:>9.2} {:>9.2} {:>7.2} {:>10.1}",
            dialect.name(),
            stream.len() as f64 / time.as_secs_f64() / 1e6,
            time.as_nanos() as f64 / count,
            count / time.as_secs_f64(),
            round.len() / frames.len(),
            allocated,
            owned,
            allocated - owned,
            time.as_secs_f64() / least.as_secs_f64(),
        );
    }
    others();
}

/// How long we take for the first good frame of a dialect.
fn ours(dialect: Dialect) -> (Vec<u8>, f64) {
    let Good { mut frames, settings } = good(dialect);
    let frame = frames.swap_remove(0);
    let mut decoder = Decoder::with(dialect, &settings);
    let mut out = Vec::new();
    let time = best(|| {
        for _ in 0..ROUNDS {
            decoder.decode_into(black_box(&frame), &mut out);
            out.clear();
        }
    });
    (frame, time.as_nanos() as f64 / f64::from(ROUNDS))
}

/// The first good frames of some dialects, read by other people's programs.
fn others() {
    println!(
        "\n{:<20} {:>9} {:<14} {:>9} {:>8}",
        "one frame", "ours, ns", "other", "its, ns", "ratio"
    );
    let row = |dialect: &str, ours: f64, other: &str, its: f64| {
        println!("{dialect:<20} {ours:>9.0} {other:<14} {its:>9.0} {:>8.3}", ours / its);
    };
    let (frame, modbus) = ours(Dialect::ModbusRtu);
    let rmodbus = best(|| {
        let mut request = Vec::new();
        let mut client = rmodbus::client::ModbusRequest::new(1, rmodbus::ModbusProto::Rtu);
        client.generate_get_holdings(7, 4, &mut request).expect("a request");
        for _ in 0..ROUNDS {
            let mut words: Vec<u16> = Vec::new();
            client.parse_u16(black_box(&frame), &mut words).expect("an answer");
            black_box(words);
        }
    });
    let of_one = |time: Duration| time.as_nanos() as f64 / f64::from(ROUNDS);
    row("modbus-rtu", modbus, "rmodbus", of_one(rmodbus));
    let (document, json) = ours(Dialect::Json);
    let any = best(|| {
        for _ in 0..ROUNDS {
            let value: serde_json::Value =
                serde_json::from_slice(black_box(&document)).expect("JSON");
            black_box(value);
        }
    });
    row("json", json, "serde_json", of_one(any));
    let mut frames = Vec::new();
    for dialect in [Dialect::ModbusRtu, Dialect::Llrp, Dialect::Mrz] {
        let (frame, time) = ours(dialect);
        frames.push((dialect.name(), frame, time));
    }
    frames.push(birth());
    frames.push(document_of_a_passage());
    let all: Vec<&Frame> = frames.iter().collect();
    let payloads: Vec<&Frame> =
        all.iter().copied().filter(|(name, ..)| *name == "sparkplug").collect();
    for (program, script, frames) in
        [("bin/python", "decoding.py", all), ("node", "decoding.mjs", payloads)]
    {
        for line in said_by(program, script, &frames).lines() {
            let [dialect, other, its] =
                line.split(' ').collect::<Vec<_>>().try_into().expect("three words");
            let (.., ours) = frames.iter().find(|(name, ..)| *name == dialect).expect("asked");
            row(dialect, *ours, other, its.parse().expect("a time"));
        }
    }
}

/// What is read, by its name, and how long we take for it.
type Frame = (&'static str, Vec<u8>, f64);

/// The birth of a scale behind a node of Sparkplug.
fn birth() -> Frame {
    const NOW_MS: u64 = 1_779_361_200_000;
    let mut node = EdgeNode::new("KZ", "EDGE");
    for (name, datatype, value) in [
        ("Weight/Gross", DataType::DOUBLE, Wire::Double(38_400.0)),
        ("Weight/Stable", DataType::BOOLEAN, Wire::Boolean(true)),
        ("Weight/Unit", DataType::STRING, Wire::Text("kg".to_owned())),
    ] {
        node.metric(Some("SCALE"), name, datatype, value, NOW_MS);
    }
    let payload = node.birth(Some("SCALE"), NOW_MS).payload;
    let time = best(|| {
        for _ in 0..ROUNDS {
            let payload = sparkplug::decode(black_box(&payload)).expect("a payload");
            for metric in &payload.metrics {
                black_box(metric.read(None).expect("a value"));
            }
        }
    });
    ("sparkplug", payload, time.as_nanos() as f64 / f64::from(ROUNDS))
}

/// A vehicle's passage as a document of N42.
fn document_of_a_passage() -> Frame {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/n42/own-occupancy.n42");
    let document =
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rounds = ROUNDS / 1000;
    let time = best(|| {
        for _ in 0..rounds {
            black_box(n42::read(black_box(&document)).expect("a document"));
        }
    });
    ("n42", document, time.as_nanos() as f64 / f64::from(rounds))
}

/// What a script of `tests/peers` says of these frames; nothing, and one line that says so, where the peers are not installed.
fn said_by(program: &str, script: &str, frames: &[&Frame]) -> String {
    let peers = std::env::var("BEKET_PEERS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../target/peers").to_owned());
    if !Path::new(&peers).join("installed.txt").exists() {
        println!("skipped: {script} needs {peers}, which `make setup` fills");
        return String::new();
    }
    let program =
        if program.contains('/') { format!("{peers}/{program}") } else { program.to_owned() };
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/peers");
    let mut command = std::process::Command::new(&program);
    command.arg(scripts.join(script)).env("BEKET_PEERS", &peers);
    for (name, frame, _) in frames {
        let hex: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
        command.args([*name, &hex]);
    }
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
