# Threads of Python's, some of which wait for children.
import os
import subprocess
import threading


def computes(name):
    total = 0
    for i in range(3000):
        total += i * i % 7
        if i % 500 == 0:
            print(name, i, total, flush=True)


def waits(name):
    child = subprocess.run(["/bin/echo", name], stdout=subprocess.PIPE)
    print(name, child.returncode, len(child.stdout), flush=True)


def forks():
    pid = os.fork()
    if pid == 0:
        print("child", os.urandom(4).hex(), flush=True)
        os._exit(3)
    os.waitpid(pid, 0)


threads = [threading.Thread(target=computes, args=(f"c{i}",)) for i in range(2)]
threads += [threading.Thread(target=waits, args=(f"w{i}",)) for i in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
forks()
print("end", flush=True)
