//! Devices that publish over MQTT: a client for each of them, with a session of its own at the broker.
//!
//! A broker keeps what a session has not taken in one queue, and sends it so many messages at a time: in a session that devices share, one that
//! floods delays what the others say, and when the queue is full the broker passes over messages of all of them. So no two share one.
//!
//! It promises that what only we have taken is never lost: a message is acknowledged (PUBACK) when what followed from it is durable, in
//! the order of arrival; the broker keeps our session under a stable name, and sends again what was not acknowledged. What it sends
//! again is recognised, with or without the DUP flag, and decided once.
//!
//! Nodes of Sparkplug have a connection of their own, see [`sparkplug`].
//!
//! Deliberately absent: publishing. The agent tells devices nothing.

mod link;
pub(super) mod sparkplug;

use std::collections::{HashMap, VecDeque};

use checkpoint::ids::DeviceId;
use tokio::sync::{mpsc, oneshot, watch};
use wire::chain::Hash;

use self::link::{Ack, Acks, Link, Said};
use super::{Backoff, Delivery, Mailbox};
use crate::config::Mqtt;

/// What one device publishes, and where it goes.
pub(super) struct Subscription {
    pub(super) topic: String,
    pub(super) status_topic: Option<String>,
    pub(super) mailbox: Mailbox,
}

/// Listens until `stop` says so.
pub(super) async fn listen(
    broker: Mqtt,
    device: &DeviceId,
    subscription: Subscription,
    mut stop: watch::Receiver<bool>,
) {
    let place = format!("mqtt {}:{}", broker.host, broker.port);
    let topics: Vec<String> = [Some(&subscription.topic), subscription.status_topic.as_ref()]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let (mut link, acks) = Link::of_device(&broker, device);
    let mut post = Post::new(subscription, acks);
    let mut backoff = Backoff::default();
    loop {
        let said = tokio::select! {
            said = link.poll() => said,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match said {
            Ok(Said::Connected) => {
                tracing::info!(place, %device, "broker connected");
                backoff.worked();
                post.connected().await;
                link.subscribe(&topics);
            }
            Ok(Said::Message { topic, payload, dup, retain, ack }) => {
                if retain && !post.is_status(&topic) {
                    tracing::info!(topic, "an old message that the broker keeps is passed over");
                    post.pass_over(ack).await;
                } else {
                    post.message(&topic, &payload, dup, ack).await;
                }
            }
            Ok(Said::Acknowledged | Said::Other) => {}
            Err(why) => {
                post.disconnected(&format!("{place}: {why}")).await;
                let wait = backoff.next();
                tracing::warn!(place, %device, why, ?wait, "broker lost");
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    _ = stop.wait_for(|stop| *stop) => return,
                }
            }
        }
    }
}

/// Puts messages into the mailbox and owes the broker an answer for each.
struct Post {
    subscription: Subscription,
    acks: Acks,
    /// Where the answers of this connection go, in the order in which the messages came.
    owed: mpsc::Sender<Owed>,
    /// Taken on this connection, and not known to be acknowledged.
    taken: VecDeque<Taken>,
    /// Taken on an earlier connection that ended before they were acknowledged: the broker sends these again.
    again: HashMap<Key, watch::Receiver<bool>>,
}

type Key = (String, Hash);

struct Taken {
    key: Key,
    /// True once what it said is durable.
    kept: watch::Receiver<bool>,
}

/// An acknowledgement that waits for the disk.
struct Owed {
    ack: Ack,
    kept: watch::Receiver<bool>,
}

impl Post {
    fn new(subscription: Subscription, acks: Acks) -> Post {
        let owed = answer(acks.clone());
        Post { subscription, acks, owed, taken: VecDeque::new(), again: HashMap::new() }
    }

    async fn connected(&mut self) {
        // An answer that belongs to an earlier connection would acknowledge another message under the same number.
        self.owed = answer(self.acks.clone());
        for Taken { key, kept } in self.taken.drain(..) {
            self.again.insert(key, kept);
        }
        self.subscription.mailbox.put_link(Ok(())).await;
    }

    async fn disconnected(&mut self, why: &str) {
        self.subscription.mailbox.put_link(Err(why.to_owned())).await;
    }

    async fn message(&mut self, topic: &str, payload: &[u8], dup: bool, ack: Ack) {
        if self.is_status(topic) {
            // A state that is told again is a state still: nothing is counted by it.
            let kept = self.deliver(topic, payload).await;
            let _ = self.owed.send(Owed { ack, kept }).await;
            return;
        }
        let key = (topic.to_owned(), Hash::of(payload));
        let earlier = self.again.remove(&key).or_else(|| {
            let taken = self.taken.iter().find(|taken| dup && taken.key == key);
            taken.map(|taken| taken.kept.clone())
        });
        // What was taken and then dropped, by a task that broke down, was not kept and never will be: it counts as new.
        let was_kept = |kept: &watch::Receiver<bool>| kept.has_changed().is_ok() || *kept.borrow();
        let kept = match earlier {
            Some(kept) if was_kept(&kept) => {
                tracing::debug!(topic, "sent again by the broker; it was taken before");
                kept
            }
            earlier => {
                if earlier.is_none() {
                    // A broker sends again before it sends anything new: from here on the same words are another message.
                    self.again.clear();
                }
                self.deliver(topic, payload).await
            }
        };
        if self.taken.len() == REMEMBERED {
            self.taken.pop_front();
        }
        self.taken.push_back(Taken { key, kept: kept.clone() });
        let _ = self.owed.send(Owed { ack, kept }).await;
    }

    /// A state is what it was; an old reading would be taken for one of the vehicle that stands here now, at each connection again.
    fn is_status(&self, topic: &str) -> bool {
        self.subscription.status_topic.as_deref() == Some(topic)
    }

