//! What the hub directs reaches the checkpoint that it is meant for, until it is answered, and what was answered is shown.

use std::path::Path;

use checkpoint::event::{DirectiveAnswer, Event};
use checkpoint::input::directive::Subject;
use hub::config::Config;
use hub::directing::{self, DirectiveView};
use hub::serve::Hub;
use hub::store::directives::{Outcome, StoredAnswer};
use hub::store::{Database, Store};
use wire::chain::{Hash, SigningKey};
use wire::sync::Class;

use crate::edge::{Journal, Stream};

fn config(folder: &Path) -> Config {
    Config {
        listen: ([127, 0, 0, 1], 0).into(),
        ingest: ([127, 0, 0, 1], 0).into(),
        database: Database::File(folder.join("hub.db")),
        ..Config::shipped(folder)
    }
}

fn timetable(version: &str) -> String {
    format!(
        "version = {version:?}\nissued = \"2026-11-20\"\ntitle = \"a story\"\nclosed_on_holidays = false\n[weekly]\nmon = [[\"09:00\", \"18:00\"]]\n"
    )
}

/// Gives a directive to `a`, as `hub directive` does from another process.
async fn direct(folder: &Path, version: &str) -> u64 {
    let store = Store::open(&Database::File(folder.join("hub.db"))).await.unwrap();
    let key = directing::key(&folder.join("directive.key")).unwrap();
    let to = "a".parse().unwrap();
    directing::direct(&store, &key, &to, Subject::Timetable, &timetable(version), 5).await.unwrap()
}

fn answered(number: u64, version: &str, refused: Option<&str>) -> Event {
    Event::DirectiveAnswered(DirectiveAnswer {
        number,
        subject: "timetable".to_owned(),
        digest: Hash::of(timetable(version).as_bytes()).to_string(),
        signer: "key".to_owned(),
        refused: refused.map(str::to_owned),
    })
}

async fn shown(hub: &Hub) -> Vec<String> {
    let url = format!("http://{}/api/checkpoints/a/directives", hub.listen);
    let views: Vec<DirectiveView> = reqwest::get(url).await.unwrap().json().await.unwrap();
    let view = |one: DirectiveView| {
        format!("{} {} {:?} {}", one.number, one.version, one.state, one.words).trim().to_owned()
    };
    views.into_iter().map(view).collect()
}

#[tokio::test]
async fn a_directive_is_sent_until_it_is_answered_and_its_answer_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::start(&config(folder.path())).await.unwrap();
    let mut journal = Journal::begin(1);
    let mut stream = Stream::answering(hub.ingest, "a", &journal, Some(0)).await;
    assert_eq!(stream.answer().await, "welcome, next is 1, express after 0");
    // Given while the stream is open.
    assert_eq!(direct(folder.path(), "one").await, 1);
    assert_eq!(stream.answer().await, "directive 1, timetable, signed");
    assert_eq!(shown(&hub).await, ["1 one Waiting"]);

    // The line is cut before the answer comes: it is sent again.
    drop(stream);
    assert_eq!(direct(folder.path(), "two").await, 2);
    let mut stream = Stream::answering(hub.ingest, "a", &journal, Some(0)).await;
    assert_eq!(stream.answer().await, "welcome, next is 1, express after 0");
    assert_eq!(stream.answer().await, "directive 1, timetable, signed");

    journal.write(answered(1, "one", None));
    stream.answered = Some(1);
    stream.beat(0).await;
    assert_eq!(stream.answer().await, "directive 2, timetable, signed");
    journal.write(answered(2, "two", Some("issued before the one in force")));
    stream.send(Class::Bulk, vec![journal.body(1), journal.body(2)]).await;
    assert_eq!(stream.answer().await, "stored through 2");
    assert_eq!(
        shown(&hub).await,
        ["2 two Refused issued before the one in force", "1 one Applied"]
    );
    hub.stop().await;
}

