//! Devices of our simulator, asked by programs of other people: mbpoll reads its weighing indicators, llrpkit runs its reader of seals.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use expect_test::expect;
use simulator::cast::Cast;
use simulator::officers::Officers;
use simulator::play::{self, Pace, Wings};
use simulator::score::Score;
use simulator::stage::Stage;
use simulator::story::Story;
use tempfile::TempDir;

use super::{PATIENCE, Peer};

/// A story that is being played for as long as a test takes.
struct Played {
    folder: TempDir,
    port: u16,
}

impl Played {
    /// Plays a story on devices, of whose lines `PORT` and `FOLDER` are left to be filled in.
    fn begin(devices: &str, story: &str) -> Played {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let devices = devices
            .replace("PORT", &port.to_string())
            .replace("FOLDER", &folder.path().display().to_string());
        let cast = Cast::parse(Path::new("devices.toml"), &devices).unwrap();
        let story = Story::parse("story", story).unwrap();
        let mut score = Score::new(story, &cast, folder.path(), play::now(), 1).unwrap();
        let (ready, set) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut stage = Stage::set(&cast).await.unwrap();
                ready.send(()).unwrap();
                // Nobody gives an order: there is no terminal.
                let mut officers = Officers::at("127.0.0.1:9", "", 1);
                let pace = Pace { speed: 1.0, linger: PATIENCE };
                play::play(
                    &mut score,
                    &mut stage,
                    &mut officers,
                    &mut Wings::default(),
                    pace,
                    &mut |_| {},
                )
                .await;
            });
        });
        set.recv().unwrap();
        Played { folder, port }
    }

    fn pty(&self, device: &str) -> PathBuf {
        self.folder.path().join(device)
    }
}

/// Two indicators, each with a signed number of 32 bits, high word first, and a word of state behind it.
const SCALES: &str = r#"
[[device]]
id = "scale-1"
dialect = "modbus-tcp"
connect = { tcp = "127.0.0.1:PORT" }
[device.settings]
address = 17
[device.settings.modbus]
weight = { register = 7, number = "i32" }
unit = "kg"
status_register = 9
status = [{ bit = 0, means = "stable" }]
least = "-1000"
most = "70000"

[[device]]
id = "scale-2"
dialect = "modbus-rtu"
connect = { serial = "FOLDER/scale-2", baud = 9600, data_bits = 8, parity = "none", stop_bits = 1 }
[device.settings]
address = 17
[device.settings.modbus]
weight = { register = 7, number = "i32" }
unit = "kg"
status_register = 9
status = [{ bit = 0, means = "stable" }]
least = "-1000"
most = "70000"
"#;

const STORY_OF_SCALES: &str = "\
story: Two scales
0:00:00 scale-1 load 38240 kg for 60 s
0:00:00 scale-2 load 21460 kg for 60 s
";

/// More often than it takes a load to stand still.
const TRIES: usize = 100;

/// What mbpoll says to one question: the values of registers, or why there is none. `None`, and one line that says what is skipped, where it is not installed.
fn mbpoll(question: &[&str]) -> Option<String> {
    // Registers as they are numbered on the wire, once.
    let said = Command::new("mbpoll").args(["-0", "-1", "-q"]).args(question).output();
    let Ok(said) = said else {
        println!("skipped: mbpoll is not installed; `make setup` installs it");
        return None;
    };
    let said = [said.stdout, said.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    let told = |line: &&str| line.starts_with('[') || line.contains("failed");
    Some(said.lines().filter(told).collect::<Vec<_>>().join("; "))
}

#[test]
fn mbpoll_reads_our_indicators_over_both_wires() {
    let played = Played::begin(SCALES, STORY_OF_SCALES);
    let (port, pty) = (played.port.to_string(), played.pty("scale-2").display().to_string());
    let tcp = ["-m", "tcp", "-p", &port, "127.0.0.1"];
    let rtu = ["-m", "rtu", "-b", "9600", "-P", "none", &pty];
    let asks = |line: &[&str], question: &[&str]| mbpoll(&[line, question].concat());
    for (line, kg) in [(&tcp[..], 38_240), (&rtu[..], 21_460)] {
        let weighs = (["-r", "7", "-t", "4:int", "-B"].as_slice(), format!("[7]: \t{kg}"));
        let is_still = (["-r", "9", "-t", "4:hex"].as_slice(), "[9]: \t0x0001".to_owned());
        for (question, awaited) in [weighs, is_still] {
            let mut said = String::new();
            for _ in 0..TRIES {
                let question = [&["-a", "17"], question].concat();
                let Some(answer) = asks(line, &question) else { return };
                said = answer;
                if said == awaited {
                    break;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            assert_eq!(said, awaited, "{line:?} {question:?}");
        }
    }
    let both = |question: &[&str]| [asks(&tcp, question), asks(&rtu, question)].map(Option::unwrap);
    let said = [
        both(&["-a", "17", "-r", "60000", "-t", "4"]),
        both(&["-a", "17", "-r", "0", "-t", "0"]),
        both(&["-a", "18", "-r", "7", "-t", "4", "-o", "0.3"]),
    ];
    expect![[r#"
        Read output (holding) register failed: Illegal data address
        Read output (holding) register failed: Illegal data address
        Read discrete output (coil) failed: Illegal function
        Read discrete output (coil) failed: Illegal function
        Read output (holding) register failed: Connection timed out
        Read output (holding) register failed: Connection timed out"#]]
    .assert_eq(&said.concat().join("\n"));
}

const READER: &str = r#"
[[device]]
id = "reader-1"
dialect = "llrp"
connect = { tcp = "127.0.0.1:PORT" }
settings = { tamper_chip = "nxp-g2il" }
"#;

#[test]
fn llrpkit_runs_our_reader_and_hears_its_tags_and_their_loops() {
    let story = "\
story: Two seals
0:00:00 reader-1 tags E20000172211014418901234 opened E20000172211014418905678 intact for 60 s
";
    let played = Played::begin(READER, story);
    let Some(peer) = Peer::start("llrp_client.py", &[played.port.to_string()]) else { return };
    expect![[r#"
        served
        a second client: reader refused the connection: <ConnectionAttemptStatusType.Failed_A_Client_Initiated_Connection_Already_Exists: 2>
        e20000172211014418901234 antenna 1 -54.0 dBm word c040
        e20000172211014418905678 antenna 1 -54.0 dBm word 4040
        reports after it was stopped: 0
        left"#]]
    .assert_eq(&peer.lines().join("\n"));
}
