//! One agent, put together: the journal opened, the loop started, devices heard, the terminal served. `edge-agent run` is this, and tests
//! start the same.
//!
//! The order matters: what is known comes first, then the loop that may decide, then the pages, and the devices last, so that nothing a
//! device says finds nobody.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::serve::ListenerExt;
use checkpoint::input::{Condition, Directive};
use checkpoint::{Checkpoint, Rules};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use crate::agent::Audience;
use crate::agent::{
    Agent, Inbox, Loop, LoopError, OpenError, Opened, Publisher, Timing, numbers_of, open,
};
use crate::attest::{KeyError, SiteKey, attest};
use crate::clock::Clock;
use crate::config::Config;
use crate::index::Index;
use crate::ingest::calls::Calls;
use crate::ingest::hearing::Hearings;
use crate::ingest::{self, Surroundings};
use crate::journal::{Errands, Grouping, JournalError};
use crate::n42::{Folder, Parts, Writing};
use crate::purge::{self, Daily};
use crate::rules::{RulesError, rules};
use crate::sync::{self, AddressError, Desk, Line, LineState, Reporter};
use crate::tape;
use crate::terminal::devices::Equipment;
use crate::terminal::edition::SentEdition;
use crate::terminal::gauges::Gauges;
use crate::terminal::live::Live;
use crate::terminal::messages::{HubState, HubStatus, IndexState, IndexStatus};
use crate::terminal::session::Sessions;
use crate::terminal::{self, Terminal};

/// An agent that runs.
pub struct Running {
    /// Where the terminal listens.
    pub terminal: SocketAddr,
    /// Where devices push over HTTP.
    pub ingest: SocketAddr,
    /// The way into the loop.
    pub inbox: Inbox,
    /// The pages.
    pub live: Live,
    stop: watch::Sender<bool>,
    ended: oneshot::Receiver<Result<(), LoopError>>,
    tasks: JoinSet<()>,
    publisher: JoinHandle<()>,
    publisher_panicked: Arc<AtomicBool>,
    /// Kept to be let go of last: what became durable at the end is written by the next start at the latest.
    documents: Option<Arc<Writing>>,
}

