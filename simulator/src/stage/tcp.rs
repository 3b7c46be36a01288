//! A serial-to-Ethernet converter: it listens, takes any number of clients, sends each every line, and hears whatever any of them says.
//!
//! A device that serves one client at a time tells the others so and closes their connections.

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
    /// What a second client is told; nothing if it is served as well.
    turned_away: Option<Arc<[u8]>>,
    lines: broadcast::Sender<Arc<[u8]>>,
    accepting: Option<AbortHandle>,
}

impl Server {
    pub(super) async fn listen(
        address: &str,
        ear: Ear,
        turned_away: Option<Vec<u8>>,
    ) -> io::Result<Server> {
        let mut server = Server {
            address: address.to_owned(),
            ear,
            turned_away: turned_away.map(Arc::from),
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
            let turned_away = self.turned_away.clone();
            let task = tokio::spawn(async move {
                while let Ok((mut client, _)) = listener.accept().await {
                    let Some(lines) = lines.upgrade() else { return };
                    match &turned_away {
                        Some(words) if lines.receiver_count() > 0 => {
                            let _ = client.write_all(words).await; // it is told, or has gone by itself
                        }
                        _ => drop(tokio::spawn(serve(client, lines.subscribe(), ear.clone()))),
                    }
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

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::stage::Inbound;

    async fn served() -> (Server, std::net::SocketAddr, mpsc::Receiver<(String, Inbound)>) {
        let (to, heard) = mpsc::channel(1024);
        let ear = Ear { device: "portal-1".to_owned(), to };
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let server = Server::listen(&address.to_string(), ear, None).await.unwrap();
        (server, address, heard)
    }

    #[tokio::test]
    async fn every_client_hears_every_line_and_may_come_again_for_ever() {
        let (server, address, mut heard) = served().await;
        let mut clients = Vec::new();
        for round in 0..100_u8 {
            let client = TcpStream::connect(address).await.unwrap();
            assert_eq!(heard.recv().await.unwrap().1, Inbound::Opened, "{round}");
            // Three stay; the others go at once.
            if clients.len() < 3 {
                clients.push(client);
            }
        }
        server.send(b"GB,000383,000389,000432,000423\r\n");
        for client in &mut clients {
            let mut line = [0; 32];
            client.read_exact(&mut line).await.unwrap();
            assert_eq!(&line, b"GB,000383,000389,000432,000423\r\n");
        }
    }

    /// Which of two clients hears what: the first is served, the second is told that it is not, and hears the end.
    #[tokio::test]
    async fn a_device_that_serves_one_client_turns_the_second_away_and_serves_the_next() {
        let (to, mut heard) = mpsc::channel(8);
        let ear = Ear { device: "reader-1".to_owned(), to };
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let words = Some(b"owned".to_vec());
        let server = Server::listen(&address.to_string(), ear, words).await.unwrap();
        let first = TcpStream::connect(address).await.unwrap();
        assert_eq!(heard.recv().await.unwrap().1, Inbound::Opened);
        let mut second = TcpStream::connect(address).await.unwrap();
        let mut told = Vec::new();
        second.read_to_end(&mut told).await.unwrap();
        assert_eq!(told, b"owned");
        drop(first);
        let mut third = loop {
            let mut third = TcpStream::connect(address).await.unwrap();
            let mut told = [0; 5];
            // Until the device has seen that the first is gone it turns others away.
            tokio::select! {
                read = third.read(&mut told) => assert_ne!(read.unwrap(), 0),
                opened = heard.recv() => {
                    assert_eq!(opened.unwrap().1, Inbound::Opened);
                    break third;
                }
            }
        };
        server.send(b"tag");
        let mut told = [0; 3];
        third.read_exact(&mut told).await.unwrap();
        assert_eq!(&told, b"tag");
    }
}
