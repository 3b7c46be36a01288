//! A device for the configuration, made ready from a guess: what is known of it is filled in, and what is not is said.

use std::fmt;

use firmware_protocols::recognise::Guess;
use firmware_protocols::{Dialect, Family};

use super::{LineSettings, Port};

/// A block `[[device]]`. Its lines of remarks say what a person has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    text: String,
}

impl Block {
    /// The device of this guess at this port. `None` for a recording, which does not tell where its device is.
    pub(super) fn of(port: &Port, line: Option<LineSettings>, guess: &Guess) -> Option<Block> {
        let connect = match (port, line) {
            (Port::Serial(path), Some(line)) => format!(
                "{{ serial = {}, baud = {}, data_bits = {}, parity = \"{}\", stop_bits = {} }}",
                quoted(&path.to_string_lossy()),
                line.baud,
                line.bits(),
                line.parity_name(),
                line.stops(),
            ),
            (Port::Tcp(address), _) => format!("{{ tcp = {} }}", quoted(address)),
            (Port::Serial(_) | Port::File(_) | Port::Stdin, _) => return None,
        };
        let dialect = guess.dialect;
        let (name, family, silence_s) = kind(dialect);
        let mut text = format!(
            "[[device]]\nid = \"{name}-1\"\nlane = \"1\"                            # the lane it stands at\ntitle = \"{}\"\ndialect = \"{dialect}\"\n",
            dialect.families().first().map_or("Device", |family| title(*family)),
        );
        if let Some(family) = family {
            text += &format!(
                "family = \"{family}\"                # {dialect} is spoken by several families\n"
            );
        }
        text += &format!("connect = {connect}\n");
        text += &format!(
            "silence_limit_s = {silence_s}                  # three periods of the device\n"
        );
        if let Port::Serial(path) = port
            && !path.starts_with("/dev/serial/by-id")
        {
            text += "# A name under /dev/serial/by-id stays with the adapter; this one may be another's after a restart.\n";
        }
        if dialect.settings().contains(&"modbus") {
            text += "# settings.modbus says what the registers mean, and only the maker's paper knows: docs/protocols/modbus.md.\n";
            text += "# Without it the configuration is refused.\n";
        }
        let given = guess.settings.given();
        if !given.is_empty() {
            text += "\n[device.settings]\n";
            text += &toml::to_string(&guess.settings).unwrap_or_default();
        }
        Some(Block { text })
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A name, the family where the dialect leaves it open, and a silence that is assumed long enough: portals send their background every 5 s, indicators
/// all the time, and the others speak only of vehicles.
fn kind(dialect: Dialect) -> (&'static str, Option<&'static str>, u32) {
    let several = dialect.families().len() > 1;
    match dialect.families().first() {
        Some(Family::Portal) => ("portal", several.then_some("portal"), 15),
        Some(Family::Weighbridge) => ("scale", several.then_some("weighbridge"), 5),
        Some(Family::Seal) => ("seals", several.then_some("seal_reader"), 86_400),
        Some(Family::Plate) => ("camera", several.then_some("plate_camera"), 86_400),
        Some(Family::Scanner) | None => ("scanner", several.then_some("scanner"), 86_400),
    }
}

fn title(family: Family) -> &'static str {
    match family {
        Family::Portal => "Radiation portal",
        Family::Weighbridge => "Weighbridge",
        Family::Seal => "Seals",
        Family::Plate => "Plate camera",
        Family::Scanner => "Scanner",
    }
}

/// As a string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
