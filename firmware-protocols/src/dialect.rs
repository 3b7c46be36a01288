//! The dialects this crate speaks: a closed list, one line for each.

use core::fmt;
use core::str::FromStr;

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::codec::{Codec, Framing, Item, Settings};
use crate::conversation::{Answering, Conversation};
use crate::fault::Fault;
use crate::{json, plate, portal, scanner, seal, weighbridge};

/// Makes [`Dialect`] and [`Decoder`] of the table below.
///
/// A line is: what it is, variant, name, families, framing, codec, the keys of [`Settings`] that it reads, and, of devices that have to be
/// asked or answered, who does.
macro_rules! dialects {
    ($(
        $(#[doc = $doc:literal])+
        $variant:ident = $name:literal, [$($family:ident),+], $framing:ident, $codec:ty
        $(, set by [$($key:ident),+])? $(, asked by $asker:ty)? $(, answered by $answerer:ty)?;
    )+) => {
        /// One vendor's way to speak a family's language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Dialect { $( $(#[doc = $doc])+ $variant, )+ }

        impl Dialect {
            /// Every dialect, in the order in which they are listed to people.
            pub const ALL: &[Dialect] = &[$(Dialect::$variant),+];

            /// The name in configuration files and commands.
            pub fn name(self) -> &'static str {
                match self { $(Dialect::$variant => $name,)+ }
            }

            /// What it is, in a line.
            pub fn about(self) -> &'static str {
                match self { $(Dialect::$variant => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// The families whose readings a device with this dialect can send.
            pub fn families(self) -> &'static [Family] {
                match self { $(Dialect::$variant => &[$(Family::$family),+],)+ }
            }

            /// How its bytes are framed.
            pub fn framing(self) -> Framing {
                match self { $(Dialect::$variant => Framing::$framing,)+ }
            }

            /// The keys of [`Settings`] that it reads.
            pub fn settings(self) -> &'static [&'static str] {
                match self { $(Dialect::$variant => &[$($(stringify!($key)),+)?],)+ }
            }

            /// Who speaks with a device of this dialect: asks one that says nothing by itself, answers one that waits for it. `None` if such
            /// devices are only heard.
            pub fn asker(self, settings: &Settings) -> Option<Box<dyn Conversation>> {
                match self { $(Dialect::$variant => dialects!(@asker settings $($asker)? $($answerer)?),)+ }
            }

            /// Whether a device of this dialect says nothing until it is asked.
            pub fn has_to_be_asked(self) -> bool {
                match self { $(Dialect::$variant => dialects!(@is $($asker)?),)+ }
            }

            /// Whether a device of this dialect speaks by itself, and says again what was not answered: what it said is answered when it is
            /// kept, not before.
            pub fn is_answered(self) -> bool {
                match self { $(Dialect::$variant => dialects!(@is $($answerer)?),)+ }
            }
        }

        /// Decodes the bytes of one device.
        ///
        /// Cannot fail: what is not understood is a fault among the readings. Cutting the bytes elsewhere gives the same readings.
        #[derive(Debug)]
        pub enum Decoder { $( #[doc = concat!("[`Dialect::", stringify!($variant), "`].")] $variant($codec), )+ }

        impl Decoder {
            /// A decoder at the beginning of a session, of a device that is set as usual.
            pub fn new(dialect: Dialect) -> Decoder {
                Decoder::with(dialect, &Settings::default())
            }

            /// A decoder at the beginning of a session, of a device that is set as the site says.
            pub fn with(dialect: Dialect, settings: &Settings) -> Decoder {
                match dialect { $(Dialect::$variant => Decoder::$variant(Codec::new(settings)),)+ }
            }

            /// The dialect this decoder speaks.
            pub fn dialect(&self) -> Dialect {
                match self { $(Decoder::$variant(_) => Dialect::$variant,)+ }
            }

            fn codec(&mut self) -> &mut dyn Codec {
                match self { $(Decoder::$variant(codec) => codec,)+ }
            }
        }
    };
    (@is) => { false };
    (@is $speaker:ty) => { true };
    (@asker $settings:ident) => { { let _ = $settings; None } };
    (@asker $settings:ident $asker:ty) => { Some(Box::new(<$asker>::new($settings))) };
}

dialects! {
    /// Rapiscan/TSA portals, ASCII lines
    Tsa = "tsa", [Portal], Lines, portal::tsa::Decoder;
    /// environment boards in the pillars of Rapiscan/TSA portals, 48 bytes
    TsaEnvironment = "tsa-environment", [Portal], Frames, portal::environment::Decoder,
        set by [poll_ms, answer_ms, tries, again_ms], asked by portal::environment::Master;
    /// backpack detectors RS-350, N42 documents between STX and ETX
    Rs350 = "rs350", [Portal], Documents, portal::rs350::Decoder;
    /// Kromek D5 detectors, SLIP frames
    KromekD5 = "kromek-d5", [Portal], Frames, portal::kromek_d5::Decoder,
        set by [checksum, poll_ms, answer_ms, tries, again_ms], asked by portal::kromek_d5::Master;
    /// portals Yantar of Aspect, Modbus TCP
    Aspect = "aspect", [Portal], Frames, portal::aspect::Decoder,
        set by [address, aspect, poll_ms, answer_ms, tries, again_ms], asked by portal::aspect::Master;
    /// daily files of spectroscopic portals; tags as of tsa, with other fields
    SpectroscopicDaily = "spectroscopic-daily", [Portal], Lines, portal::spectroscopic::Decoder;
    /// Yaohua XK3190 indicators, continuous output tF = 0
    Xk3190 = "xk3190", [Weighbridge], Frames, weighbridge::xk3190::Decoder;
    /// comma strings of CAS, A&D, Dini Argeo and the many imitators
    Cas = "cas", [Weighbridge], Lines, weighbridge::comma::Decoder;
    /// weighing indicators with registers, Modbus RTU
    ModbusRtu = "modbus-rtu", [Weighbridge], Frames, weighbridge::modbus::Decoder<false>,
        set by [address, modbus, poll_ms, answer_ms, tries, again_ms], asked by weighbridge::modbus::Rtu;
    /// weighing indicators with registers, Modbus TCP
    ModbusTcp = "modbus-tcp", [Weighbridge], Frames, weighbridge::modbus::Decoder<true>,
        set by [address, modbus, poll_ms, answer_ms, tries, again_ms], asked by weighbridge::modbus::Tcp;
    /// Tenso-M indicators, binary protocol "tEnSo"
    TensoM = "tenso-m", [Weighbridge], Frames, weighbridge::tenso::Decoder,
        set by [address, checksum, poll_ms, answer_ms, tries, again_ms], asked by weighbridge::tenso::Master;
    /// Tenso-M indicators, text protocol 6.43
    TensoM643 = "tenso-m-643", [Weighbridge], Frames, weighbridge::tenso643::Decoder,
        set by [address, status_confirmed, poll_ms, answer_ms, tries, again_ms], asked by weighbridge::tenso643::Master;
    /// Yaohua XK3190 indicators, text with `=` and reversed digits
    Xk3190Text = "xk3190-text", [Weighbridge], Frames, weighbridge::xk3190_text::Decoder, set by [equals_last];
    /// Yaohua XK3190 indicators, command mode
    Xk3190Command = "xk3190-command", [Weighbridge], Frames, weighbridge::xk3190_command::Decoder,
        set by [address, poll_ms, answer_ms, tries, again_ms], asked by weighbridge::xk3190_command::Master;
    /// Yaohua XK3190-A12(E) indicators, text lines
    Xk3190A12 = "xk3190-a12", [Weighbridge], Lines, weighbridge::xk3190_a12::Decoder;
    /// continuous output of Mettler-Toledo and its imitators
    Toledo = "toledo", [Weighbridge], Frames, weighbridge::toledo::Decoder, set by [checksum];
    /// Mettler-Toledo MT-SICS, levels 0 and 1
    MtSics = "mt-sics", [Weighbridge], Lines, weighbridge::sics::Decoder,
        set by [poll_ms, answer_ms, tries, again_ms], asked by weighbridge::sics::Master;
    /// protocol of the Scale Manufacturers Association
    Sma = "sma", [Weighbridge], Frames, weighbridge::sma::Decoder,
        set by [poll_ms, answer_ms, tries, again_ms], asked by weighbridge::sma::Master;
    /// NCI scales, and the ECR variant
    Nci = "nci", [Weighbridge], Frames, weighbridge::nci::Decoder,
        set by [status_confirmed, poll_ms, answer_ms, tries, again_ms], asked by weighbridge::nci::Master;
    /// Toledo 8217 scales
    Toledo8217 = "toledo-8217", [Weighbridge], Frames, weighbridge::toledo8217::Decoder,
        set by [poll_ms, answer_ms, tries, again_ms], asked by weighbridge::toledo8217::Master;
    /// Rinstrum indicators, FMT_1 and FMT_2
    Rinstrum = "rinstrum", [Weighbridge], Frames, weighbridge::rinstrum::Decoder;
    /// Rice Lake indicators, stream
    RiceLake = "rice-lake", [Weighbridge], Frames, weighbridge::rice_lake::Decoder;
    /// Cardinal indicators
    Cardinal = "cardinal", [Weighbridge], Frames, weighbridge::cardinal::Decoder;
    /// Cooperativa Bilanciai, short string Cb
    Bilanciai = "bilanciai", [Weighbridge], Frames, weighbridge::bilanciai::Decoder, set by [decimals];
    /// Flintec indicators, command protocol BSI
    FlintecBsi = "flintec-bsi", [Weighbridge], Lines, weighbridge::flintec::Decoder,
        set by [address, checksum, poll_ms, answer_ms, tries, again_ms], asked by weighbridge::flintec::Master;
    /// navigation seals Jointech JT600/JT701, text form
    JointechText = "jointech-text", [Seal], Frames, seal::jointech::text::Decoder,
        answered by Answering<seal::jointech::text::Decoder>;
    /// navigation seals Jointech JT600/JT701, text and binary form over one link
    Jointech = "jointech", [Seal], Frames, seal::jointech::Decoder, set by [status_bits],
        answered by Answering<seal::jointech::Decoder>;
    /// terminals and gateways that speak EGTS (GOST R 54619, GOST 33472)
    Egts = "egts", [Seal], Frames, seal::egts::Decoder, set by [seal_loop],
        answered by Answering<seal::egts::Decoder>;
    /// readers of UHF tags that speak LLRP 1.0.1 or 1.1
    Llrp = "llrp", [Seal], Frames, seal::llrp::Decoder, set by [answer_ms, hold_ms, keepalive_ms, tamper_chip],
        asked by seal::llrp::Reader;
    /// serial readers of UHF tags, UHFReader18 family
    UhfReader18 = "uhfreader18", [Seal], Frames, seal::uhfreader18::Decoder,
        set by [address, poll_ms, answer_ms, tries, again_ms, hold_ms], asked by seal::uhfreader18::Reader;
    /// serial modules that read UHF tags, M100 / JRD-4035
    M100 = "m100", [Seal], Frames, seal::m100::Decoder,
        set by [poll_ms, answer_ms, tries, again_ms, hold_ms], asked by seal::m100::Reader;
    /// plate cameras of Hikvision, ISAPI event documents
    HikvisionAnpr = "hikvision-anpr", [Plate], Documents, plate::hikvision::Decoder;
    /// plate cameras with the JSON of OpenALPR
    Openalpr = "openalpr", [Plate], Lines, plate::openalpr::Decoder;
    /// hand-held barcode readers on a serial line
    Barcode = "barcode", [Scanner], Lines, scanner::barcode::Decoder,
        set by [terminator, prefix, suffix, group_separator, pause_ms, seals];
    /// readers of passports, identity cards and visas (machine readable zone)
    Mrz = "mrz", [Scanner], Lines, scanner::mrz::Decoder;
    /// results of X-ray inspections, our own documented contract
    Xray = "xray", [Scanner], Lines, scanner::xray::Decoder;
    /// our own documented contract for seals, plates and weighings
    Json = "json", [Weighbridge, Seal, Plate], Lines, json::Decoder;
}

/// A family of devices: readings of one family look alike whatever the dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Radiation portals.
    Portal,
    /// Weighbridges.
    Weighbridge,
    /// Seals, and readers of seals.
    Seal,
    /// Plate cameras.
    Plate,
    /// Readers of barcodes and documents, and X-ray systems.
    Scanner,
}

/// What a device said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// A line or the state of a radiation portal.
    Portal(portal::Record),
    /// A frame of a weighing indicator.
    Weight(weighbridge::Weighing),
    /// A vehicle that a weigh-in-motion station weighed while it drove by.
    Passage(weighbridge::Passage),
    /// A message of a seal.
    Seal(seal::Message),
    /// What a reader of seals says about itself.
    SealReader(seal::ReaderMessage),
    /// A message of a plate camera.
    Plate(plate::CameraMessage),
    /// What a scanner read or handed over.
    Scan(scanner::Scan),
}

