# Children by subprocess and by hand: pipes, sessions, descriptors, signals, every kind of end.
import os, resource, select, signal, socket, subprocess, sys, threading, time
from subprocess import PIPE, STDOUT, Popen, run

print(run(["/bin/echo", "hi"], stdout=PIPE).stdout, run("exit 3", shell=True).returncode)
print(run(["/usr/bin/sort"], input=b"b\na\n", stdout=PIPE).stdout)
print(len(run(["/bin/cat"], input=b"y" * 1000000, stdout=PIPE).stdout))
a = Popen(["/usr/bin/seq", "1000"], stdout=PIPE)
b = Popen(["/usr/bin/awk", "{ s += $1 } END { print s }"], stdin=a.stdout, stdout=PIPE)
a.stdout.close(); print(b.communicate()[0], a.wait())
try: run(["/bin/sleep", "50"], timeout=0.1)
except subprocess.TimeoutExpired: print("timeout")
try: run(["/nonexistent/program"])
except FileNotFoundError as e: print("not found", e.errno)
print(run("echo out; echo err >&2", shell=True, stdout=PIPE, stderr=STDOUT).stdout)
print(run(["/bin/sh", "-c", "test $(ps -o sid= -p $$) = $$ && echo leader"], start_new_session=True, stdout=PIPE).stdout)
r, w = os.pipe()
run(["/bin/sh", "-c", "echo through >&%d" % w], pass_fds=[w]); print(os.read(r, 100))
print(run(["/bin/pwd"], cwd="/", stdout=PIPE).stdout, run(["/usr/bin/env"], env={"A": "1"}, stdout=PIPE).stdout)
limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))
print(run("ulimit -n", shell=True, preexec_fn=limit, stdout=PIPE).stdout)
p = Popen(["/bin/sh", "-c", "trap 'exit 5' TERM; echo ready; while :; do sleep 0.02; done"], stdout=PIPE)
p.stdout.readline(); p.terminate(); print("trap", p.wait()); p.stdout.close()
for number in (signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV):
    print(run(["/bin/sh", "-c", "kill -%d $$" % number]).returncode, end=" ")
print()
sys.stdout.flush()

if (pid := os.fork()) == 0:
    os.write(1, b"in the child\n"); os._exit(4)
print("waitpid", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])); sys.stdout.flush()
noticed = []
signal.signal(signal.SIGCHLD, lambda *a: noticed.append(1))
pids = []
for n in range(10):
    if (pid := os.fork()) == 0: time.sleep(0.005 * n); os._exit(n)
    pids.append(pid)
print("statuses", [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids], bool(noticed))
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
here, there = socket.socketpair()
if (pid := os.fork()) == 0:
    here.close()
    message, fds, _, _ = socket.recv_fds(there, 100, 1)
    os.write(fds[0], b"by a passed descriptor\n"); there.send(b"done"); os._exit(0)
socket.send_fds(here, [b"take"], [w]); print(here.recv(10), os.read(r, 100)); os.waitpid(pid, 0)
if (pid := os.fork()) == 0:
    os.execv("/bin/sh", ["sh", "-c", "kill -STOP $$; exit 6"])
_, status = os.waitpid(pid, os.WUNTRACED); print("stopped", os.WIFSTOPPED(status))
os.kill(pid, signal.SIGCONT); _, status = os.waitpid(pid, 0); print("continued", os.WEXITSTATUS(status))
results = {}
def in_thread(n): results[n] = run(["/bin/echo", str(n)], stdout=PIPE).stdout
threads = [threading.Thread(target=in_thread, args=(n,)) for n in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
print("from threads", sorted(results.values()))
pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 8"], os.environ); print("spawn", os.waitpid(pid, 0)[1] >> 8)
fd = os.pidfd_open(pid := os.posix_spawn("/bin/sleep", ["sleep", "0.1"], os.environ))
print("pidfd", select.select([fd], [], [], 20)[0] == [fd], os.waitid(os.P_PID, pid, os.WEXITED).si_status)
if os.fork() == 0:  # orphans its child
    if os.fork() == 0: time.sleep(0.1); os.write(w, b"orphan\n"); os._exit(0)
    os._exit(0)
os.wait(); print(os.read(r, 100))
sys.stdout.flush()
if (pid := os.fork()) == 0:
    t = threading.Thread(target=lambda: os.execv("/bin/echo", ["echo", "exec by another thread"]))
    t.start(); t.join()
os.waitpid(pid, 0)
