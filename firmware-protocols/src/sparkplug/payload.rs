//! Payloads of Sparkplug B: a small part of protobuf, read and written by hand.
//!
//! ```text
//! Payload  1 timestamp ms   2 metric ..   3 seq   4 uuid   5 body
//! Metric   1 name   2 alias   3 timestamp ms   4 datatype   5 is_historical   6 is_transient   7 is_null   8 metadata   9 properties
//!          10 int   11 long   12 float   13 double   14 boolean   15 string   16 bytes   17 data set   18 template
//! ```
//!
//! A field that is not known is passed over, whatever it holds; a length is checked before anything is kept. Int8 to Int32 travel as 32 bits of two's complement, Int64 as
//! 64; nodes that send a negative Int8 as eight bits, or as ten bytes of a sign, are understood. What a value means is told by its data type,
//! which data may leave out: then it is the one of the birth.
//!
//! Deliberately absent: data sets, templates, properties and metadata. They are passed over, and a metric that holds one has no value here.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rust_decimal::Decimal;

use crate::fault::{Fault, FaultKind};
use crate::limits;

/// One message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Payload {
    /// When it was sent, milliseconds since 1970.
    pub timestamp: Option<u64>,
    /// Its metrics.
    pub metrics: Vec<Metric>,
    /// Its place in the sequence of its node, 0 to 255.
    pub seq: Option<u64>,
}

/// One metric.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metric {
    /// Its name; data may leave it out and give the alias.
    pub name: Option<String>,
    /// A number for the name.
    pub alias: Option<u64>,
    /// When the value was taken, milliseconds since 1970.
    pub timestamp: Option<u64>,
    /// What the value means.
    pub datatype: Option<DataType>,
    /// It was stored and is sent late: it is no live value.
    pub historical: bool,
    /// The value as it travels. `None` if it is null.
    pub value: Option<Wire>,
}

/// A value as it travels.
#[derive(Debug, Clone, PartialEq)]
pub enum Wire {
    /// 32 bits.
    Int(u32),
    /// 64 bits.
    Long(u64),
    /// A single.
    Float(f32),
    /// A double.
    Double(f64),
    /// A switch.
    Boolean(bool),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A data set or a template, passed over.
    Other,
}

/// A value with its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// None.
    Null,
    /// A number. A float is the shortest decimal that is that float.
    Number(Decimal),
    /// A switch.
    Boolean(bool),
    /// Text.
    Text(String),
    /// Bytes, lists, and whatever is passed over.
    Other,
}

/// Data types, by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DataType(pub u32);

impl DataType {
    /// A signed number of 8 bits.
    pub const INT8: DataType = DataType(1);
    /// A signed number of 16 bits.
    pub const INT16: DataType = DataType(2);
    /// A signed number of 32 bits.
    pub const INT32: DataType = DataType(3);
    /// A signed number of 64 bits.
    pub const INT64: DataType = DataType(4);
    /// A number of 64 bits.
    pub const UINT64: DataType = DataType(8);
    /// A single.
    pub const FLOAT: DataType = DataType(9);
    /// A double.
    pub const DOUBLE: DataType = DataType(10);
    /// A switch.
    pub const BOOLEAN: DataType = DataType(11);
    /// Text.
    pub const STRING: DataType = DataType(12);
}

impl Metric {
    /// A metric with a name.
    pub fn named(name: &str, datatype: DataType, value: Wire, timestamp: u64) -> Metric {
        Metric {
            name: Some(name.to_owned()),
            timestamp: Some(timestamp),
            datatype: Some(datatype),
            value: Some(value),
            ..Metric::default()
        }
    }

