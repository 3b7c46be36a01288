//! How long one decision takes, and one fold, with ten thousand open consignments. Prints microseconds; compares nothing.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints its figures, and a broken bench may stop"
)]

use std::hint::black_box;
use std::time::Duration;

use checkpoint::event::{Entry, Event};
use checkpoint::ids::{ConsignmentNo, VisitId};
use checkpoint::input::observation::{Said, Weight};
use checkpoint::input::order::{ConsignmentDraft, NoticeDraft, PapersKind};
use checkpoint::input::{ClockQuality, Condition, Input, Observation, Order, OrderKind};
use checkpoint::law::{Calendar, Edition, Timetable};
use checkpoint::site::{
    Device, Direction, Family, Lane, Limit, Limits, Mode, Site, WeightTolerance,
};
use checkpoint::{Checkpoint, Rules, decide};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use units::Kilograms;

const VISITS: u64 = 2_500;
const CONSIGNMENTS: u16 = 4;
const ROUNDS: u32 = 20_000;

fn main() {
    let rules = rules();
    let mut state = Checkpoint::default();
    let mut now: Timestamp = "2025-03-12T06:00:00Z".parse().expect("an instant");
    let mut press = 0;
    let started = Condition::Started { version: "1".to_owned(), config_digest: String::new() };
    state = put(&state, &rules, &Input::Noticed(started), now);
    for visit in 1..=VISITS {
        now = now.checked_add(SignedDuration::from_millis(10)).expect("in range");
        for kind in arrival(VisitId(visit)) {
            press += 1;
            state = put(&state, &rules, &order(press, kind), now);
        }
    }
    println!(
        "{} visits, {} consignments",
        state.visit_states().count(),
        VISITS * u64::from(CONSIGNMENTS)
    );
    let weigh = Input::Observed(Observation {
        device: "scale".parse().expect("a name"),
        at: now,
        said: Said::WeightSettled(Weight {
            gross: Kilograms::whole(42_000),
            stable_by: "device".to_owned(),
            raw: b"42000".to_vec(),
        }),
    });
    measure("weighing", &state, &rules, &weigh, now);
    let present =
        OrderKind::PresentGoods { visit: VisitId(9), consignments: vec![ConsignmentNo(3)] };
    measure("presentation", &state, &rules, &order(90_000_000, present), now);
    let file = OrderKind::FilePapers {
        visit: VisitId(8),
        consignment: ConsignmentNo(2),
        papers: PapersKind::Declaration,
        reference: "D".to_owned(),
    };
    measure("filing", &state, &rules, &order(90_000_001, file), now);
    measure(
        "permission refused",
        &state,
        &rules,
        &order(90_000_002, OrderKind::PermitExit { visit: VisitId(7) }),
        now,
    );
    measure("nothing is due", &state, &rules, &Input::TimePassed, now);
    let started = clock();
    black_box(state.snapshot(&rules.edition));
    println!("snapshot of everything: {:?}", clock() - started);
}

fn measure(name: &str, state: &Checkpoint, rules: &Rules, input: &Input, now: Timestamp) {
    let started = clock();
    for _ in 0..ROUNDS {
        black_box(decide(black_box(state), rules, input, now));
    }
    let took = clock() - started;
    let events: Vec<Event> = decide(state, rules, input, now).events;
    let started = clock();
    for _ in 0..ROUNDS {
        black_box(fold(state, input, &events, now));
    }
    let folded = clock() - started;
    println!(
        "{name}: {} events, decided in {:.2} us, folded in {:.2} us",
        events.len(),
        each(took),
        each(folded)
    );
}

#[expect(clippy::disallowed_methods, reason = "a bench measures with the machine's own clock")]
fn clock() -> std::time::Instant {
    std::time::Instant::now()
}

fn each(took: Duration) -> f64 {
    took.as_secs_f64() * 1e6 / f64::from(ROUNDS)
}

fn fold(state: &Checkpoint, input: &Input, events: &[Event], now: Timestamp) -> Checkpoint {
    events.iter().fold(state.clone(), |state, event| {
        state.after(&Entry {
            seq: state.seq() + 1,
            at: now,
            clock: ClockQuality::Synchronised,
            author: input.author(),
            event: event.clone(),
        })
    })
}

fn put(state: &Checkpoint, rules: &Rules, input: &Input, now: Timestamp) -> Checkpoint {
    fold(state, input, &decide(state, rules, input, now).events, now)
}

fn order(press: u64, kind: OrderKind) -> Input {
    Input::Ordered(Order {
        officer: "bekov".parse().expect("a name"),
        workplace: "post-1".to_owned(),
        request: format!("press-{press:08}").parse().expect("a request"),
        kind,
    })
}

fn arrival(visit: VisitId) -> Vec<OrderKind> {
    let notice = NoticeDraft {
        mode: Mode::Road,
        filed_by: "carrier".to_owned(),
        authority: String::new(),
        answers: Default::default(),
        consignments: vec![ConsignmentDraft::default(); usize::from(CONSIGNMENTS)],
    };
    let consignments = (1..=CONSIGNMENTS).filter(|no| *no != 3).map(ConsignmentNo).collect();
    vec![
        OrderKind::OpenVisit {
            lane: "1".parse().expect("a name"),
            plate: Some(format!("{:06}", visit.0)),
        },
        OrderKind::RegisterNotice { visit, notice },
        OrderKind::PresentGoods { visit, consignments },
    ]
}

fn rules() -> Rules {
    let device = |id: &str, family| Device {
        id: id.parse().expect("a name"),
        lane: "1".parse().expect("a name"),
        family,
        dialect: "cas".to_owned(),
        title: id.to_owned(),
    };
    let site = Site {
        checkpoint: "bench".parse().expect("a name"),
        title: "Bench".to_owned(),
        office_code: "57402".to_owned(),
        zone: "Asia/Almaty".to_owned(),
        lanes: vec![Lane {
            id: "1".parse().expect("a name"),
            title: "1".to_owned(),
            direction: Direction::Inbound,
            mode: Mode::Road,
        }],
        devices: vec![device("portal", Family::Portal), device("scale", Family::Weighbridge)],
    };
    fn limit<T>(value: T) -> Limit<T> {
        Limit { value, author: "bench".to_owned(), approval: "none".to_owned() }
    }
    let limits = Limits {
        version: "bench".to_owned(),
        weight: limit(WeightTolerance {
            percent: Decimal::TWO,
            at_least: Kilograms::whole(200),
            instrument_error: Kilograms::whole(40),
        }),
        background_depressed_below: limit(Decimal::ONE),
        vehicle_gap: limit(SignedDuration::from_secs(300)),
        escalation_after: limit(SignedDuration::from_secs(120)),
        hub_away_after: limit(SignedDuration::from_secs(900)),
        plate_confidence_percent: limit(Decimal::from(80)),
        clock_warnings: limit(vec![SignedDuration::from_mins(30)]),
    };
    let timetable = include_str!("../../config/timetables/round-the-clock.toml");
    Rules::new(
        site,
        limits,
        Edition::built_in().expect("the built-in edition"),
        Calendar::default(),
        Timetable::parse(timetable, "round-the-clock.toml").expect("a timetable"),
    )
    .expect("rules")
}
