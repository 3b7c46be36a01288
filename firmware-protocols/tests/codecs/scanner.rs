//! Barcodes and what they could be, and results of X-ray inspections.

use expect_test::{Expect, expect};
use firmware_protocols::scanner::barcode::{self, Options, Symbology};
use firmware_protocols::scanner::container::{self, Container};
use firmware_protocols::scanner::gs1::{self, Gs1, NotSplit};
use firmware_protocols::scanner::{Checked, ClaimKind, Scan, Terminator, xray};
use firmware_protocols::{Decoder, Dialect, Fault, FaultKind, Reading, Settings};
use jiff::civil::date;
use proptest::prelude::*;

use crate::check::{cut_everywhere, decode, decode_with, recording, text};

fn check(bytes: &[u8], expected: Expect) {
    crate::check::check(Dialect::Barcode, bytes, &expected);
}

/// What a code could be, as `kind value (checked)`.
fn claims(text: &str) -> String {
    let code = barcode::decode(text.as_bytes(), &Options::default()).unwrap();
    let claims = code.claims.iter().map(|claim| {
        let asked =
            claim.suggested_for.as_ref().map(|read| format!(" for {read}")).unwrap_or_default();
        format!("{:?} {}{asked} ({:?})", claim.kind, claim.value, claim.checked)
    });
    claims.collect::<Vec<_>>().join("; ")
}