#[tokio::test]
async fn an_agent_that_knows_no_directives_is_sent_none() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::start(&config(folder.path())).await.unwrap();
    direct(folder.path(), "one").await;
    let mut journal = Journal::begin(1);
    journal.write(crate::edge::vehicle(1));
    let mut stream = Stream::open(hub.ingest, "a", &journal).await;
    assert_eq!(stream.answer().await, "welcome, next is 1, express after 0");
    stream.send(Class::Bulk, vec![journal.body(1)]).await;
    assert_eq!(stream.answer().await, "stored through 1");
    assert_eq!(shown(&hub).await, ["1 one Waiting"]);
    hub.stop().await;
}

#[tokio::test]
async fn what_was_answered_is_known_after_a_start_and_its_number_is_not_given_again() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::start(&config(folder.path())).await.unwrap();
    let mut journal = Journal::begin(1);
    // The store was restored from a copy that is older than these directives.
    journal.write(answered(1, "lost", None));
    journal.write(answered(7, "lost too", None));
    let mut stream = Stream::answering(hub.ingest, "a", &journal, Some(7)).await;
    stream.answer().await;
    assert_eq!(direct(folder.path(), "too early").await, 1);
    stream.send(Class::Bulk, vec![journal.body(1), journal.body(2)]).await;
    assert_eq!(stream.answer().await, "stored through 2");
    assert_eq!(direct(folder.path(), "in time").await, 8);
    assert_eq!(stream.answer().await, "directive 8, timetable, signed");
    assert_eq!(shown(&hub).await, ["8 in time Waiting", "1 too early PassedOver"]);
    hub.stop().await;
    let hub = Hub::start(&config(folder.path())).await.unwrap();
    assert_eq!(shown(&hub).await, ["8 in time Waiting", "1 too early PassedOver"]);
    hub.stop().await;
}

#[test]
fn a_key_is_made_once_and_refused_when_others_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directive.key");
    let public = directing::public(&directing::key(&path).unwrap());
    assert_eq!(directing::public(&directing::key(&path).unwrap()), public);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = directing::key(&path).unwrap_err().to_string();
    assert!(refused.contains("mode 644"), "{refused}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, "no key").unwrap();
    assert!(directing::key(&path).unwrap_err().to_string().contains("64 hexadecimal digits"));
}

/// What the store is asked about directives, for both engines.
pub(crate) async fn every_query(store: &Store) -> Vec<String> {
    let key = SigningKey::from_bytes(&[3; 32]);
    let to = "a".parse().unwrap();
    let mut told = Vec::new();
    for version in ["one", "two"] {
        let text = timetable(version);
        let number = directing::direct(store, &key, &to, Subject::Timetable, &text, 5).await;
        told.push(format!("given: {}", number.unwrap()));
    }
    let again = store.directives("a").await.unwrap().remove(0);
    told.push(format!("given twice: {}", store.keep_directive("a", &again).await.unwrap()));
    let next = |found: Option<hub::store::directives::StoredDirective>| found.map(|it| it.number);
    told.push(format!("after 1: {:?}", next(store.directive_after("a", 1).await.unwrap())));
    told.push(format!("after 2: {:?}", next(store.directive_after("a", 2).await.unwrap())));
    told.push(format!("count: {}", store.count_directives().await.unwrap()));
    told.push(format!("to: {:?}", store.directed_checkpoints().await.unwrap()));
    let answer = |number, outcome, at_us| StoredAnswer {
        number,
        digest: again.digest.clone(),
        outcome,
        words: "why".to_owned(),
        at_us,
    };
    for answer in [
        answer(2, Outcome::Distrusted, 6),
        answer(2, Outcome::Refused, 7),
        answer(2, Outcome::Applied, 5),
        answer(9, Outcome::Distrusted, 8),
    ] {
        store.keep_answer("a", &answer).await.unwrap();
    }
    let answers = store.directive_answers("a").await.unwrap();
    told.push(format!(
        "answers: {:?}",
        answers.iter().map(|it| (it.number, it.outcome)).collect::<Vec<_>>()
    ));
    told.push(format!("next: {}", store.next_directive("a").await.unwrap()));
    told
}
