//! Numbers with check digits: what python-stdnum and mrz hold for right we hold for right, and nothing else.

use std::collections::BTreeMap;

use firmware_protocols::scanner::container::{self, Container};
use firmware_protocols::scanner::gs1::{self, Gs1};
use firmware_protocols::scanner::mrz;
use serde::Deserialize;

use super::{NOTHING, Peer};

/// A number as somebody else judges it.
#[derive(Deserialize)]
struct Judged {
    kind: String,
    number: String,
    holds: bool,
}

fn we_hold(Judged { kind, number, .. }: &Judged) -> bool {
    match kind.as_str() {
        "container" => {
            matches!(container::look(number), Container::Sound(sound) if sound == *number)
        }
        "gtin" => gs1::has_check_digit(number.as_bytes()),
        "gs1" => {
            matches!(gs1::split(number.as_bytes(), true), Gs1::Elements(elements) if elements.len() == 4)
        }
        "td1" | "td2" | "td3" => mrz::decode(number.replace('\n', "").as_bytes()).is_ok(),
        other => panic!("{other}"),
    }
}

#[test]
fn numbers_hold_by_their_check_digits_for_others_as_for_us() {
    let Some(peer) = Peer::start("check_digits.py", NOTHING) else { return };
    // How many of each kind were judged, and how many of them hold.
    let mut judged: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for line in peer.lines() {
        let number: Judged = serde_json::from_str(&line).unwrap();
        assert_eq!(we_hold(&number), number.holds, "{line}");
        let (all, sound) = judged.entry(number.kind).or_default();
        *all += 1;
        *sound += u32::from(number.holds);
    }
    // Of containers 19 hold though a digit was changed: ISO 6346 writes the remainders 0 and 10 alike.
    let expected = [
        ("container", (3334, 1686)),
        ("gs1", (3334, 1667)),
        ("gtin", (3334, 1667)),
        ("td1", (3334, 1667)),
        ("td2", (3332, 1666)),
        ("td3", (3332, 1666)),
    ];
    assert_eq!(judged, expected.map(|(kind, counts)| (kind.to_owned(), counts)).into());
}
