//! One line of the journal for people: codes and numbers, no words. Raw bytes and papers are not in it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::JournalLine;
use crate::event::{
    ActFacts, Author, ClockFacts, Entry, Event, Origin, PapersRefusal, ScanAssigned, ScanRepeated,
    Scanned, Split,
};
use crate::ids::{ConsignmentNo, DeviceId, VisitId};
use crate::input::observation::{PlateReading, Weight};
use crate::retention::Purge;

impl JournalLine {
    /// The line for an entry.
    pub fn of(entry: &Entry) -> JournalLine {
        let officer = match &entry.author {
            Author::Officer { officer, .. } => Some(officer.clone()),
            Author::Agent | Author::Device { .. } => None,
        };
        let mut line = Line::default();
        line.write(&entry.event);
        JournalLine {
            seq: entry.seq,
            at_ms: entry.at.as_millisecond(),
            kind: line.kind.to_owned(),
            officer,
            device: line.device,
            visit: line.visit,
            with: line.with,
        }
    }
}

#[derive(Default)]
struct Line {
    kind: &'static str,
    device: Option<DeviceId>,
    visit: Option<VisitId>,
    with: BTreeMap<String, String>,
}

/// The name that serde gives a plain enum, so that the journal and the views use one spelling.
fn code<T: Serialize>(value: &T) -> String {
    toml::Value::try_from(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

impl Line {
    fn is(&mut self, kind: &'static str) -> &mut Self {
        self.kind = kind;
        self
    }

    fn of(&mut self, visit: VisitId) -> &mut Self {
        self.visit = Some(visit);
        self
    }

    fn at(&mut self, device: &DeviceId) -> &mut Self {
        self.device = Some(device.clone());
        self
    }

    fn with(&mut self, name: &str, value: impl ToString) -> &mut Self {
        self.with.insert(name.to_owned(), value.to_string());
        self
    }

    fn consignment(&mut self, visit: VisitId, consignment: ConsignmentNo) -> &mut Self {
        self.of(visit).with("consignment", consignment)
    }

    fn write(&mut self, event: &Event) {
        match event {
            Event::AgentStarted { version, edition, limits, .. } => self
                .is("agent_started")
                .with("version", version)
                .with("edition", edition)
                .with("limits", limits),
            Event::SiteDescribed { site } => {
                self.is("site_described").with("site", &site.checkpoint)
            }
            Event::LimitsSet { limits } => self.is("limits_set").with("limits", &limits.version),
            Event::ClockStepped { by_ms } => self.is("clock_stepped").with("by_ms", by_ms),
            Event::ClockSyncChanged { synchronised } => {
                self.is("clock_sync_changed").with("synchronised", synchronised)
            }
            Event::HubLinkChanged { up } => self.is("hub_link_changed").with("up", up),
            Event::RecordingSlowed { slow, worst_ms } => {
                self.is("recording_slowed").with("slow", slow).with("worst_ms", worst_ms)
            }
            Event::JournalPurged(Purge { through_seq, kept_from, rule, article, .. }) => self
                .is("journal_purged")
                .with("through_seq", through_seq)
                .with("kept_from", kept_from)
                .with("rule", rule)
                .with("article", article),
            Event::DeviceHealthChanged { device, health, detail } => self
                .is("device_health_changed")
                .at(device)
                .with("health", code(health))
                .with("detail", detail),
            Event::DeviceFaulted { device, fault, detail, count } => self
                .is("device_faulted")
                .at(device)
                .with("fault", fault)
                .with("detail", detail)
                .with("count", count),
            Event::PortalSetUp { device, setup } => self
                .is("portal_set_up")
                .at(device)
                .with("n_sigma", setup.n_sigma)
                .with("assumed", setup.assumed),
            Event::BackgroundChanged { device, background } => {
                self.is("background_changed").at(device).with("background", code(&background.state))
            }
            Event::TamperChanged { device, open } => {
                self.is("tamper_changed").at(device).with("open", open)
            }
            Event::LaneControlChanged { lane, control, reason } => self
                .is("lane_control_changed")
                .with("lane", lane)
                .with("control", code(control))
                .with("reason", reason),
            Event::VisitOpened { visit, number, lane, .. } => {
                self.is("visit_opened").of(*visit).with("number", number).with("lane", lane)
            }
            Event::PassageBegan { passage, lane, device, visit } => self
                .is("passage_began")
                .of(*visit)
                .at(device)
                .with("passage", passage)
                .with("lane", lane),
            Event::VehicleScreened { reading, lane, device, visit, verdict, screening, .. } => self
                .is("vehicle_screened")
                .of(*visit)
                .at(device)
                .with("reading", reading)
                .with("lane", lane)
                .with("verdict", code(verdict))
                .with("max_z", screening.max_z.map(|z| z.to_string()).unwrap_or_default()),
            Event::PlateRead { reading, lane, device, visit, normalised, plate } => self
                .is("plate_read")
                .of(*visit)
                .at(device)
                .with("reading", reading)
                .with("lane", lane)
                .with("plate", normalised)
                .with("late", plate.late)
                .with("pictures", pictures_of(plate)),
            Event::VehicleIdentified { visit, plate, .. } => {
                self.is("vehicle_identified").of(*visit).with("plate", plate)
            }
            Event::VehicleWeighed { reading, lane, device, visit, weight } => self
                .is("vehicle_weighed")
                .of(*visit)
                .at(device)
                .with("reading", reading)
                .with("lane", lane)
                .with("gross_kg", weight.gross.0.normalize())
                .with("axles", axles_of(weight)),
            Event::Scanned(scanned) => self.is("scanned").scanned(scanned),
            Event::ScanRepeated(ScanRepeated { reading, lane, device, visit, times, last }) => {
                self.visit = *visit;
                let line = self
                    .is("scan_repeated")
                    .at(device)
                    .with("reading", reading)
                    .with("lane", lane)
                    .with("times", times);
                match last {
                    Some(last) => line.with("last_ms", last.as_millisecond()),
                    None => line,
                }
            }
            Event::ScanAssigned(ScanAssigned { reading, lane, visit }) => {
                self.is("scan_assigned").of(*visit).with("reading", reading).with("lane", lane)
            }
            Event::ScaleEmptied { lane, device } => {
                self.is("scale_emptied").at(device).with("lane", lane)
            }
            Event::LaneLeft { lane, visit } => self.is("lane_left").of(*visit).with("lane", lane),
            Event::WeighingBegan(begun) => self
                .is("weighing_began")
                .of(begun.visit)
                .at(&begun.device)
                .with("lane", &begun.lane)
                .with("resumed", begun.resumed),
            Event::WeighingEnded(end) => self
                .is("weighing_ended")
                .of(end.visit)
                .at(&end.device)
                .with("lane", &end.lane)
                .with("outcome", code(&end.outcome))
                .with("reason", &end.reason),
            Event::WeighingRefused(refused) => {
                self.visit = refused.visit;
                let line = self
                    .is("weighing_refused")
                    .at(&refused.device)
                    .with("lane", &refused.lane)
                    .with("refusal", code(&refused.refusal));
                match &refused.axles {
                    Some(axles) => {
                        line.with("axles", axles.axles.len()).with("missed", axles.missed)
                    }
                    None => line,
                }
            }
            Event::SealRead { reading, lane, device, visit, seal } => self
                .is("seal_read")
                .of(*visit)
                .at(device)
                .with("reading", reading)
                .with("lane", lane)
                .with("seal", &seal.number)
                .with("condition", code(&seal.condition))
                .with(
                    "seal_event",
                    seal.event_class.map(|class| class.to_string()).unwrap_or_default(),
                )
                .with(
                    "maker_event",
                    seal.maker_event.map(|event| event.to_string()).unwrap_or_default(),
                )
                .with(
                    "device_time",
                    seal.device_time.as_deref().filter(|_| seal.late).unwrap_or(""),
                )
                .with("late", if seal.late { "true" } else { "" }),
            Event::ReadingAssigned { reading, from, to } => self
                .is("reading_assigned")
                .of(*to)
                .with("reading", reading)
                .with("from", from)
                .with("to", to),
            Event::SealsExpected { visit, seals } => {
                self.is("seals_expected").of(*visit).with("seals", seals.join(" "))
            }
            Event::SealInspected { visit, seal, found } => {
                self.is("seal_inspected").of(*visit).with("seal", seal).with("found", code(found))
            }
            Event::SealJudged { visit, seal, verdict, article } => self
                .is("seal_judged")
                .of(*visit)
                .with("seal", seal)
                .with("verdict", code(verdict))
                .with("article", article),
            Event::TareRecorded { visit, tare, source } => self
                .is("tare_recorded")
                .of(*visit)
                .with("tare_kg", tare.0.normalize())
                .with("source", source),
            Event::WeightCompared { visit, comparison } => self
                .is("weight_compared")
                .of(*visit)
                .with("difference_kg", comparison.difference.0.normalize())
                .with("allowed_kg", comparison.allowed.0.normalize())
                .with("beyond", comparison.beyond),
            Event::PriorInformationRecorded { information } => {
                let names = information.plates.iter().chain(&information.containers);
                self.is("prior_information_recorded")
                    .with("prior", information.prior)
                    .with("number", &information.number)
                    .with("from", code(&information.information.from))
                    .with("names", names.cloned().collect::<Vec<_>>().join(" "))
            }
            Event::PriorInformationLinked { visit, prior } => {
                self.is("prior_information_linked").of(*visit).with("prior", prior)
            }
            Event::PriorInformationUnlinked { visit, prior } => {
                self.is("prior_information_unlinked").of(*visit).with("prior", prior)
            }
            Event::PriorInformationCompared(comparison) => {
                let listed = u32::try_from(comparison.differences.len()).unwrap_or(u32::MAX);
                self.is("prior_information_compared")
                    .of(comparison.visit)
                    .with("prior", comparison.prior)
                    .with("revision", comparison.revision)
                    .with("differences", listed.saturating_add(comparison.more))
            }
            Event::PriorInformationWithdrawn { prior, reason } => {
                self.is("prior_information_withdrawn").with("prior", prior).with("reason", reason)
            }
            Event::VehicleMassCompared { visit, comparison } => {
                let line = self.is("vehicle_mass_compared").of(*visit);
                line.with("over_kg", comparison.over.0.normalize())
                    .with("source", &comparison.source)
                    .with("beyond", comparison.beyond);
                match comparison.axles {
                    Some(axles) => line.with("axles", axles),
                    None => line,
                }
            }
            Event::NoticeRegistered { visit, number, revision, missing, warnings, .. } => {
                self.is("notice_registered")
                    .of(*visit)
                    .with("number", number)
                    .with("revision", revision)
                    .with("missing", missing.len());
                match warnings.len() {
                    0 => self,
                    count => self.with("warnings", count),
                }
            }
            Event::ConsignmentRecorded { visit, consignment, gross } => {
                self.is("consignment_recorded").consignment(*visit, *consignment);
                match gross {
                    Some(gross) => self.with("gross_kg", gross.0.normalize()),
                    None => self,
                }
            }
            Event::GoodsPresented { visit, consignment, as_of } => {
                let line = self.is("goods_presented").consignment(*visit, *consignment);
                match as_of {
                    Some(at) => line.with("as_of_ms", at.as_millisecond()),
                    None => line,
                }
            }
            Event::PapersFiled { visit, consignment, papers, reference } => self
                .is("papers_filed")
                .consignment(*visit, *consignment)
                .with("papers", code(papers))
                .with("reference", reference),
            Event::PapersContentChecked(check) => self
                .is("papers_content_checked")
                .consignment(check.visit, check.consignment)
                .with("papers", code(&check.papers))
                .with("missing", check.missing.len())
                .with("warnings", check.warnings.len()),
            Event::PapersRegistered { visit, consignment, papers, number } => self
                .is("papers_registered")
                .consignment(*visit, *consignment)
                .with("papers", code(papers))
                .with("number", number),
            Event::PapersRefused(PapersRefusal { visit, consignment, papers, ground, listed }) => {
                let line = self.is("papers_refused").consignment(*visit, *consignment);
                let line = line.with("papers", code(papers)).with("ground", ground);
                match listed {
                    Some(listed) => {
                        line.with("refused_on", &listed.code).with("article", &listed.article)
                    }
                    None => line,
                }
            }
            Event::GoodsReleased { visit, consignment, procedure } => self
                .is("goods_released")
                .consignment(*visit, *consignment)
                .with("procedure", code(procedure)),
            Event::ActRecorded { act } => self.act_recorded(act),
            Event::ConsignmentSplit(Split { visit, consignment, into, reason }) => self
                .is("consignment_split")
                .consignment(*visit, *consignment)
                .with("into", numbers(into))
                .with("reason", reason),
            Event::ConsignmentsMerged { visit, consignments, into, reason } => self
                .is("consignments_merged")
                .consignment(*visit, *into)
                .with("from", numbers(consignments))
                .with("reason", reason),
            Event::ClockStarted { clock } => self.is("clock_started").clock_facts(clock),
            Event::ClockStillOpen { clock, minutes } => {
                self.is("clock_still_open").with("clock", clock).with("open_minutes", minutes)
            }
            Event::ClockNearing { clock, minutes_left } => {
                self.is("clock_nearing").with("clock", clock).with("minutes_left", minutes_left)
            }
            Event::ClockStoppedProvisionally { clock, as_of } => self
                .is("clock_stopped_provisionally")
                .with("clock", clock)
                .with("as_of_ms", as_of.as_millisecond()),
            Event::ClockStopped { clock, as_of } => self
                .is("clock_stopped")
                .with("clock", clock)
                .with("as_of_ms", as_of.as_millisecond()),
            Event::ClockRestored { clock } => self.is("clock_restored").with("clock", clock),
            Event::ClockExpired { clock } => self.is("clock_expired").with("clock", clock),
            Event::AlarmRaised { alarm, facts } => {
                self.visit = facts.visit;
                self.device.clone_from(&facts.device);
                if let Some(lane) = &facts.lane {
                    self.with("lane", lane);
                }
                self.is("alarm_raised")
                    .with("alarm", alarm)
                    .with("cause", cause(&facts.cause))
                    .with("priority", code(&facts.priority))
            }
            Event::AlarmRepeated { alarm, count } => {
                self.is("alarm_repeated").with("alarm", alarm).with("count", count)
            }
            Event::AlarmAssessed { alarm, agreement, z } => self
                .is("alarm_assessed")
                .with("alarm", alarm)
                .with("agreement", code(agreement))
                .with("z", z.map(|z| z.to_string()).unwrap_or_default()),
            Event::AlarmEnded { alarm } => self.is("alarm_ended").with("alarm", alarm),
            Event::AlarmAcknowledged { alarm } => {
                self.is("alarm_acknowledged").with("alarm", alarm)
            }
            Event::AlarmEscalated { alarm } => self.is("alarm_escalated").with("alarm", alarm),
            Event::AlarmDecided { alarm, decision } => self
                .is("alarm_decided")
                .with("alarm", alarm)
                .with("outcome", code(&decision.outcome))
                .with("cause", &decision.cause),
            Event::SoundSilenced { alarms } => {
                self.is("sound_silenced").with("alarms", alarms.len())
            }
            Event::OfficerSignedIn => self.is("officer_signed_in"),
            Event::OfficerSignedOut => self.is("officer_signed_out"),
            Event::ExitPermitted { visit } => self.is("exit_permitted").of(*visit),
            Event::VehicleLeft { visit } => self.is("vehicle_left").of(*visit),
            Event::CalendarApplied { calendar, origin } => self
                .is("calendar_applied")
                .with("calendar", &calendar.version)
                .with("issued", calendar.issued)
                .origin(*origin),
            Event::TimetableApplied { timetable, origin } => self
                .is("timetable_applied")
                .with("timetable", &timetable.version)
                .with("issued", timetable.issued)
                .origin(*origin),
            Event::DirectiveAnswered(answer) => self
                .is("directive_answered")
                .with("directive", answer.number)
                .with("subject", &answer.subject)
                .with("refused", answer.refused.clone().unwrap_or_default()),
            Event::DirectiveDistrusted(directive) => self
                .is("directive_distrusted")
                .with("directive", directive.number)
                .with("subject", &directive.subject)
                .with("detail", &directive.found),
            Event::ClockRecomputed { clock, before, because } => {
                let line = self.is("clock_recomputed").clock_facts(clock);
                line.with("before_ms", before.as_millisecond()).with("because", because)
            }
            Event::ClocksRecomputedThrough(reached) => self
                .is("clocks_recomputed_through")
                .with("clock", reached.clock)
                .with("last_clock", reached.last)
                .with("calendar", reached.calendar.clone().unwrap_or_default())
                .with("timetable", reached.timetable.clone().unwrap_or_default()),
            Event::ClockWithdrawn { clock, because } => {
                self.is("clock_withdrawn").with("clock", clock).with("because", because)
            }
        };
    }

    fn origin(&mut self, origin: Origin) -> &mut Self {
        match origin {
            Origin::Configuration => self.with("origin", "configuration"),
            Origin::Directive { number } => {
                self.with("origin", "directive").with("directive", number)
            }
            Origin::Officer => self.with("origin", "officer"),
        }
    }

    /// What was scanned, without whom a travel document names.
    fn scanned(&mut self, scanned: &Scanned) -> &mut Self {
        let scan = scanned.scan.as_ref();
        self.visit = scanned.visit;
        self.at(&scanned.device)
            .with("lane", &scanned.lane)
            .with("scan", code(&scan.what))
            .with("value", &scan.value)
            .with("checked", code(&scan.checked));
        let also: Vec<&str> = scan.also.iter().map(|claim| claim.value.as_str()).collect();
        let told = scan.inspection.as_deref();
        let document = scan.document.as_deref();
        let more = [
            ("reading", scanned.reading.map(|reading| reading.to_string())),
            ("read_as", scan.read_as.clone()),
            ("also", (!also.is_empty()).then(|| also.join(" "))),
            ("document", document.map(|document| code(&document.kind))),
            ("expires", document.and_then(|document| Some(document.expires?.to_string()))),
            ("conclusion", scan.conclusion.map(|conclusion| conclusion.name().to_owned())),
            ("remark", scan.remark.clone()),
            ("names_vehicle", told.and_then(|told| told.vehicle.clone())),
            ("names_containers", told.map(|told| told.containers.join(" "))),
        ];
        for (name, value) in more {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                self.with(name, value);
            }
        }
        match scan.conclusion {
            Some(_) => self.with("judged_by", scan.judged_by.as_deref().unwrap_or("auto")),
            None => self,
        }
    }

    fn act_recorded(&mut self, act: &ActFacts) -> &mut Self {
        self.visit = act.visit;
        if let Some(number) = &act.number {
            self.with("number", number);
        }
        if !act.consignments.is_empty() {
            self.with("consignments", numbers(&act.consignments));
        }
        if let Some(corrects) = act.corrects {
            self.with("corrects", corrects);
        }
        self.is("act_recorded")
            .with("act", act.act)
            .with("act_kind", &act.kind)
            .with("article", &act.article)
            .with("as_of_ms", act.as_of.as_millisecond())
    }

    fn clock_facts(&mut self, clock: &ClockFacts) -> &mut Self {
        if let Some(consignment) = clock.consignment {
            self.with("consignment", consignment);
        }
        self.of(clock.visit)
            .with("clock", clock.clock)
            .with("rule", &clock.rule)
            .with("article", &clock.article)
            .with("due_ms", clock.due_at.as_millisecond())
    }
}

fn numbers(consignments: &[ConsignmentNo]) -> String {
    let each: Vec<String> = consignments.iter().map(ToString::to_string).collect();
    each.join(" ")
}

/// The kind of a cause, with what distinguishes it: `radiation_gamma`, `seal_missing`, `weight`, …
fn cause(cause: &crate::event::AlarmCause) -> String {
    use crate::event::AlarmCause;
    match cause {
        AlarmCause::Radiation { radiation } => format!("radiation_{}", code(radiation)),
        AlarmCause::Background => "background".to_owned(),
        AlarmCause::Tamper => "tamper".to_owned(),
        AlarmCause::Weight => "weight".to_owned(),
        AlarmCause::Seal { verdict, .. } => format!("seal_{}", code(verdict)),
        AlarmCause::Scan { .. } => "scan".to_owned(),
        AlarmCause::TermNear { .. } => "term_near".to_owned(),
        AlarmCause::TermOver { .. } => "term_over".to_owned(),
        AlarmCause::DeviceSilent => "device_silent".to_owned(),
        AlarmCause::LaneUnguarded => "lane_unguarded".to_owned(),
        AlarmCause::HubAway => "hub_away".to_owned(),
        AlarmCause::ClockDoubtful => "clock_doubtful".to_owned(),
        AlarmCause::RecordingSlow => "recording_slow".to_owned(),
    }
}

/// How many axles were weighed; empty if the vehicle was weighed at once.
fn axles_of(weight: &Weight) -> String {
    weight.axles.as_ref().map(|session| session.axles.len().to_string()).unwrap_or_default()
}

/// How many pictures came with it; empty if none did.
fn pictures_of(plate: &PlateReading) -> String {
    match plate.pictures.len() {
        0 => String::new(),
        count => count.to_string(),
    }
}