    /// What the value means as `datatype`, which a birth told; its own goes first.
    pub fn read(&self, datatype: Option<DataType>) -> Result<Value, String> {
        let Some(value) = &self.value else { return Ok(Value::Null) };
        let datatype = self.datatype.or(datatype);
        let number = |number: Decimal| Ok(Value::Number(number));
        match (value, datatype) {
            (Wire::Int(bits), Some(DataType(1))) => number(signed(*bits, 8)?),
            (Wire::Int(bits), Some(DataType(2))) => number(signed(*bits, 16)?),
            (Wire::Int(bits), Some(DataType(3))) => number(signed(*bits, 32)?),
            // Some nodes send a small Int64 as 32 bits, and an Int32 as 64.
            (Wire::Int(bits), Some(DataType(4))) => number(signed(*bits, 32)?),
            (Wire::Int(bits), _) => number(Decimal::from(*bits)),
            (Wire::Long(bits), Some(DataType(1..=4))) => number(Decimal::from(bits.cast_signed())),
            (Wire::Long(bits), _) => number(Decimal::from(*bits)),
            (Wire::Float(single), _) => decimal(single.is_finite(), &single.to_string()),
            (Wire::Double(double), _) => decimal(double.is_finite(), &double.to_string()),
            (Wire::Boolean(switch), _) => Ok(Value::Boolean(*switch)),
            (Wire::Text(text), _) => Ok(Value::Text(text.clone())),
            (Wire::Bytes(_) | Wire::Other, _) => Ok(Value::Other),
        }
    }
}

/// Two's complement in 32 bits, or in as many as the type has.
fn signed(bits: u32, width: u32) -> Result<Decimal, String> {
    let wide = bits.cast_signed();
    let shift = 32 - width;
    let narrow = (wide << shift) >> shift;
    let fits = wide == narrow || bits >> (width - 1) >> 1 == 0;
    if fits { Ok(Decimal::from(narrow)) } else { Err(format!("{bits} does not fit {width} bits")) }
}

fn decimal(finite: bool, text: &str) -> Result<Value, String> {
    let number = finite.then(|| Decimal::from_str_exact(text).ok()).flatten();
    number.map(Value::Number).ok_or_else(|| {
        let shown: String = text.chars().take(24).collect();
        format!("{shown} is no number that can be kept")
    })
}

/// A field of a message, as it travels.
enum Field<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
}

/// Reads the fields of a message.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Result<u64, String> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or("the payload ends inside a number")?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("a number has more than ten bytes".to_owned())
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        let (taken, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| self.0.split_at_checked(length))
            .ok_or("the payload ends inside a field")?;
        self.0 = rest;
        Ok(taken)
    }

    fn next(&mut self) -> Result<Option<(u64, Field<'a>)>, String> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Varint(self.varint()?),
            1 => Field::Fixed64(
                self.take(8)?.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
            ),
            2 => {
                let length = self.varint()?;
                Field::Bytes(self.take(length)?)
            }
            5 => Field::Fixed32(
                self.take(4)?.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte)),
            ),
            other => return Err(format!("field {} has the unknown form {other}", key >> 3)),
        };
        Ok(Some((key >> 3, field)))
    }
}

/// Reads one payload.
pub fn decode(bytes: &[u8]) -> Result<Payload, Fault> {
    if bytes.len() > limits::SPARKPLUG_BYTES {
        let detail = format!("a payload has at most {} bytes", limits::SPARKPLUG_BYTES);
        return Err(Fault::new(FaultKind::TooLong, detail, bytes));
    }
    payload(bytes).map_err(|detail| Fault::new(FaultKind::Malformed, detail, bytes))
}

fn payload(bytes: &[u8]) -> Result<Payload, String> {
    let mut payload = Payload::default();
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next()? {
        match field {
            (1, Field::Varint(timestamp)) => payload.timestamp = Some(timestamp),
            (2, Field::Bytes(bytes)) => {
                if payload.metrics.len() == limits::SPARKPLUG_METRICS {
                    return Err(format!("more than {} metrics", limits::SPARKPLUG_METRICS));
                }
                payload.metrics.push(metric(bytes)?);
            }
            (3, Field::Varint(seq)) => payload.seq = Some(seq),
            _ => {}
        }
    }
    Ok(payload)
}

