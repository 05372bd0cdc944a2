# A database is made, filled and changed, and its server shut down.
set -e
data=$PWD/data
mkdir "$data"
mariadb-install-db --no-defaults --datadir="$data" --user="$(id -un)" \
    --auth-root-authentication-method=normal --skip-test-db >install 2>&1
mariadbd --no-defaults --datadir="$data" --user="$(id -un)" --socket="$data/socket" --skip-networking \
    --pid-file="$data/pid" >server 2>&1 &
ask() { mariadb --no-defaults --user=root --socket="$data/socket" --execute "$1"; }
until ask 'select 1' >/dev/null 2>&1; do sleep 0.2; done
ask 'create database a'
ask 'use a; create table t (i int primary key, s varchar(20)) engine=innodb;
     insert into t select seq, concat("v", seq) from seq_1_to_2000;
     select count(*), sum(i) from t; update t set s = "x" where i % 2 = 0;
     select count(*) from t where s = "x"'
mariadb-admin --no-defaults --user=root --socket="$data/socket" shutdown
wait
