//! What the registers of one model mean: nothing in Modbus says it, so a site does.
//!
//! A wrong order of words gives plausible garbage. A map therefore names the range that is plausible for its scale, and a number outside
//! of it is a fault and no weight.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::MassUnit;

use super::{Function, MOST_REGISTERS, Read};

/// The registers of a weighing indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// Which registers.
    #[serde(default)]
    pub function: Function,
    /// The weight.
    pub weight: Field,
    /// Whether `weight` is gross or net; a status bit may say otherwise.
    #[serde(default)]
    pub net: bool,
    /// Decimals of the number, if they are always the same.
    #[serde(default)]
    pub decimals: u8,
    /// The register that has the number of decimals, if there is one.
    #[serde(default)]
    pub decimals_register: Option<u16>,
    /// The unit of the number.
    pub unit: MassUnit,
    /// The register of the status bits, if there is one.
    #[serde(default)]
    pub status_register: Option<u16>,
    /// What its bits mean.
    #[serde(default)]
    pub status: Vec<StatusBit>,
    /// The least number that is plausible, in the unit of the number.
    pub least: Decimal,
    /// The greatest number that is plausible.
    pub most: Decimal,
}

/// A number in one or two registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The first register, counted from 0.
    pub register: u16,
    /// How the number is written.
    pub number: NumberKind,
    /// How its bytes are ordered, if it has two registers.
    #[serde(default)]
    pub order: WordOrder,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// One register, signed.
    I16,
    /// One register, unsigned.
    U16,
    /// Two registers, signed.
    I32,
    /// Two registers, unsigned.
    U32,
    /// Two registers, IEEE 754 single precision.
    F32,
    /// Two registers, eight decimal digits of four bits.
    Bcd,
}

/// The order of the bytes of a number of four, `abcd` being the natural one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordOrder {
    /// High word first.
    #[default]
    Abcd,
    /// Low word first.
    Cdab,
    /// High word first, bytes of each word swapped.
    Badc,
    /// Low word first, bytes of each word swapped.
    Dcba,
}

/// A bit of the status register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusBit {
    /// 0 is the lowest, 15 the highest.
    pub bit: u8,
    /// What it means.
    pub means: Means,
    /// Whether it means so when it is 0.
    #[serde(default)]
    pub when_zero: bool,
}

/// What a status bit can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// The number stands still.
    Stable,
    /// The number moves.
    Moving,
    /// More than the scale may weigh.
    Overload,
    /// Less than zero by more than the scale allows.
    Underload,
    /// The number is net.
    Net,
    /// The scale reports an error of its own.
    Error,
}

/// A register is a word.
const STATUS_BITS: u8 = 16;

impl NumberKind {
    fn registers(self) -> u16 {
        match self {
            NumberKind::I16 | NumberKind::U16 => 1,
            NumberKind::I32 | NumberKind::U32 | NumberKind::F32 | NumberKind::Bcd => 2,
        }
    }
}

impl Map {
    /// The one question that asks for all of it. The error says which key is wrong.
    pub fn read(&self, unit: u8) -> Result<Read, String> {
        let weight = (self.weight.register, self.weight.number.registers());
        let others = [self.decimals_register, self.status_register];
        let fields = || {
            core::iter::once(weight)
                .chain(others.into_iter().flatten().map(|register| (register, 1)))
        };
        let first = fields().map(|(register, _)| register).min().unwrap_or(0);
        let end = fields().map(|(register, count)| u32::from(register) + u32::from(count)).max();
        let count = end.unwrap_or(0).saturating_sub(first.into());
        match u16::try_from(count) {
            Ok(count) if (1..=MOST_REGISTERS).contains(&count) => {
                Ok(Read { unit, function: self.function, first, count })
            }
            _ => Err(format!(
                "the registers lie {count} apart; one question asks for {MOST_REGISTERS} at most"
            )),
        }
    }

