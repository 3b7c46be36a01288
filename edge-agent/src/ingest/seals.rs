//! What a seal said of itself, in the checkpoint's words.
//!
//! A seal is intact only where it says that it is closed, and nothing that it says speaks against it: a malfunction, unauthorised actions and an event
//! that nobody knows do.

use checkpoint::input::observation::{SealCondition, SealReading};
use firmware_protocols::seal::{Housing, Message, SealEvent};

pub(super) fn said(message: Message) -> SealReading {
    SealReading {
        condition: condition(&message),
        number: message.seal,
        battery_percent: message.battery_percent.map(|percent| percent.0),
        device_time: message.device_time.map(|time| time.to_string()),
        late: message.retransmitted,
        message: message.message_id,
        event_class: message.event.and_then(SealEvent::class),
        maker_event: match message.event {
            Some(SealEvent::Maker(number)) => Some(number),
            Some(_) | None => None,
        },
    }
}

fn condition(message: &Message) -> SealCondition {
    let opened = message.event == Some(SealEvent::ElementViolated) || message.locked == Some(false);
    let housing =
        message.event == Some(SealEvent::HousingViolated) || message.housing == Some(Housing::Open);
    let doubtful = matches!(
        message.event,
        Some(SealEvent::Malfunction | SealEvent::Unauthorised | SealEvent::UnknownClass(_))
    );
    match (opened, housing) {
        (true, _) => SealCondition::Opened,
        (false, true) => SealCondition::HousingOpened,
        (false, false) if message.locked == Some(true) && !doubtful => SealCondition::Intact,
        (false, false) => SealCondition::Unknown,
    }
}
