//! Portal lines: what is a reading, what is a fault, and that neither ends the stream.

use expect_test::{Expect, expect};
use firmware_protocols::Dialect;
use firmware_protocols::portal::daily::{FileDay, lines, split_daily_line};
use firmware_protocols::portal::{Record, tsa};
use jiff::civil::date;
use jiff::tz::Offset;

fn check(bytes: &str, expected: Expect) {
    crate::check::check(Dialect::Tsa, bytes.as_bytes(), &expected);
}

#[test]
fn base_records_are_read() {
    check(
        "GB,000383,000389,000432,000423\r\nNH,000012,000000,000011,000000\r\nGA,000077,000077,000067,000069\r\n\
         NS,000002,000000,000002,000000\r\nGX,000109,006383,000000,000000\r\nSP,0.2249,03.032,004.88,000000\r\n\
         TT,000000,000000,000000,000000\r\nTC,111111,111111,111111,111111\r\n",
        expect![[r#"
            {"portal":{"gamma_background":{"level":"normal","cps":[383,389,432,423]}}}
            {"portal":{"neutron_background":{"level":"high","cps":[12,0,11,0]}}}
            {"portal":{"gamma_scan":{"alarm":true,"counts":[77,77,67,69]}}}
            {"portal":{"neutron_scan":{"alarm":false,"counts":[2,0,2,0]}}}
            {"portal":{"occupancy_end":{"counter":109,"neutron_background":6383,"reserved":[0,0]}}}
            {"portal":{"speed":{"seconds_per_foot":"0.2249","mph":"3.032","kmh":"4.88","reserved":0}}}
            {"portal":"tamper_fault"}
            {"portal":"tamper_cleared"}
        "#]],
    );
}

#[test]
fn the_recorded_setup_block_is_read() {
    check(
        SETUP,
        expect![[r#"
            {"portal":{"setup_gamma1":{"high_fault_cps":2000,"low_fault_cps":68,"intervals":5,"hold_in":10,"n_sigma":"5.0","rest":"P"}}}
            {"portal":{"setup_gamma2":{"on_line":[true,true,true,true],"master_lld":"0.069","master_uld":"0.455","relay":1,"algorithm":{"sum":true,"horizontal":false,"vertical":true,"single":false},"software":"A"}}}
            {"portal":{"setup_gamma3":{"slave_lld":"0.069","slave_uld":"0.455","background_time_s":20,"background_sigma":0,"firmware":"1.10.1"}}}
            {"portal":{"setup_neutron1":{"high_fault_cps":50,"max_intervals":3,"alpha":4,"z_max":1200,"sequential_intervals":1,"background_time_s":120}}}
            {"portal":{"setup_neutron2":{"master_lld":"0.504","master_uld":"5.040","slave_lld":"0.504","slave_uld":"5.040","rest":"PP"}}}
        "#]],
    );
}

const SETUP: &str = "SG1,002000,000068,05,10,05.0,P\r\nSG2,1111,0.069,0.455,01,1010,A\r\nSG3,0.069,0.455,020,000,1.10.1\r\n\
                     SN1,000050,03,0004,1200,01,120\r\nSN2,0.504,5.040,0.504,5.040,PP\r\n";

#[test]
fn extended_records_are_read_as_far_as_they_are_known() {
    check(
        EXTENDED,
        expect![[r#"
        {"portal":{"neutron_background_fine":["3.58333373","0.00000000","2.65000033","0.00000000"]}}
        {"portal":{"neutron_test":{"per_second":"-5.56666610","per_count":"0.63818818"}}}
        {"portal":{"neutron_limits":{"upper":"9.50437640","lower":"-0.99599343"}}}
        {"portal":{"neutron_state":{"sum":"-1.20762252","again":"-1.20762252"}}}
        {"portal":{"window_background":["408.55001800","582.75006000","289.75003000","288.39999300"]}}
        {"portal":{"window_shares":["0.2603","0.3713","0.1846","0.1838"]}}
        {"portal":{"window_ratios":["1.41512668","1.71460711"]}}
        {"portal":{"window_counts":[105,105,60,48]}}
        {"portal":{"window_working":[172,219,101,100]}}
        {"portal":{"window_deviations":["-0.1242","0.1434","0.6573","0.1374","1.0091"]}}
        {"portal":{"advanced_alarm":{"numbers":[1,1,1],"mask":"11111A"}}}
        {"portal":{"reserved":[0,0,0,0]}}
    "#]],
    );
}

const EXTENDED: &str = "NB1,3.58333373,0.00000000,2.65000033,0.00000000\r\nNC,-5.56666610,0.63818818\r\n\
    NX,9.50437640,-0.99599343\r\nNZ,-1.20762252,-1.20762252\r\n\
    AB1,408.55001800,582.75006000,289.75003000,288.39999300\r\nAR,0.2603,0.3713,0.1846,0.1838\r\n\
    AC,1.41512668,1.71460711\r\nAS,000105,000105,000060,000048\r\nAM,000172,000219,000101,000100\r\n\
    AX, -0.1242,  0.1434,  0.6573,  0.1374,  1.0091\r\nAA,000001,000001,000001,11111A\r\n\
    RW,000000,000000,000000,000000\r\n";

#[test]
fn what_is_read_is_written_back() {
    for line in SETUP.lines().chain(EXTENDED.lines()) {
        let record = tsa::decode(line.as_bytes()).unwrap();
        assert_eq!(tsa::encode(&record), Some(format!("{line}\r\n")));
    }
}

#[test]
fn every_line_end_in_use_ends_a_line() {
    let line = "GS,000001,000002,000003,000004";
    let bytes = format!("{line}\r{line}\n{line}\r\n{line}\n\n{line}\r\n\r\n");
    let items = crate::check::decode(Dialect::Tsa, &[bytes.as_bytes()]);
    assert_eq!(items.len(), 5);
    assert!(items.iter().all(Result::is_ok), "{items:?}");
    crate::check::cut_everywhere(Dialect::Tsa, bytes.as_bytes(), &items);
}

#[test]
fn guard_characters_of_the_environment_board_are_passed_over() {
    check(
        "!TPDT,293.1,293.2,293.0,293.4,0\r\n#GB,000383,000389,000432,000423\r\n#!GS,000001,000002,000003,000004\r\n#\r\n",
        expect![[r#"
            {"portal":{"environment":{"detector_temperature":["293.1","293.2","293.0","293.4"]}}}
            {"portal":{"gamma_background":{"level":"normal","cps":[383,389,432,423]}}}
            {"portal":{"gamma_scan":{"alarm":false,"counts":[1,2,3,4]}}}
        "#]],
    );
}

/// Formats of the maker's own code, with the guards it sends.
const ENVIRONMENT: &str = "!TPDT,293.1,293.2,293.0,293.4,0\r\n#!RHDT,045.5,044.0,051.2,050.0,0\r\n#!PRES,01013,01013,01012,01013,0\r\n#\
    !DEWP,280.1,280.3,279.9,281.0,0\r\n#!MTRH,293.1,045.5,291.0,050.0,0\r\n#!STRH,293.4,044.1,290.8,051.0,0\r\n#\
    !MBAT,013.8,001.2,00000,000.4,0\r\n#!SBAT,013.7,001.1,00000,000.3,0\r\n#!D3,1,2,x\r\n#";

#[test]
fn the_lines_of_the_environment_board_are_read() {
    check(
        ENVIRONMENT,
        expect![[r#"
            {"portal":{"environment":{"detector_temperature":["293.1","293.2","293.0","293.4"]}}}
            {"portal":{"environment":{"detector_humidity":["45.5","44.0","51.2","50.0"]}}}
            {"portal":{"environment":{"detector_pressure":["1013","1013","1012","1013"]}}}
            {"portal":{"environment":{"detector_dew_point":["280.1","280.3","279.9","281.0"]}}}
            {"portal":{"environment":{"pillar":{"pillar":"master","temperature":"293.1","humidity":"45.5","pillar_temperature":"291.0","pillar_humidity":"50.0"}}}}
            {"portal":{"environment":{"pillar":{"pillar":"slave","temperature":"293.4","humidity":"44.1","pillar_temperature":"290.8","pillar_humidity":"51.0"}}}}
            {"portal":{"environment":{"power":{"pillar":"master","battery_v":"13.8","dc_a":"1.2","ac_a":"0.4"}}}}
            {"portal":{"environment":{"power":{"pillar":"slave","battery_v":"13.7","dc_a":"1.1","ac_a":"0.3"}}}}
            {"portal":{"environment":{"further":{"board":3,"fields":["1","2","x"]}}}}
        "#]],
    );
}

#[test]
fn lines_of_the_environment_board_are_written_with_their_guards() {
    for line in ENVIRONMENT.split_inclusive("\r\n#") {
        let live = line.trim_start_matches('!').trim_end_matches("\r\n#");
        let record = tsa::decode(live.as_bytes()).unwrap();
        assert_eq!(tsa::encode(&record).unwrap(), line);
        let numbers = live.contains('.') || live.starts_with("PRES");
        assert!(!numbers || line.len() == 34, "{line:?} has {} bytes", line.len());
    }
}

/// A reader that connects in the middle, segments of any size, terminators of any kind, garbage between.
#[test]
fn a_line_opened_in_the_middle_and_cut_anywhere_costs_the_lines_that_were_hit_and_no_others() {
    let day = include_str!("../captures/tsa/own-portal-with-alarm.day");
    let lines: Vec<&str> = day.lines().filter_map(|line| Some(line.rsplit_once(',')?.0)).collect();
    let mut stream = lines[0][10..].to_owned() + "\n\n";
    for (index, line) in lines.iter().enumerate().skip(1) {
        let end = ["\r\n", "\n\n", "\n", "\r"][index % 4];
        stream += &format!("{line}{end}");
        if index % 50 == 0 {
            stream += "\u{1}\u{2}~~~\r\n";
        }
    }
    let whole = crate::check::decode(Dialect::Tsa, &[stream.as_bytes()]);
    let faults = whole.iter().filter(|item| item.is_err()).count();
    assert_eq!(whole.len() - faults, lines.len() - 1);
    assert_eq!(faults, 1 + (lines.len() - 1) / 50);
    for size in [1, 7, 32, 1448] {
        let pieces: Vec<&[u8]> = stream.as_bytes().chunks(size).collect();
        assert_eq!(crate::check::decode(Dialect::Tsa, &pieces), whole, "segments of {size}");
    }
}

#[test]
fn an_unknown_tag_is_a_reading() {
    check(
        "NL,000000,000000,000000,000000\r\nQ7\r\n",
        expect![[r#"
            {"portal":{"unknown":{"tag":"NL","raw":"NL,000000,000000,000000,000000"}}}
            {"portal":{"unknown":{"tag":"Q7","raw":"Q7"}}}
        "#]],
    );
}

#[test]
fn a_bad_line_is_a_fault_and_the_next_is_read() {
    let good = "GS,000001,000002,000003,000004\r\n";
    check(
        [
            "0383,000389,000432,000423", // the link was opened in the middle of a line
            "GB,000383,000389,000432,00042", // one character short
            "GB,000383,000389,000432,0004230", // one too many
            "GB,000383,000389,000432,00O423", // a letter among digits
            "GB,-00383,000389,000432,000423", // a sign where none may be
            "GX,000001,000002,0000030000004", // three fields in the right length
            "GS\u{7f},00001,000002,000003,00004", // a control character
            "gs,000001,000002,000003,000004",
            "SG1,002000,000068,05,10,05.,P",
            "SG2,1111,0.069,0.455,01,1012,A",
            "TPDT,293.1,293.2,293.0,293.4",
            "RHDT,45.5,x,51.2,50.0,0",
        ]
        .map(|bad| format!("{bad}\r\n"))
        .concat()
        .as_str(),
        expect![[r#"
            {"fault":{"kind":"bad-field","detail":"a tag of two to four capital letters or digits, then a comma, expected","excerpt":"0383,000389,000432,000423","bytes":25}}
            {"fault":{"kind":"wrong-length","detail":"GB has 30 characters, this line has 29","excerpt":"GB,000383,000389,000432,00042","bytes":29}}
            {"fault":{"kind":"wrong-length","detail":"GB has 30 characters, this line has 31","excerpt":"GB,000383,000389,000432,0004230","bytes":31}}
            {"fault":{"kind":"bad-field","detail":"GB: `00O423` is not a whole number","excerpt":"GB,000383,000389,000432,00O423","bytes":30}}
            {"fault":{"kind":"bad-field","detail":"GB: `-00383` is not a whole number","excerpt":"GB,-00383,000389,000432,000423","bytes":30}}
            {"fault":{"kind":"bad-field","detail":"GX: 4 fields expected, 3 found","excerpt":"GX,000001,000002,0000030000004","bytes":30}}
            {"fault":{"kind":"not-text","detail":"a line of a portal is printable ASCII","excerpt":"GS\\x7f,00001,000002,000003,00004","bytes":29}}
            {"fault":{"kind":"bad-field","detail":"a tag of two to four capital letters or digits, then a comma, expected","excerpt":"gs,000001,000002,000003,000004","bytes":30}}
            {"fault":{"kind":"bad-field","detail":"SG1: `05.` is not a decimal number","excerpt":"SG1,002000,000068,05,10,05.,P","bytes":29}}
            {"fault":{"kind":"bad-field","detail":"SG2: `1012` is not four digits 0 or 1","excerpt":"SG2,1111,0.069,0.455,01,1012,A","bytes":30}}
            {"fault":{"kind":"bad-field","detail":"TPDT: 5 fields expected, 4 found","excerpt":"TPDT,293.1,293.2,293.0,293.4","bytes":28}}
            {"fault":{"kind":"bad-field","detail":"RHDT: `x` is not a decimal number","excerpt":"RHDT,45.5,x,51.2,50.0,0","bytes":23}}
        "#]],
    );
    check(
        &format!("GB,000383,000389\r\n{good}"),
        expect![[r#"
        {"fault":{"kind":"wrong-length","detail":"GB has 30 characters, this line has 16","excerpt":"GB,000383,000389","bytes":16}}
        {"portal":{"gamma_scan":{"alarm":false,"counts":[1,2,3,4]}}}
    "#]],
    );
}

#[test]
fn a_line_without_end_is_told_at_once_and_resynchronises_at_the_next_end() {
    let noise = "x".repeat(500);
    check(
        &format!("{noise}\r\nGS,000001,000002,000003,000004\r\n"),
        expect![[r#"
        {"fault":{"kind":"too-long","detail":"no end of line within 128 bytes","excerpt":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","bytes":129}}
        {"fault":{"kind":"noise","detail":"rest of a line that was too long","excerpt":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","bytes":256}}
        {"fault":{"kind":"noise","detail":"rest of a line that was too long","excerpt":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","bytes":115}}
        {"portal":{"gamma_scan":{"alarm":false,"counts":[1,2,3,4]}}}
    "#]],
    );
}

#[test]
fn what_is_unfinished_at_the_end_is_told() {
    check(
        "GS,000001,000002,000003,000004\r\nGS,0000",
        expect![[r#"
        {"portal":{"gamma_scan":{"alarm":false,"counts":[1,2,3,4]}}}
        {"fault":{"kind":"cut-off","detail":"the link ended before the end of the line","excerpt":"GS,0000","bytes":7}}
    "#]],
    );
}

#[test]
fn numbers_that_do_not_fit_their_columns_are_sent_as_the_largest_that_fits() {
    let record = Record::OccupancyEnd {
        counter: 1_234_567,
        neutron_background: units::MilliCountsPerSecond(1),
        reserved: [0, 0],
    };
    assert_eq!(tsa::encode(&record).unwrap(), "GX,999999,000001,000000,000000\r\n");
}

#[test]
fn a_daily_file_line_gives_the_live_line_and_its_arrival() {
    let almaty = FileDay { date: date(2026, 5, 1), offset: Offset::constant(5) };
    let cases = [
        (
            "GX,000109,006383,000000,000000,2016-06-01 15:05:11.151 -07",
            None,
            "2016-06-01T22:05:11.151Z",
        ),
        ("NC,-5.56666610,0.63818818,2016-05-31 09:30:00.899 +00", None, "2016-05-31T09:30:00.899Z"),
        ("GS,000001,000002,000003,000004,00-00-00.000", Some(almaty), "2026-04-30T19:00:00Z"),
        ("GS,000001,000002,000003,000004,23-59-59.999", Some(almaty), "2026-05-01T18:59:59.999Z"),
    ];
    for (line, day, at) in cases {
        let (time, live) = split_daily_line(line.as_bytes(), day).unwrap();
        assert_eq!(time.to_string(), at, "{line}");
        assert!(line.as_bytes().starts_with(live) && tsa::decode(live).is_ok(), "{line}");
    }
}

#[test]
fn a_daily_file_line_without_a_readable_time_is_a_fault() {
    let cases = [
        ("GS", "no field with a time"),
        ("GS,000001,000002,000003,000004", "`000004` is neither"),
        ("GS,000001,000002,000003,000004,25-00-00.000", "is neither"),
        ("GS,000001,000002,000003,000004,23-59-59.9", "is neither"),
        ("GS,000001,000002,000003,000004,2016-06-31 15:05:11.151 -07", "is neither"),
        ("GS,000001,000002,000003,000004,2016-06-01 15:05:11.151 07", "is neither"),
        ("GS,000001,000002,000003,000004,15-05-11.151", "the day of the file is needed"),
    ];
    for (line, complaint) in cases {
        let fault = split_daily_line(line.as_bytes(), None).unwrap_err();
        assert!(fault.detail.contains(complaint), "{line}: {fault}");
    }
}

#[test]
fn lines_of_a_daily_file_have_the_numbers_that_an_editor_shows() {
    for (file, expected) in [
        ("a\nb\n", [(1, "a"), (2, "b")]),
        ("a\r\nb\r\n", [(1, "a"), (2, "b")]),
        ("a\rb", [(1, "a"), (2, "b")]),
        ("\r\na\n\nb\r\n\r\n", [(2, "a"), (4, "b")]),
        ("a\r\n\r\nb", [(1, "a"), (3, "b")]),
        ("a\r\rb", [(1, "a"), (3, "b")]),
    ] {
        let found: Vec<(usize, &str)> = lines(file.as_bytes())
            .map(|(number, line)| (number, core::str::from_utf8(line).unwrap()))
            .collect();
        assert_eq!(found, expected, "{file:?}");
    }
}
