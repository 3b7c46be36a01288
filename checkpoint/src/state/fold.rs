//! What each event means. Every arm is named: a new event makes the compiler ask what it means.

use std::sync::Arc;

use jiff::Timestamp;

use super::consignment::Consignment;
use super::lane::LaneState;
use super::recomputing::Recomputing;
use super::visit::{Notice, Visit};
use super::{Checkpoint, HubLine, Signature, device::DeviceState, whole_microseconds};
use crate::event::{AlarmCause, Author, Entry, Event, PapersContent, RefusedOn, Split};
use crate::ids::{AlarmId, DeviceId, LaneId, VisitId};
use crate::law::course::Step;
use crate::site::{Family, Site};

mod acts;
mod alarms;
mod directives;
mod papers;
mod prior;
mod readings;
mod scans;

pub(crate) use alarms::agreement_name;

/// The entry that is being folded, without its event.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    seq: u64,
    at: Timestamp,
    author: &'a Author,
}

impl Place<'_> {
    /// The officer who signed it, if one did.
    fn signature(&self) -> Option<Signature> {
        match self.author {
            Author::Officer { officer, .. } => {
                Some(Signature { officer: officer.clone(), at: self.at })
            }
            Author::Agent | Author::Device { .. } => None,
        }
    }
}

impl Checkpoint {
    pub(super) fn fold(&mut self, entry: &Entry) {
        let at = whole_microseconds(entry.at);
        let place = Place { seq: entry.seq, at, author: &entry.author };
        match &entry.event {
            Event::AgentStarted { version, edition, .. } => {
                self.version.clone_from(version);
                self.edition.clone_from(edition);
            }
            Event::SiteDescribed { site } => self.describe(site),
            Event::LimitsSet { limits } => {
                self.limits = Some(Arc::new(limits.as_ref().clone()));
                self.schedule_all();
            }
            Event::ClockStepped { .. } | Event::SoundSilenced { .. } => {}
            // What went was over: nothing that is known now stood on it.
            Event::JournalPurged(_) => {}
            Event::ClockSyncChanged { synchronised } => self.clock_synchronised = *synchronised,
            Event::HubLinkChanged { up } => self.set_hub(match up {
                true => HubLine::Up,
                false => HubLine::Down { since: place.at, announced: false },
            }),
            Event::RecordingSlowed { slow, .. } => self.recording_slow = *slow,
            // Who gave an order is remembered from the entry's author.
            Event::OfficerSignedIn | Event::OfficerSignedOut => {}

            Event::DeviceHealthChanged { device, health, detail } => {
                self.change_device(device, |state| {
                    state.health = Some(*health);
                    state.detail.clone_from(detail);
                    state.since = Some(place.at);
                    state.loaded_unsure |= state.loaded_by.is_some() && state.is_out();
                });
            }
            Event::DeviceFaulted { device, fault, count, .. } => {
                self.change_device(device, |state| state.faulted(fault, *count, place.at));
            }
            Event::PortalSetUp { device, setup } => {
                self.change_device(device, |state| state.setup = Some(Arc::new(setup.clone())));
            }
            Event::BackgroundChanged { device, background } => {
                self.change_device(device, |state| {
                    state.background = Some(Arc::new(background.clone()));
                });
            }
            Event::TamperChanged { device, open } => {
                self.change_device(device, |state| state.tamper = *open);
            }
            Event::LaneControlChanged { lane, control, .. } => {
                let by_outage = place.signature().is_none();
                self.change_lane(lane, |state| {
                    state.control = *control;
                    state.by_outage = by_outage;
                });
            }

            Event::VisitOpened { visit, number, lane, mode, direction } => {
                self.last.visit = self.last.visit.max(visit.0);
                let opened = Visit::opened(number, lane, *mode, *direction, place.at);
                self.visits.insert_mut(*visit, opened);
                self.enter_lane(lane, *visit, 0, place.at);
                self.forget_unhandled();
            }
            Event::PassageBegan { passage, lane, device, visit } => {
                self.passage_began(place, *passage, lane, device, *visit);
            }
            Event::VehicleScreened { reading, lane, device, visit, verdict, screening, .. } => {
                self.screened(place, *reading, lane, device, *visit, *verdict, screening);
            }
            Event::PlateRead { reading, lane, device, visit, normalised, plate } => {
                self.plate_read(place, *reading, (lane, device), *visit, normalised, plate);
            }
            Event::VehicleIdentified { visit, plate, original, country } => {
                self.identified(*visit, plate, original, country.as_deref());
            }
            Event::VehicleWeighed { reading, lane, device, visit, weight } => {
                self.weighed(place, *reading, (lane, device), *visit, weight);
            }
            Event::ScaleEmptied { device, .. } => {
                self.change_device(device, |state| {
                    state.loaded_by = None;
                    state.loaded_unsure = false;
                });
            }
            Event::LaneLeft { lane, visit } => self.leave_lane(lane, *visit),
            Event::WeighingBegan(begun) => self.weighing_began(place, begun),
            Event::WeighingEnded(end) => self.weighing_ended(end),
            Event::WeighingRefused(refusal) => self.weighing_refused(place, refusal),
            Event::SealRead { reading, lane, device, visit, seal } => {
                self.seal_read(place, *reading, (lane, device), *visit, seal);
            }
            Event::Scanned(scanned) => self.scanned(place, scanned),
            Event::ScanRepeated(repeated) => self.scan_repeated(place, repeated),
            Event::ScanAssigned(assigned) => self.scan_assigned(assigned),
            Event::ReadingAssigned { reading, from, to } => self.assign(*reading, *from, *to),

            Event::SealsExpected { visit, seals } => self.expect_seals(*visit, seals),
            Event::SealInspected { visit, seal, found } => self.change_visit(*visit, |visit| {
                visit.seals_inspected.insert_mut(seal.clone(), *found);
            }),
            Event::SealJudged { visit, seal, verdict, .. } => self.change_visit(*visit, |visit| {
                visit.seals_judged.insert_mut(seal.clone(), *verdict);
            }),
            Event::TareRecorded { visit, tare, source } => {
                self.change_visit(*visit, |visit| visit.tare = Some((*tare, source.clone())));
            }
            Event::WeightCompared { visit, comparison } => self.change_visit(*visit, |visit| {
                visit.comparison = Some(Arc::new(comparison.clone()));
            }),

            Event::PriorInformationRecorded { information } => {
                self.prior_recorded(place, information);
            }
            Event::PriorInformationLinked { visit, prior } => {
                self.prior_linked(place, *visit, *prior);
            }
            Event::PriorInformationUnlinked { visit, prior } => self.prior_unlinked(*visit, *prior),
            Event::PriorInformationCompared(comparison) => self.prior_compared(place, comparison),
            Event::PriorInformationWithdrawn { prior, reason } => {
                self.prior_withdrawn(place, *prior, reason);
            }
            Event::VehicleMassCompared { visit, comparison } => {
                self.change_visit(*visit, |visit| {
                    visit.mass = Some(Arc::new(comparison.as_ref().clone()));
                });
            }
            Event::NoticeRegistered {
                visit, number, revision, notice, missing, warnings, ..
            } => {
                if *revision <= 1 {
                    self.last.notice = self.last.notice.saturating_add(1);
                }
                let notice = Notice {
                    number: number.clone(),
                    revision: *revision,
                    registered: place.signature(),
                    at: place.at,
                    draft: notice.as_ref().clone(),
                    missing: missing.clone(),
                    warnings: warnings.clone(),
                };
                self.notice_registered(*visit, notice);
            }
            Event::ConsignmentRecorded { visit, consignment, gross } => {
                self.change_consignment(*visit, *consignment, |state| state.gross = *gross);
            }
            Event::GoodsPresented { visit, consignment, as_of } => {
                let at = as_of.unwrap_or(place.at);
                let signature = place.signature().map(|by| Signature { at, ..by });
                self.change_consignment(*visit, *consignment, |state| {
                    state.presented = signature;
                    state.go(Step::Presented);
                });
            }
            Event::PapersFiled { visit, consignment, papers, reference } => {
                self.papers_filed(place, *visit, *consignment, *papers, reference);
            }
            Event::PapersContentChecked(check) => {
                let PapersContent { visit, consignment, missing, warnings, .. } = check;
                self.change_consignment(*visit, *consignment, |state| {
                    if let Some(papers) = &mut state.papers {
                        papers.missing = Some(missing.clone());
                        papers.warnings.clone_from(warnings);
                    }
                });
            }
            Event::PapersRegistered { visit, consignment, papers, number } => {
                self.papers_registered(place, *visit, *consignment, *papers, number);
            }
            Event::PapersRefused(refusal) => {
                let ground = refused_words(&refusal.ground, refusal.listed.as_ref());
                let (visit, consignment) = (refusal.visit, refusal.consignment);
                self.papers_refused(visit, consignment, refusal.papers, &ground);
            }
            Event::GoodsReleased { visit, consignment, procedure } => {
                let released = Some((place.at, *procedure));
                self.change_consignment(*visit, *consignment, |state| {
                    state.released = released;
                    state.go(Consignment::release_step(*procedure));
                });
            }

            Event::ActRecorded { act } => self.act_recorded(place, act),
            Event::ConsignmentSplit(Split { visit, consignment, into, .. }) => {
                self.consignment_split(*visit, *consignment, into);
            }
            Event::ConsignmentsMerged { visit, consignments, into, .. } => {
                self.consignments_merged(*visit, consignments, *into);
            }

            Event::ClockStarted { clock } => self.clock_started(clock),
            Event::ClockNearing { clock, minutes_left } => {
                self.clock_nearing(*clock, *minutes_left);
            }
            Event::ClockStillOpen { clock, .. } => self.clock_nearing(*clock, 0),
            Event::ClockStoppedProvisionally { clock, as_of } => {
                self.clock_stopped_provisionally(*clock, *as_of);
            }
            Event::ClockStopped { clock, as_of } => self.clock_stopped(*clock, *as_of),
            Event::ClockRestored { clock } => self.clock_restored(*clock),
            Event::ClockExpired { clock } => self.clock_expired(*clock),

            Event::AlarmRaised { alarm, facts } => self.alarm_raised(place, *alarm, facts),
            Event::AlarmRepeated { alarm, count } => self.alarm_repeated(place, *alarm, *count),
            Event::AlarmAssessed { alarm, agreement, z } => {
                self.alarm_assessed(*alarm, *agreement, *z);
            }
            Event::AlarmEnded { alarm } => self.alarm_ended(place, *alarm),
            Event::AlarmAcknowledged { alarm } => self.alarm_acknowledged(place, *alarm),
            Event::AlarmEscalated { alarm } => self.alarm_escalated(place, *alarm),
            Event::AlarmDecided { alarm, decision } => self.alarm_decided(place, *alarm, decision),

            Event::ExitPermitted { visit } => {
                let signature = place.signature();
                self.change_visit(*visit, |visit| visit.exit_permitted = signature);
            }
            Event::VehicleLeft { visit } => self.vehicle_left(place, *visit),

            Event::CalendarApplied { calendar, .. } => {
                self.calendar = Some(Arc::new(calendar.as_ref().clone()));
            }
            Event::TimetableApplied { timetable, .. } => {
                self.timetable = Some(Arc::new(timetable.as_ref().clone()));
            }
            Event::DirectiveAnswered(answer) => self.directive_answered(place, answer),
            Event::DirectiveDistrusted(directive) => self.directive_distrusted(place, directive),
            Event::ClockRecomputed { clock, .. } => self.clock_recomputed(clock),
            Event::ClocksRecomputedThrough(reached) => {
                let is_left = reached.clock < reached.last;
                let reached = reached.clone();
                self.set_recomputing(is_left.then_some(Recomputing { at: place.at, reached }));
            }
            Event::ClockWithdrawn { clock, because } => {
                self.clock_withdrawn(place, *clock, because);
            }
        }
    }