    /// Whether a device can be understood by this map; the error says which key is wrong.
    pub fn check(&self) -> Result<(), String> {
        self.read(1)?;
        if self.least > self.most {
            return Err(format!("least {} is more than most {}", self.least, self.most));
        }
        // A bit that is never read would let an overload through as a number.
        if self.status_register.is_none() && !self.status.is_empty() {
            return Err("status without status_register: of which register are these bits?".into());
        }
        match self.status.iter().find(|status| status.bit >= STATUS_BITS) {
            Some(status) => Err(format!(
                "status: bit {} of a register of {STATUS_BITS} bits; 0 to 15 expected",
                status.bit
            )),
            None => Ok(()),
        }
    }

    fn word(&self, first: u16, words: &[u16], register: u16) -> Result<u16, String> {
        let at = register.checked_sub(first).map(usize::from);
        at.and_then(|at| words.get(at).copied())
            .ok_or_else(|| format!("register {register} is not in the answer"))
    }

    /// The number, unless the device says that it has none.
    pub fn number(&self, first: u16, words: &[u16]) -> Result<Option<Decimal>, String> {
        let register = self.weight.register;
        let high = self.word(first, words, register)?;
        let decimals = match self.decimals_register {
            Some(register) => self.word(first, words, register)?,
            None => self.decimals.into(),
        };
        if decimals > 7 {
            return Err(format!("{decimals} decimals"));
        }
        let scaled = |mantissa: i64| Decimal::new(mantissa, decimals.into());
        let number = match self.weight.number {
            NumberKind::I16 => scaled(high.cast_signed().into()),
            NumberKind::U16 => scaled(high.into()),
            NumberKind::I32 => scaled(self.four(first, words)?.cast_signed().into()),
            NumberKind::U32 => scaled(self.four(first, words)?.into()),
            NumberKind::F32 => {
                // The device sends a float; its shortest decimal is taken, and nothing is calculated with it.
                let sent = f32::from_bits(self.four(first, words)?);
                if !sent.is_finite() {
                    return Ok(None);
                }
                let text = format!("{sent}");
                Decimal::from_str_exact(&text).map_err(|_| format!("{text} is no weight"))?
            }
            NumberKind::Bcd => {
                let bits = self.four(first, words)?;
                let mut number = 0_i64;
                for place in (0..8).rev() {
                    let digit = (bits >> (place * 4)) & 0xf;
                    if digit > 9 {
                        return Err(format!("{bits:08x} is not written in decimal digits"));
                    }
                    number = number * 10 + i64::from(digit);
                }
                scaled(number)
            }
        };
        Ok(Some(number))
    }

    /// Whether a number is plausible for this scale.
    pub fn is_plausible(&self, number: Decimal) -> bool {
        (self.least..=self.most).contains(&number)
    }

    /// What the status bits say, in the order of the map.
    pub fn says(&self, first: u16, words: &[u16]) -> Result<Vec<Means>, String> {
        let Some(register) = self.status_register else { return Ok(Vec::new()) };
        let status = self.word(first, words, register)?;
        let set = |bit: u8| status.checked_shr(bit.into()).unwrap_or(0) & 1 == 1;
        let said = self.status.iter().filter(|bit| set(bit.bit) != bit.when_zero);
        Ok(said.map(|bit| bit.means).collect())
    }

    fn four(&self, first: u16, words: &[u16]) -> Result<u32, String> {
        let register = self.weight.register;
        let [a, b] = self.word(first, words, register)?.to_be_bytes();
        let [c, d] = self.word(first, words, register.saturating_add(1))?.to_be_bytes();
        Ok(u32::from_be_bytes(match self.weight.order {
            WordOrder::Abcd => [a, b, c, d],
            WordOrder::Cdab => [c, d, a, b],
            WordOrder::Badc => [b, a, d, c],
            WordOrder::Dcba => [d, c, b, a],
        }))
    }
}
