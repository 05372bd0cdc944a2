//! OpenSSL's tests: Perl that runs its programs hundreds of times, servers and clients on sockets, threads,
//! and ciphers in instructions of their own.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clew_testsuite::process::{Outcome, excerpt};
use clew_testsuite::transparency::{self, Limits, PASSED, Results};

use super::suite::{Case, LONG, Suite, by_name, files, reason};
use super::{Runner, sources};

#[derive(Default)]
pub struct Openssl {
    /// Its sources, with what was built of them in `build`.
    tree: PathBuf,
}

const BUILD: &str = "mkdir -p build && cd build && ../config && make -s build_sw && touch built";

/// What takes half a minute or more natively on a busy machine, and does the same again and again.
const LEFT_OUT: &[(&str, &str)] = &[
    ("15-test_dsaparam", "looks whether large numbers are prime"),
    ("15-test_ecparam", "several processes for each of many files"),
    ("15-test_genec", "a process for each curve and format"),
    ("15-test_mp_rsa", "searches for primes"),
    ("20-test_dhparam_check", "looks whether large numbers are prime"),
    ("20-test_enc", "four processes for each cipher"),
    ("20-test_enc_more", "two processes for each cipher"),
    ("90-test_store", "a process for each of hundreds of files"),
];

impl Suite for Openssl {
    fn prepare(&mut self, runner: &Runner) -> Result<()> {
        let dir = sources::of("openssl")?;
        sources::built(&dir, "build/built", BUILD, "gcc, make, perl")?;
        self.tree = sources::copied_tree(&dir, &runner.dir)?;
        Ok(())
    }

    /// Its recipes. One of them only prepares what others need of FIPS, which is not built.
    fn names(&self) -> Result<Vec<String>> {
        let mut names = files(&self.tree.join("test/recipes"), ".t")?;
        names.retain(|name| !name.starts_with("00-prep"));
        Ok(names)
    }

    /// A recipe, as its `run_tests.pl` runs it.
    fn case(&self, name: &str, runner: &Runner) -> Result<Case> {
        let path = |of: &str| self.tree.join(of).to_string_lossy().into_owned();
        let argv = ["perl".into(), "-w".into(), path(&format!("test/recipes/{name}.t"))];
        let mut subject = transparency::subject(argv.to_vec(), runner.user);
        let paths = [
            ("SRCTOP", ""),
            ("BLDTOP", "build"),
            ("PERL5LIB", "util/perl"),
            ("OPENSSL_CONF", "apps/openssl.cnf"),
            ("OPENSSL_CONF_INCLUDE", "build/test"),
            ("OPENSSL_MODULES", "build/providers"),
            ("OPENSSL_ENGINES", "build/engines"),
            ("CTLOG_FILE", "test/ct/log_list.cnf"),
        ];
        subject.env = paths.map(|(name, of)| (name.to_string(), path(of))).to_vec();
        // Some recipes go through a hash, whose order is another in each run, and count its tests.
        let more = [("PERL", "perl"), ("PERL_HASH_SEED", "0"), ("RESULT_D", ".")];
        subject.env.extend(more.map(|(name, value)| (name.to_string(), value.to_string())));
        Ok(Case { subject, left_out: reason(LEFT_OUT, name) })
    }

    fn results(&self, outcome: &Outcome, _: &Path) -> Result<Results, String> {
        let text = String::from_utf8_lossy(&outcome.stdout);
        let results = by_name(text.lines().filter_map(result));
        match results.is_empty() && outcome.code() != 0 {
            true => Err(format!("it exits {}: {}", outcome.code(), excerpt(&outcome.stderr))),
            false => Ok(Some(results)),
        }
    }

    fn limits(&self) -> Limits {
        LONG
    }
}

/// A line of TAP: `ok 7 - name`, `not ok 7 - name`, perhaps `# SKIP why` behind it; indented if it is part
/// of another test. The number belongs to the name, as some tests have none.
fn result(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let (rest, result) = match line.strip_prefix("not ") {
        Some(rest) => (rest, "failed"),
        None => (line, PASSED),
    };
    let rest =
        rest.strip_prefix("ok ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))?;
    let (name, remark) = rest.split_once(" # ").unwrap_or((rest, ""));
    let skipped = remark.to_ascii_lowercase().starts_with("skip");
    Some((name, if skipped { "skipped" } else { result }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_results() {
        let printed = "1..3\n    # Subtest: sub\n    1..2\n        ok 1 - iteration 1\n    \
            ok 2 - b # skipped\nok 1 - running x\nok 2\nnot ok 3 - c\n#   Failed test 'c'\n\
            ok 4 # SKIP not here\nnot ok 5 - d # TODO later\nok then\n        ok 1 - iteration 1\n";
        let read: Vec<_> = printed.lines().filter_map(result).collect();
        let expected = [
            ("1 - iteration 1", "ok"),
            ("2 - b", "skipped"),
            ("1 - running x", "ok"),
            ("2", "ok"),
            ("3 - c", "failed"),
            ("4", "skipped"),
            ("5 - d", "failed"),
            ("1 - iteration 1", "ok"),
        ];
        assert_eq!(read, expected);
        assert_eq!(by_name(read)["1 - iteration 1 (2)"], "ok");
    }
}
