//! The lawyer's desk on a page: the same answers as on the command line, under the law that is in force here, and nothing recorded.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Browser, World, answer, site};

async fn ask(browser: &Browser, path: &str, body: Value) -> (u16, Value) {
    answer(browser.request(Method::POST, path).json(&body)).await
}

/// A world of its own timetable: working days of the week only, from nine to six.
async fn by_day() -> World {
    let folder = tempfile::tempdir().unwrap();
    let timetable = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/timetables/five-days.toml");
    let config = site("").replace(
        "data_dir = \"data\"",
        &format!("data_dir = \"data\"\ntimetable = \"{timetable}\""),
    );
    World::in_folder(folder, config).await
}

const STORY: &str = "checkpoint road
vehicle 123ABC02 arrives 2025-03-12 17:10
at 17:20 notice lacks carrier_name, 2 consignments
at 17:30 goods presented
at 18:10 consignment 2: declaration filed
expect ARR-1 of consignment 2 provisional
at 20:30 time passes
expect exit free
";

#[tokio::test(flavor = "multi_thread")]
async fn a_story_is_told_under_the_law_in_force_and_leaves_no_trace() {
    let mut world = by_day().await;
    let officer = world.browser().sign_in("bekov").await;
    let before = world.lines().len();
    let (status, told) = ask(&officer, "/api/law/story", json!({ "text": STORY })).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["problems"], json!([]), "{told}");
    let report = &told["told"];
    assert_eq!(report["edition"], "KZ-CC-2010");
    assert_eq!(
        (&report["zone"], &report["timetable"]),
        (&json!("Asia/Almaty"), &json!("five-days-1")),
        "{report}"
    );
    let moments = report["moments"].as_array().unwrap();
    assert_eq!(moments[0]["line"], 2);
    let last = moments.last().unwrap();
    let states: Vec<_> = last["picture"]["clocks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|clock| clock["rule"] == "ARR-1")
        .map(|clock| (clock["consignment"].clone(), clock["state"].clone()))
        .collect();
    assert_eq!(states, [(json!(1), json!("expired")), (json!(2), json!("provisional"))], "{last}");
    assert_eq!(last["picture"]["missing"][0]["field"], "carrier_name", "{last}");
    assert!(!last["picture"]["holds"].as_array().unwrap().is_empty(), "{last}");
    assert_eq!(report["surprises"][0]["line"], 8, "the exit is not free: {report}");
    let printed = told["printed"].as_str().unwrap();
    assert!(printed.contains("the exit is held by") && printed.contains("! line 8: "), "{printed}");
    assert_eq!(world.lines().len(), before, "nothing is recorded");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_prints_what_the_command_line_prints() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let story = include_str!("../../../tests/scenarios/law/refusal-and-restoration.txt");
    // Its heading names files beside it, which a page has not: here the story is told round the clock, as this checkpoint works.
    let story: String = story
        .lines()
        .map(|line| {
            if line.starts_with("checkpoint ") {
                "checkpoint road, Asia/Almaty, office 55302\n".to_owned()
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    let (_, told) = ask(&officer, "/api/law/story", json!({ "text": story })).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("story.txt");
    std::fs::write(&file, &story).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .args(["law", "story"])
        .arg(&file)
        .output()
        .unwrap();
    let by_hand = String::from_utf8(output.stdout).unwrap();
    // This checkpoint has no calendar for that year, and says so; the command line was told that there are no days off.
    let alike = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.contains("; calendar "));
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        lines.map(|line| words(&line.replace("[calendar_ends_before_term]", ""))).collect()
    };
    assert_eq!(alike(told["printed"].as_str().unwrap()), alike(&by_hand));
    world.stop().await;
}

/// What the page begins with goes as it expects, in every mode; a law that changes under it is found here.
#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_the_page_goes_as_it_is_told() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let page = include_str!("../../../web/src/terminal/law/example.ts");
    let example = page.split('`').nth(1).unwrap();
    for mode in ["road", "rail", "water", "air"] {
        let story = example.replace("${mode}", mode);
        assert!(story.contains(&format!("checkpoint {mode}\n")), "{story}");
        let (status, told) = ask(&officer, "/api/law/story", json!({ "text": story })).await;
        assert_eq!((status, &told["problems"]), (200, &json!([])), "{mode}: {told}");
        assert_eq!(told["told"]["surprises"], json!([]), "{mode}: {}", told["printed"]);
    }
    let notice = page.split('`').nth(3).unwrap();
    let (_, told) = ask(&officer, "/api/law/notice", json!({ "text": notice })).await;
    assert!(told["told"]["missing"].as_array().is_some_and(|rows| !rows.is_empty()), "{told}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_are_not_understood_are_named_all_at_once_with_their_numbers() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let story = "checkpoint road
vehicle 123ABC02 arrives 2025-03-12 17:10
at 17:20 notice lacks nothing_such
at 17:30 calendar applied moved.toml
at 17:40 goods vanish
";
    // What the grammar does not know is found first; names that the law does not know, when every line can be read.
    let (status, told) = ask(&officer, "/api/law/story", json!({ "text": story })).await;
    assert_eq!((status, &told["told"]), (200, &Value::Null), "{told}");
    assert_eq!(told["problems"][0]["line"], 5, "{told}");
    let story = story.replace("at 17:40 goods vanish\n", "");
    let (_, told) = ask(&officer, "/api/law/story", json!({ "text": story })).await;
    let lines: Vec<_> =
        told["problems"].as_array().unwrap().iter().map(|one| one["line"].clone()).collect();
    assert_eq!(lines, [3, 4], "{told}");
    assert!(
        told["problems"][1]["what"].as_str().unwrap().contains("a page reads no files"),
        "{told}"
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_that_would_never_end_is_refused_with_a_bound() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let (status, told) =
        ask(&officer, "/api/law/story", json!({ "text": "#".repeat(40_000) })).await;
    assert_eq!(status, 413, "{told}");
    let mut story = "checkpoint road\nvehicle 123ABC02 arrives 2025-03-12 08:00\nat 08:01 notice complete, 100 consignments\nat 08:02 goods presented\n".to_owned();
    (0..200).for_each(|_| story.push_str("time passes\n"));
    let (status, told) = ask(&officer, "/api/law/story", json!({ "text": story })).await;
    assert_eq!(status, 200);
    assert!(
        told["problems"][0]["what"].as_str().unwrap().contains("at most 10000 lines"),
        "{told}"
    );
    let wrong = json!({ "text": "checkpoint road", "folder": "/" });
    assert_eq!(ask(&officer, "/api/law/story", wrong).await.0, 400);
    assert_eq!(ask(&world.browser(), "/api/law/story", json!({ "text": STORY })).await.0, 401);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_written_notice_is_checked_row_by_row_also_of_goods_that_leave() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let text = include_str!("../../../tests/scenarios/law/notice-road.toml");
    let fields = |told: &Value| -> Vec<String> {
        let missing = told["told"]["missing"].as_array().unwrap_or_else(|| panic!("{told}")).iter();
        missing.map(|one| one["field"].as_str().unwrap().to_owned()).collect()
    };
    let (status, arrival) = ask(&officer, "/api/law/notice", json!({ "text": text })).await;
    assert_eq!(status, 200);
    assert!(!fields(&arrival).contains(&"export_document".to_owned()), "{arrival}");
    let (_, departure) =
        ask(&officer, "/api/law/notice", json!({ "text": text, "purpose": "departure" })).await;
    assert_eq!(
        fields(&departure)[0],
        "export_document",
        "first in the law's order (255.1): {departure}"
    );
    assert!(
        departure["printed"].as_str().unwrap().contains("notice of departure by road"),
        "{departure}"
    );
    let (_, other) =
        ask(&officer, "/api/law/notice", json!({ "text": text, "mode": "rail" })).await;
    assert_eq!(
        (&other["told"], &other["problems"][0]["line"]),
        (&Value::Null, &json!(1)),
        "{other}"
    );
    let (_, wrong) =
        ask(&officer, "/api/law/notice", json!({ "text": "mode = \"road\"\n[answers]\nx = {\n" }))
            .await;
    assert!(wrong["problems"][0]["line"].as_u64().unwrap() >= 3, "{wrong}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_law_says_what_it_holds_or_where_it_is_wrong() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let check = async |file: &str, text: &str| {
        let (status, told) =
            ask(&officer, "/api/law/check", json!({ "file": file, "text": text })).await;
        assert_eq!(status, 200, "{told}");
        told
    };
    let in_force = check("edition", "").await;
    assert_eq!(in_force["edition"]["id"], "KZ-CC-2010");
    let (_, law) = checkpoint::law::BUILT_IN_EDITION;
    let wrong =
        law.replacen("term = { count = \"hours\", amount = 3 }", "term = { count = \"hours\" }", 1);
    let line = wrong.lines().position(|line| line == "term = { count = \"hours\" }").unwrap() + 1;
    let told = check("edition", &wrong).await;
    assert_eq!(
        told["problems"],
        json!([{ "line": line, "key": "term", "what": "`count = \"hours\"` needs `amount`" }])
    );
    let timetable = check("timetable", include_str!("../../../config/timetables/day.toml")).await;
    assert!(
        timetable["timetable"]["week"].as_array().is_some_and(|week| week.len() == 7),
        "{timetable}"
    );
    let calendar = check("calendar", include_str!("../../../config/timetables/day.toml")).await;
    assert_eq!(calendar["problems"].as_array().map(Vec::len), Some(1), "{calendar}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_sent_again_only_to_a_page_that_has_another() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let whole = officer.request(Method::GET, "/api/edition").send().await.unwrap();
    assert_eq!(whole.headers()["cache-control"], "private, no-cache");
    let tag = whole.headers()["etag"].to_str().unwrap().to_owned();
    let plain = whole.bytes().await.unwrap();
    let again = async |tag: &str| {
        let request = officer.request(Method::GET, "/api/edition").header("if-none-match", tag);
        request.send().await.unwrap()
    };
    let same = again(&format!("\"other\", W/{tag}")).await;
    assert_eq!((same.status().as_u16(), &same.headers()["etag"]), (304, &tag.parse().unwrap()));
    assert_eq!(same.bytes().await.unwrap().len(), 0);
    assert_eq!(again("\"other\"").await.status(), 200);

    let request =
        officer.request(Method::GET, "/api/edition").header("accept-encoding", "br, gzip;q=0.8");
    let packed = request.send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let packed = packed.bytes().await.unwrap();
    assert!(packed.len() * 5 < plain.len(), "{} of {}", packed.len(), plain.len());
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut unpacked)
        .unwrap();
    assert!(unpacked == plain[..], "the same, packed");
    let refused =
        officer.request(Method::GET, "/api/edition").header("accept-encoding", "gzip;q=0");
    assert!(refused.send().await.unwrap().headers().get("content-encoding").is_none());
    // Whoever has signed out learns nothing, not even that it is the same.
    let stranger =
        world.browser().request(Method::GET, "/api/edition").header("if-none-match", tag);
    assert_eq!(stranger.send().await.unwrap().status(), 401);
    world.stop().await;
}
