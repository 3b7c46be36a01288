//! Parameters of LLRP: TLV with a length, TV without.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The bytes of a TV parameter that follow its type. `None` for one that the standard does not know.
fn tv_bytes(kind: u8) -> Option<usize> {
    match kind {
        // AntennaID, ChannelIndex, TagSeenCount, InventoryParameterSpecID, C1G2CRC, C1G2PC, SpecIndex, ClientRequestOpSpecResult, C1G2XPCW1,
        // C1G2XPCW2, OpSpecID
        1 | 7 | 8 | 10 | 11 | 12 | 14 | 15 | 17 | 19 | 20 => Some(2),
        // FirstSeen UTC and uptime, LastSeen UTC and uptime
        2..=5 => Some(8),
        // PeakRSSI
        6 => Some(1),
        // ROSpecID, AccessSpecID, C1G2SingulationDetails
        9 | 16 | 18 => Some(4),
        // EPC-96
        13 => Some(12),
        _ => None,
    }
}

/// One parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Its type: below 128 it is a TV parameter.
    pub kind: u16,
    /// What follows its type, or its length.
    pub body: &'a [u8],
}

/// Why parameters cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// A TV parameter of this type is not known, and has no length.
    UnknownTv(u8),
    /// A length leads nowhere.
    Malformed(String),
}

impl Unreadable {
    pub(super) fn words(&self) -> String {
        match self {
            Unreadable::UnknownTv(kind) => format!("unknown_tv: parameter {kind} has no length"),
            Unreadable::Malformed(detail) => detail.clone(),
        }
    }
}

/// Takes the first parameter off.
pub(super) fn take<'a>(bytes: &mut &'a [u8]) -> Result<Option<Parameter<'a>>, Unreadable> {
    let &[first, ref rest @ ..] = *bytes else { return Ok(None) };
    if first & 0x80 != 0 {
        let kind = first & 0x7f;
        let size = tv_bytes(kind).ok_or(Unreadable::UnknownTv(kind))?;
        let (body, after) = rest.split_at_checked(size).ok_or_else(|| {
            Unreadable::Malformed(format!(
                "parameter {kind} has {size} bytes, {} are left",
                rest.len()
            ))
        })?;
        *bytes = after;
        return Ok(Some(Parameter { kind: kind.into(), body }));
    }
    let &[first, second, high, low, ref after @ ..] = *bytes else {
        return Err(Unreadable::Malformed("a parameter has four bytes at least".to_owned()));
    };
    let kind = u16::from_be_bytes([first & 3, second]);
    let length = usize::from(u16::from_be_bytes([high, low]));
    let (body, after) = length
        .checked_sub(4)
        .and_then(|length| after.split_at_checked(length))
        .ok_or_else(|| {
            let left = bytes.len();
            Unreadable::Malformed(format!("parameter {kind} says {length} bytes, {left} are left"))
        })?;
    *bytes = after;
    Ok(Some(Parameter { kind, body }))
}

/// All parameters, up to the first that cannot be read.
pub(super) fn all(mut bytes: &[u8]) -> impl Iterator<Item = Result<Parameter<'_>, Unreadable>> {
    core::iter::from_fn(move || {
        let next = take(&mut bytes).transpose();
        if matches!(next, Some(Err(_))) {
            bytes = &[];
        }
        next
    })
}

/// All parameters inside those of this type, up to the first that cannot be read.
pub(super) fn inside(
    kind: u16,
    bytes: &[u8],
) -> impl Iterator<Item = Result<Parameter<'_>, Unreadable>> {
    all(bytes).flat_map(move |outer| {
        let (body, unreadable) = match outer {
            Ok(outer) if outer.kind == kind => (outer.body, None),
            Ok(_) => (&[][..], None),
            Err(unreadable) => (&[][..], Some(Err(unreadable))),
        };
        all(body).chain(unreadable)
    })
}

/// Writes a parameter with a length.
pub fn tlv(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 4).unwrap_or(u16::MAX);
    let mut bytes = Vec::with_capacity(body.len() + 4);
    bytes.extend((kind & 0x3ff).to_be_bytes());
    bytes.extend(length.to_be_bytes());
    bytes.extend(body);
    bytes
}

/// Writes a parameter without a length.
pub fn tv(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::from([kind | 0x80]);
    bytes.extend(body);
    bytes
}
