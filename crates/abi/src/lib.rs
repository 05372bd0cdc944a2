//! What the engine inside the guest and the supervisor outside it agree on.
//!
//! Nothing here does any work: addresses ([`layout`]), descriptors and start-up orders
//! ([`orders`]), the event records of a trace ([`record`]) and the messages on the control socket
//! ([`control`]); what chaos is to be made ([`chaos`]). The crate is `no_std` and has no dependencies, so both sides can use it.
#![no_std]
#![forbid(unsafe_code)]

pub mod chaos;
pub mod control;
pub mod debug;
pub mod hash;
pub mod layout;
pub mod orders;
pub mod record;
pub mod script;
