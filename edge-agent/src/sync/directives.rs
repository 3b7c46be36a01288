//! Directives on their way from the hub to the loop.
//!
//! Whose signature a directive bears is checked here; what follows from it is the loop's to decide, and its answer is an entry of the
//! journal. Nothing is kept here: what the agent did not get to, the hub sends again.

use std::sync::Arc;

use checkpoint::Checkpoint;
use checkpoint::ids::CheckpointId;
use checkpoint::input::Directive;
use checkpoint::input::directive::Signer;
use tokio::sync::{mpsc, watch};
use wire::directive::{Statement, Unsigned};

/// Takes directives to the loop, and knows which were answered.
#[derive(Debug)]
pub struct Desk {
    to_loop: mpsc::Sender<Directive>,
    known: watch::Receiver<Arc<Checkpoint>>,
}

impl Desk {
    /// A desk that gives directives to `to_loop`; `known` is what is durable.
    pub fn new(to_loop: mpsc::Sender<Directive>, known: watch::Receiver<Arc<Checkpoint>>) -> Desk {
        Desk { to_loop, known }
    }

    /// The last directive whose answer is durable.
    pub(super) fn answered(&self) -> u64 {
        self.known.borrow().directives().last
    }

    /// Takes one in, or lets it fall: the hub sends it again.
    pub(super) fn take(&self, checkpoint: &CheckpointId, sent: wire::sync::Directive) {
        let wire::sync::Directive { number, subject, text, signature, public_key } = sent;
        let statement =
            Statement { checkpoint: checkpoint.as_str(), number, subject: &subject, text: &text };
        let signer = match statement.signed_by(&signature, &public_key) {
            Ok(key) => Signer::Key(key.to_string()),
            Err(unsigned @ (Unsigned::Misshapen { .. } | Unsigned::Forged { .. })) => {
                Signer::Nobody { found: unsigned.to_string() }
            }
        };
        let digest = statement.digest().to_string();
        tracing::info!(number, subject, "the hub directs");
        let directive = Directive { number, subject, text, digest, signer };
        if self.to_loop.try_send(directive).is_err() {
            tracing::warn!(number, "the loop is busy; the hub sends its directive again");
        }
    }
}