impl Decoder {
    /// Takes in bytes of a stream (serial line, TCP) and tells what they complete, in order.
    ///
    /// The instant of a reading is the arrival of the bytes that complete it, so the caller has it.
    pub fn decode(&mut self, bytes: &[u8]) -> Vec<Item> {
        let mut out = Vec::new();
        self.decode_into(bytes, &mut out);
        out
    }

    /// As [`Decoder::decode`], into a vector that the caller uses again.
    pub fn decode_into(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.codec().push(bytes, out);
    }

    /// Decodes one message of a transport that keeps messages apart (an MQTT payload, an HTTP body). Nothing is continued in the next.
    pub fn document(&mut self, message: &[u8]) -> Vec<Item> {
        let mut out = Vec::new();
        self.codec().document(message, &mut out);
        out
    }

    /// How long a silence ends what is held, of devices that end what they say with nothing else.
    pub fn pause(&mut self) -> Option<core::time::Duration> {
        self.codec()
            .pause_ms()
            .map(|pause_ms| core::time::Duration::from_millis(u64::from(pause_ms)))
    }

    /// Nothing came for [`Decoder::pause`]: tells what is thereby complete.
    pub fn paused(&mut self) -> Vec<Item> {
        let mut out = Vec::new();
        self.codec().paused(&mut out);
        out
    }

