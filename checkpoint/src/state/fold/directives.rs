//! What events mean for clocks that a directive, an order or a new configuration changed, and for the answers to directives.

use std::sync::Arc;

use super::Place;
use crate::Checkpoint;
use crate::event::{ClockFacts, DirectiveAnswer, DistrustedDirective};
use crate::ids::ClockId;
use crate::state::clock::Stand;
use crate::state::directives::{Answered, Distrusted};

impl Checkpoint {
    pub(super) fn directive_answered(&mut self, place: Place<'_>, said: &DirectiveAnswer) {
        let answer = Answered {
            seq: place.seq,
            at: place.at,
            subject: said.subject.clone(),
            digest: said.digest.clone(),
            refused: said.refused.clone(),
        };
        self.directives.answered(said.number, &said.signer, answer);
    }

    pub(super) fn directive_distrusted(&mut self, place: Place<'_>, said: &DistrustedDirective) {
        let directive = Distrusted {
            number: said.number,
            at: place.at,
            digest: said.digest.clone(),
            found: said.found.clone(),
        };
        self.directives.distrust(place.seq, directive);
    }

    /// The term is computed anew from its own trigger. If its end has moved, it has not run out until an entry says that it did, and
    /// warnings are given again.
    pub(super) fn clock_recomputed(&mut self, facts: &ClockFacts) {
        self.change_clock(facts.clock, |clock| {
            let moved = clock.facts.due_at != facts.due_at;
            clock.facts = Arc::new(facts.clone());
            if !moved {
                return;
            }
            clock.expired = false;
            clock.warned = None;
            clock.stand = match clock.stand {
                Stand::Running | Stand::Expired => Stand::Running,
                Stand::Provisional { as_of } => Stand::Provisional { as_of },
                Stand::Stopped { as_of } => Stand::Stopped { as_of },
                Stand::Withdrawn { at } => Stand::Withdrawn { at },
            };
        });
    }

    /// The term does not apply any more; one that was stopped for good stays as it was.
    pub(super) fn clock_withdrawn(&mut self, place: Place<'_>, id: ClockId, because: &str) {
        self.change_clock(id, |clock| {
            if clock.is_open() {
                clock.stand = Stand::Withdrawn { at: place.at };
                clock.withdrawn = Some(because.to_owned());
            }
        });
    }
}
