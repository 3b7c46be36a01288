//! The demo: a checkpoint and its hub on this machine, traffic in its lanes, and an outage that it makes itself.
//!
//! Everything is the real thing: the agent, the hub and the broker are the programs that a site runs, started as child processes; the story is
//! played over TCP, pseudo-terminals, MQTT and HTTP; the officers press the buttons of the real terminal. The story begins anew when it has
//! been told, until the demo is stopped.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::cast::{Cast, CastError};
use crate::officers::Officers;
use crate::play::{Pace, Wings, now, play};
use crate::programs::{Program, ProgramError};
use crate::recording;
use crate::score::{Score, ScoreError};
use crate::stage::{Stage, StageError};
use crate::story::{Story, StoryError};
use crate::traffic::Traffic;

/// What the demo is made of.
#[derive(Debug, Args)]
pub struct Demo {
    /// Configuration of the agent.
    #[arg(long, default_value = "config/demo/checkpoint.toml")]
    config: PathBuf,
    /// Configuration of the hub.
    #[arg(long, default_value = "config/demo/hub.toml")]
    hub_config: PathBuf,
    /// The story.
    #[arg(long, default_value = "tests/scenarios/demo.txt")]
    story: PathBuf,
    /// Where the demo keeps its journals and logs; emptied at each start. The configurations name it too.
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
    /// How many times faster than life.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Tell the story this often, then stop; for ever unless given.
    #[arg(long)]
    rounds: Option<u32>,
    /// Folder in which every byte said and heard is kept: traffic.jsonl, and what each device said in DEVICE.said.
    #[arg(long)]
    log: Option<PathBuf>,
    /// Folder of the programs edge-agent and hub; beside this one unless given.
    #[arg(long)]
    programs: Option<PathBuf>,
}

/// Why the demo cannot be shown.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the error of one part, named by its type")]
pub enum DemoError {
    #[error("failed to {step} {}", path.display())]
    File { step: &'static str, path: PathBuf, source: std::io::Error },
    #[error("failed to find the programs beside this one")]
    Programs { source: std::io::Error },
    #[error("failed to start the runtime")]
    Runtime { source: std::io::Error },
    #[error("{} has no [mqtt] broker, [terminal] listen or [hub] url", path.display())]
    Incomplete { path: PathBuf },
    #[error(transparent)]
    Cast(#[from] CastError),
    #[error(transparent)]
    Story(#[from] StoryError),
    #[error(transparent)]
    Score(#[from] ScoreError),
    #[error(transparent)]
    Stage(#[from] StageError),
    #[error(transparent)]
    Program(#[from] ProgramError),
}

/// The password of every officer of the demo; the terminal's sign-in page says so.
pub const PASSWORD: &str = "demo";

impl Demo {
    /// Shows the demo until it is stopped.
    pub fn run(self) -> Result<(), DemoError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|source| DemoError::Runtime { source })?;
        runtime.block_on(async {
            let mut ended =
                signal(SignalKind::terminate()).map_err(|source| DemoError::Runtime { source })?;
            // However it ends, the programs that it started end with it.
            tokio::select! {
                outcome = self.show() => outcome,
                _ = tokio::signal::ctrl_c() => {
                    tell("stopped");
                    Ok(())
                }
                _ = ended.recv() => Ok(()),
            }
        })
    }

    async fn show(&self) -> Result<(), DemoError> {
        let cast = Cast::read(&self.config)?;
        let (Some(broker), Some(terminal), Some(hub)) = (&cast.broker, &cast.terminal, &cast.hub)
        else {
            return Err(DemoError::Incomplete { path: self.config.clone() });
        };
        let logs = self.data.join("log");
        if self.data.exists() {
            std::fs::remove_dir_all(&self.data).map_err(|source| DemoError::File {
                step: "empty",
                path: self.data.clone(),
                source,
            })?;
        }
        std::fs::create_dir_all(&logs).map_err(|source| DemoError::File {
            step: "create",
            path: logs.clone(),
            source,
        })?;
        let mut wings = self.wings(broker, terminal, hub, &logs)?;
        let mut stage = Stage::set(&cast).await?;
        let log = self.log.as_deref().map(|folder| {
            Traffic::begin(folder).map_err(|source| DemoError::File {
                step: "begin the log in",
                path: folder.to_owned(),
                source,
            })
        });
        stage.log(log.transpose()?);
        for program in [&mut wings.broker, &mut wings.hub, &mut wings.agent].into_iter().flatten() {
            program.start().await?;
        }
        let page = self.hub_page()?;
        tell("");
        tell(&format!(
            "  Officer's terminal   http://{terminal}    officers bekov, antonova, sadykova, kim; password {PASSWORD}"
        ));
        tell(&format!("  Hub                  http://{page}"));
        tell(&format!("  Logs                 {}", logs.display()));
        tell("");
        let text = std::fs::read_to_string(&self.story).map_err(|source| DemoError::File {
            step: "read",
            path: self.story.clone(),
            source,
        })?;
        let mut round = 0;
        while self.rounds.is_none_or(|rounds| round < rounds) {
            round += 1;
            let story = Story::parse(&self.story.display().to_string(), &in_round(&text, round))?;
            tell(&format!("Story, round {round}: {}", story.title));
            let mut score =
                Score::new(story, &cast, &recording::folder(), now(), u64::from(round))?;
            score.notes().iter().for_each(|note| tell(note));
            let mut officers = Officers::at(terminal, PASSWORD, u64::from(round));
            let pace = Pace { speed: self.speed, linger: Duration::from_secs(10) };
            let outcome =
                play(&mut score, &mut stage, &mut officers, &mut wings, pace, &mut tell).await;
            tell(&format!(
                "Round {round} is told: {} orders as the story tells, {} otherwise",
                outcome.orders, outcome.surprises
            ));
        }
        Ok(())
    }

    fn wings(
        &self,
        broker: &str,
        terminal: &str,
        hub: &str,
        logs: &Path,
    ) -> Result<Wings, DemoError> {
        let own = std::env::current_exe().map_err(|source| DemoError::Programs { source })?;
        let folder =
            self.programs.clone().or_else(|| own.parent().map(Path::to_owned)).unwrap_or_default();
        let arguments =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        let config = self.config.display().to_string();
        let hub_config = self.hub_config.display().to_string();
        Ok(Wings {
            broker: Some(Program::new(
                "broker",
                own,
                arguments(&["broker", "--listen", broker]),
                broker,
                logs,
            )),
            hub: Some(Program::new(
                "hub",
                folder.join("hub"),
                arguments(&["run", "--config", &hub_config]),
                hub,
                logs,
            )),
            agent: Some(Program::new(
                "edge-agent",
                folder.join("edge-agent"),
                arguments(&["run", "--config", &config]),
                terminal,
                logs,
            )),
        })
    }

    /// The address of the hub's page, from its configuration.
    fn hub_page(&self) -> Result<String, DemoError> {
        let path = &self.hub_config;
        let text = std::fs::read_to_string(path).map_err(|source| DemoError::File {
            step: "read",
            path: path.clone(),
            source,
        })?;
        let file: toml::Table = toml::from_str(&text)
            .map_err(|source| CastError::Parse { path: path.clone(), source: Box::new(source) })?;
        file.get("web")
            .and_then(|web| web.get("listen"))
            .and_then(toml::Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| DemoError::Incomplete { path: path.clone() })
    }
}

/// Every round has its own vehicles: `@` in the story becomes the number of the round, in two digits.
pub fn in_round(text: &str, round: u32) -> String {
    text.replace('@', &format!("{:02}", round % 100))
}

fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}"); // nobody reads any more: nothing to tell
}
