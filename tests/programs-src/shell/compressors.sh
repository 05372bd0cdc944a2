# Compressors with threads of their own, and back.
zstd -q -T2 -3 -c "$1" | zstd -q -dc | cmp - "$1" && echo zstd
xz -T2 -0 --block-size=1MiB -c "$1" | xz -T2 -dc | cmp - "$1" && echo xz
if command -v pigz > /dev/null; then pigz -p 2 -1 -c "$1" | pigz -dc | cmp - "$1" && echo pigz; else echo pigz; fi
