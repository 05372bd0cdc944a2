# Pipes whose ends work at the same time.
find "$1" -type f | sort | xargs cat | tr ' ' '\n' | sort | uniq -c | sort -rn | head -n 8 | sed 's/^ *//'
find "$1" -type f -print0 | sort -z | xargs -0 -P2 -n20 sha256sum | sort | sha256sum
tar -C "$1" --sort=name --owner=0 --group=0 --mtime=@0 -cf - . | gzip -n > tree.tar.gz
gzip -dc tree.tar.gz | tar -xf - --one-top-level=copy
diff -r "$1" copy && echo equal
tar -czf - -C copy . 2> /dev/null | tar -tzf - | wc -l
tar -C "$1" --sort=name --owner=0 --group=0 --mtime=@0 --use-compress-program='gzip -n' -cf again.tar.gz .
cmp tree.tar.gz again.tar.gz && echo same
cut -d' ' -f2 "$2" | sort | uniq -c | awk '{ n += $1 } END { print n, NR }'
{ head -n 200 "$2"; sleep 0.1; tail -n 200 "$2"; } | tee >(wc -l > lines) >(md5sum > sum) | wc -c
while [ ! -s lines ] || [ ! -s sum ]; do sleep 0.02; done
cat lines sum
rm -r copy
