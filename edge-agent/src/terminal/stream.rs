//! The stream of server-sent events that keeps a page true.
//!
//! First `hello`, then what was missed, then what comes; a heartbeat each second. Whoever reads too slowly is cut.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::Event;
use serde::Deserialize;
use tokio::sync::{broadcast, mpsc};
use tokio::time::MissedTickBehavior;
use tokio_stream::wrappers::ReceiverStream;
use wire::chain::Epoch;

use super::Terminal;
use super::gauges::{Gauges, build};
use super::live::{Listening, Message, Place, json};
use super::messages::{Heartbeat, Hello, Problem, Role, SessionView};
use super::problem::Denied;
use super::signing::Signed;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// The last id that was received, `<epoch>-<seq>`; the header `Last-Event-ID` says the same.
    last: Option<String>,
}

/// What happens, as it happens: `hello`, `change`, `alarm`, `frame`, `hb`, `lost`.
#[utoipa::path(get, path = "/api/events", params(Since), responses(
    (status = 200, content_type = "text/event-stream", body = String,
     description = "Data by event name: hello `Hello`, change `Changes`, alarm `AlarmRinging`, frame `Frame`, hb `Heartbeat`, lost `Lost`."),
    (status = 401, body = Problem)
))]
pub(super) async fn events(
    State(terminal): State<Terminal>,
    signed: Signed,
    headers: HeaderMap,
    query: Result<Query<Since>, QueryRejection>,
) -> Result<Sse<ReceiverStream<Result<Event, Infallible>>>, Denied> {
    let Query(since) = query?;
    let header =
        headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    // A browser that reconnects by itself repeats the query it began with; its header is newer.
    let last = header.or(since.last).and_then(|id| place(&id));
    let (page, stream) = mpsc::channel(QUEUE);
    let listening = terminal.live.listen(last);
    tokio::spawn(feed(page, listening, terminal.gauges.clone(), signed.session));
    Ok(Sse::new(ReceiverStream::new(stream)))
}

fn place(id: &str) -> Option<Place> {
    let (epoch, seq) = id.rsplit_once('-')?;
    Some(Place { epoch: epoch.parse::<Epoch>().ok()?, seq: seq.parse().ok()? })
}

/// Writes to one page until it is gone or too slow.
async fn feed(
    page: mpsc::Sender<Result<Event, Infallible>>,
    listening: Listening,
    gauges: Gauges,
    user: SessionView,
) {
    let Listening { epoch, head, reset, missed, mut messages, mut frames } = listening;
    let role = user.role;
    let hello = Hello {
        ts_ms: gauges.now_ms(),
        epoch: epoch.to_string(),
        head,
        reset,
        build: build().to_owned(),
        user,
    };
    let page = Page { events: page, epoch, role };
    let mut open = page.send("hello", None, json(&hello)).await;
    for message in missed {
        open = open && page.tell(message).await;
    }
    let mut beat = tokio::time::interval(Duration::from_secs(1));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while open {
        open = tokio::select! {
            biased;
            message = messages.recv() => match message {
                Ok(message) => page.tell(message).await,
                // It comes back with its last id and gets what it missed.
                Err(broadcast::error::RecvError::Lagged(_) | broadcast::error::RecvError::Closed) => false,
            },
            _ = beat.tick() => {
                let beat = Heartbeat {
                    ts_ms: gauges.now_ms(),
                    hub: gauges.hub(),
                    clock: gauges.clock(),
                    recording: gauges.recording(),
                    documents: gauges.documents(),
                };
                page.send("hb", None, json(&beat)).await
            }
            frame = frames.recv() => match frame {
                Ok(frame) => page.offer("frame", &frame),
                Err(broadcast::error::RecvError::Lagged(_)) => true,
                Err(broadcast::error::RecvError::Closed) => false,
            },
        };
    }
}

struct Page {
    events: mpsc::Sender<Result<Event, Infallible>>,
    epoch: Epoch,
    role: Role,
}

impl Page {
    async fn tell(&self, message: Message) -> bool {
        match message {
            Message::Change { seq, data } => {
                self.send("change", Some(seq), data.to(self.role)).await
            }
            Message::Alarm(data) => self.send("alarm", None, data.to(self.role)).await,
            Message::Lost(data) => self.send("lost", None, Some(data)).await,
        }
    }

    /// Answers whether the page is still there and reads.
    async fn send(&self, name: &str, seq: Option<u64>, data: Option<Arc<str>>) -> bool {
        let Some(data) = data else { return true };
        let mut event = Event::default().event(name).data(data);
        if let Some(seq) = seq {
            event = event.id(format!("{}-{seq}", self.epoch));
        }
        let sent = tokio::time::timeout(PATIENCE, self.events.send(Ok(event))).await;
        matches!(sent, Ok(Ok(())))
    }

    /// The same for what may be dropped.
    fn offer(&self, name: &str, data: &str) -> bool {
        let event = Event::default().event(name).data(data);
        !matches!(self.events.try_send(Ok(event)), Err(mpsc::error::TrySendError::Closed(_)))
    }
}

/// How many messages wait for one page's connection.
const QUEUE: usize = 64;
/// A page that takes nothing for so long is cut.
const PATIENCE: Duration = Duration::from_secs(10);
