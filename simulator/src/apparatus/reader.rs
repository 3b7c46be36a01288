//! Readers of tags: what is in their field is the same for all, how they say it is not.

mod field;
mod llrp;
mod m100;
mod uhfreader18;

pub(super) use llrp::Llrp;
pub(super) use m100::M100;
pub(super) use uhfreader18::UhfReader18;
