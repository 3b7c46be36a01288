//! The desk of one checkpoint: the only writer of its chain in this process.
//!
//! A stream is greeted, then delivers. A delivery is sorted out, committed, folded, shown, and only then acknowledged. When the store
//! fails, the desk forgets what it knows and reads it again before the next act: memory is never ahead of the disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use checkpoint::ids::CheckpointId;
use tokio::sync::watch;
use wire::chain::{Epoch, Hash, Head, Link};
use wire::sync::refusal::Reason;
use wire::sync::{Ack, EdgeHeartbeat, Welcome};

use super::check::{self, Held, KEY_IN_DOUBT, Objection, Signed, Sorted};
use crate::board::{Board, Shown};
use crate::fold::{Copies, ExpressCopy, Fold};
use crate::store::chains::{Appended, ChainState, StoredChain, StoredEntry};
use crate::store::checkpoints::KnownCheckpoint;
use crate::store::directives::{Outcome, StoredAnswer};
use crate::store::{Store, StoreError};

/// Entries read at once while folding.
const PAGE: u32 = 2000;
/// The folded state is kept after so many entries: a restart folds fewer than these.
const KEEP_STATE_EVERY: u64 = 20_000;
/// Express copies that one checkpoint may have ahead of its backlog.
const MOST_EXPRESS: usize = 10_000;
/// What the edge says of itself is written down this often, in microseconds; in between it is in memory.
const KEEP_SEEN_EVERY_US: i64 = 15 * 1_000_000;

/// What an edge says when it comes.
#[derive(Debug, Clone)]
pub struct Greeting {
    /// The name that people read.
    pub title: String,
    /// The end of its journal.
    pub head: Head,
    /// Version of its program.
    pub agent_version: String,
    /// Its newest signed head, if it signs.
    pub signed: Option<Signed>,
}

/// Why a delivery was not taken.
#[derive(Debug)]
pub enum Declined {
    /// The hub refuses; the reason goes to the edge and is raised here.
    Objected(Objection),
    /// Another stream of this checkpoint has come since.
    Replaced,
    /// The checkpoint has more express entries ahead of its backlog than are kept.
    TooManyExpress,
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Declined {
    fn from(error: StoreError) -> Declined {
        Declined::Store(error)
    }
}

/// The desk of one checkpoint.
#[derive(Debug)]
pub struct Desk {
    id: CheckpointId,
    store: Store,
    board: Arc<Board>,
    known: Option<KnownCheckpoint>,
    seen_kept_us: i64,
    chains: Vec<StoredChain>,
    express: Arc<Copies>,
    fold: Arc<Fold>,
    state_kept: u64,
    /// The key by which this checkpoint is known, as of the last Hello.
    key: Option<[u8; 32]>,
    /// Counts the streams: the last one may deliver.
    stream: watch::Sender<u64>,
    /// True after the store has failed, until it was read again.
    unsure: bool,
}

impl Desk {
    /// Opens the desk with what the store holds.
    pub async fn open(
        id: CheckpointId,
        store: Store,
        board: Arc<Board>,
        known: Option<KnownCheckpoint>,
    ) -> Result<Desk, StoreError> {
        let mut desk = Desk {
            id,
            store,
            board,
            seen_kept_us: known.as_ref().map_or(0, |known| known.last_seen_us),
            known,
            chains: Vec::new(),
            express: Arc::default(),
            fold: Arc::new(Fold::begin()),
            state_kept: 0,
            key: None,
            stream: watch::Sender::new(0),
            unsure: false,
        };
        desk.read_again().await?;
        Ok(desk)
    }

    /// Whose desk it is.
    pub fn id(&self) -> &CheckpointId {
        &self.id
    }

