//! The daily look while the agent goes on working: what goes is recorded before it goes, and nothing that came meanwhile is lost.

use std::path::{Path, PathBuf};

use checkpoint::event::{Author, Entry, Event};
use checkpoint::input::ClockQuality;
use wire::Class;
use wire::entry::{Decoded, decode, encode};

use super::*;
use crate::agent::{Audience, Loop, Publisher, Timing};
use crate::config::Config;
use crate::ingest::calls::Calls;
use crate::journal::{self, Cursor, Urgency, verify};
use crate::terminal::gauges::Gauges;
use crate::{ingest, tape};

const SITE: &str = "[checkpoint]
id = \"test\"
title = \"Test\"
office_code = \"55301\"
zone = \"Asia/Almaty\"
data_dir = \"data\"
[[lane]]
id = \"1\"
title = \"Lane 1\"
direction = \"inbound\"
mode = \"road\"
";

/// A journal of two days of March 2020, which the hub has.
fn begun(folder: &Path) -> PathBuf {
    let file = folder.join("journal.db");
    let Opened { journal, mut head, .. } = open(&file).unwrap();
    let (mut writer, errands) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
    for at in ["2020-03-02T10:00:00Z", "2020-03-02T11:00:00Z", "2020-03-03T10:00:00Z"] {
        let entry = Entry {
            seq: head.seq + 1,
            at: at.parse().unwrap(),
            clock: ClockQuality::Synchronised,
            author: Author::Agent,
            event: Event::ClockSyncChanged { synchronised: true },
        };
        let body = encode(&entry, head.epoch, head.hash);
        let kept = journal::Entry::after(&head, Class::Bulk, body).unwrap();
        head = kept.head();
        drop(writer.append(vec![kept], Urgency::MayWait).unwrap());
    }
    errands.acknowledge(Cursor::Hub, head.seq).unwrap().wait().unwrap();
    writer.close().unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_look_removes_what_is_over_while_the_agent_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_owned();
    let file = tokio::task::spawn_blocking(move || begun(&place)).await.unwrap();
    let limits = include_str!("../../tests/agent/limits.toml");
    let config = Config::parse(Path::new("site.toml"), &format!("{SITE}{limits}")).unwrap();
    let rules = Arc::new(crate::rules::rules(&config).unwrap());
    let Opened { journal, checkpoint, head, .. } = open(&file).unwrap();
    let (board, shown) = watch::channel(Arc::new(checkpoint.clone()));
    let reader = journal.reader().unwrap();
    let (follower, publisher, durable, _heads) = Publisher::new(head);
    let live = Live::new(head.epoch, head.seq);
    let clock = Clock::new(None);
    let gauges = Gauges::new(clock.clone(), head.epoch.to_string(), head.seq);
    let tapes = folder.path().join("tapes");
    let audience = Audience {
        checkpoint: checkpoint.clone(),
        edition: Arc::clone(&rules.edition),
        reader: journal.reader().unwrap(),
        live: live.clone(),
        gauges: gauges.clone(),
        board,
        index: None,
        documents: None,
        tapes: ingest::open_tapes(&config.lines, &tapes, tape::Limits::default()),
        evidence: folder.path().join("evidence"),
        clock: clock.clone(),
        calls: Calls::new(&config.lines, &checkpoint),
    };
    let publishing = std::thread::spawn(move || publisher.run(audience));
    let (writer, errands) = journal.start(Grouping::default(), follower).unwrap();
    let agent = Agent::new(checkpoint, Arc::clone(&rules), writer, live.clone());
    let started = Condition::Started { version: String::new(), config_digest: String::new() };
    let timing =
        Timing { clock: clock.clone(), gauges, live, snapshot_every: 1000, folded: 0, started };
    let (looping, inbox) = Loop::new(agent, errands.clone(), durable, timing);
    let (stop, stopping) = watch::channel(false);
    let running = std::thread::spawn(move || looping.run(stopping));

    let daily = Daily {
        reader,
        errands,
        rules,
        settings: PurgeSettings::default(),
        clock,
        inbox: inbox.clone(),
        board: shown,
        index: None,
    };
    let meanwhile = tokio::spawn(async move {
        for turn in 0..100 {
            inbox.noticed(Condition::HubLink { up: turn % 2 == 0 }).await.unwrap();
        }
        inbox
    });
    let (daily, removed) = daily.look().await.expect("the agent goes on");
    assert_eq!(removed.unwrap(), 3);
    let inbox = meanwhile.await.unwrap();
    // The next day there is nothing more, and all that came is there.
    let (daily, removed) = daily.look().await.expect("the agent goes on");
    assert_eq!(removed.unwrap(), 0);
    let kept = inbox.noticed_and_kept(Condition::HubLink { up: true }).await.unwrap();
    kept.await.unwrap();
    let entries = daily.reader.scan(1, 1000).unwrap();
    let events: Vec<Event> = entries
        .iter()
        .map(|kept| match decode(kept.body()).unwrap() {
            Decoded::Entry(entry) => entry.event,
            Decoded::Newer { .. } => panic!("nothing newer was written"),
        })
        .collect();
    let links = events.iter().filter(|event| matches!(event, Event::HubLinkChanged { .. })).count();
    assert_eq!(links, 101);
    let purges = events.iter().filter(|event| matches!(event, Event::JournalPurged(_))).count();
    assert_eq!(purges, 1);

    drop((daily, inbox));
    stop.send_replace(true);
    running.join().unwrap().unwrap();
    publishing.join().unwrap();
    let verified = verify(&file, None, &mut |_| {}).unwrap();
    assert_eq!((verified.origin.seq, verified.damage), (3, vec![]));
}
