//! What was said and not answered: it is said again until it is.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::Saying;

/// Messages that wait for their answer; the oldest is forgotten.
const MOST_WAITING: usize = 256;

/// Messages of a device that waits for answers, each with what its answer names.
#[derive(Debug)]
pub(super) struct Unanswered<K> {
    again: Duration,
    waiting: VecDeque<Message<K>>,
}

#[derive(Debug)]
struct Message<K> {
    bytes: Vec<u8>,
    /// Nothing if no answer is waited for.
    key: Option<K>,
    next: Duration,
}

impl<K: PartialEq> Unanswered<K> {
    /// Each message is said again after so long without an answer.
    pub(super) fn new(again: Duration) -> Unanswered<K> {
        Unanswered { again, waiting: VecDeque::new() }
    }

    /// To be said at this moment, and again until `key` is answered.
    pub(super) fn push(&mut self, at: Duration, key: Option<K>, bytes: Vec<u8>) {
        if self.waiting.len() >= MOST_WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Message { bytes, key, next: at });
    }

    /// The oldest message whose answer names this is answered, and the next that is answered alike may be said.
    pub(super) fn answered(&mut self, now: Duration, key: &K) {
        let is_it = |message: &Message<K>| message.key.as_ref() == Some(key);
        let Some(at) = self.waiting.iter().position(is_it) else { return };
        self.waiting.remove(at);
        if let Some(next) = self.waiting.iter_mut().find(|message| is_it(message)) {
            next.next = next.next.max(now);
        }
    }

    /// The line was opened anew: what waits is said at once.
    pub(super) fn opened(&mut self, at: Duration) {
        for message in &mut self.waiting {
            message.next = message.next.min(at);
        }
    }

    /// When something is said next.
    pub(super) fn next(&self) -> Option<Duration> {
        self.first().and_then(|at| self.waiting.get(at)).map(|message| message.next)
    }

    /// What is said next, not later than `horizon`.
    pub(super) fn says(&mut self, horizon: Duration) -> Option<Saying> {
        let at = self.first()?;
        let again = self.again;
        let message = self.waiting.get_mut(at).filter(|message| message.next <= horizon)?;
        let said = (message.next, message.bytes.clone());
        message.next += again;
        if message.key.is_none() {
            self.waiting.remove(at);
        }
        Some(said)
    }

    /// The message that is said first. Of those that one answer cannot tell apart only the oldest is said.
    fn first(&self) -> Option<usize> {
        let mut first: Option<(usize, Duration)> = None;
        for (at, message) in self.waiting.iter().enumerate() {
            let waits = message.key.is_some()
                && self.waiting.iter().take(at).any(|before| before.key == message.key);
            if !waits && first.is_none_or(|(_, next)| message.next < next) {
                first = Some((at, message.next));
            }
        }
        first.map(|(at, _)| at)
    }
}
