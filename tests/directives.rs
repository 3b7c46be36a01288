//! The hub directs a timetable and a calendar, and the clock of a vehicle moves: at the post, and on the hub's page. Real processes, and the
//! hub is down in between.

use std::time::Duration;

use anyhow::{Context, ensure};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;
use simulator::officers::Answer;
use simulator::story::StoryOrder;
use stories::WorldError;
use stories::post::Post;

/// The term by rail: until the body closes on its next working day (art. 252.4/2).
const TERM: &str = "ARR-2";
const HOUR_MS: i64 = 3_600_000;

/// Every day until 23:00, but for days off.
const UNTIL_ELEVEN: &str = r#"
version = "until-eleven"
title = "Every day until 23:00"
issued = "2026-11-21"
closed_on_holidays = true
[weekly]
mon = [["00:00", "23:00"]]
tue = [["00:00", "23:00"]]
wed = [["00:00", "23:00"]]
thu = [["00:00", "23:00"]]
fri = [["00:00", "23:00"]]
sat = [["00:00", "23:00"]]
sun = [["00:00", "23:00"]]
"#;

#[tokio::test]
async fn a_directive_moves_a_clock_at_the_post_and_on_the_hub_also_after_the_hub_was_down()
-> Result<(), WorldError> {
    let mut post = Post::new()?;
    // A border station that never closes: nothing but what the hub directs moves its terms.
    let mut config: toml::Table = toml::from_str(&std::fs::read_to_string(post.config())?)?;
    let lanes = config.get_mut("lane").and_then(toml::Value::as_array_mut).context("lanes")?;
    let lane = lanes.first_mut().and_then(toml::Value::as_table_mut).context("a lane")?;
    lane.insert("mode".to_owned(), "rail".into());
    let checkpoint = config.get_mut("checkpoint").and_then(toml::Value::as_table_mut);
    let checkpoint = checkpoint.context("a checkpoint")?;
    checkpoint.remove("calendar");
    checkpoint.remove("timetable");
    let name = checkpoint.get("id").and_then(toml::Value::as_str).context("a name")?.to_owned();
    std::fs::write(post.config(), toml::to_string(&config)?)?;
    post.hub.start().await?;
    post.agent.start().await?;

    let mut officers = post.officers(1);
    let plate = "123ABC02".to_owned();
    let open = StoryOrder::OpenVisit { lane: "lane-1".to_owned(), plate: plate.clone() };
    let present = StoryOrder::Present { plate, consignments: Vec::new() };
    for order in [open, present] {
        let answer = officers.order("bekov", &order).await?;
        ensure!(matches!(answer, Answer::Recorded { .. }), "{order:?}: {answer:?}");
    }
    let page = format!("/api/checkpoints/{name}/visits/1");
    let first = until(&post, &page, "the term is there", |page| due(page).is_some()).await?;
    let midnight = due(&first).context("a term")?;

    let file = post.folder().join("until-eleven.toml");
    std::fs::write(&file, UNTIL_ELEVEN)?;
    let file = file.display().to_string();
    let said = post.hub_directs(&["timetable", &file, "--checkpoint", &name])?;
    ensure!(said.contains("directive 1, timetable until-eleven"), "{said}");
    let eleven = midnight - HOUR_MS;
    until(&post, &page, "an hour earlier", |page| due(page) == Some(eleven)).await?;

    // The hub is away, the agent is started anew, and somebody declares that day a holiday.
    post.hub.kill().await;
    let day = Timestamp::from_millisecond(eleven)?.to_zoned(TimeZone::get("Asia/Almaty")?).date();
    let year = day.year();
    let calendar = format!(
        "version = \"declared\"\nissued = \"2026-11-22\"\nsource = \"a story\"
covers = {{ from = \"{year}-01-01\", through = \"{}-12-31\" }}
[[holiday]]\ndate = \"{day}\"\nkind = \"holiday\"\nname = \"declared\"\n",
        day.checked_add(1.year())?.year()
    );
    let file = post.folder().join("declared.toml");
    std::fs::write(&file, calendar)?;
    let said = post.hub_directs(&["calendar", &file.display().to_string(), "--all"])?;
    ensure!(said.contains("directive 2, calendar declared"), "{said}");
    post.agent.kill().await;
    post.agent.start().await?;
    post.hub.start().await?;
    let next_day = eleven + 24 * HOUR_MS;
    until(&post, &page, "a day later", |page| due(page) == Some(next_day)).await?;
    let own = post.officers(2).snapshot("bekov").await?.0;
    let clock = own.pointer("/visits/0/clock").context("the terminal shows the clock")?;
    ensure!(clock.get("due_ms").and_then(Value::as_i64) == Some(next_day), "{clock}");

    let listed = format!("/api/checkpoints/{name}/directives");
    let states = post.hub_says(&listed).await?;
    let states: Vec<&str> = states
        .as_array()
        .context("a list")?
        .iter()
        .filter_map(|one| one.get("state").and_then(Value::as_str))
        .collect();
    ensure!(states == ["applied", "applied"], "{states:?}");
    let said = post.hub_directs(&["list"])?;
    ensure!(said.contains("2  calendar declared  applied"), "{said}");

    // What cannot be read is refused before anybody hears of it.
    let broken = post.folder().join("broken.toml");
    std::fs::write(&broken, "version = 1\n")?;
    let refused = post.hub_directs(&["calendar", &broken.display().to_string(), "--all"]);
    let refused = refused.err().context("a broken file is refused")?.to_string();
    ensure!(refused.contains("broken.toml:1: version"), "{refused}");
    Ok(())
}

/// When the term ends, as a page of a visit shows it.
fn due(page: &Value) -> Option<i64> {
    let clocks = page.get("clocks")?.as_array()?;
    let clock = clocks.iter().find(|clock| clock.get("rule").and_then(Value::as_str) == Some(TERM));
    clock?.get("due_ms")?.as_i64()
}

/// Asks the hub until it shows what is wanted.
async fn until(
    post: &Post,
    path: &str,
    wanted: &str,
    met: impl Fn(&Value) -> bool,
) -> Result<Value, WorldError> {
    let mut last = Value::Null;
    for _ in 0..600 {
        if let Ok(page) = post.hub_says(path).await {
            if met(&page) {
                return Ok(page);
            }
            last = page;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("the hub does not show it: {wanted}; {last}\n{}", post.agent_log())
}
