//! How fast each decoder reads its good frames, and how often it allocates: in one run, on this machine, next to a minimal parser of the same
//! bytes written by hand, and next to other people's programs where one reads the same frames.
//!
//! ```sh
//! cargo bench --profile lean -p firmware-protocols --bench codecs
//! ```
//!
//! A minimal parser checks nothing, keeps nothing and finds no frame in noise: it says what the bytes cost at the least.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a bench measures time and prints"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use firmware_protocols::{Decoder, Dialect, Raw, Settings};

/// As many bytes as a fast device sends in some minutes.
const BYTES: usize = 256 * 1024;
/// Each dialect is measured so often; the best run counts, for others disturb and never help.
const RUNS: usize = 7;

struct Good {
    frames: Vec<Vec<u8>>,
    settings: Settings,
}

fn good(dialect: Dialect) -> Good {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/captures")
        .join(dialect.name())
        .join("good.txt");
    let text = std::fs::read_to_string(path).expect("good frames");
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

/// Reads the frames as little as can be; `None` where nobody wrote it.
fn minimal(dialect: Dialect) -> Option<fn(&[u8]) -> i64> {
    match dialect.name() {
        "tsa" => Some(|frame| frame.split(|byte| *byte == b',').skip(1).map(number).sum()),
        "xk3190" => Some(|frame| number(frame.get(2..8).unwrap_or_default())),
        "cas" => {
            Some(|frame| number(frame.split(|byte| *byte == b',').next_back().unwrap_or_default()))
        }
        "toledo" => Some(|frame| number(frame.get(4..10).unwrap_or_default())),
        "modbus-rtu" => Some(|frame| words(frame.get(3..).unwrap_or_default())),
        "modbus-tcp" => Some(|frame| words(frame.get(9..).unwrap_or_default())),
        "jointech-text" | "jointech" => {
            Some(|frame| frame.split(|byte| *byte == b',').map(number).sum())
        }
        _ => None,
    }
}

fn number(text: &[u8]) -> i64 {
    text.iter()
        .filter(|byte| byte.is_ascii_digit())
        .fold(0_i64, |number, digit| number.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')))
}

fn words(data: &[u8]) -> i64 {
    data.chunks_exact(2).map(|pair| i64::from(pair[0]) * 256 + i64::from(pair[1])).sum()
}

fn main() {
    println!(
        "{:<18} {:>9} {:>9} {:>10} {:>8} {:>12} {:>14}",
        "dialect", "MB/s", "ns/frame", "frames/s", "bytes", "allocations", "x minimal"
    );
    for &dialect in Dialect::ALL {
        let Good { frames, settings } = good(dialect);
        let round: Vec<u8> = frames.concat();
        let rounds = BYTES.div_ceil(round.len());
        let stream = round.repeat(rounds);
        let count = frames.len() * rounds;
        let mut decoder = Decoder::with(dialect, &settings);
        let mut out = Vec::with_capacity(64);
        let mut readings = 0;
        let mut read = || {
            readings = 0;
            for piece in stream.chunks(1024) {
                decoder.decode_into(black_box(piece), &mut out);
                readings += out.len();
                out.clear();
            }
        };
        // Once, so that what grows has grown.
        read();
        let time = best(&mut read);
        let allocated = allocation_counter::measure(&mut read).count_total;
        let nanoseconds = time.as_nanos() as f64 / count as f64;
        let ratio = minimal(dialect).map_or_else(String::new, |minimal| {
            let least = best(|| {
                for _ in 0..rounds {
                    for frame in &frames {
                        black_box(minimal(black_box(frame)));
                    }
                }
            });
            format!("{:.1}", time.as_secs_f64() / least.as_secs_f64())
        });
        println!(
            "{:<18} {:>9.1} {:>9.0} {:>10.0} {:>8} {:>12.2} {:>14}",
            dialect.name(),
            stream.len() as f64 / time.as_secs_f64() / 1e6,
            nanoseconds,
            count as f64 / time.as_secs_f64(),
            round.len() / frames.len(),
            allocated as f64 / count as f64,
            ratio,
        );
        assert!(readings >= count, "{dialect}: a good frame was not read");
    }
    others();
}

/// Modbus answers read by other people's programs.
fn others() {
    let Good { frames, .. } = good(Dialect::ModbusRtu);
    let frame = &frames[0];
    let rounds = 100_000;
    let settings = good(Dialect::ModbusRtu).settings;
    let mut decoder = Decoder::with(Dialect::ModbusRtu, &settings);
    let mut out = Vec::new();
    let ours = best(|| {
        for _ in 0..rounds {
            decoder.decode_into(black_box(frame), &mut out);
            out.clear();
        }
    });
    let theirs = best(|| {
        let mut request = Vec::new();
        let mut client = rmodbus::client::ModbusRequest::new(1, rmodbus::ModbusProto::Rtu);
        client.generate_get_holdings(7, 4, &mut request).expect("a request");
        for _ in 0..rounds {
            let mut words: Vec<u16> = Vec::new();
            client.parse_u16(black_box(frame), &mut words).expect("an answer");
            black_box(words);
        }
    });
    println!(
        "\nmodbus-rtu, one answer: ours {:.0} ns (a weighing), rmodbus {:.0} ns (its words): {:.1}",
        ours.as_nanos() as f64 / f64::from(rounds),
        theirs.as_nanos() as f64 / f64::from(rounds),
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
    let python = std::env::var("BEKET_PEERS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../target/peers").to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/peers/decoding.py");
    match std::process::Command::new(format!("{python}/bin/python")).arg(script).output() {
        Ok(output) if output.status.success() => {
            let nanoseconds: f64 =
                String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number");
            println!(
                "modbus-rtu, one answer: pymodbus {nanoseconds:.0} ns: {:.3}",
                ours.as_nanos() as f64 / f64::from(rounds) / nanoseconds
            );
        }
        _ => println!("skipped: pymodbus is not installed (make setup)"),
    }
}
