# Traps: signals from children and to children, EXIT in subshells, ERR, DEBUG, CHLD.
trap 'echo "exit of the shell, status $?"' EXIT
trap 'echo "got USR1"' USR1
kill -USR1 $$
(kill -USR1 $$)
echo "after the subshell's"
(trap 'echo "exit of the subshell"' EXIT; exit 3); echo "status $?"
bash -c 'trap "echo child got TERM; exit 9" TERM; echo ready; while :; do sleep 0.05; done' > ready & child=$!
until [ -s ready ]; do sleep 0.02; done
kill -TERM $child; wait $child; echo "child ended $?"
cat ready
for signal in KILL TERM HUP; do
    rm -f up; sh -c '> up; exec sleep 30' &
    until [ -e up ]; do sleep 0.02; done
    kill -$signal $!; wait $! 2> /dev/null; echo "$signal: $?"
done
trap '' USR2
bash -c 'kill -USR2 $$; echo "ignored here too"'
trap - USR2
{ bash -c 'kill -USR2 $$; echo "not reached"'; } 2> /dev/null; echo "USR2 kills: $?"
trap 'echo "ERR $?"' ERR
false
(exit 5)
trap - ERR
count=0
set -o monitor
trap '((count++))' CHLD
for i in 1 2 3 4 5; do /bin/true; done
trap - CHLD
set +o monitor
((count >= 1)) && echo "children were noticed"
trap 'echo "got ALRM"; alarmed=1' ALRM
(sleep 0.1; kill -ALRM $$) &
alarmed=0
while ((!alarmed)); do sleep 0.02; done
wait
exit 6
