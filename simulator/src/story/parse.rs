//! From the text of a story to its steps.

mod things;

use std::time::Duration;

use rust_decimal::Decimal;

use super::order::{AlarmWords, NoticeLines, Papers, StoryOrder};
use super::{Act, Garbling, Key, Pillar, Step, Story, Trouble, Vehicle, What};

/// A story that cannot be understood: where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct StoryError {
    file: String,
    line: usize,
    what: String,
}

/// The longest story that is read, in lines.
const MAX_LINES: usize = 20_000;

pub(super) fn story(file: &str, text: &str) -> Result<Story, StoryError> {
    let mut title = String::new();
    let mut steps: Vec<Step> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let fail = |what: String| StoryError { file: file.to_owned(), line: number, what };
        if number > MAX_LINES {
            return Err(fail(format!("a story has at most {MAX_LINES} lines")));
        }
        let content = without_comment(line);
        if content.trim().is_empty() {
            continue;
        }
        if let Some(words) = content.strip_prefix("story:") {
            words.trim().clone_into(&mut title);
            continue;
        }
        if content.starts_with([' ', '\t']) {
            continue_last(&mut steps, content).map_err(fail)?;
            continue;
        }
        let (time, rest) = content
            .split_once(char::is_whitespace)
            .ok_or_else(|| fail("a line is a time, a subject and a verb".to_owned()))?;
        let at =
            clock_time(time).ok_or_else(|| fail(format!("{time:?} is no time: write h:mm:ss")))?;
        if steps.last().is_some_and(|last| at < last.at) {
            return Err(fail(format!("{time} is before the line above: a story goes forward")));
        }
        let words = rest.trim();
        let what = what_happens(words).map_err(fail)?;
        steps.push(Step { at, line: number, what, words: words.to_owned() });
    }
    Ok(Story { title, steps })
}

fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => return &line[..at],
            _ => {}
        }
    }
    line
}

/// `h:mm:ss`, with an optional fraction of a second.
fn clock_time(text: &str) -> Option<Duration> {
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let hours: u64 = hours.parse().ok().filter(|hours| *hours <= 24 * 400)?;
    let minutes: u64 = minutes.parse().ok().filter(|minutes| *minutes < 60)?;
    let seconds: f64 = seconds.parse().ok().filter(|seconds| (0.0..60.0).contains(seconds))?;
    Some(Duration::from_secs(hours * 3600 + minutes * 60) + Duration::from_secs_f64(seconds))
}

fn continue_last(steps: &mut [Step], content: &str) -> Result<(), String> {
    let Some(Step {
        what: What::Officer { order: StoryOrder::RegisterNotice { notice, .. }, .. },
        ..
    }) = steps.last_mut()
    else {
        return Err("only the lines of a notice are indented".to_owned());
    };
    notice.push(content)
}

/// Words, with quoted text as one word and commas as white space.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => {
                if quoted {
                    words.push(std::mem::take(&mut word));
                }
                quoted = !quoted;
            }
            c if quoted => word.push(c),
            c if c.is_whitespace() || c == ',' => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if quoted {
        return Err("a quotation mark is missing".to_owned());
    }
    if !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

pub(super) fn what_happens(text: &str) -> Result<What, String> {
    if let Some(words) = text.strip_prefix("expect ") {
        return Ok(What::Expect { words: words.trim().to_owned() });
    }
    let words = words(text)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["hub", "away", "for", rest @ ..] => Ok(What::HubAway { time: seconds(rest)? }),
        ["broker", "restarts"] => Ok(What::BrokerRestarts),
        ["agent", "is", "killed"] => Ok(What::AgentKilled),
        ["officer", officer, rest @ ..] => {
            let (rest, refused) = match rest {
                [order @ .., "refused", code] => (order, Some((*code).to_owned())),
                order => (order, None),
            };
            Ok(What::Officer { officer: (*officer).to_owned(), order: order(rest)?, refused })
        }
        [device, rest @ ..] => {
            let device = (*device).to_owned();
            Ok(match trouble(rest)? {
                Some(trouble) => What::Line { device, trouble },
                None => What::Device { device, act: act(rest)? },
            })
        }
        [] => Err("a line is a time, a subject and a verb".to_owned()),
    }
}

/// `12 s`
fn seconds(words: &[&str]) -> Result<Duration, String> {
    let [number, "s"] = words else {
        return Err(format!(
            "{:?} is no time: write a number of seconds and s, such as 12 s",
            words.join(" ")
        ));
    };
    number
        .parse()
        .ok()
        .filter(|seconds| (0.0..=1e7).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("{number:?} is no number of seconds"))
}

