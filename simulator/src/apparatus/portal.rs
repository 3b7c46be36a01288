//! Portals that tell their whole state, and the boards beside them: registers, documents, answers, files.
//!
//! What a story says of a vehicle goes through all of them: it is in the beam for so long, shields so much, and its load adds so much
//! ([`watch`]). The portal that sends lines has a module of its own ([`crate::portal`]).

mod aspect;
mod backpack;
mod board;
mod d5;
mod spectroscopic;
#[cfg(test)]
mod tests;
mod watch;

use std::time::Duration;

use super::Instead;
use super::manner::Misbehaviour;
use crate::story::Act;

pub(super) use aspect::Yantar;
pub(super) use backpack::Backpack;
pub(super) use board::Board;
pub(super) use d5::Detector;
pub(super) use spectroscopic::Files;

/// What a detector does wrong, and until when.
#[derive(Debug, Default)]
pub(crate) struct Spell(Option<(Misbehaviour, Duration)>);

impl Spell {
    /// Begins with this act, if it is one of `known`.
    pub(crate) fn befalls(&mut self, at: Duration, act: &Act, known: &[Misbehaviour]) {
        if let Act::Misbehaves { how, time } = act
            && let Some(how) = Misbehaviour::of(how).filter(|how| known.contains(how))
        {
            self.0 = Some((how, at + *time));
        }
    }

    pub(crate) fn now(&self, at: Duration) -> Option<Misbehaviour> {
        self.0.filter(|(_, until)| at < *until).map(|(how, _)| how)
    }

    pub(crate) fn does(&self, how: Misbehaviour, at: Duration) -> bool {
        self.now(at) == Some(how)
    }
}

/// Whether a detector with these misbehaviours can do it. A vehicle, and what is around it, can befall every one.
pub(crate) fn can_befall_a_portal(act: &Act, known: &[Misbehaviour]) -> Result<(), Instead> {
    if let Act::Misbehaves { how, .. } = act {
        let known = Misbehaviour::of(how).is_some_and(|how| known.contains(&how));
        return if known { Ok(()) } else { Err("docs/stories.md lists what it can do wrong") };
    }
    if matches!(act, Act::Vehicle(_) | Act::Sags { .. }) {
        Ok(())
    } else {
        Err("a portal screens vehicles, and its background sags or rises")
    }
}
