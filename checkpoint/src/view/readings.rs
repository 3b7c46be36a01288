//! What devices said about a vehicle, and what follows from it.

use serde::{Deserialize, Serialize};

use crate::event::{RadiationVerdict, SealVerdict};
use crate::ids::{DeviceId, ReadingId};
use crate::input::observation::{Agreement, WeightRefusal};
use crate::input::order::SealFinding;

view! {
    /// A screening.
    struct ScreeningView {
        /// The reading.
        pub reading: ReadingId,
        /// Entry in which it stands.
        pub seq: u64,
        /// Which portal.
        pub device: DeviceId,
        /// From.
        pub began_ms: i64,
        /// To.
        pub ended_ms: i64,
        /// The verdict.
        pub verdict: RadiationVerdict,
        /// Who found a gamma alarm.
        pub gamma: Agreement,
        /// Who found a neutron alarm.
        pub neutron: Agreement,
        /// Largest sum of one second; none where the portal gives no counts of one second.
        pub max_sum: Option<u32>,
        /// Largest z-value.
        pub max_z: Option<String>,
        /// Threshold in standard deviations.
        pub n_sigma: String,
        /// Sum of the gamma background in counts per second.
        pub background: Option<u32>,
        /// Quality flags by name.
        pub quality: Vec<String>,
    }
}

view! {
    /// A weighing.
    struct WeighingView {
        /// The reading.
        pub reading: ReadingId,
        /// Entry in which it stands.
        pub seq: u64,
        /// Which scale.
        pub device: DeviceId,
        /// When.
        pub at_ms: i64,
        /// Gross mass in kilograms.
        pub gross_kg: Option<String>,
        /// Why there is no number.
        pub refusal: Option<WeightRefusal>,
        /// Who found the load at rest.
        pub stable_by: String,
        /// The axles, if they were weighed one after another.
        pub axles: Option<AxlesView>,
    }
}

view! {
    /// A vehicle weighed axle by axle.
    struct AxlesView {
        /// In the order in which they came.
        pub axles: Vec<AxleView>,
        /// Axles that gave no number.
        pub missed: u32,
        /// How often the line to the scale was lost meanwhile.
        pub interruptions: u32,
    }
}

view! {
    /// One axle, or a group of axles that stood on the scale together.
    struct AxleView {
        /// What it weighs, in kilograms.
        pub kg: String,
        /// Whether it came to rest more than once.
        pub again: bool,
    }
}

view! {
    /// Declared against measured weight, all in kilograms.
    struct ComparisonView {
        /// Mass on the scale.
        pub measured_kg: String,
        /// Empty vehicle.
        pub tare_kg: String,
        /// Declared gross weight.
        pub declared_kg: String,
        /// Measured minus tare minus declared.
        pub difference_kg: String,
        /// Allowed, instrument error included.
        pub allowed_kg: String,
        /// Version of the limits.
        pub limits: String,
        /// Whether it is beyond.
        pub beyond: bool,
        /// The error of the instrument, if it was kept.
        pub instrument_error_kg: Option<String>,
        /// The article by which the difference is no matter for goods that leave.
        pub no_matter: Option<String>,
    }
}

view! {
    /// A vehicle against what transport control lets it weigh, all in kilograms. It holds nobody.
    struct MassView {
        /// Mass on the scale.
        pub measured_kg: String,
        /// How many axles, if an officer said so.
        pub axles: Option<u32>,
        /// The most that it may weigh.
        pub gross_limit_kg: Option<String>,
        /// What its heaviest axle carries, if an officer said so.
        pub heaviest_axle_kg: Option<String>,
        /// The most that an axle may carry.
        pub axle_limit_kg: Option<String>,
        /// The error of the instrument.
        pub instrument_error_kg: String,
        /// How much it is over; 0 if it is not.
        pub over_kg: String,
        /// Whether it is over by more than the instrument may err.
        pub beyond: bool,
        /// The paper from which the limits are.
        pub source: String,
        /// Version of the limits.
        pub limits: String,
    }
}

view! {
    /// Mass of the empty vehicle.
    struct TareView {
        /// Kilograms.
        pub tare_kg: String,
        /// Where the number comes from.
        pub source: String,
    }
}

view! {
    /// A seal.
    struct SealView {
        /// Its number, normalised.
        pub number: String,
        /// Whether the papers name it.
        pub expected: bool,
        /// The last reading of it, if a device read it.
        pub reading: Option<ReadingId>,
        /// When it was last read.
        pub read_ms: Option<i64>,
        /// Battery in percent.
        pub battery_percent: Option<u8>,
        /// What it reported to have happened, the latest first.
        pub events: Vec<SealEventView>,
        /// What an officer found.
        pub found: Option<SealFinding>,
        /// The verdict.
        pub verdict: Option<SealVerdict>,
    }
}

view! {
    /// What a seal reported to have happened.
    struct SealEventView {
        /// When it was heard.
        pub at_ms: i64,
        /// By the classifier of the Eurasian Economic Commission: 1 to 7, or a number that is not in it.
        pub class: Option<u32>,
        /// By a number of the maker's own.
        pub maker: Option<u32>,
    }
}

view! {
    /// A plate as it was read.
    struct PlateView {
        /// The reading.
        pub reading: ReadingId,
        /// Entry in which it stands.
        pub seq: u64,
        /// When.
        pub at_ms: i64,
        /// Which camera.
        pub device: DeviceId,
        /// As read.
        pub text: String,
        /// Normalised.
        pub normalised: String,
        /// Confidence in percent.
        pub confidence_percent: Option<String>,
        /// The pictures that came with it.
        pub pictures: Vec<PictureView>,
    }
}

view! {
    /// A picture that came with a reading; the picture itself is on the tape of its device.
    struct PictureView {
        /// What it shows, in the device's word.
        pub kind: String,
        /// Its size.
        pub bytes: u32,
        /// SHA-256 of it, in hexadecimal.
        pub sha256: String,
    }
}