/// An agent that could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The law or the site.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The folder of the data.
    #[error("failed to make the folder {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The journal.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The journal's thread or its view.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An address that is taken, or not ours.
    #[error("failed to listen at {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The site's key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The hub's address.
    #[error(transparent)]
    Hub(#[from] AddressError),
    /// A thread.
    #[error("failed to start a thread")]
    Thread(#[from] std::io::Error),
}

/// Starts an agent.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let rules = Arc::new(rules(&config)?);
    let hub = config.hub.as_ref().map(sync::endpoint).transpose()?;
    let clock = Clock::new(config.synchronised_file.clone());
    let folder = config.data_dir.clone();
    std::fs::create_dir_all(&folder)
        .map_err(|source| StartError::Folder { path: folder.clone(), source })?;
    let file = folder.join("journal.db");
    let Opened { journal, checkpoint, head, begun, folded } = open(&file)?;
    tracing::info!(journal = %file.display(), epoch = %head.epoch, seq = head.seq, begun, folded, "journal open");

    warn_of_older(&checkpoint, &rules);

    let key = Arc::new(SiteKey::open(&folder)?);

    let (stop, stopping) = watch::channel(false);
    let live = Live::new(head.epoch, head.seq);
    let gauges = Gauges::new(clock.clone(), head.epoch.to_string(), head.seq);
    let index = open_index(folder.join("index"), journal.reader()?);
    let tapes = ingest::open_tapes(&config.lines, &folder.join("tapes"), tape_limits(&config));
    let calls = Calls::new(&config.lines, &checkpoint);
    let hearings = Hearings::new(&config.lines);
    let equipment = Equipment::new(&config.lines, hearings.clone());
    let documents = match &config.n42 {
        Some(settings) => {
            let parts = Parts::of(&config, settings, journal.reader()?, &tapes, &gauges, &clock);
            Some(Arc::new(Writing::start(parts)?))
        }
        None => None,
    };
    let (board, shown) = watch::channel(Arc::new(checkpoint.clone()));
    let (follower, publisher, durable, durable_head) = Publisher::new(head);
    let audience = Audience {
        checkpoint: checkpoint.clone(),
        edition: Arc::clone(&rules.edition),
        reader: journal.reader()?,
        live: live.clone(),
        gauges: gauges.clone(),
        board,
        index: index.clone(),
        documents: documents.clone(),
        tapes: Arc::clone(&tapes),
        evidence: folder.join("evidence"),
        clock: clock.clone(),
        calls: calls.clone(),
    };
    let (sync_reader, attest_reader) = (journal.reader()?, journal.reader()?);
    let purge_reader = config.journal.purge.by_itself.then(|| journal.reader()).transpose()?;
    let publisher_panicked = Arc::new(AtomicBool::new(false));
    let witness = Witness(Arc::clone(&publisher_panicked));
    let publisher = std::thread::Builder::new().name("publisher".to_owned()).spawn(move || {
        let _witness = witness;
        publisher.run(audience);
    })?;
    let (writer, errands) = journal.start(Grouping::default(), follower)?;
    let agent = Agent::new(checkpoint, Arc::clone(&rules), writer, live.clone());
    let timing = Timing {
        clock: clock.clone(),
        gauges: gauges.clone(),
        live: live.clone(),
        snapshot_every: config.journal.snapshot_every,
        folded,
        started: Condition::Started {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            config_digest: config.digest.clone(),
        },
    };
    let (looping, inbox) = Loop::new(agent, errands.clone(), durable, timing);

    let terminal_listener = listen(config.terminal).await?;
    let ingest_listener = match config.ingest {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let (told_end, ended) = oneshot::channel();
    let loop_stop = stopping.clone();
    std::thread::Builder::new().name("loop".to_owned()).spawn(move || {
        // Whoever waits for the end may be gone.
        let _ = told_end.send(looping.run(loop_stop));
    })?;

    let mut tasks = JoinSet::new();
    let (hub_conditions, told_by_hub) = mpsc::channel(16);
    tasks.spawn(forward(told_by_hub, inbox.clone()));
    let (to_loop, directives) = mpsc::channel(DIRECTIVES);
    tasks.spawn(hand_over(directives, inbox.clone()));
    let (signing, heads) = (Arc::clone(&key), durable_head.clone());
    tasks.spawn(attest(signing, attest_reader, errands.clone(), heads, clock.clone()));
    if let Some(reader) = purge_reader {
        tasks.spawn(purge::daily(Daily {
            reader,
            errands: errands.clone(),
            rules: Arc::clone(&rules),
            settings: config.journal.purge,
            clock: clock.clone(),
            inbox: inbox.clone(),
            board: shown.clone(),
            index: index.clone(),
        }));
    }
    let link = SyncParts {
        reader: sync_reader,
        errands,
        durable: durable_head,
        conditions: hub_conditions,
        key,
        desk: Desk::new(to_loop, shown.clone()),
    };
    if let Some(hub) = &hub {
        start_sync(&config, hub, link, &clock, &gauges, &mut tasks)?;
    }
    tasks.spawn(watch_index(index.clone(), gauges.clone()));

    let surroundings = Surroundings {
        inbox: inbox.clone(),
        live: live.clone(),
        clock: clock.clone(),
        calls,
        hearings,
    };
    let devices =
        ingest::start(config.lines.clone(), config.mqtt.clone(), tapes, &surroundings, &stopping);
    let sessions =
        Sessions::new(config.officers.clone(), Some(folder.join("sessions.json")), clock.now());
    let terminal = Terminal {
        clock,
        sessions,
        inbox: inbox.clone(),
        live: live.clone(),
        gauges,
        board: shown,
        edition: Arc::clone(&rules.edition),
        sent_edition: SentEdition::new(&rules.edition),
        journal: Arc::new(file),
        index,
        equipment,
        documents: config.n42.as_ref().map(|n42| Arc::new(Folder::new(n42.folder.clone()))),
        public_notice: config.public_notice.as_deref().map(Arc::from),
    };
    let push = ingest::push_routes(Arc::clone(&devices.pushes));
    let app = terminal::app(terminal).merge(push.clone());
    let terminal = address(&terminal_listener, config.terminal);
    let ingest =
        ingest_listener.as_ref().map_or(terminal, |listener| address(listener, config.terminal));
    tasks.spawn(serve(terminal_listener, app, stopping.clone()));
    if let Some(listener) = ingest_listener {
        tasks.spawn(serve(listener, push, stopping.clone()));
    }
    let mut device_tasks = devices.tasks;
    tasks.spawn(async move { while device_tasks.join_next().await.is_some() {} });
    tracing::info!(%terminal, %ingest, "ready");
    let _ = sd_notify::notify(false, &[sd_notify::NotifyState::Ready]);
    Ok(Running {
        terminal,
        ingest,
        inbox,
        live,
        stop,
        ended,
        tasks,
        publisher,
        publisher_panicked,
        documents,
    })
}

impl Running {
    /// Waits until the loop ends, which it does by itself only when recording fails.
    pub async fn ended(&mut self) -> Result<(), LoopError> {
        let mut look = tokio::time::interval(Duration::from_secs(1));
        loop {
            tokio::select! {
                // The loop's thread panicked: a promise of ours is broken, and the process ends.
                ended = &mut self.ended => return ended.unwrap_or_else(|_| Err(panicked("loop"))),
                _ = look.tick() => {
                    if self.publisher_panicked.load(Ordering::Relaxed) {
                        return Err(panicked("publisher"));
                    }
                }
            }
        }
    }

    /// Stops: what is under way becomes durable, and everything is let go.
    pub async fn stop(mut self) -> Result<(), LoopError> {
        let _ = sd_notify::notify(false, &[sd_notify::NotifyState::Stopping]);
        self.stop.send_replace(true);
        let ended = self.ended().await;
        self.tasks.shutdown().await;
        // The publisher ends with the journal, which the loop has closed.
        let (publisher, documents) = (self.publisher, self.documents.take());
        let _ = tokio::task::spawn_blocking(move || {
            let _ = publisher.join();
            drop(documents);
        })
        .await;
        ended
    }
}

/// Tells that the thread which holds it has panicked.
struct Witness(Arc<AtomicBool>);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.store(std::thread::panicking(), Ordering::Relaxed);
    }
}

