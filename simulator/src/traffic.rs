//! What was said and heard on the stage, for looking at it afterwards.
//!
//! ```text
//! FOLDER/traffic.jsonl      {"at":"2026-05-21T05:00:02.015Z","device":"seal-1","way":"said","bytes":"28383030.."}
//! FOLDER/seal-1.said        the bytes alone, as they left the device: edge-agent decode --dialect jointech FOLDER/seal-1.said
//! FOLDER/expected.jsonl     {"at":"..","line":7,"device":"seal-1","story":"reports 8000632863 intact","entries":[{"kind":"seal_read","with":{"seal":"8000632863"},"of_line":false}]}
//! ```
//!
//! `way` is `said` (by the device), `heard` (by it, from the agent) or `opened` (its line, by the agent). The bytes are those that the device and a bad line made; what a
//! transport puts around them (TCP, MQTT, HTTP) is not there. `entries` is what an agent should record of a line of the story ([`crate::expected`]), or `uncertain` says why that cannot be
//! told: so a folder is a test. `edge-agent replay --config FILE seal-1=FOLDER/traffic.jsonl` records it again. A log that cannot be written does not stop a story: it is told once.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::expected::{Entry, Expectation};
use crate::play::now;

/// A log in a folder.
#[derive(Debug)]
pub struct Traffic {
    folder: PathBuf,
    lines: File,
    expected: File,
    said: BTreeMap<String, File>,
    failed: bool,
}

/// A line of the log.
#[derive(Serialize)]
struct Line<'a> {
    at: jiff::Timestamp,
    device: &'a str,
    way: &'a str,
    /// Hexadecimal.
    bytes: String,
}

/// A line of what is expected.
#[derive(Serialize)]
struct Expected<'a> {
    at: jiff::Timestamp,
    line: usize,
    device: &'a str,
    story: &'a str,
    entries: &'a [Entry],
    #[serde(skip_serializing_if = "Option::is_none")]
    uncertain: Option<&'a str>,
}

impl Traffic {
    /// Begins a log, or goes on with the one that is there.
    pub fn begin(folder: &Path) -> io::Result<Traffic> {
        std::fs::create_dir_all(folder)?;
        let lines = append(&folder.join("traffic.jsonl"))?;
        let expected = append(&folder.join("expected.jsonl"))?;
        let (folder, said) = (folder.to_owned(), BTreeMap::new());
        Ok(Traffic { folder, lines, expected, said, failed: false })
    }

    pub(crate) fn said(&mut self, device: &str, bytes: &[u8]) {
        let written = self.line(device, "said", bytes).and_then(|()| self.raw(device, bytes));
        self.tell(written);
    }

    pub(crate) fn heard(&mut self, device: &str, bytes: &[u8]) {
        let written = self.line(device, "heard", bytes);
        self.tell(written);
    }

    pub(crate) fn opened(&mut self, device: &str) {
        let written = self.line(device, "opened", &[]);
        self.tell(written);
    }

    pub(crate) fn expected(&mut self, expectation: &Expectation) {
        let Expectation { line, device, story, entries, uncertain } = expectation;
        let (line, uncertain) = (*line, *uncertain);
        let line = Expected { at: now(), line, device, story, entries, uncertain };
        let written = written(&line, &mut self.expected);
        self.tell(written);
    }

    fn line(&mut self, device: &str, way: &str, bytes: &[u8]) -> io::Result<()> {
        let bytes = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        written(&Line { at: now(), device, way, bytes }, &mut self.lines)
    }

    fn raw(&mut self, device: &str, bytes: &[u8]) -> io::Result<()> {
        if !self.said.contains_key(device) {
            let file = append(&self.folder.join(format!("{device}.said")))?;
            self.said.insert(device.to_owned(), file);
        }
        self.said.get_mut(device).map_or(Ok(()), |file| file.write_all(bytes))
    }

    fn tell(&mut self, written: io::Result<()>) {
        if let Err(error) = written
            && !std::mem::replace(&mut self.failed, true)
        {
            tracing::warn!(folder = %self.folder.display(), %error, "what is said and heard cannot be logged");
        }
    }
}

fn written(line: &impl Serialize, to: &mut File) -> io::Result<()> {
    let mut line = serde_json::to_vec(line)?;
    line.push(b'\n');
    to.write_all(&line)
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_said_stands_in_a_file_of_its_own_as_it_was_said() {
        let folder = tempfile::tempdir().unwrap();
        let mut traffic = Traffic::begin(folder.path()).unwrap();
        traffic.opened("seal-1");
        traffic.said("seal-1", b"(1,P45");
        traffic.heard("seal-1", b"(S39)");
        traffic.said("seal-1", b")");
        let said = std::fs::read(folder.path().join("seal-1.said")).unwrap();
        assert_eq!(said, b"(1,P45)");
        let log = std::fs::read_to_string(folder.path().join("traffic.jsonl")).unwrap();
        let ways: Vec<(String, String)> = log
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|line| {
                (
                    line["way"].as_str().unwrap().to_owned(),
                    line["bytes"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
        let pair = |way: &str, bytes: &str| (way.to_owned(), bytes.to_owned());
        let expected = [
            pair("opened", ""),
            pair("said", "28312c503435"),
            pair("heard", "2853333929"),
            pair("said", "29"),
        ];
        assert_eq!(ways, expected);
    }
}
