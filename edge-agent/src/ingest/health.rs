//! Whether a device can be relied on, and how often its faults are told. Pure: moments come in.
//!
//! ```text
//!   Offline --opened--> (nothing said yet) --valid frame--> Online --silence limit--> Silent --as long again--> open anew
//!                              | bytes without sense, no valid frame for 3 s --> Mismatch
//!                              | bytes of any kind, no valid frame for the silence limit --> Mismatch
//! ```

use checkpoint::input::observation::Health;
use firmware_protocols::{Fault, FaultKind};
use jiff::{SignedDuration, Timestamp};

/// Watches one device.
#[derive(Debug)]
pub struct Watch {
    silence_limit: SignedDuration,
    told: Option<Health>,
    /// Since when nothing valid came; none while the line is closed.
    quiet_since: Option<Timestamp>,
    /// Since when only bytes without sense come.
    noise_since: Option<Timestamp>,
    /// When bytes came last that completed no valid frame: the beginning of one, or bytes in which no beginning was found.
    bytes_at: Option<Timestamp>,
}

/// What the watch wants to be told to the loop.
pub type Changed = Option<(Health, String)>;

impl Watch {
    /// A device of which nothing is known.
    pub fn new(silence_limit: std::time::Duration) -> Watch {
        let silence_limit = SignedDuration::try_from(silence_limit).unwrap_or(SignedDuration::MAX);
        Watch { silence_limit, told: None, quiet_since: None, noise_since: None, bytes_at: None }
    }

    /// The line is open; whether anybody speaks on it is not known.
    pub fn opened(&mut self, now: Timestamp) {
        self.quiet_since = Some(now);
        self.noise_since = None;
        self.bytes_at = None;
    }

    /// The line is gone.
    pub fn lost(&mut self, why: &str) -> Changed {
        self.quiet_since = None;
        self.noise_since = None;
        self.bytes_at = None;
        self.becomes(Health::Offline, why)
    }

    /// Bytes came: so many valid frames, and these faults.
    ///
    /// A refusal is the device speaking its dialect. What was not asked may be another device on the line, or an answer that always comes too late: it
    /// shows neither that this one can be relied on nor that the line is set wrongly.
    pub fn heard(&mut self, now: Timestamp, valid: usize, faults: &[Fault]) -> Changed {
        if valid > 0 || faults.iter().any(|fault| fault.kind == FaultKind::Refused) {
            return self.valid(now);
        }
        let says_nothing =
            |fault: &Fault| matches!(fault.kind, FaultKind::NoAnswer | FaultKind::Unasked);
        // The beginning of a frame is no fault, and neither are bytes in which no beginning was found.
        if faults.is_empty() || !faults.iter().all(says_nothing) {
            self.bytes(now);
        }
        if !faults.iter().all(says_nothing) {
            self.noise(now);
        }
        None
    }

    /// A valid frame came.
    pub fn valid(&mut self, now: Timestamp) -> Changed {
        self.quiet_since = Some(now);
        self.noise_since = None;
        self.bytes_at = None;
        self.becomes(Health::Online, "valid frames come")
    }

    /// Bytes came that complete no valid frame yet.
    pub fn bytes(&mut self, now: Timestamp) {
        self.bytes_at = Some(now);
    }

    /// Bytes came that make no sense, and no valid frame among them.
    pub fn noise(&mut self, now: Timestamp) {
        self.noise_since.get_or_insert(now);
    }

    /// When [`Watch::time_passed`] has something to say if nothing comes before.
    pub fn deadline(&self) -> Option<Timestamp> {
        let silence = match self.told {
            Some(Health::Silent | Health::Mismatch | Health::Offline) => None,
            Some(Health::Online) | None => self.after(self.quiet_since, self.silence_limit),
        };
        let mismatch = match self.told {
            Some(Health::Mismatch) => None,
            Some(Health::Silent | Health::Offline | Health::Online) | None => {
                self.after(self.noise_since, NOISE_LIMIT)
            }
        };
        silence.into_iter().chain(mismatch).min()
    }

    /// The deadline came.
    pub fn time_passed(&mut self, now: Timestamp) -> Changed {
        if self.after(self.noise_since, NOISE_LIMIT).is_some_and(|limit| limit <= now) {
            return self.becomes(Health::Mismatch, MISMATCH);
        }
        let silence = self.after(self.quiet_since, self.silence_limit);
        if silence.is_some_and(|limit| limit <= now) && self.told != Some(Health::Mismatch) {
            // At another speed no beginning of a frame is found for long, and a device that speaks is not silent.
            if self.after(self.bytes_at, NOISE_LIMIT).is_some_and(|limit| limit > now) {
                return self.becomes(Health::Mismatch, MISMATCH);
            }
            let seconds = self.silence_limit.as_secs();
            return self.becomes(Health::Silent, &format!("no valid frame for {seconds} s"));
        }
        None
    }

    /// Whether the line should be closed and opened anew: silent for twice its limit.
    pub fn is_given_up(&self, now: Timestamp) -> bool {
        let twice = self.silence_limit.checked_mul(2).unwrap_or(SignedDuration::MAX);
        self.after(self.quiet_since, twice).is_some_and(|limit| limit <= now)
    }

    fn after(&self, since: Option<Timestamp>, limit: SignedDuration) -> Option<Timestamp> {
        since.and_then(|since| since.checked_add(limit).ok())
    }

    fn becomes(&mut self, health: Health, detail: &str) -> Changed {
        (self.told.replace(health) != Some(health)).then(|| (health, detail.to_owned()))
    }
}

