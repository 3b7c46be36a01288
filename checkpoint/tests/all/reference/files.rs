//! Renders what was drawn as the real calendar and timetable files, so that both sides read the same facts from different places.

use std::fmt::Write as _;

use super::body::{Body, Hours};

impl Body {
    pub(super) fn calendar_file(&self) -> String {
        let mut text = format!(
            "version = \"drawn\"\nsource = \"chance\"\nissued = \"2020-01-01\"\ncovers = {{ from = \"1990-01-01\", through = \"{}\" }}\n",
            self.through
        );
        for (day, kind) in &self.days_off {
            writeln!(text, "[[holiday]]\ndate = \"{day}\"\nkind = \"{kind}\"\nname = \"drawn\"")
                .unwrap();
        }
        for (day, counts) in &self.working_weekends {
            writeln!(
                text,
                "[[working_day]]\ndate = \"{day}\"\nname = \"drawn\"\ncounts = {counts}"
            )
            .unwrap();
        }
        text
    }

    pub(super) fn timetable_file(&self) -> String {
        let mut text = format!(
            "version = \"drawn\"\ntitle = \"drawn\"\nissued = \"2020-01-01\"\nclosed_on_holidays = {}\n[weekly]\n",
            self.closed_on_holidays
        );
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        for (name, hours) in names.iter().zip(&self.weekly).filter(|(_, hours)| !hours.is_empty()) {
            writeln!(text, "{name} = {}", written(hours)).unwrap();
        }
        if !self.exceptions.is_empty() {
            text.push_str("[exceptions]\n");
        }
        for (day, hours) in &self.exceptions {
            writeln!(text, "\"{day}\" = {}", written(hours)).unwrap();
        }
        text
    }
}

fn written(hours: &[Hours]) -> String {
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
    let shift =
        |(opens, closes): &Hours| format!("[\"{}\", \"{}\"]", clock(*opens), clock(*closes));
    format!("[{}]", hours.iter().map(shift).collect::<Vec<_>>().join(", "))
}
