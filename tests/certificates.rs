//! The line between an agent and the hub with certificates: who is heard, and who is not. The certificates are made by the test.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use checkpoint::event::{Author, Entry, Event};
use checkpoint::input::ClockQuality;
use edge_agent::attest::SiteKey;
use edge_agent::clock::Clock;
use edge_agent::journal::{self, Grouping, Journal, Urgency};
use edge_agent::sync::{self, Client, Line, LineState, Reporter, Timing};
use hub::config::{Config, Tls};
use hub::serve::Hub;
use hub::store::Store;
use jiff::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::sync::{mpsc, watch};
use wire::chain::Epoch;

/// An authority that signs certificates.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate for this name and its key, as files.
    fn signs(&self, folder: &Path, file: &str, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let signed = params.signed_by(&key, &self.issuer).unwrap();
        (
            put(folder, &format!("{file}.pem"), &signed.pem()),
            put(folder, &format!("{file}.key"), &key.serialize_pem()),
        )
    }
}

fn put(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// What the line says of an agent of `nur-zholy` that trusts `ca` and shows this certificate, once it says more than that it never was up
/// or has given up.
async fn line_of(
    folder: &Path,
    hub: &Hub,
    ca: &Path,
    identity: Option<(PathBuf, PathBuf)>,
) -> Line {
    let data = tempfile::tempdir_in(folder).unwrap();
    let path = data.path().join("journal.db");
    let (journal, opened) = Journal::open(&path, Epoch([0xbe; 16]), 1..=1).unwrap();
    let reader = journal.reader().unwrap();
    let (mut writer, errands) = journal.start(Grouping::default(), Box::new(|_| {})).unwrap();
    let at = Timestamp::from_second(1_795_262_400).unwrap();
    let event = Event::HubLinkChanged { up: true };
    let (clock, author) = (ClockQuality::Synchronised, Author::Agent);
    let entry = Entry { seq: 1, at, clock, author, event };
    let body = wire::entry::encode(&entry, opened.head.epoch, opened.head.hash);
    let entry = journal::Entry::after(&opened.head, wire::Class::Bulk, body).unwrap();
    let head = writer.append(vec![entry], Urgency::AtOnce).unwrap().await.unwrap();

    let address = edge_agent::config::Hub {
        url: format!("https://localhost:{}", hub.ingest.port()),
        ca: Some(ca.to_owned()),
        identity,
        directive_key: None,
    };
    let (tell_line, mut line) = watch::channel(Line::default());
    let (conditions, mut told) = mpsc::channel(100);
    let (_durable, heads) = watch::channel(head);
    let client = Client::new(
        Reporter {
            checkpoint: "nur-zholy".parse().unwrap(),
            title: "Нұр жолы".into(),
            version: "0.1.0".into(),
        },
        Timing { first_wait: Duration::from_millis(20), ..Timing::default() },
        &sync::endpoint(&address).unwrap(),
        reader,
        errands,
        heads,
        Clock::new(None),
        conditions,
        tell_line,
    );
    let key = Arc::new(SiteKey::open(data.path()).unwrap());
    let client = tokio::spawn(client.unwrap().signing(key).run());
    // The loop is told when the hub answers, and when a try has failed.
    let _ = told.recv().await.unwrap();
    if line.borrow().state == LineState::Up {
        line.wait_for(|line| line.waiting == 0).await.unwrap();
    }
    let line = line.borrow().clone();
    client.abort();
    line
}

#[tokio::test]
async fn an_agent_is_heard_under_the_name_in_its_certificate_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (ours, theirs) = (Authority::new(), Authority::new());
    let ca = put(folder, "ca.pem", &ours.pem);
    let (certificate, key) = ours.signs(folder, "hub", "localhost");
    let anywhere = "127.0.0.1:0".parse().unwrap();
    let hub = Hub::start(&Config {
        listen: anywhere,
        ingest: anywhere,
        tls: Some(Tls { certificate, key, client_ca: ca.clone() }),
        ..Config::shipped(folder)
    })
    .await
    .unwrap();

    let other = ours.signs(folder, "other", "kolzhat");
    let stranger = theirs.signs(folder, "stranger", "nur-zholy");
    let own = ours.signs(folder, "own", "nur-zholy");
    let strange_ca = put(folder, "strange-ca.pem", &theirs.pem);
    for (who, ca, identity, heard) in [
        ("without a certificate", &ca, None, false),
        ("with one of another authority", &ca, Some(stranger), false),
        ("with one of another checkpoint", &ca, Some(other), false),
        ("that knows another hub", &strange_ca, Some(own.clone()), false),
        ("with its own", &ca, Some(own), true),
    ] {
        let line = line_of(folder, &hub, ca, identity).await;
        assert_eq!(line.state == LineState::Up, heard, "an agent {who}: {line:?}");
        let store = Store::open(&Config::shipped(folder).database).await.unwrap();
        let stored: Vec<u64> =
            store.chains("nur-zholy").await.unwrap().iter().map(|chain| chain.head.seq).collect();
        assert_eq!(stored, if heard { vec![1] } else { vec![] }, "an agent {who}");
        assert_eq!(store.site_key("nur-zholy").await.unwrap().is_some(), heard, "an agent {who}");
        store.close().await;
    }
    hub.stop().await;
}