fn percent(word: &str) -> Result<u8, String> {
    word.strip_suffix('%')
        .and_then(|number| number.parse().ok())
        .filter(|percent| *percent <= 100)
        .ok_or_else(|| format!("{word:?} is no percentage: write 0% to 100%"))
}

/// What befalls the line; nothing if the words speak of the device.
fn trouble(words: &[&str]) -> Result<Option<Trouble>, String> {
    Ok(Some(match words {
        ["silent", "for", rest @ ..] => Trouble::Silent { time: seconds(rest)? },
        ["cut", "for", rest @ ..] => Trouble::Cut { time: seconds(rest)? },
        ["garbage", number, "bytes"] => number
            .parse()
            .ok()
            .filter(|bytes| *bytes <= 1_000_000)
            .map(|bytes| Trouble::Garbage { bytes })
            .ok_or_else(|| format!("{number:?} is no number of bytes up to 1000000"))?,
        ["suffers", word, "for", rest @ ..] => {
            let Some((how, _)) = Garbling::ALL.into_iter().find(|(_, known)| known == word) else {
                let known = Garbling::ALL.map(|(_, known)| known).join(", ");
                return Err(format!("{word:?} is nothing that a line suffers: {known}"));
            };
            Trouble::Garbled { how, time: seconds(rest)? }
        }
        ["is", "set", "to", number, "baud"] => number
            .parse()
            .ok()
            .filter(|baud| (50..=4_000_000).contains(baud))
            .map(|baud| Trouble::Speed { baud })
            .ok_or_else(|| {
                format!("{number:?} is no speed: write bits per second, such as 19200 baud")
            })?,
        ["late", "by", number, "s", "for", rest @ ..] => {
            Trouble::Late { by: seconds(&[number, "s"])?, time: seconds(rest)? }
        }
        _ => return Ok(None),
    }))
}

fn act(words: &[&str]) -> Result<Act, String> {
    match words {
        ["reads", "nothing"] => {
            Ok(Act::Reads { plate: None, country: None, confidence_percent: 0 })
        }
        ["reads", plate, rest @ ..] => {
            let mut country = None;
            let mut confidence_percent = 98;
            for word in rest {
                if word.ends_with('%') {
                    confidence_percent = percent(word)?;
                } else {
                    country = Some((*word).to_owned());
                }
            }
            Ok(Act::Reads { plate: Some((*plate).to_owned()), country, confidence_percent })
        }
        ["vehicle", number, "s", rest @ ..] => {
            vehicle(seconds(&[number, "s"])?, rest).map(Act::Vehicle)
        }
        ["recording", file] => {
            Ok(Act::Recording { file: (*file).to_owned(), from: Duration::ZERO })
        }
        ["recording", file, "from", rest @ ..] => {
            Ok(Act::Recording { file: (*file).to_owned(), from: seconds(rest)? })
        }
        ["load", mass, "kg", "for", rest @ ..] => {
            let gross_kg = mass.parse::<Decimal>().map_err(|_| format!("{mass:?} is no mass"))?;
            Ok(Act::Load { gross_kg, time: seconds(rest)? })
        }
        ["axles", rest @ ..] => axles(rest),
        ["key", word] => {
            let key = Key::ALL.into_iter().find(|(_, known)| known == word);
            let known = Key::ALL.map(|(_, known)| known).join(", ");
            let (key, _) = key.ok_or_else(|| format!("{word:?} is no key: {known}"))?;
            Ok(Act::Presses(key))
        }
        ["drifts", mass, "kg"] => {
            let by_kg = mass.parse().map_err(|_| format!("{mass:?} is no mass"))?;
            Ok(Act::Drifts { by_kg })
        }
        ["shakes", "for", rest @ ..] => Ok(Act::Shakes { time: seconds(rest)? }),
        ["restarts"] => Ok(Act::Restarts),
        ["is", "set", "to", "address", number] => number
            .parse()
            .map(|address| Act::Addressed { address })
            .map_err(|_| format!("{number:?} is no address: 0 to 255")),
        ["is", "set", "to", form] => Ok(Act::SetTo { form: (*form).to_owned() }),
        ["background", "sags", "to", share, "for", rest @ ..] => {
            Ok(Act::Sags { to_percent: percent(share)?.into(), time: seconds(rest)? })
        }
        ["background", "rises", "to", share, "for", rest @ ..] => {
            let to_percent = share.strip_suffix('%').and_then(|number| number.parse().ok());
            let to_percent = to_percent
                .filter(|percent| (100..=10_000).contains(percent))
                .ok_or_else(|| format!("{share:?} is no rise: write 100% to 10000%"))?;
            Ok(Act::Sags { to_percent, time: seconds(rest)? })
        }
        ["tamper", "opened"] => Ok(Act::Tamper { open: true }),
        ["tamper", "closed"] => Ok(Act::Tamper { open: false }),
        ["misbehaves", how, "for", rest @ ..] => {
            Ok(Act::Misbehaves { how: (*how).to_owned(), time: seconds(rest)? })
        }
        _ => match things::act(words) {
            Some(act) => act,
            None => Err(format!(
                "{:?} is nothing that befalls a device: reads, vehicle, recording, load, axles, key, drifts, shakes, background sags, background rises, tamper, restarts, is set to, {}, misbehaves; nor its line: silent, cut, garbage, suffers, late, is set to .. baud",
                words.join(" "),
                things::VERBS
            )),
        },
    }
}

