//! A hunt as a JUnit report: a test case for each failure, or one that passed.

use std::fmt::Write as _;
use std::io::{self, Write};

use clew_hunt::{How, Options, Summary};

use super::{Finding, next, report};
use crate::text;

pub fn write(
    out: &mut impl Write,
    options: &Options,
    summary: &Summary,
    findings: &[Finding],
) -> io::Result<()> {
    let argv: Vec<_> =
        options.argv.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let command = text::command_line(&argv);
    let seconds = summary.progress.elapsed.as_secs_f64();
    let (tests, failures) = (findings.len().max(1), findings.len());
    let counts = format!(r#"tests="{tests}" failures="{failures}" errors="0" time="{seconds:.3}""#);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"clew until-fail\" {counts}>\n  \
         <testsuite name={} {counts} skipped=\"0\">\n",
        quoted(&command)
    );
    text.push_str(&properties(options, summary));
    for finding in findings {
        case(&mut text, options, &command, finding);
    }
    if findings.is_empty() {
        let name = quoted(&format!("{command} ({} runs)", summary.progress.runs));
        let _ = writeln!(
            text,
            r#"    <testcase classname="until-fail" name={name} time="{seconds:.3}"/>"#
        );
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    out.write_all(text.as_bytes())
}

fn properties(options: &Options, summary: &Summary) -> String {
    let all = [
        ("runs", summary.progress.runs.to_string()),
        ("failed", summary.progress.failed.to_string()),
        ("seed", options.seed.to_string()),
    ];
    let mut text = "    <properties>\n".to_owned();
    for (name, value) in all {
        let _ = writeln!(text, r#"      <property name="{name}" value={}/>"#, quoted(&value));
    }
    text + "    </properties>\n"
}

fn case(text: &mut String, options: &Options, command: &str, finding: &Finding) {
    let failure = &finding.failure;
    let name = quoted(&format!("{command} (run {})", failure.run));
    let seconds = failure.elapsed.as_secs_f64();
    let _ =
        writeln!(text, r#"    <testcase classname="until-fail" name={name} time="{seconds:.3}">"#);
    let kind = match failure.how {
        How::Exited(_) => "exit code",
        How::Signaled(_) => "signal",
        How::Hung => "time-out",
    };
    let hung = failure.how == How::Hung;
    let place = finding.processes.first().and_then(|process| process.place()).filter(|_| !hung);
    let place = place.map(|frame| format!(" in {}", frame.describe())).unwrap_or_default();
    let message = quoted(&format!("{}{place}", report::how(finding)));
    let mut body: String =
        finding.processes.iter().map(|process| report::of_process(process, hung)).collect();
    for (command, purpose) in next::commands(options, finding) {
        let _ = writeln!(body, "\n{command}\n    {purpose}");
    }
    let _ = writeln!(
        text,
        "      <failure type=\"{kind}\" message={message}>{}</failure>",
        escaped(&body)
    );
    let output = escaped(&String::from_utf8_lossy(&failure.output));
    let _ = writeln!(text, "      <system-out>{output}</system-out>\n    </testcase>");
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text).replace('\n', "&#10;"))
}

/// What XML 1.0 cannot hold at all becomes a replacement character.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_xml_cannot_hold() {
        assert_eq!(escaped("a<b>&\"c\"\x1b[1m\n"), "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd}[1m\n");
        assert_eq!(quoted("a\nb"), "\"a&#10;b\"");
    }
}
