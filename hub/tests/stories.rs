//! Stories of edges and the hub, told in `stories/*.txt`: what is done, and under it, indented, what is answered.
//!
//! Every story runs over real sockets, on SQLite and on PostgreSQL, and must read the same. `UPDATE_EXPECT=1` writes the answers anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use expect_test::expect_file;
use hub::config::Config;
use hub::overview::{CheckpointCard, HubAlarm, Overview};
use hub::serve::Hub;
use hub::store::{Database, Store};
use hub::verify;
use wire::sync::Class;

use crate::edge::{Journal, Stream, alarm, alarm_ended, short, vehicle};
use crate::postgres::Server;

macro_rules! stories {
    ($($name:ident),*) => {
        const ALL: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                let folder = tempfile::tempdir().unwrap();
                check(stringify!($name), Database::File(folder.path().join("hub.db")));
            }
        )*
    };
}

stories! {
    what_came_twice_has_one_effect,
    a_gap_is_refused_and_mended,
    a_fork_is_refused_and_both_are_kept,
    rewritten_history_is_refused,
    a_new_epoch_is_said_out_loud,
    an_alarm_overtakes_the_backlog,
    a_lost_answer_does_no_harm,
    a_restart_continues_from_the_store,
    the_newer_stream_takes_the_place_of_the_older,
    what_a_newer_edge_says_is_stored_and_passed_over,
    limits_end_the_stream,
    who_is_not_named_is_not_heard,
    the_first_key_holds_and_another_is_refused,
    a_number_out_of_all_reason_is_refused
}

#[test]
fn an_old_backup_asks_again() {
    let folder = tempfile::tempdir().unwrap();
    check("an_old_backup_asks_again", Database::File(folder.path().join("hub.db")));
}

#[test]
fn a_damaged_store_is_found_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    check("a_damaged_store_is_found_and_shown", Database::File(folder.path().join("hub.db")));
}

#[test]
fn every_story_is_the_same_on_postgresql() {
    let Some(server) = Server::start() else { return };
    for (number, name) in ALL.iter().enumerate() {
        check(name, Database::Postgres(server.database(&format!("story_{number}"))));
    }
}

fn check(name: &str, database: Database) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/stories")
        .join(name)
        .with_extension("txt");
    let story = std::fs::read_to_string(&file).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let told = runtime.block_on(tell(&story, database));
    expect_file![file].assert_eq(&told);
}

async fn tell(story: &str, database: Database) -> String {
    let mut world = World {
        config: Config {
            listen: ([127, 0, 0, 1], 0).into(),
            ingest: ([127, 0, 0, 1], 0).into(),
            database,
            ..Config::shipped(Path::new(""))
        },
        hub: None,
        journals: BTreeMap::new(),
        streams: BTreeMap::new(),
        epochs: 0,
    };
    world.act("hub starts").await;
    let mut told = String::new();
    for line in story.lines().filter(|line| !line.starts_with("    ")) {
        writeln!(told, "{line}").unwrap();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        for answer in world.act(line).await {
            writeln!(told, "    {answer}").unwrap();
        }
    }
    world.act("hub stops").await;
    told
}

struct World {
    config: Config,
    hub: Option<Hub>,
    journals: BTreeMap<String, Journal>,
    streams: BTreeMap<String, Stream>,
    epochs: u8,
}