const MISMATCH: &str = "bytes come, but no valid frame: check speed, parity, bits, and the dialect";
/// Bytes without a valid frame for so long are another dialect, or another speed.
const NOISE_LIMIT: SignedDuration = SignedDuration::from_secs(3);

/// Tells at most one fault a second, with how many there were.
#[derive(Debug, Default)]
pub struct FaultCount {
    last_told: Option<Timestamp>,
    waiting: Option<(Fault, u32)>,
}

/// A fault to be told: its kind, its sentence, and how many it stands for.
pub type Told = (String, String, u32);

impl FaultCount {
    /// A fault came.
    pub fn add(&mut self, fault: Fault) {
        let count = self.waiting.as_ref().map_or(0, |(_, count)| *count).saturating_add(1);
        self.waiting = Some((fault, count));
    }

    /// When [`FaultCount::due`] has something to say.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.waiting.as_ref()?;
        Some(
            self.last_told
                .and_then(|told| told.checked_add(FAULT_PERIOD).ok())
                .unwrap_or(Timestamp::MIN),
        )
    }

    /// What may be told now.
    pub fn due(&mut self, now: Timestamp) -> Option<Told> {
        if self.deadline().is_none_or(|deadline| deadline > now) {
            return None;
        }
        let (fault, count) = self.waiting.take()?;
        self.last_told = Some(now);
        Some((fault.kind.name().to_owned(), fault.to_string(), count))
    }
}

const FAULT_PERIOD: SignedDuration = SignedDuration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn second(s: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + s).unwrap()
    }

    #[test]
    fn a_device_that_falls_silent_is_told_once_and_then_opened_anew() {
        let mut watch = Watch::new(Duration::from_secs(15));
        watch.opened(second(0));
        assert_eq!(watch.valid(second(5)).map(|(health, _)| health), Some(Health::Online));
        assert_eq!(watch.valid(second(10)), None);
        assert_eq!(watch.deadline(), Some(second(25)));
        assert_eq!(watch.time_passed(second(24)), None);
        assert_eq!(
            watch.time_passed(second(25)),
            Some((Health::Silent, "no valid frame for 15 s".to_owned()))
        );
        assert_eq!(watch.time_passed(second(26)), None);
        assert_eq!(watch.deadline(), None);
        assert!(!watch.is_given_up(second(39)));
        assert!(watch.is_given_up(second(40)));
    }

    #[test]
    fn another_speed_is_no_silence() {
        let mut watch = Watch::new(Duration::from_secs(15));
        watch.opened(second(0));
        watch.noise(second(1));
        watch.noise(second(3));
        assert_eq!(watch.deadline(), Some(second(4)));
        assert_eq!(watch.time_passed(second(4)).map(|(health, _)| health), Some(Health::Mismatch));
        assert_eq!(watch.valid(second(9)).map(|(health, _)| health), Some(Health::Online));
    }

    #[test]
    fn only_the_device_itself_makes_its_health() {
        let fault = |kind| [Fault::new(kind, "so it is", b"")];
        let cases = [
            (1, FaultKind::Noise, Some(Health::Online)),
            (0, FaultKind::Refused, Some(Health::Online)),
            // Nothing for three seconds is not yet silence.
            (0, FaultKind::Unasked, None),
            (0, FaultKind::NoAnswer, None),
            (0, FaultKind::BadField, Some(Health::Mismatch)),
        ];
        for (valid, kind, expected) in cases {
            let mut watch = Watch::new(Duration::from_secs(15));
            watch.opened(second(0));
            let at_once = watch.heard(second(1), valid, &fault(kind));
            let told = at_once.or_else(|| watch.time_passed(second(4)));
            assert_eq!(told.map(|(health, _)| health), expected, "{valid} {kind:?}");
        }
        // A device that is heard only too late, or only beside others, is silent.
        let mut watch = Watch::new(Duration::from_secs(15));
        watch.opened(second(0));
        for s in 1..15 {
            assert_eq!(watch.heard(second(s), 0, &fault(FaultKind::Unasked)), None);
        }
        assert_eq!(watch.time_passed(second(15)).map(|(health, _)| health), Some(Health::Silent));
    }

    #[test]
    fn a_device_that_speaks_and_is_not_understood_is_not_silent() {
        let mut watch = Watch::new(Duration::from_secs(15));
        watch.opened(second(0));
        watch.valid(second(1));
        watch.bytes(second(2));
        watch.bytes(second(15));
        assert_eq!(watch.time_passed(second(16)).map(|(health, _)| health), Some(Health::Mismatch));
        watch.valid(second(20));
        // Half a frame, and then nothing.
        watch.bytes(second(21));
        assert_eq!(watch.time_passed(second(35)).map(|(health, _)| health), Some(Health::Silent));
    }

    #[test]
    fn a_thousand_faults_are_told_as_one_a_second() {
        let fault = || {
            let mut decoder = firmware_protocols::Decoder::new(firmware_protocols::Dialect::Tsa);
            decoder.decode(b"garbage\r\n").into_iter().find_map(Result::err).unwrap()
        };
        let mut count = FaultCount::default();
        count.add(fault());
        assert_eq!(count.due(second(0)).map(|told| told.2), Some(1));
        for _ in 0..1000 {
            count.add(fault());
        }
        assert_eq!(count.due(second(0)), None);
        assert_eq!(count.deadline(), Some(second(1)));
        assert_eq!(count.due(second(1)).map(|told| told.2), Some(1000));
        assert_eq!(count.deadline(), None);
    }
}
