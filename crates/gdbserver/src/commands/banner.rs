//! Where one stands, for the beginning of a session.

use crate::debuggee::Debuggee;
use crate::session::Session;

pub fn answer<S: Session>(debuggee: &Debuggee<S>) -> String {
    let here = debuggee.session.here();
    let (event, tick) = (here.position.event, here.position.tick);
    format!("clew: {}\nclew: at event {event}, tick {tick}, thread {}\n", debuggee.banner, here.tid)
}
