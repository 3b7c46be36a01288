//! How long one decision takes, and one fold, with ten thousand open consignments of five running clocks each; and whether the next
//! deadline is found as fast among fifty thousand clocks as among fifty. Prints microseconds, and ratios within the run.
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
use checkpoint::input::order::{ActTarget, Answer, ConsignmentDraft, NoticeDraft, PapersKind};
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
const ROUNDS: u32 = 10_000;

fn main() {
    let rules = rules();
    let mut now: Timestamp = "2025-03-12T06:00:00Z".parse().expect("an instant");
    let started = Condition::Started { version: "1".to_owned(), config_digest: String::new() };
    let mut state = Checkpoint::default();
    put(&mut state, &rules, &Input::Noticed(started), now);
    let mut press = 0;
    let mut few = None;
    for visit in 1..=VISITS {
        now = now.checked_add(SignedDuration::from_millis(10)).expect("in range");
        for kind in arrival(VisitId(visit), now) {
            press += 1;
            put(&mut state, &rules, &order(press, kind), now);
        }
        if visit <= 50 && state.clock_states().filter(|(_, clock)| clock.is_open()).count() <= 50 {
            few = Some(state.clone());
        }
    }
    let few = few.expect("a checkpoint with few clocks");
    let open = state.clock_states().filter(|(_, clock)| clock.is_open()).count();
    let consignments = VISITS * u64::from(CONSIGNMENTS);
    println!(
        "{} visits, {consignments} consignments, {open} open clocks ({:.1} of each consignment)",
        state.visit_states().count(),
        (open as f64 - VISITS as f64) / consignments as f64
    );
    let weigh = |_| {
        Input::Observed(Observation {
            device: "scale".parse().expect("a name"),
            at: now,
            said: Said::WeightSettled(Weight {
                gross: Kilograms::whole(42_000),
                stable_by: "device".to_owned(),
                raw: b"42000".to_vec(),
                dialect: None,
                at: None,
                axles: None,
            }),
        })
    };
    // Every decision of a round is about another vehicle, so that nothing is warm.
    let of = |round: u64| VisitId(1 + round * 7919 % VISITS);
    let press = |round: u64| 90_000_000 + round;
    let papers = |visit, papers| OrderKind::FilePapers {
        visit,
        consignment: ConsignmentNo(2),
        papers,
        reference: "D".to_owned(),
        content: None,
    };
    measure("weighing", &state, &rules, weigh, now);
    measure(
        "notice registered anew",
        &state,
        &rules,
        |round| {
            order(press(round), OrderKind::RegisterNotice { visit: of(round), notice: notice() })
        },
        now,
    );
    measure(
        "declaration filed",
        &state,
        &rules,
        |round| order(press(round), papers(of(round), PapersKind::Declaration)),
        now,
    );
    measure(
        "act that stops a clock",
        &state,
        &rules,
        |round| order(press(round), act(of(round), 1, "escort_organised", &[])),
        now,
    );
    measure(
        "act that prolongs storage",
        &state,
        &rules,
        |round| {
            let answers = [("request_reference", text("R")), ("until", text("2025-06-20"))];
            order(press(round), act(of(round), 2, "storage_prolonged", &answers))
        },
        now,
    );
    measure(
        "exit refused with every reason",
        &state,
        &rules,
        |round| order(press(round), OrderKind::PermitExit { visit: of(round) }),
        now,
    );
    measure("nothing is due", &state, &rules, |_| Input::TimePassed, now);
    let gap = state.next_deadline().expect("a deadline");
    measure("a vehicle has not been seen", &state, &rules, |_| Input::TimePassed, gap);
    let mut alone = state.clone();
    let due = loop {
        let due = alone.next_deadline().expect("a deadline");
        let decision = decide(&alone, &rules, &Input::TimePassed, due);
        if matches!(decision.events.first(), Some(Event::ClockNearing { .. })) {
            break due;
        }
        put(&mut alone, &rules, &Input::TimePassed, due);
    };
    measure("clocks are due", &alone, &rules, |_| Input::TimePassed, due);
    recompute(&state, &rules, now);

    let find = |state: &Checkpoint| {
        let started = clock();
        for _ in 0..ROUNDS {
            black_box(black_box(state).next_deadline());
        }
        each(clock() - started)
    };
    let (among_few, among_all) = (find(&few), find(&state));
    println!(
        "next deadline: {among_few:.3} us among at most 50 clocks, {among_all:.3} us among {open}: {:.1} times",
        among_all / among_few
    );
    let started = clock();
    black_box(state.snapshot(&rules.edition));
    println!("snapshot of everything: {:?}", clock() - started);
}

