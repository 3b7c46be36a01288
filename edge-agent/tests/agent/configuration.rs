//! What a site may write, and what it is told when it writes something else.

use std::path::Path;

use edge_agent::config::Config;
use expect_test::{Expect, expect};

use crate::world::site;

pub(crate) fn check(text: &str, expected: Expect) {
    let told = match Config::parse(Path::new("site.toml"), text) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&told);
}

fn device(lines: &str) -> String {
    site(&format!("[[device]]\nid = \"portal-1\"\nlane = \"1\"\ntitle = \"Portal\"\n{lines}"))
}

#[test]
fn every_shipped_configuration_is_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config");
    let mut folders = vec![folder];
    let mut checked = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = entry.file_name().into_string().unwrap();
            if path.is_dir() {
                folders.push(path);
            } else if name.starts_with("checkpoint") && name.ends_with(".toml") {
                let config = Config::load(&path).unwrap_or_else(|error| panic!("{error}"));
                edge_agent::rules::rules(&config).unwrap();
                checked += 1;
            }
        }
    }
    assert!(checked >= 2, "the example and the demo are there");
}

#[test]
fn the_example_shows_every_optional_key_with_its_value() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/checkpoint.example.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let with = Config::parse(&path, &text).unwrap_or_else(|error| panic!("{error}"));
    let optional = ["[terminal]", "[ingest]", "[journal]", "[tape]"];
    let mut without = String::new();
    let mut left_out = false;
    for line in text.lines() {
        if line.starts_with('[') {
            left_out = optional.iter().any(|table| line.starts_with(table));
        }
        if !left_out {
            without.push_str(line);
            without.push('\n');
        }
    }
    let without = Config::parse(&path, &without).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(with.terminal, without.terminal);
    assert_eq!(with.ingest, without.ingest);
    assert_eq!(with.journal, without.journal);
    assert_eq!(with.tape, without.tape);
}

