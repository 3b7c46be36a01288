//! A scale whose speed somebody changes, on a serial line that really has one: the agent says that it understands nothing, and `probe` finds out why.

use std::path::Path;
use std::time::Duration;

use checkpoint::event::Event;
use checkpoint::input::observation::Health;
use serde_json::Value;
use simulator::cast::Line;
use simulator::play::{Pace, Wings, now, play};
use simulator::score::Score;
use simulator::stage::Stage;
use simulator::story::Story;
use stories::WorldError;
use stories::post::Post;

use crate::recorded::entries;

async fn played(
    post: &Post,
    stage: &mut Stage,
    story: &str,
    linger: Duration,
) -> Result<(), WorldError> {
    let story = Story::parse("speeds", story)?;
    let mut score = Score::new(story, &post.cast, Path::new("/nonexistent"), now(), 1)?;
    let pace = Pace { speed: 1.0, linger };
    let mut officers = post.officers(1);
    play(&mut score, stage, &mut officers, &mut Wings::default(), pace, &mut |_| {}).await;
    Ok(())
}

/// How a device was, in the order in which it changed.
fn health_of(id: &str, post: &Post) -> Result<Vec<Health>, WorldError> {
    let mut told = Vec::new();
    for entry in entries(&post.folder().join("agent"))? {
        if let Event::DeviceHealthChanged { device, health, .. } = entry.event
            && device.as_str() == id
        {
            told.push(health);
        }
    }
    Ok(told)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scale_at_another_speed_is_a_mismatch_until_it_is_set_back() -> Result<(), WorldError> {
    let mut post = Post::new()?;
    let mut stage = Stage::set(&post.cast).await?;
    post.agent.start().await?;
    let story = "0:00:03 scale-1 is set to 19200 baud\n0:00:09 scale-1 is set to 9600 baud\n";
    played(&post, &mut stage, story, Duration::from_secs(3)).await?;
    let expected = [Health::Online, Health::Mismatch, Health::Online];
    assert_eq!(health_of("scale-1", &post)?, expected, "{}", post.agent_log());
    post.agent.kill().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn probe_finds_the_speed_to_which_a_scale_was_set() -> Result<(), WorldError> {
    let post = Post::new()?;
    let mut stage = Stage::set(&post.cast).await?;
    let device = post.cast.device("scale-1").map(|device| &device.line);
    let Some(Line::Serial { path, .. }) = device else { anyhow::bail!("{device:?} is no port") };
    let path = path.display().to_string();
    let story = "0:00:00 scale-1 is set to 19200 baud\n0:00:00 scale-1 load 38240 kg for 3600 s\n";
    let plays = played(&post, &mut stage, story, Duration::from_secs(3600));
    let probes = tokio::task::spawn_blocking({
        let agent = stories::post::program("edge-agent")?;
        move || {
            let words = ["probe", "--seconds", "2", "--json", &path];
            std::process::Command::new(agent).args(words).output()
        }
    });
    let output = tokio::select! {
        ended = plays => anyhow::bail!("the devices speak no more: {ended:?}"),
        output = probes => output??,
    };
    let found: Value = serde_json::from_slice(&output.stdout)?;
    let best = &found["heard"][0];
    let guess = &best["recognition"]["guesses"][0];
    assert_eq!(
        (&best["line"], &guess["dialect"]),
        (&"19200 8N1".into(), &"xk3190".into()),
        "{found:#}"
    );
    assert_eq!(found["certain"], true, "{found:#}");
    Ok(())
}
