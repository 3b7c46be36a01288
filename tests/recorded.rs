//! A folder that the simulator logged is a test: what it says that an agent should record is what the agent recorded that was there, and what
//! `edge-agent replay` records of the bytes alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use checkpoint::event::Entry;
use checkpoint::view::JournalLine;
use edge_agent::journal;
use serde::Deserialize;
use simulator::play::{Pace, Wings, now, play};
use simulator::score::Score;
use simulator::stage::Stage;
use simulator::story::Story;
use simulator::traffic::Traffic;
use stories::WorldError;
use stories::post::Post;
use wire::entry::Decoded;

const DEVICES: &str = r#"
[[device]]
id = "reader-1"
lane = "lane-2"
title = "Reader"
dialect = "llrp"
connect = { tcp = "moved" }
silence_limit_s = 60

[[device]]
id = "datagrams-1"
lane = "lane-2"
title = "Seals over datagrams"
dialect = "json"
family = "seal_reader"
connect = { udp = "moved" }
silence_limit_s = 86400

[[device]]
id = "barcode-1"
lane = "lane-2"
title = "Barcode reader"
dialect = "barcode"
connect = { serial = "moved", baud = 9600 }
silence_limit_s = 86400

[[device]]
id = "xray-1"
lane = "lane-2"
title = "X-ray"
dialect = "xray"
connect = { http_push = true }
silence_limit_s = 86400
"#;

const STORY: &str = "
0:00:02 camera-1    reads 777AAA02 KZ
0:00:03 portal-1    vehicle 5 s
0:00:04 scale-1     load 38247 kg for 9 s
0:00:05 barcode-1   scans \"CSQU3054383\" as ]C0
0:00:06 datagrams-1 reports KZ00000001 opened
0:00:07 reader-1    tags E20000172211014418901234 30340000 for 2 s
0:00:08 scale-2     load 61000 kg for 9 s
0:00:10 xray-1      hands over inspection X-000123 of 778AAA02
0:00:14 camera-1    reads nothing
0:00:17 portal-1    vehicle 5 s, gamma 6x
0:00:18 reader-1    cut for 2 s
0:00:19 camera-1    reads 778AAA02 KZ
0:00:20 camera-3    misbehaves prefix for 5 s
0:00:21 camera-3    reads 779AAA02 KZ
";

/// A line of `expected.jsonl`.
#[derive(Debug, Deserialize)]
struct Expectation {
    line: usize,
    device: String,
    story: String,
    entries: Vec<Expected>,
    uncertain: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Expected {
    kind: String,
    with: BTreeMap<String, String>,
    of_line: bool,
}

/// Kinds of which there is one for each thing that a story lets happen, and no other.
const ONCE: [&str; 4] = ["plate_read", "vehicle_screened", "vehicle_weighed", "scanned"];

impl Expected {
    fn is(&self, line: &JournalLine) -> bool {
        line.kind == self.kind
            && self.with.iter().all(|(name, value)| line.with.get(name) == Some(value))
    }
}

/// What was expected and is not there, or is there and was not expected.
fn otherwise(expected: &[Expectation], recorded: &[JournalLine], with_lines: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let devices: BTreeSet<&str> = expected.iter().map(|one| one.device.as_str()).collect();
    for id in devices {
        let of_device =
            |line: &&JournalLine| line.device.as_ref().is_some_and(|device| device.as_str() == id);
        let said: Vec<&JournalLine> = recorded.iter().filter(of_device).collect();
        let mine: Vec<&Expectation> = expected.iter().filter(|one| one.device == id).collect();
        let mut rest = said.iter();
        for one in &mine {
            for entry in one.entries.iter().filter(|entry| with_lines || !entry.of_line) {
                if !rest.any(|line| entry.is(line)) {
                    wrong.push(format!("line {}: {id} {}: no {entry:?}", one.line, one.story));
                }
            }
        }
        if mine.iter().all(|one| one.uncertain.is_none()) {
            for kind in ONCE {
                let entries = mine.iter().flat_map(|one| &one.entries);
                let expected = entries.filter(|entry| entry.kind == kind).count();
                let there = said.iter().filter(|line| line.kind == kind).count();
                if expected != there {
                    wrong.push(format!("{id}: {there} times {kind} and not {expected} times"));
                }
            }
        }
    }
    wrong
}

/// Every entry of the journal in this folder.
pub(crate) fn entries(data: &Path) -> Result<Vec<Entry>, WorldError> {
    let reader = journal::Reader::open(&data.join("journal.db"))?;
    let mut entries = Vec::new();
    let mut next = 1;
    loop {
        let some = reader.scan(next, 1000)?;
        let Some(last) = some.last() else { return Ok(entries) };
        next = last.seq() + 1;
        for entry in &some {
            if let Decoded::Entry(entry) = wire::entry::decode(entry.body())? {
                entries.push(*entry);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_log_expects_is_what_the_agent_recorded_and_records_again_of_the_bytes()
-> Result<(), WorldError> {
    let mut post = Post::with_devices(DEVICES)?;
    let mut stage = Stage::set(&post.cast).await?;
    let log = post.folder().join("log");
    stage.log(Some(Traffic::begin(&log)?));
    post.agent.start().await?;
    let story = Story::parse("recorded", STORY)?;
    let lines = story.steps.len();
    let mut score = Score::new(story, &post.cast, Path::new("/nonexistent"), now(), 1)?;
    let pace = Pace { speed: 1.0, linger: Duration::from_secs(8) };
    let mut officers = post.officers(1);
    play(&mut score, &mut stage, &mut officers, &mut Wings::default(), pace, &mut |_| {}).await;
    post.agent.kill().await;

    let expected = std::fs::read_to_string(log.join("expected.jsonl"))?;
    let expected: Vec<Expectation> =
        expected.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert_eq!(expected.len(), lines);
    let uncertain = expected.iter().filter_map(|one| one.uncertain.as_deref());
    assert_eq!(uncertain.collect::<Vec<_>>(), ["the device misbehaves"; 2]);
    let lines = |entries: Vec<Entry>| entries.iter().map(JournalLine::of).collect::<Vec<_>>();
    let recorded = lines(entries(&post.folder().join("agent"))?);
    let nothing: [String; 0] = [];
    assert_eq!(otherwise(&expected, &recorded, true), nothing, "live: {}", post.agent_log());

    let traffic = log.join("traffic.jsonl").display().to_string();
    let said: BTreeSet<&str> = expected.iter().map(|one| one.device.as_str()).collect();
    let recordings: Vec<String> = said.iter().map(|device| format!("{device}={traffic}")).collect();
    let config = post.config().display().to_string();
    let mut words = vec!["replay", "--config", &config];
    words.extend(recordings.iter().map(String::as_str));
    let replayed = post.edge_agent(&words)?;
    let replayed: Vec<Entry> =
        replayed.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert_eq!(otherwise(&expected, &lines(replayed), false), nothing, "replayed");
    // What is not there is missed: the comparison can fail.
    assert!(otherwise(&expected, &[], false).len() >= 10);
    Ok(())
}
