//! The one way into the loop: a bounded queue of everything that can be told to it, and the answers that come back.

use checkpoint::input::{Condition, Directive, Observation, Order};
use tokio::sync::{mpsc, oneshot};

/// Something to be told to the loop.
#[derive(Debug)]
pub enum Told {
    /// A device said something.
    Observed {
        /// What, and when its last byte came.
        observation: Box<Observation>,
        /// Who waits until what followed from it is durable, such as a broker's message.
        kept: Option<oneshot::Sender<()>>,
    },
    /// An officer gave an order.
    Ordered {
        /// The order.
        order: Box<Order>,
        /// Who waits for its answer.
        answer: oneshot::Sender<OrderAnswer>,
    },
    /// The hub gave a directive.
    Directed(Box<Directive>),
    /// The agent noticed something about itself.
    Noticed(Condition),
    /// The same, and somebody waits until it is durable.
    NoticedAndKept {
        /// What.
        condition: Condition,
        /// Who waits.
        kept: oneshot::Sender<()>,
    },
}

/// What became of an order: the last entry that followed from it and is durable, or why there is none.
pub type OrderAnswer = Result<u64, OrderError>;

/// Why an order was not carried out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OrderError {
    /// It cannot be carried out as things stand.
    #[error("refused: {}", .0.message)]
    Refused(crate::terminal::messages::RefusalView),
    /// Recording failed: whether the order is kept is not known.
    #[error("recording has failed")]
    RecordingFailed,
    /// The loop has more to do than it should; nothing was done with the order.
    #[error("the agent is too busy")]
    Busy,
}

/// Gives the loop its inputs. A copy is the same queue.
#[derive(Debug, Clone)]
pub struct Inbox(mpsc::Sender<Told>);

/// The loop's end of its queue.
pub(crate) type Incoming = mpsc::Receiver<Told>;

/// The loop has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the loop has ended")]
pub struct Ended;

impl Inbox {
    pub(crate) fn new() -> (Inbox, Incoming) {
        let (inbox, incoming) = mpsc::channel(QUEUE);
        (Inbox(inbox), incoming)
    }

    /// Tells what a device said; waits while the loop has much to do, so that the device's line waits as well.
    pub async fn observed(&self, observation: Observation) -> Result<(), Ended> {
        self.0
            .send(Told::Observed { observation: Box::new(observation), kept: None })
            .await
            .map_err(|_| Ended)
    }

    /// The same, and answers when what followed from it is durable, or nothing did. No answer means that it was not kept.
    pub async fn observed_and_kept(
        &self,
        observation: Observation,
    ) -> Result<oneshot::Receiver<()>, Ended> {
        let (kept, answer) = oneshot::channel();
        self.0
            .send(Told::Observed { observation: Box::new(observation), kept: Some(kept) })
            .await
            .map_err(|_| Ended)?;
        Ok(answer)
    }

    /// Gives an order and waits for its answer.
    pub async fn ordered(&self, order: Order) -> OrderAnswer {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Told::Ordered { order: Box::new(order), answer }).map_err(|error| {
            match error {
                mpsc::error::TrySendError::Full(_) => OrderError::Busy,
                mpsc::error::TrySendError::Closed(_) => OrderError::RecordingFailed,
            }
        })?;
        answered.await.unwrap_or(Err(OrderError::RecordingFailed))
    }

    /// Tells what the hub directs. The answer is an entry.
    pub async fn directed(&self, directive: Directive) -> Result<(), Ended> {
        self.0.send(Told::Directed(Box::new(directive))).await.map_err(|_| Ended)
    }

    /// Tells what the agent noticed about itself.
    pub async fn noticed(&self, condition: Condition) -> Result<(), Ended> {
        self.0.send(Told::Noticed(condition)).await.map_err(|_| Ended)
    }

    /// The same, and answers when what followed from it is durable. No answer means that it was not kept.
    pub async fn noticed_and_kept(
        &self,
        condition: Condition,
    ) -> Result<oneshot::Receiver<()>, Ended> {
        let (kept, answer) = oneshot::channel();
        self.0.send(Told::NoticedAndKept { condition, kept }).await.map_err(|_| Ended)?;
        Ok(answer)
    }
}

/// So many inputs may wait; a checkpoint of 24 lanes makes a few in a second.
const QUEUE: usize = 1024;
