//! How one field is written and read: the seam between the checkpoint's types and protobuf's.
//!
//! Every conversion is a [`Field`]: a type of the checkpoint with a type of protobuf. The compiler finds the right one from the
//! two types, so that the lists in [`super::event`] and [`super::facts`] name each field once and serve both directions.

use std::collections::BTreeMap;

use checkpoint::ids::{
    ActId, AlarmId, CheckpointId, ClockId, ConsignmentNo, DeviceId, LaneId, OfficerId, PassageId,
    PriorId, ReadingId, RequestId, VisitId,
};
use checkpoint::input::order::Digest;
use jiff::{SignedDuration, Timestamp, civil};
use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond, Kilograms};

/// A type of the checkpoint that is kept as the type `P` of protobuf.
pub(super) trait Field<P>: Sized {
    fn write(&self) -> P;
    fn read(kept: P) -> Result<Self, Misread>;
}

/// Why a field could not be read. The path grows from the inside to the outside.
#[derive(Debug, PartialEq)]
pub(super) enum Misread {
    /// A value or case of a newer release.
    Newer { path: String, found: String },
    /// What no release writes.
    Bad { path: String, found: String },
}

impl Misread {
    /// A value or case that this release does not know.
    pub(super) fn newer(found: impl ToString) -> Misread {
        Misread::Newer { path: String::new(), found: found.to_string() }
    }

    /// A value that no release writes.
    pub(super) fn bad(found: impl ToString) -> Misread {
        Misread::Bad { path: String::new(), found: found.to_string() }
    }

    /// The same, seen from the message that the field stands in.
    pub(super) fn within(self, field: &str) -> Misread {
        let join = |path: String| match path.as_str() {
            "" => field.to_owned(),
            inner => format!("{field}.{inner}"),
        };
        match self {
            Misread::Newer { path, found } => Misread::Newer { path: join(path), found },
            Misread::Bad { path, found } => Misread::Bad { path: join(path), found },
        }
    }
}

/// Writes a field.
pub(super) fn write<T: Field<P>, P>(value: &T) -> P {
    value.write()
}

/// Reads the field called `name`.
pub(super) fn read<T: Field<P>, P>(kept: P, name: &str) -> Result<T, Misread> {
    T::read(kept).map_err(|misread| misread.within(name))
}

/// Types that protobuf has as they are.
macro_rules! as_it_is {
    ($($type:ty),*) => {$(
        impl Field<$type> for $type {
            fn write(&self) -> $type {
                self.clone()
            }
            fn read(kept: $type) -> Result<Self, Misread> {
                Ok(kept)
            }
        }
    )*};
}

as_it_is!(String, bool, u8, u32, u64, i64);

/// Numbers with a type of their own.
macro_rules! number {
    ($($type:ident($kept:ty)),*) => {$(
        impl Field<$kept> for $type {
            fn write(&self) -> $kept {
                self.0
            }
            fn read(kept: $kept) -> Result<Self, Misread> {
                Ok($type(kept))
            }
        }
    )*};
}

number!(VisitId(u64), PassageId(u64), ReadingId(u64), ClockId(u64), AlarmId(u64), ActId(u64));
number!(PriorId(u64));
number!(Counts(u32), CountsPerSecond(u32));

/// Small numbers, for which protobuf has no type.
macro_rules! small_number {
    ($($type:ty),*) => {$(
        impl Field<u32> for $type {
            fn write(&self) -> u32 {
                u32::from(*self)
            }
            fn read(kept: u32) -> Result<Self, Misread> {
                Self::try_from(kept).map_err(|_| Misread::bad(kept))
            }
        }
    )*};
}

small_number!(u8, u16);

impl Field<u32> for ConsignmentNo {
    fn write(&self) -> u32 {
        self.0.write()
    }

    fn read(kept: u32) -> Result<Self, Misread> {
        Field::read(kept).map(ConsignmentNo)
    }
}

/// Texts that are more than a text. A text that does not parse was not written by us.
macro_rules! text {
    ($($type:ty),*) => {$(
        impl Field<String> for $type {
            fn write(&self) -> String {
                self.as_str().to_owned()
            }
            fn read(kept: String) -> Result<Self, Misread> {
                kept.parse().map_err(|_| Misread::bad(format!("{kept:?}")))
            }
        }
    )*};
}