    /// Greets a stream. On success the older stream of this checkpoint ends, and the new one's number is told.
    pub async fn greet(
        &mut self,
        greeting: Greeting,
        now_us: i64,
    ) -> Result<(u64, watch::Receiver<u64>, Welcome), Declined> {
        self.make_sure().await?;
        let theirs = greeting.head;
        self.check_key(&greeting, now_us).await?;
        let position = self.chains.iter().position(|chain| chain.head.epoch == theirs.epoch);
        let last = self.chains.len().checked_sub(1);
        match position {
            Some(position) if Some(position) == last => {
                let ours = self.chains[position].head;
                let stored =
                    self.store.hashes(self.id.as_str(), ours.epoch, theirs.seq, theirs.seq).await?;
                let genesis = (theirs.seq == 0).then(|| Head::genesis(ours.epoch).hash);
                let there = stored.first().map(|(_, hash)| *hash).or(genesis);
                if let Err(objection) = check::hello(&ours, &theirs, there) {
                    return Err(self.object(theirs.epoch, objection, now_us).await?);
                }
            }
            Some(_) => {
                let detail = format!(
                    "epoch {} has ended: this checkpoint began another after it. Two agents use one name, or an old disk came back",
                    theirs.epoch
                );
                let (reason, chain) = (Reason::Fork, Some(ChainState::Fork));
                let objection =
                    Objection { reason, chain, at_seq: Some(theirs.seq), detail, evidence: None };
                return Err(self.object(theirs.epoch, objection, now_us).await?);
            }
            None => self.begin_epoch(theirs.epoch, now_us).await?,
        }
        // A copy: if the store fails, what was known stays shown.
        let known = self.known.clone().unwrap_or_else(|| KnownCheckpoint {
            checkpoint: self.id.to_string(),
            title: String::new(),
            agent_version: String::new(),
            last_seen_us: now_us,
            waiting: 0,
            oldest_at_us: None,
            clock_quality: "unknown".to_owned(),
        });
        let known = KnownCheckpoint {
            title: greeting.title,
            agent_version: greeting.agent_version,
            last_seen_us: now_us,
            waiting: theirs.seq.saturating_sub(self.head().map_or(0, |head| head.seq)),
            ..known
        };
        self.store.keep_checkpoint(&known).await?;
        self.seen_kept_us = now_us;
        self.known = Some(known);
        self.show();

        let stored = self.head().map_or(0, |head| head.seq);
        let ahead = self.express.keys().next_back().copied().unwrap_or(0);
        let welcome = Welcome {
            hub_epoch: self.store.hub_epoch().to_vec(),
            next_bulk: stored + 1,
            next_express_after: stored.max(ahead),
            protocol: wire::sync::PROTOCOL,
        };
        self.stream.send_modify(|count| *count += 1);
        let number = *self.stream.borrow();
        Ok((number, self.stream.subscribe(), welcome))
    }

    /// Takes a bulk batch of the stream with this number. What precedes an objection is stored all the same.
    pub async fn take_bulk(
        &mut self,
        stream: u64,
        bodies: Vec<Vec<u8>>,
        now_us: i64,
    ) -> Result<Ack, Declined> {
        self.admit(stream).await?;
        let Some(from) = self.head() else { return Err(Declined::Replaced) };
        let stored = self.stored_hashes(&bodies, &from).await?;
        let held = Held { head: from, stored: &stored, express: &self.express };
        let Sorted { fresh, head, repeated, objection } = check::bulk(&held, bodies, now_us);
        if repeated > 0 {
            tracing::debug!(checkpoint = %self.id, repeated, "entries came again");
        }
        if !fresh.is_empty() {
            self.commit(&from, &fresh, &head).await?;
        }
        self.heard(now_us);
        self.show();
        if self.fold.seq >= self.state_kept + KEEP_STATE_EVERY {
            self.keep_state(now_us).await;
        }
        match objection {
            Some(objection) => Err(self.object(from.epoch, objection, now_us).await?),
            None => Ok(Ack {
                stored_through: head.seq,
                head_hash: head.hash.0.to_vec(),
                express_seqs: Vec::new(),
            }),
        }
    }

