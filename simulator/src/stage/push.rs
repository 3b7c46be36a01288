//! A camera that posts its events to the agent.

use tokio::sync::mpsc;

/// Events that wait while the agent is away; more are lost.
const MOST_WAITING: usize = 64;
/// How often a camera tries again, a second apart.
const TRIES: u32 = 30;

#[derive(Debug)]
pub(super) struct Poster {
    device: String,
    events: mpsc::Sender<Vec<u8>>,
    up: bool,
}

impl Poster {
    pub(super) fn new(device: &str, agent: &str) -> Poster {
        let (events, mut waiting) = mpsc::channel::<Vec<u8>>(MOST_WAITING);
        let address = format!("http://{agent}/push/{device}");
        let name = device.to_owned();
        tokio::spawn(async move {
            let client = reqwest::Client::new();
            while let Some(body) = waiting.recv().await {
                post(&client, &name, &address, body).await;
            }
        });
        Poster { device: device.to_owned(), events, up: true }
    }

    pub(super) fn send(&self, bytes: &[u8]) {
        if self.up && self.events.try_send(bytes.to_vec()).is_err() {
            tracing::warn!(
                device = self.device,
                "an event is lost: the agent is away and the queue is full"
            );
        }
    }

    pub(super) fn line(&mut self, up: bool) {
        self.up = up;
    }
}

async fn post(client: &reqwest::Client, device: &str, address: &str, body: Vec<u8>) {
    let kind = if body.starts_with(b"<") { "application/xml" } else { "application/json" };
    for _ in 0..TRIES {
        match client.post(address).header("content-type", kind).body(body.clone()).send().await {
            Ok(answer) if answer.status().is_success() => return,
            Ok(answer) if answer.status().is_client_error() => {
                tracing::warn!(device, status = %answer.status(), "the agent refuses an event");
                return;
            }
            Ok(_) | Err(_) => tokio::time::sleep(std::time::Duration::from_secs(1)).await,
        }
    }
    tracing::warn!(device, "an event is lost: the agent did not answer");
}
