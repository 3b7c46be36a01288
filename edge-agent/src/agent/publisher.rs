//! The follower of the journal: it hears of durable entries, in order, and tells everybody else.
//!
//! It holds a fold of its own, of durable entries alone, made by the same function as the loop's. Pages, sync and the index hear of an
//! entry here and nowhere else. Around a radiation alarm it has the tape kept.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::time::Duration;

use checkpoint::event::{AlarmCause, AlarmFacts, Event};
use checkpoint::ids::{AlarmId, DeviceId};
use checkpoint::input::order::{Answer, NoticeDraft};
use checkpoint::law::Edition;
use checkpoint::{Checkpoint, event};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use wire::chain::Head;
use wire::entry::Decoded;

use super::opening::read;
use crate::clock::Clock;
use crate::index::{Index, Kind, Number};
use crate::ingest::Tapes;
use crate::ingest::calls::Calls;
use crate::journal::{Entry, Follower, JournalError, Reader};
use crate::n42::Writing;
use crate::terminal::gauges::Gauges;
use crate::terminal::live::Live;

/// How far entries are durable and everybody was told of them, or why it will get no further.
#[derive(Debug, Clone)]
pub struct Durable {
    /// The last entry that is durable, and that the pages know of: whoever is answered now and looks then sees it.
    pub head: Head,
    /// What ended the journal.
    pub failure: Option<JournalError>,
}

/// Where the journal's thread puts durable entries.
pub struct Publisher {
    entries: mpsc::Receiver<Entry>,
    heads: watch::Receiver<Head>,
    told: watch::Sender<Durable>,
}

/// What the publisher tells, and with what.
pub(crate) struct Audience {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) edition: Arc<Edition>,
    pub(crate) reader: Reader,
    pub(crate) live: Live,
    pub(crate) gauges: Gauges,
    pub(crate) board: watch::Sender<Arc<Checkpoint>>,
    pub(crate) index: Option<Arc<Index>>,
    pub(crate) documents: Option<Arc<Writing>>,
    pub(crate) tapes: Tapes,
    /// Where the minutes around an alarm are kept.
    pub(crate) evidence: PathBuf,
    pub(crate) clock: Clock,
    /// The tasks of devices, to which officers' orders go.
    pub(crate) calls: Calls,
}

impl Publisher {
    /// The follower for the journal, its other end, and what the loop and the sync wait on.
    pub fn new(
        head: Head,
    ) -> (Follower, Publisher, watch::Receiver<Durable>, watch::Receiver<Head>) {
        let (told, durable) = watch::channel(Durable { head, failure: None });
        let (heads, durable_head) = watch::channel(head);
        let (sender, entries) = mpsc::sync_channel(QUEUE);
        let publisher = Publisher { entries, heads: durable_head.clone(), told: told.clone() };
        (follower(told, heads, sender), publisher, durable, durable_head)
    }

