# Job control without a terminal: groups of their own, stop and continue, fg, bg, wait.
set -m
sleep 0.2 & sleep 0.3 | cat &
jobs | sed 's/ \+/ /g'
wait
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
(sleep 0.3; exit 1) & first=$!
(sleep 0.1; exit 2) & second=$!
wait -n; echo "the quicker: $?"
wait -n; echo "the slower: $?"
sh -c '> up; exec sleep 20' & until [ -e up ]; do sleep 0.02; done
kill %%; wait %% 2> /dev/null; echo "killed job: $?"
sh -c '> up1; exec sleep 20' | sh -c '> up2; exec sleep 21' &
until [[ -e up1 && -e up2 ]]; do sleep 0.02; done
kill -TERM -- -$(jobs -p); wait %% 2> /dev/null; echo "killed pipeline: $?"
group=$(ps -o pgid= -p $$)
sleep 0.3 & mine=$(ps -o pgid= -p $!); wait
[[ "$group" != "$mine" ]] && echo "a group of its own"
sleep 0.1 & disown; sleep 0.2
jobs; echo end
