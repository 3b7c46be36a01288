//! The least that can be done with the bytes of a dialect: its numbers or texts are read where they stand, and summed. Nothing is checked, kept or searched for.

use firmware_protocols::Dialect;

/// Reads one good frame of the dialect as little as can be.
pub(crate) fn minimal(dialect: Dialect) -> fn(&[u8]) -> i64 {
    match dialect {
        Dialect::Tsa | Dialect::SpectroscopicDaily | Dialect::JointechText => fields,
        Dialect::Cas => {
            |frame| digits(frame.split(|byte| *byte == b',').next_back().unwrap_or(frame))
        }
        Dialect::Xk3190 => |frame| digits(frame.get(2..8).unwrap_or(frame)),
        Dialect::Toledo => |frame| digits(frame.get(4..10).unwrap_or(frame)),
        Dialect::TensoM643
        | Dialect::Xk3190Text
        | Dialect::Xk3190Command
        | Dialect::Xk3190A12
        | Dialect::MtSics
        | Dialect::Sma
        | Dialect::Nci
        | Dialect::Toledo8217
        | Dialect::Rinstrum
        | Dialect::RiceLake
        | Dialect::Cardinal
        | Dialect::Bilanciai
        | Dialect::FlintecBsi
        | Dialect::Barcode
        | Dialect::Mrz => digits,
        Dialect::ModbusRtu => |frame| words(frame.get(3..).unwrap_or(frame)),
        Dialect::ModbusTcp | Dialect::Aspect => |frame| words(frame.get(9..).unwrap_or(frame)),
        Dialect::TsaEnvironment
        | Dialect::KromekD5
        | Dialect::TensoM
        | Dialect::Jointech
        | Dialect::Egts
        | Dialect::Llrp
        | Dialect::UhfReader18
        | Dialect::M100 => words,
        Dialect::Rs350 | Dialect::HikvisionAnpr => |frame| between(frame, b'>', b'<'),
        Dialect::Openalpr | Dialect::Xray | Dialect::Json => |frame| between(frame, b'"', b'"'),
    }
}

fn fields(line: &[u8]) -> i64 {
    line.split(|byte| *byte == b',').map(digits).fold(0, i64::wrapping_add)
}

fn digits(text: &[u8]) -> i64 {
    text.iter()
        .filter(|byte| byte.is_ascii_digit())
        .fold(0_i64, |number, digit| number.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')))
}

fn words(data: &[u8]) -> i64 {
    data.chunks_exact(2).map(|pair| i64::from(pair[0]) * 256 + i64::from(pair[1])).sum()
}

/// How long the texts between these marks are, together.
fn between(mut document: &[u8], begin: u8, end: u8) -> i64 {
    let mut length = 0;
    while let Some(at) = document.iter().position(|byte| *byte == begin) {
        let text = &document[at + 1..];
        let text_ends = text.iter().position(|byte| *byte == end).unwrap_or(text.len());
        length += i64::try_from(text_ends).unwrap_or(0);
        document = text.get(text_ends + 1..).unwrap_or_default();
    }
    length
}
