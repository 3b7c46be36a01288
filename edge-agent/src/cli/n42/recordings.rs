//! Several recordings of one portal as one, in the order of time. Tapes are read piece by piece, so a year of them needs no more memory than a day.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use checkpoint::ids::DeviceId;
use edge_agent::n42::{Passage, Recorded};
use edge_agent::recording::{Recording, RecordingError};
use edge_agent::replay::{Piece, is_tape, pieces};
use firmware_protocols::Dialect;
use firmware_protocols::portal::daily::FileDay;
use jiff::Timestamp;

/// Recordings in the order of their beginnings, so that a passage may go on in the next.
pub(super) struct Recordings(Vec<Part>);

struct Part {
    /// When its first bytes came; nothing of an empty one.
    began: Option<Timestamp>,
    said: Said,
}

enum Said {
    /// Tapes, of the dialect that they name.
    Tapes(Recording, Dialect),
    /// A daily file, which is a few megabytes.
    Daily(Vec<Piece>),
}

impl Recordings {
    /// What is at these paths of this device.
    pub(super) fn find(
        paths: &[PathBuf],
        device: &DeviceId,
        day: Option<FileDay>,
    ) -> anyhow::Result<Recordings> {
        let mut parts = Vec::new();
        for path in paths {
            parts.extend(parts_at(path, device, day)?);
        }
        parts.sort_by_key(|part| part.began);
        Ok(Recordings(parts))
    }

    /// The dialects that tapes name.
    pub(super) fn dialects(&self) -> BTreeSet<Dialect> {
        let named = |part: &Part| match &part.said {
            Said::Tapes(_, dialect) => Some(*dialect),
            Said::Daily(_) => None,
        };
        self.0.iter().filter_map(named).collect()
    }

    /// Hears all of it; `each` gets every passage that ended.
    pub(super) fn hear(
        &self,
        recorded: &mut Recorded,
        each: &mut dyn FnMut(Passage) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        for part in &self.0 {
            match &part.said {
                Said::Tapes(recording, _) => {
                    for file in recording.by_file() {
                        let mut ended = Vec::new();
                        let met = file.read(i64::MIN, i64::MAX, |record| {
                            let at = moment(&file, record.at_us)?;
                            ended.extend(recorded.piece(at, &record.bytes));
                            Ok(())
                        })?;
                        crate::cli::tapes::told(met)?;
                        ended.into_iter().try_for_each(&mut *each)?;
                    }
                }
                Said::Daily(pieces) => {
                    for piece in pieces {
                        recorded
                            .piece(piece.at, &piece.bytes)
                            .into_iter()
                            .try_for_each(&mut *each)?;
                    }
                }
            }
        }
        recorded.over().into_iter().try_for_each(each)
    }
}

fn parts_at(path: &Path, device: &DeviceId, day: Option<FileDay>) -> anyhow::Result<Vec<Part>> {
    let tapes = if path.is_dir() {
        match Recording::of_device(path, Some(device.as_str())) {
            Ok(recording) => vec![recording],
            Err(error @ RecordingError::None { .. }) => {
                let daily = "daily files of a portal are named one by one, such as FOLDER/*.csv";
                return Err(anyhow::Error::new(error).context(daily));
            }
            Err(error) => return Err(error.into()),
        }
    } else if is_tape(path)? {
        vec![Recording::of_device(path, Some(device.as_str()))?]
    } else {
        let (pieces, misread) = pieces(path, device, day)?;
        crate::cli::misread(&misread, path)?;
        let began = pieces.first().map(|piece| piece.at);
        return Ok(vec![Part { began, said: Said::Daily(pieces) }]);
    };
    let part = |recording: Recording| {
        let first = recording.first_us()?;
        let began = first.map(|first| moment(&recording, first)).transpose()?;
        let dialect = recording.dialect()?;
        Ok(Part { began, said: Said::Tapes(recording, dialect) })
    };
    tapes.into_iter().map(part).collect()
}

fn moment(of: &Recording, at_us: i64) -> Result<Timestamp, RecordingError> {
    Timestamp::from_microsecond(at_us)
        .map_err(|_| RecordingError::Moment { device: of.header.device.clone(), at_us })
}
