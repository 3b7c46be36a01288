//! Programs of other people at the other end of the line: what they say is understood, and what we ask is answered.
//!
//! `make test` installs them, pinned in `tests/peers/requirements.txt` and `tests/peers/package-lock.json`, beside the build. Without them each test says what it skips.

mod check_digits;
mod llrp;
mod modbus;
mod n42;
mod ours;
mod sparkplug;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use edge_agent::clock::Clock;
use firmware_protocols::weighbridge::{Display, Weighing};
use firmware_protocols::{Conversation, Decoder, Dialect, Item, Reading, Settings};

/// A program of somebody else, or a script of `tests/peers` that calls upon one.
struct Peer {
    child: Child,
    says: Receiver<Vec<u8>>,
}

impl Peer {
    /// Starts a script of `tests/peers`. `None`, and one line that says what is skipped, where the peers are not installed.
    fn start(script: &str, arguments: &[impl AsRef<OsStr>]) -> Option<Peer> {
        let program = match script.rsplit_once('.') {
            Some((_, "mjs")) => PathBuf::from("node"),
            _ => installed().join("bin/python"),
        };
        // What `make setup` writes when it is done.
        if !installed().join("installed.txt").exists() {
            let installed = installed();
            println!("skipped: {script} needs {}, which `make setup` fills", installed.display());
            return None;
        }
        let mut child = Command::new(program)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(script))
            .args(arguments)
            .env("BEKET_PEERS", installed())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (said, says) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = Vec::new();
            while stdout.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
                if said.send(std::mem::take(&mut line)).is_err() {
                    return;
                }
            }
        });
        Some(Peer { child, says })
    }

    /// The next line that it prints.
    fn line(&self) -> String {
        let line = self.says.recv_timeout(PATIENCE).expect("the peer says something in time");
        String::from_utf8(line).unwrap().trim_end().to_owned()
    }

    /// The port that the script prints when it is ready.
    fn port(&self) -> u16 {
        let line = self.line();
        line.parse().unwrap_or_else(|_| panic!("a port expected, {line:?} came"))
    }

    /// Tells it something, in a line.
    fn tell(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// All that it prints until it ends.
    fn said(self) -> Vec<u8> {
        self.says.iter().flatten().collect()
    }

    /// The same, of one that speaks to people.
    fn lines(self) -> Vec<String> {
        String::from_utf8(self.said()).unwrap().lines().map(ToOwned::to_owned).collect()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where they are installed.
fn installed() -> PathBuf {
    match std::env::var_os("BEKET_PEERS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers"),
    }
}

/// A conversation over TCP, as the agent holds it.
struct Talk {
    conversation: Box<dyn Conversation>,
    line: TcpStream,
    clock: Clock,
    heard: Vec<Item>,
    /// The other side has closed the line.
    closed: bool,
}

impl Talk {
    fn begin(dialect: Dialect, settings: &Settings, port: u16) -> Talk {
        let line = TcpStream::connect(("127.0.0.1", port)).unwrap();
        line.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let conversation = dialect.asker(settings).unwrap();
        let mut talk =
            Talk { conversation, line, clock: Clock::new(None), heard: Vec::new(), closed: false };
        assert_eq!(talk.conversation.opened(talk.now()), None);
        talk
    }

    fn now(&self) -> Duration {
        self.clock.moment().since_start
    }

    /// Goes on until it is enough. What was heard is told if that never comes.
    #[track_caller]
    fn until(&mut self, enough: impl Fn(&Talk) -> bool) {
        let mut buffer = [0; 4096];
        while !enough(self) {
            assert!(
                self.now() < Duration::from_secs(20),
                "not heard within 20 s: {:?}",
                self.heard
            );
            while let Some(bytes) = self.conversation.poll_transmit(self.now()) {
                self.line.write_all(&bytes).unwrap();
            }
            let now = self.now();
            match self.line.read(&mut buffer) {
                Ok(0) => self.closed = true,
                Ok(length) => self.conversation.decode(now, &buffer[..length], &mut self.heard),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => self.closed = true,
            }
            let now = self.now();
            self.conversation.time_passed(now, &mut self.heard);
        }
    }

    fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.heard.iter().flatten()
    }
}

/// Talks to a device at `port` until a reading is what `enough` waits for.
#[track_caller]
fn talk(
    dialect: Dialect,
    settings: &Settings,
    port: u16,
    enough: impl Fn(&Reading) -> bool,
) -> Reading {
    let mut talk = Talk::begin(dialect, settings, port);
    talk.until(|talk| talk.readings().any(&enough));
    talk.readings().find(|reading| enough(reading)).unwrap().clone()
}

/// Longer than anything that is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// No arguments.
const NOTHING: &[&str] = &[];

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

#[test]
fn an_mt_sics_scale_is_asked_for_its_weight() {
    let Some(peer) = Peer::start("mt_sics.py", NOTHING) else { return };
    let settings = Settings::default();
    let reading = talk(Dialect::MtSics, &settings, peer.port(), |reading| {
        kilograms(reading).is_some_and(|kilograms| kilograms != "0")
    });
    assert_eq!(kilograms(&reading).as_deref(), Some("250"));
}

#[test]
fn the_reversed_text_of_a_simulator_is_read() {
    let Some(peer) = Peer::start("reversed_text.py", NOTHING) else { return };
    let said = peer.said();
    // It puts the sign of equality behind the number, where the maker puts it before.
    let settings: Settings = serde_json::from_str(r#"{"equals_last":true}"#).unwrap();
    let heard = Decoder::with(Dialect::Xk3190Text, &settings).decode(&said);
    // The first number has no sign before it, and the line begins with it: it may be half a number.
    let numbers: Vec<_> = heard.iter().flatten().filter_map(kilograms).collect();
    assert_eq!(numbers, ["40000", "-20", "12.34", "40000", "-20"], "{heard:?}");
}
