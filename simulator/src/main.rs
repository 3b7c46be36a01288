//! `simulator`: plays stories, recordings and single devices, serves the embedded broker, and shows the whole in `demo`.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use simulator::cast::Cast;
use simulator::officers::Officers;
use simulator::play::{Pace, Wings, hands, now, play};
use simulator::recording::Recording;
use simulator::score::Score;
use simulator::stage::Stage;
use simulator::story::Story;
use simulator::traffic::Traffic;
use simulator::{broker, demo, recording};

/// Devices that are not there.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  simulator demo
      the whole: broker, hub, agent and traffic on this machine, with addresses to open
  simulator play tests/scenarios/lorry-with-potassium.txt --config config/demo/checkpoint.toml
      a story over the lines of a running agent
  simulator play STORY --config FILE --speed 20
      twenty times faster than life
  simulator capture portal-2026-05-21.csv --device portal-1 --config FILE --speed 10
      what a real portal sent, over the line of one device
  simulator check STORY --config FILE
      whether a story can be played with these devices
  simulator hands --config FILE --log traffic
      what you type takes effect at once: scale-1 load 38240 kg for 15 s
  simulator broker --listen 127.0.0.1:1883
      an MQTT broker for this machine";

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole product on this machine: broker, hub, agent, traffic, and an outage.
    Demo(demo::Demo),
    /// Play a story over the lines of an agent's configuration.
    Play(PlayArgs),
    /// Let what stands on standard input befall the devices, line by line and at once.
    #[command(after_help = HANDS)]
    Hands(HandsArgs),
    /// Play a portal's recording over the line of one device.
    Capture(CaptureArgs),
    /// Tell whether a story can be played with an agent's devices, without playing it.
    Check(StoryArgs),
    /// Serve MQTT on a loopback address.
    Broker {
        /// Where MQTT 3.1.1 is served; MQTT 5 is served at the port above.
        #[arg(long, default_value = "127.0.0.1:1883")]
        listen: SocketAddr,
    },
}

#[derive(Debug, Args)]
struct StoryArgs {
    /// The story.
    story: PathBuf,
    /// The configuration of the agent whose devices are played.
    #[arg(long)]
    config: PathBuf,
    /// Folder of recordings; `BEKET_DATA/rpm` unless given.
    #[arg(long)]
    recordings: Option<PathBuf>,
    /// Chance begins here: the same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    brokers: BrokerArgs,
}

#[derive(Debug, Args)]
struct BrokerArgs {
    /// Another MQTT broker that nodes of Sparkplug know, behind that of the configuration; may be given again.
    #[arg(long = "other-broker", value_name = "HOST:PORT")]
    other_brokers: Vec<String>,
}

impl BrokerArgs {
    fn cast(&self, config: &Path) -> anyhow::Result<Cast> {
        let other_brokers = self.other_brokers.clone();
        Ok(Cast { other_brokers, ..Cast::read(config)? })
    }
}

const HANDS: &str = "\
A line is a line of a story without its time (docs/stories.md names them all):
  scale-1 load 38240 kg for 15 s
  reader-1 tags E20000172211014418901234 opened for 5 s
  seal-1 reports KZ00012345 housing-opened
  barcode-1 scans \"KZ0012345\" as ]C0
  portal-1 cut for 20 s
  camera-1 misbehaves two-stages for 60 s
  officer bekov acknowledges seal of 123ABC02
What is not understood is told and ends nothing. The devices speak on until the input ends, and a while longer.

With --log FOLDER, FOLDER/traffic.jsonl holds every byte with its time, device and way, FOLDER/DEVICE.said what a device said, and FOLDER/expected.jsonl what an
agent should record of each line:
  edge-agent decode --dialect jointech FOLDER/seal-1.said
  edge-agent replay --config FILE seal-1=FOLDER/traffic.jsonl";

#[derive(Debug, Args)]
struct HandsArgs {
    /// The configuration of the agent whose devices are played.
    #[arg(long)]
    config: PathBuf,
    /// Chance begins here: the same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds for which the devices speak on after the input has ended.
    #[arg(long, default_value_t = 5.0)]
    linger_s: f64,
    /// Password of the officers at the terminal.
    #[arg(long, env = "BEKET_STORY_PASSWORD", default_value = "demo")]
    password: String,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    brokers: BrokerArgs,
}

#[derive(Debug, Args)]
struct LogArgs {
    /// Folder in which every byte said and heard is kept: traffic.jsonl, what each device said in DEVICE.said, and what an agent should record of it in expected.jsonl.
    #[arg(long)]
    log: Option<PathBuf>,
}

impl LogArgs {
    fn begin(&self) -> anyhow::Result<Option<Traffic>> {
        let Some(folder) = &self.log else { return Ok(None) };
        let log = Traffic::begin(folder);
        log.map(Some).with_context(|| format!("failed to begin the log {}", folder.display()))
    }
}

