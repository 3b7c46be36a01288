//! `edge-agent probe`, on lines that speak, lines that are silent, and lines that are open with the wrong settings.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use edge_agent::clock::Clock;
use edge_agent::config::Config;
use edge_agent::probe::{
    LineSettings, Open, Opener, Outcome, Patience, Port, USUAL, listen, settings_of,
};
use firmware_protocols::{Dialect, Raw};
use nix::pty::openpty;

use crate::world::site;

/// The good frames of a dialect that need no settings.
fn frames(dialect: Dialect) -> Vec<Vec<u8>> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../firmware-protocols/tests/captures");
    let text = std::fs::read_to_string(format!("{root}/{dialect}/good.txt")).unwrap();
    let frames = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    frames.map(|line| line.parse::<Raw>().unwrap().0).collect()
}

fn minute(dialect: Dialect) -> Vec<u8> {
    frames(dialect).concat().repeat(12)
}

fn probe(arguments: &[&str], input: &[u8]) -> (bool, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .arg("probe")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that wants none of it has ended, which the test sees by what it says.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// A line that a device speaks on at `at`: what is heard with another setting is what its bits make there.
struct Wire {
    at: LineSettings,
    said: Vec<u8>,
    opened: Vec<LineSettings>,
}

impl Opener for Wire {
    fn open(&mut self, line: Option<&LineSettings>) -> io::Result<Open> {
        let line = line.unwrap();
        self.opened.push(*line);
        Ok(Open::whole(io::Cursor::new(heard_at(&self.said, &self.at, line))))
    }
}

/// One bit after another as the device sends them, sampled in the middle of the bits that the listener expects.
fn heard_at(said: &[u8], sent: &LineSettings, open: &LineSettings) -> Vec<u8> {
    let mut levels: Vec<bool> = vec![true; 20];
    for byte in said {
        levels.push(false);
        let bits = u32::from(sent.bits());
        levels.extend((0..bits).map(|bit| byte >> bit & 1 == 1));
        let odd = (u32::from(*byte) & ((1 << bits) - 1)).count_ones() % 2 == 1;
        match sent.parity_name() {
            "even" => levels.push(odd),
            "odd" => levels.push(!odd),
            _ => {}
        }
        levels.extend(vec![true; usize::from(sent.stops())]);
    }
    levels.extend(vec![true; 20]);
    let bit = f64::from(sent.baud) / f64::from(open.baud);
    let level = |at: f64| levels.get(at as usize).copied().unwrap_or(true);
    let (mut at, mut bytes) = (0.0, Vec::new());
    while at < levels.len() as f64 {
        if level(at) {
            at += bit / 8.0;
            continue;
        }
        let bits = u32::from(open.bits());
        let byte = (0..bits)
            .filter(|bit_number| level(at + bit * (1.5 + f64::from(*bit_number))))
            .fold(0_u8, |byte, bit_number| byte | 1 << bit_number);
        let odd = (byte.count_ones() % 2 == 1) != level(at + bit * (1.5 + f64::from(bits)));
        let (parity, fits) = match open.parity_name() {
            "even" => (1.0, !odd),
            "odd" => (1.0, odd),
            _ => (0.0, true),
        };
        // A byte with another parity is read as nothing (termios, INPCK).
        bytes.push(if fits { byte } else { 0 });
        let stop = at + bit * (1.5 + f64::from(bits) + parity);
        // A stop bit that is none is taken for the next start bit, as a 16550 does.
        at = if level(stop) { stop } else { stop - bit / 2.0 };
    }
    bytes
}

fn heard(dialect: Dialect, at: &str, lines: &[LineSettings]) -> (Outcome, Vec<LineSettings>) {
    let mut wire = Wire { at: at.parse().unwrap(), said: minute(dialect), opened: Vec::new() };
    let patience = Patience { listen: Duration::from_secs(1), until_certain: true };
    let lines: Vec<Option<LineSettings>> = lines.iter().copied().map(Some).collect();
    let outcome = listen(&mut wire, &lines, &patience, &Clock::new(None), |_| {}).unwrap();
    (outcome, wire.opened)
}

#[test]
fn the_speed_at_which_a_device_speaks_is_found_among_the_usual_ones() {
    for (dialect, at) in [
        (Dialect::Xk3190, "9600 8N1"),
        (Dialect::Cas, "4800 8N1"),
        (Dialect::Tsa, "19200 8N1"),
        (Dialect::Toledo, "2400 8N1"),
        (Dialect::M100, "115200 8N1"),
        (Dialect::UhfReader18, "57600 8N1"),
        (Dialect::FlintecBsi, "38400 8N1"),
        (Dialect::TensoM, "1200 8N1"),
        (Dialect::TsaEnvironment, "19200 8O1"),
    ] {
        let (outcome, opened) = heard(dialect, at, &USUAL);
        let best = outcome.best().unwrap();
        assert_eq!(best.line.unwrap().to_string(), at, "{dialect}");
        assert_eq!(outcome.guess().unwrap().dialect, dialect, "{}", best.recognition);
        assert!(opened.len() <= USUAL.len());
    }
}

#[test]
fn it_ends_as_soon_as_a_guess_is_certain() {
    let (_, opened) = heard(Dialect::Xk3190, "9600 8N1", &USUAL);
    assert_eq!(opened.len(), 1, "{opened:?}");
}

#[test]
fn seven_bits_with_a_parity_are_found_through_eight_without() {
    for (at, parity, stop_bits) in [
        ("9600 7E1", "parity = \"even\"", "stop_bits = 1"),
        ("9600 7O1", "parity = \"odd\"", "stop_bits = 1"),
    ] {
        let (outcome, _) = heard(Dialect::MtSics, at, &USUAL);
        let block = outcome.block(&Port::Serial("/dev/ttyUSB0".into())).unwrap().to_string();
        assert!(block.contains("data_bits = 7") && block.contains(parity), "{block}");
        assert!(block.contains(stop_bits) && block.contains("mt-sics"), "{block}");
    }
}

#[test]
fn speeds_and_parities_that_are_named_are_the_only_ones() {
    let shown = |bauds: &[u32], parities: &[tokio_serial::Parity]| {
        let lines: Vec<String> =
            settings_of(bauds, parities).iter().map(ToString::to_string).collect();
        lines.join(", ")
    };
    use tokio_serial::Parity::{Even, None};
    assert_eq!(shown(&[300], &[None]), "300 8N1");
    assert_eq!(shown(&[9600], &[]), "9600 8N1, 9600 8E1, 9600 8O1");
    assert_eq!(shown(&[9600, 4800], &[None, Even]), "9600 8N1, 4800 8N1, 9600 8E1, 4800 8E1");
    assert_eq!(shown(&[], &[]).split(", ").count(), USUAL.len());
    assert!(USUAL.iter().all(|line| line.to_string().parse() == Ok(*line)));
}

/// Both ends of a pseudo-terminal. The slave stays open, so that it does not hang up between two settings.
fn terminal() -> (OwnedFd, OwnedFd, String) {
    let pair = openpty(None, None).unwrap();
    let name = std::fs::read_link(format!("/proc/self/fd/{}", pair.slave.as_raw_fd())).unwrap();
    let name = name.to_str().unwrap().to_owned();
    (pair.master, pair.slave, name)
}

#[test]
fn devices_on_a_terminal_are_named_with_a_block_that_the_configuration_takes() {
    for dialect in [Dialect::Xk3190, Dialect::Cas, Dialect::Tsa, Dialect::TensoM] {
        let (master, _slave, name) = terminal();
        let said = minute(dialect);
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let speaker = std::thread::spawn(move || {
            let mut line = std::fs::File::from(master);
            while stopped
                .recv_timeout(Duration::from_millis(20))
                .is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Timeout)
            {
                line.write_all(&said).unwrap();
            }
            line
        });
        let (found, out, told) = probe(&["--seconds", "5", "--baud", "9600", &name], b"");
        drop(stop);
        let mut line = speaker.join().unwrap();
        assert!(found, "{dialect}: {out}{told}");
        let block = out.split("is right:\n").nth(1).unwrap_or_else(|| panic!("{out}"));
        assert!(block.contains(&format!("dialect = \"{dialect}\"")), "{out}");
        let config = Config::parse(Path::new("site.toml"), &site(block))
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(config.lines.len(), 1);
        assert_eq!(config.lines[0].dialect, dialect);
        assert!(told.contains("9600 8N1: listening for 5 s"), "{told}");
        assert_eq!(sent(&mut line), b"", "{dialect}: not a byte is sent");
    }
}

