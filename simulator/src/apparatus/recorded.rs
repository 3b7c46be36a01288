//! What a real device sent, said again with its own timing.

use std::time::Duration;

use super::{Apparatus, Instead, Saying};
use crate::story::Act;

/// A recording in the place of a device. It brings its own vehicles: those of the story pass it by.
#[derive(Debug)]
pub(crate) struct Recorded {
    lines: std::vec::IntoIter<Saying>,
    next: Option<Saying>,
}

impl Recorded {
    /// Its lines, by the story's time, in order.
    pub(crate) fn new(lines: Vec<Saying>) -> Recorded {
        let mut lines = lines.into_iter();
        let next = lines.next();
        Recorded { lines, next }
    }
}

impl Apparatus for Recorded {
    fn can(&self, _: &Act) -> Result<(), Instead> {
        Ok(())
    }

    fn befalls(&mut self, _: Duration, _: &Act, _: &mut Vec<Saying>) {}

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        let said = self.next.take_if(|(at, _)| *at <= horizon)?;
        self.next = self.lines.next();
        Some(said)
    }
}
