//! Cameras that post over bad lines to the real agent: slowly, in pieces, broken off, twice, too much, and a hundred at once.

use std::time::Duration;

use checkpoint::event::Event;
use checkpoint::input::observation::PlateReading;
use sha2::{Digest, Sha256};
use stories::WorldError;
use stories::post::Post;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::recorded::entries;

/// A document of a camera with two pictures behind it, as one body.
struct Document {
    body: Vec<u8>,
    pictures: [Vec<u8>; 2],
}

impl Document {
    fn new(plate: &str, picture_bytes: u32) -> Document {
        let picture = |seed: u32| {
            let noise = (seed..).map(|place| place.wrapping_mul(2_654_435_761).to_be_bytes()[0]);
            let mut picture = vec![0xff, 0xd8, 0xff, 0xe0];
            picture.extend(noise.take(picture_bytes as usize));
            picture.extend([0xff, 0xd9]);
            picture
        };
        let pictures = [picture(1), picture(1_000_000)];
        let document = format!(
            "<EventNotificationAlert version=\"2.0\" xmlns=\"http://www.hikvision.com/ver20/XMLSchema\">\
             <dateTime>2026-05-21T11:00:00+05:00</dateTime><eventType>ANPR</eventType>\
             <ANPR><country>30</country><licensePlate>{plate}</licensePlate><confidenceLevel>98</confidenceLevel>\
             <pictureInfoList><pictureInfo><fileName>plate.jpg</fileName><type>licensePlatePicture</type></pictureInfo>\
             <pictureInfo><fileName>scene.jpg</fileName><type>detectionPicture</type></pictureInfo></pictureInfoList></ANPR>\
             <UUID>{plate}-1</UUID></EventNotificationAlert>"
        );
        let mut body = Vec::new();
        let parts = [
            ("anpr.xml", "text/xml", document.as_bytes()),
            ("plate.jpg", "image/jpeg", &pictures[0]),
            ("scene.jpg", "image/jpeg", &pictures[1]),
        ];
        for (name, kind, bytes) in parts {
            let head = format!(
                "--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\
                 Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
                bytes.len()
            );
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        }
        body.extend(b"--cut--\r\n");
        Document { body, pictures }
    }
}

/// How a body goes over the line.
#[derive(Debug, Clone, Copy)]
struct Pace {
    pieces: usize,
    pause: Duration,
    /// So many of the pieces are sent; then nothing comes any more.
    sent: usize,
}

impl Pace {
    const AT_ONCE: Pace = Pace { pieces: 1, pause: Duration::ZERO, sent: 1 };

    const fn slow(pieces: usize, pause_ms: u64) -> Pace {
        Pace { pieces, pause: Duration::from_millis(pause_ms), sent: pieces }
    }
}

/// Where a camera posts.
async fn line(agent: &str, device: &str, body: usize) -> Result<TcpStream, WorldError> {
    let mut line = TcpStream::connect(agent).await?;
    let head = format!(
        "POST /push/{device} HTTP/1.1\r\nHost: {agent}\r\nContent-Type: multipart/form-data; boundary=cut\r\n\
         Content-Length: {body}\r\nConnection: close\r\n\r\n"
    );
    line.write_all(head.as_bytes()).await?;
    Ok(line)
}

/// The status and the sentence with which the agent answers.
async fn posts(agent: &str, device: &str, body: &[u8], pace: Pace) -> Result<String, WorldError> {
    let line = line(agent, device, body.len()).await?;
    let (mut from, mut to) = line.into_split();
    let says = async {
        for piece in body.chunks(body.len().div_ceil(pace.pieces).max(1)).take(pace.sent) {
            if to.write_all(piece).await.is_err() {
                return; // answered before the end
            }
            tokio::time::sleep(pace.pause).await;
        }
    };
    let mut answer = Vec::new();
    let hears = async {
        let _ = from.read_to_end(&mut answer).await; // what came before a reset counts
    };
    tokio::select! {
        () = hears => {}
        () = async { says.await; std::future::pending().await } => {}
        () = tokio::time::sleep(Duration::from_secs(60)) => anyhow::bail!("no answer in a minute"),
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, sentence) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default();
    Ok(format!("{status} {}", sentence.trim()))
}

fn plates(post: &Post) -> Result<Vec<PlateReading>, WorldError> {
    let plate = |event: Event| {
        let Event::PlateRead { plate, .. } = event else { return None };
        Some(plate)
    };
    let entries = entries(&post.folder().join("agent"))?;
    Ok(entries.into_iter().filter_map(|entry| plate(entry.event)).collect())
}

/// How many faults of this kind the journal counts for a device.
fn faults(post: &Post, id: &str, kind: &str) -> Result<u32, WorldError> {
    let count = |event: Event| {
        let Event::DeviceFaulted { device, fault, count, .. } = event else { return 0 };
        if device.as_str() == id && fault == kind { count } else { 0 }
    };
    let entries = entries(&post.folder().join("agent"))?;
    Ok(entries.into_iter().map(|entry| count(entry.event)).sum())
}

