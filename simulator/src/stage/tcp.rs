//! A serial-to-Ethernet converter: it listens, takes any number of clients, sends each every line, and hears whatever any of them says.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::task::AbortHandle;

use super::Ear;

/// Lines that a slow client may be behind before its connection is closed.
const MOST_BEHIND: usize = 1024;

#[derive(Debug)]
pub(super) struct Server {
    address: String,
    ear: Ear,
    lines: broadcast::Sender<Arc<[u8]>>,
    accepting: Option<AbortHandle>,
}

impl Server {
    pub(super) async fn listen(address: &str, ear: Ear) -> io::Result<Server> {
        let mut server = Server {
            address: address.to_owned(),
            ear,
            lines: broadcast::Sender::new(MOST_BEHIND),
            accepting: None,
        };
        server.line(true).await?;
        Ok(server)
    }

    pub(super) fn send(&self, bytes: &[u8]) {
        let _ = self.lines.send(bytes.into()); // an error only says that nobody is connected
    }

    pub(super) async fn line(&mut self, up: bool) -> io::Result<()> {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
        }
        // A new channel: the clients of the old one see its end and close.
        self.lines = broadcast::Sender::new(MOST_BEHIND);
        if up {
            let listener = bind(&self.address).await?;
            let lines = self.lines.downgrade();
            let ear = self.ear.clone();
            let task = tokio::spawn(async move {
                while let Ok((client, _)) = listener.accept().await {
                    let Some(lines) = lines.upgrade() else { return };
                    tokio::spawn(serve(client, lines.subscribe(), ear.clone()));
                }
            });
            self.accepting = Some(task.abort_handle());
        }
        Ok(())
    }
}

/// The port may still be in the hands of the task that was just aborted.
async fn bind(address: &str) -> io::Result<TcpListener> {
    for _ in 0..20 {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            done => return done,
        }
    }
    TcpListener::bind(address).await
}

async fn serve(client: TcpStream, mut lines: broadcast::Receiver<Arc<[u8]>>, ear: Ear) {
    let _ = client.set_nodelay(true); // an answer that waits for more to say is a late answer
    let (mut from, mut to) = client.into_split();
    let mut heard = [0; 1024];
    ear.opened();
    loop {
        tokio::select! {
            line = lines.recv() => match line {
                Ok(line) => if to.write_all(&line).await.is_err() { return },
                Err(_) => return,
            },
            read = from.read(&mut heard) => match read {
                Ok(length @ 1..) => ear.bytes(heard.get(..length).unwrap_or_default()),
                Ok(0) | Err(_) => return,
            },
        }
    }
}
