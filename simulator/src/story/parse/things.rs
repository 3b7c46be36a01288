//! From words to what befalls seals, tags and what is scanned.

use std::str::FromStr;

use firmware_protocols::scanner::mrz::Form;
use firmware_protocols::scanner::xray::ConclusionCode;
use firmware_protocols::seal::Trip;
use rust_decimal::Decimal;
use units::{Microdegrees, Percent};

use super::{percent, seconds};
use crate::story::{Act, FieldTag, Place, Scanned, SealAct, SealState, Zone};

/// The verbs that are read here.
pub(super) const VERBS: &str =
    "reports, arms, disarms, moves, battery, tags, antenna, scans, hands over inspection";

/// Nothing if the words are none of these verbs.
pub(super) fn act(words: &[&str]) -> Option<Result<Act, String>> {
    Some(match words {
        ["reports", seal, state] => {
            state_of(state).map(|state| sealed(seal, SealAct::Reports(state)))
        }
        ["arms", seal, rest @ ..] => arms(rest).map(|act| sealed(seal, act)),
        ["disarms", seal] => Ok(sealed(seal, SealAct::Disarms)),
        ["moves", seal, "out", "of", "sight"] => Ok(sealed(seal, SealAct::Moves(None))),
        ["moves", seal, "to", latitude, longitude] => {
            place(latitude, longitude).map(|place| sealed(seal, SealAct::Moves(Some(place))))
        }
        ["battery", seal, charge] => {
            percent(charge).map(|charge| sealed(seal, SealAct::Battery(Percent(charge))))
        }
        ["tags", rest @ ..] => tags(rest),
        ["antenna", number, state] => antenna(number, state),
        ["scans", "passport", rest @ ..] => zone(Form::Td3, rest),
        ["scans", "card", rest @ ..] => zone(Form::Td1, rest),
        ["scans", "small-card", rest @ ..] => zone(Form::Td2, rest),
        ["scans", "visa", rest @ ..] => zone(Form::MrvA, rest),
        ["scans", "small-visa", rest @ ..] => zone(Form::MrvB, rest),
        ["scans", text] => Ok(code(text, None)),
        ["scans", text, "as", aim] => aim_of(aim).map(|aim| code(text, Some(aim))),
        ["hands", "over", "inspection", scan, "of", vehicle, rest @ ..] => {
            inspection(scan, vehicle, rest)
        }
        _ => return None,
    })
}

fn sealed(seal: &str, act: SealAct) -> Act {
    Act::Seal { seal: seal.to_owned(), act }
}

fn state_of(word: &str) -> Result<SealState, String> {
    let known = SealState::ALL.iter().find(|(_, known)| *known == word);
    known.map(|(state, _)| *state).ok_or_else(|| {
        let known = SealState::ALL.map(|(_, known)| known).join(", ");
        format!("{word:?} is nothing that a seal reports: {known}")
    })
}

/// `[every 60 s] [declaration D] [vehicle PLATE] [container C]`
fn arms(words: &[&str]) -> Result<SealAct, String> {
    let mut every = None;
    let mut trip = Trip::default();
    let mut words = words;
    loop {
        words = match words {
            [] => {
                let trip = Some(trip).filter(|trip| *trip != Trip::default());
                return Ok(SealAct::Arms { every, trip });
            }
            ["every", number, "s", rest @ ..] => {
                let time = seconds(&[number, "s"])?;
                if time.is_zero() {
                    return Err("a seal cannot say every 0 s where it is".to_owned());
                }
                every = Some(time);
                rest
            }
            ["declaration", number, rest @ ..] => {
                trip.declaration = Some((*number).to_owned());
                rest
            }
            ["vehicle", plate, rest @ ..] => {
                trip.vehicle = Some((*plate).to_owned());
                rest
            }
            ["container", number, rest @ ..] => {
                trip.container = Some((*number).to_owned());
                rest
            }
            [word, ..] => {
                return Err(format!(
                    "{word:?} says nothing about what a seal is armed for: every 60 s, declaration, vehicle, container"
                ));
            }
        };
    }
}

fn place(latitude: &str, longitude: &str) -> Result<Place, String> {
    let degrees = |word: &str, most: i32| {
        Decimal::from_str(word)
            .ok()
            .filter(|degrees| degrees.abs() <= Decimal::from(most))
            .and_then(|degrees| i32::try_from((degrees * Decimal::from(1_000_000)).round()).ok())
            .map(Microdegrees)
            .ok_or_else(|| format!("{word:?} are no degrees up to {most}, such as 44.1234"))
    };
    Ok(Place { latitude: degrees(latitude, 90)?, longitude: degrees(longitude, 180)? })
}

