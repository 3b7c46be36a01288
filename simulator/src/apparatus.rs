//! The device's end of a cable, without the cable and without a clock.
//!
//! An [`Apparatus`] is told what befalls it, what it is asked and how far the story has gone, and tells what it says and when. What it does is
//! what its maker's papers say a device does (docs/protocols), and it answers in the bytes of its dialect. It knows nothing of lines that
//! break or garble: that is `line`'s. The table at the end gives each dialect its apparatus.

mod camera;
mod contract;
#[cfg(test)]
mod ear;
#[cfg(test)]
mod heard;
mod manner;
mod portal;
mod reader;
mod recorded;
mod scanner;
mod seal;
pub(crate) mod spells;
#[cfg(test)]
mod tests;
mod weighbridge;

use std::fmt;
use std::time::Duration;

use firmware_protocols::Dialect;
use jiff::Timestamp;

use crate::cast::Device;
use crate::portal::{Character, Portal};
use crate::story::Act;

pub(crate) use manner::Misbehaviour;
pub(crate) use portal::{Spell, can_befall_a_portal};
pub(crate) use recorded::Recorded;
use weighbridge::Weighbridge;

/// What is said, and when, on the story's clock.
pub(crate) type Saying = (Duration, Vec<u8>);

/// Words of what a device cannot do: what could do it instead.
pub(crate) type Instead = &'static str;

/// One device.
pub(crate) trait Apparatus: fmt::Debug + Send {
    /// Whether this can befall it.
    fn can(&self, act: &Act) -> Result<(), Instead>;

    /// Something befalls it now. What it says thereupon goes into `out`; what it says later is said by [`Apparatus::says`].
    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>);

    /// The other end has opened the line: what was under way on the one before is forgotten.
    fn opened(&mut self, _at: Duration, _out: &mut Vec<Saying>) {}

    /// Bytes come from the other end. An answer may take its time: each saying has its own.
    fn hears(&mut self, _at: Duration, _bytes: &[u8], _out: &mut Vec<Saying>) {}

    /// The speed to which somebody on its line has set it, in bits per second; told once.
    fn new_speed(&mut self) -> Option<u32> {
        None
    }

    /// What it says by itself, the earliest that is not later than `horizon`. Times never go back.
    fn says(&mut self, _horizon: Duration) -> Option<Saying> {
        None
    }
}

/// Its own clock: what it shows as the story begins, and what chance begins with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// The devices' clocks at the story's beginning.
    pub(crate) began: Timestamp,
    /// The same seed gives the same bytes.
    pub(crate) seed: u64,
}

impl Start {
    /// What a device's clock shows.
    pub(crate) fn clock(self, at: Duration) -> Timestamp {
        self.began.checked_add(at).unwrap_or(self.began)
    }
}

/// What a device that serves one client at a time tells another one, before it closes the connection; nothing if it serves any number.
pub(crate) fn turns_away(dialect: Dialect, at: Timestamp) -> Option<Vec<u8>> {
    (dialect == Dialect::Llrp).then(|| reader::Llrp::turns_away(at))
}

/// The apparatus of a device: portals are as they were recorded in 2016, scales are truck scales.
pub(crate) fn of(device: &Device, start: Start) -> Box<dyn Apparatus> {
    let settings = &device.settings;
    match device.dialect {
        Dialect::Tsa => Box::new(Portal::new(start.seed, Character::recorded_2016())),
        Dialect::HikvisionAnpr => Box::new(camera::Hikvision::new(device, start)),
        Dialect::Openalpr => Box::new(camera::Openalpr::new(device, start)),
        Dialect::JointechText => Box::new(seal::Jointech::new(seal::Form::Text, start)),
        Dialect::Jointech => Box::new(seal::Jointech::new(seal::Form::TextAndBinary, start)),
        Dialect::Egts => Box::new(seal::Terminal::new(device, start)),
        Dialect::Llrp => Box::new(reader::Llrp::new(start)),
        Dialect::UhfReader18 => Box::new(reader::UhfReader18::new(device)),
        Dialect::M100 => Box::new(reader::M100::new()),
        Dialect::Barcode => Box::new(scanner::Barcode::new(device)),
        Dialect::Mrz => Box::new(scanner::Mrz::new()),
        Dialect::Xray => Box::new(scanner::Xray::new(device, start)),
        Dialect::Json => Box::new(contract::Contract::new(device, start)),
        Dialect::TsaEnvironment => Box::new(portal::Board::new(start)),
        Dialect::Rs350 => Box::new(portal::Backpack::new(&device.id, start)),
        Dialect::KromekD5 => Box::new(portal::Detector::new(settings, start)),
        Dialect::Aspect => Box::new(portal::Yantar::new(settings, start)),
        Dialect::SpectroscopicDaily => Box::new(portal::Files::new(start)),
        Dialect::Xk3190 => Box::new(Weighbridge::new(start, weighbridge::XK3190.by(settings))),
        Dialect::Xk3190Text => {
            Box::new(Weighbridge::new(start, weighbridge::XK3190_TEXT.by(settings)))
        }
        Dialect::Xk3190A12 => {
            Box::new(Weighbridge::new(start, weighbridge::XK3190_A12.by(settings)))
        }
        Dialect::Toledo => Box::new(Weighbridge::new(start, weighbridge::TOLEDO.by(settings))),
        Dialect::Cas => Box::new(Weighbridge::new(start, weighbridge::CAS.by(settings))),
        Dialect::Rinstrum => Box::new(Weighbridge::new(start, weighbridge::RINSTRUM.by(settings))),
        Dialect::RiceLake => Box::new(Weighbridge::new(start, weighbridge::RICE_LAKE.by(settings))),
        Dialect::Cardinal => Box::new(Weighbridge::new(start, weighbridge::CARDINAL.by(settings))),
        Dialect::Bilanciai => {
            Box::new(Weighbridge::new(start, weighbridge::BILANCIAI.by(settings)))
        }
        Dialect::Xk3190Command => {
            Box::new(Weighbridge::new(start, weighbridge::XK3190_COMMAND.by(settings)))
        }
        Dialect::Sma => Box::new(Weighbridge::new(start, weighbridge::SMA.by(settings))),
        Dialect::Nci => Box::new(Weighbridge::new(start, weighbridge::NCI.by(settings))),
        Dialect::Toledo8217 => {
            Box::new(Weighbridge::new(start, weighbridge::TOLEDO_8217.by(settings)))
        }
        Dialect::FlintecBsi => {
            Box::new(Weighbridge::new(start, weighbridge::FLINTEC_BSI.by(settings)))
        }
        Dialect::MtSics => Box::new(Weighbridge::new(start, weighbridge::Sics::default())),
        Dialect::TensoM => Box::new(Weighbridge::new(start, weighbridge::Binary::new(settings))),
        Dialect::TensoM643 => Box::new(Weighbridge::new(start, weighbridge::Text::new(settings))),
        Dialect::ModbusRtu => Box::new(Weighbridge::new(start, weighbridge::rtu(settings))),
        Dialect::ModbusTcp => Box::new(Weighbridge::new(start, weighbridge::tcp(settings))),
    }
}
