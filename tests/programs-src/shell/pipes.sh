# Pipelines: their statuses, their order, readers that leave early.
seq 1 2000 | sed 's/$/ x/' | grep -c '7'
seq 1 100000 | head -n 3
echo "${PIPESTATUS[@]}"
true | false | (exit 3) | cat
echo "${PIPESTATUS[*]}"
set -o pipefail
false | true; echo "pipefail $?"
set +o pipefail
for i in 1 2 3 4 5; do echo "line $i"; done | while read -r word n; do echo "$n-$word"; done | sort -r
shopt -s lastpipe
seq 1 10 | { total=0; while read -r n; do ((total += n)); done; }
echo "total $total"
yes | head -c 100000 | tr -d '\n' | wc -c
{ echo out; echo err >&2; } 2>&1 | sort
seq 1 300 | xargs -n 20 echo | awk '{ s += NF } END { print s, NR }'
printf '%s\n' c a b | tee copy | sort > sorted
cat copy sorted
mkfifo fifo
seq 5 > fifo & sum=$(awk '{ s += $1 } END { print s }' fifo)
wait $!; echo "fifo $sum"
