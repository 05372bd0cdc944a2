# What scripts of /bin/sh do: pipes, subshells, traps, jobs, here-documents.
seq 1 500 | grep 3 | wc -l
x=outer; (x=inner; echo "$x"); echo "$x"
y=$(printf '%s-' a b c; exit 3); echo "$y $?"
trap 'echo "exit $?"' EXIT
trap 'echo usr1' USR1
kill -USR1 $$
sh -c 'trap "echo term; exit 8" TERM; echo > up; while :; do sleep 0.05; done' & child=$!
until [ -e up ]; do sleep 0.02; done
kill -TERM $child; wait $child; echo "child $?"
{ sleep 30 & kill -9 $!; wait $!; } 2> /dev/null; echo "killed $?"
for i in 1 2 3; do (sleep 0.0$i; echo "$i" >> order) & done; wait; sort order
cat <<END | sed 's/^/> /'
here $x
$(echo nested)
END
mkfifo p; (echo through; echo the fifo) > p & cat p; wait
f() { [ "$1" -gt 0 ] || return 0; printf '%s ' "$1"; (f $(($1 - 1))); }; f 6; echo
exec 3>&1; { echo "to three" >&3; } > /dev/null; exec 3>&-
if command -v seq > /dev/null; then echo found; fi
sh -c 'exit 200'; echo $?
find . -type f | sort | xargs cat | wc -l
exit 5
