//! What officers do in a story, and how it becomes an order to a running agent.
//!
//! A story names vehicles by their plates and alarms by their kind; an order needs numbers. They are looked up in a snapshot, which is the
//! same JSON whether it comes from a terminal's address or from the rules in virtual time.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde_json::{Value, json};

/// An order in the words of a story.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "each says what the order of the same name in the agent's interface says"
)]
pub enum StoryOrder {
    SignIn,
    SignOut,
    Silence,
    Acknowledge { alarm: AlarmWords },
    Decide { alarm: AlarmWords, outcome: String, cause: String, second: Option<String> },
    OpenVisit { lane: String, plate: String },
    RegisterNotice { plate: String, notice: NoticeLines },
    RecordTare { plate: String, tare_kg: Decimal, source: String },
    ExpectSeals { plate: String, seals: Vec<String> },
    InspectSeal { plate: String, seal: String, found: String },
    Present { plate: String, consignments: Vec<u16> },
    File { plate: String, papers: Papers, reference: String, consignment: u16 },
    Register { plate: String, papers: Papers, number: String, consignment: u16 },
    Refuse { plate: String, papers: Papers, code: Option<String>, ground: String, consignment: u16 },
    Release { plate: String, papers: Papers, consignment: u16 },
    PermitExit { plate: String },
    RecordExit { plate: String },
    SetLaneControl { lane: String, control: String, reason: String },
}

/// Papers, by the words of the agent's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Papers {
    /// For temporary storage.
    Storage,
    /// A goods declaration.
    Declaration,
    /// A transit declaration.
    TransitDeclaration,
}

impl Papers {
    fn word(self) -> &'static str {
        match self {
            Papers::Storage => "storage",
            Papers::Declaration => "declaration",
            Papers::TransitDeclaration => "transit_declaration",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Papers::Storage => "storage papers",
            Papers::Declaration => "declaration",
            Papers::TransitDeclaration => "transit declaration",
        }
    }
}

/// An alarm as people speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmWords {
    /// `gamma`, `neutron`, `weight`, `seal`, `term-over`, `background`, …
    pub kind: String,
    /// The plate of its vehicle.
    pub plate: Option<String>,
    /// Or its lane.
    pub lane: Option<String>,
}

/// The indented lines below `registers notice`.
///
/// ```text
///     carrier_name       Dostyk Trans
///     vehicle_docs       papers KZ-TP-001, KZ-TP-002
///     consignment
///         gross_weight_kg  23340
///         oversize_cargo   no
///         goods
///             hs_code      3104
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NoticeLines {
    answers: BTreeMap<String, Value>,
    consignments: Vec<ConsignmentLines>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct ConsignmentLines {
    answers: BTreeMap<String, Value>,
    goods: Vec<BTreeMap<String, Value>>,
}

/// Fields whose answer is a number; their ids say the unit.
const NUMBERS: [&str; 4] = ["_kg", "_m3", "_count", "_quantity"];

impl NoticeLines {
    /// Takes in one line.
    pub(super) fn push(&mut self, line: &str) -> Result<(), String> {
        let line = line.trim();
        let (field, value) = line
            .split_once(char::is_whitespace)
            .map_or((line, ""), |(field, value)| (field, value.trim()));
        match field {
            "consignment" if value.is_empty() => {
                self.consignments.push(ConsignmentLines::default());
            }
            "goods" if value.is_empty() => {
                let consignment = self
                    .consignments
                    .last_mut()
                    .ok_or("goods belong to a consignment: write consignment first")?;
                consignment.goods.push(BTreeMap::new());
            }
            field
                if field
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') =>
            {
                let answers = match self.consignments.last_mut() {
                    None => &mut self.answers,
                    Some(ConsignmentLines { answers, goods }) => {
                        goods.last_mut().unwrap_or(answers)
                    }
                };
                answers.insert(field.to_owned(), answer(field, value)?);
            }
            other => return Err(format!("{other:?} is no field of a notice")),
        }
        Ok(())
    }

    fn to_json(&self) -> Value {
        let consignments: Vec<Value> = self
            .consignments
            .iter()
            .map(
                |consignment| json!({ "answers": consignment.answers, "goods": consignment.goods }),
            )
            .collect();
        json!({ "mode": "road", "filed_by": "carrier", "answers": self.answers, "consignments": consignments })
    }
}

fn answer(field: &str, value: &str) -> Result<Value, String> {
    if let Some(list) = value.strip_prefix("papers ") {
        let papers: Vec<&str> = list.split(',').map(str::trim).collect();
        return Ok(json!({ "as": "papers", "value": papers }));
    }
    Ok(match value {
        "" => return Err(format!("{field} has no answer: leave the line out instead")),
        "yes" => json!({ "as": "flag", "value": true }),
        "no" => json!({ "as": "flag", "value": false }),
        "nil" => json!({ "as": "nil" }),
        number if NUMBERS.iter().any(|unit| field.ends_with(unit)) => {
            let number: Decimal = number
                .parse()
                .map_err(|_| format!("{field} is a number, and {number:?} is none"))?;
            json!({ "as": "number", "value": number.to_string() })
        }
        text => json!({ "as": "text", "value": text }),
    })
}

/// Who knows the numbers of visits and alarms.
pub trait Subjects {
    /// The number of the visit with this plate; the last one, if several.
    fn visit(&self, plate: &str) -> Option<u64>;
    /// The number of the open alarm of this kind: one that nobody has acknowledged before one that somebody has, then the oldest.
    fn alarm(&self, alarm: &AlarmWords) -> Option<u64>;
}

/// A plate or an alarm that is not there (yet).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// No visit bears this plate.
    #[error("no vehicle with plate {0} is here")]
    Visit(String),
    /// No such alarm is open.
    #[error("no {0} is open")]
    Alarm(AlarmWords),
}

