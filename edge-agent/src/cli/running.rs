//! `edge-agent run`: from the configuration to the last entry.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use edge_agent::agent::LoopError;
use edge_agent::config::Config;
use edge_agent::running::start;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::{LogFormat, told};

/// What a service manager sees when recording has failed.
const RECORDING_FAILED: u8 = 3;

pub(super) fn run(file: &Path, format: LogFormat) -> ExitCode {
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(error) => {
            // Nobody reads it if this fails.
            let _ = writeln!(io::stderr(), "{error}");
            return ExitCode::FAILURE;
        }
    };
    let filter = EnvFilter::try_from_env("BEKET_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    match until_told(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let recording = error.downcast_ref::<LoopError>().is_some();
            let code = told(&error);
            if recording { ExitCode::from(RECORDING_FAILED) } else { code }
        }
    }
}

fn until_told(config: Config) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("failed to start the runtime")?;
    let ended = runtime.block_on(async {
        let mut terminate =
            signal(SignalKind::terminate()).context("failed to listen for SIGTERM")?;
        let mut interrupt =
            signal(SignalKind::interrupt()).context("failed to listen for SIGINT")?;
        let mut running = start(config).await?;
        tokio::select! {
            ended = running.ended() => ended?,
            _ = terminate.recv() => running.stop().await?,
            _ = interrupt.recv() => running.stop().await?,
        }
        tracing::info!("stopped");
        Ok(())
    });
    // Pages and devices that still hold on are let go; what was promised is on the disk.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    ended
}
