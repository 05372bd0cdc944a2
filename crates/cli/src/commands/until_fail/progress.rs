//! The line on a terminal while a hunt goes on.

use clew_hunt::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::text;

/// How often it is drawn, in a second.
const RATE: u8 = 8;

/// Nothing where stderr is no terminal.
pub struct Line(ProgressBar);

impl Line {
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(RATE));
        let style = ProgressStyle::with_template("clew: {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(bar)
    }

    pub fn show(&self, progress: &Progress) {
        if !self.0.is_hidden() {
            self.0.set_message(describe(progress));
            self.0.tick();
        }
    }

    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

fn describe(progress: &Progress) -> String {
    let Progress { total, runs, failed, elapsed } = *progress;
    let seconds = elapsed.as_secs_f64();
    let rate = runs as f64 / seconds.max(1e-3);
    let failures = match failed {
        0 => "no failure".into(),
        1 => "1 failure".into(),
        n => format!("{n} failures"),
    };
    let left = match runs {
        0 => String::new(),
        _ => format!(", at most {} to go", text::seconds((total - runs.min(total)) as f64 / rate)),
    };
    format!("{runs}/{total} runs, {failures}, {rate:.1}/s, {}{left}", text::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn tells_rate_and_time_left() {
        let elapsed = Duration::from_secs(4);
        let text = describe(&Progress { total: 100, runs: 20, failed: 1, elapsed });
        assert_eq!(text, "20/100 runs, 1 failure, 5.0/s, 4.00 s, at most 16.00 s to go");
    }
}
