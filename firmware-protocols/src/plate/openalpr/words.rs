//! What a camera writes in more than one way, and lists of which only a few members count: read without a list.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Found, Guess};
use crate::json::Text;

/// The plates of a picture: hardly ever more than one, so that the first few need no list.
#[derive(Debug, Default)]
pub(super) struct Plates<'a> {
    first: [Option<Found<'a>>; 4],
    more: Vec<Found<'a>>,
    count: usize,
}

impl<'a> Plates<'a> {
    pub(super) fn one(found: Found<'a>) -> Plates<'a> {
        let mut plates = Plates::default();
        plates.push(found);
        plates
    }

    fn push(&mut self, found: Found<'a>) {
        match self.first.get_mut(self.count) {
            Some(place) => *place = Some(found),
            None => self.more.push(found),
        }
        self.count += 1;
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = Found<'a>> {
        self.first.into_iter().flatten().chain(self.more)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Plates<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Plates<'a>, D::Error> {
        struct Each<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Each<'a> {
            type Value = Plates<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Plates<'a>, A::Error> {
                let mut plates = Plates::default();
                while let Some(found) = list.next_element()? {
                    plates.push(found);
                }
                Ok(plates)
            }
        }

        deserializer.deserialize_seq(Each(PhantomData))
    }
}

impl Serialize for Plates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.first.iter().flatten().chain(&self.more))
    }
}

/// What a vehicle may be, the likeliest first: it is the one that counts.
#[derive(Debug, Default)]
pub(super) struct Guesses<'a> {
    pub(super) first: Option<Guess<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Guesses<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Guesses<'a>, D::Error> {
        struct Each<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Each<'a> {
            type Value = Guesses<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Guesses<'a>, A::Error> {
                let mut guesses = Guesses::default();
                while let Some(guess) = list.next_element()? {
                    guesses.first.get_or_insert(guess);
                }
                Ok(guesses)
            }
        }

        deserializer.deserialize_seq(Each(PhantomData))
    }
}

/// The plate of a group: an object, or the text alone.
#[derive(Debug)]
pub(super) enum Best<'a> {
    Found(Found<'a>),
    Text(Text<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Best<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Best<'a>, D::Error> {
        struct Either<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Either<'a> {
            type Value = Best<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a plate, as an object or as a text")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Best<'a>, A::Error> {
                Found::deserialize(MapAccessDeserializer::new(map)).map(Best::Found)
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Best<'a>, E> {
                Ok(Best::Text(text.into()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Best<'a>, E> {
                Ok(Best::Text(Text::written(text)))
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// The name of a camera: a number, or a text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Name<'a> {
    Number(u64),
    Text(Text<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name<'a>, D::Error> {
        struct Either<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Either<'a> {
            type Value = Name<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number or a text")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Name<'a>, E> {
                Ok(Name::Number(number))
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Name<'a>, E> {
                Ok(Name::Text(text.into()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Name<'a>, E> {
                Ok(Name::Text(Text::written(text)))
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}
