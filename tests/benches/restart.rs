//! How soon the agent is there again, with a million entries behind it, after `kill -9`.
//!
//! The journal is made of days of vehicles that come, are weighed and leave, decided by the real rules; then the real program is started,
//! killed and started again. `BEKET_ENTRIES` sets another number of entries, `BEKET_RESTARTS` another number of restarts.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::time::{Duration, Instant};

use checkpoint::Checkpoint;
use checkpoint::decide::{Rules, decide};
use checkpoint::event::Entry;
use checkpoint::input::observation::{PlateReading, Said, Weight};
use checkpoint::input::{ClockQuality, Condition, Input, Observation, Order, OrderKind};
use edge_agent::config::Config;
use edge_agent::journal::{self, Grouping, Journal, Urgency, Writer};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use stories::WorldError;
use stories::post::Post;
use units::Kilograms;
use wire::chain::{Epoch, Head};

fn main() -> Result<(), WorldError> {
    let wanted: u64 = number("BEKET_ENTRIES", 1_000_000);
    let restarts: usize = usize::try_from(number("BEKET_RESTARTS", 15))?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(restart(wanted, restarts))
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

async fn restart(wanted: u64, restarts: usize) -> Result<(), WorldError> {
    let mut post = Post::new()?;
    let data = post.folder().join("agent");
    std::fs::create_dir_all(&data)?;
    let rules = edge_agent::rules::rules(&Config::load(post.config())?)?;
    let made = now();
    let mut past = Past::begin(&data.join("journal.db"), rules)?;
    while past.checkpoint.seq() < wanted {
        past.vehicle()?;
    }
    let entries = past.checkpoint.seq();
    let open = past.checkpoint.visit_states().count();
    past.writer.close()?;
    println!(
        "journal of {entries} entries made in {:.1} s; {open} visits in the state",
        made.elapsed().as_secs_f64()
    );

    let first = now();
    post.agent.start().await?;
    println!("first start, without a snapshot: {:.2} s", first.elapsed().as_secs_f64());
    tokio::time::sleep(Duration::from_secs(2)).await;
    post.agent.kill().await;

    let mut times = Vec::new();
    for _ in 0..restarts {
        let began = now();
        post.agent.start().await?;
        times.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(300)).await;
        post.agent.kill().await;
    }
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64();
    println!("restart after kill -9, {restarts} times: p50 {:.3} s, p99 {:.3} s", at(50), at(99));
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}

/// A checkpoint whose past is being made.
struct Past {
    rules: Rules,
    checkpoint: Checkpoint,
    writer: Writer,
    head: Head,
    now: Timestamp,
    vehicles: u64,
}

impl Past {
    fn begin(path: &std::path::Path, rules: Rules) -> Result<Past, WorldError> {
        let (journal, opened) = Journal::open(path, Epoch([9; 16]), 1..=1)?;
        let (writer, _errands) = journal.start(Grouping::default(), Box::new(|_| {}))?;
        let now = "2024-01-01T00:00:00Z".parse()?;
        let mut past = Past {
            rules,
            checkpoint: Checkpoint::default(),
            writer,
            head: opened.head,
            now,
            vehicles: 0,
        };
        past.step(Input::Noticed(Condition::Started {
            version: "bench".to_owned(),
            config_digest: "none".to_owned(),
        }))?;
        Ok(past)
    }

    /// A vehicle comes, is read and weighed, presents its goods, has its papers registered and released, and leaves.
    fn vehicle(&mut self) -> Result<(), WorldError> {
        self.vehicles += 1;
        let plate = format!("{:06}ABC", self.vehicles);
        let lane = 1 + self.vehicles % 2;
        self.observed(&format!("camera-{lane}"), Said::Plate(read(&plate)))?;
        self.observed(
            &format!("scale-{lane}"),
            Said::WeightSettled(weighed(20_000 + self.vehicles % 20_000)),
        )?;
        let Some((visit, _)) = self.checkpoint.visit_states().last() else { return Ok(()) };
        let consignment = checkpoint::ids::ConsignmentNo(1);
        let papers = checkpoint::input::order::PapersKind::TransitDeclaration;
        let reference = format!("T-{}", self.vehicles);
        for kind in [
            OrderKind::PresentGoods { visit, consignments: Vec::new() },
            OrderKind::FilePapers {
                visit,
                consignment,
                papers,
                reference: reference.clone(),
                content: None,
            },
            OrderKind::RegisterPapers { visit, consignment, papers, number: reference },
            OrderKind::ReleaseGoods { visit, consignment, procedure: papers },
            OrderKind::PermitExit { visit },
            OrderKind::RecordExit { visit },
        ] {
            let request = format!("bench-{}-{}", self.vehicles, self.checkpoint.seq()).parse()?;
            self.step(Input::Ordered(Order {
                officer: "bekov".parse()?,
                workplace: "bench".to_owned(),
                request,
                kind,
            }))?;
        }
        Ok(())
    }

    fn observed(&mut self, device: &str, said: Said) -> Result<(), WorldError> {
        self.step(Input::Observed(Observation { device: device.parse()?, at: self.now, said }))
    }

    fn step(&mut self, input: Input) -> Result<(), WorldError> {
        self.now += SignedDuration::from_secs(40);
        while self.checkpoint.next_deadline().is_some_and(|due| due <= self.now) {
            self.decided(Input::TimePassed)?;
        }
        self.decided(input)
    }

    fn decided(&mut self, input: Input) -> Result<(), WorldError> {
        let decision = decide(&self.checkpoint, &self.rules, &input, self.now);
        anyhow::ensure!(decision.refusal.is_none(), "{:?}", decision.refusal);
        let mut group = Vec::new();
        for event in decision.events {
            let seq = self.checkpoint.seq() + 1;
            let entry = Entry {
                seq,
                at: self.now,
                clock: ClockQuality::Synchronised,
                author: input.author(),
                event,
            };
            let body = wire::entry::encode(&entry, self.head.epoch, self.head.hash);
            let kept = journal::Entry::after(&self.head, wire::class(&entry.event), body)?;
            self.head = kept.head();
            self.checkpoint = self.checkpoint.after(&entry);
            group.push(kept);
        }
        drop(self.writer.append(group, Urgency::MayWait)?);
        Ok(())
    }
}

fn read(plate: &str) -> PlateReading {
    PlateReading {
        text: plate.to_owned(),
        country: Some("KZ".to_owned()),
        confidence_percent: Some(Decimal::from(98)),
        direction: None,
        event: None,
        late: false,
        pictures: Vec::new(),
    }
}

fn weighed(kg: u64) -> Weight {
    Weight {
        gross: Kilograms(Decimal::from(kg)),
        stable_by: "device".to_owned(),
        raw: kg.to_string().into_bytes(),
        dialect: None,
        at: None,
        axles: None,
    }
}
