//! A tape cut into what its decoder made of it: the bytes of each reading, the moment they were complete, and what nothing was made of.
//!
//! A decoder does not tell where a frame lay. But it gives the same whatever the pieces, so that it can be fed byte by byte: what was said after a
//! byte lies between the byte of the last saying and this one.

use firmware_protocols::{Decoder, Dialect, Fault, Reading, Settings};

use super::Report;
use crate::tape::{Record, is_message, line_of};

/// Bytes from which readings were made, with nothing before them that was not.
#[derive(Debug, Clone)]
pub(super) struct Span {
    /// When the last byte came.
    pub(super) at_us: i64,
    /// The bytes.
    pub(super) bytes: Vec<u8>,
    /// What they say.
    pub(super) readings: Vec<Reading>,
}

/// The spans of a tape, and a report that counts what is in none of them.
pub(super) fn spans(
    dialect: Dialect,
    settings: &Settings,
    records: &[Record],
) -> (Vec<Span>, Report) {
    let mut cutter = Cutter {
        dialect,
        settings: settings.clone(),
        since: 0,
        faulted: false,
        decoder: Decoder::with(dialect, settings),
        held: Vec::new(),
        spans: Vec::new(),
        report: Report::default(),
    };
    let mut items = Vec::new();
    for (place, record) in records.iter().enumerate() {
        if is_message(dialect, &record.bytes) {
            let items = cutter.decoder.document(&record.bytes);
            let line = line_of(dialect, &record.bytes).into_owned();
            let (held, since) = (std::mem::replace(&mut cutter.held, line), cutter.since);
            cutter.since = 0;
            cutter.said(record.at_us, items);
            (cutter.held, cutter.since) = (held, since);
            continue;
        }
        for byte in &record.bytes {
            cutter.held.push(*byte);
            cutter.decoder.decode_into(&[*byte], &mut items);
            if !items.is_empty() {
                cutter.said(record.at_us, std::mem::take(&mut items));
            }
        }
        let next = records.get(place + 1);
        let pause = cutter.decoder.pause().and_then(|pause| i64::try_from(pause.as_micros()).ok());
        let over = pause.is_some_and(|pause| {
            next.is_none_or(|next| next.at_us.saturating_sub(record.at_us) >= pause)
        });
        if over {
            let items = cutter.decoder.paused();
            cutter.said(record.at_us, items);
        }
    }
    if let Some(fault) = cutter.decoder.reset() {
        cutter.fault(&fault);
    }
    (cutter.spans, cutter.report)
}

struct Cutter {
    dialect: Dialect,
    settings: Settings,
    decoder: Decoder,
    /// Since the last reading: a frame may begin in bytes of which a fault was told, and that were searched again.
    held: Vec<u8>,
    /// Where in `held` the bytes since the last saying begin.
    since: usize,
    /// Whether there were faults since the last reading.
    faulted: bool,
    spans: Vec<Span>,
    report: Report,
}

impl Cutter {
    fn said(&mut self, at_us: i64, items: Vec<Result<Reading, Fault>>) {
        if items.is_empty() {
            return;
        }
        let (mut readings, mut noise) = (Vec::new(), 0);
        for item in items {
            match item {
                Ok(reading) => readings.push(reading),
                Err(fault) => {
                    // What could not be read before the first reading lies before it.
                    if readings.is_empty() {
                        noise += usize::try_from(fault.bytes).unwrap_or(usize::MAX);
                    }
                    self.fault(&fault);
                }
            }
        }
        if readings.is_empty() {
            // Bounded: no frame is longer than what is looked through for its beginning.
            let forgotten = self.held.len().saturating_sub(SEARCHED_BYTES);
            self.held.drain(..forgotten);
            self.since = self.held.len();
            return;
        }
        let likely = self.since.saturating_add(noise).min(self.held.len());
        let from = if self.faulted { self.beginning(likely, &readings) } else { likely };
        let bytes = self.held.split_off(from);
        self.held.clear();
        self.since = 0;
        self.faulted = false;
        self.spans.push(Span { at_us, bytes, readings });
    }

    /// Where the bytes begin that say just this: at the likely place, behind it, or before it in what was searched again.
    fn beginning(&self, likely: usize, readings: &[Reading]) -> usize {
        let says_it = |from: &usize| {
            let mut decoder = Decoder::with(self.dialect, &self.settings);
            let mut items = decoder.decode(self.held.get(*from..).unwrap_or_default());
            items.extend(decoder.paused());
            items.len() == readings.len()
                && items.iter().zip(readings).all(|(item, reading)| item.as_ref() == Ok(reading))
        };
        let before = (likely.saturating_sub(SEARCHED_BYTES)..likely).rev();
        let behind = (likely..self.held.len()).take(SEARCHED_BYTES);
        behind.chain(before).find(says_it).unwrap_or(likely)
    }

    fn fault(&mut self, fault: &Fault) {
        self.faulted = true;
        *self.report.faults.entry(fault.kind.name()).or_default() += 1;
        self.report.undecoded_bytes += u64::from(fault.bytes);
    }
}

/// So many bytes around a fault are searched for the beginning of a frame.
const SEARCHED_BYTES: usize = 1024;
