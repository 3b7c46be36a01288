//! What a page reads, out of what is durable.

use std::sync::Arc;

use checkpoint::ids::VisitId;
use checkpoint::input::order::NoticeDraft;
use checkpoint::law::notice::{self, NoticeCheck};
use checkpoint::view::{ActView, JournalLine, VisitRow, VisitView};
use wire::entry::Decoded;

use super::Terminal;
use super::messages::{Board, PapersToCheck};
use super::problem::Denied;
use crate::journal::Reader;

pub(super) fn board(terminal: &Terminal) -> Board {
    let checkpoint = Arc::clone(&terminal.board.borrow());
    Board {
        epoch: terminal.live.epoch().to_string(),
        snapshot: checkpoint.snapshot(&terminal.edition),
    }
}

pub(super) fn visit(terminal: &Terminal, id: VisitId) -> Option<VisitView> {
    let checkpoint = Arc::clone(&terminal.board.borrow());
    checkpoint.visit(id, &terminal.edition)
}

/// The journal's lines of one visit, newest first. It is read from the file, on a thread that may wait.
pub(super) async fn visit_journal(
    terminal: &Terminal,
    id: VisitId,
) -> Result<Vec<JournalLine>, Denied> {
    let path = Arc::clone(&terminal.journal);
    let since = {
        let checkpoint = Arc::clone(&terminal.board.borrow());
        checkpoint.visit_state(id).map(|visit| visit.opened_at)
    };
    let lines = tokio::task::spawn_blocking(
        move || -> Result<Vec<JournalLine>, crate::journal::JournalError> {
            let reader = Reader::open(&path)?;
            let head = reader.stats()?.head.seq;
            let mut lines = Vec::new();
            let mut until = head;
            let mut looked = 0;
            while until > 0 && lines.len() < JOURNAL_LINES && looked < JOURNAL_LOOKED {
                let from = until.saturating_sub(SCAN - 1).max(1);
                let entries =
                    reader.scan(from, usize::try_from(until - from + 1).unwrap_or(usize::MAX))?;
                looked += SCAN;
                for entry in entries.iter().rev().filter(|entry| entry.seq() <= until) {
                    let Ok(Decoded::Entry(entry)) = wire::entry::decode(entry.body()) else {
                        continue;
                    };
                    if since.is_some_and(|since| entry.at < since) {
                        return Ok(lines);
                    }
                    let line = JournalLine::of(&entry);
                    if line.visit == Some(id) && lines.len() < JOURNAL_LINES {
                        lines.push(line);
                    }
                }
                until = from.saturating_sub(1);
            }
            Ok(lines)
        },
    );
    match lines.await {
        Ok(Ok(lines)) => Ok(lines),
        Ok(Err(error)) => Err(Denied::Unavailable(error.to_string())),
        Err(_) => Err(Denied::Unavailable("the journal could not be read".to_owned())),
    }
}

/// Visits by number, newest first. Those that left long ago are found by the index and are no longer on the board: they have no row.
pub(super) async fn find(terminal: &Terminal, text: &str) -> Result<Vec<VisitRow>, Denied> {
    let Some(index) = terminal.index.clone() else {
        return Err(Denied::Unavailable("the lookup index cannot be used".to_owned()));
    };
    let text = text.to_owned();
    let found = tokio::task::spawn_blocking(move || index.find(None, &text, FOUND)).await;
    let found =
        found.map_err(|_| Denied::Unavailable("the lookup index could not be read".to_owned()))?;
    let checkpoint = Arc::clone(&terminal.board.borrow());
    let mut visits: Vec<VisitId> = found.numbers.iter().map(|number| number.visit).collect();
    visits.sort_unstable();
    visits.dedup();
    Ok(visits
        .iter()
        .rev()
        .filter_map(|visit| checkpoint.visit_row(*visit, &terminal.edition))
        .take(ROWS)
        .collect())
}

pub(super) fn check_notice(terminal: &Terminal, draft: &NoticeDraft) -> NoticeCheck {
    notice::check(&terminal.edition, draft)
}

pub(super) fn check_papers(terminal: &Terminal, papers: &PapersToCheck) -> Option<NoticeCheck> {
    notice::check_papers(&terminal.edition, papers.papers, &papers.content)
}

/// Acts of the checkpoint itself, newest first.
pub(super) fn own_acts(terminal: &Terminal) -> Vec<ActView> {
    let checkpoint = Arc::clone(&terminal.board.borrow());
    checkpoint.own_acts()
}

/// Lines of one visit's journal.
const JOURNAL_LINES: usize = 500;
/// Entries that are read at once.
const SCAN: u64 = 2000;
/// Entries that are looked through for the lines of one visit.
const JOURNAL_LOOKED: u64 = 500_000;
/// Numbers that the index is asked for.
const FOUND: usize = 200;
/// Rows of one answer.
const ROWS: usize = 50;
