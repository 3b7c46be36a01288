//! Settings of a serial line, and those that devices at a checkpoint are met with.

use std::fmt;
use std::str::FromStr;

use firmware_protocols::recognise::{LineHint, Parity as Found};
use serde::{Serialize, Serializer};
use tokio_serial::{DataBits, Parity, StopBits};

/// How a serial line is open: `9600 8N1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSettings {
    /// Bits a second.
    pub baud: u32,
    /// Bits of a character.
    pub data_bits: DataBits,
    /// Parity.
    pub parity: Parity,
    /// Stop bits.
    pub stop_bits: StopBits,
}

/// What is listened with where nobody narrows it, the most usual first; the papers of the makers are quoted in `docs/protocols`.
///
/// Seven data bits with a parity (Rinstrum, SMA, Toledo 8217: 7E1) have as many bits as 8N1 and are heard through it, with their parity for a top
/// bit; they need no turn of their own. Eight data bits with a parity do: Modbus RTU is 8E1 by its standard, environment boards are 19200 8O1.
pub const USUAL: [LineSettings; 11] = [
    LineSettings::eight(9600, Parity::None),
    LineSettings::eight(4800, Parity::None),
    LineSettings::eight(19200, Parity::None),
    LineSettings::eight(2400, Parity::None),
    LineSettings::eight(115_200, Parity::None),
    LineSettings::eight(57600, Parity::None),
    LineSettings::eight(38400, Parity::None),
    LineSettings::eight(1200, Parity::None),
    LineSettings::eight(19200, Parity::Even),
    LineSettings::eight(9600, Parity::Even),
    LineSettings::eight(19200, Parity::Odd),
];

/// The settings to listen with: the usual ones; or, where speeds or parities are named, each of these with each of those.
pub fn settings_of(bauds: &[u32], parities: &[Parity]) -> Vec<LineSettings> {
    if bauds.is_empty() && parities.is_empty() {
        return USUAL.to_vec();
    }
    let mut usual_bauds: Vec<u32> = Vec::new();
    for line in USUAL {
        if !usual_bauds.contains(&line.baud) {
            usual_bauds.push(line.baud);
        }
    }
    let every = [Parity::None, Parity::Even, Parity::Odd];
    let bauds = if bauds.is_empty() { &usual_bauds } else { bauds };
    let parities = if parities.is_empty() { &every } else { parities };
    let every_baud =
        |parity: Parity| bauds.iter().map(move |baud| LineSettings::eight(*baud, parity));
    parities.iter().copied().flat_map(every_baud).collect()
}

impl LineSettings {
    const fn eight(baud: u32, parity: Parity) -> LineSettings {
        LineSettings { baud, data_bits: DataBits::Eight, parity, stop_bits: StopBits::One }
    }

    /// The same line of a device that was heard to send seven bits, by what was found of its parity.
    pub(super) fn with_seven_bits(self, hints: &[LineHint]) -> LineSettings {
        let found = hints.iter().find_map(|hint| {
            if let LineHint::SevenBits { parity } = hint { *parity } else { None }
        });
        let (parity, stop_bits) = match found {
            Some(Found::Even) => (Parity::Even, StopBits::One),
            Some(Found::Odd) => (Parity::Odd, StopBits::One),
            // Always set: a mark, which is as long as a second stop bit.
            Some(Found::Mark) => (Parity::None, StopBits::Two),
            None => (self.parity, self.stop_bits),
        };
        LineSettings { data_bits: DataBits::Seven, parity, stop_bits, ..self }
    }

    /// Its data bits as a number.
    pub fn bits(&self) -> u8 {
        u8::from(self.data_bits)
    }

    /// Its stop bits as a number.
    pub fn stops(&self) -> u8 {
        u8::from(self.stop_bits)
    }

    /// Its parity as the configuration writes it.
    pub fn parity_name(&self) -> &'static str {
        match self.parity {
            Parity::None => "none",
            Parity::Odd => "odd",
            Parity::Even => "even",
        }
    }
}

impl fmt::Display for LineSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parity = match self.parity {
            Parity::None => 'N',
            Parity::Odd => 'O',
            Parity::Even => 'E',
        };
        write!(f, "{} {}{parity}{}", self.baud, self.bits(), self.stops())
    }
}

/// A text that is no setting of a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no setting of a serial line, such as \"9600 8N1\"")]
pub struct NoSettings(String);

impl FromStr for LineSettings {
    type Err = NoSettings;

    fn from_str(text: &str) -> Result<LineSettings, NoSettings> {
        let wrong = || NoSettings(text.to_owned());
        let (baud, frame) = text.split_once(' ').ok_or_else(wrong)?;
        let &[bits, parity, stop] = frame.as_bytes() else { return Err(wrong()) };
        Ok(LineSettings {
            baud: baud.parse().map_err(|_| wrong())?,
            data_bits: match bits {
                b'7' => DataBits::Seven,
                b'8' => DataBits::Eight,
                _ => return Err(wrong()),
            },
            parity: match parity {
                b'N' => Parity::None,
                b'O' => Parity::Odd,
                b'E' => Parity::Even,
                _ => return Err(wrong()),
            },
            stop_bits: match stop {
                b'1' => StopBits::One,
                b'2' => StopBits::Two,
                _ => return Err(wrong()),
            },
        })
    }
}

impl Serialize for LineSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
