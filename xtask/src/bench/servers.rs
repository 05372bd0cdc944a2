//! Servers under the load of clients that are not recorded: requests per second, natively and recorded.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Error, Result, bail, ensure};
use clew_testsuite::process::excerpt;
use clew_testsuite::server::free_port;
use serde::Serialize;

use super::clew::{Clew, Trace};
use super::goals::{self, Goal};
use super::run::{self, Outcome};
use super::times::median;
use super::{Bench, Report, programs, scratch};

const GROUP: &str = "servers";

/// A server and its client. In their words and in the input, `{port}` is the port, `{dir}` a directory.
struct Service {
    name: &'static str,
    server: &'static [&'static str],
    client: &'static [&'static str],
    /// Files of the directory.
    input: &'static [(&'static str, &'static str)],
    /// Finds requests per second in what the client printed.
    rates: fn(&str) -> Rates,
}

/// Requests per second by kind.
type Rates = BTreeMap<String, f64>;

/// Medians of requests per second.
#[derive(Serialize)]
pub struct Rate {
    name: String,
    native: f64,
    recorded: f64,
    lost_percent: f64,
    /// Seconds from the start of the recorded server to its end, and of the replay.
    record: f64,
    replay: f64,
}

const NGINX: &str = "\
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path temp-body; proxy_temp_path temp-proxy;
    fastcgi_temp_path temp-fastcgi; uwsgi_temp_path temp-uwsgi; scgi_temp_path temp-scgi;
    server { listen 127.0.0.1:{port}; root {dir}; default_type text/plain; }
}
";

/// 1 KiB.
const PAGE: &str = match std::str::from_utf8(&[b'x'; 1024]) {
    Ok(page) => page,
    Err(_) => "",
};

#[rustfmt::skip]
const SERVICES: [Service; 2] = [
    Service {
        name: "redis",
        server: &["redis-server", "--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--port", "{port}", "--dir", "{dir}"],
        client: &["redis-benchmark", "-h", "127.0.0.1", "-p", "{port}", "-n", "100000", "-c", "20", "-t", "get,set", "--csv"],
        input: &[],
        rates: redis_rates,
    },
    Service {
        name: "nginx",
        server: &["nginx", "-e", "stderr", "-p", "{dir}", "-c", "{dir}/nginx.conf"],
        client: &["wrk", "-t1", "-c16", "-d3s", "http://127.0.0.1:{port}/page"],
        input: &[("nginx.conf", NGINX), ("page", PAGE)],
        rates: wrk_rates,
    },
];

/// `"SET","70000.00",...` of `redis-benchmark --csv`.
fn redis_rates(text: &str) -> Rates {
    let rate = |line: &str| {
        let mut fields = line.split(',').map(|field| field.trim_matches('"'));
        Some((format!("redis {}", fields.next()?), fields.next()?.parse().ok()?))
    };
    text.lines().filter_map(rate).collect()
}

/// `Requests/sec:  50000.00` of wrk.
fn wrk_rates(text: &str) -> Rates {
    let rate = |line: &str| line.strip_prefix("Requests/sec:")?.trim().parse().ok();
    text.lines().find_map(rate).map(|rate| ("nginx".to_string(), rate)).into_iter().collect()
}

pub fn run_all(bench: &Bench, clew: &Clew, report: &mut Report) -> Result<()> {
    let wanted: Vec<&Service> = SERVICES.iter().filter(|s| bench.wants(GROUP, s.name)).collect();
    if !wanted.is_empty() {
        bench.say(format!(
            "\n{:<12} {:<22} {:>10} {:>10} {:>10} {:>8}",
            "group", "requests per second", "native", "recorded", "lost", "at most"
        ));
    }
    for service in wanted {
        let missing = [service.server[0], service.client[0]]
            .into_iter()
            .find(|program| programs::find(program).is_none());
        match (missing, goals::goal(service.name)) {
            (Some(program), _) => bench.left_out(service.name, program),
            (None, Some(goal)) => match service.measure(clew, bench.runs) {
                Ok(rates) => rates.into_iter().for_each(|rate| {
                    let word = report.judge(goal, &rate.name, Some(rate.lost_percent), None);
                    bench.say(rate.row(goal, word));
                    report.servers.push(rate);
                }),
                Err(error) => report.fail(bench, service.name, &error),
            },
            (None, None) => bail!("{}: no such goal", service.name),
        }
    }
    Ok(())
}

