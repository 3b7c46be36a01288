//! An indicator with registers, by the map of the site (docs/protocols/modbus.md): what the map says stands where it says, and nothing else.

use firmware_protocols::Settings;
use firmware_protocols::modbus::{
    self, Field, Map, Means, NumberKind, Read, Station, Wire, WordOrder, crc,
};
use firmware_protocols::weighbridge::{Display, Stability, Weighing};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use units::{Kilograms, MassUnit};

use super::{Now, Voice};
use crate::apparatus::manner::Misbehaviour;

/// An indicator on a line or at an address.
#[derive(Debug)]
pub(in crate::apparatus) struct Registers {
    station: Station,
    wire: Wire,
    unit: u8,
    map: Option<Map>,
}

/// On a serial line.
pub(in crate::apparatus) fn rtu(settings: &Settings) -> Registers {
    Registers::new(Wire::Rtu, settings)
}

/// At an address.
pub(in crate::apparatus) fn tcp(settings: &Settings) -> Registers {
    Registers::new(Wire::Tcp, settings)
}

impl Registers {
    fn new(wire: Wire, settings: &Settings) -> Registers {
        Registers {
            station: Station::new(wire),
            wire,
            unit: settings.address.unwrap_or(1),
            map: settings.modbus.clone(),
        }
    }
}

impl Voice for Registers {
    fn misbehaviours(&self) -> &'static [Misbehaviour] {
        match self.wire {
            Wire::Rtu => &[
                Misbehaviour::Refuses,
                Misbehaviour::WrongWordOrder,
                Misbehaviour::ForeignAddress,
                Misbehaviour::WrongCheckSum,
                Misbehaviour::Echoes,
            ],
            Wire::Tcp => &[
                Misbehaviour::Refuses,
                Misbehaviour::WrongWordOrder,
                Misbehaviour::ForeignAddress,
                Misbehaviour::WrongTransaction,
                Misbehaviour::CutAnswers,
            ],
        }
    }

    fn opened(&mut self) {
        self.station = Station::new(self.wire);
    }

    fn hears(&mut self, bytes: &[u8], now: &mut Now<'_>, out: &mut Vec<Vec<u8>>) {
        let state = State {
            unit: self.unit,
            map: self.map.as_ref(),
            refuses: now.does(Misbehaviour::Refuses),
            swaps: now.does(Misbehaviour::WrongWordOrder),
            shown: now.shows().displayed(),
            gross: now.shows().gross(),
        };
        let from = out.len();
        // A question that was garbled on its way is not answered.
        self.station.hear(bytes, &state, |answer| out.push(answer), |_| {});
        for answer in out.iter_mut().skip(from) {
            misbehave(self.wire, now.misbehaving, answer);
        }
    }
}

/// What a device does wrong with an answer that is right.
pub(in crate::apparatus) fn misbehave(
    wire: Wire,
    doing: Option<Misbehaviour>,
    answer: &mut Vec<u8>,
) {
    let does = |how| doing == Some(how);
    if does(Misbehaviour::CutAnswers) {
        answer.truncate(answer.len() / 2);
    }
    if does(Misbehaviour::WrongTransaction)
        && let Some(low) = answer.get_mut(1)
    {
        *low = low.wrapping_sub(1);
    }
    if does(Misbehaviour::ForeignAddress) {
        let at = match wire {
            Wire::Rtu => 0,
            Wire::Tcp => modbus::TCP_UNIT_AT,
        };
        if let Some(unit) = answer.get_mut(at) {
            *unit += 1;
        }
        if wire == Wire::Rtu
            && let Some((body, sum)) = answer.split_last_chunk_mut::<2>()
        {
            *sum = crc(body).to_le_bytes();
        }
    }
    if does(Misbehaviour::WrongCheckSum)
        && let Some(high) = answer.last_mut()
    {
        *high ^= 0x01;
    }
}

/// What stands in the registers at one moment.
struct State<'a> {
    unit: u8,
    map: Option<&'a Map>,
    refuses: bool,
    swaps: bool,
    shown: Weighing,
    gross: Weighing,
}

/// Codes of refusal: no such function, no such register, busy.
const NO_FUNCTION: u8 = 1;
const NO_REGISTER: u8 = 2;
const BUSY: u8 = 6;