    /// Acknowledges what no device is told of.
    async fn pass_over(&self, ack: Ack) {
        let (_, kept) = watch::channel(true);
        let _ = self.owed.send(Owed { ack, kept }).await;
    }

    /// Gives a message to its device. What nobody can use is kept at once: to get it again would not help.
    async fn deliver(&self, topic: &str, payload: &[u8]) -> watch::Receiver<bool> {
        let (durable, kept) = watch::channel(false);
        let mailbox = &self.subscription.mailbox;
        if self.is_status(topic) {
            let online = payload.eq_ignore_ascii_case(b"online") || payload == b"1";
            let words =
                String::from_utf8_lossy(payload).chars().take(STATUS_CHARS).collect::<String>();
            let link = if online { Ok(()) } else { Err(format!("its status says {words:?}")) };
            mailbox.put_link(link).await;
            durable.send_replace(true);
            return kept;
        }
        if self.subscription.topic != topic {
            tracing::warn!(topic, "nobody listens to this topic");
            durable.send_replace(true);
            return kept;
        }
        // A payload above the limit is told as a fault by the decoder, which sees its beginning only.
        let body = payload.get(..PAYLOAD_BYTES).unwrap_or(payload).to_vec();
        let (done, answered) = oneshot::channel();
        mailbox.put(Delivery { body, kept: done }).await;
        tokio::spawn(async move {
            if answered.await.is_ok() {
                durable.send_replace(true);
            }
        });
        kept
    }
}

/// Answers the broker in order, each when it is due. Ends with the connection: then its queue is dropped.
fn answer(acks: Acks) -> mpsc::Sender<Owed> {
    let (owed, mut queue) = mpsc::channel::<Owed>(REMEMBERED);
    tokio::spawn(async move {
        while let Some(Owed { ack, mut kept }) = queue.recv().await {
            if kept.wait_for(|kept| *kept).await.is_err() {
                // It was not kept; the broker sends it again after the next connection.
                continue;
            }
            if queue.is_closed() {
                return;
            }
            acks.send(ack).await;
        }
    });
    owed
}

/// So many messages may be taken and not acknowledged.
const REMEMBERED: usize = 256;
/// The largest payload that is looked at.
const PAYLOAD_BYTES: usize = 64 * 1024;
/// How much of a status is shown.
const STATUS_CHARS: usize = 40;

#[cfg(test)]
mod tests {
    use super::super::mailbox;
    use super::link::tests::{acks, message};
    use super::*;

    #[tokio::test]
    async fn a_message_that_was_dropped_is_taken_again_and_one_that_waits_is_not() {
        let check = async |answer: Option<bool>, deliveries: usize| {
            let (mailbox, letters) = mailbox::mailbox();
            let topic = "seals".to_owned();
            let subscription = Subscription { topic, status_topic: None, mailbox };
            let (acks, _events) = acks();
            let mut post = Post::new(subscription, acks);
            post.connected().await;
            post.message("seals", b"K1", false, message("seals")).await;
            let kept = mailbox::next_delivery(&letters).await.unwrap().kept;
            let waits = match answer {
                Some(true) => {
                    kept.send(()).unwrap();
                    None
                }
                Some(false) => {
                    drop(kept);
                    None
                }
                None => Some(kept),
            };
            if waits.is_none() {
                let mut settled = post.taken.back().unwrap().kept.clone();
                let _ = settled.wait_for(|kept| *kept).await; // true, or gone
            }
            post.connected().await;
            post.message("seals", b"K1", true, message("seals")).await;
            drop(post);
            let mut again = 0;
            while mailbox::next_delivery(&letters).await.is_some() {
                again += 1;
            }
            assert_eq!(again, deliveries, "{answer:?}");
        };
        check(Some(true), 0).await;
        check(None, 0).await;
        check(Some(false), 1).await;
    }

    #[tokio::test]
    async fn the_same_words_after_something_new_are_another_message() {
        let (mailbox, letters) = mailbox::mailbox();
        let topic = "seals".to_owned();
        let (acks, _events) = acks();
        let mut post = Post::new(Subscription { topic, status_topic: None, mailbox }, acks);
        let mut told = Vec::new();
        for connection in [&["K1", "K2"][..], &["K1", "K3", "K2"]] {
            post.connected().await;
            for payload in connection {
                post.message("seals", payload.as_bytes(), false, message("seals")).await;
            }
        }
        drop(post);
        // Those who wait for an answer keep it: nothing was dropped.
        while let Some(delivery) = mailbox::next_delivery(&letters).await {
            told.push(delivery);
        }
        let told: Vec<&[u8]> = told.iter().map(|delivery| delivery.body.as_slice()).collect();
        assert_eq!(told, [b"K1", b"K2", b"K3", b"K2"]);
    }
    #[tokio::test]
    async fn a_device_that_is_still_gone_after_a_new_connection_is_told_to_be_gone() {
        let (mailbox, letters) = mailbox::mailbox();
        let (acks, _events) = acks();
        let status_topic = Some("seals/status".to_owned());
        let subscription = Subscription { topic: "seals".to_owned(), status_topic, mailbox };
        let mut post = Post::new(subscription, acks);
        for dup in [false, true] {
            post.connected().await;
            post.message("seals/status", b"offline", dup, message("seals/status")).await;
            post.disconnected("the broker is away").await;
        }
        drop(post);
        let mut gone = 0;
        while let Some(link) = mailbox::next_link(&letters).await {
            gone += usize::from(link.is_err_and(|why| why.contains("offline")));
        }
        assert_eq!(gone, 2);
    }
}
