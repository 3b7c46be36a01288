//! What a page may do, and what it is shown: sessions, orders, and a stream without a gap.

use reqwest::Method;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::capture::source;
use crate::world::{World, answer};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shown_to_a_stranger() {
    let mut world = World::begin("").await;
    let stranger = world.browser();
    for path in [
        "/api/snapshot",
        "/api/session",
        "/api/edition",
        "/api/time",
        "/api/status",
        "/api/visits/1",
        "/api/events",
    ] {
        assert_eq!(stranger.get(path).await.0, 401, "{path}");
    }
    let (status, officers) = stranger.get("/api/officers").await;
    assert_eq!(status, 200);
    assert_eq!(
        officers[1],
        json!({ "id": "sadykova", "name": "G. Sadykova", "role": "senior_officer" })
    );
    assert!(!officers.to_string().contains("argon2"), "{officers}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_opens_a_session_and_signing_out_ends_it() {
    let mut world = World::begin("").await;
    let wrong = json!({ "officer": "bekov", "password": "guess", "workplace": "booth 1" });
    let request = world.browser().request(Method::POST, "/api/session").json(&wrong);
    assert_eq!(answer(request).await.0, 401);
    let nobody = json!({ "officer": "nobody", "password": "test", "workplace": "booth 1" });
    let request = world.browser().request(Method::POST, "/api/session").json(&nobody);
    assert_eq!(answer(request).await.0, 401);

    let officer = world.browser().sign_in("bekov").await;
    let (status, session) = officer.get("/api/session").await;
    assert_eq!(status, 200);
    assert_eq!(
        session,
        json!({ "officer": "bekov", "name": "A. Bekov", "role": "officer", "workplace": "booth 1" })
    );
    assert_eq!(world.count("officer_signed_in"), 1);
    // An agent that was restarted knows who sits where.
    world.stop().await;
    world.start().await;
    let officer = officer.moved_to(&world);
    assert_eq!(officer.get("/api/session").await.0, 200);
    assert_eq!(answer(officer.request(Method::DELETE, "/api/session")).await.0, 204);
    assert_eq!(officer.get("/api/session").await.0, 401);
    assert_eq!(world.count("officer_signed_out"), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_page_gives_no_orders() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let order = |name: &'static str, value: String| {
        let request = officer.request(Method::POST, "/api/orders");
        answer(
            request
                .header("idempotency-key", "press-000001")
                .header(name, value)
                .json(&json!({ "kind": "silence_sound" })),
        )
    };
    assert_eq!(order("origin", "http://elsewhere.example".to_owned()).await.0, 403);
    assert_eq!(order("sec-fetch-site", "cross-site".to_owned()).await.0, 403);
    assert_ne!(order("origin", officer.base.clone()).await.0, 403);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_press_of_a_button_has_one_effect() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let open = json!({ "kind": "open_visit", "lane": "1", "plate": "123ABC02" });
    let (status, first) = officer.order("press-000001", open.clone()).await;
    assert_eq!(status, 200, "{first}");
    let (status, again) = officer.order("press-000001", open.clone()).await;
    assert_eq!((status, &again), (200, &first));
    // Also after the agent was restarted.
    world.stop().await;
    world.start().await;
    let officer = officer.moved_to(&world);
    assert_eq!(officer.order("press-000001", open.clone()).await.1, first);
    assert_eq!(world.count("visit_opened"), 1);

    let request = officer.request(Method::POST, "/api/orders").json(&open);
    assert_eq!(answer(request).await.0, 400, "without a key");
    assert_eq!(officer.order("press-000002", json!({ "kind": "open_door" })).await.0, 400);
    let acknowledge = json!({ "kind": "acknowledge_alarm", "alarm": 99 });
    let (status, refused) = officer.order("press-000003", acknowledge).await;
    assert_eq!(status, 409, "{refused}");
    assert!(refused["refusal"]["code"].is_string(), "{refused}");
    let large = json!({ "kind": "open_visit", "lane": "1", "plate": "A".repeat(1_100_000) });
    assert_eq!(officer.order("press-000004", large).await.0, 413);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sits_down_next_ends_the_session_before() {
    let mut world = World::begin("").await;
    let mut browser = world.browser().sign_in("bekov").await;
    let before = browser.cookie.clone();
    browser = browser.sign_in("kim").await;
    assert_eq!(browser.get("/api/session").await.1["officer"], "kim");
    browser.cookie = before;
    assert_eq!(browser.get("/api/session").await.0, 401);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engineer_gives_no_orders_about_vehicles() {
    let mut world = World::begin("").await;
    let engineer = world.browser().sign_in("kim").await;
    let open = json!({ "kind": "open_visit", "lane": "1", "plate": null });
    let decide =
        json!({ "kind": "decide_alarm", "alarm": 1, "decision": { "outcome": "innocent" } });
    let orders = [
        open,
        decide,
        json!({ "kind": "acknowledge_alarm", "alarm": 1 }),
        json!({ "kind": "permit_exit", "visit": 1 }),
        json!({ "kind": "record_exit", "visit": 1 }),
    ];
    for (n, order) in orders.into_iter().enumerate() {
        let (status, answer) = engineer.order(&format!("press-00000{n}"), order.clone()).await;
        assert_eq!(status, 403, "{order}: {answer}");
    }
    assert_eq!(world.count("visit_opened"), 0);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_comes_back_misses_nothing_and_sees_nothing_twice() {
    let mut world = World::begin("").await;
    let officer = world.browser().sign_in("bekov").await;
    let mut stream = officer.listen(None).await;
    let hello = stream.any().await;
    assert_eq!(hello.event, "hello");
    assert_eq!(hello.data["reset"], true);
    assert_eq!(hello.data["user"]["officer"], "bekov");
    let open = |n: u32| json!({ "kind": "open_visit", "lane": "1", "plate": format!("{n}ABC02") });
    officer.order("press-000001", open(101)).await;
    let seen = loop {
        let change = stream.next("change").await;
        if change.data["line"]["kind"] == "visit_opened" {
            break change;
        }
    };
    let id = seen.id.clone().unwrap();
    drop(stream);
    officer.order("press-000002", open(102)).await;
    officer.order("press-000003", open(103)).await;

    let mut stream = officer.listen(Some(&id)).await;
    let hello = stream.any().await;
    assert_eq!(hello.data["reset"], false);
    let mut expected = seen.data["seq"].as_u64().unwrap() + 1;
    let head = officer.order("press-000004", open(104)).await.1["seq"].as_u64().unwrap();
    while expected <= head {
        let change = stream.next("change").await;
        assert_eq!(
            change.data["seq"].as_u64(),
            Some(expected),
            "without a gap, without a repetition"
        );
        expected += 1;
    }
    // Another life of the journal, or a place that was never reached, begins anew.
    for last in [
        "00000000000000000000000000000000-1",
        "nonsense",
        &id.replace(&format!("-{}", seen.data["seq"]), "-999999"),
    ] {
        let mut stream = officer.listen(Some(last)).await;
        assert_eq!(stream.any().await.data["reset"], true, "{last}");
    }
    let (_, board) = officer.get("/api/snapshot").await;
    assert_eq!(board["snapshot"]["visits"].as_array().map(Vec::len), Some(4));
    let first = board["snapshot"]["visits"][0]["id"].clone();
    assert_eq!(officer.get(&format!("/api/visits/{first}")).await.0, 200);
    let (_, journal) = officer.get(&format!("/api/visits/{first}/journal")).await;
    assert!(
        journal
            .as_array()
            .is_some_and(|lines| lines.iter().any(|line| line["kind"] == "visit_opened")),
        "{journal}"
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_rings_before_it_is_recorded_and_is_recorded_after() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let device = format!(
        "[[device]]\nid = \"portal-1\"\nlane = \"1\"\ntitle = \"P\"\ndialect = \"tsa\"\nconnect = {{ tcp = \"127.0.0.1:{port}\" }}\nsilence_limit_s = 15"
    );
    let mut world = World::begin(&device).await;
    let officer = world.browser().sign_in("bekov").await;
    let mut stream = officer.listen(None).await;
    assert_eq!(stream.any().await.event, "hello");
    let (mut portal, _) = listener.accept().await.unwrap();
    portal.write_all(source().as_bytes()).await.unwrap();
    let ringing = stream.next("alarm").await;
    assert_eq!(ringing.data["alarm"]["being_recorded"], true);
    assert_eq!(ringing.data["alarm"]["cause"]["kind"], "radiation");
    assert!(ringing.id.is_none(), "what is not durable has no place in the stream");
    let recorded = loop {
        let change = stream.next("change").await;
        if change.data["line"]["kind"] == "alarm_raised" {
            break change;
        }
    };
    assert_eq!(recorded.data["alarms"][0]["being_recorded"], false);
    assert_eq!(recorded.data["alarms"][0]["id"], ringing.data["alarm"]["id"]);

    let alarm = &ringing.data["alarm"]["id"];
    let (status, told) =
        officer.order("press-000001", json!({ "kind": "acknowledge_alarm", "alarm": alarm })).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(world.count("alarm_acknowledged"), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_keeps_other_sites_out() {
    let mut world = World::begin("").await;
    let browser = world.browser();
    for path in ["/", "/openapi.json", "/api/officers", "/assets/none.js"] {
        let response = browser.request(Method::GET, path).send().await.unwrap();
        let policy = response
            .headers()
            .get("content-security-policy")
            .map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(
            policy.as_deref(),
            Some(
                "default-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'"
            ),
            "{path}"
        );
    }
    world.stop().await;
}
