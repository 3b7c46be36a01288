//! All about one visit.

use units::{Counts, CountsPerSecond};

use super::alarm::{signature, urgency};
use super::scans;
use super::{
    AlarmView, AxleView, AxlesView, ClockView, ComparisonView, ConsignmentView, CourseView,
    MassView, NoticeView, PictureView, PlateView, ScreeningView, SealEventView, SealView, TareView,
    VisitView, WeighingView,
};
use crate::Checkpoint;
use crate::decide::exit;
use crate::event::{MassComparison, WeightComparison};
use crate::ids::{ConsignmentNo, PassageId, ReadingId, VisitId};
use crate::input::observation::{AxleLoad, AxleSession, Picture};
use crate::law::Edition;
use crate::law::course::Course;
use crate::state::consignment::Consignment;
use crate::state::visit::{Notice, PlateRead, Screened, SealRead, Visit};

impl Checkpoint {
    /// All about a visit that is here or left lately.
    pub fn visit(&self, id: VisitId, edition: &Edition) -> Option<VisitView> {
        let visit = self.visit_state(id)?;
        let passages = self.devices.values().filter_map(|device| device.passage);
        let open_passages: Vec<PassageId> =
            passages.filter(|open| open.visit == id).map(|open| open.passage).collect();
        Some(VisitView {
            row: self.visit_row(id, edition)?,
            clocks: self.clocks_of(visit),
            consignments: visit
                .consignments
                .iter()
                .map(|(no, state)| consignment(*no, state))
                .collect(),
            holds: exit::holds(self, edition, id),
            screenings: newest_first(visit.screenings.iter().map(|(id, one)| screening(*id, one))),
            weighings: weighings(visit),
            comparison: visit.comparison.as_deref().map(comparison),
            mass: visit.mass.as_deref().map(mass),
            tare: visit.tare.as_ref().map(|(tare, source)| TareView {
                tare_kg: tare.0.normalize().to_string(),
                source: source.clone(),
            }),
            seals: seals(visit),
            plates: newest_first(visit.plates_read.iter().map(|(id, one)| plate(*id, one))),
            scans: scans::of_visit(id, visit),
            notice: visit.notice.as_deref().and_then(notice),
            prior: self.priors_of(visit),
            prior_candidates: self.prior_candidates(visit, edition),
            alarms: self.alarms_of(visit),
            open_passages,
            acts: self.act_views(id),
            controls: self.control_views(visit),
            flags: visit.flags.iter().cloned().collect(),
            exit_permitted: visit.exit_permitted.as_ref().map(signature),
            left_ms: visit.left.map(|at| at.as_millisecond()),
        })
    }

    fn clocks_of(&self, visit: &Visit) -> Vec<ClockView> {
        let known = visit.clocks.iter().filter_map(|id| Some((*id, self.clock_state(*id)?)));
        let mut clocks: Vec<_> = known.collect();
        clocks.sort_by_key(|(id, clock)| (urgency(clock), *id));
        clocks.into_iter().filter_map(|(id, _)| self.clock_view(id)).collect()
    }

    fn alarms_of(&self, visit: &Visit) -> Vec<AlarmView> {
        let mut alarms: Vec<AlarmView> =
            visit.alarms.iter().filter_map(|id| self.alarm(*id)).collect();
        alarms.sort_by_key(|alarm| (alarm.closed, alarm.priority, alarm.since_ms, alarm.id));
        alarms
    }
}

fn newest_first<T>(views: impl DoubleEndedIterator<Item = T>) -> Vec<T> {
    views.rev().collect()
}

fn consignment(number: ConsignmentNo, state: &Consignment) -> ConsignmentView {
    let papers = state.papers.as_ref();
    let registered = papers.and_then(|papers| papers.registered.as_ref());
    ConsignmentView {
        number,
        gross_kg: state.gross.map(|gross| gross.0.normalize().to_string()),
        presented: state.presented.as_ref().map(signature),
        papers: papers.map(|papers| papers.kind),
        reference: papers.map(|papers| papers.reference.clone()),
        filed_ms: papers.map(|papers| papers.filed_at.as_millisecond()),
        registered_number: registered.map(|(number, _)| number.clone()),
        registered_ms: registered.map(|(_, at)| at.as_millisecond()),
        content_missing: papers.and_then(|papers| papers.missing.clone()),
        content_warnings: papers.map(|papers| papers.warnings.clone()).unwrap_or_default(),
        refusals: state.refusals.clone(),
        released_ms: state.released.map(|(at, _)| at.as_millisecond()),
        flags: state.flags.iter().cloned().collect(),
        course: course(state.course),
        into: state.into.clone(),
        from: state.from.clone(),
    }
}

pub(super) fn course(course: Course) -> CourseView {
    CourseView {
        machine: course.machine().to_owned(),
        state: course.name().to_owned(),
        over: course.beneath().map(str::to_owned),
        under_control: course.is_under_control(),
    }
}

fn screening(reading: ReadingId, screened: &Screened) -> ScreeningView {
    let measured = &screened.screening;
    let background = measured.gamma_background.as_deref().map(CountsPerSecond::sum);
    ScreeningView {
        reading,
        seq: screened.seq,
        device: screened.device.clone(),
        began_ms: measured.began.as_millisecond(),
        ended_ms: measured.ended.as_millisecond(),
        verdict: screened.verdict,
        gamma: measured.gamma,
        neutron: measured.neutron,
        max_sum: measured.max_sum.map(|Counts(sum)| sum),
        max_z: measured.max_z.map(|z| z.to_string()),
        n_sigma: measured.n_sigma.normalize().to_string(),
        background: background.map(|CountsPerSecond(rate)| rate),
        quality: measured.quality.clone(),
    }
}

