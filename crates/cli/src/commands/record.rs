//! `clew record`.

use std::ffi::OsString;
use std::path::PathBuf;

use super::divergence;
use clew_record::{FAILED, Options, Recording};
use clew_replay::{Replayed, Target};
use clew_trace::{Error, Result, Trace};

/// Record a program
///
/// The exit code is the program's own, or 128+N if signal N ended it; 125 if clew itself failed,
/// 126 if the program cannot be executed, 127 if it was not found.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub struct Args {
    /// Make exactly this trace directory
    #[arg(short = 'o', long = "output-trace-dir", value_name = "DIR")]
    output: Option<PathBuf>,
    /// Print the trace's path on stdout when done
    #[arg(short = 'p', long)]
    print_trace_dir: bool,
    /// Wait for all processes, not only the first
    #[arg(short = 'w', long)]
    wait: bool,
    /// Schedule so that races and rare orders show
    #[arg(short = 'h', long)]
    chaos: bool,
    /// The seed of all that chaos does; the same one gives the same schedule
    #[arg(long, value_name = "N", requires = "chaos")]
    seed: Option<u64>,
    /// Length of a scheduling slice in ticks (branches, roughly)
    #[arg(short = 'c', long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    num_cpu_ticks: u64,
    /// Set a variable in the program's environment
    #[arg(short = 'v', long = "env", value_name = "NAME=VALUE", value_parser = parse_variable)]
    env: Vec<(OsString, OsString)>,
    /// Hide processor features: bits of CPUID leaf 1, ecx[,edx]
    #[arg(long, value_name = "HEX", value_delimiter = ',', value_parser = parse_hex)]
    disable_cpuid_features: Vec<u64>,
    /// The same for leaf 7, ebx[,ecx[,edx]]
    #[arg(long, value_name = "HEX", value_delimiter = ',', value_parser = parse_hex)]
    disable_cpuid_features_ext: Vec<u64>,
    /// The same for leaf 0xd, eax
    #[arg(long, value_name = "HEX", value_delimiter = ',', value_parser = parse_hex)]
    disable_cpuid_features_xsave: Vec<u64>,
    /// Hide AVX-512, so that the trace replays on processors without it
    #[arg(long)]
    disable_avx_512: bool,
    /// Number of cores the program shall see
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    num_cores: u64,
    /// Let children run unrecorded
    #[arg(long)]
    no_follow: bool,
    /// Replay at once and say whether it matched
    #[arg(long)]
    verify: bool,
    /// Print help
    #[arg(long, action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// Report each event as it is recorded (for work on clew)
    #[arg(long, hide = true)]
    trace_events: bool,
    /// Record checksums of guest memory for the replay to compare (for work on clew; slow)
    #[arg(long, hide = true)]
    check_memory: bool,
    #[command(flatten)]
    ignored: Ignored,
    /// The program and its arguments
    #[arg(value_name = "PROG", trailing_var_arg = true, required = true)]
    argv: Vec<OsString>,
}

/// Options of rr that mean nothing here.
#[derive(Debug, clap::Args)]
struct Ignored {
    #[arg(short = 'n', long, hide = true)]
    no_syscall_buffer: bool,
    #[arg(short = 'b', long, hide = true)]
    force_syscall_buffer: bool,
    #[arg(short = 'u', long, hide = true)]
    cpu_unbound: bool,
    #[arg(short = 's', long, hide = true)]
    always_switch: bool,
    #[arg(long, hide = true, value_name = "N")]
    bind_to_cpu: Option<String>,
    #[arg(short = 'i', long, hide = true, value_name = "SIGNAL")]
    ignore_signal: Option<String>,
    #[arg(short = 't', long, hide = true, value_name = "SIGNAL")]
    continue_through_signal: Option<String>,
    #[arg(long, hide = true, value_name = "SIGNAL")]
    syscall_buffer_sig: Option<String>,
    #[arg(long, hide = true, value_name = "KIB")]
    syscall_buffer_size: Option<String>,
    #[arg(long, hide = true, value_name = "HOW")]
    nested: Option<String>,
    #[arg(long, hide = true)]
    ignore_nested: bool,
    #[arg(long, hide = true)]
    no_read_cloning: bool,
    #[arg(long, hide = true)]
    no_file_cloning: bool,
    #[arg(long, hide = true)]
    scarce_fds: bool,
    #[arg(long, hide = true)]
    stap_sdt: bool,
    #[arg(long, hide = true)]
    unmap_vdso: bool,
    #[arg(long, hide = true)]
    asan: bool,
    #[arg(long, hide = true)]
    tsan: bool,
}

