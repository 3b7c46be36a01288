//! Devices that are not there, and officers too: what a checkpoint would hear, for demos, tests and training.
//!
//! A story (`story`) and a cast (`cast`) make a timeline (`score`): which bytes come from which device, and when. It is deterministic, so the
//! tests play it in virtual time; `play` plays it over pseudo-terminals, TCP, MQTT and HTTP at any speed. Models: `portal`, `indicator`;
//! `recording` plays what real portals sent. Deliberately absent: anything that knows rules or law. Read in this order.

pub mod story;

pub mod cast;
pub mod score;

pub mod indicator;
pub mod portal;
pub mod recording;

mod apparatus;
pub mod expected;
pub mod node;
mod player;
mod speed;

pub mod play;
pub mod stage;
pub mod traffic;

pub mod officers;
pub mod programs;

pub mod broker;
pub mod demo;