    /// Tells everybody, until the journal is closed.
    pub(crate) fn run(self, mut audience: Audience) {
        let mut keeping = Keeping::default();
        let mut last = audience.live.head();
        loop {
            match self.entries.recv_timeout(Duration::from_secs(1)) {
                Ok(entry) => {
                    // What did not fit into the queue stands in the journal.
                    last = audience.catch_up(
                        &self.told,
                        last,
                        entry.seq().saturating_sub(1),
                        &mut keeping,
                    );
                    last = audience.tell(&self.told, &entry, last, &mut keeping);
                }
                Err(RecvTimeoutError::Timeout) => {
                    let durable = self.heads.borrow().seq;
                    last = audience.catch_up(&self.told, last, durable, &mut keeping);
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
            keeping.keep(&audience.tapes, &audience.evidence, audience.clock.now());
        }
    }
}

/// Runs on the journal's thread and never waits.
fn follower(
    told: watch::Sender<Durable>,
    heads: watch::Sender<Head>,
    sender: SyncSender<Entry>,
) -> Follower {
    Box::new(move |news| match news {
        Ok(entries) => {
            for entry in entries {
                // A full queue is told by the gap that it leaves; the publisher reads what is missing.
                let _ = sender.try_send(entry.clone());
            }
            if let Some(last) = entries.last() {
                heads.send_replace(last.head());
            }
        }
        Err(failure) => told.send_modify(|durable| durable.failure = Some(failure.clone())),
    })
}

impl Audience {
    /// Tells of entries after `last` up to `until` that the queue did not hold.
    fn catch_up(
        &mut self,
        told: &watch::Sender<Durable>,
        mut last: u64,
        until: u64,
        keeping: &mut Keeping,
    ) -> u64 {
        while last < until {
            let entries = match self.reader.scan(last.saturating_add(1), SCAN) {
                Ok(entries) if !entries.is_empty() => entries,
                Ok(_) => return last,
                Err(error) => {
                    tracing::error!(%error, "durable entries cannot be read");
                    return last;
                }
            };
            for entry in entries.iter().filter(|entry| entry.seq() <= until) {
                last = self.tell(told, entry, last, keeping);
            }
        }
        last
    }

    fn tell(
        &mut self,
        told: &watch::Sender<Durable>,
        entry: &Entry,
        last: u64,
        keeping: &mut Keeping,
    ) -> u64 {
        let (seq, head) = (entry.seq(), entry.head());
        // What was told is not told again, and nothing is told over a gap: an entry that could not be read now is read at the next beat.
        if last.checked_add(1) != Some(seq) {
            return last;
        }
        match read(entry) {
            Ok(Some(entry)) => {
                self.checkpoint.follow(&entry);
                self.board.send_replace(Arc::new(self.checkpoint.clone()));
                self.live.publish(&self.checkpoint.changes(&entry, &self.edition));
                self.calls.note(&entry);
                keeping.note(&entry);
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "a durable entry cannot be read"),
        }
        self.gauges.set_durable(seq);
        if let Some(index) = &self.index {
            index.nudge();
        }
        if let Some(documents) = &self.documents {
            documents.nudge();
        }
        told.send_modify(|durable| durable.head = head);
        seq
    }
}

/// Minutes around radiation alarms that are to be kept.
#[derive(Default)]
struct Keeping {
    due: VecDeque<Part>,
}

struct Part {
    at: Timestamp,
    alarm: AlarmId,
    device: DeviceId,
    from: Timestamp,
    to: Timestamp,
}

impl Keeping {
    fn note(&mut self, entry: &event::Entry) {
        let Event::AlarmRaised { alarm, facts } = &entry.event else { return };
        let AlarmFacts { cause: AlarmCause::Radiation { .. }, device: Some(device), .. } =
            facts.as_ref()
        else {
            return;
        };
        let shifted = |by: SignedDuration| entry.at.checked_add(by).unwrap_or(entry.at);
        let part = Part {
            at: shifted(AROUND + SignedDuration::from_secs(1)),
            alarm: *alarm,
            device: device.clone(),
            from: shifted(-AROUND),
            to: shifted(AROUND),
        };
        if self.due.len() < MOST_PARTS {
            self.due.push_back(part);
        }
    }

    fn keep(&mut self, tapes: &Tapes, evidence: &std::path::Path, now: Timestamp) {
        while let Some(part) = self.due.pop_front_if(|part| part.at <= now) {
            let Some(tape) = tapes.get(&part.device) else { continue };
            let into = evidence.join(format!("alarm-{}-{}.tape.gz", part.alarm, part.device));
            if into.exists() {
                continue;
            }
            let made = std::fs::create_dir_all(evidence);
            // The recorder answers over a channel that nobody has to read; what it could not do it counts itself.
            drop(tape.keep(part.from.as_microsecond(), part.to.as_microsecond(), into));
            if let Err(error) = made {
                tracing::error!(%error, folder = %evidence.display(), "no folder for the tapes of alarms");
            }
        }
    }
}

/// The numbers that an entry's body connects with visits, for the index.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most events bring no number by which anybody looks for a visit"
)]
pub fn numbers_of(body: &[u8]) -> Vec<Number> {
    let Ok(Decoded::Entry(entry)) = wire::entry::decode(body) else { return Vec::new() };
    let number = |kind, text: &str, visit| Number { kind, text: text.to_owned(), visit };
    match &entry.event {
        Event::VisitOpened { visit, number: local, .. } => {
            vec![number(Kind::Document, local, *visit)]
        }
        Event::PlateRead { visit, normalised, .. } => vec![number(Kind::Plate, normalised, *visit)],
        Event::VehicleIdentified { visit, plate, .. } => vec![number(Kind::Plate, plate, *visit)],
        Event::SealRead { visit, seal, .. } => vec![number(Kind::Seal, &seal.number, *visit)],
        Event::SealInspected { visit, seal, .. } => vec![number(Kind::Seal, seal, *visit)],
        Event::SealsExpected { visit, seals } => {
            seals.iter().map(|seal| number(Kind::Seal, seal, *visit)).collect()
        }
        Event::NoticeRegistered { visit, number: local, notice, .. } => {
            let mut numbers = vec![number(Kind::Document, local, *visit)];
            numbers.extend(named_in(notice).map(|(kind, text)| number(kind, text, *visit)));
            numbers
        }
        Event::PapersFiled { visit, reference, .. } => {
            vec![number(Kind::Document, reference, *visit)]
        }
        Event::PapersRegistered { visit, number: registered, .. } => {
            vec![number(Kind::Document, registered, *visit)]
        }
        _ => Vec::new(),
    }
}

/// What a notice names by number: waybills, containers, and other papers.
fn named_in(notice: &NoticeDraft) -> impl Iterator<Item = (Kind, &str)> {
    let consignments =
        notice.consignments.iter().flat_map(|one| std::iter::once(&one.answers).chain(&one.goods));
    std::iter::once(&notice.answers).chain(consignments).flatten().flat_map(|(field, answer)| {
        let kind = match field.as_str() {
            "transport_docs" | "waybill_numbers" | "bill_of_lading_numbers" => Kind::Waybill,
            "container_ids" => Kind::Container,
            _ => Kind::Document,
        };
        let texts: &[String] = match answer {
            Answer::Papers(papers) => papers,
            Answer::Text(text) if kind != Kind::Document => std::slice::from_ref(text),
            Answer::Text(_) | Answer::Number(_) | Answer::Flag(_) | Answer::Nil => &[],
        };
        texts.iter().map(move |text| (kind, text.as_str()))
    })
}

/// So many entries may wait to be told; more are read from the journal.
const QUEUE: usize = 8192;
/// Entries that are read at once.
const SCAN: usize = 500;
/// Before and after an alarm.
const AROUND: SignedDuration = SignedDuration::from_mins(2);
/// So many alarms may wait for the minutes after them.
const MOST_PARTS: usize = 1000;
