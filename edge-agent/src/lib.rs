//! Runs one checkpoint: hears its devices, decides, records, shows, and tells the hub.
//!
//! Read in this order: [`config`] (what a site sets), [`ingest`] (bytes become observations), [`agent`] (the loop), [`journal`] (what
//! is kept), [`terminal`] (what officers see), [`sync`] (what the hub gets), [`running`] (how it is put together).

pub mod agent;
pub mod attest;
pub mod clock;
pub mod config;
pub mod daily;
pub mod decode;
pub mod history;
pub mod index;
pub mod ingest;
pub mod journal;
pub mod n42;
pub mod probe;
pub mod purge;
pub mod recording;
pub mod replay;
pub mod rules;
pub mod running;
pub mod sync;
pub mod tape;
pub mod terminal;
pub mod written;