/// Waits until the journal counts so many faults.
async fn faulted(post: &Post, id: &str, kind: &str, times: u32) -> Result<(), WorldError> {
    for _ in 0..100 {
        if faults(post, id, kind)? >= times {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let there = faults(post, id, kind)?;
    anyhow::bail!("{there} times {kind} of {id} and not {times}\n{}", post.agent_log())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_with_pictures_is_recorded_once_however_badly_it_comes() -> Result<(), WorldError>
{
    let mut post = Post::new()?;
    post.agent.start().await?;
    let agent = post.cast.push.clone().unwrap_or_default();
    let document = Document::new("123ABC02", 200_000);
    // It breaks off in the middle of a picture: nothing of it is recorded.
    let mut broken = line(&agent, "camera-1", document.body.len()).await?;
    broken.write_all(&document.body[..document.body.len() / 2]).await?;
    drop(broken);
    faulted(&post, "camera-1", "cut-off", 1).await?;
    assert_eq!(plates(&post)?, []);
    // Slowly and in pieces; then the camera has not seen the answer and says it again, and again.
    for pace in [Pace::slow(40, 50), Pace::AT_ONCE, Pace::slow(3, 100)] {
        let answer = posts(&agent, "camera-1", &document.body, pace).await?;
        assert_eq!(answer, "200 recorded", "{pace:?}");
        let read = plates(&post)?;
        let [plate] = read.as_slice() else { panic!("{pace:?}: {read:?}") };
        assert_eq!(plate.text, "123ABC02");
        let told: Vec<(&str, u32, &str)> = plate
            .pictures
            .iter()
            .map(|picture| (picture.kind.as_str(), picture.bytes, picture.sha256.as_str()))
            .collect();
        let digests: Vec<String> = document
            .pictures
            .iter()
            .map(|picture| format!("{:x}", Sha256::digest(picture)))
            .collect();
        let bytes = 200_006;
        assert_eq!(
            told,
            [
                ("licensePlatePicture", bytes, &*digests[0]),
                ("detectionPicture", bytes, &*digests[1])
            ]
        );
    }
    post.agent.kill().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_slow_bodies_leave_room_for_others_and_what_is_too_much_is_refused()
-> Result<(), WorldError> {
    let mut post = Post::new()?;
    post.agent.start().await?;
    let agent = post.cast.push.clone().unwrap_or_default();
    let documents: Vec<Document> =
        (0..100).map(|number| Document::new(&format!("{number:03}SLW02"), 20_000)).collect();
    let large = Document::new("555LRG02", 5 * 1024 * 1024);
    let stalled = Document::new("556STL02", 20_000);
    let slow = async {
        let mut posting = JoinSet::new();
        for document in &documents {
            let (agent, body) = (agent.clone(), document.body.clone());
            posting
                .spawn(async move { posts(&agent, "camera-1", &body, Pace::slow(20, 100)).await });
        }
        posting.join_all().await
    };
    let other = async {
        // Another camera is heard at once, while the hundred come.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let document = Document::new("777OTH02", 20_000);
        posts(&agent, "camera-3", &document.body, Pace::AT_ONCE).await
    };
    let stalls = Pace { pieces: 10, pause: Duration::ZERO, sent: 5 };
    let (slow, other, large, stalled) = tokio::join!(
        slow,
        other,
        posts(&agent, "camera-3", &large.body, Pace::AT_ONCE),
        posts(&agent, "camera-3", &stalled.body, stalls),
    );
    let (mut recorded, mut sent_away) = (0, 0);
    for answer in slow {
        match answer?.as_str() {
            "200 recorded" => recorded += 1,
            "503 too many documents come at once: send this one again" => sent_away += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!(recorded + sent_away, 100);
    assert!((4..50).contains(&recorded), "{recorded}");
    assert_eq!(other?, "200 recorded");
    let refused =
        "413 a document with its pictures has at most 8 MiB: send fewer or smaller pictures";
    assert_eq!(large?, refused);
    assert_eq!(stalled?, "408 a document has to be here within 30 seconds");
    faulted(&post, "camera-3", "too-long", 1).await?;
    faulted(&post, "camera-3", "cut-off", 1).await?;
    // What was answered is there, and nothing else; those that were sent away come again, and then they are there too.
    assert_eq!(plates(&post)?.len(), recorded + 1);
    for document in &documents {
        let answer = posts(&agent, "camera-1", &document.body, Pace::AT_ONCE).await?;
        assert_eq!(answer, "200 recorded");
    }
    assert_eq!(plates(&post)?.len(), 101);
    post.agent.kill().await;
    Ok(())
}
