//! A camera that posts its events to the agent.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::play::instant;

/// Events that wait while the agent is away; more are lost.
const MOST_WAITING: usize = 64;
/// How often a camera tries again, a second apart.
const TRIES: u32 = 30;

/// A body that goes slowly goes in so many pieces, with a pause after each.
const PIECES: usize = 40;
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(super) struct Poster {
    device: String,
    events: mpsc::Sender<Event>,
    up: bool,
    slow_until: Option<Instant>,
}

#[derive(Debug)]
struct Event {
    body: Vec<u8>,
    slowly: bool,
}

impl Poster {
    pub(super) fn new(device: &str, agent: &str) -> Poster {
        let (events, mut waiting) = mpsc::channel::<Event>(MOST_WAITING);
        let (agent, name) = (agent.to_owned(), device.to_owned());
        tokio::spawn(async move {
            let client = reqwest::Client::new();
            while let Some(Event { body, slowly }) = waiting.recv().await {
                // A line that is slow and breaks is tried again as any other.
                if !(slowly && post_slowly(&name, &agent, &body).await) {
                    post(&client, &name, &agent, body).await;
                }
            }
        });
        Poster { device: device.to_owned(), events, up: true, slow_until: None }
    }

    pub(super) fn send(&self, bytes: &[u8]) {
        let slowly = self.slow_until.is_some_and(|until| instant() < until);
        let event = Event { body: bytes.to_vec(), slowly };
        if self.up && self.events.try_send(event).is_err() {
            tracing::warn!(
                device = self.device,
                "an event is lost: the agent is away and the queue is full"
            );
        }
    }

    /// What is posted goes slowly for so long.
    pub(super) fn slows(&mut self, time: Duration) {
        self.slow_until = Some(instant() + time);
    }

    pub(super) fn line(&mut self, up: bool) {
        self.up = up;
    }
}

/// What a body is, by its beginning.
fn kind_of(body: &[u8]) -> String {
    if let Some(rest) = body.strip_prefix(b"--") {
        let boundary = rest.split(|byte| *byte == b'\r').next().unwrap_or_default();
        return format!("multipart/form-data; boundary={}", String::from_utf8_lossy(boundary));
    }
    let kind = if body.starts_with(b"<") { "application/xml" } else { "application/json" };
    kind.to_owned()
}

/// Posts in pieces, and tells whether the agent took it.
async fn post_slowly(device: &str, agent: &str, body: &[u8]) -> bool {
    let head = format!(
        "POST /push/{device} HTTP/1.1\r\nHost: {agent}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        kind_of(body),
        body.len()
    );
    let Ok(mut line) = TcpStream::connect(agent).await else { return false };
    if line.write_all(head.as_bytes()).await.is_err() {
        return false;
    }
    for piece in body.chunks(body.len().div_ceil(PIECES).max(1)) {
        if line.write_all(piece).await.is_err() {
            return false;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let mut answer = Vec::new();
    let _ = line.read_to_end(&mut answer).await; // an answer that breaks off is judged by what came
    answer.starts_with(b"HTTP/1.1 2")
}

async fn post(client: &reqwest::Client, device: &str, agent: &str, body: Vec<u8>) {
    let address = format!("http://{agent}/push/{device}");
    let kind = kind_of(&body);
    for _ in 0..TRIES {
        match client.post(&address).header("content-type", &kind).body(body.clone()).send().await {
            Ok(answer) if answer.status().is_success() => return,
            Ok(answer) if answer.status().is_client_error() => {
                tracing::warn!(device, status = %answer.status(), "the agent refuses an event");
                return;
            }
            Ok(_) | Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
    tracing::warn!(device, "an event is lost: the agent did not answer");
}
