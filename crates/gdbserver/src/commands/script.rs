//! The commands as a script for gdb.

use std::fmt::Write as _;

use super::{ALL, Command};

/// What commands share. `clew-arrive` moves gdb, which the server turns into the leap.
const ARRIVE: Command = Command {
    name: "clew-arrive",
    help: "Makes the leap that a command of clew's prepared.",
    script: "stepi",
};

/// Better versions, where gdb has Python.
const PYTHON: &str = r#"
if !$_isvoid($_streq)
python
def clew_where():
    frame = gdb.selected_frame()
    where = frame.name() or hex(frame.pc())
    line = frame.find_sal()
    if line.symtab is not None:
        where += " () at %s:%d" % (line.symtab.filename, line.line)
    return where

class ClewLastWrite(gdb.Command):
    __doc__ = gdb.execute("help last-write", False, True).strip()
    def __init__(self):
        super().__init__("last-write", gdb.COMMAND_RUNNING, gdb.COMPLETE_EXPRESSION)
    def invoke(self, text, from_tty):
        self.dont_repeat()
        if not text:
            raise gdb.GdbError("Usage: last-write EXPRESSION")
        value = gdb.parse_and_eval(text)
        if value.address is None:
            raise gdb.GdbError("%s is not in memory" % text)
        gdb.execute("monitor jump last-write %d %d" % (int(value.address), value.type.sizeof))
        gdb.execute("clew-arrive")

ClewLastWrite()
end
set $_clew_where = 1
end
"#;

/// Some names are gdb's own; it must not ask whether we mean it.
const BEGINNING: &str = "\
# Commands of clew. See `help user-defined`.
set $_clew_confirm = $_gdb_setting(\"confirm\")
set confirm off
";

const END: &str = "\
if $_clew_confirm
  set confirm on
end
";

/// The whole script.
pub fn text() -> String {
    let mut text = String::from(BEGINNING);
    for command in [&ARRIVE].into_iter().chain(ALL) {
        let Command { name, help, script } = command;
        let _ = write!(text, "define {name}\n{script}\nend\ndocument {name}\n{help}\nend\n");
    }
    text.push_str(PYTHON);
    text.push_str(END);
    text
}
