//! Devices that speak by themselves and repeat what they said until it is answered.
//!
//! An answer is handed out by [`Conversation::poll_transmit`] and at no other moment. A caller that wants a message to be on the disk before
//! the device forgets it calls that only when it is: nothing else is lost by waiting, for the device says it again.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::{Conversation, Moment};
use crate::codec::{Codec, Item, Settings};
use crate::fault::Fault;
use crate::limits;

/// A codec of a dialect whose messages are answered.
pub trait Answered: Codec {
    /// As [`Codec::push`], with the answers that the device waits for, in the order of its messages.
    fn push_answering(&mut self, bytes: &[u8], out: &mut Vec<Item>, answers: &mut Vec<Vec<u8>>);
}

/// Answers a device. What could not be read is not answered.
#[derive(Debug)]
pub struct Answering<D> {
    decoder: D,
    answers: VecDeque<Vec<u8>>,
    new: Vec<Vec<u8>>,
}

impl<D: Answered> Answering<D> {
    /// Waits for its link.
    pub fn new(settings: &Settings) -> Answering<D> {
        Answering { decoder: D::new(settings), answers: VecDeque::new(), new: Vec::new() }
    }

    /// What it hears with.
    pub fn decoder(&self) -> &D {
        &self.decoder
    }
}

impl<D: Answered> Conversation for Answering<D> {
    fn opened(&mut self, _: Moment) -> Option<Fault> {
        self.answers.clear();
        self.decoder.cut()
    }

    fn decode(&mut self, _: Moment, bytes: &[u8], out: &mut Vec<Item>) {
        self.decoder.push_answering(bytes, out, &mut self.new);
        for answer in self.new.drain(..) {
            // The oldest goes: its message is the one that is repeated first.
            if self.answers.len() >= limits::SEAL_ANSWERS {
                self.answers.pop_front();
            }
            self.answers.push_back(answer);
        }
    }

    fn poll_transmit(&mut self, _: Moment) -> Option<Vec<u8>> {
        self.answers.pop_front()
    }

    fn next_timeout(&self) -> Option<Moment> {
        None
    }

    fn time_passed(&mut self, _: Moment, _: &mut Vec<Item>) {}
}