    /// Takes an express batch of the stream with this number.
    pub async fn take_express(
        &mut self,
        stream: u64,
        bodies: Vec<Vec<u8>>,
        now_us: i64,
    ) -> Result<Ack, Declined> {
        self.admit(stream).await?;
        let Some(head) = self.head() else { return Err(Declined::Replaced) };
        if self.express.len() + bodies.len() > MOST_EXPRESS {
            return Err(Declined::TooManyExpress);
        }
        let seqs: Vec<u64> =
            bodies.iter().filter_map(|body| Link::read(body).ok()).map(|link| link.seq).collect();
        let stored = self.stored_hashes(&bodies, &head).await?;
        let held = Held { head, stored: &stored, express: &self.express };
        let Sorted { fresh, objection, .. } = check::express(&held, head.epoch, bodies, now_us);
        if !fresh.is_empty() {
            let kept = self.store.keep_express(self.id.as_str(), head.epoch, &fresh).await;
            self.sure(kept)?;
            let copies = fresh.iter().map(|copy| (copy.seq, Arc::new(ExpressCopy::of(copy))));
            Arc::make_mut(&mut self.express).extend(copies);
        }
        self.heard(now_us);
        self.show();
        match objection {
            Some(objection) => Err(self.object(head.epoch, objection, now_us).await?),
            None => Ok(Ack {
                stored_through: head.seq,
                head_hash: head.hash.0.to_vec(),
                express_seqs: seqs,
            }),
        }
    }

    /// Takes what the edge says of itself.
    pub async fn take_heartbeat(
        &mut self,
        stream: u64,
        beat: &EdgeHeartbeat,
        now_us: i64,
    ) -> Result<(), Declined> {
        self.admit(stream).await?;
        self.heard(now_us);
        let Some(known) = &mut self.known else { return Ok(()) };
        known.waiting = beat.waiting;
        known.oldest_at_us = beat.oldest_at_us;
        known.clock_quality = match beat.clock_quality() {
            wire::sync::ClockQuality::Synchronised => "synchronised",
            wire::sync::ClockQuality::Unsynchronised => "unsynchronised",
            wire::sync::ClockQuality::Unknown | wire::sync::ClockQuality::Unspecified => "unknown",
        }
        .to_owned();
        if now_us.saturating_sub(self.seen_kept_us) >= KEEP_SEEN_EVERY_US {
            self.seen_kept_us = now_us;
            self.store.keep_checkpoint(known).await?;
        }
        self.show();
        Ok(())
    }

    /// Keeps the folded state, so that the next start is fast. A failure costs a slow start and nothing else.
    pub async fn keep_state(&mut self, now_us: i64) {
        let Some(head) = self.head().filter(|_| self.fold.seq > self.state_kept) else { return };
        let Some(kept) = self.fold.keep(head.epoch) else { return };
        match self.store.keep_state(self.id.as_str(), &kept, now_us).await {
            Ok(()) => self.state_kept = self.fold.seq,
            Err(error) => {
                tracing::warn!(checkpoint = %self.id, %error, "the next start will be slower");
            }
        }
    }

    fn head(&self) -> Option<Head> {
        self.chains.last().map(|chain| chain.head)
    }

    async fn admit(&mut self, stream: u64) -> Result<(), Declined> {
        if *self.stream.borrow() != stream {
            return Err(Declined::Replaced);
        }
        self.make_sure().await
    }

    async fn make_sure(&mut self) -> Result<(), Declined> {
        if self.unsure {
            self.read_again().await?;
        }
        Ok(())
    }

    fn sure<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        self.unsure |= outcome.is_err();
        outcome
    }

    fn heard(&mut self, now_us: i64) {
        if let Some(known) = &mut self.known {
            known.last_seen_us = now_us;
        }
    }

    async fn stored_hashes(
        &self,
        bodies: &[Vec<u8>],
        head: &Head,
    ) -> Result<BTreeMap<u64, Hash>, StoreError> {
        let behind = bodies
            .iter()
            .filter_map(|body| Link::read(body).ok())
            .map(|link| link.seq)
            .filter(|seq| *seq <= head.seq);
        let (Some(first), Some(last)) = (behind.clone().min(), behind.max()) else {
            return Ok(BTreeMap::new());
        };
        Ok(self
            .store
            .hashes(self.id.as_str(), head.epoch, first, last)
            .await?
            .into_iter()
            .collect())
    }

