# Tcl: exec, pipelines, event loop, sockets, timers.
puts [exec seq 4 | sort -r]
puts [exec sh -c {echo out; echo err >&2} 2>@1]
puts [catch {exec sh -c {exit 5}} message options][lindex [dict get $options -errorcode] 2]
set pipe [open "|tr a-z A-Z" r+]; puts $pipe written; close $pipe write; puts [gets $pipe]; close $pipe
proc serve {channel host port} { fconfigure $channel -buffering line; fileevent $channel readable [list answer $channel] }
proc answer {channel} { if {[gets $channel line] < 0} { close $channel } else { puts $channel [string reverse $line] } }
set server [socket -server serve -myaddr 127.0.0.1 0]
set port [lindex [fconfigure $server -sockname] 2]
set client [socket 127.0.0.1 $port]; fconfigure $client -buffering line -blocking 0
fileevent $client readable { if {[gets $client line] >= 0} { puts $line; if {[incr answers] == 3} { set done 1 } } }
foreach word {one two three} { puts $client $word }
vwait done; close $client; close $server
set reader [open "|sh -c {sleep 0.1; echo later; exit 2}" r]; fconfigure $reader -blocking 0
fileevent $reader readable { if {[gets $reader line] >= 0} { puts $line } elseif {[eof $reader]} { set ended 1 } }
vwait ended; fconfigure $reader -blocking 1; puts [catch {close $reader}]
set order {}; foreach ms {60 5 30} { after $ms [list lappend order $ms] }; after 120 {set ended 2}; vwait ended; puts $order
if {![catch {package require Thread}]} { set t [thread::create]; thread::send $t {expr {6 * 7}} result; thread::release $t }
