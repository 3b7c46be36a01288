//! What is taken away from a running checkpoint, and what must still be there afterwards. Real processes, real kills.
#![expect(clippy::wildcard_enum_match_arm, reason = "each story looks for one kind of event")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use checkpoint::event::{AlarmCause, Entry, Event};
use checkpoint::input::observation::Radiation;
use edge_agent::journal::{self, Grouping, Journal, Urgency};
use simulator::officers::{Answer, OfficerError, Officers};
use simulator::stage::Stage;
use simulator::story::StoryOrder;
use stories::post::{Post, rounds};
use stories::{World, WorldError};
use wire::chain::{Epoch, Head};
use wire::entry::Decoded;

/// Officers open visits as fast as they can while the agent is killed again and again: what was answered with a number is in the journal
/// under that number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_agent_has_lost_nothing_that_it_acknowledged() -> Result<(), WorldError> {
    let mut post = Post::new()?;
    let mut acknowledged: BTreeMap<u64, String> = BTreeMap::new();
    for round in 0..rounds(20) {
        post.agent.start().await?;
        const OFFICERS: [&str; 3] = ["bekov", "antonova", "sadykova"];
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let hands: Vec<_> = OFFICERS
            .into_iter()
            .enumerate()
            .map(|(number, officer)| {
                let mut desk = post.officers(u64::from(round) * 10 + number as u64);
                let told = told.clone();
                tokio::spawn(async move {
                    for press in 0..10_000_u32 {
                        let plate = format!("{round:03}{number}{press:05}");
                        let order = StoryOrder::OpenVisit {
                            lane: "lane-1".to_owned(),
                            plate: plate.clone(),
                        };
                        match desk.order(officer, &order).await {
                            Ok(Answer::Recorded { seq }) => drop(told.send((seq, plate))),
                            Ok(Answer::Refused(code)) => panic!("refused: {code}"),
                            Err(_) => return, // killed
                        }
                    }
                })
            })
            .collect();
        drop(told);
        // A moment that is different each time, and the same in every run of the test.
        tokio::time::sleep(Duration::from_millis(200 + u64::from(round) * 37 % 400)).await;
        post.agent.kill().await;
        while let Some((seq, plate)) = heard.recv().await {
            acknowledged.insert(seq, plate);
        }
        for hand in hands {
            hand.await?;
        }
    }
    let journal = post.folder().join("agent/journal.db").display().to_string();
    let verified = post.edge_agent(&["journal", "verify", &journal])?;
    assert!(verified.contains("whole"), "{verified}");
    let kept = entries(&post.folder().join("agent"))?;
    assert!(
        acknowledged.len() > 20,
        "only {} orders were acknowledged: the test saw nothing",
        acknowledged.len()
    );
    for (seq, plate) in &acknowledged {
        let plates: Vec<&str> = following(&kept, *seq).filter_map(plate_of).collect();
        assert!(
            plates.contains(&plate.as_str()),
            "{plate} was acknowledged as entry {seq}, and the journal has {plates:?}"
        );
    }
    println!("{} kills, {} acknowledged, none lost", rounds(20), acknowledged.len());
    Ok(())
}

/// The entries that one order left, from the first of them.
fn following(kept: &BTreeMap<u64, Entry>, seq: u64) -> impl Iterator<Item = &Entry> {
    let author = kept.get(&seq).map(|entry| &entry.author);
    kept.range(seq..).map(|(_, entry)| entry).take_while(move |entry| Some(&entry.author) == author)
}

fn plate_of(entry: &Entry) -> Option<&str> {
    match &entry.event {
        Event::VehicleIdentified { plate, .. } => Some(plate),
        _ => None,
    }
}

/// Every entry of the journal in this folder, by its number.
fn entries(data: &Path) -> Result<BTreeMap<u64, Entry>, WorldError> {
    let reader = journal::Reader::open(&data.join("journal.db"))?;
    let mut entries = BTreeMap::new();
    let mut next = 1;
    loop {
        let some = reader.scan(next, 1000)?;
        let Some(last) = some.last() else { return Ok(entries) };
        next = last.seq() + 1;
        for entry in &some {
            if let Decoded::Entry(entry) = wire::entry::decode(entry.body())? {
                entries.insert(entry.seq, *entry);
            }
        }
    }
}

