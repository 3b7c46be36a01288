//! What a role may not see is not in the answer (art. 16.2, 219.4): words are planted wherever people write, and looked for in
//! everything that the agent answers to whoever looks after devices, and in every export.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Browser, World, answer};

/// Planted in a plate, a notice, papers, an act, an answer of an alarm: secrets of trade and of people.
const SECRETS: [&str; 5] =
    ["777SEC02", "PLANTED-CARRIER", "PLANTED-PAPERS", "PLANTED-REASON", "PLANTEDSEAL"];
/// Of risk management: an officer sees it, and nothing that leaves the checkpoint does.
const RISK: [&str; 3] = ["PLANTED-INSTRUCTION", "PLANTED-PROFILE", "risk_instruction"];

async fn told(browser: &Browser, n: &mut u32, order: Value) {
    *n += 1;
    let (status, answer) = browser.order(&format!("planted-{n:04}"), order.clone()).await;
    assert_eq!(status, 200, "{order}: {answer}");
}

/// A vehicle about which everything was written down.
async fn planted(officer: &Browser) {
    let mut n = 0;
    told(officer, &mut n, json!({ "kind": "open_visit", "lane": "1", "plate": "777SEC02" })).await;
    let notice = json!({
        "mode": "road", "answers": { "carrier_name": { "as": "text", "value": "PLANTED-CARRIER" } },
        "consignments": [{ "answers": {}, "goods": [{}] }]
    });
    told(officer, &mut n, json!({ "kind": "register_notice", "visit": 1, "notice": notice })).await;
    told(officer, &mut n, json!({ "kind": "present_goods", "visit": 1, "consignments": [1] }))
        .await;
    told(officer, &mut n, json!({ "kind": "expect_seals", "visit": 1, "seals": ["PLANTEDSEAL"] }))
        .await;
    told(
        officer,
        &mut n,
        json!({ "kind": "inspect_seal", "visit": 1, "seal": "PLANTEDSEAL", "found": "missing" }),
    )
    .await;
    told(officer, &mut n, json!({ "kind": "file_papers", "visit": 1, "consignment": 1, "papers": "declaration", "reference": "PLANTED-PAPERS" })).await;
    told(officer, &mut n, json!({ "kind": "refuse_papers", "visit": 1, "consignment": 1, "papers": "declaration", "code": "ART_288_4_4", "ground": "PLANTED-REASON" })).await;
    let act = json!({
        "kind": "record_act", "about": { "visit": 1, "consignments": [] }, "act": "risk_instruction",
        "answers": { "instruction": { "as": "text", "value": "PLANTED-INSTRUCTION" }, "profile_id": { "as": "text", "value": "PLANTED-PROFILE" } }
    });
    told(officer, &mut n, act).await;
}

#[track_caller]
fn has_none(what: &str, text: &str, markers: &[&str]) {
    for marker in markers {
        assert!(!text.contains(marker), "{marker} is in {what}: {text}");
    }
}

