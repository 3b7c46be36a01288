//! A small world for an agent: a folder, a configuration, a browser, and eyes on the journal.

use std::path::{Path, PathBuf};
use std::time::Duration;

use checkpoint::event::Entry;
use checkpoint::view::JournalLine;
use edge_agent::config::Config;
use edge_agent::journal::Reader;
use edge_agent::running::{Running, start};
use serde_json::Value;
use tempfile::TempDir;
use wire::entry::Decoded;

/// An agent and all around it.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) running: Option<Running>,
    config: String,
}

/// `[limits]` and the rest that every configuration needs.
pub(crate) const LIMITS: &str = include_str!("limits.toml");

/// The beginning of a configuration with two lanes; devices come after it.
pub(crate) fn site(devices: &str) -> String {
    format!(
        "[checkpoint]
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
{devices}
{LIMITS}"
    )
}

impl World {
    /// Starts an agent with these devices.
    pub(crate) async fn begin(devices: &str) -> World {
        World::in_folder(tempfile::tempdir().unwrap(), site(devices)).await
    }

    /// Starts an agent with a configuration that is complete.
    pub(crate) async fn in_folder(folder: TempDir, config: String) -> World {
        let mut world = World { folder, running: None, config };
        world.start().await;
        world
    }

    /// Starts the agent again, on the same folder.
    pub(crate) async fn start(&mut self) {
        let path = self.folder.path().join("checkpoint.toml");
        let config = Config::parse(&path, &self.config).unwrap_or_else(|error| panic!("{error}"));
        self.running = Some(start(config).await.unwrap());
    }

    /// Stops it in order.
    pub(crate) async fn stop(&mut self) {
        self.running.take().unwrap().stop().await.unwrap();
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.folder.path().join("data/journal.db")
    }

    /// Lines of the journal.
    pub(crate) fn lines(&self) -> Vec<JournalLine> {
        lines_of(&self.journal())
    }

    /// Waits until the journal has `count` lines of this kind; answers them.
    pub(crate) async fn wait_for(&self, kind: &str, count: usize) -> Vec<JournalLine> {
        let deadline = Duration::from_secs(30);
        let found = tokio::time::timeout(deadline, async {
            loop {
                let found: Vec<JournalLine> =
                    self.lines().into_iter().filter(|line| line.kind == kind).collect();
                if found.len() >= count {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        match found.await {
            Ok(found) => found,
            Err(_) => {
                let kinds: Vec<String> = self
                    .lines()
                    .into_iter()
                    .map(|line| format!("{} {:?}", line.kind, line.with))
                    .collect();
                panic!(
                    "no {count} lines of {kind} in {deadline:?}; there are:\n{}",
                    kinds.join("\n")
                )
            }
        }
    }

    /// Entries of the journal.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        entries_of(&self.journal())
    }

    /// How many lines of this kind there are.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.lines().iter().filter(|line| line.kind == kind).count()
    }

    /// A browser at the terminal.
    pub(crate) fn browser(&self) -> Browser {
        Browser::at(&format!("http://{}", self.running.as_ref().unwrap().terminal))
    }
}

pub(crate) fn lines_of(journal: &Path) -> Vec<JournalLine> {
    entries_of(journal).iter().map(JournalLine::of).collect()
}

fn entries_of(journal: &Path) -> Vec<Entry> {
    let reader = Reader::open(journal).unwrap();
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let next = all.last().map_or(1, |entry| entry.seq + 1);
        let entries = reader.scan(next, 1000).unwrap();
        if entries.is_empty() {
            return all;
        }
        for entry in entries {
            match wire::entry::decode(entry.body()).unwrap() {
                Decoded::Entry(entry) => all.push(*entry),
                Decoded::Newer { .. } => unreachable!("this release wrote it"),
            }
        }
    }
}

/// What a page does, without a page.
pub(crate) struct Browser {
    pub(crate) base: String,
    client: reqwest::Client,
    pub(crate) cookie: Option<String>,
}

impl Browser {
    pub(crate) fn at(base: &str) -> Browser {
        Browser { base: base.to_owned(), client: reqwest::Client::new(), cookie: None }
    }

    /// The same browser, with its cookie, at an agent that was started anew.
    pub(crate) fn moved_to(self, world: &World) -> Browser {
        Browser { base: world.browser().base, ..self }
    }

    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    /// Signs in with the password of the tests.
    pub(crate) async fn sign_in(mut self, officer: &str) -> Browser {
        let body =
            serde_json::json!({ "officer": officer, "password": "test", "workplace": "booth 1" });
        let response =
            self.request(reqwest::Method::POST, "/api/session").json(&body).send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
        let cookie = response.headers().get("set-cookie").unwrap().to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        self
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.request(reqwest::Method::GET, path)).await
    }

    pub(crate) async fn order(&self, key: &str, order: Value) -> (u16, Value) {
        answer(
            self.request(reqwest::Method::POST, "/api/orders")
                .header("idempotency-key", key)
                .json(&order),
        )
        .await
    }

    /// Begins to listen, after `last` if given.
    pub(crate) async fn listen(&self, last: Option<&str>) -> Stream {
        let path = last.map_or("/api/events".to_owned(), |last| format!("/api/events?last={last}"));
        let response = self.request(reqwest::Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        Stream { response, text: String::new() }
    }
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Server-sent events as they come.
pub(crate) struct Stream {
    response: reqwest::Response,
    text: String,
}

/// One server-sent event.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) event: String,
    pub(crate) id: Option<String>,
    pub(crate) data: Value,
}

impl Stream {
    /// The next event of this name; others are passed over.
    pub(crate) async fn next(&mut self, name: &str) -> Sent {
        loop {
            let sent = self.any().await;
            if sent.event == name {
                return sent;
            }
        }
    }

    pub(crate) async fn any(&mut self) -> Sent {
        tokio::time::timeout(Duration::from_secs(30), async {
            loop {
                if let Some((event, rest)) = self.text.split_once("\n\n") {
                    let field = |name: &str| {
                        event
                            .lines()
                            .find_map(|line| line.strip_prefix(name))
                            .map(|text| text.trim_start().to_owned())
                    };
                    let sent = Sent {
                        event: field("event:").unwrap_or_default(),
                        id: field("id:"),
                        data: serde_json::from_str(&field("data:").unwrap_or_default())
                            .unwrap_or(Value::Null),
                    };
                    self.text = rest.to_owned();
                    return sent;
                }
                let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
                self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        })
        .await
        .expect("an event within half a minute")
    }
}
