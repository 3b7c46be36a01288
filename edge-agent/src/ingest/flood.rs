//! Whether a device that sends whole messages sends more than a device can have to say. Pure: moments come in.
//!
//! Such a device harms no other: it has its own mailbox, and at the broker a session of its own. But what stands between may pass over
//! messages of it without a word, a broker when its queue is full, we when its mailbox is. So it is told as a fault, with how many there were: when it
//! begins, then every [`PAUSE`], and when it is over.

use jiff::{SignedDuration, Timestamp};

/// Counts what one device sends.
#[derive(Debug, Default)]
pub(super) struct Flood {
    /// Since when the messages are counted that are looked at together, and how many came.
    window: Option<(Timestamp, u32)>,
    /// Messages of windows that were too full, and were not told yet.
    flooded: u32,
    /// Messages that were passed over here, and were not told yet.
    passed_over: u32,
    told: Option<Timestamp>,
}

/// A fault to be told: its kind, its sentence, and how many messages it stands for.
pub(super) type Told = (&'static str, String, u32);

impl Flood {
    /// A message came.
    pub(super) fn message(&mut self, now: Timestamp) {
        self.close(now);
        let (_, count) = self.window.get_or_insert((now, 0));
        *count = count.saturating_add(1);
    }

    /// So many messages were passed over, because too many waited.
    pub(super) fn passed_over(&mut self, count: u32) {
        self.passed_over = self.passed_over.saturating_add(count);
    }

    /// When [`Flood::due`] has something to say, or has to look again.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let waits = self.flooded > 0 || self.passed_over > 0;
        let tell = waits.then(|| self.may_tell_at());
        let busy = self.window.filter(|(_, count)| *count > MOST);
        let look = busy.and_then(|(since, _)| since.checked_add(WINDOW).ok());
        tell.into_iter().chain(look).min()
    }

    /// What is to be told now.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Told> {
        self.close(now);
        let mut told = Vec::new();
        if (self.flooded == 0 && self.passed_over == 0) || self.may_tell_at() > now {
            return told;
        }
        self.told = Some(now);
        let seconds = WINDOW.as_secs();
        let flooded = std::mem::take(&mut self.flooded);
        if flooded > 0 {
            let detail = format!(
                "more than {MOST} messages in {seconds} s: what stands between, such as a broker, may pass over some"
            );
            told.push(("flood", detail, flooded));
        }
        let passed_over = std::mem::take(&mut self.passed_over);
        if passed_over > 0 {
            let detail = "too many messages waited: these were not taken, and their sender was told so if it can be".to_owned();
            told.push(("passed-over", detail, passed_over));
        }
        told
    }

    fn may_tell_at(&self) -> Timestamp {
        self.told.and_then(|told| told.checked_add(PAUSE).ok()).unwrap_or(Timestamp::MIN)
    }

    fn close(&mut self, now: Timestamp) {
        let over = |since: Timestamp| now.duration_since(since) >= WINDOW || now < since;
        if let Some((_, count)) = self.window.take_if(|(since, _)| over(*since))
            && count > MOST
        {
            self.flooded = self.flooded.saturating_add(count);
        }
    }
}

/// Messages are counted for so long together.
const WINDOW: SignedDuration = SignedDuration::from_secs(10);
/// No device of a checkpoint has so many messages to say in that time. Assumed: the most talkative, portals and scales, say some ten things a second.
const MOST: u32 = 500;
/// A flood that goes on is told this often.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_780_000_000_000 + ms).unwrap()
    }

    /// Messages each `every` milliseconds; what was told, and when.
    fn told(messages: i64, every: i64) -> Vec<(i64, &'static str, u32)> {
        let mut flood = Flood::default();
        let mut told = Vec::new();
        let mut tell = |flood: &mut Flood, now: Timestamp| {
            let due = flood.due(now).into_iter();
            told.extend(
                due.map(|(kind, _, count)| (now.as_second() - ms(0).as_second(), kind, count)),
            );
        };
        for message in 0..messages {
            flood.message(ms(message * every));
            tell(&mut flood, ms(message * every));
        }
        while let Some(due) = flood.deadline() {
            tell(&mut flood, due);
            assert_ne!(flood.deadline(), Some(due), "the deadline was not answered");
        }
        told
    }

    #[test]
    fn what_devices_say_is_no_flood() {
        assert_eq!(told(10_000, 200), []);
        // What waited at a broker through a short outage comes at once.
        assert_eq!(told(500, 1), []);
    }

    #[test]
    fn a_flood_is_told_when_it_begins_and_each_minute_and_when_it_is_over_and_counts_every_message()
    {
        let told = told(100_000, 1);
        let counted: u32 = told.iter().map(|(_, _, count)| count).sum();
        assert_eq!(counted, 100_000);
        let at: Vec<i64> = told.iter().map(|(at, ..)| *at).collect();
        assert_eq!(at, [10, 70, 130]);
    }

    #[test]
    fn what_was_passed_over_is_told_at_once_and_then_together() {
        let mut flood = Flood::default();
        flood.passed_over(1);
        assert_eq!(flood.due(ms(0)).first().map(|told| (told.0, told.2)), Some(("passed-over", 1)));
        flood.passed_over(3);
        flood.passed_over(4);
        assert_eq!(flood.due(ms(59_000)), []);
        assert_eq!(flood.deadline(), Some(ms(60_000)));
        assert_eq!(flood.due(ms(60_000)).first().map(|told| told.2), Some(7));
        assert_eq!(flood.deadline(), None);
    }
}