    /// Begins a new session: after the link was opened anew, or at the end of a file. Tells the unfinished frame that is given up, so that
    /// bytes of two sessions are never joined.
    pub fn reset(&mut self) -> Option<Fault> {
        self.codec().cut()
    }
}

impl Family {
    /// Every family.
    pub const ALL: [Family; 5] =
        [Family::Portal, Family::Weighbridge, Family::Seal, Family::Plate, Family::Scanner];

    /// The name in configuration files and commands.
    pub fn name(self) -> &'static str {
        match self {
            Family::Portal => "portal",
            Family::Weighbridge => "weighbridge",
            Family::Seal => "seal",
            Family::Plate => "plate",
            Family::Scanner => "scanner",
        }
    }
}

impl Reading {
    /// The family that speaks so.
    pub fn family(&self) -> Family {
        match self {
            Reading::Portal(_) => Family::Portal,
            Reading::Weight(_) | Reading::Passage(_) => Family::Weighbridge,
            Reading::Seal(_) | Reading::SealReader(_) => Family::Seal,
            Reading::Plate(_) => Family::Plate,
            Reading::Scan(_) => Family::Scanner,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownDialect;

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Dialect, UnknownDialect> {
        Dialect::ALL.iter().copied().find(|dialect| dialect.name() == name).ok_or(UnknownDialect)
    }
}

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown dialect; known are")?;
        for (index, dialect) in Dialect::ALL.iter().enumerate() {
            write!(f, "{} {dialect}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownDialect {}

impl Serialize for Dialect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Dialect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Dialect, D::Error> {
        let name = alloc::string::String::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}
