//! The course of a consignment: the tables as a lawyer reads them, and what holds for every state and every sequence of steps.

use std::collections::BTreeSet;

use checkpoint::input::order::PapersKind;
use checkpoint::law::Edition;
use checkpoint::law::course::{
    ArrivalState, Course, DepartureState, DetentionState, Ground, Keeping, Standing, Step, table,
};
use checkpoint::site::Direction;
use expect_test::expect_file;
use proptest::prelude::*;

#[test]
fn the_table_of_arrivals_is_the_code() {
    expect_file!["../golden/course-arrival.txt"].assert_eq(&table::arrival());
}

#[test]
fn the_table_of_departures_is_the_code() {
    expect_file!["../golden/course-departure.txt"].assert_eq(&table::departure());
}

#[test]
fn the_table_of_transit_is_the_code() {
    expect_file!["../golden/course-transit.txt"].assert_eq(&table::transit());
}

#[test]
fn the_table_of_detention_is_the_code() {
    expect_file!["../golden/course-detention.txt"].assert_eq(&table::detention());
}

fn starts() -> Vec<Course> {
    vec![
        Course::expected(Direction::Inbound),
        Course::expected(Direction::Outbound),
        Course::start(Direction::Inbound),
        Course::start(Direction::Outbound),
        Course::in_transit(),
    ]
}

fn reached_from(starts: Vec<Course>, allowed: impl Fn(Course, Step) -> bool) -> BTreeSet<Course> {
    let mut reached: BTreeSet<Course> = starts.iter().copied().collect();
    let mut open = starts;
    while let Some(course) = open.pop() {
        for step in Step::all() {
            if !allowed(course, step) {
                continue;
            }
            if let Ok(next) = course.next(step)
                && reached.insert(next)
            {
                open.push(next);
            }
        }
    }
    reached
}

#[test]
fn every_state_can_be_reached_and_no_other() {
    let reached = reached_from(starts(), |_, _| true);
    let all: BTreeSet<Course> = Course::all().into_iter().collect();
    let dead: Vec<String> = all.difference(&reached).map(Course::to_string).collect();
    let unlisted: Vec<String> = reached.difference(&all).map(Course::to_string).collect();
    assert_eq!((dead, unlisted), (Vec::new(), Vec::new()));
}

#[test]
fn every_state_that_is_not_an_end_has_a_way_to_one() {
    for course in Course::all() {
        let ends = reached_from(vec![course], |_, _| true).into_iter().any(Course::is_ended);
        assert!(ends, "{course} leads nowhere");
    }
}

#[test]
fn only_a_step_with_a_ground_leads_into_detention() {
    let detained = |course: &Course| matches!(course, Course::Detention(_));
    let reached = reached_from(starts(), |_, step| !matches!(step, Step::Detained(_)));
    assert_eq!(reached.iter().find(|course| detained(course)), None);
    for course in Course::all().into_iter().filter(|course| !detained(course)) {
        for step in Step::all() {
            let into = course.next(step).is_ok_and(|next| detained(&next));
            assert_eq!(
                into,
                into && matches!(step, Step::Detained(_)),
                "{course} by {}",
                step.name()
            );
        }
    }
}

#[test]
fn a_detention_asks_for_its_protocol() {
    for course in Course::all() {
        for ground in Ground::ALL {
            if let Ok(allowed) = course.transition(Step::Detained(ground)) {
                let articles: Vec<&str> =
                    allowed.guards.iter().map(|guard| guard.article).collect();
                assert!(articles.contains(&"237.2"), "{course} by {}", ground.code());
            }
        }
    }
}

#[test]
fn each_of_the_nine_grounds_arises_somewhere() {
    for ground in Ground::ALL {
        let arises =
            Course::all().into_iter().any(|course| course.next(Step::Detained(ground)).is_ok());
        assert!(arises, "{} arises nowhere", ground.code());
    }
}

#[test]
fn the_edition_names_the_same_nine_grounds() {
    let edition = Edition::built_in().expect("the built-in edition is good");
    for ground in Ground::ALL {
        assert!(
            edition.detention_grounds.iter().any(|row| row.id == ground.code()),
            "{} is no row of the edition",
            ground.code()
        );
    }
    assert_eq!(edition.detention_grounds.len(), Ground::ALL.len());
}

#[test]
fn every_hold_of_a_course_has_its_row_in_the_edition() {
    let edition = Edition::built_in().expect("the built-in edition is good");
    for course in Course::all() {
        if let Some(code) = course.exit_hold() {
            assert!(edition.hold(code).is_some(), "{course} holds by {code}, which is no row");
        }
    }
}

