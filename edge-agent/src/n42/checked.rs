//! Documents of anybody, looked at: what they are, and what does not hold of them.

use firmware_protocols::n42;

/// What a file is, and what does not hold of it.
#[derive(Debug)]
pub struct Checked {
    /// A line for a person.
    pub summary: String,
    /// What is wrong, each with its line of the file where it has one.
    pub findings: Vec<(Option<u32>, String)>,
}

/// Reads and checks a file. The rules are those of 2012; a file of 2006 is read, and that is all.
pub fn check(bytes: &[u8], now: Option<jiff::Timestamp>) -> Checked {
    let read = match n42::read(bytes) {
        Ok(read) => read,
        Err(fault) => {
            let findings = vec![(None, fault.to_string())];
            return Checked { summary: "cannot be read".to_owned(), findings };
        }
    };
    let alarms: usize = read.document.analyses.iter().map(|analysis| analysis.alarms.len()).sum();
    let summary = format!(
        "N42.42-{}, {} detectors, {} measurements, {alarms} alarms",
        read.edition,
        read.document.detectors.len(),
        read.document.measurements.len(),
    );
    let mut findings: Vec<(Option<u32>, String)> = Vec::new();
    if read.edition == 2012 {
        let xml = String::from_utf8_lossy(bytes);
        let found = n42::rules::check(&xml, now);
        findings.extend(found.into_iter().map(|finding| (Some(finding.line), finding.what)));
    }
    for passed in read.passed_over {
        // Rules tell most of it with a line; the rest is told without.
        if !findings.iter().any(|(_, what)| what.starts_with(&passed)) {
            findings.push((None, passed));
        }
    }
    Checked { summary, findings }
}
