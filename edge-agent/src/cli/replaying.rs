//! `edge-agent replay`: recordings are decided again.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use checkpoint::event::Entry;
use checkpoint::ids::DeviceId;
use clap::Args;
use edge_agent::config::Config;
use edge_agent::daily;
use edge_agent::replay::{AFTERWARDS, Piece, Player, RecordingError, merged, pieces};
use edge_agent::rules::rules;
use firmware_protocols::portal::daily::FileDay;

#[derive(Args)]
#[command(after_help = "Examples:
  edge-agent replay --config site.toml portal-1=tapes/portal-1/1479700000.tape.gz
  edge-agent replay --config site.toml --speed 10 portal-1=S2-C0-NONE.csv scale-1=scale.tape.gz
  edge-agent replay --config site.toml --day 2016-06-01-07:00 portal-1=06-01.csv
  edge-agent replay --config site.toml camera-1=log/traffic.jsonl seal-1=log/traffic.jsonl

A recording is a tape of the agent, a daily file of a portal, or the log that `simulator play --log log` writes. The entries are printed as JSON, one a line; the same recordings
under the same configuration give the same lines.")]
pub(super) struct Replay {
    /// The configuration of the site.
    #[arg(long)]
    config: PathBuf,
    /// How fast: `max`, or 1 to 1000 times as fast as it was.
    #[arg(long, default_value = "max", value_parser = speed)]
    speed: Speed,
    /// The day, with its offset from UTC, of daily files whose lines tell the time of day only: 2016-06-01-07:00.
    #[arg(long, value_name = "DATE+HH:MM", value_parser = daily::day)]
    day: Option<FileDay>,
    /// What each device said: its name in the configuration, and the file.
    #[arg(required = true, value_name = "DEVICE=FILE", value_parser = recording)]
    recordings: Vec<(DeviceId, PathBuf)>,
}

#[derive(Debug, Clone, Copy)]
enum Speed {
    Max,
    Times(u32),
}

fn speed(text: &str) -> Result<Speed, String> {
    if text == "max" {
        return Ok(Speed::Max);
    }
    let times = text.parse::<u32>().ok().filter(|times| (1..=1000).contains(times));
    times.map(Speed::Times).ok_or_else(|| "`max`, or a number from 1 to 1000".to_owned())
}

fn recording(text: &str) -> Result<(DeviceId, PathBuf), String> {
    let (device, file) =
        text.split_once('=').ok_or("DEVICE=FILE, such as portal-1=portal.tape.gz")?;
    Ok((device.parse::<DeviceId>().map_err(|error| error.to_string())?, PathBuf::from(file)))
}

impl Replay {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        let config = Config::load(&self.config)?;
        let mut recordings = Vec::new();
        for (device, file) in &self.recordings {
            if !config.lines.iter().any(|line| line.device.id == *device) {
                let known: Vec<&str> =
                    config.lines.iter().map(|line| line.device.id.as_str()).collect();
                let error = RecordingError::NoDevice {
                    device: device.to_string(),
                    known: known.join(", "),
                };
                return Err(error.into());
            }
            let (pieces, misread) = pieces(file, device, self.day)?;
            super::misread(&misread, file)?;
            recordings.push(pieces);
        }
        let pieces = merged(recordings);
        let Some(first) = pieces.first() else { anyhow::bail!("the recordings hold nothing") };
        let mut player = Player::new(rules(&config)?, &config.lines, first.at);
        let mut out = io::BufWriter::new(io::stdout().lock());
        print(&player.begin(), &mut out)?;
        let mut before: Option<&Piece> = None;
        for piece in &pieces {
            if let (Speed::Times(times), Some(before)) = (self.speed, before) {
                out.flush()?;
                let passed = Duration::try_from(piece.at.duration_since(before.at))
                    .unwrap_or(Duration::ZERO);
                std::thread::sleep(passed.checked_div(times).unwrap_or(Duration::ZERO));
            }
            print(&player.play(piece), &mut out)?;
            before = Some(piece);
        }
        if let Some(last) = before {
            let end = last.at.checked_add(AFTERWARDS).context("the recording ends beyond time")?;
            print(&player.until(end), &mut out)?;
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn print(entries: &[Entry], out: &mut impl Write) -> io::Result<()> {
    for entry in entries {
        serde_json::to_writer(&mut *out, entry)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
