//! Stories about a whole agent: its configuration, its devices, its pages, its disk. One binary, because linking is what takes time.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests: what the world around a story needs is outside of its functions"
)]

#[path = "agent/anonymising.rs"]
mod anonymising;
#[path = "agent/answered.rs"]
mod answered;
#[path = "agent/asked.rs"]
mod asked;
#[path = "agent/axles.rs"]
mod axles;
#[path = "agent/broker.rs"]
mod broker;
#[path = "agent/capture.rs"]
mod capture;
#[path = "agent/configuration.rs"]
mod configuration;
#[path = "agent/decoding.rs"]
mod decoding;
#[path = "agent/desk.rs"]
mod desk;
#[path = "agent/devices.rs"]
mod devices;
#[path = "agent/evidence.rs"]
mod evidence;
#[path = "agent/handed_on.rs"]
mod handed_on;
#[path = "agent/law.rs"]
mod law;
#[path = "agent/lines.rs"]
mod lines;
#[path = "agent/n42.rs"]
mod n42;
#[path = "agent/need.rs"]
mod need;
#[path = "agent/pages.rs"]
mod pages;
#[path = "agent/passages.rs"]
mod passages;
#[path = "agent/probing.rs"]
mod probing;
#[path = "agent/public.rs"]
mod public;
#[path = "agent/recording.rs"]
mod recording;
#[path = "agent/replaying.rs"]
mod replaying;
#[path = "agent/retention.rs"]
mod retention;
#[path = "agent/scan_limits.rs"]
mod scan_limits;
#[path = "agent/scans.rs"]
mod scans;
#[path = "agent/sparkplug.rs"]
mod sparkplug;
#[path = "agent/tapes.rs"]
mod tapes;
#[path = "agent/world.rs"]
mod world;
