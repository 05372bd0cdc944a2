# guest: counter.c
break deposit
tbreak main
continue
continue
info args
backtrace
continue
reverse-continue
reverse-continue
delete
hbreak square
continue
finish