    async fn commit(
        &mut self,
        from: &Head,
        fresh: &[StoredEntry],
        to: &Head,
    ) -> Result<(), Declined> {
        let appended = self.store.append(self.id.as_str(), from, fresh, to).await;
        match self.sure(appended)? {
            Appended::Committed => {}
            Appended::HeadMoved => {
                // Another hub over the same store has the newer stream.
                self.unsure = true;
                return Err(Declined::Replaced);
            }
        }
        // A fold that a hole in the store has stopped stays where it is.
        if self.fold.seq == from.seq {
            let fold = Arc::make_mut(&mut self.fold);
            for entry in fresh {
                fold.follow(entry);
            }
        }
        let kept = self.keep_answers(from.seq).await;
        self.sure(kept)?;
        if let Some(known) = &mut self.known {
            known.waiting = known.waiting.saturating_sub(fresh.len() as u64);
        }
        if self.express.first_key_value().is_some_and(|(first, _)| *first <= to.seq) {
            Arc::make_mut(&mut self.express).retain(|seq, _| *seq > to.seq);
        }
        let folded = self.fold.seq == to.seq;
        let mended = self.chains.last_mut().is_some_and(|chain| {
            chain.head = *to;
            chain.state == ChainState::Gap && folded
        });
        if mended {
            self.judge(to.epoch, ChainState::Whole, "").await?;
        }
        Ok(())
    }

    /// Whether the one who came signs with this checkpoint's key. Who is the first to sign is known by it from then on.
    async fn check_key(&mut self, greeting: &Greeting, now_us: i64) -> Result<(), Declined> {
        // Read each time: a person may have had it forgotten.
        let mut known = self.store.site_key(self.id.as_str()).await?;
        let mut checked = check::signature(known, &greeting.head, greeting.signed.as_ref());
        if known.is_none()
            && checked.is_ok()
            && let Some(Signed { key, .. }) = greeting.signed
        {
            known = Some(self.store.pin_key(self.id.as_str(), key, now_us).await?);
            checked = check::signature(known, &greeting.head, greeting.signed.as_ref());
            tracing::info!(checkpoint = %self.id, key = %Hash(key), "known by this key from now on");
            let settled = self.chains.last().filter(|chain| chain.detail.starts_with(KEY_IN_DOUBT));
            if let Some(epoch) = settled.map(|chain| chain.head.epoch) {
                self.judge(epoch, ChainState::Whole, "").await?;
            }
        }
        self.key = known;
        match checked {
            Ok(()) => Ok(()),
            Err(objection) => Err(self.object(greeting.head.epoch, objection, now_us).await?),
        }
    }

    async fn begin_epoch(&mut self, epoch: Epoch, now_us: i64) -> Result<(), Declined> {
        let place = u32::try_from(self.chains.len()).unwrap_or(u32::MAX).saturating_add(1);
        let detail = match self.chains.last() {
            None => String::new(),
            Some(before) => {
                let trouble = match before.state {
                    ChainState::Whole | ChainState::Gap => String::new(),
                    ChainState::Fork | ChainState::Rewritten => {
                        format!(" It had ended in trouble: {}.", before.detail)
                    }
                };
                format!(
                    "epoch {place} began: the journal there was begun anew after entry {} of epoch {}.{trouble}",
                    before.head.seq,
                    place - 1
                )
            }
        };
        let chain = StoredChain {
            head: Head::genesis(epoch),
            place,
            began_us: now_us,
            state: ChainState::Whole,
            detail,
        };
        if place > 1 {
            tracing::warn!(checkpoint = %self.id, %epoch, detail = chain.detail, "a new epoch of a known checkpoint");
        } else {
            tracing::info!(checkpoint = %self.id, %epoch, "a checkpoint that was not known");
        }
        let begun = self.store.begin_chain(self.id.as_str(), &chain).await;
        if !self.sure(begun)? {
            self.unsure = true;
            return Err(Declined::Replaced);
        }
        self.chains.push(chain);
        self.express = Arc::default();
        self.fold = Arc::new(Fold::begin());
        self.state_kept = 0;
        Ok(())
    }

    /// Raises an objection here, and hands it back for the edge.
    async fn object(
        &mut self,
        epoch: Epoch,
        objection: Objection,
        now_us: i64,
    ) -> Result<Declined, StoreError> {
        let reason = objection.reason.as_str_name();
        let seq = objection.at_seq.unwrap_or(0);
        tracing::warn!(checkpoint = %self.id, reason, seq, detail = objection.detail, "refused");
        let name = self.id.as_str();
        if let Some(body) = &objection.evidence {
            self.store.quarantine(name, epoch, seq, body, reason, now_us).await?;
        }
        self.store.note_refusal(name, epoch, reason, seq, &objection.detail, now_us).await?;
        if let (Some(state), Some(current)) = (objection.chain, self.head()) {
            self.judge(current.epoch, state, &objection.detail).await?;
        }
        self.show();
        Ok(Declined::Objected(objection))
    }