/// `7200 11500 11000 kg for 8 s each`
fn axles(words: &[&str]) -> Result<Act, String> {
    let right = "axles are masses and a time, such as: 7200 11500 11000 kg for 8 s each";
    let [masses @ .., "kg", "for", number, "s", "each"] = words else {
        return Err(right.to_owned());
    };
    let axles_kg = masses
        .iter()
        .map(|mass| mass.parse().map_err(|_| format!("{mass:?} is no mass: {right}")))
        .collect::<Result<Vec<Decimal>, String>>()?;
    if !(2..=32).contains(&axles_kg.len()) {
        return Err(format!("a vehicle has 2 to 32 axles, not {}", axles_kg.len()));
    }
    Ok(Act::Axles { axles_kg, time: seconds(&[number, "s"])? })
}

fn vehicle(time: Duration, words: &[&str]) -> Result<Vehicle, String> {
    let mut vehicle = Vehicle {
        time,
        shielding_percent: 42,
        gamma_times: 0.0,
        gamma_at_percent: 50,
        gamma_width_percent: 20,
        gamma_beside: None,
        neutron_cps: 0.0,
    };
    let mut words = words;
    loop {
        words = match words {
            [] => return Ok(vehicle),
            ["shielding", share, rest @ ..] => {
                vehicle.shielding_percent = percent(share)?;
                rest
            }
            ["gamma", times, rest @ ..] => {
                vehicle.gamma_times = times
                    .strip_suffix('x')
                    .and_then(|number| number.parse().ok())
                    .filter(|times| (0.0..=10_000.0).contains(times))
                    .ok_or_else(|| format!("{times:?} is no strength: write a multiple of the background, such as 4.5x"))?;
                rest
            }
            ["at", share, rest @ ..] => {
                vehicle.gamma_at_percent = percent(share)?;
                rest
            }
            ["width", share, rest @ ..] => {
                vehicle.gamma_width_percent = percent(share)?;
                rest
            }
            ["beside", "pillar", number, rest @ ..] => {
                vehicle.gamma_beside = Some(match *number {
                    "1" => Pillar::First,
                    "2" => Pillar::Second,
                    other => return Err(format!("{other:?} is no pillar: 1, 2")),
                });
                rest
            }
            ["neutron", rate, "cps", rest @ ..] => {
                vehicle.neutron_cps =
                    rate.parse()
                        .ok()
                        .filter(|rate| (0.0..=1e6).contains(rate))
                        .ok_or_else(|| format!("{rate:?} is no rate in counts per second"))?;
                rest
            }
            [word, ..] => {
                return Err(format!(
                    "{word:?} says nothing about a vehicle: shielding, gamma, at, width, beside pillar, neutron"
                ));
            }
        };
    }
}

fn papers(word: &str) -> Result<Papers, String> {
    match word {
        "storage" => Ok(Papers::Storage),
        "declaration" => Ok(Papers::Declaration),
        "transit" => Ok(Papers::TransitDeclaration),
        other => Err(format!("{other:?} are no papers: storage, declaration, transit")),
    }
}

/// `[consignment N]` at the end; consignment 1 where nothing is said.
fn consignment(words: &[&str]) -> Result<u16, String> {
    match words {
        [] => Ok(1),
        ["consignment", number] => {
            number.parse().map_err(|_| format!("{number:?} is no number of a consignment"))
        }
        _ => Err(format!("{:?} is too much: only a consignment may follow", words.join(" "))),
    }
}

