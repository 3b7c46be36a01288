//! Where it is listened: a serial line, a device that listens at an address, a recording.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::LineSettings;

/// A place to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Port {
    /// A serial line.
    Serial(PathBuf),
    /// A device that listens at this address.
    Tcp(String),
    /// Bytes that were recorded.
    File(PathBuf),
    /// Bytes that somebody else hears.
    Stdin,
}

/// A text that is no place to listen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no port: a serial device such as /dev/ttyUSB0, an address such as tcp:192.168.10.21:4001, a file, or - for standard input"
)]
pub struct NoPort(String);

/// A port that is open for reading.
pub struct Open {
    pub(super) from: Box<dyn Read>,
    /// It ends by itself, as a file does, and is heard to its end.
    pub(super) ends: bool,
}

impl Open {
    /// Bytes that come while it is listened; a pause in them is an error of the kind [`io::ErrorKind::TimedOut`].
    pub fn live(from: impl Read + 'static) -> Open {
        Open { from: Box::new(from), ends: false }
    }

    /// Bytes that are there.
    pub fn whole(from: impl Read + 'static) -> Open {
        Open { from: Box::new(from), ends: true }
    }
}

/// Opens a port for reading, with one setting of its line after another.
pub trait Opener {
    /// Opens it. A place without a line has no settings.
    fn open(&mut self, line: Option<&LineSettings>) -> io::Result<Open>;
}

impl Port {
    /// The port that a person means.
    pub fn parse(text: &str) -> Result<Port, NoPort> {
        if text == "-" {
            return Ok(Port::Stdin);
        }
        let is_address = |text: &str| {
            text.rsplit_once(':')
                .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
        };
        if let Some(address) = text.strip_prefix("tcp:") {
            let address = address.trim_start_matches('/');
            return if is_address(address) {
                Ok(Port::Tcp(address.to_owned()))
            } else {
                Err(NoPort(text.to_owned()))
            };
        }
        let path = Path::new(text);
        match std::fs::metadata(path) {
            Ok(there) if there.file_type().is_char_device() => Ok(Port::Serial(path.to_owned())),
            Ok(there) if !there.is_dir() => Ok(Port::File(path.to_owned())),
            // An adapter that is not plugged in is missed when it is opened, with a better word than this one.
            Err(_) if path.starts_with("/dev") => Ok(Port::Serial(path.to_owned())),
            Err(_) if is_address(text) => Ok(Port::Tcp(text.to_owned())),
            Ok(_) | Err(_) => Err(NoPort(text.to_owned())),
        }
    }

    /// Whether there are settings of a line to be found.
    pub fn is_serial(&self) -> bool {
        matches!(self, Port::Serial(_))
    }
}

impl Opener for Port {
    fn open(&mut self, line: Option<&LineSettings>) -> io::Result<Open> {
        match (&*self, line) {
            (Port::Serial(path), Some(line)) => {
                let port = tokio_serial::new(path.to_string_lossy(), line.baud)
                    .data_bits(line.data_bits)
                    .parity(line.parity)
                    .stop_bits(line.stop_bits)
                    .flow_control(tokio_serial::FlowControl::None)
                    .timeout(PAUSE)
                    .open()?;
                Ok(Open::live(port))
            }
            (Port::Serial(_), None) => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a serial line is opened with a speed",
            )),
            (Port::Tcp(address), _) => {
                let stream = connect(address)?;
                stream.set_read_timeout(Some(PAUSE))?;
                Ok(Open::live(stream))
            }
            (Port::File(path), _) => Ok(Open::whole(File::open(path)?)),
            (Port::Stdin, _) => Ok(Open::whole(io::stdin())),
        }
    }
}

fn connect(address: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for one in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&one, CONNECT_LIMIT) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Port::Serial(path) | Port::File(path) => write!(f, "{}", path.display()),
            Port::Tcp(address) => write!(f, "tcp:{address}"),
            Port::Stdin => f.write_str("standard input"),
        }
    }
}

/// How long a read waits before it is looked whether the time is over.
const PAUSE: Duration = Duration::from_millis(100);
/// A device that does not answer within this time is not there.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