impl Rate {
    fn row(&self, goal: &Goal, word: &str) -> String {
        let (lost, at_most) = (goal.show(self.lost_percent), goal.show(goal.at_most));
        format!(
            "{GROUP:<12} {:<22} {:>10.0} {:>10.0} {lost:>10} {at_most:>8}  {word}",
            self.name, self.native, self.recorded
        )
    }
}

impl Service {
    /// Natively and recorded in turn; the last recording is replayed.
    fn measure(&self, clew: &Clew, runs: usize) -> Result<Vec<Rate>> {
        let trace = Trace::new(self.name, true)?;
        let (mut native, mut recorded) = (Vec::new(), Vec::new());
        let (mut record, mut replay) = (0.0, 0.0);
        for round in 0..runs {
            native.push(self.serve(&|argv| Ok(argv.to_vec()))?.0);
            let (rates, outcome) = self
                .serve(&|argv| clew.recording(argv, &trace))
                .with_context(|| clew.hint(&trace))?;
            recorded.push(rates);
            if round + 1 == runs {
                record = outcome.seconds;
                replay = clew.replay(&outcome, &trace)?;
            }
        }
        trace.remove()?;
        let middle = |all: &[Rates], name: &str| {
            median(all.iter().filter_map(|rates| rates.get(name).copied()).collect())
                .with_context(|| format!("{}: the client does not show {name}", self.name))
        };
        let names = native.first().into_iter().flat_map(|rates: &Rates| rates.keys());
        let rate = |name: &String| -> Result<Rate> {
            let (native, recorded) = (middle(&native, name)?, middle(&recorded, name)?);
            let lost_percent = 100.0 * (1.0 - recorded / native);
            Ok(Rate { name: name.clone(), native, recorded, lost_percent, record, replay })
        };
        names.map(rate).collect()
    }

    /// Runs the server, its client, and ends it: the rates, and what the server showed.
    fn serve(&self, wrap: &dyn Fn(&[String]) -> Result<Vec<String>>) -> Result<(Rates, Outcome)> {
        let port = free_port().map_err(Error::msg)?;
        let dir = self.directory(port)?;
        let fill = |text: &str| {
            text.replace("{port}", &port.to_string()).replace("{dir}", &dir.to_string_lossy())
        };
        let argv = |words: &[&str]| -> Result<Vec<String>> {
            let program = programs::find(words[0]).with_context(|| words[0].to_string())?;
            Ok([program].into_iter().chain(words[1..].iter().map(|word| fill(word))).collect())
        };
        let mut server = run::start_server(&wrap(&argv(self.server)?)?)?;
        server.await_port(port)?;
        let client = run::succeed(&argv(self.client)?)?;
        server.terminate();
        let outcome = server.finish()?;
        ensure!(
            outcome.code == 0,
            "the server exits {}: {}{}",
            outcome.code,
            excerpt(&outcome.stdout),
            excerpt(&outcome.stderr)
        );
        let rates = (self.rates)(&String::from_utf8_lossy(&client.stdout));
        ensure!(!rates.is_empty(), "the client shows no rates: {}", excerpt(&client.stdout));
        Ok((rates, outcome))
    }

    /// A directory with the server's files.
    fn directory(&self, port: u16) -> Result<PathBuf> {
        let dir = scratch().join(self.name);
        fs::create_dir_all(&dir)?;
        for (name, text) in self.input {
            let text = text.replace("{port}", &port.to_string());
            fs::write(dir.join(name), text.replace("{dir}", &dir.to_string_lossy()))?;
        }
        Ok(dir)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_understood() {
        let text = "\"test\",\"rps\"\n\"SET\",\"70521.86\",\"0.1\"\n\"GET\",\"71000.00\"\n";
        let expected = [("redis GET".to_string(), 71000.0), ("redis SET".to_string(), 70521.86)];
        assert_eq!(redis_rates(text), Rates::from(expected));
        let text = "  Latency 1ms\nRequests/sec:  58516.42\nTransfer/sec: 1MB\n";
        assert_eq!(wrk_rates(text), Rates::from([("nginx".to_string(), 58516.42)]));
        assert!(wrk_rates("no figures").is_empty());
    }
}