fn metric(bytes: &[u8]) -> Result<Metric, String> {
    let mut metric = Metric::default();
    let mut null = false;
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next()? {
        match field {
            (1, Field::Bytes(name)) => metric.name = Some(text(name)?),
            (2, Field::Varint(alias)) => metric.alias = Some(alias),
            (3, Field::Varint(timestamp)) => metric.timestamp = Some(timestamp),
            (4, Field::Varint(datatype)) => {
                metric.datatype = u32::try_from(datatype).ok().map(DataType);
            }
            (5, Field::Varint(historical)) => metric.historical = historical != 0,
            (7, Field::Varint(is_null)) => null = is_null != 0,
            // Ten bytes of a sign are cut to the 32 bits that count.
            (10, Field::Varint(int)) => metric.value = Some(Wire::Int((int & 0xffff_ffff) as u32)),
            (11, Field::Varint(long)) => metric.value = Some(Wire::Long(long)),
            (12, Field::Fixed32(float)) => metric.value = Some(Wire::Float(f32::from_bits(float))),
            (13, Field::Fixed64(double)) => {
                metric.value = Some(Wire::Double(f64::from_bits(double)));
            }
            (14, Field::Varint(switch)) => metric.value = Some(Wire::Boolean(switch != 0)),
            (15, Field::Bytes(bytes)) => metric.value = Some(Wire::Text(text(bytes)?)),
            (16, Field::Bytes(bytes)) => metric.value = Some(Wire::Bytes(limited(bytes)?.to_vec())),
            (17..=19, Field::Bytes(_)) => metric.value = Some(Wire::Other),
            _ => {}
        }
    }
    if null {
        metric.value = None;
    }
    Ok(metric)
}

fn limited(bytes: &[u8]) -> Result<&[u8], String> {
    if bytes.len() > limits::SPARKPLUG_TEXT_BYTES {
        return Err(format!(
            "a text or value has more than {} bytes",
            limits::SPARKPLUG_TEXT_BYTES
        ));
    }
    Ok(bytes)
}

fn text(bytes: &[u8]) -> Result<String, String> {
    let text = core::str::from_utf8(limited(bytes)?).map_err(|_| "a text is not UTF-8")?;
    Ok(text.to_owned())
}

/// Writes one payload: fields in the order of their numbers, nothing that is not there.
pub fn encode(payload: &Payload) -> Vec<u8> {
    let mut out = Vec::new();
    number(&mut out, 1, payload.timestamp);
    for metric in &payload.metrics {
        bytes(&mut out, 2, &encode_metric(metric));
    }
    number(&mut out, 3, payload.seq);
    out
}

fn encode_metric(metric: &Metric) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(name) = &metric.name {
        bytes(&mut out, 1, name.as_bytes());
    }
    number(&mut out, 2, metric.alias);
    number(&mut out, 3, metric.timestamp);
    number(&mut out, 4, metric.datatype.map(|DataType(number)| u64::from(number)));
    number(&mut out, 5, metric.historical.then_some(1));
    match &metric.value {
        None => number(&mut out, 7, Some(1)),
        Some(Wire::Int(int)) => number(&mut out, 10, Some(u64::from(*int))),
        Some(Wire::Long(long)) => number(&mut out, 11, Some(*long)),
        Some(Wire::Float(single)) => {
            varint(&mut out, 12 << 3 | 5);
            out.extend(single.to_le_bytes());
        }
        Some(Wire::Double(double)) => {
            varint(&mut out, 13 << 3 | 1);
            out.extend(double.to_le_bytes());
        }
        Some(Wire::Boolean(switch)) => number(&mut out, 14, Some(u64::from(*switch))),
        Some(Wire::Text(text)) => bytes(&mut out, 15, text.as_bytes()),
        Some(Wire::Bytes(value)) => bytes(&mut out, 16, value),
        // What was passed over stays so, and becomes no null: an empty data set.
        Some(Wire::Other) => bytes(&mut out, 17, &[]),
    }
    out
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push((number & 0x7f) as u8);
}

fn number(out: &mut Vec<u8>, field: u64, value: Option<u64>) {
    if let Some(value) = value {
        varint(out, field << 3);
        varint(out, value);
    }
}

fn bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, u64::try_from(value.len()).unwrap_or_default());
    out.extend_from_slice(value);
}
