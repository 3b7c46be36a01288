//! Where edges connect: the hub's end of `wire::sync`.
//!
//! - [`check`]: what of a batch follows, what is known already, what is refused. Pure.
//! - [`desk`]: the one writer of one checkpoint: it greets, commits, folds, and only then acknowledges.
//! - `bearer`: whether the certificate on the line was made for the checkpoint that is named.
//! - `session`: one stream from its Hello to its end.
//!
//! It promises: an acknowledgement is sent after the commit of what it names; the same entry twice has one effect; what was refused
//! is named, counted and kept; a line that is silent for 15 s is taken for dead. It deliberately sends nothing that a lane would
//! have to wait for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use checkpoint::ids::CheckpointId;
use tokio::sync::{Mutex, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use wire::sync::sync_server::{Sync, SyncServer};
use wire::sync::{EdgeMessage, HubMessage, MESSAGE_LIMIT_BYTES};

use crate::board::Board;
use crate::store::{Store, StoreError};

mod bearer;
pub mod check;
pub mod desk;
mod session;

use bearer::Bearer;
use desk::Desk;

/// Checkpoints of one hub. Kazakhstan has fewer than 200; whoever invents names must not fill the disk.
const MOST_CHECKPOINTS: usize = 1000;
/// Messages to an edge that wait for its line. An edge that reads none of them is slow, and hears less often.
const OUTBOX: usize = 16;

/// The receiving end of all checkpoints.
#[derive(Debug, Clone)]
pub struct Ingest {
    store: Store,
    board: Arc<Board>,
    heard: Arc<BTreeSet<CheckpointId>>,
    desks: Arc<Mutex<BTreeMap<CheckpointId, Arc<Mutex<Desk>>>>>,
    stopping: watch::Receiver<bool>,
    /// Changes when a directive was given.
    given: watch::Receiver<i64>,
}

impl Ingest {
    /// Opens the desks of every checkpoint that the store knows, and folds what it holds.
    ///
    /// `heard` are the checkpoints that may report, any if it is empty. When `stopping` turns true the streams end; when `given`
    /// changes, streams look for directives.
    pub async fn open(
        store: Store,
        board: Arc<Board>,
        heard: BTreeSet<CheckpointId>,
        stopping: watch::Receiver<bool>,
        given: watch::Receiver<i64>,
    ) -> Result<Ingest, StoreError> {
        let mut desks = BTreeMap::new();
        for known in store.checkpoints().await? {
            let Ok(id) = known.checkpoint.parse::<CheckpointId>() else {
                tracing::warn!(
                    checkpoint = known.checkpoint,
                    "the store names a checkpoint that cannot be one"
                );
                continue;
            };
            let desk = Desk::open(id.clone(), store.clone(), board.clone(), Some(known)).await?;
            desks.insert(id, Arc::new(Mutex::new(desk)));
        }
        Ok(Ingest {
            store,
            board,
            heard: Arc::new(heard),
            desks: Arc::new(Mutex::new(desks)),
            stopping,
            given,
        })
    }

    /// The gRPC service over it.
    pub fn service(&self) -> SyncServer<Ingest> {
        SyncServer::new(self.clone())
            .max_decoding_message_size(MESSAGE_LIMIT_BYTES)
            .max_encoding_message_size(MESSAGE_LIMIT_BYTES)
    }

    /// Keeps the folded state of every checkpoint, so that the next start is fast.
    pub async fn keep_states(&self, now_us: i64) {
        let desks: Vec<_> = self.desks.lock().await.values().cloned().collect();
        for desk in desks {
            desk.lock().await.keep_state(now_us).await;
        }
    }

    async fn desk(&self, name: &str) -> Result<Arc<Mutex<Desk>>, Status> {
        let id: CheckpointId = name
            .parse()
            .map_err(|error| Status::invalid_argument(format!("the checkpoint's name: {error}")))?;
        if !self.heard.is_empty() && !self.heard.contains(&id) {
            return Err(Status::permission_denied(format!(
                "this hub does not hear `{id}`: add it to ingest.checkpoints of the hub's settings"
            )));
        }
        let mut desks = self.desks.lock().await;
        if let Some(desk) = desks.get(&id) {
            return Ok(desk.clone());
        }
        if desks.len() >= MOST_CHECKPOINTS {
            return Err(Status::resource_exhausted(format!(
                "this hub hears {MOST_CHECKPOINTS} checkpoints already"
            )));
        }
        let desk = Desk::open(id.clone(), self.store.clone(), self.board.clone(), None)
            .await
            .map_err(|error| store_failed(&id, &error))?;
        let desk = Arc::new(Mutex::new(desk));
        desks.insert(id, desk.clone());
        Ok(desk)
    }
}

/// What an edge hears when the store fails; the log holds the rest.
fn store_failed(checkpoint: &CheckpointId, error: &StoreError) -> Status {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(%checkpoint, %error, cause, "nothing is acknowledged");
    Status::unavailable("the hub's store does not answer; nothing was acknowledged")
}

#[tonic::async_trait]
impl Sync for Ingest {
    type ConnectStream = ReceiverStream<Result<HubMessage, Status>>;

    async fn connect(
        &self,
        request: Request<Streaming<EdgeMessage>>,
    ) -> Result<Response<Self::ConnectStream>, Status> {
        let (to_edge, outbox) = mpsc::channel(OUTBOX);
        let ingest = self.clone();
        // None on a plain line, which is one of this machine alone (`config`).
        let bearer = request.peer_certs().map(Bearer);
        // A task of its own: a stream that breaks must not cut a commit from the memory of it.
        tokio::spawn(async move {
            if let Err(status) =
                session::run(&ingest, request.into_inner(), &to_edge, bearer.as_ref()).await
            {
                // The edge may be gone; then nobody needs to be told.
                let _ = to_edge.send(Err(status)).await;
            }
        });
        Ok(Response::new(ReceiverStream::new(outbox)))
    }
}
