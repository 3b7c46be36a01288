//! A serial port that is a pseudo-terminal, under the name that the agent opens.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::ttyname;

#[derive(Debug)]
pub(super) struct Terminal {
    path: PathBuf,
    open: Option<Pair>,
}

#[derive(Debug)]
struct Pair {
    device: File,
    /// Held so that the port exists while the agent has not opened it.
    _port: OwnedFd,
}

impl Terminal {
    pub(super) fn offer(path: &Path) -> io::Result<Terminal> {
        let mut terminal = Terminal { path: path.to_owned(), open: None };
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
        fcntl(&pair.master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        let name = ttyname(&pair.slave)?;
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::os::unix::fs::symlink(name, &self.path)?;
        self.open = Some(Pair { device: File::from(pair.master), _port: pair.slave });
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.line(false);
    }
}