#[test]
fn codes_are_read_with_and_without_an_identifier() {
    check(
        b"55302/200126/0012345\r]C10104870000000012\x1d17261231\r\n]Q1https://example.org/1\nhello\r",
        expect![[r#"
            {"scan":{"code":{"text":"55302/200126/0012345","claims":[{"kind":"declaration","value":"55302/200126/0012345","checked":"date"}],"raw":"55302/200126/0012345"}}}
            {"scan":{"code":{"symbology":"code128","aim":"]C1","text":"0104870000000012\u001d17261231","gs1":{"elements":[{"ai":"01","value":"04870000000012","check_digit":true},{"ai":"17","value":"261231","check_digit":false}]},"claims":[{"kind":"gs1","value":"04870000000012","checked":"check_digit"}],"raw":"]C10104870000000012\\x1d17261231"}}}
            {"scan":{"code":{"symbology":"qr","aim":"]Q1","text":"https://example.org/1","claims":[{"kind":"url","value":"https://example.org/1","checked":"shape"}],"raw":"]Q1https://example.org/1"}}}
            {"scan":{"code":{"text":"hello","raw":"hello"}}}
        "#]],
    );
}

#[test]
fn a_text_is_claimed_to_be_what_it_can_be_and_says_what_was_checked() {
    let cases = [
        ("55302/200126/0012345", "Declaration 55302/200126/0012345 (Date)"),
        ("10702020/010213/17", "Declaration 10702020/010213/17 (Date)"),
        ("51/200126/0012345", "Declaration 51/200126/0012345 (Date)"),
        ("55302/200126/0012345/1", "Declaration 55302/200126/0012345/1 (Date)"),
        ("55302/320126/0012345", ""),
        ("553021/200126/0012345", ""),
        ("55302/200126/00123456", ""),
        (
            "TD: 55302/200126/0012345; CSQU3054383",
            "Declaration 55302/200126/0012345 (Date); Container CSQU3054383 (CheckDigit)",
        ),
        ("CSQU 305438-3", "Container CSQU3054383 (CheckDigit)"),
        ("CSQU3O54383", "Container CSQU3054383 for CSQU3O54383 (CheckDigit)"),
        ("CSQU3054384", ""),
        ("123ABC02", "Plate 123ABC02 (Shape)"),
        ("123 авс 02", "Plate 123ABC02 (Shape)"),
        ("KZ00012345", "Seal KZ00012345 (Shape)"),
        ("0012345", "Seal 0012345 (Shape)"),
        ("4006381333931", "Gs1 4006381333931 (CheckDigit)"),
        ("4006381333932", ""),
        ("https://example.org/x", "Url https://example.org/x (Shape)"),
        ("https:// example.org", ""),
        ("hello", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(claims(text), expected, "{text}");
    }
}

#[test]
fn a_number_is_repaired_in_one_way_or_not_at_all() {
    let cases = [
        ("CSQU3054383", Container::Sound("CSQU3054383".into())),
        ("CSQU3O5438S", Container::Other),
        ("CSQU30S4383", Container::Suggested("CSQU3054383".into())),
        ("CSQU3OS4383", Container::Suggested("CSQU3054383".into())),
        ("TSTU0000020", Container::Sound("TSTU0000020".into())), // remainder 10, written 0
        ("CSQU3054384", Container::WrongDigit(3)),
        ("C5QU3054383", Container::Other),
        ("CSQA3054383", Container::Other),
        ("CSQU30543833", Container::Other),
    ];
    for (text, expected) in cases {
        assert_eq!(container::look(text), expected, "{text}");
    }
}

fn split(text: &[u8], separator_sent: bool) -> String {
    match gs1::split(text, separator_sent) {
        Gs1::Elements(elements) => {
            let elements =
                elements.iter().map(|element| format!("({}){}", element.ai, element.value));
            elements.collect::<Vec<_>>().concat()
        }
        Gs1::NotSplit(why) => format!("{why:?}"),
    }
}

#[test]
fn elements_are_split_where_there_is_no_doubt() {
    let cases: [(&[u8], bool, &str); 18] = [
        (b"0104870000000012", false, "(01)04870000000012"),
        (b"\x1d0104870000000012", false, "(01)04870000000012"),
        (
            b"01048700000000121726123110LOT-7\x1d2142",
            false,
            "(01)04870000000012(17)261231(10)LOT-7(21)42",
        ),
        (b"3103001234", false, "(3103)001234"),
        // The value of 10 could be a lot and a serial number without the separator between.
        (b"10LOT2142", false, "MissingSeparator"),
        (b"10LOT2142", true, "(10)LOT2142"),
        (b"10LOT", false, "(10)LOT"),
        (b"0104870000000011", false, "WrongCheckDigit"),
        (b"010487000000001", false, "TooShort"),
        (b"01048700000000AB", false, "WrongValue"),
        (b"17261331", false, "WrongValue"),
        (b"17260200", false, "(17)260200"),
        (b"10123456789012345678901", true, "TooLong"),
        (b"40212345678901234567\x1d10A", true, "WrongCheckDigit"),
        (b"990", false, "(99)0"),
        (b"05123", false, "UnknownIdentifier"),
        (b"4", false, "UnknownIdentifier"),
        (b"10\x1d17261231", true, "TooShort"),
    ];
    for (text, sent, expected) in cases {
        assert_eq!(split(text, sent), expected, "{:?}", String::from_utf8_lossy(text));
    }
    let many = b"20010".repeat(40);
    assert_ne!(gs1::split(&many, true), Gs1::Elements(Vec::new()));
    let many = b"2001".repeat(33);
    assert_eq!(gs1::split(&many, true), Gs1::NotSplit(NotSplit::TooMany));
}

#[test]
fn a_day_of_two_digits_is_the_nearest_and_nought_is_the_last_of_its_month() {
    let cases = [
        ("261231", 2026, Some(date(2026, 12, 31))),
        ("280200", 2026, Some(date(2028, 2, 29))),
        ("990101", 2026, Some(date(1999, 1, 1))),
        ("760101", 2026, Some(date(2076, 1, 1))),
        ("770101", 2026, Some(date(1977, 1, 1))),
        ("010101", 2099, Some(date(2101, 1, 1))),
        ("261301", 2026, None),
        ("2613", 2026, None),
    ];
    for (text, year, expected) in cases {
        assert_eq!(gs1::day(text, year), expected, "{text} in {year}");
    }
}

fn set(terminator: Terminator) -> Settings {
    Settings { terminator: Some(terminator), ..Settings::default() }
}

fn texts(items: &[Result<Reading, Fault>]) -> Vec<String> {
    let told = items.iter().map(|item| match item {
        Ok(Reading::Scan(Scan::Code(code))) => code.text.clone().unwrap_or_default(),
        Ok(other) => format!("{other:?}"),
        Err(fault) => fault.kind.name().to_owned(),
    });
    told.collect()
}

#[test]
fn a_code_ends_as_the_reader_is_set() {
    let line =
        |bytes: &[u8]| texts(&decode_with(Dialect::Barcode, &set(Terminator::Line), &[bytes]));
    for bytes in [
        &b"A\rB\r"[..],
        b"A\nB\n",
        b"A\r\nB\r\n",
        b"\x02A\x03\r\n\x02B\x03\r\n",
        b"\x02A\r\x03\x02B\r\x03",
    ] {
        let told: Vec<_> = line(bytes).into_iter().filter(|told| told != "cut-off").collect();
        assert_eq!(told, ["A", "B"], "{bytes:?}");
    }
    let wrapped = |bytes: &[u8]| {
        let items = decode_with(Dialect::Barcode, &set(Terminator::StxEtx), &[bytes]);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(decode_with(Dialect::Barcode, &set(Terminator::StxEtx), &single), items);
        texts(&items)
    };
    assert_eq!(wrapped(b"\x02A\r\nB\x03\r\n\x02C\x03"), ["A\r\nB", "C"]);
    assert_eq!(
        wrapped(b"noise\x02A\x03"),
        ["noise", "A"].map(|told| if told == "noise" { "noise" } else { told })
    );
    assert_eq!(wrapped(b"\x02cut\x02A\x03"), ["cut-off", "A"]);
    assert_eq!(wrapped(b"\x02cut"), ["cut-off"]);
}

#[test]
fn a_code_that_nothing_ends_is_ended_by_a_pause() {
    let mut decoder = Decoder::with(Dialect::Barcode, &set(Terminator::None));
    assert_eq!(decoder.pause(), Some(std::time::Duration::from_millis(100)));
    assert!(decoder.decode(b"553").is_empty());
    assert!(decoder.decode(b"02/200126/1").is_empty());
    assert_eq!(texts(&decoder.paused()), ["55302/200126/1"]);
    assert!(decoder.paused().is_empty());
    decoder.decode(b"half");
    assert_eq!(decoder.reset().unwrap().kind, FaultKind::CutOff);
    assert_eq!(Decoder::new(Dialect::Barcode).pause(), None);
    // A message of its own needs no pause.
    assert_eq!(texts(&decoder.document(b"whole\r\n")), ["whole"]);
}

#[test]
fn halves_of_two_sessions_are_two_codes() {
    let mut decoder = Decoder::new(Dialect::Barcode);
    assert!(decoder.decode(b"55302/200").is_empty());
    assert_eq!(decoder.reset().unwrap().kind, FaultKind::CutOff);
    assert_eq!(texts(&decoder.decode(b"126/0012345\r")), ["126/0012345"]);
}

#[test]
fn a_prefix_that_is_missing_betrays_a_cut_code() {
    let settings =
        Settings { prefix: Some("<".into()), suffix: Some(">".into()), ..Settings::default() };
    let told = texts(&decode_with(Dialect::Barcode, &settings, &[b"<A>\rA>\r<A\r<>\r"]));
    assert_eq!(told, ["A", "bad-field", "bad-field", "wrong-length"]);
}

#[test]
fn bytes_that_are_no_text_are_kept_and_noise_is_a_fault() {
    let items = decode(Dialect::Barcode, &[b"\xca\xe0\xe7\r"]);
    assert!(text(&items).contains(r#""text":null,"raw":"\\xca\\xe0\\xe7""#), "{}", text(&items));
    let items = decode(Dialect::Barcode, &[b"\x00\x1f\x80ab\r"]);
    assert_eq!(texts(&items), ["not-text"]);
}

#[test]
fn a_code_may_be_as_long_as_the_limit_and_no_longer() {
    let limit = firmware_protocols::limits::SCAN_BYTES;
    for terminator in [Terminator::Line, Terminator::StxEtx, Terminator::None] {
        for (length, fits) in [(limit, true), (limit + 1, false)] {
            let mut decoder = Decoder::with(Dialect::Barcode, &set(terminator));
            let mut items = decoder.decode(&barcode::encode(&"x".repeat(length), "", terminator));
            items.extend(decoder.paused());
            assert_eq!(items.iter().any(Result::is_ok), fits, "{terminator:?} {length}");
        }
    }
}

const INSPECTION: &str = r#"{"v":1,"scan":"X-000123","scanner":"XR-1","operator":"op-7","started":"2026-05-21T11:00:00Z","ended":"2026-05-21T11:01:10Z","direction":"inbound","vehicle":"123ABC02","containers":["CSQU3054383"],"file":{"kind":"uff3","sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","bytes":48211333,"uri":"https://xr-1.example/scans/000123.uff"},"conclusion":{"code":"suspicious","by":"operator","who":"op-7","at":"2026-05-21T11:03:00Z","text":"dense block behind the cab","regions":[{"left":120,"top":300,"width":80,"height":90,"remark":"block"}]}}"#;

#[test]
fn an_inspection_is_read_and_written() {
    let inspection = xray::decode(INSPECTION.as_bytes()).unwrap();
    assert_eq!(xray::encode(&inspection).unwrap(), INSPECTION);
    let bytes = format!("{INSPECTION}\n{{\"v\":1,\"scan\":\"X\",\"new\":1}}\n");
    let items = decode(Dialect::Xray, &[bytes.as_bytes()]);
    assert!(items.iter().all(Result::is_ok), "{items:?}");
    cut_everywhere(Dialect::Xray, bytes.as_bytes(), &items);
    let pretty = INSPECTION.replace(',', ",\n");
    assert_eq!(Decoder::new(Dialect::Xray).document(pretty.as_bytes())[0], items[0]);
}

#[test]
fn what_is_wrong_with_an_inspection_is_refused_by_name() {
    let cases = [
        (r#""v":1"#, r#""v":2"#, "version 2 of the contract"),
        (r#""scan":"X-000123""#, r#""scan":"""#, "`scan` is empty"),
        (r#""scan":"X-000123","#, "", "missing field `scan`"),
        (
            r#""ended":"2026-05-21T11:01"#,
            r#""ended":"2026-05-21T10:01"#,
            "`ended` is before `started`",
        ),
        ("9f86d0", "9f86d", "`file.sha256` is 64"),
        ("https://xr-1", "xr-1", "`file.uri` begins with a scheme"),
        ("https://xr-1", "https://op:secret@xr-1", "a name and a password have no place"),
        (r#""uff3""#, r#""tiff""#, "unknown variant `tiff`"),
        (r#""suspicious""#, r#""guilty""#, "unknown variant `guilty`"),
        (r#""who":"op-7","#, "", "`conclusion.who`"),
        (r#""left":120"#, r#""left":0.12"#, "expected u16"),
        (r#""left":120"#, r#""left":950"#, "a region lies inside"),
        (r#""width":80"#, r#""width":0"#, "a region lies inside"),
        (r#""vehicle":"123ABC02""#, r#""vehicle":"A","vehicle":"B""#, "duplicate field `vehicle`"),
    ];
    for (from, to, complaint) in cases {
        let document = INSPECTION.replace(from, to);
        assert_ne!(document, INSPECTION, "{from}");
        let fault = xray::decode(document.as_bytes()).unwrap_err();
        assert!(fault.detail.contains(complaint), "{to}: {fault}");
    }
    let many = format!("[{}]", vec![r#""A""#; 17].join(","));
    let document = INSPECTION.replace(r#"["CSQU3054383"]"#, &many);
    assert!(xray::decode(document.as_bytes()).is_err());
}

#[test]
fn the_kind_of_a_code_is_its_letter_whatever_digit_a_maker_puts_behind_it() {
    let kinds = [
        ("]A0 ]A2 ]A3", Symbology::Code39),
        ("]C0 ]C1", Symbology::Code128),
        ("]E0 ]E4", Symbology::Ean),
        ("]d1 ]d2", Symbology::DataMatrix),
        ("]Q1 ]Q3", Symbology::Qr),
        ("]L0 ]L1 ]L2", Symbology::Pdf417),
        ("]z0", Symbology::Aztec),
        ("]I0", Symbology::Interleaved2Of5),
        ("]e0", Symbology::Gs1DataBar),
    ];
    for (identifiers, kind) in kinds {
        for aim in identifiers.split(' ') {
            let code = format!("{aim}0104870000000012");
            let read = barcode::decode(code.as_bytes(), &Options::default()).unwrap();
            assert_eq!((read.symbology, read.aim.as_deref()), (Some(kind), Some(aim)));
            let says_gs1 = ["]C1", "]d2", "]Q3", "]e0"].contains(&aim);
            assert_eq!(read.gs1.is_some(), says_gs1, "{aim}");
        }
    }
}

#[test]
fn a_plate_of_every_region_is_claimed_to_be_one() {
    let Some(table) = recording("devices/kz-plate-regions.csv") else { return };
    let table = String::from_utf8(table).unwrap();
    let mut plates = 0;
    for row in table.lines().skip(1) {
        let [region, _, letters] = row.split(',').collect::<Vec<_>>().try_into().unwrap();
        let of_1993 = letters.split_ascii_whitespace().map(|letter| format!("{letter} 123 ABC"));
        for plate in
            [format!("123 ABC {region}"), format!("123 AB {region}")].into_iter().chain(of_1993)
        {
            let told = claims(&plate);
            assert!(told.contains("Plate"), "{plate}: {told}");
            plates += 1;
        }
    }
    assert_eq!(plates, 63);
}

proptest! {
    #[test]
    fn every_code_survives_the_wire(data in "[ -~]{1,80}", aim in prop::sample::select(vec!["", "]C0", "]Q1"])) {
        // Without an identifier, data may look as if it had one.
        prop_assume!(!data.starts_with(']') && !data.trim().is_empty());
        for terminator in [Terminator::Line, Terminator::StxEtx] {
            let bytes = barcode::encode(&data, aim, terminator);
            let told = texts(&decode_with(Dialect::Barcode, &set(terminator), &[&bytes]));
            prop_assert_eq!(told, [data.clone()]);
        }
    }

    #[test]
    fn every_text_is_looked_at_without_harm(text in "\\PC{0,200}") {
        for claim in firmware_protocols::scanner::claims::of(&text, &[]) {
            prop_assert!(claim.kind != ClaimKind::Container || claim.checked == Checked::CheckDigit);
        }
    }

    #[test]
    fn every_key_of_gs1_is_found_and_no_wrong_digit_passes(body in "[0-9]{13}", place in 0..13_usize, by in 1..10_u8) {
        let digit = gs1::check_digit(body.as_bytes());
        let key = format!("{body}{digit}");
        prop_assert_eq!(split(format!("01{key}").as_bytes(), false), format!("(01){key}"));
        let mut wrong = key.into_bytes();
        wrong[place] = b'0' + (wrong[place] - b'0' + by) % 10;
        prop_assert!(!gs1::has_check_digit(&wrong));
    }

    #[test]
    fn every_letter_for_a_digit_is_suggested(owner in "[A-Z]{3}U", serial in 0..1_000_000_u32, place in 4..11_usize) {
        let body = format!("{owner}{serial:06}");
        let number = format!("{body}{}", container::check_digit(body.as_bytes()));
        let mut read = number.clone().into_bytes();
        let letter = match read[place] { b'0' => b'O', b'1' => b'I', b'5' => b'S', b'8' => b'B', b'2' => b'Z', other => other };
        read[place] = letter;
        let expected = if letter.is_ascii_digit() { Container::Sound(number) } else { Container::Suggested(number) };
        prop_assert_eq!(container::look(&String::from_utf8(read).unwrap()), expected);
    }
}
