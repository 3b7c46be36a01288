//! Devices on a stream of bytes: TCP and serial lines. Opened, read, and opened again after whatever happens.
//!
//! Nothing is ever written to a device that speaks unasked: a wrong byte can tare or zero a scale.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_serial::SerialPortBuilderExt;

use super::Backoff;
use super::device::Device;
use crate::agent::Ended;
use crate::config::SerialLine;

/// Where a stream comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A device that listens at this address.
    Tcp(String),
    /// The device connects to us at this address.
    Listen(SocketAddr),
    /// A serial line. The port is ours alone while it is open.
    Serial(SerialLine),
}

/// Both ways of a line.
trait Line: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

/// The port at which a device that connects to us is awaited, kept from one connection to the next.
type Door = Option<TcpListener>;

impl Source {
    async fn open(&self, door: &mut Door) -> io::Result<Box<dyn Line>> {
        match self {
            Source::Tcp(address) => {
                let connect = tokio::time::timeout(CONNECT_LIMIT, TcpStream::connect(address));
                let no_answer = |_| io::Error::new(io::ErrorKind::TimedOut, "no answer");
                Ok(Box::new(connect.await.map_err(no_answer)??))
            }
            Source::Listen(address) => {
                let listener = match door.take() {
                    Some(listener) => listener,
                    None => TcpListener::bind(address).await?,
                };
                let accepted = listener.accept().await;
                *door = Some(listener);
                Ok(Box::new(accepted?.0))
            }
            Source::Serial(line) => {
                let port = tokio_serial::new(&line.path, line.baud)
                    .data_bits(line.data_bits)
                    .parity(line.parity)
                    .stop_bits(line.stop_bits)
                    .flow_control(tokio_serial::FlowControl::None)
                    .open_native_async()?;
                Ok(Box::new(port))
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Tcp(address) => write!(f, "tcp {address}"),
            Source::Listen(address) => write!(f, "tcp port {address}"),
            Source::Serial(line) => f.write_str(&line.path),
        }
    }
}

/// Hears a device for ever.
pub(super) async fn hear(mut device: Device, source: Source) {
    let mut backoff = Backoff::default();
    let mut door = Door::None;
    loop {
        let mut least = Duration::ZERO;
        let Ok(opened) = device.meanwhile(source.open(&mut door)).await else { return };
        let why = match opened {
            Ok(mut line) => {
                match session(&mut device, &mut line, door.as_ref(), &mut backoff).await {
                    Ok(why) => {
                        let hang_up = device.hang_up();
                        least = hang_up.map_or(Duration::ZERO, |hang_up| hang_up.wait);
                        why
                    }
                    Err(Ended) => return,
                }
            }
            Err(error) => error.to_string(),
        };
        if device.lost(&format!("{source}: {why}")).await.is_err() {
            return;
        }
        // A device that serves another is not fought over, whatever our own patience.
        let pause = tokio::time::sleep(backoff.next().max(least));
        if device.meanwhile(pause).await.is_err() {
            return;
        }
    }
}

/// Reads until the line is lost, asks what is to be asked; answers why it ended.
async fn session(
    device: &mut Device,
    line: &mut Box<dyn Line>,
    door: Option<&TcpListener>,
    backoff: &mut Backoff,
) -> Result<String, Ended> {
    device.opened().await?;
    let mut buffer = [0; READ_BYTES];
    loop {
        while let Some(bytes) = device.to_send() {
            match tokio::time::timeout(WRITE_LIMIT, line.write_all(&bytes)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Ok(format!("cannot be written to: {error}")),
                Err(_) => return Ok("takes in nothing of what it is sent".to_owned()),
            }
        }
        if let Some(hang_up) = device.hang_up() {
            return Ok(hang_up.reason.to_owned());
        }
        // Though nothing is due: a device that stays silent has its line opened anew.
        let due = device.due(Some(IDLE));
        let replaced = async {
            match door {
                Some(door) => door.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            read = line.read(&mut buffer) => match read {
                // A serial adapter that was unplugged reads as zero bytes, not as an error.
                Ok(0) => return Ok("closed by the other end, or unplugged".to_owned()),
                Ok(length) => {
                    backoff.worked();
                    if !device.bytes(buffer.get(..length).unwrap_or_default()).await? {
                        return Ok("what it said could not be recorded, and is not answered".to_owned());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Ok(error.to_string()),
            },
            // A device that lost its connection without our knowing it connects anew: the newest counts.
            accepted = replaced => if let Ok((newest, _)) = accepted {
                *line = Box::new(newest);
                device.opened().await?;
            },
            () = due => {
                if device.time_passed().await? {
                    if let Some(bytes) = device.farewell() {
                        // Whether it hears that is its matter: the line is closed in any case.
                        let _ = tokio::time::timeout(WRITE_LIMIT, line.write_all(&bytes)).await;
                    }
                    return Ok("silent for twice its limit: opened anew".to_owned());
                }
            }
        }
    }
}

/// A device that does not answer within this time is tried again later.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// A device that takes in nothing for so long is gone.
const WRITE_LIMIT: Duration = Duration::from_secs(2);
/// Looked at this often while nothing is expected.
const IDLE: Duration = Duration::from_secs(1);
/// Read at once; a second of a portal has some 400 bytes.
const READ_BYTES: usize = 4096;
