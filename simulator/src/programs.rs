//! The programs of a checkpoint as child processes, so that a story can take one away and bring it back.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A program, how it is started, and where it answers.
#[derive(Debug)]
pub struct Program {
    name: &'static str,
    path: PathBuf,
    arguments: Vec<String>,
    /// `host:port` that answers when it is ready.
    ready: String,
    log: PathBuf,
    child: Option<Child>,
}

/// Why a program does not run.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It cannot be started.
    #[error("failed to start {name} ({})", path.display())]
    Start {
        /// Which.
        name: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something else is there already.
    #[error(
        "something already answers at {address}, where {name} should: end it first, perhaps an earlier demo"
    )]
    Taken {
        /// Which.
        name: &'static str,
        /// Where.
        address: String,
    },
    /// It ended, or does not answer.
    #[error("{name} does not answer at {address}; its log is {}", log.display())]
    Silent {
        /// Which.
        name: &'static str,
        /// Where it should.
        address: String,
        /// What it said.
        log: PathBuf,
    },
}

/// So long a program may take to answer.
const READY_WITHIN: Duration = Duration::from_secs(30);

impl Program {
    /// A program that is not started yet. What it prints goes to a log in `logs`.
    pub fn new(
        name: &'static str,
        path: PathBuf,
        arguments: Vec<String>,
        ready: &str,
        logs: &Path,
    ) -> Program {
        Program {
            name,
            path,
            arguments,
            ready: ready.to_owned(),
            log: logs.join(format!("{name}.log")),
            child: None,
        }
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) -> Result<(), ProgramError> {
        if TcpStream::connect(&self.ready).await.is_ok() {
            return Err(ProgramError::Taken { name: self.name, address: self.ready.clone() });
        }
        let fail =
            |source| ProgramError::Start { name: self.name, path: self.path.clone(), source };
        let log = File::options().create(true).append(true).open(&self.log).map_err(fail)?;
        let errors = log.try_clone().map_err(fail)?;
        let child = Command::new(&self.path)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .map_err(fail)?;
        self.child = Some(child);
        let pause = Duration::from_millis(50);
        let mut waited = Duration::ZERO;
        while waited < READY_WITHIN {
            if TcpStream::connect(&self.ready).await.is_ok() {
                return Ok(());
            }
            let ended =
                self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            if ended {
                break;
            }
            tokio::time::sleep(pause).await;
            waited += pause;
        }
        Err(ProgramError::Silent {
            name: self.name,
            address: self.ready.clone(),
            log: self.log.clone(),
        })
    }

    /// Kills it: no goodbye, as a power cut or a pulled cable would.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill().await; // an error only says that it has ended by itself
        }
    }

    /// Its process number, while it runs.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }
}
