// Worker threads: messages, transfers, shared memory with Atomics, errors, termination.
const { Worker, isMainThread, parentPort, workerData, MessageChannel } = require('worker_threads');
const { once } = require('events');
if (!isMainThread) {
  const { kind, n, shared } = workerData;
  if (kind === 'primes') {
    let count = 0;
    for (let i = 2; i < n; i++) { let p = true; for (let j = 2; j * j <= i; j++) if (i % j === 0) { p = false; break; } if (p) count++; }
    parentPort.postMessage(count);
  } else if (kind === 'count') {
    const a = new Int32Array(shared);
    for (let i = 0; i < n; i++) Atomics.add(a, 0, 1);
    Atomics.add(a, 1, 1); Atomics.notify(a, 1);
  } else if (kind === 'echo') {
    parentPort.on('message', m => m === 'end' ? parentPort.close() : parentPort.postMessage(m.map(x => x * 2)));
  } else if (kind === 'wait') {
    const a = new Int32Array(shared);
    Atomics.wait(a, 0, 0); parentPort.postMessage('woken ' + Atomics.load(a, 0));
  } else if (kind === 'throw') throw new Error('in a worker');
  else if (kind === 'spin') for (;;);
} else (async () => {
  const worker = data => new Worker(__filename, { workerData: data });
  const event = async (w, name) => (await once(w, name))[0];
  console.log('primes', (await Promise.all([2000, 5000, 9000].map(n => event(worker({ kind: 'primes', n }), 'message')))).join(' '));
  const shared = new SharedArrayBuffer(64), a = new Int32Array(shared);
  await Promise.all(Array.from({ length: 3 }, () => event(worker({ kind: 'count', n: 20000, shared }), 'exit')));
  console.log('atomics', a[0], a[1]);
  const echo = worker({ kind: 'echo' });
  for (let i = 0; i < 50; i++) { echo.postMessage([i, i + 1]); const m = await event(echo, 'message'); if (i % 20 === 0) console.log('echo', m.join()); }
  echo.postMessage('end'); console.log('exit', await event(echo, 'exit'));
  const gate = new SharedArrayBuffer(4), waiter = worker({ kind: 'wait', shared: gate });
  await event(waiter, 'online'); setTimeout(() => { Atomics.store(new Int32Array(gate), 0, 7); Atomics.notify(new Int32Array(gate), 0); }, 50);
  console.log(await event(waiter, 'message'));
  console.log('error', (await event(worker({ kind: 'throw' }), 'error')).message);
  const spin = worker({ kind: 'spin' }); await event(spin, 'online'); console.log('terminated', await spin.terminate());
  const { port1, port2 } = new MessageChannel(), buffer = new ArrayBuffer(1000);
  port2.on('message', m => { console.log('channel', m.byteLength, buffer.byteLength); port2.close(); });
  port1.postMessage(buffer, [buffer]);
})();
