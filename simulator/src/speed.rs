//! A serial line whose two ends run at different speeds: what is heard of what is said.
//!
//! Bits are laid on the line as a UART does it (a start bit, eight data bits from the lowest, a stop bit) and sampled in the middle as a UART
//! does it. Nothing is left to chance: the same bytes at the same speeds are always garbled alike.
//!
//! Deliberately absent: parity, and a driver that drops what has no stop bit. Seven data bits with a parity are as long as eight without, and are
//! garbled alike; a Linux port in raw mode hands over bytes without a stop bit as they were sampled.

/// Data bits of a byte.
const DATA_BITS: u64 = 8;
/// All its bits: one to start, the data, one to stop.
const BITS: u64 = DATA_BITS + 2;

/// What an end of a line hears at `heard_baud` when the other says `said` at `said_baud` without a pause.
pub(crate) fn heard_at(said: &[u8], said_baud: u32, heard_baud: u32) -> Vec<u8> {
    if said_baud == heard_baud || said_baud == 0 || heard_baud == 0 {
        return said.to_vec();
    }
    let line = Levels { said, bit: heard_baud.into() };
    // In these units of time a bit that is said is as long as the other speed, and the other way round.
    let bit = u64::from(said_baud);
    let mut heard = Vec::new();
    let mut now = 0;
    while let Some(begins) = line.falls_after(now) {
        let sampled = |index: u64| line.high(begins + index * bit + bit / 2);
        if sampled(0) {
            now = begins + bit / 2; // too short for a start bit
            continue;
        }
        let set = (0..DATA_BITS).filter(|index| sampled(index + 1));
        heard.push(set.fold(0, |byte, index| byte | 1 << index));
        now = begins + (BITS - 1) * bit + bit / 2;
    }
    heard
}

/// The line while bytes are said: high when nothing is.
struct Levels<'a> {
    said: &'a [u8],
    /// How long a bit is.
    bit: u64,
}

impl Levels<'_> {
    fn high(&self, at: u64) -> bool {
        self.bit_is_set(at / self.bit)
    }

    fn bit_is_set(&self, index: u64) -> bool {
        let byte = usize::try_from(index / BITS).ok().and_then(|place| self.said.get(place));
        match (byte, index % BITS) {
            (None, _) => true,
            (Some(_), 0) => false,
            (Some(byte), place @ 1..=DATA_BITS) => byte >> (place - 1) & 1 == 1,
            (Some(_), _) => true,
        }
    }

    /// When the line next goes from high to low, not before `now`; the silence before the first byte is high.
    fn falls_after(&self, now: u64) -> Option<u64> {
        let last = u64::try_from(self.said.len()).ok()? * BITS;
        let falls = |index: &u64| {
            !self.bit_is_set(*index)
                && index.checked_sub(1).is_none_or(|before| self.bit_is_set(before))
        };
        let first = now.div_ceil(self.bit);
        (first..last).find(falls).map(|index| index * self.bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_its_own_speed_every_byte_is_heard() {
        let every: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(heard_at(&every, 9600, 9600), every);
    }

    #[test]
    fn clocks_that_differ_by_two_in_a_hundred_hear_each_other() {
        // Half a bit in ten is what a UART bears; crystals differ by less.
        let every: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(heard_at(&every, 9600, 9800), every);
        assert_eq!(heard_at(&every, 9800, 9600), every);
    }

    #[test]
    fn another_speed_is_heard_as_the_bits_that_lie_there() {
        // Read twice as fast each bit is two; 0x55 by hand: 0011001100 is a start, 66 and no stop; 11 001100111 another start and E6.
        let cases: [(&[u8], u32, u32); 7] = [
            (b"\x55", 9600, 19_200),
            (b"\x00", 9600, 19_200),
            (b"\xff\xff", 9600, 19_200),
            (b"12345678", 9600, 19_200),
            (b"\xff\xff\xff", 19_200, 9600),
            (b"12345678", 9600, 4800),
            (b"1", 9600, 115_200),
        ];
        let heard: String = cases
            .iter()
            .map(|(said, from, to)| {
                let hex: Vec<String> =
                    heard_at(said, *from, *to).iter().map(|byte| format!("{byte:02x}")).collect();
                format!("{} at {from}, read at {to}: {}\n", said.escape_ascii(), hex.join(" "))
            })
            .collect();
        expect_test::expect![[r#"
            U at 9600, read at 19200: 66 e6
            \x00 at 9600, read at 19200: 00
            \xff\xff at 9600, read at 19200: fe fe
            12345678 at 9600, read at 19200: 06 18 78 1e 18 1e 66 18 1e 7e 18 f8
            \xff\xff\xff at 19200, read at 9600: 
            12345678 at 9600, read at 4800: a5 21 4a ec
            1 at 9600, read at 115200: 00 00 00
        "#]]
        .assert_eq(&heard);
    }
}
