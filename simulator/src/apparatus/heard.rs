//! Seals, readers, cameras and scanners at the other end of our own codec and conversation: a story on one side, what is heard on the other.

mod cameras;
mod contract;
mod readers;
mod scanners;
mod seals;

use std::collections::BTreeSet;
use std::time::Duration;

use firmware_protocols::plate::{CameraMessage, Plate};
use firmware_protocols::scanner::{Scan, gs1::Gs1};
use firmware_protocols::seal::{Housing, Message, Position, ReaderMessage};
use firmware_protocols::weighbridge::{Display, Stability};
use firmware_protocols::{Dialect, Family, Item, Reading, Settings};

use super::ear::{Ear, STEP, began, player};
use super::spells::Kind;
use crate::node::Quirk;
use crate::player::Player;
use crate::story::{Act, Story, Trouble, What};

/// A story of one device, called `d`, and what is heard of it.
struct Case {
    name: &'static str,
    dialect: Dialect,
    /// As in the configuration.
    settings: &'static str,
    story: &'static str,
    heard: expect_test::Expect,
}

fn every_case() -> Vec<Case> {
    [readers::cases(), seals::cases(), contract::cases(), cameras::cases(), scanners::cases()]
        .into_iter()
        .flatten()
        .collect()
}

/// The devices speak on for so long after the story.
const LINGER: Duration = Duration::from_secs(5);

/// Tells a story to a device, and gives what is heard with its moments.
fn listen(dialect: Dialect, settings: &Settings, story: &str, dumb: bool) -> Vec<(Duration, Item)> {
    let story = Story::parse("story", story).unwrap();
    let end = story.length() + LINGER;
    let mut steps = story.steps.into_iter().peekable();
    let mut player = player(dialect, settings);
    let mut ear = Ear::new(dialect, settings);
    ear.dumb = dumb;
    let mut opens = Some(Duration::ZERO);
    let mut out = Vec::new();
    let mut now = Duration::ZERO;
    while now <= end {
        let mut heard = Vec::new();
        if opens.take_if(|at| *at <= now).is_some() {
            heard.extend(ear.opened(now, &mut player));
        }
        while let Some(step) = steps.next_if(|step| step.at <= now) {
            if let What::Device { act, .. } = &step.what {
                player.can(act).unwrap();
                player.befalls(now, act);
            }
            if let What::Line { trouble, .. } = step.what {
                player.troubled(now, &trouble);
                if let Trouble::Cut { time } = trouble {
                    opens = Some(now + time);
                }
            }
        }
        heard.extend(ear.hears(now, &mut player));
        if opens.is_none()
            && let Some(wait) = ear.hangs_up()
        {
            opens = Some(now + wait.max(Duration::from_secs(1)));
        }
        out.extend(heard.into_iter().map(|item| (now, item)));
        now += STEP;
    }
    out
}

fn settings(text: &str) -> Settings {
    toml::from_str(text).unwrap()
}

/// What is heard, a line each, with the tenth of a second; what only shows that a device lives is left out, and what is said again at once is counted.
fn in_words(heard: &[(Duration, Item)]) -> String {
    let mut lines: Vec<(String, u32, Duration)> = Vec::new();
    for (at, item) in heard {
        let Some(words) = words(item) else { continue };
        match lines.last_mut() {
            Some((last, times, _)) if *last == words => *times += 1,
            _ => lines.push((words, 1, *at)),
        }
    }
    lines
        .into_iter()
        .map(|(words, times, at)| {
            let again = if times > 1 { format!(" ({times} times)") } else { String::new() };
            format!("{:.1} {words}{again}\n", at.as_secs_f64())
        })
        .collect()
}

