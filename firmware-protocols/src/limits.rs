//! Every bound of this crate, in one place, with what it was taken from.
//!
//! A limit is there so that a broken or hostile device costs a bounded amount of memory and work. None of them is a property of a
//! device: a frame that a documented device can send is always shorter.

/// The longest portal line without its terminator. Base records have 30 characters (every one of 77 888 lines of a day's
/// recording); the longest extended record seen has 52, the longest daily-file line 84.
pub const PORTAL_LINE_BYTES: usize = 128;

/// The longest weighing line without its terminator. The longest documented comma string has 20 characters (CAS CI-400 manual,
/// p. 103).
pub const WEIGHING_LINE_BYTES: usize = 256;

/// The longest binary frame of a Tenso-M indicator with its marks: a body of 64 bytes, each of which could be stuffed.
pub const TENSO_FRAME_BYTES: usize = 132;

/// The most axles of one vehicle. Road trains on public roads have up to a dozen; heavy transports somewhat more.
pub const AXLES: usize = 32;

/// The most remarks of a weighing station about one vehicle, or about one axle.
pub const REMARKS: usize = 16;

/// The longest seal message in round brackets. The longest public test vector has 131 characters.
pub const SEAL_MESSAGE_BYTES: usize = 512;

/// The most comma-separated fields of a seal message. The longest public test vector has 22.
pub const SEAL_FIELDS: usize = 64;

/// The longest binary message of a Jointech seal: the most that fits the fifteen places of the longest public test vector, with room.
pub const SEAL_FRAME_BYTES: usize = 512;

/// The longest number of a mechanical seal that is taken from a barcode. Numbers seen have up to 20 characters.
pub const SEAL_NUMBER_CHARS: usize = 40;

/// The most answers that wait to be sent to a seal, and the most identifiers of a tag reader's questions; a seal that gets no answer repeats its message.
pub const SEAL_ANSWERS: usize = 64;

/// The most tags that a reader's conversation remembers at a time; one more, and the one that was seen longest ago is told as gone.
pub const TAGS_IN_SIGHT: usize = 512;

/// The largest report of an LLRP reader: some ten thousand tags.
pub const LLRP_REPORT_BYTES: usize = 1024 * 1024;

/// The largest other message of an LLRP reader. The capabilities of the recorded one have 720 bytes.
pub const LLRP_MESSAGE_BYTES: usize = 64 * 1024;

/// The most data of a frame of an M100 module: a tag has 67 bytes at most, a memory that is read 256.
pub const TAG_MODULE_BYTES: usize = 256;

/// The largest ANPR document, pictures apart, and the largest JSON document.
pub const DOCUMENT_BYTES: usize = 256 * 1024;

/// The deepest nesting of an ANPR or JSON document. The camera schema uses 5.
pub const DOCUMENT_DEPTH: usize = 16;

/// The most XML nodes of an ANPR document; the sample has 60.
pub const DOCUMENT_NODES: u32 = 8192;

/// The most attributes of one XML element. N42.42 gives an element up to eight.
pub const XML_ATTRIBUTES: usize = 64;

/// The most XML namespaces in force at one place. Devices declare one or two, at the root.
pub const XML_NAMESPACES: usize = 64;

/// The most pictures listed by one ANPR document; more are counted as a fault of the document.
pub const PICTURES: usize = 32;

/// The most parts of what a camera posts: its document and its pictures.
pub const PARTS: usize = PICTURES + 1;

/// The largest part: a picture of a camera of eight million pixels has about 2 MB.
pub const PART_BYTES: usize = 4 * 1024 * 1024;

/// The longest head of a part. Three headers and their names have some 300 bytes.
pub const PART_HEAD_BYTES: usize = 4096;

/// The most bytes of a fault that are kept with it.
pub const EXCERPT_BYTES: usize = 64;

/// The longest run of bytes outside any frame that is told as one fault; a longer one is told in pieces of this size.
pub const NOISE_BYTES: usize = 256;

/// The longest text field that is taken from a document or a message into a reading.
pub const TEXT_CHARS: usize = 256;

/// The longest barcode without its end: the largest QR code holds 7089 digits or 2953 bytes, a reader may chain several.
pub const SCAN_BYTES: usize = 64 * 1024;

/// The longest line of a machine readable zone without its terminator; 90 characters are a whole card in one line.
pub const MRZ_LINE_BYTES: usize = 128;

/// The most elements of a GS1 code: the longest code of 90 characters of values has fewer than 30.
pub const GS1_ELEMENTS: usize = 32;

/// The most claims about one code, and the most containers of one inspection.
pub const CLAIMS: usize = 16;

/// The most regions of one conclusion about an image.
pub const REGIONS: usize = 64;

/// The longest address of a file.
pub const URI_CHARS: usize = 1024;

/// The largest payload of Sparkplug.
pub const SPARKPLUG_BYTES: usize = 256 * 1024;

/// The most metrics of one payload of Sparkplug.
pub const SPARKPLUG_METRICS: usize = 4096;

/// The longest text or run of bytes in a metric of Sparkplug.
pub const SPARKPLUG_TEXT_BYTES: usize = 64 * 1024;

/// The most messages of one Sparkplug node that wait for a missing one: with their bytes at most 16 MiB.
///
/// Beside them a host holds for each device that a site names, and for no other, what its last birth said: an alias for each of at most
/// [`SPARKPLUG_METRICS`] metrics, and type and value of those that the site names, none longer than [`SPARKPLUG_TEXT_BYTES`].
pub const SPARKPLUG_EARLY: usize = 32;

/// The most names (nuclides, faults) that are taken from one state of a portal. Devices tell a handful.
pub const PORTAL_NAMES: usize = 32;

/// The largest N42 file that is read. A portal file of 2006 with spectra of 0.25 s has 3.4 MB.
pub const N42_BYTES: usize = 16 * 1024 * 1024;

/// The most XML nodes of an N42 file: an element takes some sixty bytes while it is read.
pub const N42_NODES: u32 = 400_000;

/// The deepest nesting of an N42 file. The schema's own examples use 8.
pub const N42_DEPTH: usize = 32;

/// The most measurements of an N42 file: the longest occupancy of a day's recording has 111 gamma and 22 neutron intervals.
pub const N42_MEASUREMENTS: usize = 20_000;

/// The most numbers of one list in an N42 file: spectra have up to 16 384 channels.
pub const N42_CHANNELS: usize = 65_536;

/// The most remarks that are made about one N42 file.
pub const N42_REMARKS: usize = 64;

/// The most intervals of each kind that are kept of one occupancy for export: half an hour of a vehicle that stands in the portal.
pub const OCCUPANCY_LINES: usize = 9_000;

/// The longest document of a portal that sends one each second. Two spectra of 1024 and 256 channels make 10 kB.
pub const PORTAL_DOCUMENT_BYTES: usize = 256 * 1024;

/// The longest frame of the Kromek D5 between its marks, escapes included: a spectrum of 4096 channels is 8 253 bytes before them.
pub const SLIP_FRAME_BYTES: usize = 2 * 8_253 + 2;

/// The longest line of a spectroscopic daily file without its terminator: 4096 channels of up to seven characters, and a comma each.
pub const SPECTRUM_LINE_BYTES: usize = 64 * 1024;
/// The most bytes that are looked at to recognise a dialect: five seconds at 115 200 baud.
pub const RECOGNISE_BYTES: usize = 64 * 1024;

/// The most plates of one picture of a camera.
pub const PLATES: usize = 32;
