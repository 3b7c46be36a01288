//! Calendars and timetables of the stories, and the hub's directives about them.

use checkpoint::input::Directive;
use checkpoint::input::directive::Signer;

/// `5 calendar thursday-off`, `5 calendar thursday-off by mallory`, `5 calendar thursday-off unsigned`, …
pub(crate) fn directive(words: &[&str]) -> Directive {
    let (number, subject, name, signer) = match words {
        [number, subject, name] => (number, subject, name, Signer::Key("hub-key".to_owned())),
        [number, subject, name, "by", key] => {
            (number, subject, name, Signer::Key((*key).to_owned()))
        }
        [number, subject, name, "unsigned"] => {
            let found = "the signature fits no key".to_owned();
            (number, subject, name, Signer::Nobody { found })
        }
        other => panic!("the hub directs no {other:?}"),
    };
    let text = file(name);
    Directive {
        number: number.parse().unwrap(),
        subject: (*subject).to_owned(),
        digest: format!("digest of {name}"),
        text,
        signer,
    }
}

/// The text of a file by its name in the stories. The stories are told on Wednesday, 12 March 2025.
pub(crate) fn file(name: &str) -> String {
    match name {
        "thursday-off" => calendar("kz-2", "2025-03-10", &["2025-03-13"]),
        "thursday-off-again" => calendar("kz-2", "2025-03-10", &["2025-03-13", "2025-03-14"]),
        "thursday-and-friday-off" => calendar("kz-3", "2025-03-11", &["2025-03-13", "2025-03-14"]),
        "nothing-off" => calendar("kz-4", "2025-03-12", &[]),
        "of-old" => calendar("kz-0", "1991-12-16", &["2025-03-13"]),
        "broken" => calendar("kz-5", "2025-03-12", &["13 March"]),
        "until-noon" => timetable("until-noon", "2025-03-10", "12:00"),
        "until-ten-tonight" => timetable("until-ten", "2025-03-11", "22:00"),
        "too-long" => "#".repeat(checkpoint::law::LONGEST_TEXT + 1),
        other => panic!("no file {other:?}"),
    }
}

fn calendar(version: &str, issued: &str, days: &[&str]) -> String {
    let day = |day: &&str| {
        format!("[[holiday]]\ndate = {day:?}\nkind = \"holiday\"\nname = \"declared\"\n")
    };
    let days: String = days.iter().map(day).collect();
    let covers = "{ from = \"2025-01-01\", through = \"2025-12-31\" }";
    format!(
        "version = {version:?}\nissued = {issued:?}\nsource = \"a story\"\ncovers = {covers}\n{days}"
    )
}

/// From Monday to Friday, from nine to `closes`, closed on days off.
fn timetable(version: &str, issued: &str, closes: &str) -> String {
    let days: String = ["mon", "tue", "wed", "thu", "fri"]
        .map(|day| format!("{day} = [[\"09:00\", {closes:?}]]\n"))
        .concat();
    format!(
        "version = {version:?}\nissued = {issued:?}\ntitle = \"a story\"\nclosed_on_holidays = true\n[weekly]\n{days}"
    )
}
