//! Repeatable chance: the same seed gives the same cases on every machine (SplitMix64).

pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: usize) -> Chance {
        Chance(u64::try_from(seed).unwrap().wrapping_mul(0xD134_2543_DE82_EF95))
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both possible.
    pub(super) fn within(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap() + 1;
        low + i64::try_from(self.draw() % span).unwrap()
    }

    /// Once in so many times.
    pub(super) fn once_in(&mut self, times: i64) -> bool {
        self.within(1, times) == 1
    }

    pub(super) fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.within(0, i64::try_from(of.len()).unwrap() - 1)).unwrap()]
    }
}
