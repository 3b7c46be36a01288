//! How a Yantar is found and asked.
//!
//! ```text
//!  unit 1 ── silent, or no description ──▶ unit 2 .. 32 ──▶ unit 1        where no unit is named
//!    │ description (or the site says the base: anything)
//!    ▼
//!  FOUND ── its block refused or never read ──▶ the next unit
//!    │ block
//!    ▼
//!  KNOWN ── code 2 ──▶ its description again      other codes: asked again      three silences ──▶ unit 1
//! ```
//!
//! A portal that was heard keeps its place: it may be busy, or have been set up anew, and to look through 32 units costs it three quarters of a minute.
//!
//! Assumed: times of the conversation; what a refusal means for the search.

use alloc::vec::Vec;
use core::time::Duration;

use super::{Block, DESCRIPTION, MONITOR, Profile, description, tell};
use crate::codec::{Item, Settings};
use crate::conversation::{Heard, Polling, Questions, Timing};
use crate::fault::{Fault, FaultKind};
use crate::modbus::{Client, Function, Outcome, Read, Wire, refusal};

/// Units that are looked through, in turn.
const UNITS: core::ops::RangeInclusive<u8> = 1..=32;
/// After so many questions in a row without an answer the unit is looked for again.
const GIVEN_UP: u8 = 3;

/// What is usual: the first public driver slept half a second between questions; the rest is assumed.
const USUAL: Timing = Timing {
    period: Duration::from_millis(500),
    answer_within: Duration::from_millis(500),
    tries: 2,
    again_after: Duration::from_millis(500),
};

/// Codes of refusals that mean something here (Modbus application protocol 1.1b3, section 7).
mod code {
    pub(super) const NO_REGISTER: u8 = 2;
    /// The unit is there and has no time.
    pub(super) const BUSY: [u8; 2] = [5, 6];
    /// A gateway did not reach the unit.
    pub(super) const NOT_REACHED: [u8; 2] = [10, 11];
}

/// Asks one portal.
#[derive(Debug)]
pub struct Monitor {
    client: Client,
    profile: Profile,
    /// The unit that the site names. `None`: it is looked for.
    named: Option<u8>,
    unit: u8,
    block: Option<Block>,
    /// The block of this unit was read, so this is the portal.
    known: bool,
    unanswered: u8,
}

/// [`Monitor`], asked again and again.
#[derive(Debug)]
pub struct Master;

impl Master {
    /// The conversation with a portal that is set so.
    #[expect(
        clippy::new_ret_no_self,
        reason = "the table of dialects makes conversations by `new`"
    )]
    pub fn new(settings: &Settings) -> Polling<Monitor> {
        let profile = settings.aspect.unwrap_or_default();
        let named = settings.address;
        let monitor = Monitor {
            client: Client::new(Wire::Tcp),
            profile,
            named,
            unit: named.unwrap_or(*UNITS.start()),
            // A site that says both does not need what the portal says of itself.
            block: named.and(said_by_site(profile)),
            known: false,
            unanswered: 0,
        };
        Polling::new(monitor, USUAL.set_by(settings))
    }
}

/// Where the block is, if the site says it.
fn said_by_site(profile: Profile) -> Option<Block> {
    profile.base.map(|base| Block { base, count: MONITOR })
}

impl Monitor {
    /// Where the block of this unit is: by the site, else by its description. It may be `None`: then this unit is not the portal.
    fn found(&mut self, block: Option<Block>) -> Option<Heard> {
        self.block = said_by_site(self.profile).or(block);
        self.unanswered = 0;
        self.block.map(|_| Heard::AskNext)
    }

    /// This unit is not the one, or is no longer there: another is asked, where none is named.
    fn look_elsewhere(&mut self) {
        self.known = false;
        self.unanswered = 0;
        if self.named.is_some() {
            self.block = said_by_site(self.profile);
        } else {
            self.block = None;
            self.unit = if self.unit >= *UNITS.end() { *UNITS.start() } else { self.unit + 1 };
        }
    }

    fn refused(&mut self, code: u8) -> Heard {
        if self.known {
            // The block is no longer there: the portal was set up anew.
            if code == code::NO_REGISTER {
                self.block = said_by_site(self.profile);
            }
        } else if code::BUSY.contains(&code) {
            self.unanswered = self.unanswered.saturating_add(1);
            if self.unanswered >= GIVEN_UP {
                self.look_elsewhere();
            }
        } else if self.block.is_none() && !code::NOT_REACHED.contains(&code) {
            // Whoever refuses is there; that it has no description is no matter where the site says the base.
            if let Some(next) = self.found(None) {
                return next;
            }
            self.look_elsewhere();
        } else {
            self.look_elsewhere();
        }
        Heard::Answered
    }
}

impl Questions for Monitor {
    fn ask(&mut self, request: &mut Vec<u8>) {
        let (first, count) = match self.block {
            None => (0, DESCRIPTION),
            Some(Block { base, .. }) => (base, MONITOR),
        };
        let function = Function::Holding;
        self.client.ask(Read { unit: self.unit, function, first, count }, request);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        let outcome = self.client.hear(bytes, |fault| out.push(Err(fault)));
        match outcome {
            Outcome::NotYet => Heard::NotYet,
            Outcome::Broken => Heard::Broken,
            Outcome::Refused(code) => {
                let frame = self.client.frame();
                out.push(Err(Fault::new(FaultKind::Refused, refusal(code), frame)));
                self.refused(code)
            }
            Outcome::Words if self.block.is_none() => {
                let block = description(self.client.words());
                if let Err(detail) = &block
                    && self.profile.base.is_none()
                {
                    let frame = self.client.frame();
                    out.push(Err(Fault::new(FaultKind::BadField, detail.as_str(), frame)));
                }
                self.found(block.ok()).unwrap_or_else(|| {
                    self.look_elsewhere();
                    Heard::Answered
                })
            }
            Outcome::Words => {
                self.unanswered = 0;
                self.known = true;
                tell(&self.profile, self.client.frame(), self.client.words(), out);
                Heard::Answered
            }
        }
    }

    fn cut(&mut self) -> Option<Fault> {
        self.client.cut()
    }

    fn unanswered(&mut self) {
        self.unanswered = self.unanswered.saturating_add(1);
        // A unit that never answered is none; one that did may have been slow.
        if self.block.is_none() || self.unanswered >= GIVEN_UP {
            let known = self.known;
            self.look_elsewhere();
            if known && self.named.is_none() {
                self.unit = *UNITS.start();
            }
        }
    }

    fn answers_name_their_question(&self) -> bool {
        true
    }
}
