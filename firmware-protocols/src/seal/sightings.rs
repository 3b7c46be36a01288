//! Tags in sight: a reader that sees a tag ten times a second says it twice, when it comes and when it has gone.
//!
//! [`Sighted`] stands between a reader's conversation and whoever listens. A tag is known by its EPC and antenna. It is told at its first sighting,
//! whenever what is known of its loop changes, and once more when it was not seen for the hold time; how often it was seen in between is
//! counted. A sighting in which the loop was not read says nothing of it, and takes back nothing.
//!
//! It promises a bound: when more tags are in sight than it remembers, the one that was seen longest ago is told as gone.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::codec::{Item, Settings};
use crate::conversation::{Conversation, HangUp, Moment};
use crate::dialect::Reading;
use crate::fault::Fault;
use crate::limits;

use super::{Message, TagSighting};

/// A tag that was not seen for so long has gone, where a site says nothing else. Assumed: longer than any reader's pause between two rounds.
const USUAL_HOLD: Duration = Duration::from_secs(5);

/// A conversation whose tags are told when they come, change and go.
#[derive(Debug)]
pub struct Sighted<C> {
    conversation: C,
    hold: Duration,
    tags: BTreeMap<(String, Option<u16>), Seen>,
    raw: Vec<Item>,
}

#[derive(Debug)]
struct Seen {
    /// As it was last seen, with the last that is known of its loop.
    message: Message,
    at: Moment,
    /// Sightings since it was last told.
    times: u32,
}

impl<C: Conversation> Sighted<C> {
    /// Over a conversation that tells every sighting.
    pub fn over(conversation: C, settings: &Settings) -> Sighted<C> {
        let hold = settings.hold_ms.map_or(USUAL_HOLD, |ms| Duration::from_millis(ms.into()));
        Sighted { conversation, hold, tags: BTreeMap::new(), raw: Vec::new() }
    }

    /// The conversation beneath.
    pub fn conversation(&self) -> &C {
        &self.conversation
    }

    fn settle(&mut self, now: Moment, out: &mut Vec<Item>) {
        let mut raw = core::mem::take(&mut self.raw);
        for item in raw.drain(..) {
            match item {
                Ok(Reading::Seal(message)) if message.tag.is_some() => self.seen(now, message, out),
                item => out.push(item),
            }
        }
        self.raw = raw;
        let gone: Vec<_> = self
            .tags
            .iter()
            .filter(|(_, seen)| seen.at.saturating_add(self.hold) <= now)
            .map(|(key, _)| key.clone())
            .collect();
        for key in gone {
            self.tell_gone(&key, out);
        }
    }

    fn seen(&mut self, now: Moment, message: Message, out: &mut Vec<Item>) {
        let sighting = message.tag.unwrap_or_default();
        let key = (message.seal.clone(), sighting.antenna);
        if let Some(seen) = self.tags.get_mut(&key) {
            seen.at = now;
            seen.times = seen.times.saturating_add(sighting.times);
            let known = seen.message.locked;
            let changed = message.locked.is_some() && message.locked != known;
            seen.message = Message { locked: message.locked.or(known), ..message };
            if changed {
                let times = core::mem::take(&mut seen.times);
                out.push(told(&seen.message, times, false));
            }
            return;
        }
        if self.tags.len() >= limits::TAGS_IN_SIGHT {
            let oldest =
                self.tags.iter().min_by_key(|(_, seen)| seen.at).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest {
                self.tell_gone(&oldest, out);
            }
        }
        out.push(told(&message, sighting.times, false));
        self.tags.insert(key, Seen { message, at: now, times: 0 });
    }

    fn tell_gone(&mut self, key: &(String, Option<u16>), out: &mut Vec<Item>) {
        if let Some(seen) = self.tags.remove(key) {
            out.push(told(&seen.message, seen.times, true));
        }
    }
}

fn told(message: &Message, times: u32, gone: bool) -> Item {
    let mut message = message.clone();
    message.tag = message.tag.map(|tag| TagSighting { times, gone, ..tag });
    Ok(Reading::Seal(message))
}

impl<C: Conversation> Conversation for Sighted<C> {
    fn opened(&mut self, now: Moment) -> Option<Fault> {
        self.conversation.opened(now)
    }

    fn decode(&mut self, now: Moment, bytes: &[u8], out: &mut Vec<Item>) {
        self.conversation.decode(now, bytes, &mut self.raw);
        self.settle(now, out);
    }

    fn poll_transmit(&mut self, now: Moment) -> Option<Vec<u8>> {
        self.conversation.poll_transmit(now)
    }

    fn next_timeout(&self) -> Option<Moment> {
        let gone = self.tags.values().map(|seen| seen.at.saturating_add(self.hold)).min();
        self.conversation.next_timeout().into_iter().chain(gone).min()
    }

    fn time_passed(&mut self, now: Moment, out: &mut Vec<Item>) {
        self.conversation.time_passed(now, &mut self.raw);
        self.settle(now, out);
    }

    fn hang_up(&self) -> Option<HangUp> {
        self.conversation.hang_up()
    }

    fn farewell(&mut self) -> Option<Vec<u8>> {
        self.conversation.farewell()
    }
}
