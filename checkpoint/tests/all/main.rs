//! Stories about a checkpoint as text: what is told to it, and what it says happened.

mod editions;
mod notices;
mod papers;
mod properties;
mod readings;
mod tables;
mod terms;
mod world;