impl modbus::Registers for State<'_> {
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        if read.unit != self.unit {
            return None;
        }
        let Some((map, all)) = self.map.and_then(|map| Some((map, map.read(self.unit).ok()?)))
        else {
            return Some(Err(NO_REGISTER));
        };
        if self.refuses {
            return Some(Err(BUSY));
        }
        if read.function != map.function {
            return Some(Err(NO_FUNCTION));
        }
        let from = usize::from(read.first.wrapping_sub(all.first));
        let written = self.written(map, all);
        let Some(asked) = written.get(from..).and_then(|rest| rest.get(..read.count.into())) else {
            return Some(Err(NO_REGISTER));
        };
        words.extend_from_slice(asked);
        Some(Ok(()))
    }
}

impl State<'_> {
    /// All registers that the map names.
    fn written(&self, map: &Map, all: Read) -> Vec<u16> {
        let mut words = vec![0; all.count.into()];
        let mut put = |register: u16, word: u16| {
            if let Some(place) = words.get_mut(usize::from(register.wrapping_sub(all.first))) {
                *place = word;
            }
        };
        // An indicator shows what it is switched to where a bit says what that is, and gross or net always where none does.
        let tells_net = map.status.iter().any(|bit| bit.means == Means::Net);
        let shown = if map.net || tells_net { &self.shown } else { &self.gross };
        let places = match (map.decimals_register, map.unit) {
            (None, _) => u32::from(map.decimals),
            (Some(_), MassUnit::Tonne) => 3,
            (Some(_), MassUnit::Kilogram | MassUnit::Gram | MassUnit::Pound) => 0,
        };
        if let Some(register) = map.decimals_register {
            put(register, u16::try_from(places).unwrap_or_default());
        }
        let number = shown.display.value().map(|kg| in_unit(kg, map.unit));
        for (register, word) in
            (map.weight.register..).zip(number_words(map.weight, number, places, self.swaps))
        {
            put(register, word);
        }
        if let Some(register) = map.status_register {
            let says = |means| match means {
                Means::Stable => shown.stability == Stability::Stable,
                Means::Moving => shown.stability != Stability::Stable,
                Means::Overload => shown.display == Display::Overload,
                Means::Underload => shown.display == Display::Underload,
                Means::Net => shown.flags.tare_active,
                Means::Error => !matches!(shown.display, Display::Value(_)),
            };
            let status = map.status.iter().filter(|bit| says(bit.means) != bit.when_zero);
            put(
                register,
                status.fold(0, |word, bit| word | 1_u16.checked_shl(bit.bit.into()).unwrap_or(0)),
            );
        }
        words
    }
}

fn in_unit(kg: Decimal, unit: MassUnit) -> Decimal {
    Kilograms::from_unit(Decimal::ONE, unit).map_or(kg, |one| kg / one.0)
}

/// The number as it stands in one register or two; nothing is written as not a number, or as more than any map finds plausible.
fn number_words(field: Field, number: Option<Decimal>, places: u32, swaps: bool) -> Vec<u16> {
    let scaled = number.map(|number| (number * Decimal::from(10_i64.pow(places))).round());
    let whole = scaled.and_then(|scaled| scaled.to_i64());
    let four = match field.number {
        NumberKind::I16 => {
            return vec![
                i16::try_from(whole.unwrap_or(i64::MAX)).unwrap_or(i16::MAX).cast_unsigned(),
            ];
        }
        NumberKind::U16 => {
            return vec![u16::try_from(whole.unwrap_or(i64::MAX)).unwrap_or(u16::MAX)];
        }
        NumberKind::I32 => {
            i32::try_from(whole.unwrap_or(i64::MAX)).unwrap_or(i32::MAX).cast_unsigned()
        }
        NumberKind::U32 => u32::try_from(whole.unwrap_or(i64::MAX)).unwrap_or(u32::MAX),
        NumberKind::F32 => number.and_then(|number| number.to_f32()).unwrap_or(f32::NAN).to_bits(),
        NumberKind::Bcd => {
            let number = whole.and_then(|whole| u32::try_from(whole).ok()).unwrap_or(99_999_999);
            (0..8).fold(0, |bits, place| bits | (number / 10_u32.pow(place) % 10) << (place * 4))
        }
    };
    let [a, b, c, d] = four.to_be_bytes();
    let [first, second] = match field.order {
        WordOrder::Abcd => [[a, b], [c, d]],
        WordOrder::Cdab => [[c, d], [a, b]],
        WordOrder::Badc => [[b, a], [d, c]],
        WordOrder::Dcba => [[d, c], [b, a]],
    }
    .map(u16::from_be_bytes);
    if swaps { vec![second, first] } else { vec![first, second] }
}
