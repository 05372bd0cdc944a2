//! Interpreters with threads, forks, event loops and children: python, node, perl, ruby, lua, tcl.

use clew_testsuite::program::Program;

use super::program;

#[rustfmt::skip]
pub fn programs() -> Vec<Program> {
    let python = |name, script: &str, words: &[&str]| {
        let script = format!("{{src}}/python/{script}");
        program(name, &[&["/usr/bin/python3", "-B", &script], words].concat())
    };
    let node = |name, script: &str, words: &[&str]| {
        let script = format!("{{src}}/node/{script}");
        program(name, &[&["/usr/bin/node", &script], words].concat())
    };
    let run = |name, words: [&str; 2]| program(name, &[&format!("/usr/bin/{}", words[0]), &format!("{{src}}/languages/{}", words[1])]);
    vec![
        python("python_threads", "threads.py", &[]),
        python("python_multiprocessing_fork", "processes.py", &["fork"]).tree(18).first_writes(),
        python("python_multiprocessing_spawn", "processes.py", &["spawn"]).tree(18).first_writes().ignored("starts an interpreter 20 times"),
        python("python_asyncio", "asynchronous.py", &[]).tree(9).first_writes(),
        python("python_children", "children.py", &[]).tree(60),
        python("python_futures", "futures.py", &[]).tree(3).first_writes(),
        python("python_network", "network.py", &[]).tree(7).first_writes(),
        python("python_terminal", "terminal.py", &[]).tree(7).unaccounted(),
        node("node_timers", "timers.js", &[]),
        node("node_workers", "workers.js", &[]),
        node("node_http", "http.js", &[]),
        node("node_children", "children.js", &[]).tree(18).exits(4),
        node("node_cluster", "children.js", &["cluster"]).tree(3).first_writes().ignored("starts three engines"),
        run("perl", ["perl", "tree.pl"]).tree(12),
        run("ruby", ["ruby", "tree.rb"]).tree(10),
        run("lua", ["lua5.3", "tree.lua"]).tree(10).needs(&["/usr/share/lua/5.3/posix"]),
        run("tcl", ["tclsh", "tree.tcl"]).tree(7),
        run("expect", ["expect", "tree.exp"]).tree(4).first_writes(),
    ]
}
