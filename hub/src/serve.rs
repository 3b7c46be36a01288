//! A running hub: store, ingest and screens, from start to graceful stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use checkpoint::law::Edition;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use wire::sync::{HEARTBEAT_EVERY, SILENCE_LIMIT};

use crate::api::{self, Feed, Served};
use crate::board::Board;
use crate::compose::{Editions, Shares};
use crate::config::{Config, Tls};
use crate::ingest::Ingest;
use crate::moment::now_us;
use crate::store::{Store, StoreError};

/// How long connections may take to end when the hub stops; systemd waits twice as long.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// So long a directive may wait before the hub sees it.
const LOOK_FOR_DIRECTIVES: Duration = Duration::from_secs(1);

/// The hub could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be used.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A port cannot be listened on.
    #[error("failed to listen for {what} on {address}")]
    Listen {
        /// Screens or edges.
        what: &'static str,
        /// The address as it was set.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// An edition of the law cannot be used.
    #[error("failed to read the edition of the law {file}")]
    Edition {
        /// Which file.
        file: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A certificate or a key cannot be used.
    #[error("failed to use the certificate {file}")]
    Certificate {
        /// Which file.
        file: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A hub that serves. Dropping it without [`Hub::stop`] is what a kill does: nothing acknowledged is lost.
#[derive(Debug)]
pub struct Hub {
    /// Where the screens are.
    pub listen: SocketAddr,
    /// Where edges connect.
    pub ingest: SocketAddr,
    desks: Ingest,
    store: Store,
    stopping: watch::Sender<bool>,
    servers: JoinSet<()>,
}

impl Hub {
    /// Opens the store, folds what it holds, and serves.
    pub async fn start(config: &Config) -> Result<Hub, StartError> {
        let editions = Arc::new(editions(&config.editions)?);
        let store = Store::open(&config.database).await?;
        let board = Arc::new(Board::default());
        let (stopping, stop) = watch::channel(false);
        let (tell, given) = watch::channel(0);
        let heard = config.checkpoints.clone();
        let desks = Ingest::open(store.clone(), board.clone(), heard, stop.clone(), given).await?;

        let screens = bind("screens", config.listen).await?;
        let edges = bind("edges", config.ingest).await?;
        let (listen, ingest) = (
            screens.local_addr().unwrap_or(config.listen),
            edges.local_addr().unwrap_or(config.ingest),
        );

        let mut servers = JoinSet::new();
        let mut server = Server::builder()
            .http2_keepalive_interval(Some(HEARTBEAT_EVERY))
            .http2_keepalive_timeout(Some(SILENCE_LIMIT));
        if let Some(tls) = &config.tls {
            server = with_tls(server, tls)?;
        }
        let stopped = until(stop.clone());
        let service = server.add_service(desks.service());
        servers.spawn(async move {
            let edges = TcpListenerStream::new(edges);
            if let Err(error) = service.serve_with_incoming_shutdown(edges, stopped).await {
                tracing::error!(%error, "edges are not heard any more");
            }
        });

        servers.spawn(watch_directives(store.clone(), tell, stop.clone()));

        let shares = Arc::new(Shares::default());
        let feed = Feed::of(board.clone(), shares.clone(), editions.clone());
        let router = api::router(Served { board, shares, editions, store: store.clone(), feed });
        // A message is small and must not wait for the acknowledgement of the one before it.
        let screens = screens.tap_io(|page| {
            let _ = page.set_nodelay(true); // a page that is gone already needs none
        });
        servers.spawn(async move {
            // Screens hold their stream open for ever: the listener is dropped at the stop, not drained.
            tokio::select! {
                served = async { axum::serve(screens, router).await } => if let Err(error) = served {
                    tracing::error!(%error, "screens are not served any more");
                },
                () = until(stop) => {}
            }
        });
        tracing::info!(%listen, %ingest, store = %store.database(), "the hub serves");
        Ok(Hub { listen, ingest, desks, store, stopping, servers })
    }

    /// Waits until a server has ended by itself, which it should not.
    pub async fn ended(&mut self) {
        self.servers.join_next().await;
    }

    /// Whether the store answers: for the watchdog.
    pub async fn answers(&self) -> bool {
        self.store.answers().await.is_ok()
    }

    /// Ends the streams, keeps the folded states, closes the store.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        let quiet = async { while self.servers.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_PATIENCE, quiet).await.is_err() {
            tracing::warn!("an edge holds its connection; the hub stops all the same");
        }
        self.desks.keep_states(now_us()).await;
        self.store.close().await;
    }
}

/// Another process gives directives (`hub directive`), over the same store: it is looked for every now and then.
async fn watch_directives(store: Store, tell: watch::Sender<i64>, stop: watch::Receiver<bool>) {
    let mut look = tokio::time::interval(LOOK_FOR_DIRECTIVES);
    let stopped = until(stop);
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            _ = look.tick() => {}
            () = &mut stopped => return,
        }
        match store.count_directives().await {
            Ok(count) => {
                tell.send_if_modified(|known| std::mem::replace(known, count) != count);
            }
            Err(error) => tracing::warn!(%error, "new directives are not seen"),
        }
    }
}

fn editions(files: &[PathBuf]) -> Result<Editions, StartError> {
    let others: Result<Vec<Edition>, StartError> = files
        .iter()
        .map(|path| {
            let file = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(|source| StartError::Edition {
                file: file.clone(),
                source: source.into(),
            })?;
            Edition::parse(&text, &file)
                .map_err(|source| StartError::Edition { file, source: source.into() })
        })
        .collect();
    let built_in = Edition::built_in().map_err(|source| StartError::Edition {
        file: "that is built in".to_owned(),
        source: source.into(),
    })?;
    Ok(Editions::new(built_in, others?))
}

async fn bind(what: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { what, address, source })
}

async fn until(mut stop: watch::Receiver<bool>) {
    // An error means that the hub itself was dropped: that is a stop as well.
    let _ = stop.wait_for(|stopping| *stopping).await;
}

fn with_tls(server: Server, tls: &Tls) -> Result<Server, StartError> {
    let read = |path: &std::path::Path| {
        std::fs::read(path).map_err(|source| StartError::Certificate {
            file: path.display().to_string(),
            source: source.into(),
        })
    };
    let identity = Identity::from_pem(read(&tls.certificate)?, read(&tls.key)?);
    let edges = Certificate::from_pem(read(&tls.client_ca)?);
    server.tls_config(ServerTlsConfig::new().identity(identity).client_ca_root(edges)).map_err(
        |source| StartError::Certificate {
            file: tls.certificate.display().to_string(),
            source: source.into(),
        },
    )
}