/// A day of traffic is in the journal and the hub has seen none of it. A neutron alarm rings; the hub comes back. The alarm is at the hub before the
/// day is, and then every entry is, once, in order, with its chain whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_without_the_hub_arrives_once_and_in_order_and_the_alarm_first()
-> Result<(), WorldError> {
    let mut post = Post::new()?;
    let day = a_day(post.config())?;
    keep(&post.folder().join("agent"), &day)?;
    let mut stage = Stage::set(&post.cast).await?;
    post.agent.start().await?;
    let mut officers = post.officers(1);
    ring(&mut stage, &mut officers).await?;
    post.hub.start().await?;

    let mut overview = serde_json::Value::Null;
    for _ in 0..600 {
        overview = post.hub_says("/api/overview").await?;
        let card = &overview["checkpoints"][0];
        if card["waiting"] == 0
            && card["stored_seq"].as_u64() > Some(day.len() as u64)
            && card["folded_seq"] == card["stored_seq"]
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let card = &overview["checkpoints"][0];
    assert_eq!(card["chain"], "whole", "{overview}\n{}", post.agent_log());
    let stored = card["stored_seq"].as_u64().unwrap_or_default();
    assert!(stored > day.len() as u64, "{card}");
    post.agent.kill().await;
    post.hub.kill().await;

    let here = entries(&post.folder().join("agent"))?;
    let there = rusqlite::Connection::open(post.folder().join("hub.db"))?;
    let count: u64 = there
        .query_row("SELECT count(*) FROM entries", [], |row| row.get::<_, i64>(0))?
        .try_into()?;
    let distinct: u64 = there
        .query_row("SELECT count(DISTINCT seq) FROM entries", [], |row| row.get::<_, i64>(0))?
        .try_into()?;
    assert_eq!((count, distinct), (stored, stored), "every entry once");
    let mut bodies = there.prepare("SELECT body FROM entries ORDER BY seq")?;
    let mut head: Option<Head> = None;
    let mut rows = bodies.query([])?;
    while let Some(row) = rows.next()? {
        let body: Vec<u8> = row.get(0)?;
        let Decoded::Entry(entry) = wire::entry::decode(&body)? else { continue };
        assert_eq!(
            here.get(&entry.seq),
            Some(entry.as_ref()),
            "what the hub has is what the checkpoint has"
        );
        let before = head.unwrap_or(Head::genesis(wire::chain::Link::read(&body)?.epoch));
        head = Some(before.follow(&body)?);
    }

    // Devices that nobody plays fall silent meanwhile and raise alarms of their own: the one that rang is the one with neutrons.
    let alarm =
        here.values().rfind(|entry| rang(&entry.event)).map(|entry| entry.seq).unwrap_or_default();
    let arrived = |seq: u64| -> Result<i64, WorldError> {
        let seq = i64::try_from(seq)?;
        let early =
            there.query_row("SELECT received_us FROM express WHERE seq = ?1", [seq], |row| {
                row.get(0)
            });
        Ok(early.or_else(|_| {
            there.query_row("SELECT received_us FROM entries WHERE seq = ?1", [seq], |row| {
                row.get(0)
            })
        })?)
    };
    let last = u64::try_from(day.len())?;
    assert!(alarm > last, "the alarm is younger than the day");
    let (early, late) = (arrived(alarm)?, arrived(last)?);
    assert!(
        early < late,
        "the alarm, entry {alarm}, came {} us after the day's last entry, {last}",
        early - late
    );
    println!("{stored} entries, each once, in order; the alarm first");
    Ok(())
}

fn rang(event: &Event) -> bool {
    let neutrons = AlarmCause::Radiation { radiation: Radiation::Neutron };
    matches!(event, Event::AlarmRaised { facts, .. } if facts.cause == neutrons)
}

/// Drives a load with neutrons through portal 1 until its alarm is on the officers' board.
async fn ring(stage: &mut Stage, officers: &mut Officers) -> Result<(), WorldError> {
    let lines = [
        "NB,000000,000000,000000,000000\r\n",
        "GB,000380,000380,000410,000365\r\n",
        "NA,000030,000000,000030,000000\r\n",
    ];
    for attempt in 0..100 {
        let line = lines[attempt.min(2)];
        stage.send("portal-1", line.as_bytes());
        tokio::time::sleep(Duration::from_millis(100)).await;
        let board: Result<_, OfficerError> = officers.snapshot("bekov").await;
        let rings = board?.0["alarms"].as_array().is_some_and(|alarms| {
            alarms
                .iter()
                .any(|alarm| alarm["cause"]["radiation"] == "neutron" && alarm["closed"] == false)
        });
        if rings {
            return Ok(());
        }
    }
    anyhow::bail!("the alarm did not ring")
}

/// The entries of a day with 240 vehicles.
fn a_day(config: &Path) -> Result<Vec<Entry>, WorldError> {
    let mut story = String::from("story: a day\n");
    for vehicle in 0..240_u32 {
        let at = |second: u32| {
            let second = vehicle * 360 + second;
            format!("{}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
        };
        let (lane, plate) = (1 + vehicle % 2, format!("{:03}DAY{:02}", vehicle, vehicle % 20 + 1));
        story.push_str(&format!("{}  camera-{lane}  reads {plate} KZ 97%\n", at(1)));
        story.push_str(&format!(
            "{}  portal-{lane}  vehicle 8 s, gamma {}x\n",
            at(4),
            if vehicle % 40 == 0 { 4 } else { 0 }
        ));
        story.push_str(&format!(
            "{}  scale-{lane}  load {} kg for 14 s\n",
            at(25),
            20_000 + vehicle * 20
        ));
        story.push_str(&format!("{}  officer bekov presents {plate}\n", at(60)));
        story.push_str(&format!(
            "{}  officer bekov files transit T-{vehicle} for {plate}\n",
            at(90)
        ));
        story.push_str(&format!(
            "{}  officer bekov registers transit T-{vehicle} for {plate}\n",
            at(120)
        ));
        story.push_str(&format!("{}  officer bekov releases transit for {plate}\n", at(150)));
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("day.txt");
    std::fs::write(&path, story)?;
    let mut world = World::new(config)?;
    let surprises = world.tell(&path, config)?;
    assert!(surprises.is_empty(), "{}", surprises[0]);
    Ok(world.entries().to_vec())
}

/// Writes entries into the journal of an agent that has never run.
fn keep(data: &Path, day: &[Entry]) -> Result<(), WorldError> {
    std::fs::create_dir_all(data)?;
    let (journal, opened) = Journal::open(&data.join("journal.db"), Epoch([7; 16]), 1..=1)?;
    let (mut writer, _errands) = journal.start(Grouping::default(), Box::new(|_| {}))?;
    let mut head = opened.head;
    let mut group = Vec::new();
    for entry in day {
        let body = wire::entry::encode(entry, head.epoch, head.hash);
        let entry = journal::Entry::after(&head, wire::class(&entry.event), body)?;
        head = entry.head();
        group.push(entry);
        if group.len() == 64 {
            drop(writer.append(std::mem::take(&mut group), Urgency::MayWait)?);
        }
    }
    drop(writer.append(group, Urgency::MayWait)?);
    writer.close()?;
    Ok(())
}
