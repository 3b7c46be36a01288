//! Two brokers and one node: it speaks where its primary host is. The agent is that host at its own broker; at the other one the test is.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use checkpoint::event::Event;
use rumqttc::{AsyncClient, MqttOptions, Packet, QoS};
use simulator::play::{Pace, Wings, now, play};
use simulator::score::Score;
use simulator::stage::Stage;
use simulator::story::Story;
use stories::WorldError;
use stories::post::Post;
use tokio::sync::mpsc;

use crate::recorded::entries;

pub(crate) const MOSQUITTO: &str = "/usr/sbin/mosquitto";

/// A broker for one test alone.
pub(crate) struct Broker(Child);

impl Broker {
    pub(crate) fn start(address: &str) -> Result<Broker, WorldError> {
        let port = address.rsplit(':').next().unwrap_or_default();
        let quiet = Stdio::null;
        let mut broker = Command::new(MOSQUITTO);
        let child = broker.args(["-p", port]).stdout(quiet()).stderr(quiet()).spawn()?;
        Ok(Broker(child))
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const NODE: &str = r#"
[[device]]
id = "node-1"
lane = "lane-1"
title = "Seals behind a node"
dialect = "json"
family = "seal_reader"
connect = { sparkplug = "post/plc/seals", metrics = { seal = "Seal/Number", locked = "Seal/Locked" } }
silence_limit_s = 86400
"#;

/// Whoever listens at the other broker, and says there whether the host is there.
struct Elsewhere {
    client: AsyncClient,
    said: mpsc::UnboundedReceiver<String>,
    host: String,
}

impl Elsewhere {
    fn at(broker: &str, host: &str) -> Result<Elsewhere, WorldError> {
        let (name, port) = broker.rsplit_once(':').unwrap_or((broker, "1883"));
        let options = MqttOptions::new("another-host", name, port.parse()?);
        let (client, mut events) = AsyncClient::new(options, 64);
        let (tell, said) = mpsc::unbounded_channel();
        let subscriber = client.clone();
        tokio::spawn(async move {
            loop {
                match events.poll().await {
                    Ok(rumqttc::Event::Incoming(Packet::ConnAck(_))) => {
                        let _ = subscriber.try_subscribe("spBv1.0/post/#", QoS::AtLeastOnce);
                    }
                    Ok(rumqttc::Event::Incoming(Packet::Publish(message))) => {
                        let verb = message.topic.split('/').nth(2).unwrap_or_default().to_owned();
                        if tell.send(verb).is_err() {
                            return;
                        }
                    }
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            }
        });
        Ok(Elsewhere { client, said, host: host.to_owned() })
    }

    async fn host_is(&self, online: bool) -> Result<(), WorldError> {
        let state = format!("{{\"online\":{online},\"timestamp\":{}}}", now().as_millisecond());
        let topic = format!("spBv1.0/STATE/{}", self.host);
        Ok(self.client.publish(topic, QoS::AtLeastOnce, true, state).await?)
    }

    async fn hears(&mut self, verb: &str) -> Result<(), WorldError> {
        let heard = async {
            while let Some(said) = self.said.recv().await {
                if said == verb {
                    return Ok(());
                }
            }
            anyhow::bail!("nobody listens any more")
        };
        tokio::time::timeout(PATIENCE, heard).await?
    }
}

const PATIENCE: Duration = Duration::from_secs(60);

async fn played(post: &Post, stage: &mut Stage, story: &str) -> Result<(), WorldError> {
    let story = Story::parse("brokers", story)?;
    let mut score = Score::new(story, &post.cast, Path::new("/nonexistent"), now(), 1)?;
    let pace = Pace { speed: 1.0, linger: Duration::ZERO };
    let mut officers = post.officers(1);
    play(&mut score, stage, &mut officers, &mut Wings::default(), pace, &mut |_| {}).await;
    Ok(())
}

/// Waits until the agent has recorded a seal.
async fn recorded(post: &Post, seal: &str) -> Result<(), WorldError> {
    let data = post.folder().join("agent");
    let is_read =
        |event: &Event| matches!(event, Event::SealRead { seal: read, .. } if read.number == seal);
    let waits = async {
        loop {
            if entries(&data)?.iter().any(|entry| is_read(&entry.event)) {
                return Ok::<(), WorldError>(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, waits).await;
    anyhow::ensure!(found.is_ok(), "{seal} is missing\n{}", post.agent_log());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_goes_where_its_host_is_and_comes_back_to_the_agent() -> Result<(), WorldError> {
    if !Path::new(MOSQUITTO).exists() {
        println!("skipped: no {MOSQUITTO} on this machine, so no two brokers");
        return Ok(());
    }
    let mut post = Post::with_devices(NODE)?;
    let other = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    post.cast.other_brokers = vec![other.clone()];
    let _here = Broker::start(post.cast.broker.as_deref().unwrap_or_default())?;
    let _there = Broker::start(&other)?;
    let host = post.cast.sparkplug_host.clone().unwrap_or_default();
    let mut elsewhere = Elsewhere::at(&other, &host)?;
    let mut stage = Stage::set(&post.cast).await?;
    post.agent.start().await?;
    let story = "0:00:01 node-1 is set to primary-host\n0:00:03 node-1 reports KZ00000011 intact\n";
    played(&post, &mut stage, story).await?;
    recorded(&post, "KZ00000011").await?;
    // The broker tells the agent's will: the node leaves, and finds its host at the other one.
    elsewhere.host_is(true).await?;
    post.agent.kill().await;
    elsewhere.hears("NBIRTH").await?;
    played(&post, &mut stage, "0:00:01 node-1 reports KZ00000012 intact\n").await?;
    elsewhere.hears("DDATA").await?;
    // The agent is back, and nothing changes while the host is there as well; when it goes there, the node comes.
    post.agent.start().await?;
    elsewhere.host_is(false).await?;
    elsewhere.hears("NDEATH").await?;
    played(&post, &mut stage, "0:00:03 node-1 reports KZ00000013 intact\n").await?;
    recorded(&post, "KZ00000013").await?;
    post.agent.kill().await;
    Ok(())
}
