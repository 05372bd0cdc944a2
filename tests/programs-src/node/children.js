// child_process and cluster: exec, spawn with pipes, fork with messages, signals, timeouts.
const { exec, execFile, execSync, execFileSync, spawn, spawnSync, fork } = require('child_process');
const { promisify } = require('util'), { once } = require('events'), cluster = require('cluster'), http = require('http');
if (process.argv[2] === 'child') {
  process.on('message', m => { if (m === 'end') process.disconnect(); else process.send({ twice: m.n * 2 }); });
} else if (process.argv[2] === 'cluster') {
  if (cluster.isPrimary) {
    const workers = [cluster.fork(), cluster.fork()]; let ready = 0;
    cluster.on('listening', async (w, address) => {
      if (++ready < 2) return;
      let answers = 0;
      for (let i = 0; i < 10; i++) await new Promise(ok => http.get({ port: address.port, host: '127.0.0.1', agent: false }, r => { r.resume(); r.on('end', () => { answers++; ok(); }); }));
      console.log('cluster', answers); workers.forEach(w => w.kill());
    });
    cluster.on('exit', (w, code, signal) => { if (--ready === 0) console.log('workers ended', signal); });
  } else http.createServer((q, r) => r.end('hi')).listen(0, '127.0.0.1');
} else (async () => {
  console.log((await promisify(exec)('echo a; echo b | tr b c')).stdout.trim().split('\n').join());
  console.log(execSync('seq 5 | tail -n 1').toString().trim(), execFileSync('/bin/echo', ['x y']).toString().trim());
  console.log(spawnSync('/bin/cat', { input: 'z'.repeat(300000) }).stdout.length, spawnSync('/bin/sh', ['-c', 'exit 9']).status);
  const sort = spawn('/usr/bin/sort', ['-n']); let text = '';
  sort.stdout.on('data', d => text += d); sort.stdin.end('3\n1\n2\n');
  console.log('sort', (await once(sort, 'close'))[0], JSON.stringify(text));
  const sleeper = spawn('/bin/sleep', ['100']); sleeper.kill('SIGTERM'); console.log('killed', (await once(sleeper, 'exit'))[1]);
  console.log('timeout', await promisify(execFile)('/bin/sleep', ['50'], { timeout: 100 }).catch(e => e.signal));
  console.log('missing', (await once(spawn('/nonexistent/program'), 'error'))[0].code);
  const child = fork(__filename, ['child']); const sums = [];
  for (let n = 0; n < 5; n++) { child.send({ n }); sums.push((await once(child, 'message'))[0].twice); }
  child.send('end'); console.log('fork', sums.join(), (await once(child, 'exit'))[0]);
  const many = await Promise.all(Array.from({ length: 6 }, (_, i) => promisify(exec)(`sleep 0.0${i}; echo ${i}`)));
  console.log('many', many.map(m => m.stdout.trim()).join());
  process.on('SIGUSR2', () => console.log('SIGUSR2')); process.kill(process.pid, 'SIGUSR2');
  await new Promise(ok => setTimeout(ok, 50)); process.exitCode = 4;
})();
