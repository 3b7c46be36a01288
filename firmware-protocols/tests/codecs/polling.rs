//! Devices that are asked, without a wire and without a clock: requests, retries, give-ups, and late answers that meet no other question.

use std::time::Duration;

use firmware_protocols::conversation::{Heard, Moment, Polling, Questions, Timing};
use firmware_protocols::{Conversation, Fault, Item};

/// Asks `A`, `B`, `A`, `B` .. and is answered by the small letter; `!` is a broken answer, `.` a piece of it, `?` a refusal.
#[derive(Debug, Default)]
struct Letters {
    next: u8,
    waiting: u8,
    given_up: usize,
    heard: String,
}

impl Questions for Letters {
    fn ask(&mut self, request: &mut Vec<u8>) {
        self.waiting = b'A' + self.next;
        self.next = (self.next + 1) % 2;
        request.push(self.waiting);
    }

    fn hear(&mut self, bytes: &[u8], _: &mut Vec<Item>) -> Heard {
        match bytes {
            b"!" => Heard::Broken,
            b"." => Heard::NotYet,
            b"?" => Heard::Answered,
            [answer] if *answer == self.waiting.to_ascii_lowercase() => {
                self.heard.push(char::from(*answer));
                Heard::Answered
            }
            _ => Heard::NotYet,
        }
    }

    fn cut(&mut self) -> Option<Fault> {
        None
    }

    fn unanswered(&mut self) {
        self.given_up += 1;
    }
}

const TIMING: Timing = Timing {
    period: Duration::from_millis(200),
    answer_within: Duration::from_millis(100),
    tries: 3,
    again_after: Duration::from_millis(2000),
};

/// A story: at a millisecond the link opens (`open`), bytes come (`<a`), or nothing does. What is sent is told with its moment, and so are faults.
fn told(story: &[(u64, &str)], until: u64) -> String {
    let mut polling = Polling::new(Letters::default(), TIMING);
    let mut lines = Vec::new();
    let mut story = story.iter().peekable();
    let mut now = Moment::ZERO;
    loop {
        let mut out = Vec::new();
        while let Some((_, what)) = story.next_if(|(at, _)| Moment::from_millis(*at) <= now) {
            match what.strip_prefix('<') {
                Some(bytes) => polling.decode(now, bytes.as_bytes(), &mut out),
                None => out.extend(polling.opened(now).map(Err)),
            }
        }
        polling.time_passed(now, &mut out);
        for item in out {
            lines.push(format!("{} {}", now.as_millis(), item.unwrap_err().kind.name()));
        }
        while let Some(request) = polling.poll_transmit(now) {
            lines.push(format!("{} >{}", now.as_millis(), String::from_utf8(request).unwrap()));
        }
        let next_told = story.peek().map(|(at, _)| Moment::from_millis(*at));
        let Some(next) = polling.next_timeout().into_iter().chain(next_told).min() else { break };
        if next > Moment::from_millis(until) {
            break;
        }
        assert!(next > now, "a timeout that has passed must have been acted upon");
        now = next;
    }
    lines.push(format!("heard {:?}", polling.questions().heard));
    lines.join(", ")
}

#[track_caller]
fn check(story: &[(u64, &str)], until: u64, expected: &str) {
    assert_eq!(told(story, until), expected);
}

#[test]
fn nothing_is_asked_before_the_link_is_open() {
    check(&[(50, "<a")], 1000, "50 unasked, heard \"\"");
}

#[test]
fn a_device_that_answers_is_asked_once_a_period() {
    check(&[(0, "open"), (30, "<a"), (260, "<b")], 460, "0 >A, 230 >B, 460 >A, heard \"ab\"");
}

#[test]
fn a_question_without_an_answer_is_put_again_and_given_up_after_three_tries() {
    check(
        &[(0, "open")],
        2400,
        "0 >A, 100 >A, 200 >A, 300 no-answer, 2300 >B, 2400 >B, heard \"\"",
    );
}

#[test]
fn a_broken_answer_is_asked_for_again_when_the_line_is_silent() {
    check(
        &[(0, "open"), (20, "<!"), (60, "<."), (130, "<a")],
        450,
        "0 >A, 100 >A, 400 >B, heard \"a\"",
    );
    check(
        &[(0, "open"), (20, "<!"), (40, "<."), (45, "<."), (120, "<a")],
        500,
        "0 >A, 95 >A, 395 >B, 495 >B, heard \"a\"",
    );
}

#[test]
fn a_line_that_is_never_silent_is_asked_again_when_the_time_is_over() {
    let noisy: Vec<(u64, &str)> =
        [(0, "open"), (20, "<!")].into_iter().chain((3..12).map(|n| (n * 10, "<."))).collect();
    check(&noisy, 110, "0 >A, 100 >A, heard \"\"");
}

#[test]
fn an_answer_behind_a_broken_one_is_taken() {
    check(&[(0, "open"), (20, "<!"), (40, "<a")], 240, "0 >A, 240 >B, heard \"a\"");
}

#[test]
fn a_question_that_was_put_twice_and_answered_twice_is_followed_by_the_next_one() {
    check(
        &[(0, "open"), (120, "<a"), (150, "<a"), (340, "<b")],
        500,
        "0 >A, 100 >A, 150 unasked, 320 >B, heard \"aab\"",
    );
    // The second answer comes later than the period.
    check(
        &[(0, "open"), (120, "<a"), (350, "<a"), (360, "<b")],
        500,
        "0 >A, 100 >A, 350 unasked, 350 >B, heard \"aab\"",
    );
}

#[test]
fn an_answer_that_is_still_owed_is_waited_for_as_long_as_a_question_is_in_all() {
    // One answer was lost: whether the first or the second, nobody knows. The second question was put at 100 ms.
    check(&[(0, "open"), (120, "<a")], 450, "0 >A, 100 >A, 400 >B, heard \"a\"");
    // After a broken one too.
    check(&[(0, "open"), (20, "<!"), (80, "<a")], 450, "0 >A, 70 >A, 370 >B, heard \"a\"");
}

#[test]
fn a_link_that_is_opened_anew_does_not_ask_before_the_answers_of_the_one_before_are_over() {
    check(
        &[(0, "open"), (50, "open"), (60, "<a"), (310, "<b")],
        500,
        "0 >A, 60 unasked, 300 >B, heard \"b\"",
    );
    check(&[(0, "open"), (30, "<a"), (50, "open")], 50, "0 >A, 50 >B, heard \"a\"");
}

#[test]
fn a_refusal_ends_the_question_and_is_not_asked_again() {
    check(&[(0, "open"), (10, "<?")], 210, "0 >A, 210 >B, heard \"\"");
}