impl HandsArgs {
    async fn run(self) -> anyhow::Result<()> {
        let cast = self.brokers.cast(&self.config)?;
        let story = Story { title: String::new(), steps: Vec::new() };
        let mut score = Score::new(story, &cast, &recording::folder(), now(), self.seed)?;
        let mut stage = Stage::set(&cast).await?;
        stage.log(self.log.begin()?);
        let mut officers = officers(&cast, &self.password);
        let (to, lines) = tokio::sync::mpsc::channel(MOST_TYPED);
        // A thread of its own: whoever types takes his time, and a runtime would wait for him when it ends.
        std::thread::spawn(move || {
            for line in std::io::stdin().lines().map_while(Result::ok) {
                if to.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        let linger = Duration::from_secs_f64(self.linger_s.max(0.0));
        hands(&mut score, &mut stage, &mut officers, lines, linger, &mut tell).await;
        Ok(())
    }
}

/// Lines that were typed and have not taken effect.
const MOST_TYPED: usize = 64;

fn officers(cast: &Cast, password: &str) -> Officers {
    let terminal = cast.terminal.as_deref().unwrap_or("127.0.0.1:8480");
    Officers::at(terminal, password, u64::from(std::process::id()))
}

#[derive(Debug, Args)]
struct CaptureArgs {
    /// The recording, in the form of a portal's daily file.
    file: PathBuf,
    /// The device of the configuration that plays it.
    #[arg(long)]
    device: String,
    /// The configuration of the agent that listens.
    #[arg(long)]
    config: PathBuf,
    /// How far into the recording to begin, in seconds.
    #[arg(long, default_value_t = 0.0)]
    from_s: f64,
    #[command(flatten)]
    pace: PaceArgs,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Debug, Args)]
struct PlayArgs {
    #[command(flatten)]
    story: StoryArgs,
    #[command(flatten)]
    pace: PaceArgs,
    /// Password of the story's officers at the terminal.
    #[arg(long, env = "BEKET_STORY_PASSWORD", default_value = "demo")]
    password: String,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Debug, Args)]
struct PaceArgs {
    /// How many times faster than life, 1 to 1000.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Seconds for which the devices speak on after the story is told.
    #[arg(long, default_value_t = 5.0)]
    linger_s: f64,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let outcome = match Cli::parse().command {
        Command::Demo(demo) => demo.run().map_err(anyhow::Error::from),
        Command::Play(play) => on_tokio(play.run()).and_then(|outcome| outcome),
        Command::Hands(hands) => on_tokio(hands.run()).and_then(|outcome| outcome),
        Command::Capture(capture) => on_tokio(capture.run()).and_then(|outcome| outcome),
        Command::Check(story) => {
            story.score().map(|score| score.notes().iter().for_each(|note| tell(note)))
        }
        Command::Broker { listen } => broker::serve(listen).map_err(anyhow::Error::from),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "simulator: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn on_tokio<F: Future>(work: F) -> anyhow::Result<F::Output> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")?
        .block_on(work))
}

fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}"); // nobody reads any more: nothing to tell
}

impl StoryArgs {
    fn cast(&self) -> anyhow::Result<Cast> {
        self.brokers.cast(&self.config)
    }

    fn score(&self) -> anyhow::Result<Score> {
        let text = std::fs::read_to_string(&self.story)
            .with_context(|| format!("failed to read {}", self.story.display()))?;
        let story = Story::parse(&self.story.display().to_string(), &text)?;
        let recordings = self.recordings.clone().unwrap_or_else(recording::folder);
        Score::new(story, &self.cast()?, &recordings, now(), self.seed)
            .with_context(|| self.story.display().to_string())
    }
}

impl PaceArgs {
    fn pace(&self) -> Pace {
        Pace { speed: self.speed, linger: Duration::from_secs_f64(self.linger_s.max(0.0)) }
    }
}

impl PlayArgs {
    async fn run(self) -> anyhow::Result<()> {
        let cast = self.story.cast()?;
        let mut score = self.story.score()?;
        told(&cast, &mut score, self.pace.pace(), &self.password, &self.log).await
    }
}

impl CaptureArgs {
    async fn run(self) -> anyhow::Result<()> {
        let cast = Cast::read(&self.config)?;
        let name = self
            .file
            .file_name()
            .and_then(|name| name.to_str())
            .context("the recording has a name")?;
        let folder = self.file.parent().unwrap_or(Path::new("."));
        anyhow::ensure!(self.file.exists(), "{} is not there", self.file.display());
        let length =
            Recording::read(&self.file)?.lines.last().map_or(Duration::ZERO, |(at, _)| *at);
        let text = format!("0:00:00 {} recording \"{name}\" from {} s\n", self.device, self.from_s);
        let story = Story::parse(&self.file.display().to_string(), &text)?;
        let mut score = Score::new(story, &cast, folder, now(), 1)?;
        let rest = length.saturating_sub(Duration::from_secs_f64(self.from_s.max(0.0)));
        let pace = self.pace.pace();
        told(&cast, &mut score, Pace { linger: rest + pace.linger, ..pace }, "", &self.log).await
    }
}

/// Plays a score and says what came of it.
async fn told(
    cast: &Cast,
    score: &mut Score,
    pace: Pace,
    password: &str,
    log: &LogArgs,
) -> anyhow::Result<()> {
    score.notes().iter().for_each(|note| tell(note));
    let mut stage = Stage::set(cast).await?;
    stage.log(log.begin()?);
    let mut officers = officers(cast, password);
    let outcome =
        play(score, &mut stage, &mut officers, &mut Wings::default(), pace, &mut tell).await;
    tell(&format!("{} orders as the story tells, {} otherwise", outcome.orders, outcome.surprises));
    anyhow::ensure!(outcome.surprises == 0, "{} orders went otherwise", outcome.surprises);
    Ok(())
}
