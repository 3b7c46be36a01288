//! The codecs in a program without std: a controller beside a device.
//!
//! It says what happens when something panics, which std would say as well: if anything below it were built with std, the compiler would refuse the second
//! answer (`duplicate lang item`), on every machine and for every target. It holds every decoder and every conversation, so that none is left out.
#![no_std]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;

use firmware_protocols::{Conversation, Decoder, Dialect, Item, Settings};

/// What a device of this dialect said.
#[must_use]
pub fn heard(dialect: Dialect, settings: &Settings, bytes: &[u8]) -> Vec<Item> {
    Decoder::with(dialect, settings).decode(bytes)
}

/// Who speaks with a device of this dialect, if it is not only heard.
#[must_use]
pub fn asker(dialect: Dialect, settings: &Settings) -> Option<Box<dyn Conversation>> {
    dialect.asker(settings)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