impl StoryOrder {
    /// The order as the agent's interface takes it.
    pub fn to_json(&self, subjects: &impl Subjects) -> Result<Value, Unresolved> {
        let visit =
            |plate: &String| subjects.visit(plate).ok_or_else(|| Unresolved::Visit(plate.clone()));
        let alarm = |words: &AlarmWords| {
            subjects.alarm(words).ok_or_else(|| Unresolved::Alarm(words.clone()))
        };
        Ok(match self {
            StoryOrder::SignIn => json!({ "kind": "sign_in" }),
            StoryOrder::SignOut => json!({ "kind": "sign_out" }),
            StoryOrder::Silence => json!({ "kind": "silence_sound" }),
            StoryOrder::Acknowledge { alarm: words } => {
                json!({ "kind": "acknowledge_alarm", "alarm": alarm(words)? })
            }
            StoryOrder::Decide { alarm: words, outcome, cause, second } => json!({
                "kind": "decide_alarm", "alarm": alarm(words)?,
                "decision": { "outcome": outcome, "cause": cause, "second_officer": second },
            }),
            StoryOrder::OpenVisit { lane, plate } => {
                json!({ "kind": "open_visit", "lane": lane, "plate": plate })
            }
            StoryOrder::RegisterNotice { plate, notice } => {
                json!({ "kind": "register_notice", "visit": visit(plate)?, "notice": notice.to_json() })
            }
            StoryOrder::RecordTare { plate, tare_kg, source } => {
                json!({ "kind": "record_tare", "visit": visit(plate)?, "tare": tare_kg.to_string(), "source": source })
            }
            StoryOrder::ExpectSeals { plate, seals } => {
                json!({ "kind": "expect_seals", "visit": visit(plate)?, "seals": seals })
            }
            StoryOrder::InspectSeal { plate, seal, found } => {
                json!({ "kind": "inspect_seal", "visit": visit(plate)?, "seal": seal, "found": found })
            }
            StoryOrder::Present { plate, consignments } => {
                json!({ "kind": "present_goods", "visit": visit(plate)?, "consignments": consignments })
            }
            StoryOrder::File { plate, papers, reference, consignment } => json!({
                "kind": "file_papers", "visit": visit(plate)?, "consignment": consignment, "papers": papers.word(), "reference": reference,
            }),
            StoryOrder::Register { plate, papers, number, consignment } => json!({
                "kind": "register_papers", "visit": visit(plate)?, "consignment": consignment, "papers": papers.word(), "number": number,
            }),
            StoryOrder::Refuse { plate, papers, code, ground, consignment } => json!({
                "kind": "refuse_papers", "visit": visit(plate)?, "consignment": consignment, "papers": papers.word(), "code": code, "ground": ground,
            }),
            StoryOrder::Release { plate, papers, consignment } => json!({
                "kind": "release_goods", "visit": visit(plate)?, "consignment": consignment, "procedure": papers.word(),
            }),
            StoryOrder::PermitExit { plate } => {
                json!({ "kind": "permit_exit", "visit": visit(plate)? })
            }
            StoryOrder::RecordExit { plate } => {
                json!({ "kind": "record_exit", "visit": visit(plate)? })
            }
            StoryOrder::SetLaneControl { lane, control, reason } => {
                json!({ "kind": "set_lane_control", "lane": lane, "control": control, "reason": reason })
            }
        })
    }
}

