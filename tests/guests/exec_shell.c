// A shell script with functions, loops, substitutions, background jobs, traps and here-documents.
// exit: 5
#include "proc.h"
static char *script = "f() { echo \"f $1\"; return 3; }\n"
                      "f one; echo $?\n"
                      "for i in 1 2 3; do x=$(expr $i \\* $i); echo $x; done\n"
                      "cat <<END | tr a-z A-Z\nhere $((6 * 7))\nEND\n"
                      "(exit 4) & wait $!; echo background $?\n"
                      "sleep 1000 & kill $!; wait $! 2>/dev/null; echo killed $?\n"
                      "trap 'echo trapped' USR1; kill -USR1 $$\n"
                      "trap 'echo at exit' EXIT\n"
                      "echo a b c | while read x y; do echo \"$x-$y\"; done\n"
                      "seq 1 1000 | sort -rn | head -3 | paste -sd+ \n"
                      "diff /dev/null /dev/null && echo same\n"
                      "exec 3>file; echo through >&3; exec 3>&-; cat file\n"
                      "exit 5\n";
int main(void) { execl("/bin/sh", "sh", "-c", script, NULL); }