/// What was said to the device.
fn sent(line: &mut std::fs::File) -> Vec<u8> {
    use nix::fcntl::{FcntlArg, OFlag, fcntl};
    fcntl(&*line, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    let mut sent = vec![0; 100];
    let length = line.read(&mut sent).unwrap_or(0);
    sent.truncate(length);
    sent
}

#[test]
fn a_silent_line_is_said_to_be_silent_with_what_that_may_mean() {
    let (_master, _slave, name) = terminal();
    let (found, out, told) =
        probe(&["--seconds", "1", "--baud", "9600", "--parity", "none", &name], b"");
    assert!(!found);
    assert!(out.starts_with(&format!("Nothing was heard on {name}.")), "{out}{told}");
    let asked = out.lines().find(|line| line.contains("has to be asked")).unwrap();
    for dialect in Dialect::ALL {
        let listed = asked.split([' ', ',']).any(|word| word == dialect.name());
        assert_eq!(listed, dialect.has_to_be_asked(), "{dialect}: {asked}");
    }
}

#[test]
fn garbage_is_told_as_nothing_that_is_known() {
    let noise: Vec<u8> =
        (0..3000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let (found, out, _) = probe(&["-"], &noise);
    assert!(!found);
    assert!(out.contains("3000 bytes heard") && out.contains("No dialect explains"), "{out}");
}

#[test]
fn a_device_that_listens_is_heard_over_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let device = std::thread::spawn(move || {
        let (mut line, _) = listener.accept().unwrap();
        line.write_all(&minute(Dialect::Tsa)).unwrap();
        let mut sent = Vec::new();
        line.read_to_end(&mut sent).unwrap();
        sent
    });
    let (found, out, told) = probe(&[&format!("tcp:{address}")], b"");
    assert!(found, "{out}{told}");
    assert_eq!(device.join().unwrap(), b"", "not a byte is sent");
    let block = out.split("is right:\n").nth(1).unwrap();
    let config = Config::parse(Path::new("site.toml"), &site(block)).unwrap();
    assert_eq!(config.lines[0].dialect, Dialect::Tsa);
}

#[test]
fn a_recording_is_recognised_and_kept_as_a_capture_that_decode_reads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("heard");
    std::fs::write(&file, b"00.0000=43.2100=00004=02000-=00.0000=43.2100=00004=02000-=").unwrap();
    let kept = folder.path().join("kept.txt");
    let (found, out, told) =
        probe(&["--keep", kept.to_str().unwrap(), file.to_str().unwrap()], b"");
    assert!(found, "{out}{told}");
    assert!(!out.contains("[[device]]"), "a file does not say where its device is: {out}");
    assert_eq!(std::fs::read(&kept).unwrap(), std::fs::read(&file).unwrap());
    let settings = folder.path().join("kept.settings.json");
    assert_eq!(std::fs::read_to_string(&settings).unwrap(), r#"{"equals_last":true}"#);
    let decoded = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .args(["decode", "--dialect", "xk3190-text", "--settings", settings.to_str().unwrap()])
        .arg(&kept)
        .output()
        .unwrap();
    assert!(decoded.status.success() && !decoded.stdout.is_empty(), "{decoded:?}");
}

#[test]
fn a_machine_reads_the_same_as_json() {
    let (found, out, _) = probe(&["--json", "-"], &minute(Dialect::Xk3190));
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(found);
    assert_eq!(answer["heard"][0]["recognition"]["guesses"][0]["dialect"], "xk3190");
    assert_eq!(answer["certain"], true);
}

#[test]
fn every_dialect_makes_a_block_that_the_configuration_takes_but_for_registers() {
    for &dialect in Dialect::ALL {
        let mut recognition = firmware_protocols::recognise(&minute(dialect));
        recognition.guesses.retain(|guess| guess.dialect == dialect);
        assert!(!recognition.guesses.is_empty(), "{dialect}");
        let line = Some("9600 8N1".parse().unwrap());
        let heard = edge_agent::probe::Heard { line, bytes: vec![0], recognition };
        let outcome = Outcome { heard: vec![heard] };
        let block = outcome.block(&Port::Serial("/dev/tty\"S0".into())).unwrap().to_string();
        let config = Config::parse(Path::new("site.toml"), &site(&block));
        let registers = dialect.settings().contains(&"modbus");
        match config {
            Ok(config) => assert_eq!(config.lines[0].dialect, dialect),
            Err(error) => assert!(registers, "{dialect}: {error}\n{block}"),
        }
    }
}

#[test]
fn what_is_no_port_is_told() {
    let (_, _, told) = probe(&["/tmp"], b"");
    assert!(told.contains("is no port: a serial device such as"), "{told}");
    let (_, _, told) = probe(&["/dev/no-such-line"], b"");
    assert!(told.contains("failed to listen on /dev/no-such-line"), "{told}");
    let (_, _, told) = probe(&["--baud", "9600", "-"], b"");
    assert!(told.contains("--baud and --parity belong to serial lines"), "{told}");
}
