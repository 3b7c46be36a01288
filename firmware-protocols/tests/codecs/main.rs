//! The codecs and the two machines above them, as stories in bytes and text. One binary, for linking is the slow part.
//!
//! `check` is the only place that knows how a decoder is called; it also cuts every input at every byte.
#![expect(clippy::wildcard_enum_match_arm, reason = "a story looks only at the events it is about")]

#[cfg(test)]
mod allocations;
#[cfg(test)]
mod american;
#[cfg(test)]
mod asked;
#[cfg(test)]
mod aspect;
#[cfg(test)]
mod aspect_asked;
#[cfg(test)]
mod axles;
#[cfg(test)]
mod captures;
#[cfg(test)]
mod check;
#[cfg(test)]
mod comma;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod costs;
#[cfg(test)]
mod egts;
#[cfg(test)]
mod environment;
#[cfg(test)]
mod european;
#[cfg(test)]
mod evaluation;
#[cfg(test)]
mod garbage;
#[cfg(test)]
mod good;
#[cfg(test)]
mod hikvision;
#[cfg(test)]
mod jointech;
#[cfg(test)]
mod jointech_binary;
#[cfg(test)]
mod json;
#[cfg(test)]
mod kromek_d5;
#[cfg(test)]
mod late;
#[cfg(test)]
mod llrp;
#[cfg(test)]
mod llrp_at_random;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod modbus;
#[cfg(test)]
mod mrz;
#[cfg(test)]
mod n42;
#[cfg(test)]
mod noise;
#[cfg(test)]
mod occupancy;
#[cfg(test)]
mod openalpr;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod polling;
#[cfg(test)]
mod recognise;
#[cfg(test)]
mod recordings;
#[cfg(test)]
mod round_trips;
#[cfg(test)]
mod rs350;
#[cfg(test)]
mod scanner;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod seals;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod shared_line;
#[cfg(test)]
mod sics;
#[cfg(test)]
mod sparkplug;
#[cfg(test)]
mod sparkplug_stored;
#[cfg(test)]
mod sparkplug_words;
#[cfg(test)]
mod spectroscopic;
#[cfg(test)]
mod states;
#[cfg(test)]
mod tenso;
#[cfg(test)]
mod tenso643;
#[cfg(test)]
mod toledo;
#[cfg(test)]
mod tsa;
#[cfg(test)]
mod uhf_serial;
#[cfg(test)]
mod xk3190;
#[cfg(test)]
mod yaohua;
