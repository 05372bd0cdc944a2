# Job control of /bin/sh, in a terminal.
set -m
sleep 0.2 & wait %1; echo "job $?"
sh -c 'kill -STOP $$; exit 4' & job=$!
until grep -q '^State:.T' /proc/$job/status; do sleep 0.02; done
fg %% > /dev/null; echo "foreground $?"
sh -c 'exit 3' | cat; echo "pipeline $?"
sleep 20 & kill %%; wait $!; echo "killed $?"
set +m
tty > /dev/null && echo "a terminal"
