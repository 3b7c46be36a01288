//! What officers order, as words.

use std::collections::BTreeMap;

use checkpoint::ids::{ActId, AlarmId, ConsignmentNo, PriorId, ReadingId, VisitId};
use checkpoint::input::OrderKind;
use checkpoint::input::order::{
    ActTarget, AlarmDecision, Answer, ConsignmentDraft, Informant, LaneControl, NoticeDraft,
    Outcome, PapersKind, PriorInformation, SealFinding, Secondary, WeighingOutcome,
};
use checkpoint::site::Mode;
use units::Kilograms;

/// `acknowledge 1`, `decide 1 innocent`, `notice 1 20000 5000`, `present 1`, `file 1 1 declaration`, `permit 1`, …
pub(crate) fn kind(words: &[&str]) -> OrderKind {
    match words {
        ["sign", "in"] => OrderKind::SignIn,
        ["sign", "out"] => OrderKind::SignOut,
        ["silence"] => OrderKind::SilenceSound,
        ["acknowledge", id] => OrderKind::AcknowledgeAlarm { alarm: AlarmId(number(id)) },
        ["decide", id, outcome, rest @ ..] => OrderKind::DecideAlarm {
            alarm: AlarmId(number(id)),
            decision: AlarmDecision {
                outcome: self::outcome(outcome),
                cause: "ceramics".to_owned(),
                note: String::new(),
                handheld: None,
                secondary: Secondary::None,
                second_officer: rest.first().map(|name| name.parse().unwrap()),
            },
        },
        ["open", lane, rest @ ..] => OrderKind::OpenVisit {
            lane: lane.parse().unwrap(),
            plate: rest.first().map(|plate| (*plate).to_owned()),
        },
        ["identify", id, plate] => OrderKind::IdentifyVehicle {
            visit: visit(id),
            plate: (*plate).to_owned(),
            country: None,
        },
        ["assign", reading, "to", id] => {
            OrderKind::AssignReading { reading: ReadingId(number(reading)), visit: visit(id) }
        }
        ["notice", id, "says", text] => OrderKind::RegisterNotice {
            visit: visit(id),
            notice: crate::notices::draft(Mode::Road, &text.replace('~', " ")),
        },
        ["notice", id, "empty"] => {
            OrderKind::RegisterNotice { visit: visit(id), notice: notice(&[], true, Mode::Road) }
        }
        ["rail", "notice", id, gross @ ..] => {
            OrderKind::RegisterNotice { visit: visit(id), notice: notice(gross, false, Mode::Rail) }
        }
        ["notice", id, gross, "with", flag] => {
            let mut notice = notice(&[*gross], false, Mode::Road);
            notice.answers.insert((*flag).to_owned(), Answer::Flag(true));
            OrderKind::RegisterNotice { visit: visit(id), notice }
        }
        ["notice", id, gross @ ..] => {
            OrderKind::RegisterNotice { visit: visit(id), notice: notice(gross, false, Mode::Road) }
        }
        // `prior 123ABC02,12AB02 /;consignee_name=Alpha`; names with a hyphen in front are containers.
        ["prior", names, rest @ ..] => OrderKind::RecordPriorInformation {
            information: Box::new(prior(names, rest.first().copied().unwrap_or_default())),
        },
        ["link", prior, "to", id] => {
            OrderKind::LinkPriorInformation { prior: PriorId(number(prior)), visit: visit(id) }
        }
        ["unlink", prior] => OrderKind::UnlinkPriorInformation { prior: PriorId(number(prior)) },
        ["withdraw", prior] => OrderKind::WithdrawPriorInformation {
            prior: PriorId(number(prior)),
            reason: "another route".to_owned(),
        },
        ["seals", id, seals @ ..] => OrderKind::ExpectSeals {
            visit: visit(id),
            seals: seals.iter().map(|seal| (*seal).to_owned()).collect(),
        },
        ["end", device, outcome, reason @ ..] => OrderKind::EndWeighing {
            device: device.parse().unwrap(),
            outcome: match *outcome {
                "counted" => WeighingOutcome::Counted,
                "discarded" => WeighingOutcome::Discarded,
                other => panic!("no outcome {other:?}"),
            },
            reason: reason.join(" "),
        },
        ["inspect", id, seal, found] => OrderKind::InspectSeal {
            visit: visit(id),
            seal: (*seal).to_owned(),
            found: match *found {
                "intact" => SealFinding::Intact,
                "damaged" => SealFinding::Damaged,
                "missing" => SealFinding::Missing,
                other => panic!("nobody finds {other:?}"),
            },
        },
        ["tare", id, kg] => OrderKind::RecordTare {
            visit: visit(id),
            tare: Kilograms(kg.parse().unwrap()),
            source: "vehicle papers".to_owned(),
        },
        ["present", id, rest @ ..] => OrderKind::PresentGoods {
            visit: visit(id),
            consignments: rest.iter().map(|one| consignment(one)).collect(),
        },
        ["file", id, no, papers] => OrderKind::FilePapers {
            visit: visit(id),
            consignment: consignment(no),
            papers: self::papers(papers),
            reference: "D-1".to_owned(),
            content: None,
        },
        ["register", id, no, papers] => OrderKind::RegisterPapers {
            visit: visit(id),
            consignment: consignment(no),
            papers: self::papers(papers),
            number: "R-1".to_owned(),
        },
        ["refuse", id, no, papers] => OrderKind::RefusePapers {
            visit: visit(id),
            consignment: consignment(no),
            papers: self::papers(papers),
            code: (*papers != "storage").then(|| "ART_288_4_4".to_owned()),
            ground: "not signed".to_owned(),
        },
        // On a ground of the law's list, `-` for none, and in words, if any follow.
        ["refuse", id, no, papers, code, words @ ..] => OrderKind::RefusePapers {
            visit: visit(id),
            consignment: consignment(no),
            papers: self::papers(papers),
            code: (*code != "-").then(|| (*code).to_owned()),
            ground: words.join(" "),
        },
        ["release", id, no, papers] => OrderKind::ReleaseGoods {
            visit: visit(id),
            consignment: consignment(no),
            procedure: self::papers(papers),
        },
        // `act 1 1,2 detention_protocol ground=ART_268 goods=boxes`, `act - - permanent_pass_issued holder=…`; `as_of` is a time of the day.
        ["act", id, goods, act, answers @ ..] => record(id, goods, act, answers),
        ["split", id, no, parts] => OrderKind::SplitConsignment {
            visit: visit(id),
            consignment: consignment(no),
            parts: parts.parse().unwrap(),
            reason: "two consignees".to_owned(),
        },
        ["merge", id, numbers @ ..] => OrderKind::MergeConsignments {
            visit: visit(id),
            consignments: numbers.iter().map(|one| consignment(one)).collect(),
            reason: "one waybill".to_owned(),
        },
        ["permit", id] => OrderKind::PermitExit { visit: visit(id) },
        ["exit", id] => OrderKind::RecordExit { visit: visit(id) },
        ["control", lane, how] => OrderKind::SetLaneControl {
            lane: lane.parse().unwrap(),
            control: if *how == "manual" { LaneControl::Manual } else { LaneControl::Automatic },
            reason: "ordered".to_owned(),
        },
        ["apply", "calendar", name] => OrderKind::ApplyCalendar { text: super::files::file(name) },
        ["apply", "timetable", name] => {
            OrderKind::ApplyTimetable { text: super::files::file(name) }
        }
        other => panic!("nobody orders {other:?}"),
    }
}

