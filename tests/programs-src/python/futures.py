# concurrent.futures: pools of threads and of processes, callbacks, exceptions, cancellation.
import concurrent.futures as cf, hashlib, time

def digest(n): return hashlib.sha256(b"%d" % n * 5000).hexdigest()[:8]
def fail(n): raise ValueError(n)

if __name__ == "__main__":
    for pool in (cf.ThreadPoolExecutor(4), cf.ProcessPoolExecutor(2)):
        with pool:
            print("map", list(pool.map(digest, range(20), chunksize=3))[::7])
            done = {f: n for n in range(10) for f in [pool.submit(digest, n)]}
            print("completed", sorted(done[f] for f in cf.as_completed(done)))
            try: pool.submit(fail, 5).result(60)
            except ValueError as e: print("raised", e)
            called = []
            f = pool.submit(digest, 1); f.add_done_callback(lambda f: called.append(f.result())); cf.wait([f])
            while not called: time.sleep(0.01)
            print("callback", called)
    with cf.ThreadPoolExecutor(1) as pool:
        first = pool.submit(time.sleep, 0.2)
        rest = [pool.submit(time.sleep, 100) for _ in range(3)]
        print("cancelled", [f.cancel() for f in rest])
    try:
        with cf.ThreadPoolExecutor(1) as pool: pool.submit(time.sleep, 0.2).result(timeout=0.01)
    except cf.TimeoutError: print("timeout")
