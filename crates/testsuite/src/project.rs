//! A project of small C files that `make` builds.

/// So many C files (and their names), with a header that all include and a program that adds up.
pub fn files(units: usize) -> Vec<(String, String)> {
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
