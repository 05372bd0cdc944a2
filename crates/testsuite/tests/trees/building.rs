//! What developers run all day: make with a compiler, configure scripts, git.

use clew_testsuite::data::GIT_ENVIRONMENT;
use clew_testsuite::program::Program;

use super::program;

#[rustfmt::skip]
pub fn programs() -> Vec<Program> {
    let gcc = ["/usr/bin/make", "/usr/bin/gcc", "/usr/include/stdio.h"];
    let make = |name, words: &[&str]| {
        program(name, &[&["/usr/bin/make"], words].concat()).inputs(project(50)).needs(&gcc).timeout(300)
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
        program("gcc", &["/usr/bin/gcc", "-O2", "-o", "program", "src/unit07.c", "-DALONE", "-save-temps", "-Iinclude"]).inputs(project(50)).needs(&gcc[2..]).tree(5).files(),
        program("gcc_pipe", &["/usr/bin/gcc", "-pipe", "-O1", "-c", "-o", "unit.o", "src/unit03.c", "-Iinclude"]).inputs(project(50)).needs(&gcc[2..]).tree(3).files(),
        git("git_clone", "git_clone.sh").tree(60),
        git("git_commit", "git_commit.sh").tree(95),
        git("git_rebase", "git_rebase.sh").tree(80),
    ]
}

/// A project of so many C files, with headers that most include and a program that adds up.
fn project(units: usize) -> Vec<(String, String)> {
    let mut files = vec![
        ("Makefile".to_string(), MAKEFILE.to_string()),
        ("include/all.h".to_string(), declarations(units)),
        ("src/main.c".to_string(), main(units)),
        ("src/broken.c".to_string(), "int broken(void) { return undeclared; }\n".to_string()),
    ];
    files.extend((1..=units).map(|n| (format!("src/unit{n:02}.c"), unit(n))));
    files
}

const MAKEFILE: &str = "\
CFLAGS = -O1 -g -Wall -Iinclude -ffile-prefix-map=$(CURDIR)=.
UNITS := $(sort $(filter-out src/broken.c,$(wildcard src/*.c)))
OBJECTS := $(UNITS:src/%.c=build/%.o)
VERSION := $(shell echo 1.$$((1 + 1)))

all: build/program
build/program: $(OBJECTS)
\t$(CC) -o $@ $^
build/%.o: src/%.c include/all.h | build
\t$(CC) $(CFLAGS) -DVERSION='\"$(VERSION)\"' -c -o $@ $<
build:
\tmkdir -p $@
check: build/program
\t./build/program > result && cat result
broken: build/broken.o
.PHONY: all check broken
";

fn declarations(units: usize) -> String {
    let all: String = (1..=units).map(|n| format!("int unit{n:02}(int);\n")).collect();
    format!("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n{all}")
}

fn main(units: usize) -> String {
    let sum: String = (1..=units).map(|n| format!("    sum += unit{n:02}({n});\n")).collect();
    let head = "#include \"all.h\"\nint main(void) {\n    int sum = 0;\n";
    format!("{head}{sum}    printf(\"%s sum %d\\n\", VERSION, sum);\n    return 0;\n}}\n")
}

fn unit(n: usize) -> String {
    format!(
        "#include \"all.h\"\n\
         struct item {{ int key; char name[{size}]; struct item *next; }};\n\
         static struct item *push(struct item *list, int key) {{\n\
         \x20   struct item *item = malloc(sizeof *item);\n\
         \x20   item->key = key;\n\
         \x20   snprintf(item->name, sizeof item->name, \"%d\", key % 10);\n\
         \x20   item->next = list;\n\
         \x20   return item;\n}}\n\
         int unit{n:02}(int k) {{\n\
         \x20   struct item *list = NULL;\n\
         \x20   int length = 0;\n\
         \x20   for (int i = 0; i < k; i++) list = push(list, i * {n});\n\
         \x20   while (list) {{\n\
         \x20       struct item *next = list->next;\n\
         \x20       length += strlen(list->name) * {n} - {n} + 1;\n\
         \x20       free(list);\n\
         \x20       list = next;\n\
         \x20   }}\n\
         \x20   return length * 9 + k;\n}}\n\
         #ifdef ALONE\nint main(void) {{ return unit{n:02}(3) == 0; }}\n#endif\n",
        size = 8 + n
    )
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
