//! `edge-agent probe`: what speaks on this line, and how is it set?

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use edge_agent::clock::Clock;
use edge_agent::probe::{self, LineSettings, Outcome, Patience, Port};
use edge_agent::recording::export;
use serde_json::json;

#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Probe {
    /// A serial device, `tcp:HOST:PORT`, a file, or `-` for standard input.
    #[arg(value_parser = port)]
    port: Port,
    /// Listens so long with each setting of a line, and to a connection.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Speeds to listen with, instead of the usual ones.
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(50..=4_000_000))]
    baud: Vec<u32>,
    /// Parities to listen with, instead of the usual ones; seven bits with a parity are heard through `none`.
    #[arg(long, value_delimiter = ',', value_enum)]
    parity: Vec<Parity>,
    /// Listens with every setting to its end, though one was certain.
    #[arg(long)]
    all: bool,
    /// Keeps what was heard with the best setting, as a capture for `decode`; a capture that needs settings has them beside it.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// Prints one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "Nothing is ever sent: a wrong byte can tare or zero a scale. So a device that has to be asked stays silent, unless \
somebody else asks it on the same line.

A line is listened to at 9600, 4800, 19200, 2400, 115200, 57600, 38400, 1200 8N1, then 19200 8E1, 9600 8E1, 19200 8O1, until a dialect is certain. A port \
that the agent has open cannot be opened: stop it, or look at its tape with `edge-agent tape`.

Examples:
  edge-agent probe /dev/ttyUSB0
  edge-agent probe --baud 9600,4800 --parity none,even --seconds 10 /dev/serial/by-id/usb-FTDI_FT232R-if00
  edge-agent probe --keep scale.bin tcp:192.168.10.21:4001
  edge-agent probe --json unknown.bin

Exit codes: 0 a dialect explains what was heard; 1 none does, nothing was heard, or the port cannot be read.";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Parity {
    None,
    Even,
    Odd,
}

fn port(text: &str) -> Result<Port, String> {
    Port::parse(text).map_err(|error| error.to_string())
}

impl Probe {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        let parities: Vec<tokio_serial::Parity> = self
            .parity
            .iter()
            .map(|parity| match parity {
                Parity::None => tokio_serial::Parity::None,
                Parity::Even => tokio_serial::Parity::Even,
                Parity::Odd => tokio_serial::Parity::Odd,
            })
            .collect();
        let lines: Vec<Option<LineSettings>> = if self.port.is_serial() {
            probe::settings_of(&self.baud, &parities).into_iter().map(Some).collect()
        } else {
            anyhow::ensure!(
                self.baud.is_empty() && self.parity.is_empty(),
                "--baud and --parity belong to serial lines; {} is none",
                self.port
            );
            vec![None]
        };
        let patience =
            Patience { listen: Duration::from_secs(self.seconds), until_certain: !self.all };
        let mut opener = self.port.clone();
        let progress = |words: &str| {
            // Whoever does not read it misses nothing of the answer.
            let _ = writeln!(io::stderr(), "{words}");
        };
        let outcome = probe::listen(&mut opener, &lines, &patience, &Clock::new(None), progress)
            .with_context(|| self.unopened())?;
        if let (Some(file), Some(best)) = (&self.keep, outcome.best()) {
            keep(file, &best.bytes, &outcome)?;
        }
        if self.json {
            self.as_json(&outcome)?;
        } else {
            self.as_text(&outcome)?;
        }
        Ok(if outcome.guess().is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn unopened(&self) -> String {
        match &self.port {
            Port::Serial(path) => format!(
                "failed to listen on {} (the agent, or another program, may hold it; `edge-agent tape` shows what the agent heard)",
                path.display()
            ),
            port @ (Port::Tcp(_) | Port::File(_) | Port::Stdin) => {
                format!("failed to listen on {port}")
            }
        }
    }

    fn as_text(&self, outcome: &Outcome) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        let Some(best) = outcome.best() else {
            let asked: Vec<&str> = probe::asked().map(|dialect| dialect.name()).collect();
            writeln!(out, "Nothing was heard on {}. That may be:", self.port)?;
            writeln!(
                out,
                "- a device that has to be asked, and nobody asks; such are: {}",
                asked.join(", ")
            )?;
            writeln!(out, "- a device that is off, or says something only when a vehicle comes")?;
            writeln!(
                out,
                "- a cable that is not the right one: RS-232 with receive and transmit crossed or not, RS-485 with A and B swapped"
            )?;
            writeln!(
                out,
                "- another port. Nothing was sent, and nothing should be tried blindly: ask for its model and protocol."
            )?;
            return Ok(());
        };
        if let Some(line) = best.line {
            writeln!(out, "{} at {line}:", self.port)?;
        } else {
            writeln!(out, "{}:", self.port)?;
        }
        write!(out, "{}", best.recognition)?;
        for other in outcome.heard.iter().skip(1) {
            let (Some(line), false) = (other.line, other.bytes.is_empty()) else { continue };
            let guess = other.recognition.guesses.first();
            let guess = guess.map_or("no dialect", |guess| guess.dialect.name());
            writeln!(out, "(at {line}: {} bytes, {guess})", other.bytes.len())?;
        }
        let Some(guess) = outcome.guess() else {
            writeln!(
                out,
                "No dialect explains what was heard. Keep it with --keep, and compare it with docs/protocols."
            )?;
            return Ok(());
        };
        let equal = best.recognition.guesses.iter().filter(|guess| guess.equal_to_first).count();
        if equal > 1 {
            writeln!(out, "{equal} dialects explain it alike: the maker's name decides.")?;
        } else if !probe::is_certain(&best.recognition) {
            writeln!(
                out,
                "This is not certain: listen longer (--seconds), and while the device has something to say."
            )?;
        }
        if let Some(block) = outcome.block(&self.port) {
            writeln!(out, "\nFor the configuration, if {} is right:\n\n{block}", guess.dialect)?;
        }
        Ok(())
    }

    fn as_json(&self, outcome: &Outcome) -> anyhow::Result<()> {
        let best = outcome.best();
        let answer = json!({
            "port": self.port.to_string(),
            "heard": outcome.heard,
            "certain": best.is_some_and(|best| probe::is_certain(&best.recognition)),
            "has_to_be_asked": if best.is_none() { probe::asked().collect() } else { Vec::new() },
            "block": outcome.block(&self.port).map(|block| block.to_string()),
        });
        writeln!(io::stdout(), "{answer}")?;
        Ok(())
    }
}

fn keep(file: &Path, bytes: &[u8], outcome: &Outcome) -> anyhow::Result<()> {
    let failed = |path: &Path| format!("failed to keep what was heard in {}", path.display());
    // Nothing that is there is ever overwritten: it may be the only recording of a device.
    let write = |path: &Path, bytes: &[u8]| File::create_new(path)?.write_all(bytes);
    write(file, bytes).with_context(|| failed(file))?;
    if let Some(guess) = outcome.guess()
        && !guess.settings.given().is_empty()
    {
        let beside = file.with_extension("settings.json");
        write(&beside, export::given(&guess.settings).as_ref()).with_context(|| failed(&beside))?;
    }
    Ok(())
}
