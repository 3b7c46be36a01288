//! A spectroscopic portal that writes its daily file (docs/protocols/spectroscopic-daily.md): nothing is live, a vehicle is told when it has left.

use std::collections::VecDeque;
use std::time::Duration;

use firmware_protocols::portal::spectroscopic::{Light, Line, Spectrum, encode};
use rust_decimal::Decimal;

use super::super::manner::Misbehaviour;
use super::super::{Apparatus, Instead, Saying, Start};
use super::Spell;
use super::watch::{Measured, Watch};
use crate::story::Act;

/// A portal, and the file it writes.
#[derive(Debug)]
pub(in crate::apparatus) struct Files {
    start: Start,
    watch: Watch,
    /// The seconds of the vehicle that is there.
    seconds: Vec<Measured>,
    occupancy: u32,
    next_background: Duration,
    ready: VecDeque<(Duration, String)>,
    spell: Spell,
}

const KNOWN: &[Misbehaviour] = &[Misbehaviour::NoEnd, Misbehaviour::UnknownTags];
const DETECTORS: [&str; 2] = ["Aa1", "Ba1"];
const CHANNELS: u32 = 512;
const GAMMA_CPS: f64 = 2_400.0;
const NEUTRON_CPS: f64 = 4.0;
const SECOND: Duration = Duration::from_secs(1);
/// Slices of 0.1 s in a chunk.
const SLICES: u32 = 10;
/// The periodic background: how often, and how long it is counted.
const BACKGROUND_EVERY: Duration = Duration::from_secs(300);
const BACKGROUND_S: u32 = 300;
/// Length of a lorry with its trailer, in metres.
const LENGTH_M: f64 = 16.5;

impl Files {
    pub(in crate::apparatus) fn new(start: Start) -> Files {
        let mut files = Files {
            start,
            watch: Watch::new(start.seed, GAMMA_CPS, NEUTRON_CPS, SECOND),
            seconds: Vec::new(),
            occupancy: 0,
            next_background: SECOND,
            ready: VecDeque::new(),
            spell: Spell::default(),
        };
        let parameters = [("NSigma", "5")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        files.write(
            Duration::ZERO,
            &Line::Setup {
                detectors: "NaI".to_owned(),
                application: "SPM".to_owned(),
                channels: CHANNELS,
                algorithm: "1.4".to_owned(),
                parameters: parameters.to_vec(),
            },
        );
        files.write(Duration::ZERO, &Line::Deviations(["0", "0"].map(str::to_owned).to_vec()));
        files
    }

    fn write(&mut self, at: Duration, line: &Line) {
        self.ready.push_back((at, encode(line)));
    }

    fn clock(&self, at: Duration) -> String {
        self.start.clock(at).to_string()
    }

    fn measured(&mut self, measured: Measured) {
        if measured.vehicle.is_some() {
            self.seconds.push(measured);
            return;
        }
        if !self.seconds.is_empty() {
            self.vehicle_left(measured.at);
        }
        if measured.at >= self.next_background {
            self.next_background = measured.at + BACKGROUND_EVERY;
            self.background(&measured);
        }
    }

    /// The same counts at each detector, added up in one channel.
    fn spectrum(detector: &str, counts: Decimal) -> Spectrum {
        let share = (counts / Decimal::from(DETECTORS.len())).round();
        Spectrum { detector: detector.to_owned(), counts: share, channels: CHANNELS }
    }

    fn background(&mut self, measured: &Measured) {
        let at = measured.at;
        let total = |usual: f64| {
            let usual = Decimal::from_f64_retain(usual).unwrap_or_default();
            (usual * Decimal::from(BACKGROUND_S)).round()
        };
        for detector in DETECTORS {
            let spectrum = Files::spectrum(detector, total(measured.gamma_background));
            self.write(at, &Line::GammaBackground(spectrum));
        }
        let counts = vec![total(measured.neutron_background)];
        self.write(at, &Line::NeutronBackground { seconds: BACKGROUND_S.into(), counts });
        let time = self.clock(at);
        self.write(at, &Line::BackgroundEnd(time));
    }

    fn vehicle_left(&mut self, at: Duration) {
        let seconds = std::mem::take(&mut self.seconds);
        self.occupancy += 1;
        for (chunk, second) in (1..).zip(&seconds) {
            for detector in DETECTORS {
                let spectrum = Files::spectrum(detector, second.gamma.into());
                self.write(at, &Line::GammaSignal { chunk, spectrum });
            }
            let counts = vec![second.neutron.into()];
            self.write(at, &Line::NeutronSignal { slices: SLICES, chunk, counts });
        }
        let Some(first) = seconds.first() else { return };
        let usual = |usual: f64| Decimal::from_f64_retain(usual).unwrap_or_default().round_dp(2);
        for (neutron, counts) in
            [(false, usual(first.gamma_background)), (true, usual(first.neutron_background))]
        {
            self.write(at, &Line::Analyzed { neutron, seconds: Decimal::ONE, counts });
        }
        let alarm = seconds.iter().any(|second| second.gamma_alarm || second.neutron_alarm);
        // What it was cannot be said of counts without spectra: the simulated portal names potassium, the usual reason.
        let nuclide = if alarm { "K-40" } else { "NONE" };
        self.write(at, &Line::Identified { nuclide: nuclide.to_owned(), from: Vec::new() });
        let speed =
            Decimal::from_f64_retain(LENGTH_M / seconds.len() as f64).map(|it| it.round_dp(2));
        let end = Line::End {
            light: if alarm { Light::Red } else { Light::Green },
            occupancy: self.occupancy,
            time: self.clock(at),
            file: format!("occupancy-{:05}.n42", self.occupancy),
            entry_speed: speed,
            exit_speed: speed,
        };
        if !self.spell.does(Misbehaviour::NoEnd, at) {
            self.write(at, &end);
        }
        if self.spell.does(Misbehaviour::UnknownTags, at) {
            self.ready.push_back((at, "ZZ,1,2,3\r\n".to_owned()));
        }
    }
}

impl Apparatus for Files {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        super::can_befall_a_portal(act, KNOWN)
    }

    fn befalls(&mut self, at: Duration, act: &Act, _: &mut Vec<Saying>) {
        self.watch.befalls(at, act);
        self.spell.befalls(at, act, KNOWN);
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        loop {
            if let Some((at, line)) = self.ready.pop_front() {
                return Some((at, line.into_bytes()));
            }
            let measured = self.watch.next(horizon)?;
            self.measured(measured);
        }
    }
}