/// Runs the command and returns clew's exit code.
pub fn run(args: &Args) -> i32 {
    let recording = match clew_record::record(&options(args)) {
        Ok(recording) => recording,
        Err(failure) => {
            clew_launch::say(&failure);
            return failure.code;
        }
    };
    let result = if args.verify { verify(&recording) } else { Ok(recording.exit_code) };
    let printed = result.and_then(|code| {
        if args.print_trace_dir {
            crate::text::print(format!("{}\n", recording.dir.display()))?;
        }
        Ok(code)
    });
    printed.unwrap_or_else(|e| {
        clew_launch::say(e);
        FAILED
    })
}

fn options(args: &Args) -> Options {
    Options {
        argv: args.argv.clone(),
        dir: args.output.clone(),
        wait_all: args.wait,
        env: args.env.clone(),
        slice_ticks: args.num_cpu_ticks,
        num_cores: args.num_cores,
        cpuid_clear: cpuid_clear(args),
        no_follow: args.no_follow,
        chaos: args.chaos,
        seed: args.seed,
        trace_events: args.trace_events,
        check_memory: args.check_memory,
    }
}

fn cpuid_clear(args: &Args) -> [u64; 6] {
    /// The AVX-512 bits of leaf 7's ebx, ecx and edx.
    const AVX_512: [u64; 3] = [0xdc23_0000, 0x0000_5842, 0x0080_010c];
    let mut clear = [0; 6];
    let groups = [
        (0, 2, &args.disable_cpuid_features),
        (2, 3, &args.disable_cpuid_features_ext),
        (5, 1, &args.disable_cpuid_features_xsave),
    ];
    for (start, len, given) in groups {
        for (word, bits) in clear[start..start + len].iter_mut().zip(given) {
            *word = *bits;
        }
    }
    if args.disable_avx_512 {
        for (word, bits) in clear[2..5].iter_mut().zip(AVX_512) {
            *word |= bits;
        }
    }
    clear
}

/// Replays every process, each from its beginning.
fn verify(recording: &Recording) -> Result<i32> {
    let trace = Trace::open(&recording.dir)?;
    let options = clew_replay::Options { quiet: true, ..Default::default() };
    let mut matched = 0;
    let mut last = 0;
    for (i, stream) in trace.streams()?.into_iter().enumerate() {
        let target = if i == 0 { Target::First } else { Target::Stream(stream) };
        match clew_replay::replay_autopilot(&trace, &target, &options)? {
            Replayed::Matched { last_event, .. } => {
                matched += u64::from(last_event > 0);
                last = last.max(last_event);
            }
            Replayed::Diverged { event, report } => {
                let name = recording.dir.as_os_str();
                let report = divergence::explain(&trace, name, event, &report);
                let tried = match i {
                    0 => format!("verify {}", recording.dir.display()),
                    _ => format!("verify stream {stream} of {}", recording.dir.display()),
                };
                return Err(Error::new(tried, report));
            }
        }
    }
    let events = trace.meta().outcome.as_ref().map_or(last, |outcome| outcome.events);
    clew_launch::say(match matched {
        0 | 1 => format!("verified: the replay matched all {last} events"),
        _ => format!("verified: the replays of {matched} processes matched all {events} events"),
    });
    Ok(recording.exit_code)
}

fn parse_variable(text: &str) -> Result<(OsString, OsString), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.into(), value.into())),
        _ => Err("it must be NAME=VALUE".into()),
    }
}

fn parse_hex(text: &str) -> Result<u64, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u32::from_str_radix(digits, 16).map(u64::from).map_err(|e| e.to_string())
}
