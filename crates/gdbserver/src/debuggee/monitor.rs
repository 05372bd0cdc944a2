//! `monitor …`: the server's half of the commands.

use gdbstub::target::ext::monitor_cmd::{ConsoleOutput, MonitorCmd};

use super::Debuggee;
use crate::commands;
use crate::session::Session;

impl<S: Session> MonitorCmd for Debuggee<S> {
    fn handle_monitor_cmd(
        &mut self,
        command: &[u8],
        mut out: ConsoleOutput<'_>,
    ) -> Result<(), Self::Error> {
        let command = String::from_utf8_lossy(command).into_owned();
        let text = commands::monitor(self, &command).unwrap_or_else(|e| format!("clew: {e}\n"));
        // gdb reads each packet into a buffer of its own size.
        for piece in text.as_bytes().chunks(crate::packets::frame::MAX_PACKET / 4) {
            out.write_raw(piece);
            out.flush();
        }
        Ok(())
    }
}
