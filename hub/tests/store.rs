//! Every query of the store, on both engines, with the same answers.

use std::fmt::Write;

use expect_test::expect;
use hub::store::chains::{Appended, ChainState, StoredChain, StoredEntry};
use hub::store::checkpoints::KnownCheckpoint;
use hub::store::snapshots::KeptState;
use hub::store::{Database, Store};
use wire::chain::{Epoch, Hash, Head};

use crate::postgres::Server;

const EPOCH: Epoch = Epoch([7; 16]);

#[test]
fn every_query_answers_the_same_on_both() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let embedded = runtime.block_on(tell(&Database::File(folder.path().join("hub.db"))));
    expect![[r#"
        checkpoints: [KnownCheckpoint { checkpoint: "a", title: "A", agent_version: "1", last_seen_us: 6, waiting: 0, oldest_at_us: Some(3), clock_quality: "unknown" }]
        begun: true
        begun again: false
        appended: Committed
        appended by who saw the old head: HeadMoved
        express left: [4]
        entries from 1200: [(1200, 12000, 12001), (1201, 12010, 12011)]
        entries of another: 0
        quarantine: [(3, "FORK", [111, 116, 104, 101, 114])]
        refusals: [("FORK", 3, 2, "why not")]
        chain: 1201 Fork "two entries"
        key: None
        forgotten: true
        forgotten again: false
        given: 1
        given: 2
        given twice: false
        after 1: Some(2)
        after 2: None
        count: 2
        to: ["a"]
        answers: [(9, Distrusted), (2, Refused)]
        next: 3
        opened again, the same hub: true
    "#]]
    .assert_eq(&embedded);
    if let Some(server) = Server::start() {
        let database = Database::Postgres(server.database("store"));
        assert_eq!(runtime.block_on(tell(&database)), embedded);
    }
}

fn entry(seq: u64, body: &[u8]) -> StoredEntry {
    let at_us = i64::try_from(seq).unwrap() * 10;
    let (hash, body) = (Hash::of(body), body.to_vec());
    StoredEntry { seq, hash, at_us, received_us: at_us + 1, express: false, body }
}

async fn tell(database: &Database) -> String {
    let store = Store::open(database).await.unwrap();
    let mut told = String::new();
    let mut say = |line: String| writeln!(told, "{line}").unwrap();

    store.answers().await.unwrap();
    let before = store.hub_epoch();
    let known = KnownCheckpoint {
        checkpoint: "a".into(),
        title: "A".into(),
        agent_version: "1".into(),
        last_seen_us: 5,
        waiting: 9,
        oldest_at_us: None,
        clock_quality: "unknown".into(),
    };
    store.keep_checkpoint(&known).await.unwrap();
    let later = KnownCheckpoint { waiting: 0, oldest_at_us: Some(3), last_seen_us: 6, ..known };
    store.keep_checkpoint(&later).await.unwrap();
    say(format!("checkpoints: {:?}", store.checkpoints().await.unwrap()));

    let genesis = Head::genesis(EPOCH);
    let chain = StoredChain {
        head: genesis,
        place: 1,
        began_us: 1,
        state: ChainState::Whole,
        detail: String::new(),
    };
    say(format!("begun: {}", store.begin_chain("a", &chain).await.unwrap()));
    say(format!("begun again: {}", store.begin_chain("a", &chain).await.unwrap()));

    store.keep_express("a", EPOCH, &[entry(2, b"two"), entry(4, b"four")]).await.unwrap();
    store.keep_express("a", EPOCH, &[entry(2, b"two")]).await.unwrap();
    // More rows than one statement takes.
    let many: Vec<StoredEntry> =
        (1..=1201_u64).map(|seq| entry(seq, format!("body {seq}").as_bytes())).collect();
    let end = Head { epoch: EPOCH, seq: 3, hash: Hash::of(b"body 3") };
    let appended = store.append("a", &genesis, &many[..3], &end).await.unwrap();
    say(format!("appended: {appended:?}"));
    let appended = store.append("a", &genesis, &many[..3], &end).await.unwrap();
    say(format!("appended by who saw the old head: {appended:?}"));
    let copies = store.express("a", EPOCH).await.unwrap();
    say(format!("express left: {:?}", copies.iter().map(|copy| copy.seq).collect::<Vec<_>>()));
    let last = Head { epoch: EPOCH, seq: 1201, hash: Hash::of(b"body 1201") };
    assert_eq!(store.append("a", &end, &many[3..], &last).await.unwrap(), Appended::Committed);

    let page = store.entries("a", EPOCH, 1200, 10).await.unwrap();
    say(format!(
        "entries from 1200: {:?}",
        page.iter().map(|it| (it.seq, it.at_us, it.received_us)).collect::<Vec<_>>()
    ));
    assert_eq!(page[0], many[1199]);
    let hashes = store.hashes("a", EPOCH, 2, 3).await.unwrap();
    assert_eq!(hashes, [(2, many[1].hash), (3, many[2].hash)]);
    say(format!("entries of another: {}", store.entries("b", EPOCH, 1, 10).await.unwrap().len()));

    store.quarantine("a", EPOCH, 3, b"other", "FORK", 8).await.unwrap();
    store.quarantine("a", EPOCH, 3, b"other", "FORK", 9).await.unwrap();
    say(format!("quarantine: {:?}", store.quarantined("a", EPOCH).await.unwrap()));
    store.note_refusal("a", EPOCH, "FORK", 3, "why", 8).await.unwrap();
    store.note_refusal("a", EPOCH, "FORK", 3, "why not", 9).await.unwrap();
    say(format!("refusals: {:?}", store.refusals("a").await.unwrap()));
    store.judge_chain("a", EPOCH, ChainState::Fork, "two entries").await.unwrap();
    let chains = store.chains("a").await.unwrap();
    assert_eq!(chains[0].head, last);
    say(format!("chain: {} {:?} {:?}", chains[0].head.seq, chains[0].state, chains[0].detail));

    let kept = KeptState { epoch: EPOCH, seq: 2, made_by: "x".into(), state: b"{}".to_vec() };
    store.keep_state("a", &kept, 1).await.unwrap();
    let kept = KeptState { seq: 3, ..kept };
    store.keep_state("a", &kept, 2).await.unwrap();
    assert_eq!(store.kept_state("a").await.unwrap(), Some(kept));
    assert_eq!(store.kept_state("b").await.unwrap(), None);

    say(format!("key: {:?}", store.site_key("a").await.unwrap()));
    assert_eq!(store.pin_key("a", [1; 32], 1).await.unwrap(), [1; 32]);
    assert_eq!(store.pin_key("a", [2; 32], 2).await.unwrap(), [1; 32], "the first one holds");
    assert_eq!(store.site_key("a").await.unwrap(), Some([1; 32]));
    say(format!("forgotten: {}", store.forget_key("a").await.unwrap()));
    say(format!("forgotten again: {}", store.forget_key("a").await.unwrap()));

    for line in crate::directives::every_query(&store).await {
        say(line);
    }

    store.close().await;
    let store = Store::open(database).await.unwrap();
    say(format!("opened again, the same hub: {}", store.hub_epoch() == before));
    told
}
