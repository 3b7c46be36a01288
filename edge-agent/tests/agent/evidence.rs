//! The legal record of a weighing: in the journal stand its number, the frame that it was read from, the dialect of the frame, and when it came.

use checkpoint::event::{Entry, Event};
use checkpoint::input::observation::Weight;
use firmware_protocols::modbus::{Read, Registers, Station, Wire};
use firmware_protocols::weighbridge::{Display, Kind, Stability, comma, xk3190};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use units::{Kilograms, MassUnit};

use crate::world::World;

fn scale(dialect: &str, port: u16) -> String {
    format!(
        "[[device]]
id = \"scale-1\"
lane = \"1\"
title = \"Scale 1\"
dialect = \"{dialect}\"
connect = {{ tcp = \"127.0.0.1:{port}\" }}
silence_limit_s = 60
"
    )
}

/// 42 180 kg gross at register 7, at rest.
struct Bank;

impl Registers for Bank {
    fn read(&self, _: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        words.extend([0, 42_180, 1]);
        Some(Ok(()))
    }
}

const REGISTERS: &str = "[device.settings]
address = 3
poll_ms = 50
[device.settings.modbus]
weight = { register = 7, number = \"i32\" }
status_register = 9
status = [{ bit = 0, means = \"stable\" }]
unit = \"kg\"
least = \"-1000\"
most = \"100000\"
";

/// Says the frame again and again, or answers with it when there is none to say.
async fn indicate(mut line: TcpStream, frame: Option<Vec<u8>>) {
    let mut station = Station::new(Wire::Tcp);
    let mut buffer = [0; 1024];
    loop {
        let said = match &frame {
            Some(frame) => {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                frame.clone()
            }
            None => {
                let Ok(length @ 1..) = line.read(&mut buffer).await else { return };
                let mut said = Vec::new();
                let asked = &buffer[..length];
                station.hear(asked, &Bank, |answer| said.extend(answer), |fault| panic!("{fault}"));
                said
            }
        };
        if line.write_all(&said).await.is_err() {
            return;
        }
    }
}

/// The first weighing in the journal of a scale that says so.
async fn weighed(dialect: &str, settings: &str, frame: Option<Vec<u8>>) -> (Entry, Weight) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut world = World::begin(&(scale(dialect, port) + settings)).await;
    let (line, _) = listener.accept().await.unwrap();
    let indicator = tokio::spawn(indicate(line, frame));
    world.wait_for("vehicle_weighed", 1).await;
    let entries = world.entries();
    world.stop().await;
    indicator.abort();
    let found = entries.into_iter().find_map(|entry| {
        let Event::VehicleWeighed { weight, .. } = &entry.event else { return None };
        let weight = weight.clone();
        Some((entry, weight))
    });
    found.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weighing_stands_in_the_journal_with_the_frame_that_it_was_read_from() {
    let text = comma::encode(
        comma::Flavour::Cas,
        Display::Value(42_180.into()),
        Kind::Gross,
        Stability::Stable,
        MassUnit::Kilogram,
    );
    let (text, binary) = (text.unwrap(), xk3190::encode(42_180.into()).unwrap());
    // Of a line its end is not part of the frame; of an answer over Modbus TCP the number of the question is.
    let line = text.strip_suffix(b"\r\n").unwrap().to_vec();
    for (dialect, settings, said, frame) in [
        ("cas", "", Some(text), line),
        ("xk3190", "", Some(binary.clone()), binary),
        ("modbus-tcp", REGISTERS, None, vec![0, 0, 0, 9, 3, 3, 6, 0, 0, 0xa4, 0xc4, 0, 1]),
    ] {
        let (entry, weight) = weighed(dialect, settings, said).await;
        assert!(weight.raw.ends_with(&frame), "{dialect}: {:02x?}", weight.raw);
        assert_eq!(weight.raw.len(), frame.len() + if dialect == "modbus-tcp" { 2 } else { 0 });
        assert_eq!(weight.gross, Kilograms::whole(42_180), "{dialect}");
        assert_eq!(weight.dialect.as_deref(), Some(dialect));
        assert!(weight.at.is_some_and(|at| at <= entry.at), "{dialect}: {:?}", weight.at);
    }
}
