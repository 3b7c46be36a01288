//! What may be read without signing in, and that nothing else may.

use reqwest::Method;

use crate::world::World;

/// What is open to everybody: the page for the board with what it shows, and what signing in itself needs.
const OPEN: [&str; 3] = ["GET /api/public", "GET /api/officers", "POST /api/session"];

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_read_the_hours_and_nothing_else() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let open = serde_json::json!({ "kind": "open_visit", "lane": "1", "plate": "123ABC02" });
    assert_eq!(officer.order("press-000001", open).await.0, 200);

    let stranger = world.browser();
    let mut found = Vec::new();
    let described = serde_json::to_value(edge_agent::terminal::openapi()).unwrap();
    for (path, methods) in described["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let asked = path.replace("{id}", "1");
            let status = stranger.request(method.clone(), &asked).send().await.unwrap().status();
            if status != 401 {
                found.push(format!("{method} {path}"));
            }
        }
    }
    found.sort();
    let mut open = OPEN;
    open.sort_unstable();
    assert_eq!(found, open, "paths that answer a stranger with something else than 401");

    let (status, shown) = stranger.get("/api/public").await;
    assert_eq!(status, 200, "{shown}");
    let keys: Vec<&String> = shown.as_object().unwrap().keys().collect();
    let expected = ["days", "edition", "edition_title", "notice", "office_code", "title"];
    assert_eq!(keys, expected, "nothing of vehicles or people");
    assert!(!shown.to_string().contains("123ABC02"), "{shown}");
    let days = shown["days"].as_array().unwrap();
    assert_eq!(days.len(), 8, "today and seven days more");
    for day in days {
        let expected = serde_json::json!([{ "from": "00:00", "to": "24:00" }]);
        assert_eq!(day["hours"], expected, "no timetable is configured: {day}");
    }
    let page = stranger.request(Method::GET, "/public").send().await.unwrap();
    assert_ne!(page.status(), 401);
    world.stop().await;
}