    /// Lanes and devices as described from now; what is known of those that stay is kept.
    fn describe(&mut self, site: &Site) {
        let mut lanes = rpds::RedBlackTreeMapSync::new_sync();
        let mut devices = rpds::RedBlackTreeMapSync::new_sync();
        for lane in &site.lanes {
            let in_lane = site.devices.iter().filter(|device| device.lane == lane.id);
            let mut order = 0;
            for device in in_lane {
                // A scanner notices no vehicle: one that were the last of a lane would keep everybody in it.
                if device.family != Family::Scanner {
                    order += 1;
                }
                let known = self.devices.get(&device.id).cloned();
                let mut state = known
                    .unwrap_or_else(|| DeviceState::new(lane.id.clone(), device.family, order));
                (state.lane, state.family, state.order) = (lane.id.clone(), device.family, order);
                devices.insert_mut(device.id.clone(), state);
            }
            let mut state =
                self.lanes.get(&lane.id).cloned().unwrap_or_else(|| LaneState::new(order));
            state.last_order = order;
            for vehicle in &mut state.queue {
                vehicle.portal.take_if(|portal| !site.devices.iter().any(|one| one.id == *portal));
            }
            lanes.insert_mut(lane.id.clone(), state);
        }
        (self.lanes, self.devices) = (lanes, devices);
        self.site = Some(Arc::new(site.clone()));
        self.schedule_all();
    }

