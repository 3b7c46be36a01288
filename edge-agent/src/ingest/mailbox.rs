//! Devices whose transport keeps messages apart: MQTT and HTTP put them into a mailbox, and the device's task reads it.

use std::sync::Arc;

use firmware_protocols::Fault;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::device::Device;
use crate::agent::Ended;

/// Where a transport puts a device's messages. A copy is the same mailbox.
#[derive(Debug, Clone)]
pub struct Mailbox(mpsc::Sender<Letter>);

/// The other side of a mailbox; it outlives the task that reads it, should that be begun again.
pub(super) type Letters = Arc<Mutex<Tray>>;

/// What waits, and whether the device could be heard when the last task stopped reading: nobody tells the next one again.
#[derive(Debug)]
pub(super) struct Tray {
    letters: mpsc::Receiver<Letter>,
    open: bool,
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
    let (mailbox, letters) = mpsc::channel(LETTERS);
    (Mailbox(mailbox), Arc::new(Mutex::new(Tray { letters, open: false })))
}

impl Mailbox {
    /// Puts a message in, and waits while the mailbox is full.
    pub async fn put(&self, delivery: Delivery) {
        // An error says that the agent ends; then nobody is told that the message was kept.
        let _ = self.0.send(Letter::Message(delivery)).await;
    }

    /// The same without waiting.
    pub fn try_put(&self, delivery: Delivery) -> Result<(), Full> {
        self.0.try_send(Letter::Message(delivery)).map_err(|_| Full)
    }

    /// Tells that the device can be heard, or why it cannot.
    pub fn tell_link(&self, link: Result<(), String>) {
        // A full mailbox is full of messages: the device is heard, and this is told again at the next change.
        let _ = self.0.try_send(Letter::Link(link));
    }

    /// Tells what a transport could not make sense of.
    pub fn tell_fault(&self, fault: Fault) {
        // A full mailbox has more to tell than this; faults are counted, not kept.
        let _ = self.0.try_send(Letter::Fault(fault));
    }
}

/// Reads a mailbox for ever.
pub(super) async fn read(mut device: Device, letters: Letters) {
    let mut tray = letters.lock().await;
    let Tray { letters, open } = &mut *tray;
    // The task before this one was told of the link; without this a device that falls silent now would never be missed.
    if *open && device.opened().await.is_err() {
        return;
    }
    loop {
        let wait = device.wait();
        let due = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
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
                Some(Letter::Message(delivery)) => message(&mut device, delivery).await,
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