#[test]
fn a_misspelt_key_is_refused_with_those_there_are() {
    check(
        &device("dialect = \"tsa\"\nconnect = { tcp = \"127.0.0.1:1\" }\nsilence_limit = 15"),
        expect![[r#"
            site.toml:18: unknown field `silence_limit`
               18 | silence_limit = 15
                  | ^^^^^^^^^^^^^
                    expected one of `id`, `lane`, `title`, `family`, `dialect`, `settings`, `connect`, `silence_limit_s`, `portal`, `instrument`, `scale`, `axles`"#]],
    );
}

#[test]
fn an_unknown_dialect_is_refused_with_the_list() {
    check(
        &device("dialect = \"tsaa\"\nconnect = { tcp = \"127.0.0.1:1\" }\nsilence_limit_s = 15"),
        expect![[r#"
            site.toml:16: device portal-1: dialect: "tsaa" is not known
               16 | dialect = "tsaa"
                  |           ^^^^^^
                    one of tsa, tsa-environment, rs350, kromek-d5, aspect, spectroscopic-daily, xk3190, cas, modbus-rtu, modbus-tcp, tenso-m, tenso-m-643, xk3190-text, xk3190-command, xk3190-a12, toledo, mt-sics, sma, nci, toledo-8217, rinstrum, rice-lake, cardinal, bilanciai, flintec-bsi, jointech-text, jointech, egts, llrp, uhfreader18, m100, hikvision-anpr, openalpr, barcode, mrz, xray, json"#]],
    );
}

#[test]
fn a_device_needs_one_way_to_be_reached() {
    check(
        &device("dialect = \"tsa\"\nconnect = {}\nsilence_limit_s = 15"),
        expect![[r#"
            site.toml:17: device portal-1: connect names 0 ways
               17 | connect = {}
                  |           ^^
                    exactly one of: tcp = "host:port", listen = "address:port", udp = "address:port", serial = "/dev/..", mqtt = "topic", sparkplug = "group/node/device", http_push = true"#]],
    );
    check(
        &device("dialect = \"tsa\"\nconnect = { serial = \"/dev/ttyS0\" }\nsilence_limit_s = 15"),
        expect![[r#"
            site.toml:17: device portal-1: serial without baud
               17 | connect = { serial = "/dev/ttyS0" }
                  |           ^^^^^^^^^^^^^^^^^^^^^^^^^
                    baud = the speed that the device is set to, such as 9600"#]],
    );
    check(
        &device("dialect = \"tsa\"\nconnect = { mqtt = \"a/b\" }\nsilence_limit_s = 15"),
        expect![[r#"
            site.toml:17: device portal-1: mqtt: no broker is named
               17 | connect = { mqtt = "a/b" }
                  |                    ^^^^^
                    add a table [mqtt] with broker and client_id"#]],
    );
}

#[test]
fn a_device_behind_a_node_says_what_its_metrics_mean() {
    let behind = |connect: &str| {
        site(&format!(
            "[[device]]\nid = \"scale-1\"\nlane = \"1\"\ntitle = \"S\"\ndialect = \"json\"\nfamily = \"weighbridge\"\nconnect = {{ {connect} }}\nsilence_limit_s = 15\n[mqtt]\nbroker = \"mqtt://127.0.0.1:1883\"\nclient_id = \"test\"\n"
        ))
    };
    check(
        &behind("sparkplug = \"KZ/EDGE-1/SCALE-1\""),
        expect![[r#"
        site.toml:18: device scale-1: sparkplug: metrics are missing
           18 | connect = { sparkplug = "KZ/EDGE-1/SCALE-1" }
              |                         ^^^^^^^^^^^^^^^^^^^
                such as metrics = { weight = "Weight/Gross", unit = "kg", stable = "Weight/Stable" }"#]],
    );
    check(
        &behind("sparkplug = \"KZ\", metrics = { weight = \"W\", unit = \"kg\" }"),
        expect![[r#"
            site.toml:18: device scale-1: sparkplug: "KZ"
               18 | connect = { sparkplug = "KZ", metrics = { weight = "W", unit = "kg" } }
                  |                         ^^^^
                    group/node, or group/node/device, without + and #, as the node publishes them"#]],
    );
    check(
        &behind("sparkplug = \"KZ/E/S\", metrics = { weight = \"W\" }"),
        expect![[r#"
        site.toml:18: device scale-1: metrics: the unit of the weight is not said, and Sparkplug has none
           18 | connect = { sparkplug = "KZ/E/S", metrics = { weight = "W" } }
              |                                             ^^^^^^^^^^^^^^^^
                weight with unit and perhaps kind, stable, overload; or seal with locked, housing_ok, battery_pct; or plate with country, confidence_pct"#]],
    );
    check(
        &behind("sparkplug = \"KZ/E/S\", metrics = { plate = \"P\" }"),
        expect![[r#"
        site.toml:18: device scale-1: metrics are those of a plate_camera, and the device is a weighbridge
           18 | connect = { sparkplug = "KZ/E/S", metrics = { plate = "P" } }
              |                                             ^^^^^^^^^^^^^^^
                one of the two"#]],
    );
    check(
        &behind("mqtt = \"a\", metrics = { plate = \"P\" }"),
        expect![[r#"
        site.toml:18: device scale-1: connect: metrics belong to sparkplug
           18 | connect = { mqtt = "a", metrics = { plate = "P" } }
              |                                   ^^^^^^^^^^^^^^^
                leave it out"#]],
    );
    check(
        &behind("sparkplug = \"KZ/E/S\", metrics = { wieght = \"W\" }"),
        expect![[r#"
        site.toml:18: unknown field `wieght`
           18 | connect = { sparkplug = "KZ/E/S", metrics = { wieght = "W" } }
              |                                               ^^^^^^
                expected one of `weight`, `unit`, `kind`, `stable`, `overload`, `seal`, `locked`, `housing_ok`, `battery_pct`, `plate`, `country`, `confidence_pct`"#]],
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let portal = |id: &str, lane: &str| {
        format!(
            "[[device]]\nid = \"{id}\"\nlane = \"{lane}\"\ntitle = \"P\"\ndialect = \"tsa\"\nconnect = {{ tcp = \"127.0.0.1:1600\" }}\nsilence_limit_s = 0\n"
        )
    };
    check(
        &site(&format!("{}{}", portal("portal-1", "1"), portal("portal-2", "7"))),
        expect![[r#"
        site.toml:18: device portal-1: silence_limit_s: 0
           18 | silence_limit_s = 0
              |                   ^
                three periods of the device: 15 for a portal that sends its background every 5 s
        site.toml:21: device portal-2: lane: there is no lane 7
           21 | lane = "7"
              |        ^^^
                one of 1
        site.toml:24: device portal-2: connect: 127.0.0.1:1600 is already used by device portal-1
           24 | connect = { tcp = "127.0.0.1:1600" }
              |                   ^^^^^^^^^^^^^^^^
                a port, an address, a topic for each device
        site.toml:25: device portal-2: silence_limit_s: 0
           25 | silence_limit_s = 0
              |                   ^
                three periods of the device: 15 for a portal that sends its background every 5 s"#]],
    );
}

#[test]
fn a_limit_has_a_unit_and_an_author() {
    let with = |from: &str, to: &str| {
        let text = site("");
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    check(
        &with("seconds = 120", "value = 120"),
        expect![[r#"
        site.toml:26: unknown field `value`
           26 | value = 120
              | ^^^^^
                a limit names its unit: expected one of `seconds`, `author`, `approval`"#]],
    );
    check(
        &with("seconds = 120\nauthor = \"test\"\n", "seconds = 120\n"),
        expect![[r#"
        site.toml:25: missing field `author`
           25 | [limits.vehicle_gap]
              | ^^^^^^^^^^^^^^^^^^^^"#]],
    );
    check(
        &with("seconds = 120\nauthor = \"test\"", "seconds = 120\nauthor = \" \""),
        expect![[r#"
        site.toml:27: limits.vehicle_gap: author is empty
           27 | author = " "
              |          ^^^
                who set the number"#]],
    );
    check(
        &with("percent = \"2\"", "percent = \"200\""),
        expect![[r#"
        site.toml:16: limits.weight: percent: 200
           16 | percent = "200"
              |           ^^^^^
                0 to 100 percent of the declared gross weight"#]],
    );
}

fn leads(terms: &str) -> String {
    site(&format!(
        "[limits.clock_leads]\nterms = {terms}\nauthor = \"test\"\napproval = \"none\"\n"
    ))
}

#[test]
fn leads_of_long_terms_are_assumed_unless_the_site_sets_them() {
    let of = |text: &str| {
        let config = Config::parse(Path::new("site.toml"), text);
        let config = config.unwrap_or_else(|error| panic!("{error}"));
        let leads = config.limits.clock_leads.unwrap();
        let days = |hours: i64| hours / 24;
        let rows: Vec<_> = leads
            .value
            .iter()
            .map(|lead| {
                let before = lead.before.iter().map(|before| days(before.as_hours()));
                (days(lead.from.as_hours()), before.collect::<Vec<_>>())
            })
            .collect();
        (rows, leads.approval)
    };
    let (rows, approval) = of(&site(""));
    assert_eq!(rows, [(28, vec![10, 1]), (5, vec![1])]);
    assert!(approval.starts_with("assumed"), "{approval}");
    let (rows, approval) = of(&leads("[{ from_days = 60, days_before = [15, 5] }]"));
    assert_eq!((rows, approval.as_str()), (vec![(60, vec![15, 5])], "none"));
    // A site may want none, and says who decided that.
    assert_eq!(of(&leads("[]")).0, []);
}

#[test]
fn a_lead_is_shorter_than_its_term_and_there_is_one_for_each_length() {
    for (terms, wrong) in [
        ("[{ from_days = 28, days_before = [1, 10] }]", "days_before: [1, 10]"),
        ("[{ from_days = 5, days_before = [5] }]", "days_before: [5]"),
        ("[{ from_days = 28, days_before = [] }]", "days_before: []"),
        (
            "[{ from_days = 9, days_before = [1] }, { from_days = 9, days_before = [2] }]",
            "from_days: 9 is there twice",
        ),
    ] {
        let told =
            Config::parse(Path::new("site.toml"), &leads(terms)).err().map(|e| e.to_string());
        let told = told.unwrap_or_else(|| panic!("{terms} is accepted"));
        assert!(told.contains(&format!("limits.clock_leads: {wrong}")), "{told}");
    }
}

/// Nothing is built in: the numbers are those of a paper, and one that says nothing is told what would be right.
#[test]
fn masses_of_transport_control_come_from_a_paper_that_is_named() {
    let with = |rows: &str| site(&format!("[limits.vehicle_mass]\n{rows}\n"));
    let by = "author = \"head\"\napproval = \"order 9\"";
    check(
        &with(&format!(
            "source = \"order 5\"\ngross = [{{ axles = 3, kg = \"25000\" }}, {{ axles = 6, or_more = true, kg = \"44000\" }}]\naxle_kg = \"10000\"\n{by}"
        )),
        expect!["accepted"],
    );
    check(
        &with(&format!("source = \" \"\n{by}")),
        expect![[r#"
        site.toml:13: limits.vehicle_mass: source is empty
           13 | source = " "
              |          ^^^
                the paper in force from which the numbers are
        site.toml:13: limits.vehicle_mass: no mass is limited
           13 | source = " "
              |          ^^^
                gross = [{ axles = .., kg = ".." }, ..], or axle_kg, from the paper that source names"#]],
    );
    check(
        &with(&format!(
            "source = \"order 5\"\ngross = [{{ axles = 1, kg = \"0\" }}, {{ axles = 1, kg = \"5\" }}, {{ or_more = true, kg = \"5\" }}]\naxle_kg = \"-1\"\n{by}"
        )),
        expect![[r#"
            site.toml:14: limits.vehicle_mass: gross: 0 kg
               14 | gross = [{ axles = 1, kg = "0" }, { axles = 1, kg = "5" }, { or_more = true, kg = "5" }]
                  |          ^^^^^^^^^^^^^^^^^^^^^^^
                    more than 0 kg
            site.toml:14: limits.vehicle_mass: gross: 1 axles
               14 | gross = [{ axles = 1, kg = "0" }, { axles = 1, kg = "5" }, { or_more = true, kg = "5" }]
                  |          ^^^^^^^^^^^^^^^^^^^^^^^
                    2 axles or more; without axles, or_more says nothing
            site.toml:14: limits.vehicle_mass: gross: 1 axles
               14 | gross = [{ axles = 1, kg = "0" }, { axles = 1, kg = "5" }, { or_more = true, kg = "5" }]
                  |                                   ^^^^^^^^^^^^^^^^^^^^^^^
                    2 axles or more; without axles, or_more says nothing
            site.toml:14: limits.vehicle_mass: gross: 1 axles twice
               14 | gross = [{ axles = 1, kg = "0" }, { axles = 1, kg = "5" }, { or_more = true, kg = "5" }]
                  |                                   ^^^^^^^^^^^^^^^^^^^^^^^
                    one row for each number of axles
            site.toml:14: limits.vehicle_mass: gross: any number of axles
               14 | gross = [{ axles = 1, kg = "0" }, { axles = 1, kg = "5" }, { or_more = true, kg = "5" }]
                  |                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                    2 axles or more; without axles, or_more says nothing
            site.toml:15: limits.vehicle_mass: axle_kg
               15 | axle_kg = "-1"
                  |           ^^^^
                    more than 0 kg"#]],
    );
    let assumed = Config::parse(Path::new("site.toml"), &site("")).unwrap();
    let rules = edge_agent::rules::rules(&assumed).unwrap();
    let open = rules.limits.immediately_open.as_ref().unwrap();
    assert_eq!(open.value, jiff::SignedDuration::from_mins(15));
    assert!(open.approval.starts_with("assumed"), "{}", open.approval);
    assert_eq!(rules.limits.vehicle_mass, None);
    check(
        &site(&format!("[limits.immediately_open]\nminutes = 0\n{by}\n")),
        expect![[r#"
        site.toml:13: limits.immediately_open: minutes: 0
           13 | minutes = 0
              |           ^
                at least 1 minute: the task itself is shown at once"#]],
    );
}

#[test]
fn a_place_and_its_people_are_real() {
    let with = |from: &str, to: &str| site("").replacen(from, to, 1);
    check(
        &with("Asia/Almaty", "Asia/Almatty"),
        expect![[r#"
        site.toml:5: zone: no time zone is called "Asia/Almatty"
            5 | zone = "Asia/Almatty"
              |        ^^^^^^^^^^^^^^
                an IANA name, such as "Asia/Almaty""#]],
    );
    check(
        &with("55301", "5530"),
        expect![[r#"
        site.toml:4: office_code: "5530"
            4 | office_code = "5530"
              |               ^^^^^^
                the five digits of the customs office, such as "55301""#]],
    );
    let hash =
        site("").split("password_hash = \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    check(
        &with(&hash, "test"),
        expect![[r#"
        site.toml:51: officer bekov: password_hash is no hash of argon2id
           51 | password_hash = "test"
              |                 ^^^^^^
                what `edge-agent hash-password` prints; never the password itself"#]],
    );
    check(
        &with("role = \"officer\"", "role = \"chief\""),
        expect![[r#"
        site.toml:50: unknown variant `chief`
           50 | role = "chief"
              |        ^^^^^^^
                expected one of `officer`, `senior_officer`, `shift_lead`, `engineer`"#]],
    );
}

const MODBUS: &str = "dialect = \"modbus-rtu\"\nconnect = { serial = \"/dev/ttyS0\", baud = 9600 }\nsilence_limit_s = 15\n";

#[test]
fn settings_that_a_dialect_does_not_read_are_refused() {
    check(
        &device(
            "dialect = \"tsa\"\nsettings = { address = 3 }\nconnect = { tcp = \"127.0.0.1:1\" }\nsilence_limit_s = 15",
        ),
        expect![[r#"
            site.toml:17: device portal-1: settings: tsa reads no address
               17 | settings = { address = 3 }
                  |            ^^^^^^^^^^^^^^^
                    leave it out: tsa is the same everywhere"#]],
    );
    check(
        &device(
            "dialect = \"tsa\"\nsettings = { adress = 3 }\nconnect = { tcp = \"127.0.0.1:1\" }\nsilence_limit_s = 15",
        ),
        expect![[r#"
            site.toml:17: unknown field `adress`
               17 | settings = { adress = 3 }
                  |              ^^^^^^
                    expected one of `address`, `checksum`, `decimals`, `equals_last`, `status_confirmed`, `poll_ms`, `answer_ms`, `tries`, `again_ms`, `modbus`, `hold_ms`, `keepalive_ms`, `tamper_chip`, `status_bits`, `seal_loop`, `terminator`, `prefix`, `suffix`, `group_separator`, `pause_ms`, `seals`, `aspect`"#]],
    );
}

#[test]
fn a_device_with_registers_needs_to_be_told_what_they_mean() {
    check(
        &device(MODBUS),
        expect![[r#"
        site.toml:16: device portal-1: settings are missing: modbus-rtu does not say what its registers mean
           16 | dialect = "modbus-rtu"
              |           ^^^^^^^^^^^^
                a table settings.modbus, see docs/protocols/modbus.md"#]],
    );
    let map = "[device.settings.modbus]\nweight = { register = 7, number = \"i32\" }\nunit = \"kg\"\nleast = \"-1000\"\nmost = \"100000\"\n";
    check(&device(&format!("{MODBUS}{map}")), expect!["accepted"]);
    check(
        &device(&format!("{MODBUS}{map}status_register = 900\n")),
        expect![[r#"
        site.toml:19: device portal-1: settings: modbus: the registers lie 894 apart; one question asks for 125 at most
           19 | [device.settings.modbus]
              |         ^^^^^^^^
                see docs/protocols"#]],
    );
}

#[test]
fn a_device_that_has_to_be_asked_needs_a_line_on_which_it_can_be() {
    let text = "dialect = \"modbus-tcp\"\nconnect = { http_push = true }\nsilence_limit_s = 15
[device.settings.modbus]\nweight = { register = 7, number = \"i32\" }\nunit = \"kg\"\nleast = \"-1000\"\nmost = \"100000\"\n";
    check(
        &device(text),
        expect![[r#"
        site.toml:17: device portal-1: modbus-tcp has to be asked, and there is no way to ask
           17 | connect = { http_push = true }
              |           ^^^^^^^^^^^^^^^^^^^^
                tcp, listen, udp or serial"#]],
    );
}

#[test]
fn where_a_device_comes_to_us_is_an_address_of_ours() {
    check(
        &device("dialect = \"tsa\"\nconnect = { listen = \"port 5010\" }\nsilence_limit_s = 15"),
        expect![[r#"
            site.toml:17: device portal-1: listen: "port 5010"
               17 | connect = { listen = "port 5010" }
                  |                      ^^^^^^^^^^^
                    an address of this machine and a port, such as "192.168.10.2:5010""#]],
    );
    check(
        &device("dialect = \"tsa\"\nconnect = { udp = \"0.0.0.0:5010\" }\nsilence_limit_s = 15"),
        expect!["accepted"],
    );
}

#[test]
fn documents_of_passages_have_a_folder_of_their_own_and_bounds() {
    let portal = "dialect = \"tsa\"\nconnect = { tcp = \"127.0.0.1:1\" }\nsilence_limit_s = 15\n";
    check(&device(&format!("{portal}[n42]\nfolder = \"n42\"")), expect!["accepted"]);
    check(
        &device(&format!("{portal}[n42]\nfolder = \"/srv/n42\"\nmax_days = 7\nspectra = true")),
        expect!["accepted"],
    );
    check(
        &device(&format!("{portal}[n42]\nmax_days = 7")),
        expect![[r#"
        site.toml:19: missing field `folder`
           19 | [n42]
              | ^^^^^"#]],
    );
    for folder in ["", ".", "../n42", "tapes/n42"] {
        let text = device(&format!("{portal}[n42]\nfolder = \"{folder}\""));
        let told = Config::parse(Path::new("site.toml"), &text).err().unwrap().to_string();
        assert!(told.contains("a folder of its own"), "{folder}: {told}");
    }
    check(
        &device(&format!("{portal}[n42]\nfolder = \"index\"\nmax_days = 0\nmax_mb = 0")),
        expect![[r#"
            site.toml:20: n42: folder: the agent keeps other things in index
               20 | folder = "index"
                  |          ^^^^^^^
                    a folder of its own: "n42", below data_dir, or a whole path such as "/srv/n42"
            site.toml:21: n42: max_days: 0
               21 | max_days = 0
                  |            ^
                    at least 1 day
            site.toml:22: n42: max_mb: 0
               22 | max_mb = 0
                  |          ^
                    at least 1 megabyte; a passage takes about a tenth of one"#]],
    );
    check(
        &site("[n42]\nfolder = \"n42\""),
        expect![[r#"
        site.toml:13: n42: no device of this site is a portal
           13 | folder = "n42"
              |          ^^^^^
                leave the table out: there is no passage to write"#]],
    );
}

#[test]
fn what_documents_say_of_a_portal_is_said_of_portals_alone() {
    check(
        &device(
            "dialect = \"cas\"\nconnect = { tcp = \"127.0.0.1:1\" }\nsilence_limit_s = 15\ninstrument = { model = \"\" }",
        ),
        expect![[r#"
            site.toml:19: device portal-1: instrument: this is no portal
               19 | instrument = { model = "" }
                  |              ^^^^^^^^^^^^^^
                    leave the table out: only passages through portals become documents
            site.toml:19: device portal-1: instrument: model is empty
               19 | instrument = { model = "" }
                  |              ^^^^^^^^^^^^^^
                    what stands on the portal, or no key: then the documents say that it is not stated"#]],
    );
}
