//! A device that connects to the agent, and again whenever the connection is lost.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::Ear;

/// Messages that wait while there is no connection; more are lost, as in a device with little memory.
const MOST_WAITING: usize = 256;
/// Between two tries to connect.
const AGAIN: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(super) struct Caller {
    address: String,
    ear: Ear,
    call: Option<(mpsc::Sender<Vec<u8>>, AbortHandle)>,
}

impl Caller {
    pub(super) fn new(address: &str, ear: Ear) -> Caller {
        let mut caller = Caller { address: address.to_owned(), ear, call: None };
        caller.line(true);
        caller
    }

    pub(super) fn send(&self, bytes: &[u8]) {
        if let Some((messages, _)) = &self.call
            && messages.try_send(bytes.to_vec()).is_err()
        {
            tracing::warn!(
                device = self.ear.device,
                "a message is lost: the agent is away and the queue is full"
            );
        }
    }

    pub(super) fn line(&mut self, up: bool) {
        if let Some((_, task)) = self.call.take() {
            task.abort();
        }
        if up {
            let (messages, waiting) = mpsc::channel(MOST_WAITING);
            let task = tokio::spawn(call(self.address.clone(), waiting, self.ear.clone()));
            self.call = Some((messages, task.abort_handle()));
        }
    }
}

async fn call(address: String, mut waiting: mpsc::Receiver<Vec<u8>>, ear: Ear) {
    let mut heard = [0; 1024];
    loop {
        let Ok(mut line) = TcpStream::connect(&address).await else {
            tokio::time::sleep(AGAIN).await;
            continue;
        };
        ear.opened();
        loop {
            tokio::select! {
                message = waiting.recv() => match message {
                    Some(message) => if line.write_all(&message).await.is_err() { break },
                    None => return,
                },
                read = line.read(&mut heard) => match read {
                    Ok(length @ 1..) => ear.bytes(heard.get(..length).unwrap_or_default()),
                    Ok(0) | Err(_) => break,
                },
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}
