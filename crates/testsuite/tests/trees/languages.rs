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
        python("python_multiprocessing_fork", "processes.py", &["fork"]).tree(20).first_writes(),
        python("python_multiprocessing_spawn", "processes.py", &["spawn"]).tree(15).first_writes().ignored("starts an interpreter 20 times"),
        python("python_asyncio", "asynchronous.py", &[]).tree(10).first_writes(),
        // What follows a fork replays the parent up to it, interpreter's start and all.
        python("python_children", "children.py", &[]).tree(40).ignored("replays an interpreter's start 50 times"),
        program("python_subprocess", &["/usr/bin/python3", "-B", "-c", SUBPROCESS]).tree(5).first_writes(),
        program("python_fork", &["/usr/bin/python3", "-B", "-c", FORK]).tree(4),
        python("python_futures", "futures.py", &[]).tree(3).first_writes(),
        python("python_network", "network.py", &[]).tree(7).first_writes(),
        python("python_terminal", "terminal.py", &[]).tree(7).unaccounted(),
        node("node_timers", "timers.js", &[]).nondeterministic(),
        node("node_workers", "workers.js", &[]),
        node("node_http", "http.js", &[]),
        node("node_children", "children.js", &[]).tree(18).exits(4).ignored("replays an engine's start 20 times"),
        program("node_spawn", &["/usr/bin/node", "-e", SPAWN]).tree(4).first_writes(),
        node("node_cluster", "children.js", &["cluster"]).tree(3).first_writes().ignored("starts three engines"),
        run("perl", ["perl", "tree.pl"]).tree(14),
        run("ruby", ["ruby", "tree.rb"]).tree(12),
        run("lua", ["lua5.3", "tree.lua"]).tree(13).needs(&["/usr/share/lua/5.3/posix"]),
        run("tcl", ["tclsh", "tree.tcl"]).tree(8),
        run("expect", ["expect", "tree.exp"]).tree(8).first_writes(),
    ]
}

const SUBPROCESS: &str = "
import subprocess
print(subprocess.run(['/bin/cat'], input=b'x' * 200000, stdout=subprocess.PIPE).stdout.count(b'x'))
print(subprocess.run('echo out; echo err >&2; exit 3', shell=True, capture_output=True))
a = subprocess.Popen(['/usr/bin/seq', '1000'], stdout=subprocess.PIPE)
b = subprocess.Popen(['/usr/bin/sort', '-r'], stdin=a.stdout, stdout=subprocess.PIPE)
a.stdout.close()
print(len(b.communicate()[0]), a.wait(), b.returncode)
p = subprocess.Popen(['/bin/sleep', '100']); p.terminate(); print(p.wait())
";

const FORK: &str = "
import os, signal, threading
signal.signal(signal.SIGCHLD, lambda *a: None)
children = []
for n in range(3):
    if (pid := os.fork()) == 0:
        t = threading.Thread(target=os.write, args=(1, b'child\\n')); t.start(); t.join()
        os._exit(n)
    children.append(pid)
print([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children])
";

const SPAWN: &str = "
const { spawn, execFileSync } = require('child_process');
console.log(execFileSync('/bin/echo', ['synchronous']).toString());
const sort = spawn('/usr/bin/sort', ['-n']); let text = '';
sort.stdout.on('data', d => text += d); sort.stdin.end('3\\n1\\n2\\n');
sort.on('close', code => { console.log(code, JSON.stringify(text));
  const p = spawn('/bin/sleep', ['100']); p.on('exit', (c, s) => console.log(s)); p.kill(); });
";
