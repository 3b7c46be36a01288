//! The hub's wall clock. The only place of this crate that reads it; everywhere else the time is a parameter.

/// Microseconds since 1970-01-01T00:00:00Z, now.
pub fn now_us() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the one place of the hub that reads the clock")]
    let now = jiff::Timestamp::now();
    now.as_microsecond()
}

/// Milliseconds, as screens want them, of a moment in microseconds.
pub fn ms(us: i64) -> i64 {
    us.div_euclid(1000)
}

/// A moment of the monotonic clock, for pauses that no change of the wall clock may stretch.
#[expect(clippy::disallowed_methods, reason = "the one place of the hub that reads the clock")]
pub fn instant() -> tokio::time::Instant {
    tokio::time::Instant::now()
}