impl World {
    async fn act(&mut self, line: &str) -> Vec<String> {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |word: &str| word.parse::<u64>().unwrap();
        match words.as_slice() {
            ["hub", "starts"] => self.hub = Some(Hub::start(&self.config).await.unwrap()),
            ["hub", "stops"] => self.hub.take().unwrap().stop().await,
            ["hub", "is", "killed"] => drop(self.hub.take()),
            ["hub", "is", "backed", "up"] => {
                std::fs::copy(self.file(), self.file().with_extension("backup")).unwrap();
            }
            ["hub", "is", "restored", "from", "its", "backup"] => {
                std::fs::copy(self.file().with_extension("backup"), self.file()).unwrap();
            }
            ["hub", "hears", "only", name] => {
                self.config.checkpoints = [name.parse().unwrap()].into();
            }
            ["somebody", "changes", "entry", seq] => {
                self.damage("UPDATE entries SET body = body || x'ba00' WHERE seq = $1", seq).await;
            }
            ["somebody", "deletes", "entry", seq] => {
                self.damage("DELETE FROM entries WHERE seq = $1", seq).await;
            }
            ["hub", "forgets", "the", "key", "of", name] => {
                let store = Store::open(&self.config.database).await.unwrap();
                assert!(store.forget_key(name).await.unwrap());
                store.close().await;
            }
            ["hub", "shows", name] => return self.shows(name).await,
            ["hub", "keeps", "of", name] => return self.keeps(name).await,
            ["hub", "has", name, "through", seq] => self.until(name, number(seq)).await,

            [name, "begins"] => {
                self.epochs += 1;
                self.journals.insert((*name).into(), Journal::begin(self.epochs));
            }
            [name, "signs", "with", "key", key] => {
                self.journals.get_mut(*name).unwrap().key = Some(key.parse().unwrap());
            }
            [name, "signs", "no", "more"] => self.journals.get_mut(*name).unwrap().key = None,
            [copy, "is", name, "as", "of", seq] => {
                let journal = self.journals[*name].as_of(number(seq));
                self.journals.insert((*copy).into(), journal);
            }
            [name, "writes", rest @ ..] => {
                let journal = self.journals.get_mut(*name).unwrap();
                match rest {
                    [count, "vehicles", "from", first] => {
                        let first = number(first);
                        (first..first + number(count)).for_each(|it| journal.write(vehicle(it)));
                    }
                    ["alarm", it] => journal.write(alarm(number(it))),
                    ["alarm", it, "ended"] => journal.write(alarm_ended(number(it))),
                    ["what", "nobody", "knows"] => journal.write_from_the_future(),
                    _ => panic!("nobody understands {line:?}"),
                }
            }
            [name, "connects", rest @ ..] => {
                let checkpoint = if let ["as", other] = rest { other } else { name };
                let ingest = self.hub.as_ref().unwrap().ingest;
                let mut stream = Stream::open(ingest, checkpoint, &self.journals[*name]).await;
                let answer = stream.answer().await;
                self.streams.insert((*name).into(), stream);
                return vec![answer];
            }
            [name, "sends", "express", "a", "claimed", seq] => {
                let body = self.journals[*name].body_far_beyond(number(seq));
                let stream = self.streams.get_mut(*name).unwrap();
                stream.send(Class::Express, vec![body]).await;
                return vec![stream.answer().await];
            }
            [name, "sends", rest @ ..] => {
                let (class, span, listens) = match rest {
                    ["express", span] => (Class::Express, span, true),
                    [span, "and", "does", "not", "listen"] => (Class::Bulk, span, false),
                    [span] => (Class::Bulk, span, true),
                    _ => panic!("nobody understands {line:?}"),
                };
                let (first, last) = span.split_once("..").unwrap_or((span, span));
                let span = number(first)..=number(last);
                let bodies = span.map(|seq| self.journals[*name].body(seq)).collect();
                let stream = self.streams.get_mut(*name).unwrap();
                stream.send(class, bodies).await;
                if listens {
                    return vec![stream.answer().await];
                }
            }
            [name, "says", "that", waiting, "wait"] => {
                self.streams[*name].beat(number(waiting)).await;
                let waiting = number(waiting);
                while self.card(name).await.waiting != waiting {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
            [name, "hears"] => return vec![self.streams.get_mut(*name).unwrap().answer().await],
            [name, "hangs", "up"] => drop(self.streams.remove(*name)),
            _ => panic!("nobody understands {line:?}"),
        }
        Vec::new()
    }

    fn file(&self) -> PathBuf {
        match &self.config.database {
            Database::File(path) => path.clone(),
            Database::Postgres(_) => panic!("this story is about a file"),
        }
    }

    async fn damage(&self, sql: &'static str, seq: &str) {
        let url = format!("sqlite://{}", self.file().display());
        let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
        let seq: i64 = seq.parse().unwrap();
        assert_eq!(sqlx::query(sql).bind(seq).execute(&pool).await.unwrap().rows_affected(), 1);
        pool.close().await;
    }

    async fn overview(&self) -> Overview {
        let listen = self.hub.as_ref().unwrap().listen;
        let answer = reqwest::get(format!("http://{listen}/api/overview")).await.unwrap();
        answer.json().await.unwrap()
    }

    async fn card(&self, name: &str) -> CheckpointCard {
        self.overview().await.checkpoints.into_iter().find(|card| card.id == name).unwrap()
    }

    async fn until(&self, name: &str, seq: u64) {
        while self.card(name).await.folded_seq < seq {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn shows(&self, name: &str) -> Vec<String> {
        let overview = self.overview().await;
        let card = self.card(name).await;
        let mut shown = vec![format!(
            "{} of epoch {}, shown {}, {} wait, {} vehicles, alarms {:?}, {:?}",
            card.stored_seq,
            card.epochs,
            card.folded_seq,
            card.waiting,
            card.visits,
            card.open_alarms,
            card.chain
        )];
        if !card.chain_detail.is_empty() {
            shown.push(short(&card.chain_detail));
        }
        if let Some(key) = &card.site_key {
            shown.push(format!("key {}..", &key[..8]));
        }
        if card.unknown_entries > 0 {
            shown.push(format!("{} not understood", card.unknown_entries));
        }
        shown.extend(overview.alarms.iter().filter(|it| it.checkpoint == name).map(
            |HubAlarm { express, alarm, received_ms, .. }| {
                assert!(received_ms.is_some(), "alarm {} came at some time", alarm.id);
                let ahead = if *express { ", ahead of the backlog" } else { "" };
                let active = if alarm.active { "active" } else { "ended" };
                format!("alarm {}, {active}{ahead}", alarm.id)
            },
        ));
        shown
    }

    async fn keeps(&self, name: &str) -> Vec<String> {
        let store = Store::open(&self.config.database).await.unwrap();
        let mut kept = Vec::new();
        for chain in store.chains(name).await.unwrap() {
            let place = chain.place;
            let verdict = verify::walk(&store, name, &chain, |_| {}).await.unwrap();
            let whole = verdict.broken.unwrap_or_else(|| "whole".to_owned());
            kept.push(format!("epoch {place}: {} entries, {whole}", verdict.walked));
            let express = store.express(name, chain.head.epoch).await.unwrap();
            if !express.is_empty() {
                let seqs: Vec<u64> = express.iter().map(|copy| copy.seq).collect();
                kept.push(format!("epoch {place}: express {seqs:?}"));
            }
            for (seq, reason, _) in store.quarantined(name, chain.head.epoch).await.unwrap() {
                kept.push(format!("epoch {place}: in quarantine {seq}, {reason}"));
            }
        }
        for (reason, seq, times, _) in store.refusals(name).await.unwrap() {
            kept.push(format!("refused {times} times: {reason} at {seq}"));
        }
        store.close().await;
        kept
    }
}
