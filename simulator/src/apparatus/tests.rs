//! Every apparatus at the other end of our own codec: what befalls it is what is heard.

use std::time::Duration;

use firmware_protocols::{Dialect, FaultKind, Item, Settings};

use super::ear::{Ear, STEP, player};
use crate::player::Player;
use crate::story::{Act, Garbling, SealAct, Trouble};

/// What the agent hears of a device within `time` after things befell it, each with its moment.
pub(in crate::apparatus) fn heard(
    dialect: Dialect,
    settings: &Settings,
    befalls: &[(Duration, Act)],
    time: Duration,
) -> Vec<Item> {
    listen(&mut player(dialect, settings), dialect, settings, befalls, time)
}

/// What the agent hears, each with its moment.
pub(in crate::apparatus) fn heard_at(
    dialect: Dialect,
    settings: &Settings,
    befalls: &[(Duration, Act)],
    time: Duration,
) -> Vec<(Duration, Item)> {
    listen_at(&mut player(dialect, settings), dialect, settings, befalls, time)
}

pub(in crate::apparatus) fn listen(
    player: &mut Player,
    dialect: Dialect,
    settings: &Settings,
    befalls: &[(Duration, Act)],
    time: Duration,
) -> Vec<Item> {
    let heard = listen_at(player, dialect, settings, befalls, time);
    heard.into_iter().map(|(_, item)| item).collect()
}

fn listen_at(
    player: &mut Player,
    dialect: Dialect,
    settings: &Settings,
    befalls: &[(Duration, Act)],
    time: Duration,
) -> Vec<(Duration, Item)> {
    let mut ear = Ear::new(dialect, settings);
    let mut befalls = befalls.iter().peekable();
    let mut now = Duration::ZERO;
    let mut told: Vec<(Duration, Item)> =
        ear.opened(now, player).into_iter().map(|item| (now, item)).collect();
    while now <= time {
        while let Some((_, act)) = befalls.next_if(|(at, _)| *at <= now) {
            player.can(act).unwrap();
            player.befalls(now, act);
        }
        told.extend(ear.hears(now, player).into_iter().map(|item| (now, item)));
        now += STEP;
    }
    told
}

pub(in crate::apparatus) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn load(kg: u32) -> (Duration, Act) {
    (seconds(2), Act::Load { gross_kg: kg.into(), time: seconds(12) })
}

#[test]
fn a_line_that_suffers_makes_faults_and_is_heard_again_afterwards() {
    let settings = Settings::default();
    for (how, word) in Garbling::ALL {
        let mut player = player(Dialect::Xk3190, &settings);
        player.troubled(Duration::ZERO, &Trouble::Garbled { how, time: seconds(10) });
        let heard = listen(&mut player, Dialect::Xk3190, &settings, &[], seconds(20));
        let (weighed, faults) = heard.iter().fold((0, 0), |(weighed, faults), item| match item {
            Ok(_) => (weighed + 1, faults),
            Err(_) => (weighed, faults + 1),
        });
        // Fifty frames after the ten seconds, none of them lost.
        assert!(weighed >= 50, "{word}: {weighed} readings");
        let harmless = matches!(how, Garbling::Torn | Garbling::Repeated);
        assert_eq!(faults == 0, harmless, "{word}: {faults} faults");
    }
}

#[test]
fn what_is_late_comes_and_nothing_of_it_is_lost() {
    let settings = Settings::default();
    let mut player = player(Dialect::Xk3190, &settings);
    let late = Trouble::Late { by: seconds(3), time: seconds(5) };
    player.troubled(Duration::ZERO, &late);
    let heard = listen(&mut player, Dialect::Xk3190, &settings, &[load(20_000)], seconds(10));
    assert_eq!(heard.iter().filter(|item| item.is_ok()).count(), 51, "{heard:?}");
}

/// An answer that comes when something else was asked since, in the dialects whose papers tell of it: no agent may take it for the answer to that.
#[test]
fn a_late_answer_is_no_reading_and_the_device_is_heard_again_afterwards() {
    let cases =
        [(Dialect::ModbusRtu, MAP), (Dialect::ModbusTcp, MAP), (Dialect::Aspect, "address = 4")];
    for (dialect, text) in cases {
        let settings: Settings = toml::from_str(text).unwrap();
        let mut player = player(dialect, &settings);
        // Longer than any of them is waited for, and a line that is well again after it.
        let late = Trouble::Late { by: Duration::from_millis(7_300), time: seconds(20) };
        player.troubled(Duration::ZERO, &late);
        let mut ear = Ear::new(dialect, &settings);
        let (mut during, mut afterwards, mut unasked) = (0, 0, 0);
        drop(ear.opened(Duration::ZERO, &mut player));
        let mut now = Duration::ZERO;
        while now <= seconds(120) {
            for item in ear.hears(now, &mut player) {
                match item {
                    Ok(_) if now < seconds(20) => during += 1,
                    Ok(_) if now > seconds(40) => afterwards += 1,
                    Ok(_) => {}
                    Err(fault) => unasked += u32::from(fault.kind == FaultKind::Unasked),
                }
            }
            now += STEP;
        }
        assert_eq!(during, 0, "{dialect}: a late answer was taken");
        assert!(afterwards > 3, "{dialect}: {afterwards} readings afterwards, {unasked} unasked");
    }
}

const MAP: &str = r#"
modbus = { weight = { register = 7, number = "i32" }, unit = "kg", least = "-1000", most = "70000" }
"#;

#[test]
fn a_silent_device_says_nothing_and_hears_nothing() {
    let settings = Settings::default();
    let mut player = player(Dialect::Xk3190, &settings);
    player.troubled(Duration::ZERO, &Trouble::Silent { time: seconds(10) });
    assert!(listen(&mut player, Dialect::Xk3190, &settings, &[], seconds(9)).is_empty());
}

#[test]
fn what_a_device_cannot_do_is_refused_with_what_could() {
    let refused = player(Dialect::Xk3190, &Settings::default())
        .can(&Act::Seal { seal: "KZ1".to_owned(), act: SealAct::Disarms })
        .unwrap_err();
    assert_eq!(refused.to_string(), "d speaks xk3190 and cannot do this: a scale is loaded");
}
