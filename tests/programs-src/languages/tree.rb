# Ruby: fork, spawn, pipes, popen, threads, queues, Process.wait, timeouts, sockets.
require 'open3'; require 'socket'; require 'timeout'
$stdout.sync = true
pids = (1..5).map { |n| fork { exit! n } }
puts pids.map { |pid| Process.wait2(pid)[1].exitstatus }.join(' ')
puts IO.popen(%w[tr a-z A-Z], 'r+') { |io| io.write 'popen'; io.close_write; io.read }
out, err, status = Open3.capture3('cat; echo wrong >&2; exit 3', stdin_data: 'in' * 50000)
puts [out.size, err, status.exitstatus].inspect
pid = spawn('sleep 50'); Process.kill(:TERM, pid); puts Process.wait2(pid)[1].termsig
queue, results = Queue.new, Queue.new
workers = 4.times.map { Thread.new { while (n = queue.pop) != :end do results << n * n end } }
100.times { |n| queue << n }; 4.times { queue << :end }; workers.each(&:join)
puts results.size.times.map { results.pop }.sum
mutex, count = Mutex.new, 0
8.times.map { Thread.new { 500.times { mutex.synchronize { count += 1 } } } }.each(&:join); puts count
server = TCPServer.new('127.0.0.1', 0)
acceptor = Thread.new { 3.times { s = server.accept; s.puts s.gets.upcase; s.close } }
puts 3.times.map { |n| TCPSocket.open('127.0.0.1', server.addr[1]) { |s| s.puts "client #{n}"; s.gets } }
acceptor.join
begin Timeout.timeout(0.1) { sleep 20 } rescue Timeout::Error; puts 'timeout' end
r, w = IO.pipe
fork { r.close; trap(:USR1) { w.puts 'trapped'; exit! 0 }; w.puts 'ready'; sleep }.tap { |pid| w.close; puts r.gets; Process.kill :USR1, pid; puts r.gets; Process.wait pid }
system 'echo system; exit 4'; puts $?.exitstatus
exec 'echo', 'the end'
