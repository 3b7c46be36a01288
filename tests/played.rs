//! Devices that the simulator plays over real lines, heard by a real agent: readers, seals, terminals, datagrams, seals over MQTT, a node of Sparkplug, a scanner.
#![expect(clippy::wildcard_enum_match_arm, reason = "the story looks for a few kinds of events")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use checkpoint::event::Event;
use checkpoint::input::observation::Health;
use simulator::play::{Pace, Wings, now, play};
use simulator::score::Score;
use simulator::stage::Stage;
use simulator::story::Story;
use simulator::traffic::Traffic;
use stories::WorldError;
use stories::post::Post;

use crate::brokers::{Broker, MOSQUITTO};
use crate::recorded::entries;

const DEVICES: &str = r#"
[[device]]
id = "reader-1"
lane = "lane-1"
title = "Reader"
dialect = "llrp"
connect = { tcp = "moved" }
silence_limit_s = 60

[[device]]
id = "lock-1"
lane = "lane-1"
title = "Locks that call"
dialect = "jointech"
connect = { listen = "moved" }
silence_limit_s = 86400

[[device]]
id = "terminal-1"
lane = "lane-1"
title = "Terminals that call"
dialect = "egts"
connect = { listen = "moved" }
silence_limit_s = 86400

[[device]]
id = "datagrams-1"
lane = "lane-1"
title = "Seals over datagrams"
dialect = "json"
family = "seal_reader"
connect = { udp = "moved" }
silence_limit_s = 86400

[[device]]
id = "barcode-1"
lane = "lane-1"
title = "Barcode reader"
dialect = "barcode"
connect = { serial = "moved", baud = 9600 }
silence_limit_s = 86400
"#;

/// Where a broker is installed; `seal-1`, which publishes over plain MQTT, is the demo's.
const NODE: &str = r#"
[[device]]
id = "node-1"
lane = "lane-1"
title = "Seals behind a node"
dialect = "json"
family = "seal_reader"
connect = { sparkplug = "post/plc/seals", metrics = { seal = "Seal/Number", locked = "Seal/Locked" } }
silence_limit_s = 86400
"#;

const STORY: &str = "
0:00:02 camera-1    reads 777AAA02 KZ
0:00:04 reader-1    tags E20000172211014418901234 for 3 s
0:00:04 lock-1      reports 8000632862 intact
0:00:05 terminal-1  reports 133552 housing-opened
0:00:05 datagrams-1 reports KZ00000001 intact
0:00:06 barcode-1   scans \"CSQU3054383\" as ]C0
0:00:06 lock-1      cut for 2 s
0:00:07 lock-1      reports 8000632863 intact
";

const BROKER_STORY: &str = "
0:00:08 seal-1      reports KZ00000004 intact
0:00:08 node-1      reports KZ00000002 intact
0:00:09 node-1      misbehaves restarts for 1 s
0:00:09.5 seal-1    cut for 2 s
0:00:12 node-1      reports KZ00000003 opened
0:00:13 seal-1      reports KZ00000005 intact
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_befalls_devices_that_are_not_there_stands_in_the_journal_of_the_agent()
-> Result<(), WorldError> {
    let with_broker = Path::new(MOSQUITTO).exists();
    let (devices, story) = if with_broker {
        (format!("{DEVICES}{NODE}"), format!("{STORY}{BROKER_STORY}"))
    } else {
        println!("skipped: no {MOSQUITTO} on this machine, so no device behind one");
        (DEVICES.to_owned(), STORY.to_owned())
    };
    let mut post = Post::with_devices(&devices)?;
    let broker = post.cast.broker.clone().unwrap_or_default();
    let _broker = with_broker.then(|| Broker::start(&broker)).transpose()?;
    let mut stage = Stage::set(&post.cast).await?;
    let traffic = post.folder().join("traffic");
    stage.log(Some(Traffic::begin(&traffic)?));
    post.agent.start().await?;
    let story = Story::parse("played", &story)?;
    let mut score = Score::new(story, &post.cast, Path::new("/nonexistent"), now(), 1)?;
    let pace = Pace { speed: 1.0, linger: Duration::from_secs(3) };
    let mut officers = post.officers(1);
    play(&mut score, &mut stage, &mut officers, &mut Wings::default(), pace, &mut |_| {}).await;

    let mut expected = vec![
        "seal E20000172211014418901234",
        "seal 8000632862",
        "seal 8000632863",
        "seal 133552",
        "seal KZ00000001",
        "scan of barcode-1",
    ];
    if with_broker {
        expected.extend(["seal KZ00000002", "seal KZ00000003"]);
        expected.extend(["seal KZ00000004", "seal KZ00000005"]);
    }
    // A seal goes with its last will and is back with its next report. What was before it first spoke is not looked at.
    let came_back = [Health::Online, Health::Offline, Health::Online];
    let (mut told, mut health) = (BTreeMap::new(), Vec::new());
    for _ in 0..200 {
        let entries = entries(&post.folder().join("agent"))?;
        let events: Vec<Event> = entries.into_iter().map(|entry| entry.event).collect();
        (told, health) = (told_by(&events), health_of("seal-1", &events));
        if expected.iter().all(|words| told.contains_key(*words))
            && (!with_broker || health.ends_with(&came_back))
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for words in &expected {
        assert!(told.contains_key(*words), "{words} is missing: {told:?}\n{}", post.agent_log());
    }
    if with_broker {
        assert!(health.ends_with(&came_back), "{health:?}\n{}", post.agent_log());
    }
    // What was answered is not said again.
    assert_eq!(told["seal 8000632862"], 1, "{told:?}");
    post.agent.kill().await;

    let said = traffic.join("lock-1.said").display().to_string();
    let decoded = post.edge_agent(&["decode", "--dialect", "jointech", &said])?;
    assert!(decoded.contains("8000632863"), "{decoded}");
    Ok(())
}

/// Seals that were read and scans that were taken, and how often.
fn told_by(events: &[Event]) -> BTreeMap<String, u32> {
    let mut told = BTreeMap::new();
    for event in events {
        let words = match event {
            Event::SealRead { seal, .. } => format!("seal {}", seal.number),
            Event::Scanned(scanned) => format!("scan of {}", scanned.device.as_str()),
            _ => continue,
        };
        *told.entry(words).or_default() += 1;
    }
    told
}

/// How a device was, in the order in which it changed.
fn health_of(id: &str, events: &[Event]) -> Vec<Health> {
    let of = |event: &Event| match event {
        Event::DeviceHealthChanged { device, health, .. } if device.as_str() == id => Some(*health),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}