fn panicked(thread: &str) -> LoopError {
    LoopError::Start(std::io::Error::other(format!("the {thread} panicked; see the log")))
}

async fn serve(listener: TcpListener, app: axum::Router, mut stop: watch::Receiver<bool>) {
    // A message is small and must not wait for the acknowledgement of the one before it.
    let listener = listener.tap_io(|page| {
        let _ = page.set_nodelay(true); // a page that is gone already needs none
    });
    let served = axum::serve(listener, app);
    tokio::select! {
        served = async { served.await } => {
            if let Err(error) = served {
                tracing::error!(%error, "a listener has ended");
            }
        }
        // Pages listen for ever, so nobody waits for them.
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })
}

fn address(listener: &TcpListener, asked: SocketAddr) -> SocketAddr {
    listener.local_addr().unwrap_or(asked)
}

async fn forward(mut conditions: mpsc::Receiver<Condition>, inbox: Inbox) {
    while let Some(condition) = conditions.recv().await {
        if inbox.noticed(condition).await.is_err() {
            return;
        }
    }
}

/// A file of the configuration that does not hold because a later one does: whoever edited it should hear of that.
fn warn_of_older(checkpoint: &Checkpoint, rules: &Rules) {
    let (calendar, timetable) = (&rules.calendar, &rules.timetable);
    if let Some(held) = checkpoint.calendar()
        && held.text() != calendar.text()
        && held.issued >= calendar.issued
    {
        tracing::warn!(
            configured = calendar.version,
            held = held.version,
            issued = %held.issued,
            "the calendar of the configuration changes nothing: it was not issued later than the one in force"
        );
    }
    if let Some(held) = checkpoint.timetable()
        && held.text() != timetable.text()
        && held.issued >= timetable.issued
    {
        tracing::warn!(
            configured = timetable.version,
            held = held.version,
            issued = %held.issued,
            "the timetable of the configuration changes nothing: it was not issued later than the one in force"
        );
    }
}

