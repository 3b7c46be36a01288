//! The field of a reader: which tags are in it, and until when.

use std::time::Duration;

use crate::story::{Act, FieldTag};

/// Tags, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Field {
    tags: Vec<(FieldTag, Duration)>,
}

impl Field {
    /// Tags come into the field, or stay in it for longer.
    pub(super) fn befalls(&mut self, at: Duration, act: &Act) {
        let Act::Tags { tags, time } = act else { return };
        for tag in tags {
            self.tags.retain(|(known, until)| known.epc != tag.epc && at < *until);
            self.tags.push((tag.clone(), at + *time));
        }
    }

    /// The tags that are in it at this moment.
    pub(super) fn at(&self, at: Duration) -> Vec<&FieldTag> {
        self.tags.iter().filter(|(_, until)| at < *until).map(|(tag, _)| tag).collect()
    }
}