/// `EPC [opened|intact] .. for 5 s`
fn tags(words: &[&str]) -> Result<Act, String> {
    let wrong = || "tags are EPCs and a time: tags E2003412 opened E2003413 for 5 s".to_owned();
    let [list @ .., "for", number, "s"] = words else { return Err(wrong()) };
    let time = seconds(&[number, "s"])?;
    let mut tags: Vec<FieldTag> = Vec::new();
    for word in list {
        match (*word, tags.last_mut()) {
            ("opened", Some(tag)) => tag.opened = Some(true),
            ("intact", Some(tag)) => tag.opened = Some(false),
            _ => tags.push(FieldTag { epc: epc(word)?, opened: None }),
        }
    }
    if tags.is_empty() { Err(wrong()) } else { Ok(Act::Tags { tags, time }) }
}

/// An EPC is counted in words of four digits, and has 31 of them at most.
fn epc(word: &str) -> Result<Vec<u8>, String> {
    let digits = word.as_bytes();
    let shape = (4..=124).contains(&digits.len())
        && digits.len().is_multiple_of(4)
        && digits.iter().all(u8::is_ascii_hexdigit);
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    shape
        .then(|| digits.chunks(2).map(pair).collect::<Option<Vec<u8>>>())
        .flatten()
        .ok_or_else(|| format!("{word:?} is no EPC: 4 to 124 hexadecimal digits, four by four"))
}

fn antenna(number: &str, state: &str) -> Result<Act, String> {
    let antenna = number
        .parse()
        .ok()
        .filter(|antenna| *antenna > 0)
        .ok_or_else(|| format!("{number:?} is no number of an antenna"))?;
    match state {
        "on" => Ok(Act::Antenna { antenna, connected: true }),
        "off" => Ok(Act::Antenna { antenna, connected: false }),
        other => Err(format!("{other:?} is no state of an antenna: on, off")),
    }
}

/// `<GS>` in a text is the separator of GS1, which no keyboard has.
fn code(text: &str, aim: Option<String>) -> Act {
    Act::Scans(Scanned::Code { text: text.replace("<GS>", "\u{1d}"), aim })
}

fn aim_of(word: &str) -> Result<String, String> {
    match word.as_bytes() {
        [b']', letter, modifier]
            if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
        {
            Ok(word.to_owned())
        }
        _ => Err(format!("{word:?} is no AIM identifier: ], a letter and a digit, such as ]C1")),
    }
}

/// `NUMBER STATE "SURNAME, GIVEN NAMES" [born YYMMDD] [expires YYMMDD]`
fn zone(form: Form, words: &[&str]) -> Result<Act, String> {
    let [number, state, name, rest @ ..] = words else {
        return Err("a document is its number, its state and a name: scans passport N01234567 KAZ \"SERIKOV, AIDAR\"".to_owned());
    };
    let (surname, given_names) = name.split_once(',').unwrap_or((name, ""));
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b' ');
    let well_formed = (1..=9).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && (1..=3).contains(&state.len())
        && letters(state)
        && letters(surname)
        && letters(given_names);
    if !well_formed {
        return Err("a zone has capitals and digits: at most nine for the number, three letters for the state, letters for the name".to_owned());
    }
    let mut zone = Zone {
        form,
        number: (*number).to_owned(),
        state: (*state).to_owned(),
        surname: surname.trim().to_owned(),
        given_names: given_names.trim().to_owned(),
        birth: "800101".to_owned(),
        expiry: "340101".to_owned(),
    };
    let mut rest = rest;
    loop {
        rest = match rest {
            [] => return Ok(Act::Scans(Scanned::Document(zone))),
            ["born", date, rest @ ..] => {
                zone.birth = six_digits(date)?;
                rest
            }
            ["expires", date, rest @ ..] => {
                zone.expiry = six_digits(date)?;
                rest
            }
            [word, ..] => {
                return Err(format!("{word:?} stands in no zone: born YYMMDD, expires YYMMDD"));
            }
        };
    }
}

fn six_digits(date: &str) -> Result<String, String> {
    let shape = date.len() == 6 && date.bytes().all(|digit| digit.is_ascii_digit());
    shape.then(|| date.to_owned()).ok_or_else(|| format!("{date:?} is no day: YYMMDD"))
}

/// `[clear|suspicious|alarm|not-inspectable|rescan by WHO]`
fn inspection(scan: &str, vehicle: &str, words: &[&str]) -> Result<Act, String> {
    let conclusion = match words {
        [] => None,
        [word, "by", who] => {
            let code = match *word {
                "clear" => ConclusionCode::Clear,
                "suspicious" => ConclusionCode::Suspicious,
                "alarm" => ConclusionCode::Alarm,
                "not-inspectable" => ConclusionCode::NotInspectable,
                "rescan" => ConclusionCode::Rescan,
                other => {
                    return Err(format!(
                        "{other:?} is no conclusion: clear, suspicious, alarm, not-inspectable, rescan"
                    ));
                }
            };
            Some((code, (*who).to_owned()))
        }
        _ => return Err("a conclusion is a word and who drew it: suspicious by op-7".to_owned()),
    };
    Ok(Act::Scans(Scanned::Inspection {
        scan: scan.to_owned(),
        vehicle: vehicle.to_owned(),
        conclusion,
    }))
}
