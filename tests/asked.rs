//! Devices that have to be asked, over real lines: the real agent asks, over a serial port and TCP, and the simulator answers.

use std::time::Duration;

use serde_json::Value;
use simulator::officers::{OfficerError, Officers};
use simulator::play::{self, Pace, Wings};
use simulator::score::Score;
use simulator::stage::Stage;
use simulator::story::Story;
use stories::WorldError;
use stories::post::Post;

/// Three vehicles at once, each on a scale of its own kind: Tenso-M and MT-SICS over pseudo-terminals, registers over TCP.
const STORY: &str = "\
story: Three scales
0:00:01 camera-1 reads 123ABC02 KZ 98%
0:00:01 camera-2 reads 456DEF05 KZ 98%
0:00:01 camera-3 reads 789GHK10 KZ 98%
0:00:02 portal-1 vehicle 6 s
0:00:03 scale-1 load 38240 kg for 12 s
0:00:03 scale-2 load 21460 kg for 12 s
0:00:03 scale-3 load 12020 kg for 12 s
0:00:16 scale-1 silent for 1 s
";
/// What the officers' board is to say of each.
const WEIGHED: [(&str, &str); 3] =
    [("123ABC02", "38240"), ("456DEF05", "21460"), ("789GHK10", "12020")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agent_asks_scales_over_real_lines_and_the_board_has_their_weights()
-> Result<(), WorldError> {
    let mut post = Post::at("tests/scenarios/asked/checkpoint.toml")?;
    let mut stage = Stage::set(&post.cast).await?;
    post.agent.start().await?;
    let story = Story::parse("three scales", STORY)?;
    let mut score = Score::new(story, &post.cast, post.folder(), play::now(), 1)?;
    let mut officers = post.officers(1);
    let pace = Pace { speed: 1.0, linger: Duration::ZERO };
    let mut wings = Wings::default();
    play::play(&mut score, &mut stage, &mut officers, &mut wings, pace, &mut |_| {}).await;
    let board = board(&mut officers).await?;
    for (plate, kg) in WEIGHED {
        let visit = board["visits"]
            .as_array()
            .and_then(|visits| visits.iter().find(|visit| visit["plate"] == *plate));
        let gross = visit.map(|visit| visit["weight"]["gross_kg"].clone());
        assert_eq!(gross, Some(kg.into()), "{plate}: {board}\n{}", post.agent_log());
    }
    post.agent.kill().await;
    Ok(())
}

async fn board(officers: &mut Officers) -> Result<Value, OfficerError> {
    Ok(officers.snapshot("bekov").await?.0)
}
