//! Devices whose transport keeps messages apart: MQTT and HTTP put them into a mailbox, and the device's task reads it.
//!
//! Each device has its own, with room for [`LETTERS`] messages. Who cannot put another one in waits, or turns it away and says so: that is
//! counted, and told as a fault of the device.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use firmware_protocols::Fault;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::device::Device;
use crate::agent::Ended;

/// Where a transport puts a device's messages. A copy is the same mailbox.
#[derive(Debug, Clone)]
pub struct Mailbox {
    letters: mpsc::Sender<Letter>,
    turned_away: Arc<AtomicU32>,
}

/// The other side of a mailbox; it outlives the task that reads it, should that be begun again.
pub(super) type Letters = Arc<Mutex<Tray>>;

/// What waits, and whether the device could be heard when the last task stopped reading: nobody tells the next one again.
#[derive(Debug)]
pub(super) struct Tray {
    letters: mpsc::Receiver<Letter>,
    open: bool,
    /// Messages for which there was no room, and that nobody was told of yet.
    turned_away: Arc<AtomicU32>,
}

/// A message of a device.
#[derive(Debug)]
pub struct Delivery {
    /// Its bytes.
    pub body: Vec<u8>,
    /// Answered when everything it said is durable. Never answered if it was not kept.
    pub kept: oneshot::Sender<()>,
}

#[derive(Debug)]
pub(super) enum Letter {
    Message(Delivery),
    Link(Result<(), String>),
    Fault(Fault),
}

/// The device takes no more at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

pub(super) fn mailbox() -> (Mailbox, Letters) {
    let (sender, letters) = mpsc::channel(LETTERS);
    let turned_away = Arc::new(AtomicU32::new(0));
    let mailbox = Mailbox { letters: sender, turned_away: Arc::clone(&turned_away) };
    (mailbox, Arc::new(Mutex::new(Tray { letters, open: false, turned_away })))
}

impl Mailbox {
    /// Puts a message in, and waits while the mailbox is full.
    pub async fn put(&self, delivery: Delivery) {
        // An error says that the agent ends; then nobody is told that the message was kept.
        let _ = self.letters.send(Letter::Message(delivery)).await;
    }

    /// The same without waiting. A message for which there is no room is counted as one that was passed over.
    pub fn try_put(&self, delivery: Delivery) -> Result<(), Full> {
        self.letters.try_send(Letter::Message(delivery)).map_err(|_| {
            self.turn_away();
            Full
        })
    }

    /// A message could not be taken in, for want of room.
    pub fn turn_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells that the device can be heard, or why it cannot, and waits while the mailbox is full: after what it said before, and never lost.
    pub async fn put_link(&self, link: Result<(), String>) {
        let _ = self.letters.send(Letter::Link(link)).await; // as above
    }

    /// The same without waiting.
    pub fn tell_link(&self, link: Result<(), String>) {
        // A full mailbox is full of messages: the device is heard, and this is told again at the next change.
        let _ = self.letters.try_send(Letter::Link(link));
    }

    /// Tells what a transport could not make sense of.
    pub fn tell_fault(&self, fault: Fault) {
        // A full mailbox has more to tell than this; faults are counted, not kept.
        let _ = self.letters.try_send(Letter::Fault(fault));
    }
}

/// Reads a mailbox for ever.
pub(super) async fn read(mut device: Device, letters: Letters) {
    let mut tray = letters.lock().await;
    let Tray { letters, open, turned_away } = &mut *tray;
    // The task before this one was told of the link; without this a device that falls silent now would never be missed.
    if *open && device.opened().await.is_err() {
        return;
    }
    loop {
        let due = device.due(None);
        let done: Result<(), Ended> = tokio::select! {
            letter = letters.recv() => match letter {
                Some(Letter::Link(Ok(()))) if *open => Ok(()),
                Some(Letter::Link(Ok(()))) => {
                    *open = true;
                    device.opened().await
                }
                Some(Letter::Link(Err(why))) => {
                    *open = false;
                    device.lost(&why).await
                }
                Some(Letter::Fault(fault)) => device.fault(fault).await,
                Some(Letter::Message(delivery)) => {
                    device.counted(turned_away.swap(0, Ordering::Relaxed));
                    message(&mut device, delivery).await
                }
                None => return,
            },
            () = due => device.time_passed().await.map(|_| ()),
        };
        if done.is_err() {
            return;
        }
    }
}

async fn message(device: &mut Device, Delivery { body, kept }: Delivery) -> Result<(), Ended> {
    let waiting = device.document(&body).await?;
    if waiting.is_empty() {
        // Nothing to record followed from it: it is as kept as it will ever be.
        let _ = kept.send(());
        return Ok(());
    }
    // The next message need not wait for this one's disk.
    tokio::spawn(async move {
        for one in waiting {
            // However slow the disk is: a broker sends again only after the next connection, and until then sends less each time.
            if one.await.is_err() {
                return;
            }
        }
        let _ = kept.send(());
    });
    Ok(())
}

/// So many messages of one device may wait.
const LETTERS: usize = 64;

#[cfg(test)]
pub(super) async fn next_delivery(letters: &Letters) -> Option<Delivery> {
    loop {
        match letters.lock().await.letters.recv().await? {
            Letter::Message(delivery) => return Some(delivery),
            Letter::Link(_) | Letter::Fault(_) => {}
        }
    }
}

#[cfg(test)]
pub(super) async fn next_fault(letters: &Letters) -> Option<Fault> {
    loop {
        match letters.lock().await.letters.recv().await? {
            Letter::Fault(fault) => return Some(fault),
            Letter::Message(_) | Letter::Link(_) => {}
        }
    }
}

#[cfg(test)]
pub(super) async fn next_link(letters: &Letters) -> Option<Result<(), String>> {
    loop {
        match letters.lock().await.letters.recv().await? {
            Letter::Link(link) => return Some(link),
            Letter::Message(_) | Letter::Fault(_) => {}
        }
    }
}

#[cfg(test)]
pub(super) async fn turned_away(letters: &Letters) -> u32 {
    letters.lock().await.turned_away.load(Ordering::Relaxed)
}