fn words(item: &Item) -> Option<String> {
    Some(match item {
        Err(fault) => format!("fault {:?}: {}", fault.kind, fault.detail),
        Ok(Reading::Seal(message)) => seal(message),
        Ok(Reading::SealReader(ReaderMessage::Alive { .. })) => return None,
        Ok(Reading::SealReader(ReaderMessage::NoTag)) => "no tag".to_owned(),
        Ok(Reading::SealReader(ReaderMessage::Antenna { antenna, connected })) => {
            format!("antenna {antenna} {}", if *connected { "on" } else { "off" })
        }
        Ok(Reading::Plate(CameraMessage::Other { event_type, active, .. })) => {
            format!("event {event_type}{}", if *active { "" } else { ", over" })
        }
        Ok(Reading::Plate(CameraMessage::Sighting(sighting))) => {
            let plate = match &sighting.plate {
                Plate::NotRead => "not read".to_owned(),
                Plate::Read { text, confidence_percent, .. } => {
                    format!(
                        "{text} {:?} {:?}",
                        sighting.country,
                        confidence_percent.map(|sure| sure.0)
                    )
                }
            };
            let more = if sighting.more_follows { ", more follows" } else { "" };
            let late = if sighting.retransmitted { ", replayed" } else { "" };
            let pictures = sighting.pictures.len();
            let pictures =
                if pictures > 0 { format!(", {pictures} pictures") } else { String::new() };
            format!("plate {plate}{more}{late}{pictures}")
        }
        Ok(Reading::Scan(Scan::Code(code))) => {
            let aim = code.aim.as_ref().map_or(String::new(), |aim| format!(" as {aim}"));
            let gs1 = match &code.gs1 {
                None => String::new(),
                Some(Gs1::Elements(elements)) => elements
                    .iter()
                    .map(|element| format!(" ({}){}", element.ai, element.value))
                    .collect(),
                Some(Gs1::NotSplit(why)) => format!(" not split: {why:?}"),
            };
            format!("code {:?}{aim}{gs1}", code.text.as_deref().unwrap_or_default())
        }
        Ok(Reading::Scan(Scan::TravelDocument(document))) => format!(
            "{:?} {} {} {}, {}; born {}, expires {}",
            document.form,
            document.number,
            document.issuer,
            document.surname,
            document.given_names,
            document.birth,
            document.expiry
        ),
        Ok(Reading::Scan(Scan::Inspection(inspection))) => format!(
            "inspection {} of {}, {:?}",
            inspection.scan,
            inspection.vehicle.as_deref().unwrap_or_default(),
            inspection.conclusion.as_ref().map(|conclusion| (conclusion.code, &conclusion.who))
        ),
        Ok(Reading::Weight(weighing)) => match (weighing.display, weighing.stability) {
            (Display::Value(mass), Stability::Stable) => format!("{mass} kg"),
            (Display::Value(_), _) => "moving".to_owned(),
            (other, _) => format!("{other:?}"),
        },
        Ok(other) => format!("{other:?}"),
    })
}

fn seal(message: &Message) -> String {
    let mut said = vec![format!("{} {}", message.command, message.seal)];
    said.extend(message.event.map(|event| format!("{event:?}")));
    said.extend(message.locked.map(|locked| if locked { "locked" } else { "open" }.to_owned()));
    said.extend((message.housing == Some(Housing::Open)).then(|| "housing open".to_owned()));
    said.extend(message.battery_percent.map(|charge| charge.to_string()));
    match message.position {
        Position::NotSent => {}
        Position::NoFix => said.push("no fix".to_owned()),
        Position::Fix { latitude_microdeg, longitude_microdeg, .. } => {
            said.push(format!("at {latitude_microdeg}, {longitude_microdeg}"));
        }
    }
    let after = |at: jiff::Timestamp| at.duration_since(began()).as_secs();
    if message.tag.is_none() {
        said.extend(message.device_time.map(|at| format!("of {} s", after(at))));
    }
    said.extend(message.relayed_at.map(|at| format!("relayed at {} s", after(at))));
    said.extend(message.trip.as_ref().and_then(|trip| trip.declaration.clone()));
    if let Some(tag) = &message.tag {
        said.extend(tag.antenna.map(|antenna| format!("antenna {antenna}")));
        said.extend(tag.rssi_dbm.map(|rssi| format!("{rssi} dBm")));
        said.extend(tag.first_seen.map(|_| "timed".to_owned()));
        said.extend(tag.gone.then(|| "gone".to_owned()));
    }
    let from_memory = message.fields.iter().any(|field| field == "from-memory");
    said.extend(from_memory.then(|| "from memory".to_owned()));
    said.join(", ")
}

#[test]
fn what_befalls_a_device_is_what_is_heard_of_it() {
    for Case { name, dialect, settings: text, story, heard } in every_case() {
        let listened = listen(dialect, &settings(text), story, false);
        heard.assert_eq(&format!("{dialect}: {name}\n{}", in_words(&listened)));
    }
}