/// The middle and the slowest hundredth of many decisions, and the middle of as many folds.
fn measure(
    name: &str,
    state: &Checkpoint,
    rules: &Rules,
    input: impl Fn(u64) -> Input,
    now: Timestamp,
) {
    // `cargo bench ... -- act` measures the acts alone, for a profiler.
    let mut wanted = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    if let Some(wanted) = wanted.next()
        && !name.contains(&wanted)
    {
        return;
    }
    let mut decided = Vec::new();
    let mut folded = Vec::new();
    let mut events = 0;
    for round in 0..u64::from(ROUNDS) {
        let input = input(round);
        let started = clock();
        let decision = black_box(decide(black_box(state), rules, &input, now));
        decided.push(clock() - started);
        events = decision.events.len();
        let started = clock();
        black_box(fold(state, &input, &decision.events, now));
        folded.push(clock() - started);
    }
    println!(
        "{name}: {events} events, decided in p50 {:.1} us, p99 {:.1} us, folded in p50 {:.1} us, p99 {:.1} us",
        share(&mut decided, 50),
        share(&mut decided, 99),
        share(&mut folded, 50),
        share(&mut folded, 99)
    );
}

/// A calendar with a day off in the middle of all terms: how long each step takes, how many entries it is, and how many all are.
fn recompute(state: &Checkpoint, rules: &Rules, now: Timestamp) {
    let mut state = state.clone();
    let text = "version = \"bench-2\"\nsource = \"bench\"\nissued = \"2025-03-12\"\n\
        covers = { from = \"2025-01-01\", through = \"2025-12-31\" }\n\
        [[holiday]]\ndate = \"2025-03-13\"\nkind = \"holiday\"\nname = \"Bench\"\n\
        [[holiday]]\ndate = \"2025-05-12\"\nkind = \"holiday\"\nname = \"Bench\"\n";
    let mut input = order(99_000_000, OrderKind::ApplyCalendar { text: text.to_owned() });
    let (mut took, mut events, mut most, mut moved, mut now) = (Vec::new(), 0, 0, 0, now);
    while events == 0 || state.next_deadline().is_some_and(|due| due <= now) {
        let started = clock();
        let decision = black_box(decide(black_box(&state), rules, &input, now));
        took.push(clock() - started);
        let recomputed = |event: &&Event| matches!(event, Event::ClockRecomputed { .. });
        let here = decision.events.iter().filter(recomputed).count();
        if events > 0 && here == 0 && decision.events.len() != 1 {
            break;
        }
        events += decision.events.len();
        most = most.max(decision.events.len());
        moved += here;
        put(&mut state, rules, &input, now);
        input = Input::TimePassed;
        now = now.checked_add(SignedDuration::from_micros(1)).expect("in range");
    }
    let total: Duration = took.iter().sum();
    println!(
        "a calendar: {moved} terms moved, {} steps, {events} events, {most} at most in a step, decided in p50 {:.0} us, at most {:.0} us, {:.0} ms in all",
        took.len(),
        share(&mut took.clone(), 50),
        share(&mut took, 100),
        total.as_secs_f64() * 1e3
    );
}

/// The duration below which this percentage lies, in microseconds.
fn share(durations: &mut [Duration], percent: usize) -> f64 {
    durations.sort_unstable();
    let place = (durations.len() * percent / 100).min(durations.len().saturating_sub(1));
    durations.get(place).map_or(0.0, |duration| duration.as_secs_f64() * 1e6)
}

