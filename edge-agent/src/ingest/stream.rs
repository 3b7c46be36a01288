//! Devices that send a stream of bytes: TCP and serial lines. Opened, read, and opened again after whatever happens.

use std::fmt;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
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
    /// A serial line. The port is ours alone while it is open.
    Serial(SerialLine),
}

impl Source {
    async fn open(&self) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        match self {
            Source::Tcp(address) => {
                let connect = tokio::time::timeout(CONNECT_LIMIT, TcpStream::connect(address));
                let no_answer = |_| io::Error::new(io::ErrorKind::TimedOut, "no answer");
                Ok(Box::new(connect.await.map_err(no_answer)??))
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
            Source::Serial(line) => f.write_str(&line.path),
        }
    }
}

/// Hears a device for ever.
pub(super) async fn hear(mut device: Device, source: Source) {
    let mut backoff = Backoff::default();
    loop {
        let why = match source.open().await {
            Ok(line) => match session(&mut device, line, &mut backoff).await {
                Ok(why) => why,
                Err(Ended) => return,
            },
            Err(error) => error.to_string(),
        };
        if device.lost(&format!("{source}: {why}")).await.is_err() {
            return;
        }
        tokio::time::sleep(backoff.next()).await;
    }
}

/// Reads until the line is lost; answers why.
async fn session(
    device: &mut Device,
    mut line: Box<dyn AsyncRead + Send + Unpin>,
    backoff: &mut Backoff,
) -> Result<String, Ended> {
    device.opened().await?;
    let mut buffer = [0; READ_BYTES];
    loop {
        let wait = device.wait();
        let due = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                // Nothing is due, but a device that stays silent has its line opened anew.
                None => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        };
        tokio::select! {
            read = line.read(&mut buffer) => match read {
                // A serial adapter that was unplugged reads as zero bytes, not as an error.
                Ok(0) => return Ok("closed by the other end, or unplugged".to_owned()),
                Ok(length) => {
                    backoff.worked();
                    device.bytes(buffer.get(..length).unwrap_or_default()).await?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Ok(error.to_string()),
            },
            () = due => {
                if device.time_passed().await? {
                    return Ok("silent for twice its limit: opened anew".to_owned());
                }
            }
        }
    }
}

/// A device that does not answer within this time is tried again later.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Read at once; a second of a portal has some 400 bytes.
const READ_BYTES: usize = 4096;
