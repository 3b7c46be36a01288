//! Devices behind nodes of Sparkplug B: one host application for all of them, on a connection of its own.
//!
//! The connection is its own because its session begins clean (the specification wants it, and nothing here is acknowledged late: births and data travel
//! at most once) and because it has a will, the host's death. What a node says becomes a document of the dialect `json` in its device's
//! mailbox, so the tape holds what was understood and a replay decides it again.
//!
//! Deliberately absent: writing to devices. The only things published are whether this host is there, and the wish to hear everything again.

use std::time::Duration;

use firmware_protocols::json;
use firmware_protocols::sparkplug::{Host, HostSettings, Publish, Told, Watched};
use tokio::sync::{oneshot, watch};

use super::link::{Link, Said};
use crate::clock::{Clock, Moment};
use crate::config::Mqtt;
use crate::ingest::{Backoff, Delivery, Mailbox};

/// One device behind a node, and where what it says goes.
pub(in crate::ingest) struct Subscription {
    pub(in crate::ingest) watched: Watched,
    pub(in crate::ingest) mailbox: Mailbox,
}

/// Listens until `stop` says so.
pub(in crate::ingest) async fn listen(
    broker: Mqtt,
    subscriptions: Vec<Subscription>,
    clock: Clock,
    mut stop: watch::Receiver<bool>,
) {
    let place =
        format!("sparkplug host {} at {}:{}", broker.sparkplug_host, broker.host, broker.port);
    let (watched, mailboxes): (Vec<Watched>, Vec<Mailbox>) =
        subscriptions.into_iter().map(|one| (one.watched, one.mailbox)).unzip();
    let mut host = Host::new(HostSettings {
        id: broker.sparkplug_host.clone(),
        reorder: REORDER,
        ask_again: ASK_AGAIN,
        watched,
    });
    let mut backoff = Backoff::default();
    loop {
        // A new will for each connection: its time has to be that of the birth.
        let will = host.will(wall_ms(&clock.moment()));
        let link = Link::of_host(&broker, &will);
        let mut session =
            Session { host: &mut host, mailboxes: &mailboxes, link, clock: &clock, place: &place };
        match session.run(&mut backoff, &mut stop).await {
            Ended::Stopped => {
                session.leave().await;
                return;
            }
            Ended::Lost(why) => {
                let told = host.disconnected(&format!("{place}: {why}"));
                deliver_all(&mailboxes, told);
                let wait = backoff.next();
                tracing::warn!(place, why, ?wait, "broker lost");
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    _ = stop.wait_for(|stop| *stop) => return,
                }
            }
        }
    }
}

enum Ended {
    Stopped,
    Lost(String),
}

/// One connection.
struct Session<'a> {
    host: &'a mut Host,
    mailboxes: &'a [Mailbox],
    link: Link,
    clock: &'a Clock,
    place: &'a str,
}

impl Session<'_> {
    async fn run(&mut self, backoff: &mut Backoff, stop: &mut watch::Receiver<bool>) -> Ended {
        loop {
            let due = self.host.next_timeout().map(|due| {
                due.saturating_sub(self.clock.moment().since_start)
                    .saturating_add(Duration::from_millis(1))
            });
            let due = async {
                match due {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            let said = tokio::select! {
                said = self.link.poll() => Some(said),
                () = due => None,
                _ = stop.wait_for(|stop| *stop) => return Ended::Stopped,
            };
            let now = self.clock.moment().since_start;
            let told = match said {
                None => self.host.time_passed(now),
                Some(Ok(Said::Connected)) => {
                    tracing::info!(place = self.place, "broker connected");
                    backoff.worked();
                    // In this order on one connection: the broker knows what we want before it knows that we are there.
                    self.link.subscribe(&self.host.subscriptions());
                    self.host.connected(now)
                }
                Some(Ok(Said::Message { topic, payload, retain, .. })) => {
                    self.host.message(now, &topic, &payload, retain)
                }
                Some(Ok(Said::Acknowledged | Said::Other)) => Vec::new(),
                Some(Err(why)) => return Ended::Lost(why),
            };
            for told in told {
                if let Told::Publish(publish) = &told {
                    self.link.publish(publish);
                } else {
                    deliver(self.mailboxes, told);
                }
            }
        }
    }

    /// Says goodbye, for a broker publishes no will of a client that ends in order.
    async fn leave(&mut self) {
        let goodbye: Publish = self.host.leaving(wall_ms(&self.clock.moment()));
        self.link.publish(&goodbye);
        let said =
            async { while !matches!(self.link.poll().await, Ok(Said::Acknowledged) | Err(_)) {} };
        let _ = tokio::time::timeout(GOODBYE, said).await;
        self.link.disconnect();
        let gone = async { while self.link.poll().await.is_ok() {} };
        let _ = tokio::time::timeout(GOODBYE, gone).await;
    }
}

fn deliver_all(mailboxes: &[Mailbox], told: Vec<Told>) {
    for told in told {
        deliver(mailboxes, told);
    }
}

fn deliver(mailboxes: &[Mailbox], told: Told) {
    match told {
        Told::Reading(device, reading) => {
            let (Some(mailbox), Some(document)) = (mailboxes.get(device), json::encode(&reading))
            else {
                return;
            };
            // Nobody waits for the answer: Sparkplug sends at most once.
            let (kept, _) = oneshot::channel();
            // Nor does anybody wait for a device that says more than can be taken: another one's news may be behind it.
            let _ = mailbox.try_put(Delivery { body: document.into_bytes(), kept });
        }
        Told::Fault(device, fault) => {
            if let Some(mailbox) = mailboxes.get(device) {
                mailbox.tell_fault(fault);
            }
        }
        Told::Online(device) => tell_link(mailboxes, device, Ok(())),
        Told::Offline(device, why) => tell_link(mailboxes, device, Err(why)),
        Told::Publish(_) => {}
    }
}

fn tell_link(mailboxes: &[Mailbox], device: usize, link: Result<(), String>) {
    if let Some(mailbox) = mailboxes.get(device) {
        mailbox.tell_link(link);
    }
}

fn wall_ms(moment: &Moment) -> u64 {
    u64::try_from(moment.at.as_millisecond()).unwrap_or(0)
}

/// A message may be so late before its node is asked to tell everything again (assumed; the specification leaves it to the host).
const REORDER: Duration = Duration::from_secs(2);
/// A node that was asked is not asked again for so long.
const ASK_AGAIN: Duration = Duration::from_secs(10);
/// The end of the agent waits no longer for the broker.
const GOODBYE: Duration = Duration::from_millis(500);