impl fmt::Display for StoryOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoryOrder::SignIn => write!(f, "signs in"),
            StoryOrder::SignOut => write!(f, "signs out"),
            StoryOrder::Silence => write!(f, "silences the sound"),
            StoryOrder::Acknowledge { alarm } => write!(f, "acknowledges the {alarm}"),
            StoryOrder::Decide { alarm, outcome, cause, .. } => {
                write!(f, "decides the {alarm}: {outcome}, {cause}")
            }
            StoryOrder::OpenVisit { lane, plate } => {
                write!(f, "opens a visit in {lane} for {plate}")
            }
            StoryOrder::RegisterNotice { plate, .. } => {
                write!(f, "registers the arrival notice of {plate}")
            }
            StoryOrder::RecordTare { plate, tare_kg, source } => {
                write!(f, "records {tare_kg} kg tare of {plate}, from the {source}")
            }
            StoryOrder::ExpectSeals { plate, seals } => {
                write!(f, "expects seals {} on {plate}", seals.join(", "))
            }
            StoryOrder::InspectSeal { plate, seal, found } => {
                write!(f, "finds seal {seal} on {plate} {found}")
            }
            StoryOrder::Present { plate, .. } => {
                write!(f, "records the presentation of the goods of {plate}")
            }
            StoryOrder::File { plate, papers, reference, .. } => {
                write!(f, "files {} {reference} for {plate}", papers.title())
            }
            StoryOrder::Register { plate, papers, number, .. } => {
                write!(f, "registers {} {number} for {plate}", papers.title())
            }
            StoryOrder::Refuse { plate, papers, ground, .. } => {
                write!(f, "refuses the {} of {plate}: {ground}", papers.title())
            }
            StoryOrder::Release { plate, papers, .. } => {
                write!(f, "releases the goods of {plate} under the {}", papers.title())
            }
            StoryOrder::PermitExit { plate } => write!(f, "permits the exit of {plate}"),
            StoryOrder::RecordExit { plate } => write!(f, "records the exit of {plate}"),
            StoryOrder::SetLaneControl { lane, control, reason } => {
                write!(f, "sets control in {lane} to {control}: {reason}")
            }
        }
    }
}

impl fmt::Display for AlarmWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} alarm", self.kind)?;
        match (&self.plate, &self.lane) {
            (Some(plate), _) => write!(f, " of {plate}"),
            (None, Some(lane)) => write!(f, " in {lane}"),
            (None, None) => Ok(()),
        }
    }
}

/// A snapshot of a checkpoint as JSON, for looking up the subjects of orders.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot(pub Value);

impl Snapshot {
    fn rows(&self, list: &str) -> impl DoubleEndedIterator<Item = &Value> {
        self.0.get(list).and_then(Value::as_array).into_iter().flatten()
    }
}

impl Subjects for Snapshot {
    fn visit(&self, plate: &str) -> Option<u64> {
        self.rows("visits")
            .filter(|visit| visit["plate"] == plate)
            .filter_map(|visit| visit["id"].as_u64())
            .max()
    }

    fn alarm(&self, words: &AlarmWords) -> Option<u64> {
        let kind = words.kind.replace('-', "_");
        let visit = words.plate.as_deref().map(|plate| self.visit(plate));
        self.rows("alarms")
            .filter(|alarm| alarm["closed"] == false)
            .filter(|alarm| match kind.as_str() {
                "gamma" | "neutron" => {
                    alarm["cause"]["kind"] == "radiation"
                        && alarm["cause"]["radiation"] == kind.as_str()
                }
                other => alarm["cause"]["kind"] == other,
            })
            .filter(|alarm| {
                visit.is_none_or(|visit| visit.is_some() && alarm["visit"].as_u64() == visit)
            })
            .filter(|alarm| words.lane.as_deref().is_none_or(|lane| alarm["lane"] == lane))
            .filter_map(|alarm| Some((!alarm["acknowledged"].is_null(), alarm["id"].as_u64()?)))
            .min()
            .map(|(_, id)| id)
    }
}
