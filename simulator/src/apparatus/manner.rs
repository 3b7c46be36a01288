//! How scales and portals can be set, and what they can do wrong: closed lists, in the words of a story.
//!
//! A form is a setting of the device itself, in its menu or its wiring; a misbehaviour is what papers and other people's reports say that such
//! devices do. Which dialect knows which is told by its apparatus, and by docs/stories.md.

/// Writes an enumeration and the word of each member.
macro_rules! words {
    ($(#[doc = $about:literal])+ $name:ident: $($(#[doc = $doc:literal])+ $member:ident = $word:literal,)+) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum $name { $($(#[doc = $doc])+ $member,)+ }

        impl $name {
            /// Each of them.
            pub(crate) const ALL: &[$name] = &[$($name::$member),+];

            /// Its word in a story.
            pub(crate) fn word(self) -> &'static str {
                match self { $($name::$member => $word,)+ }
            }

            /// The one with this word.
            pub(crate) fn of(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// A setting of a device.
    Form:
    /// CAS, 22 bytes with lamps.
    Cas = "cas",
    /// CAS, 10 bytes: the number alone.
    CasShort = "cas-short",
    /// A&D, 18 bytes with sign.
    AandD = "a-and-d",
    /// Dini Argeo, the unit behind a comma.
    DiniArgeo = "dini-argeo",
    /// Mettler-Toledo, with its tare.
    Toledo = "toledo",
    /// Flintec's frame: LF behind CR, words for what is out of range.
    Flintec = "flintec",
    /// Cardinal's short frame.
    WithoutTare = "without-tare",
    /// XK3190-A12, a line with its check.
    A12 = "a12",
    /// Its relatives, lines that begin with `ww`, `wn` or `wt` and have none.
    WwLines = "ww-lines",
    /// Rinstrum FMT_1.
    Fmt1 = "fmt-1",
    /// Rinstrum FMT_2.
    Fmt2 = "fmt-2",
    /// It speaks when it is asked.
    Asked = "asked",
    /// It speaks by itself, without having been asked.
    OwnInitiative = "own-initiative",
    /// An older Tenso-M that does not know the fixed gross weight (B8).
    WithoutB8 = "without-b8",
    /// An instrument of MT-SICS that does not know `SI`.
    WithoutSi = "without-si",
    /// Tenso-M 6.43: the text is the value.
    Whole = "whole",
    /// Tenso-M 6.43: the text has one digit more.
    Tenths = "tenths",
    /// NCI as cash registers ask it: a number at rest only.
    Ecr = "ecr",
    /// NCI 7800: a number always.
    Nci = "nci",
    /// A portal "Yantar" whose monitor block begins at register 200.
    Base200 = "base-200",
}

words! {
    /// What a device does wrong.
    Misbehaviour:
    /// Its check sum does not fit.
    WrongCheckSum = "wrong-check-sum",
    /// Its header says that it stands still, and its lamp that it does not.
    InconsistentHeader = "inconsistent-header",
    /// It refuses what it is asked.
    Refuses = "refuses",
    /// It is busy.
    Busy = "busy",
    /// It answers under another address.
    ForeignAddress = "foreign-address",
    /// The words of its numbers change places.
    WrongWordOrder = "wrong-word-order",
    /// It answers another transaction than the one that was asked.
    WrongTransaction = "wrong-transaction",
    /// Half of each answer is missing.
    CutAnswers = "cut-answers",
    /// Its line gives back every question.
    Echoes = "echoes",
    /// It hears questions with a wrong parity.
    ParityError = "parity-error",
    /// Its number is no multiple of its interval.
    OffStep = "off-step",
    /// It shows a message in the place of a number.
    Message = "message",
    /// The end of an occupancy is not told.
    NoEnd = "no-end",
    /// Its counter stands still at nothing.
    FrozenCounter = "frozen-counter",
    /// Its counter jumps.
    CounterJumps = "counter-jumps",
    /// Its counter reaches its end and begins anew.
    CounterWraps = "counter-wraps",
    /// A speed comes before the background.
    SpeedFirst = "speed-first",
    /// A speed too high to measure.
    ZeroSpeed = "zero-speed",
    /// Its lines end with two line feeds.
    DoubleLineFeed = "double-line-feed",
    /// Lines with tags that nobody knows.
    UnknownTags = "unknown-tags",
    /// One detector counts nothing.
    DeadDetector = "dead-detector",
    /// Whoever opens the line hears the rest of a line first.
    CutFirstLine = "cut-first-line",
    /// A sensor has failed.
    FailedSensor = "failed-sensor",
    /// It is not ready to measure.
    NotReady = "not-ready",
    /// It alarms by its second alarm.
    SecondAlarm = "second-alarm",
    /// Its mains have failed.
    PowerFail = "power-fail",
    /// Its battery is low.
    LowBattery = "low-battery",
    /// Vehicles go through it the other way.
    GoesBack = "goes-back",
    /// It does not know which way vehicles go.
    UnknownDirection = "unknown-direction",
}