#[expect(clippy::disallowed_methods, reason = "a bench measures with the machine's own clock")]
fn clock() -> std::time::Instant {
    std::time::Instant::now()
}

fn each(took: Duration) -> f64 {
    took.as_secs_f64() * 1e6 / f64::from(ROUNDS)
}

fn fold(state: &Checkpoint, input: &Input, events: &[Event], now: Timestamp) -> Checkpoint {
    let mut next = state.clone();
    for event in events {
        next.follow(&Entry {
            seq: next.seq() + 1,
            at: now,
            clock: ClockQuality::Synchronised,
            author: input.author(),
            event: event.clone(),
        });
    }
    next
}

fn put(state: &mut Checkpoint, rules: &Rules, input: &Input, now: Timestamp) {
    for event in decide(state, rules, input, now).events {
        let seq = state.seq() + 1;
        let clock = ClockQuality::Synchronised;
        state.follow(&Entry { seq, at: now, clock, author: input.author(), event });
    }
}

fn order(press: u64, kind: OrderKind) -> Input {
    Input::Ordered(Order {
        officer: "bekov".parse().expect("a name"),
        workplace: "post-1".to_owned(),
        request: format!("press-{press:08}").parse().expect("a request"),
        kind,
    })
}

fn notice() -> NoticeDraft {
    NoticeDraft {
        consignments: vec![ConsignmentDraft::default(); usize::from(CONSIGNMENTS)],
        ..NoticeDraft::of(Mode::Road)
    }
}

fn text(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

fn act(visit: VisitId, consignment: u16, act: &str, answers: &[(&str, Answer)]) -> OrderKind {
    OrderKind::RecordAct {
        about: ActTarget { visit: Some(visit), consignments: vec![ConsignmentNo(consignment)] },
        act: act.to_owned(),
        as_of: None,
        answers: answers.iter().map(|(id, answer)| ((*id).to_owned(), answer.clone())).collect(),
        corrects: None,
    }
}

/// A vehicle whose goods lie in storage while papers, an examination, an escort and another place of delivery are asked for.
fn arrival(visit: VisitId, now: Timestamp) -> Vec<OrderKind> {
    let until = now.checked_add(SignedDuration::from_hours(48)).expect("in range").to_string();
    let mut orders = vec![
        OrderKind::OpenVisit {
            lane: "1".parse().expect("a name"),
            plate: Some(format!("{:06}", visit.0)),
        },
        OrderKind::RegisterNotice { visit, notice: notice() },
        OrderKind::PresentGoods { visit, consignments: Vec::new() },
    ];
    for number in 1..=CONSIGNMENTS {
        let consignment = ConsignmentNo(number);
        let papers = PapersKind::Storage;
        let reference = "S".to_owned();
        let filed = Answer::Papers(vec!["1".to_owned()]);
        orders.extend([
            OrderKind::FilePapers {
                visit,
                consignment,
                papers,
                reference: reference.clone(),
                content: None,
            },
            OrderKind::RegisterPapers { visit, consignment, papers, number: reference },
            act(
                visit,
                number,
                "papers_requested",
                &[
                    ("papers_asked_for", text("invoice")),
                    ("request_reasons", text("weight")),
                    ("until", text(&until)),
                ],
            ),
            act(
                visit,
                number,
                "expert_examination_ordered",
                &[
                    ("examination_grounds", text("doubt")),
                    ("expert", text("laboratory")),
                    ("questions", text("what it is")),
                    ("materials", text("a sample")),
                    ("expert_warned", Answer::Flag(true)),
                ],
            ),
            act(visit, number, "escort_decided", &[("escort_ground", text("risk_management"))]),
            act(
                visit,
                number,
                "delivery_place_change_requested",
                &[
                    ("application", filed.clone()),
                    ("proofs_of_change", filed.clone()),
                    ("transit_declaration", filed),
                ],
            ),
        ]);
    }
    orders
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
        clock_leads: None,
        scans: None,
        immediately_open: None,
        vehicle_mass: None,
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
