# Threads: locks, conditions, queues, barriers, timers, thread-local data, many of them.
import itertools, queue, sys, threading, time, zlib

sys.setswitchinterval(0.0002)
counter, lock = 0, threading.Lock()

def count(n):
    global counter
    for _ in range(n):
        with lock:
            counter += 1

threads = [threading.Thread(target=count, args=(5000,)) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
print("counter", counter)

work, results = queue.Queue(maxsize=4), queue.Queue()

def worker():
    while (item := work.get()) is not None:
        results.put((item, zlib.crc32(b"%d" % item * 1000)))

threads = [threading.Thread(target=worker) for _ in range(4)]
[t.start() for t in threads]
[work.put(n) for n in range(200)]; [work.put(None) for _ in threads]; [t.join() for t in threads]
print("queue", sum(c for _, c in sorted(results.queue)) % 1000007, results.qsize())

turn, condition, order = 0, threading.Condition(), []

def in_turn(me):
    global turn
    for _ in range(20):
        with condition:
            condition.wait_for(lambda: turn % 3 == me)
            order.append(me); turn += 1
            condition.notify_all()

threads = [threading.Thread(target=in_turn, args=(n,)) for n in range(3)]
[t.start() for t in threads]; [t.join() for t in threads]
print("turns", "".join(map(str, order)))

barrier, seen = threading.Barrier(5), []
def meet(n):
    for step in range(5):
        barrier.wait(); seen.append(step); barrier.wait()
threads = [threading.Thread(target=meet, args=(n,)) for n in range(5)]
[t.start() for t in threads]; [t.join() for t in threads]
print("barrier", seen == sorted(seen), len(seen))

fired = threading.Event()
threading.Timer(0.05, fired.set).start()
print("timer", fired.wait(20))
never = threading.Timer(60, fired.clear); never.start(); never.cancel(); never.join()

local = threading.local()
def own(n, out):
    local.x = n; time.sleep(0.001); out[n] = local.x
out = {}
threads = [threading.Thread(target=own, args=(n, out)) for n in range(50)]
[t.start() for t in threads]; [t.join() for t in threads]
print("local", all(k == v for k, v in out.items()), len(out))

semaphore, inside, most = threading.Semaphore(3), itertools.count(), []
def enter():
    with semaphore: most.append(3 - semaphore._value); time.sleep(0.002)
threads = [threading.Thread(target=enter) for _ in range(20)]
[t.start() for t in threads]; [t.join() for t in threads]
print("semaphore", max(most) <= 3, len(most))
print("join in time", threading.Thread(target=time.sleep, args=(0,)).is_alive())
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()

def fail(): raise ValueError("in a thread")
threading.excepthook = lambda a: print("hook", a.exc_type.__name__, a.exc_value)
t = threading.Thread(target=fail); t.start(); t.join()
