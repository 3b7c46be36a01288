//! What the hub promises, from outside.

mod document;
mod edge;
mod postgres;
mod store;
mod stories;