async fn hand_over(mut directives: mpsc::Receiver<Directive>, inbox: Inbox) {
    while let Some(directive) = directives.recv().await {
        if inbox.directed(directive).await.is_err() {
            return;
        }
    }
}

/// What the client of the hub needs of the journal and the loop.
struct SyncParts {
    reader: crate::journal::Reader,
    errands: Errands,
    durable: watch::Receiver<wire::chain::Head>,
    conditions: mpsc::Sender<Condition>,
    key: Arc<SiteKey>,
    desk: Desk,
}

fn start_sync(
    config: &Config,
    hub: &tonic::transport::Endpoint,
    parts: SyncParts,
    clock: &Clock,
    gauges: &Gauges,
    tasks: &mut JoinSet<()>,
) -> Result<(), StartError> {
    let reporter = Reporter {
        checkpoint: config.site.checkpoint.clone(),
        title: config.site.title.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let (line, mut told) = watch::channel(Line::default());
    let client = sync::Client::new(
        reporter,
        sync::Timing::default(),
        hub,
        parts.reader,
        parts.errands,
        parts.durable,
        clock.clone(),
        parts.conditions,
        line,
    )?;
    tasks.spawn(client.signing(parts.key).directed(parts.desk).run());
    let gauges = gauges.clone();
    tasks.spawn(async move {
        loop {
            gauges.set_hub(status(&told.borrow_and_update()));
            if told.changed().await.is_err() {
                return;
            }
        }
    });
    Ok(())
}

fn status(line: &Line) -> HubStatus {
    let state = match &line.state {
        LineState::Never => HubState::Never,
        LineState::Up => HubState::Up,
        LineState::Down { .. } => HubState::Down,
        LineState::Refused { .. } => HubState::Refused,
    };
    HubStatus {
        state,
        since_ms: line.since.map(|since| since.as_millisecond()),
        waiting: line.waiting,
        oldest_ms: line.oldest_us.map(|us| us.div_euclid(1000)),
    }
}

fn open_index(folder: PathBuf, journal: crate::journal::Reader) -> Option<Arc<Index>> {
    match Index::open(folder, INDEX_CACHE_BYTES, journal, Box::new(numbers_of)) {
        Ok(index) => Some(Arc::new(index)),
        Err(error) => {
            tracing::error!(%error, "the lookup index cannot be opened; everything else works");
            None
        }
    }
}

async fn watch_index(index: Option<Arc<Index>>, gauges: Gauges) {
    let Some(index) = index else { return };
    loop {
        let progress = index.progress();
        let behind = progress.head_seq.saturating_sub(progress.indexed_seq);
        let share = (progress.indexed_seq.saturating_mul(100))
            .checked_div(progress.head_seq)
            .unwrap_or(100);
        let state = match (progress.failed, behind) {
            (Some(_), _) => IndexState::Unavailable,
            (None, behind) if behind > REBUILDING => IndexState::Rebuilding,
            (None, _) => IndexState::Ready,
        };
        gauges.set_index(IndexStatus { state, progress: u8::try_from(share).unwrap_or(100) });
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn tape_limits(config: &Config) -> tape::Limits {
    let devices = u64::try_from(config.lines.len().max(1)).unwrap_or(1);
    tape::Limits {
        total_bytes: u64::from(config.tape.max_mb) * 1024 * 1024 / devices,
        age_s: config.tape.max_days.saturating_mul(24 * 3600),
        ..tape::Limits::default()
    }
}

/// What the index may keep in memory.
const INDEX_CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// An index that is so far behind is being rebuilt.
const REBUILDING: u64 = 1000;
/// Directives that may wait for the loop: the hub sends one at a time.
const DIRECTIVES: usize = 4;
