//! The accounting as a table for a spreadsheet: UTF-8, commas, one line an operation, the goods repeated on each (RFC 4180).

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{ControlStanding, GoodsUnderControl, Operation};

/// What stands over the columns.
const HEADER: &str = "visit,number,plate,mode,direction,consignment,course,standing,since,since_article,until,until_article,\
gross_kg,flags,at,operation,article,officer,reference,open_terms,holds";

/// The accounting as text. Goods with which nothing was done yet have one line without an operation. Instants are local time at the
/// checkpoint with its offset; several values in one field are separated by blanks.
pub fn goods_csv(goods: &[GoodsUnderControl], zone: &TimeZone) -> String {
    let mut text = format!("{HEADER}\r\n");
    for one in goods {
        let before = before(one, zone);
        let after = [terms(one), holds(one)];
        if one.operations.is_empty() {
            line(&mut text, before.iter().chain(&[const { String::new() }; 5]).chain(&after));
        }
        for operation in &one.operations {
            let done = done(operation, zone);
            line(&mut text, before.iter().chain(&done).chain(&after));
        }
    }
    text
}

fn before(goods: &GoodsUnderControl, zone: &TimeZone) -> [String; 14] {
    let at = |ms: i64| local(ms, zone);
    let standing = match goods.standing {
        ControlStanding::UnderControl => "under_control",
        ControlStanding::LeftUnderControl => "left_under_control",
        ControlStanding::Ended => "ended",
    };
    [
        goods.visit.to_string(),
        goods.number.clone(),
        goods.plate.clone().unwrap_or_default(),
        code(&goods.mode),
        code(&goods.direction),
        goods.consignment.to_string(),
        goods.course.clone(),
        standing.to_owned(),
        at(goods.since_ms),
        goods.since_article.clone(),
        goods.until_ms.map(at).unwrap_or_default(),
        goods.until_article.clone().unwrap_or_default(),
        goods.gross_kg.clone().unwrap_or_default(),
        goods.flags.join(" "),
    ]
}

fn done(operation: &Operation, zone: &TimeZone) -> [String; 5] {
    [
        local(operation.at_ms, zone),
        operation.what.clone(),
        operation.article.clone(),
        operation.officer.as_ref().map(ToString::to_string).unwrap_or_default(),
        operation.reference.clone().unwrap_or_default(),
    ]
}

fn terms(goods: &GoodsUnderControl) -> String {
    let rules: Vec<&str> = goods.clocks.iter().map(|clock| clock.rule.as_str()).collect();
    rules.join(" ")
}

fn holds(goods: &GoodsUnderControl) -> String {
    let reasons: Vec<&str> = goods.holds.iter().map(|hold| hold.reason.as_str()).collect();
    reasons.join(" ")
}

fn local(ms: i64, zone: &TimeZone) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone()).strftime("%FT%T%:z").to_string()
}

/// The name that serde gives a plain enum.
fn code<T: Serialize>(value: &T) -> String {
    let value = toml::Value::try_from(value).ok();
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn line<'a>(text: &mut String, fields: impl Iterator<Item = &'a String>) {
    for (place, value) in fields.enumerate() {
        if place > 0 {
            text.push(',');
        }
        field(text, value);
    }
    text.push_str("\r\n");
}

/// A value as a field. What a person or a camera wrote may begin like a formula; an apostrophe in front makes a spreadsheet read it as text.
fn field(text: &mut String, value: &str) {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = formula || value.contains([',', '"', '\n', '\r']);
    if !quoted {
        text.push_str(value);
        return;
    }
    let sign = if formula { "'" } else { "" };
    // Writing to a string cannot fail.
    let _ = write!(text, "\"{sign}{}\"", value.replace('"', "\"\""));
}