/// T23: from storage no goods leave the place without a release or a transit.
#[test]
fn goods_in_storage_leave_only_by_release_or_transit() {
    let stored = [Standing::InTemporaryStorage, Standing::InStoragePlace]
        .map(|standing| Course::Arrival(ArrivalState::Standing(standing)));
    let releases = [
        Step::Released,
        Step::ReleasedFromControl,
        Step::ReleasedBeforeDeclaration,
        Step::TransitReleased,
    ];
    let reached = reached_from(stored.to_vec(), |_, step| !releases.contains(&step));
    let left = reached
        .iter()
        .find(|course| matches!(course, Course::Arrival(ArrivalState::LeftPlace { .. })));
    assert_eq!(left, None);
    for course in stored {
        let refused =
            course.next(Step::LeftPlace).map_err(|refusal| (refusal.code, refusal.article));
        assert_eq!(refused, Err(("in_storage_only", "252.5, 259.3")));
    }
}

#[test]
fn nothing_leaves_while_its_course_holds_the_exit() {
    for course in Course::all().into_iter().filter(|course| course.exit_hold().is_some()) {
        for step in [Step::LeftPlace, Step::ReturnedAbroad, Step::CrossedOut] {
            assert!(
                course.next(step).is_err(),
                "{course} holds the exit and goes by {}",
                step.name()
            );
        }
    }
}

#[test]
fn nothing_leaves_the_territory_without_marks_or_permission() {
    let reached = reached_from(starts(), |_, step| step != Step::DeparturePermitted);
    let out = reached.iter().find(|course| {
        matches!(
            course,
            Course::Departure(DepartureState::CrossedOut)
                | Course::Arrival(ArrivalState::ReturnedAbroad)
        )
    });
    assert_eq!(out, None);
}

#[test]
fn no_arriving_goods_are_released_that_nobody_presented() {
    let inbound = vec![Course::expected(Direction::Inbound), Course::start(Direction::Inbound)];
    let reached = reached_from(inbound, |_, step| {
        !matches!(step, Step::Presented | Step::TransitArrived | Step::Detained(_))
    });
    let released = reached.iter().find(|course| {
        matches!(
            course,
            Course::Arrival(ArrivalState::Released { .. } | ArrivalState::TransitReleased)
        )
    });
    assert_eq!(released, None);
}

#[test]
fn refused_papers_leave_the_goods_where_they_stood() {
    for course in Course::all() {
        for papers in [PapersKind::Storage, PapersKind::Declaration, PapersKind::TransitDeclaration]
        {
            let Ok(filed) = course.next(Step::Filed(papers)) else { continue };
            let refused = filed.next(Step::Refused(papers));
            // A declaration after a refused release: the refusal of the registration speaks of the new one alone.
            let stood = match course {
                Course::Arrival(ArrivalState::ReleaseRefused(standing)) => {
                    ArrivalState::Standing(standing).into()
                }
                Course::Departure(DepartureState::ReleaseRefused(standing)) => {
                    DepartureState::Standing(standing).into()
                }
                Course::Arrival(_)
                | Course::Departure(_)
                | Course::Transit(_)
                | Course::Detention(_) => course,
            };
            assert_eq!(refused, Ok(stood), "{course} with {papers:?}");
        }
    }
}

#[test]
fn a_step_goes_by_one_name() {
    let names: BTreeSet<&str> = Step::all().into_iter().map(Step::name).collect();
    assert_eq!(names.len(), Step::all().len());
    for step in Step::all() {
        assert_eq!(Step::named(step.name()), Some(step));
        let text = serde_json::to_string(&step).expect("a step is a string");
        assert_eq!(serde_json::from_str::<Step>(&text).ok(), Some(step));
    }
}

#[test]
fn a_course_reads_back_as_it_was_written() {
    for course in Course::all() {
        let text = serde_json::to_string(&course).expect("a course is data");
        assert_eq!(serde_json::from_str::<Course>(&text).ok(), Some(course), "{text}");
    }
}

#[track_caller]
fn check(start: Course, steps: &[&str], expected: &str) {
    let mut course = start;
    let mut refusals = Vec::new();
    for name in steps {
        let step = Step::named(name).expect("a step by its name");
        match course.next(step) {
            Ok(next) => course = next,
            Err(refusal) => {
                refusals.push(format!("{name}: {} (art. {})", refusal.code, refusal.article));
            }
        }
    }
    refusals.push(course.to_string());
    assert_eq!(refusals.join("\n"), expected);
}

#[test]
fn a_lorry_is_stored_declared_and_released() {
    check(
        Course::expected(Direction::Inbound),
        &[
            "pre_advised",
            "crossed",
            "arrived",
            "presented",
            "storage_filed",
            "storage_registered",
            "left_place",
            "declaration_filed",
            "declaration_refused",
            "declaration_filed",
            "declaration_registered",
            "released",
            "left_place",
        ],
        "left_place: in_storage_only (art. 252.5, 259.3)\narrival: left_place over control_goes_on",
    );
}