text!(CheckpointId, LaneId, DeviceId, OfficerId, RequestId, Digest);

impl Field<String> for Decimal {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(kept: String) -> Result<Self, Misread> {
        Decimal::from_str_exact(&kept).map_err(|_| Misread::bad(format!("{kept:?}")))
    }
}

impl Field<String> for Kilograms {
    fn write(&self) -> String {
        self.0.write()
    }

    fn read(kept: String) -> Result<Self, Misread> {
        Field::read(kept).map(Kilograms)
    }
}

impl Field<String> for civil::Date {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(kept: String) -> Result<Self, Misread> {
        kept.parse().map_err(|_| Misread::bad(format!("{kept:?}")))
    }
}

/// In microseconds since 1970; what is finer is cut.
impl Field<i64> for Timestamp {
    fn write(&self) -> i64 {
        self.as_microsecond()
    }

    fn read(kept: i64) -> Result<Self, Misread> {
        Timestamp::from_microsecond(kept).map_err(|_| Misread::bad(kept))
    }
}

/// In milliseconds; what is finer is cut.
impl Field<i64> for SignedDuration {
    fn write(&self) -> i64 {
        i64::try_from(self.as_millis()).unwrap_or(if self.is_negative() {
            i64::MIN
        } else {
            i64::MAX
        })
    }

    fn read(kept: i64) -> Result<Self, Misread> {
        Ok(SignedDuration::from_millis(kept))
    }
}

impl<T: Field<P>, P> Field<P> for Box<T> {
    fn write(&self) -> P {
        T::write(self)
    }

    fn read(kept: P) -> Result<Self, Misread> {
        T::read(kept).map(Box::new)
    }
}

impl<T: Field<P>, P> Field<Option<P>> for Option<T> {
    fn write(&self) -> Option<P> {
        self.as_ref().map(T::write)
    }

    fn read(kept: Option<P>) -> Result<Self, Misread> {
        kept.map(T::read).transpose()
    }
}

impl<T: Field<P>, P> Field<Vec<P>> for Vec<T> {
    fn write(&self) -> Vec<P> {
        self.iter().map(T::write).collect()
    }

    fn read(kept: Vec<P>) -> Result<Self, Misread> {
        let each = kept.into_iter().enumerate();
        each.map(|(place, one)| read(one, &format!("[{place}]"))).collect()
    }
}

impl<T: Field<P>, P> Field<BTreeMap<String, P>> for BTreeMap<String, T> {
    fn write(&self) -> BTreeMap<String, P> {
        self.iter().map(|(key, value)| (key.clone(), value.write())).collect()
    }

    fn read(kept: BTreeMap<String, P>) -> Result<Self, Misread> {
        let each = kept.into_iter();
        each.map(|(key, value)| Ok((key.clone(), read(value, &key)?))).collect()
    }
}

/// Messages that are structs on both sides. Each field is named once, and both sides must have it; after the `;` stand those
/// whose name in protobuf carries their unit.
macro_rules! messages {
    ($($type:ident as $kept:ident {
        $($field:ident),* $(; $($plain:ident => $with_unit:ident),*)?
    })*) => {$(
        impl Field<proto::$kept> for $type {
            fn write(&self) -> proto::$kept {
                let $type { $($field,)* $($($plain),*)? } = self;
                proto::$kept {
                    $($field: field::write($field),)*
                    $($($with_unit: field::write($plain)),*)?
                }
            }
            fn read(kept: proto::$kept) -> Result<Self, Misread> {
                let proto::$kept { $($field,)* $($($with_unit),*)? } = kept;
                Ok($type {
                    $($field: field::read($field, stringify!($field))?,)*
                    $($($plain: field::read($with_unit, stringify!($with_unit))?),*)?
                })
            }
        }
        required!($type as $kept);
    )*};
}

/// Messages that stand alone in a field: protobuf can leave them out, and no writer does.
macro_rules! required {
    ($type:ident as $kept:ident) => {
        impl Field<Option<proto::$kept>> for $type {
            fn write(&self) -> Option<proto::$kept> {
                Some(field::write(self))
            }
            fn read(kept: Option<proto::$kept>) -> Result<Self, Misread> {
                kept.ok_or_else(|| Misread::bad("missing")).and_then(Field::read)
            }
        }
    };
}

pub(super) use {messages, required};
