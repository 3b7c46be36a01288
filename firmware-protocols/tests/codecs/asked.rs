//! Indicators that are asked, without a wire: a story of what comes, and what is asked and told, each with its moment.

use firmware_protocols::conversation::Moment;
use firmware_protocols::{Dialect, Raw, Settings};

use crate::good::Good;

/// Plays bytes that come at their milliseconds to whoever asks devices of this dialect, and tells what is sent and what is heard. The
/// link opens at 0.
pub(crate) fn told(
    dialect: Dialect,
    settings: &Settings,
    story: &[(u64, &[u8])],
    until: u64,
) -> String {
    let mut asker = dialect.asker(settings).expect("devices of this dialect are asked");
    let mut lines = String::new();
    let mut story = story.iter().peekable();
    let mut now = Moment::ZERO;
    assert_eq!(asker.opened(now), None);
    loop {
        let mut out = Vec::new();
        while let Some((_, bytes)) = story.next_if(|(at, _)| Moment::from_millis(*at) <= now) {
            asker.decode(now, bytes, &mut out);
        }
        asker.time_passed(now, &mut out);
        for item in out {
            let text = match item {
                Ok(reading) => serde_json::to_string(&reading).unwrap(),
                Err(fault) => format!("{}: {}", fault.kind.name(), fault.detail),
            };
            lines.push_str(&format!("{:04} {text}\n", now.as_millis()));
        }
        while let Some(request) = asker.poll_transmit(now) {
            lines.push_str(&format!("{:04} > {}\n", now.as_millis(), Raw(request)));
        }
        let next_told = story.peek().map(|(at, _)| Moment::from_millis(*at));
        let Some(next) = asker.next_timeout().into_iter().chain(next_told).min() else { break };
        if next > Moment::from_millis(until) {
            break;
        }
        assert!(next > now, "a timeout that has passed must have been acted upon");
        now = next;
    }
    lines
}

#[test]
fn whoever_asks_ends_every_question_whatever_comes_and_asks_on() {
    for &dialect in Dialect::ALL.iter().filter(|dialect| dialect.has_to_be_asked()) {
        // A reader of LLRP speaks first, and noise ends its link: see there.
        if dialect == Dialect::Llrp {
            continue;
        }
        let settings = Good::of(dialect).settings;
        let silence = told(dialect, &settings, &[], 200_000);
        assert!(silence.contains("no-answer"), "{dialect}: {silence}");
        let noise: Vec<u8> = (0..=255).cycle().step_by(7).take(400).collect();
        let story: Vec<(u64, &[u8])> = (1..200).map(|at| (at * 37, noise.as_slice())).collect();
        let noisy = told(dialect, &settings, &story, 200_000);
        let last = noisy.lines().rev().find(|line| line.contains(" > ")).unwrap();
        let at: u64 = last.split(' ').next().unwrap().parse().unwrap();
        assert!(at > 150_000, "{dialect}: asked at {at} ms for the last time");
    }
}
