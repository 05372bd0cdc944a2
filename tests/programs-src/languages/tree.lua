-- Lua: popen and execute, and fork, pipes and exec by luaposix.
local unistd, wait, signal = require 'posix.unistd', require 'posix.sys.wait', require 'posix.signal'
io.stdout:setvbuf 'no'
for line in io.popen 'seq 3 | sort -r':lines() do print('popen', line) end
print(os.execute 'exit 3')
local to = io.popen('tr a-z A-Z', 'w'); to:write 'written\n'; print(to:close())
for n = 1, 4 do
  local pid = unistd.fork()
  if pid == 0 then unistd._exit(n * 10) end
  local _, how, code = wait.wait(pid); print(how, code)
end
local r, w = unistd.pipe()
local pid = unistd.fork()
if pid == 0 then unistd.close(r); unistd.dup2(w, 1); unistd.execp('echo', { 'through', 'a', 'pipe' }) end
unistd.close(w); io.write(unistd.read(r, 100)); wait.wait(pid)
pid = unistd.fork()
if pid == 0 then unistd.execp('sleep', { '50' }) end
signal.kill(pid, signal.SIGTERM); print(select(2, wait.wait(pid)))
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end); print(co(), co(), co())
