//! The agent's end of a line, for tests: our own codec and conversation, in steps of virtual time.

use std::time::Duration;

use firmware_protocols::conversation::Conversation;
use firmware_protocols::{Decoder, Dialect, Item, Settings};
use jiff::Timestamp;

use super::Start;
use crate::cast::{Device, Line};
use crate::player::Player;

/// When every story of a test begins.
pub(super) fn began() -> Timestamp {
    "2026-05-21T05:00:00Z".parse().unwrap()
}

/// A device called `d` at the other end.
pub(super) fn player(dialect: Dialect, settings: &Settings) -> Player {
    on(Line::Tcp("127.0.0.1:1".to_owned()), dialect, settings)
}

/// As [`player`], on a serial line that both ends believe to run at this speed.
pub(in crate::apparatus) fn serial_player(
    dialect: Dialect,
    settings: &Settings,
    baud: u32,
) -> Player {
    on(Line::Serial { path: "/dev/null".into(), baud }, dialect, settings)
}

fn on(line: Line, dialect: Dialect, settings: &Settings) -> Player {
    let settings = settings.clone();
    let device = Device { id: "d".to_owned(), dialect, settings, line, status_topic: None };
    Player::new(&device, Start { began: began(), seed: 7 })
}

/// The agent's end of one line.
pub(in crate::apparatus) struct Ear {
    dialect: Dialect,
    decoder: Decoder,
    asker: Option<Box<dyn Conversation>>,
    /// When bytes came last and nothing has ended them yet.
    since: Option<Duration>,
    /// Nothing that it says arrives.
    pub(super) dumb: bool,
}

/// A thousandth of a second is more than any device tells apart.
pub(in crate::apparatus) const STEP: Duration = Duration::from_millis(5);
impl Ear {
    pub(super) fn new(dialect: Dialect, settings: &Settings) -> Ear {
        Ear {
            dialect,
            decoder: Decoder::with(dialect, settings),
            asker: dialect.asker(settings),
            since: None,
            dumb: false,
        }
    }

    pub(super) fn opened(&mut self, now: Duration, player: &mut Player) -> Vec<Item> {
        player.opened(now);
        let fault = match &mut self.asker {
            Some(asker) => asker.opened(now),
            None => self.decoder.reset(),
        };
        fault.map(Err).into_iter().collect()
    }

    /// What is heard at this moment.
    pub(super) fn hears(&mut self, now: Duration, player: &mut Player) -> Vec<Item> {
        let mut heard = Vec::new();
        loop {
            while let Some(bytes) = self.asker.as_mut().and_then(|asker| asker.poll_transmit(now)) {
                if !self.dumb {
                    player.hears(now, &bytes);
                }
            }
            if player.speaks_at(now).is_none() {
                break;
            }
            let Some((_, bytes)) = player.speaks() else { break };
            self.since = Some(now);
            match &mut self.asker {
                Some(asker) => asker.decode(now, &bytes, &mut heard),
                None if self.dialect == Dialect::HikvisionAnpr => {
                    heard.extend(self.decoder.document(&bytes));
                }
                None => self.decoder.decode_into(&bytes, &mut heard),
            }
        }
        if let Some(asker) = &mut self.asker
            && asker.next_timeout().is_some_and(|due| due <= now)
        {
            asker.time_passed(now, &mut heard);
        }
        let pause = self.decoder.pause();
        if pause.is_some_and(|pause| self.since.is_some_and(|since| since + pause <= now)) {
            self.since = None;
            heard.extend(self.decoder.paused());
        }
        heard
    }

    /// How long the link is to stay closed, if it is of no more use.
    pub(super) fn hangs_up(&self) -> Option<Duration> {
        self.asker.as_ref()?.hang_up().map(|hang_up| hang_up.wait)
    }
}
