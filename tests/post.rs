//! A checkpoint and its hub as real processes on this machine: the programs that a site runs, real ports, a folder of their own.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, ensure};
use simulator::cast::Cast;
use simulator::officers::Officers;
use simulator::programs::Program;
use tempfile::TempDir;

use crate::WorldError;

/// A checkpoint and its hub.
pub struct Post {
    /// The agent.
    pub agent: Program,
    /// The hub.
    pub hub: Program,
    /// Its devices.
    pub cast: Cast,
    folder: TempDir,
    config: PathBuf,
    terminal: String,
    hub_page: String,
}

/// The password of every officer, as in the configuration of the demo.
const PASSWORD: &str = "demo";

impl Post {
    /// The checkpoint of the demo's configuration, moved to free ports and a folder of its own. Nothing is started.
    pub fn new() -> Result<Post, WorldError> {
        Post::at("config/demo/checkpoint.toml")
    }

    /// The checkpoint of a configuration of this repository, moved likewise.
    pub fn at(config: &str) -> Result<Post, WorldError> {
        Post::moved(config, "")
    }

    /// The demo's with more devices, written as in a configuration; their addresses, but for topics, are moved as well.
    pub fn with_devices(more: &str) -> Result<Post, WorldError> {
        Post::moved("config/demo/checkpoint.toml", more)
    }

    fn moved(config: &str, more: &str) -> Result<Post, WorldError> {
        let folder = tempfile::tempdir()?;
        let text = std::fs::read_to_string(repository().join(config))?;
        let mut config: toml::Table = toml::from_str(&text)?;
        let (terminal, ingest, broker) = (free()?, free()?, free()?);
        let (hub_page, hub_line) = (free()?, free()?);
        set(
            &mut config,
            "checkpoint",
            "data_dir",
            &folder.path().join("agent").display().to_string(),
        )?;
        set(&mut config, "terminal", "listen", &terminal.to_string())?;
        set(&mut config, "ingest", "listen", &ingest.to_string())?;
        set(&mut config, "mqtt", "broker", &format!("mqtt://{broker}"))?;
        set(&mut config, "hub", "url", &format!("http://{hub_line}"))?;
        let devices = config
            .get_mut("device")
            .and_then(toml::Value::as_array_mut)
            .context("the demo has devices")?;
        let more: toml::Table = toml::from_str(more)?;
        devices.extend(
            more.get("device").and_then(toml::Value::as_array).into_iter().flatten().cloned(),
        );
        for device in devices {
            let id = device
                .get("id")
                .and_then(toml::Value::as_str)
                .context("a device has a name")?
                .to_owned();
            let connect = device
                .get_mut("connect")
                .and_then(toml::Value::as_table_mut)
                .context("a device has a line")?;
            for key in ["tcp", "listen", "udp"] {
                if connect.contains_key(key) {
                    connect.insert(key.to_owned(), free()?.to_string().into());
                }
            }
            if connect.contains_key("serial") {
                connect.insert(
                    "serial".to_owned(),
                    folder.path().join("pty").join(&id).display().to_string().into(),
                );
            }
        }
        let path = folder.path().join("checkpoint.toml");
        std::fs::write(&path, toml::to_string(&config)?)?;
        let hub_config = folder.path().join("hub.toml");
        let database = folder.path().join("hub.db");
        std::fs::write(
            &hub_config,
            format!(
                "[web]\nlisten = \"{hub_page}\"\n[ingest]\nlisten = \"{hub_line}\"\ncheckpoints = []\n[store]\ndatabase = \"{}\"\n",
                database.display()
            ),
        )?;
        let run = |config: &Path| {
            vec!["run".to_owned(), "--config".to_owned(), config.display().to_string()]
        };
        Ok(Post {
            agent: Program::new(
                "edge-agent",
                program("edge-agent")?,
                run(&path),
                &terminal.to_string(),
                folder.path(),
            ),
            hub: Program::new(
                "hub",
                program("hub")?,
                run(&hub_config),
                &hub_page.to_string(),
                folder.path(),
            ),
            cast: Cast::read(&path)?,
            config: path,
            terminal: terminal.to_string(),
            hub_page: hub_page.to_string(),
            folder,
        })
    }

    /// Officers at its terminal.
    pub fn officers(&self, run: u64) -> Officers {
        Officers::at(&self.terminal, PASSWORD, run)
    }

    /// Address of its terminal.
    pub fn terminal(&self) -> &str {
        &self.terminal
    }

    /// Its configuration.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// The folder in which everything is kept.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the hub answers at `path`.
    pub async fn hub_says(&self, path: &str) -> Result<serde_json::Value, WorldError> {
        let answer = reqwest::get(format!("http://{}{path}", self.hub_page)).await?;
        ensure!(answer.status().is_success(), "the hub answers {} to {path}", answer.status());
        Ok(answer.json().await?)
    }

    /// Runs `edge-agent` with these words, and gives what it prints. Fails if it fails.
    pub fn edge_agent(&self, words: &[&str]) -> Result<String, WorldError> {
        printed("edge-agent", words)
    }

    /// Runs `hub directive` with these words over the hub's store, and gives what it prints. Fails if it fails.
    pub fn hub_directs(&self, words: &[&str]) -> Result<String, WorldError> {
        let config = self.folder.path().join("hub.toml").display().to_string();
        printed("hub", &[&["directive"], words, &["--config", &config]].concat())
    }

    /// The last lines of the agent's log, for the message of a test that fails.
    pub fn agent_log(&self) -> String {
        let log =
            std::fs::read_to_string(self.folder.path().join("edge-agent.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

fn printed(name: &str, words: &[&str]) -> Result<String, WorldError> {
    let output = Command::new(program(name)?).args(words).output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{name} {}: {printed}{}",
        words.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(printed)
}

/// The root of this repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A program of this workspace: in the folder `BEKET_BIN`, or beside the test that runs.
pub fn program(name: &str) -> Result<PathBuf, WorldError> {
    let folder = match std::env::var_os("BEKET_BIN") {
        Some(folder) => PathBuf::from(folder),
        None => std::env::current_exe()?
            .parent()
            .and_then(Path::parent)
            .context("tests run in target/*/deps")?
            .to_owned(),
    };
    let path = folder.join(name);
    ensure!(path.exists(), "{} is not built: cargo build -p {name}", path.display());
    Ok(path)
}

/// How many rounds a story of faults has: `rounds` in the tests, more where `BEKET_SOAK` says so.
pub fn rounds(rounds: u32) -> u32 {
    let factor =
        std::env::var("BEKET_SOAK").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1);
    rounds.saturating_mul(factor)
}

/// An address that is free now, and another at each call: a port that was given back may be the next one that the system hands out.
fn free() -> Result<SocketAddr, WorldError> {
    static GIVEN: Mutex<BTreeSet<SocketAddr>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        if given.insert(address) {
            return Ok(address);
        }
    }
}

fn set(config: &mut toml::Table, table: &str, key: &str, value: &str) -> Result<(), WorldError> {
    let table = config
        .get_mut(table)
        .and_then(toml::Value::as_table_mut)
        .with_context(|| format!("the demo has [{table}]"))?;
    table.insert(key.to_owned(), value.into());
    Ok(())
}
