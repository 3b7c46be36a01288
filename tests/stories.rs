//! The world in which stories are told: a checkpoint in virtual time, from its devices' bytes to what its screens show.
//!
//! Everything between the cable and the screen is the product's own: the decoders, the pipelines of the agent, `decide` and `after`, the
//! entries as they stand in a journal, the views. Only time is not real: it jumps to whatever comes next, so three hours take
//! milliseconds.

mod expect;
pub mod post;
mod world;

pub use expect::Surprise;
pub use world::{Told, World, WorldError};
