//! Calendars and timetables, where they came from, and what else a term is computed with.
//!
//! Both are kept as the text that somebody wrote: it is what was signed, and what a person can read in ten years. A text that this release
//! cannot read was written for a newer one, as a new value of an enumeration is.

use checkpoint::event::Origin;
use checkpoint::law::term::Stated;
use checkpoint::law::{Calendar, Timetable};

use super::field::{self, Field, Misread, read, required, write};
use crate::generated::entry as proto;
use proto::origin;

impl Field<String> for Calendar {
    fn write(&self) -> String {
        self.text().to_owned()
    }

    fn read(kept: String) -> Result<Self, Misread> {
        Calendar::parse(&kept, "calendar").map_err(Misread::newer)
    }
}

impl Field<String> for Timetable {
    fn write(&self) -> String {
        self.text().to_owned()
    }

    fn read(kept: String) -> Result<Self, Misread> {
        Timetable::parse(&kept, "timetable").map_err(Misread::newer)
    }
}

impl Field<proto::clock::Stated> for Stated {
    fn write(&self) -> proto::clock::Stated {
        match self {
            Stated::Instant(at) => proto::clock::Stated::StatedAtUs(write(at)),
            Stated::Day(day) => proto::clock::Stated::StatedDay(write(day)),
        }
    }

    fn read(kept: proto::clock::Stated) -> Result<Self, Misread> {
        Ok(match kept {
            proto::clock::Stated::StatedAtUs(at) => Stated::Instant(read(at, "stated_at_us")?),
            proto::clock::Stated::StatedDay(day) => Stated::Day(read(day, "stated_day")?),
        })
    }
}

required!(Origin as Origin);

impl Field<proto::Origin> for Origin {
    fn write(&self) -> proto::Origin {
        let origin = match self {
            Origin::Configuration => origin::Origin::Configuration(origin::Plain {}),
            Origin::Directive { number } => origin::Origin::Directive(write(number)),
            Origin::Officer => origin::Origin::Officer(origin::Plain {}),
        };
        proto::Origin { origin: Some(origin) }
    }

    fn read(kept: proto::Origin) -> Result<Self, Misread> {
        let origin = kept.origin.ok_or_else(|| Misread::newer("a case that is not known"))?;
        Ok(match origin {
            origin::Origin::Configuration(origin::Plain {}) => Origin::Configuration,
            origin::Origin::Directive(number) => {
                Origin::Directive { number: read(number, "directive")? }
            }
            origin::Origin::Officer(origin::Plain {}) => Origin::Officer,
        })
    }
}