fn axles(session: &AxleSession) -> AxlesView {
    let axle =
        |axle: &AxleLoad| AxleView { kg: axle.mass.0.normalize().to_string(), again: axle.again };
    AxlesView {
        axles: session.axles.iter().map(axle).collect(),
        missed: session.missed,
        interruptions: session.interruptions,
    }
}

/// Weighings and attempts that gave no number; the latter are no readings and bear the number 0.
fn weighings(visit: &Visit) -> Vec<WeighingView> {
    let weighed = visit.weighings.iter().map(|(reading, weighed)| WeighingView {
        reading: *reading,
        seq: weighed.seq,
        device: weighed.device.clone(),
        at_ms: weighed.at.as_millisecond(),
        gross_kg: Some(weighed.weight.gross.0.normalize().to_string()),
        refusal: None,
        stable_by: weighed.weight.stable_by.clone(),
        axles: weighed.weight.axles.as_deref().map(axles),
    });
    let refused = visit.refused_weighings.iter().map(|refused| WeighingView {
        reading: ReadingId(0),
        seq: refused.seq,
        device: refused.device.clone(),
        at_ms: refused.at.as_millisecond(),
        gross_kg: None,
        refusal: Some(refused.refusal),
        stable_by: String::new(),
        axles: refused.axles.as_deref().map(axles),
    });
    let mut all: Vec<WeighingView> = weighed.chain(refused).collect();
    all.sort_by_key(|view| std::cmp::Reverse(view.seq));
    all
}

fn comparison(comparison: &WeightComparison) -> ComparisonView {
    let text = |mass: units::Kilograms| mass.0.normalize().to_string();
    ComparisonView {
        measured_kg: text(comparison.measured_gross),
        tare_kg: text(comparison.tare),
        declared_kg: text(comparison.declared),
        difference_kg: text(comparison.difference),
        allowed_kg: text(comparison.allowed),
        limits: comparison.limits.clone(),
        beyond: comparison.beyond,
        instrument_error_kg: comparison.instrument_error.map(text),
        no_matter: comparison.no_matter.clone(),
    }
}

fn mass(comparison: &MassComparison) -> MassView {
    let text = |mass: units::Kilograms| mass.0.normalize().to_string();
    MassView {
        measured_kg: text(comparison.measured_gross),
        axles: comparison.axles,
        gross_limit_kg: comparison.gross_limit.map(text),
        heaviest_axle_kg: comparison.heaviest_axle.map(text),
        axle_limit_kg: comparison.axle_limit.map(text),
        instrument_error_kg: text(comparison.instrument_error),
        over_kg: text(comparison.over),
        beyond: comparison.beyond,
        source: comparison.source.clone(),
        limits: comparison.limits.clone(),
    }
}

/// Expected seals in the order of the papers, then others as they were read.
fn seals(visit: &Visit) -> Vec<SealView> {
    let expected = visit.seals_expected.iter().flatten();
    let read = visit.seals_read.values().map(|read| &read.normalised);
    let known = visit.seals_inspected.keys().chain(visit.seal_acts.keys());
    let mut numbers: Vec<&String> = Vec::new();
    for number in expected.chain(read).chain(known) {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    let view = |number: &String| {
        let last = visit.seals_read.iter().rfind(|(_, read)| read.normalised == *number);
        let (reading, last) = (last.map(|(reading, _)| *reading), last.map(|(_, read)| read));
        SealView {
            number: number.clone(),
            expected: visit.seals_expected.as_ref().is_some_and(|seals| seals.contains(number)),
            reading,
            read_ms: last.map(|read| read.at.as_millisecond()),
            battery_percent: last.and_then(|read| read.seal.battery_percent),
            events: seal_events(visit, number),
            found: visit.seals_inspected.get(number).copied(),
            verdict: visit.seals_judged.get(number).copied(),
        }
    };
    numbers.into_iter().map(view).collect()
}

/// What a seal reported to have happened, the latest first.
fn seal_events(visit: &Visit, number: &str) -> Vec<SealEventView> {
    let read = visit.seals_read.values().rev().filter(|read| read.normalised == number);
    let told = read.filter(|read| read.seal.event_class.or(read.seal.maker_event).is_some());
    let view = |read: &SealRead| SealEventView {
        at_ms: read.at.as_millisecond(),
        class: read.seal.event_class,
        maker: read.seal.maker_event,
    };
    told.take(SEAL_EVENTS).map(view).collect()
}

fn plate(reading: ReadingId, read: &PlateRead) -> PlateView {
    PlateView {
        reading,
        seq: read.seq,
        at_ms: read.at.as_millisecond(),
        device: read.device.clone(),
        text: read.plate.text.clone(),
        normalised: read.normalised.clone(),
        confidence_percent: read
            .plate
            .confidence_percent
            .map(|percent| percent.normalize().to_string()),
        pictures: read.plate.pictures.iter().map(picture).collect(),
    }
}

fn picture(picture: &Picture) -> PictureView {
    PictureView { kind: picture.kind.clone(), bytes: picture.bytes, sha256: picture.sha256.clone() }
}

/// A notice is registered by an officer; one without a signature is in no journal of ours.
fn notice(notice: &Notice) -> Option<NoticeView> {
    Some(NoticeView {
        number: notice.number.clone(),
        revision: notice.revision,
        registered: signature(notice.registered.as_ref()?),
        notice: notice.draft.clone(),
        missing: notice.missing.clone(),
        warnings: notice.warnings.clone(),
    })
}

/// Events of one seal that are shown; the journal has all.
const SEAL_EVENTS: usize = 8;
