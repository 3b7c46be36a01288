//! Where everything stands, read from the checkpoint's state and its views.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::report::{ActStands, ClockStands, GoodsStand, Picture, PriorStands};
use super::table::local;
use crate::Checkpoint;
use crate::ids::PriorId;
use crate::law::Edition;
use crate::law::term::IMMEDIATELY;
use crate::state::clock::{Clock, Stand};
use crate::state::prior::{Prior, PriorStand};
use crate::view::{ActView, ControlView, Stage};

impl Picture {
    /// The visit of a story: the last that came.
    pub(super) fn of(
        state: &Checkpoint,
        edition: &Edition,
        zone: &TimeZone,
        zone_name: &str,
    ) -> Picture {
        let mut picture = Picture { zone_name: zone_name.to_owned(), ..Picture::default() };
        picture.prior = state.priors().iter().map(|(id, one)| prior(id, one)).collect();
        let Some((id, visit)) = state.visit_states().last() else {
            "nobody_here".clone_into(&mut picture.stage);
            return picture;
        };
        let Some(view) = state.visit(id, edition) else { return picture };
        stage(view.row.stage).clone_into(&mut picture.stage);
        picture.missing = visit.notice.as_ref().map(|notice| notice.missing.clone());
        picture.consignments = visit
            .consignments
            .iter()
            .map(|(number, goods)| GoodsStand {
                number: *number,
                state: goods.course.name().to_owned(),
                flags: goods.flags.iter().cloned().collect(),
            })
            .collect();
        let clocks = visit.clocks.iter().filter_map(|clock| state.clock_state(*clock));
        let clocks = clocks.map(|clock| stands(clock, zone));
        let is_task = |clock: &ClockStands| clock.flags.iter().any(|flag| flag == IMMEDIATELY);
        (picture.tasks, picture.clocks) = clocks.partition(is_task);
        picture.flags = view.flags;
        picture.controls = view.controls.iter().map(control).collect();
        let mut acts: Vec<ActStands> = view.acts.iter().map(|view| act(view, zone)).collect();
        acts.sort_by_key(|act| act.act);
        picture.acts = acts;
        picture.holds = view.holds;
        picture.exit_permitted = view.exit_permitted.is_some();
        picture
    }
}

fn prior(id: PriorId, state: &Prior) -> PriorStands {
    let standing = match &state.stand {
        PriorStand::Expected => "expected",
        PriorStand::Linked { .. } => "linked",
        PriorStand::Withdrawn { .. } => "withdrawn",
    };
    let differs_in = state.comparison.as_ref().map(|(_, found)| {
        let mut fields: Vec<String> = Vec::new();
        for one in &found.differences {
            if !fields.contains(&one.field) {
                fields.push(one.field.clone());
            }
        }
        fields
    });
    PriorStands { prior: id.0, standing: standing.to_owned(), differs_in }
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Arrived => "arrived",
        Stage::Presented => "presented",
        Stage::Filed => "filed",
        Stage::Registered => "registered",
        Stage::Released => "released",
        Stage::ExitPermitted => "exit_permitted",
        Stage::Left => "left",
    }
}

fn stands(clock: &Clock, zone: &TimeZone) -> ClockStands {
    let facts = &clock.facts;
    let (state, stopped) = match clock.stand {
        Stand::Running => ("running", None),
        Stand::Provisional { as_of } => ("provisional", Some(as_of)),
        Stand::Stopped { as_of } => ("stopped", Some(as_of)),
        Stand::Expired => ("expired", None),
        Stand::Withdrawn { .. } => ("withdrawn", None),
    };
    ClockStands {
        clock: facts.clock.0,
        rule: facts.rule.clone(),
        article: facts.article.clone(),
        consignment: facts.consignment,
        obliged: facts.obliged.clone(),
        trigger: facts.trigger.clone(),
        triggered_at: local(facts.triggered_at, zone),
        due_at: local(facts.due_at, zone),
        latest_at: local(facts.latest_at, zone),
        nominal_day: facts.nominal_day.map(|day| day.to_string()),
        state: state.to_owned(),
        stopped_at: stopped.map(|at| local(at, zone)),
        flags: facts.flags.clone(),
        calendar: facts.calendar.clone(),
        timetable: facts.timetable.clone(),
    }
}

fn control(control: &ControlView) -> String {
    match control.consignment {
        Some(number) => format!("{} of consignment {number}", control.control),
        None => control.control.clone(),
    }
}

fn act(act: &ActView, zone: &TimeZone) -> ActStands {
    let until = act.valid_until_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    ActStands {
        act: act.act.0,
        kind: act.kind.clone(),
        article: act.article.clone(),
        number: act.number.clone(),
        valid_until: until.map(|at| local(at, zone)),
        stands: act.corrected_by.is_none() && act.ended_by.is_none(),
    }
}