    fn set_hub(&mut self, hub: HubLine) {
        self.unschedule_hub();
        self.hub = hub;
        self.schedule_hub();
    }

    /// The hub's absence is an alarm already: its deadline is answered.
    fn announce_hub_away(&mut self, cause: &AlarmCause) {
        if let (AlarmCause::HubAway, HubLine::Down { since, .. }) = (cause, self.hub) {
            self.set_hub(HubLine::Down { since, announced: true });
        }
    }

    fn change_visit(&mut self, id: VisitId, change: impl FnOnce(&mut Visit)) {
        if let Some(visit) = self.visits.get_mut(&id) {
            change(visit);
        }
    }

    fn change_device(&mut self, id: &DeviceId, change: impl FnOnce(&mut DeviceState)) {
        if let Some(device) = self.devices.get_mut(id) {
            change(device);
        }
    }

    fn change_lane(&mut self, id: &LaneId, change: impl FnOnce(&mut LaneState)) {
        if let Some(lane) = self.lanes.get_mut(id) {
            change(lane);
        }
    }

    /// Adds an alarm to, or takes it from, the visit and the lane that show it.
    fn show_alarm(
        &mut self,
        id: AlarmId,
        visit: Option<VisitId>,
        lane: Option<&LaneId>,
        open: bool,
    ) {
        if let Some(visit) = visit {
            self.change_visit(visit, |visit| {
                visit.alarms.insert_mut(id);
            });
        }
        if let Some(lane) = lane {
            self.change_lane(lane, |lane| {
                if open {
                    lane.alarms.insert_mut(id);
                } else {
                    lane.alarms.remove_mut(&id);
                }
            });
        }
    }
}

/// Why papers were refused, for people: the article of the ground and what was added in words.
fn refused_words(ground: &str, listed: Option<&RefusedOn>) -> String {
    match listed {
        Some(listed) if ground.is_empty() => listed.article.clone(),
        Some(listed) => format!("{}: {ground}", listed.article),
        None => ground.to_owned(),
    }
}
