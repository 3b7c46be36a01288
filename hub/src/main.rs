//! The command line of the hub: starts it, checks its settings, verifies what it has stored. Everything else is in the library.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use checkpoint::ids::CheckpointId;
use checkpoint::input::directive::Subject;
use clap::{Args, Parser, Subcommand};
use hub::config::Config;
use hub::directing;
use hub::serve::Hub;
use hub::store::{Database, Store};
use hub::verify;
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Hears every checkpoint, keeps what it hears, and shows what officers saw.
///
/// A checkpoint's agent opens a stream to the hub and sends its journal; the hub acknowledges what is durable in its own
/// store, and shows it. No checkpoint ever waits for the hub.
///
/// To try it:  hub run --database hub.db   and open http://127.0.0.1:8490
#[derive(Parser)]
#[command(name = "hub", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Serve until told to stop (SIGTERM, SIGINT).
    ///
    /// Without a file the shipped settings hold: screens on http://127.0.0.1:8490, agents on 127.0.0.1:8491, a database
    /// `hub.db` in the current folder. Options stand above the file.
    ///
    /// RUST_LOG sets what is logged, such as `hub=debug`; BEKET_LOG=json writes the log as JSON.
    Run(Run),
    /// Read a file of settings, say what holds, and start nothing.
    CheckConfig {
        /// The file, in TOML. config/hub.example.toml documents every key.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Walk the stored chains, and say where they break.
    ///
    /// Every hash is computed again from the stored bytes, and every chain must end where the hub acknowledged it. It may
    /// run beside a hub that serves. The answer is 0 if all are whole, 1 if one is broken.
    Verify {
        #[command(flatten)]
        place: Place,
        /// Only this checkpoint; all if left out.
        #[arg(long, value_name = "NAME")]
        checkpoint: Option<String>,
    },
    /// Direct calendars and timetables to checkpoints, and see what became of them.
    ///
    /// A directive is numbered, signed and kept; a hub that serves over the same database sends it, now or when the checkpoint
    /// connects. The checkpoint computes its running terms again and answers; it keeps working without the hub.
    ///
    ///   hub directive calendar kz-2027.toml --all --config hub.toml
    ///   hub directive timetable winter.toml --checkpoint nur-zholy --config hub.toml
    ///   hub directive list --config hub.toml
    #[command(verbatim_doc_comment)]
    Directive {
        #[command(subcommand)]
        act: DirectiveAct,
    },
    /// Forget the key with which a checkpoint signs; the next one that comes holds.
    ///
    /// A hub keeps the first key that it meets, and refuses another: somebody may be using the checkpoint's name. After the agent's
    /// disk was replaced on purpose, this lets it report again. Compare the new key, which the hub then shows, with `site.pub` there.
    ForgetKey {
        /// The checkpoint.
        #[arg(value_name = "NAME")]
        checkpoint: String,
        /// File of settings, in TOML.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// A file of SQLite, or postgres://user@host:port/database.
        #[arg(long, value_name = "URL|FILE")]
        database: Option<Database>,
    },
}

