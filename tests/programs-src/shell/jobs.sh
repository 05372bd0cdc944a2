# Job control without a terminal: groups of their own, stop and continue, fg, bg, wait.
set -m
waits() { until [ -e "$1" ]; do sleep 0.02; done; }
waits seen & waits seen | cat &
jobs | sed 's/ \+/ /g'
> seen; wait
echo "all done"
bash -c 'echo "the job begins"; kill -STOP $$; echo "the job goes on"' &
job=$!
until grep -q '^State:.T' /proc/$job/status; do sleep 0.02; done
jobs -s | grep -c Stopped
kill -CONT %%
wait $job; echo "stopped job: $?"
bash -c 'kill -STOP $$; exit 4' &
job=$!
until grep -q '^State:.T' /proc/$job/status; do sleep 0.02; done
jobs > /dev/null
bg %% > /dev/null
wait $job; echo "in the background: $?"
bash -c 'kill -STOP $$; exit 5' &
job=$!
until grep -q '^State:.T' /proc/$job/status; do sleep 0.02; done
jobs > /dev/null
fg %% > /dev/null; echo "in the foreground: $?"
# A job that ends before the shell waits in the kernel may escape 'wait -n'.
waited_for() { until grep -q '^State:.S' /proc/$$/status; do sleep 0.02; done; }
(waits quicker; waited_for; exit 1) &
(waited_for; exit 2) &
wait -n; echo "the quicker: $?"
> quicker; wait -n; echo "the slower: $?"
sh -c '> up; exec sleep 20' & until [ -e up ]; do sleep 0.02; done
kill %%; wait %% 2> /dev/null; echo "killed job: $?"
sh -c '> up1; exec sleep 20' | sh -c '> up2; exec sleep 21' &
until [[ -e up1 && -e up2 ]]; do sleep 0.02; done
kill -TERM -- -$(jobs -p); wait %% 2> /dev/null; echo "killed pipeline: $?"
group=$(ps -o pgid= -p $$)
waits grouped & mine=$(ps -o pgid= -p $!); > grouped; wait
[[ "$group" != "$mine" ]] && echo "a group of its own"
sleep 0.1 & disown; sleep 0.2
jobs; echo end