#[test]
fn papers_may_come_before_the_goods_and_count_once_they_are_presented() {
    check(
        Course::start(Direction::Inbound),
        &["declaration_filed", "declaration_registered", "released", "presented", "released"],
        "released: not_presented (art. 252.4)\narrival: released over control_goes_on",
    );
}

#[test]
fn a_refused_release_is_no_new_start() {
    check(
        Course::start(Direction::Inbound),
        &[
            "presented",
            "declaration_filed",
            "declaration_registered",
            "release_refused",
            "presented",
            "left_place",
        ],
        "presented: already_presented (art. 252.4)\nleft_place: release_refused (art. 302.1)\narrival: release_refused over presented",
    );
}

#[test]
fn prohibited_goods_go_back_or_are_detained() {
    check(
        Course::start(Direction::Inbound),
        &[
            "presented",
            "detained_art_244",
            "must_leave",
            "left_place",
            "departure_permitted",
            "returned_abroad",
        ],
        "detained_art_244: not_a_ground (art. 244.5)\nleft_place: must_leave_territory (art. 244.2)\narrival: returned_abroad",
    );
    check(
        Course::start(Direction::Inbound),
        &[
            "presented",
            "must_leave",
            "removal_found_impossible",
            "detained_art_244",
            "detained_sold",
        ],
        "detention: sold",
    );
}

#[test]
fn three_hours_that_passed_detain_nobody() {
    check(
        Course::start(Direction::Inbound),
        &["presented", "detained_art_268", "detained_art_283", "detained_returned"],
        "detained_art_268: not_a_ground (art. 268.4)\ndetention: returned_to_owner",
    );
}

#[test]
fn a_completed_transit_goes_on_like_a_presentation() {
    check(
        Course::in_transit(),
        &[
            "presented",
            "transit_arrived",
            "transit_completed",
            "transit_papers_submitted",
            "transit_papers_registered",
            "transit_checked",
            "transit_completed",
            "left_place",
            "declaration_filed",
            "declaration_registered",
            "released",
            "left_place",
        ],
        "presented: transit_not_arrived (art. 329.3)\ntransit_completed: transit_papers_missing (art. 329.3)\n\
         left_place: papers_not_filed_after_transit (art. 329.6)\narrival: left_place over control_goes_on",
    );
}

#[test]
fn goods_that_came_under_transit_leave_with_marks_on_both_papers() {
    check(
        Course::start(Direction::Outbound),
        &[
            "transit_arrived",
            "placed_in_zone",
            "transit_papers_submitted",
            "transit_papers_registered",
            "transit_completed_here",
            "crossed_out",
            "departure_papers_submitted",
            "crossed_out",
            "quantity_checked",
            "departure_permitted",
            "crossed_out",
        ],
        "crossed_out: departure_not_permitted (art. 255.4)\ncrossed_out: departure_marks_missing (art. 255.4)\ndeparture: crossed_out",
    );
}

#[test]
fn goods_that_may_not_leave_go_back_into_the_country() {
    check(
        Course::start(Direction::Outbound),
        &[
            "departure_papers_submitted",
            "not_allowed_to_leave",
            "departure_permitted",
            "left_place",
            "turned_back",
            "left_place",
        ],
        "departure_permitted: not_allowed_to_leave (art. 244.3)\nleft_place: not_turned_back (art. 254.1)\ndeparture: left_place",
    );
}

#[test]
fn a_vehicle_may_go_once_the_goods_lie_in_a_storage_place() {
    let stored = Course::Arrival(ArrivalState::Standing(Standing::InTemporaryStorage));
    assert_eq!(stored.exit_hold(), Some("in_storage_only"));
    assert_eq!(stored.next(Step::Unloaded).map(Course::exit_hold), Ok(None));
    let detained = Course::Detention(DetentionState::Held(Keeping::Aboard));
    assert_eq!(detained.exit_hold(), Some("detained"));
    assert_eq!(detained.next(Step::Unloaded).map(Course::exit_hold), Ok(None));
}

proptest! {
    #[test]
    fn any_steps_from_any_state_end_in_a_state_of_the_tables(
        start in prop::sample::select(Course::all()),
        steps in prop::collection::vec(prop::sample::select(Step::all()), 0..60),
    ) {
        let all: BTreeSet<Course> = Course::all().into_iter().collect();
        let mut course = start;
        for step in steps {
            match course.next(step) {
                Ok(next) => course = next,
                Err(refusal) => {
                    prop_assert!(!refusal.code.is_empty() && !refusal.article.is_empty() && refusal.why.ends_with('.'));
                }
            }
            prop_assert!(all.contains(&course));
        }
    }
}
