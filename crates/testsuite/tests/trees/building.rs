//! What developers run all day: make with a compiler, configure scripts, git.

use clew_testsuite::data::GIT_ENVIRONMENT;
use clew_testsuite::program::Program;
use clew_testsuite::project;

use super::program;

#[rustfmt::skip]
pub fn programs() -> Vec<Program> {
    let gcc = ["/usr/bin/make", "/usr/bin/gcc", "/usr/include/stdio.h"];
    let make = |name, words: &[&str]| {
        program(name, &[&["/usr/bin/make"], words].concat()).inputs(project::files(50)).needs(&gcc).timeout(300)
    };
    let git = |name, script: &str| {
        let program = program(name, &["/bin/sh", "-e", &format!("{{src}}/shell/{script}"), "@git"]).needs(&["/usr/bin/git"]);
        GIT_ENVIRONMENT.iter().fold(program, |program, (name, value)| program.env(name, value))
            .env("GIT_AUTHOR_DATE", "2024-01-02T03:04:05Z")
            .env("GIT_COMMITTER_DATE", "2024-01-02T03:04:05Z")
    };
    vec![
        // In the order in which they end, the commands' lines differ: make prints them whole.
        make("make_j2", &["-j2", "-s"]).tree(155).files(),
        make("make_serial", &["-s"]).tree(155).files().ignored("takes twice as long as make_j2"),
        make("make_j2_output", &["-j2", "-Otarget", "check"]).tree(155).nondeterministic().prints("sum 12750\n").ignored("the same work as make_j2, with output"),
        make("make_error", &["-j2", "-s", "broken"]).tree(5).exits(2),
        program("make_recursive", &["/usr/bin/make", "-s", "-j2"]).inputs(recursive()).needs(&gcc[..1]).tree(28),
        program("configure", &["/bin/sh", "./configure", "--prefix=/opt/x"]).input("configure", configure()).needs(&gcc).tree(600).files().timeout(300),
        program("gcc", &["/usr/bin/gcc", "-O2", "-o", "program", "src/unit07.c", "-DALONE", "-save-temps", "-Iinclude"]).inputs(project::files(50)).needs(&gcc[2..]).tree(5).files(),
        program("gcc_pipe", &["/usr/bin/gcc", "-pipe", "-O1", "-c", "-o", "unit.o", "src/unit03.c", "-Iinclude"]).inputs(project::files(50)).needs(&gcc[2..]).tree(3).files(),
        git("git_clone", "git_clone.sh").tree(60),
        git("git_commit", "git_commit.sh").tree(95),
        git("git_rebase", "git_rebase.sh").tree(80),
    ]
}

/// A makefile that calls itself in directories, whose jobs share the job server.
fn recursive() -> Vec<(String, String)> {
    let top = "DIRS := a b c\nall: $(DIRS)\n\tcat */out\n$(DIRS):\n\t+$(MAKE) -s -C $@\n\
               .PHONY: all $(DIRS)\n";
    let inner = "all: one two three\n\tcat one two three > out\none two three:\n\
                 \tsleep 0.05; echo $(notdir $(CURDIR)) $@ > $@\n";
    let mut files = vec![("Makefile".to_string(), top.to_string())];
    files.extend(["a", "b", "c"].map(|dir| (format!("{dir}/Makefile"), inner.to_string())));
    files
}

/// A script like autoconf's: 60 checks that compile, link or run a program each.
fn configure() -> String {
    let headers = "stdio stdlib string strings unistd fcntl errno signal sys/types sys/stat \
                   sys/wait sys/mman sys/socket netinet/in arpa/inet poll pthread dlfcn \
                   nonexistent sys/nothing";
    let functions = "fork vfork mmap memmove strdup strlcpy getline pthread_create epoll_create1 \
                     kqueue posix_spawn getrandom arc4random setproctitle timerfd_create splice \
                     copy_file_range no_such_function qsort_r memfd_create";
    let types = "size_t ssize_t pid_t off_t int64_t uintptr_t __int128 socklen_t nonexistent_t \
                 mode_t";
    let sizes = "char short int long void* float double size_t wchar_t time_t";
    CONFIGURE
        .replace("@HEADERS@", headers)
        .replace("@FUNCTIONS@", functions)
        .replace("@TYPES@", types)
        .replace("@SIZES@", sizes)
}

const CONFIGURE: &str = include_str!("../../../../tests/programs-src/shell/configure.in");
