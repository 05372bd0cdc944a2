# multiprocessing, by fork or spawn: pools, queues, pipes, locks and memory that is shared.
import multiprocessing as mp, os, signal, sys, time
from multiprocessing import shared_memory

def square(n): return n * n
def fill(q, n): [q.put((n, i)) for i in range(20)]
def echo(pipe):
    while (m := pipe.recv()) != "end": pipe.send(m[::-1])
def add(value, lock, n):
    for _ in range(n):
        with lock: value.value += 1
def write(name, at): m = shared_memory.SharedMemory(name=name); m.buf[at] = at * 3; m.close()
def leave(code): sys.exit(code)
def put(d, l, n): d[n] = n * n; l.append(n)
def meet(barrier, event, value):
    barrier.wait(); event.wait()
    with value.get_lock(): value.value += 1

def main(method):
    mp.set_start_method(method)
    with mp.Pool(2) as pool:
        print("pool", sum(pool.map(square, range(100))), pool.apply_async(square, (12,)).get(60))
        print("unordered", sorted(pool.imap_unordered(square, range(10))))
    q = mp.Queue()
    ps = [mp.Process(target=fill, args=(q, n)) for n in range(3)]
    [p.start() for p in ps]
    print("queue", sorted(q.get() for _ in range(60))[:3])
    [p.join() for p in ps]
    here, there = mp.Pipe()
    p = mp.Process(target=echo, args=(there,)); p.start()
    for m in ("abc", "x" * 100000, "end"):
        here.send(m)
        if m != "end": print("pipe", here.recv()[:3])
    p.join()
    value, lock = mp.Value("i", 0), mp.Lock()
    ps = [mp.Process(target=add, args=(value, lock, 300)) for _ in range(3)]
    [p.start() for p in ps]; [p.join() for p in ps]
    print("value", value.value)
    memory = shared_memory.SharedMemory(create=True, size=4096)
    ps = [mp.Process(target=write, args=(memory.name, n)) for n in (5, 6)]
    [p.start() for p in ps]; [p.join() for p in ps]
    print("memory", memory.buf[5], memory.buf[6]); memory.close(); memory.unlink()
    p = mp.Process(target=leave, args=(7,)); p.start(); p.join(); print("exit", p.exitcode)
    p = mp.Process(target=time.sleep, args=(100,)); p.start(); p.terminate(); p.join()
    print("terminated", p.exitcode == -signal.SIGTERM)
    barrier, event, value = mp.Barrier(3), mp.Event(), mp.Value("i", 0)
    ps = [mp.Process(target=meet, args=(barrier, event, value)) for _ in range(2)]
    [p.start() for p in ps]; barrier.wait(); event.set(); [p.join() for p in ps]
    print("barrier", value.value)
    if method == "fork":
        with mp.Manager() as manager:
            d, l = manager.dict(), manager.list()
            ps = [mp.Process(target=put, args=(d, l, n)) for n in range(3)]
            [p.start() for p in ps]; [p.join() for p in ps]
            print("manager", sorted(d.items()), sorted(l))

if __name__ == "__main__":
    main(sys.argv[1])
