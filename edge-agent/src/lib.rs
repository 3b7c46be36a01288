//! Runs one checkpoint: hears its devices, decides, records, shows, and tells the hub.

pub mod index;
pub mod journal;
pub mod tape;
