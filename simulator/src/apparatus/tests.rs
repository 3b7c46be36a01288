//! Every apparatus at the other end of our own codec: what befalls it is what is heard.

use std::time::Duration;

use firmware_protocols::{Dialect, Item, Settings};

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
