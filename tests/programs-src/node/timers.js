// Timers, immediates, microtasks, promises, streams, the thread pool: their orders and sums.
const fs = require('fs'), crypto = require('crypto'), zlib = require('zlib'), dns = require('dns');
const { pipeline, Readable, Transform } = require('stream');
const { setTimeout: sleep } = require('timers/promises');
const order = [];
process.nextTick(() => order.push('tick'));
Promise.resolve().then(() => order.push('promise'));
queueMicrotask(() => order.push('microtask'));
setImmediate(() => order.push('immediate'));
(async () => {
  await sleep(30);
  console.log('order', order.join(' '));
  const late = [];
  await Promise.all([60, 10, 35].map(async ms => { await sleep(ms); late.push(ms); }));
  console.log('late', late.join(' '));
  let n = 0;
  await new Promise(done => { const t = setInterval(() => { if (++n === 10) { clearInterval(t); done(); } }, 2); });
  console.log('interval', n);
  const race = await Promise.race([sleep(5000, 'slow', { ref: false }), sleep(5, 'fast')]);
  console.log('race', race);
  fs.writeFileSync('file', Buffer.alloc(300000, 'abc'));
  const reads = await Promise.all(Array.from({ length: 8 }, () => fs.promises.readFile('file')));
  console.log('reads', reads.reduce((a, b) => a + b.length, 0));
  const keys = await Promise.all(Array.from({ length: 6 }, (_, i) => new Promise((ok, no) =>
    crypto.pbkdf2('secret', 'salt' + i, 2000, 16, 'sha256', (e, k) => e ? no(e) : ok(k.toString('hex'))))));
  console.log('keys', keys[0], keys[5]);
  const gz = await new Promise((ok, no) => zlib.gzip(Buffer.alloc(500000, 'xyz'), (e, b) => e ? no(e) : ok(b)));
  console.log('gzip', (await new Promise(ok => zlib.gunzip(gz, (e, b) => ok(b)))).length);
  let lines = 0;
  await new Promise((ok, no) => pipeline(Readable.from(Array.from({ length: 1000 }, (_, i) => i + '\n')),
    new Transform({ transform(c, e, done) { lines++; done(null, c.toString().toUpperCase()); } }),
    fs.createWriteStream('lines'), e => e ? no(e) : ok()));
  console.log('stream', lines, fs.statSync('lines').size);
  console.log('lookup', (await dns.promises.lookup('127.0.0.1')).address);
  const seen = new Promise(ok => { const w = fs.watch('.', (e, f) => { if (f === 'watched') { w.close(); ok(f); } }); });
  fs.writeFileSync('watched', 'x');
  console.log('watch', await seen);
})();
