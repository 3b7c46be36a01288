//! The stream of the hub's screens: the overview whenever it has changed, and a beat each second.
//!
//! One task composes for all listeners, at most twice a second; a listener that is slow misses what lies between and gets the last.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_stream::wrappers::{IntervalStream, WatchStream};
use tokio_stream::{Stream, StreamExt};
use utoipa::ToSchema;

use super::Served;
use crate::board::Board;
use crate::compose::{self, Editions, Shares};
use crate::moment::{ms, now_us};
use crate::overview::Overview;

/// The overview is composed this often at most.
const COMPOSE_EVERY: Duration = Duration::from_millis(500);
/// The screens are told this often that the hub lives.
const BEAT_EVERY: Duration = Duration::from_secs(1);

/// The overview as text, made once for every listener.
#[derive(Debug, Clone)]
pub struct Feed(watch::Receiver<Arc<str>>);

impl Feed {
    /// Composes from now on, until nobody holds the feed any more.
    pub fn of(board: Arc<Board>, shares: Arc<Shares>, editions: Arc<Editions>) -> Feed {
        let (to_listeners, feed) = watch::channel(Arc::from(""));
        tokio::spawn(async move {
            let mut last: Option<Overview> = None;
            let mut pace = interval(COMPOSE_EVERY);
            pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    _ = pace.tick() => {}
                    () = to_listeners.closed() => return,
                }
                // Composed although no desk has moved: lines grow old by themselves.
                let overview = overview(&board, &shares, &editions);
                let same = last.as_ref().is_some_and(|last| {
                    *last == Overview { ts_ms: last.ts_ms, ..overview.clone() }
                });
                if same {
                    continue;
                }
                match serde_json::to_string(&overview) {
                    Ok(text) => {
                        to_listeners.send_replace(text.into());
                    }
                    Err(error) => tracing::error!(%error, "the overview cannot be written"),
                }
                last = Some(overview);
            }
        });
        Feed(feed)
    }
}

/// The overview as it is now.
pub(super) fn overview(board: &Board, shares: &Shares, editions: &Editions) -> Overview {
    let all = board.all();
    let all = all.iter().map(|(id, shown)| (id, shown.as_ref()));
    compose::overview(all, shares, editions, now_us())
}

/// The first message of the stream.
#[derive(Debug, Serialize, ToSchema)]
struct HubHello {
    /// The hub's clock.
    ts_ms: i64,
    /// Version of the program; a screen of another version loads itself again.
    build: String,
}

/// The hub lives.
#[derive(Debug, Serialize, ToSchema)]
struct HubBeat {
    /// The hub's clock.
    ts_ms: i64,
}

/// One message of the stream, by its name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "it documents the stream; messages are written one by one")]
enum HubMessage {
    /// Always first.
    Hello(HubHello),
    /// The whole overview, when it has changed; at most twice a second.
    Overview(Overview),
    /// Every second.
    Hb(HubBeat),
}

/// Server-sent events: `hello`, then `overview` whenever it has changed, and `hb` each second. Each `data` is JSON.
#[utoipa::path(
    get, path = "/api/events",
    responses((status = 200, content_type = "text/event-stream", body = HubMessage))
)]
pub(super) async fn events(
    State(served): State<Served>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let build = env!("CARGO_PKG_VERSION").to_owned();
    let hello = tokio_stream::once(named("hello", &HubHello { ts_ms: ms(now_us()), build }));
    let overviews = WatchStream::new(served.feed.0)
        .filter(|text| !text.is_empty())
        .map(|text| Event::default().event("overview").data(&*text));
    let mut pace = interval(BEAT_EVERY);
    pace.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let beats = IntervalStream::new(pace).map(|_| named("hb", &HubBeat { ts_ms: ms(now_us()) }));
    Sse::new(hello.chain(overviews.merge(beats)).map(Ok))
}

fn named(name: &str, message: &impl Serialize) -> Event {
    // Numbers and text always become JSON; an empty message would be one that screens skip.
    let text = serde_json::to_string(message).unwrap_or_default();
    Event::default().event(name).data(text)
}
