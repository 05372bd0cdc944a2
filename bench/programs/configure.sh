#!/bin/sh
# What scripts made by autoconf do: ask about the system, try out the compiler, fill in templates.
# Works in the directory that is its argument.
set -e
cd "$1"
rm -rf conftest* config.h config.log config.status Makefile confdefs.h
exec 5>config.log
: >confdefs.h

say() { printf '%s' "checking $1... "; echo "configure: checking $1" >&5; }
result() { echo "$1"; echo "configure: result: $1" >&5; }
as_name() { echo "$1" | sed 's/[^a-zA-Z0-9_]/_/g' | tr 'a-z' 'A-Z'; }
define() { cat >>confdefs.h <<END
#define $1 $2
END
}

# Compiles, or links, what is on its input.
try() {
    cat confdefs.h - >conftest.c
    if test "$1" = link; then
        set -- gcc -o conftest conftest.c -lm
    else
        set -- gcc -c -o conftest.o conftest.c
    fi
    if "$@" 2>conftest.err; then
        status=yes
    else
        grep -v '^ *+' conftest.err >&5 || :
        echo "configure: failed program was:" >&5
        sed 's/^/| /' conftest.c >&5
        status=no
    fi
    rm -f conftest conftest.o conftest.err conftest.c
    test $status = yes
}

say "build system type"
machine=$(uname -m) system=$(uname -s | tr 'A-Z' 'a-z')
build=$(echo "$machine-unknown-$system" | sed -e 's/x86_64-unknown/x86_64-pc/' -e 's/linux$/linux-gnu/')
case $build in
*-*-*) result "$build" ;;
*) result unknown ;;
esac

for tool in gcc make sed grep awk ranlib; do
    say "for $tool"
    found=no
    saved=$IFS IFS=:
    for dir in $PATH; do
        IFS=$saved
        if test -f "$dir/$tool" && test -x "$dir/$tool"; then
            found=yes
            break
        fi
    done
    IFS=$saved
    result $found
done

say "whether the compiler works"
if echo 'int main(void) { return 0; }' | try link; then result yes; else result no; exit 77; fi

say "for the limit of command lines"
limit=$(expr 32 \* 1024) rounds=0
while test $rounds -lt 6; do
    limit=$(expr $limit + $limit)
    rounds=$(expr $rounds + 1)
done
result "$limit"

for header in stdio.h stdlib.h string.h sys/stat.h sys/socket.h unistd.h no_such_header.h pthread.h dlfcn.h; do
    say "for $header"
    if try compile <<END
#include <$header>
END
    then result yes; define "HAVE_$(as_name $header)" 1; else result no; fi
done

for function in memmove not_there mmap getrandom strtoull clock_gettime; do
    say "for $function"
    if try link <<END
char $function();
int main(void) { return (int)(long)$function; }
END
    then result yes; define "HAVE_$(as_name $function)" 1; else result no; fi
done

for type in "long 8" "int 4" "void* 8"; do
    set -- $type
    say "size of $1"
    if try compile <<END
static char check[sizeof($1) == $2 ? 1 : -1];
END
    then result "$2"; define "SIZEOF_$(as_name "$(echo "$1" | sed 's/\*/ p/g')")" "$2"; else result 0; fi
done

for flag in -Wall -fno-such-flag; do
    say "whether gcc accepts $flag"
    echo 'int x;' >conftest.c
    if gcc $flag -c -o conftest.o conftest.c 2>conftest.err; then result yes; else result no; fi
    rm -f conftest*
done

cat >config.h.in <<'END'
#undef HAVE_STDIO_H
#undef HAVE_STDLIB_H
#undef HAVE_STRING_H
#undef HAVE_SYS_SOCKET_H
#undef HAVE_DLFCN_H
#undef HAVE_SYS_STAT_H
#undef HAVE_UNISTD_H
#undef HAVE_NO_SUCH_HEADER_H
#undef HAVE_PTHREAD_H
#undef HAVE_MEMMOVE
#undef HAVE_NOT_THERE
#undef HAVE_MMAP
#undef HAVE_GETRANDOM
#undef HAVE_STRTOULL
#undef HAVE_CLOCK_GETTIME
#undef SIZEOF_LONG
#undef SIZEOF_INT
#undef SIZEOF_VOID_P
END
cat >Makefile.in <<'END'
CC = @CC@
CFLAGS = @CFLAGS@
build = @build@
prefix = @prefix@
all: program
program: main.o
	$(CC) $(CFLAGS) -o $@ $^
END

echo "configure: creating config.status" >&5
{
    sed -n 's/^#define \([A-Z0-9_]*\) \(.*\)/s,^#undef \1$,#define \1 \2,/p' confdefs.h
    printf '%s\n' 's,^#undef \(.*\),/* #undef \1 */,'
} >config.status
sed -f config.status config.h.in >config.h
sed -e 's,@CC@,gcc,' -e 's,@CFLAGS@,-g -O2,' -e "s,@build@,$build," -e 's,@prefix@,/usr/local,' Makefile.in >Makefile
for file in Makefile config.h; do
    echo "config.status: creating $file"
    if grep '@[a-zA-Z_]*@' $file >/dev/null; then echo "unfilled: $file"; exit 1; fi
done
cat config.h
rm -f confdefs.h conftest*
