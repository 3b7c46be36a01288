//! What devices say reaches the lane whole: bytes of a dialect in, the words of the checkpoint out.

use std::path::Path;
use std::time::Duration;

use checkpoint::input::observation::Said;
use jiff::{SignedDuration, Timestamp};

use super::{Heard, Pipeline};
use crate::clock::Moment;
use crate::config::{Config, DeviceLine};

const LANE: &str = "[checkpoint]
id = \"test\"
title = \"Test\"
office_code = \"55301\"
zone = \"Asia/Almaty\"
data_dir = \"data\"
[[lane]]
id = \"1\"
title = \"Lane 1\"
direction = \"inbound\"
mode = \"road\"
[[device]]
id = \"device-1\"
lane = \"1\"
title = \"Device\"
connect = { tcp = \"127.0.0.1:1\" }
silence_limit_s = 60
";

/// A device that is heard and not asked, and the time that passes for it.
pub(super) struct Listened {
    pipeline: Pipeline,
    now: Moment,
}

/// How the configuration of a device reads, after the keys that all of these have.
fn config(device: &str) -> Config {
    let limits = include_str!("../../../tests/agent/limits.toml");
    let text = format!("{LANE}{device}\n{limits}");
    Config::parse(Path::new("site.toml"), &text).unwrap()
}

pub(super) fn listened(device: &str) -> Listened {
    let config = config(device);
    let line: &DeviceLine = config.lines.first().unwrap();
    let at: Timestamp = "2026-05-21T05:00:00Z".parse().unwrap();
    let now = Moment { at, since_start: Duration::ZERO };
    Listened { pipeline: Pipeline::of_recording(line), now }
}

impl Listened {
    /// Bytes that arrive `ms` after those before.
    pub(super) fn hears(&mut self, ms: u32, bytes: &[u8]) -> Vec<Said> {
        let mut said = self.waits(ms);
        said.extend(told(self.pipeline.bytes(self.now, bytes)));
        said
    }

    /// A whole message of a transport that keeps messages apart.
    pub(super) fn takes(&mut self, message: &[u8]) -> Vec<Said> {
        told(self.pipeline.document(self.now, message))
    }

    /// An officer ended a weighing at this moment.
    pub(super) fn is_ended(&mut self, ordered: Timestamp) -> Vec<Said> {
        told(self.pipeline.end_weighing(self.now.at, ordered))
    }

    /// The line is lost, and opened anew.
    pub(super) fn is_cut(&mut self) {
        told(self.pipeline.reopened(self.now.at));
    }

    /// Time passes as in the shell: each deadline is answered at its moment.
    pub(super) fn waits(&mut self, ms: u32) -> Vec<Said> {
        let until = self.now.at.checked_add(SignedDuration::from_millis(ms.into())).unwrap();
        let mut said = Vec::new();
        while let Some(due) = self.pipeline.deadline().filter(|due| *due <= until) {
            self.now.at = due.max(self.now.at);
            said.extend(told(self.pipeline.time_passed(self.now)));
            assert!(self.pipeline.deadline() != Some(due), "the deadline {due} was not answered");
        }
        self.now.at = until;
        said
    }
}

fn told(heard: Heard) -> Vec<Said> {
    assert!(heard.faults.is_empty(), "{:?}", heard.faults);
    heard.said
}

mod portals {
    use checkpoint::input::observation::{RadiationSeen, Screening};
    use units::Counts;

    use super::*;

    /// A state of a portal Yantar: something in the beam, the status and the counts of the gamma channel.
    fn state(number: u8, inputs: u16, status: u16, counts: u16) -> Vec<u8> {
        let background = (1000.0_f32.to_bits() >> 16) as u16;
        let gamma = [status, counts, 0, 0, background, 0, 0];
        let neutron = [0x80, 0, 0, 0, 0, 0, 0];
        let words = [&[0, 0, inputs], &gamma[..], &neutron[..], &[inputs, 0, 0, 0]].concat();
        let head = [0, number, 0, 0, 0, 45, 4, 3, 42];
        head.into_iter().chain(words.into_iter().flat_map(u16::to_be_bytes)).collect()
    }

    /// What a portal says at the first sign of an alarm, and at the end, of a vehicle that carries something.
    fn vehicle(profile: &str) -> (RadiationSeen, Screening) {
        let device = format!("dialect = \"aspect\"\nsettings = {{ aspect = {{ {profile} }} }}");
        let mut portal = listened(&device);
        let mut said = Vec::new();
        for (number, (inputs, status, counts)) in
            (1..).zip([(0, 0x80, 1000), (1, 0x81, 4711), (1, 0x81, 4100), (0, 0x80, 1001)])
        {
            said.extend(portal.hears(500, &state(number, inputs, status, counts)));
        }
        let mut seen = None;
        for said in said {
            if let Said::RadiationSeen(first) = said {
                seen = Some(first);
            } else if let Said::OccupancyEnded(screening) = said {
                return (seen.unwrap(), screening);
            }
        }
        panic!("the vehicle never left the portal")
    }

    #[test]
    fn a_sum_of_one_second_is_told_only_where_the_portal_counts_one_second() {
        let (seen, screening) = vehicle("counts_ms = 1000");
        assert_eq!((seen.sum, screening.max_sum), (Some(Counts(4711)), Some(Counts(4711))));
        // Nobody knows over which time this portal counts: no number, and not the number 0.
        let (seen, screening) = vehicle("");
        assert_eq!((seen.sum, screening.max_sum), (None, None));
        assert_eq!(screening.gamma_alarm_lines, 2);
    }

    #[test]
    fn a_portal_that_dies_or_only_refuses_under_a_vehicle_does_not_keep_it_in_the_beam() {
        let config =
            config("dialect = \"aspect\"\nsettings = { address = 4, aspect = { base = 100 } }");
        for refuses in [false, true] {
            let mut portal = Pipeline::new(config.lines.first().unwrap());
            let start: Timestamp = "2026-05-21T05:00:00Z".parse().unwrap();
            let (mut ended, mut faults) = (None, 0);
            portal.opened(Moment { at: start, since_start: Duration::ZERO });
            for step in 0..3000_u32 {
                let since_start = Duration::from_millis(u64::from(step) * 10);
                let at = start.checked_add(since_start).unwrap();
                let now = Moment { at, since_start };
                let mut heard = portal.time_passed(now);
                while let Some(asked) = portal.to_send(now) {
                    let answer = match asked[1] {
                        1 => state(1, 1, 0x80, 1000),
                        _ if !refuses => continue,
                        number => vec![0, number, 0, 0, 0, 3, 4, 0x83, 4],
                    };
                    let more = portal.bytes(now, &answer);
                    heard.said.extend(more.said);
                    heard.faults.extend(more.faults);
                }
                faults += heard.faults.len();
                for said in heard.said {
                    if let Said::OccupancyEnded(screening) = said {
                        assert!(screening.quality.iter().any(|flag| flag == "interval_missing"));
                        ended = Some((since_start, screening.ended_by));
                    }
                }
            }
            assert_eq!(ended, Some((Duration::from_secs(10), "timeout".to_owned())), "{refuses}");
            assert!(faults > 5, "{faults}");
        }
    }
}

mod seals;
mod sightings;
mod weighings;
