//! Servers: recorded under the load of clients that are not, then stopped by SIGTERM. Databases.

use clew_testsuite::program::Program;
use clew_testsuite::server::Service;

use super::program;

const NGINX: &str = "\
worker_processes 2;
daemon off;
pid nginx.pid;
error_log stderr;
user root root;
events { worker_connections 64; }
http {
    access_log access.log;
    client_body_temp_path temp-body; proxy_temp_path temp-proxy;
    fastcgi_temp_path temp-fastcgi; uwsgi_temp_path temp-uwsgi; scgi_temp_path temp-scgi;
    gzip on; gzip_min_length 100; gzip_types text/plain;
    server {
        listen 127.0.0.1:{port};
        root pages;
        default_type text/plain;
        location /status { return 200 \"all is well\\n\"; }
        location /proxied/ { proxy_pass http://127.0.0.1:{port}/; }
    }
}
";

const READY: &str = "
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    \"$1\" -h 127.0.0.1 -p {port} && exit
    sleep 0.5
done
exit 1
";

const BACKGROUND_SAVE: &str = "
redis-cli -p {port} bgsave
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    sleep 0.1
    redis-cli -p {port} info persistence | grep -q rdb_bgsave_in_progress:0 && break
done
redis-cli -p {port} info persistence | grep rdb_last_bgsave_status
";

#[rustfmt::skip]
pub fn programs() -> Vec<Program> {
    let postgres = |name: &str| format!("/usr/lib/postgresql/15/bin/{name}");
    let (initdb, server, pgbench, psql) = (postgres("initdb"), postgres("postgres"), postgres("pgbench"), postgres("psql"));
    let heavy = "wants PostgreSQL, and takes long";
    let initdb_words = [initdb.as_str(), "-D", "data", "-U", "nobody", "--no-sync", "-A", "trust", "--no-locale", "-E", "UTF8"];
    let redis = |name, words: &[&str]| {
        let words = [&["/usr/bin/redis-server", "--port", "{port}", "--bind", "127.0.0.1", "--logfile", "log"], words].concat();
        program(name, &words)
    };
    let benchmark = ["/usr/bin/redis-benchmark", "-p", "{port}", "-n", "1500", "-c", "8", "-q", "-t", "set,get,incr,lpush,rpop,sadd,mset", "-P", "2"];
    vec![
        redis("redis", &["--save", ""]).server(
            Service::default()
                .client(&benchmark, &["SET: ", "GET: ", "LPUSH: "])
                .client(&["/usr/bin/redis-cli", "-p", "{port}", "incrby", "counter", "42"], &["42"])
                .client(&["/usr/bin/redis-cli", "-p", "{port}", "eval", "local s = 0; for i = 1, 1000 do s = s + i end; return s", "0"], &["500500"]),
        ),
        redis("redis_saving", &["--save", "", "--appendonly", "yes", "--io-threads", "2"]).server(
            Service::default()
                .client(&benchmark, &["SET: ", "GET: "])
                .client(&["/bin/sh", "-c", BACKGROUND_SAVE], &["rdb_last_bgsave_status:ok"]),
        ).tree(2),
        program("nginx", &["/usr/sbin/nginx", "-e", "stderr", "-p", "{work}", "-c", "{work}/nginx.conf"])
            .needs(&["/usr/bin/curl"])
            .input("nginx.conf", NGINX)
            .input("pages/page", clew_testsuite::data::log_lines(20_000))
            .input("pages/big", clew_testsuite::data::log_lines(2_000_000))
            .server(
                Service::default()
                    .client(&["/usr/bin/wrk", "-t1", "-c6", "-d1s", "http://127.0.0.1:{port}/page"], &["requests in"])
                    .client(&["/usr/bin/wrk", "-t1", "-c4", "-d1s", "http://127.0.0.1:{port}/proxied/status"], &["requests in"])
                    .client(&["/usr/bin/curl", "-s", "http://127.0.0.1:{port}/status", "http://127.0.0.1:{port}/proxied/status"], &["all is well\nall is well"])
                    .client(&["/bin/sh", "-c", "curl -s --compressed http://127.0.0.1:{port}/big | md5sum; md5sum < pages/big"], &[]),
            ).tree(3),
        program("python_http_server", &["/usr/bin/python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "{port}"])
            .needs(&["/usr/bin/curl"])
            .input("page", "what the page says\n")
            .exits(143)
            .server(
                Service::default()
                    .client(&["/bin/sh", "-c", "for n in 1 2 3 4 5 6 7 8 9 10; do curl -s http://127.0.0.1:{port}/page & done; wait"], &["what the page says\nwhat the page says\n"]),
            ),
        program("sqlite_wal", &["/bin/bash", "{src}/shell/wal.sh"]).needs(&["/usr/bin/sqlite3"]).tree(17),
        program("mariadb", &["/bin/bash", "{src}/shell/mariadb.sh"]).needs(&["/usr/sbin/mariadbd"]).nondeterministic().prints("2000\t2001000\n").unaccounted().tree(15).timeout(300).ignored("wants MariaDB, and takes long"),
        program("postgres_initdb", &initdb_words).unprivileged().nondeterministic().prints("Success.").tree(5).timeout(300).ignored(heavy),
        program("postgres", &[&server, "-D", "data", "-p", "{port}", "-k", "", "-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=16MB", "-c", "max_parallel_workers_per_gather=2"])
            .unprivileged()
            .timeout(300)
            .server(
                Service::default()
                    .setup(&initdb_words)
                    .client(&["/bin/sh", "-c", READY, "sh", &postgres("pg_isready")], &["accepting connections"])
                    .client(&[&pgbench, "-h", "127.0.0.1", "-p", "{port}", "-U", "nobody", "-i", "-q", "-s", "1", "postgres"], &[])
                    .client(&[&pgbench, "-h", "127.0.0.1", "-p", "{port}", "-U", "nobody", "-c", "3", "-t", "60", "postgres"], &["number of failed transactions: 0"])
                    .client(&[&psql, "-h", "127.0.0.1", "-p", "{port}", "-U", "nobody", "-Atc", "SELECT count(*), sum(aid) FROM pgbench_accounts", "postgres"], &["100000|5000050000"]),
            ).tree(8).ignored(heavy),
    ]
}