const OF_VEHICLES: [&str; 8] = [
    "/api/visits/1",
    "/api/visits/1/journal",
    "/api/visits?find=777",
    "/api/acts",
    "/api/goods",
    "/api/goods?as=csv",
    "/api/prior",
    "/api/prior/1",
];

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_after_devices_is_told_nothing_of_vehicles_goods_and_papers() {
    let mut world = World::begin("").await;
    let engineer = world.browser().sign_in("kim").await;
    let mut stream = engineer.listen(None).await;
    let hello = stream.any().await;
    let began = hello.data["head"].as_u64().unwrap();
    let officer = world.browser().sign_in("bekov").await;
    planted(&officer).await;
    let head = world.lines().last().unwrap().seq;

    let all = [&SECRETS[..], &RISK[..]].concat();
    for path in OF_VEHICLES {
        let (status, refused) = engineer.get(path).await;
        assert_eq!((status, &refused["code"]), (403, &json!("forbidden")), "{path}");
        has_none(path, &refused.to_string(), &all);
    }
    for path in ["/api/snapshot", "/api/status", "/api/session", "/api/public"] {
        let (status, shown) = engineer.get(path).await;
        assert_eq!(status, 200, "{path}");
        has_none(path, &shown.to_string(), &all);
    }
    let (_, board) = engineer.get("/api/snapshot").await;
    assert_eq!(board["snapshot"]["visits"], json!([]));
    assert_eq!(board["snapshot"]["lanes"].as_array().map(Vec::len), Some(1), "lanes are there");

    // The stream tells of every entry, so that nothing seems missed, and of none more than there was one.
    let mut seen = began;
    let mut last = String::new();
    while seen < head {
        let sent = stream.any().await;
        has_none(&sent.event, &sent.data.to_string(), &all);
        if sent.event == "change" {
            seen += 1;
            assert_eq!(sent.data["seq"].as_u64(), Some(seen));
            assert_eq!(sent.data["visits"], json!([]));
            last = sent.id.unwrap();
        }
    }
    // Whoever comes back gets what was missed with the same left out.
    let back = format!("{}-{began}", last.rsplit_once('-').unwrap().0);
    let mut stream = engineer.listen(Some(&back)).await;
    assert_eq!(stream.any().await.data["reset"], false);
    for seq in began + 1..=head {
        let sent = stream.next("change").await;
        assert_eq!(sent.data["seq"].as_u64(), Some(seq));
        has_none("what was missed", &sent.data.to_string(), &all);
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_sees_all_of_it_and_the_table_of_goods_says_nothing_of_risk() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let mut stream = officer.listen(None).await;
    planted(&officer).await;
    let (_, visit) = officer.get("/api/visits/1").await;
    let (_, journal) = officer.get("/api/visits/1/journal").await;
    let text = format!("{visit}{journal}");
    for marker in [&SECRETS[..], &RISK[..]].concat() {
        assert!(text.contains(marker), "{marker} is not in {text}");
    }
    let act = loop {
        let change = stream.next("change").await;
        if change.data["line"]["kind"] == "act_recorded" {
            break change;
        }
    };
    assert_eq!(act.data["line"]["with"]["act_kind"], "risk_instruction");
    assert_eq!(act.data["visits"][0]["plate"], "777SEC02");
    for path in ["/api/goods", "/api/goods?as=csv"] {
        let (status, goods) = officer.get(path).await;
        assert_eq!(status, 200);
        has_none(path, &goods.to_string(), &RISK);
        assert!(goods.to_string().contains("777SEC02"), "{goods}");
    }
    world.stop().await;

    // The journal's lines on the command line leave the checkpoint as well.
    let journal = world.journal();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_edge-agent"));
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let file = journal.to_str().unwrap();
    let folder = journal.parent().unwrap().to_str().unwrap();
    for arguments in [
        vec!["journal", "export", file],
        vec!["journal", "tail", "-n", "50", file],
        vec!["goods", "--data-dir", folder, "--csv"],
        vec!["goods", "--data-dir", folder, "--json"],
        vec!["goods", "--data-dir", folder],
    ] {
        let told = run(&arguments);
        has_none(&arguments.join(" "), &told, &RISK);
        has_none(&arguments.join(" "), &told, &["216.1"]);
    }
    assert!(run(&["journal", "export", file]).contains("\"kind\":\"act_recorded\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_about_the_law_are_answered_to_every_role() {
    let mut world = World::begin("").await;
    let engineer = world.browser().sign_in("kim").await;
    let check = json!({ "mode": "road", "answers": {}, "consignments": [] });
    let asked = engineer.request(Method::POST, "/api/notice/check").json(&check);
    assert_eq!(answer(asked).await.0, 200);
    assert_eq!(engineer.get("/api/law/readings").await.0, 200);
    world.stop().await;
}
