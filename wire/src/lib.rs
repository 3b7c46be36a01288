//! Skeleton.

pub mod chain;
