#!/bin/sh
# A redis server under its own test client: `clew until-fail -n 500 -- sh redis.sh DIRECTORY`.
set -e
place=$(mktemp -d "$1/XXXXXX")
socket=$place/socket
redis-server --port 0 --unixsocket "$socket" --dir "$place" --save '' \
    --daemonize no --loglevel warning >"$place/log" 2>&1 &
server=$!
until redis-cli -s "$socket" ping >/dev/null 2>&1; do sleep 0.02; done
redis-benchmark -s "$socket" -n 100 -c 8 -q -t set,get,incr,lpush,lpop >/dev/null
redis-cli -s "$socket" set sum 0 >/dev/null
for i in 1 2 3 4 5; do redis-cli -s "$socket" incrby sum $i >/dev/null; done
[ "$(redis-cli -s "$socket" get sum)" = 15 ]
redis-cli -s "$socket" shutdown nosave >/dev/null 2>&1 || true
wait $server
rm -rf "$place"
