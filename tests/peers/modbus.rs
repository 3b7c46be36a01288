//! Registers: a server of pymodbus is asked by us, and a client of pymodbus asks a station of ours.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use expect_test::expect;
use firmware_protocols::modbus::{Function, Read, Registers, Station, Wire};
use firmware_protocols::weighbridge::Stability;
use firmware_protocols::{Dialect, Settings};

use super::{Peer, kilograms, talk, weighing};

fn map() -> Settings {
    serde_json::from_str(
        r#"{"address":3,"modbus":{"weight":{"register":7,"number":"i32"},"status_register":9,
        "status":[{"bit":0,"means":"stable"}],"unit":"kg","least":"-1000","most":"100000"}}"#,
    )
    .unwrap()
}

#[test]
fn pymodbus_is_asked_for_registers_over_both_wires() {
    for (framer, dialect) in [("socket", Dialect::ModbusTcp), ("rtu", Dialect::ModbusRtu)] {
        let Some(peer) = Peer::start("modbus.py", &[framer]) else { return };
        let reading = talk(dialect, &map(), peer.port(), |reading| weighing(reading).is_some());
        assert_eq!(kilograms(&reading).as_deref(), Some("40180"), "{framer}");
        assert_eq!(weighing(&reading).unwrap().stability, Stability::Stable);
    }
}

/// Unit 3 with a thousand holding registers, of which each holds its own number.
struct Numbered;

impl Registers for Numbered {
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        if read.unit != 3 {
            return None;
        }
        let last = read.first + read.count;
        if read.function != Function::Holding || last > 1000 {
            return Some(Err(2));
        }
        words.extend(read.first..last);
        Some(Ok(()))
    }
}

/// A station that serves one client after another.
fn serve(wire: Wire, listener: &TcpListener) {
    for line in listener.incoming() {
        let mut line = line.unwrap();
        let mut station = Station::new(wire);
        let mut buffer = [0; 512];
        while let Ok(length @ 1..) = line.read(&mut buffer) {
            let mut answers = Vec::new();
            station.hear(
                &buffer[..length],
                &Numbered,
                |answer| answers.push(answer),
                |fault| panic!("{fault:?}"),
            );
            for answer in answers {
                line.write_all(&answer).unwrap();
            }
        }
    }
}

#[test]
fn pymodbus_asks_our_station_over_both_wires() {
    for (framer, wire) in [("socket", Wire::Tcp), ("rtu", Wire::Rtu)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let Some(peer) = Peer::start("modbus_client.py", &[port.as_str(), framer]) else { return };
        std::thread::spawn(move || serve(wire, &listener));
        expect![[r#"
            holding [7, 8, 9]
            input refused 2
            most 125
            beyond the last refused 2
            another unit ModbusIOException
            coils refused 1
            again [8]"#]]
        .assert_eq(&peer.lines().join("\n"));
    }
}
