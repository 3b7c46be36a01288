//! Devices that send datagrams: each is a whole message, and an answer goes to where the last one came from.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;

use super::Backoff;
use super::device::Device;
use crate::agent::Ended;

/// Hears a device for ever.
pub(super) async fn hear(mut device: Device, address: SocketAddr) {
    let mut backoff = Backoff::default();
    loop {
        let why = match UdpSocket::bind(address).await {
            Ok(socket) => match session(&mut device, &socket, &mut backoff).await {
                Ok(error) => error.to_string(),
                Err(Ended) => return,
            },
            Err(error) => error.to_string(),
        };
        if device.lost(&format!("udp port {address}: {why}")).await.is_err() {
            return;
        }
        if device.meanwhile(tokio::time::sleep(backoff.next())).await.is_err() {
            return;
        }
    }
}

async fn session(
    device: &mut Device,
    socket: &UdpSocket,
    backoff: &mut Backoff,
) -> Result<io::Error, Ended> {
    device.opened().await?;
    let mut buffer = vec![0; DATAGRAM_BYTES];
    let mut peer = None;
    loop {
        if let Some(peer) = peer {
            while let Some(bytes) = device.to_send() {
                if let Err(error) = socket.send_to(&bytes, peer).await {
                    return Ok(error);
                }
            }
        }
        // Before the first datagram there is nobody to ask: what is due waits.
        let due = device.due(Some(IDLE));
        let due = async {
            match peer {
                Some(_) => due.await,
                None => tokio::time::sleep(IDLE).await,
            }
        };
        tokio::select! {
            received = socket.recv_from(&mut buffer) => match received {
                Ok((length, from)) => {
                    backoff.worked();
                    peer = Some(from);
                    device.counted(0);
                    let kept = device.document(buffer.get(..length).unwrap_or_default()).await?;
                    if !device.may_answer(kept).await {
                        return Ok(io::Error::other("what it said could not be recorded"));
                    }
                }
                // The other end was not there for our answer: that is its matter.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
                Err(error) => return Ok(error),
            },
            () = due => {
                // There is no line that could be opened anew.
                device.time_passed().await?;
            }
        }
    }
}

/// The largest datagram.
const DATAGRAM_BYTES: usize = 65_535;
/// Looked at this often while nothing is expected.
const IDLE: Duration = Duration::from_secs(1);
