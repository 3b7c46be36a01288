//! Devices that wait for an answer, and readers that have to be told what to do: what they get, and when their link is given up.

use firmware_protocols::seal::llrp::report::Tag;
use firmware_protocols::seal::llrp::{ConnectionAttempt, Notification, decode, kind, reader};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::World;

fn device(dialect: &str, connect: &str, settings: &str) -> String {
    format!(
        "[[device]]
id = \"seals\"
lane = \"1\"
title = \"Seals\"
family = \"seal_reader\"
dialect = \"{dialect}\"
connect = {{ {connect} }}
silence_limit_s = 86400
{settings}"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_is_answered_when_what_it_said_is_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut world =
        World::begin(&device("jointech", &format!("tcp = \"127.0.0.1:{port}\""), "")).await;
    let (mut line, _) = listener.accept().await.unwrap();
    let event =
        b"(8000632862,P45,290322,132412,25.28217,S,57.54683,W,A,0,0,5,0,0000000000,0,0,9,0)";
    line.write_all(event).await.unwrap();
    let mut answer = [0; 9];
    line.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"(P69,0,9)");
    world.wait_for("seal_read", 1).await;
    world.stop().await;
}

/// The next message that the agent sends.
async fn next(line: &mut TcpStream) -> Option<Vec<u8>> {
    let mut message = vec![0; 10];
    line.read_exact(&mut message).await.ok()?;
    let length = u32::from_be_bytes(message[2..6].try_into().unwrap()) as usize;
    message.resize(length, 0);
    line.read_exact(&mut message[10..]).await.ok()?;
    Some(message)
}

/// Serves the agent until tags are to be reported.
async fn serve(line: &mut TcpStream) {
    let served = Notification::Connection(ConnectionAttempt::Success);
    let at = "2026-05-21T11:00:00Z".parse().unwrap();
    line.write_all(&reader::encode_notification(1, at, &served)).await.unwrap();
    while let Some(request) = next(line).await {
        let request = decode(&request).unwrap();
        if request.kind == kind::ENABLE_EVENTS_AND_REPORTS {
            return;
        }
        let fine = reader::Status { code: 0, text: String::new() };
        let answer = reader::encode_answer(1, kind::answer_to(request.kind), request.id, &fine);
        line.write_all(&answer).await.unwrap();
    }
    panic!("the agent went away before it asked for reports");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_tags_is_told_what_to_do_and_given_up_when_it_says_nothing_more() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let settings = "[device.settings]\nkeepalive_ms = 200\ntamper_chip = \"nxp-g2il\"";
    let device = device("llrp", &format!("tcp = \"127.0.0.1:{port}\""), settings);
    let mut world = World::begin(&device).await;
    let (mut line, _) = listener.accept().await.unwrap();
    serve(&mut line).await;
    let tag = Tag { epc: vec![0xe2, 0x80, 0x11, 1], antenna: Some(1), ..Tag::default() };
    line.write_all(&reader::encode_report(1, 1, &[tag.clone(), tag])).await.unwrap();
    line.write_all(&reader::encode_keepalive(1, 98)).await.unwrap();
    let acknowledged = next(&mut line).await.unwrap();
    let acknowledged = decode(&acknowledged).unwrap();
    assert_eq!((acknowledged.kind, acknowledged.id), (kind::KEEPALIVE_ACK, 98));
    let read = world.wait_for("seal_read", 1).await;
    assert_eq!(read.len(), 1, "the same tag twice is one");
    // It says nothing more: the agent hangs up, and comes again.
    assert_eq!(next(&mut line).await, None);
    let (mut line, _) = listener.accept().await.unwrap();
    serve(&mut line).await;
    world.stop().await;
}