    async fn judge(
        &mut self,
        epoch: Epoch,
        state: ChainState,
        detail: &str,
    ) -> Result<(), StoreError> {
        self.store.judge_chain(self.id.as_str(), epoch, state, detail).await?;
        if let Some(chain) = self.chains.last_mut() {
            chain.state = state;
            detail.clone_into(&mut chain.detail);
        }
        Ok(())
    }

    /// Keeps what the entries after this one answered to directives. Twice is no harm: it is done again after a start.
    async fn keep_answers(&self, after: u64) -> Result<(), StoreError> {
        let directives = self.fold.checkpoint.directives();
        let answered = directives.answers.iter().filter(|(_, answer)| answer.seq > after);
        let answered = answered.map(|(number, answer)| StoredAnswer {
            number: *number,
            digest: answer.digest.clone(),
            outcome: if answer.refused.is_some() { Outcome::Refused } else { Outcome::Applied },
            words: answer.refused.clone().unwrap_or_default(),
            at_us: answer.at.as_microsecond(),
        });
        let distrusted = directives.distrusted.range(after.saturating_add(1)..);
        let distrusted = distrusted.map(|(_, one)| StoredAnswer {
            number: one.number,
            digest: one.digest.clone(),
            outcome: Outcome::Distrusted,
            words: one.found.clone(),
            at_us: one.at.as_microsecond(),
        });
        let mut answers: Vec<StoredAnswer> = answered.chain(distrusted).collect();
        answers.sort_by_key(|answer| answer.at_us);
        for answer in &answers {
            self.store.keep_answer(self.id.as_str(), answer).await?;
        }
        Ok(())
    }

    async fn read_again(&mut self) -> Result<(), StoreError> {
        self.unsure = true;
        let name = self.id.as_str();
        self.chains = self.store.chains(name).await?;
        self.express = Arc::default();
        self.fold = Arc::new(Fold::begin());
        self.key = self.store.site_key(name).await?;
        if let Some(head) = self.head() {
            let copies = self.store.express(name, head.epoch).await?;
            let copies = copies.iter().map(|copy| (copy.seq, Arc::new(ExpressCopy::of(copy))));
            self.express = Arc::new(copies.collect());
            let kept = self.store.kept_state(name).await?;
            let mut fold = kept
                .and_then(|kept| Fold::of(&kept, head.epoch))
                .filter(|fold| fold.seq <= head.seq)
                .unwrap_or_else(Fold::begin);
            self.state_kept = fold.seq;
            let already = fold.seq;
            let mut hole = false;
            while fold.seq < head.seq && !hole {
                let page = self.store.entries(name, head.epoch, fold.seq + 1, PAGE).await?;
                hole = page.is_empty();
                for entry in &page {
                    hole |= entry.seq != fold.seq + 1;
                    if hole {
                        break;
                    }
                    fold.follow(entry);
                }
            }
            if hole && let Some(chain) = self.chains.last_mut() {
                chain.state = ChainState::Gap;
                chain.detail = format!(
                    "the hub's own store lacks entry {}, which it has acknowledged: run `hub verify` and restore a backup",
                    fold.seq + 1
                );
                tracing::error!(checkpoint = %self.id, detail = chain.detail, "the store is damaged");
            }
            tracing::info!(checkpoint = %self.id, from_kept_state = already, folded = fold.seq - already, "folded");
            self.fold = Arc::new(fold);
            self.keep_answers(0).await?;
        }
        self.unsure = false;
        self.show();
        Ok(())
    }

    fn show(&self) {
        let Some(known) = self.known.clone() else { return };
        let shown = Shown {
            known,
            chain: self.chains.last().cloned(),
            epochs: u32::try_from(self.chains.len()).unwrap_or(u32::MAX),
            fold: self.fold.clone(),
            express: self.express.clone(),
            key: self.key,
        };
        self.board.show(self.id.clone(), shown);
    }
}