fn order(words: &[&str]) -> Result<StoryOrder, String> {
    let owned = |word: &str| word.to_owned();
    Ok(match words {
        ["signs", "in"] => StoryOrder::SignIn,
        ["signs", "out"] => StoryOrder::SignOut,
        ["silences"] => StoryOrder::Silence,
        ["acknowledges", rest @ ..] => StoryOrder::Acknowledge { alarm: alarm(rest)?.0 },
        ["decides", rest @ ..] => {
            let (alarm, rest) = alarm(rest)?;
            let ([outcome, cause] | [outcome, cause, "with", _]) = rest else {
                return Err("a decision is an outcome and a cause in quotation marks, such as: innocent \"potassium\"".to_owned());
            };
            let second = match rest {
                [_, _, "with", second] => Some(owned(second)),
                _ => None,
            };
            StoryOrder::Decide { alarm, outcome: owned(outcome), cause: owned(cause), second }
        }
        ["registers", "notice", "for", plate] => {
            StoryOrder::RegisterNotice { plate: owned(plate), notice: NoticeLines::default() }
        }
        ["records", "tare", mass, "kg", "of", plate, "from", source] => StoryOrder::RecordTare {
            plate: owned(plate),
            tare_kg: mass.parse().map_err(|_| format!("{mass:?} is no mass"))?,
            source: owned(source),
        },
        ["expects", "seals", seals @ .., "on", plate] if !seals.is_empty() => {
            StoryOrder::ExpectSeals {
                plate: owned(plate),
                seals: seals.iter().copied().map(owned).collect(),
            }
        }
        ["inspects", "seal", seal, "on", plate, found] => {
            StoryOrder::InspectSeal { plate: owned(plate), seal: owned(seal), found: owned(found) }
        }
        ["opens", "visit", "in", lane, "for", plate] => {
            StoryOrder::OpenVisit { lane: owned(lane), plate: owned(plate) }
        }
        ["presents", plate] => {
            StoryOrder::Present { plate: owned(plate), consignments: Vec::new() }
        }
        ["presents", plate, rest @ ..] => {
            StoryOrder::Present { plate: owned(plate), consignments: vec![consignment(rest)?] }
        }
        ["files", kind, reference, "for", plate, rest @ ..] => StoryOrder::File {
            plate: owned(plate),
            papers: papers(kind)?,
            reference: owned(reference),
            consignment: consignment(rest)?,
        },
        ["registers", kind, number, "for", plate, rest @ ..] => StoryOrder::Register {
            plate: owned(plate),
            papers: papers(kind)?,
            number: owned(number),
            consignment: consignment(rest)?,
        },
        ["refuses", kind, ground, "for", plate, rest @ ..] => StoryOrder::Refuse {
            plate: owned(plate),
            papers: papers(kind)?,
            code: None,
            ground: owned(ground),
            consignment: consignment(rest)?,
        },
        ["refuses", kind, code, ground, "for", plate, rest @ ..] => StoryOrder::Refuse {
            plate: owned(plate),
            papers: papers(kind)?,
            code: Some(owned(code)),
            ground: owned(ground),
            consignment: consignment(rest)?,
        },
        ["releases", kind, "for", plate, rest @ ..] => StoryOrder::Release {
            plate: owned(plate),
            papers: papers(kind)?,
            consignment: consignment(rest)?,
        },
        ["permits", "exit", "of", plate] => StoryOrder::PermitExit { plate: owned(plate) },
        ["records", "exit", "of", plate] => StoryOrder::RecordExit { plate: owned(plate) },
        ["sets", lane, control, because] => StoryOrder::SetLaneControl {
            lane: owned(lane),
            control: owned(control),
            reason: owned(because),
        },
        _ => return Err(format!("{:?} is no order that a story knows", words.join(" "))),
    })
}

/// `gamma of 123ABC02`, `background in lane-1`, and what follows.
fn alarm<'w, 'a>(words: &'w [&'a str]) -> Result<(AlarmWords, &'w [&'a str]), String> {
    match words {
        [kind, "of", plate, rest @ ..] => Ok((AlarmWords { kind: (*kind).to_owned(), plate: Some((*plate).to_owned()), lane: None }, rest)),
        [kind, "in", lane, rest @ ..] => Ok((AlarmWords { kind: (*kind).to_owned(), plate: None, lane: Some((*lane).to_owned()) }, rest)),
        _ => Err("an alarm is a kind and a plate, or a kind and a lane: gamma of 123ABC02, background in lane-1".to_owned()),
    }
}
