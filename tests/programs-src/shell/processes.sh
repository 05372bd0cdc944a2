# Small tools that start, end and detach processes.
timeout 5 echo in time; echo $?
timeout 0.2 sleep 20; echo "timeout $?"
{ timeout -s KILL 0.2 sleep 20; } 2> /dev/null; echo "timeout by KILL $?"
# What timeout is sent it sends on, once it waits: in the foreground once, otherwise to its group too.
timeout --foreground --preserve-status 60 sh -c 'sleep 20 & trap "kill $!; exit 3" TERM
    until grep -q "^State:.S" /proc/$PPID/status; do sleep 0.02; done; kill $PPID; wait'; echo "preserved $?"
nohup sh -c 'kill -HUP $$; echo survives' 2> /dev/null
setsid -w sh -c '[ "$(ps -o sid= -p $$ | tr -d " ")" = $$ ] && echo leader'
setsid sh -c 'sleep 0.2; echo detached > detached' &
wait
until [ -e detached ]; do sleep 0.02; done; cat detached
nice -n 5 sh -c 'nice'
env -i A=1 sh -c 'echo "$A" "${HOME-none}"'
(sleep 0.4 &) ; (sleep 0.1; exit 3) & wait $!; echo "wait $?"
sleep 20 & p=$!; sleep 20 & q=$!; sleep 0.2; kill $p $q; wait $p; echo "p $?"; wait $q; echo "q $?"
sleep 5 & p=$!; kill -STOP $p; kill -CONT $p; kill $p; wait $p; echo "stopped and killed $?"
sh -c 'sh -c "sleep 0.2; echo orphan > orphan" & exit 0'
until [ -s orphan ]; do sleep 0.02; done; cat orphan
sh -c 'exec sh -c "exec sh -c \"echo execs\""'
seq 8 | xargs -P2 -I{} sh -c 'sleep 0.0{}; echo {} > part{}'; cat part?
seq 40 | xargs -P4 -n5 sh -c 'echo $# > n$1' sh; cat n* | sort | uniq -c | sed 's/^ *//'
printf 'a\nb\n' | xargs -I{} sh -c 'exit 1'; echo "xargs $?"
flock lock sh -c 'echo locked'; (flock 9; echo locked too) 9> lock
sleep 0.5
