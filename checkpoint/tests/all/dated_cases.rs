//! Cases of terms with their dates, worked out by hand from the law, as tables that a lawyer can read and add to: `data/terms/*.txt`. How a line is
//! written is told in `data/terms/README.md`; every line that does not come out is reported with its file and place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use checkpoint::law::edition::ClockRule;
use checkpoint::law::term::{self, Computation, Stated, TermError, TermRule, Trigger};
use checkpoint::law::{Calendar, Edition, Readings, Timetable};
use checkpoint::site::Mode;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Fewer cases than these would leave ways to count unproven.
const AT_LEAST: usize = 300;

const BODIES: [(&str, &str); 10] = [
    ("ROAD-24x7", "road-24x7"),
    ("RAIL-24x7", "road-24x7"),
    ("ROAD-DAY", "road-day"),
    ("INLAND-5D", "inland-5d"),
    ("RAIL-5D", "inland-5d"),
    ("PORT-6D", "port-6d"),
    ("SPLIT-5D", "split-5d"),
    ("NIGHT-5D", "night-5d"),
    ("REPAIRS-5D", "repairs-5d"),
    ("SHIFTS-24", "shifts-24"),
];

/// What lines are computed with, and what they have shown so far.
struct Book {
    edition: Edition,
    calendar: Calendar,
    readings: Readings,
    timetables: BTreeMap<&'static str, Timetable>,
    cases: usize,
    shown: BTreeSet<(String, Mode)>,
    problems: Vec<String>,
}

