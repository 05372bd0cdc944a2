# Two processes write to one database with a write-ahead log, whose index is shared memory.
sql() { sqlite3 -cmd '.timeout 60000' test.db "$1"; }
sql 'PRAGMA journal_mode = WAL; CREATE TABLE t (who TEXT, n INTEGER);'
# A connection that stays open, so that the log outlives the others.
mkfifo hold
sqlite3 test.db < hold > held & holder=$!
exec 3> hold
echo '.timeout 60000' >&3
echo 'SELECT count(*) >= 0 FROM t;' >&3
writer() {
    {
        echo '.timeout 60000'
        for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            echo "BEGIN IMMEDIATE; INSERT INTO t SELECT '$1', value FROM generate_series($n, $n + 9); COMMIT;"
        done
    } | sqlite3 test.db
}
writer a & a=$!
writer b & b=$!
for n in 1 2 3 4 5; do sql 'SELECT count(*) % 10 FROM t;'; done
wait $a; wait $b
echo 'SELECT count(*) FROM t;' >&3
sql 'SELECT who, count(*), sum(n) FROM t GROUP BY who; PRAGMA wal_checkpoint(TRUNCATE);'
exec 3>&-
wait $holder
cat held
sql 'PRAGMA integrity_check;'
