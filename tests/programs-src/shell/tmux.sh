# A tmux server, driven by its clients: windows, keys, what is on the screen.
tmux="tmux -S socket -f /dev/null"
$tmux new-session -d -x 80 -y 24 -s work "PS1='$ ' exec sh"
$tmux send-keys -t work 'echo $((6 * 7)) > answer; tmux -S socket wait-for -S answered' Enter
$tmux wait-for answered
cat answer
$tmux send-keys -t work 'clear; seq 1 3; tmux -S socket wait-for -S counted' Enter
$tmux wait-for counted
until $tmux capture-pane -p -t work | grep -q '^3$'; do sleep 0.05; done
$tmux capture-pane -p -t work | grep -c '^[123]$'
$tmux split-window -t work 'echo in a pane > pane; sleep 100'
$tmux new-window -t work -n second 'sleep 100'
until [ -s pane ]; do sleep 0.05; done; cat pane
$tmux list-windows -t work -F '#{window_index} #{window_name} #{window_panes}' | tail -n 1
$tmux run-shell 'echo run-shell > ran'; until [ -s ran ]; do sleep 0.05; done; cat ran
$tmux set-buffer hello; $tmux show-buffer; echo
$tmux kill-session -t work
if $tmux has-session 2> /dev/null; then echo "still there"; fi
$tmux kill-server 2> /dev/null
echo end