#[derive(Subcommand)]
enum DirectiveAct {
    /// These days off hold from now (art. 5.8).
    ///
    /// The file is read as a checkpoint reads it before anything is kept: config/calendars/kz-assumed.toml shows every key.
    Calendar {
        /// The file, in TOML.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        to: Addressees,
        #[command(flatten)]
        place: NamedPlace,
    },
    /// These working hours of the body hold from now (art. 13).
    ///
    /// The file is read as a checkpoint reads it before anything is kept: config/timetables/ shows every key.
    Timetable {
        /// The file, in TOML.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        to: Addressees,
        #[command(flatten)]
        place: NamedPlace,
    },
    /// Say what was directed and what became of it.
    List {
        /// Only to this checkpoint; to all if left out.
        #[arg(long, value_name = "NAME")]
        checkpoint: Option<CheckpointId>,
        #[command(flatten)]
        place: NamedPlace,
    },
    /// Print the public key that checkpoints trust, for `hub.directive_key` of their configuration. It is made if there is none.
    Key {
        #[command(flatten)]
        place: NamedPlace,
    },
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Addressees {
    /// To this checkpoint; may be named more than once.
    #[arg(long, value_name = "NAME")]
    checkpoint: Vec<CheckpointId>,
    /// To every checkpoint that has reported.
    #[arg(long)]
    all: bool,
}

#[derive(Args)]
struct NamedPlace {
    /// File of settings, in TOML.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A file of SQLite, or postgres://user@host:port/database.
    #[arg(long, value_name = "URL|FILE")]
    database: Option<Database>,
}

impl NamedPlace {
    fn settings(self) -> Result<Config> {
        Place { file: None, config: self.config, database: self.database }.settings()
    }
}

#[derive(Args)]
struct Place {
    /// File of settings, in TOML.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The same, by name.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    config: Option<PathBuf>,
    /// A file of SQLite, or postgres://user@host:port/database.
    #[arg(long, value_name = "URL|FILE")]
    database: Option<Database>,
}

#[derive(Args)]
struct Run {
    #[command(flatten)]
    place: Place,
    /// Where the screens and the interface are served.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where agents connect.
    #[arg(long, value_name = "ADDRESS")]
    ingest: Option<SocketAddr>,
}

impl Place {
    fn settings(&self) -> Result<Config> {
        let mut config = match self.file.as_deref().or(self.config.as_deref()) {
            Some(file) => Config::load(file)?,
            None => Config::shipped(Path::new("")),
        };
        if let Some(database) = &self.database {
            config.database = database.clone();
        }
        Ok(config)
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    log();
    match act(cli.act) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("hub: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn act(act: Act) -> Result<ExitCode> {
    match act {
        Act::Run(run) => {
            let mut config = run.place.settings()?;
            config.listen = run.listen.unwrap_or(config.listen);
            config.ingest = run.ingest.unwrap_or(config.ingest);
            tokio::runtime::Runtime::new()?.block_on(serve(&config))?;
            Ok(ExitCode::SUCCESS)
        }
        Act::CheckConfig { file } => {
            let config = Config::load(&file)?;
            say(&format!(
                "{} is in order.\n  screens   http://{}\n  agents    {} ({})\n  heard     {}\n  database  {}",
                file.display(),
                config.listen,
                config.ingest,
                if config.tls.is_some() { "with certificates" } else { "plain, on the loopback" },
                if config.checkpoints.is_empty() {
                    "any checkpoint".to_owned()
                } else {
                    config
                        .checkpoints
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join(", ")
                },
                config.database
            ));
            Ok(ExitCode::SUCCESS)
        }
        Act::Verify { place, checkpoint } => {
            let database = place.settings()?.database;
            tokio::runtime::Runtime::new()?.block_on(verify_all(&database, checkpoint.as_deref()))
        }
        Act::Directive { act } => {
            tokio::runtime::Runtime::new()?.block_on(directive(act))?;
            Ok(ExitCode::SUCCESS)
        }
        Act::ForgetKey { checkpoint, config, database } => {
            let database = Place { file: None, config, database }.settings()?.database;
            tokio::runtime::Runtime::new()?.block_on(forget_key(&database, &checkpoint))
        }
    }
}

async fn serve(config: &Config) -> Result<()> {
    let mut hub = Hub::start(config).await?;
    // Without systemd there is nobody to notify, and that is no error.
    let notify = |state: NotifyState<'_>| drop(sd_notify::notify(false, &[state]));
    notify(NotifyState::Ready);
    let mut watchdog_us = 0;
    let watched = sd_notify::watchdog_enabled(false, &mut watchdog_us);
    let pace =
        if watched { Duration::from_micros(watchdog_us / 3) } else { Duration::from_secs(60) };
    let mut pace = tokio::time::interval(pace.max(Duration::from_millis(100)));
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    loop {
        tokio::select! {
            _ = pace.tick() => if watched && hub.answers().await {
                notify(NotifyState::Watchdog);
            },
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            () = hub.ended() => bail!("a server ended by itself; the log says why"),
        }
    }
    notify(NotifyState::Stopping);
    hub.stop().await;
    Ok(())
}

async fn existing(database: &Database) -> Result<Store> {
    if let Database::File(path) = database
        && !path.is_file()
    {
        bail!("there is no database {}: name it with --database", path.display());
    }
    Ok(Store::open(database).await?)
}

async fn directive(act: DirectiveAct) -> Result<()> {
    match act {
        DirectiveAct::Calendar { file, to, place } => {
            direct(Subject::Calendar, &file, to, &place.settings()?).await
        }
        DirectiveAct::Timetable { file, to, place } => {
            direct(Subject::Timetable, &file, to, &place.settings()?).await
        }
        DirectiveAct::List { checkpoint, place } => {
            let store = existing(&place.settings()?.database).await?;
            let checkpoints = match checkpoint {
                Some(one) => vec![one.to_string()],
                None => store.directed_checkpoints().await?,
            };
            for name in checkpoints {
                for one in directing::list(&store, &name).await? {
                    let state = serde_json::to_value(one.state)?;
                    let state = state.as_str().unwrap_or_default().replace('_', " ");
                    let words = if one.words.is_empty() {
                        String::new()
                    } else {
                        format!(": {}", one.words)
                    };
                    let (number, subject, version) = (one.number, one.subject, one.version);
                    say(&format!("{name}  {number}  {subject} {version}  {state}{words}"));
                }
            }
            Ok(())
        }
        DirectiveAct::Key { place } => {
            say(&directing::public(&directing::key(&key_file(&place.settings()?)?)?));
            Ok(())
        }
    }
}

fn key_file(config: &Config) -> Result<PathBuf> {
    config.directive_key_file().context(
        "the database is on a server: name the file of the key with directives.key in the settings",
    )
}

async fn direct(subject: Subject, file: &Path, to: Addressees, config: &Config) -> Result<()> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("failed to read {}", file.display()))?;
    let what = directing::check(subject, &text, &file.display().to_string())?;
    let store = existing(&config.database).await?;
    let mut checkpoints = to.checkpoint;
    if to.all {
        let known = store.checkpoints().await?;
        checkpoints = known.iter().filter_map(|known| known.checkpoint.parse().ok()).collect();
    }
    if checkpoints.is_empty() {
        bail!("no checkpoint has reported to {}: name one with --checkpoint", config.database);
    }
    let key = directing::key(&key_file(config)?)?;
    for checkpoint in checkpoints {
        let now_us = hub::moment::now_us();
        let number = directing::direct(&store, &key, &checkpoint, subject, &text, now_us).await?;
        say(&format!("{checkpoint}: directive {number}, {what}"));
    }
    Ok(())
}

async fn forget_key(database: &Database, checkpoint: &str) -> Result<ExitCode> {
    let store = existing(database).await?;
    let Some(key) = store.site_key(checkpoint).await? else {
        bail!("no key of `{checkpoint}` is known in {database}");
    };
    store.forget_key(checkpoint).await?;
    say(&format!(
        "{checkpoint}: {} is forgotten; the next key that comes holds",
        wire::chain::Hash(key)
    ));
    Ok(ExitCode::SUCCESS)
}

async fn verify_all(database: &Database, only: Option<&str>) -> Result<ExitCode> {
    let store = existing(database).await?;
    let known = store.checkpoints().await?;
    let chosen: Vec<_> =
        known.iter().filter(|it| only.is_none_or(|only| only == it.checkpoint)).collect();
    if chosen.is_empty() {
        let names: Vec<_> = known.iter().map(|it| it.checkpoint.as_str()).collect();
        bail!("no such checkpoint in {database}; it knows: {}", names.join(", "));
    }
    let mut whole = true;
    for known in chosen {
        for chain in store.chains(&known.checkpoint).await? {
            let name = format!("{} epoch {} ({})", known.checkpoint, chain.place, chain.head.epoch);
            let verdict = verify::walk(&store, &known.checkpoint, &chain, |done| {
                eprint(&format!("\r{name}: {done} of {} entries", chain.head.seq));
            })
            .await
            .with_context(|| format!("failed to walk the chain of {name}"))?;
            eprint("\r\u{1b}[K");
            match verdict.broken {
                None => say(&format!("{name}: {} entries, whole", verdict.walked)),
                Some(sentence) => {
                    whole = false;
                    say(&format!("{name}: BROKEN after entry {}: {sentence}", verdict.walked));
                }
            }
            for (seq, reason, body) in
                store.quarantined(&known.checkpoint, chain.head.epoch).await?
            {
                let hash = wire::chain::Hash::of(&body);
                say(&format!("{name}: in quarantine: entry {seq}, {hash} ({reason})"));
            }
        }
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if std::env::var("BEKET_LOG").is_ok_and(|form| form == "json") {
        log.json().init();
    } else {
        log.init();
    }
}

/// The one place that prints. A closed pipe is nobody's error.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn eprint(text: &str) {
    let mut terminal = std::io::stderr();
    let _ = terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush());
}
