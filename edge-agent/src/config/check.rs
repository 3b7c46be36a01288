//! The second look at a configuration: what is right by itself and wrong beside the rest. It looks at everything before it complains.

mod connections;
mod devices;
mod limits;
mod n42;
mod nodes;

use std::path::{Path, PathBuf};

use checkpoint::site::{Lane, Site};
use toml::Spanned;
use wire::chain::Hash;

use self::connections::{broker, listen};
use self::devices::devices;
use self::limits::limits;
use super::{Config, Finding, JournalSettings, PurgeSettings, TapeSettings, written};
use crate::terminal::session::Account;

/// Collects what is wrong.
#[derive(Default)]
struct Look {
    findings: Vec<Finding>,
}

impl Look {
    fn at<T>(&mut self, place: &Spanned<T>, wrong: impl Into<String>, right: impl Into<String>) {
        self.findings.push(Finding {
            span: Some(place.span()),
            wrong: wrong.into(),
            right: right.into(),
        });
    }
}

/// The longest text for the public page, in characters.
const LONGEST_NOTICE: usize = 1_000;

pub(super) fn check(
    file: written::File,
    folder: &Path,
    text: &str,
) -> Result<Config, Vec<Finding>> {
    let mut look = Look::default();
    let lanes = lanes(&mut look, &file.lanes);
    let lines = devices(&mut look, &file, &lanes);
    let limits = limits(&mut look, file.limits);
    let officers = officers(&mut look, file.officers);
    let mqtt = file.mqtt.and_then(|mqtt| broker(&mut look, mqtt, folder));
    let terminal = listen(&mut look, "terminal.listen", &file.terminal.listen);
    let ingest = listen(&mut look, "ingest.listen", &file.ingest.listen);
    let hub = file.hub.and_then(|hub| connections::hub(&mut look, hub, folder));
    let written::Checkpoint {
        id,
        title,
        office_code,
        zone,
        edition,
        calendar,
        timetable,
        public_notice,
        data_dir,
    } = file.checkpoint;
    let data_dir = folder.join(data_dir);
    let n42 = file.n42.map(|n42| n42::n42(&mut look, n42, &data_dir, &lines));
    if office_code.get_ref().len() != 5
        || !office_code.get_ref().bytes().all(|b| b.is_ascii_digit())
    {
        let code = office_code.get_ref();
        look.at(
            &office_code,
            format!("office_code: {code:?}"),
            "the five digits of the customs office, such as \"55301\"",
        );
    }
    if jiff::tz::TimeZone::get(zone.get_ref()).is_err() {
        let name = zone.get_ref();
        look.at(
            &zone,
            format!("zone: no time zone is called {name:?}"),
            "an IANA name, such as \"Asia/Almaty\"",
        );
    }
    let mut beside = |key: &str, file: Option<Spanned<PathBuf>>| {
        file.map(|file| {
            let path = folder.join(file.get_ref());
            if !path.is_file() {
                let shown = file.get_ref().display();
                look.at(
                    &file,
                    format!("{key}: there is no file {shown} beside this one"),
                    "a path relative to this file, or no key for what the program carries",
                );
            }
            path
        })
    };
    let edition = beside("edition", edition);
    let calendar = beside("calendar", calendar);
    let timetable = beside("timetable", timetable);
    if let Some(notice) = &public_notice {
        let length = notice.get_ref().chars().count();
        if length > LONGEST_NOTICE {
            look.at(
                notice,
                format!("public_notice: {length} characters"),
                format!("at most {LONGEST_NOTICE}: it is read on a board, from some metres"),
            );
        }
    }
    if *file.journal.snapshot_every.get_ref() == 0 {
        look.at(&file.journal.snapshot_every, "snapshot_every: 0", "at least 1 entry");
    }
    if *file.tape.max_mb.get_ref() == 0 {
        look.at(
            &file.tape.max_mb,
            "max_mb: 0",
            "at least 1 megabyte; a day of a busy portal takes about one, compressed",
        );
    }
    let (Some(limits), Some(terminal), Some(ingest)) = (limits, terminal, ingest) else {
        return Err(look.findings);
    };
    if !look.findings.is_empty() {
        return Err(look.findings);
    }
    let site = Site {
        checkpoint: id,
        title,
        office_code: office_code.into_inner(),
        zone: zone.into_inner(),
        lanes,
        devices: lines.iter().map(|line| line.device.clone()).collect(),
    };
    Ok(Config {
        site,
        limits,
        edition,
        calendar,
        timetable,
        public_notice: public_notice
            .map(Spanned::into_inner)
            .filter(|text| !text.trim().is_empty()),
        data_dir,
        lines,
        mqtt,
        officers,
        terminal,
        ingest: (ingest != terminal).then_some(ingest),
        hub,
        synchronised_file: file.clock.synchronised_file,
        journal: JournalSettings {
            snapshot_every: file.journal.snapshot_every.into_inner(),
            purge: PurgeSettings {
                by_itself: file.journal.purge == written::Purge::WhenLawful,
                keeper: file.journal.keeper,
                unknown_end: file.journal.unknown_end,
            },
        },
        tape: TapeSettings {
            max_mb: file.tape.max_mb.into_inner(),
            max_days: file.tape.max_days.into_inner(),
        },
        n42,
        digest: Hash::of(text.as_bytes()).to_string(),
    })
}

fn lanes(look: &mut Look, written: &[written::Lane]) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for lane in written {
        let id = lane.id.get_ref();
        if lanes.iter().any(|known| known.id == *id) {
            look.at(
                &lane.id,
                format!("lane {id}: there are two of this name"),
                "a name for each lane",
            );
            continue;
        }
        lanes.push(Lane {
            id: id.clone(),
            title: lane.title.clone(),
            direction: lane.direction,
            mode: lane.mode,
        });
    }
    lanes
}

fn officers(look: &mut Look, written: Vec<written::Officer>) -> Vec<Account> {
    let mut officers: Vec<Account> = Vec::new();
    for officer in written {
        let id = officer.id.get_ref();
        if officers.iter().any(|known| known.id == *id) {
            look.at(
                &officer.id,
                format!("officer {id}: there are two of this name"),
                "a name for each officer",
            );
        }
        let hash = officer.password_hash.get_ref();
        let usable = argon2::PasswordHash::new(hash)
            .is_ok_and(|hash| hash.algorithm.as_str() == "argon2id" && hash.hash.is_some());
        if !usable {
            look.at(
                &officer.password_hash,
                format!("officer {id}: password_hash is no hash of argon2id"),
                "what `edge-agent hash-password` prints; never the password itself",
            );
        }
        officers.push(Account {
            id: id.clone(),
            name: officer.name,
            role: officer.role,
            password_hash: officer.password_hash.into_inner(),
        });
    }
    officers
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