/// What a device of this dialect is known to do, from what it tells whoever wants it to do something else.
fn quirks(dialect: Dialect) -> Vec<String> {
    let nothing = Act::Misbehaves { how: String::new(), time: Duration::ZERO };
    let refused = player(dialect, &Settings::default()).can(&nothing).unwrap_err().to_string();
    let list = refused.split_once("misbehaves: ").map_or("", |(_, list)| list);
    list.split(", ").filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn mine() -> impl Iterator<Item = Dialect> {
    let families = [Family::Seal, Family::Plate, Family::Scanner];
    let mine =
        move |dialect: &Dialect| dialect.families().iter().any(|family| families.contains(family));
    Dialect::ALL.iter().copied().filter(mine)
}

#[test]
fn every_dialect_and_everything_it_is_known_to_do_is_played_and_heard() {
    let cases = every_case();
    for dialect in mine() {
        let stories: Vec<&str> =
            cases.iter().filter(|case| case.dialect == dialect).map(|case| case.story).collect();
        assert!(!stories.is_empty(), "{dialect} is not played");
        let words: BTreeSet<&str> =
            stories.iter().flat_map(|story| story.split_whitespace()).collect();
        for quirk in quirks(dialect) {
            let act = Act::Misbehaves { how: quirk.clone(), time: Duration::ZERO };
            player(dialect, &Settings::default()).can(&act).unwrap();
            assert!(words.contains(quirk.as_str()), "{dialect}: {quirk} is not played");
        }
    }
}

#[test]
fn every_kind_of_misbehaviour_is_on_the_page() {
    let page = include_str!("../../../docs/stories.md");
    for dialect in mine() {
        let list: Vec<String> = quirks(dialect).iter().map(|word| format!("`{word}`")).collect();
        let row = format!("| `{dialect}` | {} |", list.join(", "));
        assert!(page.contains(&row), "docs/stories.md has no row that begins {row}");
    }
    let list: Vec<String> = Quirk::ALL.iter().map(|(_, word)| format!("`{word}`")).collect();
    let row = format!("| `sparkplug` | {} |", list.join(", "));
    assert!(page.contains(&row), "docs/stories.md has no row that begins {row}");
}

#[test]
fn a_message_that_nobody_answers_comes_again_until_somebody_does() {
    let cases = [
        (Dialect::JointechText, "8000632862", 30),
        (Dialect::Jointech, "8000632862", 30),
        (Dialect::Egts, "133552", 5),
    ];
    for (dialect, seal, again_s) in cases {
        let told = |seconds: u64, dumb| {
            let story = format!(
                "0:00:01 d reports {seal} intact\n0:{:02}:{:02} expect end\n",
                seconds / 60,
                seconds % 60
            );
            let heard = listen(dialect, &Settings::default(), &story, dumb);
            heard.iter().filter(|(_, item)| matches!(item, Ok(Reading::Seal(_)))).count()
        };
        let long = again_s * 3;
        assert_eq!(told(long, false), 1, "{dialect}: answered, it is said once");
        assert!(told(long, true) >= 3, "{dialect}: unanswered, it is said again and again");
    }
}

#[test]
fn an_answer_to_something_else_is_no_answer() {
    let egts = {
        use firmware_protocols::seal::egts::{Packet, PacketType, encode};
        let answer = |id: u16, result: u8| {
            let answers = Some((id, result));
            let packet = Packet { id: 9, kind: PacketType::Response, answers, records: Vec::new() };
            encode(&packet).unwrap()
        };
        let mut garbled = answer(4, 0);
        garbled[10] ^= 1;
        // Packet 2 introduces the terminal, packet 4 says what it has to say.
        (vec![answer(4, 151), answer(400, 0), garbled], vec![answer(2, 0), answer(4, 0)])
    };
    let text = |answers: &[&str]| answers.iter().map(|text| text.as_bytes().to_vec()).collect();
    let jointech: (Vec<Vec<u8>>, Vec<Vec<u8>>) =
        (text(&["(P69,0,2)", "(P69,1,1)", "(P69,0", "(S39)", ")"]), text(&["(P69,0,1)"]));
    let cases = [
        (Dialect::JointechText, "8000632862", jointech.clone()),
        (Dialect::Jointech, "8000632862", jointech),
        (Dialect::Egts, "133552", egts),
    ];
    for (dialect, seal, (wrong, right)) in cases {
        let mut player = player(dialect, &Settings::default());
        let story = Story::parse("story", &format!("0:00:01 d reports {seal} intact\n")).unwrap();
        let What::Device { act, .. } = &story.steps[0].what else { panic!("an act") };
        let at = Duration::from_secs(1);
        player.opened(Duration::ZERO);
        player.befalls(at, act);
        let said = |player: &mut Player, until: u64| {
            let mut said = 0;
            while player.speaks_at(Duration::from_secs(until)).is_some() {
                player.speaks();
                said += 1;
            }
            said
        };
        assert!(said(&mut player, 2) >= 1, "{dialect}");
        for bytes in wrong {
            player.hears(Duration::from_secs(2), &bytes);
        }
        assert!(said(&mut player, 40) >= 1, "{dialect}: a wrong answer was taken");
        for bytes in right {
            player.hears(Duration::from_secs(41), &bytes);
        }
        assert_eq!(said(&mut player, 400), 0, "{dialect}: the right answer was not taken");
    }
}
