//! Documents of passages: where they are written, and how many are kept.

use std::path::{Component, Path};

use checkpoint::site::Family;

use super::Look;
use crate::config::{DeviceLine, N42Settings, written};

/// What the agent keeps below its data, and nobody else may put files into.
const TAKEN: [&str; 3] = ["evidence", "index", "tapes"];

pub(super) fn n42(
    look: &mut Look,
    n42: written::N42,
    data_dir: &Path,
    lines: &[DeviceLine],
) -> N42Settings {
    let written::N42 { folder, max_days, max_mb, spectra } = n42;
    let path = data_dir.join(folder.get_ref());
    let shown = folder.get_ref().display();
    let right =
        "a folder of its own: \"n42\", below data_dir, or a whole path such as \"/srv/n42\"";
    if folder.get_ref().components().any(|part| part == Component::ParentDir) {
        look.at(&folder, format!("n42: folder: {shown} leads out of itself"), right);
    } else if path == data_dir {
        look.at(&folder, format!("n42: folder: {shown:?} is data_dir itself"), right);
    } else if TAKEN.iter().any(|taken| path.starts_with(data_dir.join(taken))) {
        look.at(&folder, format!("n42: folder: the agent keeps other things in {shown}"), right);
    }
    if *max_days.get_ref() == 0 {
        look.at(&max_days, "n42: max_days: 0", "at least 1 day");
    }
    if *max_mb.get_ref() == 0 {
        look.at(
            &max_mb,
            "n42: max_mb: 0",
            "at least 1 megabyte; a passage takes about a tenth of one",
        );
    }
    if !lines.iter().any(|line| line.device.family == Family::Portal) {
        look.at(
            &folder,
            "n42: no device of this site is a portal",
            "leave the table out: there is no passage to write",
        );
    }
    N42Settings {
        is_made: path.starts_with(data_dir),
        folder: path,
        max_days: max_days.into_inner(),
        max_mb: max_mb.into_inner(),
        spectra,
    }
}
