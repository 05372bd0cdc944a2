// An HTTP server and its clients in one program; TCP, UNIX sockets and UDP beside it.
const http = require('http'), net = require('net'), dgram = require('dgram'), crypto = require('crypto');
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
const request = (port, path, body) => new Promise((ok, no) => {
  const r = http.request({ host: '127.0.0.1', port, path, agent, method: body ? 'POST' : 'GET' }, res => {
    const parts = []; res.on('data', d => parts.push(d)); res.on('end', () => ok(res.statusCode + ' ' + Buffer.concat(parts)));
  });
  r.on('error', no); r.end(body);
});
const server = http.createServer((req, res) => {
  const hash = crypto.createHash('md5'); let length = 0;
  req.on('data', d => { hash.update(d); length += d.length; });
  req.on('end', () => setTimeout(() => { res.writeHead(req.url === '/none' ? 404 : 200); res.end(`${req.url} ${length} ${hash.digest('hex')}`); }, length % 7));
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  console.log(await request(port, '/first'), await request(port, '/none'));
  const all = await Promise.all(Array.from({ length: 40 }, (_, i) => request(port, '/' + i, Buffer.alloc(i * 1000 + 1, 'q'))));
  console.log(all.length, all[39]);
  agent.destroy(); await new Promise(done => server.close(done));
  const echo = net.createServer(s => s.pipe(s)).listen('socket', () => {
    const c = net.connect('socket'); let got = 0;
    c.on('data', d => { got += d.length; if (got === 200000) c.end(); });
    c.on('close', () => { console.log('unix', got); echo.close(); udp(); });
    c.write(Buffer.alloc(200000, 1));
  });
});
function udp() {
  const a = dgram.createSocket('udp4'), b = dgram.createSocket('udp4');
  a.on('message', (m, from) => a.send(m + ' pong', from.port, from.address, () => a.close()));
  b.on('message', m => { console.log('udp', m.toString()); b.close(); });
  a.bind(0, '127.0.0.1', () => b.send('ping', a.address().port, '127.0.0.1'));
}
