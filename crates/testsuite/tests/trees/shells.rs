//! Shells and the small tools that start processes.

use super::{LONG_LINES, program};
use clew_testsuite::program::Program;

#[rustfmt::skip]
pub fn programs() -> Vec<Program> {
    let bash = |name, script: &str| program(name, &["/bin/bash", &format!("{{src}}/shell/{script}"), "@tree", "@small"]);
    // A session of its own: with a terminal, job control would stop a shell in the background.
    let session = |name, shell, script: &str| program(name, &["/usr/bin/setsid", "-w", shell, &format!("{{src}}/shell/{script}")]);
    vec![
        bash("bash_pipes", "pipes.sh").tree(45),
        bash("bash_subshells", "subshells.sh").tree(32),
        bash("bash_traps", "traps.sh").tree(20).exits(6),
        session("bash_jobs", "/bin/bash", "jobs.sh").tree(25),
        bash("bash_parallel", "parallel.sh").tree(50),
        bash("processes", "processes.sh").tree(70),
        session("dash", "/bin/dash", "dash.sh").tree(25).exits(5),
        program("bash_long_pipe", &["/bin/bash", "-c", LONG_LINES]).stdin(clew_testsuite::data::log_lines(3_000_000)).tree(8),
        program("bash_exec_tail", &["/bin/bash", "-c", "(exec /bin/echo one); exec /bin/sh -c 'echo two; exec /bin/echo three'"]).tree(2),
        program("bash_background_writer", &["/bin/bash", "-c", "(sleep 0.3; echo late) & echo early"]).tree(3),
        program("bash_many", &["/bin/bash", "-c", "for i in {1..100}; do (exit $((i % 3))) || ((n++)); done; echo $n"]).tree(101),
        program("bash_background_many", &["/bin/bash", "-c", "for i in {1..40}; do (exit $((i % 7))) & pids+=($!); done; s=0; for p in ${pids[@]}; do wait $p; ((s += $?)); done; echo $s"]).tree(41),
        program("bash_fork_deep", &["/bin/bash", "-c", "f() { ((${#1} > 24)) && { echo $1; return; }; (f x$1); }; f"]).tree(26),
        program("setpriv", &["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/bin/sh", "-c", "id -u; /bin/echo done"]).tree(3).root(),
    ]
}
