//! A few things, kept where they are used: a frame has a known number of parts, and a list of them needs no allocation.

/// Up to `MOST` parts, in order. Those beyond are counted and not kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Few<T, const MOST: usize> {
    parts: [T; MOST],
    count: usize,
}

impl<T: Copy + Default, const MOST: usize> Few<T, MOST> {
    /// Nothing yet.
    pub(crate) fn new() -> Few<T, MOST> {
        Few { parts: [T::default(); MOST], count: 0 }
    }

    /// All of these, as far as there is room.
    pub(crate) fn of(parts: impl Iterator<Item = T>) -> Few<T, MOST> {
        let mut few = Few::new();
        parts.for_each(|part| few.push(part));
        few
    }

    /// One more.
    pub(crate) fn push(&mut self, part: T) {
        if let Some(place) = self.parts.get_mut(self.count) {
            *place = part;
        }
        self.count += 1;
    }

    /// Takes the last one away.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let last = self.as_slice().last().copied()?;
        self.count -= 1;
        Some(last)
    }

    /// Whether there were more than there is room for.
    pub(crate) fn is_over(&self) -> bool {
        self.count > MOST
    }

    /// Those that are kept.
    pub(crate) fn as_slice(&self) -> &[T] {
        self.parts.get(..self.count).unwrap_or(&self.parts)
    }
}
