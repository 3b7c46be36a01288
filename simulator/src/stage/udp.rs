//! A device that sends datagrams, each a whole message, and hears what is sent back to it.

use std::io;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

use super::Ear;

#[derive(Debug)]
pub(super) struct Sender {
    socket: Arc<UdpSocket>,
    listening: AbortHandle,
    up: bool,
}

impl Sender {
    pub(super) async fn new(address: &str, ear: Ear) -> io::Result<Sender> {
        let socket = Arc::new(UdpSocket::bind("0.0.0.0:0").await?);
        socket.connect(address).await?;
        let hears = Arc::clone(&socket);
        let listening = tokio::spawn(async move {
            let mut datagram = vec![0; MOST_BYTES];
            ear.opened();
            loop {
                // An error tells that nobody was there for what we sent: that is no end.
                match hears.recv(&mut datagram).await {
                    Ok(length) => ear.bytes(datagram.get(..length).unwrap_or_default()),
                    Err(error) => tracing::debug!(device = ear.device, %error, "nobody is there"),
                }
            }
        });
        Ok(Sender { socket, listening: listening.abort_handle(), up: true })
    }

    pub(super) fn send(&self, bytes: &[u8]) {
        if self.up {
            let _ = self.socket.try_send(bytes); // what cannot be sent at once is lost, as datagrams are
        }
    }

    pub(super) fn line(&mut self, up: bool) {
        self.up = up;
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// The largest datagram.
const MOST_BYTES: usize = 65_535;
