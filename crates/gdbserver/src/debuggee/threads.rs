//! The process's tasks.

use clew_timeline::Task;

use super::Debuggee;
use crate::session::Session;

impl<S: Session> Debuggee<S> {
    /// All tasks, by number.
    pub fn tasks(&mut self) -> Vec<Task> {
        let mut tasks = self.session.tasks().unwrap_or_else(|e| {
            self.say(e);
            Vec::new()
        });
        // gdb must not lose the thread that it was told about.
        let here = self.session.here().tid;
        if !tasks.iter().any(|task| task.tid == here) {
            tasks.push(Task { tid: here, pid: self.session.pid(), name: String::new() });
        }
        tasks.sort_by_key(|task| task.tid);
        tasks
    }

    pub fn tasks_running_first(&mut self) -> Vec<Task> {
        let here = self.session.here().tid;
        let mut tasks = self.tasks();
        tasks.sort_by_key(|task| task.tid != here);
        tasks
    }
}