fn record(id: &str, goods: &str, act: &str, answers: &[&str]) -> OrderKind {
    let named = goods.split(',').filter(|one| !["-", "all"].contains(one));
    let mut given = BTreeMap::new();
    let (mut as_of, mut corrects) = (None, None);
    for (name, value) in answers.iter().map(|one| one.split_once('=').unwrap()) {
        match name {
            "as_of" => as_of = Some(super::time(value)),
            "corrects" => corrects = Some(ActId(number(value))),
            _ => {
                given.insert(name.to_owned(), answer(value));
            }
        }
    }
    OrderKind::RecordAct {
        about: ActTarget {
            visit: (id != "-").then(|| visit(id)),
            consignments: named.map(consignment).collect(),
        },
        act: act.to_owned(),
        as_of,
        answers: given,
        corrects,
    }
}

/// Of a vehicle by road that is expected at two.
pub(crate) fn prior(names: &str, text: &str) -> PriorInformation {
    let names = || names.split(',').filter(|name| !name.is_empty());
    let is_container = |name: &&str| name.starts_with('-');
    PriorInformation {
        from: Informant::Carrier,
        expected_at: Some(super::time("14:00")),
        place: "Example".to_owned(),
        plates: names().filter(|name| !is_container(name)).map(str::to_owned).collect(),
        containers: names().filter(is_container).map(|name| name[1..].to_owned()).collect(),
        draft: crate::notices::draft(Mode::Road, &text.replace('~', " ")),
        note: String::new(),
    }
}

/// `yes` and `no` are flags, `#5` a number, the rest words with `~` for spaces.
fn answer(value: &str) -> Answer {
    match value {
        "yes" => Answer::Flag(true),
        "no" => Answer::Flag(false),
        _ => match value.strip_prefix('#') {
            Some(number) => Answer::Number(number.parse().unwrap()),
            None => Answer::Text(value.replace('~', " ")),
        },
    }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

fn visit(text: &str) -> VisitId {
    VisitId(number(text))
}

fn consignment(text: &str) -> ConsignmentNo {
    ConsignmentNo(text.parse().unwrap())
}

fn papers(word: &str) -> PapersKind {
    match word {
        "storage" => PapersKind::Storage,
        "declaration" => PapersKind::Declaration,
        "transit" => PapersKind::TransitDeclaration,
        other => panic!("no papers {other:?}"),
    }
}

fn outcome(word: &str) -> Outcome {
    match word {
        "real" => Outcome::Real,
        "innocent" => Outcome::Innocent,
        "false" => Outcome::False,
        "test" => Outcome::Test,
        "tamper" => Outcome::Tamper,
        "other" => Outcome::Other,
        other => panic!("no outcome {other:?}"),
    }
}

/// One consignment for each gross weight; what else a notice tells does not matter to these stories.
fn notice(gross: &[&str], empty: bool, mode: Mode) -> NoticeDraft {
    let consignment = |kg: &&str| ConsignmentDraft {
        answers: BTreeMap::from([(
            "gross_weight_kg".to_owned(),
            Answer::Number(kg.parse().unwrap()),
        )]),
        goods: Vec::new(),
    };
    NoticeDraft {
        answers: BTreeMap::from([("empty_vehicle".to_owned(), Answer::Flag(empty))]),
        consignments: gross.iter().map(consignment).collect(),
        ..NoticeDraft::of(mode)
    }
}
