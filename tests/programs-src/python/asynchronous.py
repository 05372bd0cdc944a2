# asyncio: streams over TCP and UNIX sockets, subprocesses, executors, timeouts, signals.
import asyncio, os, signal, sys

async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper()); await writer.drain()
    writer.close()

async def talk(n, opened):
    reader, writer = await opened
    answers = []
    for i in range(10):
        writer.write(b"client %d line %d\n" % (n, i)); await writer.drain()
        answers.append(await reader.readline())
    writer.close(); await writer.wait_closed()
    return answers

async def sockets():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    got = await asyncio.gather(*(talk(n, asyncio.open_connection("127.0.0.1", port)) for n in range(5)))
    print("tcp", sum(map(len, got)), got[4][9])
    server.close(); await server.wait_closed()
    server = await asyncio.start_unix_server(serve, "socket")
    print("unix", (await talk(0, asyncio.open_unix_connection("socket")))[3])
    server.close(); await server.wait_closed(); os.path.exists("socket") and os.unlink("socket")

class Datagram(asyncio.DatagramProtocol):
    def __init__(self, done): self.done = done
    def connection_made(self, transport): self.transport = transport
    def datagram_received(self, data, addr):
        if data == b"ping": self.transport.sendto(b"pong", addr)
        else: self.done.set_result(data)

async def datagrams():
    loop = asyncio.get_running_loop(); done = loop.create_future()
    a, _ = await loop.create_datagram_endpoint(lambda: Datagram(done), local_addr=("127.0.0.1", 0))
    b, _ = await loop.create_datagram_endpoint(lambda: Datagram(done), local_addr=("127.0.0.1", 0))
    b.sendto(b"ping", a.get_extra_info("sockname")); print("udp", await asyncio.wait_for(done, 20)); a.close(); b.close()

async def subprocesses():
    p = await asyncio.create_subprocess_exec("/bin/cat", stdin=-1, stdout=-1)
    print("cat", len((await p.communicate(b"x" * 300000))[0]), p.returncode)
    shells = [await asyncio.create_subprocess_shell("sleep 0.0%d; echo %d; exit %d" % (n, n, n), stdout=-1) for n in range(4)]
    print("shells", [((await p.communicate())[0], p.returncode) for p in shells])
    p = await asyncio.create_subprocess_exec("/bin/sleep", "100"); p.kill(); print("killed", await p.wait())

def blocking(n): return sum(range(n))

async def main():
    await sockets(); await datagrams(); await subprocesses()
    loop = asyncio.get_running_loop()
    print("executor", await asyncio.gather(*(loop.run_in_executor(None, blocking, n * 1000) for n in range(6))))
    try: await asyncio.wait_for(asyncio.sleep(100), 0.05)
    except asyncio.TimeoutError: print("timeout")
    got = asyncio.Event(); loop.add_signal_handler(signal.SIGUSR1, got.set)
    os.kill(os.getpid(), signal.SIGUSR1); await asyncio.wait_for(got.wait(), 20); print("signal")
    order = []
    async def later(delay, name): await asyncio.sleep(delay); order.append(name)
    await asyncio.gather(later(0.3, "c"), later(0.01, "a"), later(0.15, "b")); print("order", order)
    q = asyncio.Queue(2)
    async def produce():
        for i in range(50): await q.put(i)
    async def consume(): return sum([await q.get() for _ in range(50)])
    print("queue", (await asyncio.gather(produce(), consume()))[1])

asyncio.run(main())
