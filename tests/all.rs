//! The stories: everything that is told about more than one crate, in one binary, because linking is the slow part.
//!
//! `tidy` and its neighbours tell about the repository itself; the others about a checkpoint and its hub.

#[cfg(test)]
mod asked;
#[cfg(test)]
mod brokers;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod directives;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod licences;
#[cfg(test)]
mod line;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod played;
#[cfg(test)]
mod pushed;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod speeds;
#[cfg(test)]
mod systemd;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod told;
