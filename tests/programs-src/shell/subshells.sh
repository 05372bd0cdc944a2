# Subshells, command substitution, process substitution, here-documents, a coprocess.
x=1
(x=2; (x=3; echo "inner $x"); echo "middle $x")
echo "outer $x"
y=$(echo "$(echo deep "$(echo deeper)")"; exit 4); echo "$y $?"
(exit 7) || echo "status $?"
paste <(seq 1 5) <(seq 6 10) <(printf '%s\n' a b c d e)
diff <(sort <<< $'b\na') <(printf 'a\nb\n') && echo same
seq 1 100 > >(awk '{ s += $1 } END { print "sum", s }' > sum); until [ -s sum ]; do sleep 0.01; done; cat sum; rm sum
cat <<END
a here-document with $x and $((6 * 7)) and $(echo a command)
END
cat <<'END' | tr a-z A-Z
no $expansion here
END
long=$(printf 'word%.0s ' {1..20000})
cat <<END | wc -c
$long
END
coproc BC { while read -r a b; do echo $((a * b)); done; }
pid=$BC_PID
for i in 1 2 3 4 5; do echo "$i $((i + 10))" >&"${BC[1]}"; read -r answer <&"${BC[0]}"; echo "product $answer"; done
exec {BC[1]}>&-
wait "$pid"; echo "coprocess $?"
f() { local n=$1; ((n <= 0)) && return; echo -n "$n "; (f $((n - 1))); }
f 8; echo
exec 5>file; echo five >&5; (echo six >&5); exec 5>&-; cat file
