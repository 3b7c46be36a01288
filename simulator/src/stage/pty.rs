//! A serial port that is a pseudo-terminal, under the name that the agent opens.
//!
//! It carries bytes at any speed, but remembers to which speed the agent set it: that is told, and the player garbles what is said at another.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::ttyname;
use rustix::termios;
use tokio::task::AbortHandle;

use super::Ear;

#[derive(Debug)]
pub(super) struct Terminal {
    path: PathBuf,
    baud: u32,
    ear: Ear,
    open: Option<Pair>,
}

#[derive(Debug)]
struct Pair {
    device: File,
    /// Held so that the port exists while the agent has not opened it.
    _port: OwnedFd,
    hearing: AbortHandle,
}

impl Drop for Pair {
    fn drop(&mut self) {
        self.hearing.abort();
    }
}

impl Terminal {
    pub(super) fn offer(path: &Path, baud: u32, ear: Ear) -> io::Result<Terminal> {
        let mut terminal = Terminal { path: path.to_owned(), baud, ear, open: None };
        terminal.line(true)?;
        Ok(terminal)
    }

    pub(super) fn send(&mut self, bytes: &[u8]) {
        if let Some(pair) = &mut self.open {
            let _ = pair.device.write(bytes); // a full buffer loses what does not fit, as a cable would
        }
    }

    pub(super) fn line(&mut self, up: bool) -> io::Result<()> {
        self.open = None;
        if self.path.is_symlink() {
            std::fs::remove_file(&self.path)?;
        }
        if !up {
            return Ok(());
        }
        let pair = openpty(None, None)?;
        let mut settings = tcgetattr(&pair.slave)?;
        cfmakeraw(&mut settings);
        tcsetattr(&pair.slave, SetArg::TCSANOW, &settings)?;
        let mut settings = termios::tcgetattr(&pair.slave)?;
        settings.set_speed(self.baud)?;
        termios::tcsetattr(&pair.slave, termios::OptionalActions::Now, &settings)?;
        fcntl(&pair.master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        let name = ttyname(&pair.slave)?;
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::os::unix::fs::symlink(name, &self.path)?;
        let device = File::from(pair.master);
        let hearing = tokio::spawn(hear(device.try_clone()?, self.baud, self.ear.clone()));
        self.open = Some(Pair { device, _port: pair.slave, hearing: hearing.abort_handle() });
        Ok(())
    }
}

/// Hears what is written to the port. Nobody tells when it is opened: it is open from the beginning.
async fn hear(mut device: File, baud: u32, ear: Ear) {
    let mut heard = [0; 1024];
    let mut known = baud;
    ear.opened();
    ear.speed(baud);
    loop {
        // What the other end sets is asked of our end: a pair has one speed.
        if let Ok(baud) = termios::tcgetattr(&device).map(|settings| settings.output_speed())
            && std::mem::replace(&mut known, baud) != baud
        {
            ear.speed(baud);
        }
        match device.read(&mut heard) {
            Ok(length @ 1..) => ear.bytes(heard.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                tokio::time::sleep(GATHERS).await;
            }
            Ok(0) | Err(_) => return,
        }
    }
}

/// A serial adapter hands over what it gathered for so long; common ones take 16 ms.
const GATHERS: Duration = Duration::from_millis(5);

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.line(false);
    }
}
