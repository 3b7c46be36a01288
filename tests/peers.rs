//! Programs of other people at the other end of the line: what they say is understood, and what we ask is answered.
//!
//! `make test` installs them, pinned in `tests/peers/requirements.txt`, beside the build. Without them each test says what it skips.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use edge_agent::clock::Clock;
use firmware_protocols::weighbridge::{Display, Stability, Weighing};
use firmware_protocols::{Decoder, Dialect, Item, Reading, Settings};

/// A script of `tests/peers`, running in their own environment.
pub(crate) struct Peer(Child);

impl Peer {
    /// Starts a script. `None`, and one line that says what is skipped, where the peers are not installed.
    pub(crate) fn start(script: &str, arguments: &[&str]) -> Option<Peer> {
        let python = environment().join("bin/python");
        if !python.exists() {
            println!("skipped: {script} needs {}, which `make setup` installs", python.display());
            return None;
        }
        let child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(script))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Some(Peer(child))
    }

    /// The port that the script prints when it is ready.
    pub(crate) fn port(&mut self) -> u16 {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line.trim().parse().unwrap_or_else(|_| panic!("a port expected, {line:?} came"))
    }

    /// All that it prints until it ends.
    pub(crate) fn said(mut self) -> Vec<u8> {
        let mut said = Vec::new();
        self.0.stdout.take().unwrap().read_to_end(&mut said).unwrap();
        said
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn environment() -> PathBuf {
    match std::env::var_os("BEKET_PEERS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers"),
    }
}

/// Talks to a device at `port` as the agent does until a reading is what `enough` waits for. What came before it is told if it never does.
#[track_caller]
fn talk(
    dialect: Dialect,
    settings: &Settings,
    port: u16,
    enough: impl Fn(&Reading) -> bool,
) -> Reading {
    let clock = Clock::new(None);
    let mut asker = dialect.asker(settings).unwrap();
    let mut line = TcpStream::connect(("127.0.0.1", port)).unwrap();
    line.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let now = || clock.moment().since_start;
    let mut heard: Vec<Item> = Vec::new();
    asker.opened(now());
    let mut buffer = [0; 4096];
    while now() < Duration::from_secs(20) {
        while let Some(bytes) = asker.poll_transmit(now()) {
            line.write_all(&bytes).unwrap();
        }
        if let Ok(length @ 1..) = line.read(&mut buffer) {
            asker.decode(now(), &buffer[..length], &mut heard);
        }
        asker.time_passed(now(), &mut heard);
        if let Some(reading) = heard.iter().flatten().find(|reading| enough(reading)) {
            return reading.clone();
        }
    }
    panic!("{dialect}: not heard within 20 s: {heard:?}");
}

fn weighing(reading: &Reading) -> Option<&Weighing> {
    if let Reading::Weight(weighing) = reading { Some(weighing) } else { None }
}

fn kilograms(reading: &Reading) -> Option<String> {
    if let Display::Value(value) = weighing(reading)?.display {
        Some(value.normalize().to_string())
    } else {
        None
    }
}

fn map() -> Settings {
    serde_json::from_str(
        r#"{"address":3,"modbus":{"weight":{"register":7,"number":"i32"},"status_register":9,
        "status":[{"bit":0,"means":"stable"}],"unit":"kg","least":"-1000","most":"100000"}}"#,
    )
    .unwrap()
}

#[test]
fn pymodbus_is_asked_for_registers_over_both_wires() {
    for (framer, dialect) in [("socket", Dialect::ModbusTcp), ("rtu", Dialect::ModbusRtu)] {
        let Some(mut peer) = Peer::start("modbus.py", &[framer]) else { return };
        let reading = talk(dialect, &map(), peer.port(), |reading| weighing(reading).is_some());
        assert_eq!(kilograms(&reading).as_deref(), Some("40180"), "{framer}");
        assert_eq!(weighing(&reading).unwrap().stability, Stability::Stable);
    }
}

#[test]
fn an_mt_sics_scale_is_asked_for_its_weight() {
    let Some(mut peer) = Peer::start("mt_sics.py", &[]) else { return };
    let settings = Settings::default();
    let reading = talk(Dialect::MtSics, &settings, peer.port(), |reading| {
        kilograms(reading).is_some_and(|kilograms| kilograms != "0")
    });
    assert_eq!(kilograms(&reading).as_deref(), Some("250"));
}

#[test]
fn the_reversed_text_of_a_simulator_is_read() {
    let Some(peer) = Peer::start("reversed_text.py", &[]) else { return };
    let said = peer.said();
    // It puts the sign of equality behind the number, where the maker puts it before.
    let settings: Settings = serde_json::from_str(r#"{"equals_last":true}"#).unwrap();
    let heard = Decoder::with(Dialect::Xk3190Text, &settings).decode(&said);
    // The first number has no sign before it, and the line begins with it: it may be half a number.
    let numbers: Vec<_> = heard.iter().flatten().filter_map(kilograms).collect();
    assert_eq!(numbers, ["40000", "-20", "12.34", "40000", "-20"], "{heard:?}");
}
