# Servers with a thread or a process for each client, and their clients, in one program.
import http.client, http.server, json, selectors, socket, socketserver, threading, urllib.request

class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile: self.wfile.write(line[::-1].strip() + b"\n")

def ask(address, n):
    with socket.create_connection(address) as s, s.makefile("rwb") as f:
        answers = []
        for i in range(5): f.write(b"%d-%d\n" % (n, i)); f.flush(); answers.append(f.readline())
        s.shutdown(socket.SHUT_WR)  # a forked server's child holds this descriptor, too
        return answers

for kind in (socketserver.ThreadingTCPServer, socketserver.ForkingTCPServer):
    with kind(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        print(kind.__name__, [ask(server.server_address, n)[4] for n in range(6)])
        server.shutdown()

class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *a): pass
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        text = json.dumps({"path": self.path, "length": len(body)}).encode()
        self.send_response(200); self.send_header("Content-Length", str(len(text))); self.end_headers(); self.wfile.write(text)

with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    connection = http.client.HTTPConnection(*server.server_address)
    for n in (0, 10, 200000):
        connection.request("POST", "/p%d" % n, b"z" * n); print(connection.getresponse().read())
    connection.close()
    got = []
    def fetch(n): got.append(urllib.request.urlopen("http://127.0.0.1:%d/u%d" % (server.server_port, n), b"a" * n).read())
    threads = [threading.Thread(target=fetch, args=(n,)) for n in range(10)]
    [t.start() for t in threads]; [t.join() for t in threads]
    print(len(got), sorted(got)[3])
    server.shutdown()

chooser, pairs, total = selectors.DefaultSelector(), [socket.socketpair() for _ in range(20)], 0
for a, b in pairs: chooser.register(b, selectors.EVENT_READ)
def feed():
    for _ in range(10): [a.send(b"12345") for a, _ in pairs]
    [a.shutdown(socket.SHUT_WR) for a, _ in pairs]
threading.Thread(target=feed).start()
while chooser.get_map():
    for key, _ in chooser.select():
        data = key.fileobj.recv(7); total += len(data)
        data or chooser.unregister(key.fileobj)
print("selectors", total)
