//! The commands a person types. `--help` teaches them; what they print is for people and for pipes, what goes wrong goes to standard error.

mod decoding;
mod goods;
mod journal;
mod law;
mod n42;
mod probing;
mod purge;
mod replaying;
mod running;
mod tapes;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use edge_agent::config::Config;
use edge_agent::daily::Misread;
use edge_agent::terminal::session::hash_password;
use firmware_protocols::Dialect;

/// The agent of one checkpoint: hears its devices, keeps its clocks, raises its alarms, and never needs the network to do it.
#[derive(Parser)]
#[command(name = "edge-agent", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  edge-agent check-config config/checkpoint.example.toml
  edge-agent run --config /etc/beket/edge/checkpoint.toml
  edge-agent probe /dev/ttyUSB0
  edge-agent decode --dialect tsa portal.txt
  edge-agent tape list /var/lib/beket/edge/tapes
  edge-agent law clocks --mode road --trigger 2026-05-21T10:00:00+05:00
  edge-agent journal verify /var/lib/beket/edge/journal.db

Exit codes:
  0  done
  1  it failed, or what was checked is not right; standard error says what and where
  2  the command was not understood
  3  recording failed while the agent ran: nothing was decided after that";

#[derive(Subcommand)]
enum Command {
    /// Runs the agent until it is told to stop (SIGTERM, Ctrl-C).
    #[command(
        after_help = "Example:\n  edge-agent run --config /etc/beket/edge/checkpoint.toml --log-format json\n\n\
        The environment variable BEKET_LOG sets what is logged, such as `info` or `edge_agent=debug`."
    )]
    Run(Run),
    /// Checks a configuration and says everything that is wrong with it.
    #[command(after_help = "Example:\n  edge-agent check-config config/checkpoint.example.toml")]
    CheckConfig {
        /// The configuration.
        file: PathBuf,
    },
    /// Looks into a journal. The agent may be running meanwhile.
    #[command(subcommand)]
    Journal(journal::Journal),
    /// A lawyer's desk: when terms end and why, what the files of the law hold.
    #[command(subcommand)]
    Law(law::Law),
    /// Lists goods under customs control and the operations with them (art. 209), now or at a moment in the past.
    Goods(goods::Goods),
    /// Plays tapes and captures through the production pipeline and prints the entries that follow.
    Replay(replaying::Replay),
    /// Decodes a capture: one JSON object a line, readings and faults in their order; a fault has the key `fault`.
    Decode(decoding::Decode),
    /// Listens on a line, never says a byte, and tells what may be speaking there and how the line is set.
    Probe(probing::Probe),
    /// Lists, cuts, exports and anonymises the raw bytes that the agent recorded. The agent may be running meanwhile.
    #[command(subcommand)]
    Tape(tapes::Tape),
    /// Hands passages through a portal over as N42.42 documents, and looks at documents of others.
    #[command(subcommand)]
    N42(n42::N42),
    /// Makes the password hash of an officer: reads the password from standard input, one line.
    #[command(
        after_help = "Example:\n  read -rs PASSWORD; printf %s \"$PASSWORD\" | edge-agent hash-password"
    )]
    HashPassword,
}

#[derive(Args)]
struct Run {
    /// The configuration.
    #[arg(long)]
    config: PathBuf,
    /// How the log is written.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

fn dialect(name: &str) -> Result<Dialect, String> {
    name.parse::<Dialect>().map_err(|error| error.to_string())
}

/// Says which lines of a daily file were not understood, if any.
fn misread(misread: &Misread, file: &Path) -> io::Result<()> {
    match misread.told(file) {
        Some(told) => writeln!(io::stderr(), "edge-agent: {told}"),
        None => Ok(()),
    }
}

/// Does what was typed.
pub(crate) fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(run) => return running::run(&run.config, run.log_format),
        Command::CheckConfig { file } => check_config(&file),
        Command::Journal(journal) => journal.done(),
        Command::Law(law) => law.done(),
        Command::Goods(goods) => goods.done(),
        Command::Replay(replay) => replay.done(),
        Command::Decode(decode) => decode.done(),
        Command::Probe(probe) => probe.done(),
        Command::Tape(tape) => tape.done(),
        Command::N42(n42) => n42.done(),
        Command::HashPassword => hashed(),
    };
    match done {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => told(&error),
    }
}

/// Says what went wrong, with its causes.
fn told(error: &anyhow::Error) -> ExitCode {
    // Nobody reads it if this fails.
    let _ = writeln!(io::stderr(), "edge-agent: {error:#}");
    ExitCode::FAILURE
}

/// Whoever read what we print has read enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    })
}

fn check_config(file: &Path) -> anyhow::Result<ExitCode> {
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(error) => {
            writeln!(io::stderr(), "{error}")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    edge_agent::rules::rules(&config)
        .context("the configuration names a law that cannot be used")?;
    let hub = config.hub.as_ref().map(edge_agent::sync::endpoint).transpose();
    hub.context("[hub] names a hub that cannot be spoken to")?;
    let site = &config.site;
    writeln!(
        io::stdout(),
        "{}: {} ({}), {} lanes, {} devices, {} officers",
        file.display(),
        site.title,
        site.checkpoint,
        site.lanes.len(),
        site.devices.len(),
        config.officers.len(),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn hashed() -> anyhow::Result<ExitCode> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).context("failed to read the password")?;
    let password = line.trim_end_matches(['\n', '\r']);
    anyhow::ensure!(!password.is_empty(), "no password came: write it to standard input, one line");
    let hash =
        hash_password(password).map_err(|error| anyhow::anyhow!("failed to hash: {error}"))?;
    writeln!(io::stdout(), "{hash}")?;
    Ok(ExitCode::SUCCESS)
}