/// What the second cell of a line names: a term, and what comes with its trigger.
struct Named {
    rules: Vec<TermRule>,
    clock: Option<(String, Vec<Mode>)>,
    is_ceiling: bool,
    stated: Option<Stated>,
    km: Option<u32>,
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn read(name: &str) -> String {
    let path = data(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn calendar(name: &str) -> Calendar {
    Calendar::parse(&read(name), name).unwrap()
}

/// Every line of every table.
fn all_lines() -> Book {
    let timetable =
        |file: &str| Timetable::parse(&read(&format!("timetables/{file}.toml")), file).unwrap();
    let mut book = Book {
        edition: Edition::built_in().unwrap(),
        calendar: calendar("calendar.toml"),
        readings: Readings::default(),
        timetables: BODIES.into_iter().map(|(name, file)| (name, timetable(file))).collect(),
        cases: 0,
        shown: BTreeSet::new(),
        problems: Vec::new(),
    };
    let mut tables: Vec<String> = fs::read_dir(data("terms"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".txt"))
        .collect();
    tables.sort();
    for table in tables {
        book.readings = Readings::default();
        book.calendar = calendar("calendar.toml");
        for (place, line) in read(&format!("terms/{table}")).lines().enumerate() {
            if let Err(problem) = book.line(line.trim()) {
                book.problems.push(format!("terms/{table}:{}: {problem}\n    {line}", place + 1));
            }
        }
    }
    book
}

impl Book {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let Some(readings) = line.strip_prefix("@readings") {
            self.readings = toml::from_str(readings).map_err(|error| error.to_string())?;
            return Ok(());
        }
        if let Some(name) = line.strip_prefix("@calendar ") {
            self.calendar = calendar(name);
            return Ok(());
        }
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [article, rule, body, at, due, latest, nominal, flags, why] = cells[..] else {
            return Err(format!("{} cells: a line has nine", cells.len()));
        };
        if why.is_empty() {
            return Err("the last cell says why".to_owned());
        }
        let named = self.named(rule, article)?;
        let (name, zone) = body.split_once('@').unwrap_or((body, "Asia/Almaty"));
        let zone = TimeZone::get(zone).map_err(|error| error.to_string())?;
        let timetable = self.timetables.get(name).ok_or(format!("{name}: no such body"))?;
        let mut trigger = Trigger::parse(at).map_err(|error| error.to_string())?;
        (trigger.stated, trigger.distance_km) = (named.stated, named.km);
        let compute = if named.is_ceiling { term::compute_ceiling } else { term::compute };
        let latest = if latest == "=" { due } else { latest };
        let expected = [due, latest, nominal, flags];
        for rule in &named.rules {
            let body = term::Body { zone: &zone, timetable, calendar: &self.calendar };
            let found = match compute(rule, &trigger, body, &self.readings) {
                Ok(found) => written(&found, &zone, due),
                Err(TermError::NoTerm) => ["no term", "-", "-", "-"].map(str::to_owned),
                Err(error) => return Err(format!("refused: {error}")),
            };
            let same = if due == "no term" { found[0] == due } else { found == expected };
            if !same {
                return Err(format!("computed {}", found.join(" | ")));
            }
        }
        self.cases += 1;
        if let Some((id, modes)) = named.clock {
            self.shown.extend(modes.into_iter().map(|mode| (id.clone(), mode)));
        }
        Ok(())
    }

    /// `[at most] CLOCK [mode]` or an inline term, then `stated ..` and `km ..`.
    fn named(&self, cell: &str, article: &str) -> Result<Named, String> {
        let (is_ceiling, cell) = match cell.strip_prefix("at most ") {
            Some(rest) => (true, rest),
            None => (false, cell),
        };
        let mut named =
            Named { rules: Vec::new(), clock: None, is_ceiling, stated: None, km: None };
        let mut words: Vec<&str>;
        if let Some((inline, rest)) = cell.split_once('}') {
            let rule =
                TermRule::parse(&format!("{inline}}}")).map_err(|error| error.to_string())?;
            named.rules.push(rule);
            words = rest.split_whitespace().collect();
        } else {
            words = cell.split_whitespace().collect();
            let id = words.remove(0);
            let clock =
                self.edition.clock(id).ok_or(format!("{id}: no such clock in the edition"))?;
            named.name(clock, &mut words)?;
            check_article(clock, article)?;
        }
        for pair in words.chunks(2) {
            match pair {
                ["stated", value] if value.contains('T') => {
                    let stated = Trigger::parse(value).map_err(|error| error.to_string())?;
                    named.stated = Some(Stated::Instant(stated.at));
                }
                ["stated", value] => {
                    let day = value.parse().map_err(|error| format!("{value}: {error}"))?;
                    named.stated = Some(Stated::Day(day));
                }
                ["km", value] => {
                    named.km = Some(value.parse().map_err(|error| format!("{value}: {error}"))?);
                }
                other => return Err(format!("{other:?}: write `stated ..` or `km ..`")),
            }
        }
        Ok(named)
    }
}

impl Named {
    /// Takes the terms of a clock: of the mode that is the next word, or of all its modes.
    fn name(&mut self, clock: &ClockRule, words: &mut Vec<&str>) -> Result<(), String> {
        let modes = match words.first().copied().and_then(mode) {
            Some(mode) if !clock.modes.contains(&mode) => {
                return Err(format!("{} does not run by {}", clock.id, words[0]));
            }
            Some(mode) => {
                words.remove(0);
                vec![mode]
            }
            None => clock.modes.clone(),
        };
        if self.is_ceiling {
            let ceilings =
                clock.prolong.iter().filter_map(|prolongation| prolongation.max.as_ref());
            self.rules = ceilings.cloned().collect();
        } else {
            self.rules = modes.iter().map(|mode| clock.term_for(*mode)).collect();
        }
        if self.rules.is_empty() {
            return Err(format!("{} has nothing that could be computed", clock.id));
        }
        self.clock = Some((clock.id.clone(), modes));
        Ok(())
    }
}

fn mode(word: &str) -> Option<Mode> {
    match word {
        "road" => Some(Mode::Road),
        "water" => Some(Mode::Water),
        "air" => Some(Mode::Air),
        "rail" => Some(Mode::Rail),
        _ => None,
    }
}

/// The line cites the clock's article, a part of it or the whole of which it is a part, or the article of a prolongation.
fn check_article(clock: &ClockRule, article: &str) -> Result<(), String> {
    let prolonging =
        clock.prolong.iter().filter_map(|prolongation| prolongation.article.as_deref());
    let mut known = clock.article.split(", ").chain(prolonging);
    if known.any(|known| known.starts_with(article) || article.starts_with(known)) {
        return Ok(());
    }
    Err(format!("the article of {} is {}, not {article}", clock.id, clock.article))
}

/// The four cells of a result. The offset is written if the line writes one; midnight is 24:00 of the day that it ends.
fn written(found: &Computation, zone: &TimeZone, like: &str) -> [String; 4] {
    let offset = if like.len() > 16 && (like.contains('+') || like[16..].contains('-')) {
        "%:z"
    } else {
        ""
    };
    let instant = |at: Timestamp| {
        let at = at.to_zoned(zone.clone());
        if at.time() == jiff::civil::Time::midnight() {
            return format!("{} 24:00", at.date().yesterday().unwrap().strftime("%a %F"));
        }
        let seconds = if at.second() == 0 { "" } else { ":%S" };
        at.strftime(&format!("%a %F %H:%M{seconds}{offset}")).to_string()
    };
    let day = found.nominal_day.map_or("-".to_owned(), |day| day.strftime("%a %F").to_string());
    let flags = if found.flags.is_empty() { "-".to_owned() } else { found.flags.join(", ") };
    [instant(found.due_at), instant(found.latest_at), day, flags]
}

#[test]
fn terms_end_as_they_do_by_hand() {
    let book = all_lines();
    let problems = &book.problems;
    assert!(problems.is_empty(), "{} lines differ:\n{}", problems.len(), problems.join("\n"));
    assert!(book.cases >= AT_LEAST, "{} cases are too few", book.cases);
}

#[test]
fn every_clock_of_the_edition_is_shown_in_every_mode() {
    let book = all_lines();
    let clocks = book.edition.clocks.iter();
    let all = clocks.flat_map(|clock| clock.modes.iter().map(|mode| (clock.id.clone(), *mode)));
    let missing: Vec<_> = all.filter(|shown| !book.shown.contains(shown)).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}: add a line to tests/data/terms");
}
